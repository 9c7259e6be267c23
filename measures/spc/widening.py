"""By how much sigma must grow where what it stands on was estimated from few points."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

BEYOND = 0.007
"""Share of unchanged points that ``few_points`` lets fall beyond the limits. One in a hundred is what is promised;
the rest is left for what the formulas leave out: screened ranges, skew, a site's own season in a single year."""


def estimation(
    variance: np.ndarray,
    share: np.ndarray,
    error: np.ndarray,
    apart: np.ndarray,
    smooth: np.ndarray,
    n: np.ndarray,
    k: int,
) -> np.ndarray:
    """By how much sigma must grow because indices and centre were estimated; any shape.

    An index is sum(p_j y_j), with weights p_j of 1 over the rows of its month, so its error has variance
    V = sum(p_j^2 sigma_j^2). A baseline point's residual holds its own share of that: e - (index error) has variance
    s^2 (1 - 2 p) + V, and neighbours' difference twice as much, which is all a moving range sees. A new point has its
    own noise, the index' error less its yearly mean, and the centre's error from n points: s^2 (1 + 1/n) + V (k-1)/k.
    A series' own season about the pool's (variance w^2) is wholly in a new point; moving ranges see of it only what
    the months' steps are of their swing, ``smooth`` = mean (step^2) / 2 / mean (index^2). So

        factor^2 = (s^2 (1 + 1/n) + V (k-1)/k + w^2) / (s^2 (1 - 2p) + V + w^2 smooth).

    With equal noise and c observations behind an index, p = 1/c and V = s^2/c; without w and with an own index
    (n = k c) that is (1 + 1/c) / (1 - 1/c): 1.41 with three years, 1.73 with two; with many sites it tends to 1 + 1/n.
    ``variance`` s^2, ``share`` p, ``error`` V, ``apart`` w^2, ``n`` baseline points, ``k`` seasons in the year.
    Source: prediction variance in two-way analysis of variance, e.g. Scheffe (1959); derived here for ranges.

    >>> estimation(np.ones(2), np.array([1 / 2, 1 / 3]), np.array([1 / 2, 1 / 3]), 0.0, 0.0, np.array([24, 36]), 12)
    array([1.732, 1.414])
    """
    new = variance * (1 + 1 / n) + error * (k - 1) / k + apart
    seen = variance * (1 - 2 * share) + error + apart * smooth
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sqrt(new / seen)
    return np.where(np.isfinite(ratio) & (new > 0), np.maximum(ratio, 1.0), 1.0)


def few_points(n: np.ndarray, alike: np.ndarray | float = 0.0, k: int = 12) -> np.ndarray:
    """By how much sigma must grow because so few moving ranges stand behind it: max(1, t / 3); any shape.

    t is Student's t that ``BEYOND`` of points exceed either way. A mean of r = n - 1 moving ranges of two is as
    uncertain as a standard deviation with r / (1.653 - 0.511 / r) degrees of freedom: its variance over its squared
    mean is (pi/2 - 1) / r + 2 (r - 1) / r^2 x 0.1278, neighbouring ranges sharing a point. Residuals of the same month
    in different years have correlation ``alike`` once an index is taken out (own index from c years: -1 / (c - 1)), so
    the degrees are divided by 1 + (n/k - 1) alike^2. Never below 2. ``n`` baseline points, ``k`` seasons.
    Source: Cryer & Ryan (1990) for the efficiency of moving ranges; Satterthwaite (1946).

    >>> few_points(np.array([12, 24, 36, 60])).round(3)
    array([1.267, 1.051, 1.   , 1.   ])
    """
    ranges = np.maximum(np.asarray(n) - 1.0, 1.0)
    freedom = ranges / (1.653 - 0.511 / ranges) / (1 + np.maximum(np.asarray(n) / k - 1, 0) * np.square(alike))
    return np.maximum(stdtrit(np.maximum(freedom, 2.0), 1 - BEYOND / 2) / 3, 1.0)
