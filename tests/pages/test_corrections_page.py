"""The site's page: the history of a cell, correcting it, and what was known then; the lead's page of data."""

from datetime import UTC, date, datetime

import pytest

from measures.demo import ae
from measures.store.base import Entry
from measures.store.opening import open_store
from tests.pages.test_pages import app, shown, titles

MARCH = date(2019, 3, 1)
TO = "u2192"
"""The arrow, as ``shown`` gives it."""


@pytest.fixture(scope="module", autouse=True)
def database(demo, tmp_path_factory):
    """The demo, in which one number of March was corrected on 30 April."""
    path = demo(tmp_path_factory.mktemp("corrected"))
    store = open_store(path)
    entry = Entry("RJ1", "within4h", MARCH, numerator=15_900, denominator=19_017, seen=1)
    at = datetime(2019, 4, 30, 9, tzinfo=UTC)
    store.record(ae.ID, [entry], actor="Ann", source="corrected: Two wards were counted twice", at=at)
    store.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_DB", str(path))
        yield path


def test_a_month_is_shown_as_it_was_known_and_says_what_was_corrected_since():
    at = app("lead", "site", site="RJ1", as_of="2019-03", known="then")
    assert not at.exception
    said = shown(at)
    assert "You see what had been reported by 15 April 2019. Since then one number has been corrected." in said
    assert "85.4% in March 2019" in said
    assert "Since then" in str(at.dataframe[0].value.columns)
    assert "83.6% in March 2019" in shown(app("lead", "site", site="RJ1", as_of="2019-03"))
    assert "83.6% in March 2019" in shown(app("lead", "site", site="RJ1", as_of="2019-03", known="2019-04-30"))


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ({"as_of": "2018-03", "known": "then"}, "so it cannot tell what was known on 15 April 2018"),
        ({"as_of": "2019-03", "known": "2031-01-01"}, "is not a day that has been, so you see what is known now"),
        ({"as_of": "2019-03", "known": "soon"}, "Days are written like 2018-06-30."),
    ],
)
def test_knowledge_that_is_not_kept_or_not_a_day_says_so_and_falls_back(view, says):
    at = app("executive", "summary", **view)
    assert says in shown(at)
    assert "were seen within four hours" in titles(at)[0]


def test_a_team_corrects_a_month_says_why_and_takes_it_back():
    at = app("team:RJ1", "site", site="RJ1")
    said = shown(at)
    assert f"16,237 of 19,017 {TO} 15,900 of 19,017. Why: Two wards were counted twice" in said
    box = next(n for n in at.number_input if n.label.startswith("Of these, seen"))
    box.set_value(15_950)
    next(t for t in at.text_input if t.label == "Why? (optional)").set_value("One came late")
    next(b for b in at.button if b.label == "Save the correction").click()
    at.run()
    assert not at.exception
    assert "March 2019 is corrected. What stood there is kept." in shown(at)
    assert f"15,900 of 19,017 {TO} 15,950 of 19,017. Why: One came late" in shown(at)
    next(b for b in at.button if b.label == "Undo the last change").click()
    at.run()
    assert "March 2019 is back to what it was before that change." in shown(at)
    assert f"15,950 of 19,017 {TO} 15,900 of 19,017 (an undo)" in shown(at)


def test_a_number_that_cannot_be_right_is_refused_with_its_reason():
    at = app("team:RJ1", "site", site="RJ1")
    next(n for n in at.number_input if n.label.startswith("Of these, seen")).set_value(19_018)
    next(b for b in at.button if b.label == "Save the correction").click()
    at.run()
    assert "Have the two been swapped?" in shown(at)


def test_a_lead_reads_the_history_and_corrects_nothing():
    at = app("lead", "site", site="RJ1")
    assert "Why: Two wards were counted twice" in shown(at)
    assert not [b for b in at.button if b.label in ("Save the correction", "Undo the last change")]


def test_the_lead_reads_who_has_reported_and_copies_reminders():
    at = app("lead", "data")
    assert titles(at) == ["All 134 sites have reported March 2019"]
    assert "November 2016 (all three numbers), due by 15 December 2016" in at.code[0].value
    assert "Showing 25 of 134 sites." in shown(at)
    at.pills[0].set_value("missing").run()
    assert "3 sites of 134 match." in shown(at)
    assert "The Rotherham" in shown(at)
