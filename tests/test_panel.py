"""The helpers for many series as flat arrays."""

from __future__ import annotations

import numpy as np
import pytest

from measures import panel


def test_sums_of_stretches_with_gaps_and_empty_ones():
    x = np.arange(1.0, 9.0)
    assert panel.sums(x, np.array([0, 3, 6]), np.array([2, 3, 8])).tolist() == [3, 0, 15]
    assert panel.sums(x, np.array([0, 3, 6]), np.array([3, 6, 8])).tolist() == [6, 15, 15]
    assert panel.sums(x, np.array([0, 3, 6]), np.array([1, 4, 7])).tolist() == [1, 4, 7]
    assert panel.sums(x, np.zeros(0, int), np.zeros(0, int)).tolist() == []


@pytest.mark.parametrize("rows", [1, 3, 4, 7, 100])
def test_blocks_hold_whole_segments_and_every_row_once(rows):
    starts = np.array([0, 1, 5, 7, 8, 14])
    found = list(panel.blocks(starts, 16, rows))
    assert [b[2] for b in found] == [0] + [b[3] for b in found[:-1]]
    assert found[-1][3] == 16
    for low, high, first, stop in found:
        assert first == starts[low]
        assert stop - first <= rows or high - low == 1


def test_first_rows_and_stretches():
    assert panel.first_rows(np.array([], int)).tolist() == []
    assert panel.stretches(np.array([1, 1, 2, 2, 2, 2]), np.array([0, 4])).tolist() == [0, 2, 4]


@pytest.mark.parametrize("starts", [[], [1], [0, 0], [0, 5], [[0]], [0.0]])
def test_starts_that_do_not_fit_are_refused(starts):
    with pytest.raises(ValueError, match="starts must"):
        panel.check_starts(starts, 5)


def test_last_rows_pass_over_those_left_out():
    out = np.array([False, True, True, True])
    assert panel.last_rows(np.array([0, 2]), 4, out).tolist() == [0, 3]
    assert panel.last_rows(np.array([0, 2]), 4).tolist() == [1, 3]
