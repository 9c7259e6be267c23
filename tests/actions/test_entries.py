"""Entering a month: asked for once, refused with reasons, queried but never blocked, never overwritten unseen."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from measures.access import Forbidden
from measures.actions import entries, read
from measures.actions.read import Desk
from measures.demo import ae
from measures.model import Actor, Role
from tests.actions.desks import desk

APRIL = date(2019, 4, 1)
GOOD = {"attendances": 18_000, "within4h": 15_500, "admitted": 3_600}


def test_a_team_is_asked_for_three_numbers_and_the_denominator_once(store):
    page = entries.sheet(desk(store), "RJ1", APRIL)
    assert [f.key for f in page.fields] == ["attendances", "within4h", "admitted"]
    assert [f.now for f in page.fields] == [None] * 3
    assert page.fields[0].before == ((date(2019, 3, 1), 19_017.0), (date(2019, 2, 1), 17_119.0))
    assert page.due_on == date(2019, 5, 15)
    assert entries.days_left(desk(store), page) == 5
    assert not page.reported


def test_a_saved_month_is_in_the_review_and_in_the_history(store):
    at = desk(store)
    done = entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    assert done.written == 3
    view = read.site(at, "RJ1")
    last = view.points.iloc[-1]
    assert (last["period"].date(), last["value"]) == (APRIL, 15_500 / 18_000)
    assert view.report["reporting"] == "in"
    history = read.history(at, "RJ1", APRIL)
    assert history["measure"].tolist() == ["attendances", "within4h", "admitted"]
    assert set(history["actor"]) == {"Guy's and St Thomas' team"}


def test_the_campaign_goes_on_speaking_of_march_while_april_comes_in(store):
    at = desk(store)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    assert read.summary(at).period == date(2019, 3, 1)
    listed = read.sites(desk(store, "lead")).table.set_index("site")["reporting"]
    assert (listed["RJ1"], listed["R1H"]) == ("in", "due")


def test_a_change_keeps_both_revisions(store):
    at = desk(store)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD | {"within4h": 15_600})
    rows = read.history(at, "RJ1", APRIL)
    mine = rows[(rows["measure"] == "within4h").to_numpy()]
    assert mine["rev"].tolist() == [2, 1]
    assert mine["numerator"].tolist() == [15_600, 15_500]
    assert mine["from_numerator"].iloc[0] == 15_500


def test_the_same_numbers_again_write_nothing(store):
    at = desk(store)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    assert entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD).written == 0


def test_undo_puts_back_what_was_there(store):
    at = desk(store)
    first = entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    second = entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD | {"within4h": 15_600})
    entries.undo(at, "RJ1", APRIL, second.change_id)
    assert entries.sheet(at, "RJ1", APRIL).fields[1].now == 15_500
    with pytest.raises(entries.Overwritten):
        entries.undo(at, "RJ1", APRIL, first.change_id)
    with pytest.raises(entries.Refused, match="nothing to undo"):
        entries.undo(at, "RJ1", APRIL, 999_999)


def test_undo_of_a_first_entry_blanks_the_month(store):
    at = desk(store)
    done = entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    entries.undo(at, "RJ1", APRIL, done.change_id)
    assert [f.now for f in entries.sheet(at, "RJ1", APRIL).fields] == [None] * 3
    assert read.site(at, "RJ1").points["period"].max().date() == date(2019, 3, 1)
    assert len(read.history(at, "RJ1", APRIL)) == 6


def test_two_people_and_one_cell(store):
    one, two = desk(store), desk(store)
    first, second = entries.sheet(one, "RJ1", APRIL), entries.sheet(two, "RJ1", APRIL)
    entries.save(one, first, GOOD)
    with pytest.raises(entries.Overwritten) as refused:
        entries.save(two, second, GOOD | {"within4h": 1})
    found = {c.measure: c for c in refused.value.clashes}
    assert found["within4h"].numerator == 15_500
    assert found["within4h"].actor == "Guy's and St Thomas' team"
    assert entries.sheet(one, "RJ1", APRIL).fields[1].now == 15_500


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({}, "at least one number"),
        ({"within4h": 5}, "needs “Attendances” as well"),
        ({"attendances": 100, "within4h": 101}, "been swapped"),
        ({"attendances": -1}, "below nought"),
        ({"attendances": 10.5}, "whole number"),
        ({"attendances": 0, "within4h": 0, "admitted": 1}, "more than"),
        ({"attendances": float("nan")}, "below nought"),
        ({"attendances": float("inf")}, "below nought"),
    ],
)
def test_numbers_that_cannot_be_right_are_refused_and_nothing_is_written(store, numbers, says):
    at = desk(store)
    before = store.version(ae.ID)
    with pytest.raises(entries.Refused, match=says):
        entries.save(at, entries.sheet(at, "RJ1", APRIL), numbers)
    assert store.version(ae.ID) == before


def test_an_unlikely_number_is_queried_and_can_be_saved(store):
    at = desk(store)
    slipped = GOOD | {"attendances": 1_800, "within4h": 1_550, "admitted": 360}
    found = entries.queries(at.campaign, read.site(at, "RJ1"), slipped, APRIL)
    assert [q[0] for q in found] == ["attendances"]
    assert found[0][1] == 1_800 < found[0][2] < found[0][3]
    assert entries.queries(at.campaign, read.site(at, "RJ1"), GOOD, APRIL) == []
    assert entries.save(at, entries.sheet(at, "RJ1", APRIL), slipped).written == 3


def test_real_months_are_hardly_ever_queried(store):
    """A query that comes too often is clicked away: over the last year of all sites it is under 1 in 100."""
    at = desk(store, "lead")
    asked = total = 0
    for site in list(read.visible_sites(at))[::7]:
        view = read.site(at, site)
        for period in pd.date_range("2018-04-01", "2019-03-01", freq="MS"):
            rows = view.others[(view.others["period"] == period).to_numpy()].set_index("measure")
            if len(rows) < 3:
                continue
            numbers = {
                "attendances": rows.loc["attendances", "value"],
                "within4h": rows.loc["within4h", "numerator"],
                "admitted": rows.loc["admitted", "numerator"],
            }
            asked += len(entries.queries(at.campaign, view, numbers, period.date()))
            total += 3
    assert total > 600
    assert asked / total < 0.01


def test_a_note_is_kept_and_stands_on_the_chart(store):
    at = desk(store)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD, note="  New triage desk ")
    assert entries.sheet(at, "RJ1", APRIL).note == "New triage desk"
    view = read.site(at, "RJ1")
    assert view.remarks["note"].tolist() == ["New triage desk"]
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD | {"within4h": 15_600})
    assert entries.sheet(at, "RJ1", APRIL).note == "New triage desk"


def test_nothing_is_entered_while_looking_back(store):
    at = desk(store, as_of=date(2018, 4, 15))
    page = entries.sheet(desk(store), "RJ1", APRIL)
    with pytest.raises(entries.Refused, match="earlier date"):
        entries.save(at, page, GOOD)


@pytest.mark.parametrize("period", [date(2019, 5, 1), date(2016, 3, 1)])
def test_only_months_that_are_over_and_in_the_campaign_can_be_reported(store, period):
    with pytest.raises(entries.Refused, match="nothing to report"):
        entries.sheet(desk(store), "RJ1", period)


def test_a_merged_site_has_nothing_to_report_after_its_merger(store):
    months = entries.periods(desk(store, "team:RJF"), "RJF")
    assert (months[0], months[-1]) == (date(2018, 6, 1), date(2016, 4, 1))
    assert entries.periods(desk(store, "team:R0A"), "R0A")[-1] == date(2017, 10, 1)


@pytest.mark.parametrize("who", ["executive", "lead", "team:R1H"])
def test_only_the_sites_own_team_enters_its_numbers(store, who):
    at, page = desk(store, who), entries.sheet(desk(store), "RJ1", APRIL)
    with pytest.raises(Forbidden):
        entries.sheet(at, "RJ1", APRIL)
    with pytest.raises(Forbidden):
        entries.save(at, page, GOOD)
    with pytest.raises(Forbidden):
        entries.undo(at, "RJ1", APRIL, 1)


def test_a_stand_in_reaches_no_campaign_that_is_not_a_demo(store):
    closed = replace(ae.campaign(), id="real", demo=False, today=None)
    store.define(closed)
    actor = Actor(Role.TEAM, "somebody", frozenset({"RJ1"}), stand_in=True)
    at = Desk(store, actor, closed, ae.TODAY, lambda c, v, d, k: read.compute(store, c, d, k))
    for ask in (
        lambda: read.summary(at),
        lambda: read.sites(at),
        lambda: read.site(at, "RJ1"),
        lambda: read.history(at, "RJ1", APRIL),
        lambda: entries.sheet(at, "RJ1", APRIL),
    ):
        with pytest.raises(Forbidden, match="closed"):
            ask()
    assert read.visible_sites(at) == {}


def test_when_is_in_utc(store):
    at = desk(store)
    before = datetime.now(UTC)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD)
    when = read.history(at, "RJ1", APRIL)["at"].iloc[0]
    assert before <= when <= datetime.now(UTC)
    assert when.utcoffset().total_seconds() == 0
