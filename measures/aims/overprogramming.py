"""Sharing out more than the aim, because not everybody will do all of it: how much more, and what that buys.

Site i delivers rho_i a_i of its share a_i, the rho_i with mean m, standard deviation s and correlation c between any
two sites. What all deliver has mean m sum a and variance s^2 ((1 - c) sum a^2 + c (sum a)^2), and is taken to be
normal: with few sites, or one that holds most of the aim, that is a rough guide.

Show both lines, the total agreed and the aim, and celebrate against the aim. For a rate, exceed the improvement
(aim less baseline), not the rate.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special


def extra(shares: ArrayLike, *, mean: float, sd: float, correlation: float, confidence: float) -> float:
    """What the aim must be exceeded by, phi, so that it is met with the given confidence; 0 where nothing is needed.

    1 + phi = A / (m A - z s sqrt((1 - c) sum a^2 + c A^2)), with a the shares at phi = 0, A = sum a, and z the
    normal quantile of the confidence.

    Arguments
        shares: (n,) each site's share of the aim, or weights: only their proportions matter.
        mean, sd: of the part of its share that a site delivers (0.9 for nine tenths).
        correlation: between two sites' parts, 0 to 1: what touches all alike.
        confidence: chance of meeting the aim, between 0 and 1.

    Raises ValueError for figures outside these, and where no extra, however large, buys that confidence.

    >>> round(extra([1] * 30, mean=0.9, sd=0.3, correlation=0, confidence=0.8), 2)
    0.17
    >>> round(extra([1] * 30, mean=0.9, sd=0.3, correlation=0.1, confidence=0.8), 2)
    0.24
    """
    spread = _spread(shares, mean, sd, correlation)
    if not 0 < confidence < 1:
        raise ValueError(f"The confidence must lie between 0 and 1; {confidence:g} does not.")
    sure = mean - float(special.ndtri(confidence)) * spread
    if sure <= 0:
        raise ValueError(
            f"No extra buys a confidence of {confidence:g}: with a mean of {mean:g} and a standard deviation of {sd:g}"
            " what sites deliver varies too much. Ask for less confidence."
        )
    return max(0.0, 1 / sure - 1)


def confidence(shares: ArrayLike, over: float, *, mean: float, sd: float, correlation: float) -> float:
    """The chance of meeting the aim where (1 + over) of it is shared out: the way back from ``extra``.

    P(sum of what is delivered >= A) = Phi((m - 1 / (1 + phi)) / (s sqrt((1 - c) sum a^2 + c A^2) / A)).

    ``shares``, ``mean``, ``sd``, ``correlation`` as for ``extra``; ``over`` phi, 0 or more. Without any spread it is
    1 where the mean is enough, else 0.

    Raises ValueError for figures outside these.

    >>> round(confidence([1] * 30, 0.17, mean=0.9, sd=0.3, correlation=0), 2)
    0.8
    """
    spread = _spread(shares, mean, sd, correlation)
    if not (math.isfinite(over) and over >= 0):
        raise ValueError(f"The extra must be 0 or more; {over:g} is not.")
    ahead = mean - 1 / (1 + over)
    if spread == 0:
        return float(ahead >= 0)
    return float(special.ndtr(ahead / spread))


def _spread(shares: ArrayLike, mean: float, sd: float, correlation: float) -> float:
    """The standard deviation of the part of the whole that is delivered."""
    a = np.asarray(shares, float)
    if a.ndim != 1 or not np.isfinite(a).all() or (a < 0).any() or not a.any():
        raise ValueError("Shares must be finite, none below 0 and not all 0.")
    if not (math.isfinite(mean) and mean > 0):
        raise ValueError(f"The mean part delivered must be above 0; {mean:g} is not.")
    if not (math.isfinite(sd) and sd >= 0):
        raise ValueError(f"The standard deviation must be 0 or more; {sd:g} is not.")
    if not 0 <= correlation <= 1:
        raise ValueError(f"The correlation must be from 0 to 1; {correlation:g} is not.")
    part = a / a.max()
    part = part / part.sum()
    return sd * math.sqrt((1 - correlation) * float((part**2).sum()) + correlation)
