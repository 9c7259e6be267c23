"""Many writers at once, and writers that are killed."""

from __future__ import annotations

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from measures.store import StoreError, ensure, open_store, sqlite
from measures.store.sqlite import Busy, SqliteStore
from tests.store import workers
from tests.store.rounds import SPAWN, import_kill_rounds, import_together, kill_rounds, run_together
from tests.store.samples import MARCH, campaign, cell, save


def test_threads_that_increment_one_cell_lose_nothing(store):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: workers.increment(store, 25, f"thread {n}"), range(8)))
    frame = store.history("ae", "s1", "waits", MARCH)
    assert frame["numerator"].tolist() == list(range(1, 201))
    assert frame["rev"].tolist() == list(range(1, 201))
    assert store.version("ae") == 201
    assert frame.groupby("actor")["rev"].count().tolist() == [25] * 8


def test_threads_that_record_one_file_record_it_once(store):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: save(store, cell(4), digest="same"), range(8)))
    assert sorted(one.written for one in done) == [0] * 7 + [1]
    assert len({one.change_id for one in done}) == 1


def test_processes_that_write_at_once_lose_nothing(file):
    names = ["p1", "p2", "p3", "p4"]
    run_together(workers.write_many, *((file.path, name, 25) for name in names))
    assert file.history("ae", "s1", "waits", MARCH)["numerator"].tolist() == list(range(1, 101))
    frame = file.observations("ae")
    own = frame[frame["group"] != "all"]
    assert own["group"].tolist() == names
    assert (own["rev"] == 25).all()
    assert (own["numerator"] == 24).all()
    assert file.version("ae") == 201
    assert file.check() == []


def test_a_killed_writer_loses_nothing_acknowledged_and_tears_nothing(file):
    kill_rounds(file, 5, random.Random(20190301))


def test_a_killed_import_is_all_there_or_not_at_all(file):
    import_kill_rounds(file, 4, random.Random(20190401))


def test_processes_that_import_at_once_lose_nothing(file):
    names = ["p1", "p2", "p3"]
    import_together(file, names, 4)


def test_processes_that_start_at_once_make_one_database(tmp_path):
    path, mark = tmp_path / "new" / "headway.db", tmp_path / "mark"
    run_together(workers.seed, *[(path, mark)] * 4)
    assert mark.read_text() == "filled\n"
    with closing(open_store(path)) as store:
        assert store.check() == []
        assert store.version("ae") == 31
    assert sorted(file.name for file in path.parent.iterdir() if not file.name.endswith(".lock")) == ["headway.db"]


def test_a_process_killed_while_making_it_leaves_no_half_database(tmp_path):
    path = tmp_path / "headway.db"
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=workers.stall_while_filling, args=(path, theirs))
    process.start()
    assert ours.recv() == "half"
    process.kill()
    process.join()
    assert not path.exists()
    with closing(ensure(path, lambda store: store.define(campaign()))) as store:
        assert len(store.observations("ae")) == 0
        assert store.check() == []
    assert not path.with_name("headway.db.tmp").exists()


def test_a_write_waits_its_turn_and_then_says_it_is_busy(file, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    monkeypatch.setattr(sqlite.time, "sleep", lambda _: None)
    with closing(SqliteStore(file.path)) as store, closing(sqlite3.connect(file.path)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="busy"):
            save(store, cell(1))
        assert store.version("ae") == 1
        other.rollback()
        assert save(store, cell(1)).written == 1


def test_a_busy_write_is_tried_again(file, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.01)
    with closing(SqliteStore(file.path)) as store, closing(sqlite3.connect(file.path)) as other:
        other.execute("begin immediate")
        monkeypatch.setattr(sqlite.time, "sleep", lambda _: other.rollback())
        assert save(store, cell(1)).written == 1


def test_busy_is_a_store_error():
    assert issubclass(Busy, StoreError)
