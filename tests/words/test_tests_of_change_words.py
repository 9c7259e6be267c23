"""What is said about tests of change: since when, what came of them, who wrote what, and on the chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from measures.model import Scale, TestOfChange, Verdict
from measures.words import tests_of_change as words

TODAY = date(2019, 5, 10)
AT = datetime(2019, 4, 2, 9, 5, tzinfo=UTC)
ONE = TestOfChange("RJ1", 3, "Ask\ntwice", "Fewer forget", Scale.SHIFT, date(2019, 4, 12), "Ann", AT, id=1)
DONE = replace(ONE, ended=date(2019, 5, 3), verdict=Verdict.ADAPT, learned="Only at night", author="Bob", id=2)


@pytest.mark.parametrize(
    ("test", "says"),
    [
        (ONE, "Running since 12 April · 4 weeks"),
        (replace(ONE, started=TODAY), "Running since today"),
        (replace(ONE, started=date(2018, 12, 1)), "Running since 1 December 2018 · 5 months"),
        (DONE, "12 April to 3 May · 3 weeks"),
        (replace(DONE, ended=ONE.started), "On 12 April"),
        (replace(DONE, started=date(2018, 12, 28), ended=date(2019, 1, 2)), "28 December 2018 to 2 January · 5 days"),
        (replace(DONE, started=date(2018, 2, 1), ended=date(2018, 2, 2)), "1 February to 2 February 2018 · 1 day"),
    ],
)
def test_when_a_test_ran(test, says):
    assert words.state(test, TODAY) == says


def test_what_is_known_stands_under_its_own_name():
    assert words.title(ONE) == "3 · Ask twice"
    assert words.lines(ONE) == [("Scale", "One shift"), ("We expect", "Fewer forget")]
    assert words.lines(replace(DONE, happened="Two forgot"))[1:] == [
        ("We expected", "Fewer forget"), ("What happened", "Two forgot"), ("What we learned", "Only at night")
    ]  # fmt: skip


def test_every_scale_and_every_verdict_has_its_word():
    assert list(words.SCALES) == [scale.value for scale in Scale]
    assert list(words.VERDICTS) == list(words.MEANS) == [verdict.value for verdict in Verdict]


def test_who_wrote_what_tells_each_difference():
    later = replace(DONE, learned="At night and at noon.", scale=Scale.WEEK, ended=date(2019, 5, 4), id=3)
    gone = replace(later, withdrawn="Written twice", id=4)
    back = replace(later, id=5)
    again = replace(ONE, id=6)
    said = words.revisions([again, back, gone, later, DONE, ONE])
    assert said == [
        (
            "Ann, 2 April 2019 at 09:05 UTC",
            "Running again. Scale: one shift, before that one week."
            " Learned: nothing. Before that “At night and at noon.”",
        ),
        ("Bob, 2 April 2019 at 09:05 UTC", "No longer withdrawn."),
        ("Bob, 2 April 2019 at 09:05 UTC", "Withdrawn: “Written twice”."),
        (
            "Bob, 2 April 2019 at 09:05 UTC",
            "Ended on 4 May 2019, before that 3 May 2019. Scale: one week, before that one shift."
            " Learned: “At night and at noon.” Before that “Only at night”.",
        ),
        ("Bob, 2 April 2019 at 09:05 UTC", "Adapt, ended on 3 May 2019. Learned: “Only at night”."),
        (
            "Ann, 2 April 2019 at 09:05 UTC",
            "Started on 12 April 2019: “Ask\ntwice”. Expected: “Fewer forget”.",
        ),
    ]


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        (ONE, "Ann, 2 April 2019 at 09:05 UTC: wrote “Ask\ntwice”. Expected: “Fewer forget”."),
        (DONE, "Bob, 2 April 2019 at 09:05 UTC: finished it on 3 May 2019: adapt. What was learned: “Only at night”."),
        (replace(ONE, withdrawn="Twice"), "Ann, 2 April 2019 at 09:05 UTC: withdrew this test: “Twice”."),
    ],
)
def test_the_second_of_two_reads_what_the_first_wrote(stands, says):
    _, what, last = words.overtaken(stands)
    assert what == says
    assert last == "Nothing of yours has been saved; your words are still here."


@pytest.mark.parametrize("what", ["start", "change", "finish", "withdraw", "undo"])
def test_whoever_writes_is_told_what_became_of_it(what):
    assert words.done(DONE, what).startswith("Test 3 is ")


def test_the_chart_is_told_everything_it_shows():
    (running, done) = words.trials([replace(DONE, number=9), ONE], TODAY)
    assert (running.number, running.start, running.end, running.verdict) == (3, ONE.started, TODAY, "")
    assert (running.title, running.when) == ("3 · Ask twice", "running since 12 April 2019")
    assert (done.end, done.verdict, done.when) == (DONE.ended, "adapt", "12 April to 3 May: adapt")
    assert done.learned == "Only at night"


def test_the_charts_own_words_name_the_newest_and_count_the_rest():
    assert words.alt([], TODAY) == ""
    assert words.alt([DONE], TODAY) == "Tests of change: 3, Ask twice, 12 April to 3 May: adapt."
    many = [replace(ONE, number=n, started=ONE.started + timedelta(days=n)) for n in range(1, 10)]
    said = words.alt(many, TODAY)
    assert said.startswith("Tests of change: 9, Ask twice, running since 21 April 2019; 8, ")
    assert said.endswith("; and 3 earlier ones.")


def test_the_table_says_in_which_period_each_began_and_ended():
    months = pd.Series(pd.to_datetime(["2019-05-01", "2019-04-01", "2019-02-01"]))
    other = replace(DONE, number=1, started=date(2019, 2, 28), ended=date(2019, 3, 1))
    assert words.by_period([DONE, other], months, "month") == ["3 ended: adapt", "3 started", "1 started"]
    weeks = pd.Series(pd.to_datetime(["2019-04-08", "2019-04-29"]))
    assert words.by_period([DONE], weeks, "week") == ["3 started", "3 ended: adapt"]
    assert words.by_period([DONE], pd.Series(pd.to_datetime(["2019-04-01"])), "quarter") == [
        "3 started; 3 ended: adapt"
    ]
    assert words.by_period([], months, "month") == ["", "", ""]
