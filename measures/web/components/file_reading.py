"""How a file was understood, said in words, and whatever of it a person may put right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from measures.actions.imports import Upload
from measures.actions.read import Desk
from measures.web.components import parts
from measures.web.text import plain
from measures.words import uploads as words

FEW = 3
"""Lines about what was stepped over that are shown at once."""
FEW_OPTIONS = 6
IGNORE = "ignore"
BOX = 290
"""Pixels of a column's box: three beside each other on a desktop, one under the other on a phone."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has said about a file so far: its sheet, what its columns mean, how its dates and
    decimals are written, and whose it is."""

    sheet: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    dates: str | None = None
    numbers: str | None = None
    site: str | None = None

    def given(self) -> dict[str, object]:
        """The same as ``imports.open_file`` takes it; the site apart, which it has from the page as well."""
        answers = {"sheet": self.sheet, "dates": self.dates, "numbers": self.numbers}
        return {"columns": dict(self.columns) or None, **{k: v for k, v in answers.items() if v is not None}}

    def with_columns(self, more: Mapping[str, str]) -> Choices:
        """The same with these columns' meanings."""
        return replace(self, columns=tuple(sorted((dict(self.columns) | dict(more)).items())))


Widget = Callable[[str], str]
"""A widget's name to its key, which is new with each file."""


def section(at: Desk, upload: Upload, choices: Choices, widget: Widget) -> Choices | None:
    """What was read, the questions about it, and what its columns mean; the new choices where one was made."""
    table, reading = upload.table, upload.reading
    site = at.campaign.site(reading.site).name if reading.site else ""
    said = words.what_was_read(
        upload.checked.size, table.kind, table.separator or "", table.encoding or "", table.sheet or "",
        reading.examples, site,
    )  # fmt: skip
    parts.paragraph(said, key="files.what", muted=False)
    _stepped_over((*table.said, *getattr(reading, "said", ())))
    chosen = _sheet(table, choices, widget)
    chosen = _questions(reading, chosen, widget)
    chosen = _columns(at, reading, chosen, widget)
    return chosen if chosen != choices else None


def asking(upload: Upload) -> str:
    """The headline while something is still asked."""
    return words.asking(len(upload.reading.questions))


def _stepped_over(said: tuple[str, ...]) -> None:
    if 0 < len(said) <= FEW:
        parts.paragraph(" ".join(said), key="files.over")
    elif said:
        with st.expander(words.STEPPED_OVER):
            for place, line in enumerate(said):
                parts.paragraph(line, key=f"files.over.{place}")


def _sheet(table: object, choices: Choices, widget: Widget) -> Choices:
    if len(table.sheets) < 2:
        return choices
    now = table.sheet if table.sheet in table.sheets else table.sheets[0]
    picked = st.selectbox(
        words.SHEET, table.sheets, index=table.sheets.index(now), key=widget(f"sheet.{now}"), width=BOX
    )
    # Another sheet has columns of its own.
    return choices if picked == now else Choices(sheet=picked)


ANSWERED = ("dates", "numbers", "site")
"""What a question can be about and be answered by one of its options; anything else is answered in the boxes."""


def _questions(reading: object, choices: Choices, widget: Widget) -> Choices:
    """Each with nothing chosen: a guess would be taken for an answer."""
    for place, question in enumerate(reading.questions):
        if question.about not in ANSWERED:
            parts.notes([question.sentence], key=f"files.question.{place}", tone="concern")
            continue
        labels = {value: plain(label) for value, label in question.options}
        key = widget(f"question.{question.about}")
        with st.container(border=True):
            if len(labels) > FEW_OPTIONS:
                answer = st.selectbox(
                    plain(question.sentence), list(labels), index=None, format_func=dict(question.options).get, key=key
                )  # fmt: skip
            else:
                answer = st.radio(
                    plain(question.sentence), list(labels), index=None, format_func=labels.__getitem__, key=key
                )  # fmt: skip
        if answer is not None:
            choices = replace(choices, **{question.about: answer})
    return choices


def _columns(at: Desk, reading: object, choices: Choices, widget: Widget) -> Choices:
    """A box for each column: those that were left out at once, the rest behind a line; all of them where one is
    missing."""
    columns = list(enumerate(reading.columns.items(), start=1))
    missing = any(question.about not in ANSWERED for question in reading.questions)
    asked = [one for one in columns if missing or (one[1][1] == IGNORE and reading.guessed.get(one[1][0]))]
    rest = [one for one in columns if one not in asked]
    found: dict[str, str] = {}
    if asked:
        title, more = (words.WHAT_IS, "") if missing else (words.LEFT_OUT, words.LEFT_OUT_HINT)
        parts.section(title, more, key="files.asked")
        found |= _boxes(at, reading, asked, widget)
    if rest:
        with st.expander(words.CHANGE_COLUMNS):
            found |= _boxes(at, reading, rest, widget)
    return choices.with_columns(found) if found else choices


def _boxes(at: Desk, reading: object, columns: list, widget: Widget) -> dict[str, str]:
    found = {}
    wide = reading.layout == "wide-measures"
    with st.container(horizontal=True):
        for place, (header, now) in columns:
            offered = words.roles(at.campaign, now, wide)
            labels = {role: words.role(at.campaign, role) for role in offered}
            picked = st.selectbox(
                plain(words.column(header, place)), offered, index=offered.index(now),
                format_func=labels.__getitem__, key=widget(f"column.{place}.{now}"), width=BOX,
            )  # fmt: skip
            if picked != now:
                found[header] = picked
    return found
