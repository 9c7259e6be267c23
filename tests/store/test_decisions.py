"""Decisions about a chart: kept like observations, never overwritten unseen, wound back with the rest."""

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

from measures.model import ALL, Ghost, Rebase, RebaseStatus
from measures.store import Conflict, InvalidEntry, StoreError, UnknownCampaign, open_store
from measures.store.sqlite import SqliteStore
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, full_campaign, save

ACCEPTED, DECLINED, WITHDRAWN = RebaseStatus


def rebase(status=ACCEPTED, reason="A second triage nurse", **rest):
    """A decision by ann about s1, waits, April 2019."""
    given = {"site": "s1", "measure": "waits", "group": ALL, "on": APRIL, "proposed": "", "author": "ann", "at": AT}
    return Rebase(status=status, reason=reason, **{**given, **rest})


def ghost(ghosted=True, reason="The snow closed us", **rest):
    """A decision by ann about the point of s1, waits, March 2019."""
    given = {"site": "s1", "measure": "waits", "group": ALL, "period": MARCH, "author": "ann", "at": AT}
    return Ghost(ghosted=ghosted, reason=reason, **{**given, **rest})


def decide(store, decision, seen=0, campaign_id="ae"):
    """Keep a decision of either kind."""
    keep = store.decide_rebase if isinstance(decision, Rebase) else store.decide_ghost
    return keep(campaign_id, decision, seen=seen, source="decided")


# -- keeping and reading


def test_a_rebase_comes_back_as_it_was_decided(store):
    given = rebase(proposed="Eight months running lie above the centre – é", at=AT + timedelta(seconds=1.5))
    kept = decide(store, given)
    assert kept == replace(given, id=kept.id)
    assert kept.id > 0
    assert store.rebases("ae") == (kept,)
    assert store.rebase_history("ae", "s1", "waits") == (kept,)
    assert type(kept.status) is RebaseStatus


def test_a_ghost_comes_back_as_it_was_decided(store):
    kept = decide(store, ghost())
    assert kept == replace(ghost(), id=kept.id)
    assert kept.ghosted is True
    assert store.ghosts("ae") == store.ghost_history("ae", "s1", "waits") == (kept,)
    assert store.rebases("ae") == ()


def test_the_latest_decision_counts_and_the_earlier_ones_stay(store):
    first = decide(store, rebase())
    second = decide(store, rebase(WITHDRAWN, "The nurse was for the winter", author="bob"), first.id)
    third = decide(store, rebase(DECLINED, "Nothing has changed here"), second.id)
    assert store.rebases("ae") == (third,)
    assert store.rebase_history("ae", "s1", "waits") == (first, second, third)
    assert first.id < second.id < third.id


def test_a_point_that_was_put_back_is_not_listed_and_can_be_left_out_again(store):
    out = decide(store, ghost())
    back = decide(store, ghost(False, "The count was right"), out.id)
    assert store.ghosts("ae") == ()
    again = decide(store, ghost(reason="The count was wrong after all"), back.id)
    assert store.ghosts("ae") == (again,)
    assert [kept.ghosted for kept in store.ghost_history("ae", "s1", "waits")] == [True, False, True]


def test_decisions_are_sorted_and_each_cell_is_its_own(store):
    for other in ({"site": "s2"}, {"on": MARCH}, {}, {"group": "deprived"}, {"measure": "beds"}):
        decide(store, rebase(**other))
    assert [(r.site, r.measure, r.group, r.on) for r in store.rebases("ae")] == [
        ("s1", "beds", "all", APRIL),
        ("s1", "waits", "all", MARCH),
        ("s1", "waits", "all", APRIL),
        ("s1", "waits", "deprived", APRIL),
        ("s2", "waits", "all", APRIL),
    ]
    assert [(r.group, r.on) for r in store.rebase_history("ae", "s1", "waits")] == [
        ("all", MARCH),
        ("all", APRIL),
        ("deprived", APRIL),
    ]


def test_campaigns_do_not_mix(store):
    store.define(campaign("other"))
    mine, theirs = decide(store, rebase()), decide(store, rebase(), campaign_id="other")
    assert (store.rebases("ae"), store.rebases("other")) == ((mine,), (theirs,))
    assert store.version("ae") == store.version("other") == 2


def test_as_it_was_known(store):
    """One number winds back numbers, rebases and ghosts together."""
    one = save(store, cell(1)).change_id
    two = decide(store, rebase()).id
    three = decide(store, ghost()).id
    four = save(store, cell(2, 1)).change_id
    five = decide(store, rebase(WITHDRAWN, "It was the winter"), two).id
    six = decide(store, ghost(False, "It counts"), three).id
    assert one < two < three < four < five < six

    def known(at):
        numbers = store.observations("ae", at)["numerator"].tolist()
        return numbers, [r.status for r in store.rebases("ae", at)], [g.id for g in store.ghosts("ae", at)]

    assert [known(at) for at in (0, one, two, three, four, five, six, None)] == [
        ([], [], []),
        ([1.0], [], []),
        ([1.0], [ACCEPTED], []),
        ([1.0], [ACCEPTED], [three]),
        ([2.0], [ACCEPTED], [three]),
        ([2.0], [WITHDRAWN], [three]),
        ([2.0], [WITHDRAWN], []),
        ([2.0], [WITHDRAWN], []),
    ]


def test_a_decision_is_a_change_like_any_other(store):
    save(store, cell(1))
    kept = decide(store, rebase(author="bob", at=AT + timedelta(minutes=1)))
    decide(store, ghost())
    frame = store.changes("ae")
    assert frame["entries"].tolist() == [1, 1, 1]
    assert frame["source"].tolist() == ["decided", "decided", "typed"]
    assert (frame["change_id"][1], frame["actor"][1], frame["at"][1]) == (kept.id, "bob", kept.at)
    assert store.check() == []


def test_every_decision_makes_a_new_version(store):
    kept = decide(store, rebase())
    assert store.version("ae") == 2
    decide(store, ghost())
    assert store.version("ae") == 3
    decide(store, rebase(WITHDRAWN), kept.id)
    assert store.version("ae") == 4


def test_the_same_again_writes_nothing(store):
    kept = decide(store, rebase())
    assert decide(store, rebase(author="bob", at=AT + timedelta(days=1)), kept.id) == kept
    out = decide(store, ghost())
    assert decide(store, ghost(), out.id) == out
    assert store.version("ae") == 3
    assert len(store.changes("ae")) == 2


@pytest.mark.parametrize("other", [{"status": DECLINED}, {"reason": "Another"}, {"proposed": "A run of eight"}])
def test_every_part_of_a_decision_counts_as_a_difference(store, other):
    kept = decide(store, rebase())
    assert decide(store, rebase(**other), kept.id).id > kept.id


def test_moments_are_kept_in_utc(store):
    there = AT.astimezone(timezone(timedelta(hours=5)))
    assert decide(store, rebase(at=there)).at.isoformat() == AT.isoformat()


# -- refusing


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.rebases("no"),
        lambda s: s.ghosts("no", 3),
        lambda s: s.rebase_history("no", "s1", "waits"),
        lambda s: s.ghost_history("no", "s1", "waits"),
        lambda s: decide(s, rebase(), campaign_id="no"),
        lambda s: decide(s, ghost(), campaign_id="no"),
    ],
)
def test_an_unknown_campaign_is_named(store, ask):
    with pytest.raises(UnknownCampaign, match="no campaign called 'no'"):
        ask(store)


@pytest.mark.parametrize(
    ("decision", "seen", "says"),
    [
        (rebase(site="s9"), 0, "'s9' is not a site of campaign 'ae'"),
        (rebase(measure="m9"), 0, "'m9' is not a measure of campaign 'ae'"),
        (ghost(site="s9"), 0, "'s9' is not a site of campaign 'ae'"),
        (rebase(on="2019-04-01"), 0, "must be a date"),
        (rebase(on=datetime(2019, 4, 1)), 0, "must be a date"),
        (ghost(period=None), 0, "must be a date"),
        (rebase(reason=""), 0, "needs its reason"),
        (ghost(reason=" \n\t"), 0, "needs its reason"),
        (rebase(reason=None), 0, "plain text"),
        (rebase(proposed="a\0b"), 0, "plain text"),
        (ghost(author=None), 0, "plain text"),
        (rebase("perhaps"), 0, "cannot be 'perhaps'"),
        (rebase(None), 0, "cannot be None"),
        (ghost("yes"), 0, "cannot be 'yes'"),
        (rebase(), -1, "decision seen"),
        (rebase(), 1.0, "decision seen"),
        (ghost(), None, "decision seen"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(store, decision, seen, says):
    with pytest.raises(InvalidEntry, match=says):
        decide(store, decision, seen)
    assert store.version("ae") == 1
    assert store.changes("ae").empty


def test_a_status_is_compared_by_value(store):
    """A hot reload gives new enum classes beside old ones."""
    assert decide(store, rebase("declined")).status is DECLINED


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(StoreError, match="no time zone"):
        decide(store, rebase(at=AT.replace(tzinfo=None)))


# -- conflicts


def test_two_decisions_at_one_cell_are_one_conflict(store):
    kept = decide(store, rebase(author="bob", at=AT + timedelta(minutes=3)))
    with pytest.raises(Conflict, match="bob changed s1, waits, 2019-04-01 on 05 January 2026 at 10:45 UTC") as caught:
        decide(store, rebase(DECLINED, "Not yet"))
    (clash,) = caught.value.clashes
    assert (clash.site, clash.measure, clash.period, clash.group) == ("s1", "waits", APRIL, ALL)
    assert (clash.seen, clash.rev, clash.change_id) == (0, 1, kept.id)
    assert (clash.actor, clash.at, clash.source, clash.note) == ("bob", kept.at, "decided", kept.reason)
    assert store.rebases("ae") == (kept,)
    assert store.version("ae") == 2
    assert pickle.loads(pickle.dumps(caught.value)).clashes == caught.value.clashes


@pytest.mark.parametrize("made_up", [0, 1, 99])
def test_only_the_decision_that_stands_can_be_answered(store, made_up):
    first = decide(store, ghost())
    decide(store, ghost(False, "It counts"), first.id)
    with pytest.raises(Conflict):
        decide(store, ghost(reason="Mine"), made_up)
    assert store.check() == []


def test_a_decision_about_nothing_that_was_seen_is_refused(store):
    with pytest.raises(Conflict, match="holds nothing") as caught:
        decide(store, rebase(), 1)
    assert caught.value.clashes[0].actor is None


def test_the_same_at_another_revision_is_a_conflict_too(store):
    decide(store, rebase())
    with pytest.raises(Conflict):
        decide(store, rebase())


def test_threads_that_decide_at_once_write_one_decision(store):
    def attempt(n):
        try:
            return decide(store, rebase(author=f"thread {n}"))
        except Conflict as conflict:
            return conflict.clashes[0].actor

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(attempt, range(8)))
    (kept,) = store.rebase_history("ae", "s1", "waits")
    assert done.count(kept) == 1
    assert done.count(kept.author) == 7
    assert store.version("ae") == 2
    assert store.check() == []


# -- a sequence of decisions, beside a plain dictionary

CELLS = [(site, "waits", group, on) for site in ("s1", "s2") for group in (ALL, "b") for on in (MARCH, APRIL)]
STEP = st.tuples(
    st.sampled_from(CELLS),
    st.sampled_from([*RebaseStatus, True, False]),
    st.sampled_from(["It changed", "It did not"]),
    st.sampled_from([0] * 5 + [-1, 1]),
)


@settings(max_examples=30)
@given(st.lists(STEP, max_size=25))
def test_after_any_sequence_what_stands_is_a_plain_dictionary(steps):
    heads, known = {}, {}
    with TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "headway.db", create=True)) as store:
        store.define(campaign())
        for where, verdict, reason, off in steps:
            make = Ghost if isinstance(verdict, bool) else Rebase
            decision = make(*where, verdict, reason, *([""] if make is Rebase else []), "ann", AT)
            head = heads.get((make, where))
            seen = max(0, (head.id if head else 0) + off)
            if seen != (head.id if head else 0):
                with pytest.raises(Conflict):
                    decide(store, decision, seen)
                continue
            kept = decide(store, decision, seen)
            if head and replace(head, id=0) == decision:
                assert kept == head
                continue
            assert kept == replace(decision, id=kept.id)
            heads[make, where] = kept
            known[kept.id] = dict(heads)
        assert stand(store, None) == plainly(heads)
        assert store.version("ae") == 1 + len(known)
        for change, then in known.items():
            assert stand(store, change) == plainly(then)
        assert store.check() == []


def stand(store, known_at):
    return store.rebases("ae", known_at), store.ghosts("ae", known_at)


def plainly(heads):
    """What a dictionary of the latest decisions says, in the store's order."""
    ordered = [heads[key] for key in sorted(heads, key=lambda key: key[1])]
    return tuple(d for d in ordered if isinstance(d, Rebase)), tuple(
        d for d in ordered if isinstance(d, Ghost) and d.ghosted
    )


# -- the tables in SQLite


@pytest.fixture
def raw(file):
    """A bare connection to a database with one decision of each kind."""
    decide(file, rebase())
    decide(file, ghost())
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        conn.execute("pragma foreign_keys = on")
        yield conn


REBASE = "insert into rebase values ('ae', 's1', 'waits', 'all', '2019-04-01', {rev}, 1, 'declined', 'No', '')"
GHOST = "insert into ghost values ('ae', 's1', 'waits', 'all', '2019-03-01', {rev}, 2, 0, 'No')"


@pytest.mark.parametrize(
    "statement",
    [
        "update rebase set status = 'declined'",
        "update ghost set ghosted = 0",
        "delete from rebase",
        "delete from ghost",
        REBASE.format(rev=1).replace("insert", "insert or replace"),
        REBASE.format(rev=3),
        GHOST.format(rev=1).replace("insert", "insert or replace"),
        GHOST.format(rev=3),
        GHOST.format(rev=2).replace("2019-03-01", "2019-05-01"),
    ],
)
def test_the_tables_guard_themselves(raw, statement):
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|must follow"):
        raw.execute(statement)
    assert list(raw.iterdump()) == before


@pytest.mark.parametrize(
    "statement",
    [
        REBASE.format(rev=2).replace("declined", "perhaps"),
        REBASE.format(rev=2).replace("'No'", "'  '"),
        REBASE.format(rev=2).replace("2, 1,", "2, 99,"),
        REBASE.format(rev=1).replace("s1", "s9"),
        REBASE.format(rev=1).replace("waits", "m9"),
        REBASE.format(rev=1).replace("2019-04-01", "April 2019"),
        GHOST.format(rev=2).replace("2, 0,", "2, 7,"),
        GHOST.format(rev=2).replace("'No'", "null"),
    ],
)
def test_the_tables_are_strict(raw, statement):
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def test_check_finds_damage(file):
    first = decide(file, rebase())
    second = decide(file, rebase(DECLINED), first.id)
    decide(file, rebase(WITHDRAWN), second.id)
    out = decide(file, ghost())
    decide(file, ghost(False), out.id)
    assert file.check() == []
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        for (trigger,) in conn.execute("select name from sqlite_schema where type = 'trigger'").fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute("delete from rebase where rev = 2")
        conn.execute("update rebase set change_id = 77 where rev = 1")
        conn.execute(f"update ghost set change_id = {2 * out.id + 1} - change_id")
    found = file.check()
    assert "The revisions of the rebase of s1, waits, all, 2019-04-01 have a gap." in found
    assert "Rebases name change 77, which is not there." in found
    assert "The revisions of the ghost of s1, waits, all, 2019-03-01 are out of order." in found
    assert f"Change {second.id} has no entries." in found


def test_a_backup_holds_the_decisions(file, tmp_path):
    kept, out = decide(file, rebase()), decide(file, ghost())
    file.backup(tmp_path / "copy.db")
    with closing(open_store(tmp_path / "copy.db")) as copy:
        assert (copy.rebases("ae"), copy.ghosts("ae")) == ((kept,), (out,))
        assert copy.check() == []
        assert decide(copy, rebase(WITHDRAWN), kept.id).id > out.id


def test_a_database_of_the_schema_before_opens_and_keeps_everything(tmp_path):
    """As the Headway before this one left it: without the tables of decisions, and with numbers in it."""
    path = tmp_path / "headway.db"
    whole = full_campaign()
    straight = (replace(a, versions=tuple(replace(v, shape="linear") for v in a.versions)) for a in whole.aims)
    seasons = (replace(m, season_out=False, hide_below=None) for m in whole.measures)
    plain = replace(whole, measures=tuple(seasons), aims=tuple(straight))
    with closing(SqliteStore(path, create=True)) as store:
        store.define(plain)
        store.define(campaign())
        save(store, cell(1), cell(2, period=APRIL), digest="d")
        save(store, cell(3, 1, note="late"))
        numbers, version = store.observations("ae"), store.version("ae")
    with closing(sqlite3.connect(path)) as db:
        for table in ("rebase", "ghost", "mapping", "test_of_change", "redefinition", "draft"):
            db.execute(f"drop table {table}")
        for column in ("season_out", "hide_below"):
            db.execute(f"alter table measure drop column {column}")
        db.execute("alter table aim_version drop column shape")
        db.execute("delete from _sqlite_migrations where name > 'm0003'")
        db.commit()
    before = {
        row for row in rows_of(path) if not row.startswith(('INSERT INTO "measure"', 'INSERT INTO "aim_version"'))
    }
    with closing(open_store(path)) as store:
        assert store.observations("ae").equals(numbers)
        assert store.campaign("full") == plain
        assert (store.version("ae"), store.rebases("ae"), store.ghosts("ae")) == (version, (), ())
        assert store.check() == []
        assert decide(store, rebase()).id == 3
        assert save(store, cell(4, 2)).written == 1
    assert before <= rows_of(path) | {row for row in before if row.startswith('INSERT INTO "campaign"')}


def rows_of(path):
    """Every row of a database, as SQL."""
    with closing(sqlite3.connect(path)) as conn:
        return {line for line in conn.iterdump() if line.startswith("INSERT")}
