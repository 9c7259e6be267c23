"""Position is judged with noise, over several periods, and twice before it is called well behind."""

import numpy as np
import pytest

from measures.aims import position, trajectory
from measures.model import Position


def judged(z_now, z_before=0.0, has_path=True, enough=True):
    code = position.judge(np.array([z_now]), np.array([z_before]), np.array([has_path]), np.array([enough]))
    return position.CODES[code[0]]


@pytest.mark.parametrize(
    ("now", "before", "says"),
    [
        (1.01, 0, Position.AHEAD),
        (1.0, 0, Position.ON_COURSE),
        (-1.0, 0, Position.ON_COURSE),
        (-1.01, -5, Position.BEHIND),
        (-2.01, -1.9, Position.BEHIND),
        (-2.01, -2.01, Position.WELL_BEHIND),
        (-2.01, float("nan"), Position.BEHIND),
        (float("nan"), 0, Position.TOO_EARLY),
    ],
)
def test_the_labels_and_their_edges(now, before, says):
    assert judged(now, before) == says


def test_no_path_and_too_few_periods_come_first():
    assert judged(-9, -9, has_path=False) == Position.NO_PATH
    assert judged(-9, -9, enough=False) == Position.TOO_EARLY


def test_distance_uses_the_mean_of_the_periods_that_are_there():
    gap = np.array([[0.02, np.nan, 0.04], [np.nan] * 3, [0.01, 0.01, 0.01]])
    z = position.distance(gap, np.zeros(3), np.array([0.01, 0.01, 0.0]), 1)
    assert z[0] == pytest.approx(0.03 * np.sqrt(2) / 0.01)
    assert np.isnan(z[1:]).all()


def test_lower_is_better_turns_the_sign():
    gap = np.array([[0.02, 0.02, 0.02]])
    up, down = (position.distance(gap, np.zeros(3), np.array([0.01]), better) for better in (1, -1))
    assert down == pytest.approx(-up)


def test_a_sites_own_noise_decides_how_far_is_far():
    gap = np.array([[-0.03] * 3] * 2)
    z = position.distance(gap, np.zeros(3), np.array([0.01, 0.1]), 1)
    assert z[0] < -2 < -1 < z[1]


def test_a_straight_path_reaches_its_waypoints_exactly_and_stays():
    knots = np.array([0, 6, 21])
    levels = np.array([[0.8715, 0.9, 0.95]])
    path = trajectory.straight(np.array([-3, 0, 6, 21, 30]), knots, levels)
    assert path.tolist() == [[0.8715, 0.8715, 0.9, 0.95, 0.95]]


@pytest.mark.parametrize(
    ("expected", "band"), [(10, (6, 14)), (40, (32, 48)), (0, (0, 0)), (2.3, (0, 4)), (2.31, (1, 4))]
)
def test_the_band_of_a_cumulative_count(expected, band):
    assert tuple(float(edge) for edge in position.poisson_band(expected)) == band


def test_a_count_without_a_path_has_no_band():
    assert np.isnan(position.poisson_band(np.array([np.nan]))).all()


def test_at_least_four_in_five_counts_on_their_path_lie_within_the_band():
    expected = np.array([3.0, 10, 40, 400])
    count = np.random.default_rng(1).poisson(expected, (20_000, 4))
    lower, upper = position.poisson_band(expected)
    inside = ((count >= lower) & (count <= upper)).mean(axis=0)
    assert ((inside > 0.79) & (inside < 0.95)).all()


def counted(count, expected, count_before=np.nan, expected_before=np.nan, enough=True, better=1):
    args = (np.array([float(one)]) for one in (count, expected, count_before, expected_before))
    return position.CODES[position.judge_count(*args, np.array([enough]), better)[0]]


@pytest.mark.parametrize(
    ("count", "expected", "before", "says"),
    [
        (14, 10, (8, 8), Position.ON_COURSE),
        (15, 10, (8, 8), Position.AHEAD),
        (6, 10, (8, 8), Position.ON_COURSE),
        (5, 10, (8, 8), Position.BEHIND),
        (3, 10, (8, 8), Position.BEHIND),
        (3, 10, (2, 8), Position.WELL_BEHIND),
        (3, 10, (np.nan, 8), Position.BEHIND),
        (0, 2.0, (0, 1), Position.TOO_SMALL),
        (np.nan, 10, (8, 8), Position.TOO_EARLY),
        (5, np.nan, (8, 8), Position.NO_PATH),
    ],
)
def test_the_labels_of_a_count_and_their_edges(count, expected, before, says):
    assert counted(count, expected, *before) == says


def test_of_events_to_be_avoided_fewer_is_ahead():
    assert counted(5, 10, better=-1) == Position.AHEAD
    assert counted(15, 10, better=-1) == Position.BEHIND
    assert counted(20, 10, 20, 10, better=-1) == Position.WELL_BEHIND
    assert counted(0, 2, better=-1) == Position.ON_COURSE


def test_a_site_is_too_small_where_standing_still_would_not_show():
    sigma, rise = np.array([0.05, 0.05, 0.05, np.nan, 0.0]), np.array([0.025, 0.03, -0.025, 0.03, 0.01])
    assert position.too_small(sigma, rise, 3).tolist() == [True, False, True, False, False]


def test_six_months_tell_what_three_cannot():
    sigma, rise = np.array([0.05]), np.array([0.025])
    assert position.too_small(sigma, rise, 3)[0]
    assert not position.too_small(sigma, rise, 6)[0]


@pytest.mark.parametrize("m", [3, 6])
def test_too_small_means_that_standing_at_the_baseline_is_not_behind(m):
    rng = np.random.default_rng(2)
    sigma, rise = rng.uniform(0.01, 0.1, 200), rng.uniform(0.0, 0.1, 200)
    stood_still = position.distance(np.zeros((200, m)), rise[:, None] * np.ones(m), sigma, 1, m)
    assert (position.too_small(sigma, rise, m) == (stood_still >= -1)).all()


def test_asked_to_hold_is_never_too_small():
    assert not position.too_small(np.array([0.5]), np.array([0.0]))[0]


@pytest.mark.parametrize(
    ("has_path", "enough", "says"),
    [(False, True, Position.NO_PATH), (True, False, Position.TOO_EARLY), (True, True, Position.TOO_SMALL)],
)
def test_too_small_comes_after_no_path_and_too_early(has_path, enough, says):
    code = position.judge(np.array([-3.0]), np.array([-3.0]), np.array([has_path]), np.array([enough]), np.True_)
    assert position.CODES[code[0]] == says


def test_codes_kept_by_others_stay():
    assert [code.value for code in position.CODES] == [
        "no-path", "too-early", "well-behind", "behind", "on-course", "ahead", "too-small",
    ]  # fmt: skip
    assert set(position.CODES) == set(Position)


def test_what_is_required_of_a_count_beside_what_the_last_three_brought():
    recent = np.array([[1.0, 9, 5, 6, 7], [1, 1, np.nan, 8, 9], [1, 1, np.nan, np.nan, np.nan]])
    pace = position.required_and_current(
        np.array([40.0, 95, 10]), np.array([100.0, 90, 20]), recent, np.array([6, 6, 0])
    )
    assert pace.required[:2].tolist() == [10.0, 0.0]
    assert np.isnan(pace.required[2])
    assert pace.current[:2].tolist() == [6.0, 8.5]
    assert np.isnan(pace.current[2])


def test_what_is_required_of_a_level_beside_its_recent_change():
    recent = np.array([[0.80, 0.81, 0.82, 0.83, 0.84, 0.85], [0.80, np.nan, 0.80, 0.83, 0.83, 0.83]])
    pace = position.required_and_current_level(recent, np.array([0.90, 0.80]), 6)
    assert pace.required == pytest.approx([0.01, 0.0])
    assert pace.current == pytest.approx([0.01, 0.01])


def test_a_level_that_must_fall_is_asked_for_a_negative_change():
    recent = np.array([[0.30, 0.30, 0.30, 0.27, 0.27, 0.27]])
    pace = position.required_and_current_level(recent, np.array([0.21]), 6, better=-1)
    assert pace.required == pytest.approx([-0.01])
    assert pace.current == pytest.approx([-0.01])
    met = position.required_and_current_level(recent, np.array([0.28]), 6, better=-1).required
    assert met.tolist() == [0.0]
    assert not np.signbit(met[0])


def test_one_month_is_not_a_level():
    recent = np.array([[0.8, 0.8, 0.8, np.nan, np.nan, 0.9]])
    pace = position.required_and_current_level(recent, np.array([0.90]), 6)
    assert np.isnan(pace.required[0])
    assert np.isnan(pace.current[0])
