"""What was known when: the moments of changes, and every revision with what it took the place of.

A review of an earlier date can show either what is known of that date now, or what was known then. The first
needs nothing; the second needs the last change made by a moment, and which revisions came after it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pandas as pd
from sqlite_utils import Database

from measures.model import Redefinition
from measures.store.frames import table

MOMENTS = "select id, at from change where campaign_id = ? and id <= ? order by id"
"""When each change was made. Parameters: campaign, last change."""
CHANGE_AT = "select coalesce(max(id), 0) from change where campaign_id = ? and at <= ?"
BEGAN = "select min(at) from change where campaign_id = ?"
REVISIONS = """
    select o.site_id, o.measure_id, o.grp, o.period, o.rev, o.change_id, c.at, c.actor, c.source, c.undoes,
           o.numerator, o.denominator, o.value, o.note, p.numerator, p.denominator, p.value, coalesce(p.note, '')
    from observation o join change c on c.id = o.change_id
    left join observation p on p.campaign_id = o.campaign_id and p.site_id = o.site_id
        and p.measure_id = o.measure_id and p.grp = o.grp and p.period = o.period and p.rev = o.rev - 1
    where o.campaign_id = ? and o.change_id > ?{more}
    order by o.site_id, o.measure_id, o.grp, o.period, o.rev"""
NUMBERS = ("numerator", "denominator", "value")
COLUMNS = (
    "site", "measure", "group", "period", "rev", "change_id", "at", "actor", "source", "undoes",
    *NUMBERS, "note", *(f"from_{name}" for name in NUMBERS), "from_note",
)  # fmt: skip


class Revisions(ABC):
    """The part of a store that knows when each thing became known. It needs a connection lent."""

    @abstractmethod
    def _lend(self) -> AbstractContextManager[Database]: ...

    @abstractmethod
    def version(self, id: str) -> int: ...

    @abstractmethod
    def redefinitions(self, campaign_id: str, known_at: int | None = None) -> tuple[Redefinition, ...]:
        """From when on which measure is counted differently, by measure and period; those taken back are not listed.

        As known now, or once change ``known_at`` had been made. Raises UnknownCampaign.
        """

    @abstractmethod
    def redefinition_history(self, campaign_id: str) -> tuple[Redefinition, ...]:
        """Everything ever said about that, oldest first, also what was taken back. Raises UnknownCampaign."""

    @abstractmethod
    def redefine(self, campaign_id: str, made: Redefinition, *, source: str, seen: int = 0) -> Redefinition:
        """Keep one as a change, and return it as kept, with its id; as ``Store.decide_rebase`` does.

        ``seen`` is the id of what its author saw for this measure and period, 0 where there was nothing. Raises
        Conflict where something else stands there, InvalidEntry, UnknownCampaign, StoreError.
        """

    def change_at(self, campaign_id: str, moment: datetime) -> int:
        """The last change made by ``moment``, which must know its time zone; 0 where there was none yet.

        Raises UnknownCampaign.
        """
        self.version(campaign_id)
        at = moment.astimezone(UTC).isoformat(timespec="microseconds")
        with self._lend() as db:
            return db.execute(CHANGE_AT, (campaign_id, at)).fetchone()[0]

    def began(self, campaign_id: str) -> datetime | None:
        """When the campaign's first change was made; None where there is none. Raises UnknownCampaign."""
        self.version(campaign_id)
        with self._lend() as db:
            (at,) = db.execute(BEGAN, (campaign_id,)).fetchone()
        return None if at is None else datetime.fromisoformat(at)

    def revisions(
        self, campaign_id: str, site: str | None = None, measure: str | None = None, *, after: int = 0
    ) -> pd.DataFrame:
        """Every revision of every cell made after change ``after``, by cell, oldest first; of one site or measure.

        Columns: site, measure, group, period, rev, change_id, at (UTC), actor, source, undoes, numerator,
        denominator, value, note, and what each took the place of as from_numerator, from_denominator,
        from_value (NaN where empty or where there was nothing) and from_note. Raises UnknownCampaign.
        """
        self.version(campaign_id)
        given = {"o.site_id": site, "o.measure_id": measure}
        given = {name: text for name, text in given.items() if text is not None}
        sql = REVISIONS.format(more="".join(f" and {name} = ?" for name in given))
        with self._lend() as db:
            rows = db.execute(sql, (campaign_id, after, *given.values())).fetchall()
        frame = table(rows, COLUMNS, floats=(*NUMBERS, *(f"from_{name}" for name in NUMBERS)))
        frame["period"] = pd.to_datetime(frame["period"], format="%Y-%m-%d").astype("datetime64[us]")
        texts, whole = ("site", "measure", "group", "from_note"), ("rev", "change_id")
        return frame.astype({**dict.fromkeys(texts, "str"), **dict.fromkeys(whole, "int64")})
