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
