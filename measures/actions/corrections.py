"""Corrections: what each cell has held, what came in or changed after a moment, and putting a number right.

Nothing is overwritten: a correction is a new revision with its reason, and so is taking it back, which is done
only where nobody has written since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from measures import clock, log
from measures.access import Action
from measures.actions import entries
from measures.actions.entries import Overwritten, Refused, Sheet
from measures.actions.read import Desk
from measures.model import ALL, Campaign
from measures.review import suppression
from measures.review.calendar import period_end
from measures.store.base import Conflict, Entry, Recorded, Store

SOURCE = "corrected"
NUMBERS = ["numerator", "denominator", "value"]
MOST = 200
"""Letters of a reason."""


# --- as it was known ---------------------------------------------------------------------------------


def change_by(store: Store, campaign: Campaign, day: date) -> int | None:
    """The last change made by the end of a day where the campaign is; None where nothing had been kept by then."""
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(campaign.time_zone))
    return store.change_at(campaign.id, end - timedelta(microseconds=1)) or None


def began(store: Store, campaign: Campaign) -> date | None:
    """The day on which the first number of a campaign was kept, where the campaign is; None where none was."""
    first = store.began(campaign.id)
    return first.astimezone(ZoneInfo(campaign.time_zone)).date() if first else None


@dataclass(frozen=True, slots=True)
class Since:
    """How many numbers of the periods on screen came in, and how many were changed, after they were known so."""

    came_in: int
    changed: int


def since(desk: Desk) -> Since:
    """What differs between what was known then and what is known now. Raises Forbidden.

    Nothing differs for a desk that shows what is known now.
    """
    desk.require(Action.SUMMARY)
    if desk.known_at is None:
        return Since(0, 0)
    rows = _over(desk, desk.store.revisions(desk.campaign.id, after=desk.known_at))
    found = latest(rows)
    before = found[[f"from_{name}" for name in NUMBERS]].notna().any(axis=1)
    return Since(int((~before).sum()), int(before.sum()))


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """For each cell of ``Store.revisions`` its last one, with what it held before the first; only where they differ."""
    cell = ["site", "measure", "group", "period"]
    by = rows.groupby(cell, sort=False)
    head = by.tail(1).set_index(cell)
    first = by.head(1).set_index(cell)
    for name in NUMBERS:
        head[f"from_{name}"] = first[f"from_{name}"]
    same = pd.Series(True, index=head.index)
    for name in NUMBERS:
        now, was = head[name], head[f"from_{name}"]
        same &= (now == was) | (now.isna() & was.isna())
    return head[~same.to_numpy()].reset_index()


def _over(desk: Desk, rows: pd.DataFrame) -> pd.DataFrame:
    """Revisions of periods that were over at the desk's date."""
    over = pd.Series(False, index=rows.index)
    for frequency in {m.frequency for m in desk.campaign.measures}:
        mine = rows["measure"].isin([m.id for m in desk.campaign.measures if m.frequency == frequency])
        over |= mine & (period_end(pd.DatetimeIndex(rows["period"]), frequency) <= pd.Timestamp(desk.as_of))
    return rows[over.to_numpy()].reset_index(drop=True)


# --- the history of a series and of a cell -----------------------------------------------------------


def of_series(desk: Desk, site: str, measure: str) -> pd.DataFrame:
    """Every revision of a site's measure (``Store.revisions``), of the periods on screen. Raises Forbidden.

    Small numbers (``review.suppression``) are left out of it for others than the site's own team.
    """
    desk.require(Action.HISTORY, site)
    rows = _over(desk, desk.store.revisions(desk.campaign.id, site, measure))
    if not desk.allows(Action.ENTER, site):
        small = suppression.hidden(rows, desk.campaign) | suppression.hidden(rows, desk.campaign, "from_")
        rows = rows[~small]
    return rows[(rows["group"] == ALL).to_numpy()].reset_index(drop=True)


def corrected(desk: Desk, revisions: pd.DataFrame) -> pd.DataFrame:
    """The last correction of each period of ``of_series``: what stood there before, and what took its place.

    Of a desk that shows what was known at a moment: what has come in or changed since then.
    """
    if desk.known_at is not None:
        return latest(revisions[(revisions["change_id"] > desk.known_at).to_numpy()])
    changed = pd.Series(False, index=revisions.index)
    for name in NUMBERS:
        now, was = revisions[name], revisions[f"from_{name}"]
        changed |= (now != was) & ~(now.isna() & was.isna())
    held = revisions[[f"from_{name}" for name in NUMBERS]].notna().any(axis=1)
    return revisions[(changed & held).to_numpy()].groupby("period", sort=True).tail(1).reset_index(drop=True)


# --- putting right -----------------------------------------------------------------------------------


def may_correct(desk: Desk, site: str) -> bool:
    """Whether this actor can correct this site's numbers on this screen."""
    return desk.allows(Action.ENTER, site) and not desk.wound_back


def correct(desk: Desk, page: Sheet, numbers: Mapping[str, float | None], why: str = "") -> Recorded:
    """Put right what a site sent for a period, all cells or none; ``why`` is kept with the change.

    ``page`` is what was on screen (``entries.sheet``) and ``numbers`` what should stand there, by its fields' keys.
    Each cell keeps its note. Raises Forbidden; Refused with reasons; Overwritten where somebody wrote since.
    """
    _begin(desk, page.site)
    if wrong := entries.problems(desk.campaign, numbers, {f.key: f.label for f in page.fields}):
        raise Refused(wrong)
    reason = " ".join(why.split())
    if len(reason) > MOST:
        raise Refused([f"Say why in at most {MOST} letters; this is {len(reason)}."])
    made = []
    for id, cell in entries.cells(desk.campaign, numbers).items():
        rows = desk.store.history(desk.campaign.id, page.site, id, page.period)
        note = rows[(rows["rev"] == page.seen[id]).to_numpy()]["note"]
        made.append(
            Entry(page.site, id, page.period, note=note.iloc[0] if len(note) else "", seen=page.seen[id], **cell)
        )
    return _record(desk, made, f"{SOURCE}: {reason}" if reason else SOURCE)


def why(source: str) -> str:
    """The reason that was given with a correction; "" where none was.

    >>> why("corrected: Two wards were counted twice"), why("typed")
    ('Two wards were counted twice', '')
    """
    kind, _, reason = source.partition(": ")
    return reason if kind == SOURCE else ""


def undo_cell(desk: Desk, site: str, measure: str, period: date, change_id: int) -> Recorded:
    """Put one cell back to what it held before a change, as a new change.

    Cells that the same change wrote with it and that share a denominator go back together, or they would
    contradict one another. Raises Forbidden; Refused where the change wrote nothing there; Overwritten where
    somebody has written to one of these cells since.
    """
    _begin(desk, site)
    made = []
    for id in _linked(desk.campaign, measure):
        before = entries.as_before(desk, site, desk.campaign.measure(id), period, change_id)
        if id == measure and not before:
            raise Refused(["There is nothing to undo here."])
        made += before
    return _record(desk, made, "undone", undoes=change_id)


def _linked(campaign: Campaign, measure: str) -> list[str]:
    """A measure, and those that share its denominator or are it."""
    shared = campaign.measure(measure).denominator_measure or measure
    return [m.id for m in campaign.measures if m.id == measure or shared in (m.id, m.denominator_measure)]


def _begin(desk: Desk, site: str) -> None:
    desk.require(Action.ENTER, site)
    if desk.wound_back:
        raise Refused(["You are looking at an earlier date. Come back to today to correct a number."])


def _record(desk: Desk, made: list[Entry], source: str, undoes: int | None = None) -> Recorded:
    about = {"campaign": desk.campaign.id, "site": made[0].site}
    try:
        done = desk.store.record(
            desk.campaign.id, made, actor=desk.actor.name, source=source, at=clock.now(), undoes=undoes
        )
    except Conflict as conflict:
        log.event("correction refused: written by another first", **about, cells=len(conflict.clashes))
        raise Overwritten(conflict.clashes) from conflict
    log.event("corrected" if undoes is None else "cell undone", **about, change=done.change_id, cells=done.written)
    return done
