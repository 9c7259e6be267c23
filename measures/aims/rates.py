"""Sharing out an aim that is a rate, so that the sites' aims reconcile with the campaign's to the last person.

Weights are the *forecast* denominators of the date the aim is for, not those of the baseline: sum n_i p*_i / sum n_i
is the aim. The rules of who is asked for what are in ``efforts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.benchmark import pooled
from measures.aims.efforts import RULES, Sites, Solved, toward
from measures.aims.exact import scaled
from measures.aims.integers import MOST, largest_remainder

_TRACE = 10**6
"""Less than a millionth of a person is what baselines written as floats leave over, and makes no person."""


class Effort(StrEnum):
    """Who is asked for what.

    Equal failure reduction is a good rule for most proportions: all close the same part of what they are short of
    100 %. The gap to a benchmark asks nothing of those beyond it, and the common floor nothing of those above it.
    Equal points and odds ask everybody, points for the same step and odds for less near 0 and 100 %. Equal relative
    gain asks most of the best and is there to be compared with, not to be offered.
    """

    FAILURE_REDUCTION = "failure-reduction"
    GAP = "gap"
    POINTS = "points"
    RELATIVE = "relative"
    FLOOR = "floor"
    ODDS = "odds"


@dataclass(frozen=True, slots=True, eq=False)
class RateShares:
    """A rate shared out. Arrays (n,), one figure a site, in the order given.

    ``aim``: as typed; ``goal``: the aim and what it is exceeded by; ``pooled``: P0, the weighted baseline the campaign
    starts from. ``parameter``: what the rule solves for (see ``apportion_rate``); ``benchmark``: NaN where the rule
    has none.

    ``exact``: the rates before whole people, and ``unclipped`` the rule's before any is cut at 100 % or a benchmark
    (0 % where lower is better). ``asked``: how far ``exact`` is from the baseline in the good direction, never below
    0. ``clipped``: who is asked to go as far as the rule goes, to 100 % or the benchmark.

    ``numerator`` (int64): whole people, each ``exact`` x denominator rounded down or up; ``target``: numerator /
    denominator. ``total``: people aimed at, N x goal rounded up (down where lower is better), or the baseline's where
    nobody is asked for more; ``unmet``: how many people the rule is short of it. The numerators add up to total -
    unmet, or total + unmet where lower is better. ``reason``: a sentence where everybody holds, the rule cannot meet
    the aim, or rates were cut; else "".

    A site whose denominator is 0 is asked for nothing, and its rates are NaN.
    """

    effort: Effort
    better: int
    aim: float
    goal: float
    pooled: float
    parameter: float
    benchmark: float
    exact: np.ndarray
    unclipped: np.ndarray
    asked: np.ndarray
    clipped: np.ndarray
    numerator: np.ndarray
    target: np.ndarray
    total: int
    unmet: int
    reason: str = ""


def apportion_rate(
    denominator: ArrayLike,
    baseline: ArrayLike,
    aim: float | str | Decimal,
    *,
    effort: Effort | str = Effort.FAILURE_REDUCTION,
    better: int = 1,
    benchmark: float | str | Decimal | None = None,
    over: float | str | Decimal = 0,
) -> RateShares:
    """Each site's aim, so that together they are the campaign's.

    With P0 = sum n_i b_i / N and the aim A, for a proportion where more is better:

    - failure-reduction: p*_i = b_i + k (1 - b_i); ``parameter`` k = (A - P0) / (1 - P0)
    - gap: p*_i = b_i + k max(0, P - b_i); k = (A - P0) N / sum n_i max(0, P - b_i)
    - points: p*_i = min(1, b_i + D); D = A - P0 where nobody is cut
    - relative: p*_i = min(1, b_i r); r = A / P0 where nobody is cut
    - floor: p*_i = max(b_i, c); c the level
    - odds: logit p*_i = logit b_i + t; t the shift

    Where sites are cut, D or r is solved anew with these at 100 %. Nobody is asked to get worse. Where the aim is no
    better than P0, everybody holds, and the numerators are the baseline's. Lower is better: the same with 1 - p for
    p throughout, so k, D, r and t are those of 1 - p, and c is the highest level left.

    Numerators by largest remainder, from the decimals as typed; t alone is found in floats.

    Arguments
        denominator: (n,) forecast for the aim's date, whole, not negative.
        baseline: (n,) proportions in [0, 1], as typed. A float stands for its shortest decimal form. Without meaning
            where the denominator is 0.
        aim: the campaign's proportion, as typed.
        better: +1 where up is better, -1 where down is.
        benchmark: P, for gap only; default the achievable benchmark of care of these sites (``benchmark``).
        over: what the improvement A - P0 is exceeded by, as typed: "0.1" for a tenth more of it.

    Raises ValueError, in a sentence, for figures outside these, denominators that are all 0, and a benchmark that is
    worse than P0.

    >>> n, b = [1200, 800, 500, 300, 200], [0.70, 0.78, 0.85, 0.88, 0.92]
    >>> shares = apportion_rate(n, b, "0.85")
    >>> round(shares.parameter, 6), shares.exact.round(5).tolist(), int(shares.numerator.sum()), shares.total
    (0.321267, [0.79638, 0.85068, 0.89819, 0.91855, 0.9457], 2550, 2550)
    >>> shares = apportion_rate(n, b, "0.85", effort="gap", benchmark="0.95")
    >>> round(shares.parameter, 6), shares.numerator.tolist()
    (0.415205, [965, 680, 446, 273, 186])
    >>> apportion_rate(n, b, "0.85", effort="relative").reason
    'The rule would ask 1 of 5 sites for more than 100%: cut there, the rest is asked of the others.'
    """
    case = _case(denominator, baseline, aim, effort, better, benchmark, over)
    sites = Sites(case.n, case.base, case.one, case.goal)
    solved = RULES[case.effort](sites) if case.mark is None else toward(sites, case.mark)
    aimed = -(-case.goal // case.one)
    if case.holds:
        aimed = max(-(-(case.goal * _TRACE - case.one) // (case.one * _TRACE)), -(-case.target // case.one))
    placed = int(solved.parts.sum())
    reached = placed * case.one == case.goal * solved.unit
    given = aimed if reached else min(aimed, (placed * _TRACE + solved.unit) // (solved.unit * _TRACE))
    numerator = largest_remainder(solved.parts, solved.unit, given)
    return _shares(case, solved, numerator, aimed, aimed - given)


class _Case(NamedTuple):
    """What was given, checked, with more being better from here on and every proportion over ``one``.

    ``size`` (n,) int64: all denominators; ``there`` (m,): the places of those above 0, ``n`` and ``base`` (m,) theirs,
    Python ints. ``held``, ``target`` and ``goal``: the people of the baseline, the aim, and the aim with its extra,
    times ``one``. ``mark``: the benchmark; None where the rule has none.
    """

    effort: Effort
    up: bool
    size: np.ndarray
    there: np.ndarray
    n: np.ndarray
    base: np.ndarray
    one: int
    held: int
    target: int
    goal: int
    mark: int | None

    @property
    def holds(self) -> bool:
        """Whether the aim is no better than the baseline."""
        return self.target <= self.held

    def level(self, part: int, whole: int) -> float:
        """A proportion in the direction given: exact, then the float nearest."""
        return part / whole if self.up else (whole - part) / whole

    def put(self, figures: ArrayLike, none: float) -> np.ndarray:
        """Figures (m,) back in their places (n,)."""
        out = np.full(len(self.size), none)
        out[self.there] = figures
        return out


def _case(denominator, baseline, aim, effort, better, benchmark, over) -> _Case:
    try:
        effort = Effort(effort)
    except ValueError:
        raise ValueError(f"{effort!r} is no rule of effort; there are {', '.join(Effort)}.") from None
    size, start, one = _sites(denominator, baseline)
    wanted, unit = _proportion(aim, "aim")
    more, per = _figure(over)
    mark, of = None, 1
    if effort == Effort.GAP and benchmark is None:
        found = pooled(size.astype(object), size * start, 1, one, better)
        mark, of = found.part, found.whole
    elif effort == Effort.GAP:
        mark, of = _proportion(benchmark, "benchmark")
    elif benchmark is not None:
        raise ValueError(f"Only the rule of effort 'gap' has a benchmark; leave out {benchmark}, or choose gap.")
    # One divisor for all, that the extra divides too.
    every = lcm(one, unit, of) * per
    base, level = start * (every // one), wanted * (every // unit)
    mark = mark if mark is None else mark * (every // of)
    if better < 0:
        base, level, mark = every - base, every - level, mark if mark is None else every - mark
    there = np.flatnonzero(size > 0)
    n, base = size[there].astype(object), base[there]
    people, held = int(size.sum()), int((n * base).sum())
    goal = held + max(0, level * people - held) * (per + more) // per
    case = _Case(effort, better >= 0, size, there, n, base, every, held, level * people, goal, mark)
    if mark is not None and mark * people < held:
        name = "achievable benchmark of care" if benchmark is None else "benchmark"
        worse = "below" if case.up else "above"
        raise ValueError(
            f"The {name}, {_percent(case.level(mark, every))}, is {worse} the sites' baselines together,"
            f" {_percent(case.level(held, people * every))}; give a better one, or choose another rule."
        )
    return case


def _sites(denominator, baseline) -> tuple[np.ndarray, np.ndarray, int]:
    """Denominators, int64, and baselines over a power of ten, Python ints: (n,) each, checked."""
    size, unit = scaled(denominator, "denominators")
    wrong = np.asarray((size < 0) | (size % unit != 0), bool)
    if wrong.any():
        raise ValueError(f"Denominators must be whole and not negative; number {int(np.argmax(wrong)) + 1} is not.")
    if len(size) != len(baseline):
        raise ValueError("Give one denominator and one baseline for each site.")
    size = size // unit
    if not 0 < sum(size) <= MOST:
        most = "nothing, so there is nothing to share out" if not sum(size) else f"more than {MOST:,}"
        raise ValueError(f"The denominators add up to {most}.")
    size = size.astype(np.int64)
    if (size == 0).any():
        # Whatever stands there has no meaning.
        floats = isinstance(baseline, np.ndarray) and baseline.dtype == np.float64
        baseline = np.array(baseline if floats else [*baseline, None], None if floats else object)[: len(size)]
        baseline[size == 0] = 0
    start, one = scaled(baseline, "baselines")
    wrong = np.asarray((start < 0) | (start > one), bool)
    if wrong.any():
        raise ValueError(f"Baselines must be proportions from 0 to 1; number {int(np.argmax(wrong)) + 1} is not.")
    return size, start, one


def _proportion(figure: float | str | Decimal, what: str) -> tuple[int, int]:
    """A figure from 0 to 1 as a whole number over a power of ten."""
    try:
        (part,), whole = scaled([figure])
    except ValueError:
        part, whole = -1, 1
    if not 0 <= part <= whole:
        raise ValueError(f"The {what} must be a proportion from 0 to 1 (0.85 for 85%); {figure} is not.")
    return part, whole


def _figure(over: float | str | Decimal) -> tuple[int, int]:
    (more,), per = scaled([over], "extra")
    if more < 0:
        raise ValueError(f"The extra must not be below 0; {over} is.")
    return more, per


def _shares(case: _Case, solved: Solved, number: np.ndarray, aimed: int, unmet: int) -> RateShares:
    """The result, in the direction given."""
    people, up = int(case.size.sum()), case.up
    whole = case.n * solved.unit
    before = case.n * case.base * (solved.unit // case.one)
    top = case.n * ((case.one if case.mark is None else case.mark) * (solved.unit // case.one))
    numerator = case.put(number, 0).astype(np.int64)
    numerator = numerator if up else case.size - numerator
    parameter = solved.parameter
    return RateShares(
        effort=case.effort,
        better=1 if up else -1,
        aim=case.level(case.target, people * case.one),
        goal=case.level(case.target if case.holds else case.goal, people * case.one),
        pooled=case.level(case.held, people * case.one),
        parameter=1 - parameter if case.effort == Effort.FLOOR and not up else parameter,
        benchmark=np.nan if case.mark is None else case.level(case.mark, case.one),
        exact=case.put((solved.parts if up else whole - solved.parts) / whole, np.nan),
        unclipped=case.put(solved.unclipped if up else 1 - solved.unclipped, np.nan),
        asked=case.put((solved.parts - before) / whole, 0.0),
        clipped=case.put((solved.parts >= top) & (solved.parts > before), False),
        numerator=numerator,
        target=np.divide(numerator, case.size, out=np.full(len(case.size), np.nan), where=case.size > 0),
        total=aimed if up else people - aimed,
        unmet=unmet,
        reason=_reason(case, solved, aimed, unmet),
    )


def _reason(case: _Case, solved: Solved, aimed: int, unmet: int) -> str:
    people, up = int(case.size.sum()), case.up
    full, none = ("100%", "0%") if up else ("0%", "100%")
    aim, goal, pooled, reach = (
        _percent(case.level(part, people * unit))
        for part, unit in (
            (case.target, case.one),
            (case.goal, case.one),
            (case.held, case.one),
            (int(solved.parts.sum()), solved.unit),
        )
    )
    if case.holds:
        return f"The aim, {aim}, is no better than the sites' baselines together, {pooled}: everybody holds."
    left = f"{unmet:,} of {aimed:,} people cannot be asked for."
    if not up:
        left = f"{unmet:,} people more are left than the {people - aimed:,} aimed at."
    beyond = "above" if up else "below"
    if unmet and case.goal > people * case.one:
        return f"With its extra the aim comes to {goal}, {beyond} {full}: {left}"
    if unmet and case.mark is not None:
        mark = _percent(case.level(case.mark, case.one))
        return (
            f"The aim, {goal}, lies {beyond} what all at the benchmark of {mark} would reach together, {reach}: {left}"
        )
    if unmet:
        stay = int((case.base == 0).sum())
        who = f"the {stay:,} sites" if stay > 1 else "the one site"
        return f"The rule leaves {who} at {none} there, and with all others at {full} they reach {reach}: {left}"
    if solved.beyond:
        than = "more" if up else "less"
        return (
            f"The rule would ask {solved.beyond:,} of {len(case.n):,} sites for {than} than {full}: cut there, the rest"
            " is asked of the others."
        )
    return ""


def _percent(level: float) -> str:
    return f"{100 * level:.6g}%"
