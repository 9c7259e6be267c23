"""What the sites side by side are made of: which view, measure and span, the funnel, and whom it marks."""

from __future__ import annotations

import numpy as np
import streamlit as st

from measures import format
from measures.actions import read
from measures.actions.read import Desk
from measures.charts import funnel as picture
from measures.charts import html as build
from measures.charts.funnel import funnel_chart
from measures.charts.markup import Safe, tag
from measures.model import Cause, Direction, Measure
from measures.review.funnel import SPANS, FunnelView, suits
from measures.review.views import alphabetical
from measures.web import session
from measures.web.components import parts, sites
from measures.web.components import visits as worth
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.words import funnel as words

KEYS = {name: f"overview.{name}" for name in ("view", "measure", "months")}
"""The widgets of this page by the parameter of the URL that each of them sets."""
VIEWS = {"list": "List", "funnel": "Side by side"}
SPAN_WORDS = {1: "Latest month", 3: "3 months", 12: "12 months"}
HEIGHT = 440


# --- what the URL says -------------------------------------------------------------------------------


def chosen(at: Desk) -> str:
    """The view on screen, "list" or "funnel": the URL's, else the one seen last.

    What the menu has dropped from the URL is put back, all in one step for the browser's Back. What went while its
    widget stayed was taken away by that Back, and is followed.
    """
    session.remember(**{n: "" for n in KEYS if KEYS[n] in st.session_state and n not in st.query_params})
    asked = session.view_in_url(at, "view")["view"]
    session.remember(**_of_view(at, asked))
    if asked and asked not in VIEWS:
        parts.notes([f"There is no view called “{asked}” here, so you see the list."], key="visit.view")
    return asked if asked in VIEWS else "list"


def switch(at: Desk, view: str) -> None:
    """Choose between the list and the sites side by side."""
    _let("view", view)
    st.segmented_control(
        "How to see the sites", list(VIEWS), required=True, format_func=VIEWS.__getitem__,
        label_visibility="collapsed", key=KEYS["view"],
        on_change=lambda: session.remember(**_of_view(at, st.session_state[KEYS["view"]])),
    )  # fmt: skip


def _of_view(at: Desk, view: str) -> dict[str, str]:
    """What the URL says of a view: its name, and for the funnel what is remembered of its measure and months."""
    if view != "funnel":
        return {"view": view}
    known = session.view_in_url(at, "measure", "months")
    if known["measure"] not in {m.id for m in _comparable(at)}:
        del known["measure"]
    return known | {"view": view}


def measure(at: Desk) -> Measure | None:
    """The measure on screen, of those that sites can be compared on; None where the campaign has none."""
    asked = at.campaign.measure(session.measure(at))
    if suits(asked):
        return asked
    instead = next(iter(_comparable(at)), None)
    if instead is not None and st.query_params.get("measure") == asked.id:
        parts.notes([words.not_comparable(asked, instead)], key="visit.measure.form")
    return instead


def months(at: Desk, of: Measure | None) -> int:
    """The span on screen: the URL's, else the longest for which there are sites enough, else the latest month."""
    asked = session.view_in_url(at, "months")["months"]
    if asked in map(str, SPANS):
        return int(asked)
    if asked:
        said = f"“{asked}” is not a number of months that can be shown here: choose {_or(SPANS)}."
        parts.notes([said], key="visit.months")
    for span in sorted(SPANS, reverse=True):
        found = read.funnel(at, of.id, span) if of is not None else None
        if found is not None and not found.few:
            return span
    return min(SPANS)


def _comparable(at: Desk) -> list[Measure]:
    return sorted(
        (m for m in at.campaign.measures if suits(m)), key=lambda m: (m.id != at.campaign.outcome.id, m.order)
    )


def _let(name: str, value: object) -> None:
    """Let a widget show what the URL says; it stays the same widget, and keeps the focus.

    Only where it does not: a value set in a run that ends in a click on a site would outlive the page.
    """
    if st.session_state.get(KEYS[name]) != value:
        st.session_state[KEYS[name]] = value


def _remember(name: str) -> None:
    session.remember(**{name: str(st.session_state[KEYS[name]])})


def _or(numbers: tuple[int, ...]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} or {numbers[-1]}"


# --- the page ----------------------------------------------------------------------------------------


def side_by_side(at: Desk) -> dict[str, str] | None:
    """The whole view; the site that was clicked and its measure, as the site's page wants them."""
    shown = measure(at)
    if shown is None:
        title, *lines = words.no_denominators()
        parts.heading("There is nothing to lay side by side")
        parts.empty(title, *lines, key="funnel.none")
        return None
    span = months(at, shown)
    view = read.funnel(at, shown.id, span)
    headline(view, span)
    parts.gap("small")
    controls(at, shown, span)
    if view is None or len(view.table) < 2:
        title, *lines = words.nothing(0 if view is None else len(view.table), span)
        parts.empty(title, *lines, key="funnel.nothing")
        return None
    funnel(view)
    parts.gap()
    opened = worth.visits(at, shown)
    parts.gap()
    return marked(at, view) or opened


def headline(view: FunnelView | None, span: int) -> None:
    """How many stand out, and how many would by luck."""
    lede = ""
    if view is not None:
        called = int((view.table["exceptional"] | view.table["opposite"]).sum())
        lede = words.lede(len(view.table), words.beyond(view), called)
    parts.heading(words.headline(view, span), [lede] if lede else [])


def controls(at: Desk, shown: Measure, span: int) -> None:
    """Which measure, where there are several, and how many months."""
    among = {m.id: m.short for m in _comparable(at)}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if len(among) > 1:
            _let("measure", shown.id)
            st.pills(
                "Measure", list(among), required=True, format_func=among.__getitem__, label_visibility="collapsed",
                wrap=True, key=KEYS["measure"], on_change=_remember, args=("measure",),
            )  # fmt: skip
        _let("months", span)
        st.pills(
            "Months together", list(SPANS), required=True, format_func=SPAN_WORDS.__getitem__,
            label_visibility="collapsed", wrap=True, key=KEYS["months"], on_change=_remember,
            args=("months",),
        )  # fmt: skip


def funnel(view: FunnelView) -> None:
    """The picture, its key, and how to take it."""
    of, when = view.measure, words.span(view.first, view.last)
    sizes, causes = words.sizes(of), _causes(view)
    # Named on the picture are those that do better, and nobody else.
    names = np.where(causes == Cause.IMPROVEMENT, view.table["name"], "")
    if view.few:
        parts.notes([words.few(len(view.table))], key="funnel.few")
    parts.paragraph(words.chart_unit(of.name, sizes, when), key="funnel.unit")
    chart(
        funnel_chart,
        view.table.assign(site=names, cause=causes),
        view.curves,
        centre=view.centre,
        unit=parts.unit_of(of),
        size_words=f"{of.denominator_label}, {when}",
        height=HEIGHT,
        alt_text=words.alt(
            of.name,
            format.value(of, view.centre),
            len(view.table),
            names[view.table["exceptional"]].tolist(),
            int(view.table["opposite"].sum()),
            direction=of.better,
        ),
        key="funnel.chart",
    )
    html(picture.key(causes), key="funnel.key")
    parts.paragraph(words.caution(view.phi, widened=view.tau2 > 0), key="funnel.caution")
    parts.paragraph(words.left_out(view.left_out, view.measure.hide_below is not None), key="funnel.left_out")


def _causes(view: FunnelView) -> np.ndarray:
    """How each site is marked: better, could use a hand, or where neither is better higher and lower."""
    table = view.table
    if view.measure.better == Direction.NEITHER:
        side = np.where(table["rate"] > view.centre, Cause.HIGH, Cause.LOW)
        return np.where(table["exceptional"], side, Cause.COMMON).astype(object)
    marked = [table["exceptional"], table["opposite"]]
    return np.select(marked, [Cause.IMPROVEMENT, Cause.CONCERN], Cause.COMMON).astype(object)


def marked(at: Desk, view: FunnelView) -> dict[str, str] | None:
    """Those that the picture names, A to Z, each with its figure; nobody else is ever listed here."""
    of = view.measure
    called = view.table[view.table["exceptional"].to_numpy()] if of.better != Direction.NEITHER else view.table.head(0)
    if not len(called):
        title, *lines = words.nobody(of.better)
        parts.empty(title, *lines, key="funnel.nobody")
        return None
    parts.section(words.marked(len(called)), words.regression(), key="funnel.marked")
    rows = sorted(called.to_dict("records"), key=lambda row: alphabetical(row["name"]))
    heads = tag("tr", *(tag("th", text, scope="col") for text in ("Site", words.span(view.first, view.last))))
    caption = tag("caption", "Sites marked in the picture, A to Z", class_="sr")
    body = tag("tbody", *(_row(at, view, row) for row in rows))
    opened = html(tag("table", caption, tag("thead", heads), body, class_="cards"), key="funnel.marked.list")
    return {"site": opened, "measure": of.id} if opened else None


def _row(at: Desk, view: FunnelView, row: dict) -> Safe:
    name = build.open_link(row["name"], sites.href(at.campaign.id, row["site"], measure=view.measure.id), row["site"])
    said = words.estimate(view.measure, row["rate"], row["denominator"], row["shrunken"])
    return tag("tr", tag("td", name, tag("span", row["region"], class_="sub")), tag("td", said, style=sites.WHOLE_ROW))
