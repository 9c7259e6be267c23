"""Each rule alone, on the cases that matter: six, seven, eight; ties; the ends; neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from measures.spc import limits, rules

ONE = np.array([0])


def nhs(values, centre, sigma, strict):
    return rules.nhs(values, ONE, limits.Band(centre, sigma, strict=strict), strict)


def shifted(side, starts=ONE):
    return (rules.shift(np.array(side, np.uint8), np.asarray(starts)) != 0).tolist()


def trending(values, starts=ONE):
    return rules.trend(np.array(values, float), np.asarray(starts)).tolist()


@pytest.mark.parametrize(("length", "flagged"), [(6, 0), (7, 7), (8, 8), (20, 20)])
@pytest.mark.parametrize("side", [1, 2])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 3), (3, 0), (3, 3)])
def test_a_shift_is_seven_on_one_side_wherever_it_lies(length, flagged, side, before, after):
    row = [3 - side] * before + [side] * length + [3 - side] * after
    assert shifted(row) == [False] * before + [flagged > 0] * length + [False] * after


def test_a_point_on_the_centre_breaks_a_shift():
    assert not any(shifted([1] * 6 + [0] + [1] * 6))


def test_a_shift_does_not_cross_into_the_next_series():
    assert not any(shifted([1] * 12, [0, 6]))
    assert shifted([1] * 13, [0, 6]) == [False] * 6 + [True] * 7


@pytest.mark.parametrize(("length", "flagged"), [(6, False), (7, True), (8, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_trend_is_seven_points_each_beyond_the_last(length, flagged, sign):
    code = rules.TREND_UP if sign > 0 else rules.TREND_DOWN
    assert trending(sign * np.arange(length)) == [code * flagged] * length
    alone = trending([sign * 9, *(sign * np.arange(length)), sign * -9])
    assert alone == [0] + [code * flagged] * length + [0]


def test_a_tie_breaks_a_trend():
    assert not any(trending([1, 2, 3, 4, 4, 5, 6, 7]))


def test_a_trend_does_not_cross_into_the_next_series():
    assert not any(trending(np.arange(12), [0, 6]))


def test_a_turning_point_belongs_to_the_later_trend():
    up, down = rules.TREND_UP, rules.TREND_DOWN
    assert trending([*range(7), *range(5, -1, -1)]) == [up] * 6 + [down] * 7
    assert trending([*range(6, -1, -1), *range(1, 7)]) == [down] * 6 + [up] * 7


def test_a_tie_between_two_trends_is_read_as_the_reference_does_only_when_asked():
    values = np.array([*range(7), *range(6, 13)], float)
    centre, sigma = np.array([6.0]), np.array([100.0])
    ours, theirs = (nhs(values, centre, sigma, strict) & 3 for strict in (False, True))
    assert ours.tolist() == [1] * 14
    assert theirs.tolist() == [1] * 6 + [2] + [1] * 7


def two(side, zone, starts=ONE):
    return (rules.two_of_three(np.array(side, np.uint8), np.array(zone, bool), np.asarray(starts)) != 0).tolist()


@pytest.mark.parametrize("zone", [[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]])
@pytest.mark.parametrize("side", [1, 2])
def test_two_of_three_flags_only_the_points_in_the_zone(zone, side):
    assert two([side] * 3, zone) == [bool(z) for z in zone]
    assert two([3 - side, side, side, side, 3 - side], [0, *zone, 0]) == [False, *map(bool, zone), False]


def test_two_of_three_needs_all_three_on_one_side():
    assert not any(two([1, 2, 1], [1, 0, 1]))
    assert not any(two([1, 0, 1], [1, 0, 1]))
    assert not any(two([1, 1], [1, 1]))
    assert not any(two([1, 1, 1, 1], [1, 1, 0, 0], [0, 2]))


def test_the_third_point_may_lie_outside_but_is_none_of_the_two():
    flags = nhs(np.array([10.0, 7.0, 1.0]), np.array([0.0]), np.array([3.0]), True)
    assert flags.tolist() == [rules.BEYOND_ABOVE, 0, 0]
    flags = nhs(np.array([10.0, 7.0, 7.0]), np.array([0.0]), np.array([3.0]), True)
    assert flags.tolist() == [rules.BEYOND_ABOVE, rules.TWO_ABOVE, rules.TWO_ABOVE]


@pytest.mark.parametrize("strict", [True, False])
def test_a_point_on_a_limit_is_not_outside(strict):
    flags = nhs(np.array([6.0, -6.0]), np.array([0.0]), np.array([2.0]), strict)
    assert not (flags & rules.MASKS["beyond"]).any()


def test_a_hair_beyond_a_limit_is_on_it_unless_strict():
    above = np.array([16.0 * (1 + 1e-12)])
    flags = [nhs(above, np.array([10.0]), np.array([2.0]), s)[0] for s in (False, True)]
    assert flags == [0, rules.BEYOND_ABOVE]


def test_a_missing_value_breaks_every_window():
    gap = np.array([1.0, 2, 3, 4, np.nan, 5, 6, 7, 8])
    assert not nhs(gap, np.array([0.0]), np.array([100.0]), False).any()
