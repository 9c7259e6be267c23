"""Apportioning an aim for a rate, so that the sites' aims reconcile exactly with the campaign's.

Weights are the *forecast* denominators of the date the aim is for, not those of the baseline. Whole
numerators are handed out by largest remainder, so that the sum over sites is the campaign's numerator to
the last person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np


@dataclass(frozen=True, slots=True)
class RateShares:
    """An apportioned rate.

    ``exact`` (n,) are the sites' rates before rounding to whole people, ``numerator`` (n,) the whole
    people; their sum is ``total``. ``effort`` is k, the share of its shortfall every site is asked to close;
    ``pooled`` is the weighted baseline the campaign starts from.
    """

    exact: np.ndarray
    numerator: np.ndarray
    total: int
    effort: float
    pooled: float


def equal_failure_reduction(
    denominator: np.ndarray, baseline: np.ndarray, aim: float | str | Decimal, *, better: int = 1
) -> RateShares:
    """Ask every site to close the same share k of its own shortfall.

    For a proportion where up is better::

        p*_i = b_i + k (1 - b_i),   k = (A - P0) / (1 - P0),   P0 = sum n_i b_i / sum n_i

    so no rate exceeds one and the weighted mean is A. Where the aim is no better than the baseline, k is 0
    and everybody holds: nobody is asked to get worse. Lower-is-better swaps p for 1 - p.

    Arguments
        denominator: (n,) forecast denominators of the aim's date, whole and not negative.
        baseline: (n,) baseline proportions, in [0, 1].
        aim: the campaign's proportion as typed (text or Decimal keeps it exact).
        better: +1 where up is better, -1 where down is.

    Raises ValueError, saying which, for an aim or a baseline outside [0, 1], or denominators that are
    negative, fractional or all zero.

    >>> r = equal_failure_reduction([1200, 800, 500, 300, 200], [.70, .78, .85, .88, .92], "0.85")
    >>> round(r.effort, 6), [round(float(p), 5) for p in r.exact]
    (0.321267, [0.79638, 0.85068, 0.89819, 0.91855, 0.9457])
    >>> int(r.numerator.sum()), r.total
    (2550, 2550)
    """
    n = np.asarray(denominator, float)
    b = np.asarray(baseline, float)
    a = Decimal(str(aim))
    if not 0 <= a <= 1:
        raise ValueError(f"The aim must be a share between 0 % and 100 %; {aim} is not.")
    if n.shape != b.shape or n.ndim != 1:
        raise ValueError("Give one denominator and one baseline for each site.")
    bad = ~((n >= 0) & (n == np.floor(n)))
    if bad.any():
        raise ValueError(f"Denominators must be whole and not negative; number {int(np.argmax(bad)) + 1} is not.")
    if n.sum() <= 0:
        raise ValueError("The denominators add up to nothing, so there is nothing to apportion.")
    out = ~((b >= 0) & (b <= 1)) & (n > 0)
    if out.any():
        raise ValueError(f"Baselines must be shares between 0 and 1; number {int(np.argmax(out)) + 1} is not.")
    b = np.where(n > 0, b, 0.0)
    total_n = int(n.sum())
    up = better >= 0
    if not up:
        b, a = 1 - b, 1 - a
    pooled = float((n * b).sum() / total_n)
    effort = max(0.0, (float(a) - pooled) / (1 - pooled)) if pooled < 1 else 0.0
    exact = b + effort * (1 - b)
    # Whole people: round the campaign's numerator in the direction of more, then hand it out.
    asked = math.ceil(a * total_n) if effort > 0 else int(np.ceil((n * b).sum() - 1e-9))
    numerator = largest_remainder(n * exact, asked, cap=n)
    if not up:
        exact, numerator, asked, pooled = 1 - exact, n.astype(np.int64) - numerator, total_n - asked, 1 - pooled
    return RateShares(exact, numerator, asked, effort, pooled)


def largest_remainder(quota: np.ndarray, total: int, *, cap: np.ndarray | None = None) -> np.ndarray:
    """Whole numbers that add up to ``total``, each within one of its quota (Hamilton 1792).

    Every site gets the whole part of its quota; the units left over go to the largest fractional parts,
    ties to the larger quota and then to the earlier site. ``cap`` (n,) is never exceeded.

    Raises ValueError where the total cannot be reached within one unit of each quota.

    >>> largest_remainder([53.33, 33.34, 24.0, 12.0, 6.67, 2.66], 132).tolist()
    [53, 33, 24, 12, 7, 3]
    """
    q = np.asarray(quota, float)
    near = np.rint(q)
    q = np.where(np.abs(q - near) < 1e-9 * np.maximum(1.0, np.abs(q)), near, q)
    whole = np.floor(q)
    left = int(total - whole.sum())
    room = np.ones(len(q), bool) if cap is None else whole + 1 <= np.asarray(cap, float)
    if not 0 <= left <= int(room.sum()):
        raise ValueError(
            f"{total} cannot be shared out within one unit of each site's quota (they add up to {q.sum():.3f})."
        )
    order = np.lexsort((np.arange(len(q)), -q, -(q - whole), ~room))
    whole[order[:left]] += 1
    return whole.astype(np.int64)
