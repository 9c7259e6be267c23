"""Numbers taken out: tidy, one line per cell, as CSV, Excel or Parquet; and the file to fill in.

An export brought in again changes nothing. Text that a spreadsheet would take for a formula has an apostrophe
before it (``guarded``), which an import takes away again (``unguarded``).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from measures import csvio
from measures.access import Action
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.format import fewer_than
from measures.intake import template as templates
from measures.intake.safe import STARTS
from measures.review import suppression

COLUMNS = ("site", "site_name", "measure", "measure_name", "group", "period")
NUMBERS = ("numerator", "denominator", "value")
TEXTS = ("site", "site_name", "measure", "measure_name", "group", "note")
MOST_EXCEL_ROWS = 1_048_575
LONGEST_CELL = 32_767
"""What a sheet of Excel can hold: rows beneath a header, letters in a cell."""
MONTHS = 12
"""How many periods a template asks for."""

_START = "".join(re.escape(start) for start in STARTS)
_FORMULA = re.compile(rf"'*[{_START}]")
_GUARDED = re.compile(rf"'+[{_START}]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_IN_EXCEL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def tidy(desk: Desk, *, site: str | None = None) -> pd.DataFrame:
    """Every number the actor may take out, as the desk knows it, up to its date.

    Columns: site, site_name, measure, measure_name, group, period (datetime64), numerator, denominator, value
    (NaN where empty), note; sorted by site, measure, group and period. A blanked cell is not there; a count too small
    to show (``review.suppression``) is empty, and its note says so, for all but the site's own team. Raises Forbidden.
    """
    desk.require(Action.EXPORT, site)
    mine = {s.id: s.name for s in desk.campaign.sites if desk.allows(Action.EXPORT, s.id) and site in (None, s.id)}
    found = desk.store.observations(desk.campaign.id, desk.known_at)
    there = found[list(NUMBERS)].notna().to_numpy().any(axis=1)
    there &= (found["period"] <= pd.Timestamp(desk.as_of)).to_numpy()
    there &= found["site"].isin(list(mine)).to_numpy()
    found = found[there].reset_index(drop=True)
    found = _held_back(desk, found)
    measures = {m.id: m.name for m in desk.campaign.measures}
    found["site_name"] = _named(found["site"], mine)
    found["measure_name"] = _named(found["measure"], measures)
    return found[[*COLUMNS, *NUMBERS, "note"]]


def _held_back(desk: Desk, found: pd.DataFrame) -> pd.DataFrame:
    """Without the numbers too small to show at sites whose team this is not."""
    own = [s.id for s in desk.campaign.sites if desk.allows(Action.ENTER, s.id)]
    small = suppression.hidden(found, desk.campaign) & ~found["site"].isin(own).to_numpy()
    if not small.any():
        return found
    bounds = {m.id: fewer_than(m.hide_below) for m in desk.campaign.measures if m.hide_below is not None}
    said = found["measure"].astype(str).map(bounds)
    return found.assign(
        **{name: found[name].mask(small) for name in NUMBERS}, note=found["note"].mask(small, said).astype("str")
    )


def as_csv(frame: pd.DataFrame) -> bytes:
    """``tidy`` as UTF-8 CSV, formulas guarded; a spreadsheet sees from its first letter that it is UTF-8."""
    columns: dict[str, pa.Array] = {}
    for name in frame.columns:
        if name in TEXTS:
            columns[name] = pa.array(guarded(frame[name]).to_numpy(object), pa.string())
        elif name == "period":
            columns[name] = pa.array(frame[name].to_numpy("datetime64[D]"))
        else:
            columns[name] = _number_column(frame[name])
    out = io.BytesIO(b"\xef\xbb\xbf")
    out.seek(0, io.SEEK_END)
    csvio.write(pa.table(columns), out)
    return out.getvalue()


def as_xlsx(frame: pd.DataFrame) -> bytes:
    """``tidy`` as a workbook of one sheet, formulas guarded. Raises Refused where a sheet has too few rows for it."""
    from openpyxl import Workbook  # loaded where it is needed

    if len(frame) > MOST_EXCEL_ROWS:
        raise Refused([f"A sheet of Excel holds {MOST_EXCEL_ROWS:,} rows and this has {len(frame):,}: choose CSV."])
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(frame.columns):
        sheet.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]].width = 28 if name.endswith("_name") else 14
    sheet.append(list(frame.columns))
    columns = []
    for name in frame.columns:
        if name in TEXTS:
            columns.append(guarded(frame[name]).map(_in_excel).tolist())
        elif name == "period":
            columns.append(frame[name].dt.date.tolist())
        else:
            columns.append([None if x != x else int(x) if x == int(x) else x for x in frame[name].tolist()])
    for row in zip(*columns, strict=True):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(frame: pd.DataFrame) -> bytes:
    """``tidy`` as Parquet: keys as dictionaries, periods as dates, texts as they are (no spreadsheet opens it)."""
    period = pa.array(frame["period"].to_numpy("datetime64[D]"))
    table = pa.Table.from_pandas(frame.drop(columns="period"), preserve_index=False).replace_schema_metadata()
    table = table.add_column(list(frame.columns).index("period"), "period", period)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


KINDS: dict[str, Callable[[pd.DataFrame], bytes]] = {"csv": as_csv, "xlsx": as_xlsx, "parquet": as_parquet}
"""The forms that numbers can be taken out in, by the ending of the file."""


def template(desk: Desk, site: str | None = None, kind: str = "xlsx") -> bytes:
    """The file to fill in for a site, or for all that the actor may import to: its rows are in it already.

    ``kind``: "xlsx" or "csv". What is known of the last twelve periods stands in it. Raises Forbidden, Refused.
    """
    desk.require(Action.IMPORT, site)
    periods = _periods(desk)
    if not periods:
        raise Refused([f"{desk.campaign.name} has no period to report yet."])
    makers = {"xlsx": templates.xlsx, "csv": templates.csv}
    if kind not in makers:
        raise Refused([f"A template is made as xlsx or csv, not as {kind}."])
    known = desk.store.observations(desk.campaign.id, desk.known_at)
    return makers[kind](desk.campaign, site, periods, known)


def guarded(texts: pd.Series) -> pd.Series:
    """Texts, each with an apostrophe before it where a spreadsheet could take it for a formula, or had one before it.

    >>> guarded(pd.Series(["=1+1", "'=1+1", "-5", "A&E"])).tolist()
    ["'=1+1", "''=1+1", '-5', 'A&E']
    """
    return _mapped(texts, lambda t: f"'{t}" if _FORMULA.match(t) and not _NUMBER.fullmatch(t) else t)


def unguarded(texts: pd.Series) -> pd.Series:
    """The texts that ``guarded`` was given.

    >>> unguarded(pd.Series(["'=1+1", "''=1+1", "-5", "'twas"])).tolist()
    ['=1+1', "'=1+1", '-5', "'twas"]
    """
    return _mapped(texts, lambda t: t[1:] if _GUARDED.match(t) else t)


def _mapped(texts: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Each different text changed once."""
    codes, different = pd.factorize(texts.to_numpy(object))
    made = np.array([change(text) for text in different], dtype=object)
    return pd.Series(made[codes] if len(made) else [], index=texts.index, dtype="str")


def _named(ids: pd.Series, names: dict[str, str]) -> pd.Categorical:
    categories = [names.get(id, id) for id in ids.cat.categories]
    different = pd.Index(categories).unique()
    place = different.get_indexer(categories)
    return pd.Categorical.from_codes(place[ids.cat.codes.to_numpy()], categories=different)


def _number_column(numbers: pd.Series) -> pa.Array:
    """Whole numbers without a decimal point, where all of a column are; empty where there is none."""
    x = numbers.to_numpy(np.float64)
    there = ~np.isnan(x)
    if (np.mod(x[there], 1) == 0).all() and (np.abs(x[there]) < 2**53).all():
        return pa.array(np.where(there, x, 0).astype(np.int64), mask=~there)
    return pa.array(x, mask=~there)


def _in_excel(text: str) -> str:
    return _NOT_IN_EXCEL.sub("", text)[:LONGEST_CELL]


def _periods(desk: Desk) -> list:
    last = desk.review().latest
    if last is None:
        return []
    return [p.start_time.date() for p in pd.period_range(end=last, periods=MONTHS, freq="M")]
