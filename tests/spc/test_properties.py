"""What must hold for any series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures import panel
from measures.model import Cause, Variation
from measures.spc import Options, chart, verdicts

ROW_ARRAYS = ("centre", "sigma", "lower", "upper", "near_lower", "near_upper", "flags", "cause")
SWAP = np.array([verdicts.CAUSES.index(c) for c in (Cause.COMMON, Cause.CONCERN, Cause.IMPROVEMENT)])

cell = st.integers(-40, 40).map(lambda tenths: tenths / 10) | st.sampled_from([0.0, 1.0, np.nan])
series = st.lists(st.lists(cell, min_size=1, max_size=40), min_size=1, max_size=5)
options = st.builds(
    Options,
    baseline=st.none() | st.integers(1, 15),
    screen=st.booleans(),
    missing=st.sampled_from(["drop", "bridge"]),
    peer=st.sampled_from([None, "ptd"]),
)


def together(rows, settings, better=1, ghosted=None):
    counts = [len(r) for r in rows]
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return chart(np.concatenate(rows), starts, options=settings, better=better, ghosted=ghosted)


def same(a, b, rows=slice(None)):
    for name in ROW_ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name)[rows])


@given(series, options, st.sampled_from([0.5, 2.0, 3.7, 1000.0]), st.sampled_from([0.0, 7.0, -123.4, 5000.0]))
def test_shift_and_scale_change_no_flag_and_move_the_limits(rows, settings, scale, by):
    settings = Options(settings.kind, settings.rules, settings.baseline, settings.screen, missing=settings.missing)
    before = together(rows, settings)
    after = together([np.array(r) * scale + by for r in rows], settings)
    assert (before.flags == after.flags).all()
    for name in ("centre", "lower", "upper"):
        moved = getattr(before, name) * scale + by
        np.testing.assert_allclose(getattr(after, name), moved, rtol=1e-9, atol=1e-9 * (abs(by) + 10 * scale))


@given(series, options)
def test_reversing_the_direction_swaps_improvement_and_concern(rows, settings):
    up, down = together(rows, settings, 1), together(rows, settings, -1)
    assert (SWAP[up.cause] == down.cause).all()
    assert (up.flags == down.flags).all()
    swapped = {Variation.IMPROVEMENT_UP: Variation.CONCERN_UP, Variation.CONCERN_DOWN: Variation.IMPROVEMENT_DOWN}
    swapped |= {b: a for a, b in swapped.items()}
    for a, b in zip(up.variation, down.variation):
        assert verdicts.VARIATIONS[b] == swapped.get(verdicts.VARIATIONS[a], verdicts.VARIATIONS[a])


@given(series, options)
def test_a_series_does_not_depend_on_the_others(rows, settings):
    all_at_once = together(rows, settings)
    first = 0
    for row in rows:
        same(together([row], settings), all_at_once, slice(first, first + len(row)))
        first += len(row)


@given(series, options, st.integers(1, 60))
def test_the_size_of_a_block_does_not_matter(rows, settings, block):
    whole = together(rows, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "BLOCK_ROWS", block)
        same(together(rows, settings), whole)


@given(series, options, st.randoms(use_true_random=False))
def test_ghosted_rows_leave_the_others_as_if_they_were_not_there(rows, settings, random):
    settings = Options(screen=settings.screen, missing=settings.missing, peer=settings.peer)
    ghosted = [np.array([i > 0 and random.random() < 0.2 for i in range(len(r))]) for r in rows]
    c = together(rows, settings, ghosted=np.concatenate(ghosted))
    rest = together([np.array(r)[~g] for r, g in zip(rows, ghosted)], settings)
    same(rest, c, ~np.concatenate(ghosted))


def test_a_series_longer_than_a_block():
    rng = np.random.default_rng(3)
    rows = [rng.normal(size=n) for n in (5, 3 * panel.BLOCK_ROWS, 9)]
    c = together(rows, Options())
    same(together([rows[1]], Options()), c, slice(5, 5 + len(rows[1])))
    assert c.centre[5] == pytest.approx(rows[1].mean(), abs=1e-12)
