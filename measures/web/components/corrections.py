"""What each cell behind a chart has held, and putting one right: beneath the chart's numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import streamlit as st

from measures import format
from measures.access import Action, Forbidden
from measures.actions import corrections as actions
from measures.actions import entries
from measures.actions.entries import Overwritten, Refused, Sheet
from measures.actions.read import Desk
from measures.charts import html as build
from measures.format import capital
from measures.model import Form
from measures.review.views import SiteView
from measures.web.components import parts
from measures.web.components.html import html
from measures.web.components.press import Press, button
from measures.web.text import plain
from measures.words import corrections as words
from measures.words import entry as entry_words

WIDTH = 620
"""Pixels: a line of a reason that can be read."""


def column(at: Desk, view: SiteView) -> tuple[str, dict[date, str]]:
    """What the table of a chart's numbers says of its corrections: the column's name, and words by period."""
    name = words.CORRECTED if at.known_at is None else words.SINCE_THEN
    if not at.allows(Action.HISTORY, view.site.id):
        return name, {}
    rows = actions.corrected(at, actions.of_series(at, view.site.id, view.measure.id))
    found = {
        row["period"].date(): words.correction(row, view.measure, actions.why(row["source"]))
        for row in rows.to_dict("records")
    }
    return name, found


def section(at: Desk, view: SiteView) -> None:
    """The history of one cell after another and, for the site's own team, the way to put it right."""
    if not at.allows(Action.HISTORY, view.site.id):
        return
    rows = actions.of_series(at, view.site.id, view.measure.id)
    if not len(rows):
        return
    with st.expander(words.HISTORY, key="site.cells", type="compact"), st.container(width=WIDTH):
        _Cell(at, view, rows).show()


class _Cell:
    """One period of the series on screen: its history, and this person's correction of it."""

    def __init__(self, at: Desk, view: SiteView, rows: pd.DataFrame) -> None:
        self.at, self.view, self.measure = at, view, view.measure
        self.series = f"cells.{at.campaign.id}.{view.site.id}.{view.measure.id}"
        periods = [p.date() for p in sorted(rows["period"].unique(), reverse=True)]
        self.period = self._choose(periods)
        self.rows = rows[(rows["period"] == pd.Timestamp(self.period)).to_numpy()]
        self.key = f"cells.{at.campaign.id}.{view.site.id}.{self.period}"

    def _choose(self, periods: list[date]) -> date:
        return st.selectbox(
            words.CHOOSE.format(every=self.measure.frequency), periods,
            format_func=lambda p: capital(format.period(p, self.measure.frequency)), key=f"{self.series}.period",
        )  # fmt: skip

    def show(self) -> None:
        lines = [
            words.revision(row, self.measure, actions.why(row["source"]))
            for row in reversed(self.rows.to_dict("records"))
        ]
        html(build.key_values(lines), key="cells.history")
        if actions.may_correct(self.at, self.view.site.id):
            with st.container(horizontal=True, vertical_alignment="center"):
                self._correct()
                self._undo()
        said, tone = st.session_state.pop(f"{self.series}.said", ([], "plain"))
        parts.notes(said, key="cells.said", tone=tone)

    def _say(self, *lines: str, tone: str = "plain") -> None:
        st.session_state[f"{self.series}.said"] = (list(lines), tone)

    def _undo(self) -> None:
        last = self.rows.iloc[-1]
        cell = self.view.site.id, self.measure.id, self.period
        st.button(
            words.UNDO, key="cells.undo", type="tertiary",
            on_click=self._try, args=(lambda: actions.undo_cell(self.at, *cell, int(last["change_id"])), words.undone),
        )  # fmt: skip

    def _sheet(self) -> Sheet:
        """The numbers as this person first read them: a later writer must not slip past unseen."""
        key = f"{self.key}.sheet"
        if key not in st.session_state:
            st.session_state[key] = entries.sheet(self.at, self.view.site.id, self.period)
        return st.session_state[key]

    def _correct(self) -> None:
        clashes = st.session_state.get(f"{self.key}.clash")
        with st.popover(words.CORRECT, key="cells.correct", icon=":material/edit:"):
            sheet = self._sheet()
            with st.form(f"{self.key}.form", border=False):
                numbers = {field.key: self._number(field) for field in sheet.fields}
                why = st.text_input(
                    words.WHY, max_chars=actions.MOST, placeholder=words.WHY_HINT, key=f"{self.key}.why.{self._draft()}"
                )
                label = words.MINE if clashes else words.SAVE
                press = button(label, kind=st.form_submit_button, type="primary", key=f"{self.key}.save")
                if press:
                    self._try(lambda: self._save(sheet, numbers, why, press), words.done)
                    press.done()
                    st.rerun()
            if clashes:
                lines = [words.CLASH, *entry_words.clashes(self.at.campaign, clashes)]
                parts.notes(lines, key="cells.clash", tone="concern")
                st.button(words.KEEP_THEIRS, key="cells.keep", on_click=self._forget)
            elif wrong := st.session_state.pop(f"{self.key}.wrong", []):
                parts.notes(wrong, key="cells.wrong", tone="concern")

    def _save(self, sheet: Sheet, numbers: dict[str, float | None], why: str, press: Press) -> entries.Recorded:
        made = actions.correct(self.at, sheet, numbers, why)
        press.done()
        return made

    def _number(self, field: entries.Field) -> float | None:
        whole = self.at.campaign.measure(field.key.split("/")[0]).form in (Form.COUNT, Form.PROPORTION)
        kind = int if whole else float
        return st.number_input(
            plain(field.label), min_value=kind(0), step=kind(1), format="%d" if whole else None,
            value=None if field.now is None else kind(field.now), key=f"{self.key}.{field.key}.{self._draft()}",
        )  # fmt: skip

    def _draft(self) -> int:
        """The draft in hand. A new one has new fields: a browser would keep the numbers of the old."""
        return st.session_state.get(f"{self.key}.draft", 0)

    def _forget(self) -> None:
        for name in ("sheet", "clash"):
            st.session_state.pop(f"{self.key}.{name}", None)
        st.session_state[f"{self.key}.draft"] = self._draft() + 1

    def _try(self, act: Callable[[], entries.Recorded], say: Callable[..., str]) -> None:
        """Do it; nothing typed is lost where it was not done."""
        try:
            recorded = act()
        except Forbidden as refused:
            st.session_state[f"{self.key}.wrong"] = [str(refused)]
        except Refused as refused:
            st.session_state[f"{self.key}.wrong"] = refused.reasons
            if say is words.undone:
                self._say(*refused.reasons, tone="concern")
        except Overwritten as other:
            if say is words.undone:
                said = entry_words.clashes(self.at.campaign, other.clashes)
                self._say(words.NO_UNDO, *said, tone="concern")
            else:
                # What is there now has been read with this answer: saving again means to replace it.
                st.session_state[f"{self.key}.clash"] = other.clashes
                st.session_state[f"{self.key}.sheet"] = entries.sheet(self.at, self.view.site.id, self.period)
        else:
            self._forget()
            self._say(say(self.period, self.measure) if recorded.written else words.SAME)
