"""The achievable benchmark of care: what the best sites with a tenth of the people reach together."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.benchmark import achievable, achievable_of_rates


def plain(x, n, share):
    """By the definition, with sites tied with the last one taken too."""
    order = sorted((i for i in range(len(n)) if n[i]), key=lambda i: -Fraction(x[i] + 1, n[i] + 2))
    best, people = [], 0
    for i in order:
        tied = best and Fraction(x[i] + 1, n[i] + 2) == Fraction(x[best[-1]] + 1, n[best[-1]] + 2)
        if people >= share * sum(n) and not tied:
            break
        best.append(i)
        people += n[i]
    return Fraction(sum(x[i] for i in best), people), set(best)


counts = st.lists(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1).filter(
    lambda rows: any(n for _, n in rows)
)


@given(counts, st.integers(1, 100))
def test_it_is_what_the_definition_says(rows, percent):
    x, n = zip(*rows)
    want, best = plain(x, n, Fraction(percent, 100))
    found = achievable(x, n, share=f"{percent}e-2")
    assert Fraction(found.part, found.whole) == want
    assert found.rate == float(want)
    assert set(np.flatnonzero(found.sites)) == best
    assert found.covered == pytest.approx(sum(n[i] for i in best) / sum(n))


@given(counts, st.randoms(use_true_random=False))
def test_the_order_makes_no_difference_and_lower_is_better_is_the_mirror_image(rows, chance: random.Random):
    x, n = zip(*rows)
    found = achievable(x, n)
    order = chance.sample(range(len(n)), len(n))
    other = achievable([x[i] for i in order], [n[i] for i in order])
    assert (other.part, other.whole) == (found.part, found.whole)
    assert other.sites.tolist() == found.sites[order].tolist()
    down = achievable([m - k for k, m in rows], n, better=-1)
    assert (down.whole - down.part, down.sites.tolist()) == (found.part, found.sites.tolist())


def test_a_tiny_site_at_all_there_is_does_not_set_it():
    # 2 of 2 is adjusted to 3/4, 57 of 60 to 58/62.
    found = achievable([2, 57, 340, 800], [2, 60, 400, 1000])
    assert found.sites.tolist() == [False, True, True, False]
    assert found.rate == 397 / 460
    assert found.covered == 460 / 1462


def test_sites_tied_with_the_last_are_taken_too():
    found = achievable([9, 9, 9, 50], [10, 10, 10, 70])
    assert found.sites.tolist() == [True, True, True, False]
    assert achievable([9, 9, 9, 50], [10, 10, 10, 70], share="0.3").covered == 0.3
    assert achievable([9, 9, 9, 50], [10, 10, 10, 70], share="0.31").covered == 1


def test_from_rates_as_typed():
    found = achievable_of_rates(["0.70", "0.78", "0.85", "0.88", "0.92"], [1200, 800, 500, 300, 200])
    # 200 people are not yet a tenth of 3,000; with the next site's 300 they are.
    assert (found.rate, found.covered) == (0.896, 500 / 3000)
    down = achievable_of_rates(["0.30", "0.22", "0.15", "0.12", "0.08"], [1200, 800, 500, 300, 200], better=-1)
    assert down.rate == 0.104
    assert achievable_of_rates([0.5, 0.9], [0, 5]).rate == 0.9


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: achievable([0, 0], [0, 0]), "No site has a denominator, so there is no benchmark"),
        (lambda: achievable([], []), "No site has a denominator, so there is no benchmark"),
        (lambda: achievable([1], [1, 2]), "one numerator and one denominator for each site"),
        (lambda: achievable([1, 3], [1, 2]), "Numerators must be from 0 to their denominators; number 2 is not"),
        (lambda: achievable([1, -1], [1, 2]), "Numerators must be from 0 to their denominators; number 2 is not"),
        (lambda: achievable([1, 0], [1, -2]), "Denominators must not be negative; number 2 is"),
        (lambda: achievable([1, None], [1, 2]), "Number 2 of the numerators, 'None'"),
        (lambda: achievable([1], [1], share=0), "must be above 0 and at most 1; 0 is not"),
        (lambda: achievable([1], [1], share="1.1"), "must be above 0 and at most 1; 1.1 is not"),
        (lambda: achievable_of_rates([0.5], [1, 2]), "one rate and one denominator for each site"),
        (lambda: achievable_of_rates([0.5, 1.1], [1, 2]), "Rates must be shares between 0 and 1; number 2 is not"),
        (lambda: achievable_of_rates([0.5], [-1]), "Denominators must not be negative; number 1 is"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
