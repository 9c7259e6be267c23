"""What a site's cells hold now, and who wrote it: what somebody who is about to write has seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

import pandas as pd
from sqlite_utils import Database

from measures.store.frames import table

HEADS = """
    select o.measure_id, o.grp, o.period, o.rev, o.numerator, o.denominator, o.value, o.note, o.change_id,
        c.actor, c.at, c.undoes
    from latest o join change c on c.id = o.change_id
    where o.campaign_id = ? and o.site_id = ? order by o.measure_id, o.grp, o.period"""
NUMBERS = ("numerator", "denominator", "value")
COLUMNS = ("measure", "group", "period", "rev", *NUMBERS, "note", "change_id", "actor", "at", "undoes")


class Heads(ABC):
    """The part of a store that tells what stands in a site's cells. It needs a connection lent."""

    @abstractmethod
    def _lend(self) -> AbstractContextManager[Database]: ...

    @abstractmethod
    def version(self, id: str) -> int: ...

    def heads(self, campaign_id: str, site: str) -> pd.DataFrame:
        """The latest revision of every cell of one site, by measure, group, period.

        Columns: measure, group, period (datetime64), rev, numerator, denominator, value, note, change_id, actor,
        at (UTC), undoes. A blanked cell is a row without numbers. Raises UnknownCampaign.
        """
        self.version(campaign_id)
        with self._lend() as db:
            rows = db.execute(HEADS, (campaign_id, site)).fetchall()
        frame = table(rows, COLUMNS, floats=NUMBERS)
        frame["period"] = pd.to_datetime(frame["period"], format="%Y-%m-%d").astype("datetime64[us]")
        return frame.astype({"measure": "str", "group": "str", "rev": "int64", "change_id": "int64"})
