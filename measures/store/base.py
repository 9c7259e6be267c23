"""What a store is: its interface, what goes in and comes out, and the SQL that every database shares.

The history is append-only. A cell is campaign x site x measure x group x period; its revisions are
numbered 1, 2, 3 … without gaps, and the highest is what is known now. Decisions about a chart (a rebase,
a ghosted point) are kept in the same way, beside the observations. One **change** is what one person or
one file did at one moment; its entries are written all together or not at all. A change is accepted
only where each of its cells is still at the revision its author saw, so nobody overwrites what they
have not read.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from numbers import Integral, Real
from pathlib import Path

import pandas as pd

from measures.model import ALL, Campaign, Ghost, Rebase
from measures.store.drafts import Drafts
from measures.store.heads import Heads
from measures.store.imports import FileStore
from measures.store.revisions import Revisions
from measures.store.tests_interface import KeepsTests

BIGGEST_WHOLE = 2**53
"""Whole numbers up to here are kept exactly; a larger one is refused instead of being rounded."""
LAST = 2**63 - 1
"""A change later than any: what is known now."""


class StoreError(Exception):
    """The store cannot do what was asked; the message says what, where, and how to put it right."""


class UnknownCampaign(StoreError):
    """There is no campaign of this id."""

    def __init__(self, id: str) -> None:
        super().__init__(id)

    def __str__(self) -> str:
        return f"There is no campaign called {self.args[0]!r}."


class InvalidEntry(StoreError):
    """An entry that cannot be kept as it is: an unknown site, a number that is none, a cell given twice."""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in a list. ``version`` goes up by one with every change to what is recorded, tests of change aside."""

    id: str
    name: str
    version: int
    demo: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What one cell should hold from now on.

    ``seen`` is the revision its author saw, 0 where there was none. All numbers None blanks the cell.
    """

    site: str
    measure: str
    period: date
    group: str = ALL
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    note: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a change: its id (None where nothing differed), the campaign's version, cells written.

    ``written`` is 0 where nothing differed, or where the same digest had been recorded before;
    then ``change_id`` is that earlier change.
    """

    change_id: int | None
    version: int
    written: int


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that is not at the revision its author saw, and what it holds: who wrote it, when and what.

    ``rev`` is 0, and ``actor`` and ``at`` are None, where the cell holds nothing at all.
    """

    site: str
    measure: str
    period: date
    group: str
    seen: int
    rev: int
    change_id: int | None
    actor: str | None
    at: datetime | None
    source: str | None
    numerator: float | None
    denominator: float | None
    value: float | None
    note: str


class Conflict(StoreError):
    """Somebody wrote to a cell after it was read; ``clashes`` says who, when and what. Nothing was written."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(tuple(clashes))

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """The cells that were not as seen, in the order of the entries."""
        return self.args[0]

    def __str__(self) -> str:
        first, more = self.clashes[0], len(self.clashes) - 1
        where = f"{first.site}, {first.measure}, {first.period.isoformat()}"
        if first.at is None:
            what = f"{where} holds nothing, though revision {first.seen} was said to have been seen"
        else:
            what = f"{first.actor} changed {where} on {first.at:%d %B %Y at %H:%M} UTC"
        others = f", and {more} more {'cell differs' if more == 1 else 'cells differ'}" if more else ""
        return f"{what}{others}. Nothing was saved: look at what is there now, then save again."


class Store(FileStore, Heads, KeepsTests, Drafts, Revisions):
    """Campaigns and their history. Safe to use from several threads; every write is one transaction."""

    @abstractmethod
    def campaigns(self) -> list[CampaignRow]:
        """Every campaign, by name."""

    @abstractmethod
    def campaign(self, id: str) -> Campaign:
        """A campaign with all its definitions. Raises UnknownCampaign."""

    @abstractmethod
    def version(self, id: str) -> int:
        """The campaign's version: equal versions mean equal observations. Raises UnknownCampaign."""

    @abstractmethod
    def define(self, campaign: Campaign) -> None:
        """Add a campaign with all its definitions, all or nothing. Raises StoreError where the id is taken."""

    @abstractmethod
    def observations(self, campaign_id: str, known_at: int | None = None) -> pd.DataFrame:
        """What is known now, or what was known once change ``known_at`` had been made.

        Columns: site, measure, group (categorical), period (datetime64), numerator, denominator, value
        (float, NaN where empty), note, rev, change_id, first_at (UTC: when it first held a number); sorted
        by site, measure, group, period. A blanked cell is a row without numbers. Raises UnknownCampaign.
        """

    @abstractmethod
    def history(self, campaign_id: str, site: str, measure: str, period: date, group: str = ALL) -> pd.DataFrame:
        """Every revision of one cell, oldest first.

        Columns: rev, at (UTC), actor, source, numerator, denominator, value, note, change_id, undoes.
        No rows where nothing was ever entered. Raises UnknownCampaign.
        """

    @abstractmethod
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
        """Write one change: all its entries, or none.

        An entry equal to what its cell holds (numbers and note) writes no revision, and a change of only
        such entries is not written at all. ``at`` must know its time zone. A ``digest`` identifies the
        change (a file's content): given again, nothing is written and the earlier change is returned.
        ``undoes`` is the change that this one takes back.

        Raises Conflict where a cell is not at the revision seen, InvalidEntry, UnknownCampaign, StoreError.
        """

    @abstractmethod
    def changes(self, campaign_id: str, limit: int = 100) -> pd.DataFrame:
        """The latest changes, newest first: change_id, at, actor, source, digest, undoes, entries (how many).

        A decision about a chart, or a test of change, is a change of one entry.
        """

    @abstractmethod
    def rebases(self, campaign_id: str, known_at: int | None = None) -> tuple[Rebase, ...]:
        """What was decided last for each site, measure, group and date, whatever its status; in that order.

        As known now, or once change ``known_at`` had been made. Raises UnknownCampaign.
        """

    @abstractmethod
    def ghosts(self, campaign_id: str, known_at: int | None = None) -> tuple[Ghost, ...]:
        """The points that are left out of the limits; those put back are not among them. Otherwise as rebases."""

    @abstractmethod
    def rebase_history(self, campaign_id: str, site: str, measure: str) -> tuple[Rebase, ...]:
        """Every decision ever made about a series' rebases, oldest first. Raises UnknownCampaign."""

    @abstractmethod
    def ghost_history(self, campaign_id: str, site: str, measure: str) -> tuple[Ghost, ...]:
        """Every decision ever made about a series' points, oldest first. Raises UnknownCampaign."""

    @abstractmethod
    def decide_rebase(self, campaign_id: str, decision: Rebase, *, source: str, seen: int = 0) -> Rebase:
        """Keep a decision as one change, and return it as kept, with its id; what its own ``id`` says is not read.

        ``seen`` is the id of the decision that its author saw at this site, measure, group and date, 0 where
        there was none. Where it says the same as the one seen (status, reason, proposal), nothing is written
        and that one is returned.

        Raises Conflict where another decision stands there (the clash holds its reason as the note), InvalidEntry,
        UnknownCampaign, StoreError.
        """

    @abstractmethod
    def decide_ghost(self, campaign_id: str, decision: Ghost, *, source: str, seen: int = 0) -> Ghost:
        """The same for a point: leave it out of the limits, or put it back."""

    @abstractmethod
    def check(self) -> list[str]:
        """Look for damage: one sentence for each thing found, none where all is well."""

    @abstractmethod
    def backup(self, path: str | Path) -> None:
        """Write a copy of everything to ``path`` while others go on working. Replaces a file that is there."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database. May be called twice; nothing else works afterwards."""


Staged = tuple[str, str, str, str, int, float | None, float | None, float | None, str]


def to_rows(entries: Sequence[Entry]) -> list[Staged]:
    """Entries as rows to stage. Raises InvalidEntry where one cannot be kept, or a cell is given twice."""
    rows = [to_row(entry) for entry in entries]
    if len({row[:4] for row in rows}) < len(rows):
        seen: set[tuple] = set()
        twice = next(row[:4] for row in rows if row[:4] in seen or seen.add(row[:4]))
        raise InvalidEntry(f"{', '.join(twice)} is given twice in one change: keep one of the two.")
    return rows


def to_row(entry: Entry) -> Staged:
    """An entry as a row to stage: site, measure, group, period, seen, numbers, note. Raises InvalidEntry.

    >>> to_row(Entry("RJ1", "waits", date(2019, 3, 1), numerator=5, denominator=7))
    ('RJ1', 'waits', 'all', '2019-03-01', 0, 5.0, 7.0, None, '')
    """
    period = entry.period
    if not isinstance(period, date) or isinstance(period, datetime):
        raise InvalidEntry(f"The period of an entry must be a date, not {period!r}.")
    for text in (entry.site, entry.measure, entry.group, entry.note):
        if not isinstance(text, str) or "\0" in text:
            raise InvalidEntry(f"A site, measure, group or note must be plain text, not {text!r}.")
    seen = entry.seen
    if (type(seen) is not int and not isinstance(seen, Integral)) or seen < 0:
        raise InvalidEntry(f"The revision seen must be 0, 1, 2 …, not {seen!r}.")
    numbers = (_number(entry.numerator, entry), _number(entry.denominator, entry), _number(entry.value, entry))
    return (entry.site, entry.measure, entry.group, period.isoformat(), int(seen), *numbers, entry.note)


def _number(given: float | None, entry: Entry) -> float | None:
    if given is None or (type(given) is float and math.isfinite(given) and given):
        return given  # the short way for most numbers
    if type(given) is int and -BIGGEST_WHOLE <= given <= BIGGEST_WHOLE:
        return float(given)
    where = f"for {entry.site}, {entry.measure}, {entry.period.isoformat()}"
    if not isinstance(given, Real):
        raise InvalidEntry(f"{given!r} {where} is not a number.")
    if (isinstance(given, Integral) and abs(given) > BIGGEST_WHOLE) or not math.isfinite(given):
        raise InvalidEntry(f"{given!r} {where} cannot be kept: a number must be finite, a whole one at most 2^53.")
    return float(given) + 0.0  # minus zero becomes zero


def to_text(at: datetime) -> str:
    """A moment as the store keeps it: UTC, ISO, always the same width, so that text sorts as time does.

    Raises StoreError where the moment does not know its time zone.

    >>> to_text(datetime(2019, 3, 1, 10, 42, tzinfo=UTC))
    '2019-03-01T10:42:00.000000+00:00'
    """
    if at.tzinfo is None:
        raise StoreError(f"The time {at.isoformat()} of a change has no time zone: give it in UTC.")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class Sql:
    """The SQL that every database shares. ``?`` marks a parameter.

    ``entry`` is the change being recorded, staged in a temporary table in the order it was given.
    """

    CELL = """o.campaign_id = ? and o.site_id = e.site and o.measure_id = e.measure
            and o.grp = e.grp and o.period = e.period"""
    HEAD = f"coalesce((select max(o.rev) from observation o where {CELL}), 0)"

    CLASHES = f"""
        select e.site, e.measure, e.period, e.grp, e.seen, coalesce(o.rev, 0), o.change_id, c.actor, c.at, c.source,
               o.numerator, o.denominator, o.value, coalesce(o.note, '')
        from (select e.*, {HEAD} as head from entry e) e
        left join observation o on {CELL} and o.rev = e.head
        left join change c on c.id = o.change_id
        where e.head <> e.seen
        order by e.n"""
    """The staged cells that are not at the revision seen. Parameters: campaign, campaign."""

    DROP_SAME = f"""
        delete from entry where n in (
            select e.n from entry e left join observation o on {CELL} and o.rev = e.seen
            where o.numerator is not distinct from e.numerator and o.denominator is not distinct from e.denominator
              and o.value is not distinct from e.value and coalesce(o.note, '') = e.note)"""
    """Forget staged entries equal to what their cell holds, or empty where it held nothing. Parameter: campaign."""

    INSERT = f"""
        insert into observation
            (campaign_id, site_id, measure_id, grp, period, rev, change_id, numerator, denominator, value, note)
        select ?, e.site, e.measure, e.grp, e.period, e.seen + 1, ?, e.numerator, e.denominator, e.value, e.note
        from entry e where e.seen = {HEAD} and e.n > ? and e.n <= ?
        order by e.site, e.measure, e.grp, e.period"""
    """Add a revision to each staged cell of a stretch whose head is the revision seen.

    Parameters: campaign, change, campaign, and the numbers the stretch lies between.
    """

    STRANGERS = """
        select e.site from entry e where not exists
            (select 1 from site s where s.campaign_id = ? and s.id = e.site)"""
    STRANGE_MEASURES = """
        select e.measure from entry e where not exists
            (select 1 from measure m where m.campaign_id = ? and m.id = e.measure)"""

    SERIES = """
        select site_id, measure_id, grp, count(*) from observation
        where campaign_id = ? and change_id <= ? group by site_id, measure_id, grp
        order by site_id, measure_id, grp"""
    """How many revisions each series has, in order. Parameters: campaign, last change."""

    REVISIONS = """
        select period, rev, numerator, denominator, value, note, change_id from observation
        where campaign_id = ? and change_id <= ? order by site_id, measure_id, grp, period, rev"""
    """Those revisions, in the same order. A row is its cell's latest where the next row's rev is 1."""

    HISTORY = """
        select o.rev, c.at, c.actor, c.source, o.numerator, o.denominator, o.value, o.note, o.change_id, c.undoes
        from observation o join change c on c.id = o.change_id
        where o.campaign_id = ? and o.site_id = ? and o.measure_id = ? and o.grp = ? and o.period = ?
        order by o.rev"""

    ADD_CHANGE = "insert into change (campaign_id, at, actor, source, digest, undoes) values (?, ?, ?, ?, ?, ?)"
    BUMP = "update campaign set version = version + 1 where id = ? returning version"

    CHANGES = """
        select c.id, c.at, c.actor, c.source, c.digest, c.undoes,
               (select count(*) from observation o where o.change_id = c.id)
               + (select count(*) from rebase r where r.change_id = c.id)
               + (select count(*) from ghost g where g.change_id = c.id)
               + (select count(*) from test_of_change t where t.change_id = c.id)
               + (select count(*) from redefinition d where d.change_id = c.id)
        from change c where c.campaign_id = ? order by c.id desc limit ?"""

    GAPS = """
        select site_id, measure_id, grp, period from {table}
        group by campaign_id, site_id, measure_id, grp, period
        having min(rev) <> 1 or max(rev) <> count(*)"""
    ORPHANS = "select distinct change_id from {table} where change_id not in (select id from change)"
    BACKWARDS = """
        select o.site_id, o.measure_id, o.grp, o.period from {table} o join {table} p
            on p.campaign_id = o.campaign_id and p.site_id = o.site_id and p.measure_id = o.measure_id
            and p.grp = o.grp and p.period = o.period and p.rev = o.rev + 1
        where p.change_id <= o.change_id"""
    EMPTY_CHANGES = """
        select id from change where id not in (select change_id from observation)
            and id not in (select change_id from rebase) and id not in (select change_id from ghost)
            and id not in (select change_id from test_of_change)
            and id not in (select change_id from redefinition)"""
