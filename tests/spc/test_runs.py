"""Anhøj's run analysis."""

from __future__ import annotations

import math

import numpy as np
import pytest

from measures.spc import runs

ONE = np.array([0])


@pytest.mark.parametrize("useful", [1, 2, 5, 10, 20, 24, 60, 100, 500])
def test_the_fewest_crossings_are_the_binomial_quantile(useful):
    trials = useful - 1
    chance = np.cumsum([math.comb(trials, k) for k in range(useful)]) / 2.0**trials
    assert runs.fewest_crossings(useful) == int(np.argmax(chance >= 0.05))


def test_points_on_the_line_are_stepped_over():
    found = runs.anhoej(np.array([1, 0, 1, 2, 0, 0, 2, 2], np.uint8), ONE)
    assert (found.useful[0], found.longest_run[0], found.crossings[0]) == (5, 3, 1)


def test_segments_are_apart_and_an_empty_one_says_nothing():
    side = np.array([1, 1, 0, 0, 1, 2], np.uint8)
    found = runs.anhoej(side, np.array([0, 2, 4]))
    assert found.longest_run.tolist() == [2, -1, 1]
    assert found.crossings.tolist() == [0, -1, 1]
    assert not found.signal.any()


def test_a_long_run_is_a_signal():
    side = np.array([1, 2] * 6 + [1] * 12, np.uint8)
    found = runs.anhoej(side, ONE)
    assert found.longest_run_max[0] == 8
    assert found.signal[0]
