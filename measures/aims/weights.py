"""What an aim that is a count is shared out by: each rule's weights, blends of them, and stretch.

A rule's weights are exact, from the figures as typed; only a weighted product needs floats. Their scale makes no
difference to the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import as_decimals, common, scaled


class Blend(StrEnum):
    """How several rules' weights become one."""

    PRODUCT = "product"
    SUM = "sum"


class Stretched(NamedTuple):
    """Weights (n,) after stretch, as Decimals, and the multipliers (n,) that are to be shown beside them."""

    weights: np.ndarray
    multipliers: np.ndarray


def equal(n: int) -> np.ndarray:
    """The same weight, 1, for each of ``n`` sites: for small pilots.

    >>> equal(3).tolist()
    [1, 1, 1]
    """
    return np.ones(n, np.int64)


def by_baseline(baseline: ArrayLike) -> np.ndarray:
    """w_i = b_i, the baseline's volume: every site is asked for the same percentage. Decimals (n,).

    Raises ValueError for a figure that is negative or none.

    >>> by_baseline(["120", 80.5]).tolist()
    [Decimal('120.0'), Decimal('80.5')]
    """
    return as_decimals(*_not_negative(baseline, "baselines"))


def by_population(population: ArrayLike) -> np.ndarray:
    """w_i = n_i, people or another denominator, where need is thought to be alike. Decimals (n,).

    Raises ValueError for a figure that is negative or none.

    >>> by_population([1000, 250]).tolist()
    [Decimal('1000'), Decimal('250')]
    """
    return as_decimals(*_not_negative(population, "populations"))


def by_gap(denominators: ArrayLike, baseline: ArrayLike, benchmark: object, better: int = 1) -> np.ndarray:
    """w_i = n_i max(0, d (P - b_i)): what each site is short of the benchmark, fair to those good already. Decimals.

    Arguments
        denominators: (n,) none negative.
        baseline: (n,) levels, in the unit of the benchmark.
        benchmark: P, one figure as typed. An achievable benchmark of care, not the single best site.
        better: d, +1 where up is better, -1 where down is.

    Raises ValueError where no site is short of the benchmark, or a figure is none.

    >>> by_gap([1200, 800, 200], ["0.70", "0.78", "0.96"], "0.95").tolist()
    [Decimal('300.00'), Decimal('136.00'), Decimal('0.00')]
    """
    size, unit = _not_negative(denominators, "denominators")
    (level, (mark,)), divisor = common(scaled(baseline, "baselines"), scaled([benchmark], "benchmarks"))
    _same_length(size, level, "baselines")
    gap = np.maximum((mark - level) * (1 if better >= 0 else -1), 0) * size
    if not any(gap):
        raise ValueError(f"No site is short of the benchmark, {benchmark}; choose one beyond some sites' baselines.")
    return as_decimals(gap, divisor * unit)


def by_excess(events: ArrayLike, denominators: ArrayLike, rate: object) -> np.ndarray:
    """w_i = max(0, e_i - R n_i): the events beyond what the rate allows; for reductions. Decimals (n,).

    ``events``, ``denominators`` (n,), none negative; ``rate`` R, events per unit of the denominator, as typed.

    Raises ValueError where no site has more events than the rate allows, or a figure is none.

    >>> by_excess([30, 12, 4], [1000, 600, 500], "0.01").tolist()
    [Decimal('20.00'), Decimal('6.00'), Decimal('0.00')]
    """
    size, unit = _not_negative(denominators, "denominators")
    count, one = _not_negative(events, "events")
    _same_length(size, count, "events")
    (allowed,), divisor = _not_negative([rate], "rates")
    (count, expected), over = common((count, one), (size * allowed, unit * divisor))
    excess = np.maximum(count - expected, 0)
    if not any(excess):
        raise ValueError(f"No site has more events than a rate of {rate} allows; choose a lower one.")
    return as_decimals(excess, over)


def blend(parts: Sequence[ArrayLike], alphas: Sequence, how: Blend | str = Blend.PRODUCT) -> np.ndarray:
    """Several rules in one: prod_k w_ik^alpha_k, or sum_k alpha_k w_ik / W_k with W_k = sum_j w_jk.

    A product makes a site small that is small by any rule, and leaves out one that has none of something; a sum does
    not. ``parts``: the weights (n,) of each rule; ``alphas``: one for each, from 0 to 1, adding up to 1 exactly as
    typed. Returns floats (n,), at most 1, for a product, and whole numbers for a sum.

    Raises ValueError where the alphas do not add up to 1, or weights are negative, all zero, or of other lengths.

    >>> blend([[400, 100], [1, 1]], ["0.5", "0.5"]).tolist()
    [1.0, 0.5]
    >>> blend([[300, 100], [1, 1]], ["0.5", "0.5"], "sum").tolist()
    [5000, 3000]
    """
    shares, unit = scaled(alphas, "alphas")
    if len(shares) != len(parts) or not len(parts):
        raise ValueError("Give one alpha for each rule that is blended.")
    if (shares < 0).any() or sum(shares) != unit:
        raise ValueError(f"The alphas must be from 0 to 1 and add up to 1; {', '.join(map(str, alphas))} do not.")
    whole = [_not_negative(part, f"weights of rule {k + 1}")[0] for k, part in enumerate(parts)]
    for k, part in enumerate(whole):
        _same_length(whole[0], part, f"weights of rule {k + 1}")
        if not any(part):
            raise ValueError(f"All weights of rule {k + 1} are zero, so there is nothing to blend.")
    if Blend(how) == Blend.PRODUCT:
        # Each as a share of the largest, so that a rule's scale makes no difference, not even in the last digit.
        powers = [(part / max(part)).astype(float) ** (alpha / unit) for part, alpha in zip(whole, shares)]
        product = np.prod(powers, axis=0)
        if not product.any():
            raise ValueError("Every site is without weight by one rule or another, so their product is zero.")
        return product / product.max()
    sums = [sum(part) for part in whole]
    together = np.prod(np.array(sums, object))
    return sum(part * (alpha * (together // one)) for part, alpha, one in zip(whole, shares, sums))


def stretch(weights: ArrayLike, readiness: ArrayLike, sigma: object) -> Stretched:
    """More is asked of those ready for more: w'_i = w_i s_i, s_i = 1 + sigma c_i.

    ``weights`` (n,); ``readiness`` c (n,), each from -1 to 1; ``sigma`` from 0 to 1, as typed. Shares are made of the
    stretched weights, so what some are spared others carry; show the multipliers.

    Raises ValueError for a readiness or a sigma outside these, or a weight that is negative.

    >>> stretched = stretch([100, 100, 100], [1, 0, "-0.5"], "0.2")
    >>> stretched.weights.astype(float).tolist(), stretched.multipliers.tolist()
    ([120.0, 100.0, 90.0], [1.2, 1.0, 0.9])
    """
    whole, divisor = _not_negative(weights, "weights")
    ready, unit = scaled(readiness, "readiness")
    _same_length(whole, ready, "readiness")
    outside = np.asarray(abs(ready) > unit, bool)
    if outside.any():
        raise ValueError(f"Readiness must be from -1 to 1; that of site {int(np.argmax(outside)) + 1} is not.")
    (pull,), one = scaled([sigma], "stretch")
    if not 0 <= pull <= one:
        raise ValueError(f"The stretch must be from 0 to 1; {sigma} is not.")
    times = unit * one + pull * ready
    return Stretched(as_decimals(whole * times, divisor * unit * one), (times / (unit * one)).astype(float))


def _not_negative(figures: ArrayLike, what: str) -> tuple[np.ndarray, int]:
    whole, divisor = scaled(figures, what)
    negative = np.asarray(whole < 0, bool)
    if negative.any():
        raise ValueError(f"No figure may be below 0 here; number {int(np.argmax(negative)) + 1} of the {what} is.")
    return whole, divisor


def _same_length(first: np.ndarray, other: np.ndarray, what: str) -> None:
    if len(first) != len(other):
        raise ValueError(f"There are {len(other):,} {what} for {len(first):,} sites; give one for each site.")
