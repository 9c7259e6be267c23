"""Sharing out an aim that is a count, so that the sites' shares add up to the campaign's to the last unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from measures.aims import bounds, integers
from measures.aims.bounds import MOST
from measures.aims.exact import scaled


class Method(StrEnum):
    """How quotas become whole numbers.

    Webster where the aim will be shared out again, as it mostly is: a larger aim never lowers a share. Largest
    remainder for a split that stands, such as a year's share over its months: no share is a unit off its quota.
    Huntington-Hill where every site must have something.
    """

    LARGEST_REMAINDER = "largest-remainder"
    WEBSTER = "webster"
    HUNTINGTON_HILL = "huntington-hill"


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """An aim shared out. Arrays (n,), one figure a site, in the order given.

    ``quota``: what the rule gives before rounding, floors and caps held, the float nearest to the exact figure;
    ``share`` (int64): the whole numbers. ``total`` is the aim and what it is exceeded by, rounded up;
    ``unallocated`` what of it no cap leaves room for: the shares and it add up to the total exactly. ``floored``,
    ``capped``: whose quota its floor raised or its cap cut.
    """

    method: Method
    aim: int
    total: int
    unallocated: int
    quota: np.ndarray
    share: np.ndarray
    floored: np.ndarray
    capped: np.ndarray


def apportion(
    weights: ArrayLike,
    total: int,
    *,
    method: Method | str = Method.LARGEST_REMAINDER,
    floors: ArrayLike | None = None,
    caps: ArrayLike | None = None,
    over: float | str | Decimal = 0,
) -> Shares:
    """Share out ``total`` in proportion to ``weights``, between floors and caps.

    H = total (1 + over), rounded up; quota_i = H w_i / sum w where no bound holds, and by water-filling
    (``bounds.water_fill``) where one does: sum of min(u_i, max(l_i, r w_i)) = H. Whole numbers by ``method``.

    Arguments
        weights: (n,) as ``exact.scaled`` reads them, none negative; their scale makes no difference. A site without
            weight has its floor and no more.
        total: the aim, a whole number.
        floors, caps: (n,) whole numbers; None, NaN or "" where a site has none.
        over: what the aim is exceeded by, as typed: "0.1" shares out 110 %.

    What the caps leave no room for is ``unallocated``; nobody is given it.

    Raises ValueError, in a sentence, for weights that are negative, missing or all zero, floors above their caps or
    adding up to more than there is to share out, and where Huntington-Hill cannot give every site with weight one.

    Sources: Balinski & Young (1982), Fair Representation.

    >>> shares = apportion([400, 250, 180, 90, 50, 30], 120, floors=[5] * 6, caps=[40] * 6)
    >>> shares.share.tolist(), int(shares.share.sum()), shares.unallocated
    ([40, 33, 24, 12, 6, 5], 120, 0)
    >>> apportion([400, 250, 180, 90, 50, 30], 120, over="0.1").share.tolist()
    [53, 33, 24, 12, 6, 4]
    """
    method = method_of(method)
    whole = checked_weights(weights)
    wanted = exceeded(total, over)
    low, high = limits(len(whole), floors, caps)
    return share_out(whole, exceeded(total, 0), wanted, method, low, high)


def method_of(method: Method | str) -> Method:
    """The method of that name. Raises ValueError where there is none.

    >>> method_of("webster")
    <Method.WEBSTER: 'webster'>
    """
    try:
        return Method(method)
    except ValueError:
        raise ValueError(f"{method!r} is no method; there are {', '.join(Method)}.") from None


def exceeded(total: int, over: float | str | Decimal) -> int:
    """The total (1 + over), rounded up, from the decimals as typed.

    Raises ValueError where the total is no whole number from 0 to 10**15, or ``over`` is negative.

    >>> exceeded(100, "0.1"), exceeded(100, 0.001)
    (110, 101)
    """
    (whole,), divisor = scaled([total], "totals")
    if whole % divisor or not 0 <= whole <= MOST * divisor:
        raise ValueError(f"The total must be a whole number from 0 to {MOST:,}; {total} is not.")
    (more,), unit = scaled([over], "extra")
    if more < 0:
        raise ValueError(f"The extra must not be below 0; {over} is.")
    wanted = -(-(whole // divisor) * (unit + more) // unit)
    if wanted > MOST:
        raise ValueError(f"The total and its extra come to {wanted:,}, more than {MOST:,}.")
    return wanted


def checked_weights(weights: ArrayLike) -> np.ndarray:
    """Weights as Python ints, none negative and not all zero. Raises ValueError, in a sentence.

    >>> checked_weights(["0.5", 2]).tolist()
    [5, 20]
    """
    whole, _ = scaled(weights)
    if not len(whole):
        raise ValueError("There are no sites to share out to.")
    negative = np.asarray(whole < 0, bool)
    if negative.any():
        raise ValueError(f"Weights must not be negative; that of site {int(np.argmax(negative)) + 1} is.")
    if not any(whole):
        raise ValueError("All weights are zero, so there is nothing to share out by.")
    return whole


def limits(n: int, floors: ArrayLike | None, caps: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Floors and caps as int64 (n,). Raises ValueError where a floor is above its cap.

    >>> limits(2, [1, None], [None, 9])
    (array([1, 0]), array([1000000000000000, 9]))
    """
    low, high = bounds.bound(floors, n, "floors", 0), bounds.bound(caps, n, "caps", MOST)
    above = low > high
    if above.any():
        i = int(np.argmax(above))
        raise ValueError(f"The floor of site {i + 1}, {low[i]:,}, is above its cap, {high[i]:,}.")
    return low, high


def share_out(
    weights: np.ndarray, aim: int, total: int, method: Method, floors: np.ndarray, caps: np.ndarray
) -> Shares:
    """``apportion`` for figures that are checked already; weights may be all zero, and floors are then all there is.

    >>> none = np.zeros(2, np.int64)
    >>> share_out(np.array([2, 1], object), 9, 10, Method.WEBSTER, none, none + 100).share.tolist()
    [7, 3]
    """
    least = bounds.added(floors)
    if least > total:
        raise ValueError(f"The floors add up to {least:,}, more than the {total:,} to share out; lower some of them.")
    most = bounds.reach(weights, floors, caps)
    possible = min(total, bounds.added(most))
    if method == Method.HUNTINGTON_HILL and (weights > 0).any():
        # It refuses too few units, and caps of 0, whatever else holds.
        share = integers.huntington_hill(weights, possible, floors=floors, caps=caps)
    level = bounds.water_fill(weights, possible, floors, caps)
    if method == Method.LARGEST_REMAINDER or not (weights > 0).any():
        share = integers.largest_remainder(level.parts, level.over, possible)
    elif method == Method.WEBSTER:
        share = integers.webster(weights, possible, floors=floors, caps=caps)
    left = total - possible
    asked = weights * level.rise
    held = np.asarray(weights > 0, bool) & (caps < MOST)
    return Shares(
        method=method,
        aim=aim,
        total=total,
        unallocated=left,
        quota=(level.parts / level.over).astype(float),
        share=share,
        floored=np.asarray(asked < floors.astype(object) * level.over, bool),
        capped=held if left else held & np.asarray(asked > caps.astype(object) * level.over, bool),
    )
