"""Who stands out: the formulas beside a plain slow telling of them, what must not matter, and what luck does."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from measures.signals.exceptional import exceptional, ordinary
from measures.spc.funnel import funnel


def campaign(seed, sites=30, quarters=8, *, kind="proportion", spread=0.08, lasts=0.7, size=400, level=0.8, gaps=0.0):
    """Counts of sites that differ as sites ordinarily do, nobody exceptional."""
    rng = np.random.default_rng(seed)
    n = np.maximum(5, np.round(rng.lognormal(math.log(size), 0.6, (sites, 1)))) * np.ones(quarters)
    own, passing = rng.standard_normal((sites, 1)), rng.standard_normal((sites, quarters))
    away = spread * (math.sqrt(lasts) * own + math.sqrt(1 - lasts) * passing)
    if kind == "rate":
        x = rng.poisson(n * level * np.exp(away)).astype(float)
    else:
        chance = np.sin(np.clip(math.asin(math.sqrt(level)) + away, 0, math.pi / 2)) ** 2
        x = rng.binomial(n.astype(int), chance).astype(float)
    x[rng.random(x.shape) < gaps] = np.nan
    return x, n


# ------------------------------------------------------------------ the formulas, told slowly


def pulled_in(z):
    """By hand what numpy's percentiles do: the tenth and ninetieth, between neighbours in proportion."""
    ordered = sorted(z)
    edges = []
    for share in (0.1, 0.9):
        place = share * (len(z) - 1)
        low = int(place)
        edges.append(ordered[low] + (place - low) * (ordered[min(low + 1, len(z) - 1)] - ordered[low]))
    return [min(max(one, edges[0]), edges[1]) for one in z]


def plain_ordinary(y, s):
    edge = 1.2815515655446004
    square = 0.8 - 2 * edge * math.exp(-edge * edge / 2) / math.sqrt(2 * math.pi) + 0.2 * edge * edge
    y, s, aim = [float(one) for one in y], [float(one) for one in s], square * (1 - 1 / len(y))

    def middle(tau2):
        scale = [math.sqrt(b * b + tau2) for b in s]
        low, high = min(y), max(y)
        for _ in range(48):
            m = (low + high) / 2
            z = pulled_in([(a - m) / c for a, c in zip(y, scale)])
            low, high = (m, high) if sum(one / c for one, c in zip(z, scale)) > 0 else (low, m)
        return m, sum(one * one for one in z) / len(z)

    if middle(0.0)[1] <= aim:
        return middle(0.0)[0], 0.0
    low, high = 0.0, 4 * float(np.var(y))
    for _ in range(36):
        tau2 = (low + high) / 2
        low, high = (tau2, high) if middle(tau2)[1] > aim else (low, tau2)
    return middle(high)[0], high


def plain_called(p, q):
    order = sorted(p)
    cut = max((one for j, one in enumerate(order, 1) if one <= q * j / len(p)), default=-1.0)
    return [one <= cut for one in p]


def plain_level(x, n, kind, better, q=0.1):
    """z, p, called (k, t), phi, expected and best of the level, site by site."""
    x, n = x[:, -4:], n[:, -4:]
    k, t = x.shape
    y = np.arcsin(np.sqrt((x + 0.375) / (n + 0.75))) if kind == "proportion" else np.log((x + 0.5) / n)
    s = 0.5 / np.sqrt(n + 0.75) if kind == "proportion" else np.sqrt(x) / (x + 0.5)
    z, p, hit, centre, tau2 = np.zeros((k, t)), np.zeros((k, t)), np.zeros((k, t), bool), [], []
    for j in range(t):
        m, tau = plain_ordinary(y[:, j], s[:, j])
        centre.append(m)
        tau2.append(tau)
        for i in range(k):
            z[i, j] = better * (y[i, j] - m) / math.sqrt(s[i, j] ** 2 + tau)
            if kind == "proportion":
                law, of = stats.binom, (n[i, j], math.sin(m) ** 2)
            else:
                law, of = stats.poisson, (n[i, j] * math.exp(m),)
            alone = law.sf(x[i, j] - 1, *of) if better > 0 else law.cdf(x[i, j], *of)
            p[i, j] = max(stats.t.sf(z[i, j], 0.7 * (k - 1)), alone)
        hit[:, j] = plain_called(p[:, j], q)
    spread = sum(tau2) / t
    away = better * (y - np.array(centre))
    w = np.array([pulled_in(away[:, j] / np.sqrt(s[:, j] ** 2 + spread)) for j in range(t)]).T
    over = under = 0.0
    for i in range(k):
        for j in range(t):
            for other in range(j):
                over += w[i, j] * w[i, other]
                under += spread / math.sqrt((spread + s[i, j] ** 2) * (spread + s[i, other] ** 2))
    phi = min(1.0, max(0.0, over / under / float(np.mean(w**2))))
    mean, sd = [], []
    for i in range(k):  # a normal vector, conditioned
        cov = np.full((t, t), phi * spread) + np.diag((1 - phi) * spread + s[i] ** 2)
        weights = np.linalg.solve(cov, np.full(t, phi * spread))
        mean.append(float(weights @ away[i]))
        sd.append(math.sqrt(phi * spread - float(weights @ np.full(t, phi * spread))))
    low, high = min(mean) - 1, max(mean) + 1
    for _ in range(40):
        c = (low + high) / 2
        above = sum(math.erfc((c - m) / d / math.sqrt(2)) / 2 for m, d in zip(mean, sd)) / k
        low, high = (c, high) if above > 0.1 else (low, c)
    at = [centre[-1] + better * m for m in mean]
    expected = [math.sin(a) ** 2 if kind == "proportion" else math.exp(a) for a in at]
    return z, p, hit, phi, expected, [float(stats.norm.sf(c, m, d)) for m, d in zip(mean, sd)]


@pytest.mark.parametrize(("kind", "better"), [("proportion", 1), ("proportion", -1), ("rate", -1), ("rate", 1)])
def test_it_is_what_a_plain_telling_of_the_formulas_finds(kind, better):
    x, n = campaign(5, sites=14, kind=kind, level=0.1 if kind == "rate" else 0.8, spread=0.2)
    x[3] = np.round(x[3] * (0.4 if better < 0 else 1.2 if kind == "proportion" else 2.5)).clip(max=n[3] * 2)
    if kind == "proportion":
        x = np.minimum(x, n)
    found = exceptional(x, n, kind=kind, better=better)
    z, p, hit, phi, expected, best = plain_level(x, n, kind, better)
    level = found.level
    assert level.z == pytest.approx(z, abs=1e-5)
    assert level.p == pytest.approx(p, rel=1e-4, abs=1e-12)
    assert (level.called == hit).all()
    assert level.lasts == pytest.approx(phi, abs=1e-5)
    assert level.expected == pytest.approx(expected, rel=1e-5)
    assert level.best == pytest.approx(best, abs=1e-5)
    assert (level.listed == hit[:, -1] & ((hit.sum(axis=1) >= 3) | (np.array(best) > 0.8))).all()


def test_a_change_is_the_difference_of_the_same_quarters_with_both_errors():
    x, n = campaign(8, sites=20)
    found = exceptional(x, n).change
    y, s = np.arcsin(np.sqrt((x + 0.375) / (n + 0.75))), 0.5 / np.sqrt(n + 0.75)
    assert found.columns.tolist() == [4, 5, 6, 7]
    for j in range(4):
        delta, error = y[:, 4 + j] - y[:, j], np.hypot(s[:, 4 + j], s[:, j])
        m, tau2 = plain_ordinary(delta, error)
        assert found.z[:, j] == pytest.approx((delta - m) / np.sqrt(error**2 + tau2), abs=1e-5)
    assert found.figure == pytest.approx(x[:, 7] / n[:, 7] - x[:, 3] / n[:, 3])


def test_a_change_of_a_rate_is_never_surer_than_its_two_counts():
    n = np.full((40, 5), 100.0)
    x = np.tile(np.arange(40.0)[:, None] % 5 + 3, 5)
    x[0, 0], x[0, 4] = 9, 0
    found = exceptional(x, n, kind="rate", better=-1).change
    half = 1 / (1 + math.exp(-found.centre[-1]))
    assert found.p[0, -1] >= stats.binom.cdf(0, 9, half) * (1 - 1e-9)
    assert not found.listed.any()


# ------------------------------------------------------------------ what must not matter


def same(one, other, flags=("listed", "once"), numbers=("expected", "best", "reliability")):
    for a, b in ((one.level, other.level), (one.change, other.change)):
        for name in flags:
            assert (getattr(a, name) == getattr(b, name)).all()
        for name in numbers:
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-4, abs=1e-6, nan_ok=True)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from(["proportion", "rate"]), st.sampled_from([1, -1]))
def test_the_order_of_sites_does_not_matter(seed, kind, better):
    x, n = campaign(seed, sites=18, gaps=0.1, kind=kind, level=0.4)
    order = np.random.default_rng(seed + 1).permutation(len(x))
    whole, mixed = (exceptional(a, b, kind=kind, better=better) for a, b in ((x, n), (x[order], n[order])))
    for mine, theirs in ((whole.level, mixed.level), (whole.change, mixed.change)):
        assert (mine.listed[order] == theirs.listed).all()
        assert mine.expected[order] == pytest.approx(theirs.expected, rel=1e-5, nan_ok=True)
        assert mine.best[order] == pytest.approx(theirs.best, abs=1e-4, nan_ok=True)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([1, -1]))
def test_those_seen_in_time_and_those_not_tell_the_same(seed, better):
    x, n = campaign(seed, sites=18, gaps=0.1, level=0.9, size=60)
    one, other = exceptional(x, n, better=better), exceptional(n - x, n, better=-better)
    same(one, other, numbers=("best", "reliability"))
    assert one.level.expected == pytest.approx(1 - other.level.expected, abs=1e-6, nan_ok=True)
    assert one.change.expected == pytest.approx(-other.change.expected, abs=1e-6, nan_ok=True)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 0.2, 12.0, 1000.0]))
def test_the_unit_of_a_rate_does_not_matter(seed, unit):
    x, n = campaign(seed, sites=18, kind="rate", level=0.02)
    one, other = exceptional(x, n, kind="rate", better=-1), exceptional(x, n * unit, kind="rate", better=-1)
    same(one, other, numbers=("best", "reliability"))
    assert one.level.expected == pytest.approx(other.level.expected * unit, rel=1e-5)


# ------------------------------------------------------------------ what luck does


def test_where_nobody_is_exceptional_hardly_ever_is_anybody_called_and_the_funnel_alone_would_call():
    """Every call is false here, so the share of false calls is the share of campaigns with any: at most q."""
    runs, counts = 90, np.zeros(4)
    for seed in range(runs):
        x, n = campaign(seed, sites=60, size=2000, spread=0.1, quarters=5)
        found = exceptional(x, n)
        listed = found.level.listed.any(), found.change.listed.any()
        called = found.level.called[:, -1].any(), funnel(x[:, -1], n[:, -1]).exceptional.any()
        counts += [*called, *listed]
    call, by_funnel, level, change = counts / runs
    error = math.sqrt(0.1 * 0.9 / runs)
    assert max(call, level, change) <= 0.1 + 2 * error
    assert by_funnel > 0.3, "the reason why ordinary differences are estimated anew"


def test_small_counts_are_not_taken_for_merit():
    """Nobody at all differs; many sites count nought, or miss nobody."""
    any_called = [
        exceptional(*campaign(seed, sites=60, quarters=4, spread=0.0, size=60, **how)).level.called[:, -1].any()
        for seed in range(15)
        for how in ({"level": 0.97},)
    ]
    x_n = [campaign(seed, sites=60, quarters=4, spread=0.0, size=100, level=0.03, kind="rate") for seed in range(15)]
    any_called += [exceptional(*one, kind="rate", better=-1).level.called[:, -1].any() for one in x_n]
    assert np.mean(any_called) <= 0.1


def test_the_top_twentieth_at_reliability_one_half_is_expected_to_keep_half_its_distance():
    x, n = campaign(1, sites=4000, quarters=4, spread=0.02, lasts=0.5, size=1e6, level=0.5)
    x[2000:, :3] = np.nan
    found = exceptional(x, n).level
    assert found.lasts == pytest.approx(0.5, abs=0.04)
    once = np.arange(4000) >= 2000
    top = once & (found.z[:, -1] >= np.quantile(found.z[once, -1], 0.95))
    assert found.z[top, -1].mean() == pytest.approx(2.06, abs=0.06)
    next_z = (np.arcsin(np.sqrt(found.expected[top])) - found.centre[-1]) / math.sqrt(found.tau2[-1])
    assert next_z.mean() == pytest.approx(1.03, abs=0.1)
    assert next_z == pytest.approx(found.reliability[top] * found.z[top, -1], rel=0.05)


def test_what_is_expected_of_those_furthest_out_is_what_comes():
    gap, error = [], []
    for seed in range(24):
        x, n = campaign(seed, sites=60, quarters=5, spread=0.1, lasts=0.6, size=150)
        found = exceptional(x[:, :4], n[:, :4]).level
        top = np.argsort(-found.z[:, -1])[:6]
        now, later = x[top, 3] / n[top, 3], x[top, 4] / n[top, 4]
        gap.append(now.mean() - later.mean())
        error.append(found.expected[top].mean() - later.mean())
    assert np.mean(gap) > 0.02
    assert abs(np.mean(error)) < 0.25 * np.mean(gap)


# ------------------------------------------------------------------ the list, and its warnings


def test_steadily_best_is_listed_and_once_is_not():
    x, n = campaign(3, sites=40, spread=0.02)
    x[7], x[9, -1] = np.round(0.96 * n[7]), np.round(0.99 * n[9, -1])
    found = exceptional(x, n).level
    assert found.listed[7]
    assert found.times[7] == 4
    assert found.called[9, -1]
    assert found.once[9] != found.listed[9]
    assert found.expected[7] < found.figure[7]
    assert found.expected[9] < found.expected[7]
    assert 0 < found.by_luck <= found.listed.sum()


def test_who_got_better_by_far_is_listed_by_change_and_not_by_level():
    x, n = campaign(4, sites=40, spread=0.02)
    x[5, :4], x[5, 4:] = np.round(0.62 * n[5, :4]), np.round(0.80 * n[5, 4:])
    found = exceptional(x, n)
    assert found.change.listed[5]
    assert not found.level.listed[5]
    assert 0 < found.change.expected[5] <= found.change.figure[5]
    assert not exceptional(x, n, better=-1).change.listed[5]


def test_a_site_without_its_newest_figures_is_nowhere_and_moves_nobody():
    x, n = campaign(6, sites=40, spread=0.02)
    x[7] = np.round(0.97 * n[7])
    gone = x.copy()
    gone[7, -1] = np.nan
    found, without = exceptional(gone, n), exceptional(np.delete(x, 7, 0)[:, -1:], np.delete(n, 7, 0)[:, -1:])
    assert found.sites == 39
    assert not found.level.listed[7]
    assert np.isnan([found.level.best[7], found.level.expected[7], found.change.z[7, -1]]).all()
    assert np.delete(found.level.p[:, -1], 7) == pytest.approx(without.level.p[:, -1])


def test_it_says_when_to_be_careful():
    x, n = campaign(2, sites=12, quarters=9)
    fine = exceptional(x, n, start=4)
    assert (fine.few, fine.overlaps, fine.season_differs, fine.lag) == (False, False, False, 4)
    assert exceptional(x[:9], n[:9]).few
    assert exceptional(x, n, start=6).overlaps
    early = exceptional(x[:, :3], n[:, :3])
    assert (early.lag, early.season_differs) == (2, True)
    assert not exceptional(x[:, :3], n[:, :3], cycle=0).season_differs
    first = exceptional(x[:, :1], n[:, :1])
    assert first.change is None
    assert np.isnan(first.level.lasts)
    assert not first.level.listed.any()


def test_where_luck_alone_explains_everything_nothing_is_expected_to_last():
    n = np.full((20, 4), 100.0)
    x = np.tile([80.0, 81.0], (20, 2))  # (81 + 3/8) / (100 + 3/4) = 0.8077
    found = exceptional(x, n).level
    assert (found.tau2 == 0).all()
    assert found.best == pytest.approx(np.full(20, 0.1))
    assert found.expected == pytest.approx(np.full(20, 0.8077), abs=0.001)
    assert not found.listed.any()


def test_two_sites_or_none_are_no_campaign_and_no_error():
    for k in (0, 1, 2):
        found = exceptional(np.full((k, 6), 3.0), np.full((k, 6), 4.0))
        assert not found.level.listed.any()
        assert not found.change.listed.any()
    assert ordinary(np.array([0.4]), np.array([0.1])) == (0.4, 0.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "mean"}, "kind is 'mean'"),
        ({"better": 0}, "better must be 1"),
        ({"q": 1.0}, "between 0 and 1"),
        ({"lag": -1}, "lag is -1"),
        ({"denominator": np.zeros((3, 4))}, "above zero"),
        ({"numerator": np.full((3, 4), 9.0)}, "no more than its denominator"),
        ({"numerator": np.ones(3)}, "one shape"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(change, says):
    given_ = {"numerator": np.ones((3, 4)), "denominator": np.full((3, 4), 5.0)} | change
    with pytest.raises(ValueError, match=says):
        exceptional(**given_)
