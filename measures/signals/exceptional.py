"""Which sites stand out, quarter after quarter: by their level, and by how much they changed. Whom to visit.

Each quarter's Y and s are the funnel's (``spc.funnel``) of (x + 3/8) / (n + 3/4) for a proportion (Anscombe 1948:
otherwise 60 of 60 would lie twice too far from 95 %), and for a rate with sizes in so small a unit that only its counts
carry error. A change is Y less Y of the same quarter a year before, its error both errors together.

*Ordinary differences.* Centre m and variance tau^2 solve: the z = (Y - m) / sqrt(s^2 + tau^2), their outer tenths
pulled in, have weighted mean 0 and mean square 0.679 (1 - 1 / k), what k normal values would have. The funnel's own
tau^2 takes no account of what pulling in takes away: where sites differ and nobody is exceptional, it calls somebody
in far more than a share ``q`` of campaigns. p is the tail of Student's t with 0.7 (k - 1) degrees of freedom, since
tau^2 is estimated, and never below the exact chance of the count itself (binomial, Poisson, or for a change of a rate
binomial given both counts). Called: Benjamini & Hochberg (1995) at ``q`` on the good side alone.

*What lasts.* Of tau^2 a share phi lasts from quarter to quarter: the mean product of two quarters' pulled-in z over
what it would be if all of it lasted. A quarter's reliability is rho = phi tau^2 / (tau^2 + s^2), the share of its
variance that it has in common with another (an intraclass correlation); a site seen once at z is next expected at
rho z, and one seen in several quarters at their weighted mean times its own reliability (Spearman-Brown where they
weigh alike). The same normal posterior says how likely it is that a site's lasting level is among the best tenth: above
the point that a tenth of all posteriors together lie above (Lin, Louis, Paddock & Ridgeway 2006).

Listed for a visit: called in the newest quarter, and called in three of the last four or among the best tenth with a
chance above 0.8. Sources: Bradley et al. (2009) Implement Sci 4:25; Spiegelhalter (2005); Jones, Ohlssen &
Spiegelhalter (2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from measures.fdr import called
from measures.spc.funnel import FEW, funnel

LAST: Final = 4
"""Quarters that are looked at together."""
TIMES: Final = 3
"""Quarters of them in which a site must have been called."""
BEST: Final = 0.1
SURE: Final = 0.8
"""Or how likely it must be that its lasting level is among the best tenth."""

_PULLED: Final = 0.6786546
"""Mean square of a standard normal whose outer tenths are pulled in to its 10th and 90th percentile."""
_FREEDOM: Final = 0.7
_TOTAL: Final = 1e11  # all sizes of a rate together, so that the funnel's error of a size vanishes


@dataclass(frozen=True, slots=True, eq=False)
class Deviants:
    """Those that stand out in one respect, on its good side. Arrays by site (k,), or by site and quarter (k, t).

    ``columns`` (t,): the quarters looked at, oldest first. ``centre``, ``tau2`` (t,), ``y`` and ``s`` (k, t) on the
    funnel's scale; ``z`` with ordinary differences allowed for, above 0 on the good side; ``p``; ``called`` bool;
    NaN and False where a site has no figure. ``seen``: quarters with figures; ``times``: quarters called; ``best``:
    chance of being among the best tenth. ``lasts``: phi, NaN from a single quarter, and then taken as 1.
    ``reliability``: rho of the newest quarter. ``figure``, ``usual`` (the centre; of changes, from where the site was),
    ``shrunken`` (luck taken out of the newest quarter) and ``expected`` (next time, where all sites together stay where
    they are), in the unit of numerator / denominator.
    ``listed``: worth a visit; ``once``: called in the newest quarter and not listed.
    """

    columns: np.ndarray
    centre: np.ndarray
    tau2: np.ndarray
    y: np.ndarray
    s: np.ndarray
    z: np.ndarray
    p: np.ndarray
    called: np.ndarray
    seen: np.ndarray
    times: np.ndarray
    best: np.ndarray
    lasts: float
    reliability: np.ndarray
    figure: np.ndarray
    usual: np.ndarray
    shrunken: np.ndarray
    expected: np.ndarray
    listed: np.ndarray
    once: np.ndarray
    q: float

    @property
    def by_luck(self) -> float:
        """About how many of the listed are there by luck, at most."""
        return min(float(self.listed.sum()), self.q * float(self.called[:, -1].sum())) if self.listed.any() else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Exceptional:
    """``level``: by their figures; ``change``: by their change over ``lag`` quarters, None where there is but one.

    ``sites``: how many have a figure in the newest quarter. Warnings: ``few`` sites, so ordinary differences are
    little more than a guess; ``overlaps``: quarters looked at lie in the baseline; ``season_differs``: the quarters
    compared are not the same quarter of the year.
    """

    level: Deviants
    change: Deviants | None
    lag: int
    sites: int
    few: bool
    overlaps: bool
    season_differs: bool


def exceptional(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: Literal["proportion", "rate"] = "proportion",
    better: int = 1,
    q: float = 0.1,
    cycle: int = 4,
    lag: int | None = None,
    start: int = 0,
) -> Exceptional:
    """Those that stand out in the newest quarter and before; formulas in the module's head.

    ``numerator``, ``denominator`` (k, t): sites by quarters (or other periods), oldest first, NaN where missing or not
    to be compared; at least one quarter. ``better``: +1 high is good, -1 low. ``q``: of those called, the share that
    may be so by luck. ``cycle``: periods in a year, 0 where seasons do not matter. ``lag``: how many periods back a
    change is measured from; a year where None, and fewer, with a warning, where there are not so many. ``start``: the
    first column after the baseline.

    Raises ValueError where arrays are not two of one shape, a present figure is not one ``spc.funnel`` takes, or a
    choice is not one of those.

    >>> n = np.full((30, 8), 400.0)
    >>> x = np.round(n * (0.8 + 0.03 * np.sin(np.arange(30.0))[:, None]))
    >>> x[7] = 380
    >>> found = exceptional(x, n)
    >>> np.flatnonzero(found.level.listed), int(found.level.times[7]), bool(found.change.listed.any())
    (array([7]), 4, False)
    """
    x, d = _checked(numerator, denominator, kind, better, q)
    columns = x.shape[1]
    newest = np.arange(max(0, columns - LAST), columns)
    y, s = _scaled(x, d, kind)
    level = _deviants(
        newest, y[:, newest], s[:, newest], _Counts(x[:, newest], d[:, newest]), kind=kind, better=better, q=q
    )
    back = lag or cycle or LAST
    if back < 1:
        raise ValueError(f"lag is {lag}; it must be a number of periods above zero.")
    back = min(back, columns - 1)
    change = None
    if back:
        # No more quarters than lie between the two compared, so that no figure has a part in two changes.
        after = newest[newest >= max(back, columns - back)]
        before = after - back
        change = _deviants(
            after,
            y[:, after] - y[:, before],
            np.hypot(s[:, after], s[:, before]),
            _Counts(x[:, after], d[:, after], x[:, before], d[:, before], y[:, before]),
            kind=kind,
            better=better,
            q=q,
        )
    sites = int((~np.isnan(y[:, -1])).sum())
    return Exceptional(
        level=level,
        change=change,
        lag=back,
        sites=sites,
        few=sites < FEW,
        overlaps=bool(newest[0] < start),
        season_differs=bool(back and cycle and back % cycle),
    )


# ------------------------------------------------------------------ one respect


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Counts and sizes of the quarters (k, t), and for a change those before, with their Y."""

    x: np.ndarray
    d: np.ndarray
    x_before: np.ndarray | None = None
    d_before: np.ndarray | None = None
    y_before: np.ndarray | None = None

    @property
    def newest(self) -> np.ndarray:
        """The newest figure, or difference (k,)."""
        rate = self.x[:, -1] / self.d[:, -1]
        return rate if self.x_before is None else rate - self.x_before[:, -1] / self.d_before[:, -1]


def _deviants(columns, y, s, counts: _Counts, *, kind: str, better: int, q: float) -> Deviants:
    k, t = y.shape
    centre, tau2 = np.full(t, np.nan), np.zeros(t)
    p, hit = np.full((k, t), np.nan), np.zeros((k, t), bool)
    there = ~np.isnan(y)
    for j in range(t):
        own = there[:, j]
        if not own.any():
            continue
        centre[j], tau2[j] = ordinary(y[own, j], s[own, j])
        z = better * (y[own, j] - centre[j]) / np.sqrt(s[own, j] ** 2 + tau2[j])
        tail = special.stdtr(_FREEDOM * max(own.sum() - 1, 1), -z)
        p[own, j] = np.maximum(tail, _exact(counts, own, j, centre[j], kind, better))
        hit[own, j] = called(p[own, j], q) & (own.sum() > 1)
    z = better * (y - centre) / np.sqrt(s**2 + tau2)
    lasts, spread = _lasting(z * np.sqrt(s**2 + tau2), s, tau2)
    mean, variance = _posterior(better * (y - centre), s, lasts, spread)
    now = there[:, -1]
    seen, times = there.sum(axis=1), hit.sum(axis=1)
    best = np.where(now, _best_tenth(mean, variance, now), np.nan)
    sure = (best > SURE) & (seen > 1) & (not np.isnan(lasts))
    listed = hit[:, -1] & ((times >= TIMES) | sure)
    kept = tau2[-1] / (tau2[-1] + s[:, -1] ** 2)
    drawn = np.where(now, 0.0, np.nan), kept * (y[:, -1] - centre[-1]), better * np.where(now, mean, np.nan)
    usual, shrunken, expected = (_in_units(centre[-1] + away, counts, kind) for away in drawn)
    share = 1.0 if np.isnan(lasts) else lasts
    return Deviants(
        columns, centre, tau2, y, s, z, p, hit, seen, times, best, lasts,
        reliability=share * spread / (spread + s[:, -1] ** 2),
        figure=counts.newest, usual=usual, shrunken=shrunken, expected=expected,
        listed=listed, once=hit[:, -1] & ~listed, q=q,
    )  # fmt: skip


def ordinary(y: np.ndarray, s: np.ndarray) -> tuple[float, float]:
    """The centre and the variance of ordinary differences between sites, robust to one in ten on either side.

    ``y`` figures and ``s`` their errors (k,), k at least 1. Equations in the module's head; tau^2 is 0 where chance
    alone explains as much.

    >>> centre, tau2 = ordinary(np.linspace(-2, 2, 50), np.full(50, 0.1))
    >>> round(abs(centre), 6), tau2 > 1
    (0.0, True)
    """
    aim, places = _PULLED * (1 - 1 / y.size), np.array([0.1, 0.9]) * (y.size - 1)
    m, ranks = float(np.average(y, weights=s**-2.0)), np.arange(y.size)

    def pulled(z: np.ndarray) -> np.ndarray:
        # As np.quantile, in a fifth of its time.
        return np.clip(z, *np.interp(places, ranks, np.sort(z)))

    def excess(tau2: float) -> float:
        nonlocal m
        w = 1 / np.sqrt(s**2 + tau2)
        total = float((w**2).sum())
        for _ in range(30):
            step = float((pulled((y - m) * w) * w).sum()) / total
            m += step
            if abs(step) < 1e-9 / np.sqrt(total):
                break
        return float(np.mean(pulled((y - m) * w) ** 2)) - aim

    if excess(0.0) <= 0 or y.size < 2:
        return m, 0.0
    high = float(np.var(y))
    while excess(high) > 0:
        high *= 2
    tau2 = float(optimize.brentq(excess, 0.0, high, xtol=1e-12 * high, rtol=1e-9))
    excess(tau2)
    return m, tau2


def _pulled(z: np.ndarray) -> np.ndarray:
    """The outer tenths (along the first axis, NaN left out) pulled in."""
    low, high = np.nanquantile(z, (0.1, 0.9), axis=0)
    return np.clip(z, low, high)


def _lasting(away: np.ndarray, s: np.ndarray, tau2: np.ndarray) -> tuple[float, float]:
    """phi, NaN where no site has two quarters, and the mean tau^2 of the quarters."""
    there = ~np.isnan(away)
    spread = float(tau2[there.any(axis=0)].mean()) if there.any() else 0.0
    if not (there.sum(axis=1) > 1).any():
        return float("nan"), spread
    if spread <= 0:
        return 0.0, 0.0
    some = away[:, there.any(axis=0)]
    z = _pulled(some / np.sqrt(s[:, there.any(axis=0)] ** 2 + spread))
    root = np.sqrt(spread / (spread + s**2))
    usual = float(np.nanmean(z**2))
    whole = usual * _products(root)
    return (float(np.clip(_products(z) / whole, 0.0, 1.0)) if whole > 0 else 0.0), spread


def _products(x: np.ndarray) -> float:
    """Sum over rows and pairs of columns of their products, NaN left out."""
    x = np.where(np.isnan(x), 0.0, x)
    return float((x.sum(axis=1) ** 2 - (x**2).sum(axis=1)).sum() / 2)


def _posterior(away: np.ndarray, s: np.ndarray, lasts: float, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (k,) of each site's lasting difference from the centre, given all its quarters."""
    lasts = 1.0 if np.isnan(lasts) else lasts
    if lasts * spread <= 0:
        return np.zeros(len(away)), np.zeros(len(away))
    weight = np.where(np.isnan(away), 0.0, 1 / ((1 - lasts) * spread + s**2))
    precision = 1 / (lasts * spread) + weight.sum(axis=1)
    return (weight * np.where(np.isnan(away), 0.0, away)).sum(axis=1) / precision, 1 / precision


def _best_tenth(mean: np.ndarray, variance: np.ndarray, now: np.ndarray) -> np.ndarray:
    """The chance that each site is among the best tenth of those that are there ``now``."""
    if not (variance[now] > 0).all() or not now.any():
        return np.full(len(mean), BEST)
    scale = np.sqrt(variance)
    reach = 10 * scale[now].max()
    low, high = mean[now].min() - reach, mean[now].max() + reach
    for _ in range(80):
        middle = (low + high) / 2
        above = special.ndtr((mean[now] - middle) / scale[now]).mean()
        low, high = (middle, high) if above > BEST else (low, middle)
    return special.ndtr((mean - high) / scale)


# ------------------------------------------------------------------ scales and exact chances


def _scaled(x: np.ndarray, d: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Y and s of every cell, NaN where it is missing; of a rate with its size in the unit given."""
    y, s = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for j in range(x.shape[1]):
        own = ~np.isnan(x[:, j])
        if not own.any():
            continue
        if kind == "rate":
            unit = _TOTAL / d[own, j].sum()
            found = funnel(x[own, j], d[own, j] * unit, kind=kind)
            y[own, j], s[own, j] = found.y + np.log(unit), found.s
        else:
            found = funnel(x[own, j] + 0.375, d[own, j] + 0.75, kind=kind)
            y[own, j], s[own, j] = found.y, found.s
    return y, s


def _back(y: np.ndarray, kind: str) -> np.ndarray:
    return np.sin(np.clip(y, 0.0, np.pi / 2)) ** 2 if kind == "proportion" else np.exp(np.minimum(y, 700.0))


def _in_units(y: np.ndarray, counts: _Counts, kind: str) -> np.ndarray:
    """A newest figure, or for a change the newest difference, in the unit of numerator / denominator."""
    if counts.y_before is None:
        return _back(y, kind)
    before = counts.y_before[:, -1]
    return _back(before + y, kind) - _back(before, kind)


def _exact(counts: _Counts, own: np.ndarray, j: int, centre: float, kind: str, better: int) -> np.ndarray:
    """The chance of a count so far on the good side were there no differences but luck's; 0 where it is not asked."""
    x, d = counts.x[own, j], counts.d[own, j]
    if counts.y_before is not None:
        if kind == "proportion":
            return np.zeros(len(x))
        # Given both counts together, how many fall into the second quarter.
        ratio = d / counts.d_before[own, j] * np.exp(centre)
        return _binomial(x, x + counts.x_before[own, j], ratio / (1 + ratio), better)
    if kind == "proportion":
        return _binomial(x, d, np.full(len(x), _back(np.array(centre), kind)), better)
    mean = d * np.exp(centre)
    if better > 0:
        return np.where(x > 0, special.gammainc(np.maximum(x, 1e-12), mean), 1.0)
    return special.gammaincc(x + 1, mean)


def _binomial(x: np.ndarray, n: np.ndarray, chance: np.ndarray, better: int) -> np.ndarray:
    """P(X >= x), or where low is good P(X <= x)."""
    if better < 0:
        x, chance = n - x, 1 - chance
    tail = special.betainc(np.maximum(x, 1e-12), np.maximum(n - x, 0) + 1, chance)
    return np.where(x > 0, tail, 1.0)


# ------------------------------------------------------------------ what is let in


def _checked(numerator, denominator, kind: str, better: int, q: float) -> tuple[np.ndarray, np.ndarray]:
    x, d = np.array(numerator, np.float64), np.array(denominator, np.float64)
    if x.ndim != 2 or x.shape != d.shape or not x.shape[1]:
        raise ValueError("numerator and denominator must be two arrays of one shape, sites by quarters.")
    if kind not in ("proportion", "rate"):
        raise ValueError(f"kind is {kind!r}; it must be proportion or rate.")
    if better not in (-1, 1):
        raise ValueError("better must be 1 (high) or -1 (low): where neither is better nobody is exceptional.")
    if not 0 < q < 1:
        raise ValueError(f"q is {q!r}; it must lie between 0 and 1.")
    missing = np.isnan(x) | np.isnan(d)
    x[missing] = d[missing] = np.nan
    if (d <= 0).any() or (x < 0).any() or (kind == "proportion" and (x > d).any()):
        most = " and no more than its denominator" if kind == "proportion" else ""
        raise ValueError(f"a denominator must be above zero, and a numerator zero or more{most}.")
    return x, d
