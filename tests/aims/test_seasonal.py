"""The season: indices found again, exactly 1 on average, and the months in which a straight path asks too much."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.seasonal import Scale, Season, against_season, seasonal_indices, with_season
from measures.aims.shapes import shape
from measures.aims.trajectory import levels, month_number, way, windows

WINTER = np.array([0.90, 0.92, 0.96, 1.0, 1.03, 1.05, 1.06, 1.05, 1.03, 1.02, 1.0, 0.98])

some_indices = st.lists(st.floats(0.5, 1.5), min_size=12, max_size=12).map(lambda x: np.array(x) / (fsum(x) / 12))


@given(some_indices, st.integers(24, 60), st.integers(0, 11), st.lists(st.integers(1, 10**6), min_size=1, max_size=5))
def test_a_season_on_a_level_baseline_is_found_again(indices, t, first, sites):
    months = first + np.arange(t)
    found = seasonal_indices(np.outer(sites, indices[months % 12]), months)
    np.testing.assert_allclose(found.indices, indices, rtol=1e-9)
    assert fsum(found.indices) == 12
    assert found.seen.sum() == t - 12
    assert found.short == (t < 36)


@given(some_indices, st.floats(-3, 3), st.integers(24, 48))
def test_a_season_of_odds_is_found_again_and_made_1_on_average(indices, logit, t):
    indices = indices / np.exp(np.log(indices).mean())
    months = np.arange(t)
    odds = np.exp(logit) * indices[months % 12]
    found = seasonal_indices(odds / (1 + odds), months, scale=Scale.ODDS)
    np.testing.assert_allclose(found.indices, indices / indices.mean(), rtol=1e-9)
    assert found.mean_before == pytest.approx(indices.mean())
    assert fsum(found.indices) == 12


def test_a_trend_is_not_taken_for_a_season():
    months = np.arange(48)
    found = seasonal_indices((1000 + 10 * months) * WINTER[months % 12], months)
    assert found.indices == pytest.approx(WINTER / WINTER.mean(), abs=0.006)
    straight = seasonal_indices(1000.0 + 10 * months, months)
    assert straight.indices == pytest.approx(np.ones(12), abs=1e-9)


def test_sites_are_pooled_and_a_missing_month_costs_its_own_year_alone():
    months = np.arange(36)
    values = np.outer([200.0, 50.0], WINTER[months % 12])
    values[1, 20] = np.nan
    found = seasonal_indices(values, months)
    np.testing.assert_allclose(found.indices, WINTER / WINTER.mean(), rtol=1e-9)
    # A small site's odd month moves the pooled index little, and with no weight not at all.
    values[1, 20] = 500
    assert abs(seasonal_indices(values, months).indices[8] / found.indices[8] - 1) < 0.8
    alone = seasonal_indices(values, months, weights=[1, 0])
    np.testing.assert_allclose(alone.indices, found.indices, rtol=1e-9)


def test_proportions_of_0_and_1_are_left_out_of_a_season_of_odds():
    months = np.arange(36)
    values = np.full((2, 36), 0.5)
    values[1] = 1.0
    assert seasonal_indices(values, months, scale=Scale.ODDS).indices.tolist() == [1.0] * 12


@pytest.mark.parametrize(
    ("values", "months", "options", "says"),
    [
        (np.ones(23), np.arange(23), {}, "at least two years of baseline, better three: there are 23 months"),
        (np.ones(24), np.arange(0, 48, 2), {}, "Months must follow one another"),
        (np.ones(24), np.arange(25), {}, "Months must follow one another"),
        (np.zeros(24), np.arange(24), {}, "No January of the baseline has a full year of figures above 0 around it"),
        (np.where(np.arange(24) == 7, np.nan, 1), np.arange(24), {}, "No January of the baseline has a full year"),
        (np.where(np.arange(24) == 7, -1, 1), np.arange(24), {}, "must be 0 or more; that of site 1, month 8 is not"),
        (np.full(24, 1.5), np.arange(24), {"scale": Scale.ODDS}, "Proportions lie between 0 and 1; that of site 1"),
        (np.ones(24), np.arange(24), {"weights": [1, 1]}, "a weight of 0 or more for each of 1 sites"),
    ],
)
def test_what_shows_no_season_is_refused_in_a_sentence(values, months, options, says):
    with pytest.raises(ValueError, match=says):
        seasonal_indices(values, months, **options)


@given(some_indices, st.lists(st.floats(0, 1), min_size=1, max_size=24))
def test_proportions_with_a_season_stay_proportions(indices, shares):
    season = Season(indices, Scale.ODDS, 36, np.full(12, 2), 1.0)
    months = np.arange(len(shares))
    found = with_season(np.array(shares), months, season)
    assert ((found >= 0) & (found <= 1)).all()
    inside = (found > 1e-9) & (found < 1 - 1e-9)
    p, q = np.array(shares)[inside], found[inside]
    np.testing.assert_allclose(q / (1 - q), indices[months % 12][inside] * p / (1 - p), rtol=1e-5)


def test_counts_over_a_year_keep_their_sum():
    season = Season(WINTER / WINTER.mean(), Scale.LEVEL, 36, np.full(12, 2), 1.0)
    assert with_season(np.full((3, 12), 50.0), np.arange(12), season).sum(axis=1) == pytest.approx([600] * 3)


def test_a_season_of_odds_refuses_percentages():
    season = Season(np.ones(12), Scale.ODDS, 36, np.full(12, 2), 1.0)
    with pytest.raises(ValueError, match="Proportions lie between 0 and 1; that in row 2, period 1 does not"):
        with_season(np.array([[0.5], [85.0]]), [0], season)


def test_a_straight_path_that_asks_for_the_aim_in_january_is_pointed_out():
    season = Season(WINTER / WINTER.mean(), Scale.LEVEL, 36, np.full(12, 2), 1.0)
    periods = month_number(np.arange("2018-01", "2019-05", dtype="datetime64[M]"))
    ends = month_number(np.array(["2019-01", "2019-04"], "datetime64[M]"))
    made = way(found := windows(2, shape("linear"), starts=periods[0], ends=ends), periods)[found.of]
    up = against_season(made, periods, season)
    assert up[0].tolist() == [False] * 12 + [True, True, True, False]
    assert not up[1].any()
    # Less is better: the months with more are against it.
    assert not against_season(made, periods, season, better=-1)[1, :15].any()
    busy = against_season(made, periods, season, better=-1, asks=0.5, margin=0.025)
    assert busy[0].tolist() == [False] * 6 + [True] * 3 + [False] * 7
    with pytest.raises(ValueError, match="Better is 1"):
        against_season(made, periods, season, better=0)
    # With its season in it, the path asks for less in January and for more in July.
    straight = levels(80, 90, shape("linear"), periods, starts=periods[0], ends=ends)
    seasonal = with_season(straight, periods, season)
    assert (seasonal[0] < straight[0])[[0, 1, 12]].all()
    assert (seasonal[0] > straight[0])[5:9].all()
