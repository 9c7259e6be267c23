"""What the list of sites is made of."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from measures import format
from measures.charts import html as build
from measures.charts.html import SiteRow
from measures.charts.markup import Safe
from measures.charts.sparkline import sparklines
from measures.model import OFF_PATH, Assurance, Position, Reporting, Variation
from measures.review import views
from measures.review.views import SitesView
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import sites as words

PER_PAGE = 25
ORDERS = {"a-z": "A to Z", "region": "By region", "reporting": "Not reported first"}
FILTERS = {
    "improvement": "Improvement",
    "concern": "Concern",
    "behind": "Behind its path",
    "waiting": "Not reported",
}


def headline(view: SitesView) -> None:
    """How many stand where, and in which order they are listed."""
    parts.heading(words.heading(view), [words.lede(view, len(views.outstanding(view)))])


def listing(view: SitesView) -> str | None:
    """Search, filters, order and the table; returns the id of a site that was clicked."""
    asked, state, regions, order = _controls(view)
    rows = _pick(view, asked, state, regions, order)
    # Another choice is another list: its pages begin anew.
    key = f"sites.page.{asked}.{state}.{','.join(regions)}.{order}"
    page = st.session_state.get(key, 1)
    pages = max(1, -(-len(rows) // PER_PAGE))
    shown = rows.iloc[(min(page, pages) - 1) * PER_PAGE :][:PER_PAGE]
    parts.paragraph(words.showing(len(shown), len(rows), len(view.table)), key="sites.count")
    if not len(rows):
        parts.empty("No site matches", "Take a filter away, or try another part of the name.", key="sites.none")
        return None
    opened = table(view, shown)
    if pages > 1:
        st.pagination(pages, key=key)
    return opened


def _controls(view: SitesView) -> tuple[str, str | None, list[str], str]:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        asked = st.text_input(
            "Find a site or region",
            placeholder="Find a site or region",
            label_visibility="collapsed",
            icon=":material/search:",
            key="sites.find",
            width=260,
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
    if state in ("improvement", "concern"):
        rows = rows[rows["variation"].astype(str).str.startswith(state).to_numpy()]
    elif state == "behind":
        rows = rows[rows["position"].isin(OFF_PATH).to_numpy()]
    elif state == "waiting":
        rows = rows[rows["site"].isin(views.outstanding(view)["site"]).to_numpy()]
    if order == "region":
        rows = rows.sort_values(["region", "sort"])
    elif order == "reporting":
        urgency = {Reporting.MISSING.value: 0, Reporting.DUE.value: 1}
        rows = rows.assign(_u=rows["reporting"].map(urgency).fillna(2)).sort_values(["_u", "sort"])
    return rows


def merged(view: SitesView) -> str | None:
    """The sites that are part of another now; returns the one that was clicked."""
    if not len(view.merged):
        return None
    parts.gap()
    parts.section("Merged on the way", "Their patients, baseline and share moved with them.", key="sites.merged")
    return merged_list(view)


def table(view: SitesView, rows: pd.DataFrame) -> str | None:
    """The list of sites; returns the id of the one whose name was clicked."""
    points = view.points[view.points["site"].isin(rows["site"]).to_numpy()]
    variations = {
        s: Variation(str(v)) for s, v in zip(rows["site"], rows["variation"], strict=True) if isinstance(v, str)
    }
    lines = sparklines(
        points, variations, {s: f"{n}, the last 24 months" for s, n in zip(rows["site"], rows["name"], strict=True)}
    )
    built = [_site_row(view, row, lines.get(row["site"], Safe(""))) for row in rows.to_dict("records")]
    month = format.month_name(view.period) if view.period else "Latest"
    return html(build.sites_table(built, caption="Sites, A to Z", last_heading=month), key="sites.table")


def _site_row(view: SitesView, row: dict, line: Safe) -> SiteRow:
    there = isinstance(row["variation"], str)
    return SiteRow(
        id=row["site"],
        name=row["name"],
        href=f"site?campaign={view.campaign.id}&site={row['site']}",
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
            href=f"site?campaign={view.campaign.id}&site={row['site']}",
            id=row["site"],
        )
        for row in view.merged.to_dict("records")
    ]
    return html(build.asks(items), key="sites.merged.list")
