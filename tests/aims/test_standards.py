"""Sites reaching a standard: how many must, who has, who is near, and whom that covers."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.standards import needed, standing


@pytest.mark.parametrize(
    ("sites", "wanted", "count"),
    [
        (140, "most", 71), (139, "most", 70), (1, "most", 1), (2, "most", 2),
        (140, 0, 0), (140, 140, 140), (140, np.int64(7), 7),
        (140, "0.9", 126), (10, "0.7", 7), (10, 0.7, 7), (3, Decimal("0.34"), 2), (3, "1", 3), (3, 1.0, 3), (3, "0", 0),
    ],
)  # fmt: skip
def test_how_many_sites_must_reach_it(sites, wanted, count):
    assert needed(sites, wanted) == count


def test_a_site_exactly_at_the_standard_has_reached_it():
    # 0.95 as a float times 1,000 is not 950 less anything.
    found = standing([950, 949, 951], [1000, 1000, 1000], "0.95")
    assert found.reached.tolist() == [True, False, True]
    assert found.gap.tolist() == [0, 1, 0]
    for n in range(20, 2001, 20):
        assert standing([n * 95 // 100], [n], 0.95, 1).reached.all()
    down = standing([50, 51, 49], [1000, 1000, 1000], "0.05", better=-1)
    assert down.reached.tolist() == [True, False, True]
    assert down.gap.tolist() == [0, 1, 0]


def test_the_nearest_are_those_that_need_the_fewest_people():
    found = standing([900, 85, 440, 990, 180], [1000, 100, 500, 1000, 200], "0.95", 4)
    assert found.gap.tolist() == [50, 10, 35, 0, 10]
    assert (found.wanted, found.short) == (4, 3)
    assert found.nearest.tolist() == [1, 4, 2]
    assert found.people == 55
    assert found.covered == 1000 / 2800
    assert found.would_cover == 1800 / 2800
    assert (found.feasible, found.reason) == (True, "")


def test_enough_have_reached_it():
    found = standing([96, 97, 10], [100, 100, 100], "0.95")
    assert (found.wanted, found.short, found.nearest.tolist(), found.people) == (2, 0, [], 0)
    assert found.covered == found.would_cover == 2 / 3


def test_a_site_without_a_denominator_cannot_tell():
    found = standing([96, 0, 0], [100, 0, 0], "0.95")
    assert found.reached.tolist() == [True, False, False]
    assert found.gap[0] == 0
    assert np.isnan(found.gap[1:]).all()
    assert (found.short, found.nearest.tolist(), found.feasible) == (1, [], False)
    assert found.reason == "2 sites must reach the standard, and only 1 has a denominator."
    nobody = standing([0], [0], "0.95", 0)
    assert math.isnan(nobody.covered)
    assert nobody.feasible


@given(
    st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=15),
    st.integers(0, 100),
    st.integers(0, 15),
)
def test_so_many_more_people_and_no_fewer_bring_a_site_there(rows, percent, count):
    x, n = zip(*rows)
    mark = Fraction(percent, 100)
    found = standing(x, n, f"{percent}e-2", min(count, len(n)))
    for have, people, gap, there in zip(x, n, found.gap, found.reached):
        assert there == (people > 0 and have >= mark * people)
        if people:
            assert have + gap >= mark * people
            assert gap == 0 or have + gap - 1 < mark * people
            assert have + gap <= people
    chosen = found.gap[found.nearest]
    others = [g for i, g in enumerate(found.gap) if not found.reached[i] and i not in found.nearest and n[i]]
    assert not others or not chosen.size or chosen.max() <= min(others)
    assert found.reached.sum() + len(found.nearest) >= found.wanted or not found.feasible
    down = standing([m - k for k, m in rows], n, f"{100 - percent}e-2", min(count, len(n)), better=-1)
    assert down.reached.tolist() == found.reached.tolist()
    assert np.array_equal(down.gap, found.gap, equal_nan=True)
    assert down.nearest.tolist() == found.nearest.tolist()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: needed(0, "most"), "There are no sites"),
        (lambda: needed(3, 4), "from 0 to the 3 there; 4 is not"),
        (lambda: needed(3, -1), "from 0 to the 3 there; -1 is not"),
        (lambda: needed(3, "1.5"), "a whole number, 'most' or a share from 0 to 1; '1.5' is none of these"),
        (lambda: needed(3, "all"), "'all' is none of these"),
        (lambda: needed(3, math.nan), "nan is none of these"),
        (lambda: standing([1], [1, 2], "0.9"), "one numerator and one denominator for each site"),
        (lambda: standing([1, 3], [1, 2], "0.9"), "Numerators must be from 0 to their denominators; number 2 is not"),
        (lambda: standing([1, 0], [1, -2], "0.9"), "Denominators must not be negative; number 2 is"),
        (lambda: standing([1], [2], "95"), "The standard must be a proportion from 0 to 1 .0.95 for 95%.; 95 is not"),
        (lambda: standing([], [], "0.9"), "There are no sites"),
        (lambda: standing([1, math.nan], [2, 2], "0.9"), "Number 2 of the numerators, 'nan'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
