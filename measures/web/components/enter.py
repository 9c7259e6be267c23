"""Entering what is due: the list of open periods, the numbers, what they mean before and after, who wrote what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd
import streamlit as st

from measures import format
from measures.actions import due, entries, read, rebases, tests_of_change
from measures.actions.due import Slot
from measures.actions.entries import Overwritten, Refused, Sheet
from measures.actions.read import Desk
from measures.charts import html as build
from measures.charts.markup import join, tag
from measures.charts.spc import spc_chart
from measures.format import capital, period_name
from measures.model import Campaign, Form
from measures.review.views import SiteView
from measures.web import session
from measures.web.components import changes, fields, parts
from measures.web.components.charts import chart
from measures.web.components.fields import Typed
from measures.web.components.hand import Hand
from measures.web.components.html import html
from measures.web.components.press import Press, button
from measures.web.text import plain
from measures.words import decisions as decided
from measures.words import definitions as defined
from measures.words import entry as words
from measures.words import site as site_words
from measures.words import tests_of_change as tried
from measures.words.chart import point_sentence

WIDTH = 560
"""Pixels: a column in which five digits do not look lost; a phone's own width where that is less."""

SHORT_LIST = 5
"""How many open periods are listed to pick from; the rest come after them, or by their name."""


def page(at: Desk, site: str) -> None:
    """The whole flow for one site: the period in hand is asked for, or has just been saved, or nothing is due."""
    with st.container(width=WIDTH, key="enter"):
        _page(at, site)


def _page(at: Desk, site: str) -> None:
    if not any(due.periods(at, site, every) for every in due.frequencies(at.campaign)):
        parts.heading("Nothing to report yet")
        parts.empty("The first month can be entered when it is over", key="enter.none")
        return
    Hand.settle(at, site)
    slots = due.open_slots(at, site)
    hand = _in_hand(at, site, slots)
    if hand is None:
        _nothing_due(at, site)
        return
    if hand.saved is not None:
        _thanks(hand, slots)
    else:
        _form(hand, slots)
    history(at, site, hand.period, hand.frequency)
    if hand.saved is not None:
        parts.gap("small")
        changes.section(at, site, tests_of_change.listed(at, site), asking=True)


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


# --- what is due -------------------------------------------------------------------------------------


def _in_hand(at: Desk, site: str, slots: tuple[Slot, ...]) -> Hand | None:
    """The period this person chose or is at; else the first that is open; None where nothing is."""
    kept = st.session_state.get(Hand.place(at, site))
    if kept is not None and kept[1] in due.periods(at, site, kept[0]):
        return Hand(at, site, *kept)
    if not slots:
        return None
    first = Hand(at, site, slots[0].frequency, slots[0].period)
    first.take()
    return first


def _nothing_due(at: Desk, site: str) -> None:
    every = at.campaign.outcome.frequency
    opened, coming = at.campaign.site(site).opened or date.min, due.next_slot(at, site, every)
    listed = [p for p in due.periods(at, site, every) if p >= opened]  # the period it opened in may be out
    said = words.nothing_due(listed[0], every, (coming.period, coming.due_on) if coming else None) if listed else []
    parts.heading(words.NOTHING_DUE, said)
    _earlier(at, site, None)
    if listed:
        history(at, site, listed[0], every)


def _open_list(hand: Hand, slots: tuple[Slot, ...]) -> None:
    """The short list of open periods, where there are several or another is in hand."""
    listed = {
        hand.other(s.frequency, s.period).name: words.slot(s.period, s.frequency, s.days_left)
        for s in slots[:SHORT_LIST]
    }
    here = hand.name in listed
    if not listed or (here and len(listed) == 1):
        return
    key = f"enter.open.{hand.about}"
    st.pills(
        "Still to come in", list(listed), default=hand.name if here else None, required=here, wrap=True, key=key,
        format_func=listed.__getitem__,
        on_change=lambda: Hand.named(hand.at, hand.site, st.session_state[key]).take(),
    )  # fmt: skip


def _earlier(at: Desk, site: str, hand: Hand | None) -> None:
    """Any period at all, by its name."""
    every = due.frequencies(at.campaign)
    found = [Hand(at, site, f, p) for f in every for p in due.periods(at, site, f)]
    listed = {one.name: capital(format.period(one.period, one.frequency)) for one in found}
    key = f"enter.pick.{hand.about if hand else ''}"
    with st.popover(words.change_earlier(every), icon=":material/calendar_month:", type="tertiary"):
        st.selectbox(
            capital(every[0] if len(every) == 1 else "report"), list(listed),
            index=list(listed).index(hand.name) if hand else None, placeholder="Choose one", key=key,
            format_func=listed.__getitem__, on_change=lambda: Hand.named(at, site, st.session_state[key]).take(),
        )  # fmt: skip


# --- the form ----------------------------------------------------------------------------------------


def _form(hand: Hand, slots: tuple[Slot, ...]) -> None:
    at, sheet = hand.at, hand.sheet()
    left = entries.days_left(at, sheet)
    choices = sum(field.yes_no for field in sheet.fields)
    asked = words.asked_for(len(sheet.fields) - choices, choices)
    _just_saved(hand)
    parts.heading(
        words.due_heading(hand.period, sheet.reported, left, hand.frequency),
        [words.due_line(asked, sheet.reported, words.due_when(sheet.due_on, left))],
    )
    _open_list(hand, slots)
    if hand.draft_from is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="enter.draft"):
            st.caption(plain(words.draft_kept(hand.draft_from, hand.now.date())), width="content")
            st.button("Start afresh", type="tertiary", key="enter.afresh", on_click=hand.forget)
    typed = {
        field.key: fields.ask(sheet, field, hand.start.get(field.key, fields.saved(field)), hand.field_key(field.key))
        for field in sheet.fields
    }
    hand.keep(typed)
    numbers = {field.key: fields.in_own_unit(field, typed[field.key]) for field in sheet.fields}
    labels = {field.key: field.label for field in sheet.fields}
    complete = all(x is not None for x in numbers.values())
    wrong = entries.problems(at.campaign, numbers, labels) if complete else []
    unlikely = [] if wrong else entries.queries(at.campaign, read.site(at, hand.site), numbers, hand.period)
    parts.notes(wrong, key="enter.wrong", tone="concern")
    _preview(hand, {} if wrong else numbers)
    sure = True
    if unlikely:
        parts.notes([words.query(at.campaign, *found) for found in unlikely], key="enter.query", tone="concern")
        sure = st.checkbox("Yes, these numbers are right", key=f"enter.sure.{hand.draft}")
    _clash_choice(hand, numbers, typed)
    _save_buttons(hand, slots, numbers, typed, bool(wrong), sure)
    _earlier(at, hand.site, hand)


def _save_buttons(
    hand: Hand, slots: tuple[Slot, ...], numbers: Mapping, typed: Mapping[str, Typed], wrong: bool, sure: bool
) -> None:
    after = _after(hand, slots)
    off = not any(x is not None for x in numbers.values()) or not sure
    name, presses = f"Save {period_name(hand.period, hand.frequency)}", {}
    if after is not None:
        presses[after] = button("Save and next", type="primary", width="stretch", key="enter.next", disabled=off)
    kind = "primary" if after is None else "secondary"
    presses[None] = button(name, type=kind, width="stretch", key="enter.save", disabled=off)
    for then, press in presses.items():
        if press and wrong:
            press.done()
        elif press:
            _save(hand, hand.sheet(), numbers, typed, then, press)


def _after(hand: Hand, slots: tuple[Slot, ...]) -> Slot | None:
    """The open period that comes after the one in hand: the next in the list, else the first of it."""
    listed = [(s.frequency, s.period) for s in slots]
    at = listed.index(hand.which) if hand.which in listed else -1
    others = [*slots[at + 1 :], *slots[: max(at, 0)]]
    return others[0] if others else None


def _lead(campaign: Campaign, frequency: str) -> str | None:
    """The measure whose chart says what was entered: the outcome, else the first of this frequency with a number."""
    ordered = (campaign.outcome, *sorted(campaign.measures, key=lambda m: m.order))
    return next((m.id for m in ordered if m.frequency == frequency and m.form is not Form.YES_NO), None)


def _preview(hand: Hand, numbers: Mapping[str, float | None]) -> None:
    """What the main measure comes to, drawn hollow because it is not saved.

    It stands there from the start: a button that moved while it is being pressed would be missed.
    """
    lead = _lead(hand.at.campaign, hand.frequency)
    if lead is None:
        return
    view, period = read.site(hand.at, hand.site, lead), hand.period
    cell = entries.cells(view.campaign, numbers).get(lead)
    value = entries.ratio(view.measure, cell) if cell else None
    before = view.points[(view.points["period"] < pd.Timestamp(period)).to_numpy()]
    with st.container(key="enter.preview"):
        if value is None:
            html(build.note(words.before_preview(view.measure)), key="enter.preview.words")
        else:
            figure = tag("b", format.value(view.measure, value))
            more = words.preview(view, before, period, value)
            html(build.note(join(figure, f" {more}")), key="enter.preview.words")
        if len(before):
            chart(
                spc_chart,
                before.tail(15),
                unit=parts.unit_of(view.measure),
                variant="multiple",
                frequency=view.measure.frequency,
                centre_name=view.look.centre_name,
                unsaved=None if value is None else (period, value),
                alt_text=words.preview_alt(period, value is not None, view.measure.frequency),
                key="enter.preview.chart",
            )


# --- saving ------------------------------------------------------------------------------------------


def _save(
    hand: Hand, sheet: Sheet, numbers: Mapping, typed: Mapping[str, Typed], then: Slot | None, press: Press
) -> None:
    left = Hand.box(hand.at, hand.site)
    try:
        done = entries.save(hand.at, sheet, numbers, reached=fields.reached(typed))
    except Refused as refused:
        press.done()
        parts.notes(refused.reasons, key="enter.refused", tone="concern")
        return
    except Overwritten as other:
        press.done()
        hand.clash(other.clashes)
        st.rerun()
    press.done()
    left["saved"] = (hand.which, done.change_id or "same", then)
    st.rerun()


def _clash_choice(hand: Hand, numbers: Mapping, typed: Mapping[str, Typed]) -> None:
    if not hand.clashes:
        return
    lines = [f"Somebody else saved this {hand.frequency} while you were typing. Nothing of yours has been saved yet."]
    parts.notes([*lines, *words.clashes(hand.at.campaign, hand.clashes)], key="enter.clash", tone="concern")
    with st.container(horizontal=True):
        if st.button("Keep what is there", key="enter.keep"):
            hand.forget()
            st.rerun()
        if mine := button("Save mine instead", key="enter.mine"):
            hand.clash(())
            _save(hand, hand.sheet(fresh=True), numbers, typed, None, mine)


def _meaning(view: SiteView, period: date) -> tuple[pd.DataFrame, list]:
    """The points up to a period, and the sentence about it; no sentence where it has no point."""
    upto = view.points[(view.points["period"] <= pd.Timestamp(period)).to_numpy()]
    if not len(upto) or upto.iloc[-1]["period"] != pd.Timestamp(period):
        return upto, []
    figure = " ".join(part for part in (format.value(view.measure, upto.iloc[-1]["value"]), view.measure.verb) if part)
    return upto, [tag("b", f"{figure}. "), f"{point_sentence(upto, view)}."]


def _just_saved(hand: Hand) -> None:
    """After "save and next": what was saved a moment ago and what it means, above the next."""
    last, change = hand.before
    if last is None:
        return
    lead = _lead(hand.at.campaign, last.frequency)
    said = _meaning(read.site(hand.at, hand.site, lead), last.period)[1] if lead else []
    with st.container(gap="xxsmall", key="enter.before"):
        thanks = f"{capital(period_name(last.period, last.frequency))} is in. "
        html(build.note(join(thanks, *said), arrive=True), key="enter.before.said")
        if isinstance(change, int) and st.button("Undo", type="tertiary", key="enter.before.undo"):
            _undo(last, change)


def _thanks(hand: Hand, slots: tuple[Slot, ...]) -> None:
    at, site, period = hand.at, hand.site, hand.period
    lead = _lead(at.campaign, hand.frequency)
    view, tests = read.site(at, site, lead), tests_of_change.listed(at, site)
    parts.heading(words.thanks(period, hand.frequency))
    upto, said = _meaning(view, period) if lead else (view.points, [])
    if said:
        # Never an orange box for somebody who has just reported: the ringed point says enough.
        tone = "improvement" if str(upto.iloc[-1]["cause"]) == "improvement" else "plain"
        html(build.note(join(*said), tone=tone, arrive=True), key="enter.meaning")
        parts.section(f"{view.measure.short}, by {view.measure.frequency}")
        chart(
            spc_chart,
            upto.tail(24),
            view.paths if len(view.paths) else None,
            unit=parts.unit_of(view.measure),
            variant="story",
            frequency=view.measure.frequency,
            centre_name=view.look.centre_name,
            rebases=decided.reasons(rebases.decisions(at, site, view.measure.id).accepted),
            tests=tried.trials(tests, at.as_of),
            redefined=defined.on_chart(view.redefined, view.measure.id),
            highlight=period,
            alt_text=" ".join(filter(None, [site_words.alt(view), tried.alt(tests, at.as_of)])),
            key="enter.saved.picture",
        )
    streak = int(view.report["streak"])
    parts.paragraph(words.saved_by(view, period, hand.frequency, at.actor.name, streak), key="enter.savedby")
    _note(hand)
    after = _after(hand, slots)
    with st.container(horizontal=True):
        if after is not None and st.button(
            f"Next: {period_name(after.period, after.frequency)}", type="primary", key="enter.after"
        ):
            hand.leave()
            hand.other(after.frequency, after.period).take()
            st.rerun()
        if st.button("Done", type="primary" if after is None else "secondary", key="enter.done"):
            hand.leave()
            hand.drop()
            st.session_state["enter.finished"] = site
        if st.button("Change it", key="enter.change"):
            hand.leave()
            st.rerun()
        if isinstance(hand.saved, int) and st.button("Undo", type="tertiary", key="enter.undo"):
            _undo(hand, hand.saved)


def _undo(hand: Hand, change: int) -> None:
    try:
        entries.undo(hand.at, hand.site, hand.period, change)
    except Overwritten as other:
        lines = ["It cannot be undone any more.", *words.clashes(hand.at.campaign, other.clashes)]
        parts.notes(lines, key="enter.undone", tone="concern")
        return
    except Refused as refused:
        parts.notes(refused.reasons, key="enter.undone", tone="concern")
        return
    hand.leave()
    hand.take()
    st.rerun()


def _note(hand: Hand) -> None:
    sheet = entries.sheet(hand.at, hand.site, hand.period, hand.frequency)
    text = st.text_input(
        f"Anything to remember about {period_name(hand.period, hand.frequency)}?", value=sheet.note, max_chars=200,
        placeholder="Optional. Shown on the chart", key=f"enter.note.{hand.draft}",
    )  # fmt: skip
    if text.strip() != sheet.note:
        numbers = {f.key: f.now for f in sheet.fields}
        try:
            entries.save(hand.at, sheet, numbers, note=text)
        except (Overwritten, Refused) as wrong:
            parts.notes([str(wrong)], key="enter.note.wrong", tone="concern")
            return
        st.toast("Noted. It stands on the chart now.")


# --- history -----------------------------------------------------------------------------------------


def history(at: Desk, site: str, period: date, frequency: str | None = None) -> None:
    """Every revision of a period: who, when, and what in place of what; of the outcome's frequency if none is given."""
    every, rows = frequency or at.campaign.outcome.frequency, read.history(at, site, period)
    if len(rows):
        # A week may begin on a month's first day: only what is reported as often belongs here.
        as_often = [m.id for m in at.campaign.measures if m.frequency == every]
        rows = rows[rows["measure"].isin(as_often).to_numpy()]
    if not len(rows):
        return
    with st.expander(f"Who wrote what for {format.period(period, every)}"):
        lines = [words.revision(row, at.campaign.measure(row["measure"]), row["at"]) for row in rows.to_dict("records")]
        html(build.key_values(lines), key="enter.history")
