"""What a site's page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from measures import format
from measures.access import Action
from measures.actions import completeness
from measures.actions.read import Desk
from measures.actions.rebases import Decisions
from measures.charts import html as build
from measures.charts.markup import tag
from measures.charts.spc import key_names, spc_chart
from measures.model import Assurance, TestOfChange, Variation
from measures.review.views import SiteView
from measures.spc.kinds import KINDS
from measures.web import session
from measures.web.components import corrections, enter, parts
from measures.web.components.charts import chart
from measures.web.components.html import html
from measures.web.text import plain
from measures.words import chart as chart_words
from measures.words import completeness as completeness_words
from measures.words import decisions as decided
from measures.words import definitions as defined
from measures.words import flags, which
from measures.words import site as words
from measures.words import tests_of_change as tried


def choose_site(among: dict[str, str], site: str) -> None:
    """Another site, for those who may open several."""
    if len(among) < 2:
        return
    with st.popover("Another site", type="tertiary"):
        st.selectbox(
            "Find a site", list(among), index=list(among).index(site), format_func=among.__getitem__,
            key=f"site.choose.{site}",
            on_change=lambda: session.remember(site=st.session_state[f"site.choose.{site}"], **session.AGREED),
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
        on_change=lambda: session.remember(measure=st.session_state[key], **session.AGREED),
    )  # fmt: skip


def _choose_chart(view: SiteView) -> None:
    """Another kind of chart or other rules, for whoever is looking."""
    measure, shown = view.measure, view.look
    popover = st.popover("Chart", icon=":material/show_chart:", type="tertiary", key="site.chart.choose")
    with popover, st.container(width=380):
        parts.paragraph(chart_words.ONLY_A_LOOK, key="site.chart.only")
        captions = [chart_words.kind_caption(kind, view) for kind in shown.kinds]
        _radio("Kind of chart", "kind", shown.kinds, shown.kind, measure.chart, which.KINDS, captions)
        parts.paragraph(chart_words.suggestion(shown, measure.season_out), key="site.chart.suits")
        looked_for = [which.RULES_MEAN[name] for name in shown.rules]
        _radio("Rules", "rules", shown.rules, shown.rule_set, measure.rules, which.RULES, looked_for)
        if not shown.agreed:
            st.button(chart_words.BACK, on_click=lambda: session.remember(**session.AGREED), key="site.chart.back")


def _radio(
    label: str, name: str, options: Sequence[str], now: str, agreed: str, names: dict[str, str], captions: list[str]
) -> None:
    """One choice, whose place is the URL: the widget follows it, and what the campaign has agreed on is not in it."""
    key = f"site.chart.{name}"
    st.session_state[key] = now

    def chosen() -> None:
        picked = st.session_state[key]
        session.remember(**{name: "" if picked == agreed else picked})

    st.radio(label, options, format_func=names.__getitem__, captions=captions, key=key, on_change=chosen)


def main_chart(at: Desk, view: SiteView, made: Decisions, tests: Sequence[TestOfChange]) -> None:
    """The chart large, its key, what is to be known about it, its numbers."""
    if not len(view.points):
        parts.empty("Nothing to draw yet", "The chart begins with the first month this site reports.", key="site.none")
        return
    parts.section(words.chart_title(view), words.chart_unit(view.measure, view), key="site.line")
    if said := chart_words.drawn_as(view):
        html(build.paragraph(said, small=True), key="site.drawn")
    picture(view, made, tests, at.as_of, "site")
    parts.paragraph(words.runs(view), key="site.runs")
    parts.paragraph(chart_words.season_note(view), key="site.season")
    parts.notes(words.mergers(view), key="site.mergers")
    parts.notes(defined.beneath(view.redefined, view.measure), key="site.redefined")
    points_table(at, view, made, tests)


def lasting(view: SiteView) -> None:
    """The signals, and why what the chart flags is not (yet) one."""
    if not len(view.points):
        return
    parts.gap("small")
    found = view.lasting
    parts.section(flags.heading(found))
    told, flagged = flags.declared(found), flags.not_signals(found)
    listed = [build.Ask(*pair) for pair in [*told, *([] if told else flagged)]]
    if listed:
        html(build.asks(listed), key="site.lasting")
    if told and flagged:
        with st.expander(flags.FLAGGED, key="site.flagged"):
            html(build.asks([build.Ask(*pair) for pair in flagged]), key="site.flagged.list")
            parts.paragraph(flags.older(found), key="site.flagged.older")
    elif flagged:
        parts.paragraph(flags.older(found), key="site.flagged.older")
    parts.paragraph(flags.status(found), key="site.lasting.status")


def others(view: SiteView) -> None:
    """The other measures, small."""
    if len(view.series) > 1:
        parts.gap()
        parts.section("The other measures", "Each with its own verdict.", key="site.others")
        small_charts(view)


def asked(view: SiteView) -> None:
    """The site's share, version by version."""
    parts.section(f"What {view.site.name} was asked for")
    parts.paragraph(" ".join(words.pace(view)), key="site.pace", muted=False)
    parts.pairs(words.asked_of(view) or [("No share", words.no_share(view))], key="site.asked")


def reporting(at: Desk, view: SiteView) -> None:
    """What has come in, and for a team the way to enter the next month."""
    parts.section("Reporting")
    parts.paragraph(words.reporting(view), key="site.reporting", muted=False)
    if at.allows(Action.COMPLETENESS, view.site.id):
        said = completeness_words.of_site(completeness.of_site(at, view.site.id), view.campaign)
        parts.paragraph(said, key="site.completeness", muted=False)
    row = words.series_row(view)
    if row is not None and at.allows(Action.HISTORY, view.site.id):
        enter.history(at, view.site.id, format.to_date(row["last_period"]), view.measure.frequency)


def verdicts(view: SiteView) -> None:
    """What the latest point says, whether the target is in reach, and where the site stands on its path."""
    row = words.series_row(view)
    if row is None:
        return
    chips = [build.verdict_chip(Variation(str(row["variation"])), words.verdict_words(view))]
    if said := words.assurance_words(view):
        chips.append(build.verdict_chip(Assurance(str(row["assurance"])), said))
    if far := words.distance(view):
        chips.append(tag("span", far, class_="muted"))
    html(build.chips(*chips), key="site.chips")


def picture(view: SiteView, made: Decisions, tests: Sequence[TestOfChange], today: date, key: str) -> None:
    """The SPC chart, with what was decided about it and what is proposed, tests of change, and its key."""
    trials = tried.trials(tests, today)
    proposed, centre_name = decided.proposals_note(view), view.look.centre_name
    paths = view.paths if len(view.paths) else None
    chart(
        spc_chart,
        view.points,
        paths,
        unit=parts.unit_of(view.measure),
        frequency=view.measure.frequency,
        centre_name=centre_name,
        notes=words.chart_notes(view, made.ghosts),
        rebases=decided.reasons(made.accepted),
        proposed=proposed,
        redefined=defined.on_chart(view.redefined, view.measure.id),
        tests=trials,
        alt_text=" ".join(filter(None, [words.alt(view), tried.alt(tests, today)])),
        key=f"{key}.chart",
    )
    names = key_names(view.points, paths, centre_name=centre_name, proposed=proposed, tests=trials)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        html(build.chart_key(names), key=f"{key}.key")
        _choose_chart(view)


def points_table(at: Desk, view: SiteView, made: Decisions, tests: Sequence[TestOfChange]) -> None:
    """Every number behind the chart, and what its runs say."""
    with st.expander("See these numbers as a table", key="site.numbers"):
        parts.paragraph(words.runs(view, beside_numbers=True), key="site.numbers.runs")
        rows = words.points_table(view, made.ghosts, *corrections.column(at, view))
        begun = tried.by_period(tests, view.points["period"].iloc[::-1], view.measure.frequency)
        if any(begun):
            rows = rows.assign(**{tried.TITLE: begun})
        st.dataframe(rows, hide_index=True, width="stretch")
    corrections.section(at, view)


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
            says = f"{format.value(measure, last['last'])} in {format.period(last['last_period'], measure.frequency)}"
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
                frequency=measure.frequency,
                centre_name=KINDS[measure.chart].centre_name,
                redefined=defined.on_chart(view.redefined, measure.id),
                alt_text=f"{measure.short} by {measure.frequency}, {says}",
                key=f"small.{measure.id}.chart",
            )
