"""Many months at once: nothing dropped, nothing half-saved, nothing overwritten unseen."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.access import Forbidden
from measures.actions import entries, grid, meetings, read, typed
from measures.actions.entries import Overwritten, Refused
from measures.actions.grid import Kind
from measures.actions.read import Desk
from measures.demo import ae
from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store.sqlite import SqliteStore
from tests.actions.desks import desk

MARCH, APRIL = date(2019, 3, 1), date(2019, 4, 1)
GOOD = {(APRIL, "attendances"): "18,000", (APRIL, "within4h"): "15 500", (APRIL, "admitted"): "3600"}


def kinds(found):
    return [(cell.key, cell.kind.value, cell.was, cell.now) for cell in found.cells]


def test_a_row_for_each_month_oldest_first_and_a_column_for_each_number_asked_for(store):
    table = grid.open_grid(desk(store), "RJ1")
    assert (len(table.periods), table.periods[0], table.periods[-1]) == (24, date(2017, 5, 1), APRIL)
    assert [c.key for c in table.columns] == ["attendances", "within4h", "admitted"]
    assert table.text((MARCH, "attendances")) == "19,017"
    assert table.text((APRIL, "attendances")) == ""
    assert len(grid.open_grid(desk(store), "RJ1", months=None).periods) == 37


def test_a_choice_of_measures_brings_the_denominator_they_share(store):
    table = grid.open_grid(desk(store), "RJ1", measures=["admitted"], months=3)
    assert [c.key for c in table.columns] == ["attendances", "admitted"]
    assert len(table.periods) == 3


def test_a_pasted_month_is_new_and_saved_as_one_change(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    found = grid.differences(table, GOOD)
    assert kinds(found) == [
        ("attendances", "new", "", "18,000"),
        ("within4h", "new", "", "15,500"),
        ("admitted", "new", "", "3,600"),
    ]
    done = grid.save(at, table, GOOD)
    assert done.written == 3
    assert [f.now for f in entries.sheet(at, "RJ1", APRIL).fields] == [18_000, 15_500, 3_600]
    assert set(read.history(at, "RJ1", APRIL)["source"]) == {"table"}


def test_the_shared_denominator_changes_every_cell_it_is_part_of_and_no_other_month(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    edited = {(MARCH, "attendances"): "19,018", (date(2019, 2, 1), "attendances"): "17,119"}
    found = grid.differences(table, edited)
    assert kinds(found) == [("attendances", "changed", "19,017", "19,018")]  # February is what it was
    done = grid.save(at, table, edited)
    rows = store.written_by(ae.ID, done.change_id)
    assert sorted(zip(rows["measure"], rows["period"].dt.strftime("%Y-%m-%d"))) == [
        ("admitted", "2019-03-01"), ("attendances", "2019-03-01"), ("within4h", "2019-03-01")
    ]  # fmt: skip
    head = grid.open_grid(at, "RJ1").head("within4h", MARCH)
    assert (head.denominator, head.numerator) == (19_018, table.head("within4h", MARCH).numerator)


def test_what_is_not_shown_is_kept_and_takes_part(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1", measures=["admitted"], months=1)
    edited = {(MARCH, "attendances"): "19,020", (MARCH, "within4h"): "16,000"}
    assert [c.key for c in grid.differences(table, edited).cells] == ["attendances", "within4h"]
    grid.save(at, table, edited)
    assert grid.open_grid(at, "RJ1").head("admitted", MARCH).denominator == 19_020


def test_cells_that_were_not_changed_write_nothing(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    before = store.version(ae.ID)
    same = {(period, c.key): table.text((period, c.key)) for period in table.periods for c in table.columns}
    assert grid.differences(table, same).cells == ()
    assert grid.save(at, table, same).change_id is None
    assert store.version(ae.ID) == before


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("n/a", "“n/a” is not a number"),
        ("1.234,5", "1.234,5"),
        ("12,34", "12,34"),
        ("=1+1", "is not a number"),
        ("-", "is not a number"),
        (".", "is not a number"),
        ("NaN", "is not a number"),
        ("yes", "is not a count"),
        ("85%", "is a share"),
        ("12 people", "12 people"),
        ("9" * 30, "kept exactly"),
        ("-5", "below nought"),
        ("10.5", "whole number"),
        ("20,000", "been swapped"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_reason_and_nothing_is_written(store, given, says):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    before = store.version(ae.ID)
    edited = {(MARCH, "within4h"): given, (MARCH, "admitted"): "5,000"}
    found = grid.differences(table, edited)
    assert [(c.key, c.now) for c in found.refused] == [("within4h", given)]
    assert says in found.refused[0].reason
    with pytest.raises(Refused, match="March 2019 · Of these, seen within four hours"):
        grid.save(at, table, edited)
    assert store.version(ae.ID) == before


def test_the_rules_are_those_of_the_page_for_one_month(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    edited = {(APRIL, "within4h"): "5"}
    (refused,) = grid.differences(table, edited).refused
    assert refused.reason == "“Of these, seen within four hours” needs “Attendances” as well."


def test_emptying_is_said_before_it_is_done_and_stays_in_the_history(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    edited = {(MARCH, c.key): " " for c in table.columns}
    found = grid.differences(table, edited)
    assert [c.kind for c in found.cells] == [Kind.EMPTIED] * 3
    with pytest.raises(Refused, match="3 cells may be emptied"):
        grid.save(at, table, edited)
    assert grid.save(at, table, edited, emptying=True).written == 3
    assert [f.now for f in entries.sheet(at, "RJ1", MARCH).fields] == [None] * 3
    assert len(read.history(at, "RJ1", MARCH)) == 6


def test_a_denominator_cannot_be_emptied_from_under_its_share(store):
    table = grid.open_grid(desk(store), "RJ1")
    (refused,) = grid.differences(table, {(MARCH, "attendances"): ""}).cells
    assert "needs “Attendances” as well" in refused.reason


def test_an_unlikely_number_is_queried_and_can_be_saved(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    edited = GOOD | {(APRIL, "attendances"): "1800", (APRIL, "within4h"): "1550", (APRIL, "admitted"): "360"}
    ((period, query),) = grid.queries(at, table, edited)
    assert (period, query[0]) == (APRIL, "attendances")
    assert grid.queries(at, table, GOOD) == []
    assert grid.save(at, table, edited).written == 3


def test_a_note_is_a_cell_like_any_other(store):
    at = desk(store)
    table = grid.open_grid(at, "RJ1")
    assert grid.save(at, table, {(MARCH, "note"): " New  triage desk "}).written == 1
    table = grid.open_grid(at, "RJ1")
    assert table.text((MARCH, "note")) == "New triage desk"
    grid.save(at, table, {(MARCH, "within4h"): "16,000"}, note="Counted again")
    assert grid.open_grid(at, "RJ1").text((MARCH, "note")) == "New triage desk"
    (refused,) = grid.differences(table, {(MARCH, "note"): "x" * 201}).refused
    assert "at most 200" in refused.reason


def test_a_reason_stands_beside_what_has_no_note(store):
    at = desk(store)
    grid.save(at, grid.open_grid(at, "RJ1"), {(MARCH, "within4h"): "16,000"}, note="Counted again")
    assert grid.open_grid(at, "RJ1").text((MARCH, "note")) == "Counted again"


def test_two_people_the_second_sees_what_the_first_wrote_and_when(store):
    one, two = desk(store), desk(store)
    first, second = grid.open_grid(one, "RJ1"), grid.open_grid(two, "RJ1")
    grid.save(one, first, {(MARCH, "within4h"): "16,000"})
    mine = {(MARCH, "within4h"): "16,100", (MARCH, "admitted"): "3,700", (date(2019, 2, 1), "admitted"): "3,500"}
    before = store.version(ae.ID)
    with pytest.raises(Overwritten):
        grid.save(two, second, mine)
    assert store.version(ae.ID) == before
    fresh = grid.open_grid(two, "RJ1")
    assert meetings.moved_on(second, fresh)
    (meeting,) = meetings.meetings(second, fresh, mine)
    assert (meeting.place, meeting.mine, meeting.theirs) == ((MARCH, "within4h"), "16,100", "16,000")
    assert meeting.moved[0].actor == "Guy's and St Thomas' team"
    assert meeting.moved[0].at is not None
    assert grid.save(two, fresh, mine).written == 3  # having seen it


def test_a_denominator_typed_while_somebody_changed_its_share_is_asked_about(store):
    at = desk(store)
    first, second = grid.open_grid(at, "RJ1"), grid.open_grid(at, "RJ1")
    grid.save(at, first, {(MARCH, "within4h"): "16,000"})
    mine = {(MARCH, "attendances"): "19,100"}
    with pytest.raises(Overwritten):
        grid.save(at, second, mine)
    (meeting,) = meetings.meetings(second, grid.open_grid(at, "RJ1"), mine)
    assert [clash.measure for clash in meeting.moved] == ["within4h"]


def test_the_same_typed_by_both_needs_no_choice(store):
    at = desk(store)
    first, second = grid.open_grid(at, "RJ1"), grid.open_grid(at, "RJ1")
    mine = {(MARCH, "within4h"): "16,000"}
    grid.save(at, first, mine)
    fresh = grid.open_grid(at, "RJ1")
    assert meetings.meetings(second, fresh, mine) == ()
    assert grid.save(at, fresh, mine).change_id is None


def test_nothing_is_saved_while_looking_back(store):
    table = grid.open_grid(desk(store), "RJ1")
    with pytest.raises(Refused, match="earlier date"):
        grid.save(desk(store, as_of=date(2018, 4, 15)), table, GOOD)


def test_a_cell_that_is_not_in_the_table_is_refused(store):
    table = grid.open_grid(desk(store), "RJ1")
    for place in ((date(2030, 1, 1), "within4h"), (MARCH, "weather")):
        assert "no such cell" in grid.differences(table, {place: "1"}).refused[0].reason


@pytest.mark.parametrize("who", ["executive", "lead", "team:R1H"])
def test_only_the_sites_own_team_has_the_table(store, who):
    at, table = desk(store, who), grid.open_grid(desk(store), "RJ1")
    for ask in (
        lambda: grid.open_grid(at, "RJ1"),
        lambda: grid.queries(at, table, GOOD),
        lambda: grid.save(at, table, GOOD),
    ):
        with pytest.raises(Forbidden):
            ask()


# --- any sequence of edits by two people -------------------------------------------------------------


def measure(id, form, **more):
    return Measure(id, id, id, "", Family.PROCESS, form, Direction.UP, "", id, **more)


SMALL = Campaign(
    id="small", name="Small", purpose="", start=date(2019, 1, 1), end=date(2019, 12, 1),
    baseline_start=date(2019, 1, 1), baseline_end=date(2019, 2, 1), sites=(Site("a", "A"),),
    measures=(
        measure("came", Form.COUNT),
        measure("seen", Form.PROPORTION, denominator_measure="came", order=1),
        measure("falls", Form.RATE, denominator_label="days", rate_base=1000.0, order=2),
        measure("minutes", Form.VALUE, order=3),
    ),
    main_measure="seen", demo=True, today=date(2019, 4, 10),
)  # fmt: skip
KEYS = ("came", "seen", "falls/denominator", "falls", "minutes", "note")
PERIODS = (date(2019, 1, 1), date(2019, 2, 1), date(2019, 3, 1))

places = st.tuples(st.sampled_from(PERIODS), st.sampled_from(KEYS))
texts = st.sampled_from(["", "0", "1", "5", "12", "1,200", "0.5", "-1", "n/a", " 7 "])
acts = st.lists(
    st.tuples(st.sampled_from("ab"), st.dictionaries(places, texts, max_size=5), st.sampled_from(["save", "look"])),
    max_size=8,
)


@settings(max_examples=30)
@given(acts)
def test_whatever_two_people_do_nothing_acknowledged_is_lost_and_nothing_overwritten_unseen(tmp_path_factory, acts):
    store = SqliteStore(tmp_path_factory.mktemp("two") / "two.db", create=True)
    try:
        _two_people(store, acts)
    finally:
        store.close()


def _two_people(store, acts):
    store.define(SMALL)
    review = read.compute(store, "small", SMALL.today)
    at = Desk(store, read.stand_in(SMALL, "team:a"), SMALL, SMALL.today, lambda *_: review)
    assert grid.open_grid(at, "a").every == PERIODS
    held = {person: grid.open_grid(at, "a") for person in "ab"}
    acknowledged = {}
    for person, edited, act in acts:
        table = held[person]
        if act == "look":
            held[person] = grid.open_grid(at, "a")
            continue
        found = grid.differences(table, edited)
        seen = {k: h.rev for k, h in table.heads.items()}
        fresh = grid.open_grid(at, "a")
        now = {k: h.rev for k, h in fresh.heads.items()}
        version = store.version("small")
        try:
            done = grid.save(at, table, edited, emptying=True)
        except Refused:
            assert found.refused
            assert store.version("small") == version
            continue
        except Overwritten as other:
            assert store.version("small") == version
            assert all(seen.get((c.measure, c.period), 0) != now.get((c.measure, c.period), 0) for c in other.clashes)
            continue
        after = grid.open_grid(at, "a")
        wrote = {k: h for k, h in after.heads.items() if h.rev != now.get(k, 0)}
        assert (done.change_id is None) == (not wrote)
        for cell, head in wrote.items():  # each as its author had seen it
            assert head.rev == seen.get(cell, 0) + 1
            acknowledged.setdefault(cell, []).append((head.rev, head.numerator, head.denominator, head.value))
        for cell in found.cells:  # and holds what was typed
            assert after.text(cell.place) == cell.now
        held[person] = after
    for (name, period), wrote in acknowledged.items():
        rows = store.history("small", "a", name, period).astype(object)
        rows = rows.where(rows.notna(), None)
        assert list(zip(rows["rev"], rows["numerator"], rows["denominator"], rows["value"])) == wrote


@given(st.floats(0, 1e15, allow_nan=False) | st.integers(0, 2**53).map(float))
def test_a_number_that_is_shown_is_read_as_the_very_same(number):
    for one in SMALL.measures:
        assert typed.reading(typed.shown(number, one), one) == number


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_a_sentence(text):
    try:
        found = typed.reading(text, SMALL.measures[0])
    except ValueError as wrong:
        assert str(wrong).endswith((".", "?")) or "“" in str(wrong)
    else:
        assert found is None or -(2**53) <= found <= 2**53


def test_a_yes_or_no_is_typed_as_such():
    one = measure("met", Form.YES_NO)
    assert [typed.reading(text, one) for text in ("Yes", "n", "", "1")] == [1, 0, None, 1]
    assert (typed.shown(1.0, one), typed.shown(0.0, one)) == ("Yes", "No")
    with pytest.raises(ValueError, match="neither yes nor no"):
        typed.reading("perhaps", one)
