"""When limits should be re-established: the Stable Shift Algorithm, for many series at once.

It proposes; people decide. ``propose`` is the face, ``walk`` the algorithm's steps, ``calculation`` the limits of
one period. No figure depends on the other series of a call.
Source: Woodcock, O'Connor & Bell (2025), BMJ Quality & Safety; the R program autospc 0.0.0.9051.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from measures import panel
from measures.spc import calculation
from measures.spc.calculation import CHARTS, Formulas
from measures.spc.walk import Breaks, Walk

PERIOD_TYPES = ("", "calculation", "display")
"""A row's part of its period: none, limits are made from it, or limits are extended to it."""

ROUNDING = float(np.finfo(float).eps ** 0.5)
"""A point within 1.5e-8 of the centre lies on it; for proportions a hundredth of that: 1.5e-8 percent."""

LARGEST = 1e100
"""Beyond this, squares and sums of figures would be infinite."""

FULL_PERIOD = 21
"""A shorter calculation period makes a proposal a trial."""


@dataclass(frozen=True, slots=True)
class StableShift:
    """How rebases are proposed; raises ValueError, in a sentence, where a choice is impossible.

    ``chart``: one of ``calculation.CHARTS``. ``period_min``: points that limits are made from.
    ``baseline_length``: the same for the first period, None for ``period_min``. ``shift``: so many points in a row
    on one side are a shift. ``no_regrets``: wait where the new period's last run might yet become a shift back.
    ``overhanging_reversions``: a shift back counts though it reaches its length only after the calculation
    period. ``establish_every_shift``: propose at every shift, stable or not. ``baseline_only``: propose nothing,
    extend the first limits. ``max_exclusions``: outlying points left out of a period's limits, at most.
    ``screen_passes``: how often outlying moving ranges are left out. ``centre_tolerance``: points so near to the
    centre lie on it, in the unit of the values (of a proportion: as a fraction).

    >>> StableShift(period_min=12).trial
    True
    """

    chart: str = "xmr"
    period_min: int = FULL_PERIOD
    baseline_length: int | None = None
    shift: int = 8
    no_regrets: bool = True
    overhanging_reversions: bool = True
    establish_every_shift: bool = False
    baseline_only: bool = False
    max_exclusions: int = 3
    screen_passes: int = 1
    centre_tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.chart not in CHARTS:
            raise ValueError(f"chart is {self.chart!r}; it must be one of: {', '.join(CHARTS)}.")
        counts = {name: getattr(self, name) for name in ("period_min", "shift", "baseline_length")}
        if self.baseline_length is None:
            del counts["baseline_length"]
        for name, count in counts.items():
            if not _whole(count, 2):
                raise ValueError(f"{name} is {count!r}; it must be a whole number of points, 2 or more.")
        for name in ("max_exclusions", "screen_passes"):
            if not _whole(getattr(self, name), 0):
                raise ValueError(f"{name} is {getattr(self, name)!r}; it must be a whole number, 0 or more.")
        for name in ("no_regrets", "overhanging_reversions", "establish_every_shift", "baseline_only"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name} is {getattr(self, name)!r}; it must be True or False.")
        tolerance = self.centre_tolerance
        number = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
        if not (number and isfinite(tolerance) and tolerance >= 0):
            raise ValueError(f"centre_tolerance is {tolerance!r}; it must be a number, 0 or more.")

    @property
    def formulas(self) -> Formulas:
        """The chart's formulas."""
        return CHARTS[self.chart]

    @property
    def first_period(self) -> int:
        """Points that the first limits are made from."""
        return self.period_min if self.baseline_length is None else self.baseline_length

    @property
    def tolerance(self) -> float:
        """Points nearer to the centre than this lie on it."""
        return self.centre_tolerance + (ROUNDING / 100 if self.formulas.proportion else ROUNDING)

    @property
    def trial(self) -> bool:
        """Whether a proposal rests on fewer points than the authors ask for."""
        return self.period_min < FULL_PERIOD


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Each row under the limits that would be in force if every proposal were accepted; arrays (n,).

    ``period`` its number in its series from 1, 0 where there are too few points for limits; ``period_type`` a code
    into ``PERIOD_TYPES``; ``centre``, ``lower``, ``upper`` NaN where there are none; ``excluded`` left out of its
    period's limits; ``side`` +1 above the centre, -1 below, 0 on it; ``shift`` one of many in a row on that side,
    within its period; ``beyond`` outside its limits, not on them (within 1e-9, relative). A missing row lies in the
    period of the point before it (of the first point, where there is none), on no side.
    """

    options: StableShift
    starts: np.ndarray
    period: np.ndarray
    period_type: np.ndarray
    centre: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    excluded: np.ndarray
    side: np.ndarray
    shift: np.ndarray
    beyond: np.ndarray
    breaks: Breaks

    @property
    def trial(self) -> bool:
        """Whether the proposals rest on shorter periods than the authors ask for."""
        return self.options.trial


DEFAULT = StableShift()


def propose(
    values: np.ndarray,
    starts: np.ndarray,
    *,
    denominators: np.ndarray | None = None,
    options: StableShift = DEFAULT,
) -> Proposals:
    """Proposed rebases of every series.

    Limits from the first calculation period hold until a shift (``options.shift`` points in a row on one side of
    the centre) that is stable: within a whole calculation period from its first point there is no shift back,
    against the limits made from that period, and none could still come of its last run.

    ``values`` (n,) float, NaN = missing, sorted by series then period, for p and pp numerators with
    ``denominators`` (n,); a missing or zero denominator makes the row missing. ``starts`` (s,) first row of each
    series. A calculation period counts the points that are not missing, moving ranges bridge a missing one, and
    it ends a run. Centre and limits are in the unit of the values, of proportions as fractions. Raises ValueError
    on arrays that do not fit together, on infinite or huge values and on what cannot be a count or a proportion.
    Source: Woodcock, O'Connor & Bell (2025); autospc 0.0.0.9051.

    >>> found = propose([3.0, 1.0] * 12 + [11.0, 9.0] * 12, [0]).breaks
    >>> found.row.tolist(), found.run.tolist(), found.centre_before.round(2).tolist(), found.points.tolist()
    ([24], [24], [2.05], [21])
    """
    values, starts, denominators = _checked(values, starts, denominators, options.formulas)
    walk = Walk(values, starts, denominators, options)
    walk.run()
    return _proposals(walk, starts, denominators)


def _checked(values, starts, denominators, formulas: Formulas) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    values = np.ascontiguousarray(values, np.float64)
    if values.ndim != 1:
        raise ValueError("values must be a one-dimensional array.")
    starts = panel.check_starts(starts, len(values))
    if (np.abs(values) > LARGEST).any():
        raise ValueError(f"A value is infinite or above {LARGEST:g}: their sums would be infinite.")
    if formulas.counts and (values < 0).any():
        raise ValueError(f"A value is below 0; a chart of {formulas.title} cannot have one.")
    if not formulas.proportion:
        if denominators is not None:
            raise ValueError(f"A chart of {formulas.title} has no denominators.")
        return values, starts, None
    if denominators is None:
        raise ValueError(f"A chart of {formulas.title} needs denominators.")
    denominators = np.ascontiguousarray(denominators, np.float64)
    if denominators.shape != values.shape:
        raise ValueError("denominators must be one figure per value.")
    if (denominators > LARGEST).any() or (denominators < 0).any():
        raise ValueError(f"A denominator is below 0 or above {LARGEST:g}.")
    if ((values > denominators) & (denominators > 0)).any():
        raise ValueError("A value is above its denominator: it is no proportion.")
    return values, starts, denominators


def _proposals(walk: Walk, starts: np.ndarray, denominators: np.ndarray | None) -> Proposals:
    """The walk's points back in their rows, and the missing rows between them."""
    n, options = walk.present.size, walk.options
    counts = panel.lengths(starts, n)
    some = panel.spread(walk.stop > walk.first, counts)
    nearest = np.maximum(np.cumsum(walk.present) - 1, panel.spread(walk.first, counts))[some]

    def carried(points: np.ndarray, absent: float) -> np.ndarray:
        out = np.full(n, absent, points.dtype)
        out[some] = points[nearest]
        return out

    def placed(points: np.ndarray, absent: float = 0) -> np.ndarray:
        out = np.full(n, absent, points.dtype)
        out[walk.rows] = points
        return out

    period, centre, width = carried(walk.period, 0), carried(walk.centre, np.nan), carried(walk.width, np.nan)
    display = (period > 0) & ~carried(walk.calculation, False)
    lower, upper, slack = calculation.lines(centre, width, denominators, display, options.formulas)
    shown = placed(walk.shown, np.nan)
    return Proposals(
        options,
        starts,
        period,
        np.where(display, 2, period > 0).astype(np.uint8),
        centre,
        lower,
        upper,
        placed(walk.excluded),
        placed(walk.side),
        placed(_shifts(walk)),
        (shown < lower - slack) | (shown > upper + slack),
        _joined(walk.breaks),
    )


def _shifts(walk: Walk) -> np.ndarray:
    """Points in a shift within their period: a new period has cut the run that it began in."""
    if not walk.rows.size:
        return np.zeros(0, bool)
    edge = walk.gap.copy()
    edge[1:] |= (walk.side[1:] != walk.side[:-1]) | (walk.period[1:] != walk.period[:-1])
    edge[walk.first[walk.stop > walk.first]] = True
    length = np.diff(np.flatnonzero(edge), append=edge.size)
    return panel.spread(length >= walk.options.shift, length) & (walk.side != 0)


def _joined(rounds: list[Breaks]) -> Breaks:
    none = np.zeros(0, np.int64)
    empty = Breaks(none, none, none.astype(np.int8), none, none.astype(float), none.astype(float), none, none)
    joined = Breaks(*(np.concatenate(column) for column in zip(empty, *rounds)))
    order = np.argsort(joined.row)
    return Breaks(*(column[order] for column in joined))
