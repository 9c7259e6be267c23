"""Numbers: what each text says, and which mark stands before the decimals of a file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.intake import numbers


@given(st.lists(st.integers(0, 10**7).map(lambda n: n / 1000), min_size=1, max_size=20))
def test_plain_decimals_are_what_they_say(values):
    texts = [repr(x) for x in values]
    mark = numbers.mark(texts)
    assert mark == numbers.POINT
    assert numbers.read(texts, mark).value.tolist() == values


@given(st.lists(st.integers(0, 10**7).map(lambda n: n / 100), min_size=1, max_size=20))
def test_decimal_commas_are_read_where_the_file_says_so(values):
    texts = [f"{x:,.2f}".translate(str.maketrans(",.", ".,")) for x in values]
    assert numbers.mark(texts) == numbers.COMMA
    assert numbers.read(texts, numbers.COMMA).value.tolist() == values


@pytest.mark.parametrize(
    ("texts", "separator", "mark"),
    [
        (["1,234", "12"], ",", "point"),
        (["1,234", "12"], ";", ""),
        (["1,234", "12.5"], ";", "point"),
        (["1,234", "12,5"], ";", "comma"),
        (["0.123"], ",", "point"),
        (["0,123"], ";", "comma"),
        (["1.234"], ";", ""),
        (["1.234.567"], ",", "comma"),
        (["12.5", "12,5"], ",", ""),
        (["1.234"], ",", "point"),
    ],
)
def test_the_mark_before_decimals_is_told_by_the_file_or_asked(texts, separator, mark):
    assert numbers.mark(texts, separator) == mark


@given(st.text(max_size=12), st.sampled_from(["point", "comma", ""]))
def test_any_text_is_a_number_or_has_a_problem_or_is_blank(text, mark):
    text = text.strip()
    found = numbers.read([text], mark)
    assert np.isnan(found.value[0]) == bool(found.problem[0] or not text)
