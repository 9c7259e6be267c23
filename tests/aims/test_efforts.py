"""The rules of effort against their definitions in Fractions, one site at a time."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims import efforts
from measures.aims.efforts import Sites

ONE = 1000


def plain_toward(n, b, goal, mark):
    gaps = [max(0, mark - x) for x in b]
    short = sum(m * g for m, g in zip(n, gaps))
    k = min(Fraction(1), (goal - sum(m * x for m, x in zip(n, b))) / short) if short else Fraction(0)
    return [x + k * g for x, g in zip(b, gaps)]


def plain_cut(n, b, goal, move, solve):
    """Move all that are not at 100 % yet, cut who is beyond, and begin anew with these there."""
    cut = set()
    while True:
        free = [i for i in range(len(n)) if i not in cut]
        left = goal - sum(n[i] for i in cut)
        amount = solve([n[i] for i in free], [b[i] for i in free], left)
        beyond = {i for i in free if move(b[i], amount) > 1}
        if not beyond:
            return [Fraction(1) if i in cut else move(b[i], amount) for i in range(len(n))]
        cut |= beyond


def plain_points(n, b, goal):
    return plain_cut(
        n, b, goal, lambda x, d: x + d, lambda m, x, left: (left - sum(map(math.prod, zip(m, x)))) / max(sum(m), 1)
    )


def plain_relative(n, b, goal):
    return plain_cut(
        n, b, goal, lambda x, r: x * r, lambda m, x, left: left / (sum(map(math.prod, zip(m, x))) or Fraction(1))
    )


def plain_floor(n, b, goal):
    """The level of the k lowest together that lies between the k-th and the next."""
    order = sorted(range(len(n)), key=lambda i: b[i])
    for k in range(1, len(n) + 1):
        below, rest = order[:k], order[k:]
        level = (goal - sum(n[i] * b[i] for i in rest)) / sum(n[i] for i in below)
        if b[order[k - 1]] <= level and (not rest or level <= b[rest[0]]):
            return [max(x, level) for x in b]
    raise AssertionError("no level")


@st.composite
def sites(draw):
    rows = draw(st.lists(st.tuples(st.integers(1, 500), st.integers(0, ONE)), min_size=1, max_size=10))
    n, base = (np.array(column, object) for column in zip(*rows))
    held, able = int((n * base).sum()), ONE * int(n[(base > 0).astype(bool)].sum())
    goal = draw(st.one_of(st.integers(held, max(held, able)), st.just(max(held, able))))
    return Sites(n, base, ONE, goal)


def as_fractions(case):
    n = [int(x) for x in case.n]
    return n, [Fraction(int(x), ONE) for x in case.base], Fraction(case.goal, ONE)


def rates(case, solved):
    assert solved.unit % ONE == 0
    return [Fraction(int(p), int(m) * solved.unit) for p, m in zip(solved.parts, case.n)]


@given(sites(), st.integers(0, ONE))
def test_a_part_of_the_gap(case, mark):
    found = efforts.toward(case, mark)
    n, b, goal = as_fractions(case)
    assert rates(case, found) == plain_toward(n, b, goal, Fraction(mark, ONE))


@given(sites())
def test_points_relative_and_floor_are_what_cutting_in_rounds_gives(case):
    n, b, goal = as_fractions(case)
    for rule, plain in (
        (efforts.points, plain_points),
        (efforts.relative, plain_relative),
        (efforts.common_floor, plain_floor),
    ):
        found = rule(case)
        if rule is efforts.relative and goal == sum(map(math.prod, zip(n, b))):
            assert rates(case, found) == b
            continue
        assert rates(case, found) == plain(n, b, goal), rule.__name__
        assert sum(found.parts) * ONE == case.goal * found.unit


@given(sites())
def test_odds_add_up_exactly_and_are_multiplied_alike(case):
    found = efforts.odds(case)
    _, b, goal = as_fractions(case)
    assert Fraction(int(sum(found.parts)), found.unit) == goal
    exact = rates(case, found)
    assert all(x <= p <= 1 for x, p in zip(b, exact))
    assert all(p == 0 for x, p in zip(b, exact) if x == 0)
    if math.isfinite(found.parameter):
        for x, p in zip(b, exact):
            if 0 < x < 1:
                want = math.exp(found.parameter)
                odds = float(x / (1 - x)) * want
                assert float(p) == pytest.approx(odds / (1 + odds), abs=1e-12)
    else:
        assert all(p == 1 for x, p in zip(b, exact) if x > 0)


@pytest.mark.parametrize(
    ("rule", "rate"),
    [
        (efforts.RULES["failure-reduction"], lambda x, k: x + k * (1 - x) if x < 1 else 1),
        (efforts.points, lambda x, d: min(1, x + d)),
        (efforts.relative, lambda x, r: min(1, x * r) if x else 0),
        (efforts.common_floor, max),
    ],
)
@given(case=sites())
def test_the_parameters_are_those_of_the_rates(rule, rate, case):
    found = rule(case)
    exact = [float(p) for p in rates(case, found)]
    assert exact == pytest.approx([rate(x / ONE, found.parameter) for x in case.base], abs=1e-12)


@pytest.mark.parametrize(
    ("rule", "base", "just"),
    # 0.7 + 0.3, and 0.6 times five thirds, are 1 exactly.
    [(efforts.points, [700, 300], 1600), (efforts.relative, [600, 300], 1500)],
)
def test_how_many_would_be_beyond_is_counted_exactly(rule, base, just):
    case = Sites(np.array([1, 1], object), np.array(base, object), ONE, just)
    assert rule(case).beyond == 0
    assert rule(case._replace(goal=just + 1)).beyond == 1


@pytest.mark.parametrize(
    ("base", "one", "goal"),
    [
        # What floats can hardly tell: a rate of 1e-200, an aim a hair off all there is, a hair off nothing.
        ([1, 10**200 // 2], 10**200, 10**200),
        ([1, 10**200 // 2], 10**200, 10**200 + 1),
        ([500, 900], 1000, 2000 - 1),
        ([10**29, 5 * 10**29], 10**30, 2 * 10**30 - 1),
        ([1, 2], 10**30, 4),
        ([10**30 - 2, 10**30 - 1], 10**30, 2 * 10**30 - 1),
        ([1, 10**400 - 1], 10**400, 10**400 + 1),
        ([1, 1], 10**400, 10**400),
    ],
)
def test_odds_come_out_exactly_where_floats_run_short(base, one, goal):
    case = Sites(np.array([1, 1], object), np.array(base, object), one, goal)
    found = efforts.odds(case)
    assert int(sum(found.parts)) * one == goal * found.unit
    assert all(x * (found.unit // one) <= p <= found.unit for x, p in zip(base, found.parts))
