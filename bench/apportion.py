"""Shares for 1,000, 10,000 and 100,000 sites by each method, with floors and caps, beside plain peers.

The peers know no bounds and count in floats: the largest remainder in ordinary numpy, and Webster as textbooks have
it, a heap from which the next unit is taken. At the sizes where a peer runs, both are checked to agree first.
Weights are made up from a fixed seed, to the penny, as typed ones are. Exit code 1 where any method takes two
seconds or more for 100,000 sites. Run: python bench/apportion.py
"""

from __future__ import annotations

import gc
import heapq
import statistics
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kernel import peak, seconds

from measures.aims import rates
from measures.aims.apportion import Method, apportion
from measures.aims.hierarchy import nested

SIZES, HEAP, ROUNDS, REGIONS = (1_000, 10_000, 100_000), 10_000, 5, 42
BOUND = 2.0
"""Seconds that 100,000 sites may take by any method: a time, and no ratio, since it was promised as one."""
EFFORTS = ("failure-reduction", "gap", "points", "floor", "odds")


def made_up(n: int, seed: int = 1) -> tuple[np.ndarray, int, np.ndarray, np.ndarray]:
    """Weights to the penny, a total of ten a site, and floors and caps that hold at about one site in eight."""
    rng = np.random.default_rng(seed)
    weights = np.round(rng.lognormal(5, 1, n), 2)
    quota = 10 * n * weights / weights.sum()
    floors = rng.integers(0, 4, n)
    return weights, 10 * n, floors, np.maximum(floors, (quota * rng.uniform(0.8, 4, n)).astype(int) + 1)


def plain(weights: np.ndarray, total: int) -> np.ndarray:
    """The largest remainder in floats, without bounds."""
    quota = total * weights / weights.sum()
    share = np.floor(quota).astype(int)
    share[np.argsort(share - quota, kind="stable")[: total - share.sum()]] += 1
    return share


def heap(weights: np.ndarray, total: int) -> np.ndarray:
    """Webster as in a textbook, in floats and without bounds: a unit at a time to whoever it is worth most to."""
    share = [0] * len(weights)
    queue = [(-w, i) for i, w in enumerate(weights.tolist())]
    heapq.heapify(queue)
    for _ in range(total):
        _, i = queue[0]
        share[i] += 1
        heapq.heapreplace(queue, (-float(weights[i]) / (2 * share[i] + 1), i))
    return np.array(share)


def jobs(n: int) -> dict[str, tuple]:
    """What is timed for ``n`` sites: a name, a function and its arguments."""
    weights, total, floors, caps = made_up(n)
    rng = np.random.default_rng(2)
    region = rng.integers(0, REGIONS, n).astype(str).astype(object)
    size, level = rng.integers(50, 5000, n), np.round(rng.uniform(0.6, 0.94, n), 3)

    def bounded(method):
        return apportion(weights, total, method=method, floors=floors, caps=caps).share

    def free(method):
        return apportion(weights, total, method=method).share

    def by_region(method):
        return nested([region], weights, total, method=method, floors=floors, caps=caps).sites.share

    found = {"peer: largest remainder in floats": (plain, weights, total)}
    if n <= HEAP:
        found["peer: webster by a heap"] = (heap, weights, total)
        assert (heap(weights, total) == free(Method.WEBSTER)).all()
    assert (plain(weights, total) == free(Method.LARGEST_REMAINDER)).all()
    for method in Method:
        share = bounded(method)
        assert share.sum() == total
        assert ((share >= floors) & (share <= caps)).all()
        found[f"{method}, no bounds"] = (free, method)
        found[f"{method}, floors and caps"] = (bounded, method)
        found[f"{method}, floors, caps, {REGIONS} regions"] = (by_region, method)
    for effort in EFFORTS:
        found[f"rate by {effort}"] = (lambda e: rates.apportion_rate(size, level, "0.95", effort=e), effort)
    return found


def main() -> None:
    """Print a line for each method and size; exit 1 where 100,000 sites took too long."""
    took: dict[str, dict[int, float]] = {}
    memory = {}
    for n in SIZES:
        todo = jobs(n)
        turns = []
        for _ in range(ROUNDS):
            gc.collect()
            turns.append({name: seconds(*job) for name, job in todo.items()})
        for name, job in todo.items():
            took.setdefault(name, {})[n] = statistics.median(turn[name] for turn in turns)
            if n == SIZES[-1]:
                memory[name] = peak(*job)
    print(f"{'':52s}" + "".join(f"{n:>12,}" for n in SIZES) + "   growth      peak")
    for name, times in took.items():
        figures = "".join(f"{times[n] * 1e3:9.1f} ms" if n in times else f"{'':12s}" for n in SIZES)
        ends = [times[n] for n in SIZES[1:] if n in times]
        growth = f"{ends[1] / ends[0]:8.1f}x {memory[name]:6.0f} MB" if len(ends) == 2 else ""
        print(f"{name:52s}{figures} {growth}")
    slow = [name for name, times in took.items() if times.get(SIZES[-1], 0) >= BOUND]
    if slow:
        print(f"{BOUND:g} s or more for {SIZES[-1]:,} sites: {', '.join(slow)}", file=sys.stderr)
    sys.exit(bool(slow))


if __name__ == "__main__":
    main()
