"""What an aim is shared out by: each rule's weights, exact from the figures as typed."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims import weights
from measures.aims.apportion import apportion


def figures(found):
    return [Fraction(str(one)) for one in found]


def test_a_gap_is_what_a_site_s_people_are_short_of_the_benchmark():
    n, b = [1200, 800, 500, 300, 200], [0.70, 0.78, 0.85, 0.88, 0.97]
    up = weights.by_gap(n, b, "0.95")
    assert up.tolist() == [Decimal("300"), Decimal("136"), Decimal("50"), Decimal("21"), 0]
    down = weights.by_gap(n, [1 - Decimal(str(x)) for x in b], "0.05", better=-1)
    assert down.tolist() == up.tolist()


def test_excess_is_what_the_rate_does_not_allow():
    found = weights.by_excess([30, "12.5", 4], [1000, 600, 500], 0.01)
    assert found.tolist() == [20, Decimal("6.5"), 0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: weights.by_gap([10, 10], ["0.9", "0.95"], "0.9"), "No site is short of the benchmark, 0.9"),
        (lambda: weights.by_gap([10], ["0.9", "0.95"], 1), "There are 2 baselines for 1 sites"),
        (lambda: weights.by_gap([-10], ["0.9"], 1), "number 1 of the denominators is"),
        (lambda: weights.by_gap([10], ["0.9"], "high"), "Number 1 of the benchmarks, 'high'"),
        (lambda: weights.by_excess([1], [100], 1), "No site has more events than a rate of 1 allows"),
        (lambda: weights.by_excess([1, 2], [100], 1), "There are 2 events for 1 sites"),
        (lambda: weights.by_excess([1], [100], -1), "number 1 of the rates is"),
        (lambda: weights.by_baseline([3, -1]), "number 2 of the baselines is"),
        (lambda: weights.by_population([3, "many"]), "Number 2 of the populations, 'many'"),
        (lambda: weights.blend([[1, 2], [1, 2]], [0.5, 0.6]), "add up to 1; 0.5, 0.6 do not"),
        (lambda: weights.blend([[1, 2], [1, 2]], ["1.5", "-0.5"]), "from 0 to 1"),
        (lambda: weights.blend([[1, 2], [1, 2]], [1]), "one alpha for each rule"),
        (lambda: weights.blend([], []), "one alpha for each rule"),
        (lambda: weights.blend([[1, 2], [0, 0]], [0.5, 0.5]), "All weights of rule 2 are zero"),
        (lambda: weights.blend([[1, 2], [1]], [0.5, 0.5]), "There are 1 weights of rule 2 for 2 sites"),
        (lambda: weights.blend([[1, 0], [0, 1]], [0.5, 0.5]), "Every site is without weight by one rule or another"),
        (lambda: weights.blend([[1, 0], [0, 1]], [0.5, 0.5], "mean"), "mean"),
        (lambda: weights.stretch([1, 1], [1, "1.01"], 0.2), "Readiness must be from -1 to 1; that of site 2 is not"),
        (lambda: weights.stretch([1], [1], "1.5"), "stretch must be from 0 to 1; 1.5 is not"),
        (lambda: weights.stretch([1], [1, 1], 0), "There are 2 readiness for 1 sites"),
    ],
)
def test_what_makes_no_weight_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_blend_with_all_on_one_rule_is_that_rule():
    a, b = [400, 100, 0], [1, 5, 9]
    for how in weights.Blend:
        for alphas, rule in (((1, 0), a), ((0, 1), b)):
            found = np.asarray(weights.blend([a, b], alphas, how), float)
            assert found / found.sum() == pytest.approx(np.array(rule) / sum(rule))


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=8).filter(
        lambda rows: all(any(column) for column in zip(*rows))
    ),
    st.integers(0, 100),
)
def test_a_weighted_sum_is_exact(rows, percent):
    a, b = zip(*rows)
    alpha = Fraction(percent, 100)
    want = [alpha * x / sum(a) + (1 - alpha) * y / sum(b) for x, y in rows]
    found = weights.blend([a, b], [f"{percent}e-2", f"{100 - percent}e-2"], "sum")
    assert [Fraction(int(one), int(sum(found))) for one in found] == want


def test_the_scale_of_a_rule_makes_no_difference_to_a_product():
    rng = np.random.default_rng(5)
    a, b = rng.integers(1, 1000, 50), rng.integers(1, 1000, 50)
    once = weights.blend([a, b], ["0.3", "0.7"])
    assert weights.blend([[f"{x}e-3" for x in a], [f"{3 * x}e9" for x in b]], ["0.3", "0.7"]).tolist() == once.tolist()
    assert once == pytest.approx((a**0.3 * b**0.7) / (a**0.3 * b**0.7).max())


def test_stretch_is_shown_and_what_some_are_spared_others_carry():
    found = weights.stretch([100, 100, 100, 100], [1, "0.5", 0, -1], "0.2")
    assert found.multipliers.tolist() == [1.2, 1.1, 1.0, 0.8]
    assert figures(found.weights) == [120, 110, 100, 80]
    shares = apportion(found.weights, 41)
    assert shares.share.tolist() == [12, 11, 10, 8]
    none = weights.stretch([100, 50], [1, -1], 0)
    assert (figures(none.weights), none.multipliers.tolist()) == ([100, 50], [1, 1])
