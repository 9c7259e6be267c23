"""What a site's page is made of."""

from __future__ import annotations

from datetime import date

import streamlit as st

from measures import format
from measures.access import Action
from measures.actions.read import Desk
from measures.charts import html as build
from measures.charts.markup import tag
from measures.charts.spc import spc_chart
from measures.model import Assurance, Variation
from measures.review.views import SiteView
from measures.web import session
from measures.web.components import enter, parts
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.web.text import plain
from measures.words import site as words


def choose(among: dict[str, str], site: str) -> None:
    """Another site, for those who may open several."""
    if len(among) < 2:
        return
    with st.popover("Another site", type="tertiary"):
        st.selectbox(
            "Find a site", list(among), index=list(among).index(site), format_func=among.__getitem__,
            key=f"site.choose.{site}",
            on_change=lambda: session.remember(site=st.session_state[f"site.choose.{site}"]),
        )  # fmt: skip


def headline(view: SiteView) -> None:
    """What is so, in a sentence and in icons."""
    parts.heading(words.heading(view))
    verdicts(view)


def choose_measure(view: SiteView) -> None:
    """Which measure is drawn large."""
    ordered = sorted(view.campaign.measures, key=lambda m: (m.id != view.campaign.outcome.id, m.order))
    key = f"site.measure.{view.site.id}.{view.measure.id}"
    st.pills(
        "Measure", [m.id for m in ordered], default=view.measure.id, required=True,
        format_func={m.id: m.short for m in ordered}.__getitem__, label_visibility="collapsed", key=key,
        on_change=lambda: session.remember(measure=st.session_state[key]),
    )  # fmt: skip


def main_chart(view: SiteView) -> None:
    """The chart large, its key, its caution, its numbers."""
    if not len(view.points):
        parts.empty("Nothing to draw yet", "The chart begins with the first month this site reports.", key="site.none")
        return
    parts.section(words.chart_title(view), words.chart_unit(view.measure, view), key="site.line")
    picture(view, "site")
    parts.paragraph(words.season_caution(view), key="site.season")
    parts.notes(words.mergers(view), key="site.mergers")
    points_table(view)


def others(view: SiteView) -> None:
    """The other measures, small."""
    if len(view.series) > 1:
        parts.gap()
        parts.section("The other measures", "Each with its own verdict.", key="site.others")
        small_charts(view)


def asked(view: SiteView) -> None:
    """The site's share, version by version."""
    parts.section(f"What {view.site.name} was asked for")
    parts.pairs(words.asked_of(view) or [("No share", words.no_share(view))], key="site.asked")


def reporting(at: Desk, view: SiteView) -> None:
    """What has come in, and for a team the way to enter the next month."""
    parts.section("Reporting")
    parts.paragraph(words.reporting(view), key="site.reporting", muted=False)
    row = words.series_row(view)
    if row is not None and at.allows(Action.HISTORY, view.site.id):
        enter.history(at, view.site.id, format.to_date(row["last_period"]))


def verdicts(view: SiteView) -> None:
    """What the latest point says, whether the target is in reach, and where the site stands on its path."""
    row = words.series_row(view)
    if row is None:
        return
    chips = [build.verdict_chip(Variation(str(row["variation"])))]
    if said := words.assurance_words(view):
        chips.append(build.verdict_chip(Assurance(str(row["assurance"])), said))
    if far := words.distance(view):
        chips.append(tag("span", far, class_="muted"))
    html(build.chips(*chips), key="site.chips")


def picture(view: SiteView, key: str, *, variant: str = "full", highlight: date | None = None) -> None:
    """The SPC chart with its key and, for a seasonal measure, the word of caution."""
    chart(
        spc_chart,
        view.points,
        view.paths if len(view.paths) else None,
        unit=parts.unit_of(view.measure),
        variant=variant,
        notes=words.chart_notes(view),
        highlight=highlight,
        alt_text=words.alt(view),
        key=f"{key}.chart",
    )
    if variant == "full":
        shown = build.key_of(view.points["cause"].astype(str).unique(), path=len(view.paths) > 0)
        html(build.chart_key(shown), key=f"{key}.key")


def points_table(view: SiteView) -> None:
    """Every number behind the chart."""
    with st.expander("See these numbers as a table"):
        st.dataframe(words.points_table(view), hide_index=True, width="stretch")


def small_charts(view: SiteView) -> None:
    """The other measures, small, each with its own verdict."""
    others = [m for m in sorted(view.campaign.measures, key=lambda m: m.order) if m.id != view.measure.id]
    grid = st.grid(max(2, len(others)), min_column_width=260)
    for measure in others:
        points = view.others[(view.others["measure"] == measure.id).to_numpy()].reset_index(drop=True)
        row = view.series[(view.series["measure"] == measure.id).to_numpy()]
        if not len(row):
            continue
        with grid.container():
            st.subheader(plain(measure.short), anchor=False)
            last = row.iloc[0]
            says = f"{format.value(measure, last['last'])} in {format.month(last['last_period'])}"
            html(
                build.chips(
                    build.verdict_chip(Variation(str(last["variation"]))), tag("span", says, class_="muted"), small=True
                ),
                key=f"small.{measure.id}",
            )
            chart(
                spc_chart,
                points,
                unit=parts.unit_of(measure),
                variant="card",
                alt_text=f"{measure.short} by month, {says}",
                key=f"small.{measure.id}.chart",
            )
