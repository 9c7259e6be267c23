"""Sustained changes, declared with controlled error over all sites of a campaign and over all looks at them.

Each period every site's whole series is asked again: has its level changed since the start, and when? The answer is
the largest deviate of ``scan`` so far; how often a site where nothing changes ever reaches such a one is known
(``null``); and of all sites those are declared that Benjamini & Hochberg (1995) call at that chance. As the largest
so far never falls, nor does anything declared depend on when one stops looking: the share of declarations that are
there by luck is held at every look, and so is the chance that a campaign in which nothing changed declares anything.
The noise is learned from the sites together (``noise``), their season is taken out first (``common``).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

import numpy as np
from scipy import special

from measures import fdr
from measures.signals import common, null, scan
from measures.signals.common import Common
from measures.signals.noise import Noise, estimate, relative_sd
from measures.signals.scale import Kind, Scaled, back, scaled

FEWEST_BEFORE = 8
"""Reported periods before the start that a site needs: fewer tell too little of its level."""
FDR = 0.05


class Status(StrEnum):
    """Whether a site's changes are looked for, and if not, why not."""

    TESTED = "tested"
    SHORT = "short"
    """Fewer than ``FEWEST_BEFORE`` periods reported before the start."""
    SEASON = "season"
    """The sites move together through the year, and the baseline does not hold a whole year."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The sites of one measure in one campaign.

    ``value`` (s, n), NaN where missing; columns before ``start`` are the baseline. ``numerator`` and ``denominator``
    (s, n) where there are such. ``ordinal`` (n,) whole numbers and ``cycle``: ordinal % cycle is the month of the year
    (cycle 12), the quarter (4), the week (52); cycle 0 where periods have no year. ``better``: +1 up, -1 down, 0 none.
    """

    value: np.ndarray
    start: int
    numerator: np.ndarray | None = None
    denominator: np.ndarray | None = None
    kind: Kind = Kind.VALUE
    ordinal: np.ndarray | None = None
    cycle: int = 0
    better: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One direction. (s,) each; columns are -1 and figures NaN where nothing is declared.

    ``declared`` column of the look at which it was; ``since`` the first column after the change; ``effect`` with
    ``low`` and ``high`` in the unit of the figures, as seen then: intervals that cover the truth in all but a share
    ``fdr`` of those declared (Benjamini & Yekutieli 2005); ``q`` at that look. ``best``, ``at``, ``p`` and ``q_now``:
    the largest figure so far, its date of change, and what it amounts to at the newest look, for every site.
    """

    declared: np.ndarray
    since: np.ndarray
    effect: np.ndarray
    low: np.ndarray
    high: np.ndarray
    q: np.ndarray
    best: np.ndarray
    at: np.ndarray
    p: np.ndarray
    q_now: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """What was found in a family. ``status`` (s,) of ``Status`` values; ``looked`` the newest column looked from.

    ``up`` and ``down`` by the figures, ``improved`` and ``worsened`` by what is better. Where neither direction is,
    every change counts at twice its chance, and ``improved`` holds the earlier of the two.
    """

    family: Family
    fdr: float
    status: np.ndarray
    noise: Noise
    season: Common
    looked: int
    up: Side
    down: Side

    @property
    def improved(self) -> Side:
        """Changes for the better; where neither direction is, each site's first change."""
        if self.family.better:
            return self.down if self.family.better < 0 else self.up
        up, down = self.up, self.down
        first = (down.declared >= 0) & ((up.declared < 0) | (down.declared < up.declared))
        return Side(*(np.where(first, getattr(down, f.name), getattr(up, f.name)) for f in fields(Side)))

    @property
    def worsened(self) -> Side:
        """Changes the other way."""
        return self.up if self.family.better < 0 else self.down

    def by_luck(self, side: Side) -> float:
        """About how many of a side's declared changes would be there by luck: a share ``fdr`` of them at most."""
        return self.fdr * float((side.declared >= 0).sum())


def detect(family: Family, *, fdr: float = FDR, carried: Detected | None = None) -> Detected:
    """Replay every look from the start, or go on from ``carried``.

    ``carried`` is what was detected at an earlier look. Where all figures that it saw are still the same, its noise
    and its looks are taken over and only the newer ones are computed; the result is the same either way. Raises
    ValueError where the arrays do not fit together or the start is no column.

    >>> rng = np.random.default_rng(1)
    >>> y = rng.normal(50, 2, (20, 36)); y[3, 18:] += 5
    >>> found = detect(Family(y, 12)).up
    >>> np.flatnonzero(found.declared >= 0), found.since[3], found.effect[3].round(1)
    (array([3]), np.int64(18), np.float64(4.3))
    """
    _check(family, fdr)
    start, n = family.start, family.value.shape[1]
    figures = scaled(family.kind, family.value, family.numerator, family.denominator, start)
    ordinal = np.arange(n) if family.ordinal is None else np.asarray(family.ordinal)
    if carried is not None and not (carried.fdr == fdr and goes_on(carried, family)):
        carried = None
    season = _season(figures, family, ordinal) if carried is None else carried.season
    before = (~np.isnan(figures.y[:, :start])).sum(axis=1)
    tested = before >= FEWEST_BEFORE
    status = np.where(tested, Status.TESTED.value, Status.SHORT.value).astype(object)
    if not season.known:
        status[tested], tested = Status.SEASON.value, np.zeros_like(tested)
    y = np.where(tested[:, None], figures.y - season.fitted(ordinal), np.nan)
    if carried is None:
        noise = estimate(y, figures.size, start)
    else:
        noise = replace(carried.noise, relative=relative_sd(figures.size, carried.noise.by_size))
    white = scan.whiten(y, noise.rho, _with_season(noise, season.variance(ordinal)))
    run = _Run(family, figures.kind, white, noise, tested, before, fdr)
    first = start
    if carried is not None:
        run.carry(carried)
        first = carried.looked + 1
    known = {"certain_df": noise.certain_df, "first": first}
    for look in scan.looks(white, start, noise.prior_df, noise.prior_var, **known):
        run.look(look)
    return Detected(family, fdr, status, noise, season, n - 1, run.side(0), run.side(1))


def _season(figures: Scaled, family: Family, ordinal: np.ndarray) -> Common:
    found = common.season(figures.y, family.start, ordinal, family.cycle)
    if not found.swing:
        return found
    rest = figures.y - found.fitted(ordinal)
    rho = estimate(rest, figures.size, family.start).rho
    return common.own_shares(found, figures.y, family.start, ordinal, rho)


def goes_on(carried: Detected, family: Family) -> bool:
    """Whether the family begins with all that ``carried`` saw, in the same order: what ``detect`` can go on from."""
    old, upto = carried.family, carried.looked + 1
    if (old.start, old.kind, old.cycle, old.better) != (family.start, family.kind, family.cycle, family.better):
        return False
    if len(old.value) != len(family.value) or family.value.shape[1] < upto:
        return False
    for name in ("value", "numerator", "denominator"):
        a, b = getattr(old, name), getattr(family, name)
        if (a is None) != (b is None):
            return False
        if a is not None and not np.array_equal(a[:, :upto], b[:, :upto], equal_nan=True):
            return False
    if (old.ordinal is None) != (family.ordinal is None):
        return False
    return old.ordinal is None or np.array_equal(old.ordinal[:upto], family.ordinal[:upto])


def _check(family: Family, q: float) -> None:
    value = family.value
    if value.ndim != 2 or np.isinf(value).any():
        raise ValueError("value must be a table of numbers, sites by periods, NaN where one is missing.")
    for other in (family.numerator, family.denominator):
        if other is not None and other.shape != value.shape:
            raise ValueError("numerator and denominator must have the shape of value.")
    if not 1 <= family.start <= value.shape[1]:
        raise ValueError("start must be the number of columns before the campaign, at least one.")
    if family.ordinal is not None and len(family.ordinal) != value.shape[1]:
        raise ValueError("ordinal must be one number per column.")
    if not 0 < q < 1:
        raise ValueError(f"fdr is {q!r}; it must lie between 0 and 1.")


def _with_season(noise: Noise, variance: np.ndarray) -> np.ndarray | None:
    """Cells' relative standard deviations, widened in the months of which a site's own share is not known."""
    if not variance.any() or noise.prior_var <= 0:
        return noise.relative
    base = 1.0 if noise.relative is None else noise.relative
    return np.sqrt(base**2 + variance / noise.prior_var)


class _Run:
    """The looks so far: the largest figures, and what was declared."""

    def __init__(self, family, kind, white, noise, tested, before, q) -> None:
        s = len(tested)
        self.family, self.kind, self.white, self.noise, self.q = family, kind, white, noise, q
        self.tested, self.before = np.flatnonzero(tested), before
        self.best, self.at = np.full((2, s), -np.inf), np.full((2, s), -1)
        self.p, self.q_now = np.ones((2, s)), np.ones((2, s))
        self.declared, self.since = np.full((2, s), -1), np.full((2, s), -1)
        self.figures = np.full((2, 4, s), np.nan)

    def carry(self, old: Detected) -> None:
        for i, side in enumerate((old.up, old.down)):
            self.best[i], self.at[i], self.p[i], self.q_now[i] = side.best, side.at, side.p, side.q_now
            self.declared[i], self.since[i] = side.declared, side.since
            self.figures[i] = side.effect, side.low, side.high, side.q

    def look(self, look: scan.Look) -> None:
        mine = self.tested
        if not mine.size:
            return
        for i, (z, at) in enumerate(((look.up, look.up_at), (look.down, look.down_at))):
            higher = mine[z[mine] > self.best[i, mine]]
            if not higher.size:
                continue
            self.best[i, higher], self.at[i, higher] = z[higher], at[higher]
            p = null.chance(self.best[i, higher], self.before[higher], self.noise.rho)
            self.p[i, higher] = np.minimum(p * (1 if self.family.better else 2), 1.0)
            self.q_now[i, mine] = fdr.q_values(self.p[i, mine])
            new = mine[(self.q_now[i, mine] <= self.q) & (self.declared[i, mine] < 0)]
            if new.size:
                self._declare(i, new, look.column)

    def _declare(self, i: int, new: np.ndarray, column: int) -> None:
        self.declared[i, new], self.since[i, new] = column, self.at[i, new]
        so_far = (self.declared[i] >= 0).sum()
        step = scan.step(self.white, new, self.since[i, new], column, self.noise.prior_df, self.noise.prior_var)
        df = 1 / (1 / step.df + 1 / self.noise.certain_df)
        reach = special.stdtrit(df, 1 - self.q * so_far / self.tested.size / 2) * step.error
        there = [back(self.kind, step.level + step.step + by) for by in (0.0, -reach, reach)]
        self.figures[i][:, new] = [*(x - back(self.kind, step.level) for x in there), self.q_now[i, new]]

    def side(self, i: int) -> Side:
        effect, low, high, q = self.figures[i]
        return Side(
            self.declared[i], self.since[i], effect, low, high, q, self.best[i], self.at[i], self.p[i], self.q_now[i]
        )
