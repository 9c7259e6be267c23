"""Phases: stretches of a series with limits of their own, and each phase's baseline."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from measures import panel


def at_dates(starts: np.ndarray, periods: np.ndarray, dates: Iterable, *, exact: bool = False) -> np.ndarray:
    """First rows of the phases where every series is rebased at ``dates``.

    ``starts`` (s,) first rows of the series; ``periods`` (n,) sorted within each; ``dates`` of the same
    type. A phase starts at the row of that date or, where there is none, at the next row; ``exact``: only
    where there is a row of that date, as NHSRplotthedots 0.2.2 does.

    >>> at_dates(np.array([0, 3]), np.array([1, 2, 4, 1, 3]), [3])
    array([0, 2, 3, 4])
    """
    ends = panel.stops(starts, len(periods))
    found = [starts]
    for date in dates:
        before = panel.sums((periods < date).astype(np.int64), starts, ends)
        row = starts + before
        row = row[row < ends]
        found.append(row[periods[row] == date] if exact else row)
    return np.unique(np.concatenate(found))


def at_labels(starts: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """First rows of the phases where a new phase starts at each change of ``labels`` (n,) in a series.

    >>> at_labels(np.array([0, 2]), np.array([1, 1, 1, 2]))
    array([0, 2, 3])
    """
    return panel.stretches(labels, starts)


def numbers(phase_starts: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Each phase's number in its series, from 1; shape of ``phase_starts``.

    >>> numbers(np.array([0, 2, 3]), np.array([0, 3]))
    array([1, 2, 1])
    """
    if not len(starts):
        return np.zeros(0, np.int64)
    first = np.searchsorted(phase_starts, starts)
    series = panel.segment_of(phase_starts, starts)
    return np.arange(phase_starts.size) - first[series] + 1


def baseline_ends(phase_starts: np.ndarray, n: int, baseline: int | np.ndarray | None) -> np.ndarray:
    """One past the last baseline row of each phase; ``n`` = number of rows.

    ``baseline``: the first so many rows of each phase, missing and ghosted rows counted; None for all; an
    array gives each phase its own, where 0 means all. A shorter phase uses all its rows.

    >>> baseline_ends(np.array([0, 4]), 6, 3)
    array([3, 6])
    """
    ends = panel.stops(phase_starts, n)
    if baseline is None:
        return ends
    count = np.asarray(min(baseline, n) if isinstance(baseline, int) else baseline)
    if count.dtype.kind not in "iu" or (count < 0).any() or count.shape not in ((), phase_starts.shape):
        raise ValueError("The baseline must be a whole number of rows, or one such number per phase.")
    return np.where(count > 0, phase_starts + np.minimum(count, ends - phase_starts), ends)
