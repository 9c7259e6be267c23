"""How numbers are counted: where a definition changed, and a lead's form to say so."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from measures import format
from measures.access import Action, Forbidden
from measures.actions import definitions as actions
from measures.actions.definitions import Overtaken
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.charts import html as build
from measures.format import capital
from measures.model import Redefinition
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import definitions as words

WIDTH = 620
"""Pixels: a line that can be read."""


def section(at: Desk) -> None:
    """What changed since when, and for a lead the way to add to it."""
    made = actions.history(at)
    parts.section(words.TITLE, words.MEANS, key="define")
    lines = [words.line(one, at.campaign) for one in made if one.on <= at.as_of]
    if lines:
        html(build.key_values(lines), key="define.list")
    else:
        parts.paragraph(words.NONE, key="define.none")
    if not at.allows(Action.DEFINE):
        return
    if at.wound_back:
        parts.paragraph(words.LOOKING_BACK, key="define.back")
        return
    key = f"data.define.{at.campaign.id}"
    with st.expander(words.CHANGE, key="define.change", type="compact"), st.container(width=WIDTH):
        _form(at, key)
        for one in actions.listed(at):
            _standing(at, key, one)
    said, tone = st.session_state.pop(f"{key}.said", ([], "plain"))
    parts.notes(said, key="define.said", tone=tone)


def _form(at: Desk, key: str) -> None:
    names = {m.id: m.short for m in sorted(at.campaign.measures, key=lambda m: m.order)}
    measure = st.selectbox(words.MEASURE, list(names), format_func=names.__getitem__, key=f"{key}.measure")
    every = at.campaign.measure(measure).frequency
    st.selectbox(
        words.FROM, actions.periods(at, measure), index=None, key=f"{key}.on.{every}", placeholder="Choose one",
        format_func=lambda p: capital(format.period(p, every)),
    )  # fmt: skip
    st.text_area(words.TEXT, key=f"{key}.text", max_chars=actions.MOST, height=88, placeholder=words.TEXT_HINT)
    st.text_input(words.WHY, key=f"{key}.why", max_chars=actions.MOST, placeholder=words.WHY_HINT)

    def act() -> Redefinition:
        # What the fields hold now: a quick press comes before the run that would have read them.
        chosen = st.session_state[f"{key}.measure"]
        on = st.session_state.get(f"{key}.on.{at.campaign.measure(chosen).frequency}")
        if on is None:
            raise Refused([words.CHOOSE])
        return actions.change(at, chosen, on, st.session_state[f"{key}.text"], st.session_state[f"{key}.why"])

    st.button(words.SAVE, key="define.save", on_click=_try, args=(at, key, act, [f"{key}.text", f"{key}.why"]))


def _standing(at: Desk, key: str, one: Redefinition) -> None:
    """One in force, and the way to take it back, which needs a reason too."""
    measure = at.campaign.measure(one.measure)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{measure.short}: {words.since(one, measure)}"
        html(build.paragraph(said, small=True), key=f"define.standing.{one.id}")
        with st.popover(words.TAKE_BACK, key=f"define.undo.{one.id}"):
            field = f"{key}.back.{one.id}"
            st.text_input(words.WHY_BACK, key=field, max_chars=actions.MOST)
            act = lambda: actions.withdraw(at, one, st.session_state[field])  # noqa: E731
            st.button(words.TAKE_BACK, key=f"define.back.{one.id}", on_click=_try, args=(at, key, act, [field]))


def _try(at: Desk, key: str, act: Callable[[], Redefinition], fields: list[str]) -> None:
    """Do it before the page is drawn again; nothing typed is lost where it was not done."""
    try:
        made = act()
    except Forbidden as refused:
        said = [str(refused)], "concern"
    except Refused as refused:
        said = refused.reasons, "concern"
    except Overtaken as other:
        said = [words.overtaken(other.stands, at.campaign)], "concern"
    else:
        st.session_state.update(dict.fromkeys(fields, ""))
        said = [words.done(made, at.campaign)], "plain"
    st.session_state[f"{key}.said"] = said
