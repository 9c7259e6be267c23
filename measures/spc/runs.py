"""Run analysis over the centre line: the longest run and the crossings (Anhøj)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from measures import panel


class Runs(NamedTuple):
    """Per segment: points off the centre line, and what they do; -1 where there is none such point."""

    useful: np.ndarray
    longest_run: np.ndarray
    longest_run_max: np.ndarray
    crossings: np.ndarray
    crossings_min: np.ndarray
    signal: np.ndarray


@lru_cache(maxsize=4096)
def fewest_crossings(useful: int) -> int:
    """The 5 % quantile of Binomial(useful - 1, 1/2): smallest k with P(X <= k) >= 0.05, in whole numbers.

    >>> fewest_crossings(24)
    8
    """
    trials = max(useful - 1, 0)
    term = cumulative = 1
    k = 0
    while 20 * cumulative < 1 << trials:
        term = term * (trials - k) // (k + 1)
        cumulative += term
        k += 1
    return k


def anhoej(side: np.ndarray, starts: np.ndarray) -> Runs:
    """Anhøj's two tests: an unusually long run, or unusually few crossings of the centre line.

    Points on the centre line, missing and left out (``side`` 0) are stepped over. longest_run_max =
    round(log2 n) + 3 and crossings_min = 5 % quantile of Binomial(n - 1, 1/2), n = useful points; signal
    where longest_run > max or crossings < min. No smallest n.

    ``side`` (n,) 0, 1 above, 2 below; ``starts`` (k,). Arrays (k,) of counts; -1 and no signal where n = 0.
    Source: Anhøj & Olesen (2014), Anhøj (2015); qicharts2 0.8.1.

    >>> anhoej(np.array([1, 1, 0, 2, 2, 2, 1], np.uint8), np.array([0])).longest_run
    array([3])
    """
    k = starts.size
    rows = np.flatnonzero(side)
    segment = panel.segment_of(rows, starts)
    useful = np.bincount(segment, minlength=k)
    first = panel.stretches(side[rows], panel.first_rows(segment))
    run = np.diff(np.append(first, rows.size))
    owner = segment[first]
    longest = np.zeros(k, np.int64)
    np.maximum.at(longest, owner, run)
    crossings = np.bincount(owner, minlength=k) - 1
    none = useful == 0
    longest_max = np.rint(np.log2(np.maximum(useful, 1))).astype(np.int64) + 3
    sizes, place = np.unique(useful, return_inverse=True)
    crossings_min = np.array([fewest_crossings(int(size)) for size in sizes], np.int64)[place]
    signal = ((longest > longest_max) | (crossings < crossings_min)) & ~none
    blank = [np.where(none, -1, x) for x in (longest, longest_max, crossings, crossings_min)]
    return Runs(useful, *blank, signal)
