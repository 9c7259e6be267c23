"""The XmR kernel beside a plain numpy pass: arrays in, limits, flags and cause out.

The plain pass below is limits and the four rules in ordinary numpy and nothing else: no missing or ghosted
rows, no baseline, no degenerate series, no tolerance, all series of one length. Both run in turn in the
same process; the figure is the median ratio of pairs. Run: python bench/kernel.py
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measures.spc import Options, chart

CHUNK = 12_000
BOUND = 1.5


def data(series: int, periods: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Levels with noise and a step in every third series; values rounded, as real ones are."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(20, 200, (series, 1)) + rng.normal(0, 8, (series, periods))
    values[::3, periods // 2 :] += 12
    return np.round(values, 1).ravel(), np.arange(0, series * periods, periods)


def rolled(mask: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """True on every row of a stretch of at least ``length`` true rows within a segment."""
    edge = np.ones(len(mask), bool)
    edge[1:] = mask[1:] != mask[:-1]
    edge[starts] = True
    first = np.flatnonzero(edge)
    run = np.diff(np.append(first, len(mask)))
    return mask & np.repeat(run >= length, run)


def plain(values: np.ndarray, starts: np.ndarray):
    """Limits, the four rules and the cause (up is better) of every point, over the whole array."""
    n = len(values)
    counts = np.diff(np.append(starts, n))
    centre = np.repeat(np.add.reduceat(values, starts) / counts, counts)
    step = np.diff(values, prepend=values[:1])
    step[starts] = 0
    ranges = np.abs(step)
    mean = np.repeat(np.add.reduceat(ranges, starts) / (counts - 1), counts)
    inner = ranges < 3.267 * mean
    inner[starts] = False
    kept = np.add.reduceat(np.where(inner, ranges, 0), starts) / np.add.reduceat(inner.astype(np.int64), starts)
    sigma = np.repeat(2.66 / 3 * kept, counts)
    lower, upper = centre - 3 * sigma, centre + 3 * sigma
    near_lower, near_upper = centre - 2 * sigma, centre + 2 * sigma

    high, low = values > upper, values < lower
    above, below = values > centre, values < centre
    shift_up, shift_down = rolled(above, starts, 7), rolled(below, starts, 7)
    trends = []
    for climbs in (step > 0, step < 0):
        six = rolled(climbs, starts, 6)
        lead = np.zeros(n, bool)
        lead[:-1] = six[1:]
        lead[starts[1:] - 1] = False
        trends.append(six | lead)
    near_high, near_low = (values > near_upper) & ~high, (values < near_lower) & ~low
    twos = []
    inside = np.arange(n - 2)
    whole = np.ones(n - 2, bool)
    for back in (1, 2):
        edges = starts[1:] - back
        whole[edges[edges < n - 2]] = False
    for near, side in ((near_high, above), (near_low, below)):
        window = (near[:-2].astype(np.int8) + near[1:-1] + near[2:] >= 2) & side[:-2] & side[1:-1] & side[2:] & whole
        rows = inside[window]
        flagged = np.zeros(n, bool)
        for offset in range(3):
            flagged[rows + offset] = True
        twos.append(flagged & near)
    cause = np.select(
        [high, low, trends[0], trends[1], twos[0], twos[1], shift_up, shift_down],
        np.array([1, 2, 1, 2, 1, 2, 1, 2], np.int8),
        np.int8(0),
    )
    flags = high | low, shift_up | shift_down, trends[0] | trends[1], twos[0] | twos[1]
    return centre, sigma, lower, upper, near_lower, near_upper, *flags, cause


def plain_chunked(values: np.ndarray, starts: np.ndarray, chunk: int = CHUNK):
    """``plain``, a cache-sized piece of whole series at a time."""
    periods = int(starts[1])
    size = max(chunk // periods, 1) * periods
    out = None
    for first in range(0, len(values), size):
        stop = min(first + size, len(values))
        piece = plain(values[first:stop], np.arange(0, stop - first, periods))
        if out is None:
            out = [np.empty(len(values), x.dtype) for x in piece]
        for whole, part in zip(out, piece):
            whole[first:stop] = part
    return tuple(out)


def kernel(values: np.ndarray, starts: np.ndarray, options: Options | None = None):
    """The same outputs from ``chart``."""
    c = chart(values, starts, options=options or Options(), better=np.ones(starts.size, np.int8))
    flags = c.beyond, c.shift, c.trend, c.two_of_three
    return c.centre, c.sigma, c.lower, c.upper, c.near_lower, c.near_upper, *flags, c.cause


def seconds(function, *arguments) -> float:
    began = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - began


def peak(function, *arguments) -> float:
    """Most memory allocated at once, in MB, outputs included."""
    tracemalloc.start()
    function(*arguments)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def agree(values: np.ndarray, starts: np.ndarray) -> None:
    """Stop where the two disagree: a comparison of different answers is worth nothing. The plain pass
    compares bare, so it is held against ``peer="ptd"``; what is timed is our own default."""
    ours, theirs = kernel(values, starts, Options(peer="ptd")), plain_chunked(values, starts)
    for mine, other in zip(ours, theirs):
        same = np.allclose(mine, other, rtol=1e-9) if mine.dtype == float else (mine == other).mean() > 0.99999
        if not same:
            raise SystemExit("the kernel and the plain pass disagree")


def main() -> None:
    """Print one line per case; exit 1 where the kernel is slower than its bound."""
    slow = False
    for title, series, periods, rounds in (("demo 417 x 36", 417, 36, 60), ("7,000 sites x 3 x 60", 21_000, 60, 11)):
        values, starts = data(series, periods)
        agree(values, starts)
        turns = [[seconds(run, values, starts) for run in (kernel, plain_chunked, plain)] for _ in range(rounds + 1)][
            1:
        ]
        ours, chunked, whole = (statistics.median(turn[i] for turn in turns) for i in range(3))
        ratio = statistics.median(turn[0] / turn[1] for turn in turns)
        slow |= ratio > BOUND
        print(
            f"{title:22s} {len(values):9,d} rows"
            f"  kernel {ours * 1e3:8.2f} ms ({len(values) / ours / 1e6:5.1f} M rows/s)"
            f"  plain chunked {chunked * 1e3:8.2f} ms  plain whole {whole * 1e3:8.2f} ms"
            f"  ratio to chunked {ratio:.2f} (bound {BOUND})"
            f"  peak MB: kernel {peak(kernel, values, starts):.1f}, chunked {peak(plain_chunked, values, starts):.1f},"
            f" whole {peak(plain, values, starts):.1f}"
        )
    sys.exit(slow)


if __name__ == "__main__":
    main()
