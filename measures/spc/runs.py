"""Run analysis over the centre line: the longest run and the crossings (Anhøj), and the number of runs."""

from __future__ import annotations

from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, gammaln

from measures import panel

EXACT = 200
"""Up to so many points chances are counted in whole numbers, whose size grows with the points; beyond, in floats,
which are right to ten digits."""


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
    """The 5 % quantile of Binomial(useful - 1, 1/2): smallest k with P(X <= k) >= 0.05.

    >>> fewest_crossings(24)
    8
    """
    trials = max(useful - 1, 0)
    if useful > EXACT:
        # 1.645 is the normal quantile; half a dozen either way is more than it is out by.
        near = int(trials / 2 - 1.645 * trials**0.5 / 2) + np.arange(-6, 7)
        return int(near[np.argmax(bdtr(near, trials, 0.5) >= 0.05)])
    term = cumulative = 1
    k = 0
    while 20 * cumulative < 1 << trials:
        term = term * (trials - k) // (k + 1)
        cumulative += term
        k += 1
    return k


def longest_expected(useful: np.ndarray) -> np.ndarray:
    """round(log2 n) + 3: the longest run that chance explains among ``useful`` points, any shape.

    >>> longest_expected(np.array([24, 36]))
    array([8, 8])
    """
    return np.rint(np.log2(np.maximum(useful, 1))).astype(np.int64) + 3


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
    longest_max = longest_expected(useful)
    sizes, place = np.unique(useful, return_inverse=True)
    crossings_min = np.array([fewest_crossings(int(size)) for size in sizes], np.int64)[place]
    signal = ((longest > longest_max) | (crossings < crossings_min)) & ~none
    blank = [np.where(none, -1, x) for x in (longest, longest_max, crossings, crossings_min)]
    return Runs(useful, *blank, signal)


class Expected(NamedTuple):
    """Per segment: how many runs there are, and between how many chance explains; -1 where too few points."""

    runs: np.ndarray
    fewest: np.ndarray
    most: np.ndarray
    signal: np.ndarray


@lru_cache(maxsize=4096)
def run_bounds(above: int, below: int) -> tuple[int, int]:
    """Fewest and most runs that chance explains: neither tail beyond them holds more than 2.5 %.

    Given how many points lie on each side, every order is equally likely. Source: Swed & Eisenhart (1943).

    >>> run_bounds(5, 5), run_bounds(10, 10)
    ((3, 9), (7, 15))
    """
    low = min(above, below)
    if low == 0:
        return 1, 1
    if above + below > EXACT:
        chance = _chances(above, below)
        fewest = 2 + int(np.argmax(np.cumsum(chance) > 0.025))
        return fewest, len(chance) + 1 - int(np.argmax(np.cumsum(chance[::-1]) > 0.025))
    ways = []
    for runs in range(2, 2 * low + 2):
        half, odd = divmod(runs, 2)
        if odd:
            ways.append(
                comb(above - 1, half) * comb(below - 1, half - 1) + comb(above - 1, half - 1) * comb(below - 1, half)
            )
        else:
            ways.append(2 * comb(above - 1, half - 1) * comb(below - 1, half - 1))
    total = comb(above + below, above)
    fewest, tail = 2, 0
    while 40 * (tail + ways[fewest - 2]) <= total:
        tail += ways[fewest - 2]
        fewest += 1
    most, tail = len(ways) + 1, 0
    while 40 * (tail + ways[most - 2]) <= total:
        tail += ways[most - 2]
        most -= 1
    return fewest, most


def _chances(above: int, below: int) -> np.ndarray:
    """How likely 2, 3 … runs are.

    >>> _chances(2, 1).round(3)
    array([0.667, 0.333])
    """

    def choose(n: np.ndarray | int, k: np.ndarray | int) -> np.ndarray:
        outside = k > n
        return np.where(outside, -np.inf, gammaln(n + 1) - gammaln(k + 1) - gammaln(np.where(outside, 0, n - k) + 1))

    half = np.arange(1, min(above, below) + 1)
    total = choose(above + below, below)
    even = 2 * np.exp(choose(above - 1, half - 1) + choose(below - 1, half - 1) - total)
    odd = np.exp(choose(above - 1, half) + choose(below - 1, half - 1) - total)
    odd += np.exp(choose(above - 1, half - 1) + choose(below - 1, half) - total)
    return np.stack([even, odd], axis=1).ravel()


def too_many_or_few(side: np.ndarray, starts: np.ndarray) -> Expected:
    """The runs test of a run chart: more or fewer runs about the median than chance explains.

    ``side`` (n,) 0, 1 above, 2 below; points on the centre (0) are stepped over; under ten useful points say
    nothing. Source: Swed & Eisenhart (1943); Perla, Provost & Murray (2011), whose table is for equal halves.

    >>> side = np.array([1] * 6 + [2] * 6, np.uint8)
    >>> found = too_many_or_few(side, np.array([0])); found.runs, found.fewest, found.signal
    (array([2]), array([4]), array([ True]))
    """
    k = starts.size
    rows = np.flatnonzero(side)
    owner = panel.segment_of(rows, starts)
    above = np.bincount(owner[side[rows] == 1], minlength=k)
    below = np.bincount(owner, minlength=k) - above
    first = panel.stretches(side[rows], panel.first_rows(owner))
    count = np.bincount(owner[first], minlength=k)
    few = above + below < 10
    pairs, place = np.unique(np.stack([above, below]), axis=1, return_inverse=True)
    bounds = np.array([run_bounds(int(a), int(b)) for a, b in pairs.T], np.int64).reshape(-1, 2)[place.ravel()]
    fewest, most = bounds[:, 0], bounds[:, 1]
    signal = ~few & ((count < fewest) | (count > most))
    return Expected(*(np.where(few, -1, x) for x in (count, fewest, most)), signal)
