"""What is still to come in: the oldest first, for measures of every frequency, milestones until they are reached."""

from datetime import date, timedelta

import pytest

from measures.access import Forbidden
from measures.actions import due, entries, read
from measures.actions.read import Desk
from measures.store.sqlite import SqliteStore
from tests import small

LAST_WEEK = small.WEEK - timedelta(weeks=1)


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path / "small.db", create=True)
    yield opened
    opened.close()


def desk(store, who="team:w1", as_of=small.TODAY):
    campaign, made = store.campaign(small.ID), {}

    def load(id, version, when, known_at):
        if (version, when) not in made:
            made[version, when] = read.compute(store, id, when, known_at)
        return made[version, when]

    return Desk(store, read.stand_in(campaign, who), campaign, as_of, load)


def listed(at, site="w1"):
    return [(s.frequency, s.period, s.days_left, s.missing) for s in due.open_slots(at, site)]


def test_overdue_comes_first_with_days_left_and_weeks_and_months_side_by_side(store):
    small.seed(store, leave_out=2)
    weekly = ("triage", "falls", "huddle")
    assert listed(desk(store)) == [
        ("month", small.MAY, -2, ("trained", "calls")),
        ("week", LAST_WEEK, -1, weekly),
        ("week", small.WEEK, 6, weekly),
    ]


def test_what_is_in_is_not_asked_for_and_a_part_is_still_open(store):
    small.seed(store, leave_out=1)
    at = desk(store)
    page = entries.sheet(at, "w1", small.WEEK, "week")
    assert [f.key for f in page.fields] == ["triage", "falls/denominator", "falls", "huddle"]
    entries.save(at, page, {"triage": 95, "huddle": 1})
    assert listed(at)[-1] == ("week", small.WEEK, 6, ("falls",))
    entries.save(at, entries.sheet(at, "w1", small.WEEK, "week"), {"falls": 0, "falls/denominator": 0})
    assert [s.frequency for s in due.open_slots(at, "w1")] == ["month"]  # nought of nought is an answer


def test_nothing_is_open_and_the_next_is_said(store):
    small.seed(store)
    at = desk(store)
    entries.save(at, entries.sheet(at, "w1", small.MAY, "month"), {"trained": 0, "calls": 40})
    assert due.open_slots(at, "w1") == ()
    soon = due.next_slot(at, "w1", "week")
    assert (soon.period, soon.due_on, soon.days_left) == (date(2024, 6, 10), date(2024, 6, 25), 13)


def test_nothing_comes_after_the_end(store):
    small.seed(store)
    assert due.next_slot(desk(store, as_of=date(2026, 1, 7)), "w1", "month") is None


def test_what_was_never_reported_is_asked_for_one_year_back(store):
    small.seed(store)
    slots = due.open_slots(desk(store, "team:w2", date(2025, 6, 11)), "w2")
    assert min(s.period for s in slots) == date(2024, 6, 10)
    assert date(2024, 1, 1) in due.periods(desk(store, "team:w2"), "w2", "week")


def test_a_milestone_is_asked_for_until_it_is_reached_and_says_since_when(store):
    small.seed(store)
    at = desk(store)
    page = entries.sheet(at, "w1", small.MAY, "month")
    assert [when for when, _ in page.reachable["trained"]][:2] == [small.MAY, date(2024, 4, 1)]
    march = date(2024, 3, 1)
    done = entries.save(at, page, {"trained": 1, "calls": 31}, reached={"trained": march})
    assert done.written == 4
    view = read.site(at, "w1")
    assert due.reached(view, at.campaign.measure("trained")) == march
    later = desk(store, as_of=date(2024, 7, 9))
    assert [f.key for f in entries.sheet(later, "w1", date(2024, 6, 1), "month").fields] == ["calls"]
    entries.undo(at, "w1", small.MAY, done.change_id)
    assert due.reached(read.site(at, "w1"), at.campaign.measure("trained")) is None
    rows = store.history(small.ID, "w1", "trained", march)
    assert rows["value"].tolist() == [0, 1, 0]
    assert rows["undoes"].iloc[-1] == done.change_id


def test_a_milestone_is_not_reached_where_it_already_said_yes_or_later(store):
    small.seed(store)
    at = desk(store)
    page = entries.sheet(at, "w1", small.MAY, "month")
    with pytest.raises(entries.Refused, match="is reached in this period or in one before it"):
        entries.save(at, page, {"trained": 1}, reached={"trained": date(2024, 6, 1)})


def test_somebody_who_changed_an_earlier_month_is_not_overwritten_by_a_milestone(store):
    small.seed(store)
    at, april = desk(store), date(2024, 4, 1)
    page = entries.sheet(at, "w1", small.MAY, "month")
    entries.save(at, entries.sheet(at, "w1", april, "month"), {"trained": 1, "calls": 34})
    with pytest.raises(entries.Overwritten) as refused:
        entries.save(at, page, {"trained": 1}, reached={"trained": date(2024, 3, 1)})
    assert [(c.measure, c.period) for c in refused.value.clashes] == [("trained", april)]


@pytest.mark.parametrize("who", ["executive", "lead", "team:w2"])
def test_only_the_sites_own_team_asks_what_is_due(store, who):
    small.seed(store)
    at = desk(store, who)
    for ask in (due.open_slots, due.periods, lambda a, s: due.next_slot(a, s, "week")):
        with pytest.raises(Forbidden):
            ask(at, "w1")


# --- units, yes and no -------------------------------------------------------------------------------


def test_a_value_can_be_typed_in_another_unit_of_the_same_kind_and_is_kept_in_its_own(store):
    small.seed(store)
    triage = store.campaign(small.ID).measure("triage")
    assert [u.id for u in entries.other_units(triage)] == ["minutes", "hours", "days", "weeks"]
    assert entries.in_own_unit(triage, 2.55, "hours") == 153.0
    assert entries.in_own_unit(triage, 0.1, "hours") == 6.0
    assert entries.in_own_unit(triage, 7, "") == entries.in_own_unit(triage, 7, "minutes") == 7
    assert entries.in_own_unit(triage, None, "hours") is None
    with pytest.raises(ValueError, match="cannot be turned"):
        entries.in_own_unit(triage, 7, "pounds")


@pytest.mark.parametrize("id", ["falls", "huddle", "calls"])
def test_what_has_no_other_unit_offers_none(store, id):
    assert entries.other_units(small.campaign().measure(id)) == []


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"huddle": 0.5}, "either yes or no"),
        ({"huddle": 2}, "either yes or no"),
        ({"triage": -1}, "below nought"),
        ({"falls": 1}, "needs “Bed days” as well"),
        ({"falls": 1, "falls/denominator": 0}, "is nought"),
    ],
)
def test_what_cannot_be_right_in_any_form_is_refused(store, numbers, says):
    small.seed(store, leave_out=1)
    at = desk(store)
    with pytest.raises(entries.Refused, match=says):
        entries.save(at, entries.sheet(at, "w1", small.WEEK, "week"), numbers)


def test_a_correction_keeps_the_notes_beside_the_cells(store):
    small.seed(store)
    at = desk(store)
    entries.save(at, entries.sheet(at, "w1", small.WEEK, "week"), {"triage": 99}, note="Snow")
    assert entries.sheet(at, "w1", small.WEEK, "week").notes == {"triage": "Snow"}
    page = entries.sheet(at, "w1", small.WEEK, "week")
    entries.save(at, page, {"huddle": 0}, note="Ice")  # the outcome is not among what is saved
    assert entries.sheet(at, "w1", small.WEEK, "week").notes == {"triage": "Snow", "huddle": "Ice"}
    entries.save(at, entries.sheet(at, "w1", small.WEEK, "week"), {"triage": 98})
    assert entries.sheet(at, "w1", small.WEEK, "week").notes == {"triage": "Snow", "huddle": "Ice"}
