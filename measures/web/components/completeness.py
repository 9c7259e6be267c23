"""What the lead's page of data is made of: who has reported, who has not, and reminders to copy."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from measures import format
from measures.actions import completeness as actions
from measures.actions.read import Desk
from measures.charts import html as build
from measures.charts.markup import Safe, tag
from measures.model import Timing
from measures.review.completeness import Board
from measures.web import session
from measures.web.components import parts
from measures.web.components.html import html
from measures.web.components.sites import href
from measures.web.text import plain
from measures.words import completeness as words

PER_PAGE = 25
CAPTION = "Sites and what they have reported, A to Z"
ICONS = {
    Timing.ON_TIME: ("reporting-in", True),
    Timing.LATE: ("reporting-in", False),
    Timing.EARLIER: ("reporting-in", True),
    Timing.DUE: ("reporting-due", True),
    Timing.MISSING: ("reporting-missing", False),
}
"""The icon of each timing, and whether it is no news."""
OWN_ROW = Safe("grid-column:1/-1;grid-row:4")
"""On a phone, where a row is a grid: beneath the rest. In a table it means nothing."""


def chosen(at: Desk) -> str | None:
    """The measure that the address asks for; None for all of them together."""
    asked, known = st.query_params.get("of", ""), {m.id for m in at.campaign.measures}
    if asked and asked not in known:
        parts.notes([f"There is no measure called “{asked}” here, so you see all of them."], key="data.of.unknown")
    return asked if asked in known else None


def headline(at: Desk, measure: str | None) -> Board:
    """How many have reported what had to be in, and what comes next."""
    board = actions.board(at, measure)
    parts.heading(words.heading(board), words.lede(board), key="data")
    parts.paragraph(words.earlier(board), key="data.earlier")
    return board


def listing(board: Board) -> str | None:
    """Search, filters and the table; returns the site whose name was clicked."""
    if not len(board.sites):
        return None
    asked, only = _controls(board)
    rows = _pick(board, asked, only)
    # Another choice is another list: its pages begin anew.
    key = f"data.page.{asked}.{only}.{board.measure.id if board.measure else ''}"
    pages = max(1, -(-len(rows) // PER_PAGE))
    shown = rows.iloc[(min(st.session_state.get(key, 1), pages) - 1) * PER_PAGE :][:PER_PAGE]
    said = (words.showing(len(shown), len(rows), len(board.sites)), words.committed(board))
    parts.paragraph(" ".join(filter(None, said)), key="data.count")
    if not len(rows):
        parts.empty(words.NO_MATCH, "Take a filter away, or try another part of the name.", key="data.none")
        return None
    opened = html(_table(board, shown), key="data.table")
    if pages > 1:
        st.pagination(pages, key=key)
    return opened


def _controls(board: Board) -> tuple[str, str | None]:
    measures = sorted(board.campaign.measures, key=lambda m: m.order)
    names = {"": words.ALL_MEASURES} | {m.id: plain(m.short) for m in measures}
    now = board.measure.id if board.measure else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        asked = st.text_input(
            "Find a site or region", placeholder="Find a site or region", label_visibility="collapsed",
            icon=":material/search:", key="data.find", width=260,
        )  # fmt: skip
        only = st.pills(
            "Show only", list(words.FILTERS), format_func=words.FILTERS.__getitem__, label_visibility="collapsed",
            wrap=True, key="data.only",
        )  # fmt: skip
        if len(names) > 2:
            key = f"data.of.{now}"
            with st.popover(names[now], icon=":material/tune:", type="tertiary"):
                st.radio(
                    "What is to be reported", list(names), index=list(names).index(now),
                    format_func=names.__getitem__, key=key,
                    on_change=lambda: session.remember(of=st.session_state[key]),
                )  # fmt: skip
    return asked.strip().casefold(), only


def _pick(board: Board, asked: str, only: str | None) -> pd.DataFrame:
    rows = board.sites
    if asked:
        found = (rows["name"] + " " + rows["region"] + " " + rows["site"]).str.casefold()
        rows = rows[found.str.contains(asked, regex=False).to_numpy()]
    if only is not None:
        rows = rows[(rows[only] > 0).to_numpy()]
    return rows


def _table(board: Board, rows: pd.DataFrame) -> Safe:
    every = (board.measure or board.campaign.outcome).frequency
    latest = format.capital(format.period_name(board.period, every)) if board.period else "Latest"
    heads = (
        ("Site", None), (latest, None), ("Not reported", "gap-l"), ("Numbers on time", "num"),
        (f"{every.capitalize()}s in a row", "num gap-l"),
    )  # fmt: skip
    head = tag("thead", tag("tr", *(tag("th", text, scope="col", class_=names) for text, names in heads)))
    gone = words.missing(board)
    body = (_row(board, row, gone.get(row["site"], []), every) for row in rows.to_dict("records"))
    return tag("table", tag("caption", CAPTION, class_="sr"), head, tag("tbody", *body), class_="cards")


def _row(board: Board, row: dict, gone: list[str], every: str) -> Safe:
    icon, quiet = ICONS.get(row["timing"], ("reporting-closed", True))
    name = build.open_link(row["name"], href(board.campaign.id, row["site"]), row["site"])
    streak = tag("span", words.running(row, every), tag("span", " in a row", class_="ph"))
    committed = tag("span", words.COMMITTED, class_="sub") if row["committed"] else None
    on_time = tag("span", " numbers on time", class_="ph") if row["numbers"] else None
    return tag(
        "tr",
        tag("td", name, tag("span", row["region"], class_="sub")),
        tag("td", build.chip(icon, words.timing(row), quiet=quiet, size=20), class_="st"),
        tag("td", *(tag("div", format.capital(one)) for one in gone), class_="gap-l", style=OWN_ROW),
        tag("td", words.punctual(row) or tag("span", "\N{EN DASH}", class_="wide"), on_time, class_="num po"),
        tag("td", streak, committed, class_="num gap-l sp"),
    )


def reminders(at: Desk) -> None:
    """What a lead can copy: who has what still to send, and since when."""
    text = words.reminders(actions.board(at))
    if not text:
        parts.section(words.NOBODY, words.NOBODY_MEANS, key="data.reminders")
        return
    parts.section(words.REMINDERS, words.REMINDERS_MEAN, key="data.reminders")
    st.code(text, language=None, wrap_lines=True)
