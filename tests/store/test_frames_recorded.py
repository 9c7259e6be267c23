"""A whole table as one change: what is true of a few entries is true of it."""

from __future__ import annotations

import math
from dataclasses import astuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.model import Ghost
from measures.store import Conflict, Entry, InvalidEntry, Recorded, StoreError, UnknownCampaign, recording
from measures.store.sqlite import SqliteStore
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, save

FIELDS = ("site", "measure", "period", "group", "numerator", "denominator", "value", "note", "seen")
NUMBERS = ["numerator", "denominator", "value"]


def frame(*entries: Entry) -> pd.DataFrame:
    """Entries as a table."""
    made = pd.DataFrame([astuple(entry) for entry in entries], columns=list(FIELDS))
    made["period"] = pd.to_datetime(made["period"]).astype("datetime64[us]")
    return made.astype(dict.fromkeys(NUMBERS, "float64") | {"seen": "int64"})


def record(store, table, **rest) -> Recorded:
    return store.record_frame("ae", table, **{"actor": "ann", "source": "file: a.csv", "at": AT, **rest})


def test_a_table_is_one_change(store):
    done = record(store, frame(cell(2, period=APRIL), cell(1), cell(3, site="s2", note="late")))
    assert done == Recorded(done.change_id, version=2, written=3)
    found = store.observations("ae")
    assert found["numerator"].tolist() == [1, 2, 3]
    assert found["note"].tolist() == ["", "", "late"]
    assert found["value"].isna().all()
    assert set(found["change_id"]) == {done.change_id}


@pytest.mark.parametrize("kind", ["category", "object", "str"])
def test_texts_may_be_of_any_kind(store, kind):
    table = frame(cell(1), cell(2, site="s2")).astype(dict.fromkeys(("site", "measure", "group", "note"), kind))
    assert record(store, table).written == 2


def test_only_what_differs_is_written(store):
    save(store, cell(1), cell(2, period=APRIL))
    done = record(store, frame(cell(1, 1), cell(3, 1, period=APRIL), cell(None, site="s2")))
    assert done.written == 1
    assert store.observations("ae")["rev"].tolist() == [1, 2]
    assert record(store, frame(cell(1, 1), cell(3, 2, period=APRIL))) == Recorded(None, done.version, 0)


def test_somebody_who_wrote_since_is_named_and_nothing_is_written(store):
    save(store, cell(1), cell(5, period=APRIL))
    save(store, cell(2, 1), cell(6, 1, period=APRIL), actor="bob")
    with pytest.raises(Conflict) as caught:
        record(store, frame(cell(9, site="s2"), cell(8, 1, period=APRIL), cell(7, 1)))
    assert [(clash.actor, clash.period, clash.numerator) for clash in caught.value.clashes] == [
        ("bob", MARCH, 2.0), ("bob", APRIL, 6.0),
    ]  # fmt: skip
    assert len(store.observations("ae")) == 2
    assert store.check() == []


def test_the_same_digest_is_a_no_op(store):
    first = record(store, frame(cell(1)), digest="abc")
    assert record(store, frame(cell(7, 1)), digest="abc") == Recorded(first.change_id, first.version, 0)


def test_a_table_comes_in_pieces_and_says_how_far_it_is(store, monkeypatch):
    monkeypatch.setattr(recording, "PIECE", 3)
    said = []
    done = record(store, frame(*(cell(n, group=f"g{n}") for n in range(10))), progress=said.append)
    assert done.written == 10
    assert said == sorted(said)
    assert (said[0] > 0, said[-1], len(said)) == (True, 1.0, 9)


@pytest.mark.parametrize("at", range(9))
def test_one_that_is_broken_off_leaves_nothing(store, monkeypatch, at):
    monkeypatch.setattr(recording, "PIECE", 3)
    calls = []

    def stop(share: float) -> None:
        calls.append(share)
        if len(calls) > at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(store, frame(*(cell(n, group=f"g{n}") for n in range(10))), progress=stop)
    assert len(store.observations("ae")) == len(store.changes("ae")) == 0
    assert store.version("ae") == 1
    assert record(store, frame(cell(1))).written == 1
    assert store.check() == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"site": "s9"}, "'s9' is not a site of campaign 'ae'"),
        ({"measure": "m9"}, "'m9' is not a measure of campaign 'ae'"),
        ({"note": "a\0b"}, "plain text"),
        ({"site": None}, "plain text"),
        ({"seen": -1}, "revisions seen"),
        ({"seen": 0.5}, "revisions seen"),
        ({"period": pd.Timestamp("2019-03-01 10:00")}, "time of day"),
        ({"period": pd.NaT}, "one is missing"),
        ({"period": "2019-03-01"}, "must be dates"),
        ({"numerator": math.inf}, "inf for s1, waits, all, 2019-03-01 cannot be kept"),
        ({"value": 2**53 + 1}, "cannot be kept"),
        ({"value": "many"}, "must hold numbers"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(store, change, says):
    table = frame(cell(1), cell(2, site="s2"))
    (name, wrong), *_ = change.items()
    table[name] = [wrong, table[name].iloc[1]] if name != "value" else wrong
    if name == "period" and isinstance(wrong, str):
        table[name] = "2019-03-01"
    with pytest.raises(InvalidEntry, match=says):
        record(store, table)
    assert len(store.observations("ae")) == 0


def test_a_cell_given_twice_and_a_column_that_is_missing_are_refused(store):
    with pytest.raises(InvalidEntry, match="s1, waits, all, 2019-03-01 is given twice"):
        record(store, frame(cell(1), cell(2, site="s2"), cell(3)))
    with pytest.raises(InvalidEntry, match="it lacks seen"):
        record(store, frame(cell(1)).drop(columns="seen"))
    with pytest.raises(UnknownCampaign):
        store.record_frame("no", frame(cell(1)), actor="ann", source="file", at=AT)
    with pytest.raises(StoreError, match="no change 9"):
        record(store, frame(cell(1)), undoes=9)


def test_no_rows_write_nothing(store):
    assert record(store, frame(cell(1)).iloc[:0]) == Recorded(None, 1, 0)


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["s1", "s2"]), st.sampled_from(["all", "b", "é"]), st.sampled_from([MARCH, APRIL]),
        st.none() | st.floats(allow_nan=False, allow_infinity=False), st.text(st.characters(exclude_characters="\0")),
    ),
    unique_by=lambda row: row[:3],
)  # fmt: skip


@settings(max_examples=25)
@given(rounds=st.lists(ENTRIES, max_size=3))
def test_a_table_and_its_entries_leave_the_same_behind(rounds, tmp_path_factory):
    folder = tmp_path_factory.mktemp("both")
    one, other = (SqliteStore(folder / f"{name}.db", create=True) for name in ("one", "other"))
    try:
        for store in (one, other):
            store.define(campaign())
        for rows in rounds:
            heads = one.observations("ae").astype({"site": str, "group": str})
            heads = {(r.site, r.group, r.period.date()): r.rev for r in heads.itertuples()}
            entries = [
                Entry(site, "waits", when, group, value=number, note=note, seen=int(heads.get((site, group, when), 0)))
                for site, group, when, number, note in rows
            ]
            about = {"actor": "ann", "source": "file", "at": AT}
            assert one.record("ae", entries, **about) == other.record_frame("ae", frame(*entries), **about)
        assert one.observations("ae").equals(other.observations("ae"))
    finally:
        one.close()
        other.close()


# -- what a change wrote


def test_what_a_change_wrote_and_what_stood_before(store):
    first = save(store, cell(1, note="n"))
    done = record(store, frame(cell(2, 1), cell(5, site="s2")))
    save(store, cell(3, 2))
    found = store.written_by("ae", done.change_id)
    assert found[["site", "rev", "head", "numerator"]].to_numpy().tolist() == [["s1", 2, 3, 2.0], ["s2", 1, 1, 5.0]]
    assert found["was_numerator"].fillna(-1).tolist() == [1, -1]
    assert (found["note"].tolist(), found["was_note"].tolist()) == (["", ""], ["n", ""])
    assert found["period"].tolist() == [pd.Timestamp(MARCH)] * 2
    assert store.written_by("ae", first.change_id)["head"].tolist() == [3]
    empty = store.written_by("ae", 99)
    assert len(empty) == 0
    assert empty.dtypes.astype(str).to_dict() == found.dtypes.astype(str).to_dict()
    with pytest.raises(UnknownCampaign):
        store.written_by("no", 1)


def test_a_change_is_found_by_its_id_or_digest_and_knows_whether_it_was_taken_back(store):
    first = record(store, frame(cell(1)), digest="abc").change_id
    assert store.change("ae", "abc") == store.change("ae", first)
    assert (store.change("ae", first).source, store.change("ae", first).undone_by) == ("file: a.csv", None)
    second = record(store, frame(cell(None, 1)), undoes=first).change_id
    assert store.change("ae", first).undone_by == second
    third = record(store, frame(cell(1, 2)), undoes=second).change_id
    assert store.change("ae", first).undone_by is None
    assert store.change("ae", second).undone_by == third
    assert store.change("ae", "abd") is None
    assert store.change("ae", 99) is None


def test_files_and_large_changes_are_listed_newest_first(store):
    save(store, cell(1))
    file = record(store, frame(cell(2, 1)), digest="abc").change_id
    many = record(store, frame(*(cell(n, group=f"g{n}") for n in range(20)), cell(1, site="s2"))).change_id
    undo = record(store, frame(cell(1, 2)), undoes=file).change_id
    found = store.large_changes("ae")
    assert found["change_id"].tolist() == [undo, many, file]
    assert found["entries"].tolist() == [1, 21, 1]
    assert found["undone_by"].fillna(0).tolist() == [0, 0, undo]
    assert store.large_changes("ae", site="s2", least=1)[["change_id", "entries"]].to_numpy().tolist() == [[many, 1]]
    assert len(store.large_changes("ae", site="s2")) == 0
    assert store.large_changes("ae", limit=1)["change_id"].tolist() == [undo]
    assert found.dtypes.astype(str).to_dict() == store.large_changes("ae", least=99).dtypes.astype(str).to_dict()


def test_decisions_about_charts_are_no_large_changes(store):
    store.decide_ghost("ae", Ghost("s1", "waits", "all", MARCH, True, "Snow closed us", "ann", AT), source="decided")
    assert len(store.changes("ae")) == 1
    assert len(store.large_changes("ae", least=0)) == 0
