"""Corrections: what was known when, what a cell has held, why it was changed, and taking that back."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from measures.access import Forbidden
from measures.actions import corrections, entries, read
from measures.actions.corrections import Since
from measures.actions.read import Desk
from measures.demo import ae
from measures.store.base import Entry
from tests.actions.test_entries import APRIL, GOOD

MARCH = date(2019, 3, 1)
HERE = "RJ1", "within4h", APRIL
REVIEWS = {}
"""Those computed already, by file, version, date and knowledge."""


def desk(store, who="team:RJ1", as_of=ae.TODAY, known_at=None):
    def load(id, version, day, known):
        key = (str(store.path), version, day, known)
        if key not in REVIEWS:
            REVIEWS[key] = read.compute(store, id, day, known)
        return REVIEWS[key]

    campaign = store.campaign(ae.ID)
    return Desk(store, read.stand_in(campaign, who), campaign, as_of, load, known_at)


@pytest.fixture
def april(store):
    """April, saved once."""
    at = desk(store)
    return entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD, note="New triage desk").change_id


def correct(store, **numbers):
    at = desk(store)
    why = numbers.pop("why", "")
    return corrections.correct(at, entries.sheet(at, "RJ1", APRIL), GOOD | numbers, why)


def numbers_of(store, measure="within4h"):
    row = store.history(ae.ID, "RJ1", measure, APRIL).iloc[-1]
    return [row[name] for name in ("numerator", "denominator", "value")]


# --- correcting and undoing --------------------------------------------------------------------------


def test_a_correction_keeps_what_was_there_and_says_why(store, april):
    done = correct(store, within4h=15_600, why="  Two wards were   counted twice ")
    assert done.written == 1
    rows = corrections.of_series(desk(store), "RJ1", "within4h")
    last = rows[(rows["period"] == pd.Timestamp(APRIL)).to_numpy()].iloc[-1]
    assert (last["from_numerator"], last["numerator"], last["rev"]) == (15_500, 15_600, 2)
    assert corrections.why(last["source"]) == "Two wards were counted twice"
    assert last["note"] == "New triage desk"


def test_a_correction_without_a_reason_is_one_all_the_same(store, april):
    correct(store, within4h=15_600)
    rows = corrections.corrected(desk(store), corrections.of_series(desk(store), "RJ1", "within4h"))
    assert rows["period"].tolist() == [pd.Timestamp(APRIL)]
    assert corrections.why(rows["source"].iloc[0]) == ""
    assert correct(store, within4h=15_600).written == 0


def test_only_the_last_correction_of_a_month_stands_in_the_table_and_a_note_is_none(store, april):
    correct(store, within4h=15_600)
    correct(store, within4h=15_700, why="One more")
    at = desk(store)
    entries.save(at, entries.sheet(at, "RJ1", APRIL), GOOD | {"within4h": 15_700}, note="Another word")
    rows = corrections.corrected(at, corrections.of_series(at, "RJ1", "within4h"))
    assert rows[["from_numerator", "numerator"]].to_numpy().tolist() == [[15_600, 15_700]]


@pytest.mark.parametrize(
    ("numbers", "says"), [({"within4h": 18_001}, "swapped"), ({"within4h": -1}, "nought"), ({"why": "x" * 201}, "200")]
)
def test_what_cannot_be_right_is_refused_and_nothing_is_written(store, april, numbers, says):
    before = store.version(ae.ID)
    with pytest.raises(entries.Refused, match=says):
        correct(store, **numbers)
    assert store.version(ae.ID) == before


def test_two_people_correct_one_cell_and_the_second_sees_the_first(store, april):
    at = desk(store)
    seen = entries.sheet(at, "RJ1", APRIL)
    correct(store, within4h=15_600)
    with pytest.raises(entries.Overwritten) as refused:
        corrections.correct(at, seen, GOOD | {"within4h": 15_700}, "Mine")
    assert refused.value.clashes[0].numerator == 15_600
    assert numbers_of(store)[0] == 15_600


def test_one_cell_is_undone_and_the_others_of_its_change_stay(store, april):
    done = correct(store, within4h=15_600, admitted=3_700)
    corrections.undo_cell(desk(store), *HERE, done.change_id)
    assert numbers_of(store)[0] == 15_600 - 100
    assert numbers_of(store, "admitted")[0] == 3_600  # it has the same denominator, so it goes back too
    history = store.history(ae.ID, *HERE)
    assert history["rev"].tolist() == [1, 2, 3]
    assert history["undoes"].iloc[-1] == done.change_id


def test_cells_with_one_denominator_go_back_together(store, april):
    done = correct(store, attendances=18_100)
    assert done.written == 3
    corrections.undo_cell(desk(store), *HERE, done.change_id)
    assert numbers_of(store, "attendances")[2] == 18_000
    assert [numbers_of(store, m)[1] for m in ("within4h", "admitted")] == [18_000, 18_000]


def test_what_somebody_has_written_to_since_is_not_undone(store, april):
    first = correct(store, within4h=15_600)
    correct(store, within4h=15_700)
    version = store.version(ae.ID)
    with pytest.raises(entries.Overwritten):
        corrections.undo_cell(desk(store), *HERE, first.change_id)
    with pytest.raises(entries.Refused, match="nothing to undo"):
        corrections.undo_cell(desk(store), *HERE, 999)
    assert store.version(ae.ID) == version


def test_undoing_the_first_entry_leaves_no_number_and_not_nought(store, april):
    corrections.undo_cell(desk(store), "RJ1", "attendances", APRIL, april)
    assert np.isnan(numbers_of(store, "attendances")[2])
    assert read.site(desk(store), "RJ1", "attendances").points["period"].max() == pd.Timestamp(MARCH)


@pytest.mark.parametrize("who", ["executive", "lead", "team:R1H"])
def test_only_the_sites_own_team_corrects(store, april, who):
    page, version = entries.sheet(desk(store), "RJ1", APRIL), store.version(ae.ID)
    with pytest.raises(Forbidden):
        corrections.correct(desk(store, who), page, GOOD | {"within4h": 1})
    with pytest.raises(Forbidden):
        corrections.undo_cell(desk(store, who), *HERE, april)
    if who != "lead":
        with pytest.raises(Forbidden):
            corrections.of_series(desk(store, who), "RJ1", "within4h")
    assert store.version(ae.ID) == version


def test_nothing_is_corrected_while_looking_back(store, april):
    page = entries.sheet(desk(store), "RJ1", APRIL)
    for at in (desk(store, as_of=date(2018, 4, 15)), desk(store, known_at=april)):
        assert not corrections.may_correct(at, "RJ1")
        with pytest.raises(entries.Refused, match="earlier date"):
            corrections.correct(at, page, GOOD | {"within4h": 1})
        with pytest.raises(entries.Refused, match="earlier date"):
            corrections.undo_cell(at, *HERE, april)


# --- as it was known ---------------------------------------------------------------------------------


def write(store, when, *cells):
    made = [Entry("RJ1", m, p, numerator=n, denominator=20_000, seen=s) for m, p, n, s in cells]
    return store.record(ae.ID, made, actor="Ann", source="corrected: Late post", at=when).change_id


def test_the_last_change_by_the_end_of_a_day_where_the_campaign_is(store):
    campaign = store.campaign(ae.ID)
    last_minute = write(store, datetime(2019, 4, 30, 22, 59, tzinfo=UTC), ("within4h", MARCH, 1.0, 1))
    after = write(store, datetime(2019, 4, 30, 23, 0, tzinfo=UTC), ("within4h", MARCH, 2.0, 2))
    assert corrections.change_by(store, campaign, date(2019, 4, 10)) is None
    assert corrections.change_by(store, campaign, date(2019, 4, 11)) == 1
    assert corrections.change_by(store, campaign, date(2019, 4, 30)) == last_minute
    assert corrections.change_by(store, campaign, date(2019, 5, 1)) == after
    assert corrections.began(store, campaign) == date(2019, 4, 11)


def test_as_the_board_saw_it_and_what_has_changed_since(store):
    late = datetime(2019, 6, 1, tzinfo=UTC)
    write(store, late, ("within4h", MARCH, 5.0, 1), ("within4h", date(2019, 2, 1), 6.0, 1), ("admitted", APRIL, 7.0, 0))
    on = date(2019, 4, 15)
    then, now = desk(store, "lead", on, known_at=1), desk(store, "lead", on)
    assert corrections.since(then) == Since(0, 2)  # April was not over
    assert corrections.since(now) == Since(0, 0)
    assert corrections.since(desk(store, "lead", date(2019, 5, 15), known_at=1)) == Since(1, 2)
    seen, corrected = (read.site(d, "RJ1").points.iloc[-1]["numerator"] for d in (then, now))
    assert (seen, corrected) == (16_237, 5)
    rows = corrections.corrected(then, corrections.of_series(then, "RJ1", "within4h"))
    assert rows[["from_numerator", "numerator"]].to_numpy()[-1].tolist() == [16_237, 5]
    assert corrections.why(rows["source"].iloc[-1]) == "Late post"


def test_what_was_changed_and_changed_back_does_not_differ(store):
    def put(number, seen):
        entry = Entry("RJ1", "attendances", MARCH, value=number, seen=seen)
        store.record(ae.ID, [entry], actor="Ann", source="typed", at=datetime(2019, 6, 1, tzinfo=UTC))

    put(5.0, 1)
    assert corrections.since(desk(store, as_of=date(2019, 4, 15), known_at=1)) == Since(0, 1)
    put(19_017.0, 2)
    assert corrections.since(desk(store, as_of=date(2019, 4, 15), known_at=1)) == Since(0, 0)
