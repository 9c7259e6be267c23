"""A campaign's months carried forward: present level, recent pace, season and noise, each with its uncertainty.

On the scale of ``noise`` the pooled value of month t is::

    y_t = level + bends(t) + season(month of t) + u_t

``bends`` is a line that may bend once a year, counted back from the latest month, where it is 0: so ``level`` is the
present level and the slope of the newest stretch the recent pace. ``season`` are twelve random month effects that
add to nothing, with variance k s^2, half of it a wave of one year and half month by month; where months have been seen
once or never, they widen the forecast by themselves.
``u`` has variance s^2, of which the share w is chance, different every month, and the rest movement with lag-1
correlation r: corr(u_t, u_(t+j)) = (1 - w) r^j.

For each (r, k, w) of a small grid, level, slopes and s have a closed form (generalised least squares), and so has the
forecast: a t distribution. The grid is weighted by the restricted likelihood, which has no short-series bias
(Patterson & Thompson 1971; Harville 1974), times what the sites say of r and w. Draws come from that mixture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.aims.noise import Pooled

STRETCH = 12
"""Months of the newest stretch of the line: a year, so that winter is compared with winter."""

LONGEST = 60
"""Months of history that are used."""

LAG1 = np.arange(-2, 10) / 10
SEASON = np.array([0.1, 0.4, 1.6, 6.4, 25.6])
CHANCE = np.array([0.0, 0.25, 0.5, 0.75])
"""The grid: lag-1 correlation r, variance of the season and share of chance w, both in units of s^2."""

LAG1_SPREAD = 0.2
CHANCE_SPREAD = 0.15
"""How far the campaign's r may lie from that of its sites, and w from the share that counting people makes."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """One campaign or many, fitted: everything that draws need. Leading axis c are campaigns, g the grid's points.

    ``weight`` (c, g) adds to one; ``line`` (c, g, p): level and slopes, newest first; ``line_spread`` (g, p): their
    variances and ``scatter`` (c, g): the residual sum of squares, both in units of s^2; ``left``: degrees of freedom.
    """

    weight: np.ndarray
    line: np.ndarray
    line_spread: np.ndarray
    scatter: np.ndarray
    left: int
    lag1: np.ndarray
    mean: np.ndarray
    root: np.ndarray
    least: np.ndarray


def columns(months: np.ndarray, last: int, bends: int) -> np.ndarray:
    """The line's columns (t, 2 + bends): one, then each year's stretch counted back from month ``last``.

    >>> columns(np.array([-14, -12, -6, 0, 3]), 0, 1)
    array([[  1., -12.,  -2.],
           [  1., -12.,   0.],
           [  1.,  -6.,   0.],
           [  1.,   0.,   0.],
           [  1.,   3.,   0.]])
    """
    back = (months - last).astype(float)
    out = [np.ones(len(months))]
    for k in range(bends + 1):
        low = -np.inf if k == bends else -float(STRETCH)
        high = np.inf if k == 0 else 0.0
        out.append(np.clip(back + k * STRETCH, low, high))
    return np.stack(out, axis=1)


def fit(pooled: Pooled, months: np.ndarray, ahead: np.ndarray, *, pace: bool, seasonal: bool) -> Fit:
    """Fit the months that are there and prepare the forecast of ``ahead``.

    Arguments
        pooled: series ``y`` (c, t) and its noise (c,). A month without a value must be without one in every
            campaign of the batch.
        months: (t,) consecutive month numbers.
        ahead: (h,) month numbers after the last.
        pace: whether the slope of the newest stretch goes on; otherwise the level of the last month stays.
        seasonal: whether there may be a season.

    >>> y = np.array([[1.0, 1.1, 1.0, 1.1, 1.0, 1.1]])
    >>> noise = Pooled(y, *(np.full(1, v) for v in (0.001, 0.001, 0.3)), np.ones((1, 6)), np.ones((1, 1), bool))
    >>> f = fit(noise, np.arange(6), np.array([6, 7]), pace=False, seasonal=False)
    >>> f.left, f.mean.shape, round(float((f.weight * f.line[..., 0]).sum()), 1)
    (4, (1, 48, 2), 1.1)
    """
    keep = np.flatnonzero(np.isfinite(pooled.y).all(axis=0))
    keep = keep[months[keep] > months[-1] - LONGEST]
    y, when, last = pooled.y[:, keep], months[keep], int(months[-1])
    bends = max(0, (last - int(when[0]) + 1) // STRETCH - 1)
    x = columns(when, last, bends)
    t, p = x.shape
    x_new = columns(ahead, last, bends) if pace else columns(np.full(len(ahead), last), last, bends)
    r, k, w = (a.ravel() for a in np.meshgrid(LAG1, SEASON if seasonal else np.zeros(1), CHANCE, indexing="ij"))
    every = np.concatenate([when, ahead])
    c = _correlation(every, r, k, w)
    inverse = np.linalg.inv(c[:, :t, :t])
    xc = x.T @ inverse  # (g, p, t)
    inner = np.linalg.inv(xc @ x)
    solve = inner @ xc  # (g, p, t): the line from y
    line = np.einsum("gpt,ct->cgp", solve, y)
    rest = inverse - np.swapaxes(xc, 1, 2) @ solve
    scatter = np.maximum(np.einsum("ct,gts,cs->cg", y, rest, y, optimize=True), 1e-12)
    left = t - p
    # The forecast: the line, and what the latest months tell of the season and of movement that has not died down.
    cross = np.swapaxes(c[:, :t, t:], 1, 2) @ inverse  # (g, h, t)
    off = x_new - cross @ x
    mean = np.einsum("ght,ct->cgh", cross + off @ solve, y)
    spread = c[:, t:, t:] - cross @ c[:, :t, t:] + off @ inner @ np.swapaxes(off, 1, 2)
    root = np.linalg.cholesky(spread + 1e-9 * np.eye(len(ahead)))
    log = -0.5 * (np.linalg.slogdet(c[:, :t, :t])[1] - np.linalg.slogdet(inner)[1]) - left / 2 * np.log(scatter)
    log = log - 0.5 * ((r - pooled.lag1[:, None]) / LAG1_SPREAD) ** 2
    by_chance = np.minimum(pooled.chance[:, None] / (scatter / left), 1)
    log = log - 0.5 * ((w - by_chance) / CHANCE_SPREAD) ** 2
    weight = np.exp(log - log.max(axis=1, keepdims=True))
    weight = weight / weight.sum(axis=1, keepdims=True)
    variances = np.diagonal(inner, axis1=1, axis2=2)
    return Fit(weight, line, variances, scatter, left, weight @ r, mean, root, pooled.own)


def _correlation(months: np.ndarray, r: np.ndarray, k: np.ndarray, w: np.ndarray) -> np.ndarray:
    """(g, t, t): correlation of u, and the season's covariance, in units of s^2."""
    gap = np.abs(months[:, None] - months[None, :])
    same = (gap == 0).astype(float)
    wave, apart = np.cos(np.pi * gap / 6), (gap % 12 == 0) * (12 / 11) - 1 / 11  # both add to nothing over a year
    r, k, w = (a[:, None, None] for a in (r, k, w))
    return (1 - w) * r**gap + w * same + k * (wave + apart) / 2


def draw(fitted: Fit, draws: int, rng: np.random.Generator) -> np.ndarray:
    """(c, draws, h): futures on the scale; noise is never less than chance and the sites' own ups and downs make.

    >>> y = np.array([[1.0, 1.1, 1.0, 1.1, 1.0, 1.1]])
    >>> noise = Pooled(y, *(np.full(1, v) for v in (0.001, 0.001, 0.3)), np.ones((1, 6)), np.ones((1, 1), bool))
    >>> f = fit(noise, np.arange(6), np.array([6, 7]), pace=False, seasonal=False)
    >>> draw(f, 500, np.random.default_rng(1)).shape
    (1, 500, 2)
    """
    many, points = fitted.weight.shape
    h = fitted.mean.shape[2]
    # Which point of the grid each draw comes from: evenly through the weights, so that small samples represent them.
    even = (np.arange(draws) + rng.random((many, 1))) / draws
    total = np.cumsum(fitted.weight, axis=1) + np.arange(many)[:, None]
    which = np.searchsorted(total.ravel(), (even + np.arange(many)[:, None]).ravel()).reshape(many, draws)
    which = np.clip(which - points * np.arange(many)[:, None], 0, points - 1)
    rows = np.arange(many)[:, None]
    s2 = fitted.scatter[rows, which] / rng.chisquare(fitted.left, (many, draws))
    s = np.sqrt(np.maximum(s2, fitted.least[:, None]))
    z = rng.standard_normal((many * draws, h))
    order = np.argsort(which, axis=None, kind="stable")
    ends = np.searchsorted(which.ravel()[order], np.arange(points + 1))
    for g in np.flatnonzero(np.diff(ends)):
        at = order[ends[g] : ends[g + 1]]
        z[at] = z[at] @ fitted.root[g].T
    return fitted.mean[rows, which] + s[..., None] * z.reshape(many, draws, h)
