"""Fewer of something: equal effort, by excess, and against what was to be expected."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from measures.aims.reductions import by_excess, counterfactual, equal_effort, rarity

E, N = [30, 12, 8], [1000, 600, 900]


def test_equal_effort_is_the_same_percentage_of_everybody():
    found = equal_effort([2000, 1000, 333], "0.15")
    assert found.exact.tolist() == [300, 150, 49.95]
    assert found.whole.tolist() == [300, 150, 50]
    assert (found.total, found.effort, found.reason) == (500, 0.15, "")


def test_by_excess_asks_only_those_above_the_rate_and_never_for_more_than_that():
    found = by_excess(E, N, "0.01", "0.26")
    assert found.exact.tolist() == pytest.approx([13 * 20 / 26, 13 * 6 / 26, 0])
    assert (found.total, found.reason) == (13, "")
    all_of_it = by_excess(E, N, "0.01", "0.52")
    assert (all_of_it.exact.tolist(), all_of_it.reason) == ([20, 6, 0], "")


def test_where_the_excess_is_not_enough_the_rest_comes_by_equal_effort_and_it_is_said():
    found = by_excess(E, N, "0.01", "0.76")
    assert found.effort == 12 / 24
    assert found.exact.tolist() == [20 + 5, 6 + 3, 0 + 4]
    assert found.reason.startswith("The reduction asked for is more than all sites have above a rate of 0.01")
    assert "50.0% of the rest" in found.reason
    nobody_above = by_excess(E, N, 1, "0.1")
    assert nobody_above.exact.tolist() == equal_effort(E, "0.1").exact.tolist()
    assert by_excess(E, N, 0, 1).exact.tolist() == E
    assert by_excess(E, N, "0.01", 0).whole.tolist() == by_excess(E, N, 1, 0).whole.tolist() == [0, 0, 0]


def test_reductions_add_up_and_nobody_gives_up_more_than_it_has():
    rnd = random.Random(31)
    for _ in range(1000):
        n = rnd.randint(1, 8)
        e = [rnd.randint(0, 400) / 10 for _ in range(n - 1)] + [rnd.randint(1, 400)]
        d = [rnd.randint(0, 3000) for _ in range(n)]
        r = f"{rnd.randint(0, 100)}e-2"
        asked = Fraction(r) * sum(Fraction(str(x)) for x in e)
        for found in (equal_effort(e, r), by_excess(e, d, "0.01", r)):
            assert found.whole.sum() == found.total == math.ceil(asked)
            assert found.exact.sum() == pytest.approx(float(asked))
            assert (np.abs(found.whole - found.exact) < 1 + 1e-9).all()
            assert (found.exact <= np.array(e) + 1e-9).all()
        excess = np.maximum(np.array(e) - 0.01 * np.array(d), 0)
        assert (found.exact <= excess + 1e-9).all() or (found.reason and (found.exact >= excess - 1e-9).all())


def test_what_was_to_be_expected_is_the_baseline_s_rate_at_today_s_exposure():
    assert counterfactual([[10, 14], [0, 0]], [[100, 140], [0, 0]], [[50], [9]]).tolist()[0] == [5.0]
    assert np.isnan(counterfactual([[0, 0]], [[0, 0]], [[50]])).all()
    assert counterfactual([10, np.nan, 14], [100, 50, 100], [50]).tolist() == [6.0]
    season = counterfactual([[10, 40]], [[100, 100]], [[200, 50]], seasonal=True)
    assert season.tolist() == [[20, 20]]
    assert np.isnan(counterfactual([1.0, 1.0], [0, 10], [5, 5], seasonal=True)).tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: equal_effort([3, -1], 0.1), "expected counts must not be below 0; that of site 2 is"),
        (lambda: equal_effort([3, "few"], 0.1), "Number 2 of the expected counts, 'few'"),
        (lambda: equal_effort([3], "1.1"), "reduction must be from 0 to 1 of what is expected; 1.1 is not"),
        (lambda: equal_effort([0, 0], "0.1"), "Nothing is expected at any site"),
        (lambda: equal_effort([], "0.1"), "Nothing is expected at any site"),
        (lambda: by_excess([3], [1, 2], 0, 0), "one expected count and one denominator for each site"),
        (lambda: by_excess([3], [-1], 0, 0), "denominators must not be below 0; that of site 1 is"),
        (lambda: by_excess([3], [1], "-0.1", 0), "rate must not be below 0; -0.1 is"),
        (lambda: counterfactual([1, 2], [1], [1]), "same sites and periods"),
        (lambda: counterfactual([1, 2], [1, 2], [1], seasonal=True), "the same one a year before"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_rare_events_carry_a_warning():
    assert rarity([5, 5.1]) == ""
    assert "At 1 of 2 sites fewer than 5 are to be expected in a week" in rarity([4.9, 80], "week")
    assert "do not set whole monthly targets" in rarity([0.2])
