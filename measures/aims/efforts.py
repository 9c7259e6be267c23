"""Who is asked for what: the rules that take each site from its baseline to a rate of its own.

Written for a proportion where more is better; ``rates`` turns the others round. Everything is in whole numbers over
one power of ten, so that the sites' people add up exactly; only the odds need floats to be found, and are then made to
add up. b_i is site i's baseline, n_i its denominator, A the campaign's aim, N = sum n and P0 = sum n_i b_i / N.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from math import gcd, inf
from typing import NamedTuple

import numpy as np
from scipy import special


class Sites(NamedTuple):
    """What the rules work on: arrays (n,) of Python ints.

    ``n``: denominators, all above 0. ``base``: baselines times ``one``, from 0 to ``one``. ``one``: what 100 % is.
    ``goal``: the people aimed at times ``one``, no fewer than the baseline's.
    """

    n: np.ndarray
    base: np.ndarray
    one: int
    goal: int

    @property
    def size(self) -> int:
        """All denominators together."""
        return int(self.n.sum())

    @property
    def held(self) -> int:
        """The baseline's people times ``one``."""
        return int((self.n * self.base).sum())


class Solved(NamedTuple):
    """What a rule gives: site i's rate is parts_i / (n_i unit) exactly, ``unit`` a multiple of ``one``.

    ``parts`` (n,), Python ints. They add up to goal x unit / one, or to less where the rule cannot reach the goal.
    ``parameter``: what the rule solves for. ``unclipped`` (n,): its rates before any is cut, as floats, and ``beyond``
    how many of these are above 100 %.
    """

    parts: np.ndarray
    unit: int
    parameter: float
    unclipped: np.ndarray
    beyond: int = 0


def toward(sites: Sites, mark: int) -> Solved:
    """Every site closes the same part k of its gap to a mark: p_i = b_i + k g_i, g_i = max(0, P - b_i).

    k = (A - P0) N / sum n_i g_i. With P = 100 % it is equal failure reduction, and k = (A - P0) / (1 - P0). A k above 1
    is beyond the mark: the rates are those of 1, and ``parameter`` tells what would have been needed (infinity where
    nobody is short of the mark).

    ``mark``: P times ``one``.

    >>> found = toward(Sites(np.array([60, 40], object), np.array([50, 80], object), 100, 7100), 100)
    >>> found.parameter, (found.parts / found.unit).tolist()
    (0.236842, [37.105263, 33.894737])
    """
    gap = np.maximum(mark - sites.base, 0)
    need, short = sites.goal - sites.held, int((sites.n * gap).sum())
    k = _ratio(need, short)
    base, room = _floats(sites.base, sites.one), _floats(gap, sites.one)
    unclipped = base + np.multiply(k, room, out=np.zeros(len(room)), where=room > 0)
    if need >= short:
        return Solved(sites.n * (sites.base + gap), sites.one, k, unclipped)
    need, short = _lowest(need, short)
    return Solved(sites.n * (sites.base * short + gap * need), sites.one * short, k, unclipped)


def points(sites: Sites) -> Solved:
    """The same number of points on every rate, to 100 % at most: p_i = min(1, b_i + D).

    D = A - P0, and where that takes sites beyond 100 % it is solved anew with these at 100 %, by going through the
    sites from the highest baseline.

    >>> found = points(Sites(np.array([50, 50], object), np.array([50, 95], object), 100, 8000))
    >>> found.parameter, (found.parts / found.unit).tolist(), found.unclipped.tolist(), found.beyond
    (0.1, [30.0, 50.0], [0.575, 1.025], 1)
    """
    n, base, one, goal = sites
    size, held = sites.size, sites.held
    need = goal - held
    unclipped = _floats(base, one) + _ratio(need, size * one)
    beyond = int((base * size + need > one * size).sum())
    if goal > size * one:
        return Solved(n * one, one, _ratio(need, size * one), unclipped, beyond)
    level, count, people = _from(np.argsort(-base, kind="stable"), sites)

    def enough(k: int) -> bool:
        """Whether D = 100 % less the k-th baseline is enough: sites up to the k-th are then at 100 %."""
        return one * count[k + 1] + held - people[k + 1] + (one - level[k]) * (size - count[k + 1]) >= goal

    k = bisect_left(range(len(level)), True, key=enough)
    rest = size - count[k]
    add, rest = _lowest(goal - one * count[k] - (held - people[k]), rest)
    parts = n * np.minimum(base * rest + add, one * rest)
    return Solved(parts, one * rest, _ratio(add, rest * one), unclipped, beyond)


def relative(sites: Sites) -> Solved:
    """Every rate times the same ratio, to 100 % at most: p_i = min(1, b_i r).

    r = A / P0, and where that takes sites beyond 100 % it is solved anew with these at 100 %. It asks most of those
    that are best already. A site at 0 % stays there; where the others do not reach the goal, r is infinite.

    >>> found = relative(Sites(np.array([50, 50], object), np.array([50, 95], object), 100, 8000))
    >>> found.parameter, (found.parts / found.unit).tolist(), found.unclipped.round(4).tolist(), found.beyond
    (1.2, [30.0, 50.0], [0.5517, 1.0483], 1)
    """
    n, base, one, goal = sites
    held = sites.held
    start = _floats(base, one)
    if goal == held:
        return Solved(n * base, one, 1.0, start)
    unclipped = np.multiply(_ratio(goal, held), start, out=np.zeros(len(start)), where=start > 0)
    beyond = int((base * goal > one * held).sum())
    some = (base > 0).astype(object)
    able = int((n * some).sum())
    if goal > able * one:
        return Solved(n * some * one, one, inf, unclipped, beyond)
    level, count, people = _from(np.argsort(-base, kind="stable"), sites)

    def enough(k: int) -> bool:
        """Whether r = 100 % over the k-th baseline is enough: sites up to the k-th are then at 100 %."""
        return one * count[k + 1] * level[k] + (held - people[k + 1]) * one >= goal * level[k]

    k = bisect_left(range(len(level)), True, key=enough)
    up, down = _lowest(goal - one * count[k], held - people[k])
    return Solved(n * np.minimum(base * up, one * down), one * down, _ratio(up, down), unclipped, beyond)


def common_floor(sites: Sites) -> Solved:
    """Nobody below one level, and who is above it holds: p_i = max(b_i, c), with sum n_i p_i = A N.

    c by going through the sites from the lowest baseline.

    >>> found = common_floor(Sites(np.array([50, 50], object), np.array([50, 95], object), 100, 8000))
    >>> found.parameter, (found.parts / found.unit).tolist()
    (0.65, [32.5, 47.5])
    """
    n, base, one, goal = sites
    held = sites.held
    level, count, people = _from(np.argsort(base, kind="stable"), sites)

    def enough(k: int) -> bool:
        """Whether the k-th baseline is enough of a level for all below it."""
        return level[k] * count[k + 1] + held - people[k + 1] >= goal

    k = bisect_left(range(len(level)), True, key=enough)
    # With the baseline's own people as the goal, the lowest baseline is the level.
    top, over = (level[0], 1) if k == 0 else _lowest(goal - (held - people[k]), count[k])
    c = _ratio(top, over * one)
    unclipped = np.maximum(_floats(base, one), c)
    return Solved(n * np.minimum(np.maximum(base * over, top), one * over), one * over, c, unclipped)


_BITS = 64
"""The odds' rates are made to add up in units of 2**-64."""
_FARTHEST = 4096
"""No float but 0 has a logit so far from another's."""


def odds(sites: Sites) -> Solved:
    """All odds times the same factor, exp(t): logit p_i = logit b_i + t, with sum n_i p_i = A N.

    t by Newton's method between bounds, to the precision of floats, and what they leave over, far less than a person,
    is shared out over the room that sites have. A site at 0 % or 100 % stays there; where the others do not reach the
    goal, they are at 100 % and t is infinite.

    >>> found = odds(Sites(np.array([50, 50], object), np.array([50, 95], object), 100, 8000))
    >>> found.parameter, [round(p, 5) for p in (found.parts / found.unit).tolist()]
    (0.532155, [31.49928, 48.50072])
    """
    n, base, one, goal = sites
    some = (base > 0).astype(object)
    able = int((n * some).sum())
    start = _floats(base, one)
    if goal == sites.held:
        return Solved(n * base, one, 0.0, start)
    if goal >= able * one:
        return Solved(n * some * one, one, inf, some.astype(float))
    with np.errstate(divide="ignore"):
        logit = np.log(start) - np.log(_floats(one - base, one))
    theta = _shift(n.astype(float), logit, _ratio(goal, one), _ratio(able * one - goal, one), some.astype(bool))
    p, rest = special.expit(logit + theta), special.expit(-logit - theta)
    whole = 1 << _BITS
    rate = np.where(p > 0.5, whole - _units(rest), _units(p)) * one
    parts = n * np.minimum(np.maximum(rate, base * whole), some * (one * whole))
    over = goal * whole - int(parts.sum())
    room = n * some * (one * whole) - parts if over > 0 else parts - n * base * whole
    parts += (1 if over > 0 else -1) * _spread(abs(over), room)
    return Solved(parts, one * whole, theta, p)


def _shift(n: np.ndarray, logit: np.ndarray, goal: float, short: float, some: np.ndarray) -> float:
    """The t > 0 with sum n expit(logit + t) = goal; ``short`` is what the goal is short of all ``some``."""

    def beyond(t: float) -> float:
        # By the smaller side, which floats tell more finely.
        if goal <= short:
            return float(n @ special.expit(logit + t)) - goal
        return short - float(n[some] @ special.expit(-logit[some] - t))

    low, high = 0.0, 1.0
    while beyond(high) < 0 and high < _FARTHEST:
        low, high = high, 2 * high
    t = (low + high) / 2
    for _ in range(200):
        miss = beyond(t)
        if miss < 0:
            low = t
        else:
            high = t
        slope = float(n @ (special.expit(logit + t) * special.expit(-logit - t)))
        step = miss / slope if slope > 0 else inf
        new = t - step
        if not low <= new <= high:
            new = (low + high) / 2
        if abs(new - t) <= 2e-16 * max(1.0, t):
            break
        t = new
    return t


def _spread(total: int, room: np.ndarray) -> np.ndarray:
    """``total``, no more than all room together, shared out in proportion to it, in whole units within each room."""
    together = int(room.sum())
    if not total:
        return room * 0
    share = room * total // together
    able = np.flatnonzero(np.asarray(room * total % together > 0, bool))
    share[able[: total - int(share.sum())]] += 1
    return share


def _from(order: np.ndarray, sites: Sites) -> tuple[list, list, list]:
    """The baselines in that order, and the denominators and the people (times one) of the first 0, 1, 2 … of them."""
    n, base = sites.n[order], sites.base[order]
    zero = np.zeros(1, object)
    sums = (np.concatenate([zero, np.cumsum(one)]).tolist() for one in (n, n * base))
    return base.tolist(), *sums


def _units(p: np.ndarray) -> np.ndarray:
    """Proportions as Python ints over 2**_BITS."""
    return np.array([int(one) for one in np.ldexp(p, _BITS).tolist()], object)


def _lowest(top: int, bottom: int) -> tuple[int, int]:
    """A fraction in lowest terms, which keeps the numbers small."""
    common = gcd(top, bottom)
    return top // common, bottom // common


def _ratio(top: int, bottom: int) -> float:
    """The float nearest, infinite where it is none."""
    try:
        return top / bottom
    except (OverflowError, ZeroDivisionError):
        return inf


def _floats(whole: np.ndarray, over: int) -> np.ndarray:
    return (whole / over).astype(float)


RULES: dict[str, Callable[[Sites], Solved]] = {
    "failure-reduction": lambda sites: toward(sites, sites.one),
    "points": points,
    "relative": relative,
    "floor": common_floor,
    "odds": odds,
}
"""The rules by name; the gap to a benchmark, which needs one, is ``toward``."""
