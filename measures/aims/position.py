"""Where a series stands against its path, judged with its own noise and never point against point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from measures.model import Position

CODES = (
    Position.NO_PATH,
    Position.TOO_EARLY,
    Position.WELL_BEHIND,
    Position.BEHIND,
    Position.ON_COURSE,
    Position.AHEAD,
    Position.TOO_SMALL,
)
NO_PATH, TOO_EARLY, WELL_BEHIND, BEHIND, ON_COURSE, AHEAD, TOO_SMALL = range(7)

BAND = 0.8
"""Share of the counts of a site exactly on its path that lie within its band."""

LATEST = 3
"""Periods that make a current rate or level, and the periods before them that it is compared with."""


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """What is needed and what there is, each per period and in the unit of the value; NaN where it cannot be told."""

    required: np.ndarray
    current: np.ndarray


def distance(
    value: np.ndarray, path: np.ndarray, sigma: np.ndarray, better: np.ndarray | int, m: int = 3
) -> np.ndarray:
    """Distance from the path in standard errors of the mean of the last ``m`` periods.

    ``z = d (mean of the last m values - mean of the path there) / (sigma / sqrt(m))``, with sigma from the
    moving ranges. ``value`` and ``path`` are (..., m) with the newest last; NaN marks a period without a
    number, and the mean is then over those that are there. NaN where there is none, or no path, or no noise
    to judge by.

    >>> z = distance(np.array([[.86, .85, .84]]), np.array([[.88, .88, .88]]), np.array([.03]), 1)
    >>> round(float(z[0]), 2)
    -1.73
    """
    gap = value - path
    there = np.isfinite(gap)
    n = there.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, gap, 0.0).sum(axis=-1) / n
        z = better * mean * np.sqrt(n) / sigma
    return np.where((n > 0) & (sigma > 0), z, np.nan)


def judge(
    z_now: np.ndarray,
    z_before: np.ndarray,
    has_path: np.ndarray,
    enough: np.ndarray,
    small: np.ndarray | None = None,
) -> np.ndarray:
    """Codes into ``CODES``: ahead above 1, behind below -1, well behind below -2 at two reviews running.

    ``z_before`` is the distance one review earlier; ``enough`` says whether there are periods enough since
    the path began to judge at all, ``small`` (optional) where even then a series is too small to tell.

    >>> codes = judge(np.array([1.2, .3, -1.5, -2.5, -2.5]), np.array([0, 0, 0, 0, -2.1]), np.True_, np.True_)
    >>> [CODES[c].value for c in codes]
    ['ahead', 'on-course', 'behind', 'behind', 'well-behind']
    >>> [CODES[c].value for c in judge(np.array([-1.5, .3]), np.zeros(2), np.True_, np.True_, np.array([True, False]))]
    ['too-small', 'on-course']
    """
    with np.errstate(invalid="ignore"):
        return np.select(
            [
                ~(has_path & np.ones_like(z_now, bool)),
                ~enough | np.isnan(z_now),
                np.zeros_like(z_now, bool) if small is None else small,
                (z_now < -2) & (z_before < -2),
                z_now < -1,
                z_now <= 1,
            ],
            [NO_PATH, TOO_EARLY, TOO_SMALL, WELL_BEHIND, BEHIND, ON_COURSE],
            AHEAD,
        ).astype(np.int8)


def too_small(sigma: np.ndarray, rise: np.ndarray, m: np.ndarray | int = 3) -> np.ndarray:
    """Where a level is so noisy that no position could be told: |rise| / (sigma / sqrt(m)) <= 1.

    ``rise`` is all that the path asks for, from baseline to aim: a site that still stood at its baseline on the day
    the aim is due would then not be called behind. False where nothing is asked (holding can be judged) and where
    there is no sigma. ``m`` is the number of periods judged: 3, 6 for small sites.

    >>> too_small(np.array([.05, .05, .05, .02]), np.array([.02, .05, 0, .02]), 3).tolist()
    [True, False, False, False]
    """
    rise = np.abs(rise)
    with np.errstate(invalid="ignore"):
        return (rise > 0) & (rise * np.sqrt(m) <= sigma)


def poisson_band(expected: np.ndarray | float, share: float = BAND) -> tuple[np.ndarray, np.ndarray]:
    """The counts between which a cumulative count on its path usually lies: (lower, upper), whole numbers.

    Quantiles (1 -/+ share) / 2 of the Poisson distribution with mean ``expected`` (any shape, not negative; NaN
    stays NaN).

    >>> [b.tolist() for b in poisson_band(np.array([10, 40]))]
    [[6.0, 32.0], [14.0, 48.0]]
    """
    expected = np.asarray(expected, float)
    tail = (1 - share) / 2
    # scipy answers -1 for a mean of 0.
    return tuple(np.maximum(stats.poisson.ppf(q, expected), 0.0) for q in (tail, 1 - tail))


def judge_count(
    count: np.ndarray,
    expected: np.ndarray,
    count_before: np.ndarray,
    expected_before: np.ndarray,
    enough: np.ndarray,
    better: int = 1,
) -> np.ndarray:
    """Codes into ``CODES`` for cumulative counts, by the Poisson band of the cumulative path.

    Ahead beyond the 80 % band on the good side, behind on the other; well behind where the distance is that of two
    standard errors (a tail of 2.3 %) at two reviews running. Too small to tell where even a count of nothing would
    lie within the band (a path below 2.3); with ``better`` -1, where the path is 0.

    ``count`` and ``expected`` are cumulative, now and one review earlier; NaN where there is no count or no path.

    >>> path, before = np.array([10, 10, 10, 40, 2.0]), np.array([8, 8, 8, 30, 1.0])
    >>> codes = judge_count(np.array([15, 6, 5, 20, 0]), path, np.array([9, 5, 4, 15, 0]), before, np.True_)
    >>> [CODES[c].value for c in codes]
    ['ahead', 'on-course', 'behind', 'well-behind', 'too-small']
    """
    two = float(stats.norm.cdf(2) - stats.norm.cdf(-2))
    lower, upper = poisson_band(expected)

    def outside(at: np.ndarray, path: np.ndarray, share: float) -> np.ndarray:
        low, high = poisson_band(path, share)
        return at < low if better > 0 else at > high

    with np.errstate(invalid="ignore"):
        return np.select(
            [
                np.isnan(expected),
                ~enough | np.isnan(count),
                (lower if better > 0 else upper) <= 0,
                outside(count, expected, two) & outside(count_before, expected_before, two),
                outside(count, expected, BAND),
                (count <= upper) if better > 0 else (count >= lower),
            ],
            [NO_PATH, TOO_EARLY, TOO_SMALL, WELL_BEHIND, BEHIND, ON_COURSE],
            AHEAD,
        ).astype(np.int8)


def required_and_current(
    delivered: np.ndarray, share: np.ndarray, recent: np.ndarray, periods_left: np.ndarray | int
) -> Pace:
    """Counts: what each period to come must bring, beside what the last three brought.

    required = (share - delivered) / periods left, 0 where the share is met; current = mean of the last three
    periods that have a number.

    Arguments
        delivered, share: (...) cumulative counts. recent: (..., m >= 3) the latest periods' counts, newest last, NaN
            missing. periods_left: (...) or one number; NaN comes out where none is left.

    >>> last = np.array([[5, 6, 7], [9, np.nan, 8]])
    >>> pace = required_and_current(np.array([40.0, 100]), np.array([100.0, 90]), last, 6)
    >>> pace.required.tolist(), pace.current.tolist()
    ([10.0, 0.0], [6.0, 8.5])
    """
    return Pace(_required(share - delivered, periods_left), _mean(recent[..., -LATEST:]))


def required_and_current_level(
    recent: np.ndarray, target: np.ndarray, periods_left: np.ndarray | int, better: np.ndarray | int = 1
) -> Pace:
    """Levels: the change a period that reaches the next waypoint, beside the change of the recent months.

    required = (target - level) / periods left, level = mean of the last three periods; 0 where the target is met.
    current = (level - mean of the three before) / 3. A difference of two means can be checked by hand and stands a
    missing month; a slope fitted over the six has a standard error only 12 % smaller (0.24 against 0.27 sigma).
    Where there is a season, give values that have it taken out: three months are never the same season as the three
    before them.

    Arguments
        recent: (..., m >= 6) values, newest last, NaN missing (each half needs two). target: (...) the level of the
            next waypoint. periods_left: (...) until it. better: +1 where up is better, -1 where down is.

    >>> pace = required_and_current_level(np.array([[.80, .81, .82, .83, .84, .85]]), np.array([.90]), 6)
    >>> pace.required.round(4).tolist(), pace.current.round(4).tolist()
    ([0.01], [0.01])
    """
    level, before = _mean(recent[..., -LATEST:], 2), _mean(recent[..., -2 * LATEST : -LATEST], 2)
    required = better * _required(better * (target - level), periods_left) + 0.0  # never -0
    return Pace(required, (level - before) / LATEST)


def pace_on_last_year(recent: np.ndarray) -> np.ndarray:
    """The change a month of a level with a season: the last three months beside the same three a year before, over 12.

    Nothing need be known of the season: like is compared with like. ``recent`` (..., 15) values, newest last, NaN
    missing (each three need two); (...) in the unit of the value.

    >>> pace_on_last_year(np.array([[.80, .81, .82, *([.5] * 9), .92, .93, .94]])).round(4).tolist()
    [0.01]
    """
    return (_mean(recent[..., -LATEST:], 2) - _mean(recent[..., -12 - LATEST : -12], 2)) / 12


def _required(gap: np.ndarray, periods_left: np.ndarray | int) -> np.ndarray:
    left = np.asarray(periods_left, float)
    return np.maximum(gap, 0.0) / np.where(left > 0, left, np.nan)


def _mean(recent: np.ndarray, least: int = 1) -> np.ndarray:
    there = np.isfinite(recent)
    n = there.sum(axis=-1)
    return np.where(n >= least, np.where(there, recent, 0.0).sum(axis=-1) / np.maximum(n, 1), np.nan)
