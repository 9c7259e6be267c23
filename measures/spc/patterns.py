"""Patterns that rule sets are made of, for every phase at once: runs, trends, so many of so many, alternation.

``starts`` (k,) are the phases' first rows; no pattern looks across one. ``side`` (n,) is 1 above the centre
line, 2 below, 0 on it (or missing). Answers are uint8 codes per row: 0 no, 1 above or rising, 2 below or
falling.
"""

from __future__ import annotations

import numpy as np

from measures import panel
from measures.spc import rules, runs


def _paint(first: np.ndarray, stop: np.ndarray, codes: np.ndarray, n: int) -> np.ndarray:
    """``codes`` on the rows from ``first`` up to ``stop``, in order: where two share a row, the later one's."""
    out = np.zeros(n, np.uint8)
    length = stop - first
    if not length.size:
        return out
    rows = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length - first, length)
    out[rows] = np.repeat(codes, length)
    return out


def long_runs(codes: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """The codes of rows that lie in ``length`` or more equal ones running; 0 elsewhere and where the code is 0.

    >>> long_runs(np.array([1, 1, 1, 2, 2], np.uint8), np.array([0]), 3)
    array([1, 1, 1, 0, 0], dtype=uint8)
    """
    first = panel.stretches(codes, starts)
    size = np.diff(np.append(first, len(codes)))
    return codes * np.repeat(size >= length, size)


def trends(values: np.ndarray, starts: np.ndarray, points: int) -> np.ndarray:
    """Rows in ``points`` or more running, each above (1) or below (2) the one before; a tie breaks it.

    A turning point shared by two trends belongs to the later one.

    >>> trends(np.array([9.0, 1, 2, 3, 3]), np.array([0]), 3)
    array([0, 1, 1, 1, 0], dtype=uint8)
    """
    first, last, codes = _trends(values, starts, points)
    return _paint(first, last + 1, codes, len(values))


def _trends(values: np.ndarray, starts: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and last row of each trend, and its code."""
    pairs = rules.steps(values)
    pairs[starts[1:] - 1] = 0
    first = panel.first_rows(pairs)
    size = np.diff(np.append(first, len(pairs)))
    hit = (size >= points - 1) & (pairs[first] > 0)
    return first[hit], (first + size)[hit], pairs[first[hit]]


def some_of(zone: np.ndarray, there: np.ndarray, starts: np.ndarray, some: int, of: int) -> np.ndarray:
    """Rows of the ``zone`` (n,) bool in a window of ``of`` rows running of which ``some`` or more lie in it.

    ``there`` (n,) bool: a window with a missing row in it is none. Returns bool (n,).

    >>> some_of(np.array([True, False, True, False]), np.ones(4, bool), np.array([0]), 2, 3)
    array([ True, False,  True, False])
    """
    n = len(zone)
    if n < of:
        return np.zeros(n, bool)
    windows = n - of + 1
    count, whole = np.zeros(windows, np.int8), np.ones(windows, bool)
    for offset in range(of):
        count += zone[offset : offset + windows]
        whole &= there[offset : offset + windows]
    for back in range(1, of):
        edges = starts[1:] - back
        whole[edges[(edges >= 0) & (edges < windows)]] = False
    hit = whole & (count >= some)
    out = np.zeros(n, bool)
    for offset in range(of):
        out[offset : offset + windows] |= hit
    return out & zone


def alternating(values: np.ndarray, starts: np.ndarray, points: int) -> np.ndarray:
    """Rows (bool) in ``points`` or more running that go up and down by turns; a tie breaks it.

    >>> alternating(np.array([1.0, 3, 2, 4, 5]), np.array([0]), 4)
    array([ True,  True,  True,  True, False])
    """
    n = len(values)
    pairs = rules.steps(values)
    pairs[starts[1:] - 1] = 0
    if n < points:
        return np.zeros(n, bool)
    turns = ((pairs[1:] ^ pairs[:-1]) == 3).astype(np.uint8)
    first = panel.first_rows(turns)
    size = np.diff(np.append(first, len(turns)))
    hit = (size >= points - 2) & (turns[first] > 0)
    return _paint(first[hit], (first + size)[hit] + 2, np.ones(hit.sum(), np.uint8), n) > 0


def useful_runs(side: np.ndarray, starts: np.ndarray, length: int | np.ndarray) -> np.ndarray:
    """Points in ``length`` (one, or one per phase) or more running on one side, those on the centre stepped over.

    A point on the centre line neither breaks nor lengthens a run and is not part of it.
    Source: Perla, Provost & Murray (2011).

    >>> useful_runs(np.array([1, 0, 1, 1, 2], np.uint8), np.array([0]), 3)
    array([1, 0, 1, 1, 0], dtype=uint8)
    """
    rows = np.flatnonzero(side)
    owner = panel.segment_of(rows, starts)
    codes = side[rows]
    first = panel.stretches(codes, panel.first_rows(owner))
    size = np.diff(np.append(first, rows.size))
    enough = size >= (length if np.ndim(length) == 0 else np.asarray(length)[owner[first]])
    out = np.zeros(len(side), np.uint8)
    out[rows] = codes * np.repeat(enough, size)
    return out


def useful_trends(values: np.ndarray, starts: np.ndarray, points: int) -> np.ndarray:
    """Rows in ``points`` or more rising (1) or falling (2) running, repeats and missing values stepped over.

    Of equal values running only the first counts. Source: Perla, Provost & Murray (2011).

    >>> useful_trends(np.array([1.0, 2, 2, 3, 0]), np.array([0]), 3)
    array([1, 1, 1, 1, 0], dtype=uint8)
    """
    rows = np.flatnonzero(~np.isnan(values))
    owner = panel.segment_of(rows, starts)
    repeat = np.zeros(rows.size, bool)
    repeat[1:] = (values[rows[1:]] == values[rows[:-1]]) & (owner[1:] == owner[:-1])
    rows, owner = rows[~repeat], owner[~repeat]
    first, last, codes = _trends(values[rows], panel.first_rows(owner), points)
    # What lies between a trend's first row and its last belongs to it.
    return _paint(rows[first], rows[last] + 1, codes, len(values)) * ~np.isnan(values)


def unusual_runs(side: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Points in runs longer than Anhøj's limit, round(log2 n) + 3 for n useful points of the phase.

    Source: Anhøj & Olesen (2014).

    >>> int(unusual_runs(np.array([1] * 9 + [2], np.uint8), np.array([0])).sum())
    9
    """
    useful = np.bincount(panel.segment_of(np.flatnonzero(side), starts), minlength=starts.size)
    return useful_runs(side, starts, runs.longest_expected(useful) + 1)
