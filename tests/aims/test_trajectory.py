"""Trajectories: many sites at once, each from its own start, and the campaign's is theirs at every period."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.shapes import read, shape
from measures.aims.trajectory import aggregate, levels, month_number, way, windows
from tests.aims.test_shapes import shapes

LINEAR = shape("linear")


@st.composite
def sites(draw, most=6):
    n = draw(st.integers(1, most))

    def each(of):
        return np.array(draw(st.lists(of, min_size=n, max_size=n)), float)

    starts, lags = each(st.integers(0, 8)), each(st.integers(0, 4))
    return {
        "baselines": each(st.integers(0, 1000)) / 10,
        "aims": each(st.integers(0, 1000)) / 10,
        "shapes": draw(st.lists(shapes, min_size=n, max_size=n)),
        "starts": starts,
        "ends": starts + lags + each(st.integers(1, 24)),
        "lags": lags,
    }


def taken(of, order):
    return {k: [v[i] for i in order] if k == "shapes" else v[order] for k, v in of.items()}


@given(sites())
def test_a_trajectory_is_its_formula_site_by_site(of):
    periods = np.arange(0, 40)
    found = levels(periods=periods, **of)
    for i, one in enumerate(of["shapes"]):
        b, a = of["baselines"][i], of["aims"][i]
        first = of["starts"][i] + of["lags"][i]
        f = one((periods - first) / (of["ends"][i] - first))
        want = np.where(periods < of["starts"].min(), np.nan, b + (a - b) * f)
        np.testing.assert_allclose(found[i], want, rtol=1e-12, atol=1e-12 * max(a, b, 1))


@given(sites())
def test_it_begins_at_the_baseline_and_ends_at_the_aim_exactly(of):
    found = levels(periods=np.arange(0, 40), **of)
    for i in range(len(found)):
        begins = int(of["starts"][i] + of["lags"][i])
        before = found[i, int(of["starts"].min()) : begins + 1]
        assert (before == of["baselines"][i]).all()
        assert (found[i, int(of["ends"][i]) :] == of["aims"][i]).all()


@given(sites(), st.randoms(use_true_random=False))
def test_permuting_the_sites_permutes_the_trajectories(of, random):
    order = list(range(len(of["shapes"])))
    random.shuffle(order)
    periods = np.arange(0, 40)
    np.testing.assert_array_equal(levels(periods=periods, **taken(of, order)), levels(periods=periods, **of)[order])


@given(sites(), st.integers(1, 10), st.booleans())
def test_the_campaign_lies_on_its_sites_at_every_period(of, scale, by_period):
    periods = np.arange(int(of["starts"].min()), 40, 7)
    found = levels(periods=periods, **of)
    weights = np.arange(1, len(found) + 1) * scale
    weights = np.outer(weights, np.arange(1, periods.size + 1)) if by_period else weights
    campaign = aggregate(found, weights)
    each = np.broadcast_to(weights if by_period else weights[:, None], found.shape)
    for t in range(periods.size):
        want = sum(Fraction(w) * Fraction(y) for w, y in zip(each[:, t].tolist(), found[:, t].tolist()))
        want /= sum(map(int, each[:, t]))
        assert campaign[t] == pytest.approx(float(want), rel=1e-13, abs=1e-12)
        assert found[:, t].min() - 1e-12 * abs(found[:, t]).max() <= campaign[t]
        assert campaign[t] <= found[:, t].max() + 1e-12 * abs(found[:, t]).max()


@given(shapes, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(1, 50)), min_size=1, max_size=6))
def test_one_shape_and_fixed_weights_make_the_campaign_go_by_that_shape(one, rows):
    baselines, aims, weights = np.array(rows, float).T
    periods = np.arange(0, 13)
    campaign = aggregate(levels(baselines, aims, one, periods, starts=0, ends=12), weights)
    b, a = (np.average(x, weights=weights) for x in (baselines, aims))
    np.testing.assert_allclose(campaign, b + (a - b) * one(periods / 12), rtol=1e-12, atol=1e-10)


def test_the_identity_is_exact_where_the_figures_are():
    baselines, aims, weights = np.array([80.0, 60.0, 70.0]), np.array([96.0, 92.0, 90.0]), np.array([4, 2, 2])
    periods = np.arange(0, 9)
    campaign = aggregate(levels(baselines, aims, LINEAR, periods, starts=0, ends=8), weights)
    assert campaign.tolist() == (72.5 + (93.5 - 72.5) * periods / 8).tolist()
    counts = levels(0, np.array([40.0, 24.0]), LINEAR, periods, starts=0, ends=8)
    assert aggregate(counts).tolist() == (64 * periods / 8).tolist()


def test_staggered_starts_keep_their_baseline_until_they_begin():
    found = levels([80, 60], [90, 90], LINEAR, [-1, 0, 6, 9, 12, 18, 20], starts=[0, 6], ends=[12, 18], lags=[0, 0])
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1:].tolist() == [[80, 85, 87.5, 90, 90, 90], [60, 60, 67.5, 75, 90, 90]]
    # The aggregated sites are no curve of one shape.
    assert aggregate(found, [1, 1])[1:].tolist() == [70, 72.5, 77.5, 82.5, 90, 90]


def test_a_lag_comes_off_the_time_for_the_way():
    assert levels(0, 10, LINEAR, [0, 2, 7, 12], starts=0, ends=12, lags=2).tolist() == [[0, 0, 5, 10]]


def test_a_milestone_comes_in_its_month_for_every_site():
    found = levels([0, 0], 3, [read("stepped:0.25,0.5,1"), LINEAR], np.arange(13), starts=0, ends=12)
    assert found[0].tolist() == pytest.approx([0] * 3 + [1] * 3 + [2] * 6 + [3])


def test_a_site_without_a_baseline_has_no_trajectory():
    found = levels([80, np.nan], 90, LINEAR, [0, 12], starts=0, ends=12)
    assert found[0].tolist() == [80, 90]
    assert np.isnan(found[1]).all()
    assert np.isnan(aggregate(found, [1, 1])).all()
    assert aggregate(found, [1, 0]).tolist() == [80, 90]


def test_combinations_are_worked_out_once():
    starts = month_number(np.array(["2019-04-01", "2019-07-01"] * 500, "datetime64[D]"))
    found = windows(1000, [LINEAR, shape("s-curve")] * 500, starts=starts, ends=starts + 12)
    assert found.shapes == (LINEAR, shape("s-curve"))
    assert way(found, np.arange(starts.min(), starts.max() + 13)).shape == (2, 16)
    assert found.of.tolist() == [0, 1] * 500


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ends": [12, -1]}, "The end of site 2 is before its start; put the end after the start"),
        ({"ends": [12, 0]}, "The end of site 2 is not after its start and lag"),
        ({"lags": [0, 12]}, "The end of site 2 is not after its start and lag"),
        ({"lags": [-1, 0]}, "The lag of site 1 is below 0"),
        ({"starts": [0, np.nan]}, "Number 2 of the starts is not a finite number"),
        ({"starts": [0, 0, 0]}, r"for \[2, 3\] sites"),
        ({"shapes": [LINEAR]}, r"for \[1, 2\] sites"),
        ({"aims": [90, np.inf]}, "The baseline or the aim of site 2 is not a finite number"),
        ({"periods": [0, 2, 1]}, "Period 3 does not come after the one before"),
        ({"periods": [0, np.nan]}, "Periods must be one row of finite numbers"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change, says):
    of = {"baselines": [80, 60], "aims": 90, "shapes": LINEAR, "periods": [0, 1], "starts": 0, "ends": 12, "lags": 0}
    with pytest.raises(ValueError, match=says):
        levels(**{**of, **change})


def test_shapes_for_other_sites_are_refused():
    with pytest.raises(ValueError, match="There are 1 shapes for 2 sites"):
        windows(2, [LINEAR], starts=0, ends=1)
    with pytest.raises(ValueError, match="There are 3 ends for 2 sites"):
        windows(2, LINEAR, starts=0, ends=[1, 1, 1])


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([1, -1], "The weight of site 2 is not a number of 0 or more"),
        ([np.nan, 1], "The weight of site 1 is not"),
        ([0, 0], "No site has weight in period 1"),
        ([[1, 0], [1, 0]], "No site has weight in period 2"),
        ([1, 1, 1], "Weights are for 2 sites, or for 2 sites and 2 periods"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights, says):
    with pytest.raises(ValueError, match=says):
        aggregate(np.ones((2, 2)), weights)
