"""Limits from one calculation period, for many periods of one length at once: the fits of the Stable Shift Algorithm.

Periods are the rows of (k, w) arrays: k periods of w points each, none missing. ``kept`` (k, w) bool: the points
that a figure is made from. Points left out are deleted: a moving range bridges the gap.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from measures.spc import limits

D2 = 1.128
"""A mean moving range of two is this many standard deviations."""


class Fit(NamedTuple):
    """Per period (k,): the centre line, and how far the limits lie from it (for proportions: at a denominator of
    one, else that over the root of the denominator); ``excluded`` (k, w) the points left out of both."""

    centre: np.ndarray
    width: np.ndarray
    excluded: np.ndarray


@dataclass(frozen=True, slots=True)
class Formulas:
    """A chart: its name and title, ``width(values, denominators, kept, centre, screen_passes)``; ``counts``: its
    lower limit is cut at 0; ``proportion``: its points are numerators over denominators."""

    name: str
    title: str
    width: Callable[[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray, int], np.ndarray]
    counts: bool = False
    proportion: bool = False


def mean_range(values: np.ndarray, kept: np.ndarray, screen_passes: int) -> np.ndarray:
    """Mean |y_i - y_(i-1)| over the ``kept`` points of each period, screened.

    While any range is above 3.267 means, and at most ``screen_passes`` times: the mean of the ranges below that.
    ``values`` (k, w); figures (k,) in the unit of the values, NaN where there is no range.
    Source: Nelson (1982) for screening; autospc 0.0.0.9051.

    >>> mean_range(np.array([[1.0, 2.0, 99.0, 4.0]]), np.array([[True, True, False, True]]), 1)
    array([1.5])
    """
    count = kept.sum(axis=1)
    if not kept.all():
        values = np.take_along_axis(values, np.argsort(~kept, axis=1, kind="stable"), axis=1)
    ranges = np.abs(np.diff(values, axis=1))
    used = np.arange(ranges.shape[1]) < (count - 1)[:, None]
    mean = _mean(ranges, used)
    for _ in range(screen_passes):
        bound = (limits.SCREEN * mean)[:, None]
        outlying = (used & (ranges > bound * (1 + limits.TIE))).any(axis=1)
        if not outlying.any():
            break
        used &= (ranges < bound * (1 - limits.TIE)) | ~outlying[:, None]
        mean = _mean(ranges, used)
    return mean


def _mean(values: np.ndarray, used: np.ndarray) -> np.ndarray:
    return limits.divide(np.where(used, values, 0.0).sum(axis=1), used.sum(axis=1))


def moving_width(
    values: np.ndarray,
    denominators: np.ndarray | None,
    kept: np.ndarray,
    centre: np.ndarray,
    screen_passes: int,
) -> np.ndarray:
    """xmr and cp: 3 x mean moving range / 1.128.

    Laney's C' chart has sigma = sqrt(c) x mean |z_i - z_(i-1)| / 1.128 with z_i = (y_i - c) / sqrt(c), in which
    c cancels out. ``values`` (k, w), ``centre`` (k,); widths (k,). Source: Wheeler & Chambers (1992); Laney (2002).

    >>> moving_width(np.array([[4.0, 6.0, 5.0]]), None, np.ones((1, 3), bool), np.array([5.0]), 1).round(3)
    array([3.989])
    """
    return 3 * mean_range(values, kept, screen_passes) / D2


def laney_width(
    values: np.ndarray,
    denominators: np.ndarray | None,
    kept: np.ndarray,
    centre: np.ndarray,
    screen_passes: int,
) -> np.ndarray:
    """pp: 3 x mean |u_i - u_(i-1)| / 1.128, u_i = (x_i / n_i - p) sqrt(n_i): the limits' distance at n = 1.

    Laney's P' chart has sigma_i = sqrt(p (1 - p) / n_i) x mean |z_i - z_(i-1)| / 1.128, z_i = u_i / sqrt(p (1 - p)),
    in which p (1 - p) cancels out. ``values`` (k, w) numerators x; widths (k,). Source: Laney (2002).

    >>> numerators, denominators = np.array([[40.0, 50.0, 60.0]]), np.full((1, 3), 100.0)
    >>> laney_width(numerators, denominators, np.ones((1, 3), bool), np.array([0.5]), 1).round(3)
    array([2.66])
    """
    moved = (values / denominators - centre[:, None]) * np.sqrt(denominators)
    return 3 * mean_range(moved, kept, screen_passes) / D2


def poisson_width(
    values: np.ndarray,
    denominators: np.ndarray | None,
    kept: np.ndarray,
    centre: np.ndarray,
    screen_passes: int,
) -> np.ndarray:
    """c: 3 sqrt(c), c the mean count; (k,). Source: Shewhart (1931), e.g. Montgomery (2009).

    >>> poisson_width(np.array([[4.0]]), None, np.ones((1, 1), bool), np.array([4.0]), 1)
    array([6.])
    """
    return 3 * np.sqrt(centre)


def binomial_width(
    values: np.ndarray,
    denominators: np.ndarray | None,
    kept: np.ndarray,
    centre: np.ndarray,
    screen_passes: int,
) -> np.ndarray:
    """p: 3 sqrt(p (1 - p)), p the pooled proportion: the limits' distance at n = 1; (k,). Source: as ``poisson_width``.

    >>> binomial_width(np.array([[1.0]]), np.array([[2.0]]), np.ones((1, 1), bool), np.array([0.5]), 1)
    array([1.5])
    """
    return 3 * np.sqrt(centre * (1 - centre))


CHARTS = {
    each.name: each
    for each in (
        Formulas("xmr", "individuals and moving range (XmR)", moving_width),
        Formulas("c", "counts (C)", poisson_width, counts=True),
        Formulas("cp", "counts, adjusted (C')", moving_width, counts=True),
        Formulas("p", "proportions (P)", binomial_width, counts=True, proportion=True),
        Formulas("pp", "proportions, adjusted (P')", laney_width, counts=True, proportion=True),
    )
}
"""Every chart that rebases can be proposed for, by its name on the command line."""


def fit(
    values: np.ndarray, denominators: np.ndarray | None, *, formulas: Formulas, max_exclusions: int, screen_passes: int
) -> Fit:
    """Centre and width of each period, its most outlying points left out one after another.

    In each of ``max_exclusions`` rounds the point furthest beyond the limits made without those already out goes
    out too; equally far ones (within 1e-9) together, the earlier first where there would be too many; two points
    always remain. The centre is the mean, for proportions sum x / sum n. ``values`` (k, w), w >= 2, numerators for
    proportions, with ``denominators`` (k, w) > 0.
    Source: Woodcock, O'Connor & Bell (2025); autospc 0.0.0.9051.

    >>> period = np.array([[4.0, 6, 5, 7, 5, 6, 50, 3, 5, 4]])
    >>> found = fit(period, None, formulas=CHARTS["xmr"], max_exclusions=3, screen_passes=1)
    >>> found.centre, found.width.round(3), period[found.excluded]
    (array([5.]), array([4.654]), array([50.]))
    """
    most = min(max_exclusions, values.shape[1] - 2)
    kept = np.ones(values.shape, bool)
    centre, width = _made_from(values, denominators, kept, formulas, screen_passes)
    going = np.arange(len(values))
    for _ in range(most):
        part = None if denominators is None else denominators[going]
        far, slack = _beyond(values[going], part, centre[going, None], width[going, None])
        far = np.where(kept[going], far, -np.inf)
        out = (far >= far.max(axis=1, keepdims=True) - slack) & (far > slack)
        room = most - (~kept[going]).sum(axis=1, keepdims=True)
        out &= np.cumsum(out, axis=1) <= room
        some = out.any(axis=1)
        going, out = going[some], out[some]
        if not going.size:
            break
        kept[going] &= ~out
        part = None if denominators is None else denominators[going]
        centre[going], width[going] = _made_from(values[going], part, kept[going], formulas, screen_passes)
    return Fit(centre, width, ~kept)


def _made_from(values, denominators, kept, formulas: Formulas, screen_passes: int) -> tuple[np.ndarray, np.ndarray]:
    total, count = np.where(kept, values, 0.0).sum(axis=1), kept.sum(axis=1)
    if formulas.proportion:
        centre = limits.divide(total, np.where(kept, denominators, 0.0).sum(axis=1))
    else:
        centre = limits.divide(total, count)
        # Corrected by the mean deviation: the mean of equal values is then that very value.
        centre += limits.divide(np.where(kept, values - centre[:, None], 0.0).sum(axis=1), count)
    return centre, formulas.width(values, denominators, kept, centre, screen_passes)


def _beyond(values, denominators, centre, width) -> tuple[np.ndarray, np.ndarray]:
    """How far each point lies outside the limits, below 0 inside them, and how near to them counts as on them. The
    lower limit as it is before it is cut: no count lies below 0."""
    if denominators is not None:
        values, width = values / denominators, width / np.sqrt(denominators)
    return np.abs(values - centre) - width, near(centre, width)


def near(centre: np.ndarray, width: np.ndarray) -> np.ndarray:
    """How near to a limit counts as on it: 1e-9 of |centre| + width; any shape.

    >>> near(np.array([1.0]), np.array([3.0]))
    array([4.e-09])
    """
    return limits.TIE * (np.abs(centre) + width)


def lines(
    centre: np.ndarray, width: np.ndarray, denominators: np.ndarray | None, display: np.ndarray, formulas: Formulas
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper limit of each point, and how near to them counts as on them; (n,) like all the arrays; NaN where
    a denominator is missing or 0.

    centre -/+ width, for proportions width / sqrt(n_i). Counts and proportions: the lower is cut at 0, and in the
    ``display`` part of a period, after its calculation part, a proportion's upper is cut at 1.

    >>> one = np.array([1.0, 1.0])
    >>> lines(one * 0.9, one * 0.6, one, np.array([False, True]), CHARTS["p"])[:2]
    (array([0.3, 0.3]), array([1.5, 1. ]))
    """
    half = width if denominators is None else limits.divide(width, np.sqrt(denominators))
    lower, upper = centre - half, centre + half
    if formulas.counts:
        lower = np.maximum(lower, 0.0)
    if formulas.proportion:
        upper = np.where(display, np.minimum(upper, 1.0), upper)
    return lower, upper, near(centre, half)
