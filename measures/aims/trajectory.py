"""The path to an aim over time: straight between dated waypoints, from the baseline."""

from __future__ import annotations

import numpy as np


def segment(periods: np.ndarray, knots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which stretch between two knots each period lies in, and how far along it.

    ``periods`` (t,) and ``knots`` (k,) are month numbers, knots ascending; returns the index of the left
    knot (t,) and the fraction (t,) in [0, 1]. Before the first knot the fraction is 0, after the last it is 1.

    >>> seg, f = segment(np.array([0, 3, 6, 12, 99]), np.array([0, 6, 21]))
    >>> seg.tolist(), f.round(2).tolist()
    ([0, 0, 1, 1, 1], [0.0, 0.5, 0.0, 0.4, 1.0])
    """
    seg = np.clip(np.searchsorted(knots, periods, side="right") - 1, 0, len(knots) - 2)
    width = knots[seg + 1] - knots[seg]
    return seg, np.clip((periods - knots[seg]) / width, 0.0, 1.0)


def straight(periods: np.ndarray, knots: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Levels on straight lines between waypoints, for many sites at once.

    ``levels`` (..., k) are each site's levels at the knots; returns (..., t).

    >>> straight(np.array([0, 3, 6]), np.array([0, 6]), np.array([[0.8, 0.9], [0.5, 0.5]])).tolist()
    [[0.8, 0.85, 0.9], [0.5, 0.5, 0.5]]
    """
    seg, f = segment(periods, knots)
    # The sum of both ends, not start + f x rise: a path reaches its waypoint exactly.
    return levels[..., seg] * (1 - f) + levels[..., seg + 1] * f


def month_number(periods: np.ndarray) -> np.ndarray:
    """Months since January 1970 of datetime64 values.

    >>> month_number(np.array(["1970-01-01", "1971-02-01"], "datetime64[D]")).tolist()
    [0, 13]
    """
    return np.asarray(periods).astype("datetime64[M]").astype(np.int64)
