"""What the months do to all sites alike, taken out before anybody's change is looked for.

Over the baseline, y = level of the site + share of the site x index of the month + noise. The index is pooled over all
sites and drawn towards nothing as far as chance explains it (James & Stein 1961); each site's share of it is drawn
towards the others' (1) in the same way. What one year cannot tell of a site's share stays as noise in those months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

PASSES = 6
SURE = 0.999
"""How sure it must be that the sites move together before a baseline too short for a season is called too short."""


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """``fitted`` (s, n): what to subtract from each cell; ``variance`` (s, n): what is not known of it;
    ``known``: False where sites move together but the baseline does not hold the whole cycle;
    ``swing``: largest less smallest index; ``sites``: how many stand behind it."""

    fitted: np.ndarray
    variance: np.ndarray
    known: bool
    swing: float
    sites: int


def season(y: np.ndarray, start: int, ordinal: np.ndarray, cycle: int) -> Common:
    """The season that the sites have in common, the same for all.

    ``y`` (s, n) sites by periods, NaN where missing; the baseline is the columns before ``start``; ``ordinal`` (n,)
    whole numbers, so that ordinal % ``cycle`` is the month; ``cycle`` 12, 4, 52 …, or 0 for none.
    """
    nothing = np.zeros(y.shape)
    base = y[:, :start]
    there = ~np.isnan(base)
    enough = there.sum(axis=1) >= 3
    sites = int(enough.sum())
    if not cycle or sites < 2:
        return Common(nothing, nothing, True, 0.0, sites)
    code = ordinal % cycle
    whole = np.isin(np.arange(cycle), code[:start]).all()
    slot = code[:start] if whole else np.arange(start)
    k = cycle if whole else start
    index, weight = _two_way(base, there & enough[:, None], slot, k)
    error = 1 / np.maximum(np.bincount(slot, (weight * there).sum(axis=0), k), 1e-300)
    q = float((index**2 / error).sum())
    if not whole:
        return Common(nothing, nothing, q <= stats.chi2.ppf(SURE, k - 1), 0.0, sites)
    index = index * max(0.0, 1 - (k - 3) / q) if q > 0 else index * 0
    return Common(np.broadcast_to(index[code], y.shape), nothing, True, float(np.ptp(index)), sites)


def own_shares(found: Common, y: np.ndarray, start: int, rho: float) -> Common:
    """The same season, taken by each site in its own measure, as far as the baseline can tell that they differ.

    With months that hang together (lag-1 correlation ``rho``) noise itself looks like a share of a slow wave: what a
    share's estimate owes to that is reckoned with.
    """
    if not found.swing:
        return found
    base = y[:, :start]
    there = ~np.isnan(base)
    line = found.fitted[0]
    x, wave = np.where(there, base, 0.0), there * line[:start]
    n = np.maximum(there.sum(axis=1), 1)
    wave = (wave - wave.sum(axis=1, keepdims=True) / n[:, None]) * there
    size = (wave**2).sum(axis=1)
    usable = (n >= 3) & (size > 0)
    size = np.where(usable, size, 1.0)
    own = np.where(usable, (x * wave).sum(axis=1) / size, 1.0)
    left = (x - x.sum(axis=1, keepdims=True) / n[:, None]) * there - own[:, None] * wave
    lags = np.abs(np.subtract.outer(np.arange(start), np.arange(start)))
    together = np.einsum("st,tu,su->s", wave, float(rho) ** lags if rho > 0 else np.eye(start), wave) / size
    # Two degrees of freedom go into the level and the share, and correlation hides some more of the variance.
    variance = (left**2).sum(axis=1) / np.maximum(n - 1 - together, 1)
    noise = np.where(usable, variance * together / size, 0.0)
    excess = ((own - 1) ** 2 - noise)[usable]
    if len(excess) < 3:
        return found
    apart = max(0.0, float(excess.mean() - 2 * excess.std(ddof=1) / np.sqrt(len(excess))))
    keep = np.where(usable, apart / (apart + noise), 0.0) if apart else np.zeros(len(base))
    share, unsure = 1 + keep * (own - 1), np.where(usable, keep * noise, apart)
    return Common(share[:, None] * line, unsure[:, None] * line**2, True, found.swing, found.sites)


def _two_way(base, there, slot, k):
    """Levels of sites and indices of months by weighted least squares, weights 1 / variance, at most the median's."""
    s = len(base)
    x = np.where(there, base, 0.0)
    n = np.maximum(there.sum(axis=1), 1)
    index, weight = np.zeros(k), np.ones(s)[:, None]
    for _ in range(PASSES):
        level = ((x - index[slot] * there).sum(axis=1) / n)[:, None]
        rest = (x - level) * there
        index = np.bincount(slot, (weight * rest).sum(axis=0), k)
        index /= np.maximum(np.bincount(slot, (weight * there).sum(axis=0), k), 1e-300)
        index -= index.mean()
        left = ((rest - index[slot] * there) ** 2).sum(axis=1) / np.maximum(n - 1, 1) * s / max(s - 1, 1)
        usual = float(np.median(left[n > 1])) or 1.0
        weight = np.where(n > 1, 1 / np.maximum(left, usual), 0.0)[:, None]
    return index, weight
