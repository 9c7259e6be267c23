"""Every possible date of a change, at every look: how far a series' level after it lies from its level before.

Rows are series, columns are periods; NaN is missing. For a change at column c looked at from column t the model is

    y = level + step x [column >= c] + noise,    noise ~ N(0, s^2 r^2) with lag-1 correlation rho,

r being each cell's relative standard deviation. It is fitted by generalised least squares: each cell less rho^gap
times the one before it is white, so that everything needed is a running sum, and one look costs one pass over
(series x dates of change). With E(c, t) the sum of squares that the step explains and W(t) what is there without it,

    z = sign(step) sqrt(a df log(1 / (1 - E / (W + d0 s0^2)))),    a = ((8 df + 1) / (8 df + 3))^2

is the normal deviate of a t with df = d0 + n - 2 degrees of freedom (Wallace 1959), where the prior d0, s0^2 of the
variance comes from all sites (Smyth 2004). What is kept is the largest z less ``allowance``, a price for the many
dates: long stretches are few and short ones many (Dumbgen & Spokoiny 2001), and looks are without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

FEWEST_AFTER = 6
"""Reported periods after a change before it can be called sustained."""
SCALE = 0.7
"""How much of the price for short stretches is charged: in full, it would take power from late changes."""
HORIZON = 24
"""Looks by which about four fifths of all the error that will ever be made are made."""
LATER = 1.25
"""Price of a look after that, per unit of log(look / HORIZON): the error of all later looks together is finite."""
EARLY = 0.4
"""Price of a look before that, per unit of sqrt(HORIZON / look) - 1: early ones know little (O'Brien, Fleming 1979)."""
BLOCK = 1_024
"""Series in one block: its temporaries stay in a core's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class White:
    """Series made white. All (s, n), 0 where missing: ``u`` the cells, ``h`` a level of 1, ``q`` a step's first cell;
    ``counts`` how many cells are there up to and including each column."""

    u: np.ndarray
    h: np.ndarray
    q: np.ndarray
    counts: np.ndarray


def whiten(y: np.ndarray, rho: float, relative: np.ndarray | None = None) -> White:
    """Take the correlation out; a cell is compared with the last one that is there, over whatever gap.

    ``y`` (s, n); ``rho`` in (-1, 1); ``relative`` (s, n) standard deviations relative to one another, default 1.

    >>> w = whiten(np.array([[1.0, 2.0, np.nan, 4.0]]), 0.5)
    >>> w.u.round(3), w.counts
    (array([[1.   , 1.732, 0.   , 3.615]]), array([[1, 2, 2, 3]]))
    """
    there = ~np.isnan(y)
    k = there / (1.0 if relative is None else np.where(there, relative, 1.0))
    x = np.where(there, y, 0.0) * k
    u, h, q = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    s = len(y)
    last_x, last_k, gap = np.zeros(s), np.zeros(s), np.zeros(s)
    begun = np.zeros(s, bool)
    for t in range(y.shape[1]):
        gap += 1
        now = there[:, t]
        phi = np.where(begun, np.sign(rho) ** gap * abs(rho) ** gap, 0.0)
        w = now / np.sqrt(1 - phi * phi)
        u[:, t] = np.where(now, w * (x[:, t] - phi * last_x), 0.0)
        h[:, t], q[:, t] = np.where(now, w * (k[:, t] - phi * last_k), 0.0), w * k[:, t]
        last_x, last_k = np.where(now, x[:, t], last_x), np.where(now, k[:, t], last_k)
        gap[now] = 0
        begun |= now
    return White(u, h, q, np.cumsum(there, axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The best date of a change up and of one down, as seen from one column; -inf where none can be told. (s,) each."""

    column: int
    up: np.ndarray
    up_at: np.ndarray
    down: np.ndarray
    down_at: np.ndarray


def allowance(look: int | np.ndarray, n: np.ndarray, after: np.ndarray) -> np.ndarray:
    """What is taken off z at the ``look``-th look (1 = first), with ``n`` cells in all and ``after`` of them after.

    >>> allowance(np.array([6, 24, 48]), np.array(36), np.array(36)).round(3)
    array([1.39 , 0.99 , 1.856])
    """
    look = np.asarray(look, float)
    short = SCALE * np.sqrt(2 * (1 + np.log(n / np.maximum(after, 1))))
    early = EARLY * (np.sqrt(HORIZON / np.minimum(look, HORIZON)) - 1)
    return short + early + LATER * np.log(np.maximum(look / HORIZON, 1))


def looks(
    white: White,
    start: int,
    prior_df: float,
    prior_var: float,
    *,
    certain_df: float = np.inf,
    first: int | None = None,
) -> Iterator[Look]:
    """Each look from column ``first`` (default ``start``) on; the change lies at ``start`` or later."""
    s, n = white.u.shape
    level = np.cumsum(white.h * white.h, axis=1)
    total = np.cumsum(white.u * white.u, axis=1)
    cross = np.cumsum(white.u * white.h, axis=1)
    p, b, c = white.u * white.q - cross, white.h * white.q - level, white.q * white.q - level
    there = white.q > 0
    for t in range(start if first is None else first, n):
        out = np.full((2, s), -np.inf), np.full((2, s), -1)
        for at in range(0, s, BLOCK):
            rows = slice(at, at + BLOCK)
            _look(white, rows, start, t, (level, total, cross, p, b, c, there), prior_df, prior_var, certain_df, out)
        yield Look(t, out[0][0], out[1][0], out[0][1], out[1][1])


def _look(white, rows, start, t, sums, prior_df, prior_var, certain_df, out) -> None:
    level, total, cross, p, b, c, there = sums
    dates = slice(start, t + 1)
    here = (rows, slice(t, t + 1))
    count = white.counts[here]
    after = count - white.counts[rows, start - 1 : t]
    long = after >= FEWEST_AFTER
    if not long.any():
        return
    a, u = level[here], cross[here]
    big_b, big_c = b[rows, dates] + a, c[rows, dates] + a
    num = a * (p[rows, dates] + u) - big_b * u
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = num * num / (a * (a * big_c - big_b * big_b))
        within = total[here] - u * u / a + prior_df * prior_var
        df = prior_df + count - 2
        v = 1 / (1 / df + 1 / certain_df)
        t2 = explained / np.maximum(within - explained, 1e-15 * within) * df
        z = np.sqrt(np.log1p(t2 / v) * v) * ((8 * v + 1) / (8 * v + 3))
        z -= allowance(t - start + 1, count, after)
    explained = np.where(there[rows, dates] & (count - after >= 2), explained, np.nan)
    every = np.arange(len(z))
    for i, side in enumerate((num > 0, num < 0)):
        seen = np.where(side & ~np.isnan(explained), explained, -1.0)
        lasting = np.where(long, seen, -1.0)
        at = lasting.argmax(axis=1)
        # Where a date too recent explains more, what is seen may be a single month: it has to wait.
        fine = (lasting[every, at] >= seen.max(axis=1)) & (lasting[every, at] > 0)
        best = np.where(lasting > 0, z, -np.inf).max(axis=1)
        out[0][i][rows] = np.where(fine, best, -np.inf)
        out[1][i][rows] = np.where(fine, start + at, -1)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The level before a change and the step at it, with the step's standard error and its degrees of freedom; (k,)."""

    level: np.ndarray
    step: np.ndarray
    error: np.ndarray
    df: np.ndarray


def step(white: White, rows: np.ndarray, at: np.ndarray, column: int, prior_df: float, prior_var: float) -> Step:
    """The change of series ``rows`` (k,) at columns ``at`` (k,), fitted to everything up to ``column``."""
    u, h, q = (x[rows, : column + 1] for x in (white.u, white.h, white.q))
    here = np.arange(column + 1) == at[:, None]
    g = np.where(here, q, np.where(np.arange(column + 1) > at[:, None], h, 0.0))
    a, b, c = (h * h).sum(axis=1), (h * g).sum(axis=1), (g * g).sum(axis=1)
    hu, gu, uu = (h * u).sum(axis=1), (g * u).sum(axis=1), (u * u).sum(axis=1)
    det = a * c - b * b
    size, level = (a * gu - b * hu) / det, (c * hu - b * gu) / det
    df = prior_df + white.counts[rows, column] - 2
    left = np.maximum(uu - level * hu - size * gu, 0.0) + prior_df * prior_var
    return Step(level, size, np.sqrt(left / df * a / det), df)
