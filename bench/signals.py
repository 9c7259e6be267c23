"""Signals beside a plain numpy pass: a replay of every look, the newest look alone, the command from cold.

7,000 sites, ten measures (four proportions, three rates, three values), 12 months before and 36 looks, made up from a
fixed seed; one month in twenty is missing, sites have a season in common, one in five takes a step. The plain pass is
the mean after every date of change less the mean before it, at every look, by running sums, and the largest of each
site: what any scan must do, and no more (no correlation, no missing months, no sizes, no season, no chance). The times
are bounds, since they were promised as such; the ratio to the plain pass is printed beside them.

python bench/signals.py [SITES]
"""

from __future__ import annotations

import gc
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kernel import peak, seconds

from measures.signals import common, scan
from measures.signals.detector import Detected, Family, detect
from measures.signals.noise import estimate
from measures.signals.scale import Kind, scaled

ROOT = Path(__file__).resolve().parents[1]
SITES, BEFORE, LOOKS = 7_000, 12, 36
KINDS = [Kind.PROPORTION] * 4 + [Kind.RATE] * 3 + [Kind.VALUE] * 3
CORES = 2
REPLAY, NEWEST, COMMAND = 60.0, 2.0, 5.0
"""Seconds that each may take at full size before the bench fails."""
SMALL_SITES, ROUNDS = 150, 3
OURS = {"replay": "plain replay", "newest look": "plain newest"}
"""What each is held against."""


def made_up(sites: int, kind: Kind, seed: int) -> Family:
    """A family of ``sites`` and 12 + 36 months."""
    rng = np.random.default_rng(seed)
    n = BEFORE + LOOKS
    y = rng.normal(size=(sites, n)) + 0.8 * np.sin(np.arange(n) * np.pi / 6)
    y[::5, BEFORE + 10 :] += 2
    gone = rng.random(y.shape) < 0.05
    if kind is Kind.VALUE:
        value, top, size = rng.uniform(40, 90, (sites, 1)) + 3 * y, None, None
    else:
        size = rng.integers(200, 4000, (sites, 1)) * rng.uniform(0.8, 1.2, y.shape)
        size = np.where(gone, np.nan, np.round(size))
        most = 1.0 if kind is Kind.PROPORTION else np.inf
        top = np.round(size * np.clip(rng.uniform(0.6, 0.85, (sites, 1)) + 0.02 * y, 0, most))
        value = top / size
    return Family(np.where(gone, np.nan, value), BEFORE, top, size, kind, np.arange(n), 12)


def until(family: Family, columns: int) -> Family:
    """The family when it had so many months."""
    cut = {name: getattr(family, name) for name in ("value", "numerator", "denominator")}
    cut = {name: None if x is None else x[:, :columns] for name, x in cut.items()}
    return replace(family, ordinal=family.ordinal[:columns], **cut)


def plain(y: np.ndarray, first: int = BEFORE) -> np.ndarray:
    """Each site's largest standardised difference over dates and the looks from column ``first`` on; (s,)."""
    sums, n = np.cumsum(y, axis=1), np.arange(1, y.shape[1] + 1)
    sigma = y[:, :BEFORE].std(axis=1, ddof=1)[:, None]
    best = np.full(len(y), -np.inf)
    for t in range(max(first, BEFORE + scan.FEWEST_AFTER - 1), y.shape[1]):
        dates = np.arange(BEFORE, t - scan.FEWEST_AFTER + 2)
        before, after = dates, n[t] - dates
        for at in range(0, len(y), scan.BLOCK):
            rows = slice(at, at + scan.BLOCK)
            low = sums[rows, dates[0] - 1 : dates[-1]]
            z = ((sums[rows, t : t + 1] - low) / after - low / before) / (sigma[rows] * np.sqrt(1 / after + 1 / before))
            np.maximum(best[rows], z.max(axis=1), out=best[rows])
    return best


def all_of(job, *lists) -> list:
    """``job`` of each, on both cores: numpy lets other threads run while it works."""
    with ThreadPoolExecutor(CORES) as pool:
        return list(pool.map(job, *lists))


def newest(family: Family, carried: Detected) -> Detected:
    return detect(family, carried=carried)


def parts(family: Family) -> dict[str, float]:
    """Processor seconds of each part of the newest look, done without anything carried over."""
    took = {}

    def timed(name, job, *args, **more):
        begun = time.process_time()
        out = job(*args, **more)
        took[name] = time.process_time() - begun
        return out

    figures = timed("scale", scaled, family.kind, family.value, family.numerator, family.denominator, family.start)
    season = timed("season", common.season, figures.y, family.start, family.ordinal, family.cycle)
    y = figures.y - season.fitted(family.ordinal)
    noise = timed("noise", estimate, y, figures.size, family.start)
    white = timed("whiten", scan.whiten, y, noise.rho, noise.relative)
    last = family.value.shape[1] - 1
    timed("scan", lambda: list(scan.looks(white, family.start, noise.prior_df, noise.prior_var, first=last)))
    return took


def both(job) -> tuple[float, float]:
    """Seconds by the clock, and of the processors."""
    before = time.process_time()
    return seconds(*job), time.process_time() - before


def command(sites: int) -> tuple[float, float]:
    """``python -m measures signals`` in a process of its own: seconds by the clock, and of the processors."""
    family = made_up(sites, Kind.VALUE, 99)
    months = pd.date_range("2019-01-01", periods=BEFORE + LOOKS, freq="MS").strftime("%Y-%m-%d")
    names = [f"Site {n}" for n in range(sites)]
    frame = pd.DataFrame({"series": np.repeat(names, len(months)), "period": np.tile(months, sites)})
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "in.csv", Path(folder) / "out.csv"
        frame.assign(value=family.value.ravel().round(3)).to_csv(source, index=False)
        call = [sys.executable, "-m", "measures", "signals", str(source), "-o", str(out), "--start", "2020-01-01"]
        used = psutil.Process().cpu_times()
        took = seconds(lambda: subprocess.run(call, cwd=ROOT, check=True))
        now = psutil.Process().cpu_times()
        found = pd.read_csv(out)
    declared = int(found["declared"].notna().sum())
    if len(found) != sites or not 0 < declared < sites / 2:
        raise SystemExit(f"the command answered {len(found)} series, {declared} of them declared")
    return took, now.children_user + now.children_system - used.children_user - used.children_system


def main(sites: int) -> None:
    """Print the figures; exit 1 where one took longer than it may."""
    given = [made_up(sites, kind, seed) for seed, kind in enumerate(KINDS)]
    last = BEFORE + LOOKS - 1
    bare = [np.nan_to_num(family.value) for family in given]
    carried = all_of(detect, [until(family, last) for family in given])
    jobs = {
        "plain replay": (all_of, plain, bare),
        "replay": (all_of, detect, given),
        "plain newest": (all_of, plain, bare, [last] * len(bare)),
        "newest look": (all_of, newest, given, carried),
    }
    turns = []
    for _ in range(ROUNDS):
        gc.collect()
        turns.append({name: both(job) for name, job in jobs.items()})
    cells = sum(family.value.size for family in given)
    print(f"{sites:,} sites x {len(given)} measures x {BEFORE} + {LOOKS} months, {cells:,} cells; {ROUNDS} rounds")
    middle = {}
    for name in jobs:
        took, used = (statistics.median(turn[name][i] for turn in turns) for i in range(2))
        middle[name] = took
        line = (
            f"  {name:14s} {took:7.2f} s (best {min(turn[name][0] for turn in turns):6.2f}), processors {used:6.2f} s"
        )
        if name in OURS:
            ratio = statistics.median(turn[name][1] / turn[OURS[name]][1] for turn in turns)
            line += f", {ratio:5.1f} of the plain one's  peak {peak(detect, given[0]):6.1f} MB a measure"
        print(line)
    shares = [parts(family) for family in given]
    sums = {name: sum(share[name] for share in shares) for name in shares[0]}
    print("  a look with nothing carried:", ", ".join(f"{name} {took:.2f} s" for name, took in sums.items()))
    calls = [command(SMALL_SITES) for _ in range(ROUNDS)]
    middle["command"], used = (statistics.median(call[i] for call in calls) for i in range(2))
    best = min(call[0] for call in calls)
    print(f"  command, {SMALL_SITES} sites {middle['command']:5.2f} s (best {best:6.2f}), processors {used:6.2f} s")
    bounds = {"replay": REPLAY, "newest look": NEWEST, "command": COMMAND}
    slow = [f"{name} {middle[name]:.1f} s (bound {bound:g})" for name, bound in bounds.items() if middle[name] > bound]
    if slow:
        print(f"over the bound: {', '.join(slow)}", file=sys.stderr)
    sys.exit(bool(slow))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SITES)
