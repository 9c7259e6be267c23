"""Floors and caps: water-filling, in whole numbers throughout."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import scaled

MOST = 10**15
"""No total, floor or cap is larger: whole numbers up to here are exact as floats too."""


class Level(NamedTuple):
    """Where the water stands: a site's quota is min(cap, max(floor, weight x ``rise`` / ``over``)).

    ``parts`` (n,): the quotas times ``over``, an object array of Python ints.
    """

    parts: np.ndarray
    rise: int
    over: int


def bound(figures: ArrayLike | None, n: int, what: str, none: int) -> np.ndarray:
    """Floors or caps (n,) as int64; ``none`` where there is none: no array, or None, NaN or "" for a site.

    Raises ValueError, naming the site by its number from 1, for what is negative, no whole number or above 10**15.

    >>> bound([5, None, "7", np.nan], 4, "floors", 0).tolist()
    [5, 0, 7, 0]
    """
    if figures is None:
        return np.full(n, none, np.int64)
    if not isinstance(figures, np.ndarray):
        figures = np.array([*figures, None], object)[:-1]
    if len(figures) != n:
        raise ValueError(f"There are {len(figures):,} {what} for {n:,} sites; give one for each site.")
    if figures.dtype.kind not in "iu":
        absent = np.array([one is None or one == "" or one != one for one in figures.tolist()], bool)
        figures = figures.astype(object)
        figures[absent] = none
    whole, divisor = scaled(list(figures) if figures.dtype == object else figures, what)
    for wrong, says in (
        (whole < 0, "must not be below 0"),
        (whole % divisor != 0, "must be whole numbers"),
        (whole > MOST * divisor, f"must be at most {MOST:,}"),
    ):
        wrong = np.asarray(wrong, bool)
        if wrong.any():
            i = int(np.argmax(wrong))
            raise ValueError(f"The {what} {says}; that of site {i + 1}, {figures[i]}, is not so.")
    return (whole // divisor).astype(np.int64)


def added(shares: np.ndarray) -> int:
    """The sum as a Python int, however large.

    >>> added(np.full(100_000, 10**15))
    100000000000000000000
    """
    return int(shares.astype(object).sum()) if len(shares) else 0


def reach(weights: np.ndarray, floors: np.ndarray, caps: np.ndarray) -> np.ndarray:
    """The most each site can be given (n,): its cap, and without weight its floor.

    >>> reach(np.array([3, 0], object), np.array([1, 2]), np.array([9, 9])).tolist()
    [9, 2]
    """
    return np.where(np.asarray(weights > 0, bool), caps, floors)


def water_fill(weights: np.ndarray, total: int, floors: np.ndarray, caps: np.ndarray) -> Level:
    """Quotas in proportion to the weights, save where a floor or a cap holds, adding up to ``total`` exactly.

    The level r with sum of min(u_i, max(l_i, r w_i)) = H. The sum rises with r in straight stretches between the
    levels l_i / w_i, where a site leaves its floor, and u_i / w_i, where it meets its cap; these are put in order
    by whole-number keys, the stretch that holds H is looked for, and r is solved on it.

    ``weights`` (n,): Python ints, none negative; ``floors``, ``caps`` (n,): int64, no floor above its cap. The total
    must be from the sum of the floors to that of ``reach``.

    >>> w, h = np.array([400, 250, 180, 90, 50, 30], object), np.full(6, 40)
    >>> level = water_fill(w, 120, np.full(6, 5), h)
    >>> [round(part / level.over, 2) for part in level.parts]
    [40.0, 32.89, 23.68, 11.84, 6.58, 5.0]
    """
    floor, cap = floors.astype(object), caps.astype(object)
    some = np.asarray(weights > 0, bool)
    leaving = np.flatnonzero(some & (floors > 0))
    # A cap that the whole total cannot reach is none.
    meeting = np.flatnonzero(some & (caps < total))
    site = np.concatenate([leaving, meeting])
    at = np.concatenate([floor[leaving], cap[meeting]])
    way = np.concatenate([np.ones(len(leaving), np.int64), -np.ones(len(meeting), np.int64)]).astype(object)
    w = weights[site]
    # Two levels b / w that differ do so by 1 / (w w') at least: so many bits tell them apart.
    bits = 2 * int(max(w, default=1)).bit_length()
    # Where a site's floor is its cap, it leaves before it meets, and nothing lies between.
    order = np.argsort((at << bits) // w, kind="stable")
    at, w, way = at[order], w[order], way[order]
    # Beyond the k-th level the sum is fixed[k] + slope[k] r; k = 0 is before the first.
    fixed = np.cumsum(np.concatenate([[int(floor.sum())], -way * at]).astype(object))
    slope = np.cumsum(np.concatenate([[int(weights[some & (floors == 0)].sum())], way * w]).astype(object))
    low, high = 0, len(at)
    while low < high:
        k = (low + high) // 2
        if fixed[k] * w[k] + slope[k] * at[k] >= total * w[k]:
            high = k
        else:
            low = k + 1
    if slope[low] > 0:
        rise, over = int(total - fixed[low]), int(slope[low])
    else:
        rise, over = (int(at[low - 1]), int(w[low - 1])) if low else (0, 1)
    parts = np.minimum(np.maximum(weights * rise, floor * over), cap * over)
    return Level(parts, rise, over)
