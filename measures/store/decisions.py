"""Decisions about a chart, for every kind of store: where its limits start anew, which points they leave out.

They are kept as observations are. A cell is campaign x site x measure x group x period; each decision is a
revision of its cell and a change of its own, and the latest is what counts. Nothing is changed or removed:
what is taken back is a new revision that says so, with its reason.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from numbers import Integral
from typing import Generic, TypeVar

from sqlite_utils import Database

from measures.model import Ghost, Rebase, RebaseStatus
from measures.store.base import LAST, Clash, Conflict, InvalidEntry, Sql, Store, to_text

D = TypeVar("D", Rebase, Ghost)
T = TypeVar("T")
Cell = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Kind(Generic[D]):
    """One kind of decision: its class, its table, the field that names the period, and what is decided.

    The first of ``columns`` is the verdict, kept as one of ``verdicts`` and read as ``verdict``; the rest are texts.
    """

    make: type[D]
    table: str
    when: str
    verdict: type
    verdicts: tuple[str | int, ...]
    columns: tuple[str, ...]

    @property
    def rows(self) -> str:
        """Revisions as a decision's fields in their order, then rev and source. Conditions follow."""
        return f"""
            select r.site_id, r.measure_id, r.grp, r.period, {", ".join(f"r.{name}" for name in self.columns)},
                   c.actor, c.at, r.change_id, r.rev, c.source
            from {self.table} r join change c on c.id = r.change_id where r.campaign_id = ?"""

    @property
    def latest(self) -> str:
        """The latest revision of each cell. Parameters: campaign, last change, last change."""
        return f"""{self.rows} and r.change_id <= ? and not exists (
            select 1 from {self.table} p where p.campaign_id = r.campaign_id and p.site_id = r.site_id
            and p.measure_id = r.measure_id and p.grp = r.grp and p.period = r.period and p.rev = r.rev + 1
            and p.change_id <= ?)
            order by r.site_id, r.measure_id, r.grp, r.period"""

    @property
    def history(self) -> str:
        """Every revision of one series. Parameters: campaign, site, measure."""
        return f"{self.rows} and r.site_id = ? and r.measure_id = ? order by r.change_id"

    @property
    def head(self) -> str:
        """The latest revision of one cell. Parameters: campaign, site, measure, group, period."""
        return f"""{self.rows} and r.site_id = ? and r.measure_id = ? and r.grp = ? and r.period = ?
            order by r.rev desc limit 1"""

    @property
    def insert(self) -> str:
        """Add a revision. Parameters: campaign, site, measure, group, period, rev, change, and what is decided."""
        return f"""insert into {self.table}
            (campaign_id, site_id, measure_id, grp, period, rev, change_id, {", ".join(self.columns)})
            values ({", ".join("?" * (7 + len(self.columns)))})"""

    def decision(self, row: tuple) -> D:
        """A row of ``rows`` as a decision."""
        site, measure, group, period, verdict, *texts, author, at, id, _rev, _source = row
        moment = datetime.fromisoformat(at)
        return self.make(
            site, measure, group, date.fromisoformat(period), self.verdict(verdict), *texts, author, moment, id
        )


REBASE = Kind(
    Rebase, "rebase", "on", RebaseStatus, tuple(s.value for s in RebaseStatus), ("status", "reason", "proposed")
)
GHOST = Kind(Ghost, "ghost", "period", bool, (0, 1), ("ghosted", "reason"))


class DecisionStore(Store):
    """The part of a store that is about decisions: it needs a connection lent, and a write in one transaction."""

    @abstractmethod
    def _lend(self) -> AbstractContextManager[Database]: ...

    @abstractmethod
    def _write(self, work: Callable[[Database], T]) -> T: ...

    def rebases(self, campaign_id: str, known_at: int | None = None) -> tuple[Rebase, ...]:
        return self._latest(REBASE, campaign_id, known_at)

    def ghosts(self, campaign_id: str, known_at: int | None = None) -> tuple[Ghost, ...]:
        return tuple(point for point in self._latest(GHOST, campaign_id, known_at) if point.ghosted)

    def rebase_history(self, campaign_id: str, site: str, measure: str) -> tuple[Rebase, ...]:
        return self._read(REBASE, REBASE.history, campaign_id, site, measure)

    def ghost_history(self, campaign_id: str, site: str, measure: str) -> tuple[Ghost, ...]:
        return self._read(GHOST, GHOST.history, campaign_id, site, measure)

    def decide_rebase(self, campaign_id: str, decision: Rebase, *, source: str, seen: int = 0) -> Rebase:
        return self._decide(REBASE, campaign_id, decision, source, seen)

    def decide_ghost(self, campaign_id: str, decision: Ghost, *, source: str, seen: int = 0) -> Ghost:
        return self._decide(GHOST, campaign_id, decision, source, seen)

    def _latest(self, kind: Kind[D], campaign_id: str, known_at: int | None) -> tuple[D, ...]:
        last = LAST if known_at is None else known_at
        return self._read(kind, kind.latest, campaign_id, last, last)

    def _read(self, kind: Kind[D], sql: str, campaign_id: str, *rest: object) -> tuple[D, ...]:
        self.version(campaign_id)  # raises UnknownCampaign; a campaign is never removed
        with self._lend() as db:
            return tuple(kind.decision(row) for row in db.execute(sql, (campaign_id, *rest)))

    def _decide(self, kind: Kind[D], campaign_id: str, decision: D, source: str, seen: int) -> D:
        cell, decided = to_row(kind, decision, seen)
        moment = to_text(decision.at)
        self.version(campaign_id)

        def work(db: Database) -> D:
            _require_known(db, campaign_id, *cell[:2])
            head = db.execute(kind.head, (campaign_id, *cell)).fetchone()
            if seen != (kind.decision(head).id if head else 0):
                raise Conflict([_clash(kind, cell, seen, head)])
            if head and head[4 : 4 + len(decided)] == decided:
                return kind.decision(head)
            change = db.execute(Sql.ADD_CHANGE, (campaign_id, moment, decision.author, source, None, None)).lastrowid
            rev = 1 + (head[-2] if head else 0)
            db.execute(kind.insert, (campaign_id, *cell, rev, change, *decided))
            db.execute(Sql.BUMP, (campaign_id,)).fetchall()
            return kind.decision(db.execute(kind.head, (campaign_id, *cell)).fetchone())

        return self._write(work)


def to_row(kind: Kind[D], decision: D, seen: int) -> tuple[Cell, tuple]:
    """A decision's cell, and what is decided as its columns hold it. Raises InvalidEntry where it cannot be kept.

    >>> at = datetime.fromisoformat("2019-04-11T09:00:00+00:00")
    >>> to_row(GHOST, Ghost("RJ1", "waits", "all", date(2019, 3, 1), True, "The snow closed us", "Ann", at), 0)
    (('RJ1', 'waits', 'all', '2019-03-01'), (1, 'The snow closed us'))
    """
    period = getattr(decision, kind.when)
    if not isinstance(period, date) or isinstance(period, datetime):
        raise InvalidEntry(f"The period of a decision must be a date, not {period!r}.")
    verdict, *texts = (getattr(decision, name) for name in kind.columns)
    for text in (decision.site, decision.measure, decision.group, decision.author, *texts):
        if not isinstance(text, str) or "\0" in text:
            raise InvalidEntry(f"A site, measure, group, author or reason must be plain text, not {text!r}.")
    if not decision.reason.strip():
        raise InvalidEntry("A decision about a chart needs its reason: say why in a few words.")
    if not isinstance(seen, Integral) or isinstance(seen, bool) or seen < 0:
        raise InvalidEntry(f"The decision seen must be an id, or 0 where there was none, not {seen!r}.")
    kept = next((known for known in kind.verdicts if known == verdict), None)
    if kept is None:
        raise InvalidEntry(f"What is decided cannot be {verdict!r}.")
    return (decision.site, decision.measure, decision.group, period.isoformat()), (kept, *texts)


def _require_known(db: Database, campaign_id: str, site: str, measure: str) -> None:
    for noun, id in (("site", site), ("measure", measure)):
        if not db.execute(f"select 1 from {noun} where campaign_id = ? and id = ?", (campaign_id, id)).fetchone():
            raise InvalidEntry(f"{id!r} is not a {noun} of campaign {campaign_id!r}.")


def _clash(kind: Kind[D], cell: Cell, seen: int, head: tuple | None) -> Clash:
    """What stands in a cell that is not as its author saw it; the reason as the note."""
    site, measure, group, period = cell
    where = (site, measure, date.fromisoformat(period), group, seen)
    if head is None:
        return Clash(*where, 0, None, None, None, None, None, None, None, "")
    stands, (rev, source) = kind.decision(head), head[-2:]
    return Clash(*where, rev, stands.id, stands.author, stands.at, source, None, None, None, stands.reason)
