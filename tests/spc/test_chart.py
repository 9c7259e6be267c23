"""The chart as a whole: baselines, phases, missing and ghosted rows, verdicts, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from measures.spc import Options, chart, verdicts
from measures.spc.phases import at_dates

RISE = np.array([4.0, 6, 5, 7, 3, 6, 4, 5, 6, 4, 20, 21, 19])


def run(values, starts=(0,), better=1, phase_starts=None, ghosted=None, baseline_rows=None, **options):
    phase_starts = None if phase_starts is None else np.asarray(phase_starts)
    return chart(
        np.asarray(values, float),
        np.asarray(starts),
        options=Options(**options),
        better=better,
        phase_starts=phase_starts,
        ghosted=None if ghosted is None else np.asarray(ghosted, bool),
        baseline=baseline_rows,
    )


def test_five_numbers_by_hand():
    c = run([4, 6, 5, 7, 3])
    assert c.centre[0] == 5
    assert c.upper[0] == pytest.approx(5 + 2.66 * 2.25)
    assert c.near_lower[0] == pytest.approx(5 - 2.66 * 2.25 * 2 / 3)
    assert run([4, 6, 5, 7, 3], constant="3/d2").upper[0] == pytest.approx(5 + 3 / 1.128 * 2.25)


def test_screening_drops_large_ranges_from_the_limits_but_not_from_the_mean():
    values = [5, 6, 5, 6, 5, 6, 50, 6, 5, 6, 5, 6]
    wide, narrow = run(values, screen=False), run(values)
    assert narrow.centre[0] == wide.centre[0] == pytest.approx(np.mean(values))
    assert narrow.sigma[0] * 3 == pytest.approx(2.66)
    assert wide.sigma[0] > 5 * narrow.sigma[0]


def test_a_baseline_fixes_the_limits_and_a_shorter_phase_uses_all():
    c = run(RISE, baseline=10)
    assert c.centre[-1] == RISE[:10].mean()
    assert c.beyond[-3:].all()
    short = run(RISE, baseline=50)
    assert (short.upper == run(RISE).upper).all()


def test_each_phase_may_have_its_own_baseline():
    c = run(RISE, phase_starts=[0, 8], baseline_rows=np.array([3, 0]))
    assert c.centre[0] == RISE[:3].mean()
    assert c.centre[8] == RISE[8:].mean()


def test_no_moving_range_crosses_a_phase():
    c = run([1, 2, 1, 2, 101, 102, 101, 102], phase_starts=[0, 4])
    assert c.sigma[0] * 3 == pytest.approx(2.66)
    assert c.sigma[4] * 3 == pytest.approx(2.66)


def test_an_empty_value_removes_both_its_ranges_or_is_stepped_over():
    values = [1, 2, np.nan, 5, 6]
    assert run(values, screen=False).sigma[0] * 3 == pytest.approx(2.66 * 1)
    bridged = run(values, screen=False, missing="bridge")
    assert bridged.sigma[0] * 3 == pytest.approx(2.66 * 5 / 3)
    assert bridged.cause_names()[2] == "common"


def test_an_empty_value_breaks_a_run_unless_it_is_bridged():
    values = [0.0] * 10 + [1, 1, 1, np.nan, 1, 1, 1, 1]
    assert not run(values, baseline=10).shift.any()
    assert run(values, baseline=10, missing="bridge").shift.tolist() == [False] * 10 + [True] * 3 + [False] + [True] * 4


def test_a_ghosted_row_is_tested_against_the_limits_and_counts_for_nothing_else():
    plain = np.array([4.0, 6, 5, 7, 3, 6, 4, 5])
    with_ghost = np.insert(plain, 4, 99)
    ghosted = np.arange(9) == 4
    c, without = run(with_ghost, ghosted=ghosted), run(plain)
    assert (c.centre == without.centre[0]).all()
    assert c.upper[0] == without.upper[0]
    assert c.beyond.tolist() == ghosted.tolist()
    assert (np.delete(c.flags, 4) == without.flags).all()


def test_a_run_goes_on_across_a_ghosted_row():
    values = np.array([0.0, 1] * 5 + [9] * 3 + [-50] + [9] * 4)
    ghosted = np.arange(18) == 13
    c = run(values, ghosted=ghosted, baseline=10, screen=False)
    assert c.shift[10:].tolist() == [True] * 3 + [False] + [True] * 4
    assert c.beyond[13]


def test_the_verdict_is_of_the_last_row_that_is_not_ghosted():
    values = np.array([4.0, 6, 5, 7, 3, 6, 99])
    c = run(values, ghosted=np.arange(7) == 6)
    assert c.last.tolist() == [5]
    assert c.variation_names().tolist() == ["common"]


def test_rows_all_ghosted_have_no_limits():
    c = run([1, 2, 3, 1, 2], starts=[0, 3], ghosted=[0, 0, 0, 1, 1])
    assert np.isnan(c.centre[3:]).all()
    assert c.variation_names()[1] == "not-enough"


def test_degenerate_series():
    constant = run([0.1] * 24)
    assert (constant.upper == 0.1).all()
    assert not constant.flags.any()
    later = run([5.0] * 12 + [6.0], baseline=12)
    assert later.beyond.tolist() == [False] * 12 + [True]
    blips = run([100.0] * 20 + [90.0] + [100.0] * 15)
    assert blips.beyond.sum() == 1
    one = run([7.0])
    assert np.isnan(one.upper[0])
    assert one.variation_names()[0] == "not-enough"
    assert run([7.0], peer="ptd").variation_names()[0] == "common"
    assert np.isnan(run([0.1] * 24, peer="ptd").upper).all()


def test_nothing_at_all():
    c = run([], starts=np.zeros(0, int))
    assert len(c.centre) == len(c.last) == 0


def test_causes_follow_the_direction():
    names = [run(RISE, baseline=10, better=b).cause_names()[-1] for b in (1, -1, 0)]
    assert names == ["improvement", "concern", "high"]
    per_series = run(np.tile(RISE, 3), starts=[0, 13, 26], better=np.array([1, -1, 0]), baseline=10)
    assert per_series.cause_names()[[12, 25, 38]].tolist() == names
    assert per_series.variation_names().tolist() == ["improvement-up", "concern-up", "neither-up"]
    assert run(-RISE, baseline=10, better=-1).variation_names()[0] == "improvement-down"


def test_rule_names_are_in_a_fixed_order():
    values = np.array([0.0, 1] * 6 + [5, 6, 7, 8, 9, 10, 11])
    assert run(values, baseline=12).rule_names()[-1] == "beyond shift trend"


@pytest.mark.parametrize(
    ("target", "better", "expected"),
    [
        (0.5, 1, "reliable"),
        (1.0, 1, "hit-and-miss"),
        (2.0, 1, "hit-and-miss"),
        (3.5, 1, "not-yet"),
        (3.5, -1, "reliable"),
        (0.5, -1, "not-yet"),
        (2.0, 0, "no-target"),
        (np.nan, 1, "no-target"),
    ],
)
def test_assurance(target, better, expected):
    for peer in (None, "ptd"):
        code = verdicts.assurance(1.0, 3.0, target, better, peer)
        assert str(verdicts.ASSURANCES[code]) == expected


def test_a_process_that_does_not_vary_passes_at_its_target():
    say = [str(verdicts.ASSURANCES[c]) for c in verdicts.assurance([5.0] * 3, [5.0] * 3, [4.0, 5.0, 6.0], 1)]
    assert say == ["reliable", "reliable", "not-yet"]
    assert str(verdicts.ASSURANCES[verdicts.assurance(5.0, 5.0, 5.0, 1, "ptd")]) == "hit-and-miss"


def test_a_rebase_date_without_a_row():
    starts, periods = np.array([0, 3, 5]), np.array([1, 2, 4, 3, 4, 1, 2])
    assert at_dates(starts, periods, [3]).tolist() == [0, 2, 3, 5]
    assert at_dates(starts, periods, [3], exact=True).tolist() == [0, 3, 5]
    assert at_dates(starts, periods, [2, 4]).tolist() == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "x"}, "kind is 'x'"),
        ({"rules": "x"}, "rules is 'x'"),
        ({"baseline": 0}, "baseline is 0"),
        ({"baseline": True}, "baseline is True"),
        ({"constant": "2.7"}, "one of: 2.66, 3/d2"),
        ({"missing": "guess"}, "drop, bridge"),
        ({"peer": "excel"}, "peer is 'excel'"),
    ],
)
def test_a_wrong_option_is_said_in_a_sentence(options, says):
    with pytest.raises(ValueError, match=says):
        Options(**options)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"starts": [1]}, "starts must begin at 0"),
        ({"starts": [0, 2, 2]}, "increase strictly"),
        ({"starts": [0, 9]}, "stay below"),
        ({"starts": [0, 2], "phase_starts": [0, 1]}, "first row of every series"),
        ({"better": 2}, "better must be"),
        ({"better": np.array([1, 1])}, "better must be"),
        ({"ghosted": [True]}, "one true or false per row"),
        ({"baseline_rows": np.array([1, 2])}, "baseline must be"),
        ({"values": [1, np.inf, 2]}, "infinite"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(arguments, says):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=says):
        run(**{"values": [1, 2, 3], **arguments})


def test_widening_multiplies_sigma_phase_by_phase_and_flags_by_it():
    values = np.array([4.0, 6, 5, 7, 3, 13, 4, 6, 5, 7, 3, 13])
    given = dict(starts=[0], options=Options(baseline=5), better=1, phase_starts=[0, 6])
    plain, wide = chart(values, **given), chart(values, widen=np.array([1.0, 2.0]), **given)
    np.testing.assert_allclose(wide.sigma, plain.sigma * np.repeat([1.0, 2.0], 6))
    assert wide.beyond.tolist() == [False] * 5 + [True] + [False] * 6
    left = chart(values, widen=np.array([1.0, 2.0]), ghosted=np.arange(12) == 11, **given)
    np.testing.assert_allclose(left.sigma, wide.sigma)
    with pytest.raises(ValueError, match="widen must be one figure for each: 2 are needed, 1 were given"):
        chart(values, widen=np.array([1.0]), **given)
