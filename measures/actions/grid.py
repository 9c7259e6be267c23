"""Many months at once: what a table of cells would change, what it cannot, and saving it as one change.

What a person typed or pasted is kept as text until it is saved, so that nothing is dropped on the way: "1,234" is
read, and what is no number is refused with its reason. A cell that was not edited is never written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

import pandas as pd

from measures import format
from measures.access import Action
from measures.actions import entries, read
from measures.actions.entries import Refused, inputs
from measures.actions.read import Desk
from measures.actions.typed import readings, shown
from measures.model import ALL, Campaign, Measure
from measures.store.base import Entry, Recorded

SOURCE = "table"
MONTHS = 24
"""How many periods are shown unless more are asked for."""
PARTS = ("numerator", "denominator", "value")
NOTE = "note"
"""The column of what is remembered about a period; it stands with the outcome's cell."""
LONGEST_NOTE = 200

Place = tuple[date, str]
"""A cell of the table: its period and its column."""
Edits = Mapping[Place, str]
"""What was typed or pasted, as it was, by cell; an empty text empties the cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key (as ``entries.Field``), what it is called, and the part of which measure's cell it is."""

    key: str
    label: str
    measure: str
    part: str


@dataclass(frozen=True, slots=True)
class Head:
    """What a cell of the store held when the table was opened, and who wrote it."""

    rev: int = 0
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    note: str = ""
    change_id: int | None = None
    actor: str | None = None
    at: datetime | None = None


NOTHING = Head()


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One site's periods of one ``frequency`` as they were when the table was opened.

    ``periods`` (oldest first, as in a spreadsheet) and ``columns`` are those shown; ``every`` and ``fields`` are
    all there are, and ``heads`` what the store's cells held, by measure and period.
    """

    campaign: Campaign
    site: str
    frequency: str
    periods: tuple[date, ...]
    columns: tuple[Column, ...]
    every: tuple[date, ...]
    fields: tuple[Column, ...]
    heads: Mapping[tuple[str, date], Head]
    known: Mapping[str, Column]
    """The fields by their keys."""

    @property
    def measures(self) -> list[Measure]:
        """The measures that are reported as often, in their order."""
        return sorted((m for m in self.campaign.measures if m.frequency == self.frequency), key=lambda m: m.order)

    @property
    def noted(self) -> str:
        """The measure whose cell holds the notes: the outcome, where it is among them."""
        outcome = self.campaign.outcome
        return outcome.id if outcome.frequency == self.frequency else self.measures[0].id

    def head(self, measure: str, period: date) -> Head:
        """What a cell of the store held; nothing at revision 0 where it was never written."""
        return self.heads.get((measure, period), NOTHING)

    def number(self, place: Place) -> float | None:
        """The number in a cell of the table; None where it is empty."""
        column = self.column(place[1])
        return getattr(self.head(column.measure, place[0]), column.part)

    def text(self, place: Place) -> str:
        """What a cell of the table shows: a number with separators, a note as it is."""
        if place[1] == NOTE:
            return self.head(self.noted, place[0]).note
        return shown(self.number(place), self.campaign.measure(self.column(place[1]).measure))

    def column(self, key: str) -> Column:
        """The column of a key; KeyError where there is none."""
        return self.known[key]


class Kind(StrEnum):
    """What becomes of an edited cell."""

    NEW = "new"
    CHANGED = "changed"
    EMPTIED = "emptied"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Difference:
    """An edited cell: from what to what, or why it cannot be saved as it is."""

    period: date
    key: str
    label: str
    kind: Kind
    was: str
    now: str
    reason: str = ""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.period, self.key


@dataclass(frozen=True, slots=True)
class Differences:
    """Every edited cell that differs from what was there, oldest period first."""

    cells: tuple[Difference, ...] = ()

    def of(self, *kinds: Kind) -> tuple[Difference, ...]:
        """Those that become one of ``kinds``."""
        return tuple(cell for cell in self.cells if cell.kind in kinds)

    @property
    def refused(self) -> tuple[Difference, ...]:
        """Those that cannot be saved as they are; while there are any, nothing can be."""
        return self.of(Kind.REFUSED)

    @property
    def emptied(self) -> tuple[Difference, ...]:
        """Those that would hold nothing any more."""
        return self.of(Kind.EMPTIED)


# --- opening -----------------------------------------------------------------------------------------


def open_grid(
    desk: Desk,
    site: str,
    *,
    measures: Collection[str] | None = None,
    months: int | None = MONTHS,
    frequency: str | None = None,
) -> Grid:
    """One site's last ``months`` periods (None: all), of the ``measures`` given or of every one. Raises Forbidden.

    Those of one ``frequency``, the outcome's where none is given. A measure brings the denominator it is a share of.
    """
    desk.require(Action.ENTER, site)
    often = frequency or desk.campaign.outcome.frequency
    every = tuple(reversed(entries.periods(desk, site, often)))
    bare = Grid(desk.campaign, site, often, every, (), every, (), {}, {})
    asked = entries.columns(desk.campaign, bare.measures)
    fields = tuple(Column(key, label, m.id, part) for key, label, m, part in asked)
    rows = desk.store.heads(desk.campaign.id, site)
    rows = rows[(rows["group"] == ALL).to_numpy()]
    numbers = ([None if pd.isna(x) else float(x) for x in rows[part]] for part in PARTS)
    held = zip(rows["rev"], *numbers, rows["note"], rows["change_id"], rows["actor"], rows["at"], strict=True)
    heads = {
        (measure, period): Head(int(rev), n, d, v, note, int(change), actor, at.to_pydatetime())
        for measure, period, (rev, n, d, v, note, change, actor, at) in zip(
            rows["measure"], rows["period"].dt.date, held, strict=True
        )
    }
    return show(replace(bare, fields=fields, heads=heads, known={c.key: c for c in fields}), measures, months)


def show(grid: Grid, measures: Collection[str] | None = None, months: int | None = None) -> Grid:
    """The same table with other rows and columns in sight; what is known of the rest stays with it."""
    chosen = [m for m in grid.measures if measures is None or m.id in measures]
    wanted = {key for measure in chosen for key in inputs(grid.campaign, measure)}
    return replace(
        grid,
        periods=grid.every if months is None else grid.every[-months:],
        columns=tuple(column for column in grid.fields if column.key in wanted),
    )


def named(grid: Grid, period: date) -> str:
    """A period as a line begins."""
    return format.capital(format.period(period, grid.frequency))


# --- what was typed -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Read:
    """The edits as they were understood: numbers and notes that differ, and reasons where they were not."""

    numbers: dict[Place, float | None]
    notes: dict[date, str]
    reasons: dict[Place, str]


def _read(grid: Grid, edited: Edits) -> _Read:
    found, periods, typed = _Read({}, {}, {}), set(grid.every), {}
    for (period, key), text in edited.items():
        if period not in periods or (key != NOTE and key not in grid.known):
            when = format.period(period, grid.frequency)
            found.reasons[period, key] = f"This table has no such cell for {when}: open it again."
        elif key != NOTE:
            typed[period, key] = (text, grid.campaign.measure(grid.known[key].measure))
        else:
            note = " ".join(text.replace("\0", " ").split())
            if len(note) > LONGEST_NOTE:
                found.reasons[period, key] = f"A note has at most {LONGEST_NOTE} letters: shorten it."
            elif note != grid.text((period, NOTE)):
                found.notes[period] = note
    for place, number in zip(typed, readings(list(typed.values())), strict=True):
        if isinstance(number, ValueError):
            found.reasons[place] = str(number)
        elif number != grid.number(place):
            found.numbers[place] = number
    return found


@dataclass(frozen=True, slots=True)
class _Touched:
    """A measure of which something was edited in one period: what it would be made of.

    ``alone`` is the campaign with no more than this measure and its denominator, so that one cell is judged at a time.
    """

    measure: Measure
    alone: Campaign
    after: dict[str, float | None]


def _touched(grid: Grid, got: _Read) -> Iterator[tuple[date, _Touched]]:
    """Every cell of the store that an edited number is part of, by period."""
    made_of = [(m, inputs(grid.campaign, m), _alone(grid.campaign, m)) for m in grid.measures]
    for period, keys in _by_period(got.numbers).items():
        for measure, needed, alone in made_of:
            if not keys.isdisjoint(needed):
                before = {key: grid.number((period, key)) for key in needed}
                after = {key: got.numbers.get((period, key), x) for key, x in before.items()}
                yield period, _Touched(measure, alone, after)


def _alone(campaign: Campaign, measure: Measure) -> Campaign:
    ids = (measure.id, measure.denominator_measure)
    return replace(campaign, measures=tuple(m for m in campaign.measures if m.id in ids))


def _by_period(places: Iterable[Place]) -> dict[date, set[str]]:
    found: dict[date, set[str]] = {}
    for period, key in sorted(places):
        found.setdefault(period, set()).add(key)
    return found


# --- what will change --------------------------------------------------------------------------------


def differences(grid: Grid, edited: Edits) -> Differences:
    """What saving ``edited`` would change, cell by cell, and what cannot be saved and why. Pure."""
    got = _read(grid, edited)
    reasons = dict(got.reasons)
    labels = {column.key: column.label for column in grid.fields}
    for period, touched in _touched(grid, got):
        if all(x is None for x in touched.after.values()):
            continue  # emptied altogether
        for wrong in entries.problems(touched.alone, touched.after, labels):
            for key in touched.after:
                if (period, key) in got.numbers:
                    reasons.setdefault((period, key), wrong)
    order = {column.key: place for place, column in enumerate(grid.fields)} | {NOTE: len(grid.fields)}
    places = {*got.numbers, *((period, NOTE) for period in got.notes), *got.reasons}
    found = []
    for place in sorted(places, key=lambda place: (place[0], order.get(place[1], len(order)))):
        found.append(_difference(grid, place, got, edited, reasons.get(place, "")))
    return Differences(tuple(found))


def _difference(grid: Grid, place: Place, got: _Read, edited: Edits, reason: str) -> Difference:
    period, key = place
    known = key == NOTE or key in grid.known
    label = "Note" if key == NOTE else grid.column(key).label if known else key
    was = grid.text(place) if known else ""
    if place in got.numbers:
        now = shown(got.numbers[place], grid.campaign.measure(grid.column(key).measure))
    else:
        now = got.notes.get(period, edited[place]) if key == NOTE else edited[place].strip()
    kind = Kind.REFUSED if reason else Kind.EMPTIED if not now else Kind.CHANGED if was else Kind.NEW
    return Difference(period, key, label, kind, was, now, reason)


def queries(desk: Desk, grid: Grid, edited: Edits) -> list[tuple[date, tuple[str, float, float, float]]]:
    """Unlikely numbers among the edits, by period, as ``entries.queries`` says them. Raises Forbidden."""
    desk.require(Action.ENTER, grid.site)
    view, found = read.site(desk, grid.site), []
    own = {str(id): replace(view, others=rows) for id, rows in view.others.groupby("measure", observed=True)}
    for period, touched in _touched(grid, _read(grid, edited)):
        if touched.measure.id in own:
            asked = entries.queries(touched.alone, own[touched.measure.id], touched.after, period)
            found += [(period, query) for query in asked if query[0] == touched.measure.id]
    return found


# --- saving ------------------------------------------------------------------------------------------


def save(desk: Desk, grid: Grid, edited: Edits, note: str = "", *, emptying: bool = False) -> Recorded:
    """Write every edited cell as one change, or none. ``emptying`` says that cells may be emptied.

    ``note`` stands beside every number written that has no note of its own. Raises Forbidden; Refused with
    reasons; Overwritten where a cell is no longer at the revision that ``grid`` read.
    """
    desk.require(Action.ENTER, grid.site)
    if desk.wound_back or desk.known_at is not None:
        raise Refused(["You are looking at an earlier date. Come back to today to enter numbers."])
    found = differences(grid, edited)
    if found.refused:
        raise Refused([f"{named(grid, cell.period)} · {cell.label}: {cell.reason}" for cell in found.refused])
    due = set(entries.periods(desk, grid.site, grid.frequency))
    if gone := sorted({cell.period for cell in found.cells} - due):
        raise Refused([f"There is nothing to report for {format.period(period, grid.frequency)}." for period in gone])
    if found.emptied and not emptying:
        raise Refused([f"Say first that {format.count(len(found.emptied), 'cell')} may be emptied."])
    changes = _entries(grid, _read(grid, edited), note.strip())
    if not changes:
        return Recorded(None, desk.store.version(desk.campaign.id), 0)
    return entries.record(desk, changes, source=SOURCE)


def _entries(grid: Grid, got: _Read, note: str) -> list[Entry]:
    """The store's cells behind the edits, each only where it would hold something else than now."""
    found, cells = [], {(period, touched.measure.id): touched for period, touched in _touched(grid, got)}
    for period, id in sorted({*cells, *((period, grid.noted) for period in got.notes)}):
        head, touched = grid.head(id, period), cells.get((period, id))
        holds = was = {part: getattr(head, part) for part in PARTS}
        if touched:  # a note alone leaves the numbers as they are
            holds = dict.fromkeys(PARTS) | entries.cells(touched.alone, touched.after).get(id, {})
        said = got.notes.get(period, head.note) if id == grid.noted else head.note
        said = note if holds != was and not said else said
        if holds != was or said != head.note:
            found.append(Entry(grid.site, id, period, note=said, seen=head.rev, **holds))
    return found
