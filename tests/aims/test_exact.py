"""Figures as typed: nothing is lost, and what is no figure is named."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.exact import as_decimals, common, scaled

typed = st.one_of(
    st.integers(-(10**25), 10**25),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6).map(str),
)


def as_fraction(figure):
    return Fraction(repr(figure)) if isinstance(figure, float) else Fraction(str(figure))


@given(st.lists(typed, max_size=6))
def test_every_figure_is_held_exactly(figures):
    whole, divisor = scaled(figures)
    assert [Fraction(one, divisor) for one in whole] == list(map(as_fraction, figures))
    assert all(type(one) is int for one in whole)
    assert [Fraction(str(one)) for one in as_decimals(whole, divisor)] == list(map(as_fraction, figures))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**6).map(lambda x: x / 1000)))
def test_an_array_of_floats_is_read_as_a_list_of_them(figures):
    whole, divisor = scaled(np.array(figures, float))
    assert [Fraction(one, divisor) for one in whole] == list(map(as_fraction, figures))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        *((" 7 ", "7"), ("+5", "5"), ("-.5", "-0.5"), ("5.", "5"), ("1E3", "1000"), ("1.5e-3", "0.0015"), ("007", "7")),
        ("1" * 400, "1" * 400),
        ("0." + "1" * 400, "0." + "1" * 400),
        ("0" * 900 + "1", "1"),
    ],
)
def test_a_number_may_be_spelt_in_many_ways(text, means):
    (whole, _), divisor = scaled([text, 3])
    assert Fraction(whole, divisor) == Fraction(means)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", ".", "-", "1e", ".e5", "e5", "1 5", "1. 5", "1.-5", ".-5", ".+5", "--1", "1.2.3", "0x10", "1_000"),
        *("1,5", "inf", "-Infinity", "nan", "sNaN", "١", None, True, float("nan"), float("-inf"), Fraction(1, 3)),
    ],
)
def test_what_is_no_number_is_named_by_its_number(text):
    with pytest.raises(ValueError, match=r"^Number 2 of the caps, .* is not a finite number\.$"):
        scaled([1, text], "caps")


@pytest.mark.parametrize("text", ["1e400", "1e-401", "0e999999999", "1" * 401, "0." + "1" * 401, "1e99999999999999"])
def test_nobody_makes_a_number_of_a_million_digits(text):
    with pytest.raises(ValueError, match=r"^Number 2 of the weights, .* has more than 400 digits"):
        scaled([1, text])


def test_arrays_of_whole_numbers_and_of_nothing():
    assert scaled(np.array([1, 2], np.uint8))[0].tolist() == [1, 2]
    assert scaled([])[0].tolist() == scaled(np.array([]))[0].tolist() == []
    assert scaled(np.array([2**70, 1], object))[0].tolist() == [2**70, 1]
    assert scaled(np.array([0.1], np.float32)) == (1, 10)
    with pytest.raises(ValueError, match="one row of figures"):
        scaled(np.ones((2, 2)))


def test_several_over_one_divisor():
    (a, b), divisor = common(scaled(["0.5", 2]), scaled([Decimal("0.125")]))
    assert (a.tolist(), b.tolist(), divisor) == ([500, 2000], [125], 1000)
