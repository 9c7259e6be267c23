"""Seeded campaigns whose future is known, and what the outlook said of them before: the calibration of the outlook.

On the logit (rates and counts: logarithm) a campaign's value is level + line + season + common movement; its sites
add their own level, their own movement and over-dispersion, and people are counted. Both movements have lag-1
correlation. Half of the campaigns have no pace, the others one that differs from campaign to campaign. Aims are set
without a look at the data or the forecasts: 31 targets around the true value of the aim's month, at a random start,
from out of reach to certain; of those whose forecast falls into one tenth, one is taken for each campaign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.aims import noise, outlook
from measures.aims.noise import Form
from measures.aims.outlook import Assumption

TENTHS = np.arange(10, 100, 10) / 100
"""Forecasts of 10 % to 90 %, each within 5 points of it."""

AHEAD = (3, 6, 12, 18)


@dataclass(frozen=True, slots=True)
class World:
    """What campaigns are like.

    ``correlation``: lag-1, of the common movement and of the sites' own unless ``own_correlation`` differs;
    ``months`` of data; ``season``: size on the scale; ``volume``: a usual site's denominator; ``missing``: share of
    the sites' months never reported. What the outlook does not know of: ``step``, a change of level in the month
    after the last data, and ``stays``, the share of the recent pace that goes on.
    """

    correlation: float
    own_correlation: float | None = None
    form: Form = Form.PROPORTION
    months: tuple[int, ...] = (24, 36, 48)
    sites: tuple[int, ...] = (40, 80, 120, 200)
    season: float = 0.15
    volume: float = 150.0
    missing: float = 0.0
    step: float = 0.0
    stays: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Per tenth (9,): ``campaigns`` and how many ``met`` their aim, and the sum of their ``forecast``. Of all
    campaigns: how many ended ``inside`` the 50 % and the 90 % fan (2,)."""

    campaigns: np.ndarray
    met: np.ndarray
    forecast: np.ndarray
    inside: np.ndarray
    all: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def share(self) -> np.ndarray:
        """Share of each tenth's campaigns that met their aim."""
        return self.met / self.campaigns

    @property
    def miss(self) -> np.ndarray:
        """That share less the mean forecast."""
        return (self.met - self.forecast) / self.campaigns

    @property
    def error(self) -> np.ndarray:
        """Standard error of the miss, were the forecasts right."""
        mean = self.forecast / self.campaigns
        return np.sqrt(mean * (1 - mean) / self.campaigns)


def movement(rng: np.random.Generator, shape: tuple[int, ...], r: float) -> np.ndarray:
    """Stationary movement of variance 1 with lag-1 correlation ``r`` along the last axis."""
    out = rng.standard_normal(shape)
    for t in range(1, shape[-1]):
        out[..., t] = r * out[..., t - 1] + np.sqrt(1 - r * r) * out[..., t]
    return out


def campaigns(world: World, assumption: Assumption, many: int, sites: int, months: int, ahead: int, seed: int):
    """Numerators and denominators (c, n, t + ahead), and what the pooled numerator would be without the noise of the
    month (c, t + ahead), as far as the outlook's assumption goes: before any step, and at the full pace."""
    rng = np.random.default_rng(seed)
    t = months + ahead
    when = np.arange(t) - (months - 1)
    slope = np.where(rng.random((many, 1)) < 0.5, 0, rng.normal(0, 0.02, (many, 1)))
    line = slope * np.clip(when, -12 if months >= 24 else None, 0)
    if months >= 24:  # the years before may have gone another way
        line = line + rng.normal(0, 0.02, (many, 1)) * np.clip(when + 12, None, 0)
    onward = slope * np.clip(when, 0, None) if assumption is Assumption.RECENT_PACE else np.zeros((many, t))
    month = 2 * np.pi * (np.arange(t) + rng.uniform(0, 12, (many, 1))) / 12
    season = world.season * rng.uniform(0, 1.5, (many, 1)) * np.sin(month)
    season = season + world.season / 3 * np.tile(rng.standard_normal((many, 12)), t // 12 + 1)[:, :t]
    level = rng.uniform(-0.5, 2.0, (many, 1)) if world.form is Form.PROPORTION else rng.uniform(-3, -1, (many, 1))
    assumed = level + line + season + onward
    truth = assumed + (world.stays - 1) * onward + world.step * (when > 0)
    common = rng.uniform(0.02, 0.1, (many, 1)) * movement(rng, (many, t), world.correlation)
    r = world.correlation if world.own_correlation is None else world.own_correlation
    own = rng.uniform(0.05, 0.3, (many, 1, 1)) * movement(rng, (many, sites, t), r)
    own = own + rng.normal(0, 0.4, (many, sites, 1)) + rng.normal(0, 0.1, (many, sites, t))
    n = world.volume * np.exp(rng.normal(0, 0.7, (many, sites, 1)) + rng.normal(0, 0.05, (many, sites, t)))
    n = np.maximum(np.rint(n), 1) if world.form is not Form.COUNT_CUMULATIVE else np.full(n.shape, world.volume)
    usual = (n * _mean(assumed[:, None, :] + own.mean(axis=-1, keepdims=True), world.form)).sum(axis=1)
    mean = _mean((truth + common)[:, None, :] + own, world.form)
    x = rng.binomial(n.astype(int), mean) if world.form is Form.PROPORTION else rng.poisson(n * mean)
    return x.astype(float), n, usual


def _mean(y: np.ndarray, form: Form) -> np.ndarray:
    return 1 / (1 + np.exp(-y)) if form is Form.PROPORTION else np.exp(y)


def tally(world: World, assumption: Assumption, many: int, seed: int, draws: int = 1000) -> Tally:
    """About ``many`` campaigns, spread evenly over histories and horizons, the numbers of sites in turn."""
    found = None
    settings = [(months, ahead) for months in world.months for ahead in AHEAD]
    size = -(-many // len(settings))
    for i, (months, ahead) in enumerate(settings):
        sites = world.sites[(i + i // len(AHEAD)) % len(world.sites)]
        for part in range(0, size, 200):
            how = (min(200, size - part), sites, months, ahead, 10_000 * seed + 100 * i + part // 200)
            one = _tally(world, assumption, *how, draws)
            found = one if found is None else found + one
    return found


def _tally(world: World, assumption: Assumption, many: int, sites: int, months: int, ahead: int, seed: int, draws: int):
    x, n, usual = campaigns(world, assumption, many, sites, months, ahead, seed)
    rng = np.random.default_rng(seed + 5_000)
    # Far wider than the forecasts, so that the truth does not tell which aim is which.
    step = (0.08 if assumption is Assumption.NOTHING_MORE else 0.12) * (2 if world.volume < 50 else 1)
    step = step / 2 if world.form is Form.COUNT_CUMULATIVE else step  # a total varies less
    moved = step * (np.arange(-15, 16) + rng.uniform(-0.5, 0.5, (many, 1)))
    so_far = 0.0
    if world.form is Form.PROPORTION:
        odds = usual[:, -1] / (n[..., -1].sum(axis=1) - usual[:, -1])
        target = 1 / (1 + np.exp(-moved) / odds[:, None])
        value = x[..., -1].sum(axis=1) / n[..., -1].sum(axis=1)
    elif world.form is Form.RATE:
        target = (usual[:, -1] / n[..., -1].sum(axis=1))[:, None] * np.exp(moved)
        value = x[..., -1].sum(axis=1) / n[..., -1].sum(axis=1)
    else:
        so_far = x[..., :months].sum(axis=(1, 2))
        target = so_far[:, None] + usual[:, months:].sum(axis=1)[:, None] * np.exp(moved)
        value = x.sum(axis=(1, 2))
    seen = np.where(rng.random((many, sites, months)) < world.missing, np.nan, x[..., :months])
    got, future = outlook.chances(
        noise.pool(seen, n[..., :months], world.form),
        np.arange(months),
        target,
        months - 1 + ahead,
        form=world.form,
        assumption=assumption,
        so_far=so_far,
        seasonal=world.season > 0,
        draws=draws,
        seed=seed,
    )
    met = value[:, None] >= target
    campaigns_, met_, forecast = (np.zeros(len(TENTHS)) for _ in range(3))
    for k, tenth in enumerate(TENTHS):
        fits = np.abs(got - tenth) <= 0.05
        chosen = np.argmax(fits * (1 + rng.random(fits.shape)), axis=1)
        row = np.flatnonzero(fits.any(axis=1))
        campaigns_[k] = len(row)
        met_[k] = met[row, chosen[row]].sum()
        forecast[k] = got[row, chosen[row]].sum()
    edges = np.quantile(future, (0.25, 0.75, 0.05, 0.95), axis=1)
    inside = [((low <= value) & (value <= high)).sum() for low, high in (edges[:2], edges[2:])]
    return Tally(campaigns_, met_, forecast, np.array(inside, float), many)
