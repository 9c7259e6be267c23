"""The registry of charts: one small pure function per kind, giving each phase's centre and sigma.

Limits, warning lines and rules are written once for all kinds, in ``limits`` and ``rules``. To add a kind:
write its function, add one line to ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from measures import panel
from measures.spc import limits

if TYPE_CHECKING:
    from measures.spc.chart import Options

CONSTANTS = {"2.66": 2.66, "3/d2": 3 / 1.128}
"""Limits lie this many mean moving ranges from the centre: the usual rounding, or 3 / d2 with d2 = 1.128."""


class Fit(NamedTuple):
    """Per phase: the centre line and one standard deviation; NaN where there is too little to go by."""

    centre: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True, slots=True)
class Kind:
    """A chart kind: its name on the command line, its title, and ``fit(values, starts, ends, options)``."""

    name: str
    title: str
    fit: Callable[[np.ndarray, np.ndarray, np.ndarray, Options], Fit]


def xmr(values: np.ndarray, starts: np.ndarray, ends: np.ndarray, options: Options) -> Fit:
    """Individuals and moving range (XmR): one value per period, of whatever form.

    centre = mean(y); sigma = constant / 3 x mean |y_i - y_(i-1)|, the ranges screened once where
    ``options.screen``. A missing value (NaN) is left out of the mean, and so are both its ranges.
    Not for rare events (most values 0) nor where denominators differ tenfold.

    ``values`` (n,) rows sorted by phase and period; ``starts`` (k,) first rows of the phases; ``ends``
    (k,) one past the last baseline row. Returns arrays (k,), in the unit of the values. Raises ValueError
    on an infinite value in a baseline.
    Source: Wheeler & Chambers (1992); NHS England, Making Data Count, as NHSRplotthedots 0.2.2.

    >>> from measures.spc import Options
    >>> xmr(np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.array([0]), np.array([5]), Options())
    Fit(centre=array([5.]), sigma=array([1.995]))
    """
    counts = ends - starts
    range_counts = np.maximum(counts - 1, 0)
    ranges = limits.moving_ranges(values, starts)
    total = panel.sums(values, starts, ends)
    if not np.isfinite(total).all():
        present = ~np.isnan(values)
        pairs = np.zeros(len(values), np.int64)
        pairs[1:] = present[1:] & present[:-1]
        pairs[starts] = 0
        values, ranges = np.where(present, values, 0.0), np.where(np.isnan(ranges), 0.0, ranges)
        total = panel.sums(values, starts, ends)
        counts = panel.sums(present.astype(np.int64), starts, ends)
        range_counts = panel.sums(pairs, starts, ends)
        if not np.isfinite(total).all():
            raise ValueError("A value is infinite: every value must be a number, or NaN where it is missing.")
    else:
        present = None
    centre = limits.divide(total, counts)
    flat = panel.sums(ranges, starts, ends) == 0
    if flat.any():
        centre = np.where(flat, _second_pass(values, present, starts, ends, centre, counts), centre)
    mean_range = limits.mean_ranges(
        ranges,
        range_counts,
        starts,
        ends,
        screen=options.screen,
        strict=options.peer == "ptd",
        scale=np.abs(centre),
    )
    return Fit(centre, CONSTANTS[options.constant] * mean_range / 3)


def _second_pass(values, present, starts, ends, centre, counts) -> np.ndarray:
    """The mean again, corrected by the mean deviation: a constant series' mean is then its very value."""
    deviation = values - panel.spread(centre, panel.lengths(starts, len(values)))
    if present is not None:
        deviation[~present] = 0.0
    return centre + limits.divide(panel.sums(deviation, starts, ends), counts)


KINDS = {kind.name: kind for kind in (Kind("xmr", "individuals and moving range (XmR)", xmr),)}
