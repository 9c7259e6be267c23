"""Entering a site's month: what is asked for, what is refused, what is queried, saving and undoing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures import clock, log
from measures.access import Action
from measures.actions.read import Desk
from measures.model import Campaign, Form, Measure
from measures.review import views
from measures.review.calendar import due_on
from measures.store.base import Clash, Conflict, Entry, Recorded

SOURCE = "typed"


@dataclass(frozen=True, slots=True)
class Field:
    """One number to type. A denominator shared by several measures is asked for once.

    ``key`` names it in a draft; ``now`` is what is saved (None where nothing is) and ``before`` the
    periods just before, newest first, as (period, number) pairs.
    """

    key: str
    label: str
    now: float | None
    before: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one site is asked for one period: its fields, and the revision of each cell that was read."""

    site: str
    period: date
    due_on: date
    fields: tuple[Field, ...]
    seen: Mapping[str, int]
    note: str

    @property
    def reported(self) -> bool:
        """Whether every field has been saved."""
        return all(f.now is not None for f in self.fields)


class Refused(Exception):
    """Numbers that cannot be right. ``reasons`` are sentences for the person who typed them."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


class Overwritten(Exception):
    """Somebody else saved first; nothing was written. ``clashes`` says who, when and what."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__("Somebody else saved this month while you were typing.")
        self.clashes = clashes


def periods(desk: Desk, site_id: str) -> list[date]:
    """The periods a site can report, newest first: from its opening to the last one that is over."""
    desk.require(Action.ENTER, site_id)
    site = desk.campaign.site(site_id)
    first = max(site.opened or desk.campaign.baseline_start, desk.campaign.baseline_start)
    last = desk.review().latest
    if last is None:
        return []
    if site.merged_on:
        last = min(last, (pd.Timestamp(site.merged_on) - pd.Timedelta(days=1)).date())
    months = pd.period_range(first, last, freq="M")
    return [p.start_time.date() for p in reversed(months)]


def sheet(desk: Desk, site_id: str, period: date) -> Sheet:
    """What to ask for. Raises Forbidden, or Refused where the period cannot be reported."""
    desk.require(Action.ENTER, site_id)
    if period not in periods(desk, site_id):
        raise Refused([f"{desk.campaign.site(site_id).name} has nothing to report for {period:%B %Y}."])
    earlier = views.site(desk.review(), site_id).others
    earlier = earlier[(earlier["period"] < pd.Timestamp(period)).to_numpy()]
    heads = {m.id: _head(desk, site_id, m.id, period) for m in desk.campaign.measures}
    notes = [head["note"] for head in heads.values() if head.get("note")]
    return Sheet(
        site=site_id,
        period=period,
        due_on=due_on(period, desk.campaign.outcome),
        fields=tuple(_fields(desk.campaign, heads, earlier)),
        seen={id: int(head.get("rev", 0)) for id, head in heads.items()},
        note=notes[0] if notes else "",
    )


def _head(desk: Desk, site_id: str, measure: str, period: date) -> dict[str, object]:
    """What a cell holds now; empty where nothing was ever written."""
    rows = desk.store.history(desk.campaign.id, site_id, measure, period)
    return rows.iloc[-1].to_dict() if len(rows) else {}


def asked(campaign: Campaign) -> list[tuple[str, str, Measure, str]]:
    """The numbers a site is asked for, in their order: key, label, measure, and the part of its cell it is.

    What others are a share of comes first, and once.
    """
    ordered = sorted(campaign.measures, key=lambda m: m.order)
    shared = {m.denominator_measure for m in ordered if m.denominator_measure}
    found: list[tuple[str, str, Measure, str]] = []
    for measure in ordered:
        if measure.form.has_denominator and not measure.denominator_measure:
            found.append((f"{measure.id}/denominator", measure.denominator_label, measure, "denominator"))
        column = "numerator" if measure.form.has_denominator else "value"
        found.append((measure.id, measure.numerator_label, measure, column))
    return sorted(found, key=lambda field: field[0] not in shared)


def _fields(campaign: Campaign, heads: Mapping[str, dict], earlier: pd.DataFrame) -> list[Field]:
    found = []
    for key, label, measure, column in asked(campaign):
        now = heads[measure.id].get(column)
        rows = earlier[(earlier["measure"] == measure.id).to_numpy()].tail(2)[::-1]
        before = tuple((p.date(), float(x)) for p, x in zip(rows["period"], rows[column], strict=True))
        found.append(Field(key, label, None if now is None or pd.isna(now) else float(now), before))
    return found


def cells(campaign: Campaign, numbers: Mapping[str, float | None]) -> dict[str, dict[str, float | None]]:
    """The typed numbers as what each measure's cell should hold. Measures with a number missing are left out."""
    found = {}
    for measure in campaign.measures:
        top = numbers.get(measure.id)
        if top is None:
            continue
        if not measure.form.has_denominator:
            found[measure.id] = {"value": top}
            continue
        bottom = numbers.get(measure.denominator_measure or f"{measure.id}/denominator")
        if bottom is not None:
            found[measure.id] = {"numerator": top, "denominator": bottom}
    return found


def ratio(measure: Measure, cell: Mapping[str, float | None]) -> float | None:
    """What a cell comes to: the value, or numerator over denominator."""
    if not measure.form.has_denominator:
        return cell["value"]
    return cell["numerator"] / cell["denominator"] * measure.rate_base if cell["denominator"] else None


def problems(campaign: Campaign, numbers: Mapping[str, float | None], labels: Mapping[str, str]) -> list[str]:
    """Why these numbers cannot be saved: each a sentence that says what, where and how to put it right."""
    found = []
    given = {k: v for k, v in numbers.items() if v is not None}
    if not given:
        return ["Type at least one number."]
    for key, x in given.items():
        if not math.isfinite(x) or x < 0:
            found.append(f"“{labels[key]}” cannot be below nought: check the sign.")
        elif x != int(x) and campaign.measure(key.split("/")[0]).form in (Form.COUNT, Form.PROPORTION):
            found.append(f"“{labels[key]}” counts people, so it must be a whole number.")
    for measure in campaign.measures:
        if not measure.form.has_denominator:
            continue
        bottom_key = measure.denominator_measure or f"{measure.id}/denominator"
        top, bottom = given.get(measure.id), given.get(bottom_key)
        if top is not None and bottom is None:
            found.append(f"“{labels[measure.id]}” needs “{labels[bottom_key]}” as well.")
        elif top is None and bottom is not None and not measure.denominator_measure:
            found.append(f"“{labels[bottom_key]}” needs “{labels[measure.id]}” as well.")
        elif top is not None and measure.form is Form.PROPORTION and top > bottom:
            found.append(
                f"“{labels[measure.id]}” ({top:,.0f}) is more than “{labels[bottom_key]}” ({bottom:,.0f})."
                " Have the two been swapped?"
            )
        elif top and not bottom:
            found.append(f"“{labels[bottom_key]}” is nought, so nobody can have been counted out of it.")
    return found


RECENT, FEWEST = 12, 6
"""How many of a site's own months a new number is compared with, and how many there must be."""


def queries(
    campaign: Campaign, view: views.SiteView, numbers: Mapping[str, float | None], period: date
) -> list[tuple[str, float, float, float]]:
    """Unlikely numbers: (measure, value, lowest, highest of the last twelve months) for each; never a refusal.

    A value is queried when it lies outside what the site had in the last twelve months by more than half
    their range and 2 % of their median: what a slipped digit or a swapped field looks like. On the demo's
    real data that asks about fewer than 1 number in 100.
    """
    found = []
    earlier = (view.others["period"] < pd.Timestamp(period)).to_numpy()
    for id, cell in cells(campaign, numbers).items():
        x = ratio(campaign.measure(id), cell)
        before = view.others["value"].to_numpy()[earlier & (view.others["measure"] == id).to_numpy()][-RECENT:]
        if x is None or len(before) < FEWEST:
            continue
        low, high = float(before.min()), float(before.max())
        reach = (high - low) / 2 + 0.02 * abs(float(np.median(before)))
        if not low - reach <= x <= high + reach:
            found.append((id, x, low, high))
    return found


def save(desk: Desk, page: Sheet, numbers: Mapping[str, float | None], note: str | None = None) -> Recorded:
    """Write the month, all cells or none.

    Raises Forbidden; Refused with reasons; Overwritten where a cell is no longer at the revision of ``page``.
    """
    desk.require(Action.ENTER, page.site)
    if desk.wound_back:
        raise Refused(["You are looking at an earlier date. Come back to today to enter numbers."])
    if page.period not in periods(desk, page.site):
        raise Refused([f"There is nothing to report for {page.period:%B %Y}."])
    wrong = problems(desk.campaign, numbers, {f.key: f.label for f in page.fields})
    if wrong:
        raise Refused(wrong)
    about = desk.campaign.outcome.id
    text = page.note if note is None else note.strip()
    entries = [
        Entry(page.site, id, page.period, note=text if id == about else "", seen=page.seen[id], **cell)
        for id, cell in cells(desk.campaign, numbers).items()
    ]
    return record(desk, entries)


def undo(desk: Desk, site_id: str, period: date, change_id: int) -> Recorded:
    """Put a month back to what it was before a change, as a new change.

    Only where nobody has written since: raises Overwritten otherwise, and Refused where there is nothing to
    undo.
    """
    desk.require(Action.ENTER, site_id)
    entries = []
    for measure in desk.campaign.measures:
        rows = desk.store.history(desk.campaign.id, site_id, measure.id, period)
        mine = rows[(rows["change_id"] == change_id).to_numpy()]
        if not len(mine):
            continue
        rev = int(mine.iloc[-1]["rev"])
        earlier = rows[(rows["rev"] == rev - 1).to_numpy()]
        values = {} if not len(earlier) else {
            k: None if pd.isna(earlier.iloc[0][k]) else float(earlier.iloc[0][k])
            for k in ("numerator", "denominator", "value")
        }  # fmt: skip
        note = earlier.iloc[0]["note"] if len(earlier) else ""
        entries.append(Entry(site_id, measure.id, period, note=note or "", seen=rev, **values))
    if not entries:
        raise Refused(["There is nothing to undo."])
    return record(desk, entries, undoes=change_id)


def record(
    desk: Desk,
    entries: list[Entry],
    *,
    by: Action = Action.ENTER,
    source: str = SOURCE,
    undoes: int | None = None,
) -> Recorded:
    """Write entries that have been checked, as one change; ``by`` is what the actor must be allowed to do.

    Raises Forbidden; Overwritten where somebody else wrote first.
    """
    for site in {entry.site for entry in entries}:
        desk.require(by, site)
    about = {"campaign": desk.campaign.id, "site": entries[0].site}
    try:
        done = desk.store.record(
            desk.campaign.id, entries, actor=desk.actor.name, source=source, at=clock.now(), undoes=undoes
        )
    except Conflict as conflict:
        log.event("save refused: written by another first", **about, cells=len(conflict.clashes))
        raise Overwritten(conflict.clashes) from conflict
    log.event(
        "numbers saved" if undoes is None else "change undone", **about, change=done.change_id, cells=done.written
    )
    return done


def days_left(desk: Desk, page: Sheet) -> int:
    """Days until the report is due; negative when it is late."""
    return (page.due_on - desk.as_of).days
