"""What the months do to all sites alike, taken out before anybody's change is looked for.

Over the baseline, y = level of the site + share of the site x index of the month + noise. The index is pooled over all
sites and drawn towards nothing as far as chance explains it (James & Stein 1961); each site's share of it is drawn
towards the others' (1) in the same way. What one year cannot tell of a site's share stays as noise in those months.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

PASSES = 6
SURE = 0.999
"""How sure it must be that the sites move together before that is said, of a season or of too short a baseline."""


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """``index`` (cycle,) what each month adds, empty where nothing is taken out; ``share`` (s,) each site's share of it
    and ``unsure`` (s,) the variance of that; ``known``: False where the sites move together but the baseline does not
    hold the whole cycle; ``sites``: how many stand behind it."""

    index: np.ndarray
    share: np.ndarray
    unsure: np.ndarray
    known: bool
    sites: int
    sure: bool = False
    """Whether noise alone would hardly ever look like it; what is taken out is little where it is not."""

    @property
    def swing(self) -> float:
        """Largest less smallest index, on the scale; 0 where nothing is taken out."""
        return float(np.ptp(self.index)) if self.index.size else 0.0

    def fitted(self, ordinal: np.ndarray) -> np.ndarray:
        """What to subtract from each cell (s, n), or one 0 where nothing is taken out."""
        return self.share[:, None] * self.index[ordinal % self.index.size] if self.index.size else np.zeros((1, 1))

    def variance(self, ordinal: np.ndarray) -> np.ndarray:
        """What is not known of it (s, n), as a variance; one 0 where nothing is taken out."""
        return self.unsure[:, None] * self.index[ordinal % self.index.size] ** 2 if self.swing else np.zeros((1, 1))


def season(y: np.ndarray, start: int, ordinal: np.ndarray, cycle: int) -> Common:
    """The season that the sites have in common, the same for all.

    ``y`` (s, n) sites by periods, NaN where missing; the baseline is the columns before ``start``; ``ordinal`` (n,)
    whole numbers, so that ordinal % ``cycle`` is the month; ``cycle`` 12, 4, 52 …, or 0 for none.
    """
    one, zero = np.ones(len(y)), np.zeros(len(y))
    base = y[:, :start]
    there = ~np.isnan(base)
    enough = there.sum(axis=1) >= 3
    sites = int(enough.sum())
    if not cycle or sites < 2:
        return Common(np.zeros(0), one, zero, True, sites)
    code = ordinal % cycle
    whole = np.isin(np.arange(cycle), code[:start]).all()
    slot = code[:start] if whole else np.arange(start)
    k = cycle if whole else start
    index, weight = _two_way(base, there & enough[:, None], slot, k)
    error = 1 / np.maximum(np.bincount(slot, (weight * there).sum(axis=0), k), 1e-300)
    q = float((index**2 / error).sum())
    if not whole:
        return Common(np.zeros(0), one, zero, q <= special.chdtri(k - 1, 1 - SURE), sites)
    kept = max(0.0, 1 - (k - 3) / q) if q > 0 else 0.0
    sure = q > special.chdtri(k - 1, 1 - SURE)
    return Common(index * kept if kept else np.zeros(0), one, zero, True, sites, bool(sure))


def own_shares(found: Common, y: np.ndarray, start: int, ordinal: np.ndarray, rho: float) -> Common:
    """The same season, taken by each site in its own measure, as far as the baseline can tell that they differ.

    With months that hang together (lag-1 correlation ``rho``) noise itself looks like a share of a slow wave: what a
    share's estimate owes to that is reckoned with.
    """
    if not found.swing:
        return found
    base = y[:, :start]
    there = ~np.isnan(base)
    line = found.index[ordinal % found.index.size]
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
    return replace(found, share=share, unsure=unsure)


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
