"""What is SQLite's own: the tables that guard themselves, migrations, backups, and files that are no database."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from measures.store import DraftKey, StoreError, open_store, schema
from measures.store.base import Entry
from measures.store.imports import ColumnMapping
from measures.store.sqlite import SqliteStore, explain
from tests.store.samples import AT, MARCH, campaign, cell, full_campaign, save


@pytest.fixture
def raw(file):
    """A bare connection to a database with one observation, as any other program would open it."""
    save(file, cell(1), digest="d")
    file.keep_mapping("ae", ColumnMapping("s1", {"Trust": "site"}, "", "ann", AT))
    conn = sqlite3.connect(file.path, isolation_level=None)
    conn.execute("pragma foreign_keys = on")
    yield conn
    conn.close()


OBSERVATION = "insert into observation values ('ae', 's1', 'waits', 'all', '2019-03-01', {rev}, 1, 1.0, 1.0, null, '')"


@pytest.mark.parametrize(
    "statement",
    [
        "update observation set numerator = 7",
        "delete from observation",
        "update change set actor = 'eve'",
        "delete from change",
        OBSERVATION.format(rev=3),
        OBSERVATION.format(rev=1).replace("insert", "insert or replace"),
        "insert or replace into change values (1, 'ae', '2026', 'eve', 'typed', null, null)",
        "insert or replace into change values (2, 'ae', '2026', 'eve', 'typed', 'd', null)",
        "update mapping set columns = '{}'",
        "delete from mapping",
        "insert into mapping values ('ae', 's1', 3, '{}', '', 'eve', '2026')",
        "insert or replace into mapping values ('ae', 's1', 1, '{}', '', 'eve', '2026')",
    ],
)
def test_the_history_guards_itself(raw, statement):
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|must follow|never replaced"):
        raw.execute(statement)
    assert list(raw.iterdump()) == before


@pytest.mark.parametrize(
    "statement",
    [
        OBSERVATION.format(rev=2).replace("1.0, 1.0", "'many', 1.0"),
        OBSERVATION.format(rev=2).replace("2019-03-01", "March 2019").replace("2,", "1,"),
        OBSERVATION.format(rev=2).replace("2, 1", "2, 99"),
        OBSERVATION.format(rev=1).replace("s1", "s9"),
        OBSERVATION.format(rev=1).replace("waits", "m9"),
        "update campaign set version = 'new'",
        "update campaign set version = 0",
        "insert into aim values ('ae', 'x', 0, 'none', 'level', '', '', null)",
    ],
)
def test_the_tables_are_strict(raw, statement):
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)


def test_every_table_is_strict(raw):
    tables = raw.execute("pragma table_list").fetchall()
    ours = {name: strict for scheme, name, kind, _, _, strict in tables if scheme == "main" and kind == "table"}
    assert {name for name, strict in ours.items() if not strict} <= {"_sqlite_migrations", "sqlite_schema"}
    assert {name for _, name, _, _, rowless, _ in tables if rowless} == {"observation"}


def test_the_view_latest_agrees_with_the_frame(raw, file):
    save(file, cell(2, 1), cell(5, site="s2"))
    latest = raw.execute("select site_id, rev, numerator from latest order by site_id").fetchall()
    assert latest == file.observations("ae")[["site", "rev", "numerator"]].to_records(index=False).tolist()


def test_connections_are_durable_and_check_references(file):
    with file._lend() as db:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [db.execute(f"pragma {name}").fetchone()[0] for name in asked] == ["wal", 2, 1, 20000]


def test_a_draft_waits_for_nobody_and_leaves_its_connection_as_it_was(file):
    key = DraftKey("ae", "s1", "team:ann", "enter", "month")
    with closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        for write in (lambda: file.keep_draft(key, "typed", at=AT), lambda: file.forget_draft(key)):
            with pytest.raises(StoreError, match="busy"):
                write()
        other.execute("rollback")
    file.keep_draft(key, "typed", at=AT)
    assert file.draft(key).body == "typed"
    assert len(file._idle) == 1
    test_connections_are_durable_and_check_references(file)


def test_connections_are_used_again(file):
    for _ in range(5):
        file.version("ae")
    assert len(file._idle) == 1


def test_an_error_inside_a_write_rolls_it_back(file):
    def work(db):
        db.execute("update campaign set version = 9")
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        file._write(work)
    assert file.version("ae") == 1


# -- migrations


def test_opening_again_changes_nothing(file):
    with closing(sqlite3.connect(file.path)) as conn:
        before = list(conn.iterdump())
        open_store(file.path).close()
        assert list(conn.iterdump()) == before


def test_migrations_are_numbered_in_order():
    numbers = [migration.name.split("_")[0] for migration in schema.migrations._migrations]
    assert numbers == sorted(set(numbers))
    assert numbers[:5] == [f"m{n:04}" for n in range(1, 6)]


def test_a_database_of_a_newer_headway_is_refused(file):
    with closing(sqlite3.connect(file.path)) as conn, conn:
        conn.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('headway', 'm0999_new', '2030')"
        )
    with pytest.raises(StoreError, match=r"written by a newer Headway \(it knows m0999_new\)"):
        open_store(file.path)


def test_a_database_that_is_behind_is_brought_up_to_date(file):
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        conn.execute("drop view latest")
        for table in ("observation", "change"):
            conn.execute(f"drop table {table}")
        conn.execute("delete from _sqlite_migrations where name = 'm0002_history'")
    with closing(open_store(file.path)) as store:
        assert save(store, cell(1)).written == 1
        assert store.campaign("ae") == campaign()


def test_a_migration_that_fails_leaves_the_database_as_it_was(file, monkeypatch):
    def m0999_bad(db):
        db.execute("create table half (id integer)")
        raise RuntimeError("stop")

    monkeypatch.setattr(schema.migrations, "_migrations", list(schema.migrations._migrations))
    schema.migrations()(m0999_bad)
    with pytest.raises(RuntimeError, match="stop"):
        open_store(file.path)
    monkeypatch.undo()
    with closing(open_store(file.path)) as store, store._lend() as db:
        assert "half" not in db.table_names()


# -- files that are no database of ours


def test_a_missing_file_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="There is no database at .*headway.db: check HEADWAY_DB"):
        open_store(tmp_path / "headway.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"name,value\n" * 500])
def test_a_file_that_is_no_database_is_left_alone(tmp_path, content):
    path = tmp_path / "headway.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"is not a database|There is no database"):
        open_store(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("create", [False, True])
def test_a_database_of_another_program_is_left_alone(tmp_path, create):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("create table recipe (name)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        SqliteStore(path, create=create)
    assert path.read_bytes() == before


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(StoreError, match=r"cannot be opened|There is no database"):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SQLITE_FULL", "disk is full"),
        ("SQLITE_IOERR_WRITE", "check the disk"),
        ("SQLITE_READONLY_DBMOVED", "let Headway write"),
        ("SQLITE_CORRUPT_VTAB", "restore the latest backup"),
        ("SQLITE_BUSY_SNAPSHOT", "busy"),
    ],
)
def test_what_sqlite_says_becomes_a_sentence(tmp_path, name, says):
    error = sqlite3.OperationalError("?")
    error.sqlite_errorname = name
    assert says in str(explain(error, tmp_path))


def test_our_own_mistakes_are_not_hidden(file):
    with pytest.raises(sqlite3.OperationalError, match="no such table"), file._lend() as db:
        db.execute("select * from nowhere")


# -- check and backup


def test_check_finds_damage(file):
    save(file, cell(1), cell(1, site="s2"))
    save(file, cell(2, 1))
    save(file, cell(3, 2))
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        for (trigger,) in conn.execute("select name from sqlite_schema where type = 'trigger'").fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute("delete from observation where rev = 2")
        conn.execute("update observation set change_id = 77 where site_id = 's2'")
        conn.execute("update observation set change_id = 1 where rev = 3")
        conn.execute("insert into change (campaign_id, at, actor, source) values ('ae', '2026', 'ann', 'typed')")
    found = file.check()
    assert "The revisions of s1, waits, all, 2019-03-01 have a gap." in found
    assert "Observations name change 77, which is not there." in found
    assert "Change 4 has no entries." in found
    assert any("points to a change that is not there" in line for line in found)


def test_check_finds_revisions_out_of_order(file):
    save(file, cell(1))
    save(file, cell(2, 1))
    with closing(sqlite3.connect(file.path, isolation_level=None)) as conn:
        conn.execute("drop trigger observation_no_update")
        conn.execute("update observation set change_id = 3 - change_id")
    assert "The revisions of s1, waits, all, 2019-03-01 are out of order." in file.check()


def test_check_finds_a_damaged_file(file, tmp_path):
    entries = [Entry("s1", "waits", MARCH, f"g{n}", note="x" * 50) for n in range(5000)]
    file.record("ae", entries, actor="ann", source="file", at=AT)
    copy = tmp_path / "copy.db"
    file.backup(copy)
    content = bytearray(copy.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\x5a" * 4096
    copy.write_bytes(content)
    try:
        with closing(open_store(copy)) as store:
            found = store.check()
    except StoreError as error:
        found = [str(error)]
    assert any("damaged" in line for line in found)


def test_a_backup_is_whole_and_one_file(file, tmp_path):
    file.define(full_campaign())
    save(file, cell(1))
    target = tmp_path / "copies" / "monday.db"
    target.parent.mkdir()
    target.write_bytes(b"an older one")
    file.backup(target)
    save(file, cell(2, 1))
    assert [found.name for found in target.parent.iterdir()] == ["monday.db"]
    with closing(open_store(target)) as copy:
        assert copy.observations("ae")["numerator"].tolist() == [1.0]
        assert copy.campaign("full") == full_campaign()
        assert copy.check() == []
        assert save(copy, cell(3, 1)).written == 1


def test_a_backup_is_not_written_over_the_database(file):
    with pytest.raises(StoreError, match="choose another file"):
        file.backup(file.path)


def test_a_backup_that_cannot_be_written_says_so(file, tmp_path):
    (tmp_path / "plain").write_text("")
    target = tmp_path / "plain" / "copy.db"
    with pytest.raises(StoreError, match=r"copy\.db cannot be"):
        file.backup(target)
    assert file.check() == []
