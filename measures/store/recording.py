"""Recording changes, for every kind of store: a few entries or a table of a million rows, by the same statements.

Entries are staged in a temporary table, compared with what their cells hold, and added. A table is staged a
piece at a time and in the order of its cells, so that neither memory nor the tree of the history suffers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
import pandas as pd
from sqlite_utils import Database

from measures.store.base import (
    Clash,
    Conflict,
    Entry,
    InvalidEntry,
    Recorded,
    Sql,
    Staged,
    StoreError,
    UnknownCampaign,
    to_rows,
    to_text,
)
from measures.store.decisions import DecisionStore
from measures.store.frames import WRITTEN, table, written
from measures.store.imports import LEAST, ChangeRow, ColumnMapping, Progress
from measures.store.tables import Rows

DROP_SAME = Sql.DROP_SAME.replace("is not distinct from", "is")  # the same thing; SQLite before 3.39 knows only "is"
STAGE = """create temp table entry (
    n integer primary key, site text, measure text, grp text, period text, seen integer,
    numerator real, denominator real, value real, note text)"""
ADD_STAGED = """
    insert into entry (site, measure, grp, period, seen, numerator, denominator, value, note)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
PIECE = 50_000
"""Rows that are staged, or added, between two words about progress."""
STAGED = 0.4
COMPARED = 0.5
"""How much of the work is done once all is staged, and once it has been compared."""

WRITTEN_BY = """
    select o.site_id, o.measure_id, o.grp, o.period, o.rev, o.numerator, o.denominator, o.value, o.note,
           p.numerator, p.denominator, p.value, coalesce(p.note, ''),
           (select max(h.rev) from observation h where h.campaign_id = o.campaign_id and h.site_id = o.site_id
            and h.measure_id = o.measure_id and h.grp = o.grp and h.period = o.period)
    from observation o left join observation p on p.campaign_id = o.campaign_id and p.site_id = o.site_id
        and p.measure_id = o.measure_id and p.grp = o.grp and p.period = o.period and p.rev = o.rev - 1
    where o.campaign_id = ? and o.change_id = ?
    order by o.site_id, o.measure_id, o.grp, o.period"""
CHANGE = "select id, at, actor, source, digest, undoes from change where campaign_id = ? and {column} = ?"
UNDOING = "select id, undoes from change where campaign_id = ? and undoes is not null order by id"
LARGE = """
    select id, at, actor, source, digest, undoes, entries from (
        select c.*, (select count(*) from observation o
                     where o.change_id = c.id and (? is null or o.site_id = ?)) as entries
        from change c where c.campaign_id = ?) c
    where entries > 0 and (entries >= ? or digest is not null or exists (
        select 1 from change f where f.id = c.undoes and f.digest is not null))
    order by id desc limit ?"""
MAPPINGS = """
    select site_id, columns, dates, actor, at, rev from mapping
    where campaign_id = ? and site_id = ? order by rev"""

ADD_MAPPING = """
    insert into mapping (campaign_id, site_id, columns, dates, actor, at, rev) values (?, ?, ?, ?, ?, ?, ?)"""


class RecordingStore(DecisionStore):
    """A store's changes, through SQL alone."""

    def record(
        self,
        campaign_id: str,
        entries: Sequence[Entry],
        *,
        actor: str,
        source: str,
        at: datetime,
        digest: str | None = None,
        undoes: int | None = None,
    ) -> Recorded:
        rows = to_rows(entries)
        change = (to_text(at), actor, source, digest, undoes)
        return self._write(lambda db: _record(db, campaign_id, change, [rows], len(rows)))

    def record_frame(
        self,
        campaign_id: str,
        frame: pd.DataFrame,
        *,
        actor: str,
        source: str,
        at: datetime,
        digest: str | None = None,
        undoes: int | None = None,
        progress: Progress | None = None,
    ) -> Recorded:
        rows = Rows(frame)
        change = (to_text(at), actor, source, digest, undoes)
        return self._write(
            lambda db: _record(db, campaign_id, change, rows.pieces(PIECE), len(rows), progress or _silent)
        )

    def written_by(self, campaign_id: str, change_id: int) -> pd.DataFrame:
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            rows = np.fromiter(db.execute(WRITTEN_BY, (campaign_id, change_id)), WRITTEN)
        return written(rows)

    def change(self, campaign_id: str, which: int | str) -> ChangeRow | None:
        column = "digest" if isinstance(which, str) else "id"
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            row = db.execute(CHANGE.format(column=column), (campaign_id, which)).fetchone()
            if row is None:
                return None
            undone = _undone(db, campaign_id)
        id, at, *rest = row
        return ChangeRow(id, datetime.fromisoformat(at), *rest, undone.get(id))

    def large_changes(
        self, campaign_id: str, *, site: str | None = None, least: int = LEAST, limit: int = 100
    ) -> pd.DataFrame:
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            rows = db.execute(LARGE, (site, site, campaign_id, least, limit)).fetchall()
            undone = _undone(db, campaign_id)
        found = table(rows, ("change_id", "at", "actor", "source", "digest", "undoes", "entries"))
        return found.assign(undone_by=pd.array([undone.get(row[0]) for row in rows], dtype="Int64"))

    def mapping(self, campaign_id: str, site: str | None) -> ColumnMapping:
        said = self.mapping_history(campaign_id, site)
        return said[-1] if said else ColumnMapping(site)

    def mapping_history(self, campaign_id: str, site: str | None) -> tuple[ColumnMapping, ...]:
        with self._lend() as db, db.atomic():
            version_of(db, campaign_id)
            return tuple(_mapping(*row) for row in db.execute(MAPPINGS, (campaign_id, site or "")))

    def keep_mapping(self, campaign_id: str, mapping: ColumnMapping) -> ColumnMapping:
        columns, moment = _to_json(mapping), to_text(_moment(mapping))
        site = mapping.site or ""

        def work(db: Database) -> ColumnMapping:
            version_of(db, campaign_id)
            known = "select 1 from site where campaign_id = ? and id = ?"
            if site and not db.execute(known, (campaign_id, site)).fetchone():
                raise InvalidEntry(f"{site!r} is not a site of campaign {campaign_id!r}.")
            rows = db.execute(MAPPINGS, (campaign_id, site)).fetchall()
            if rows and rows[-1][1:3] == (columns, mapping.dates):
                return _mapping(*rows[-1])
            row = (site, columns, mapping.dates, mapping.actor, moment, len(rows) + 1)
            db.execute(ADD_MAPPING, (campaign_id, *row))
            return _mapping(*row)

        return self._write(work)

    @staticmethod
    def _check_files(db: Database) -> list[str]:
        """Damage that the file's own constraints do not see, in sentences."""
        found = []
        for (campaign_id,) in db.execute("select id from campaign order by id").fetchall():
            where = f"campaign {campaign_id!r}"
            told = "select site_id, max(rev), count(*) from mapping where campaign_id = ? group by site_id"
            for site, last, rows in db.execute(told, (campaign_id,)).fetchall():
                of = f"of {site}" if site else "of the whole campaign"
                if last != rows:
                    found.append(f"What was said about the columns {of} in {where} has a gap.")
                known = "select 1 from site where campaign_id = ? and id = ?"
                if site and not db.execute(known, (campaign_id, site)).fetchone():
                    found.append(f"Columns are remembered for {site}, which is no site of {where}.")
        astray = """select c.id, c.undoes from change c join change u on u.id = c.undoes
                    where u.campaign_id <> c.campaign_id or u.id >= c.id order by c.id"""
        return found + [
            f"Change {id} takes back change {of}, which is later or of another campaign."
            for id, of in db.execute(astray).fetchall()
        ]


def version_of(db: Database, id: str) -> int:
    """The version of a campaign. Raises UnknownCampaign."""
    row = db.execute("select version from campaign where id = ?", (id,)).fetchone()
    if row is None:
        raise UnknownCampaign(id)
    return row[0]


def _silent(_: float) -> None: ...


def _record(
    db: Database,
    campaign_id: str,
    change: tuple[str, str, str, str | None, int | None],
    pieces: Iterable[Iterable[Staged]],
    rows: int,
    progress: Progress = _silent,
) -> Recorded:
    """Write a change of ``rows`` entries, which come in pieces, inside a transaction that holds the write lock."""
    version, (*_, digest, undoes) = version_of(db, campaign_id), change
    if digest is not None:
        same = "select id from change where campaign_id = ? and digest = ?"
        if earlier := db.execute(same, (campaign_id, digest)).fetchone():
            return Recorded(earlier[0], version, 0)
    own = "select 1 from change where campaign_id = ? and id = ?"
    if undoes is not None and not db.execute(own, (campaign_id, undoes)).fetchone():
        raise StoreError(f"There is no change {undoes} in campaign {campaign_id!r} to undo.")
    left = _stage(db, campaign_id, pieces, rows, progress)
    if not left:
        return Recorded(None, version, 0)
    id = db.execute(Sql.ADD_CHANGE, (campaign_id, *change)).lastrowid
    written = 0
    try:
        for first in range(0, rows, PIECE):
            written += db.execute(Sql.INSERT, (campaign_id, id, campaign_id, first, first + PIECE)).rowcount
            progress(COMPARED + (1 - COMPARED) * min(1.0, (first + PIECE) / rows))
    except sqlite3.IntegrityError as error:
        raise _stranger(db, campaign_id) or error from error
    if written != left:  # cannot be, under BEGIN IMMEDIATE; never write half a change
        raise StoreError(f"Only {written} of {left} entries could be written, so none was: try again.")
    ((version,),) = db.execute(Sql.BUMP, (campaign_id,)).fetchall()
    db.execute("delete from entry")  # a million rows of it would stay in memory until the next change
    return Recorded(id, version, written)


def _stage(db: Database, campaign_id: str, pieces: Iterable[Iterable[Staged]], rows: int, progress: Progress) -> int:
    """Stage the entries and drop those that change nothing; how many are left. Raises Conflict."""
    db.execute("delete from entry")
    for done, piece in enumerate(pieces, 1):
        db.conn.executemany(ADD_STAGED, piece)
        progress(STAGED * min(1.0, done * PIECE / max(rows, 1)))
    if clashes := db.execute(Sql.CLASHES, (campaign_id, campaign_id)).fetchall():
        raise Conflict([_clash(*row) for row in clashes])
    left = rows - db.execute(DROP_SAME, (campaign_id,)).rowcount
    progress(COMPARED)
    return left


def _clash(site, measure, period, group, seen, rev, change_id, actor, at, *rest) -> Clash:
    moment = None if at is None else datetime.fromisoformat(at)
    return Clash(site, measure, date.fromisoformat(period), group, seen, rev, change_id, actor, moment, *rest)


def _stranger(db: Database, campaign_id: str) -> InvalidEntry | None:
    for noun, sql in (("site", Sql.STRANGERS), ("measure", Sql.STRANGE_MEASURES)):
        if row := db.execute(sql, (campaign_id,)).fetchone():
            return InvalidEntry(f"{row[0]!r} is not a {noun} of campaign {campaign_id!r}.")
    return None


def _undone(db: Database, campaign_id: str) -> dict[int, int]:
    """Which change took which back, and was not taken back itself: an undo comes after what it undoes."""
    found: dict[int, int] = {}
    for id, undoes in reversed(db.execute(UNDOING, (campaign_id,)).fetchall()):
        if id not in found:
            found[undoes] = id
    return found


def _mapping(site: str, columns: str, dates: str, actor: str, at: str, rev: int) -> ColumnMapping:
    read = MappingProxyType(json.loads(columns))
    return ColumnMapping(site or None, read, dates, actor, datetime.fromisoformat(at), rev)


def _moment(mapping: ColumnMapping) -> datetime:
    if mapping.at is None or not mapping.actor:
        raise InvalidEntry("What is said about columns needs who said it, and when.")
    return mapping.at


def _to_json(mapping: ColumnMapping) -> str:
    """The columns as text, in the order of their names, so that equal ones are equal text. Raises InvalidEntry."""
    texts = [mapping.site or "", mapping.dates, mapping.actor, *mapping.columns.keys(), *mapping.columns.values()]
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise InvalidEntry("The name and the role of a column must be plain text.")
    return json.dumps(dict(sorted(mapping.columns.items())), ensure_ascii=False)
