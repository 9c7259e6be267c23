"""The funnel: its formulas, what must not change them, its exact limits, and the small and flat cases."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from measures.spc.funnel import FEW, METHODS, Funnel, Limits, called, funnel, unadjusted_limits

PAIRS = [(kind, method) for kind, methods in METHODS.items() for method in methods]
LINES = ("lower_95", "upper_95", "lower_998", "upper_998")
PER_SITE = ("rate", "y", "s", "z", "z_adjusted", *LINES, "shrunken", "p", "exceptional", "opposite", "kept")


@st.composite
def sites(draw, least=0, most=30, biggest=5000):
    """Whole counts out of whole sizes, any from none to all."""
    k = draw(st.integers(least, most))
    d = np.array(draw(st.lists(st.integers(1, biggest), min_size=k, max_size=k)), float)
    share = np.array(draw(st.lists(st.floats(0, 1), min_size=k, max_size=k)), float)
    return np.floor(share * d), d


def some(k=40, seed=1, spread=0.3, low=200, high=20_000):
    """Proportions that differ by more than chance."""
    rng = np.random.default_rng(seed)
    d = rng.integers(low, high, k).astype(float)
    level = 1 / (1 + np.exp(-(1.5 + spread * rng.standard_normal(k))))
    return rng.binomial(d.astype(int), level).astype(float), d


# ------------------------------------------------------------------ the formulas, in long hand


def by_hand(x, d, method):
    """phi, tau2 and z_adjusted one site at a time, from the published formulas."""
    k, centre = len(x), sum(x) / sum(d)
    if method == "arcsine":
        y = [np.arcsin(np.sqrt(a / n)) for a, n in zip(x, d)]
        s, y0 = [1 / (2 * np.sqrt(n)) for n in d], np.arcsin(np.sqrt(centre))
    elif method == "log":
        y = [np.log((a + 0.5) / (n + 0.5)) for a, n in zip(x, d)]
        s = [np.sqrt(a / (a + 0.5) ** 2 + n / (n + 0.5) ** 2) for a, n in zip(x, d)]
        y0 = np.log(centre)
    elif method == "cqc":
        y, s, y0 = [np.sqrt(a / e) for a, e in zip(x, d)], [1 / (2 * np.sqrt(e)) for e in d], 1.0
    else:
        y, s, y0 = [np.log(a / round(e, 2)) for a, e in zip(x, d)], [1 / np.sqrt(round(e, 2)) for e in d], 0.0
    z = [(a - y0) / b for a, b in zip(y, s)]
    if method == "shmi":
        rank = stats.rankdata(z)
        kept = [i for i in range(k) if 1 <= int(rank[i] * 10 / (k + 1)) <= 8]
        used = [z[i] for i in kept]
    else:
        kept, low, high = list(range(k)), *np.quantile(z, (0.1, 0.9))
        used = [min(max(a, low), high) for a in z]
    n, phi = len(used), sum(a * a for a in used) / len(used)
    w = [1 / s[i] ** 2 for i in kept]
    tau2 = 0.0 if n * phi < n - 1 else max(0.0, (n * phi - (n - 1)) / (sum(w) - sum(a * a for a in w) / sum(w)))
    return phi, tau2, [(a - y0) / np.sqrt(b * b + tau2) for a, b in zip(y, s)]


@pytest.mark.parametrize(("kind", "method"), PAIRS)
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_the_formulas_in_long_hand(kind, method, spread):
    x, d = some(spread=spread)
    if kind == "ratio":
        d = d * x.sum() / d.sum() + 0.1234
    found = funnel(x, d, kind=kind, method=method)
    phi, tau2, z_adjusted = by_hand(x, d, method)
    assert found.phi == pytest.approx(phi, rel=1e-12)
    assert found.tau2 == pytest.approx(tau2, rel=1e-9)
    assert (found.tau2 > 0) == (spread > 0)
    np.testing.assert_allclose(found.z_adjusted, z_adjusted, rtol=1e-9, atol=1e-12)
    assert found.method == method


def test_the_first_method_is_the_default():
    assert [funnel([1], [2], kind=kind).method for kind in METHODS] == ["arcsine", "shmi", "log"]


@pytest.mark.parametrize(("kind", "method"), PAIRS)
def test_the_adjusted_limits_are_where_z_adjusted_is_1_96_and_3_09(kind, method):
    """A site placed on its limit has that z: but for cqc, whose limits are not squared, as FunnelPlotR's."""
    x, d = some()
    if kind == "ratio":
        d = d * x.sum() / d.sum()
    found = funnel(x, d, kind=kind, method=method)
    assert found.tau2 > 0
    carry = {
        "arcsine": lambda rate: np.arcsin(np.sqrt(rate)), "shmi": np.log, "log": np.log, "cqc": lambda rate: rate
    }[method]  # fmt: skip
    y0, width = carry(found.centre), np.sqrt(found.s**2 + found.tau2)
    for name, z in zip(LINES, (-1.959964, 1.959964, -3.090232, 3.090232)):
        np.testing.assert_allclose(carry(getattr(found, name)), y0 + z * width, rtol=1e-9)


def test_the_angle_is_clamped_to_a_quarter_turn():
    """Limits that would run past 0 or 1 stop there; the reference program's turn back."""
    x = np.array([0, 0, 1, 0, 5, 0, 0, 9, 0, 0, 1, 0], float)
    d = np.full(12, 10.0)
    ours, theirs = funnel(x, d), funnel(x, d, peer="funnelplotr")
    assert (ours.lower_998 == 0).all()
    assert (theirs.lower_998 > 0.01).all()
    mirrored = funnel(d - x, d)
    assert (mirrored.upper_998 == 1).all()
    assert (ours.phi, ours.tau2) == (theirs.phi, theirs.tau2)


def test_shrunken_estimates_lie_between_a_site_and_the_centre_and_small_sites_move_most():
    x, d = some()
    found = funnel(x, d)
    between = np.sort([found.rate, np.full(len(x), found.centre)], axis=0)
    assert ((found.shrunken >= between[0] - 1e-12) & (found.shrunken <= between[1] + 1e-12)).all()
    kept = (found.shrunken - found.centre) / (found.rate - found.centre)
    size = np.argsort(d)
    assert kept[size[-1]] > kept[size[0]]
    weight = found.tau2 / (found.tau2 + found.s**2)
    by_angle = np.arcsin(np.sqrt(found.centre)) * (1 - weight) + weight * np.arcsin(np.sqrt(found.rate))
    np.testing.assert_allclose(found.shrunken, np.sin(by_angle) ** 2, rtol=1e-12)


def test_where_sites_differ_by_chance_alone_everybody_is_at_the_centre():
    found = funnel(*some(spread=0.0))
    assert found.tau2 == 0
    assert (found.shrunken == found.centre).all()
    np.testing.assert_array_equal(found.z, found.z_adjusted)
    for name, line in zip(LINES, unadjusted_limits(found.centre, some(spread=0.0)[1], "proportion")):
        np.testing.assert_array_equal(getattr(found, name), line)


def test_without_overdispersion_nothing_is_widened():
    x, d = some()
    found = funnel(x, d, overdispersion=False)
    assert (found.phi, found.tau2, found.kept.any()) == (0.0, 0.0, False)
    np.testing.assert_array_equal(found.z, funnel(x, d).z)
    np.testing.assert_array_equal(found.z, found.z_adjusted)


# ------------------------------------------------------------------ what must hold for any sites


@given(sites(), st.sampled_from(PAIRS), st.booleans(), st.integers(-1, 1))
def test_the_order_of_sites_is_of_no_importance(data, pair, overdispersion, better):
    (x, d), (kind, method) = data, pair
    order = np.random.default_rng(7).permutation(len(x))
    options = {"kind": kind, "method": method, "overdispersion": overdispersion, "better": better}
    one, other = funnel(x, d, **options), funnel(x[order], d[order], **options)
    for name in PER_SITE[:-4]:
        np.testing.assert_allclose(getattr(one, name)[order], getattr(other, name), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose([one.phi, one.tau2], [other.phi, other.tau2], rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(one.kept[order], other.kept)


@given(sites(), st.sampled_from(PAIRS), st.booleans())
def test_limits_hold_the_centre_and_the_wider_hold_the_narrower(data, pair, overdispersion):
    (x, d), (kind, method) = data, pair
    found = funnel(x, d, kind=kind, method=method, overdispersion=overdispersion)
    for name in PER_SITE:
        assert np.isfinite(getattr(found, name)).all()
    slack = 1e-12 * (1 + found.upper_998)
    assert (found.lower_998 <= found.lower_95 + slack).all()
    assert (found.lower_95 <= found.centre + slack).all()
    assert (found.centre <= found.upper_95 + slack).all()
    assert (found.upper_95 <= found.upper_998 + slack).all()
    if kind == "proportion":
        assert (found.lower_998 >= 0).all()
        assert (found.upper_998 <= 1).all()


@given(sites(), st.sampled_from(PAIRS))
def test_where_low_is_better_the_other_side_is_called(data, pair):
    (x, d), (kind, method) = data, pair
    up, down = (funnel(x, d, kind=kind, method=method, better=better) for better in (1, -1))
    np.testing.assert_array_equal(up.exceptional, down.opposite)
    np.testing.assert_array_equal(down.exceptional, up.opposite)
    np.testing.assert_allclose(up.p + down.p, 1.0)
    assert not (up.exceptional & (up.z_adjusted < 0)).any()
    for name in LINES:
        np.testing.assert_array_equal(getattr(up, name), getattr(down, name))


@given(sites(least=1))
def test_those_who_did_not_mirror_those_who_did(data):
    """For a proportion, counting the others turns the picture upside down."""
    x, d = data
    did, did_not = funnel(x, d), funnel(d - x, d, better=-1)
    np.testing.assert_allclose(did.z, -did_not.z, atol=1e-6)
    np.testing.assert_allclose(did.rate, 1 - did_not.rate, atol=1e-12)
    if did.tau2 > 1e-9:
        np.testing.assert_allclose(did.upper_95, 1 - did_not.lower_95, atol=1e-6)
        np.testing.assert_allclose(did.shrunken, 1 - did_not.shrunken, atol=1e-6)


@given(sites(least=2), st.sampled_from(METHODS["ratio"]), st.integers(2, 50))
def test_a_ratio_counted_c_times_over_is_the_same_ratio_seen_more_sharply(data, method, c):
    """Observed and expected times c: the same rates, and z times the root of c."""
    x, d = data
    x = x + 1
    one, many = (funnel(x * n, d * n, kind="ratio", method=method) for n in (1, c))
    np.testing.assert_allclose(one.rate, many.rate)
    np.testing.assert_allclose(one.z * np.sqrt(c), many.z, atol=1e-9)
    np.testing.assert_allclose(one.phi * c, many.phi, rtol=1e-9, atol=1e-9)
    assert (many.upper_95 - 1 <= (one.upper_95 - 1) * (1 + 1e-6) + 1e-9).all() or many.tau2 > one.tau2


@given(sites(least=1), st.sampled_from(PAIRS), st.booleans(), st.sampled_from([None, "funnelplotr"]))
def test_the_curves_pass_through_the_sites_own_limits(data, pair, overdispersion, peer):
    (x, d), (kind, method) = data, pair
    found = funnel(x, d, kind=kind, method=method, overdispersion=overdispersion, peer=peer)
    if method == "log" and found.tau2 > 0:  # a site's own limits take its own count
        return
    at = found.limits_at(d)
    for name in LINES:
        np.testing.assert_allclose(getattr(at, name), getattr(found, name), rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------ exact limits


def smallest(chance, p):
    """r, P(X <= r - 1), P(X <= r): the first r with P(X <= r) > p, by adding up."""
    below, r = Fraction(0), 0
    while below + chance(r) <= p:
        below += chance(r)
        r += 1
    return r, below, below + chance(r)


@pytest.mark.parametrize("n", [1, 2, 7, 30, 100])
@pytest.mark.parametrize(
    "centre", [Fraction(1, 50), Fraction(3, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]
)
def test_binomial_limits_by_adding_up_fractions(n, centre):
    limits = unadjusted_limits(float(centre), [float(n)], "proportion")
    for name, p in zip(LINES, ("0.025", "0.975", "0.001", "0.999")):
        p = Fraction(p)
        r, below, at = smallest(lambda k: comb(n, k) * centre**k * (1 - centre) ** (n - k), p)
        exact = (r - (at - p) / (at - below)) / n
        exact = min(max(exact, Fraction(0)), centre) if name.startswith("lower") else max(exact, centre)
        assert getattr(limits, name)[0] == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("centre", [1e-6, 0.0004, 0.03, 0.5, 0.97, 0.99999])
def test_limits_of_large_sites_against_the_inverses_of_scipy(kind, centre):
    d = np.array([1, 3, 10, 55, 999, 12_345, 257_222, 4_000_000], float)
    limits = unadjusted_limits(centre, d, kind)
    x = stats.binom(d.astype(int), centre) if kind == "proportion" else stats.poisson(centre * d)
    for name, p in zip(LINES, (0.025, 0.975, 0.001, 0.999)):
        r = x.ppf(p)
        exact = (r - (x.cdf(r) - p) / x.pmf(r)) / d
        exact = np.clip(exact, 0, centre) if name.startswith("lower") else np.maximum(exact, centre)
        np.testing.assert_allclose(getattr(limits, name), exact, rtol=1e-7, atol=1e-13)


def test_a_rate_above_one_has_poisson_limits():
    x = stats.poisson(2.5 * 40)
    r = x.ppf(0.975)
    limit = (r - (x.cdf(r) - 0.975) / x.pmf(r)) / 40
    assert unadjusted_limits(2.5, [40.0], "rate").upper_95[0] == pytest.approx(limit)


def test_the_limits_of_a_ratio_are_exact_for_the_count_expected():
    """chi-square limits: P(X <= 12) = 0.025 at the upper limit of an expected 12, and so on."""
    lower, upper, *_ = unadjusted_limits(1.0, [12.0], "ratio")
    assert stats.chi2.sf(2 * 12, 2 * 12) < 1
    assert lower[0] * 12 == pytest.approx(stats.chi2.ppf(0.025, 24) / 2)
    assert stats.poisson.cdf(12, upper[0] * 12) == pytest.approx(0.025)
    assert stats.poisson.sf(11, lower[0] * 12) == pytest.approx(0.025)


def test_sizes_need_not_be_whole_and_lie_between_their_neighbours():
    upper = unadjusted_limits(0.2, np.linspace(50, 60, 21), "proportion").upper_95
    assert np.isfinite(upper).all()
    assert (np.abs(np.diff(upper)) < 0.01).all()


def test_the_peers_own_unadjusted_limits_are_chi_square_for_every_kind():
    for kind in METHODS:
        limits = unadjusted_limits(0.3, [10.0], kind, "funnelplotr")
        assert limits.upper_998[0] == pytest.approx(0.3 * stats.chi2.ppf(0.999, 22) / 2 / 10)
        assert limits.lower_998[0] == pytest.approx(0.3 * stats.chi2.ppf(0.001, 20) / 2 / 10)


def test_about_one_site_in_twenty_lies_outside_by_chance_alone():
    x, d = some(k=20_000, spread=0.0, seed=4)
    found = funnel(x, d, overdispersion=False)
    for level, share in (("95", 0.05), ("998", 0.002)):
        outside = (found.rate < getattr(found, f"lower_{level}")) | (found.rate > getattr(found, f"upper_{level}"))
        assert outside.mean() == pytest.approx(share, rel=0.2 if level == "95" else 0.5)


# ------------------------------------------------------------------ who is called


def one_by_one(p, q):
    """Benjamini and Hochberg's rule as they write it."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    largest = 0
    for j, i in enumerate(order, 1):
        if p[i] <= q * j / len(p):
            largest = j
    return [i in order[:largest] for i in range(len(p))]


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.001, 0.999))
def test_who_is_called_one_by_one(p, q):
    assert called(np.array(p), q).tolist() == one_by_one(p, q)


def test_a_later_small_p_brings_earlier_ones_in():
    assert called(np.array([0.04, 0.05, 0.06, 0.07]), 0.1).tolist() == [True] * 4
    assert called(np.array([0.04, 0.9, 0.9, 0.9]), 0.1).tolist() == [False] * 4


def test_a_share_of_about_q_of_those_called_is_called_by_luck():
    """1,000 times 100 sites, 20 of them truly better: of those called, at most a tenth or so are not."""
    rng = np.random.default_rng(11)
    lucky = []
    for _ in range(1000):
        z = rng.standard_normal(100)
        z[:20] += 3
        hit = called(stats.norm.sf(z), 0.1)
        lucky.append(hit[20:].sum() / max(hit.sum(), 1))
    assert 0.06 < np.mean(lucky) < 0.1


def test_where_neither_is_better_both_sides_are_exceptional():
    x, d = some()
    x[0], x[1] = d[0], 0
    found = funnel(x, d, better=0)
    assert found.exceptional[:2].all()
    assert not found.opposite.any()
    np.testing.assert_allclose(found.p, 2 * stats.norm.sf(np.abs(found.z_adjusted)))


# ------------------------------------------------------------------ counts of zero


def test_a_count_of_zero_has_no_log():
    """SHMI: z as if 0.5 had been counted, and no part in phi and tau2."""
    x, e = np.array([0.0, 30, 41, 55, 20, 33, 48, 25, 61, 38]), np.full(10, 40.0)
    found = funnel(x, e, kind="ratio")
    assert found.z[0] == pytest.approx(np.sqrt(40) * np.log(0.5 / 40))
    assert not found.kept[0]
    assert found.rate[0] == 0
    rest = funnel(x[1:], e[1:], kind="ratio")
    assert (found.phi, found.tau2) == (rest.phi, rest.tau2)


@pytest.mark.parametrize(("kind", "size"), [("ratio", 40.0), ("rate", 4000.0)])
def test_a_count_of_zero_is_never_above_the_centre(kind, size):
    """Half a count where a tenth of one is expected would be five times too many."""
    x, d = np.array([0.0, 30, 41, 55, 20]), size * np.array([0.0025, 1, 1, 1, 1])
    found = funnel(x, d, kind=kind, overdispersion=False)
    assert found.z[0] == 0


def test_a_count_of_zero_has_the_error_of_half_a_count():
    """By the bare formula nothing counted would be the surest figure of all: z of -40 where two were expected."""
    x, d = np.array([0.0, 30, 41, 55, 20]), np.array([50.0, 1000, 1000, 1000, 1000])
    ours, theirs = (funnel(x, d, kind="rate", peer=peer) for peer in (None, "funnelplotr"))
    assert ours.s[0] == pytest.approx(np.sqrt(0.5 + 50 / 50.5**2))
    assert theirs.s[0] == pytest.approx(np.sqrt(50) / 50.5)
    assert -3 < ours.z[0] < -1.5
    assert theirs.z[0] < -8
    np.testing.assert_array_equal(ours.s[1:], theirs.s[1:])


# ------------------------------------------------------------------ few, flat, none


@pytest.mark.parametrize(("kind", "method"), PAIRS)
@pytest.mark.parametrize("peer", [None, "funnelplotr"])
def test_no_site_at_all(kind, method, peer):
    found = funnel([], [], kind=kind, method=method, peer=peer)
    assert all(getattr(found, name).shape == (0,) for name in PER_SITE)
    assert (found.phi, found.tau2, found.few) == (0.0, 0.0, True)
    assert found.centre == 1.0 if kind == "ratio" else np.isnan(found.centre)
    assert found.curve([])[0].shape == (0,)
    if kind != "ratio":
        assert np.isnan(found.limits_at([10.0])).all()


@pytest.mark.parametrize(("kind", "method"), PAIRS)
def test_one_site_is_its_own_centre_and_two_can_differ(kind, method):
    one = funnel([9], [12.0], kind=kind, method=method)
    assert one.tau2 == 0
    assert one.few
    if kind == "proportion":
        assert (one.centre, one.phi) == (0.75, 0.0)
        assert not one.exceptional.any()
    two = funnel([100, 900], [1000.0, 1000.0], kind=kind, method=method)
    assert two.tau2 > 0
    assert all(np.isfinite(getattr(two, name)).all() for name in PER_SITE)


@pytest.mark.parametrize(("kind", "method"), PAIRS)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("k", [1, 2, 5, 30])
def test_all_alike(kind, method, share, k):
    d = np.arange(1, k + 1) * 10.0
    found = funnel(d * share, d, kind=kind, method=method)
    assert all(np.isfinite(getattr(found, name)).all() for name in PER_SITE)
    if kind != "ratio":
        assert found.tau2 == 0
        assert not (found.exceptional | found.opposite).any()
        np.testing.assert_allclose(found.shrunken, share)
        np.testing.assert_allclose(found.z, 0, atol=0.5 if kind == "rate" else 1e-9)


def test_few():
    assert funnel([1] * (FEW - 1), [2] * (FEW - 1)).few
    assert not funnel([1] * FEW, [2] * FEW).few


def test_a_tiny_expected_count_is_not_rounded_away():
    found = funnel([0, 1, 0], [0.001, 0.004, 0.5], kind="ratio")
    assert np.isfinite(found.z).all()


@pytest.mark.parametrize(("kind", "method"), PAIRS)
def test_the_smallest_and_the_largest_sizes(kind, method):
    x, d = np.array([0.0, 0.0, 1.0, 9e11, 2e11]), np.array([1e-6, 1.0, 2.0, 1e12, 1e12])
    for overdispersion in (True, False):
        found = funnel(x, d, kind=kind, method=method, overdispersion=overdispersion)
        assert all(np.isfinite(getattr(found, name)).all() for name in PER_SITE)


# ------------------------------------------------------------------ shapes, and what is refused


def test_shapes_and_types():
    found = funnel(*some(k=12))
    assert isinstance(found, Funnel)
    assert all(getattr(found, name).shape == (12,) for name in PER_SITE)
    assert all(getattr(found, name).dtype == bool for name in PER_SITE[-3:])
    assert {type(getattr(found, name)) for name in ("centre", "phi", "tau2")} == {float}
    square = found.limits_at(np.full((3, 4), 100.0))
    assert isinstance(square, Limits)
    assert square.upper_95.shape == (3, 4)
    assert found.limits_at(100).upper_95.shape == ()


def test_what_is_given_is_not_changed():
    x, d = some(k=12)
    before = x.copy(), d.copy()
    funnel(x, d, kind="ratio")
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(d, before[1])


def test_the_curve_reaches_past_the_smallest_and_the_largest_site():
    x, d = some()
    grid, limits = funnel(x, d).curve(d)
    assert grid[0] < d.min() < d.max() < grid[-1]
    assert len(grid) == len(limits.lower_95) == 160
    assert (np.diff(grid) > 0).all()
    assert (np.diff(limits.upper_95) <= 1e-12).all()


@pytest.mark.parametrize(
    ("x", "d", "options", "says"),
    [
        ([1, 2], [3], {}, "one length"),
        ([[1]], [[2]], {}, "one-dimensional"),
        ([1], [0], {}, "above zero"),
        ([1], [-3], {}, "above zero"),
        ([1], [np.nan], {}, "above zero"),
        ([1], [np.inf], {}, "above zero"),
        ([1], [1e15], {}, "to 1e"),
        ([-1], [3], {}, "every numerator"),
        ([np.nan], [3], {}, "every numerator"),
        ([1e15], [3], {"kind": "rate"}, "every numerator"),
        ([4], [3], {}, "must not be above"),
        ([1], [3], {"kind": "mean"}, "kind is 'mean'"),
        ([1], [3], {"method": "shmi"}, "a proportion takes arcsine"),
        ([1], [3], {"kind": "ratio", "method": "log"}, "a ratio takes shmi or cqc"),
        ([1], [3], {"better": 2}, "better must be"),
        ([1], [3], {"q": 0}, "q is 0"),
        ([1], [3], {"q": 1.5}, "q is 1.5"),
        ([1], [3], {"peer": "excel"}, "peer is 'excel'"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(x, d, options, says):
    with pytest.raises(ValueError, match=says) as caught:
        funnel(x, d, **options)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(("p", "q"), [([0.5, 2.0], 0.1), ([np.nan], 0.1), ([[0.1]], 0.1), ([0.1], 0.0)])
def test_chances_must_be_chances(p, q):
    with pytest.raises(ValueError, match=r"must"):
        called(np.array(p), q)


def test_numbers_may_exceed_their_size_only_in_a_proportion():
    assert funnel([4], [3], kind="rate").rate[0] == pytest.approx(4 / 3)
    assert funnel([4], [3], kind="ratio").rate[0] == pytest.approx(4 / 3)
