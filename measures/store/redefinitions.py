"""From when on a measure is counted differently: kept as decisions about charts are, for every site at once.

A cell is campaign x measure x period; each record is a revision of it and a change of its own, and the latest
is what counts.
"""

from __future__ import annotations

from datetime import date, datetime
from numbers import Integral

from sqlite_utils import Database

from measures.model import ALL, Redefinition
from measures.store.base import LAST, Clash, Conflict, InvalidEntry, Sql, to_text
from measures.store.decisions import DecisionStore

ROWS = """
    select r.measure_id, r.period, r.text, r.reason, c.actor, c.at, r.stands, r.change_id, r.rev, c.source
    from redefinition r join change c on c.id = r.change_id where r.campaign_id = ?"""
HEAD = f"{ROWS} and r.measure_id = ? and r.period = ? order by r.rev desc limit 1"
HISTORY = f"{ROWS} and r.change_id <= ? order by r.change_id"
INSERT = """insert into redefinition (campaign_id, measure_id, period, rev, change_id, text, reason, stands)
    values (?, ?, ?, ?, ?, ?, ?, ?)"""


class RedefinitionStore(DecisionStore):
    """The part of a store that is about changed definitions."""

    def redefinitions(self, campaign_id: str, known_at: int | None = None) -> tuple[Redefinition, ...]:
        latest = {(made.measure, made.on): made for made in self._made(campaign_id, known_at)}
        return tuple(latest[key] for key in sorted(latest) if latest[key].stands)

    def redefinition_history(self, campaign_id: str) -> tuple[Redefinition, ...]:
        return self._made(campaign_id, None)

    def redefine(self, campaign_id: str, made: Redefinition, *, source: str, seen: int = 0) -> Redefinition:
        cell, held = to_row(made, seen)
        moment = to_text(made.at)
        self.version(campaign_id)

        def work(db: Database) -> Redefinition:
            known = "select 1 from measure where campaign_id = ? and id = ?"
            if not db.execute(known, (campaign_id, made.measure)).fetchone():
                raise InvalidEntry(f"{made.measure!r} is not a measure of campaign {campaign_id!r}.")
            head = db.execute(HEAD, (campaign_id, *cell)).fetchone()
            stands = _read(head) if head else None
            if seen != (stands.id if stands else 0):
                raise Conflict([_clash(made, seen, head)])
            if stands and (stands.text, stands.reason, int(stands.stands)) == held:
                return stands
            change = db.execute(Sql.ADD_CHANGE, (campaign_id, moment, made.author, source, None, None)).lastrowid
            rev = 1 + (head[-2] if head else 0)
            db.execute(INSERT, (campaign_id, *cell, rev, change, *held))
            db.execute(Sql.BUMP, (campaign_id,)).fetchall()
            return _read(db.execute(HEAD, (campaign_id, *cell)).fetchone())

        return self._write(work)

    def _made(self, campaign_id: str, known_at: int | None) -> tuple[Redefinition, ...]:
        self.version(campaign_id)  # raises UnknownCampaign
        with self._lend() as db:
            rows = db.execute(HISTORY, (campaign_id, LAST if known_at is None else known_at)).fetchall()
        return tuple(_read(row) for row in rows)


def to_row(made: Redefinition, seen: int) -> tuple[tuple[str, str], tuple[str, str, int]]:
    """Its cell, and what is kept there. Raises InvalidEntry where it cannot be kept."""
    if not isinstance(made.on, date) or isinstance(made.on, datetime):
        raise InvalidEntry(f"The period of a definition must be a date, not {made.on!r}.")
    for text in (made.measure, made.text, made.reason, made.author):
        if not isinstance(text, str) or "\0" in text:
            raise InvalidEntry(f"A measure, definition, reason or author must be plain text, not {text!r}.")
    if not made.text.strip() or not made.reason.strip():
        raise InvalidEntry("A changed definition needs its words and its reason.")
    if not isinstance(seen, Integral) or isinstance(seen, bool) or seen < 0:
        raise InvalidEntry(f"The definition seen must be an id, or 0 where there was none, not {seen!r}.")
    return (made.measure, made.on.isoformat()), (made.text, made.reason, int(bool(made.stands)))


def _read(row: tuple) -> Redefinition:
    measure, period, text, reason, author, at, stands, id = row[:8]
    return Redefinition(
        measure, date.fromisoformat(period), text, reason, author, datetime.fromisoformat(at), bool(stands), id
    )


def _clash(made: Redefinition, seen: int, head: tuple | None) -> Clash:
    """What stands there, its words as the note; it is every site's."""
    where = ("", made.measure, made.on, ALL, seen)
    if head is None:
        return Clash(*where, 0, None, None, None, None, None, None, None, "")
    stands = _read(head)
    return Clash(*where, head[-2], stands.id, stands.author, stands.at, head[-1], None, None, None, stands.text)
