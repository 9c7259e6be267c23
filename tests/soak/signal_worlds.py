"""Campaigns whose truth is known, and three ways of finding improvements in them, looked at every month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.signal import lfilter

from measures import fdr
from measures.signals.detector import Family, detect
from measures.signals.scale import Kind
from measures.spc.chart import chart
from measures.spc.options import Options

FDR = 0.05
NULL_SERIES = 40_000
CAUSES_IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True)
class World:
    """``share`` of the ``sites`` change by ``shift`` of their standard deviation from one of the months ``when`` (0 =
    the campaign's first) on, as a ``shape``: step, ramp (over 12 months) or bump (gone after 4); ``other`` of the rest
    change by ``other_shift`` (a deterioration, if below 0), at the same months. ``rho``: lag-1 correlation. ``season``:
    half the swing of a common season; ``loading``: standard deviation of the sites' shares of it. ``missing``: share
    of months. ``uneven``: standard deviation of the logarithm of the sites' sigma. ``people``: 0, or the smallest and
    largest denominator of a proportion around ``level``."""

    sites: int = 150
    baseline: int = 12
    months: int = 24
    share: float = 0.2
    shift: float = 1.5
    shape: str = "step"
    when: tuple[int, int] = (0, 6)
    other: float = 0.0
    other_shape: str = "step"
    other_shift: float = 0.0
    rho: float = 0.0
    season: float = 0.0
    loading: float = 0.0
    missing: float = 0.0
    uneven: float = 0.0
    people: tuple[int, int] | None = None
    level: float = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Figures (s, n); ``begins`` (s,) column from which a site is better for good, a number beyond all where never;
    ``other`` (s,) the same for the sites that change otherwise."""

    value: np.ndarray
    numerator: np.ndarray | None
    denominator: np.ndarray | None
    begins: np.ndarray
    other: np.ndarray


NEVER = 10**6


def draw(world: World, rng: np.random.Generator) -> Data:
    """One campaign."""
    s, n = world.sites, world.baseline + world.months
    fresh = rng.standard_normal((s, n))
    fresh[:, 1:] *= np.sqrt(1 - world.rho**2)
    noise = lfilter([1.0], [1.0, -world.rho], fresh, axis=1)
    begins, other = np.full(s, NEVER), np.full(s, NEVER)
    many, more = round(world.share * s), round(world.other * s)
    low, high = world.when
    dates = world.baseline + rng.integers(low, high + 1, many + more)
    begins[:many], other[many : many + more] = dates[:many], dates[many:]
    moved = world.shift * _shape(begins, n, world.shape) + world.other_shift * _shape(other, n, world.other_shape)
    if world.shape == "bump":
        begins = np.full(s, NEVER)
    wave = world.season * np.sin(2 * np.pi * np.arange(n) / 12 + 1.0)
    share = 1 + world.loading * rng.standard_normal(s)
    z = noise + moved + share[:, None] * wave
    spread = np.exp(world.uneven * rng.standard_normal(s))[:, None]
    numerator = denominator = None
    if world.people is None:
        value = 50 + 5 * spread * z
    else:
        usual = rng.integers(world.people[0], world.people[1] + 1, s)[:, None]
        denominator = np.maximum(rng.poisson(usual, (s, n)), 1).astype(float)
        sigma = np.sqrt(world.level * (1 - world.level) / usual)
        chance = np.clip(world.level + sigma * (moved + share[:, None] * wave), 0.01, 0.99)
        numerator = rng.binomial(denominator.astype(int), chance).astype(float)
        value = numerator / denominator
    gone = rng.random((s, n)) < world.missing
    for table in (value, numerator, denominator):
        if table is not None:
            table[gone] = np.nan
    return Data(value, numerator, denominator, begins, other)


def _shape(begins: np.ndarray, n: int, shape: str) -> np.ndarray:
    since = np.arange(n) - begins[:, None]
    if shape == "ramp":
        return np.clip((since + 1) / 12, 0, 1)
    return ((since >= 0) & ((since < 4) | (shape != "bump"))).astype(float)


# --- three ways of finding improvements: (s,) column of the look that declares, -1 where none does ---------------


def by_detector(data: Data, world: World, down: bool = False) -> np.ndarray:
    """Headway's signals."""
    months = np.arange(world.baseline + world.months)
    kind = Kind.VALUE if data.numerator is None else Kind.PROPORTION
    family = Family(data.value, world.baseline, data.numerator, data.denominator, kind, months, 12)
    found = detect(family, fdr=FDR)
    return (found.worsened if down else found.improved).declared


def by_nhs_rules(data: Data, world: World) -> np.ndarray:
    """The first look at which a point of the campaign is flagged as an improvement (XmR, limits of the baseline)."""
    looks = np.arange(world.baseline, world.baseline + world.months)
    there = ~np.isnan(data.value)
    columns = np.arange(data.value.shape[1])
    seen = there[:, None, :] & (columns <= looks[:, None])
    seen &= (seen & (columns < world.baseline)).any(axis=2, keepdims=True)
    values = np.broadcast_to(data.value[:, None, :], seen.shape)[seen]
    counts = seen.sum(axis=2).ravel()
    full = np.flatnonzero(counts)
    starts = np.cumsum(counts[full]) - counts[full]
    before = (seen & (columns < world.baseline)).sum(axis=2).ravel()[full]
    result = chart(values, starts, options=Options(), better=1, baseline=before)
    flagged = (result.cause_names() == CAUSES_IMPROVEMENT) & (
        np.broadcast_to(columns, seen.shape)[seen] >= world.baseline
    )
    hit = np.zeros(counts.size, bool)
    hit[full] = np.logical_or.reduceat(flagged, starts)
    hit = hit.reshape(len(data.value), len(looks))
    return np.where(hit.any(axis=1), looks[hit.argmax(axis=1)], -1)


def by_plain(data: Data, world: World) -> np.ndarray:
    """The largest standardised difference of means over all dates with six points after; Benjamini-Hochberg at each
    look on its running largest, against simulated series of the true correlation with nothing missing."""
    best = _running(data.value, world.baseline)
    null = _plain_null(world.baseline, world.months, world.rho)
    out = np.full(len(best), -1)
    for look in range(world.months):
        if np.isfinite(best[:, look]).any():
            p = (NULL_SERIES + 1 - np.searchsorted(null[look], best[:, look])) / (NULL_SERIES + 1)
            out[(out < 0) & fdr.called(p, FDR)] = world.baseline + look
    return out


@cache
def _plain_null(baseline: int, months: int, rho: float) -> np.ndarray:
    world = World(sites=NULL_SERIES, baseline=baseline, months=months, share=0, rho=rho)
    best = _running(draw(world, np.random.default_rng(20)).value, baseline)
    return np.sort(best, axis=0).T.copy()


def _running(value: np.ndarray, start: int, after: int = 6) -> np.ndarray:
    there = ~np.isnan(value)
    x = np.where(there, value - np.nanmean(value, axis=1, keepdims=True), 0.0)
    n, s1, s2 = (np.cumsum(a, axis=1) for a in (there, x, x * x))
    out = np.full((len(value), value.shape[1] - start), -np.inf)
    for t in range(start + after - 1, value.shape[1]):
        before = slice(start - 1, t - after + 1)
        nb, na = n[:, before], n[:, [t]] - n[:, before]
        sb, sa = s1[:, before], s1[:, [t]] - s1[:, before]
        with np.errstate(invalid="ignore", divide="ignore"):
            left = s2[:, [t]] - sb**2 / nb - sa**2 / na
            z = (sa / na - sb / nb) / np.sqrt(left / (nb + na - 2) * (1 / na + 1 / nb))
        out[:, t - start] = np.where((na >= after) & (nb >= 2), z, -np.inf).max(axis=1)
    return np.maximum.accumulate(out, axis=1)
