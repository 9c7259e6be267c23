"""Files kept before: who kept which, when, how much it changed, and the way to take one back."""

from __future__ import annotations

from datetime import date
from functools import partial

import streamlit as st

from measures import format
from measures.access import Action, Forbidden
from measures.actions import imports
from measures.actions.entries import Overwritten, Refused
from measures.actions.read import Desk
from measures.charts import html as build
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import uploads as words

PER_PAGE = 10
MOST_CLASHES = 10


def section(at: Desk, site: str | None, prefix: str) -> None:
    """The list, newest first."""
    if not at.allows(Action.IMPORT, site):
        return
    rows = imports.history(at, site)
    rows = rows[rows["source"].str.startswith("file: ").to_numpy()]
    parts.gap()
    parts.section(words.BEFORE, key="files.past")
    parts.notes(st.session_state.pop(f"{prefix}.past", []), key="files.past.said", tone="concern")
    if not len(rows):
        parts.empty(words.NO_FILES, words.NO_FILES_MORE, key="files.past.none")
        return
    pages = -(-len(rows) // PER_PAGE)
    key = f"{prefix}.past.page"
    first = (min(st.session_state.get(key, 1), pages) - 1) * PER_PAGE
    for row in rows.iloc[first : first + PER_PAGE].to_dict("records"):
        name, said = words.past(row)
        id = int(row["change_id"])
        with st.container(horizontal=True, vertical_alignment="center", key=f"files.past.row.{id}"):
            html(build.key_values([(name, said)]), key=f"files.past.{id}")
            if not row["undone"]:
                st.button(
                    words.UNDO, key=f"files.past.undo.{id}", type="tertiary", help=words.undo_of(name),
                    on_click=partial(_undo, at, id, site is None, prefix),
                )  # fmt: skip
    if pages > 1:
        st.pagination(pages, key=key)


def _undo(at: Desk, change_id: int, many_sites: bool, prefix: str) -> None:
    st.session_state[f"{prefix}.past"] = undo(at, change_id, many_sites)


def undo(at: Desk, change_id: int, many_sites: bool, *, leave: bool = False) -> list[str]:
    """Take a file back; sentences that say why it could not be, and none where it was.

    With ``leave`` the numbers that somebody wrote to since stay as they are.
    """
    try:
        imports.undo(at, change_id, leave=leave)
    except Overwritten as other:
        lines = [words.clash(at.campaign, one, many_sites) for one in other.clashes[:MOST_CLASHES]]
        more = len(other.clashes) - MOST_CLASHES
        return [words.CANNOT_UNDO, *lines, *([words.and_more(more)] if more > 0 else [])]
    except (Refused, Forbidden) as refused:
        return [str(refused)]
    return []


def when(at: Desk, change_id: int) -> date:
    """The day a file was kept on."""
    change = at.store.change(at.campaign.id, change_id)
    return format.to_date(change.at) if change is not None else at.as_of
