"""Many tests at once: which to call, so that few of those called are there by luck."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def called(p: ArrayLike, q: float) -> np.ndarray:
    """Which of many tests to call, so that of those called a share of about ``q`` at most is there by luck.

    With m tests sorted by p, the largest j with p_(j) <= q j / m; called are those with p at or below p_(j).
    ``p`` (m,) between 0 and 1; bool (m,). Raises ValueError where p or q is not a chance.
    Source: Benjamini & Hochberg (1995).

    >>> called([0.001, 0.2, 0.03, 0.9], q=0.1)
    array([ True, False,  True, False])
    """
    p = _checked(p)
    if not 0 < q < 1:
        raise ValueError(f"q is {q!r}; it must lie between 0 and 1.")
    ordered = np.sort(p)
    low_enough = np.flatnonzero(ordered <= q * np.arange(1, p.size + 1) / max(p.size, 1))
    return p <= ordered[low_enough[-1]] if low_enough.size else np.zeros(p.size, bool)


def q_values(p: ArrayLike) -> np.ndarray:
    """For each test the smallest q at which ``called`` calls it; (m,), as ``p``.

    Raises ValueError where p is not a chance. Source: Benjamini & Hochberg (1995), in the form of Yekutieli &
    Benjamini (1999).

    >>> q_values([0.001, 0.2, 0.03, 0.9]).round(4)
    array([0.004 , 0.2667, 0.06  , 0.9   ])
    """
    p = _checked(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    out = np.empty_like(p)
    out[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return out


def _checked(p: ArrayLike) -> np.ndarray:
    p = np.asarray(p, np.float64)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("p must be a one-dimensional array of chances between 0 and 1.")
    return p
