"""Functional zero, month by month, and the arithmetic of 2.5 % a month."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.functional_zero import (
    chronic,
    monthly_aim,
    monthly_pace,
    months_held,
    months_to_house,
    placement_rate,
    share_housed,
    sustained,
    veterans,
)

NAN = math.nan


def test_two_and_a_half_per_cent_a_month_of_the_baseline_is_forty_months():
    assert months_to_house() == 40
    assert share_housed([39, 40, 48]).tolist() == [0.975, 1, 1]


def test_of_those_left_it_is_seven_in_ten_after_forty_eight():
    assert share_housed(48, denominator="current") == pytest.approx(1 - 0.975**48)
    assert round(float(100 * share_housed(48, denominator="current")), 1) == 70.3
    assert months_to_house("0.703", denominator="current") == 48
    assert months_to_house(denominator="current") == math.inf


@given(st.integers(1, 1000), st.integers(0, 999), st.sampled_from(["fixed-baseline", "current"]))
def test_the_months_are_the_first_that_are_enough(rate, share, denominator):
    r, s = Fraction(rate, 1000), Fraction(share, 1000)
    found = months_to_house(f"{share}e-3", f"{rate}e-3", denominator)

    def housed(t):
        return min(Fraction(1), r * t) if denominator == "fixed-baseline" else 1 - (1 - r) ** t

    assert housed(found) >= s
    assert found == 0 or housed(found - 1) < s
    assert float(share_housed(found, f"{rate}e-3", denominator)) == pytest.approx(float(housed(found)), abs=1e-12)


def test_all_at_once_takes_a_month_whatever_it_is_of():
    for denominator in ("fixed-baseline", "current"):
        assert months_to_house(1, 1, denominator) == 1
        assert share_housed([0, 1, 2], 1, denominator).tolist() == [0, 1, 1]


def test_a_rate_of_next_to_nothing_takes_next_to_for_ever():
    assert months_to_house("0.5", "0.00001", "current") == pytest.approx(math.log(2) / 1e-5, rel=1e-5)
    assert months_to_house("0." + "9" * 350, "0.5", "current") == math.ceil(350 / math.log10(2))


def test_a_site_s_monthly_aim_is_rounded_up():
    assert monthly_aim([400, 401, 39, 0]).tolist() == [10, 11, 1, 0]
    assert monthly_aim(["1000"], "0.03").tolist() == [30]


def test_the_pace_is_of_three_months():
    pace = monthly_pace([[10, 10, 10, 7, 13, 10, NAN, 10], [1] * 8], [[400], [0]])
    assert pace[0] == pytest.approx([NAN, NAN, 0.025, 0.0225, 0.025, 0.025, NAN, NAN], nan_ok=True)
    assert np.isnan(pace[1]).all()
    assert (monthly_pace([10.0, 10.0, 10.0], 400)[2] >= 0.025).all()
    assert monthly_pace([30, 30, 30], [400, 370, 340])[2] == pytest.approx(30 / 340)


def test_the_placement_rate_is_of_six_months_and_a_missing_month_is_not_zero():
    housed = [6, 6, 6, 6, 6, 6, NAN, 12, 12, 12, 12, 12, 12]
    strict = placement_rate(housed)
    assert np.isnan(strict[[0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]]).all()
    assert (strict[5], strict[12]) == (6, 12)
    lenient = placement_rate(housed, least=5)
    assert lenient[4] == 6
    assert np.isnan(lenient[3])
    assert lenient[6] == 6
    assert lenient[7] == pytest.approx((4 * 6 + 12) / 5)


def test_veterans_are_at_functional_zero_below_what_can_be_housed_in_a_month():
    housed = np.array([[6] * 8, [1] * 8, [6] * 8])
    active = np.array([[5, 5, 5, 5, 5, 5, 6, 5], [2, 2, 2, 2, 2, 2, 3, 2], [5, 5, 5, 5, 5, NAN, 5, 5]])
    found = veterans(active, housed)
    assert not found.known[:, :5].any()
    assert found.threshold[:, 5:].tolist() == [[6] * 3, [3] * 3, [6] * 3]
    # As many as can be housed in a month is not yet fewer.
    assert found.met[:, 5:].tolist() == [[True, False, True], [True, False, True], [False, True, True]]
    assert not found.known[2, 5]


def test_the_chronic_may_be_three_or_one_in_a_thousand():
    found = chronic([[3, 4], [12, 13], [3, NAN], [0, 0]], [[0], [12_000], [2_999], [NAN]])
    assert found.met.tolist() == [[True, False], [True, False], [True, False], [False, False]]
    assert found.threshold[:3, 0].tolist() == [3, 12, 3]
    assert not found.known[3].any()
    assert found.known[2].tolist() == [True, False]
    assert chronic(3, 7_000).met
    # One in a thousand of 4,001 is 4.001: 4 are within it.
    assert chronic([4, 5], 4_001).met.tolist() == [True, False]


def test_it_must_be_sustained_and_a_missing_month_ends_the_row():
    zero = chronic([[1, 1, 1, 9, 1, 1], [1, NAN, 1, 1, 1, 1], [9] * 6], 1000)
    assert months_held(zero).tolist() == [[1, 2, 3, 0, 1, 2], [1, 0, 1, 2, 3, 4], [0] * 6]
    assert sustained(zero, 3).tolist() == [
        [False, False, True, False, False, False],
        [False] * 4 + [True] * 2,
        [False] * 6,
    ]
    assert sustained(zero, 1).tolist() == zero.met.tolist()


@given(st.lists(st.lists(st.sampled_from([1, 9, None]), min_size=7, max_size=7), min_size=1, max_size=5))
def test_rows_of_months_are_counted_as_by_hand(table):
    zero = chronic(np.array(table, float), 1000)
    for cells, found in zip(table, months_held(zero)):
        run = 0
        for cell, months in zip(cells, found):
            run = run + 1 if cell == 1 else 0
            assert months == run


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: placement_rate([1, -1]), "Counts must be finite and not below 0; one of those housed is not"),
        (lambda: placement_rate([1], 6, 7), "A mean of 6 months must be of 1 to 6 that are there; 7 is not"),
        (lambda: placement_rate([1], 0), "The window must be 1 month or more; 0 is not"),
        (lambda: veterans([1, 2, 3], [1, 2]), "the same sites and months"),
        (lambda: chronic([-1], 10), "one of those active is not"),
        (lambda: chronic([1], math.inf), "one of those counted is not"),
        (lambda: sustained(chronic([1], 10), 0), "over 1 month or more; 0 is not"),
        (lambda: monthly_aim([5, -5]), "People must not be below 0; number 2 is"),
        (lambda: monthly_aim([5], 0), "monthly rate must be above 0 and at most 1 .0.025 for 2.5%.; 0 is not"),
        (lambda: monthly_aim([5], "2.5%"), "monthly rate must be above 0 and at most 1 .0.025 for 2.5%.; 2.5% is not"),
        (lambda: share_housed(-1), "one of those months is not"),
        (
            lambda: share_housed(1, denominator="rest"),
            "'rest' is no denominator of a monthly rate; there are fixed-baseline, current",
        ),
        (lambda: months_to_house("1.1"), "share to be housed must be from 0 to 1; 1.1 is not"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
