"""Completeness as each role may see it."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from measures.access import Forbidden
from measures.actions import completeness, entries
from measures.demo import ae
from measures.model import Timing
from measures.store.base import Entry
from tests.actions import desks
from tests.actions.test_entries import APRIL, GOOD


def desk(store, who="lead", as_of=ae.TODAY):
    return desks.desk(store, who, as_of)


def test_a_lead_sees_every_site_and_a_team_its_own(store):
    assert len(completeness.table(desk(store))) == 3 * 134
    assert set(completeness.table(desk(store, "team:RJ1"))["site"]) == {"RJ1"}
    assert set(completeness.of_site(desk(store, "team:RJ1"), "RJ1")["site"]) == {"RJ1"}
    for refused in (
        lambda: completeness.table(desk(store, "executive")),
        lambda: completeness.of_site(desk(store, "team:RJ1"), "R1H"),
        lambda: completeness.board(desk(store, "team:RJ1")),
        lambda: completeness.board(desk(store, "executive")),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_month_that_is_typed_is_in_and_no_longer_awaited(store):
    team = desk(store, "team:RJ1")
    entries.save(team, entries.sheet(team, "RJ1", APRIL), GOOD)
    found = completeness.board(desk(store))
    assert found.next_reported == 1
    assert not (found.outstanding["site"] == "RJ1").any()
    rows = completeness.of_site(team, "RJ1")
    assert (rows["due"] == 0).all()
    assert (rows["streak"] == 37).all()


def test_a_number_corrected_later_stays_on_time_and_one_that_first_came_later_is_late(store):
    """Moments are the store's: the first with a number counts, also where the cell was blanked in between."""

    def write(day, seen, number):
        entry = Entry("RF4", "attendances", date(2019, 4, 1), value=number, seen=seen)
        store.record(ae.ID, [entry], actor="team", source="typed", at=datetime(2019, 5, day, 9, tzinfo=UTC))

    write(12, 0, 900.0)
    write(20, 1, None)
    write(28, 2, 950.0)
    frame = store.observations(ae.ID)
    mine = frame[((frame["site"] == "RF4") & (frame["period"] == pd.Timestamp(APRIL))).to_numpy()]
    assert mine["first_at"].tolist() == [pd.Timestamp("2019-05-12T09:00Z")]
    late = completeness.of_site(desk(store, as_of=date(2019, 6, 1)), "RF4").set_index("measure")
    assert late.loc["attendances", "timing"] == Timing.ON_TIME
    assert late.loc["admitted", "timing"] == Timing.MISSING
