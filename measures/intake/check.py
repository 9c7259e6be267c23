"""Every row judged: kept as cells of the store, or refused with its reasons. Nothing is guessed and nothing is lost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.intake.judge import Judge
from measures.intake.lines import NUMBERS, Lines, Refusals, Source, build
from measures.intake.reading import WIDE_MEASURES, Reading
from measures.intake.table import Table
from measures.model import Campaign
from measures.words import files


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table comes to.

    ``rows``: one line for each cell of the store: row (its number in the file), site, measure, group, period
    datetime64[us], numerator, denominator, value (NaN where there is none) and note. ``refused``: one line for
    each refused row of the file: row, column and reason. ``size``: the file's rows that say something; of these
    ``kept`` are in ``rows`` (or say the same as one that is) and the others in ``refused``. ``empty``: how many
    rows name a site or a month and no number: not reported, which is neither kept nor refused. ``said``: what was
    read in one way of several.
    """

    rows: pd.DataFrame
    refused: pd.DataFrame
    size: int
    kept: int
    empty: int = 0
    said: tuple[str, ...] = ()


def check(
    table: Table,
    reading: Reading,
    campaign: Campaign,
    *,
    sites: Collection[str] | None = None,
    today: date,
) -> Checked:
    """Judge every row of a table, read as ``reading`` says.

    ``sites``: whose rows may come in, None for all of the campaign's; ``today``: periods not over by then are
    refused. A row is kept or refused as a whole. Never raises for anything that a file holds.
    """
    refusals = Refusals(len(table.cells))
    if table.wrong:
        refusals.add(np.array(list(table.wrong), np.int64), "", list(table.wrong.values()))
    source = Source(table, reading, campaign, sites, refusals)
    lines, groups, said_something = build(source)
    judge = Judge(source, groups, today)
    lines = judge.all(lines)
    rows = _frame(source, lines, groups)
    size = int(said_something.sum())
    refused = refusals.frame(table.rows)
    said = [*judge.said, *_lost_notes(source, said_something)]
    return Checked(
        rows=rows,
        refused=refused,
        size=size,
        kept=size - len(refused),
        empty=len(table.cells) - size,
        said=tuple(said),
    )


def _frame(source: Source, lines: Lines, groups: list[str]) -> pd.DataFrame:
    order = np.lexsort((lines.measure, lines.row))
    lines = lines.take(order)
    sites = pd.array([s.id for s in source.campaign.sites], dtype="str")
    measures = pd.array([m.id for m in source.campaign.measures], dtype="str")
    return pd.DataFrame(
        {
            "row": source.table.rows[lines.row],
            "site": sites.take(lines.site),
            "measure": measures.take(lines.measure),
            "group": pd.array(groups, dtype="str").take(lines.group),
            "period": pd.DatetimeIndex(lines.day).as_unit("us"),
            **{name: getattr(lines, name).astype(np.float64) for name in NUMBERS},
            "note": _notes(source, lines),
        }
    )


def _lost_notes(source: Source, said: np.ndarray) -> list[str]:
    """What is said of rows that have a note and no number."""
    column = source.column_of("note")
    if column is None or said.all():
        return []
    noted = (source.table.column(column) != "").to_numpy(bool) & ~said
    return files.notes_alone(source.table.rows[noted].tolist()) if noted.any() else []


def _notes(source: Source, lines: Lines) -> pd.Series:
    """Each line's note: the row's, or in a row of several measures that of the outcome (or its first)."""
    column = source.column_of("note")
    if column is None:
        return pd.Series([""] * len(lines.row), dtype="str")
    notes = source.table.column(column).iloc[lines.row].reset_index(drop=True)
    if source.reading.layout == WIDE_MEASURES and len(lines.row):
        outcome = source.campaign.measures.index(source.campaign.outcome)
        rank = np.where(lines.measure == outcome, -1, lines.measure)
        order = np.lexsort((rank, lines.row))
        first = np.r_[True, np.diff(lines.row[order]) > 0]
        mine = np.zeros(len(lines.row), bool)
        mine[order[first]] = True
        notes = notes.where(mine, "")
    return notes
