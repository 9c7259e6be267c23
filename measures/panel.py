"""Many series as flat arrays: one array of rows, and the first row of each segment.

Rows are sorted by series, then period. A *segment* is a series or a phase of one; segments are never
empty and cover every row. Nothing here loops over segments: sums use ``np.add.reduceat``, a figure per
segment goes back to its rows with ``np.repeat``, and long arrays are taken a cache-sized block of whole
segments at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK_ROWS = 65_536
"""Rows in one block: its few temporaries stay in a core's caches, and the calls per block weigh little. Where freed
memory goes back to the system at once (a Dask worker does so by default), 8,192 is better."""


def check_starts(starts: np.ndarray, n: int, name: str = "starts") -> np.ndarray:
    """``starts`` as int64, checked: begins at 0, strictly increasing, below ``n``; empty where ``n`` is 0.

    Raises ValueError, naming the argument ``name``.

    >>> check_starts([0, 3], 5)
    array([0, 3])
    """
    starts = np.asarray(starts)
    if starts.ndim != 1 or (starts.size and starts.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be a one-dimensional array of row numbers.")
    starts = starts.astype(np.int64, copy=False)
    if n == 0 and starts.size == 0:
        return starts
    if starts.size == 0 or starts[0] != 0 or starts[-1] >= n or (starts[1:] <= starts[:-1]).any():
        raise ValueError(f"{name} must begin at 0, increase strictly and stay below the number of rows, {n}.")
    return starts


def stops(starts: np.ndarray, n: int) -> np.ndarray:
    """One past the last row of each segment, shape of ``starts``; ``n`` = number of rows.

    >>> stops(np.array([0, 2]), 5)
    array([2, 5])
    """
    out = np.empty_like(starts)
    out[:-1] = starts[1:]
    out[-1:] = n
    return out


def lengths(starts: np.ndarray, n: int) -> np.ndarray:
    """Rows in each segment, shape of ``starts``; ``n`` = number of rows.

    >>> lengths(np.array([0, 2]), 5)
    array([2, 3])
    """
    return stops(starts, n) - starts


def spread(per_segment: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """A figure per segment, brought back to its rows: shape ``(counts.sum(),)``.

    >>> spread(np.array([1.5, 2.5]), np.array([1, 2]))
    array([1.5, 2.5, 2.5])
    """
    return np.repeat(per_segment, counts)


def to_rows(x: np.ndarray, counts: np.ndarray, n: int) -> np.ndarray:
    """Figures per segment (k,) brought to the ``n`` rows; those that are per row (n,) already stay as they are.

    >>> to_rows(np.array([1.5]), np.array([2]), 2), to_rows(np.array([1.0, 2.0]), np.array([2]), 2)
    (array([1.5, 1.5]), array([1., 2.]))
    """
    return x if len(x) == n else np.repeat(x, counts)


def at_least(x: np.ndarray, per_segment: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Which rows of ``x`` (n,) reach their segment's figure (k,); bool (n,).

    >>> at_least(np.array([1.0, 5.0, 3.0]), np.array([2.0, 3.0]), np.array([0, 2]))
    array([False,  True,  True])
    """
    counts = lengths(starts, len(x))
    if counts.size and (counts == counts[0]).all():
        # Segments of one length are a table: no figure need be written out for every row.
        return (x.reshape(counts.size, -1) >= per_segment[:, None]).ravel()
    return x >= spread(per_segment, counts)


def sums(x: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Sum of ``x[starts[k]:ends[k]]`` for each segment k; 0 where that stretch is empty.

    Stretches are in order and do not overlap (``ends[k] <= starts[k + 1]``), as a baseline within its phase.

    >>> sums(np.array([1.0, 2.0, 4.0, 8.0]), np.array([0, 2]), np.array([1, 4]))
    array([ 1., 12.])
    """
    if not starts.size:
        return np.zeros(0, x.dtype)
    if ends[-1] == len(x) and (ends[:-1] == starts[1:]).all():
        return np.add.reduceat(x, starts)
    edges = np.empty(2 * starts.size, np.int64)
    edges[::2], edges[1::2] = starts, ends
    # reduceat refuses an edge at the very end, and needs none there.
    total = np.add.reduceat(x, edges[:-1] if ends[-1] == len(x) else edges)[::2]
    total[ends <= starts] = 0
    return total


def blocks(starts: np.ndarray, n: int, rows: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Blocks of whole segments of at most ``rows`` rows; a longer segment is a block of its own.

    Yields (first segment, one past the last segment, first row, one past the last row).

    >>> list(blocks(np.array([0, 3, 6]), 8, rows=6))
    [(0, 2, 0, 6), (2, 3, 6, 8)]
    """
    rows = BLOCK_ROWS if rows is None else rows
    edges = np.append(starts, n)
    low, last = 0, starts.size
    while low < last:
        high = max(int(np.searchsorted(edges, edges[low] + rows, side="right")) - 1, low + 1)
        yield low, high, int(edges[low]), int(edges[high])
        low = high


def sort_order(series: np.ndarray, period: np.ndarray) -> np.ndarray:
    """The permutation that sorts rows by ``series`` (integer codes), then ``period``; stable.

    >>> sort_order(np.array([1, 0, 1]), np.array([5, 9, 2]))
    array([1, 2, 0])
    """
    return np.lexsort((period, series))


def first_rows(codes: np.ndarray) -> np.ndarray:
    """First rows of the stretches of equal ``codes``, (n,) or (n, keys): the segments of a sorted key.

    >>> first_rows(np.array([7, 7, 9]))
    array([0, 2])
    """
    if not len(codes):
        return np.zeros(0, np.int64)
    edge = codes[1:] != codes[:-1]
    return np.concatenate(([0], np.flatnonzero(edge if edge.ndim == 1 else edge.any(axis=1)) + 1))


def stretches(codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """First rows of the stretches of equal ``codes`` that do not cross a segment's first row.

    >>> stretches(np.array([1, 1, 1, 2]), np.array([0, 2]))
    array([0, 2, 3])
    """
    if not len(codes):
        return np.zeros(0, np.int64)
    edge = np.ones(len(codes), bool)
    np.not_equal(codes[1:], codes[:-1], out=edge[1:])
    edge[starts] = True
    return np.flatnonzero(edge)


def segment_of(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The segment that each of ``rows`` (row numbers) belongs to.

    >>> segment_of(np.array([0, 4]), np.array([0, 2]))
    array([0, 1])
    """
    rows, k = np.asarray(rows), starts.size
    if k > 1 and starts[0] == 0 and 8 * rows.size > k and (starts[1:] - starts[:-1] == starts[1]).all():
        # Segments of one length (the last may be another) need no search.
        return np.minimum(rows // starts[1], k - 1)
    return np.searchsorted(starts, rows, side="right") - 1


def last_rows(starts: np.ndarray, n: int, left_out: np.ndarray | None = None) -> np.ndarray:
    """The last row of each segment that is not ``left_out`` (n,); its very last where all are.

    >>> last_rows(np.array([0, 3]), 5, np.array([False, False, True, True, True]))
    array([1, 4])
    """
    last = stops(starts, n) - 1
    if left_out is None or not n:
        return last
    kept = np.maximum.reduceat(np.where(left_out, -1, np.arange(n)), starts)
    return np.where(kept < 0, last, kept)


def groups(codes: np.ndarray) -> list[np.ndarray]:
    """The rows of each code, in the order of the codes, each list in the order of the rows.

    >>> groups(np.array([1, 0, 1]))
    [array([1]), array([0, 2])]
    """
    if not len(codes):
        return []
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
