"""Apportioning a rate: the worked numbers, and what must hold for every campaign."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.rates import equal_failure_reduction, largest_remainder

N = [1200, 800, 500, 300, 200]
B = [0.70, 0.78, 0.85, 0.88, 0.92]


def test_the_worked_example():
    found = equal_failure_reduction(N, B, "0.85")
    assert found.pooled == pytest.approx(0.779, abs=1e-12)
    assert found.effort == pytest.approx(0.321267, abs=5e-7)
    assert found.exact == pytest.approx([0.79638, 0.85068, 0.89819, 0.91855, 0.94570], abs=5e-6)
    assert found.numerator.sum() == found.total == 2550


def test_lower_is_better_is_the_mirror_image():
    up = equal_failure_reduction(N, B, "0.85")
    down = equal_failure_reduction(N, [1 - b for b in B], "0.15", better=-1)
    assert down.exact == pytest.approx(1 - up.exact)
    assert (np.asarray(N) - down.numerator).tolist() == up.numerator.tolist()


def test_everybody_holds_where_the_aim_is_met_already():
    found = equal_failure_reduction(N, B, "0.60")
    assert found.effort == 0
    assert found.exact == pytest.approx(B)
    assert found.numerator.sum() == found.total


@st.composite
def campaigns(draw):
    k = draw(st.integers(1, 40))
    n = draw(st.lists(st.integers(0, 20_000), min_size=k, max_size=k).filter(any))
    b = draw(st.lists(st.floats(0, 1), min_size=k, max_size=k))
    aim = draw(st.integers(0, 1000))
    return n, b, Decimal(aim) / 1000


@given(campaigns())
def test_shares_reconcile_exactly_and_ask_nobody_to_get_worse(campaign):
    n, b, aim = campaign
    found = equal_failure_reduction(n, b, aim)
    b = np.where(np.asarray(n) > 0, b, 0.0)
    if found.effort > 0:
        assert found.total == -(-Fraction(aim) * sum(n) // 1)
    assert found.numerator.sum() == found.total
    assert (found.exact >= b - 1e-12).all()
    assert (found.exact <= 1 + 1e-12).all()
    assert ((found.numerator >= 0) & (found.numerator <= n)).all()
    assert (np.abs(found.numerator - np.asarray(n) * found.exact) < 1 + 1e-6).all()


@given(campaigns(), st.randoms(use_true_random=False))
def test_the_order_of_sites_does_not_matter_to_exact_rates(campaign, random):
    n, b, aim = campaign
    order = list(range(len(n)))
    random.shuffle(order)
    one = equal_failure_reduction(n, b, aim)
    other = equal_failure_reduction([n[i] for i in order], [b[i] for i in order], aim)
    assert other.exact == pytest.approx(one.exact[order], abs=1e-9)
    assert other.total == one.total


@pytest.mark.parametrize(
    ("n", "b", "aim", "says"),
    [
        ([10], [0.5], "1.2", "between 0 % and 100 %"),
        ([10, 10], [0.5], "0.9", "one denominator and one baseline"),
        ([-1], [0.5], "0.9", "not negative"),
        ([1.5], [0.5], "0.9", "whole"),
        ([0, 0], [0.5, 0.5], "0.9", "nothing to apportion"),
        ([5, 5], [0.5, 1.5], "0.9", "number 2"),
        ([5, 5], [0.5, float("nan")], "0.9", "number 2"),
    ],
)
def test_bad_input_gets_a_sentence(n, b, aim, says):
    with pytest.raises(ValueError, match=says):
        equal_failure_reduction(n, b, aim)


def test_hamilton_vectors():
    w = np.array([21878, 9713, 4167, 3252, 1065])
    assert largest_remainder(43 * w / w.sum(), 43).tolist() == [24, 10, 4, 4, 1]
    assert largest_remainder(44 * w / w.sum(), 44).tolist() == [24, 11, 5, 3, 1]
    w = np.array([400, 250, 180, 90, 50, 30])
    assert largest_remainder(120 * w / w.sum(), 120).tolist() == [48, 30, 22, 11, 6, 3]


def test_hamilton_refuses_what_it_cannot_share_out():
    with pytest.raises(ValueError, match="cannot be shared out"):
        largest_remainder([1.5, 1.5], 9)
