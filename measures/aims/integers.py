"""Whole numbers that add up to a total: largest remainder, Webster and Huntington-Hill, each with floors and caps.

No float decides who gets a unit. Ties go to the larger quota or weight, and then to the earlier site.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.bounds import MOST, added, bound, reach
from measures.aims.exact import scaled


def largest_remainder(
    parts: ArrayLike, whole: int, total: int, *, floors: ArrayLike | None = None, caps: ArrayLike | None = None
) -> np.ndarray:
    """Whole numbers that add up to ``total``, each the quota rounded down or up (Hamilton 1792).

    quota_i = parts_i / whole, exactly. Every site gets its quota's whole part (one more where its floor asks for
    it); the units left over go to the largest fractional parts, ties to the larger quota and then to the earlier
    site. Not house-monotone: a larger total may lower a share (the Alabama paradox). Returns int64 (n,).

    ``parts`` (n,): whole numbers, Python ints of any size. ``floors``, ``caps`` (n,): whole numbers; they must be
    within reach of each quota, so settle them first where they are not (``apportion`` does).

    Raises ValueError where the total, a floor or a cap cannot be reached so, naming the site by number from 1.

    Source: Balinski & Young (1982), Fair Representation.

    >>> w = [21878, 9713, 4167, 3252, 1065]
    >>> [largest_remainder([h * x for x in w], sum(w), h).tolist() for h in (43, 44)]
    [[24, 10, 4, 4, 1], [24, 11, 5, 3, 1]]
    """
    parts, divisor = scaled(parts, "parts")
    if divisor != 1:
        raise ValueError("The parts must be whole numbers; exact.scaled makes them so.")
    # int64 where it holds everything, which is quicker.
    if max(abs(min(parts, default=0)), abs(max(parts, default=0)), whole) < 2**62:
        parts = parts.astype(np.int64)
    below = parts // whole
    rest = parts - below * whole
    if parts.size and not -MOST < below.min() <= below.max() < MOST:
        raise ValueError(f"A quota is beyond {MOST:,}, more than can be shared out.")
    share = below.astype(np.int64)
    may = np.asarray(rest > 0, bool)
    if caps is not None:
        cap = bound(caps, len(share), "caps", MOST)
        _refuse(share > cap, "The cap of site {} is below its quota's whole part; settle caps first.")
        may &= share < cap
    if floors is not None:
        floor = bound(floors, len(share), "floors", 0)
        must = share < floor
        _refuse(must & (~may | (share + 1 < floor)), "The floor of site {} is more than its quota rounded up.")
        share += must
        may &= ~must
    left = total - int(share.sum())
    if not 0 <= left <= int(may.sum()):
        raise ValueError(f"{total:,} cannot be shared out with each site's quota rounded down or up.")
    able = np.flatnonzero(may)
    able = able[np.argsort(-below[able].astype(np.int64), kind="stable")]
    able = able[np.argsort(-rest[able], kind="stable")]
    share[able[:left]] += 1
    return share


@dataclass(frozen=True, slots=True)
class _Divisor:
    """A divisor method: the k-th unit after the first k goes for measure / step(k), the largest first.

    ``measure`` (of the weights), ``step`` (of k): whole numbers; ``reach``: how many k have step(k) <= x;
    ``guess``: the same in floats.
    """

    measure: Callable[[np.ndarray], np.ndarray]
    step: Callable[[np.ndarray], np.ndarray]
    reach: Callable[[np.ndarray], np.ndarray]
    guess: Callable[[np.ndarray], np.ndarray]


_isqrt = np.frompyfunc(math.isqrt, 1, 1)

# Webster: w / (k + 1/2), so 2k + 1. Huntington-Hill: w / sqrt(k (k + 1)), both sides squared.
_WEBSTER = _Divisor(lambda w: w, lambda k: 2 * k + 1, lambda x: (x + 1) // 2, lambda x: (x + 1) / 2)
_HUNTINGTON_HILL = _Divisor(
    lambda w: w * w,
    lambda k: k * (k + 1),
    lambda x: (_isqrt(4 * x + 1) + 1) // 2,
    lambda x: (np.sqrt(4 * x + 1) + 1) / 2,
)


def webster(
    weights: ArrayLike, total: int, *, floors: ArrayLike | None = None, caps: ArrayLike | None = None
) -> np.ndarray:
    """Whole numbers that add up to ``total``: each weight over one common divisor, rounded to the nearest.

    a_i = min(cap_i, max(floor_i, round(w_i / divisor))): the next unit goes to the largest w_i / (2 a_i + 1) below
    its cap, ties to the larger weight and then to the earlier site. House-monotone, with bounds too: a larger total
    never lowers a share. May leave the quota by more than one unit, though seldom. Returns int64 (n,).

    ``weights`` (n,): as ``exact.scaled`` reads them, none negative. A site without weight has its floor and no more.

    Raises ValueError where floors or caps leave no room for the total, or a figure is none.

    Source: Balinski & Young (1982), Fair Representation; elsewhere Sainte-Laguë.

    >>> [webster([21878, 9713, 4167, 3252, 1065], h).tolist() for h in (43, 44)]
    [[24, 10, 4, 4, 1], [24, 10, 5, 4, 1]]
    """
    whole, total, floor, cap = _checked(weights, total, floors, caps)
    return _divide(_WEBSTER, whole, total, floor, cap)


def huntington_hill(
    weights: ArrayLike, total: int, *, floors: ArrayLike | None = None, caps: ArrayLike | None = None
) -> np.ndarray:
    """As ``webster``, rounded at the geometric mean: differences are as small as can be in proportion.

    The next unit goes to the largest w_i / sqrt(a_i (a_i + 1)), compared by squares, so every site with weight has
    at least one. House-monotone. Returns int64 (n,).

    Raises ValueError, besides, where there are fewer units than sites with weight, or a cap leaves one without.

    Source: Huntington (1928); the United States' House of Representatives since 1941.

    >>> [huntington_hill([21878, 9713, 4167, 3252, 1065], h).tolist() for h in (43, 44)]
    [[23, 10, 5, 4, 1], [24, 10, 5, 4, 1]]
    """
    whole, total, floor, cap = _checked(weights, total, floors, caps)
    floor = at_least_one(whole, total, floor, cap)
    return _divide(_HUNTINGTON_HILL, whole, total, floor, cap)


def at_least_one(weights: np.ndarray, total: int, floors: np.ndarray, caps: np.ndarray) -> np.ndarray:
    """The floors (n,) that Huntington-Hill has of itself: one unit where there is weight.

    ``weights`` (n,): whole numbers; ``floors``, ``caps`` (n,) int64. Raises ValueError, a sentence, where the total
    or a cap is not enough for that.

    >>> at_least_one(np.array([5, 0, 2]), 9, np.array([0, 0, 3]), np.array([9, 9, 9])).tolist()
    [1, 0, 3]
    """
    some = np.asarray(weights > 0, bool)
    each = "Huntington-Hill gives every site with weight at least one unit"
    _refuse(
        some & (caps < 1), each + ", and the cap of site {} is 0; choose another method or give the site no weight."
    )
    if some.sum() > total:
        raise ValueError(
            f"{each}, and there are {total:,} for {some.sum():,} sites; choose another method or a larger total."
        )
    floors = np.maximum(floors, some)
    if added(floors) > total:
        raise ValueError(f"{each}, and with the floors these add up to {added(floors):,}, more than the {total:,}.")
    return floors


def _refuse(wrong: np.ndarray, sentence: str) -> None:
    wrong = np.asarray(wrong, bool)
    if wrong.any():
        raise ValueError(sentence.format(int(np.argmax(wrong)) + 1))


def _checked(weights, total, floors, caps) -> tuple[np.ndarray, int, np.ndarray, np.ndarray]:
    whole, _ = scaled(weights)
    n = len(whole)
    _refuse(whole < 0, "Weights must not be negative; that of site {} is.")
    if not 0 <= total <= MOST:
        raise ValueError(f"The total must be a whole number from 0 to {MOST:,}; {total:,} is not.")
    floor, cap = bound(floors, n, "floors", 0), bound(caps, n, "caps", MOST)
    _refuse(floor > cap, "The floor of site {} is above its cap.")
    return whole, int(total), floor, cap


def _divide(method: _Divisor, weights: np.ndarray, total: int, floor: np.ndarray, cap: np.ndarray) -> np.ndarray:
    """The total over sites by one divisor, between floors and caps.

    The unit after the first k of a site has the price measure / step(k). All units whose price is above some bar
    are given; the bar is guessed in floats, put between two exact bars that give too few and too many, and the
    units between these two are sorted by their exact prices.
    """
    if added(floor) > total:
        raise ValueError(f"The floors add up to {added(floor):,}, more than the total of {total:,}.")
    most = reach(weights, floor, np.minimum(cap, np.maximum(total, floor)))
    if added(most) < total:
        raise ValueError(f"The caps leave room for {added(most):,} of the total of {total:,}.")
    if added(floor) == total or not len(weights):
        return floor.copy()
    if added(most) == total:
        return most
    open_ = np.flatnonzero(most > floor)
    share = floor.copy()
    left = total - (added(floor) - added(floor[open_]))
    share[open_] = _divide_open(method, weights[open_], left, floor[open_], most[open_])
    return share


def _divide_open(method: _Divisor, weights: np.ndarray, total: int, floor: np.ndarray, most: np.ndarray) -> np.ndarray:
    measure = method.measure(weights)
    largest = max(measure)

    def given(bar: int, bits: int) -> np.ndarray:
        """How many units each site has whose price is at least bar / 2**bits of the largest measure."""
        units = method.reach((measure << bits) // (largest * bar))
        return np.minimum(np.maximum(units, floor), most).astype(np.int64)

    few, many = _bars(method, (measure / largest).astype(float), total, floor, most)
    # Wider until one side has too few and the other at least enough, which the guess hardly ever misses.
    width = 2.0**-40
    while True:
        bits, low, high = _as_whole(few, many, width)
        below, above = given(high, bits), given(low, bits)
        if added(below) <= total <= added(above):
            break
        width *= 16
    # Halved while more units lie between than sites: prices that are all alike are one a site.
    while added(above) - added(below) > 2 * len(weights):
        low, high, bits = 2 * low, 2 * high, bits + 1
        middle = (low + high) // 2
        here = given(middle, bits)
        if added(here) <= total:
            high, below = middle, here
        else:
            low, above = middle, here
    return _by_price(method, measure, weights, total - added(below), below, above)


def _bars(method: _Divisor, size: np.ndarray, total: int, floor: np.ndarray, most: np.ndarray) -> tuple[float, float]:
    """Two bars close together, as logarithms, from floats: one that gives too few or enough, one that gives too many.

    ``size``: each measure as a share of the largest.
    """
    some = size[size > 0]
    low, high = math.log(some.min()) - 2 * math.log(2 * total + 2), 1.0
    for _ in range(80):
        middle = (low + high) / 2
        with np.errstate(over="ignore"):
            units = np.floor(method.guess(size / math.exp(middle)) if middle > -700 else np.full(len(size), np.inf))
        given = int(np.minimum(np.maximum(units, floor), most).sum())
        if given > total:
            low = middle
        else:
            high = middle
        if high - low < 1e-13 or given == total:
            break
    return high, low


def _as_whole(few: float, many: float, width: float) -> tuple[int, int, int]:
    """The two bars, ``width`` further apart on both sides, as whole numbers over a power of two."""
    few, many = few + width, many - width
    # exp in steps of two, so that no bar is too small for a float.
    bits = max(0, math.ceil(-many / math.log(2))) + 64
    low = max(1, _exp(many, bits))
    return bits, low, max(low + 1, _exp(few, bits) + 1)


def _exp(logarithm: float, bits: int) -> int:
    """exp(logarithm) * 2**bits, near enough, whatever the size."""
    exponent = logarithm / math.log(2) + bits
    whole = math.floor(exponent)
    mantissa = int(2 ** (exponent - whole) * 2**60)
    return mantissa << (whole - 60) if whole >= 60 else mantissa >> (60 - whole)


def _by_price(
    method: _Divisor, measure: np.ndarray, weights: np.ndarray, units: int, below: np.ndarray, above: np.ndarray
) -> np.ndarray:
    """``below``, and ``units`` more of those up to ``above``, the highest exact prices first."""
    if not units:
        return below
    count = above - below
    site = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(site)) - np.repeat(np.cumsum(count) - count, count)
    step = method.step((below[site] + nth).astype(object))
    # Two prices over steps p and q that differ do so by 1 / (p q) at least: so many bits tell them apart.
    bits = 2 * int(step.max()).bit_length()
    price = (measure[site] << bits) // step
    order = np.argsort(-weights[site], kind="stable")
    order = order[np.argsort(-price[order], kind="stable")]
    return below + np.bincount(site[order[:units]], minlength=len(below))
