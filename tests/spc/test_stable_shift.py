"""The Stable Shift Algorithm: by hand, beside a plain one written point by point, and what must always hold."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.spc import calculation
from measures.spc.stable_shift import PERIOD_TYPES, StableShift, propose
from tests.spc.plain_stable_shift import Settings, plain

FLAGS = ("period", "period_type", "excluded", "side", "shift", "beyond")
LINES = ("centre", "lower", "upper")
LOW, HIGH = [4.0, 6.0, 5.0], [14.0, 16.0, 15.0]


def series_of(rng: np.random.Generator, chart: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Steps, reversals, ties, outliers, missing values: on a grid, so that ties are real ones."""
    n = int(rng.integers(1, 90))
    level = np.zeros(n)
    at = 0
    while at < n:
        stop = at + int(rng.integers(1, 30))
        level[at:stop] = rng.choice([8, 10, 10, 12, 14, 20])
        at = stop
    noise = rng.choice([0, 1, 4, 12])
    values = level * 4 + rng.integers(-noise, noise + 1, n)
    values[rng.random(n) < rng.choice([0, 0.05])] *= 3
    denominators = None
    if chart in ("p", "pp"):
        denominators = np.full(n, 300.0) if rng.random() < 0.3 else rng.integers(240, 400, n).astype(float)
        values = np.minimum(np.abs(values), denominators)
        if rng.random() < 0.1:
            values = denominators.copy()
        denominators[rng.random(n) < rng.choice([0, 0.02])] = 0
        values = np.where(denominators == 0, 0.0, values)
    elif chart == "xmr":
        values = values / 4
    else:
        values = np.abs(values) * rng.choice([0, 1, 1, 1])
    values[rng.random(n) < rng.choice([0, 0, 0.04, 0.3])] = np.nan
    return values, denominators


def settings_of(rng: np.random.Generator) -> StableShift:
    return StableShift(
        chart=str(rng.choice(list(calculation.CHARTS))),
        period_min=int(rng.choice([2, 3, 6, 10, 12, 21])),
        baseline_length=[None, int(rng.integers(2, 25))][int(rng.random() < 0.2)],
        shift=int(rng.choice([2, 3, 5, 7, 8])),
        no_regrets=bool(rng.random() < 0.5),
        overhanging_reversions=bool(rng.random() < 0.6),
        establish_every_shift=bool(rng.random() < 0.1),
        baseline_only=bool(rng.random() < 0.05),
        max_exclusions=int(rng.integers(0, 5)),
        screen_passes=int(rng.choice([0, 1, 1, 5])),
        centre_tolerance=float(rng.choice([0, 0, 0.25, 0.01])),
    )


def together(rows, options):
    starts = np.cumsum([0] + [len(v) for v, _ in rows])[:-1]
    denominators = np.concatenate([d for _, d in rows]) if rows[0][1] is not None else None
    return propose(np.concatenate([v for v, _ in rows]), starts, denominators=denominators, options=options)


def check_against_plain(rows, options):
    """How many breaks were compared."""
    found = together(rows, options)
    settings, first, breaks = Settings(**asdict(options)), 0, 0
    for place, (values, denominators) in enumerate(rows):
        known = ~np.isnan(values)
        pairs = values.tolist() if denominators is None else zip(values.tolist(), denominators.tolist())
        expected = plain([point if ok else None for point, ok in zip(pairs, known)], settings)
        at = first + np.array(expected.at, int)
        for name in FLAGS:
            ours = getattr(found, name)[at]
            ours = [PERIOD_TYPES[code] for code in ours] if name == "period_type" else ours.tolist()
            assert ours == getattr(expected, name), (name, options, values, denominators)
        for name in LINES:
            np.testing.assert_allclose(getattr(found, name)[at], getattr(expected, name), rtol=1e-9, atol=1e-11)
        mine = found.breaks.series == place
        assert found.breaks.row[mine].tolist() == [first + expected.at[i] for i in expected.breaks]
        seen = np.array(expected.seen, float).reshape(-1, 6).T
        for ours, theirs in zip(found.breaks[2:], seen):
            np.testing.assert_allclose(ours[mine], theirs, rtol=1e-9)
        first += len(values)
        breaks += len(expected.breaks)
    return breaks


@given(st.integers(0, 2**32 - 1))
def test_many_series_at_once_are_as_one_at_a_time_by_the_plain_algorithm(seed):
    rng = np.random.default_rng(seed)
    options = settings_of(rng)
    check_against_plain([series_of(rng, options.chart) for _ in range(20)], options)


@pytest.mark.parametrize("chart", list(calculation.CHARTS))
def test_with_the_usual_settings_too_and_there_are_breaks(chart):
    rng = np.random.default_rng(7)
    for options in (StableShift(chart), StableShift(chart, period_min=12)):
        assert check_against_plain([series_of(rng, chart) for _ in range(150)], options) > 20


grid = st.integers(-40, 40).map(lambda quarters: quarters / 4) | st.just(np.nan)
hostile = st.lists(st.lists(grid, min_size=1, max_size=50), min_size=1, max_size=6)


@given(hostile, st.integers(0, 2**32 - 1))
def test_hostile_series(rows, seed):
    options = replace(settings_of(np.random.default_rng(seed)), chart="xmr")
    check_against_plain([(np.array(row), None) for row in rows], options)


@given(st.integers(0, 2**32 - 1))
def test_a_series_does_not_depend_on_the_others_nor_on_their_order(seed):
    rng = np.random.default_rng(seed)
    options = settings_of(rng)
    rows = [series_of(rng, options.chart) for _ in range(8)]
    order = rng.permutation(len(rows))
    whole, shuffled = together(rows, options), together([rows[i] for i in order], options)
    stops = np.cumsum([len(v) for v, _ in rows])
    places = np.split(np.arange(stops[-1]), stops[:-1])
    moved = np.concatenate([places[i] for i in order])
    for name in FLAGS + LINES:
        np.testing.assert_array_equal(getattr(shuffled, name), getattr(whole, name)[moved])
    for place, row in enumerate(rows):
        alone, mine = together([row], options), whole.breaks.series == place
        for name in FLAGS + LINES:
            np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name)[places[place]])
        assert (alone.breaks.row + places[place][0]).tolist() == whole.breaks.row[mine].tolist()
        for ours, theirs in zip(alone.breaks[2:], whole.breaks[2:]):
            np.testing.assert_array_equal(ours, theirs[mine])


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.5, 2.0, 3.7, 1000.0]), st.sampled_from([0.0, 7.0, -123.4]))
def test_shift_and_scale_move_the_limits_and_keep_the_breaks(seed, scale, by):
    rng = np.random.default_rng(seed)
    options = replace(settings_of(rng), chart="xmr", centre_tolerance=0.0)
    values = np.concatenate([rng.normal(level, 1, int(rng.integers(5, 30))) for level in rng.choice([0, 2, 5], 6)])
    before, after = (together([(x, None)], options) for x in (values, values * scale + by))
    assert before.breaks.row.tolist() == after.breaks.row.tolist()
    for name in FLAGS:
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    for name in LINES:
        np.testing.assert_allclose(getattr(after, name), getattr(before, name) * scale + by, atol=1e-9 * scale)


@given(st.integers(0, 2**32 - 1))
def test_upside_down_the_sides_change_and_the_breaks_stay(seed):
    rng = np.random.default_rng(seed)
    options = replace(settings_of(rng), chart="xmr")
    values, _ = series_of(rng, "xmr")
    up, down = propose(values, [0], options=options), propose(-values, [0], options=options)
    assert up.breaks.row.tolist() == down.breaks.row.tolist()
    assert up.breaks.side.tolist() == (-down.breaks.side).tolist()
    np.testing.assert_array_equal(up.upper, -down.lower)


def test_a_proposal_can_still_move_to_an_earlier_point():
    """The algorithm's own way, "no regrets" or not: A&E attendances of RYY other. A later point ends the wait for an
    earlier place, and the place once proposed gives way to it."""
    values = [
        *(7798, 8576, 10364, 11634, 11171, 10978, 9727, 8679, 8333, 5276, 5201, 6501, 6299, 7009, 7422, 7425),
        *(6788, 6597, 2434, 5860, 5151, 6000, 6434, 7212, 7402, 8138, 7298, 6850, 6758, 6188),
    ]
    options = StableShift(period_min=12)
    assert propose(values[:-2], [0], options=options).breaks.row.tolist() == []
    assert propose(values[:-1], [0], options=options).breaks.row.tolist() == [13]
    assert propose(values, [0], options=options).breaks.row.tolist() == [12]


def test_a_step_that_lasts_is_proposed_with_what_was_seen():
    found = propose(LOW * 7 + HIGH * 7, [0])
    assert [x.tolist() for x in found.breaks] == [[21], [0], [1], [21], [5.0], [15.0], [21], [0]]
    assert found.period.tolist() == [1] * 21 + [2] * 21
    assert set(found.period_type) == {1}
    assert not found.shift[:21].any()
    assert not found.trial


def test_one_point_short_of_a_new_period_nothing_is_proposed():
    found = propose(LOW * 7 + HIGH * 6 + HIGH[:2], [0])
    assert found.breaks.row.size == 0
    assert found.period_type.tolist() == [1] * 21 + [2] * 20
    assert found.shift[21:].all()
    assert found.beyond[21:].all()


def test_a_step_back_within_the_new_period_is_no_stable_shift():
    there_and_back = LOW * 7 + HIGH * 4 + LOW * 10
    assert propose(there_and_back, [0]).breaks.row.size == 0
    every = propose(there_and_back, [0], options=StableShift(establish_every_shift=True))
    assert every.breaks.row.tolist() == [21, 42]


def test_a_last_run_that_might_become_a_step_back_is_waited_for():
    waiting = LOW * 7 + HIGH * 5 + LOW * 2
    assert propose(waiting, [0]).breaks.row.size == 0
    assert propose(waiting, [0], options=StableShift(no_regrets=False)).breaks.row.tolist() == [21]
    assert propose([*waiting, 16.0], [0]).breaks.row.tolist() == [21]


def test_a_step_back_that_outlasts_the_new_period_counts_unless_told_otherwise():
    values = LOW * 7 + HIGH * 5 + LOW * 3 + HIGH * 7
    lax = StableShift(no_regrets=False, overhanging_reversions=False)
    assert propose(values, [0], options=replace(lax, overhanging_reversions=True)).breaks.row[0] > 21
    assert propose(values, [0], options=lax).breaks.row[0] == 21


def test_a_missing_value_ends_a_run_and_is_no_point_of_a_period():
    hole = [*LOW * 7, *HIGH[:2], 14.0, 14.0, 14.0, 14.0, 14.0, np.nan, *HIGH * 7]
    found = propose(hole, [0])
    assert found.breaks.row.tolist() == [29]
    assert (found.side[28], found.period[28], found.centre[28]) == (0, 1, 5.0)
    assert not found.shift[28]
    assert propose([np.nan, *LOW * 7, np.nan], [0]).centre.tolist() == [5.0] * 23
    assert np.isnan(propose(LOW * 6 + [4.0, np.nan, 6.0], [0]).centre).all()


def test_equally_far_points_go_out_together_up_to_the_most_that_may():
    values = [5.0, 5.0, 6.0, 4.0, 5.0, 50.0, 5.0, 6.0, 4.0, 5.0, 50.0, 5.0, 6.0, 4.0, 5.0]
    for most, out in ((0, []), (1, [5]), (2, [5, 10]), (3, [5, 10])):
        options = StableShift(period_min=15, max_exclusions=most)
        assert np.flatnonzero(propose(values, [0], options=options).excluded).tolist() == out


@pytest.mark.parametrize("scale", [1.0, 0.1, 3.7, 1e6])
def test_a_point_on_its_limit_is_not_outside_and_equally_far_ones_go_together_whatever_the_rounding(scale):
    """The moving ranges' mean is 9.4, so the limits lie 3 x 9.4 / 1.128 = 25 from the mean."""
    base = [0, 9, 0, 10, 0, 9, 0, 10, 0, 9, 0]
    upper = sum(base) / 11 + 25
    found = propose(np.array([*base, upper, upper + 1e-6]) * scale, [0], options=StableShift(period_min=11))
    assert found.beyond.tolist() == [False] * 12 + [True]
    values = np.array([5.0, 5, 6, 4, 5, 50.1, 5, 6, 4, 5, -40.1, 5, 6, 4, 5]) * scale
    one = propose(values, [0], options=StableShift(period_min=15, max_exclusions=1))
    assert np.flatnonzero(one.excluded).tolist() == [5]


def test_a_proportion_is_capped_in_the_display_part_alone():
    numerators, denominators = np.array([99.0, 95] * 12), np.full(24, 100.0)
    found = propose(numerators, [0], denominators=denominators, options=StableShift("p"))
    assert (found.upper[:21] > 1).all()
    assert (found.upper[21:] == 1).all()
    assert found.centre[0] == pytest.approx(numerators[:21].sum() / 2100)


def test_constant_series_have_their_limits_on_the_centre():
    for chart, values, denominators in (
        ("xmr", [0.1] * 30, None),
        ("cp", [0.0] * 30, None),
        ("c", [0.0] * 30, None),
        ("pp", [7.0] * 30, [7.0] * 30),
        ("p", [0.0] * 30, [7.0] * 30),
    ):
        found = propose(values, [0], denominators=denominators, options=StableShift(chart))
        level = found.centre[0]
        assert (found.lower == level).all()
        assert (found.upper == level).all()
        assert not (found.beyond | found.shift | found.excluded).any()
        assert found.breaks.row.size == 0


def test_nothing_to_do():
    assert propose([], []).breaks.row.size == 0
    found = propose([np.nan, np.nan, 1.0], [0, 2])
    assert found.period.tolist() == [0, 0, 0]
    assert np.isnan(found.upper).all()


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (dict(chart="mr"), "chart is 'mr'; it must be one of: xmr, c, cp, p, pp."),
        (dict(period_min=1), "period_min is 1; it must be a whole number of points, 2 or more."),
        (dict(baseline_length=2.5), "baseline_length is 2.5; it must be a whole number of points, 2 or more."),
        (dict(shift=True), "shift is True; it must be a whole number of points, 2 or more."),
        (dict(max_exclusions=-1), "max_exclusions is -1; it must be a whole number, 0 or more."),
        (dict(screen_passes=None), "screen_passes is None; it must be a whole number, 0 or more."),
        (dict(no_regrets="yes"), "no_regrets is 'yes'; it must be True or False."),
        (dict(centre_tolerance=float("nan")), "centre_tolerance is nan; it must be a number, 0 or more."),
    ],
)
def test_impossible_choices_are_said(choice, says):
    with pytest.raises(ValueError, match=says.replace("'", ".")):
        StableShift(**choice)


@pytest.mark.parametrize(
    ("values", "starts", "denominators", "chart", "says"),
    [
        ([[1.0]], [0], None, "xmr", "one-dimensional"),
        ([1.0, 2.0], [1], None, "xmr", "begin at 0"),
        ([np.inf], [0], None, "xmr", "infinite"),
        ([-1e200], [0], None, "xmr", "above 1e.100"),
        ([-1.0], [0], None, "c", "below 0"),
        ([1.0], [0], [1.0], "cp", "no denominators"),
        ([1.0], [0], None, "p", "needs denominators"),
        ([1.0], [0], [1.0, 2.0], "p", "one figure per value"),
        ([0.0], [0], [-1.0], "p", "below 0 or above 1e.100"),
        ([3.0], [0], [2.0], "pp", "above its denominator"),
    ],
)
def test_what_does_not_fit_is_refused(values, starts, denominators, chart, says):
    with pytest.raises(ValueError, match=says):
        propose(values, starts, denominators=denominators, options=StableShift(chart))
