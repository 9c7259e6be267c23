"""Means, moving ranges and limits, for every segment at once.

``values`` are rows sorted by segment and period (float64, NaN = missing); ``starts`` are the segments'
first rows and ``ends`` one past the last row of each segment's *baseline*, the rows that limits are made
from. Figures per segment have the shape of ``starts``. Units are those of the values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures import panel

SCREEN = 3.267
"""D4 for ranges of two: a moving range at or above this many mean moving ranges is screened out."""

TIE = 1e-9
"""Two figures within this share of their scale are equal: binary fractions differ in the last digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A chart's lines, each one figure per phase (k,) or one per row (n,), worked out when asked for: the limits at
    three sigma from ``middle`` (None for the centre), the warning lines at two, cut at ``floor`` and ``ceiling``, the
    inner lines at one, and ``slack``: how near counts as *on* a line, 0 where ``strict``.

    >>> lines = Band(np.array([10.0]), np.array([4.0]), floor=0.0)
    >>> lines.lower, lines.upper
    (array([0.]), array([22.]))
    """

    centre: np.ndarray
    sigma: np.ndarray
    middle: np.ndarray | None = None
    floor: float | None = None
    ceiling: float | None = None
    strict: bool = False

    @property
    def lower(self) -> np.ndarray:
        """The lower limit."""
        return self._at(-3)

    @property
    def upper(self) -> np.ndarray:
        """The upper limit."""
        return self._at(3)

    @property
    def near_lower(self) -> np.ndarray:
        """The lower warning line."""
        return self._at(-2)

    @property
    def near_upper(self) -> np.ndarray:
        """The upper warning line."""
        return self._at(2)

    @property
    def inner(self) -> tuple[np.ndarray, np.ndarray]:
        """The lines at one sigma. Nobody draws these, so they are not cut: a value within one sigma of a centre near
        the floor is within it all the same."""
        return self._middle - self.sigma, self._middle + self.sigma

    @property
    def slack(self) -> np.ndarray | float:
        """How near a line counts as on it."""
        return 0.0 if self.strict else tolerance(self._middle, self.sigma)

    @property
    def whole(self) -> bool:
        """Whether every line lies at a whole number of sigmas from the centre."""
        return self.middle is None and self.floor is None and self.ceiling is None

    def of(self, pick: np.ndarray) -> Band:
        """The lines at the places ``pick``."""
        middle = None if self.middle is None else self.middle[pick]
        return Band(self.centre[pick], self.sigma[pick], middle, self.floor, self.ceiling, self.strict)

    @property
    def _middle(self) -> np.ndarray:
        return self.centre if self.middle is None else self.middle

    def _at(self, sigmas: int) -> np.ndarray:
        found = self._middle + sigmas * self.sigma
        if self.floor is not None:
            np.maximum(found, self.floor, out=found)
        return found if self.ceiling is None else np.minimum(found, self.ceiling, out=found)


def moving_ranges(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """|y_i - y_(i-1)| in the place of the later row; 0 at each segment's first row, NaN beside a NaN.

    Source: Shewhart's individuals chart, e.g. Wheeler & Chambers (1992).

    >>> moving_ranges(np.array([1.0, 4.0, 2.0, 9.0]), np.array([0, 3]))
    array([0., 3., 2., 0.])
    """
    ranges = np.empty(len(values))
    np.subtract(values[1:], values[:-1], out=ranges[1:])
    np.abs(ranges, out=ranges)
    ranges[starts] = 0.0
    return ranges


def divide(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """total / count, NaN where ``count`` is 0.

    >>> divide(np.array([3.0, 0.0]), np.array([2, 0]))
    array([1.5, nan])
    """
    if count.size and count.min() > 0:
        return total / count
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(count > 0, total / count, np.nan)


def mean_ranges(
    ranges: np.ndarray,
    counts: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    *,
    screen: bool = True,
    strict: bool = False,
    scale: np.ndarray | float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean moving range of each baseline, screened once; and (bool) which baselines never move.

    m = mean of all ranges; screened: the mean of those strictly below 3.267 m. Where screening would leave
    a mean of nothing, all are kept: every range of a constant series is 0, and the few blips of a series
    that hardly ever moves are all it varies by. ``strict`` takes that out and gives the reference
    program's NaN and 0 instead.

    ``ranges``: rows as from ``moving_ranges`` with 0 for a missing one, **may be changed**; ``counts``:
    how many of each baseline's ranges exist; ``scale``: size of each segment's values, against which a
    mean range counts as nothing. NaN where there is no range.
    Source: Nelson (1982) for screening; NHSRplotthedots 0.2.2 for its strictness.

    >>> flat = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 9.0])
    >>> mean_ranges(flat, np.array([5]), np.array([0]), np.array([6]))
    (array([1.]), array([False]))
    """
    total = panel.sums(ranges, starts, ends)
    mean, flat = divide(total, counts), total == 0
    if not screen:
        return mean, flat
    bound = np.where(total > 0, SCREEN * mean, np.inf)
    out = np.flatnonzero(panel.at_least(ranges, bound, starts))
    if out.size:
        segment = panel.segment_of(out, starts)
        inside = out < ends[segment]
        out, segment = out[inside], segment[inside]
        if strict:
            # To the last digit: where every range that is not 0 goes, what is left is 0.
            ranges[out] = 0.0
            rest = panel.sums(ranges, starts, ends)
        else:
            rest = total - np.bincount(segment, ranges[out], starts.size)
        kept = divide(rest, counts - np.bincount(segment, minlength=starts.size))
        collapsed = ~(kept > TIE * (scale + mean)) & (total > 0)
        mean = kept if strict else np.where(collapsed, mean, kept)
    if strict:
        mean[flat] = np.nan
    return mean, flat


def tolerance(centre: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """How near counts as *on* a line: 1e-9 of |centre| + 3 sigma; any shape, sigma may be NaN.

    >>> tolerance(np.array([1.0]), np.array([np.nan]))
    array([1.e-09])
    """
    return TIE * (np.abs(centre) + 3 * np.where(np.isnan(sigma), 0.0, sigma))
