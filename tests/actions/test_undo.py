"""Taking a whole change back: everything it wrote or nothing, and only where nobody has written since."""

from datetime import UTC, date, datetime

import pytest

from measures.access import Forbidden
from measures.actions import entries, grid, undo
from measures.actions.entries import Overwritten, Refused
from measures.demo import ae
from measures.store.base import Entry
from tests.actions.desks import desk
from tests.actions.test_grid import APRIL, GOOD, MARCH


def held(at, site="RJ1"):
    """What each cell of a site holds, without who wrote it."""
    heads = grid.open_grid(at, site).heads
    found = {cell: (h.numerator, h.denominator, h.value, h.note) for cell, h in heads.items()}
    return {cell: holds for cell, holds in found.items() if holds != (None, None, None, "")}


def test_a_whole_save_is_taken_back_as_a_new_change(store):
    at = desk(store)
    before = held(at)
    edited = GOOD | {(MARCH, "attendances"): "19,018", (MARCH, "note"): "Counted again", (APRIL, "note"): "Late"}
    done = grid.save(at, grid.open_grid(at, "RJ1"), edited)
    assert done.written == 6
    back = undo.undo(at, done.change_id, site="RJ1")
    assert back.written == 6
    assert held(at) == before
    assert store.changes(ae.ID, 1)["undoes"].tolist() == [done.change_id]


def test_an_undo_can_be_undone(store):
    at = desk(store)
    done = grid.save(at, grid.open_grid(at, "RJ1"), GOOD)
    after = held(at)
    back = undo.undo(at, done.change_id)
    undo.undo(at, back.change_id)
    assert held(at) == after


def test_where_somebody_wrote_since_nothing_is_taken_back(store):
    at = desk(store)
    done = grid.save(at, grid.open_grid(at, "RJ1"), GOOD)
    grid.save(at, grid.open_grid(at, "RJ1"), {(APRIL, "admitted"): "3,601"})
    after = held(at)
    with pytest.raises(Overwritten) as other:
        undo.undo(at, done.change_id)
    assert [(c.measure, c.numerator) for c in other.value.clashes] == [("admitted", 3_601)]
    assert held(at) == after


def test_a_change_cannot_be_taken_back_twice(store):
    at = desk(store)
    done = grid.save(at, grid.open_grid(at, "RJ1"), GOOD)
    undo.undo(at, done.change_id)
    with pytest.raises(Overwritten):
        undo.undo(at, done.change_id)


@pytest.mark.parametrize("change", [999_999, 0, -1])
def test_there_must_be_something_to_undo(store, change):
    with pytest.raises(Refused, match="nothing to undo"):
        undo.undo(desk(store), change)


def test_a_team_takes_back_only_what_is_its_own(store):
    months = [Entry(site, "attendances", APRIL, value=5.0) for site in ("RJ1", "R1H")]
    both = store.record(ae.ID, months, actor="Lead", source="file: a.csv", at=datetime(2019, 5, 1, tzinfo=UTC))
    at = desk(store)
    for ask in (lambda: undo.undo(at, both.change_id), lambda: undo.undo(at, both.change_id, site="R1H")):
        with pytest.raises(Forbidden):
            ask()
    assert undo.undo(at, both.change_id, site="RJ1").written == 1
    assert entries.sheet(desk(store, "team:R1H"), "R1H", APRIL).fields[0].now == 5


@pytest.mark.parametrize("who", ["executive", "lead", "team:R1H"])
def test_only_the_sites_own_team_undoes(store, who):
    at = desk(store)
    done = grid.save(at, grid.open_grid(at, "RJ1"), GOOD)
    with pytest.raises(Forbidden):
        undo.undo(desk(store, who), done.change_id)


def test_nothing_is_undone_while_looking_back(store):
    at = desk(store)
    done = grid.save(at, grid.open_grid(at, "RJ1"), GOOD)
    with pytest.raises(Refused, match="earlier date"):
        undo.undo(desk(store, as_of=date(2018, 4, 15)), done.change_id)
