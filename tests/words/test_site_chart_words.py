"""What a site's chart says, for every kind of chart and every set of rules: true, whole, and kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest

from measures import format
from measures.demo import ae
from measures.model import ALL, ChartReason, Direction, Form, Ghost, Rebase, RebaseStatus
from measures.review import limits, review, views
from measures.review.calendar import due_on
from measures.review.look import Look
from measures.review.proposals import COLUMNS
from measures.spc import Options
from measures.spc import chart as engine
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from measures.spc.season import Status
from measures.words import chart as words
from measures.words import decisions as decided
from measures.words import entry as entry_words
from measures.words import site as site_words
from tests.words.test_sentences import check

AT = datetime(2019, 5, 9, 14, 30, tzinfo=UTC)
ON, LATER = date(2017, 4, 1), date(2018, 3, 1)
GHOST = Ghost("RJ1", "within4h", ALL, LATER, True, "Two days were not counted", "Ann", AT, 7)
REBASE = Rebase("RJ1", "within4h", ALL, LATER, RebaseStatus.ACCEPTED, "A new front door", "Seen.", "Ann", AT, 3)


@pytest.fixture(scope="module")
def mixed(observations, campaign):
    """The demo with new limits at one site and a point left out."""
    return review(observations, campaign, ae.TODAY, rebases=[REBASE], ghosts=[replace(GHOST, period=ON)])


@pytest.fixture(scope="module")
def early(observations, campaign):
    """The demo when five months had been reported."""
    return review(observations, campaign, due_on(date(2016, 8, 1), campaign.outcome))


@pytest.fixture(scope="module")
def view(today):
    return views.site(today, "RJ1")


def sentences(view):
    found = [site_words.heading(view), site_words.distance(view), site_words.chart_title(view), site_words.alt(view)]
    found += [site_words.chart_unit(view.measure, view), words.season_note(view), words.drawn_as(view)]
    found += [site_words.runs(view), site_words.runs(view, beside_numbers=True), site_words.assurance_words(view)]
    found += [words.suggestion(view.look, view.measure.season_out), site_words.verdict_words(view) or ""]
    found += [words.kind_caption(kind, view) for kind in view.look.kinds]
    table = site_words.points_table(view, [replace(GHOST, period=ON)])
    return found + [str(x) for x in table.to_numpy().ravel()] + list(table.columns)


@cache
def every_way(found, place):
    """A site in every way it can be looked at; worked out once, as a review is not changed."""
    return tuple(
        views.site(found, place, measure.id, kind, rules)
        for measure in found.campaign.measures
        for kind, rules in product(limits.offered(measure), RULES)
    )


@pytest.mark.parametrize("when", ["today", "mixed", "early"])
def test_every_kind_and_rule_set_speaks_plainly(request, when):
    found = request.getfixturevalue(when)
    for place in ("RJ1", "R0A", "RXC") if when == "today" else ("RJ1",):
        for seen in every_way(found, place):
            check(sentences(seen))


def test_no_sentence_speaks_of_what_a_chart_has_not(today):
    for seen in every_way(today, "RJ1"):
        said = "\n".join([*sentences(seen), ""])
        chart = said.replace(words.suggestion(seen.look, seen.measure.season_out), "")
        if not seen.look.has_limits:
            assert "xpected range" not in chart
            assert "usually sees" not in chart
            assert "average" not in chart
        if seen.look.centre_name == "average":
            assert "median" not in chart
        if seen.look.rule_set != "nhs":
            assert "seven months or more" not in chart


def test_a_trend_is_as_long_as_its_rule_set_asks():
    for name, rule_set in RULES.items():
        if "trend" not in rule_set.bits:
            assert name not in words.TREND
            continue
        n = words.TREND[name]
        for points, flagged in ((n, True), (n - 1, False)):
            values = np.concatenate([np.full(20, 1.0), 1 + np.arange(1.0, points)])
            found = engine(values, np.array([0]), better=1, options=Options("xmr", rules=name))
            bits, texts = found.rule_codes()
            assert ("trend" in texts[bits[-1]].split()) is flagged, (name, points)


def test_every_rule_has_its_words():
    rules = {rule for rule_set in RULES.values() for rule in rule_set.bits}
    assert rules == set(words.ORDER) == set(format.RULE_WORDS) | {"beyond"}
    assert set(words.PATTERNS) == set(RULES["nelson"].undirected)
    assert {status.value for status in Status if "too" not in status.value} == set(words.TAKEN_OUT)
    assert set(words._KINDS) == set(KINDS)
    assert set(words._RULES) == set(RULES)


def test_the_rule_that_is_told_gives_the_point_its_direction():
    for rule_set in RULES.values():
        ours = [rule for rule in words.ORDER if rule in rule_set.order]
        assert ours == list(rule_set.order)


# --- one sentence for each rule ----------------------------------------------------------------------


def look(kind="xmr", rules="nhs"):
    return Look(kind, rules, False, ("xmr",), tuple(RULES), "pp", ChartReason.PROPORTION_DISPERSED, 5.0)


def drawn(view, values, rules="", *, kind="xmr", rule_set="nhs", centre=0.8, ghosted=(), season="", phase=None):
    """The view with these values, of which the last is flagged by ``rules``."""
    n = len(values)
    points = view.points.head(n).assign(value=values, centre=centre, lower=0.7, upper=0.9, rules="", ghosted=False)
    points["rules"] = [""] * (n - 1) + [rules]
    points.loc[list(ghosted), "ghosted"] = True
    points["phase"] = 1 if phase is None else phase
    if not KINDS[kind].has_limits:
        points[["lower", "upper"]] = np.nan
    return replace(view, points=points, look=look(kind, rule_set), season=season)


UP = [0.79, 0.81, 0.82, 0.83]
HERE = "Guy's and St Thomas'"


@pytest.mark.parametrize(
    ("rules", "rule_set", "said"),
    [
        ("", "nhs", f"July lies within what {HERE} usually sees"),
        ("beyond shift", "nhs", f"July lies below what {HERE} usually sees"),
        ("trend", "nhs", "July continues a steady rise of seven months or more"),
        ("trend", "ihi", "July continues a steady rise of five months or more"),
        ("shift trend", "nelson", "July continues a steady rise of six months or more"),
        ("two_of_three", "we", "July is one of two months in three close to the upper edge of the expected range"),
        ("four_of_five shift", "we", "July is one of four months in five clearly above the average"),
        ("shift mixture", "nelson", "July is the third month in a row above the average"),
        (
            "longest_run",
            "anhoej",
            "July is the third month in a row above the average, a longer run than chance explains",
        ),
        ("mixture", "nelson", "July is one of eight months or more in a row that keep away from the average"),
        ("alternating", "nelson", "July is one of 14 months or more in a row that rise and fall by turns"),
        ("stratification", "nelson", "July is one of 15 months or more in a row unusually close to the average"),
    ],
)
def test_a_point_by_the_rule_that_flags_it(view, rules, rule_set, said):
    values = [*UP[:3], 0.6] if "beyond" in rules else UP
    assert site_words.chart_title(drawn(view, values, rules, rule_set=rule_set)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([0.7, 0.9], "May lies above the median, as about half of all months do"),
        ([0.7, 0.75, 0.7], "June is the third month in a row below the median, no more than chance explains"),
        ([0.7, 0.8], "May lies on the median"),
    ],
)
def test_a_run_chart_has_no_range_to_lie_in(view, values, said):
    assert site_words.chart_title(drawn(view, values, kind="run", rule_set="ihi")) == said


def test_where_the_season_is_out_a_month_is_compared_with_its_like(view):
    def said(rules):
        return site_words.chart_title(drawn(view, UP, rules, season="pooled"))

    assert said("") == f"July lies within what {HERE} usually sees at this time of year"
    assert said("shift") == "July is the third month in a row above what is usual for the time of year"
    table = site_words.points_table(drawn(view, UP, "shift", season="own"))
    assert "part of a run on one side of what is usual for the time of year" in table["What it says"].iloc[0]


def test_a_point_left_out_says_so_and_the_one_before_it_speaks(view):
    seen = drawn(view, UP, ghosted=[3])
    assert site_words.chart_title(seen) == (
        f"July is left out of the limits; before it, June lies within what {HERE} usually sees"
    )
    far = drawn(view, [*UP[:3], 0.95], "beyond", ghosted=[3])
    assert site_words.chart_title(far) == f"July is left out of the limits, and lies above what {HERE} usually sees"
    assert site_words.chart_title(drawn(view, [0.8], ghosted=[0])) == "April is left out of the limits"


def test_the_first_months_of_a_chart_and_of_its_new_limits(view):
    seen = drawn(view, UP[:2])
    seen.points["upper"] = np.nan
    assert site_words.chart_title(seen) == "May is one of the first months; there is no expected range yet"
    seen.points["phase"] = [1, 2]
    assert site_words.chart_title(seen) == (
        "May is one of the first months since the chart began anew; there is no expected range yet"
    )


def test_a_run_steps_over_what_its_rules_step_over(view):
    rows = drawn(view, [0.7, 0.82, 0.8, 0.83, 0.84, 0.85], ghosted=[4]).points
    assert words.run_length(rows) == 2
    assert words.run_length(rows, "ihi") == words.run_length(rows, "anhoej") == 3
    assert words.run_length(rows.head(1)) == 1
    assert words.run_length(rows.head(0)) == 0


def test_the_longest_run_told_is_the_one_that_was_found(today):
    """For every series the sentence's number is at least what the rule asks for."""
    least = {"nhs": 7, "ihi": 6, "we": 8, "nelson": 9}
    for place, (rules, fewest) in product(("RJ1", "R0A", "RXC", "RCF"), least.items()):
        for measure in today.campaign.measures:
            seen = views.site(today, place, measure.id, "run", rules)
            if "shift" in str(seen.points["rules"].iloc[-1]).split():
                n = words.run_length(seen.points, rules)
                assert n >= fewest
                if "trend" not in seen.points["rules"].iloc[-1]:
                    assert f"the {format.ordinal(n)} month in a row" in site_words.chart_title(seen)


def test_a_pattern_is_neither_high_nor_low(view):
    seen = drawn(view, UP, "stratification", rule_set="nelson")
    seen = replace(seen, series=seen.series.assign(variation="neither-up", position="behind"))
    assert site_words.heading(seen) == f"{HERE} shows an unusual pattern and is behind its path"
    assert site_words.verdict_words(seen) == "An unusual pattern"
    assert site_words.points_table(seen)["What it says"].iloc[0].startswith("Unusual: part of a run of points")
    counts = replace(seen, measure=replace(seen.measure, better=Direction.NEITHER, form=Form.COUNT, short="Visits"))
    assert site_words.heading(counts) == f"Visits at {HERE} show an unusual pattern"
    shifted = drawn(view, UP, "shift mixture", rule_set="nelson")
    assert site_words.verdict_words(shifted) is None


# --- runs, season, another way of looking ------------------------------------------------------------


def runs_of(seen, longest, longest_max, crossings, crossings_min):
    row = {
        "longest_run": longest,
        "longest_run_max": longest_max,
        "crossings": crossings,
        "crossings_min": crossings_min,
    }
    return words.runs_sentence(seen, row)


def test_the_run_analysis_is_one_plain_sentence(view):
    seen = drawn(view, UP, kind="run", rule_set="anhoej")
    assert runs_of(seen, 5, 8, 3, 7) == (
        "The line crosses its median three times; seven or more would be expected, so something has probably shifted."
    )
    assert runs_of(seen, 5, 8, 0, 7).startswith("The line never crosses its median; seven")
    assert runs_of(seen, 11, 8, 9, 7) == (
        "The line once stays on one side of its median for 11 months; up to eight would be expected, so something has"
        " probably shifted."
    )
    assert runs_of(seen, 11, 8, 2, 7) == (
        "The line crosses its median twice, where seven or more would be expected, and once stays on one side for"
        " 11 months, where up to eight would be; so something has probably shifted."
    )
    assert runs_of(seen, 5, 8, 9, 7).endswith("as a whole it varies as chance would have it.")
    assert runs_of(seen, -1, -1, -1, -1) == ""
    assert words.runs_sentence(seen, None) == ""
    anew = drawn(view, UP, phase=[1, 1, 2, 2])
    assert runs_of(anew, 5, 8, 3, 7).startswith("Since June 2016 the line crosses its average three times;")


def test_the_run_analysis_has_one_place(today):
    for kind, rules in product(("xmr", "run"), ("nhs", "anhoej")):
        seen = views.site(today, "RJ1", "within4h", kind, rules)
        under, beside = site_words.runs(seen), site_words.runs(seen, beside_numbers=True)
        assert bool(under) is (kind == "run" or rules == "anhoej")
        assert bool(under) is not bool(beside)


def test_what_is_said_of_the_season(view):
    def note(season, **changed):
        return words.season_note(replace(view, season=season, **changed))

    assert note("pooled").startswith("The season is taken out: the limits rise and fall with it, as learned from all")
    assert "about a third wider" in note("pooled")
    anew = view.points.assign(phase=[1] * 20 + [2] * 16)
    assert "third" not in note("pooled", points=anew)
    assert "this site's earlier years" in note("own")
    assert note("too-short").startswith("The season could not be taken out yet: not every time of the year")
    assert note("too-few-sites").startswith("The season could not be taken out: too few sites")
    assert note("").startswith("Marks here compare every month with one average")
    assert "with its stretch's average, whatever" in note("", points=anew)
    assert note("", points=view.points.assign(cause="common")) == ""
    assert note("", measure=replace(view.measure, seasonal=False)) == ""
    assert note("pooled", points=view.points.head(0)) == ""


def test_another_way_of_looking_is_named_beside_the_campaigns(today):
    assert words.drawn_as(views.site(today, "RJ1")) == ""
    assert words.drawn_as(views.site(today, "RJ1", None, "run", "ihi")) == (
        "Drawn as a run chart with IHI rules. The campaign looks at Individuals (XmR), Making Data Count."
    )
    seen = views.site(today, "RJ1", None, "xmr", "nelson")
    assert words.drawn_as(seen).startswith("Drawn as an individuals chart (XmR) with Nelson rules.")
    assert words.kind_caption("xmr", seen) == "The campaign's chart"
    assert words.kind_caption("pp", seen) == "Suits this measure"
    assert words.kind_caption("run", seen) == ""
    assert words.suggestion(seen.look, True).endswith("Only Individuals (XmR) can take the season out.")
    assert "Only" not in words.suggestion(seen.look, False)


def test_a_chart_in_words_names_what_it_has(today, mixed):
    assert "; expected between 80.8% and 94.9%" in site_words.alt(views.site(today, "RJ1"))
    assert site_words.alt(views.site(today, "RJ1", None, "run")).endswith("85.4% in March 2019; median 89.1%")
    assert site_words.alt(views.site(mixed, "RJ1")).endswith("; the chart began anew once")


def test_a_weekly_measure_is_spoken_of_in_weeks(view):
    weekly = replace(view.measure, frequency="week")
    seen = replace(drawn(view, UP, "shift"), measure=weekly)
    assert site_words.chart_title(seen) == "The week of 1 July is the third week in a row above the average"
    assert site_words.chart_unit(weekly, seen).endswith("by week: 85.4% in the week of 1 March 2019")
    assert site_words.points_table(seen).columns[0] == "Week"


def test_a_number_not_saved_is_compared_with_its_own_time_of_year(view):
    """In the demo a January's range lies lower than a December's."""
    january = date(2019, 1, 1)
    before = view.points[(view.points["period"] < pd.Timestamp(january)).to_numpy()]
    upper = before["upper"].to_numpy()
    last_year, december = upper[before["period"] == pd.Timestamp("2018-01-01")][0], upper[-1]
    between = (last_year + december) / 2
    assert last_year < december
    assert "Above what Guy's and St Thomas' usually sees at this time of year." in entry_words.preview(
        view, before, january, between
    )
    assert "Within what Guy's and St Thomas' usually sees." in entry_words.preview(
        replace(view, season=""), before, january, between
    )
    anew = before.assign(phase=[1] * (len(before) - 2) + [2, 2])
    assert "There is no expected range yet." in entry_words.preview(view, anew, january, between)


# --- deciding ----------------------------------------------------------------------------------------


def test_what_was_decided_is_told_kindly_and_whole(view):
    measure, said = view.measure, []
    for one in (*(replace(REBASE, status=status) for status in RebaseStatus), GHOST, replace(GHOST, ghosted=False)):
        said += [decided.done(one, measure), *decided.decision(one, measure), decided.standing(one, measure)]
        said += decided.overtaken(one, measure) + decided.overtaken(one, measure, kept=False)
    said += decided.overtaken(None, measure)
    said += [decided.would_change(direction) for direction in (-1, 0, 1)]
    said += [text for name, text in vars(decided).items() if name.isupper() and isinstance(text, str)]
    check(said)
    assert len({decided.done(replace(REBASE, status=status), measure) for status in RebaseStatus}) == 3
    assert decided.decision(REBASE, measure) == (
        "Ann, 9 May 2019 at 14:30 UTC",
        "New limits from March 2018: “A new front door”. It had been proposed: Seen.",
    )
    assert decided.standing(GHOST, measure) == "March 2018: “Two days were not counted”."


def test_every_proposal_of_the_demo_can_be_put_into_words(today):
    seen = set()
    for place in ("RJ1", "RXC", "RVW", "R0A"):
        for measure in today.campaign.measures:
            found = views.site(today, place, measure.id)
            notes = decided.proposals_note(found)
            assert [on for on, _ in notes] == [on.date() for on in found.proposed["on"]]
            check([text for _, text in notes])
            if notes:
                check([decided.heading([on for on, _ in notes], [], measure)])
            assert list(found.proposed.columns) == list(COLUMNS)
            seen |= {len(notes)}
    assert {1, 2} <= seen


def test_the_chart_carries_the_reasons(mixed, view):
    seen = views.site(mixed, "RJ1")
    ghost = replace(GHOST, period=ON)
    assert decided.reasons([REBASE]) == [(LATER, "A new front door")]
    assert (ON, "Apr 2017 left out: Two days were not counted") in site_words.chart_notes(seen, [ghost])
    table = site_words.points_table(seen, [ghost]).set_index("Month")
    assert table.loc["April 2017", "What it says"] == "Left out of the limits: Two days were not counted"
    long = site_words.chart_notes(seen, [replace(ghost, reason="x" * 200)])[-1][1]
    assert len(long) < 75
    assert long.endswith("…")
