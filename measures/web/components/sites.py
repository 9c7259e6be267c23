"""What the list of sites is made of."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from measures import format
from measures.charts import html as build
from measures.charts.html import SiteRow
from measures.charts.markup import Safe, tag
from measures.charts.sparkline import sparklines
from measures.model import OFF_PATH, Assurance, Position, Reporting, Variation
from measures.review import views
from measures.review.views import SitesView
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import signals
from measures.words import sites as words

PER_PAGE = 25
CAPTION = "Sites, A to Z"
ORDERS = {"a-z": "A to Z", "region": "By region", "reporting": "Not reported first"}
FILTERS = {
    "lasting": "Signals",
    "improvement": "Improvement",
    "concern": "Concern",
    "behind": "Behind its path",
    "waiting": "Not reported",
    "proposed": "New limits proposed",
}
WHOLE_ROW = Safe("grid-column:1/-1")
"""On a phone, where a row is a grid; in a table it means nothing."""


def headline(view: SitesView) -> None:
    """How many stand where, and in which order they are listed."""
    parts.heading(words.heading(view), [words.lede(view, len(views.outstanding(view)))])


def listing(view: SitesView) -> dict[str, str] | None:
    """Search, filters, order and the table; returns the site that was clicked, as the site's page wants it."""
    asked, state, regions, order = _controls(view)
    rows = _pick(view, asked, state, regions, order)
    # Another choice is another list: its pages begin anew.
    key = f"sites.page.{asked}.{state}.{','.join(regions)}.{order}"
    page = st.session_state.get(key, 1)
    pages = max(1, -(-len(rows) // PER_PAGE))
    shown = rows.iloc[(min(page, pages) - 1) * PER_PAGE :][:PER_PAGE]
    said = [words.showing(len(shown), len(rows), len(view.table)), _more(view, rows, state)]
    parts.paragraph(" ".join(filter(None, said)), key="sites.count")
    if not len(rows):
        parts.empty("No site matches", "Take a filter away, or try another part of the name.", key="sites.none")
        return None
    special = {"proposed": proposals, "lasting": lasting}
    opened = special.get(state, table)(view, shown)
    if pages > 1:
        st.pagination(pages, key=key)
    more = {"measure": view.measure.id} if state in special else {}
    return {"site": opened, **more} if opened else None


def _more(view: SitesView, rows: pd.DataFrame, state: str | None) -> str:
    """What is to be known of a list of some of the sites."""
    if state == "lasting":
        mine = view.lasting.declared["site"].isin(rows["site"])
        return signals.luck(int(mine.sum()))
    if state in ("improvement", "concern"):
        return signals.flags_caution(view.lasting, list(rows["site"]))
    return words.trials(view) if state == "proposed" else ""


def _controls(view: SitesView) -> tuple[str, str | None, list[str], str]:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        asked = st.text_input(
            "Find a site or region",
            placeholder="Find a site or region",
            label_visibility="collapsed",
            icon=":material/search:",
            key="sites.find",
            width=220,
        )
        state = st.pills(
            "Show only", list(FILTERS), format_func=FILTERS.__getitem__, label_visibility="collapsed",
            wrap=True, key="sites.only",
        )  # fmt: skip
        with st.popover("Region and order", icon=":material/tune:", type="tertiary"):
            regions = st.multiselect("Regions", sorted(view.table["region"].unique()), key="sites.regions")
            order = st.radio("Order", list(ORDERS), format_func=ORDERS.__getitem__, key="sites.order")
    return asked.strip().casefold(), state, regions, order


def _pick(view: SitesView, asked: str, state: str | None, regions: list[str], order: str) -> pd.DataFrame:
    rows = view.table
    if asked:
        found = (rows["name"] + " " + rows["region"] + " " + rows["site"]).str.casefold()
        rows = rows[found.str.contains(asked, regex=False).to_numpy()]
    if regions:
        rows = rows[rows["region"].isin(regions).to_numpy()]
    if state == "lasting":
        rows = rows[rows["site"].isin(view.lasting.declared["site"]).to_numpy()]
    elif state in ("improvement", "concern"):
        rows = rows[rows["variation"].astype(str).str.startswith(state).to_numpy()]
    elif state == "behind":
        rows = rows[rows["position"].isin(OFF_PATH).to_numpy()]
    elif state == "waiting":
        rows = rows[rows["site"].isin(views.outstanding(view)["site"]).to_numpy()]
    elif state == "proposed":
        rows = rows[rows["site"].isin(words.proposed(view)["site"]).to_numpy()]
    if order == "region":
        rows = rows.sort_values(["region", "sort"])
    elif order == "reporting":
        urgency = {Reporting.MISSING.value: 0, Reporting.DUE.value: 1}
        rows = rows.assign(_u=rows["reporting"].map(urgency).fillna(2)).sort_values(["_u", "sort"])
    return rows


def merged(view: SitesView) -> dict[str, str] | None:
    """The sites that are part of another now; returns the one that was clicked."""
    if not len(view.merged):
        return None
    parts.gap()
    parts.section("Merged on the way", "Their patients, baseline and share moved with them.", key="sites.merged")
    opened = merged_list(view)
    return {"site": opened} if opened else None


def table(view: SitesView, rows: pd.DataFrame) -> str | None:
    """The list of sites; returns the id of the one whose name was clicked."""
    lines = _lines(view, rows)
    built = [_site_row(view, row, lines.get(row["site"], Safe(""))) for row in rows.to_dict("records")]
    return html(build.sites_table(built, caption=CAPTION, last_heading=_latest(view)), key="sites.table")


def proposals(view: SitesView, rows: pd.DataFrame) -> str | None:
    """The list of sites where new limits are proposed, each with what was seen; returns the one that was clicked."""
    return _told(view, rows, words.proposals(view), "What Headway saw", key="sites.proposed")


def lasting(view: SitesView, rows: pd.DataFrame) -> str | None:
    """The list of sites where something has changed and lasts, each with since when and by how much; likewise."""
    return _told(view, rows, signals.listed(view.lasting), "What has changed and lasts", key="sites.lasting")


def _told(view: SitesView, rows: pd.DataFrame, said: dict[str, list[str]], heading: str, key: str) -> str | None:
    lines = _lines(view, rows)
    heads = (("Site", None), ("Last 24 months", None), (_latest(view), "num"), (heading, "gap-l"))
    head = tag("thead", tag("tr", *(tag("th", text, scope="col", class_=names) for text, names in heads)))
    body = (_told_row(view, row, lines.get(row["site"]), said[row["site"]]) for row in rows.to_dict("records"))
    caption = tag("caption", CAPTION, class_="sr")
    return html(tag("table", caption, head, tag("tbody", *body), class_="cards"), key=key)


def _told_row(view: SitesView, row: dict, line: Safe | None, sentences: list[str]) -> Safe:
    """A row of such a list; on a phone its sentences run beneath the rest."""
    name = build.open_link(row["name"], href(view.campaign.id, row["site"], measure=view.measure.id), row["site"])
    last = tag("span", f" in {_latest(view)}", class_="ph")
    return tag(
        "tr",
        tag("td", name, tag("span", row["region"], class_="sub")),
        tag("td", line, class_="sp"),
        tag("td", format.value(view.measure, row["last"]), last, class_="num st"),
        tag("td", *(tag("div", one) for one in sentences), class_="gap-l", style=WHOLE_ROW),
    )


def _lines(view: SitesView, rows: pd.DataFrame) -> dict[str, Safe]:
    """Each site's last 24 values as a line."""
    points = view.points[view.points["site"].isin(rows["site"]).to_numpy()]
    named = list(zip(rows["site"], rows["name"], rows["variation"], strict=True))
    every = view.measure.frequency
    return sparklines(
        points,
        {site: Variation(str(variation)) for site, _, variation in named if isinstance(variation, str)},
        {site: f"{name}, the last 24 {every}s" for site, name, _ in named},
        frequency=every,
    )


def _latest(view: SitesView) -> str:
    return format.month_name(view.period) if view.period else "Latest"


def href(campaign: str, site: str, **more: str) -> str:
    """The address of a site's page."""
    return f"site?{urlencode({'campaign': campaign, 'site': site, **more})}"


def _site_row(view: SitesView, row: dict, line: Safe) -> SiteRow:
    there = isinstance(row["variation"], str)
    return SiteRow(
        id=row["site"],
        name=row["name"],
        href=href(view.campaign.id, row["site"]),
        region=row["region"],
        sparkline=line,
        last=format.value(view.measure, row["last"]) if there else "",
        gap=format.points(row["gap"], sign=True) if there and not format.missing(row["gap"]) else "",
        variation=Variation(row["variation"]) if there else Variation.NOT_ENOUGH,
        assurance=Assurance(row["assurance"]) if there else Assurance.NO_TARGET,
        position=Position(row["position"]) if there else Position.NO_PATH,
        reporting=Reporting(row["reporting"]),
    )


def merged_list(view: SitesView) -> str | None:
    """The sites that have merged, and into which; returns the one that was clicked."""
    items = [
        build.Ask(
            row["name"],
            f"Became part of {row['successor_name']}",
            format.month(row["merged_on"]),
            href=href(view.campaign.id, row["site"]),
            id=row["site"],
        )
        for row in view.merged.to_dict("records")
    ]
    return html(build.asks(items), key="sites.merged.list")
