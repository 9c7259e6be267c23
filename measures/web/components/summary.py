"""What the summary is made of."""

from __future__ import annotations

import streamlit as st

from measures import format
from measures.aims.outlook import Assumption
from measures.charts import html as build
from measures.charts.campaign import campaign_chart
from measures.charts.html import State
from measures.charts.icons import verdict
from measures.charts.markup import tag
from measures.charts.season import season_chart
from measures.charts.sparkline import sparkline
from measures.model import Position
from measures.review.exceptional import VisitCounts
from measures.review.outlook import OutlookView
from measures.review.season import season
from measures.review.views import SummaryView
from measures.web.components import parts
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.words import definitions as defined
from measures.words import exceptional as exceptional_words
from measures.words import outlook as outlook_words
from measures.words import signals
from measures.words import summary as words

STATES = {
    Position.AHEAD: ("improvement", 1.0),
    Position.ON_COURSE: ("common", 0.55),
    Position.BEHIND: ("concern", 0.4),
    Position.WELL_BEHIND: ("concern", 0.65),
    Position.TOO_EARLY: ("common", 0.25),
    Position.TOO_SMALL: ("common", 0.25),
    Position.NO_PATH: ("common", 0.25),
}


def headline(view: SummaryView, ahead: OutlookView | None) -> None:
    """The sentence, why, and whether the aim is in reach."""
    reach = outlook_words.sentence(ahead) if ahead else ""
    parts.heading(words.heading(view), [*words.lede(view), *([reach] if reach else [])])


def line(view: SummaryView, ahead: OutlookView | None) -> None:
    """The campaign against its path, and where it is heading, under one assumption or the other."""
    parts.section(words.chart_title(view), words.chart_unit(view), key="summary.line")
    if ahead is None:
        picture(view)
        return
    key = "summary.outlook"
    assumed = Assumption(st.session_state.get(key) or Assumption.NOTHING_MORE)
    picture(view, ahead, assumed)
    st.pills(
        "Where this is heading", [a.value for a in Assumption], default=Assumption.NOTHING_MORE.value, required=True,
        format_func=lambda name: outlook_words.ASSUMED[Assumption(name)], label_visibility="collapsed", wrap=True,
        key=key,
    )  # fmt: skip
    parts.paragraph(outlook_words.label(ahead.found[assumed], ahead), key="summary.outlook.label")


def facts(view: SummaryView, ahead: OutlookView | None) -> None:
    """The numbers beside the line, the chance of the aim among them."""
    shown = words.facts(view)
    if ahead is not None:
        shown.insert(min(1, len(shown)), outlook_words.fact(ahead))
    html(build.facts(shown), key="summary.facts")


def positions(view: SummaryView) -> None:
    """Where the sites are, and how many would be there by luck."""
    parts.section(f"Where the {view.open_sites} sites are against their own paths")
    strip(view)
    parts.paragraph(words.positions_note(view), key="summary.luck")


def regions(view: SummaryView) -> None:
    """The regions beside each other."""
    parts.section("By region, A to Z", words.regions_unit(view), key="summary.byregion")
    table(view)


def seasons(view: SummaryView) -> None:
    """The years laid over each other: winter beside winter."""
    found = season(view.line) if view.measure.seasonal else None
    if found is None:
        return
    parts.gap()
    parts.section(words.season_title(found), words.season_unit(view), key="summary.season")
    chart(
        season_chart,
        view.line,
        unit=parts.unit_of(view.measure),
        first_month=view.campaign.baseline_start.month,
        alt_text=words.season_alt(view),
        key="summary.season.chart",
    )


def history(view: SummaryView) -> None:
    """What was agreed, and what became of it."""
    parts.section("What was agreed, and what became of it")
    parts.pairs(words.aim_history(view) or [("No aim yet", "None had been agreed by then.")], key="summary.aims")


def lasting(view: SummaryView, worth: VisitCounts | None) -> None:
    """How many sites have changed in a way that lasts, and how many of them by luck; how many are worth a visit."""
    parts.section("What has changed and lasts")
    counted, *more = signals.summary(view.lasting)
    parts.paragraph(counted, key="summary.lasting", muted=False)
    parts.paragraph(" ".join(more), key="summary.lasting.luck")
    parts.paragraph(exceptional_words.counted(worth), key="summary.visits", muted=False)


def picture(view: SummaryView, ahead: OutlookView | None = None, assumed: Assumption = Assumption.NOTHING_MORE) -> None:
    """The campaign's line against its path, with the reference line and the fan of what is to be expected."""
    first = view.versions[0] if len(view.versions) > 1 else None
    replaced = f"First path,\nreplaced {format.month_short(view.versions[1].agreed_on)}" if first else ""
    chart(
        campaign_chart,
        view.line,
        view.paths,
        unit=parts.unit_of(view.measure),
        line_label=f"The {format.count(view.open_sites, 'site')}",
        reference_label=view.reference.split(" (")[0],
        superseded_label=replaced,
        outlook=ahead.fans[assumed] if ahead else None,
        outlook_label=outlook_words.FAN if ahead else "",
        redefined=[made.on for made in view.redefined],
        alt_text="; ".join([words.alt(view), *([outlook_words.alt(ahead, ahead.found[assumed])] if ahead else [])]),
        key="summary.chart",
    )
    parts.notes(defined.beneath(view.redefined, view.measure), key="summary.redefined")


def strip(view: SummaryView) -> None:
    """Where the sites are against their own paths: a bar and counts."""
    states = [
        State(view.positions[p.value], words.POSITION_DETAIL[p], verdict(p)[0], *STATES[p])
        for p in words.POSITION_ORDER
        if view.positions.get(p.value)
    ]
    html(build.state_strip(states), key="summary.positions")


def table(view: SummaryView) -> None:
    """The regions A to Z: their line, this month, the distance from their path, how many are on theirs."""
    rows = []
    for region, frame in view.regions.groupby("region", sort=True):
        recent, now = frame.tail(24), frame.iloc[-1]
        line = sparkline(recent["value"].to_list(), recent["target"].to_list(), label=f"{region}, the last 24 months")
        gap_ = now["value"] - now["target"]
        judged = f"{now['on_path']} of {now['judged']}" if now["judged"] else "\N{EN DASH}"
        rows.append(
            tag(
                "tr",
                tag("td", str(region)),
                tag("td", line, class_="sp"),
                tag("td", format.value(view.measure, now["value"]), class_="num last"),
                tag(
                    "td",
                    "\N{EN DASH}" if format.missing(float(gap_)) else format.points(gap_, sign=True),
                    tag("span", " points from its path", class_="ph"),
                    class_="num po",
                ),
                tag("td", judged, tag("span", " sites on their path", class_="ph"), class_="num st"),
            )
        )
    heads = (
        ("Region", None), ("Last 24 months", None), (format.month_name(view.period), "num"),
        ("Points from its path", "num"), ("Sites on their path or ahead", "num"),
    )  # fmt: skip
    head = tag("thead", tag("tr", *(tag("th", text, scope="col", class_=c) for text, c in heads)))
    caption = tag("caption", "The regions, A to Z", class_="sr")
    html(tag("table", caption, head, tag("tbody", *rows), class_="cards"), key="summary.regions")
