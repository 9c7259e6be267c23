"""Simulate ``TABLE`` of measures/signals/null.py and print it: ``python -m scripts.null_table`` (minutes).

For each baseline length and lag-1 correlation, series of normal noise in which nothing changes are scanned for LOOKS
looks, their variance known; the largest figures' quantiles are then smoothed over the cells by least squares.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.signal import lfilter

from measures.signals import null, scan

SERIES, AT_ONCE, SEED = 65_536, 8_192, 7
BASELINES, CORRELATIONS = (6, 8, 12, 24, 48), (0.0, 0.3, 0.6, 0.8)


def figures(baseline: int, rho: float, series: int = SERIES, seed: int = SEED) -> np.ndarray:
    """The largest figure of each simulated series."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(0, series, AT_ONCE):
        fresh = rng.standard_normal((min(AT_ONCE, series), baseline + null.LOOKS))
        fresh[:, 1:] *= np.sqrt(1 - rho**2)
        white = scan.whiten(lfilter([1.0], [1.0, -rho], fresh, axis=1), rho)
        best = np.full(len(fresh), -np.inf)
        for look in scan.looks(white, baseline, 1e9, 1.0):
            best = np.maximum(best, look.up)
        out.append(best)
    return np.concatenate(out)


def main() -> None:
    """Print the table and how far the smoothed figures lie from the simulated ones."""
    cells = [(baseline, rho) for baseline in BASELINES for rho in CORRELATIONS]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(figures, *zip(*cells)))
    seen = np.array([np.quantile(best, 1 - null.CHANCES) for best in found])
    terms = null.terms(*np.array(cells, float).T)
    table = np.linalg.lstsq(terms, seen, rcond=None)[0].round(3)
    print("TABLE = np.array(\n    [")
    for row in table:
        print("        [" + ", ".join(f"{x:g}" for x in row) + "],")
    print("    ]\n)  # fmt: skip")
    slope = np.abs(np.gradient(np.log(null.CHANCES), seen.mean(axis=0)))
    print("largest error of log chance:", (np.abs(terms @ table - seen) * slope).max(axis=0).round(3))


if __name__ == "__main__":
    main()
