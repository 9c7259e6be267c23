"""Tests of change: kept like observations, numbered at each site, never overwritten unseen, wound back like them."""

from __future__ import annotations

import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.model import Scale, TestOfChange, Verdict
from measures.store import Conflict, InvalidEntry, StoreError, UnknownCampaign, open_store
from measures.store.sqlite import SqliteStore
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, save


def trial(number=0, **rest):
    """A test by ann at s1, started in March 2019."""
    known = {"site": "s1", "what": "Ask twice", "prediction": "Fewer forget", "scale": Scale.SHIFT, "started": MARCH}
    return TestOfChange(number=number, **{**known, "author": "ann", "at": AT, **rest})


def ended(test, verdict=Verdict.ADAPT, **rest):
    """The test as bob finished it."""
    return replace(test, **{"ended": APRIL, "learned": "Only at night", "verdict": verdict, "author": "bob", **rest})


def keep(store, test, seen=0, campaign_id="ae"):
    return store.keep_test(campaign_id, test, source="written", seen=seen)


# -- keeping and reading


def test_a_test_comes_back_as_it_was_written_with_a_number_and_an_id(store):
    given_ = trial(what="Ask “twice” – é", at=AT + timedelta(seconds=1.5))
    kept = keep(store, given_)
    assert kept == replace(given_, number=1, id=kept.id)
    assert kept.id > 0
    assert kept.running
    assert (type(kept.scale), kept.verdict) == (Scale, None)
    assert store.tests_of_change("ae") == store.test_history("ae", "s1", 1) == (kept,)


def test_a_finished_test_comes_back_whole(store):
    kept = keep(store, trial())
    done = keep(store, ended(kept, happened="Two of nine forgot"), kept.id)
    assert done == replace(ended(kept, happened="Two of nine forgot"), id=done.id)
    assert type(done.verdict) is Verdict
    assert not done.running
    assert store.tests_of_change("ae") == (done,)
    assert store.test_history("ae", "s1") == (kept, done)


def test_numbers_count_from_one_at_each_site(store):
    numbers = [keep(store, trial(site=site)).number for site in ("s1", "s2", "s1", "s1", "s2")]
    assert numbers == [1, 1, 2, 3, 2]
    assert [(t.site, t.number) for t in store.tests_of_change("ae")] == [
        ("s1", 1), ("s1", 2), ("s1", 3), ("s2", 1), ("s2", 2)
    ]  # fmt: skip
    assert [t.number for t in store.tests_of_change("ae", "s2")] == [1, 2]
    assert [t.number for t in store.test_history("ae", "s1", 2)] == [2]
    assert store.test_history("ae", "s1", 9) == ()


def test_campaigns_do_not_mix(store):
    store.define(campaign("other"))
    mine, theirs = keep(store, trial()), keep(store, trial(), campaign_id="other")
    assert (store.tests_of_change("ae"), store.tests_of_change("other")) == ((mine,), (theirs,))


def test_a_withdrawn_test_is_listed_and_says_why(store):
    kept = keep(store, trial())
    gone = keep(store, replace(kept, withdrawn="Written down twice"), kept.id)
    assert store.tests_of_change("ae") == (gone,)
    assert not gone.running


def test_as_it_was_known(store):
    """One number winds back the numbers and the tests together."""
    one = keep(store, trial())
    two = save(store, cell(1)).change_id
    three = keep(store, ended(one), one.id)
    four = keep(store, trial(what="Another"))
    assert one.id < two < three.id < four.id
    assert store.tests_of_change("ae", known_at=one.id - 1) == ()
    assert store.tests_of_change("ae", known_at=two) == (one,)
    assert store.tests_of_change("ae", "s1", three.id) == (three,)
    assert store.tests_of_change("ae") == (three, four)
    assert len(store.observations("ae", one.id)) == 0


def test_a_writing_is_a_change_like_any_other(store):
    kept = keep(store, trial(author="bob", at=AT + timedelta(minutes=1)))
    save(store, cell(1))
    frame = store.changes("ae")
    assert frame["entries"].tolist() == [1, 1]
    assert frame["source"].tolist() == ["typed", "written"]
    assert (frame["change_id"][1], frame["actor"][1], frame["at"][1]) == (kept.id, "bob", kept.at)
    assert store.check() == []


def test_no_figure_depends_on_a_test_so_the_version_stays(store):
    kept = keep(store, trial())
    keep(store, ended(kept), kept.id)
    assert store.version("ae") == 1


def test_the_same_again_writes_nothing(store):
    kept = keep(store, trial())
    assert keep(store, replace(kept, author="bob", at=AT + timedelta(days=1)), kept.id) == kept
    assert len(store.changes("ae")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"what": "Ask"}, {"prediction": "None"}, {"scale": Scale.DAY}, {"started": APRIL}, {"happened": "Much"},
        {"withdrawn": "Twice"}, {"ended": APRIL, "learned": "Yes", "verdict": Verdict.ADOPT},
    ],
)  # fmt: skip
def test_every_part_of_a_test_counts_as_a_difference(store, other):
    kept = keep(store, trial())
    assert keep(store, replace(kept, **other), kept.id).id > kept.id


def test_moments_are_kept_in_utc(store):
    there = AT.astimezone(timezone(timedelta(hours=5)))
    assert keep(store, trial(at=there)).at.isoformat() == AT.isoformat()


# -- refusing


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.tests_of_change("no"),
        lambda s: s.test_history("no", "s1"),
        lambda s: keep(s, trial(), campaign_id="no"),
    ],
)
def test_an_unknown_campaign_is_named(store, ask):
    with pytest.raises(UnknownCampaign, match="no campaign called 'no'"):
        ask(store)


@pytest.mark.parametrize(
    ("test", "seen", "says"),
    [
        (trial(site="s9"), 0, "'s9' is not a site of campaign 'ae'"),
        (trial(number=7), 0, "s1 has no test of change 7"),
        (trial(number=-1), 0, "number of a test of change must be"),
        (trial(number=True), 0, "number of a test of change must be"),
        (trial(what=" \n"), 0, "needs its what"),
        (trial(prediction=""), 0, "needs its prediction"),
        (trial(what=None), 0, "plain text"),
        (trial(happened="a\0b"), 0, "plain text"),
        (trial(author=None), 0, "plain text"),
        (trial(scale="county"), 0, "scale of a test of change cannot be 'county'"),
        (trial(started="2019-03-01"), 0, "must be a date"),
        (trial(started=None), 0, "must be a date"),
        (trial(started=datetime(2019, 3, 1)), 0, "must be a date"),
        (ended(trial(), "perhaps"), 0, "verdict of a test of change cannot be 'perhaps'"),
        (ended(trial(), None), 0, "ends with a verdict"),
        (ended(trial(), ended=None), 0, "ends with a verdict"),
        (ended(trial(), learned=" "), 0, "needs what was learned"),
        (ended(trial(started=APRIL), ended=MARCH), 0, "cannot end before it started"),
        (trial(), -1, "revision seen"),
        (trial(), None, "revision seen"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(store, test, seen, says):
    with pytest.raises(InvalidEntry, match=says):
        keep(store, test, seen)
    assert store.version("ae") == 1
    assert store.changes("ae").empty


def test_enums_are_compared_by_value(store):
    """A hot reload gives new enum classes beside old ones."""
    kept = keep(store, ended(trial(scale="week"), "abandon"))
    assert (kept.scale, kept.verdict) == (Scale.WEEK, Verdict.ABANDON)


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(StoreError, match="no time zone"):
        keep(store, trial(at=AT.replace(tzinfo=None)))


# -- conflicts


def test_two_writings_on_one_revision_are_one_conflict(store):
    first = keep(store, trial())
    done = keep(store, ended(first, at=AT + timedelta(minutes=3)), first.id)
    with pytest.raises(Conflict, match="bob changed s1, test of change 1, 2019-03-01 on 05 January 2026") as caught:
        keep(store, replace(first, what="Ask three times"), first.id)
    (clash,) = caught.value.clashes
    assert (clash.site, clash.seen, clash.rev, clash.change_id) == ("s1", first.id, 2, done.id)
    assert (clash.actor, clash.at, clash.source, clash.note) == ("bob", done.at, "written", "Ask twice")
    assert store.test_history("ae", "s1") == (first, done)
    assert pickle.loads(pickle.dumps(caught.value)).clashes == caught.value.clashes


@pytest.mark.parametrize("made_up", [0, 1, 99])
def test_only_the_revision_that_stands_can_be_followed(store, made_up):
    first = keep(store, trial())
    keep(store, ended(first), first.id)
    with pytest.raises(Conflict):
        keep(store, replace(first, what="Mine"), made_up)
    assert store.check() == []


def test_a_new_test_that_was_seen_before_is_refused(store):
    with pytest.raises(Conflict, match="holds nothing"):
        keep(store, trial(), 1)


def test_new_tests_that_are_written_at_once_all_find_their_number(store):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: keep(store, trial(what=f"Test {n}")), range(8)))
    assert sorted(test.number for test in done) == list(range(1, 9))
    assert {test.what for test in store.tests_of_change("ae")} == {f"Test {n}" for n in range(8)}
    assert store.check() == []


def test_threads_that_finish_one_test_at_once_write_one_verdict(store):
    first = keep(store, trial())

    def attempt(n):
        try:
            return keep(store, ended(first, author=f"thread {n}"), first.id)
        except Conflict as conflict:
            return conflict.clashes[0].actor

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(attempt, range(8)))
    (kept,) = store.tests_of_change("ae")
    assert done.count(kept) == 1
    assert done.count(kept.author) == 7
    assert len(store.changes("ae")) == 2


# -- a sequence of writings, beside a plain dictionary

STEP = st.tuples(
    st.sampled_from(["s1", "s2"]),
    st.integers(0, 3),
    st.sampled_from(["Ask", "Ask twice"]),
    st.sampled_from([None, *Verdict]),
    st.sampled_from(["", "", "Twice"]),
    st.sampled_from([0] * 5 + [-1, 1]),
)


@settings(max_examples=30)
@given(st.lists(STEP, max_size=25))
def test_after_any_sequence_what_stands_is_a_plain_dictionary(steps):
    heads, known = {}, {}
    with TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "headway.db", create=True)) as store:
        store.define(campaign())
        for site, number, what, verdict, withdrawn, off in steps:
            test = trial(number, site=site, what=what, withdrawn=withdrawn)
            test = ended(test, verdict, author="ann") if verdict else test
            head = heads.get((site, number))
            seen = max(0, (head.id if head else 0) + off)
            if number and head is None:
                with pytest.raises(InvalidEntry):
                    keep(store, test, seen)
            elif seen != (head.id if head else 0):
                with pytest.raises(Conflict):
                    keep(store, test, seen)
            else:
                kept = keep(store, test, seen)
                if head and replace(head, id=0) == test:
                    assert kept == head
                    continue
                mine = 1 + max((n for s, n in heads if s == site), default=0)
                assert kept == replace(test, number=number or mine, id=kept.id)
                heads[site, kept.number] = kept
                known[kept.id] = dict(heads)
        for change, then in [(None, heads), *known.items()]:
            assert store.tests_of_change("ae", known_at=change) == tuple(then[key] for key in sorted(then))
        assert len(store.changes("ae")) == len(known)
        assert store.check() == []


# -- the table in SQLite

ROW = (
    "insert into test_of_change values"
    " ('ae', 's1', {number}, {rev}, 1, 'Ask', 'Yes', 'day', '2019-03-01', {ended}, '', {learned}, {verdict}, '')"
)
RUNS = {"ended": "null", "learned": "''", "verdict": "null"}
FOLLOWS = {"number": 1, "rev": 2, **RUNS}


@pytest.fixture
def raw(file):
    """A bare connection to a database with one test."""
    keep(file, trial())
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        conn.execute("pragma foreign_keys = on")
        yield conn


@pytest.mark.parametrize(
    "statement",
    [
        "update test_of_change set what = 'Other'",
        "delete from test_of_change",
        ROW.format(**FOLLOWS | {"rev": 1}).replace("insert", "insert or replace"),
        ROW.format(**FOLLOWS | {"rev": 3}),
        ROW.format(**FOLLOWS | {"number": 3, "rev": 1}),
    ],
)
def test_the_table_guards_itself(raw, statement):
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|must follow"):
        raw.execute(statement)
    assert list(raw.iterdump()) == before


@pytest.mark.parametrize(
    "statement",
    [
        ROW.format(**FOLLOWS).replace("'Ask'", "'  '"),
        ROW.format(**FOLLOWS).replace("'Yes'", "''"),
        ROW.format(**FOLLOWS).replace("'day'", "'county'"),
        ROW.format(**FOLLOWS).replace("2019-03-01", "March 2019"),
        ROW.format(**FOLLOWS).replace("2, 1,", "2, 99,"),
        ROW.format(**FOLLOWS).replace("s1", "s9"),
        ROW.format(**FOLLOWS | {"ended": "'2019-03-02'"}),
        ROW.format(**FOLLOWS | {"verdict": "'adopt'", "learned": "'Yes'"}),
        ROW.format(**FOLLOWS | {"ended": "'2019-03-02'", "verdict": "'adopt'"}),
        ROW.format(**FOLLOWS | {"ended": "'2019-02-02'", "verdict": "'adopt'", "learned": "'Yes'"}),
        ROW.format(**FOLLOWS | {"ended": "'2019-03-02'", "verdict": "'maybe'", "learned": "'Yes'"}),
    ],
)
def test_the_table_is_strict(raw, statement):
    raw.execute(ROW.format(**FOLLOWS))  # but for what each statement changes, a row like this is kept
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement.replace("1, 2, 1", "1, 3, 1").replace("1, 2, 99", "1, 3, 99"))


def test_check_finds_damage(file):
    one = keep(file, trial())
    two = keep(file, ended(one), one.id)
    keep(file, replace(two, withdrawn="Twice"), two.id)
    other = keep(file, trial(site="s2"))
    later = keep(file, ended(other), other.id)
    assert file.check() == []
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        for (trigger,) in conn.execute("select name from sqlite_schema where type = 'trigger'").fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute("delete from test_of_change where site_id = 's1' and rev = 2")
        conn.execute("update test_of_change set change_id = 77 where site_id = 's1' and rev = 1")
        conn.execute(f"update test_of_change set change_id = {other.id + later.id} - change_id where site_id = 's2'")
    found = file.check()
    assert "The revisions of test of change 1 of s1 have a gap." in found
    assert "Tests of change name change 77, which is not there." in found
    assert "The revisions of test of change 1 of s2 are out of order." in found
    assert f"Change {two.id} has no entries." in found


def test_a_backup_holds_the_tests(file, tmp_path):
    kept = keep(file, trial())
    file.backup(tmp_path / "copy.db")
    with closing(open_store(tmp_path / "copy.db")) as copy:
        assert copy.tests_of_change("ae") == (kept,)
        assert copy.check() == []
        assert keep(copy, ended(kept), kept.id).id > kept.id


def test_a_database_of_the_schema_before_opens_and_keeps_everything(tmp_path):
    path = tmp_path / "headway.db"
    with closing(SqliteStore(path, create=True)) as store:
        store.define(campaign())
        save(store, cell(1), cell(2, period=APRIL), digest="d")
        numbers, version = store.observations("ae"), store.version("ae")
    with closing(sqlite3.connect(path)) as db:
        db.execute("drop table test_of_change")
        db.execute("delete from _sqlite_migrations where name = 'm0008_tests_of_change'")
        db.commit()
    with closing(open_store(path)) as store:
        assert store.observations("ae").equals(numbers)
        assert (store.version("ae"), store.tests_of_change("ae"), store.check()) == (version, (), [])
        assert keep(store, trial()).number == 1
