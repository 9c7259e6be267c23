"""Why a rebase is proposed: true to its figures, plain, and whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from measures.model import Direction, Family, Form, Measure
from measures.words.rebase import Seen, in_points, proposal
from tests.words.test_sentences import check

SEEN = Seen(1, 12, 3607.15, 3900.9, 21)
COUNT = Measure(
    *("attendances", "Attendances", "Attendances", "", Family.OUTCOME, Form.COUNT, Direction.DOWN, "", "Attendances")
)
SHARE = replace(COUNT, form=Form.PROPORTION)
DAYS = replace(COUNT, form=Form.VALUE, unit="days", frequency="week")


def test_a_measure_is_spoken_of_in_its_units():
    assert proposal(SEEN, COUNT, date(2017, 4, 1)) == (
        "12 months in a row above the old average of 3,607 from April 2017 on; the new limits rest on 21 months from"
        " there, average 3,901."
    )
    assert proposal(Seen(-1, 8, 0.871, 0.8, 19, 2), SHARE, date(2017, 4, 1)) == (
        "8 months in a row below the old average of 87.1% from April 2017 on; the new limits rest on 19 of the 21"
        " months from there, average 80.0%."
    )
    assert proposal(Seen(1, 9, 3.25, 4.0, 12, 0, True), DAYS, date(2017, 4, 3)) == (
        "9 weeks in a row above the old average of 3.2 days from 3 April 2017 on; the new limits rest on 12 weeks from"
        " there, average 4 days (a trial: fewer than 21 points)."
    )


def test_without_a_unit_of_time_points_are_counted():
    assert in_points(replace(SEEN, trial=True, points=12), "2017-04-01") == (
        "12 points in a row above the old average of 3,607 from 2017-04-01 on; the new limits rest on 12 points from"
        " there, average 3,901 (a trial: fewer than 21 points)."
    )
    assert "91.248% from 3 on" in in_points(Seen(-1, 8, 0.91248, 0.9119, 21), "3", percent=True)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (3607.15, 3607.9, ("3,607.15", "3,607.90")),
        (0.0341, 0.041, ("0.0341", "0.0410")),
        (48.8, 53.1, ("48.8", "53.1")),
        (-2.0, 90.0, ("−2", "90")),
        (7.0, 7.0, ("7", "7")),
        (0.0, 1e-12, ("0.000000000", "0.000000000")),
    ],
)
def test_two_digits_of_the_difference_are_shown(before, after, said):
    text = in_points(Seen(1, 8, before, after, 21), "now")
    assert f"average of {said[0]} from now on" in text
    assert text.endswith(f"average {said[1]}.")


def test_averages_that_differ_never_look_alike():
    same = proposal(Seen(1, 8, 0.87121, 0.87133, 21), SHARE, date(2017, 4, 1))
    assert "87.121%" in same
    assert "87.133%" in same
    whole = proposal(Seen(1, 8, 3607.15, 3607.35, 21), COUNT, date(2017, 4, 1))
    assert "3,607.15" in whole
    assert "3,607.35" in whole


def test_every_sentence_is_plain_and_whole():
    texts = []
    for side in (1, -1):
        for excluded in (0, 1, 3):
            for trial in (False, True):
                for before, after in ((0.0, 1.0), (0.5, 0.5), (0.99999, 1.0), (0.0012, 0.0034)):
                    seen = Seen(side, 8, before, after, 21 - excluded, excluded, trial)
                    texts += [proposal(seen, measure, date(2018, 12, 31)) for measure in (COUNT, SHARE, DAYS)]
                    texts += [in_points(seen, "2018-12-31", percent=percent) for percent in (False, True)]
    check(texts)
    assert all(text.endswith(".") and text.count(";") == 1 for text in texts)
