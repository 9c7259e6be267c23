"""Seasonality: how far each month (or quarter) usually lies from the year's level, and how sure that is.

The season is additive on a scale where it can be: proportions on the logit, counts and rates on the logarithm.
There y = level of the series in that year + index of the month + noise; the indices of a *pool* of series (the
sites of one measure, or one series on its own) are estimated from baseline rows, and a chart of y - index has limits
from sigma x ``Season.factor``. Rows are as in ``panel``; everything below is on the scale unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from measures import panel
from measures.spc.widening import estimation, few_points

SITES = 5
"""Sites that must have seen every month before their index is pooled. With five, and one year each, the index widens
limits by a quarter and no site is more than about a fifth of it; with three, by as much as an own index from three
years (41 %), and one unusual site is a third of everybody's season."""

YEARS = 3
"""Times that a series of its own must have seen every month: with two, limits would be 73 % wider."""

_PASSES = 3
_LEAST = 0.001
_TINY = 1e-9


class Status(StrEnum):
    """Whether a series has a season taken out, and if not, why not."""

    POOLED = "pooled"
    OWN = "own"
    TOO_SHORT = "too-short"
    """Not every month has been seen often enough (or months only ever in different years)."""
    TOO_FEW_SITES = "too-few-sites"


STATUSES = tuple(Status)
_POOLED, _OWN, _TOO_SHORT, _TOO_FEW = range(4)


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """``index`` (n,): what to subtract from each row, 0 where there is no season. ``factor``, one per phase (per
    series where no phases were given): what to multiply sigma by, 1 where there is no season. ``status`` (s,): codes
    into ``STATUSES``. ``pools`` (p,): the pools' codes, sorted; ``table`` (p, seasons): their indices, NaN where none;
    ``behind`` (p, seasons): how many observations of equal weight stand behind each; ``apart`` (p,): standard
    deviation of the series' own seasons about the pool's, 0 where one year or one series cannot tell."""

    index: np.ndarray
    factor: np.ndarray
    status: np.ndarray
    pools: np.ndarray
    table: np.ndarray
    behind: np.ndarray
    apart: np.ndarray

    def status_names(self) -> np.ndarray:
        """Each series' ``Status`` value; object (s,)."""
        return np.array([str(status) for status in STATUSES], dtype=object)[self.status]


def ordinals(days: np.ndarray, seasons: int = 12) -> np.ndarray:
    """Days as whole numbers of periods since 1970, so that number % ``seasons`` is the month (0 = January) or quarter.

    ``days`` (n,) datetime64; ``seasons`` 12 or 4, else ValueError.

    >>> ordinals(np.array(["2016-04-01", "2017-01-01"], "datetime64[D]")) % 12
    array([3, 0])
    """
    if seasons not in (12, 4):
        raise ValueError(f"seasons is {seasons!r}; it must be 12 (months) or 4 (quarters).")
    return np.asarray(days).astype("datetime64[M]").astype(np.int64) // (12 // seasons)


def indices(
    y: np.ndarray,
    starts: np.ndarray,
    period: np.ndarray,
    *,
    pool: np.ndarray,
    baseline: np.ndarray,
    phase_starts: np.ndarray | None = None,
    seasons: int = 12,
    sites: int = SITES,
    years: int = YEARS,
) -> Season:
    """Month (or quarter) indices of every pool, and the factor of each phase's sigma.

    y = level (of a series, in a phase, in a year) + index (of a pool, in a month) + noise, by weighted least squares
    over the baseline rows; years count from the phase's first such row, missing or not, and a pool's indices add to 0.
    A series weighs 1 / variance of its residuals, but never more than the median series of its pool: noisier series
    count for less, quieter ones not for more. A pool of one series needs every month ``years`` times; a larger one
    needs ``sites`` series that have every month once, and gives its index to all its series, however short.
    Steps between years do not enter the indices; a change *within* the baseline years that all sites share does.

    ``y`` (n,) on the scale, NaN = missing; ``starts`` (s,); ``period`` (n,) whole numbers as from ``ordinals``, rising
    within a series, gaps allowed; ``pool`` (s,) whole numbers; ``baseline`` (n,) bool, the rows that limits are made
    from, ghosted rows left out; ``phase_starts`` a superset of ``starts`` (default ``starts``). Raises ValueError on
    arrays that do not fit together.
    Source: two-way additive model (Scheffe 1959), weights re-estimated (Carroll & Ruppert 1988).

    >>> index = np.array([-1.0, 0.0, 2.0, -1.0])
    >>> y = np.concatenate([level + index for level in (10.0, 20.0, 30.0, 40.0, 50.0)])
    >>> starts, quarter = np.arange(5) * 4, np.tile(np.arange(4), 5)
    >>> found = indices(y, starts, quarter, pool=np.zeros(5, int), baseline=np.ones(20, bool), seasons=4)
    >>> found.table, found.status_names()[0]
    (array([[-1., 0., 2., -1.]]), 'pooled')
    """
    y, starts, period, pool, baseline, phase_starts = _checked(y, starts, period, pool, baseline, phase_starts)
    if seasons < 2 or sites < 2 or years < 2:
        raise ValueError("seasons, sites and years must each be 2 or more.")
    pools, of = np.unique(pool, return_inverse=True)
    shape = (pools.size, seasons)
    rows = np.flatnonzero(baseline & ~np.isnan(y))
    seen = _sums(1.0, panel.segment_of(rows, starts), period[rows] % seasons, (starts.size, seasons))
    status = _status(seen, of, pools.size, sites, years)
    rows = rows[status[of[panel.segment_of(rows, starts)]] <= _OWN]
    data = _data(y, rows, baseline, starts, phase_starts, period, of, shape)
    equal = _normal(data, (data.free > 0).astype(float))
    status[(status <= _OWN) & ~_joined(equal)] = _TOO_SHORT
    has = status <= _OWN
    fit = _fit(data, has, equal)
    apart = np.where(status == _POOLED, _apart(data, fit, sites), 0.0)
    series = panel.segment_of(phase_starts, starts)
    return Season(
        index=fit.table[panel.spread(of, panel.lengths(starts, len(y))), period % seasons],
        factor=np.where(has[of[series]], _factor(data, fit, apart, series), 1.0),
        status=status[of],
        pools=pools,
        table=np.where(has[:, None], fit.table, np.nan),
        behind=np.where(has[:, None], fit.behind, 0.0),
        apart=np.sqrt(apart),
    )


def _checked(y, starts, period, pool, baseline, phase_starts) -> tuple[np.ndarray, ...]:
    y, period, pool, baseline = np.asarray(y, np.float64), np.asarray(period), np.asarray(pool), np.asarray(baseline)
    if y.ndim != 1 or np.isinf(y).any():
        raise ValueError("y must be a one-dimensional array of numbers, NaN where one is missing.")
    starts = panel.check_starts(starts, y.size)
    phase_starts = starts if phase_starts is None else panel.check_starts(phase_starts, y.size, "phase_starts")
    if not np.isin(starts, phase_starts).all():
        raise ValueError("phase_starts must hold the first row of every series.")
    for name, given, like, kinds in (
        ("period must be one whole number per row.", period, y, "iu"),
        ("pool must be one whole number per series.", pool, starts, "iu"),
        ("baseline must be one true or false per row.", baseline, y, "b"),
    ):
        if given.shape != like.shape or (given.size and given.dtype.kind not in kinds):
            raise ValueError(name)
    rises = np.diff(period.astype(np.int64)) > 0
    rises[starts[1:] - 1] = True
    if not rises.all():
        raise ValueError("period must rise within each series.")
    return y, starts, period.astype(np.int64), pool, baseline.astype(bool), phase_starts


def _sums(x: np.ndarray | float, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """``x`` added up into the cells of a table."""
    weights = np.broadcast_to(np.asarray(x, np.float64), row.shape)
    return np.bincount(row * shape[1] + column, weights, shape[0] * shape[1]).reshape(shape)


def _status(seen: np.ndarray, of: np.ndarray, pools: int, sites: int, years: int) -> np.ndarray:
    """Each pool's status, as a code, from how often each series has seen each month (s, seasons)."""
    members = np.bincount(of, minlength=pools)
    alone = members == 1
    whole = np.bincount(of, seen.min(axis=1) >= np.where(alone, years, 1)[of], pools)
    pooled = np.where(whole >= sites, _POOLED, np.where(members < sites, _TOO_FEW, _TOO_SHORT))
    return np.where(alone, np.where(whole >= 1, _OWN, _TOO_SHORT), pooled).astype(np.int8)


class _Data(NamedTuple):
    """The rows (m,) that indices are estimated from. A level is a year of a phase of a series. ``y`` is less its
    level's mean; ``series``, ``phase``, ``level``, ``season`` are its places; ``mine`` is each level's series;
    ``counts`` (levels, seasons); ``free`` (s,) each series' rows less its levels; ``of`` (s,) its pool."""

    y: np.ndarray
    series: np.ndarray
    phase: np.ndarray
    level: np.ndarray
    season: np.ndarray
    mine: np.ndarray
    counts: np.ndarray
    free: np.ndarray
    of: np.ndarray
    shape: tuple[int, int]


def _data(y, rows, baseline, starts, phase_starts, period, of, shape) -> _Data:
    series, phase = panel.segment_of(rows, starts), panel.segment_of(rows, phase_starts)
    base = np.flatnonzero(baseline)
    begun = np.full(phase_starts.size, y.size)
    np.minimum.at(begun, panel.segment_of(base, phase_starts), base)
    year, period = (period[rows] - period[begun[phase]]) // shape[1], period[rows]
    first = panel.stretches(year, panel.first_rows(phase))
    size = panel.lengths(first, rows.size)
    level = panel.spread(np.arange(first.size), size)
    free = np.bincount(series, minlength=starts.size) - np.bincount(series[first], minlength=starts.size)
    counts = _sums(1.0, level, period % shape[1], (first.size, shape[1]))
    data = _Data(y[rows], series, phase, level, period % shape[1], series[first], counts, free, of, shape)
    return data._replace(y=_less_level(data, data.y))


def _less_level(data: _Data, x: np.ndarray) -> np.ndarray:
    return x - (np.bincount(data.level, x) / data.counts.sum(axis=1))[data.level]


def _normal(data: _Data, weight: np.ndarray) -> np.ndarray:
    """The normal equations' matrix of each pool (p, seasons, seasons), levels taken out: the sum of
    weight x (diag(counts) - counts counts' / rows) over its levels; plus 1 / seasons, so that indices add to 0."""
    k = data.shape[1]
    matrix = np.zeros((*data.shape, k))
    pool = data.of[data.mine]
    order = np.argsort(pool, kind="stable")
    first = panel.first_rows(pool[order])
    w, counts = weight[data.mine[order], None], data.counts[order]
    scaled = w * counts / counts.sum(axis=1, keepdims=True)
    if first.size:
        for i in range(k):
            matrix[pool[order][first], i] = -np.add.reduceat(scaled[:, i, None] * counts, first)
        matrix[pool[order][first][:, None], np.arange(k), np.arange(k)] += np.add.reduceat(w * counts, first)
    size = np.trace(matrix, axis1=1, axis2=2)
    return matrix + (np.where(size > 0, size, 1.0) / k**2)[:, None, None]


def _joined(normal: np.ndarray) -> np.ndarray:
    """Which pools' months can all be compared: seen in one year of one series, or through others."""
    return np.linalg.eigvalsh(normal)[:, 0] > _TINY * np.trace(normal, axis1=1, axis2=2)


class _Fit(NamedTuple):
    """``table`` (p, seasons), 0 where ``has`` is not; ``residual`` (m,); ``variance`` (s,) of each series' noise;
    ``share`` (m,) each row's weight in its index; ``error`` (p,) variance of an index, ``behind`` (p, seasons)."""

    table: np.ndarray
    residual: np.ndarray
    variance: np.ndarray
    share: np.ndarray
    error: np.ndarray
    behind: np.ndarray
    weight: np.ndarray


def _fit(data: _Data, has: np.ndarray, normal: np.ndarray) -> _Fit:
    """Least squares, the weights re-estimated from its residuals; ``normal``: the matrix of equal weights."""
    series, s, k = data.series, data.of.size, data.shape[1]
    pool = data.of[series]
    weight = (data.free > 0).astype(float)
    rows = np.maximum(np.bincount(series, minlength=s), 1)
    for last in (False,) * (_PASSES - 1) + (True,):
        found = _sums(weight[series] * data.y, pool, data.season, data.shape)
        solved = np.linalg.solve(np.where(has[:, None, None], normal, np.eye(k)), found[..., None])[..., 0]
        table = np.where(has[:, None], solved, 0.0)
        residual = data.y - _less_level(data, table[pool, data.season])
        total = _sums(weight[series], pool, data.season, data.shape)
        share = _over(weight[series], total[pool, data.season])
        # Residuals lose each series' own share of the index: with weights 1 / variance, that share of its variance.
        left = np.maximum(1 - np.bincount(series, share, s) / rows, _TINY)
        variance = _over(np.bincount(series, residual**2, s), data.free * left)
        if not last:
            usual = _medians(np.where(data.free > 0, variance, np.inf), data.of, data.shape[0])[data.of]
            weight = np.where(variance > usual, np.maximum(_over(usual, variance), _LEAST), 1.0) * (data.free > 0)
            normal = _normal(data, weight)
    error = np.bincount(data.of, np.bincount(series, share**2, s) * variance, data.shape[0]) / k
    behind = _over(total**2, _sums(weight[series] ** 2, pool, data.season, data.shape))
    return _Fit(table, residual, variance, share, error, behind, weight)


def _over(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """x / y, 0 where y is 0."""
    return np.divide(x, y, out=np.zeros(np.broadcast(x, y).shape), where=np.asarray(y) != 0)


def _medians(x: np.ndarray, of: np.ndarray, pools: int) -> np.ndarray:
    """The (lower) median of each pool's finite figures; inf where there is none."""
    order = np.lexsort((x, of))
    finite = np.bincount(of, np.isfinite(x), pools).astype(np.int64)
    first = panel.first_rows(of[order])
    return x[order][first + np.maximum(finite - 1, 0) // 2]


def _apart(data: _Data, fit: _Fit, sites: int) -> np.ndarray:
    """Variance (p,) of the series' own seasons about the pool's: what the same month's residuals in different years
    have in common, less what estimating the index put there (V - 2 p s^2, as in ``estimation``); at least 0. From
    series that have every month twice; 0 where a pool has fewer than ``sites`` of them."""
    s, (pools, k) = data.of.size, data.shape
    total, times = (_sums(x, data.series, data.season, (s, k)) for x in (fit.residual, 1.0))
    common = (total**2).sum(axis=1) - np.bincount(data.series, fit.residual**2, s)
    pairs = np.where(times.min(axis=1) >= 2, (times * (times - 1)).sum(axis=1), 0.0)
    p = _over(np.bincount(data.series, fit.share, s), times.sum(axis=1))
    excess = _over(common, pairs) * k / (k - 1) - (fit.error[data.of] - 2 * p * fit.variance)
    weight = pairs * fit.weight**2
    found = _over(np.bincount(data.of, weight * excess, pools), np.bincount(data.of, weight, pools))
    return np.where(np.bincount(data.of, pairs > 0, pools) >= sites, np.maximum(found, 0.0), 0.0)


def _factor(data: _Data, fit: _Fit, apart: np.ndarray, series: np.ndarray) -> np.ndarray:
    """Each phase's factor, 1 where it has no baseline row; ``series`` is the series of each phase."""
    pool, k = data.of[series], data.shape[1]
    n = np.bincount(data.phase, minlength=series.size)
    p = _over(np.bincount(data.phase, fit.share, series.size), n)
    steps = np.diff(fit.table, axis=1, append=fit.table[:, :1])
    smooth = np.minimum(_over((steps**2).sum(axis=1), 2 * (fit.table**2).sum(axis=1)), 1.0)
    own = np.minimum(apart[pool], 0.9 * fit.variance[series])
    noise, error, size = fit.variance[series] - own, fit.error[pool], np.maximum(n, 1)
    alike = np.clip(_over(error - 2 * p * noise, noise * (1 - 2 * p) + error), -1, 1)
    factor = estimation(noise, p, error, own, smooth[pool], size, k) * few_points(size, alike, k)
    return np.where(n > 0, factor, 1.0)
