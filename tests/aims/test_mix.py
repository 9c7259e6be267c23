"""Real improvement and mix: an identity, whoever comes or goes."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.mix import fixed_weights, mix


def test_the_campaign_falls_though_both_sites_improve():
    found = mix([0.4, 0.6], [0.70, 0.90], [0.5, 0.5], [0.72, 0.91])
    assert (found.before, found.after) == (pytest.approx(0.82), pytest.approx(0.815))
    assert found.total == pytest.approx(-0.005)
    assert found.real == pytest.approx(0.0145)
    assert found.mix == pytest.approx(-0.0195)
    assert found.real_by_site == pytest.approx([0.45 * 0.02, 0.55 * 0.01])
    # The site below the campaign grew and the one above it shrank: both bring it down.
    assert found.mix_by_site == pytest.approx([(0.71 - 0.8175) * 0.1, (0.905 - 0.8175) * -0.1])
    assert found.fixed_before == pytest.approx(0.82)
    assert found.fixed_after == pytest.approx(0.4 * 0.72 + 0.6 * 0.91)


def test_denominators_do_as_weights():
    one, other = mix([40, 60], [0.7, 0.9], [250, 250], [0.72, 0.91]), mix([4, 6], [0.7, 0.9], [1, 1], [0.72, 0.91])
    assert (one.real, one.mix) == (pytest.approx(other.real), pytest.approx(other.mix))


def test_a_site_that_comes_or_goes_is_all_mix():
    came = mix([100, 0], [0.8, np.nan], [100, 100], [0.8, 0.6])
    assert came.real_by_site.tolist() == [0, 0]
    assert came.total == came.mix == pytest.approx(-0.1)
    left = mix([100, 100], [0.8, 0.6], [100, np.nan], [0.85, np.nan])
    assert left.real_by_site.tolist() == pytest.approx([0.75 * 0.05, 0])
    assert left.total == pytest.approx(0.85 - 0.7)
    assert (left.fixed_before, left.fixed_after) == (0.8, 0.85)
    neither = mix([100, np.nan], [0.8, np.nan], [100, 0], [0.9, 0.3])
    assert (neither.real, neither.mix) == (pytest.approx(0.1), 0)
    # There but not reported: not counted as nothing.
    late = mix([100, 100], [0.8, 0.6], [100, 100], [0.8, np.nan])
    assert (late.after, late.real) == (0.8, 0)


def test_a_date_with_nobody_has_no_rate():
    found = mix([[10, 10], [0, 0]], [0.5, 0.6], [10, 10], [[0.7, 0.8], [0.7, 0.8]])
    assert found.total[0] == pytest.approx(0.2)
    assert np.isnan([found.before[1], found.total[1], found.fixed_before[1], found.fixed_after[1]]).all()
    assert not np.isnan(found.after).any()


def test_many_periods_go_with_one_baseline():
    rng = np.random.default_rng(3)
    n0, p0 = rng.integers(1, 100, 7), rng.random(7)
    n1, p1 = rng.integers(0, 100, (5, 7)), rng.random((5, 7))
    found = mix(n0, p0, n1, p1)
    assert found.real.shape == (5,)
    for k in range(5):
        one = mix(n0, p0, n1[k], p1[k])
        assert (found.real[k], found.mix[k]) == (one.real, one.mix)
        assert found.mix_by_site[k].tolist() == one.mix_by_site.tolist()


cell = st.one_of(st.just(None), st.tuples(st.integers(0, 50), st.integers(0, 100)))


@given(st.lists(st.tuples(cell, cell), min_size=1, max_size=12))
def test_the_identity_holds_whoever_comes_or_goes(rows):
    n0, p0, n1, p1 = (
        [np.nan if row[date] is None else row[date][k] / (1, 100)[k] for row in rows]
        for date, k in ((0, 0), (0, 1), (1, 0), (1, 1))
    )
    found = mix(n0, p0, n1, p1)
    rates = []
    for date in (0, 1):
        there = [row[date] for row in rows if row[date] and row[date][0]]
        people = sum(n for n, _ in there)
        rates.append(Fraction(sum(n * p for n, p in there), 100 * people) if people else None)
    if None in rates:
        assert np.isnan(found.total)
        return
    assert (found.before, found.after) == (pytest.approx(float(rates[0])), pytest.approx(float(rates[1])))
    assert found.total == found.real + found.mix
    assert found.total == pytest.approx(float(rates[1] - rates[0]), abs=1e-14)
    assert found.real_by_site.sum() == pytest.approx(found.real, abs=1e-14)
    # The textbook's mix, without the campaign's own level.
    w0, w1 = (np.nan_to_num(np.where(np.isnan(p), 0, n)) for n, p in ((n0, p0), (n1, p1)))
    w0, w1 = w0 / w0.sum(), w1 / w1.sum()
    mean = np.nanmean(np.where([w0 > 0, w1 > 0], [p0, p1], np.nan)[:, (w0 > 0) | (w1 > 0)], axis=0)
    assert (mean * (w1 - w0)[(w0 > 0) | (w1 > 0)]).sum() == pytest.approx(found.mix, abs=1e-14)


def test_fixed_weights_are_the_baseline_s():
    found = fixed_weights([40, 60, 0], [[0.7, 0.9, 0.1], [0.72, 0.91, np.nan], [np.nan, 0.92, 0.5], [np.nan] * 3])
    assert found.rate[:3] == pytest.approx([0.82, 0.834, 0.92])
    assert np.isnan(found.rate[3])
    assert found.covered.tolist() == [1, 1, 0.6, 0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: mix([1, 2], [0.5], [1, 2, 3], [0.5]), "weights and rates for the same sites and dates"),
        (lambda: mix(1, 0.5, 1, 0.5), "one weight and one rate for each site"),
        (lambda: mix([1, 2], [0.5, 0.5], [[1, 1], [1, -1]], [0.5, 0.5]), "that of site 2 is not"),
        (lambda: fixed_weights([np.inf, 2], [0.5, 0.5]), "finite and not negative; that of site 1 is not"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()
