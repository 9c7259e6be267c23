"""Taking a whole change back, as a new change."""

from __future__ import annotations

import pandas as pd

from measures.access import Action
from measures.actions import entries
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.store.base import Entry, Recorded


def undo(desk: Desk, change_id: int, *, site: str | None = None, by: Action = Action.ENTER) -> Recorded:
    """Put every cell that a change wrote back to what it held before, or only those of one ``site``: all or none.

    ``by`` is what the actor must be allowed to do at each of the sites. Only where nobody has written since: raises
    Overwritten, which says who wrote what, otherwise. Raises Forbidden, and Refused where there is nothing to undo.
    """
    desk.require(by, site)
    if desk.wound_back:
        raise Refused(["You are looking at an earlier date. Come back to today to undo a change."])
    rows = desk.store.written_by(desk.campaign.id, change_id)
    if site is not None:
        rows = rows[(rows["site"] == site).to_numpy()]
    for one in rows["site"].unique():
        desk.require(by, one)
    if not len(rows):
        raise Refused(["There is nothing to undo."])
    return entries.record(desk, [_before(row) for row in rows.itertuples(index=False)], by=by, undoes=change_id)


def _before(row: tuple) -> Entry:
    numbers = (None if pd.isna(x) else float(x) for x in (row.was_numerator, row.was_denominator, row.was_value))
    period = row.period.date()
    return Entry(row.site, row.measure, period, row.group, *numbers, note=row.was_note, seen=int(row.rev))
