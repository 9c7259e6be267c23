"""Functional zero: so few in need that the community can house them; and 100,000 Homes' arithmetic of 2.5 % a month.

Functional zero is a state that must be sustained, not a line once crossed. A month that is missing is not a month of
zero: nothing is claimed for it. Arrays are sites by months, (..., t), oldest first, NaN where missing.

Sources: Community Solutions, Built for Zero (functional zero); 100,000 Homes (2010 to 2014), "How our results are
calculated" and "Welcome to the 2.5 Percent Club".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import ceil, inf, log, log1p

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import scaled

FLOOR = 3
"""No threshold is lower: with so few people, chance decides."""
WINDOW = 6
"""Months over which the placement rate is averaged."""
PER_THOUSAND = 1000
"""Chronic: one of so many people in the latest count."""
_EXACT_MONTHS = 10_000
"""More months are counted in floats."""


class Denominator(StrEnum):
    """What a monthly rate is taken of. It must be stored with the aim: the two lead to quite different ends."""

    FIXED_BASELINE = "fixed-baseline"
    CURRENT = "current"


@dataclass(frozen=True, slots=True, eq=False)
class Zero:
    """Functional zero by month, arrays (..., t).

    ``threshold``: NaN where it cannot be told; ``known``: whether threshold and count are; ``met``: whether the count
    is at functional zero, never where not known.
    """

    threshold: np.ndarray
    known: np.ndarray
    met: np.ndarray


def placement_rate(housed: ArrayLike, window: int = WINDOW, least: int | None = None) -> np.ndarray:
    """People proven housable in a month: the mean of those housed in the last ``window`` months, (..., t).

    ``housed`` (..., t), NaN where a month is missing. ``least``: of how many months the mean may be, where some are
    missing; default all. NaN with fewer, and so at the beginning.

    Raises ValueError for counts below 0, and a window or a least that makes no sense.

    >>> placement_rate([4, 6, 5, 7, 8, 6, 12]).tolist()
    [nan, nan, nan, nan, nan, 6.0, 7.333333]
    >>> placement_rate([4, np.nan, 5, 7], window=3, least=2).tolist()
    [nan, nan, 4.5, 6.0]
    """
    housed = _counts(housed, "housed")
    least = window if least is None else least
    if window < 1:
        raise ValueError(f"The window must be 1 month or more; {window} is not.")
    if not 1 <= least <= window:
        raise ValueError(f"A mean of {window} months must be of 1 to {window} that are there; {least} is not.")
    there = np.isfinite(housed)
    total, count = (_last(one, window) for one in (np.where(there, housed, 0.0), there.astype(float)))
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count >= least)


def veterans(active: ArrayLike, housed: ArrayLike, *, window: int = WINDOW, least: int | None = None) -> Zero:
    """Fewer veterans without a home than the community is proven to house in a month: active < max(3, rate).

    ``active``, ``housed`` (..., t): on the list at the end of the month, and housed in it. ``window``, ``least`` as
    for ``placement_rate``, whose figure the rate is.

    Raises ValueError for counts below 0 and shapes that do not go together.

    >>> found = veterans([9, 8, 7, 6, 5, 5, np.nan], [6, 6, 5, 6, 7, 6, 6])
    >>> found.threshold.tolist()[5:], found.met.tolist()[4:]
    ([6.0, 6.0], [False, True, False])
    """
    active, rate = _broadcast(_counts(active, "active"), placement_rate(housed, window, least))
    threshold = np.where(np.isnan(rate), np.nan, np.maximum(FLOOR, rate))
    known = np.isfinite(active) & np.isfinite(threshold)
    return Zero(threshold, known, known & (active < threshold))


def chronic(active: ArrayLike, counted: ArrayLike) -> Zero:
    """At most 3, or one in a thousand of all people without a home: active <= max(3, 0.001 counted).

    ``active`` (..., t): people without a home for long; ``counted``: everybody in the latest point-in-time count,
    (..., t), or anything that broadcasts to it, such as (n, 1).

    Raises ValueError for counts below 0 and shapes that do not go together.

    >>> found = chronic([[4, 3], [7, 8]], [[1200], [7000]])
    >>> found.threshold.tolist(), found.met.tolist()
    ([[3.0, 3.0], [7.0, 7.0]], [[False, True], [True, False]])
    """
    active, counted = _broadcast(_counts(active, "active"), _counts(counted, "counted"))
    threshold = np.where(np.isnan(counted), np.nan, np.maximum(FLOOR, counted / PER_THOUSAND))
    known = np.isfinite(active) & np.isfinite(threshold)
    return Zero(threshold, known, known & (active <= threshold))


def months_held(zero: Zero) -> np.ndarray:
    """How many months in a row it has been met, up to and with each month, int64 (..., t).

    A month that is missing ends the row, as nothing is known of it.

    >>> months_held(chronic([3, 2, np.nan, 3, 9, 1], 1000)).tolist()
    [1, 2, 0, 1, 0, 1]
    """
    month = np.arange(zero.met.shape[-1])
    last = np.maximum.accumulate(np.where(zero.met, -1, month), axis=-1)
    return (month - last).astype(np.int64)


def sustained(zero: Zero, months: int) -> np.ndarray:
    """Whether it has been met in each of so many months to date, bool (..., t).

    Raises ValueError where ``months`` is below 1.

    >>> sustained(chronic([3, 2, 3, 9, 1], 1000), 3).tolist()
    [False, False, True, False, False]
    """
    if months < 1:
        raise ValueError(f"A state is sustained over 1 month or more; {months} is not.")
    return months_held(zero) >= months


def monthly_aim(people: ArrayLike, rate: float | str | Decimal = "0.025") -> np.ndarray:
    """People to house in a month: the rate times ``people``, rounded up, int64 (n,).

    ``people`` (n,): the baseline's, or with a current denominator those left. ``rate``: as typed, above 0, at most 1.

    Raises ValueError for figures outside these.

    >>> monthly_aim([400, 401, 0]).tolist()
    [10, 11, 0]
    """
    part, whole = _monthly(rate)
    count, unit = scaled(people, "people")
    wrong = np.asarray(count < 0, bool)
    if wrong.any():
        raise ValueError(f"People must not be below 0; number {int(np.argmax(wrong)) + 1} is.")
    return (-(-count * part // (unit * whole))).astype(np.int64)


def monthly_pace(housed: ArrayLike, people: ArrayLike, window: int = 3) -> np.ndarray:
    """The rolling mean of people housed in a month as a share of ``people``, (..., t); the club is from 2.5 % up.

    ``housed`` (..., t); ``people``: the baseline's (n, 1), or with a current denominator those left (..., t). NaN
    until ``window`` months are there without one missing, and where there are no people.

    Raises ValueError for counts below 0 and shapes that do not go together.

    >>> monthly_pace([[8, 12, 10, 11]], [[400]]).tolist()
    [[nan, nan, 0.025, 0.0275]]
    """
    rate, people = _broadcast(placement_rate(housed, window), _counts(people, "people"))
    return np.divide(rate, people, out=np.full(rate.shape, np.nan), where=people > 0)


def share_housed(
    months: ArrayLike,
    rate: float | str | Decimal = "0.025",
    denominator: Denominator | str = Denominator.FIXED_BASELINE,
) -> np.ndarray:
    """The share of the baseline that is housed after so many months at a rate: min(1, r t), or 1 - (1 - r)^t.

    The first where the rate is of the fixed baseline, the second where it is of those left (current). ``months`` t,
    any shape, not below 0; ``rate`` r as for ``monthly_aim``.

    Raises ValueError for figures outside these.

    >>> share_housed([12, 40, 48]).tolist(), share_housed(48, denominator="current").tolist()
    ([0.3, 1.0, 1.0], 0.703366)
    """
    part, whole = _monthly(rate)
    months = _counts(months, "months")
    if _denominator(denominator) == Denominator.FIXED_BASELINE:
        return np.minimum(1.0, months * part / whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(months == 0, 0.0, -np.expm1(months * np.log1p(-part / whole)))


def months_to_house(
    share: float | str | Decimal = 1,
    rate: float | str | Decimal = "0.025",
    denominator: Denominator | str = Denominator.FIXED_BASELINE,
) -> float:
    """Whole months until a share of the baseline is housed at a rate; never, of those left, for all of them.

    The smallest t with ``share_housed`` t >= share, from the decimals as typed: ceil(s / r) of a fixed baseline.

    ``share`` s: from 0 to 1; ``rate`` r as for ``monthly_aim``.

    Raises ValueError for figures outside these.

    >>> months_to_house(), months_to_house("0.703", denominator="current"), months_to_house(denominator="current")
    (40, 48, inf)
    """
    part, whole = _monthly(rate)
    try:
        (wanted,), of = scaled([share])
    except ValueError:
        wanted, of = -1, 1
    if not 0 <= wanted <= of:
        raise ValueError(f"The share to be housed must be from 0 to 1; {share} is not.")
    if _denominator(denominator) == Denominator.FIXED_BASELINE:
        return -(-wanted * whole // (of * part))
    if wanted == 0:
        return 0
    if part == whole:
        return 1
    if wanted == of:
        return inf
    # The nearest by logarithms, then the exact one: (1 - r)^t <= 1 - s.
    close = (log(of - wanted) - log(of)) / log1p(-part / whole)
    if close > _EXACT_MONTHS:
        return ceil(close)
    guess = max(0, int(close) - 2)
    while (whole - part) ** guess * of > (of - wanted) * whole**guess:
        guess += 1
    return guess


def _monthly(rate: float | str | Decimal) -> tuple[int, int]:
    try:
        (part,), whole = scaled([rate])
    except ValueError:
        part, whole = 0, 1
    if not 0 < part <= whole:
        raise ValueError(f"The monthly rate must be above 0 and at most 1 (0.025 for 2.5%); {rate} is not.")
    return part, whole


def _denominator(name: Denominator | str) -> Denominator:
    try:
        return Denominator(name)
    except ValueError:
        raise ValueError(f"{name!r} is no denominator of a monthly rate; there are {', '.join(Denominator)}.") from None


def _counts(figures: ArrayLike, what: str) -> np.ndarray:
    """Figures as floats, NaN where missing, checked."""
    figures = np.asarray(figures, float)
    if (figures < 0).any() or np.isinf(figures).any():
        raise ValueError(f"Counts must be finite and not below 0; one of those {what} is not.")
    return figures


def _broadcast(*arrays: np.ndarray) -> list[np.ndarray]:
    try:
        return list(np.broadcast_arrays(*arrays))
    except ValueError:
        raise ValueError("Give the counts for the same sites and months.") from None


def _last(figures: np.ndarray, window: int) -> np.ndarray:
    """The sum of the last ``window`` figures at each place along the last axis."""
    padded = np.concatenate([np.zeros((*figures.shape[:-1], window)), figures], axis=-1)
    return np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1)[..., 1:, :].sum(axis=-1)
