"""What a site still has to report: its open periods, overdue ones first, for measures of every frequency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from measures.access import Action
from measures.actions.read import Desk
from measures.model import Campaign, Family, Form, Measure
from measures.review import Review, views
from measures.review.calendar import containing, due_on, following, periods_over

LOOK_BACK = timedelta(days=366)
"""How long a period is asked for: one that was never reported can still be entered afterwards."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A period that is over and not reported whole; ``missing`` are its measures that are not in.

    ``due_on`` is the last day on which all of them would be on time; ``days_left`` is negative when it is late.
    """

    frequency: str
    period: date
    due_on: date
    days_left: int
    missing: tuple[str, ...]


def frequencies(campaign: Campaign) -> list[str]:
    """How often the campaign's measures are reported: the outcome's frequency first, then by measure."""
    ordered = (campaign.outcome, *sorted(campaign.measures, key=lambda m: m.order))
    return list(dict.fromkeys(m.frequency for m in ordered))


def periods(desk: Desk, site_id: str, frequency: str | None = None) -> list[date]:
    """The periods a site can report, newest first: from its opening to the last one that is over.

    Of the outcome's frequency where none is given. Raises Forbidden.
    """
    desk.require(Action.ENTER, site_id)
    campaign, site = desk.campaign, desk.campaign.site(site_id)
    every = frequency or campaign.outcome.frequency
    found = [p.date() for p in reversed(periods_over(campaign, every, desk.as_of))]
    first = max(site.opened or campaign.baseline_start, campaign.baseline_start)
    closed = site.merged_on or date.max
    return [p for p in found if containing(first, every) <= p < closed]


def next_slot(desk: Desk, site_id: str, frequency: str) -> Slot | None:
    """The first period that is not over yet, with all its measures; None once the campaign or the site has ended."""
    desk.require(Action.ENTER, site_id)
    site, there = desk.campaign.site(site_id), periods(desk, site_id, frequency)
    start = following(there[0], frequency) if there else containing(desk.as_of, frequency)
    if start > desk.campaign.end or (site.merged_on and start >= site.merged_on):
        return None
    measures = [m for m in desk.campaign.measures if m.frequency == frequency]
    due = min(due_on(start, m) for m in measures)
    return Slot(frequency, start, due, (due - desk.as_of).days, tuple(m.id for m in measures))


def is_milestone(measure: Measure) -> bool:
    """Whether a measure is reached once and then not asked for any more."""
    return measure.form is Form.YES_NO and measure.family is Family.MILESTONE


def reached(view: views.SiteView, measure: Measure) -> date | None:
    """The period in which a site reached a milestone: the first of those it has said yes for without a no since."""
    rows = view.others[(view.others["measure"] == measure.id).to_numpy()]
    said = rows["value"].to_numpy() == 1
    if not said.any() or not said[-1]:
        return None
    first = len(said) - int(np.argmin(said[::-1])) if not said.all() else 0
    return rows["period"].iloc[first].date()


def asked(campaign: Campaign, view: views.SiteView, frequency: str, period: date) -> list[Measure]:
    """The measures a site is asked for, in their order: those of the frequency, but for milestones reached before."""
    found = []
    for measure in sorted(campaign.measures, key=lambda m: m.order):
        since = reached(view, measure) if is_milestone(measure) else None
        if measure.frequency == frequency and (since is None or since >= period):
            found.append(measure)
    return found


def open_slots(desk: Desk, site_id: str) -> tuple[Slot, ...]:
    """What is due now and what is overdue, the oldest due first. Raises Forbidden."""
    desk.require(Action.ENTER, site_id)
    # The review is of one version and date, so what is open can be found once for both.
    return desk.review().once(f"open slots of {site_id}", lambda review: _open_slots(desk, review, site_id))


def _open_slots(desk: Desk, review: Review, site_id: str) -> tuple[Slot, ...]:
    campaign, site, view = desk.campaign, desk.campaign.site(site_id), views.site(review, site_id)
    there = {
        str(id): set(rows["period"].dt.date) for id, rows in view.others.groupby("measure", observed=True, sort=False)
    }
    earliest = max(site.opened or date.min, desk.as_of - LOOK_BACK)
    found = []
    for frequency in frequencies(campaign):
        for period in periods(desk, site_id, frequency):
            if period < earliest:
                break
            missing = [
                m for m in asked(campaign, view, frequency, period)
                if period not in there.get(m.id, ()) and not _nought_of_nought(desk, site_id, m, period)
            ]  # fmt: skip
            if missing:
                due = min(due_on(period, m) for m in missing)
                slot = Slot(frequency, period, due, (due - desk.as_of).days, tuple(m.id for m in missing))
                found.append(slot)
    return tuple(sorted(found, key=lambda s: (s.due_on, s.period)))


def _nought_of_nought(desk: Desk, site: str, measure: Measure, period: date) -> bool:
    """Whether a cell is reported though it has no value: nothing out of nothing has no share, and yet is known."""
    if not measure.form.has_denominator:
        return False
    rows = desk.store.history(desk.campaign.id, site, measure.id, period)
    return bool(len(rows)) and not pd.isna(rows.iloc[-1]["denominator"])
