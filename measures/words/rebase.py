"""Why a rebase is proposed: what was seen, and what the new limits would rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor, log10

from measures import format
from measures.model import Form, Measure

SMALLEST = 21
"""Points that the authors of the Stable Shift Algorithm ask for; fewer make a trial."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A proposed rebase in figures: ``side`` +1 above, -1 below; ``run`` points in a row there, from its start on;
    the averages ``before`` and ``after``; ``points`` that the new limits rest on, and how many were ``excluded``
    for lying far outside; ``trial``: they are made from fewer points than is usual."""

    side: int
    run: int
    before: float
    after: float
    points: int
    excluded: int = 0
    trial: bool = False


def proposal(seen: Seen, measure: Measure, start: date) -> str:
    """The sentence for a measure whose unit, and whose unit of time, are known.

    >>> from measures.model import Direction, Family, Form
    >>> one = Measure("a", "Attendances", "A", "", Family.OUTCOME, Form.COUNT, Direction.DOWN, "", "Attendances")
    >>> proposal(Seen(1, 12, 3607.15, 3900.9, 21), one, date(2017, 4, 1))
    '12 months in a row above the old average of 3,607 from April 2017 on; the new limits rest on 21 months from
     there, average 3,901.'
    """
    before, after = format.value(measure, seen.before), format.value(measure, seen.after)
    if before == after:
        decimals = _decimals(seen.after - seen.before, 100 if measure.form is Form.PROPORTION else 1)
        before, after = (format.value(measure, x, decimals) for x in (seen.before, seen.after))
    when = format.month(start) if measure.frequency == "month" else format.day(start)
    return _sentence(seen, measure.frequency, when, before, after)


def in_points(seen: Seen, start: str, *, percent: bool = False) -> str:
    """The sentence where neither the unit nor the unit of time is known; ``start`` as the person wrote it.

    ``percent``: the averages are shares of one. Shown with two digits of their difference.

    >>> in_points(Seen(-1, 8, 0.912, 0.871, 12, trial=True), "2017-04", percent=True)
    '8 points in a row below the old average of 91.2% from 2017-04 on; the new limits rest on 12 points from there,
     average 87.1% (a trial: fewer than 21 points).'
    """
    decimals = _decimals(seen.after - seen.before, 100 if percent else 1)
    show = format.percent if percent else format.number
    return _sentence(seen, "point", start, *(show(x, decimals) for x in (seen.before, seen.after)))


def _sentence(seen: Seen, unit: str, when: str, before: str, after: str) -> str:
    side = "above" if seen.side > 0 else "below"
    every = format.count(seen.points + seen.excluded, unit)
    rest = f"{format.number(seen.points)} of the {every}" if seen.excluded else every
    trial = f" (a trial: fewer than {SMALLEST} points)" if seen.trial else ""
    return (
        f"{format.count(seen.run, unit)} in a row {side} the old average of {before} from {when} on;"
        f" the new limits rest on {rest} from there, average {after}{trial}."
    )


def _decimals(gap: float, scale: int) -> int:
    """Decimals that show two digits of a difference; one at least of a percentage, nine at most."""
    least = 1 if scale == 100 else 0
    if not abs(gap) > 0:
        return least
    return min(max(1 - floor(log10(abs(gap) * scale)), least), 9)
