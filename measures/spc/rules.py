"""The four rules of Making Data Count, for every phase at once, in one byte per row.

Rules never look across a phase's first row. ``side`` codes are 0 on the centre line (or missing),
1 above, 2 below. Bits of the flags: see the constants. ``rule_sets`` lists this set and the others.
"""

from __future__ import annotations

import numpy as np

from measures.spc.limits import Band
from measures.spc.zones import sides, zones

TREND_UP, TREND_DOWN, SHIFT_ABOVE, SHIFT_BELOW = 1, 2, 4, 8
BEYOND_ABOVE, BEYOND_BELOW, TWO_ABOVE, TWO_BELOW = 16, 32, 64, 128

MASKS = {
    "beyond": BEYOND_ABOVE | BEYOND_BELOW,
    "shift": SHIFT_ABOVE | SHIFT_BELOW,
    "trend": TREND_UP | TREND_DOWN,
    "two_of_three": TWO_ABOVE | TWO_BELOW,
}
"""Each rule's bits; the order of the names is that of the ``rules`` column."""

_TREND = TREND_UP | TREND_DOWN


def steps(values: np.ndarray) -> np.ndarray:
    """1 where a row's value is above the row before, 2 where below, 0 where equal or missing; (n - 1,).

    >>> steps(np.array([1.0, 2.0, 2.0, 0.0]))
    array([1, 0, 2], dtype=uint8)
    """
    return sides(values[1:], values[:-1], values[:-1])


def windows(pairs: np.ndarray) -> np.ndarray:
    """Bits that six successive ``pairs`` share: the windows of seven rows, by their first row; (n - 6,).

    ``pairs`` (n - 1,) are bits that hold between a row and the next; rows n = len(pairs) + 1.

    >>> windows(np.array([1, 1, 3, 1, 1, 1, 0], np.uint8))
    array([1, 0], dtype=uint8)
    """
    two = pairs[:-1] & pairs[1:]
    three = two[:-1] & pairs[2:]
    return three[:-3] & three[3:]


def covered(first: np.ndarray, n: int) -> np.ndarray:
    """Bits of the windows of seven that a row lies in, from the windows' ``first`` rows; (n,).

    >>> covered(np.array([1, 0], np.uint8), 8)
    array([1, 1, 1, 1, 1, 1, 1, 0], dtype=uint8)
    """
    seven = np.zeros(n + 6, np.uint8)
    seven[6 : 6 + first.size] = first
    for back in (1, 2, 3):
        seven = seven[back:] | seven[:-back]
    return seven


def trend(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """TREND_UP or TREND_DOWN on all points of seven (or more) in a row, each above (below) the one before.

    A tie breaks a trend. A turning point shared by two trends belongs to the later one.
    Source: NHS England, Making Data Count; NHSRplotthedots 0.2.2. uint8 (n,).

    >>> trend(np.array([9.0, 1, 2, 3, 4, 5, 6, 7]), np.array([0]))
    array([0, 1, 1, 1, 1, 1, 1, 1], dtype=uint8)
    """
    pairs = steps(values)
    pairs[starts[1:] - 1] = 0
    return _cover(pairs, len(values))


def shift(side: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """SHIFT_ABOVE or SHIFT_BELOW on all points of seven (or more) in a row on one side of the centre.

    ``side`` uint8 (n,) as from ``sides``; a point on the centre line breaks the run. Source: as ``trend``.

    >>> shift(np.array([0, 1, 1, 1, 1, 1, 1, 1], np.uint8), np.array([0]))
    array([0, 4, 4, 4, 4, 4, 4, 4], dtype=uint8)
    """
    pairs = (side[1:] & side[:-1]) * np.uint8(SHIFT_ABOVE)
    pairs[starts[1:] - 1] = 0
    return _cover(pairs, len(side))


def _cover(pairs: np.ndarray, n: int) -> np.ndarray:
    first = windows(pairs)
    if not first.max(initial=0):
        return np.zeros(n, np.uint8)
    bits = covered(first, n)
    trends = bits & _TREND
    if trends.max() == _TREND:
        # Where two trends meet, the one that starts here is the later one.
        turning = np.flatnonzero(trends == _TREND)
        bits[turning] = (bits[turning] & ~np.uint8(_TREND)) | (first[turning] & _TREND)
    return bits


def two_of_three(side: np.ndarray, zone: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """TWO_ABOVE or TWO_BELOW on points in the ``zone``, two of three in a row, all three on one side.

    ``zone`` bool (n,): beyond the warning line but not outside the limit. The third point may lie anywhere
    on that side, outside the limit too; it is not flagged unless in the zone. Source: as ``trend``.

    >>> two_of_three(np.array([1, 1, 1], np.uint8), np.array([True, False, True]), np.array([0]))
    array([64,  0, 64], dtype=uint8)
    """
    pairs = side[1:] & side[:-1]
    pairs[starts[1:] - 1] = 0
    return _two_of_three(pairs, side * zone) * np.uint8(TWO_ABOVE)


def _two_of_three(pairs: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Codes (n,) of the flagged points. ``pairs`` (n - 1,): the side that a row and the next share; ``near`` (n,): the
    side of a row in the zone; 0 for neither."""
    two = near[:-1] & near[1:]
    three = two[:-1] | two[1:]
    three |= near[:-2] & near[2:]
    three &= pairs[:-1]
    three &= pairs[1:]
    if not three.max(initial=0):
        return np.zeros(len(near), np.uint8)
    padded = np.zeros(len(near) + 2, np.uint8)
    padded[2:-2] = three
    flagged = padded[:-2] | padded[1:-1]
    flagged |= padded[2:]
    flagged &= near
    return flagged


def nhs(values: np.ndarray, starts: np.ndarray, band: Band, strict: bool) -> np.ndarray:
    """The four rules of Making Data Count: beyond a limit, shift of 7, trend of 7, two of three near a limit.

    ``values`` (n,); ``starts`` (k,) first rows of the phases; ``band`` their lines. uint8 flags (n,). A missing
    value is no point and breaks the windows it lies in. A value within ``band.slack`` of a line is on it;
    ``strict`` reads as the reference program does a point that ends one trend where a tie separates it from
    the next: as decreasing. Source: NHS England, Making Data Count; NHSRplotthedots 0.2.2.

    >>> from measures.spc import limits
    >>> lines = limits.Band(np.array([5.0]), np.array([1.0]))
    >>> nhs(np.array([5.0, 5, 5, 9]), np.array([0]), lines, False)
    array([ 0,  0,  0, 16], dtype=uint8)
    """
    n = len(values)
    side, beyond, near = zones(values, starts, band)
    edges = starts[1:] - 1
    same = side[1:] & side[:-1]
    same[edges] = 0
    pairs = steps(values)
    pairs[edges] = 0
    # Multiplied: numpy shifts bytes one at a time.
    pairs |= same * np.uint8(SHIFT_ABOVE)

    flags = _cover(pairs, n)
    if strict:
        _mark_ties(flags, values, starts)
    beyond *= np.uint8(BEYOND_ABOVE)
    flags |= beyond
    flags |= _two_of_three(same, near) * np.uint8(TWO_ABOVE)
    return flags


def _mark_ties(runs: np.ndarray, values: np.ndarray, starts: np.ndarray) -> None:
    """The reference reads a trend point's direction from the step after it where the next point is in a
    trend too; a tie is no rise, hence a fall."""
    tie = (values[1:] == values[:-1]) & ((runs[1:] & _TREND) != 0) & ((runs[:-1] & _TREND) != 0)
    tie[starts[1:] - 1] = False
    rows = np.flatnonzero(tie)
    runs[rows] = (runs[rows] & ~np.uint8(_TREND)) | TREND_DOWN
