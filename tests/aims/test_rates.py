"""Sharing out a rate: the worked numbers, and what must hold for every campaign."""

import math
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.benchmark import achievable_of_rates
from measures.aims.rates import Effort, apportion_rate

N = [1200, 800, 500, 300, 200]
B = [0.70, 0.78, 0.85, 0.88, 0.92]
BATCH = 20
"""Campaigns in one generated example."""


@pytest.mark.parametrize(
    ("effort", "parameter", "exact"),
    [
        ("failure-reduction", 0.321267, [0.79638, 0.85068, 0.89819, 0.91855, 0.94570]),
        ("gap", 0.415205, [0.80380, 0.85058, 0.89152, 0.90906, 0.93246]),
        ("points", 0.071, [0.771, 0.851, 0.921, 0.951, 0.991]),
        ("floor", 0.8385, [0.8385, 0.8385, 0.85, 0.88, 0.92]),
    ],
)
def test_the_worked_example(effort, parameter, exact):
    found = apportion_rate(N, B, "0.85", effort=effort, benchmark="0.95" if effort == "gap" else None)
    assert found.pooled == 0.779
    assert found.parameter == pytest.approx(parameter, abs=5e-7)
    assert found.exact == pytest.approx(exact, abs=5.001e-6)
    assert found.unclipped == pytest.approx(found.exact)
    assert found.numerator.sum() == found.total == 2550
    assert (found.unmet, found.reason, found.clipped.any()) == (0, "", False)
    assert found.asked == pytest.approx(found.exact - B)


def test_the_whole_people_of_the_worked_example():
    found = apportion_rate(N, B, "0.85", effort="gap", benchmark="0.95")
    assert found.numerator.tolist() == [965, 680, 446, 273, 186]
    assert found.target == pytest.approx([965 / 1200, 0.85, 0.892, 0.91, 0.93])
    assert math.isnan(apportion_rate(N, B, "0.85").benchmark)


def test_equal_relative_gain_asks_the_best_site_for_more_than_there_is_and_is_solved_anew():
    found = apportion_rate(N, B, "0.85", effort="relative")
    assert found.unclipped[4] == pytest.approx(1.00385, abs=5e-6)
    assert found.unclipped == pytest.approx([b * 0.85 / 0.779 for b in B])
    assert (
        found.reason
        == "The rule would ask 1 of 5 sites for more than 100%: cut there, the rest is asked of the others."
    )
    # 2,550 people less 200 at 100 %, over 2,153 at baseline.
    assert found.parameter == pytest.approx(2350 / 2153)
    assert found.exact == pytest.approx([*(b * 2350 / 2153 for b in B[:4]), 1])
    assert found.clipped.tolist() == [False, False, False, False, True]
    assert found.numerator.sum() == found.total == 2550


def test_odds_are_all_times_the_same():
    found = apportion_rate(N, B, "0.85", effort="odds")
    before, after = np.array(B) / (1 - np.array(B)), found.exact / (1 - found.exact)
    assert after / before == pytest.approx(math.exp(found.parameter), rel=1e-13)
    assert found.numerator.sum() == 2550


def test_points_are_cut_at_all_there_is_and_solved_anew():
    found = apportion_rate([500, 500], ["0.5", "0.95"], "0.8", effort="points")
    assert found.unclipped == pytest.approx([0.575, 1.025])
    assert found.exact.tolist() == [0.6, 1.0]
    assert found.parameter == pytest.approx(0.1)
    assert found.reason.startswith("The rule would ask 1 of 2 sites for more than 100%")


def test_an_aim_beyond_the_benchmark_is_met_as_far_as_the_benchmark_goes():
    found = apportion_rate([1000, 1000], ["0.8", "0.9"], "0.95", effort="gap", benchmark="0.912")
    assert found.parameter == pytest.approx(0.1 * 2 / (0.112 + 0.012))
    assert found.exact.tolist() == [0.912, 0.912]
    assert found.unclipped == pytest.approx([0.8 + 0.2 / 0.124 * 0.112, 0.9 + 0.2 / 0.124 * 0.012])
    assert found.clipped.all()
    assert (found.total, found.unmet, found.numerator.tolist()) == (1900, 76, [912, 912])
    assert found.reason == (
        "The aim, 95%, lies above what all at the benchmark of 91.2% would reach together, 91.2%:"
        " 76 of 1,900 people cannot be asked for."
    )
    down = apportion_rate([1000, 1000], ["0.2", "0.1"], "0.05", effort="gap", benchmark="0.088", better=-1)
    assert (down.total, down.unmet, down.numerator.tolist()) == (100, 76, [88, 88])
    assert down.reason == (
        "The aim, 5%, lies below what all at the benchmark of 8.8% would reach together, 8.8%:"
        " 76 people more are left than the 100 aimed at."
    )


def test_nobody_short_of_the_benchmark_can_be_asked_for_anything():
    found = apportion_rate([10, 10], [0.9, 0.9], "0.95", effort="gap", benchmark="0.9")
    assert found.parameter == math.inf
    assert found.exact.tolist() == found.unclipped.tolist() == [0.9, 0.9]
    assert (found.numerator.tolist(), found.unmet) == ([9, 9], 1)


def test_the_default_benchmark_is_the_achievable_one():
    found = apportion_rate(N, B, "0.85", effort="gap")
    assert found.benchmark == achievable_of_rates(B, N).rate == 0.896
    assert found.exact[4] == 0.92
    down = apportion_rate(N, [1 - Decimal(str(b)) for b in B], "0.15", effort="gap", better=-1)
    assert down.benchmark == 0.104
    assert (np.array(N) - down.numerator).tolist() == found.numerator.tolist()


@pytest.mark.parametrize("effort", ["relative", "odds"])
def test_what_stands_at_nothing_stays_there_by_some_rules(effort):
    found = apportion_rate([100, 100, 50], ["0", "0.5", "0.8"], "0.7", effort=effort)
    assert found.exact.tolist() == [0, 1, 1]
    assert (found.parameter, found.total, found.unmet) == (math.inf, 175, 25)
    assert found.reason == (
        "The rule leaves the one site at 0% there, and with all others at 100% they reach 60%:"
        " 25 of 175 people cannot be asked for."
    )
    # Just what they can reach, and a hair more.
    found = apportion_rate([100, 100, 50], ["0", "0.5", "0.8"], "0.6", effort=effort)
    assert (found.exact.tolist(), found.unmet) == ([0, 1, 1], 0)
    found = apportion_rate([100, 100, 50], ["0", "0.5", "0.8"], "0.60000000000000000001", effort=effort)
    assert (found.numerator.tolist(), found.total, found.unmet) == ([0, 100, 50], 151, 1)
    found = apportion_rate([100, 100, 50], ["0", "0.5", "0.8"], "0.59999999999999999999", effort=effort)
    assert (found.numerator.tolist(), found.unmet) == ([0, 100, 50], 0)


@pytest.mark.parametrize("effort", Effort)
def test_everybody_holds_where_the_aim_is_no_better_than_the_baseline(effort):
    for aim, says in (("0.60", "The aim, 60%, is no better"), ("0.779", "The aim, 77.9%, is no better")):
        found = apportion_rate(N, B, aim, effort=effort, over="0.5")
        assert found.reason == says + " than the sites' baselines together, 77.9%: everybody holds."
        assert found.exact.tolist() == B
        assert found.numerator.tolist() == [840, 624, 425, 264, 184]
        assert not found.asked.any()
        assert not found.clipped.any()
        assert (found.total, found.unmet) == (2337, 0)
        assert (found.aim, found.goal) == (float(aim), float(aim))


def test_what_floats_leave_over_makes_no_person():
    thirds = [2 / 3] * 3  # 0.6666666666666666, and three of 0.6666666666666667 would be above 2
    assert apportion_rate([3, 3, 3], thirds, "0.1").numerator.tolist() == [2, 2, 2]
    assert apportion_rate([3, 3, 3], [0.6666666666666667] * 3, "0.1").numerator.tolist() == [2, 2, 2]


def test_the_improvement_is_exceeded_and_not_the_aim():
    found = apportion_rate(N, B, "0.85", over="0.1")
    assert found.goal == pytest.approx(0.8571)
    assert found.aim == 0.85
    assert found.total == found.numerator.sum() == math.ceil(Fraction("0.8571") * 3000)
    down = apportion_rate(N, [1 - Decimal(str(b)) for b in B], "0.15", better=-1, over="0.1")
    assert down.goal == pytest.approx(0.1429)
    assert down.total == down.numerator.sum() == 3000 - found.total


@pytest.mark.parametrize("effort", ["failure-reduction", "points", "floor", "odds", "relative"])
def test_an_extra_that_goes_past_all_there_is_is_met_as_far_as_that(effort):
    found = apportion_rate([100, 100], ["0.8", "0.9"], "0.95", effort=effort, over="1")
    assert (found.total, found.unmet, found.numerator.tolist()) == (210, 10, [100, 100])
    assert found.reason == "With its extra the aim comes to 105%, above 100%: 10 of 210 people cannot be asked for."
    down = apportion_rate([100, 100], ["0.2", "0.1"], "0.05", effort=effort, over="1", better=-1)
    assert (down.total, down.unmet, down.numerator.tolist()) == (-10, 10, [0, 0])
    assert down.reason.startswith("With its extra the aim comes to -5%, below 0%")


@pytest.mark.parametrize("effort", Effort)
def test_a_site_without_a_denominator_takes_no_part(effort):
    found = apportion_rate([50, 0, 50], [0.5, math.nan, 0.6], "0.7", effort=effort, benchmark=None)
    alone = apportion_rate([50, 50], [0.5, 0.6], "0.7", effort=effort)
    for name in ("exact", "unclipped", "target"):
        assert math.isnan(getattr(found, name)[1])
        assert getattr(found, name)[[0, 2]].tolist() == getattr(alone, name).tolist()
    assert found.numerator[[0, 1, 2]].tolist() == [alone.numerator[0], 0, alone.numerator[1]]
    assert (found.asked[1], found.clipped[1]) == (0, False)
    typed = apportion_rate(np.array([50.0, 0.0, 50.0]), np.array([0.5, math.nan, 0.6]), "0.7", effort=effort)
    assert typed.exact.tolist()[::2] == found.exact.tolist()[::2]


def campaigns(seed, many=BATCH):
    """Denominators, baselines in thousandths of per cent and an aim in per mille, with ties, zeros and full ones."""
    draw = random.Random(seed)
    for _ in range(many):
        k = draw.randint(1, 12)
        size = draw.choice([5, 300, 10**6])
        n = [draw.randint(0, size) for _ in range(k)]
        n[draw.randrange(k)] = draw.randint(1, size)
        b = [draw.choice([draw.randint(0, 10**5), draw.randint(0, 100) * 1000, 0, 10**5]) for _ in range(k)]
        yield n, [Decimal(x).scaleb(-5) for x in b], Decimal(draw.randint(0, 1000)).scaleb(-3)


def shared(n, b, aim, effort, **options):
    """The shares, or None where the achievable benchmark is below the baselines together, which is refused."""
    try:
        return apportion_rate(n, b, aim, effort=effort, **options)
    except ValueError as refusal:
        assert effort == Effort.GAP
        assert "achievable benchmark of care" in str(refusal)
        return None


@given(st.integers(0, 2**32))
def test_shares_add_up_to_the_person_and_nobody_is_asked_to_get_worse(seed):
    for n, b, aim in campaigns(seed):
        people, held = sum(n), sum(Fraction(x) * m for x, m in zip(b, n))
        for effort in Effort:
            found = shared(n, b, aim, effort)
            if found is None:
                continue
            size, before = np.array(n), np.where(np.array(n) > 0, np.array(b, float), 0)
            exact = np.where(size > 0, found.exact, 0)
            assert found.total == math.ceil(max(Fraction(aim) * people, held))
            assert found.numerator.sum() == found.total - found.unmet
            assert found.unmet >= 0
            assert found.unmet == 0 or effort in (Effort.GAP, Effort.RELATIVE, Effort.ODDS)
            assert bool(found.reason) or found.unmet == 0
            assert ((found.numerator >= 0) & (found.numerator <= size)).all()
            assert ((exact <= 1) & (exact >= before)).all()
            assert (np.abs(found.numerator - size * exact) < 1 + 1e-9 * size).all()
            assert found.asked == pytest.approx(exact - before, abs=1e-15)
            aimed = max(float(aim) * people, float(held))
            assert ((size * exact).sum() == pytest.approx(aimed, rel=1e-12)) == (found.unmet == 0)


@given(st.integers(0, 2**32))
def test_lower_is_better_is_the_mirror_image_exactly(seed):
    for n, b, aim in campaigns(seed, 4):
        for effort in Effort:
            up = shared(n, b, aim, effort)
            down = shared(n, [1 - x for x in b], 1 - aim, effort, better=-1)
            if up is None:
                assert down is None
                continue
            assert (np.array(n) - down.numerator).tolist() == up.numerator.tolist()
            assert (sum(n) - down.total, down.unmet) == (up.total, up.unmet)
            assert down.exact == pytest.approx(1 - up.exact, abs=1.2e-16, nan_ok=True)
            assert down.asked.tolist() == up.asked.tolist()
            assert down.clipped.tolist() == up.clipped.tolist()
            if effort != Effort.FLOOR:
                assert down.parameter == up.parameter
            else:
                assert down.parameter == 1 - up.parameter


@given(st.integers(0, 2**32))
def test_the_order_of_sites_makes_no_difference(seed):
    for n, b, aim in campaigns(seed, 4):
        order = random.Random(seed).sample(range(len(n)), len(n))
        for effort in Effort:
            one = shared(n, b, aim, effort)
            other = shared([n[i] for i in order], [b[i] for i in order], aim, effort)
            if one is None:
                assert other is None
                continue
            assert other.exact == pytest.approx(one.exact[order], abs=1e-14, nan_ok=True)
            quotas = np.array(n) * one.exact
            if effort != Effort.ODDS and len({*quotas.tolist()}) == len(n):
                assert other.exact.tolist() == pytest.approx(one.exact[order].tolist(), abs=0, nan_ok=True)
                assert other.numerator.tolist() == one.numerator[order].tolist()


@given(st.integers(0, 2**32), st.integers(2, 1000))
def test_the_scale_of_denominators_makes_no_difference_to_exact_rates(seed, times):
    for n, b, aim in campaigns(seed, 4):
        # The achievable benchmark itself depends on how many people a site has.
        mark = max(Decimal("0.9"), *b)
        for effort in Effort:
            options = {"benchmark": mark} if effort == Effort.GAP else {}
            one = apportion_rate(n, b, aim, effort=effort, **options)
            other = apportion_rate([times * m for m in n], b, aim, effort=effort, **options)
            close = 1e-14 if effort == Effort.ODDS else 0
            assert other.exact == pytest.approx(one.exact, abs=close, nan_ok=True)


@given(st.lists(st.tuples(st.integers(0, 20_000), st.floats(0, 1)), min_size=1, max_size=30), st.floats(0, 1))
def test_any_float_is_shared_out_exactly(rows, aim):
    n, b = zip(*rows)
    if not any(n):
        return
    for effort in Effort:
        found = shared(n, b, aim, effort)
        if found is None:
            continue
        assert found.numerator.sum() == found.total - found.unmet
        assert (np.where(np.array(n) > 0, found.exact, 1) >= np.where(np.array(n) > 0, b, 0)).all()
        assert (np.abs(found.numerator - np.array(n) * np.nan_to_num(found.exact)) < 1 + 1e-9).all()


@pytest.mark.parametrize("effort", Effort)
def test_a_hundred_thousand_sites_add_up_too(effort):
    rng = np.random.default_rng(11)
    n = rng.integers(0, 5_000, 100_000)
    b = np.divide(rng.binomial(n, rng.beta(8, 3, n.size)), n, out=np.full(n.size, np.nan), where=n > 0)
    found = apportion_rate(n, b, "0.8512", effort=effort)
    assert found.numerator.sum() == found.total == math.ceil(Fraction("0.8512") * int(n.sum()))
    assert (np.abs(found.numerator - n * np.nan_to_num(found.exact)) < 1 + 1e-9).all()


@pytest.mark.parametrize(
    ("n", "b", "aim", "options", "says"),
    [
        ([10], [0.5], "1.2", {}, "The aim must be a proportion from 0 to 1 .0.85 for 85%.; 1.2 is not"),
        ([10], [0.5], -0.1, {}, "The aim must be a proportion from 0 to 1 .0.85 for 85%.; -0.1 is not"),
        ([10], [0.5], "85%", {}, "The aim must be a proportion from 0 to 1 .0.85 for 85%.; 85% is not"),
        ([10], [0.5], math.nan, {}, "The aim must be a proportion from 0 to 1 .0.85 for 85%.; nan is not"),
        ([10, 10], [0.5], "0.9", {}, "one denominator and one baseline for each site"),
        ([3, -1], [0.5, 0.5], "0.9", {}, "Denominators must be whole and not negative; number 2 is not"),
        ([3, 1.5], [0.5, 0.5], "0.9", {}, "Denominators must be whole and not negative; number 2 is not"),
        ([3, ""], [0.5, 0.5], "0.9", {}, "Number 2 of the denominators, '', is not a finite number"),
        ([3, math.nan], [0.5, 0.5], "0.9", {}, "Number 2 of the denominators, 'nan', is not a finite number"),
        ([0, 0], [0.5, 0.5], "0.9", {}, "The denominators add up to nothing, so there is nothing to share out"),
        ([], [], "0.9", {}, "The denominators add up to nothing, so there is nothing to share out"),
        ([10**15, 1], [0.5, 0.5], "0.9", {}, "The denominators add up to more than 1,000,000,000,000,000"),
        ([5, 5], [0.5, 1.5], "0.9", {}, "Baselines must be proportions from 0 to 1; number 2 is not"),
        ([5, 5], [0.5, -0.5], "0.9", {}, "Baselines must be proportions from 0 to 1; number 2 is not"),
        ([5, 5], [0.5, math.nan], "0.9", {}, "Number 2 of the baselines, 'nan', is not a finite number"),
        ([5, 5], [0.5, None], "0.9", {}, "Number 2 of the baselines, 'None', is not a finite number"),
        ([5], [0.5], "0.9", {"over": "-0.1"}, "The extra must not be below 0; -0.1 is"),
        ([5], [0.5], "0.9", {"effort": "more"}, "'more' is no rule of effort; there are failure-reduction, gap"),
        ([5], [0.5], "0.9", {"benchmark": "0.8"}, "Only the rule of effort 'gap' has a benchmark; leave out 0.8"),
        ([5], [0.5], "0.9", {"effort": "gap", "benchmark": "1.1"}, "The benchmark must be a proportion from 0 to 1"),
        (
            [5, 5], [0.5, 0.7], "0.9", {"effort": "gap", "benchmark": "0.55"},
            "The benchmark, 55%, is below the sites' baselines together, 60%; give a better one",
        ),
        (
            [5, 5], [0.5, 0.3], "0.1", {"effort": "gap", "benchmark": "0.45", "better": -1},
            "The benchmark, 45%, is above the sites' baselines together, 40%; give a better one",
        ),
        (
            [100, *[1] * 99], ["0.7", *["1"] * 99], "0.99", {"effort": "gap"},
            "The achievable benchmark of care, 70%, is below the sites' baselines together, 84.9246%",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_sentence(n, b, aim, options, says):
    with pytest.raises(ValueError, match=says):
        apportion_rate(n, b, aim, **options)
