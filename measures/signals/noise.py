"""What all sites together say about the noise of each: how months hang together, and how large the noise is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from measures.signals.scan import whiten

GRID = np.round(np.arange(-0.4, 0.951, 0.05), 3)
"""Correlations that are tried; between them a parabola is laid through the best three."""
BY_SIZE = (0.0, 0.5, 1.0)
"""How much of the variance goes as 1 / size: none (large numbers), half, all (small ones)."""
MOST_DF = 1e4
UNSURE = 2.2
"""How far what all sites share in error is believed to matter: one error moves all sites, and costs the campaign once.
Found by simulation (docs/signals.md): with 1 the campaigns of 24 sites declare at half the rate that is allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """``rho`` lag-1 correlation and its standard error; ``by_size`` share of the variance that goes as 1 / size;
    ``prior_df``, ``prior_var`` what all sites say about one site's variance; ``certain_df`` what an error in all that
    comes to, as degrees of freedom; ``relative`` (s, n) standard deviations of cells relative to one another."""

    rho: float
    error: float
    by_size: float
    prior_df: float
    prior_var: float
    certain_df: float
    relative: np.ndarray | None


def estimate(base: np.ndarray, size: np.ndarray | None, start: int) -> Noise:
    """The noise of a family of series from the columns before ``start``.

    ``base`` (s, n) on the scale, NaN where missing; ``size`` (s, n) or None, relative.
    """
    y = base[:, :start]
    best = (-np.inf, 0.0, None)
    fits: dict[float, np.ndarray] = {}
    for share in BY_SIZE if size is not None else BY_SIZE[:1]:
        relative = relative_sd(size, share)
        part = None if relative is None else relative[:, :start]
        fits[share] = np.array([_reml(y, float(rho), part) for rho in GRID])
        if fits[share].max() > best[0]:
            best = (fits[share].max(), share, relative)
    _, share, relative = best
    rho, error = _peak(fits[share])
    part = None if relative is None else relative[:, :start]
    rss, df = within(y, rho, part)
    prior_df, prior_var = prior(rss, df)
    certain = UNSURE / (1 / max(df.sum(), 1) + 2 * (error / (1 - rho**2)) ** 2)
    return Noise(rho, error, share, prior_df, prior_var, certain, relative)


def relative_sd(size: np.ndarray | None, share: float) -> np.ndarray | None:
    """Each cell's standard deviation relative to that of a usual size, where ``share`` of the variance is by size."""
    if size is None or not share:
        return None
    return np.sqrt(1 - share + share / np.where(np.isnan(size), 1.0, size))


def _peak(fit: np.ndarray) -> tuple[float, float]:
    at = int(fit.argmax())
    step = GRID[1] - GRID[0]
    if not np.ptp(fit):
        return 0.3, 0.3  # nothing to learn from: what months usually do, and unsure of it
    if at in (0, len(GRID) - 1):
        return float(GRID[at]), float(step)
    left, mid, right = fit[at - 1 : at + 2]
    curve = left - 2 * mid + right
    return float(GRID[at] + 0.5 * (left - right) / curve * step), float(step / np.sqrt(-curve))


def _sums(y: np.ndarray, rho: float, relative: np.ndarray | None):
    w = whiten(y, rho, relative)
    n = w.counts[:, -1]
    hh = (w.h * w.h).sum(axis=1)
    rss = (w.u * w.u).sum(axis=1) - (w.u * w.h).sum(axis=1) ** 2 / np.where(hh > 0, hh, 1.0)
    return w, n, hh, np.maximum(rss, 0.0)


def within(y: np.ndarray, rho: float, relative: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Each series' sum of squares about its level and its degrees of freedom, correlation taken out; (s,) each."""
    _, n, _, rss = _sums(y, rho, relative)
    return rss, np.maximum(n - 1, 0)


def _reml(y: np.ndarray, rho: float, relative: np.ndarray | None) -> float:
    """Restricted likelihood of all series together, each with a level and a variance of its own."""
    w, n, hh, rss = _sums(y, rho, relative)
    total = np.where(w.counts[:, -1] > 0, (np.nan_to_num(y) ** 2).sum(axis=1), 0.0)
    use = (n >= 3) & (rss > 1e-12 * total)
    log_det = -2 * np.log(np.where(w.q > 0, w.q, 1.0)).sum(axis=1)
    one = (n - 1) * np.log(np.where(use, rss, 1.0)) + log_det + np.log(np.where(use, hh, 1.0))
    return float(-0.5 * one[use].sum())


def prior(rss: np.ndarray, df: np.ndarray) -> tuple[float, float]:
    """Degrees of freedom and variance of the prior that the sites' variances suggest (Smyth 2004).

    >>> prior(np.array([9.0, 11.0, 10.0, 10.0]), np.array([10, 10, 10, 10]))
    (10000.0, 1.0)
    """
    use = (df > 0) & (rss > 0)
    if not use.any():
        return 0.0, 0.0
    half, s2 = df[use] / 2, rss[use] / df[use]
    pooled = float(rss[use].sum() / df[use].sum())
    if use.sum() < 3:
        return 0.0, pooled
    logs = np.log(s2) - special.digamma(half) + np.log(half)
    spread = np.var(logs, ddof=1) - special.polygamma(1, half).mean()
    if spread <= 2 / MOST_DF:
        return MOST_DF, pooled
    d0 = 2 * optimize.brentq(lambda x: special.polygamma(1, x) - spread, 1e-3, MOST_DF)
    if d0 >= MOST_DF:
        return MOST_DF, pooled
    return float(d0), float(np.exp(logs.mean() + special.digamma(d0 / 2) - np.log(d0 / 2)))
