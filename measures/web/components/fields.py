"""One field of the entry form: a number in a unit, or a yes and no; the last values and a tiny chart beneath it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from measures import format
from measures.actions import due, entries
from measures.actions.entries import Field, Sheet
from measures.charts import html as build
from measures.charts.sparkline import sparkline
from measures.units import find
from measures.web.components.html import html
from measures.web.text import plain
from measures.words import entry as words

Typed = dict[str, object]
"""What stands in a field: ``x`` as typed, ``unit`` where it is another than the measure's, ``reached`` (ISO)."""

PICTURE = (96, 22)
"""Pixels of the tiny chart."""


def saved(field: Field) -> Typed:
    """What a field holds before anybody types."""
    return {} if field.now is None else {"x": field.now}


def fitting(field: Field, sheet: Sheet, typed: object) -> Typed:
    """What of a draft still fits the field: a draft may be older than the form."""
    given = typed if isinstance(typed, Mapping) else {}
    x, unit, since = given.get("x"), given.get("unit"), given.get("reached")
    found: Typed = {}
    if isinstance(x, int | float) and x >= 0 and not (field.yes_no and x not in (0, 1)):
        found["x"] = x
    if unit in {u.id for u in field.units}:
        found["unit"] = unit
    if since in {when.isoformat() for when, _ in sheet.reachable.get(field.key, ())}:
        found["reached"] = since
    return found


def ask(sheet: Sheet, field: Field, start: Typed, key: str) -> Typed:
    """Show a field that begins with ``start``; return what stands in it."""
    # A week's name would not fit beside a label on a phone; the headline says it.
    first = field is sheet.fields[0] and not field.yes_no and sheet.frequency == "month"
    label = f"{field.label} in {format.period_name(sheet.period, sheet.frequency)}" if first else field.label
    with st.container(gap=None):
        typed = _choice(sheet, field, label, start, key) if field.yes_no else _number(field, label, start, key)
        said = words.before(field.measure, field.before)
        if "unit" in typed:
            said = words.saved_as(field.measure, in_own_unit(field, typed))
        picture = None
        if not due.is_milestone(field.measure) and any(not format.missing(x) for x in field.line):
            about = words.recent(field.measure, field.line)
            picture = sparkline(field.line, label=about, width=PICTURE[0], height=PICTURE[1])
        if said or picture:
            html(build.beside(said, picture), key=f"{key}.before")
    return typed


def in_own_unit(field: Field, typed: Typed) -> float | None:
    """The number of a field in its measure's own unit."""
    return entries.in_own_unit(field.measure, typed.get("x"), str(typed.get("unit", "")))


def reached(typed: Mapping[str, Typed]) -> dict[str, date]:
    """In which earlier periods milestones are said to have been reached."""
    return {key: date.fromisoformat(str(one["reached"])) for key, one in typed.items() if "reached" in one}


def _number(field: Field, label: str, start: Typed, key: str) -> Typed:
    if not field.units:
        own = "" if field.measure.form.has_denominator or field.whole else field.measure.unit
        x = _input(field, f"{label} ({own})" if own else label, start.get("x"), key)
        return {} if x is None else {"x": x}
    own, listed = find(field.measure.unit).id, {u.id: u.plural for u in field.units}
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}.row"):
        x = _input(field, label, start.get("x"), key)
        unit = st.selectbox(
            "Unit", list(listed), index=list(listed).index(start.get("unit", own)), format_func=listed.__getitem__,
            key=f"{key}.unit", persist_state="session", width=130, filter_mode=None,
        )  # fmt: skip
    return ({} if x is None else {"x": x}) | ({} if unit == own else {"unit": unit})


def _input(field: Field, label: str, x: object, key: str) -> float | None:
    if field.whole:
        now = None if x is None else int(x)
        return st.number_input(
            plain(label), min_value=0, step=1, format="%d", key=key, persist_state="session", value=now
        )
    now = None if x is None else float(x)
    return st.number_input(plain(label), min_value=0.0, format="%.10g", key=key, persist_state="session", value=now)


def _choice(sheet: Sheet, field: Field, label: str, start: Typed, key: str) -> Typed:
    yes, no = words.answers(field.measure)
    now = {1: yes, 0: no}.get(start.get("x"))
    chosen = st.segmented_control(
        plain(label), [yes, no], default=now, key=key, persist_state="session", width="stretch"
    )
    if chosen is None:
        return {}
    typed: Typed = {"x": 1 if chosen == yes else 0}
    listed = [when for when, _ in sheet.reachable.get(field.key, ())]
    if chosen == yes and len(listed) > 1:
        since = date.fromisoformat(str(start["reached"])) if "reached" in start else sheet.period
        when = st.selectbox(
            "Reached in", listed, index=listed.index(since), key=f"{key}.reached", persist_state="session",
            format_func=lambda p: format.capital(format.period(p, sheet.frequency)),
        )  # fmt: skip
        if when != sheet.period:
            typed["reached"] = when.isoformat()
    return typed
