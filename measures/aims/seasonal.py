"""The season in a trajectory: indices by calendar month from the baseline, and where a path asks against them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import fsum

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from measures.format import month_name

LEAST_MONTHS = 24
"""Two years: below, no calendar month is seen with a full year around it."""

ENOUGH_MONTHS = 36
"""Three years: below, each index rests on one or two months."""

_KERNEL = np.array([0.5, *[1.0] * 11, 0.5]) / 12


class Scale(StrEnum):
    """What an index multiplies: a level or count, or the odds of a proportion."""

    LEVEL = "level"
    ODDS = "odds"


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """Multiplicative indices by calendar month, with mean exactly 1.

    ``indices`` (12,), January first; ``scale``: what they multiply; ``months``: how many months of baseline they rest
    on; ``seen`` (12,): in how many years each was seen; ``mean_before``: their mean before it was made 1.
    """

    indices: np.ndarray
    scale: Scale
    months: int
    seen: np.ndarray
    mean_before: float

    @property
    def short(self) -> bool:
        """Whether the baseline has fewer than the three years one would like."""
        return self.months < ENOUGH_MONTHS


def seasonal_indices(
    values: ArrayLike, months: ArrayLike, *, scale: Scale = Scale.LEVEL, weights: ArrayLike | None = None
) -> Season:
    """Indices by ratio to the centred moving average of 12 months, pooled over sites.

    LEVEL: ratio_t = sum(w_i y_it) / sum(w_i ma_it) over the sites that have both; an index is the mean of its
    calendar month's ratios. ODDS: the same on log odds, where ratios are differences: exp(mean of
    sum(w_i (l_it - ma_it)) / sum(w_i)). All twelve are then divided by their mean, which makes it exactly 1.

    ``values`` (n, t) or (t,): counts or levels, none negative; for ODDS proportions, of which those at 0 or 1 are
    left out as if missing; NaN where missing. ``months`` (t,): month numbers, one after the other. ``weights`` (n,).

    Raises ValueError below two years, and where a calendar month is never seen with a full year around it.

    Source: ratio to moving average (Macaulay 1931).

    >>> winter = np.array([0.9, 0.9, *[1.0] * 4, 1.1, 1.1, *[1.0] * 4])
    >>> seasonal_indices(200 * np.tile(winter, 3), np.arange(36)).indices.round(6).tolist()
    [0.9, 0.9, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.0, 1.0, 1.0, 1.0]
    """
    values = np.atleast_2d(np.asarray(values, np.float64))
    months = np.asarray(months)
    n, t = values.shape
    if months.shape != (t,) or (np.diff(months) != 1).any():
        raise ValueError("Months must follow one another, one for each figure; give a missing month as NaN.")
    if t < LEAST_MONTHS:
        raise ValueError(f"A season needs at least two years of baseline, better three: there are {t} months.")
    weight = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != (n,) or not (np.isfinite(weight) & (weight >= 0)).all():
        raise ValueError(f"There must be a weight of 0 or more for each of {n:,} sites.")
    if scale == Scale.ODDS:
        _refuse((values < 0) | (values > 1), "Proportions lie between 0 and 1; that of site {} in month {} does not.")
        with np.errstate(divide="ignore"):
            values = np.log(values) - np.log1p(-values)
        values = np.where(np.isfinite(values), values, np.nan)
    else:
        _refuse(
            (values < 0) | np.isinf(values),
            "Figures with a season must be 0 or more; that of site {}, month {} is not.",
        )
    average = sliding_window_view(values, 13, axis=1) @ _KERNEL
    middle = values[:, 6:-6]
    both = np.isfinite(average) & np.isfinite(middle)
    heavy = np.where(both, weight[:, None], 0.0)
    average, middle = np.where(both, average, 0.0), np.where(both, middle, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == Scale.ODDS:
            ratio = (heavy * (middle - average)).sum(axis=0) / heavy.sum(axis=0)
        else:
            ratio = (heavy * middle).sum(axis=0) / (heavy * average).sum(axis=0)
    calendar, there = months[6:-6] % 12, np.isfinite(ratio)
    seen = np.bincount(calendar[there], minlength=12)
    if not seen.all():
        lacking = month_name(date(2000, int(np.argmin(seen)) + 1, 1))
        raise ValueError(f"No {lacking} of the baseline has a full year of figures above 0 around it.")
    found = np.bincount(calendar[there], ratio[there], 12) / seen
    found = np.exp(found) if scale == Scale.ODDS else found
    return Season(_mean_one(found), Scale(scale), t, seen, fsum(found) / 12)


def with_season(levels: np.ndarray, months: ArrayLike, season: Season) -> np.ndarray:
    """A trajectory with its season: y m_k for levels and counts; for proportions the odds times m_k.

    ``levels`` (..., t): in the measure's unit, proportions between 0 and 1 for a season of odds; ``months`` (t,): month
    numbers. The aim is then the level of a whole year, and no longer that of its month. Returns (..., t).

    >>> summer = Season(np.array([0.5] * 6 + [1.5] * 6), Scale.ODDS, 36, np.full(12, 2), 1.0)
    >>> with_season(np.array([[0.5, 0.5, 1.0]]), [5, 6, 7], summer).round(3).tolist()
    [[0.333, 0.6, 1.0]]
    """
    index = season.indices[np.asarray(months) % 12]
    if season.scale == Scale.LEVEL:
        return levels * index
    _refuse((levels < 0) | (levels > 1), "Proportions lie between 0 and 1; that in row {}, period {} does not.")
    return levels * index / (1 - levels + levels * index)


def against_season(
    made: np.ndarray, months: ArrayLike, season: Season, *, better: int = 1, asks: float = 1.0, margin: float = 0.02
) -> np.ndarray:
    """Where a path without season asks for the aim in a month whose season works against it.

    True where the way made is at least ``asks`` (1: the whole aim) and the month's index is more than ``margin`` below
    1 (``better`` +1) or above 1 (``better`` -1).

    ``made`` (..., t): the way made, by ``trajectory.way``; ``months`` (t,): month numbers. Returns bool (..., t).

    >>> winter = Season(np.array([0.9] * 2 + [1.02] * 10), Scale.LEVEL, 36, np.full(12, 2), 1.0)
    >>> against_season(np.array([[0.8, 1.0, 1.0]]), [0, 1, 2], winter).tolist()
    [[False, True, False]]
    """
    if better not in (1, -1):
        raise ValueError("Better is 1 where more is better and -1 where less is.")
    index = season.indices[np.asarray(months) % 12]
    return (np.asarray(made) >= asks - 1e-12) & (better * (1 - index) > margin)


def _mean_one(found: np.ndarray) -> np.ndarray:
    """Divided by the mean, and what rounding leaves put on the largest: they add up to 12 exactly."""
    out = found / (fsum(found) / 12)
    for _ in range(4):
        out[np.argmax(out)] += 12 - fsum(out)
    return out


def _refuse(wrong: np.ndarray, sentence: str) -> None:
    if wrong.any():
        rows = wrong.reshape(-1, wrong.shape[-1])
        raise ValueError(sentence.format(*(int(i) + 1 for i in np.unravel_index(np.argmax(rows), rows.shape))))
