"""Whole numbers by the month: each site's add up to its share, and the sites' to the campaign's in every month."""

from __future__ import annotations

from math import lcm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims import schedule as module
from measures.aims.integers import MOST, largest_remainder
from measures.aims.schedule import schedule, typed_schedule
from measures.aims.shapes import read, shape
from tests.aims.test_shapes import rising_shapes

LINEAR = shape("linear")
ONE = lcm(*range(1, 37))

shares = st.lists(st.integers(0, 12) | st.integers(0, 3000) | st.integers(0, 10**9), min_size=1, max_size=12)


def quotas(found, of, shapes, starts, ends, lags):
    """Each cell's quota in floats, site by site."""
    out = np.zeros(found.sites.shape)
    for i, share in enumerate(of):
        first = starts[i] + lags[i]
        made = shapes[i]((found.periods - first) / (ends[i] - first))
        out[i] = share * np.diff(made, prepend=0.0)
    return out


def test_the_worked_hundred_over_twelve_months():
    found = schedule([100], shape("s-curve", kappa=10, m=0.5), range(1, 13))
    assert found.campaign.tolist() == [1, 2, 4, 8, 15, 20, 20, 15, 8, 4, 2, 1]
    assert found.sites.tolist() == [found.campaign.tolist()]


def test_what_is_left_over_is_spread_over_equal_months():
    assert schedule([100], LINEAR, range(1, 13)).campaign.tolist() == [8, 9, 8] * 4
    assert schedule([1], LINEAR, range(1, 13)).campaign.tolist() == [0] * 5 + [1] + [0] * 6
    weeks = schedule([7], LINEAR, range(1, 53)).campaign
    assert set(np.diff(np.flatnonzero(weeks))) == {7, 8}
    two = schedule([6, 6], LINEAR, range(1, 13)).sites
    assert two.tolist() == [[1, 0] * 6, [0, 1] * 6]


def test_a_site_keeps_close_to_its_straight_path_all_the_way():
    of = np.random.default_rng(3).integers(0, 40, 500)
    found = schedule(of, LINEAR, range(1, 13))
    away = np.cumsum(found.sites, axis=1) - np.outer(of, np.arange(1, 13) / 12)
    assert np.abs(away).mean() < 0.4
    assert np.abs(away).max() < 2.5


@given(shares, rising_shapes, st.integers(1, 40))
def test_months_sum_to_each_share_and_sites_to_the_campaign(of, one, t):
    found = schedule(of, one, range(1, t + 1))
    assert found.sites.dtype == np.int64
    assert found.sites.shape == (len(of), t)
    assert (found.sites >= 0).all()
    assert found.sites.sum(axis=1).tolist() == of
    assert found.sites.sum(axis=0).tolist() == found.campaign.tolist()
    # One shape: the campaign's line is that shape's own schedule.
    assert found.campaign.tolist() == schedule([sum(of)], one, range(1, t + 1)).campaign.tolist()
    asked = quotas(found, of, [one] * len(of), [0] * len(of), [t] * len(of), [0] * len(of))
    assert (np.abs(found.sites - asked) < 2 + 1e-11 * max(of)).all()


@given(shares, st.data())
def test_mixed_shapes_and_staggered_starts_add_up_too(of, data):
    n, t = len(of), 24
    pool = data.draw(st.lists(rising_shapes, min_size=1, max_size=3))
    shapes = [data.draw(st.sampled_from(pool)) for _ in of]
    starts = np.array([data.draw(st.integers(0, 9)) for _ in of])
    lags = np.array([data.draw(st.integers(0, 3)) for _ in of])
    ends = np.array([data.draw(st.integers(int(s + lag) + 1, t)) for s, lag in zip(starts, lags)])
    found = schedule(of, shapes, range(1, t + 1), starts=starts, ends=ends, lags=lags)
    assert (found.sites >= 0).all()
    assert found.sites.sum(axis=1).tolist() == of
    assert found.sites.sum(axis=0).tolist() == found.campaign.tolist()
    for wave, line in enumerate(found.waves):
        assert found.sites[found.wave == wave].sum(axis=0).tolist() == line.tolist()
    for i in range(n):
        assert not found.sites[i, : starts[i] + lags[i]].any()
        assert not found.sites[i, ends[i] :].any()
    asked = quotas(found, of, shapes, starts, ends, lags)
    assert (np.abs(found.sites - asked) < 2 + 1e-11 * max(of)).all()


@pytest.mark.parametrize("one", ["linear", "s-curve", "front-loaded", "back-loaded", "stepped:0.25,0.5,1"])
def test_cells_are_their_quotas_rounded_down_or_up(one):
    rng = np.random.default_rng(4)
    for n in (2, 3, 10, 400):
        for most in (3, 30, 3000):
            of = rng.integers(0, most, n)
            found = schedule(of, read(one), range(1, 13))
            asked = quotas(found, of, [read(one)] * n, [0] * n, [12] * n, [0] * n)
            assert (np.abs(found.sites - asked) < 1 + 1e-6).all()
            assert (found.sites.sum(axis=1) == of).all()
            assert (found.sites.sum(axis=0) == found.campaign).all()


def test_where_rounding_cannot_be_kept_up_the_margins_are_exact_all_the_same(monkeypatch):
    fell_back = []
    of_old = module._in_proportion
    monkeypatch.setattr(module, "_in_proportion", lambda *a: fell_back.append(len(a[0])) or of_old(*a))
    found = schedule([10, 6, 5, 2], read("piecewise:0=0,0.25=0.2,0.5=0.4,0.75=0.9,1=1"), range(1, 5))
    assert fell_back == [1]
    assert found.sites.sum(axis=1).tolist() == [10, 6, 5, 2]
    assert found.campaign.tolist() == [5, 5, 11, 2]
    assert found.sites.sum(axis=0).tolist() == [5, 5, 11, 2]


def test_hardly_any_cell_is_more_than_one_from_its_quota():
    rng = np.random.default_rng(5)
    waves = beyond = 0
    for _ in range(150):
        t, sizes = int(rng.integers(2, 9)), rng.integers(1, 9, 200)
        steps = rng.integers(0, rng.integers(2, 12), (200, t))
        steps[:, 0] += steps.sum(axis=1) == 0
        weights = module._weights(np.cumsum(steps, axis=1) / steps.sum(axis=1)[:, None])
        wave = np.repeat(np.arange(200), sizes)
        of = rng.integers(0, int(rng.integers(2, 15)), len(wave))
        of = of[np.lexsort((-of, wave))]
        lines = module._largest_remainder(np.bincount(wave, of).astype(np.int64), weights)
        cells = module._handed_down(lines, weights, of, sizes)
        away = np.abs(cells - of[:, None] * (weights / ONE)[wave])
        assert away.max() < 1.25
        waves, beyond = waves + 200, beyond + len(set(wave[(away > 1 + 1e-9).any(axis=1)]))
    assert beyond / waves < 1 / 10_000


def test_a_line_that_lacks_what_both_halves_are_owed_is_split_without_going_below_nothing():
    weights = np.array([[20, 2, 2, 2, 2, 2]]) * (ONE // 30)
    lines = np.ones((1, 6), np.int64)
    left = module._left_half(lines, weights, np.array([3]), np.array([3]))
    assert left.sum() == 3
    assert ((left >= 0) & (left <= lines)).all()


@given(st.integers(0, MOST - 1), st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
def test_a_line_is_the_largest_remainder_s_however_large(total, steps):
    weights = module._weights(np.cumsum(steps)[None, :] / sum(steps))
    assert weights.sum() == ONE
    line = module._largest_remainder(np.array([total]), weights)[0]
    parts = [total * int(w) for w in weights[0]]
    assert line.sum() == total
    assert all(part // ONE <= one <= -(-part // ONE) for part, one in zip(parts, line.tolist()))
    # The larger remainders are rounded up; between equals, either may be.
    rest = np.array([part % ONE for part in parts])
    up = line > np.array([part // ONE for part in parts])
    assert rest[up].min(initial=ONE) >= rest[~up].max(initial=0)
    want = largest_remainder(np.array(parts, object), ONE, total)
    assert sorted(zip(rest, up)) == sorted(zip(rest, want > np.array([part // ONE for part in parts])))


@given(st.integers(0, MOST), st.integers(0, ONE))
def test_quotas_are_exact_in_whole_numbers_of_64_bits(total, weight):
    whole, rest = module._quota(np.array([total]), np.array([[weight]]))
    assert divmod(total * weight, ONE) == (whole[0, 0], rest[0, 0])


@given(shares, st.randoms(use_true_random=False))
def test_the_order_of_the_sites_decides_only_between_equals(of, random):
    order = list(range(len(of)))
    random.shuffle(order)
    one, other = (schedule(x, shape("s-curve"), range(1, 13)) for x in (of, [of[i] for i in order]))
    assert one.campaign.tolist() == other.campaign.tolist()
    # Which of two equal sites has which of two rows is all that may differ.
    assert sorted(one.sites.tolist()) == sorted(other.sites.tolist())


def test_work_in_blocks_is_work_at_once(monkeypatch):
    rng = np.random.default_rng(8)
    of, starts = rng.integers(0, 50, 300), rng.integers(0, 4, 300)
    whole = schedule(of, shape("s-curve"), range(1, 13), starts=starts).sites
    monkeypatch.setattr(module, "_CELLS", 40)
    np.testing.assert_array_equal(schedule(of, shape("s-curve"), range(1, 13), starts=starts).sites, whole)


def test_many_sites_with_large_shares():
    rng = np.random.default_rng(9)
    of = rng.integers(0, 10**10, 20_000)
    found = schedule(of, shape("s-curve"), range(1, 37))
    assert (found.sites.sum(axis=1) == of).all()
    assert (found.sites.sum(axis=0) == found.campaign).all()
    assert (found.sites >= 0).all()


def test_quarters_and_weeks_are_counts_of_periods():
    months = schedule([100], LINEAR, [3, 6, 9, 12])
    assert months.campaign.tolist() == schedule([100], LINEAR, range(1, 5)).campaign.tolist() == [25] * 4
    assert schedule([52], LINEAR, range(1, 53)).campaign.tolist() == [1] * 52
    assert schedule([5], LINEAR, [1]).campaign.tolist() == [5]


def test_no_sites_and_nothing_to_share_out():
    assert schedule([], LINEAR, range(1, 4)).sites.shape == (0, 3)
    assert schedule([], LINEAR, range(1, 4)).campaign.tolist() == [0, 0, 0]
    assert schedule([0, 0], LINEAR, range(1, 4)).sites.tolist() == [[0] * 3] * 2


@pytest.mark.parametrize(
    ("of", "options", "says"),
    [
        ([1, -1], {}, "The share of site 2 is below 0"),
        ([1, 1.5], {}, "The share of site 2 is not a whole number"),
        ([1, "x"], {}, "Number 2 of the shares, 'x', is not a finite number"),
        ([MOST, 1], {}, "The shares add up to more than 1,000,000,000,000,000"),
        ([1, 1], {"starts": [0, -1]}, "Site 2 starts before the first period"),
        ([1, 1], {"ends": [12, 13]}, "The end of site 2 is after the last period"),
        ([1, 1], {"starts": [0, 6], "ends": [12, 6]}, "The end of site 2 is not after its start"),
        ([1, 1], {"starts": [0, 6], "ends": [12, 5]}, "The end of site 2 is before its start"),
        ([1, 1], {"periods": []}, "There are no periods"),
        ([1, 1], {"periods": [1, 1]}, "Period 2 does not come after the one before"),
        (
            [1, 1],
            {"shapes": [LINEAR, read("piecewise:0=0,0.5=-0.5,1=1")]},
            "piecewise:0=0,0.5=-0.5,1=1 of site 2 goes down on its way, and what is counted cannot",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(of, options, says):
    options = {"shapes": LINEAR, "periods": range(1, 13), **options}
    with pytest.raises(ValueError, match=says):
        schedule(of, **options)


def test_a_schedule_typed_by_hand_is_checked():
    assert typed_schedule([["3", 4, "3.0"], [0, 0, 5]], [10, 5]).tolist() == [[3, 4, 3], [0, 0, 5]]
    assert typed_schedule(np.array([[3, 4, 3]]), np.array([10])).dtype == np.int64
    assert typed_schedule([], []).shape == (0, 0)


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        ([[5, 5], [3, 4]], "The schedule of site 2 adds up to 7, 3 less than its share of 10; add 3"),
        ([[5, 5], [1000, 5]], "The schedule of site 2 adds up to 1,005, 995 more than its share of 10; take away 995"),
        ([[5, 5], [5.5, 4.5]], "In the schedule of site 2, period 1 is not a whole number: 5.5"),
        ([[5, 5], [11, -1]], "In the schedule of site 2, period 2 is below 0: -1"),
        ([[5, 5], [5, "five"]], "Number 2 of the schedule of site 2, 'five', is not a finite number"),
        ([[5, 5], [5, None]], "Number 2 of the schedule of site 2, 'None', is not a finite number"),
        ([[5, 5], [10**16, 5]], "In the schedule of site 2, period 1 is above 1,000,000,000,000,000"),
        ([[5, 5], [10]], "The schedule of site 2 has 1 periods and that of site 1 has 2"),
        ([[5, 5]], "There are 1 schedules for 2 sites"),
    ],
)
def test_a_typed_schedule_that_cannot_be_is_refused_with_the_difference(figures, says):
    with pytest.raises(ValueError, match=says):
        typed_schedule(figures, [10, 10])
