"""The achievable benchmark of care: a level that real sites with enough people reach, not the single best one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import common, scaled


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """A benchmark and whom it is made of.

    ``rate`` is the float nearest to ``part`` / ``whole``. ``sites`` (n,): those it is pooled over; ``covered``: the
    part of all people that these have.
    """

    rate: float
    part: int
    whole: int
    sites: np.ndarray
    covered: float


def achievable(
    numerator: ArrayLike, denominator: ArrayLike, better: int = 1, share: float | str | Decimal = "0.1"
) -> Benchmark:
    """The achievable benchmark of care, from counts.

    Sites in order of the adjusted fraction (x + 1) / (n + 2), which draws small ones to a half; the best are taken
    until they have ``share`` of all people; the benchmark is sum x / sum n over them. Sites tied with the last one
    taken are taken too, so the order given makes no difference. A site without people takes no part.

    Where lower is better the same is done with n - x, so the benchmark is the mirror image.

    Arguments
        numerator: (n,) x, from 0 to n. Need not be whole: a forecast is fine.
        denominator: (n,) n, not negative.
        better: +1 where up is better, -1 where down is.
        share: of all people that the best must have together, above 0 and at most 1, as typed.

    Raises ValueError for figures outside these, and where nobody has a denominator.

    Sources: Weissman et al. (1999) J Eval Clin Pract 5:269; Kiefe et al. (2001) JAMA 285:2871.

    >>> found = achievable([2, 57, 340, 800], [2, 60, 400, 1000])
    >>> round(found.rate, 6), found.sites.tolist(), round(found.covered, 4)
    (0.863043, [False, True, True, False], 0.3146)
    """
    x, n = scaled(numerator, "numerators"), scaled(denominator, "denominators")
    (x, n), unit = common(x, n)
    _refuse(len(x) != len(n), "Give one numerator and one denominator for each site.")
    _first(n < 0, "Denominators must not be negative; number {} is.")
    _first((x < 0) | (x > n), "Numerators must be from 0 to their denominators; number {} is not.")
    return pooled(n, x, unit, unit, better, share)


def achievable_of_rates(
    rate: ArrayLike, denominator: ArrayLike, better: int = 1, share: float | str | Decimal = "0.1"
) -> Benchmark:
    """The same from proportions and denominators, x = n p.

    ``rate`` (n,): from 0 to 1, as typed. Other arguments, and errors, as for ``achievable``.

    >>> found = achievable_of_rates(["0.70", "0.78", "0.85", "0.88", "0.92"], [1200, 800, 500, 300, 200])
    >>> found.rate, found.sites.tolist()
    (0.896, [False, False, False, True, True])
    """
    (p, one), (n, unit) = scaled(rate, "rates"), scaled(denominator, "denominators")
    _refuse(len(p) != len(n), "Give one rate and one denominator for each site.")
    _first(n < 0, "Denominators must not be negative; number {} is.")
    _first(((p < 0) | (p > one)) & (n > 0), "Rates must be shares between 0 and 1; number {} is not.")
    return pooled(n, n * p, unit, unit * one, better, share)


def pooled(
    denominator: np.ndarray,
    numerator: np.ndarray,
    unit: int,
    fine: int,
    better: int = 1,
    share: float | str | Decimal = "0.1",
) -> Benchmark:
    """The same from figures read already: numerator / ``fine`` out of denominator / ``unit``, ``fine`` a multiple.

    ``denominator``, ``numerator`` (n,): Python ints, checked.

    >>> pooled(np.array([10, 20], object), np.array([80, 190], object), 1, 10).rate
    0.95
    """
    (least,), of = scaled([share], "shares")
    _refuse(not 0 < least <= of, f"The share of people must be above 0 and at most 1; {share} is not.")
    there = np.flatnonzero(np.asarray(denominator > 0, bool))
    _refuse(not there.size, "No site has a denominator, so there is no benchmark.")
    size, count = denominator[there] * (fine // unit), numerator[there]
    good = count if better >= 0 else size - count
    # Two fractions over d and e that differ do so by 1 / (d e) at least: so many bits tell them apart.
    below = size + 2 * fine
    adjusted = ((good + fine) << 2 * int(below.max()).bit_length()) // below
    order = np.argsort(-adjusted, kind="stable")
    reached = np.cumsum(size[order]) * of >= least * int(size.sum())
    last = adjusted[order[int(np.argmax(np.asarray(reached, bool)))]]
    best = np.asarray(adjusted >= last, bool)
    part, whole = int(count[best].sum()), int(size[best].sum())
    sites = np.zeros(len(denominator), bool)
    sites[there[best]] = True
    return Benchmark(part / whole, part, whole, sites, whole / int(size.sum()))


def _refuse(wrong: bool, sentence: str) -> None:
    if wrong:
        raise ValueError(sentence)


def _first(wrong: np.ndarray, sentence: str) -> None:
    wrong = np.asarray(wrong, bool)
    if wrong.any():
        raise ValueError(sentence.format(int(np.argmax(wrong)) + 1))
