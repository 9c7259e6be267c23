"""What a file would change, before it does: counts, and the rows of each kind, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from measures import format
from measures.actions import imports
from measures.actions.imports import Upload
from measures.actions.read import Desk
from measures.charts.markup import Safe, tag
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import uploads as words

PER_PAGE = 25
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_GIVEN = 160
"""Letters of a refused row that are shown: the file that comes back has all of them."""


def section(at: Desk, site: str | None, upload: Upload, widget: Callable[[str], str]) -> None:
    """The counts as a switch, and beneath it the rows of the kind chosen."""
    counts = {
        words.REFUSED: upload.refused, words.CHANGED: upload.changed, words.NEW: upload.new, words.SAME: upload.same
    }  # fmt: skip
    kinds = [kind for kind, n in counts.items() if n]
    if not kinds:
        return
    # What asks for something stands first.
    kind = st.segmented_control(
        words.WHICH, kinds, default=kinds[0], required=True, label_visibility="collapsed",
        format_func=lambda kind: words.kind_label(kind, counts[kind]), key=widget(f"kind.{','.join(kinds)}"),
    )  # fmt: skip
    rows = _of(upload, kind)
    pages = max(1, -(-len(rows) // PER_PAGE))
    key = widget(f"page.{kind}.{len(rows)}")
    first = (min(st.session_state.get(key, 1), pages) - 1) * PER_PAGE
    shown = rows.iloc[first : first + PER_PAGE]
    parts.paragraph(words.kind_line(kind, len(shown), first + 1, len(rows)), key="files.kind")
    if kind == words.REFUSED:
        download(upload.table.name, partial(imports.refused_file, upload))
        html(_refused(upload, shown), key="files.table")
    else:
        html(_entries(at, site, kind, shown), key="files.table")
    if pages > 1:
        st.pagination(pages, key=key)


def download(name: str, data: object) -> None:
    """The refused rows as a file, each with its reason."""
    stem = name.rsplit(".", 1)[0]
    st.download_button(
        words.REFUSED_FILE, data, file_name=f"{stem} - refused.csv", mime="text/csv", on_click="ignore",
        icon=":material/download:", key="files.download",
    )  # fmt: skip


def _of(upload: Upload, kind: str) -> pd.DataFrame:
    if kind == words.REFUSED:
        return upload.checked.refused
    return upload.changes[(upload.changes["kind"] == kind).to_numpy()]


def _entries(at: Desk, site: str | None, kind: str, rows: pd.DataFrame) -> Safe:
    """Entries: which, and what they would hold; where they change, what they hold now."""
    names = {s.id: s.name for s in at.campaign.sites}
    measures = {m.id: m for m in at.campaign.measures}
    heads = [words.ROW, *([words.SITE] if site is None else []), words.MONTH, words.MEASURE]
    heads += [words.NOW, words.FROM_FILE] if kind == words.CHANGED else [words.FROM_FILE]
    built = []
    for row in rows.to_dict("records"):
        measure = measures.get(str(row["measure"]))
        what = words.about(at.campaign, str(row["measure"]), str(row["group"]))
        new = words.cell(measure, row["numerator"], row["denominator"], row["value"])
        note = tag("span", f"“{row['note']}”", class_="sub") if row["note"] else None
        cells = [tag("td", _label(words.ROW), format.number(row["row"]), class_="num row")]
        if site is None:
            cells.append(tag("td", names.get(str(row["site"]), str(row["site"])), class_="name"))
        cells += [tag("td", format.month_short(row["period"])), tag("td", what)]
        if kind == words.CHANGED:
            was = words.cell(measure, row["was_numerator"], row["was_denominator"], row["was_value"])
            cells.append(tag("td", _label(words.NOW), was, class_="was"))
        cells.append(tag("td", _label(words.FROM_FILE), new, note, class_="now"))
        built.append(tag("tr", *cells))
    return _table(words.KIND_NAMES[kind], heads, built)


def _refused(upload: Upload, rows: pd.DataFrame) -> Safe:
    """Refused rows: their number, what they say, and why."""
    table = upload.table
    places = pd.Index(table.rows).get_indexer(rows["row"].to_numpy())
    built = []
    for row, place in zip(rows.to_dict("records"), places, strict=True):
        given = table.cells.iloc[place].astype(str).tolist() if place >= 0 else []
        said = " · ".join(cell for cell in given if cell.strip())
        said = said[:MOST_GIVEN] + ("…" if len(said) > MOST_GIVEN else "")
        built.append(
            tag(
                "tr",
                tag("td", _label(words.ROW), format.number(row["row"]), class_="num row"),
                tag("td", said or words.EMPTY_ROW, class_="given"),
                tag("td", row["reason"], class_="why-not"),
            )
        )
    return _table(words.KIND_NAMES[words.REFUSED], [words.ROW, words.GIVEN, words.WHY], built)


def _label(text: str) -> Safe:
    """A heading repeated in the cell, for a phone, where the headings are gone."""
    return tag("span", f"{text} ", class_="ph")


def _table(caption: str, heads: list[str], rows: list[Safe]) -> Safe:
    head = tag("thead", tag("tr", *(tag("th", text, scope="col") for text in heads)))
    return tag("table", tag("caption", caption, class_="sr"), head, tag("tbody", *rows), class_="stack")
