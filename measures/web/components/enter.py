"""Entering a month: what is due, the numbers, what they mean before and after saving, and who wrote what."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from measures import format
from measures.actions import entries, read, rebases
from measures.actions.entries import Overwritten, Refused, Sheet
from measures.actions.read import Desk
from measures.charts import html as build
from measures.charts.markup import join, tag
from measures.charts.spc import spc_chart
from measures.review.views import SiteView
from measures.web import session
from measures.web.components import parts
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.web.text import plain
from measures.words import decisions as decided
from measures.words import definitions as defined
from measures.words import entry as words
from measures.words import site as site_words
from measures.words.chart import point_sentence

WIDTH = 560
"""Pixels: a column in which five digits do not look lost; a phone's own width where that is less."""


def page(at: Desk, site: str) -> None:
    """The whole flow for one site: the month in hand is asked for, or has just been saved."""
    with st.container(width=WIDTH):
        _page(at, site)


def _page(at: Desk, site: str) -> None:
    months = entries.periods(at, site)
    if not months:
        parts.heading("Nothing to report yet")
        parts.empty("The first month can be entered when it is over", key="enter.none")
        return
    period = _month_in_hand(at, site, months)
    saved = st.session_state.get(f"enter.saved.{at.campaign.id}.{site}.{period}")
    if saved:
        _thanks(at, site, period, saved)
    else:
        _form(at, site, period, months)
    history(at, site, period)


def finished(site: str) -> bool:
    """Whether this run's click said that the month is done."""
    return st.session_state.pop("enter.finished", None) == site


def looking_back() -> None:
    """Entry is off while the screen shows an earlier date."""
    parts.heading("Numbers are entered today")
    parts.empty(
        "You are looking back at an earlier month", "Come back to today to enter or change a number.", key="enter.back"
    )
    st.button("Back to today", type="primary", on_click=lambda: session.remember(as_of="", known=""), key="enter.today")


# --- the form ----------------------------------------------------------------------------------------


def _month_in_hand(at: Desk, site: str, months: list[date]) -> date:
    key = f"enter.month.{at.campaign.id}.{site}"
    if st.session_state.get(key) not in months:
        due = read.site(at, site).report["due_period"]
        st.session_state[key] = format.to_date(due) if format.to_date(due) in months else months[0]
    return st.session_state[key]


def _sheet(at: Desk, site: str, period: date, fresh: bool = False) -> Sheet:
    """The sheet as this person first read it: a later writer must not slip past unseen."""
    key = f"enter.sheet.{at.campaign.id}.{site}.{period}"
    if fresh or key not in st.session_state:
        st.session_state[key] = entries.sheet(at, site, period)
    return st.session_state[key]


def _draft(at: Desk, site: str, period: date) -> str:
    """The draft in hand. A new one has new fields: a browser would keep the numbers of the old."""
    month = f"{at.campaign.id}.{site}.{period}"
    return f"{month}.{st.session_state.get(f'enter.draft.{month}', 0)}"


def _forget(at: Desk, site: str, period: date) -> None:
    """Drop the draft of a month: it has been saved, or its author chose what is there."""
    month = f"{at.campaign.id}.{site}.{period}"
    for name in ("sheet", "clash"):
        st.session_state.pop(f"enter.{name}.{month}", None)
    st.session_state[f"enter.draft.{month}"] = st.session_state.get(f"enter.draft.{month}", 0) + 1


def _form(at: Desk, site: str, period: date, months: list[date]) -> None:
    sheet = _sheet(at, site, period)
    left = entries.days_left(at, sheet)
    due = words.due_when(sheet.due_on, left)
    parts.heading(
        words.due_heading(period, sheet.reported, left), [words.due_line(len(sheet.fields), sheet.reported, due)]
    )
    numbers = {field.key: _number(at, sheet, field) for field in sheet.fields}
    view = read.site(at, site)
    labels = {field.key: field.label for field in sheet.fields}
    complete = all(x is not None for x in numbers.values())
    wrong = entries.problems(at.campaign, numbers, labels) if complete else []
    unlikely = [] if wrong else entries.queries(at.campaign, view, numbers, period)
    parts.notes(wrong, key="enter.wrong", tone="concern")
    _preview(view, {} if wrong else numbers, period)
    sure = True
    if unlikely:
        parts.notes([words.query(at.campaign, *found) for found in unlikely], key="enter.query", tone="concern")
        sure = st.checkbox("Yes, these numbers are right", key=f"enter.sure.{_draft(at, site, period)}")
    _clash_choice(at, site, period, numbers)
    pressed = st.button(
        f"Save {format.month_name(period)}", type="primary", width="stretch", key="enter.save",
        disabled=not any(x is not None for x in numbers.values()) or not sure,
    )  # fmt: skip
    if pressed and not wrong:
        _save(at, sheet, numbers)
    with st.popover("Another month", icon=":material/calendar_month:", type="tertiary"):
        key = f"enter.month.{at.campaign.id}.{site}"
        st.selectbox(
            "Month", months, index=months.index(period), format_func=format.month, key="enter.pick",
            on_change=lambda: st.session_state.update({key: st.session_state["enter.pick"]}),
        )  # fmt: skip


def _number(at: Desk, sheet: Sheet, field: entries.Field) -> int | None:
    key = f"enter.field.{_draft(at, sheet.site, sheet.period)}.{field.key}"
    label = f"{field.label} in {format.month_name(sheet.period)}" if field is sheet.fields[0] else field.label
    with st.container(gap=None):
        value = st.number_input(
            plain(label), min_value=0, step=1, format="%d", key=key, persist_state="session",
            value=None if field.now is None else int(field.now),
        )  # fmt: skip
        before = " · ".join(f"{format.month_name(p)} {format.number(x)}" for p, x in field.before)
        parts.paragraph(before, key=f"{key}.before")
    return value


def _preview(view: SiteView, numbers: dict[str, int | None], period: date) -> None:
    """What the outcome comes to, drawn hollow because it is not saved.

    It stands there from the start: a button that moved while it is being pressed would be missed.
    """
    cell = entries.cells(view.campaign, numbers).get(view.measure.id)
    value = entries.ratio(view.measure, cell) if cell else None
    before = view.points[(view.points["period"] < pd.Timestamp(period)).to_numpy()]
    with st.container(key="enter.preview"):
        if value is None:
            html(build.note(words.before_preview(view.measure)), key="enter.preview.words")
        else:
            lead = tag("b", format.value(view.measure, value))
            more = words.preview(view, before, period, value)
            html(build.note(join(lead, f" {more}")), key="enter.preview.words")
        if len(before):
            chart(
                spc_chart,
                before.tail(15),
                unit=parts.unit_of(view.measure),
                variant="multiple",
                frequency=view.measure.frequency,
                centre_name=view.look.centre_name,
                unsaved=None if value is None else (period, value),
                alt_text=words.preview_alt(period, value is not None),
                key="enter.preview.chart",
            )


# --- saving ------------------------------------------------------------------------------------------


def _save(at: Desk, sheet: Sheet, numbers: dict[str, int | None]) -> None:
    try:
        done = entries.save(at, sheet, numbers)
    except Refused as refused:
        parts.notes(refused.reasons, key="enter.refused", tone="concern")
        return
    except Overwritten as other:
        st.session_state[f"enter.clash.{at.campaign.id}.{sheet.site}.{sheet.period}"] = other.clashes
        st.rerun()
    _forget(at, sheet.site, sheet.period)
    st.session_state[f"enter.saved.{at.campaign.id}.{sheet.site}.{sheet.period}"] = done.change_id or "same"
    st.rerun()


def _clash_choice(at: Desk, site: str, period: date, numbers: dict[str, int | None]) -> None:
    key = f"enter.clash.{at.campaign.id}.{site}.{period}"
    if key not in st.session_state:
        return
    lines = ["Somebody else saved this month while you were typing. Nothing of yours has been saved yet."]
    parts.notes([*lines, *words.clashes(at.campaign, st.session_state[key])], key="enter.clash", tone="concern")
    with st.container(horizontal=True):
        if st.button("Keep what is there", key="enter.keep"):
            _forget(at, site, period)
            st.rerun()
        if st.button("Save mine instead", key="enter.mine"):
            del st.session_state[key]
            _save(at, _sheet(at, site, period, fresh=True), numbers)


def _thanks(at: Desk, site: str, period: date, saved: int | str) -> None:
    view = read.site(at, site)
    parts.heading(f"{format.month_name(period)} is in. Thank you.")
    upto = view.points[(view.points["period"] <= pd.Timestamp(period)).to_numpy()]
    if len(upto) and upto.iloc[-1]["period"] == pd.Timestamp(period):
        last = upto.iloc[-1]
        # Never an orange box for somebody who has just reported: the ringed point says enough.
        tone = "improvement" if str(last["cause"]) == "improvement" else "plain"
        lead = tag("b", f"{format.value(view.measure, last['value'])} {view.measure.verb}. ")
        html(build.note(join(lead, f"{point_sentence(upto, view)}."), tone=tone), key="enter.meaning")
        parts.section(f"{view.measure.short}, by month")
        chart(
            spc_chart,
            upto.tail(24),
            view.paths if len(view.paths) else None,
            unit=parts.unit_of(view.measure),
            variant="story",
            frequency=view.measure.frequency,
            centre_name=view.look.centre_name,
            rebases=decided.reasons(rebases.decisions(at, site, view.measure.id).accepted),
            redefined=defined.on_chart(view.redefined, view.measure.id),
            highlight=period,
            alt_text=site_words.alt(view),
            key="enter.saved.picture",
        )
    parts.paragraph(words.saved_by(view, period, at.actor.name, int(view.report["streak"])), key="enter.savedby")
    _note(at, site, period)
    with st.container(horizontal=True):
        if st.button("Done", type="primary", key="enter.done"):
            _leave(at, site, period)
            st.session_state.pop(f"enter.month.{at.campaign.id}.{site}", None)
            st.session_state["enter.finished"] = site
        if st.button("Change it", key="enter.change"):
            _leave(at, site, period)
            st.rerun()
        if isinstance(saved, int) and st.button("Undo", type="tertiary", key="enter.undo"):
            _undo(at, site, period, saved)


def _leave(at: Desk, site: str, period: date) -> None:
    st.session_state.pop(f"enter.saved.{at.campaign.id}.{site}.{period}", None)
    _forget(at, site, period)


def _undo(at: Desk, site: str, period: date, change: int) -> None:
    try:
        entries.undo(at, site, period, change)
    except Overwritten as other:
        parts.notes(
            ["It cannot be undone any more.", *words.clashes(at.campaign, other.clashes)],
            key="enter.undone",
            tone="concern",
        )
        return
    except Refused as refused:
        parts.notes(refused.reasons, key="enter.undone", tone="concern")
        return
    _leave(at, site, period)
    st.rerun()


def _note(at: Desk, site: str, period: date) -> None:
    sheet = entries.sheet(at, site, period)
    key = f"enter.note.{_draft(at, site, period)}"
    text = st.text_input(
        f"Anything to remember about {format.month_name(period)}?", value=sheet.note, max_chars=200,
        placeholder="Optional. Shown on the chart", key=key,
    )  # fmt: skip
    if text.strip() != sheet.note:
        numbers = {f.key: f.now for f in sheet.fields}
        try:
            entries.save(at, sheet, numbers, note=text)
        except (Overwritten, Refused) as wrong:
            parts.notes([str(wrong)], key="enter.note.wrong", tone="concern")
            return
        st.toast("Noted. It stands on the chart now.")


# --- history -----------------------------------------------------------------------------------------


def history(at: Desk, site: str, period: date) -> None:
    """Every revision of a month: who, when, and what in place of what."""
    rows = read.history(at, site, period)
    if not len(rows):
        return
    with st.expander(f"Who wrote what for {format.month(period)}"):
        lines = [words.revision(row, at.campaign.measure(row["measure"]), row["at"]) for row in rows.to_dict("records")]
        html(build.key_values(lines), key="enter.history")
