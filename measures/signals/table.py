"""From rows, one figure each, to the detector's tables: sites by periods, and where each period stands in the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures import panel
from measures.signals.detector import Family
from measures.signals.scale import Kind

DAY = 86_400
SPACINGS = ((7, 7, 52), (28, 28, 13), (29.5, 31, 12), (89.5, 92, 4))
"""Days from one period to the next, least and most, and how many such periods make a year: weeks, four weeks, months,
quarters. Other spacings have no year."""
SPARSE = 2
"""Periods that nobody reported become empty columns, unless there would be this many times as many columns."""

MOST = 4e9
"""Sites x periods x looks beyond which a replay would take minutes: periods that no two sites share, mostly."""


class TooMany(ValueError):
    """More periods than can be replayed; the message is a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """``row`` (s, n) which of the rows given stands in each cell, -1 none; ``value``, ``numerator`` and ``denominator``
    (s, n) its figures, NaN where there are none, the last two None where none were given; ``start`` how many columns
    come before the start; ``ordinal`` (n,) and ``cycle`` as ``Family`` has them."""

    row: np.ndarray
    value: np.ndarray
    numerator: np.ndarray | None
    denominator: np.ndarray | None
    start: int
    ordinal: np.ndarray
    cycle: int

    def family(self, better: int = 1, kind: Kind | None = None) -> Family:
        """What ``detect`` takes; a kind that is not given is read from the figures. ``start`` must be at least 1."""
        kind = kind or kind_of(self.numerator, self.denominator)
        return Family(
            self.value, self.start, self.numerator, self.denominator, kind, self.ordinal, self.cycle, better
        )  # fmt: skip


def kind_of(numerator: np.ndarray | None, denominator: np.ndarray | None) -> Kind:
    """A proportion where no numerator is below zero or above its denominator, else a rate; a value without them.

    >>> kind_of(np.array([3.0, np.nan]), np.array([4.0, 1.0])).value, kind_of(np.array([5.0]), np.array([4.0])).value
    ('proportion', 'rate')
    """
    if numerator is None or denominator is None:
        return Kind.VALUE
    return Kind.RATE if ((numerator < 0) | (numerator > denominator)).any() else Kind.PROPORTION


def cycle_of(series: np.ndarray, period: np.ndarray) -> int:
    """How many periods make a year, by the usual distance from a series' period to its next; 0 where none do.

    ``series`` (r,) whole-number codes, ``period`` (r,) whole seconds since 1970 or datetime64.

    >>> cycle_of(np.array([0, 1, 0, 1]), np.array(["2020-03", "2020-01", "2020-02", "2020-02"], "datetime64[D]"))
    12
    """
    days = _seconds(period) / DAY
    order = panel.sort_order(series, days)
    apart = np.diff(days[order])[np.diff(series[order]) == 0]
    if not apart.size:
        apart = np.diff(np.unique(days))
    usual = float(np.median(apart)) if apart.size else 0.0
    return next((cycle for least, most, cycle in SPACINGS if least <= usual <= most), 0)


def ordinals(period: np.ndarray, cycle: int) -> np.ndarray:
    """Months, quarters, weeks from Monday or four weeks since 1970, by ``cycle``; (r,). With cycle 0, seconds.

    >>> ordinals(np.array(["1970-03-31", "1971-01-01"], "datetime64[D]"), 12)
    array([ 2, 12])
    """
    seconds = _seconds(period)
    if cycle in (12, 4):
        return seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) // (12 // cycle)
    if cycle in (52, 13):
        return (seconds // DAY + 3) // (7 * (52 // cycle))
    return seconds


def tables(
    series: np.ndarray,
    period: np.ndarray,
    start: int | np.datetime64,
    value: np.ndarray,
    numerator: np.ndarray | None = None,
    denominator: np.ndarray | None = None,
    *,
    sites: int | None = None,
) -> Tables:
    """The rows of one family, (r,) each and in any order, as tables of sites by periods.

    ``series`` codes from 0 to ``sites`` - 1 (default: the largest there is), no two rows with the same period;
    ``period`` and ``start`` whole seconds since 1970 or datetime64. A column is a week, month or quarter, whichever day
    of it is written, as long as no series has two rows in one and the start lies in none; else it is a moment. Raises
    ValueError where there are no rows, TooMany where periods and sites are too many.

    >>> t = tables(np.array([0, 1, 0]), np.array(["2020-04", "2020-01", "2020-03"], "datetime64[M]"),
    ...            np.datetime64("2020-04"), np.array([5.0, 4.0, 3.0]))
    >>> t.value, t.start, t.ordinal % t.cycle
    (array([[nan, nan,  3.,  5.],
           [ 4., nan, nan, nan]]), 3, array([0, 1, 2, 3]))
    """
    if np.size(period) == 0:
        raise ValueError("There are no rows.")
    seconds, begin = _seconds(period), _seconds(np.array([start]))[0]
    later = seconds >= begin
    cycle = cycle_of(series, seconds)
    key = ordinals(seconds, cycle)
    if cycle and (_repeated(series, key) or np.intersect1d(key[later], key[~later]).size):
        key = seconds
    columns, column = np.unique(key, return_inverse=True)
    ordinal = columns
    if key is seconds:
        ordinal = ordinals(columns, cycle) if cycle else np.arange(len(columns))
    elif columns[-1] - columns[0] < SPARSE * len(columns):
        column, ordinal = key - columns[0], np.arange(columns[0], columns[-1] + 1)
    sites = int(series.max()) + 1 if sites is None else sites
    if sites * float(len(ordinal)) ** 2 > MOST:
        raise TooMany(
            f"{len(ordinal):,} different periods at {sites:,} sites are too many to replay: write each period"
            " as the first day of its week, month or quarter."
        )
    row = np.full((sites, len(ordinal)), -1)
    row[series, column] = np.arange(len(series))
    there = row >= 0

    def placed(figures: np.ndarray | None) -> np.ndarray | None:
        return None if figures is None else np.where(there, figures[row], np.nan)

    first = int(column[later].min()) if later.any() else len(ordinal)
    return Tables(row, placed(value), placed(numerator), placed(denominator), first, ordinal, cycle)


def _seconds(period: np.ndarray) -> np.ndarray:
    period = np.asarray(period)
    return period.astype("datetime64[s]").astype(np.int64) if period.dtype.kind == "M" else period.astype(np.int64)


def _repeated(series: np.ndarray, key: np.ndarray) -> bool:
    order = panel.sort_order(series, key)
    return bool(((np.diff(series[order]) == 0) & (np.diff(key[order]) == 0)).any())
