"""The rule sets, by name: the same patterns with different parameters.

A set gives every row a whole number of flags: for each of its rules one bit for points above (or rising)
and one for points below (or falling).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from measures import panel
from measures.spc import patterns, rules, zones
from measures.spc.limits import Band

Apply = Callable[[np.ndarray, np.ndarray, Band, bool], np.ndarray]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A set of rules. ``bits``: each rule's (above, below) bits, in the order of the ``rules`` column;
    ``order``: whose direction a point takes where several flag it; ``undirected``: rules whose points are
    special without being high or low for it; ``apply(values, starts, band, strict)`` gives the flags (n,),
    of the type ``dtype``; ``narrow``: it works in single bytes a row, so that blocks may be longer."""

    name: str
    bits: dict[str, tuple[int, int]]
    order: tuple[str, ...]
    apply: Apply
    dtype: type = np.uint8
    undirected: tuple[str, ...] = ()
    narrow: bool = False

    def mask(self, rule: str) -> int:
        """Both bits of ``rule``; 0 where it is not one of the set."""
        return sum(self.bits.get(rule, (0, 0)))


def _bits(*names: str) -> dict[str, tuple[int, int]]:
    return {name: (1 << 2 * i, 2 << 2 * i) for i, name in enumerate(names)}


def _join(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    """Codes (0, 1 above, 2 below) of each rule as one number of flags."""
    out = np.zeros(len(parts[0]), dtype)
    for i, codes in enumerate(parts):
        out |= codes.astype(dtype) << dtype(2 * i)
    return out


class _View:
    """A block's rows beside its lines, each worked out once."""

    def __init__(self, values: np.ndarray, starts: np.ndarray, band: Band) -> None:
        self.values, self.starts, self.band = values, starts, band
        self.counts = panel.lengths(starts, len(values))
        self.there = ~np.isnan(values)
        self.slack = band.slack
        self.side = self.past(band.centre, band.centre)

    def past(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return zones.outside(self.values, low, high, self.slack, self.counts)

    def beyond(self) -> np.ndarray:
        return self.past(self.band.lower, self.band.upper)

    def some_of(self, codes: np.ndarray, some: int, of: int) -> np.ndarray:
        high, low = (patterns.some_of(codes == code, self.there, self.starts, some, of) for code in (1, 2))
        return high + 2 * low.astype(np.uint8)

    def by_side(self, rows: np.ndarray) -> np.ndarray:
        """Undirected rows: those above the centre or on it as 1, those below as 2."""
        return np.where(self.side == 2, 2, 1).astype(np.uint8) * rows


def only_beyond(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """Points beyond the limits and nothing else; flags (n,).

    >>> from measures.spc.limits import Band
    >>> only_beyond(np.array([5.0, 9.0]), np.array([0]), Band(np.array([5.0]), np.array([1.0])), False)
    array([0, 1], dtype=uint8)
    """
    return zones.outside(values, band.lower, band.upper, band.slack, panel.lengths(starts, len(values)))


def ihi(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """Run-chart rules: a shift of 6 (points on the centre stepped over), a trend of 5 (repeats stepped over).

    The third rule, too few or too many runs, is about a whole phase: ``runs.too_many_or_few``.
    Source: Perla, Provost & Murray (2011). Flags (n,).

    >>> from measures.spc import limits
    >>> line = limits.Band(np.array([2.0]), np.array([np.nan]))
    >>> ihi(np.array([1.0, 2, 3, 4, 5]), np.array([0]), line, False)
    array([4, 4, 4, 4, 4], dtype=uint8)
    """
    view = _View(values, starts, band)
    return _join([patterns.useful_runs(view.side, starts, 6), patterns.useful_trends(values, starts, 5)], np.uint8)


def anhoej(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """Beyond the limits, where there are any, and runs longer than the number of points explains.

    The second half of the rule, too few crossings, is about a whole phase: ``runs.anhoej``.
    Source: Anhøj & Olesen (2014), as qicharts2 0.8.1. Flags (n,).

    >>> from measures.spc import limits
    >>> line = limits.Band(np.array([0.0]), np.array([np.nan]))
    >>> anhoej(np.array([-1.0] + [1.0] * 8), np.array([0]), line, False)
    array([0, 4, 4, 4, 4, 4, 4, 4, 4], dtype=uint8)
    """
    view = _View(values, starts, band)
    return _join([view.beyond(), patterns.unusual_runs(view.side, starts)], np.uint8)


def we(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """The Western Electric rules: 1 beyond three sigma, 2 of 3 beyond two, 4 of 5 beyond one, 8 on one side.

    The points that lie in the zone are flagged, points beyond the limits count as being in it, and the others
    of the three (five) may lie anywhere. Source: Western Electric (1956). Flags (n,).

    >>> from measures.spc import limits
    >>> line = limits.Band(np.array([0.0]), np.array([1.0]))
    >>> we(np.array([2.5, -1, 2.5]), np.array([0]), line, False)
    array([4, 0, 4], dtype=uint8)
    """
    view = _View(values, starts, band)
    return _join(
        [
            view.beyond(),
            view.some_of(view.past(band.near_lower, band.near_upper), 2, 3),
            view.some_of(view.past(*band.inner), 4, 5),
            patterns.long_runs(view.side, starts, 8),
        ],
        np.uint8,
    )


def nelson(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """Nelson's eight tests.

    1 beyond three sigma; 2 nine on one side; 3 six rising or falling; 4 fourteen alternating; 5 two of three
    beyond two sigma; 6 four of five beyond one; 7 fifteen within one sigma; 8 eight with none within one.
    Of 5 and 6 the points in the zone are flagged. Source: Nelson (1984). Flags uint16 (n,).

    >>> from measures.spc import limits
    >>> line = limits.Band(np.array([0.0]), np.array([1.0]))
    >>> nelson(np.array([0.0, 3.5]), np.array([0]), line, False)
    array([0, 1], dtype=uint16)
    """
    view = _View(values, starts, band)
    past_one = view.past(*band.inner)
    # On the one-sigma line is neither within nor beyond.
    low, high = band.inner
    near = zones.outside(values, high - view.slack, low + view.slack, 0.0, view.counts)
    within = (near == 3).astype(np.uint8)
    return _join(
        [
            view.beyond(),
            patterns.long_runs(view.side, starts, 9),
            patterns.trends(values, starts, 6),
            view.by_side(patterns.alternating(values, starts, 14)),
            view.some_of(view.past(band.near_lower, band.near_upper), 2, 3),
            view.some_of(past_one, 4, 5),
            view.by_side(patterns.long_runs(within, starts, 15) > 0),
            view.by_side(patterns.long_runs((past_one > 0).astype(np.uint8), starts, 8) > 0),
        ],
        np.uint16,
    )


_NHS = {
    "beyond": (rules.BEYOND_ABOVE, rules.BEYOND_BELOW),
    "shift": (rules.SHIFT_ABOVE, rules.SHIFT_BELOW),
    "trend": (rules.TREND_UP, rules.TREND_DOWN),
    "two_of_three": (rules.TWO_ABOVE, rules.TWO_BELOW),
}
_NELSON = ("beyond", "shift", "trend", "alternating", "two_of_three", "four_of_five", "stratification", "mixture")

RULES = {
    one.name: one
    for one in (
        RuleSet("nhs", _NHS, ("beyond", "trend", "two_of_three", "shift"), rules.nhs, narrow=True),
        RuleSet("ihi", _bits("shift", "trend"), ("trend", "shift"), ihi),
        RuleSet(
            "nelson",
            _bits(*_NELSON),
            ("beyond", "trend", "two_of_three", "four_of_five", "shift", "mixture", "alternating", "stratification"),
            nelson,
            np.uint16,
            undirected=("alternating", "stratification", "mixture"),
        ),
        RuleSet(
            "we",
            _bits("beyond", "two_of_three", "four_of_five", "shift"),
            ("beyond", "two_of_three", "four_of_five", "shift"),
            we,
        ),
        RuleSet("anhoej", _bits("beyond", "longest_run"), ("beyond", "longest_run"), anhoej),
    )
}
"""Every rule set, by its name on the command line."""

ONLY_BEYOND = RuleSet("beyond", _bits("beyond"), ("beyond",), only_beyond)
"""For charts whose neighbouring points depend on one another."""

NAMED = RULES | {ONLY_BEYOND.name: ONLY_BEYOND}
