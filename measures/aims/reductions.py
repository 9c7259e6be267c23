"""Fewer of something: what each site is asked to take away, and what would have happened without.

A reduction is measured against what was to be expected, the baseline's rate at the current exposure, as the 100,000
Lives campaign measured its own (Berwick, Calkins, McCannon & Hackbarth 2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import common, scaled
from measures.aims.integers import largest_remainder

RARE = 5
"""A site expecting fewer than this in a period has its whole-number target met or missed by chance, mostly."""


@dataclass(frozen=True, slots=True, eq=False)
class Reductions:
    """What is asked of each site, arrays (n,).

    ``exact``: before rounding, the float nearest; ``whole`` (int64): whole numbers that add up to ``total``, the
    reduction of all rounded up, each its exact figure rounded down or up. ``effort``: the part of what it expects that
    every site is asked for beyond its excess. ``reason``: a sentence where the excess was not enough, else "".
    """

    exact: np.ndarray
    whole: np.ndarray
    total: int
    effort: float
    reason: str = ""


def equal_effort(expected: ArrayLike, relative: float | str | Decimal) -> Reductions:
    """The same percentage from everybody: reduction_i = r e_i, adding up to r E.

    ``expected`` e (n,): what each site is to expect without, none negative; ``relative`` r, 0 to 1, as typed.

    Raises ValueError for figures outside these, or where nothing is expected anywhere.

    >>> found = equal_effort([200, 120, 45], "0.15")
    >>> found.exact.tolist(), found.whole.tolist(), found.total
    ([30.0, 18.0, 6.75], [30, 18, 7], 55)
    """
    e, _, unit, (part, whole) = _read(expected, relative)
    return _rounded(e * part, unit * whole, part / whole)


def by_excess(
    expected: ArrayLike, denominators: ArrayLike, rate: float | str | Decimal, relative: float | str | Decimal
) -> Reductions:
    """The reduction from those above a rate: r E x_i / X, x_i = max(0, e_i - R n_i), X = sum x.

    Nobody is asked for more than its excess. Where r E > X that is not enough: every site gives up its whole excess,
    and the rest comes from what is left by equal effort, reduction_i = x_i + k (e_i - x_i), k = (r E - X) / (E - X),
    which ``reason`` says.

    Arguments
        expected: (n,) e, none negative.
        denominators: (n,) n, the exposure that goes with ``expected``.
        rate: R, per unit of the denominator, as typed: a benchmark.
        relative: r, 0 to 1, of all that is expected, as typed.

    Raises ValueError for figures outside these.

    >>> found = by_excess([30, 12, 8], [1000, 600, 900], "0.01", "0.26")
    >>> found.exact.tolist(), found.whole.tolist(), found.effort, found.reason
    ([10.0, 3.0, 0.0], [10, 3, 0], 0.0, '')
    >>> by_excess([30, 12, 8], [1000, 600, 900], "0.01", "0.76").exact.tolist()
    [25.0, 9.0, 4.0]
    """
    e, n, unit, (part, whole) = _read(expected, relative, denominators)
    (allowed,), per = scaled([rate], "rates")
    if allowed < 0:
        raise ValueError(f"The rate must not be below 0; {rate} is.")
    # All over unit x per.
    e = e * per
    excess = np.maximum(e - n * allowed, 0)
    over = unit * per
    all_excess, asked = sum(excess), sum(e) * part
    if asked <= all_excess * whole:
        if not asked:
            return _rounded(excess * 0, over, 0.0)
        return _rounded(excess * asked, over * whole * all_excess, 0.0)
    rest, left = asked - all_excess * whole, sum(e) - all_excess
    effort = rest / (left * whole)
    reason = (
        f"The reduction asked for is more than all sites have above a rate of {rate}: besides that, every site is"
        f" asked for {effort:.1%} of the rest."
    )
    return _rounded(excess * (left * whole) + (e - excess) * rest, over * left * whole, effort, reason)


def counterfactual(events: ArrayLike, exposure: ArrayLike, now: ArrayLike, *, seasonal: bool = False) -> np.ndarray:
    """What was to be expected without the campaign: the baseline's rate at the current exposure, floats.

    expected = now x sum(events) / sum(exposure), each site's own; ``seasonal``: now x events / exposure, each period
    against the same one a year before.

    ``events``, ``exposure`` (..., p): the baseline's periods, newest last; ``now`` (..., q): the exposure of the
    current ones, q = p where seasonal. NaN where a baseline has no exposure; a period that is NaN in either takes no
    part.

    Raises ValueError where the shapes do not go together.

    >>> counterfactual([[10, 14], [3, 3]], [[100, 100], [50, 100]], [[50, 100], [10, 10]]).tolist()
    [[6.0, 12.0], [0.4, 0.4]]
    >>> counterfactual([10, 14], [100, 100], [50, 100], seasonal=True).tolist()
    [5.0, 14.0]
    """
    events, exposure, now = (np.asarray(one, float) for one in (events, exposure, now))
    if events.shape != exposure.shape or not events.ndim or events.shape[:-1] != now.shape[:-1]:
        raise ValueError("Give events and exposure for the same sites and periods, and the exposure now for each site.")
    if seasonal and events.shape != now.shape:
        raise ValueError("Each current period needs the same one a year before.")
    if not seasonal:
        there = np.isfinite(events) & np.isfinite(exposure)
        events, exposure = (np.where(there, one, 0).sum(axis=-1, keepdims=True) for one in (events, exposure))
    rate = np.divide(events, exposure, out=np.full(events.shape, np.nan), where=exposure > 0)
    return now * rate


def rarity(expected: ArrayLike, period: str = "month") -> str:
    """A sentence of warning where counts are too rare for whole targets each period, else "".

    ``expected`` (n,): what each site is to expect in one ``period``.

    >>> rarity([12, 3.5, 0.8])
    'At 2 of 3 sites fewer than 5 are to be expected in a month: do not set whole monthly targets there. Use the
    cumulative count, a rate per exposure, or the time or cases between events (t or g chart).'
    >>> rarity([12, 30])
    ''
    """
    expected = np.asarray(expected, float)
    rare = int((expected < RARE).sum())
    if not rare:
        return ""
    return (
        f"At {rare:,} of {expected.size:,} sites fewer than {RARE} are to be expected in a {period}: do not set whole"
        f" {period}ly targets there. Use the cumulative count, a rate per exposure, or the time or cases between events"
        " (t or g chart)."
    )


def _read(expected, relative, denominators=None) -> tuple[np.ndarray, np.ndarray | None, int, tuple[int, int]]:
    """Expected and denominators over one unit, and the relative reduction as a part of a whole."""
    what = [scaled(expected, "expected counts")]
    what += [] if denominators is None else [scaled(denominators, "denominators")]
    for (figures, _), name in zip(what, ("expected counts", "denominators")):
        negative = np.asarray(figures < 0, bool)
        if negative.any():
            raise ValueError(f"The {name} must not be below 0; that of site {int(np.argmax(negative)) + 1} is.")
    if len({len(figures) for figures, _ in what}) > 1:
        raise ValueError("Give one expected count and one denominator for each site.")
    (part,), whole = scaled([relative], "reductions")
    if not 0 <= part <= whole:
        raise ValueError(f"The reduction must be from 0 to 1 of what is expected; {relative} is not.")
    (e, *rest), unit = common(*what)
    if not any(e):
        raise ValueError("Nothing is expected at any site, so there is nothing to reduce.")
    return e, rest[0] if rest else None, unit, (part, whole)


def _rounded(parts: np.ndarray, whole: int, effort: float, reason: str = "") -> Reductions:
    total = -(-sum(parts) // whole)
    return Reductions((parts / whole).astype(float), largest_remainder(parts, whole, total), total, effort, reason)
