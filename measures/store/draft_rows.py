"""Drafts as rows.

A draft is worth little and comes often, so its write waits for nobody: where another program holds the file it
is given up soon, and no disk is waited for (a power cut may lose a draft, never a number that was saved).
"""

from __future__ import annotations

import sqlite3
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from sqlite_utils import Database

from measures.store.base import Store, StoreError, to_text
from measures.store.drafts import Draft, DraftKey

PATIENCE_MS = 200
"""How long a draft waits for another writer."""

ONE = "campaign_id = ? and site_id = ? and actor = ? and page = ? and about = ?"
KEEP = """
    insert into draft (campaign_id, site_id, actor, page, about, at, body) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (campaign_id, site_id, actor, page, about) do update set at = excluded.at, body = excluded.body"""


class DraftStore(Store):
    """The part of a store that is about drafts: it needs a connection lent."""

    @abstractmethod
    def _lend(self) -> AbstractContextManager[Database]: ...

    def draft(self, key: DraftKey) -> Draft | None:
        with self._lend() as db:
            row = db.execute(f"select at, body from draft where {ONE}", key).fetchone()
        return Draft(datetime.fromisoformat(row[0]), row[1]) if row else None

    def keep_draft(self, key: DraftKey, body: str, *, at: datetime, oldest: datetime | None = None) -> None:
        row = (*key, to_text(at), body)
        try:
            with self._lend() as db, _lightly(db):
                if oldest is not None:
                    db.execute("delete from draft where at < ?", (to_text(oldest),))
                db.execute(KEEP, row)
        except sqlite3.IntegrityError as error:
            raise StoreError(f"Campaign {key.campaign!r} has no site {key.site!r} to keep a draft for.") from error

    def forget_draft(self, key: DraftKey) -> None:
        with self._lend() as db, _lightly(db):
            db.execute(f"delete from draft where {ONE}", key)


@contextmanager
def _lightly(db: Database) -> Iterator[None]:
    """One write that waits neither long for others nor for the disk; the connection is then as it was."""
    patience, care = (db.execute(f"pragma {name}").fetchone()[0] for name in ("busy_timeout", "synchronous"))
    try:
        db.execute(f"pragma busy_timeout = {PATIENCE_MS:d}")
        db.execute("pragma synchronous = normal")
        db.conn.execute("begin immediate")
        yield
        db.conn.execute("commit")
    finally:
        db.rollback()
        db.execute(f"pragma synchronous = {care:d}")
        db.execute(f"pragma busy_timeout = {patience:d}")
