"""The season: indices found again, what they do not depend on, and how many unchanged points fall outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.model import Form
from measures.spc import Options, chart
from measures.spc.scales import from_scale, lines_back, to_scale
from measures.spc.season import Season, Status, indices, ordinals
from measures.spc.widening import few_points

AE = np.array([-0.371, -0.305, -0.105, 0.116, 0.170, 0.243, 0.156, 0.201, 0.125, 0.073, -0.035, -0.278])
AE -= AE.mean()
"""Month effects, January first, of the share seen within four hours at 140 organisations: logits, 2016 to 2019."""

APRIL = int(ordinals(np.array("2016-04", "datetime64[M]")))
AFTER = 24


@dataclass(frozen=True)
class Shares:
    """Of unchanged points after the baseline, the share beyond the limits and its standard error: on the values as
    they are, with the season out but the spread as it was, corrected, and with the season known; how wide the
    corrected limits are (in limits of the known season). Of points 2 and 3 sigma away, the share beyond: the corrected
    limits, those of the known season, and these widened for their short baseline alone."""

    plain: float
    uncorrected: float
    corrected: float
    error: float
    known: float
    width: float
    found: tuple[float, float]
    ideal: tuple[float, float]
    fair: tuple[float, float]
    season: Season


def rounds(
    seed: int, pools: int, sites: int, months: int, *, noise=(0.08, 0.35), swing: float = 0.3, years: int = 3
) -> Shares:
    """``pools`` campaigns of ``sites`` each: 500 to 30,000 people a month, binomial noise, and more on the logit of a
    standard deviation within ``noise`` (the A&E sites': 0.07 to 0.6, most 0.15 to 0.25); the season's size differs by
    up to ``swing`` between sites. Nothing ever changes."""
    rng = np.random.default_rng(seed)
    s, length = pools * sites, months + AFTER
    people = rng.poisson(np.exp(rng.uniform(np.log(500), np.log(30_000), (s, 1))), (s, length))
    own_noise = np.exp(rng.uniform(*np.log(noise), (s, 1)))
    period = APRIL + np.arange(length)
    known = rng.normal(2.1, 0.55, (s, 1)) + rng.uniform(1 - swing, 1 + swing, (s, 1)) * AE[period % 12]
    share = 1 / (1 + np.exp(-known - own_noise * rng.normal(size=(s, length))))
    seen = rng.binomial(people, share)
    y = to_scale(seen / people, Form.PROPORTION, numerators=seen, denominators=people)
    chance = 1 / (1 + np.exp(-known))
    sigma = np.sqrt(own_noise**2 + 1 / (people.mean(axis=1, keepdims=True) * chance * (1 - chance)))

    baseline = np.broadcast_to(np.arange(length) < months, (s, length))
    found = indices(
        y.ravel(),
        np.arange(s) * length,
        np.tile(period, s),
        pool=np.repeat(np.arange(pools), sites),
        baseline=baseline.ravel(),
        years=years,
    )
    apart, spread = distance(y, found.index.reshape(s, length), months)
    ideal, ideal_spread = distance(y, known, months)
    raw, raw_spread = distance(y, np.zeros_like(y), months)
    wide = spread * found.factor[:, None]
    beyond = np.abs(apart) > 3 * wide
    by_pool = beyond.reshape(pools, -1).mean(axis=1)

    def power(distance, wide):
        return tuple(float((np.abs(distance + k * sigma[:, months:]) > 3 * wide).mean()) for k in (2, 3))

    return Shares(
        plain=float((np.abs(raw) > 3 * raw_spread).mean()),
        uncorrected=float((np.abs(apart) > 3 * spread).mean()),
        corrected=float(beyond.mean()),
        error=float(by_pool.std() / np.sqrt(pools)),
        known=float((np.abs(ideal) > 3 * ideal_spread).mean()),
        width=float(wide.mean() / ideal_spread.mean()),
        found=power(apart, wide),
        ideal=power(ideal, ideal_spread),
        fair=power(ideal, ideal_spread * few_points(np.array(months)) * np.sqrt(1 + 1 / months)),
        season=found,
    )


def distance(y, index, months):
    """Of each point after the baseline, from the centre of an XmR chart of y - index; and that chart's sigma (s, 1)."""
    s, length = y.shape
    drawn = chart((y - index).ravel(), np.arange(s) * length, options=Options(baseline=months), better=0)
    at = lambda rows: rows.reshape(s, length)[:, :1]  # noqa: E731
    return (y - index)[:, months:] - at(drawn.centre), at(drawn.sigma)


# --- the indices -------------------------------------------------------------------------------------------------


def panel_of(values, first=0, pool=None, months=None, **options):
    """Indices of a table of series (s, length), all rows baseline unless ``months`` says how many."""
    values = np.asarray(values, float)
    s, length = values.shape
    return indices(
        values.ravel(),
        np.arange(s) * length,
        np.tile(first + np.arange(length), s),
        pool=np.zeros(s, int) if pool is None else np.asarray(pool),
        baseline=np.tile(np.arange(length) < (length if months is None else months), s),
        **options,
    )


@given(st.integers(0, 2**32 - 1), st.integers(6, 12), st.integers(12, 40), st.floats(0, 0.25))
def test_known_indices_come_back_whatever_is_missing_and_however_years_differ(seed, sites, length, missing):
    rng = np.random.default_rng(seed)
    index = rng.normal(size=12)
    index -= index.mean()
    year = np.arange(length) // 12
    level = 10 * rng.normal(size=(sites, year[-1] + 1))
    y = level[:, year] + index[np.arange(length) % 12]
    y[5:][rng.random((sites - 5, length)) < missing] = np.nan
    found = panel_of(y)
    np.testing.assert_allclose(found.table, [index], atol=1e-9)
    assert set(found.status_names()) == {Status.POOLED}


@given(st.integers(0, 2**32 - 1))
def test_own_indices_come_back(seed):
    rng = np.random.default_rng(seed)
    index = rng.normal(size=(3, 12))
    index -= index.mean(axis=1, keepdims=True)
    level = rng.normal(size=(3, 4))
    y = level[:, np.arange(48) // 12] + index[:, np.arange(48) % 12]
    y[0, [3, 16, 29]] = np.nan  # each month is still there three times
    found = panel_of(y, pool=[5, 9, 2])
    assert found.pools.tolist() == [2, 5, 9]
    np.testing.assert_allclose(found.table, index[[2, 0, 1]], atol=1e-9)
    np.testing.assert_allclose(found.index.reshape(3, 48), index[:, np.arange(48) % 12], atol=1e-9)
    assert set(found.status_names()) == {Status.OWN}


def test_two_months_a_year_late_are_still_month_by_month():
    """The column of the table is the number of the period within the year, wherever a series begins."""
    y = np.tile(AE[(np.arange(24) + 3) % 12], (6, 1))
    np.testing.assert_allclose(panel_of(y, first=APRIL).table, [AE], atol=1e-12)


def test_quarters():
    index = np.array([-1.0, 0.5, 1.5, -1.0])
    y = np.arange(6.0)[:, None] + index[np.arange(8) % 4]
    found = panel_of(y, seasons=4)
    np.testing.assert_allclose(found.table, [index], atol=1e-12)
    assert panel_of(y[:1].repeat(2, axis=1)[:, :11], seasons=4).status_names()[0] == Status.TOO_SHORT
    assert panel_of(np.tile(index, (1, 3)), seasons=4).status_names()[0] == Status.OWN


def noisy(seed, sites=8, length=30):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(sites, 1)) + AE[np.arange(length) % 12] + 0.2 * rng.normal(size=(sites, length))
    y[rng.random((sites, length)) < 0.05] = np.nan
    y[:5, :12] = np.where(np.isnan(y[:5, :12]), 0.0, y[:5, :12])
    return y


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_a_constant_added_to_a_series_changes_nothing(seed):
    y = noisy(seed)
    before, after = panel_of(y), panel_of(y + 10 * np.arange(8)[:, None])
    np.testing.assert_allclose(after.table, before.table, atol=1e-12)
    np.testing.assert_allclose(after.factor, before.factor, rtol=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.permutations(range(8)))
def test_the_order_of_the_series_does_not_matter(seed, order):
    y, pool = noisy(seed), np.array([0, 0, 0, 0, 0, 0, 1, 2])
    before, after = panel_of(y, pool=pool), panel_of(y[order], pool=pool[order])
    np.testing.assert_allclose(after.table, before.table, atol=1e-12)
    np.testing.assert_allclose(after.factor, before.factor[order], rtol=1e-12)
    np.testing.assert_allclose(after.index.reshape(8, -1), before.index.reshape(8, -1)[order], atol=1e-12)
    assert (after.status == before.status[order]).all()


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_a_pool_does_not_depend_on_the_others(seed):
    y = noisy(seed, sites=14)
    pool = np.array([3] * 6 + [1] * 7 + [0])
    together = panel_of(y, pool=pool)
    for code in (0, 1, 3):
        alone = panel_of(y[pool == code])
        np.testing.assert_allclose(together.table[together.pools == code], alone.table, atol=1e-12)
        np.testing.assert_allclose(together.factor[pool == code], alone.factor, rtol=1e-12)
        assert (together.status[pool == code] == alone.status).all()


def test_rows_after_the_baseline_do_not_matter():
    y = noisy(1)
    after = y.copy()
    after[:, 24:] += 5.0
    np.testing.assert_array_equal(panel_of(y, months=24).table, panel_of(after, months=24).table)


def test_a_small_noisy_site_hardly_moves_the_index_of_large_quiet_ones():
    rng = np.random.default_rng(4)
    y = AE[np.arange(24) % 12] + np.array([0.02] * 6 + [2.0])[:, None] * rng.normal(size=(7, 24))
    assert np.abs(panel_of(y).table - AE).max() < 0.05
    assert np.abs(y.reshape(7, 2, 12).mean(axis=(0, 1)) - AE).max() > 0.2
    assert panel_of(y).behind.min() > 11


def test_one_quiet_site_does_not_decide_for_all():
    rng = np.random.default_rng(5)
    other = np.roll(AE, 6)
    y = AE[np.arange(24) % 12] + 0.2 * rng.normal(size=(7, 24))
    y[0] = other[np.arange(24) % 12]
    assert np.abs(panel_of(y).table - AE).max() < np.abs(panel_of(y).table - other).max() / 2


# --- when there is none, and why ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sites", "months", "status"),
    [
        (5, 12, Status.POOLED),
        (5, 11, Status.TOO_SHORT),
        (4, 36, Status.TOO_FEW_SITES),
        (1, 36, Status.OWN),
        (1, 35, Status.TOO_SHORT),
    ],
)
def test_how_much_a_season_needs(sites, months, status):
    found = panel_of(np.tile(AE, (sites, 4)), months=months)
    assert set(found.status_names()) == {status}
    if status in (Status.TOO_SHORT, Status.TOO_FEW_SITES):
        assert not found.index.any()
        assert (found.factor == 1).all()
        assert np.isnan(found.table).all()
        assert not found.behind.any()


def test_a_young_site_has_the_season_of_its_pool():
    y = noisy(3, 9, 24)
    y[8, :20] = np.nan
    found = panel_of(y)
    np.testing.assert_array_equal(found.index.reshape(9, 24)[8], found.index.reshape(9, 24)[0])
    assert found.factor[8] > found.factor[0]


def test_months_never_seen_in_one_year_cannot_be_compared():
    y = np.tile(AE, (6, 2))
    y[:, :12][:, ::2] = np.nan
    y[:, 12:][:, 1::2] = np.nan
    assert set(panel_of(y).status_names()) == {Status.TOO_SHORT}


def test_no_rows_and_no_series():
    found = indices(np.zeros(0), np.zeros(0, int), np.zeros(0, int), pool=np.zeros(0, int), baseline=np.zeros(0, bool))
    assert found.index.shape == found.factor.shape == (0,)
    nothing = panel_of(np.full((6, 24), np.nan))
    assert set(nothing.status_names()) == {Status.TOO_SHORT}
    assert (panel_of(np.ones((6, 24))).factor >= 1).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"y": np.array([1.0, np.inf])}, "y must be"),
        ({"period": np.array([1, 1])}, "rise"),
        ({"period": np.array([1.0, 2.0])}, "period must be one"),
        ({"pool": np.array([1, 2])}, "pool must be"),
        ({"baseline": np.array([1, 0])}, "baseline must be"),
        ({"phase_starts": np.array([1])}, "phase_starts must"),
        ({"years": 1}, "2 or more"),
    ],
)
def test_what_does_not_fit_together_is_refused(wrong, message):
    given = dict(
        y=np.ones(2), starts=np.array([0]), period=np.array([1, 2]), pool=np.array([0]), baseline=np.ones(2, bool)
    )
    with pytest.raises(ValueError, match=message):
        indices(**(given | wrong))


# --- the factor --------------------------------------------------------------------------------------------------


def test_each_phase_has_a_level_and_a_factor_of_its_own():
    y = noisy(6, 6, 48)
    moved = y + np.where(np.arange(48) < 24, 0.0, 3.0)
    starts = np.arange(6) * 48
    common = dict(pool=np.zeros(6, int), phase_starts=np.sort(np.concatenate([starts, starts + 24])))
    baseline = np.tile(np.isin(np.arange(48), [*range(24), *range(24, 36)]), 6)
    period = np.tile(np.arange(48), 6)
    found = [indices(v.ravel(), starts, period, baseline=baseline, **common) for v in (y, moved)]
    np.testing.assert_allclose(found[0].table, found[1].table, atol=1e-12)
    assert found[0].factor.shape == (12,)
    assert (found[0].factor[1::2] > found[0].factor[::2]).all()
    none = indices(y.ravel(), starts, period, baseline=np.tile(np.arange(48) < 24, 6), **common)
    assert (none.factor[1::2] == 1).all()


@pytest.mark.parametrize("years", [3, 4, 6])
def test_the_factor_of_an_own_index(years):
    found = panel_of(np.random.default_rng(7).normal(size=(1, 12 * years)))
    few = few_points(np.array([12 * years]), 1 / (years - 1))
    np.testing.assert_allclose(found.factor, few * np.sqrt((1 + 1 / years) / (1 - 1 / years)))
    np.testing.assert_allclose(found.behind, years)


def test_with_many_sites_only_the_centre_is_left_to_widen_for():
    y = np.random.default_rng(8).normal(size=(3000, 120))
    np.testing.assert_allclose(panel_of(y).factor, np.sqrt(1 + 1 / 120), atol=1e-3)


def test_few_points_of_a_series_without_a_season():
    """The part that has nothing to do with seasons: a frozen baseline of 12 lets 2.2 % out, of 24 still 1.2 %."""
    rng = np.random.default_rng(9)
    for months, plain in ((12, 0.0224), (24, 0.0116), (36, 0.0084)):
        y = rng.normal(size=(20_000, months + AFTER))
        apart, sigma = distance(y, np.zeros_like(y), months)
        assert abs((np.abs(apart) > 3 * sigma).mean() - plain) < 0.001
        assert (np.abs(apart) > 3 * sigma * few_points(np.array(months)) * np.sqrt(1 + 1 / months)).mean() <= 0.01


# --- the promise -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("months", [12, 24, 36])
@pytest.mark.parametrize("sites", [5, 20, 140])
def test_pooled_at_most_one_unchanged_point_in_a_hundred_lies_beyond(sites, months):
    found = rounds(11, 7000 // sites, sites, months)
    assert found.corrected <= 0.01 < found.plain
    assert found.width < {5: 1.46, 20: 1.38, 140: 1.36}[sites]


@pytest.mark.parametrize(("years", "uncorrected"), [(2, 0.120), (3, 0.052), (4, 0.032)])
def test_own_indices_leave_too_little_spread_and_the_factor_gives_it_back(years, uncorrected):
    """12 % of unchanged points beyond with two years, 5 % with three: why two are not enough, and three are widened."""
    found = rounds(12, 5000, 1, 12 * years, years=2)
    assert abs(found.uncorrected - uncorrected) < 0.01
    assert found.corrected <= 0.01


# --- scales ------------------------------------------------------------------------------------------------------

count = st.integers(0, 10_000)


@given(st.lists(st.tuples(count, count), min_size=1, max_size=20), st.sampled_from([Form.PROPORTION, Form.RATE]))
def test_counts_come_back_and_keep_their_order_against_a_line(pairs, form):
    x, n = np.array([sorted(pair) for pair in pairs], float).T
    n += 1
    there = dict(denominators=n, base=1000.0)
    values = x / n * (1000.0 if form == Form.RATE else 1.0)
    y = to_scale(values, form, numerators=x, **there)
    np.testing.assert_allclose(from_scale(y, form, **there), values, rtol=1e-9, atol=1e-9)
    for offset in (-0.01, 0.01):
        line = lines_back(y - 1.0, np.full(len(y), 1.0 + offset), form, **there)
        assert ((line > values) == (offset > 0)).all()


@pytest.mark.parametrize("form", list(Form))
def test_every_form_has_a_scale_and_comes_back(form):
    values = np.array([0.25, 0.5, np.nan])
    there = to_scale(values, form)
    assert (np.diff(there[:2]) > 0).all()
    np.testing.assert_allclose(from_scale(there, form), values)
    with pytest.raises(ValueError, match="infinite"):
        to_scale(np.array([np.inf]), form)


def test_nothing_and_everything_are_finite():
    edge = np.array([0.0, 1.0])
    assert np.isfinite(to_scale(edge, Form.PROPORTION)).all()
    assert np.isfinite(
        to_scale(edge, Form.PROPORTION, numerators=np.array([0, 9]), denominators=np.array([9, 9]))
    ).all()
    assert np.isfinite(to_scale(edge, Form.RATE)).all()
    assert np.isfinite(to_scale(edge, Form.COUNT)).all()


def test_a_row_without_counts_falls_back_on_its_value():
    mixed = dict(numerators=np.array([5.0, np.nan]), denominators=np.array([10.0, np.nan]))
    y = to_scale(np.array([0.5, 0.5]), Form.PROPORTION, **mixed)
    np.testing.assert_allclose(y, 0.0)
    np.testing.assert_allclose(from_scale(y, Form.PROPORTION, denominators=mixed["denominators"]), 0.5)


def test_ordinals_count_months_and_quarters_before_1970_too():
    days = np.array(["1969-12-01", "2017-03-31"], "datetime64[D]")
    assert (ordinals(days) % 12).tolist() == [11, 2]
    assert (ordinals(days, 4) % 4).tolist() == [3, 0]
    with pytest.raises(ValueError, match="seasons"):
        ordinals(days, 52)
