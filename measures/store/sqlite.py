"""The store in one SQLite file, through sqlite-utils.

Connections are lent out, one thread at a time, and kept for the next: Streamlit starts a thread for every
rerun, so a connection that belonged to a thread would be opened, and its schema read, each time. Every
write is one ``BEGIN IMMEDIATE`` transaction (``with db.conn:`` would not roll back in sqlite-utils 4).
It may be tried again when the file is busy, because it is a compare-and-set or carries a digest.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
from sqlite_utils import Database

from measures.model import ALL, Campaign
from measures.store import definitions, schema
from measures.store.base import (
    LAST,
    CampaignRow,
    Sql,
    StoreError,
)
from measures.store.draft_rows import DraftStore
from measures.store.frames import REVISION, observed, table
from measures.store.recording import STAGE, RecordingStore, version_of
from measures.store.redefinitions import RedefinitionStore
from measures.store.revisions import MOMENTS
from measures.store.tests_of_change import StoreOfTests, damage

BUSY_SECONDS = 20.0
"""How long one attempt waits for another writer."""
ATTEMPTS = 3
OLDEST = (3, 37)
"""STRICT tables need this SQLite."""

T = TypeVar("T")


class SqliteStore(RecordingStore, StoreOfTests, RedefinitionStore, DraftStore):
    """A store in the file ``path``. With ``create`` a missing file is made; without, it is refused.

    Pending migrations are applied. Raises StoreError where the file cannot be opened or written, is not a
    Headway database, or was written by a newer Headway. Open a store anew in each process.
    """

    def __init__(self, path: str | Path, *, create: bool = False) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise StoreError(f"Headway needs SQLite 3.37 or later; this Python has {sqlite3.sqlite_version}.")
        self.path = Path(path).absolute()
        self._idle: list[Database] = []
        self._guard = threading.Lock()
        self._closed = False
        self._mode = "rwc" if create else "rw"
        if not create and (not self.path.exists() or self.path.stat().st_size == 0):
            raise StoreError(f"There is no database at {self.path}: check HEADWAY_DB, or restore a backup there.")
        try:
            self._prepare(create)
        except BaseException:
            self.close()
            raise
        self._mode = "rw"

    def _prepare(self, create: bool) -> None:
        def migrate(db: Database) -> None:
            if newer := schema.newer_than_known(db):
                raise StoreError(
                    f"The database {self.path} was written by a newer Headway (it knows {newer[-1]}): "
                    "start that version, or restore a backup made before the upgrade."
                )
            if not schema.migrations.applied(db) and (db.table_names() or not create):
                raise StoreError(f"{self.path} belongs to another program: set HEADWAY_DB to another file.")
            if db.conn.in_transaction and schema.migrations.pending(db):
                schema.migrations.apply(db)

        with self._lend() as db:
            migrate(db)
            pending = schema.migrations.pending(db)
            db.enable_wal()
        if pending:
            self._write(migrate)

    # -- reading

    def campaigns(self) -> list[CampaignRow]:
        with self._lend() as db:
            rows = db.execute("select id, name, version, demo from campaign order by name, id").fetchall()
        return [CampaignRow(id, name, version, bool(demo)) for id, name, version, demo in rows]

    def campaign(self, id: str) -> Campaign:
        def rows(name: str) -> list[dict]:
            where, order = ("id", None) if name == "campaign" else ("campaign_id", "position")
            return list(db[name].rows_where(f"{where} = ?", [id], order_by=order))

        with self._lend() as db, db.atomic():
            version_of(db, id)
            return definitions.from_tables(rows)

    def version(self, id: str) -> int:
        with self._lend() as db:
            return version_of(db, id)

    def observations(self, campaign_id: str, known_at: int | None = None) -> pd.DataFrame:
        last = LAST if known_at is None else known_at
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            series = db.execute(Sql.SERIES, (campaign_id, last)).fetchall()
            rows = np.fromiter(
                db.execute(Sql.REVISIONS, (campaign_id, last)), REVISION, sum(count for *_, count in series)
            )
            moments = db.execute(MOMENTS, (campaign_id, last)).fetchall()
        return observed(series, rows, moments)

    def history(self, campaign_id: str, site: str, measure: str, period: date, group: str = ALL) -> pd.DataFrame:
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            rows = db.execute(Sql.HISTORY, (campaign_id, site, measure, group, period.isoformat())).fetchall()
        names = ("rev", "at", "actor", "source", "numerator", "denominator", "value", "note", "change_id", "undoes")
        return table(rows, names, floats=("numerator", "denominator", "value"))

    def changes(self, campaign_id: str, limit: int = 100) -> pd.DataFrame:
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            rows = db.execute(Sql.CHANGES, (campaign_id, limit)).fetchall()
        return table(rows, ("change_id", "at", "actor", "source", "digest", "undoes", "entries"))

    # -- writing

    def define(self, campaign: Campaign) -> None:
        if wrong := definitions.unfit(campaign):
            raise StoreError(f"Campaign {campaign.id!r} cannot be kept. {wrong}")
        tables = definitions.to_tables(campaign)

        def work(db: Database) -> None:
            if db.execute("select 1 from campaign where id = ?", (campaign.id,)).fetchone():
                raise StoreError(f"There is already a campaign called {campaign.id!r}: choose another id.")
            for name, rows in tables.items():
                db[name].insert_all(rows)

        try:
            self._write(work)
        except sqlite3.IntegrityError as error:
            raise StoreError(
                f"The definitions of campaign {campaign.id!r} do not fit together ({error}): look for an id used "
                "twice, or a site, measure or aim that is named and not there."
            ) from error

    # -- keeping it safe

    def check(self) -> list[str]:
        with self._lend() as db, db.atomic():
            if (broken := [row[0] for row in db.execute("pragma integrity_check")]) != ["ok"]:
                return [f"The file is damaged: {line}." for line in broken]
            foreign = db.execute("pragma foreign_key_check").fetchall()
            found = [f"A row of {child} points to a {parent} that is not there." for child, _, parent, _ in foreign]
            for name, of in (("observation", ""), ("rebase", "the rebase of "), ("ghost", "the ghost of ")):
                gaps, backwards, orphans = (
                    db.execute(sql.format(table=name)).fetchall() for sql in (Sql.GAPS, Sql.BACKWARDS, Sql.ORPHANS)
                )
                found += [f"The revisions of {of}{', '.join(cell)} have a gap." for cell in gaps]
                found += [f"The revisions of {of}{', '.join(cell)} are out of order." for cell in backwards]
                found += [f"{name.title()}s name change {id}, which is not there." for (id,) in orphans]
            found += self._check_files(db)
            found += damage(db)
            return found + [f"Change {id} has no entries." for (id,) in db.execute(Sql.EMPTY_CHANGES)]

    def backup(self, path: str | Path) -> None:
        target = Path(path).absolute()
        if target == self.path:
            raise StoreError(f"A backup of {self.path} cannot be written over it: choose another file.")
        half = target.with_name(target.name + ".tmp")
        try:
            half.unlink(missing_ok=True)
            with self._lend() as db, _about(target), closing(sqlite3.connect(half)) as copy:
                db.conn.backup(copy)
                copy.execute("pragma journal_mode = delete")  # one file, readable from anywhere
                if copy.execute("pragma quick_check").fetchall() != [("ok",)]:
                    raise StoreError(
                        f"The copy of {self.path} is damaged and was not kept: run the check on the database."
                    )
            os.replace(half, target)
        except OSError as error:
            raise StoreError(f"The backup {target} cannot be written ({error.strerror}).") from error
        finally:
            if half.exists():
                half.unlink()

    def settle(self) -> None:
        """Bring everything into the one file, so that it can be moved once closed. For a file nobody else has open."""
        with self._lend() as db:
            db.execute("pragma wal_checkpoint(truncate)").fetchall()

    def close(self) -> None:
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()

    # -- connections and transactions

    @contextmanager
    def _lend(self) -> Iterator[Database]:
        """A connection for the caller alone. SQLite's own errors become sentences, except broken constraints."""
        with self._guard:
            if self._closed:
                raise StoreError(f"The database {self.path} has been closed: open it again.")
            db = self._idle.pop() if self._idle else None
        try:
            db = db or self._connect()
            yield db
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        finally:
            if db is not None:
                self._take_back(db)

    def _take_back(self, db: Database) -> None:
        db.rollback()
        with self._guard:
            if not self._closed:
                self._idle.append(db)
                return
        db.close()

    def _connect(self) -> Database:
        conn = sqlite3.connect(
            f"{self.path.as_uri()}?mode={self._mode}", uri=True, timeout=BUSY_SECONDS, check_same_thread=False
        )
        try:
            db = Database(conn, execute_plugins=False, strict=True)
            for pragma in ("synchronous = full", "foreign_keys = on", "temp_store = memory"):
                db.execute(f"pragma {pragma}")
            db.execute(STAGE)
        except BaseException:
            conn.close()
            raise
        return db

    def _write(self, work: Callable[[Database], T]) -> T:
        """Do ``work`` in one transaction that holds the write lock from its first statement; again where it is busy."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._lend() as db:
                    db.conn.execute("begin immediate")
                    result = work(db)
                    db.conn.execute("commit")
                    return result
            except Busy:
                if attempt == ATTEMPTS:
                    raise
                time.sleep(0.05 * attempt)
        raise AssertionError("unreachable")


class Busy(StoreError):
    """Another program has held the database for too long. Nothing was written."""


def explain(error: sqlite3.Error, path: Path) -> Exception:
    """What an error of SQLite means and what to do, as a StoreError; the error itself where it is our own mistake."""
    name = getattr(error, "sqlite_errorname", "")
    kind = "_".join(name.split("_")[:2])
    if kind in ("SQLITE_BUSY", "SQLITE_LOCKED"):
        return Busy(f"The database {path} is busy: another program holds it. Nothing was saved; try again in a moment.")
    told = {
        "SQLITE_CANTOPEN": "cannot be opened: check that its folder exists and that Headway may write there",
        "SQLITE_READONLY": "cannot be written: let Headway write to the file and to its folder",
        "SQLITE_PERM": "cannot be written: let Headway write to the file and to its folder",
        "SQLITE_FULL": "could not be written, because the disk is full. Nothing was saved: make room, then try again",
        "SQLITE_IOERR": "could not be read or written: check the disk that holds it",
        "SQLITE_NOTADB": "is not a database: set HEADWAY_DB to another file, or move this one away",
        "SQLITE_CORRUPT": "is damaged: restore the latest backup",
    }
    return StoreError(f"The file {path} {told[kind]}.") if kind in told else error


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Errors of SQLite inside are about ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
