"""The chance that a campaign meets its aim by its date, under two labelled assumptions, with what it rests on.

``noise`` makes one series of the sites' months and says how noisy it is; ``projection`` carries it forward. How far
the figures can be trusted is shown in docs/outlook.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from measures.aims import noise, projection
from measures.aims.noise import Form

LEAST = 6
"""Months of data below which nothing is said."""

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
DRAWS, SEED = 2000, 20170401

FAR = 18
"""Months ahead up to which the chances have been checked (docs/outlook.md)."""

STRONG = 0.5
FEW = 0.8
SMALL = 10
UNUSUAL = 0.005


class Assumption(StrEnum):
    """What is taken to happen from now to the aim's date."""

    NOTHING_MORE = "nothing-more"
    """The present level stays."""
    RECENT_PACE = "recent-pace"
    """The slope of the latest year goes on, neither faster nor slower."""


class Caveat(StrEnum):
    """What a reader should know beside the chance."""

    SEASON_UNKNOWN = "season-unknown"
    """Under two years of data: how much is season cannot be told, and the fan is wider for it."""
    SHORT_HISTORY = "short-history"
    """Under a year of data."""
    STRONG_CORRELATION = "strong-correlation"
    """Good and bad spells last: a lag-1 correlation above 0.5, beyond what chances have been checked for."""
    FEW_REPORTING = "few-reporting"
    """Less than 80 % of the members' usual volume reported in the latest three months."""
    EXTRAPOLATED_FAR = "extrapolated-far"
    """Further ahead than the stretch that the pace was read from, or than chances have been checked for."""
    LEVEL_BROKE = "level-broke"
    """The latest three months lie where the months before them gave a chance of less than 1 in 100."""
    SMALL_NUMBERS = "small-numbers"
    """Fewer than ten events (or people left out) a month in the whole campaign."""


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """The outlook of one campaign.

    ``chance`` in [0, 1]. ``periods`` (h,): the months from the one after the last data to the aim's. ``quantiles``
    (h, 7) at ``QUANTILES`` and ``expected`` (h,), the mean: the pooled value of each month; of a cumulative count the
    total by then. ``level``: the present level without season (of a count: a month's); ``pace``: its change a month
    over the latest year (over all of a history under two years), in the same unit (0.01 is one percentage point),
    and ``pace_error`` its standard error.
    ``lag1``: correlation of one month's movement, chance taken out, with the next's. ``season_known``: whether there
    are two years. ``caveats``: what a reader should know.
    """

    assumption: Assumption
    target: float
    at: int
    better: int
    chance: float
    periods: np.ndarray
    quantiles: np.ndarray
    expected: np.ndarray
    level: float
    pace: float
    pace_error: float
    lag1: float
    season_known: bool
    years: float
    caveats: tuple[Caveat, ...]


def outlook(
    numerator: np.ndarray,
    denominator: np.ndarray | None,
    periods: np.ndarray,
    *,
    target: float,
    at: int,
    better: int = 1,
    form: Form | str = Form.PROPORTION,
    assumption: Assumption | str = Assumption.NOTHING_MORE,
    seasonal: bool = True,
    expected_denominator: np.ndarray | None = None,
    counted_from: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Outlook:
    """The chance that the pooled value of month ``at`` (of a cumulative count: the total by then) meets the target.

    The present level, the pace of the latest year, the season and the noise are estimated together on the logit
    (rates and counts: logarithm); ``draws`` futures are drawn from the uncertainty of all four, and the chance is the
    share of them at or beyond ``target``. A total is what has been counted already plus the months to come; a
    month's missing site is made up for in the level, not in what has been counted.

    Arguments
        numerator, denominator: (n, t) by site, or (t,) already pooled; NaN is missing, which is not zero. No
            denominator for a cumulative count.
        periods: (t,) month numbers (``trajectory.month_number``), ascending; a month left out is missing.
        target: in the unit of the value: a proportion in (0, 1), a rate, or a total.
        at: the month number of the aim's date.
        better: +1 where up is better, -1 where down is.
        form: proportion, rate, or count-cumulative.
        assumption: nothing-more or recent-pace.
        seasonal: whether the measure may have a season.
        expected_denominator: (n,) the sites' denominators at the aim's date, where the mix will differ.
        counted_from: the month a cumulative count starts; by default the first.
        draws, seed: the same data, draws and seed always give the same figure.

    Raises ValueError for fewer than six months, a date that is not after the last data, a target outside what is
    possible, denominators that are all zero, numerators above their denominators or below zero, and shapes or
    choices that do not fit.

    Sources: Harville (1974) for the likelihood; Gelman et al. (2013), Bayesian Data Analysis, 14.2, for the draws.

    >>> rng = np.random.default_rng(5)
    >>> n = np.full((50, 36), 200.0)
    >>> x = rng.binomial(200, 0.8, (50, 36)).astype(float)
    >>> o = outlook(x, n, np.arange(36), target=0.8, at=41)
    >>> round(o.chance, 1), round(o.level, 2), o.quantiles.shape, o.caveats
    (0.6, 0.8, (6, 7), ())
    """
    form, assumption = Form(form), Assumption(assumption)
    x, n, months = _months(numerator, denominator, periods, form)
    _possible(x, n, months, float(target), int(at), better, form)
    expected = None if expected_denominator is None else np.atleast_1d(np.asarray(expected_denominator, float))
    if expected is not None and expected.shape != x.shape[:1]:
        raise ValueError("Give one expected denominator for each site.")
    pooled = noise.pool(x[None], n[None], form, None if expected is None else expected[None])
    ahead = np.arange(months[-1] + 1, at + 1)
    fitted = projection.fit(pooled, months, ahead, pace=assumption is Assumption.RECENT_PACE, seasonal=seasonal)
    future = noise.from_scale(projection.draw(fitted, draws, np.random.default_rng(seed)), form)[0]
    if form is Form.COUNT_CUMULATIVE:
        start = months[0] if counted_from is None else counted_from
        future = np.where(ahead >= start, future, 0.0).cumsum(axis=1) + np.nansum(x[:, months >= start])
    met = better * (future[:, -1] - target) >= 0
    level, pace, error = _present(fitted, form)
    years = (int(months[-1] - months[0]) + 1) / 12
    return Outlook(
        assumption=assumption,
        target=float(target),
        at=int(at),
        better=better,
        chance=float(met.mean()),
        periods=ahead,
        quantiles=np.quantile(future, QUANTILES, axis=0).T,
        expected=future.mean(axis=0),
        level=level,
        pace=pace,
        pace_error=error,
        lag1=float(fitted.lag1[0]),
        season_known=not seasonal or years >= 2,
        years=years,
        caveats=_caveats(pooled, months, x, n, fitted, assumption, len(ahead), seasonal, form),
    )


def chances(
    pooled: noise.Pooled,
    months: np.ndarray,
    target: np.ndarray,
    at: int,
    *,
    form: Form = Form.PROPORTION,
    assumption: Assumption = Assumption.NOTHING_MORE,
    so_far: np.ndarray | float = 0.0,
    seasonal: bool = True,
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[np.ndarray, np.ndarray]:
    """Many campaigns of the same months at once, up being better: what the calibration runs on.

    ``pooled`` as ``noise.pool`` gives it for (c, n, t), ``target`` (c, k): k targets for each campaign, ``so_far``
    (c,): what a cumulative count has counted. Returns the chances (c, k) and the sorted draws of month ``at`` (of a
    count: of the total by then) (c, draws).

    >>> y = np.array([[1.0, 1.1, 1.0, 1.1, 1.0, 1.1]] * 2)
    >>> p = noise.Pooled(y, *(np.full(2, v) for v in (0.001, 0.001, 0.3)), np.ones((2, 6)), np.ones((2, 1), bool))
    >>> chances(p, np.arange(6), np.array([[0.5], [0.9]]), 8)[0].round(1).tolist()
    [[1.0], [0.0]]
    """
    total = form is Form.COUNT_CUMULATIVE
    ahead = np.arange(months[-1] + 1, at + 1) if total else np.array([at])
    pace = assumption is Assumption.RECENT_PACE
    fitted = projection.fit(pooled, months, ahead, pace=pace, seasonal=seasonal)
    future = noise.from_scale(projection.draw(fitted, draws, np.random.default_rng(seed)), form).sum(axis=-1)
    future = np.sort(future + np.asarray(so_far)[..., None], axis=1)
    short = np.stack([np.searchsorted(f, t) for f, t in zip(future, target)])
    return 1 - short / draws, future


def _months(numerator, denominator, periods, form: Form) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both as (n, t) over consecutive months, up to the last with any data."""
    x = np.atleast_2d(np.asarray(numerator, float))
    if denominator is None and form is not Form.COUNT_CUMULATIVE:
        raise ValueError(f"A {form.value} needs denominators; give one for each numerator.")
    n = np.ones_like(x) if form is Form.COUNT_CUMULATIVE else np.atleast_2d(np.asarray(denominator, float))
    when = np.asarray(periods)
    if x.shape != n.shape or when.shape != x.shape[-1:] or x.ndim != 2:
        raise ValueError("Give numerators and denominators of one shape, sites by months, and one period per month.")
    if not np.issubdtype(when.dtype, np.integer) or (np.diff(when) <= 0).any():
        raise ValueError("Periods must be whole month numbers, each later than the one before.")
    there = np.isfinite(x) & np.isfinite(n)
    if there.any() and not (n[there] > 0).any():
        raise ValueError("All denominators are zero, so there is no level to carry forward.")
    seen = np.flatnonzero((there & (n > 0)).any(axis=0))
    if len(seen) < LEAST:
        raise ValueError(f"An outlook needs at least {LEAST} months with data; there are {len(seen)}.")
    months = np.arange(when[seen[0]], when[seen[-1]] + 1)
    out = [np.full((len(x), len(months)), np.nan) for _ in range(2)]
    use = slice(seen[0], seen[-1] + 1)
    for full, given in zip(out, (x, n)):
        full[:, when[use] - months[0]] = given[:, use]
    return out[0], out[1], months


def _possible(x, n, months, target: float, at: int, better: int, form: Form) -> None:
    """Refuse, in a sentence, what cannot be."""
    if better not in (1, -1):
        raise ValueError(f"better must be 1 where up is better, or -1 where down is; it is {better}.")
    if at <= months[-1]:
        raise ValueError("The aim's date must lie after the last month with data; an outlook looks ahead.")
    if form is Form.PROPORTION and not 0 < target < 1:
        raise ValueError(
            f"The target must be a share above 0 % and below 100 %; {target:g} is not. For all or none, give a share"
            " just short of it."
        )
    if not 0 < target < np.inf:
        raise ValueError(f"The target must be a number above 0; {target:g} is not.")
    for wrong, said in (
        (x < 0, "below zero"),
        (n < 0, "over a denominator below zero"),
        ((x > n) if form is Form.PROPORTION else (x > 0) & (n == 0), "more than its denominator allows"),
        (np.isinf(x) | np.isinf(n), "not a number that can be counted"),
    ):
        if wrong.any():
            site, month = np.argwhere(wrong)[0] + 1
            raise ValueError(f"The numerator of site {site} in month {month} is {said}; correct it or leave it out.")


def _present(fitted: projection.Fit, form: Form) -> tuple[float, float, float]:
    """Level, pace and its standard error, in the unit of the value."""
    weight, line = fitted.weight[0], fitted.line[0]
    level, slope = weight @ line[:, 0], weight @ line[:, 1]
    left = max(fitted.left - 2, 1)
    variance = weight @ (line[:, 1] ** 2 + fitted.line_spread[:, 1] * fitted.scatter[0] / left) - slope**2
    value = float(noise.from_scale(level, form))
    step = value * (1 - value) if form is Form.PROPORTION else value
    return value, float(slope * step), float(np.sqrt(max(variance, 0)) * step)


def _caveats(pooled, months, x, n, fitted, assumption, ahead, seasonal, form) -> tuple[Caveat, ...]:
    length = int(months[-1] - months[0]) + 1
    stretch = min(length, projection.STRETCH) if assumption is Assumption.RECENT_PACE else FAR
    events = np.nansum(x, axis=0)
    if form is Form.PROPORTION:
        events = np.minimum(events, np.nansum(n - x, axis=0))
    found = {
        Caveat.SEASON_UNKNOWN: seasonal and length < 24,
        Caveat.SHORT_HISTORY: length < 12,
        Caveat.STRONG_CORRELATION: fitted.lag1[0] > STRONG,
        Caveat.FEW_REPORTING: pooled.reporting[0, -noise.MEMBER :].mean() < FEW,
        Caveat.EXTRAPOLATED_FAR: ahead > stretch,
        Caveat.LEVEL_BROKE: _broke(pooled, months, seasonal),
        Caveat.SMALL_NUMBERS: events[-12:].mean() < SMALL,
    }
    return tuple(caveat for caveat, holds in found.items() if holds)


def _broke(pooled: noise.Pooled, months: np.ndarray, seasonal: bool, back: int = 3) -> bool:
    """Whether the mean of the last three months is one that the earlier ones gave a chance below 1 in 100."""
    y = pooled.y[0]
    if np.isfinite(y[:-back]).sum() < LEAST or not np.isfinite(y[-back:]).all():
        return False
    earlier = noise.Pooled(
        pooled.y[:, :-back], pooled.chance, pooled.own, pooled.lag1, pooled.reporting[:, :-back], pooled.members
    )
    fitted = projection.fit(earlier, months[:-back], months[-back:], pace=True, seasonal=seasonal)
    means = projection.draw(fitted, DRAWS, np.random.default_rng(SEED))[0].mean(axis=1)
    share = (means < y[-back:].mean()).mean()
    return bool(min(share, 1 - share) < UNUSUAL)
