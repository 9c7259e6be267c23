"""The ways to enter numbers: one month in a form, several at once, or a file. The switch stands at the top of Enter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from measures.access import Action
from measures.actions.read import Desk
from measures.web import session
from measures.web.components import enter, files, grid, parts, taken_out
from measures.words import uploads as words


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its name in the URL (``how=``), what the switch calls it, its component, and what it needs."""

    name: str
    label: str
    page: Callable[[Desk, str], None]
    action: Action = Action.ENTER


def _file(at: Desk, site: str) -> None:
    files.page(at, site)
    parts.gap()
    taken_out.section(at, site)


WAYS = (
    Way("month", words.THIS_MONTH, enter.page),
    Way("months", words.SEVERAL_MONTHS, grid.page),
    Way("file", words.A_FILE, _file, Action.IMPORT),
)
"""In the order of the switch. The first is what the page opens on and needs no name in the URL."""


def page(at: Desk, site: str) -> None:
    """The switch, and what was chosen with it."""
    open_to_me = [way for way in WAYS if at.allows(way.action, site)]
    chosen = _chosen(open_to_me)
    if len(open_to_me) > 1:
        labels = {way.name: way.label for way in open_to_me}
        key = f"ways.{chosen.name}"
        st.segmented_control(
            words.HOW, list(labels), default=chosen.name, required=True, format_func=labels.__getitem__,
            label_visibility="collapsed", key=key, on_change=lambda: _go(st.session_state[key]),
        )  # fmt: skip
    chosen.page(at, site)


def _go(name: str) -> None:
    session.remember(how="" if name == WAYS[0].name else name)


def _chosen(among: list[Way]) -> Way:
    asked = st.query_params.get("how", "")
    for way in among:
        if way.name == asked:
            return way
    if asked:
        parts.notes([words.no_such_way(asked)], key="ways.unknown")
    return among[0]
