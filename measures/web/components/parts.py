"""The pieces every page is made of: headline, sections, sentences, boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from measures.charts import html as build
from measures.model import Form, Measure
from measures.web.components.html import html
from measures.web.text import plain


def unit_of(measure: Measure) -> str:
    """What charts call the unit: "%" for a proportion."""
    return "%" if measure.form == Form.PROPORTION else measure.unit


def heading(headline: str, sentences: Iterable[str] = (), key: str = "page") -> None:
    """The true sentence, and why."""
    st.title(plain(headline), anchor=False)
    lede = " ".join(sentences)
    if lede:
        html(build.lede(lede), key=f"{key}.lede")


def section(title: str, more: str = "", key: str = "") -> None:
    """A part of the page: its sentence and, in grey, what one is looking at."""
    st.header(plain(title), anchor=False)
    if more:
        html(build.paragraph(more, small=True, muted=True), key=f"{key or title}.more")


def gap(size: str = "medium") -> None:
    """White space between sections."""
    st.space(size)


def pairs(items: Sequence[tuple[str, str]], key: str) -> None:
    """Names and what belongs to them."""
    html(build.key_values(items), key=key)


def paragraph(text: str, key: str, muted: bool = True) -> None:
    """A short paragraph; nothing where there is nothing to say."""
    if text:
        html(build.paragraph(text, small=muted, muted=muted), key=key)


def empty(title: str, *lines: str, key: str) -> None:
    """Nothing yet: what will make it appear."""
    html(build.empty(title, *lines), key=key)


def notes(lines: Sequence[str], key: str, tone: str = "plain") -> None:
    """Sentences in a quiet box; nothing where there are none."""
    if lines:
        html(build.note(*lines, tone=tone), key=key)


def paged(rows: Sequence, size: int, key: str) -> Sequence:
    """Those of the rows that stand on the page chosen by ``pages`` of this key."""
    last = max(1, -(-len(rows) // size))
    return rows[(min(st.session_state.get(key, 1), last) - 1) * size :][:size]


def pages(rows: Sequence, size: int, key: str) -> None:
    """The pages to choose from, where there is more than one."""
    if len(rows) > size:
        st.pagination(-(-len(rows) // size), key=key)
