"""The kernel beside a plain numpy pass: arrays in, limits, flags and cause out; the frame timed apart.

The plain pass below is limits and the four rules in ordinary numpy and nothing else: no missing or ghosted
rows, no baseline, no degenerate series, no tolerance, all series of one length. Both run in turn in the
same process; the figure is the median ratio of pairs. p' with phases is held against the same plain XmR pass
over as many rows. Run: python bench/kernel.py
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measures.spc import Options, chart, verdicts

CHUNK = 12_000
CAUSES = [cause.value for cause in verdicts.CAUSES]
BOUND, BOUND_PP = 1.5, 4.0


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


def counts(series: int, periods: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Numerators, denominators, first rows of the series and of their phases: three to a series."""
    rng = np.random.default_rng(seed)
    under = rng.integers(400, 9000, (series, periods)).astype(float)
    share = np.clip(rng.uniform(0.6, 0.95, (series, 1)) + rng.normal(0, 0.02, (series, periods)), 0, 1)
    starts = np.arange(0, series * periods, periods)
    cuts = starts[:, None] + np.array([0, periods // 3, 2 * periods // 3])
    return np.round(share * under).ravel(), under.ravel(), starts, cuts.ravel()


def laney(top: np.ndarray, under: np.ndarray, starts: np.ndarray, phase_starts: np.ndarray):
    """p' with phases and four rules from ``chart``."""
    return chart(
        top,
        starts,
        options=Options("pp"),
        better=np.ones(starts.size, np.int8),
        denominators=under,
        phase_starts=phase_starts,
    )


def plain_laney(top: np.ndarray, under: np.ndarray, phase_starts: np.ndarray):
    """Limits of p' with phases in ordinary numpy over the whole array, to hold the kernel's against."""
    n = np.diff(np.append(phase_starts, len(top)))
    centre = np.repeat(np.add.reduceat(top, phase_starts) / np.add.reduceat(under, phase_starts), n)
    own = np.sqrt(centre * (1 - centre) / under)
    z = (top / under - centre) / own
    ranges = np.abs(np.diff(z, prepend=0))
    ranges[phase_starts] = 0
    kept = ranges < 3.267 * np.repeat(np.add.reduceat(ranges, phase_starts) / (n - 1), n)
    kept[phase_starts] = False
    mean = np.add.reduceat(np.where(kept, ranges, 0), phase_starts) / np.add.reduceat(kept.astype(int), phase_starts)
    width = 3 * own * np.repeat(mean / 1.128, n)
    return np.clip(centre - width, 0, 1), np.clip(centre + width, 0, 1)


def individuals(title: str, series: int, periods: int, rounds: int) -> bool:
    """One line for XmR; whether it is within its bound."""
    values, starts = data(series, periods)
    agree(values, starts)
    turns = [[seconds(run, values, starts) for run in (kernel, plain_chunked, plain)] for _ in range(rounds + 1)][1:]
    ours, chunked, whole = (statistics.median(turn[i] for turn in turns) for i in range(3))
    ratio = statistics.median(turn[0] / turn[1] for turn in turns)
    print(
        f"{title:26s} {len(values):9,d} rows"
        f"  kernel {ours * 1e3:8.2f} ms ({len(values) / ours / 1e6:5.1f} M rows/s)"
        f"  plain chunked {chunked * 1e3:8.2f} ms  plain whole {whole * 1e3:8.2f} ms"
        f"  ratio to chunked {ratio:.2f} (bound {BOUND})"
        f"  peak MB: kernel {peak(kernel, values, starts):.1f}, chunked {peak(plain_chunked, values, starts):.1f},"
        f" whole {peak(plain, values, starts):.1f}; outputs alone {outputs(values, starts):.1f}"
    )
    return ratio <= BOUND


def proportions(title: str, series: int, periods: int, rounds: int) -> bool:
    """One line for p' with phases, beside the plain XmR pass over as many rows; whether it is within its bound."""
    top, under, starts, phase_starts = counts(series, periods)
    found, (low, high) = laney(top, under, starts, phase_starts), plain_laney(top, under, phase_starts)
    if not (np.allclose(found.lower, low, rtol=1e-9) and np.allclose(found.upper, high, rtol=1e-9)):
        raise SystemExit("the kernel and the plain p' disagree")
    values, _ = data(series, periods)
    turns = [
        [seconds(laney, top, under, starts, phase_starts), seconds(plain_chunked, values, starts)]
        for _ in range(rounds + 1)
    ][1:]
    ours, chunked = (statistics.median(turn[i] for turn in turns) for i in range(2))
    ratio = statistics.median(turn[0] / turn[1] for turn in turns)
    print(
        f"{title:26s} {len(top):9,d} rows"
        f"  kernel {ours * 1e3:8.2f} ms ({len(top) / ours / 1e6:5.1f} M rows/s)"
        f"  plain chunked XmR {chunked * 1e3:8.2f} ms  ratio to chunked {ratio:.2f} (bound {BOUND_PP})"
        f"  peak MB: kernel {peak(laney, top, under, starts, phase_starts):.1f}"
    )
    return ratio <= BOUND_PP


def outputs(values: np.ndarray, starts: np.ndarray) -> float:
    """What the kernel's answer itself takes, in MB."""
    c = chart(values, starts, options=Options(), better=1)
    return sum(getattr(c, name).nbytes for name in c.__slots__ if isinstance(getattr(c, name), np.ndarray)) / 1e6


def frames(title: str, series: int, periods: int) -> None:
    """Building the frame of all result columns, timed apart from the kernel."""
    values, starts = data(series, periods)
    result = chart(values, starts, options=Options(), better=1)

    def build() -> pd.DataFrame:
        bits, texts = result.rule_codes()
        lines = {
            name: getattr(result, name) for name in ("centre", "lower", "upper", "near_lower", "near_upper", "sigma")
        }
        flags = {name: getattr(result, name) for name in ("beyond", "shift", "trend", "two_of_three")}
        return pd.DataFrame(
            {"value": values, **lines, **flags}
            | {
                "rules": pd.Categorical.from_codes(bits, texts),
                "cause": pd.Categorical.from_codes(result.cause, CAUSES),
            },
            copy=False,
        )

    build()
    print(
        f"{title:26s} {len(values):9,d} rows  frame {statistics.median(seconds(build) for _ in range(5)) * 1e3:8.2f} ms"
    )


def main() -> None:
    """Print one line per case; exit 1 where the kernel is slower than its bound."""
    good = individuals("XmR, demo 417 x 36", 417, 36, 60)
    good &= individuals("XmR, 21,000 x 60", 21_000, 60, 11)
    good &= individuals("XmR, 100,000 x 60", 100_000, 60, 5)
    good &= proportions("p' in 3 phases, 100,000 x 60", 100_000, 60, 5)
    frames("frame, 100,000 x 60", 100_000, 60)
    sys.exit(not good)


if __name__ == "__main__":
    main()
