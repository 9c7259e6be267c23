"""Entering a site's period: what is asked for, what is refused, what is queried, saving and undoing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from measures import clock, format, log, units
from measures.access import Action
from measures.actions import due
from measures.actions.due import periods
from measures.actions.read import Desk
from measures.model import Campaign, Form, Measure
from measures.review import views
from measures.review.calendar import due_on
from measures.store.base import Clash, Conflict, Entry, Recorded
from measures.units import Unit

SOURCE = "typed"
RECENT, FEWEST = 12, 6
"""How many of a site's own periods a new number is compared with, and how many there must be."""
REACHABLE = 53
"""How many periods back a milestone can be said to have been reached: a year of weeks."""
WHOLE = {Form.COUNT: "a count", Form.PROPORTION: "a count", Form.CASES_BETWEEN: "a number of cases"}
"""The forms that only whole numbers will do for, and what such a number is."""


@dataclass(frozen=True, slots=True)
class Field:
    """One number to type, or one yes or no. A denominator shared by several measures is asked for once.

    ``key`` names it in a draft; ``measure`` is whose unit and form it has. ``now`` is what is saved (None where
    nothing is), ``before`` the last two numbers, newest first, as (period, number) pairs, and ``line`` the numbers
    of the ``RECENT`` periods before, oldest first, NaN where nothing was reported.
    """

    key: str
    label: str
    now: float | None
    before: tuple[tuple[date, float], ...]
    measure: Measure
    line: tuple[float, ...] = ()

    @property
    def yes_no(self) -> bool:
        """Whether it is answered with yes or no, kept as 1 and 0."""
        return self.measure.form is Form.YES_NO

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return self.measure.form in WHOLE

    @property
    def units(self) -> list[Unit]:
        """The units it may be typed in, its own among them; none where there is only the one."""
        return [] if self.measure.form.has_denominator else other_units(self.measure)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one site is asked for one period: its fields, and the revision of each cell that was read.

    ``note`` is what is remembered about the period, the first of the ``notes`` beside its cells, by measure.
    ``reachable``: by milestone, the periods up to this one (newest first) in which it may have been reached, each
    with the revision read.
    """

    site: str
    period: date
    due_on: date
    fields: tuple[Field, ...]
    seen: Mapping[str, int]
    note: str
    notes: Mapping[str, str] = field(default_factory=dict)
    frequency: str = "month"
    reachable: Mapping[str, tuple[tuple[date, int], ...]] = field(default_factory=dict)

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


def other_units(measure: Measure) -> list[Unit]:
    """The units that a measure's figures can be turned into, its own among them; none where it has no other."""
    try:
        found = units.compatible(measure.unit)
    except ValueError:  # a unit of its own, such as "calls"
        return []
    return found if len(found) > 1 and measure.form in (Form.VALUE, Form.TIME_BETWEEN) else []


def in_own_unit(measure: Measure, x: float | None, unit: str) -> float | None:
    """A typed number in the measure's own unit. Raises ValueError where it does not measure the same thing."""
    if x is None or not unit or unit == units.find(measure.unit).id:
        return x
    return float(units.convert(Decimal(repr(x)), unit, measure.unit))


def sheet(desk: Desk, site_id: str, period: date, frequency: str | None = None) -> Sheet:
    """What to ask for: the measures of the frequency (the outcome's where none is given).

    Raises Forbidden, or Refused where the period cannot be reported.
    """
    desk.require(Action.ENTER, site_id)
    campaign, every = desk.campaign, frequency or desk.campaign.outcome.frequency
    if period not in periods(desk, site_id, every):
        when = format.period(period, every)
        raise Refused([f"{campaign.site(site_id).name} has nothing to report for {when}."])
    view = views.site(desk.review(), site_id)
    measures = due.asked(campaign, view, every, period)
    earlier = view.others[(view.others["period"] < pd.Timestamp(period)).to_numpy()]
    heads = {m.id: _head(desk, site_id, m.id, period) for m in measures}
    notes = {id: str(head["note"]) for id, head in heads.items() if head.get("note")}
    grid = [pd.Timestamp(p) for p in periods(desk, site_id, every) if p < period][RECENT - 1 :: -1]
    fields = tuple(_fields(campaign, measures, heads, earlier, grid))
    missing = {f.measure.id for f in fields if f.now is None}
    return Sheet(
        site=site_id,
        period=period,
        due_on=min((due_on(period, m) for m in measures if m.id in missing or not missing), default=period),
        fields=fields,
        seen={id: int(head.get("rev", 0)) for id, head in heads.items()},
        note=next(iter(notes.values()), ""),
        notes=notes,
        frequency=every,
        reachable={m.id: _reachable(desk, site_id, m, period) for m in measures if due.is_milestone(m)},
    )


def _head(desk: Desk, site_id: str, measure: str, period: date) -> dict[str, object]:
    """What a cell holds now; empty where nothing was ever written."""
    rows = desk.store.history(desk.campaign.id, site_id, measure, period)
    return rows.iloc[-1].to_dict() if len(rows) else {}


def _reachable(desk: Desk, site_id: str, measure: Measure, period: date) -> tuple[tuple[date, int], ...]:
    """This period and those just before it that hold no yes, each with the revision of its cell."""
    found: list[tuple[date, int]] = []
    for when in (p for p in periods(desk, site_id, measure.frequency) if p <= period):
        head = _head(desk, site_id, measure.id, when)
        if len(found) == REACHABLE or (found and head.get("value") == 1):
            break
        found.append((when, int(head.get("rev", 0))))
    return tuple(found)


def columns(campaign: Campaign, measures: Sequence[Measure]) -> list[tuple[str, str, Measure, str]]:
    """What ``measures`` are asked for as, in order: key, label, measure, and the part of its cell it is.

    What others are a share of comes first, and once.
    """
    keys = {m.id: _bottom(campaign, m) for m in measures if m.form.has_denominator}
    found: list[tuple[str, str, Measure, str]] = []
    for measure in measures:
        if keys.get(measure.id, "").endswith("/denominator"):
            found.append((keys[measure.id], measure.denominator_label, measure, "denominator"))
        column = "numerator" if measure.form.has_denominator else "value"
        found.append((measure.id, measure.numerator_label, measure, column))
    shared = {key for key in keys.values() if not key.endswith("/denominator")}
    return sorted(found, key=lambda one: one[0] not in shared)


def _fields(
    campaign: Campaign, measures: list[Measure], heads: Mapping[str, dict], earlier: pd.DataFrame, grid: list
) -> list[Field]:
    found = []
    for key, label, measure, column in columns(campaign, measures):
        now = heads[measure.id].get(column)
        rows = earlier[(earlier["measure"] == measure.id).to_numpy()].set_index("period")[column].tail(RECENT)
        before = tuple((p.date(), float(x)) for p, x in rows.tail(2)[::-1].items())
        saved = None if now is None or pd.isna(now) else float(now)
        found.append(Field(key, label, saved, before, measure, tuple(rows.reindex(grid).tolist())))
    return found


def _bottom(campaign: Campaign, measure: Measure) -> str:
    """Which field is a measure's denominator: another measure of the same frequency, or one of its own."""
    other = measure.denominator_measure
    same = other and campaign.measure(other).frequency == measure.frequency
    return other if same else f"{measure.id}/denominator"


def inputs(campaign: Campaign, measure: Measure) -> tuple[str, ...]:
    """The fields that a measure's cell is made of."""
    return (_bottom(campaign, measure), measure.id) if measure.form.has_denominator else (measure.id,)


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
        bottom = numbers.get(_bottom(campaign, measure))
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
        elif x != int(x) and (form := campaign.measure(key.split("/")[0]).form) in WHOLE:
            found.append(f"“{labels[key]}” is {WHOLE[form]}, so it must be a whole number.")
        elif campaign.measure(key.split("/")[0]).form is Form.YES_NO and x not in (0, 1):
            found.append(f"“{labels[key]}” is either yes or no.")
    for measure in campaign.measures:
        if not measure.form.has_denominator:
            continue
        bottom_key = _bottom(campaign, measure)
        top, bottom = given.get(measure.id), given.get(bottom_key)
        if top is not None and bottom is None:
            found.append(f"“{labels[measure.id]}” needs “{labels[bottom_key]}” as well.")
        elif top is None and bottom is not None and bottom_key.endswith("/denominator"):
            found.append(f"“{labels[bottom_key]}” needs “{labels[measure.id]}” as well.")
        elif top is not None and measure.form is Form.PROPORTION and top > bottom:
            found.append(
                f"“{labels[measure.id]}” ({top:,.0f}) is more than “{labels[bottom_key]}” ({bottom:,.0f})."
                " Have the two been swapped?"
            )
        elif top and not bottom:
            found.append(f"“{labels[bottom_key]}” is nought, so nobody can have been counted out of it.")
    return found


def queries(
    campaign: Campaign, view: views.SiteView, numbers: Mapping[str, float | None], period: date
) -> list[tuple[str, float, float, float]]:
    """Unlikely numbers: (measure, value, lowest, highest of the last twelve periods) for each; never a refusal.

    A value is queried when it lies outside what the site had in the last twelve periods by more than half
    their range and 2 % of their median: what a slipped digit or a swapped field looks like. On the demo's
    real data that asks about fewer than 1 number in 100.
    """
    found = []
    earlier = (view.others["period"] < pd.Timestamp(period)).to_numpy()
    for id, cell in cells(campaign, numbers).items():
        x = ratio(campaign.measure(id), cell)
        before = view.others["value"].to_numpy()[earlier & (view.others["measure"] == id).to_numpy()][-RECENT:]
        if x is None or len(before) < FEWEST or campaign.measure(id).form is Form.YES_NO:
            continue
        low, high = float(before.min()), float(before.max())
        reach = (high - low) / 2 + 0.02 * abs(float(np.median(before)))
        if not low - reach <= x <= high + reach:
            found.append((id, x, low, high))
    return found


def save(
    desk: Desk,
    page: Sheet,
    numbers: Mapping[str, float | None],
    note: str | None = None,
    reached: Mapping[str, date] | None = None,
) -> Recorded:
    """Write the period, all cells or none. ``numbers`` are in the measures' own units, a yes 1 and a no 0.

    ``reached`` says of a milestone that it was reached in an earlier period: then every period since says yes.
    Raises Forbidden; Refused with reasons; Overwritten where a cell is no longer at the revision of ``page``.
    """
    desk.require(Action.ENTER, page.site)
    if desk.wound_back:
        raise Refused(["You are looking at an earlier date. Come back to today to enter numbers."])
    if page.period not in periods(desk, page.site, page.frequency):
        raise Refused([f"There is nothing to report for {format.period(page.period, page.frequency)}."])
    numbers = {f.key: numbers.get(f.key) for f in page.fields}
    wrong = problems(desk.campaign, numbers, {f.key: f.label for f in page.fields})
    if wrong:
        raise Refused(wrong)
    held = cells(desk.campaign, numbers)
    notes = dict(page.notes)
    if note is not None:
        about = next((id for id in (*notes, desk.campaign.outcome.id) if id in held), next(iter(held)))
        notes[about] = note.strip()
    entries = [
        Entry(page.site, id, page.period, note=notes.get(id, ""), seen=page.seen[id], **cell)
        for id, cell in held.items()
    ]
    for id, since in (reached or {}).items():
        if held.get(id) == {"value": 1}:
            entries += _since(page, id, since)
    return record(desk, entries)


def _since(page: Sheet, id: str, since: date) -> list[Entry]:
    """A yes for each period from that in which a milestone was reached to the one before the sheet's."""
    listed = page.reachable.get(id, ())
    if since not in {when for when, _ in listed}:
        raise Refused(["A milestone is reached in this period or in one before it that said no or nothing."])
    return [Entry(page.site, id, when, value=1, seen=rev) for when, rev in listed if since <= when < page.period]


def undo(desk: Desk, site_id: str, period: date, change_id: int) -> Recorded:
    """Put a month back to what it was before a change, as a new change.

    Only where nobody has written since: raises Overwritten otherwise, and Refused where there is nothing to
    undo.
    """
    desk.require(Action.ENTER, site_id)
    entries = []
    for measure in desk.campaign.measures:
        # Only a milestone is written for several periods at once.
        several = due.is_milestone(measure) and measure.frequency
        for when in periods(desk, site_id, several) if several else [period]:
            entries += as_before(desk, site_id, measure, when, change_id)
    if not entries:
        raise Refused(["There is nothing to undo."])
    return record(desk, entries, undoes=change_id)


def as_before(desk: Desk, site_id: str, measure: Measure, period: date, change_id: int) -> list[Entry]:
    """What a cell held before a change, as an entry; none where the change did not touch it."""
    rows = desk.store.history(desk.campaign.id, site_id, measure.id, period)
    mine = rows[(rows["change_id"] == change_id).to_numpy()]
    if not len(mine):
        return []
    rev = int(mine.iloc[-1]["rev"])
    earlier = rows[(rows["rev"] == rev - 1).to_numpy()]
    values = {} if not len(earlier) else {
        k: None if pd.isna(earlier.iloc[0][k]) else float(earlier.iloc[0][k])
        for k in ("numerator", "denominator", "value")
    }  # fmt: skip
    note = earlier.iloc[0]["note"] if len(earlier) else ""
    return [Entry(site_id, measure.id, period, note=note or "", seen=rev, **values)]


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
