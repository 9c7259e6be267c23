"""Where a series stands against its path, judged with its own noise and never point against point."""

from __future__ import annotations

import numpy as np

from measures.model import Position

CODES = (
    Position.NO_PATH,
    Position.TOO_EARLY,
    Position.WELL_BEHIND,
    Position.BEHIND,
    Position.ON_COURSE,
    Position.AHEAD,
)
NO_PATH, TOO_EARLY, WELL_BEHIND, BEHIND, ON_COURSE, AHEAD = range(6)


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


def judge(z_now: np.ndarray, z_before: np.ndarray, has_path: np.ndarray, enough: np.ndarray) -> np.ndarray:
    """Codes into ``CODES``: ahead above 1, behind below -1, well behind below -2 at two reviews running.

    ``z_before`` is the distance one review earlier; ``enough`` says whether there are periods enough since
    the path began to judge at all.

    >>> codes = judge(np.array([1.2, .3, -1.5, -2.5, -2.5]), np.array([0, 0, 0, 0, -2.1]), np.True_, np.True_)
    >>> [CODES[c].value for c in codes]
    ['ahead', 'on-course', 'behind', 'behind', 'well-behind']
    """
    with np.errstate(invalid="ignore"):
        return np.select(
            [
                ~(has_path & np.ones_like(z_now, bool)),
                ~enough | np.isnan(z_now),
                (z_now < -2) & (z_before < -2),
                z_now < -1,
                z_now <= 1,
            ],
            [NO_PATH, TOO_EARLY, WELL_BEHIND, BEHIND, ON_COURSE],
            AHEAD,
        ).astype(np.int8)
