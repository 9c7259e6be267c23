"""What every kind of chart is fitted from and gives back, and the steps that several kinds share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammaln

from measures import panel
from measures.spc import limits

if TYPE_CHECKING:
    from measures.spc.options import Options


class Fit(NamedTuple):
    """Per phase (k,): the centre line and one standard deviation; NaN where there is too little to go by.

    Where denominators differ, ``sigma`` is that of a denominator of one (``Kind.unit`` gives a row's own).
    ``middle``: from where limits are measured, if that is not the centre that is drawn.
    """

    centre: np.ndarray
    sigma: np.ndarray
    middle: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Many phases as flat arrays: ``values`` (n,) what is plotted, NaN = missing; ``starts`` (k,) first rows
    of the phases; ``ends`` (k,) one past the last baseline row of each. Where the kind needs them (n,):
    ``numerators`` and ``denominators`` of the values (or the subgroups' sizes), and the subgroups'
    standard ``deviations``."""

    values: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    numerators: np.ndarray | None = None
    denominators: np.ndarray | None = None
    deviations: np.ndarray | None = None
    whole: bool = False
    """No value is missing, and somebody has looked."""
    totals: np.ndarray | None = None
    """The sum (k,) of each baseline's values, where somebody has worked it out."""

    @property
    def there(self) -> np.ndarray | None:
        """Which values are there; None where all are."""
        return None if self.whole else present(self.values)

    def block(self, low: int, high: int, first: int, stop: int) -> Rows:
        """The phases ``low`` to ``high``, which are the rows ``first`` to ``stop``."""
        pick = slice(first, stop)
        return Rows(
            self.values[pick],
            self.starts[low:high] - first,
            self.ends[low:high] - first,
            None if self.numerators is None else self.numerators[pick],
            None if self.denominators is None else self.denominators[pick],
            None if self.deviations is None else self.deviations[pick],
            self.whole,
            None if self.totals is None else self.totals[low:high],
        )

    def without(self, left_out: np.ndarray) -> tuple[Rows, np.ndarray]:
        """The rows that are not ``left_out``, and which phases still have any."""
        kept = ~left_out
        before = np.concatenate(([0], np.cumsum(kept)))
        first, stop = before[self.starts], before[panel.stops(self.starts, len(self.values))]
        some = stop > first
        columns = (self.numerators, self.denominators, self.deviations)
        rest = (None if x is None else x[kept] for x in columns)
        return Rows(self.values[kept], first[some], before[self.ends][some], *rest, self.whole), some

    def sums(self, x: np.ndarray) -> np.ndarray:
        """Sum of ``x`` (n,) over each baseline."""
        return panel.sums(x, self.starts, self.ends)

    def over_phases(self, per_phase: np.ndarray) -> np.ndarray:
        """A figure per phase on each of its rows."""
        return panel.spread(per_phase, panel.lengths(self.starts, len(self.values)))


def present(values: np.ndarray) -> np.ndarray | None:
    """Which values are there; None where all are.

    >>> present(np.array([1.0, np.nan]))
    array([ True, False])
    """
    return None if np.isfinite(values.sum()) else ~np.isnan(values)


def mean(rows: Rows, there: np.ndarray | None) -> np.ndarray:
    """Mean of each baseline's values, those missing left out; NaN where there is none.

    >>> mean(Rows(np.array([1.0, 2.0, 9.0]), np.array([0]), np.array([2])), None)
    array([1.5])
    """
    if there is None:
        total = rows.sums(rows.values) if rows.totals is None else rows.totals
        return limits.divide(total, rows.ends - rows.starts)
    return limits.divide(rows.sums(np.where(there, rows.values, 0.0)), rows.sums(there.astype(np.int64)))


def exact_mean(rows: Rows, there: np.ndarray | None, centre: np.ndarray) -> np.ndarray:
    """The mean again, corrected by the mean deviation: a constant series' mean is then its very value.

    >>> rows = Rows(np.full(3, 0.1), np.array([0]), np.array([3]))
    >>> bool(exact_mean(rows, None, mean(rows, None))[0] == 0.1)
    True
    """
    deviation = rows.values - rows.over_phases(centre)
    if there is not None:
        deviation[~there] = 0.0
    count = rows.ends - rows.starts if there is None else rows.sums(there.astype(np.int64))
    return centre + limits.divide(rows.sums(deviation), count)


def mean_range(
    rows: Rows, there: np.ndarray | None, options: Options, scale: np.ndarray | float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Mean moving range of each baseline, screened where ``options`` say so, and where it never moves.

    A missing value removes both its ranges. ``scale``: the values' size, see ``limits.mean_ranges``.

    >>> from measures.spc import Options
    >>> mean_range(Rows(np.array([1.0, 3.0, 2.0]), np.array([0]), np.array([3])), None, Options())
    (array([1.5]), array([False]))
    """
    ranges = limits.moving_ranges(rows.values, rows.starts)
    if there is None:
        counts = np.maximum(rows.ends - rows.starts - 1, 0)
    else:
        pairs = np.zeros(len(there), np.int64)
        pairs[1:] = there[1:] & there[:-1]
        pairs[rows.starts] = 0
        np.copyto(ranges, 0.0, where=pairs == 0)
        counts = rows.sums(pairs)
    return limits.mean_ranges(
        ranges,
        counts,
        rows.starts,
        rows.ends,
        screen=options.screen,
        strict=options.strict,
        scale=scale,
    )


def pooled(rows: Rows) -> tuple[np.ndarray, np.ndarray | None]:
    """Sum of numerators over sum of denominators of each baseline, and which rows are there.

    >>> p = np.array([0.5, 0.25])
    >>> n = np.array([4.0, 4.0])
    >>> pooled(Rows(p, np.array([0]), np.array([2]), numerators=p * n, denominators=n))[0]
    array([0.375])
    """
    there = rows.there
    numerators, denominators = rows.numerators, rows.denominators
    if there is not None:
        numerators, denominators = np.where(there, numerators, 0.0), np.where(there, denominators, 0.0)
    return limits.divide(rows.sums(numerators), rows.sums(denominators)), there


def laney(rows: Rows, centre: np.ndarray, unit: np.ndarray, there: np.ndarray | None, options: Options) -> np.ndarray:
    """``unit`` (the sigma of a denominator of one) times sigma_z, the spread of the standardised points.

    z_i = (y_i - centre) sqrt(n_i) / unit; sigma_z = mean |z_i - z_(i-1)| / d2, screened as in XmR. Where
    nothing can vary (``unit`` 0) the limits lie on the centre. Source: Laney (2002).

    >>> from measures.spc import Options
    >>> n = np.full(3, 100.0)
    >>> rows = Rows(np.array([0.5, 0.6, 0.4]), np.array([0]), np.array([3]), denominators=n)
    >>> laney(rows, np.array([0.5]), np.array([0.5]), None, Options("pp"))
    array([1.3297...])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (rows.values - rows.over_phases(centre)) * np.sqrt(rows.denominators) / rows.over_phases(unit)
    z[np.isinf(z)] = np.nan
    if not options.strict:
        still = rows.over_phases(unit == 0)
        z[still & ~np.isnan(rows.values)] = 0.0
    found, _ = mean_range(
        replace(rows, values=z, whole=False, totals=None), present(z) if there is None else ~np.isnan(z), options
    )
    return unit * (options.factor * found / 3)


def c4(n: np.ndarray) -> np.ndarray:
    """What a standard deviation of ``n`` normal values expects to be, in sigmas; NaN where n < 2.

    sqrt(2 / (n - 1)) Gamma(n / 2) / Gamma((n - 1) / 2). Source: Montgomery (2013), appendix VI.

    >>> c4(np.array([1.0, 2.0, 5.0])).round(4)
    array([   nan, 0.7979, 0.94  ])
    """
    n = np.where(np.asarray(n, float) >= 2, n, np.nan)
    return np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2))


def median(rows: Rows, there: np.ndarray | None) -> np.ndarray:
    """Median of each baseline's values, those missing left out; NaN where there is none.

    >>> median(Rows(np.array([5.0, 1.0, 2.0, 8.0]), np.array([0]), np.array([4])), None)
    array([3.5])
    """
    n, k = len(rows.values), rows.starts.size
    phase = panel.segment_of(np.arange(n), rows.starts)
    use = np.arange(n) < rows.ends[phase]
    if there is not None:
        use &= there
    picked, owner = rows.values[use], phase[use]
    ordered = picked[np.lexsort((picked, owner))]
    count = np.bincount(owner, minlength=k)
    first = np.cumsum(count) - count
    some = count > 0
    out = np.full(k, np.nan)
    low, high = (first + (count - 1) // 2)[some], (first + count // 2)[some]
    out[some] = (ordered[low] + ordered[high]) / 2
    return out
