"""Making the database the first time: whole or not at all, with a sentence where it cannot be done."""

from __future__ import annotations

import os
from contextlib import closing

import pytest

from measures.store import StoreError, ensure, open_store
from tests.store.samples import campaign, cell, save


def fill(store):
    """What a new database starts with."""
    store.define(campaign())
    save(store, cell(1))


def never(store):
    """A fill that must not be called."""
    raise AssertionError("filled again")


def names(folder):
    """The files of a folder, but for the lock."""
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith(".lock"))


def test_a_new_database_is_filled_once(tmp_path):
    path = tmp_path / "deep" / "er" / "headway.db"
    with closing(ensure(path, fill)) as store:
        save(store, cell(2, 1))
    with closing(ensure(path, never)) as store:
        assert store.observations("ae")["numerator"].tolist() == [2.0]
    assert names(path.parent) == ["headway.db"]


def test_a_fill_that_fails_leaves_nothing(tmp_path):
    def half(store):
        fill(store)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        ensure(tmp_path / "headway.db", half)
    assert names(tmp_path) == []
    ensure(tmp_path / "headway.db", fill).close()


def test_what_a_killed_process_left_is_not_used(tmp_path):
    path = tmp_path / "headway.db"
    for left in ("headway.db.tmp", "headway.db.tmp-wal", "headway.db.tmp-shm", "headway.db.lock"):
        (tmp_path / left).write_bytes(b"left over")
    with closing(ensure(path, fill)) as store:
        assert store.check() == []
    assert names(tmp_path) == ["headway.db"]


def test_the_log_of_a_database_that_was_deleted_is_not_read_into_the_new_one(tmp_path):
    path = tmp_path / "headway.db"
    with closing(ensure(path, fill)) as store:
        save(store, cell(2, 1))
        log = path.with_name("headway.db-wal").read_bytes()
    path.unlink()
    path.with_name("headway.db-wal").write_bytes(log)
    with closing(ensure(path, fill)) as store:
        assert store.observations("ae")["numerator"].tolist() == [1.0]
        assert store.check() == []
    assert path.with_name("headway.db-wal.orphan").read_bytes() == log


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "plain").write_text("")
    with pytest.raises(StoreError, match=r"cannot be made at .*headway\.db .*HEADWAY_DB"):
        ensure(tmp_path / "plain" / "headway.db", fill)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="let Headway write"):
            ensure(tmp_path / "headway.db", fill)
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_may_not_be_written_says_why(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreError, match=r"\(Permission denied\): let Headway write to that folder"):
        ensure(tmp_path / "headway.db", fill)
    assert names(tmp_path) == []


def test_a_file_that_is_no_database_is_not_overwritten(tmp_path):
    path = tmp_path / "headway.db"
    path.write_bytes(b"letters " * 100)
    with pytest.raises(StoreError, match="is not a database"):
        ensure(path, never)
    assert path.read_bytes() == b"letters " * 100


def test_odd_names_of_files_work(tmp_path):
    path = tmp_path / "my data #1 50% – é?.db" if os.name != "nt" else tmp_path / "my data #1 50% – é.db"
    ensure(path, fill).close()
    with closing(open_store(path)) as store:
        assert store.version("ae") == 2
    assert names(tmp_path) == [path.name]
