"""What the page of aims is made of: one rule beside another, by region and by site; or all six."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from measures import format
from measures.actions.read import Desk
from measures.aims.rates import Effort
from measures.charts import html as build
from measures.charts.effort import effort_card, effort_chart
from measures.charts.markup import Safe, join, tag
from measures.review.aims import RECOMMENDED, AimsView, Ask
from measures.web import session
from measures.web.components import parts, sites
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.web.text import plain
from measures.words import aims as words

PER_PAGE = 25
ALL = "all"
USUAL = Effort.GAP
"""The rule shown beside the recommended one until somebody chooses."""


def month(at: Desk) -> str | None:
    """The waypoint's month that the URL asks for; None for the last."""
    return st.query_params.get("on") or None


def month_known(view: AimsView) -> None:
    """Say so where the URL asks for a month that is no waypoint's."""
    asked = st.query_params.get("on")
    if asked and asked != f"{view.waypoint.on:%Y-%m}":
        parts.notes([f"There is no date “{asked}” in this version, so you see the last."], key="visit.on")


def chosen(view: AimsView) -> Effort | str:
    """The rule beside the recommended one, or ``ALL``: the URL's."""
    asked = st.query_params.get("rule", "")
    known = [rule.value for rule in Effort if rule != RECOMMENDED]
    if asked and asked not in (*known, ALL):
        parts.notes([f"There is no rule called “{asked}”, so you see the usual comparison."], key="visit.rule")
    return ALL if asked == ALL else Effort(asked) if asked in known else USUAL


def nothing() -> None:
    """No aim yet."""
    title, *lines = words.NO_AIM
    parts.heading(title)
    parts.empty("Nobody is asked for anything", *lines, key="aims.none")


def headline(view: AimsView) -> None:
    """What the aim asks of everybody together, and what was agreed."""
    month_known(view)
    parts.heading(words.heading(view), words.lede(view))


def controls(view: AimsView, beside: Effort | str) -> None:
    """For which date, and beside which rule."""
    stops = {f"{w.on:%Y-%m}": w for w in sorted(view.version.waypoints, key=lambda w: w.on)}
    now = f"{view.waypoint.on:%Y-%m}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(stops) > 1:
            _pills(
                "By when", "on", list(stops), now,
                lambda m: f"{format.level(stops[m].level)} in {format.month_short(stops[m].on)}",
            )  # fmt: skip
        others = [rule.value for rule in Effort if rule != RECOMMENDED]
        names = {rule.value: words.NAMES[rule] for rule in Effort} | {ALL: "Compare all"}
        _pills(words.BESIDE, "rule", [*others, ALL], getattr(beside, "value", beside), names.__getitem__)


def _pills(label: str, name: str, options: list[str], now: str, show) -> None:
    key = f"aims.{name}"
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.pills(
        label, options, required=True, format_func=show, wrap=True, key=key,
        on_change=lambda: session.remember(**{name: st.session_state[key]}),
    )  # fmt: skip


# --- two rules beside one another --------------------------------------------------------------------


def two(at: Desk, view: AimsView, beside: Effort) -> str | None:
    """The recommended rule and another: a picture, regions, sites; the id of the site that was clicked."""
    rules = (RECOMMENDED, beside)
    left, right = st.columns([2.55, 1], gap="large")
    with left:
        parts.section(words.title(*rules), words.unit(view), key="aims.picture")
        picture(view, *rules)
        parts.paragraph(f"{words.means(RECOMMENDED, view)} {words.means(beside, view)}", key="aims.means")
    with right:
        html(build.facts(words.facts(view, rules)), key="aims.facts")
    parts.gap()
    parts.section(words.REGIONS, words.regions_unit(view), key="aims.regions")
    html(_regions(view, *rules), key="aims.regions.table")
    parts.gap()
    return _sites(at, view, *rules)


def picture(view: AimsView, first: Effort, other: Effort) -> None:
    """What each of the two asks of a site, by where it starts."""
    one, two_ = view.asks[first].sites, view.asks[other].sites
    dots = pd.DataFrame(
        {
            "site": one["name"],
            "region": one["region"],
            "start": one["baseline"],
            "asked": one["asked"],
            "asked_other": two_["asked"],
        }
    )
    chart(
        effort_chart,
        view.curves[view.curves["rule"].isin([first.value, other.value]).to_numpy()].reset_index(drop=True),
        dots,
        unit=parts.unit_of(view.measure),
        rules=(first.value, other.value),
        labels={rule.value: words.NAMES[rule] for rule in (first, other)},
        start_words=words.start(view),
        alt_text=words.alt(view, first, other),
        key="aims.chart",
    )


def _heads(*names: tuple[str, str]) -> Safe:
    cells = (tag("th", words_, scope="col", class_=class_ or None) for words_, class_ in names)
    return tag("thead", tag("tr", *cells))


def _cell(words_: str, heading: str) -> Safe:
    """A figure; on a phone, where there is no head of the table, its heading stands before it."""
    return tag("td", tag("span", heading, class_="ph"), words_, class_="num")


def _compared(rows: Sequence[tuple[Safe, dict, dict]], lead: str, caption: str, names: tuple[str, str]) -> Safe:
    """A table of what two rules ask of each row: regions, or sites."""
    first, other = names
    columns = "Starts from", first, other, "Difference in people"
    heads = _heads((lead, ""), *((name, "num") for name in columns))
    body = []
    for name, one, two_ in rows:
        figures = (
            format.percent(one["baseline"]),
            words.asked_level(one["baseline"], one["asked"]),
            words.asked_level(two_["baseline"], two_["asked"]),
            words.difference(one["numerator"], two_["numerator"]),
        )
        body.append(tag("tr", tag("td", name), *map(_cell, figures, columns)))
    return tag("table", tag("caption", caption, class_="sr"), heads, tag("tbody", *body), class_="cards asked")


def _regions(view: AimsView, first: Effort, other: Effort) -> Safe:
    one, two_ = (view.asks[rule].regions.to_dict("records") for rule in (first, other))
    rows = [
        (join(a["region"], tag("span", format.count(a["sites"], "site"), class_="sub")), a, b)
        for a, b in zip(one, two_)
    ]
    return _compared(
        rows, "Region", "What two rules ask of each region, A to Z", (words.NAMES[first], words.NAMES[other])
    )


def _sites(at: Desk, view: AimsView, first: Effort, other: Effort) -> str | None:
    one, two_ = view.asks[first].sites, view.asks[other].sites
    parts.section("Site by site, A to Z", key="aims.sites")
    asked, regions = _find(view)
    keep = pd.Series(True, index=one.index)
    if asked:
        keep &= (one["name"] + " " + one["region"]).str.casefold().str.contains(asked, regex=False)
    if regions:
        keep &= one["region"].isin(regions)
    rows = list(zip(one[keep.to_numpy()].to_dict("records"), two_[keep.to_numpy()].to_dict("records")))
    key = f"aims.page.{asked}.{','.join(regions)}"
    pages = max(1, -(-len(rows) // PER_PAGE))
    shown = rows[(min(st.session_state.get(key, 1), pages) - 1) * PER_PAGE :][:PER_PAGE]
    parts.paragraph(words.showing(len(shown), len(rows), len(one)), key="aims.sites.count")
    if not rows:
        parts.empty(*words.NO_SITE, key="aims.sites.none")
        return None
    table = _compared(
        [(_site(at, a), a, b) for a, b in shown], "Site", "What two rules ask of each site, A to Z",
        (words.NAMES[first], words.NAMES[other]),
    )  # fmt: skip
    opened = html(table, key="aims.sites.table")
    if pages > 1:
        st.pagination(pages, key=key)
    return opened


def _site(at: Desk, row: dict) -> Safe:
    name = build.open_link(row["name"], sites.href(at.campaign.id, row["site"]), row["site"])
    return join(name, tag("span", row["region"], class_="sub"))


def _find(view: AimsView) -> tuple[str, list[str]]:
    names = view.asks[RECOMMENDED].regions["region"].to_list()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        asked = st.text_input(
            "Find a site", placeholder="Find a site", label_visibility="collapsed", icon=":material/search:",
            key="aims.find", width=260,
        )  # fmt: skip
        regions = st.pills(
            "Regions", names, selection_mode="multi", label_visibility="collapsed", wrap=True, key="aims.only",
        )  # fmt: skip
    return asked.strip().casefold(), list(regions)


# --- all of them -------------------------------------------------------------------------------------


def every(view: AimsView) -> None:
    """All six: what each asks, what it adds up to, where it cannot be met, and by region."""
    parts.section(words.all_title(), words.all_unit(view), key="aims.all")
    grid = st.grid(3, min_column_width=260)
    for rule in Effort:
        with grid.container():
            st.subheader(plain(words.NAMES[rule]), anchor=False)
            parts.paragraph(words.tag_of(rule, view), key=f"aims.tag.{rule.value}")
            chart(
                effort_card,
                view.curves,
                rule.value,
                RECOMMENDED.value,
                parts.unit_of(view.measure),
                alt_text=f"{words.said(view, rule)} {words.means(rule, view)}",
                key=f"aims.card.{rule.value}",
            )
            parts.paragraph(f"{words.means(rule, view)} {words.outcome(view, rule)}", key=f"aims.all.{rule.value}")
    parts.gap()
    parts.section(words.REGIONS, words.all_regions_unit(view), key="aims.all.regions")
    html(_all_regions(view), key="aims.all.table")


def _all_regions(view: AimsView) -> Safe:
    by: list[tuple[Effort, Ask]] = list(view.asks.items())
    heads = _heads(("Region", ""), ("Starts from", "num"), *((words.NAMES[rule], "num") for rule, _ in by))
    body = []
    for i, row in enumerate(by[0][1].regions.to_dict("records")):
        cells = [_cell(format.percent(ask.regions["asked"].iloc[i]), words.NAMES[rule]) for rule, ask in by]
        start = _cell(format.percent(row["baseline"]), "Starts from")
        body.append(tag("tr", tag("td", row["region"]), start, *cells))
    caption = tag("caption", "What each rule asks of each region, A to Z", class_="sr")
    return tag("table", caption, heads, tag("tbody", *body), class_="cards asked")
