"""The outlook: its closed forms against independent ones, what must not change it, what it refuses, and whether its
chances come true (a small form of tests/soak/test_outlook_soak.py)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from measures.aims import noise, outlook, projection
from measures.aims.noise import Form
from measures.aims.outlook import QUANTILES, Assumption, Caveat
from tests.soak.outlook_campaigns import World, movement, tally


def made(seed=1, sites=30, months=36, size=200, level=1.4, slope=0.0, common=0.05, r=0.3, season=0.0):
    """A campaign's numerators and denominators (n, t)."""
    rng = np.random.default_rng(seed)
    when = np.arange(months) - months + 1
    y = level + slope * when + season * np.sin(2 * np.pi * when / 12) + common * movement(rng, (months,), r)
    p = 1 / (1 + np.exp(-(y + 0.1 * rng.standard_normal((sites, months)))))
    return rng.binomial(size, p).astype(float), np.full((sites, months), float(size))


def asked(x, n, target=0.8, ahead=6, **how):
    """The outlook ``ahead`` months on."""
    t = x.shape[-1]
    return outlook.outlook(x, n, np.arange(t), **{"target": target, "at": t - 1 + ahead, **how})


def pooled_of(y, lag1=0.3, chance=0.0, own=0.0):
    """Series (c, t) as ``noise.pool`` would give them."""
    c, t = y.shape
    return noise.Pooled(y, *(np.full(c, v) for v in (chance, own, lag1)), np.ones((c, t)), np.ones((c, 1), bool))


@pytest.fixture
def one_point(monkeypatch):
    """The grid has one point, so that its forecast has a closed form."""

    def use(r=0.0, w=0.0, k=0.0):
        for name, value in (("LAG1", r), ("CHANCE", w), ("SEASON", k)):
            monkeypatch.setattr(projection, name, np.array([value]))

    return use


# closed forms


@pytest.mark.parametrize("pace", [True, False])
def test_without_correlation_the_fan_is_the_prediction_interval_of_a_regression(one_point, pace):
    one_point()
    y = np.random.default_rng(3).normal(1, 0.1, (1, 10))
    fitted = projection.fit(pooled_of(y), np.arange(10), np.array([15]), pace=pace, seasonal=False)
    drawn = projection.draw(fitted, 200_000, np.random.default_rng(4))[0, :, 0]
    line = stats.linregress(np.arange(10), y[0])
    at = 15 if pace else 9
    s2 = ((y[0] - line.intercept - line.slope * np.arange(10)) ** 2).sum() / 8
    error = np.sqrt(s2 * (1 + 1 / 10 + (at - 4.5) ** 2 / 82.5))
    q = np.array(QUANTILES)
    expected = line.intercept + line.slope * at + error * stats.t.ppf(q, 8)
    assert np.quantile(drawn, q) == pytest.approx(expected, abs=0.01 * error * 3)


@pytest.mark.parametrize("pace", [True, False])
@pytest.mark.parametrize(("r", "w", "k"), [(0.5, 0.0, 0.0), (0.6, 0.25, 1.6), (-0.2, 0.5, 6.4)])
def test_the_forecast_is_that_of_the_joint_normal_distribution(one_point, r, w, k, pace):
    """Level and slopes with a prior so wide that it says nothing, conditioned on the months seen."""
    one_point(r, w, k)
    rng = np.random.default_rng(5)
    seen, ahead = np.array([0, 1, 2, 3, 5, 6, 7, *range(9, 30)]), np.array([30, 33, 41])
    y = np.full((1, 30), np.nan)
    y[0, seen] = rng.normal(0, 0.1, len(seen)) + 0.01 * seen
    fitted = projection.fit(pooled_of(y), np.arange(30), ahead, pace=pace, seasonal=True)
    when = np.concatenate([seen, ahead])
    back = np.where(when > 29, when - 29 if pace else 0, when - 29).astype(float)
    x = np.stack([np.ones(len(when)), np.maximum(back, -12), np.minimum(back + 12, 0)], axis=1)
    gap = np.abs(when[:, None] - when)
    month = np.arange(12)
    wave = np.cos(2 * np.pi * (month[:, None] - month) / 12)
    effects = (np.eye(12) * 12 / 11 - 1 / 11 + wave) / 2
    cov = (1 - w) * np.sign(r) ** gap * np.abs(r) ** gap + w * np.eye(len(when)) + k * effects[when % 12][:, when % 12]
    wide = cov + 1e6 * x @ x.T
    a, b = len(seen), slice(len(seen), None)
    gain = np.linalg.solve(wide[:a, :a], wide[:a, b]).T
    assert fitted.mean[0, 0] == pytest.approx(gain @ y[0, seen], abs=2e-4)
    spread = fitted.root[0] @ fitted.root[0].T
    assert spread == pytest.approx(wide[b, b] - gain @ wide[:a, b], abs=2e-3)
    assert fitted.left == len(seen) - 3


def test_the_grid_leans_to_the_correlation_that_made_the_data():
    rng = np.random.default_rng(6)
    lag1 = []
    for r in (0.0, 0.8):
        y = movement(rng, (200, 60), r)
        fitted = projection.fit(pooled_of(y), np.arange(60), np.array([60]), pace=True, seasonal=False)
        lag1.append(fitted.lag1.mean())
    assert lag1[0] < 0.15
    assert lag1[1] > 0.55


@pytest.mark.parametrize("months", [8, 24])
@pytest.mark.parametrize("r", [0.0, 0.5])
def test_the_sites_correlation_has_no_short_series_bias(r, months):
    """The usual estimate from eight months would be 0.2 to 0.4 too low."""
    rng = np.random.default_rng(7)
    p = 1 / (1 + np.exp(-(1 + 0.3 * movement(rng, (20, 300, months), r))))
    x = rng.binomial(5000, p).astype(float)
    found = noise.pool(x, np.full(x.shape, 5000.0), Form.PROPORTION)
    assert found.lag1.mean() == pytest.approx(r, abs=0.06)
    assert found.own.mean() == pytest.approx(0.09 / 300, rel=0.2)


@pytest.mark.parametrize("form", list(Form))
def test_chance_alone_leaves_nothing_to_the_sites(form):
    rng = np.random.default_rng(8)
    n = np.full((10, 50, 24), 400.0)
    x = rng.binomial(400, 0.8, n.shape) if form is Form.PROPORTION else rng.poisson(320, n.shape)
    found = noise.pool(x.astype(float), n, form)
    each = 1 / (400 * 0.8 * 0.2) if form is Form.PROPORTION else 1 / 320
    assert found.chance == pytest.approx(each / 50, rel=0.02)
    assert found.own.mean() == pytest.approx(each / 50, rel=0.1)


@pytest.mark.parametrize("form", list(Form))
def test_the_scale_and_back(form):
    x, n = np.array([0.0, 3, 50, 99]), np.full(4, 100.0)
    back = noise.from_scale(noise.to_scale(x, n, form), form)
    assert back == pytest.approx(x if form is Form.COUNT_CUMULATIVE else x / n, abs=0.006)


# what must and must not change it


def test_the_same_data_give_the_same_figure():
    x, n = made()
    first, again = asked(x, n), asked(x, n)
    assert first.chance == again.chance
    assert (first.quantiles == again.quantiles).all()
    assert asked(x, n, seed=2).chance == pytest.approx(first.chance, abs=0.05)


def test_the_order_of_sites_changes_nothing():
    x, n = made()
    order = np.random.default_rng(2).permutation(len(x))
    assert asked(x[order], n[order]).quantiles == pytest.approx(asked(x, n).quantiles, abs=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 50), st.sampled_from(list(Assumption)), st.floats(0.7, 0.9), st.floats(0, 0.05))
def test_a_harder_aim_is_never_likelier_and_up_and_down_add_to_one(seed, assumption, target, more):
    x, n = made(seed, sites=5, months=14)
    easy, hard = (asked(x, n, level, assumption=assumption, draws=300).chance for level in (target, target + more))
    assert hard <= easy
    assert asked(x, n, target, assumption=assumption, draws=300, better=-1).chance == pytest.approx(1 - easy)


def test_of_shares_counted_the_other_way_round_the_chance_is_the_same():
    x, n = made()
    up, down = asked(x, n, 0.81, draws=20_000), asked(n - x, n, 0.19, better=-1, draws=20_000)
    assert down.chance == pytest.approx(up.chance, abs=0.02)
    assert down.level == pytest.approx(1 - up.level)
    assert down.pace == pytest.approx(-up.pace)


def test_a_month_without_a_report_is_not_a_month_of_nothing():
    x, n = made(sites=10)
    x = x * np.linspace(0.3, 1.0, 10)[:, None].round(1)  # very different sites
    x = np.floor(x)
    gone = x.copy()
    gone[-1, -1] = np.nan  # the best of them has not reported the last month
    before, after = asked(x, n, 0.55), asked(gone, n, 0.55)
    assert after.level == pytest.approx(before.level, abs=0.004)
    nothing = x.copy()
    nothing[-1, -1] = 0
    assert asked(nothing, n, 0.55).level < before.level - 0.01


def test_a_month_that_nobody_reported_is_missing():
    x, n = made()
    x[:, 20] = np.nan
    left_out = np.delete(np.arange(36), 20)
    given_nan = asked(x, n)
    skipped = outlook.outlook(x[:, left_out], n[:, left_out], left_out, target=0.8, at=41)
    assert given_nan.chance == skipped.chance
    assert np.isfinite(given_nan.quantiles).all()


def test_months_after_the_last_report_are_to_come():
    x, n = made()
    late = np.column_stack([x, np.full((30, 2), np.nan)])
    longer = outlook.outlook(late, np.column_stack([n, n[:, :2]]), np.arange(38), target=0.8, at=41)
    assert longer.chance == asked(x, n).chance
    assert longer.periods.tolist() == list(range(36, 42))


def test_a_site_that_left_no_longer_counts_towards_the_level():
    x, n = made(sites=10)
    x[0] = np.floor(x[0] / 4)
    x[0, 20:] = np.nan
    present = asked(x[1:], n[1:])
    assert asked(x, n).level == pytest.approx(present.level, abs=0.003)


def test_already_pooled_months_tell_the_same_story():
    x, n = made()
    sites, whole = asked(x, n, 0.79), asked(x.sum(axis=0), n.sum(axis=0), 0.79)
    assert whole.level == pytest.approx(sites.level, abs=0.002)
    assert whole.chance == pytest.approx(sites.chance, abs=0.1)


def test_the_fan_opens_and_the_pace_is_read():
    x, n = made(slope=0.02, months=30)
    stay, go = (asked(x, n, 0.82, 12, assumption=a) for a in Assumption)
    assert go.chance > stay.chance + 0.3
    # 0.02 a month on the logit, where the share is about 0.8
    assert go.pace == pytest.approx(0.02 * 0.8 * 0.2, abs=2 * go.pace_error)
    assert 0 < go.pace_error < 0.003
    width = go.quantiles[:, -1] - go.quantiles[:, 0]
    assert width[-1] > 1.15 * width[0]
    assert (np.diff(go.quantiles, axis=1) > 0).all()
    assert stay.expected[-1] == pytest.approx(stay.level, abs=0.01)


def test_a_known_season_is_carried_forward():
    x, n = made(months=36, season=0.3)
    found = asked(x, n, 0.8, 12)
    when = np.arange(1, 13)
    true = 1 / (1 + np.exp(-(1.4 + 0.3 * np.sin(2 * np.pi * when / 12))))
    assert np.abs(found.quantiles[:, 3] - true).max() < 0.025
    assert found.season_known


def test_a_season_that_is_not_known_widens_the_fan():
    x, n = made(months=8)
    unknown, none = asked(x, n), asked(x, n, seasonal=False)
    assert Caveat.SEASON_UNKNOWN in unknown.caveats
    assert Caveat.SEASON_UNKNOWN not in none.caveats
    assert np.ptp(unknown.quantiles[-1]) > 1.1 * np.ptp(none.quantiles[-1])
    assert (unknown.season_known, none.season_known) == (False, True)


def test_a_changing_mix_moves_the_level():
    x, n = made(sites=2)
    x[0] = np.floor(x[0] / 2)
    even, mostly_better = asked(x, n, 0.6), asked(x, n, 0.6, expected_denominator=np.array([100.0, 300.0]))
    assert mostly_better.level == pytest.approx(0.25 * even.level * 2 / 3 + 0.75 * even.level * 4 / 3, abs=0.02)


def test_noise_is_never_less_than_chance_makes():
    """Months that happen to agree do not make the future certain."""
    x = np.full((1, 12), 16.0)
    found = asked(x, np.full((1, 12), 20.0), 0.8, seasonal=False)
    assert np.ptp(found.quantiles[0]) > 3 * 1.64 * np.sqrt(0.8 * 0.2 / 20) / 2


# counts


def counted(months=24, mean=20.0, sites=10, seed=1):
    return np.random.default_rng(seed).poisson(mean / sites, (sites, months)).astype(float)


def test_a_total_is_what_was_counted_and_what_is_to_come():
    x = counted()
    found = asked(x, None, x.sum() + 6 * 20, form="count-cumulative", seasonal=False)
    assert found.level == pytest.approx(20, abs=3)
    assert (np.diff(found.quantiles, axis=0) > 0).all()
    assert (found.quantiles[0] >= x.sum()).all()
    assert found.quantiles[-1, 3] == pytest.approx(x.sum() + 6 * found.level, rel=0.03)
    assert 0.2 < found.chance < 0.8


def test_a_total_that_is_reached_is_certain_and_counting_may_start_later():
    x = counted()
    count = dict(form=Form.COUNT_CUMULATIVE, seasonal=False)
    assert asked(x, None, x.sum(), **count).chance == 1.0
    assert asked(x, None, x.sum(), better=-1, **count).chance == 0.0
    later = asked(x, None, x.sum(), counted_from=12, **count)
    assert later.chance < 0.01
    assert (later.quantiles[0] >= x[:, 12:].sum()).all()
    to_come = asked(x, None, x.sum(), counted_from=26, **count)
    assert to_come.quantiles[:2].tolist() == [[0.0] * 7] * 2


def test_a_rate_is_judged_as_a_rate():
    x, n = counted(mean=400), np.full((10, 24), 1000.0)
    found = asked(x, n, 0.04, form="rate", better=-1)
    assert found.level == pytest.approx(0.04, rel=0.05)
    assert 0.2 < found.chance < 0.8


# caveats


def test_nothing_to_say_beside_an_ordinary_chance():
    assert asked(*made()).caveats == ()


@pytest.mark.parametrize(
    ("data", "how", "says"),
    [
        (dict(months=20), {}, Caveat.SEASON_UNKNOWN),
        (dict(months=11), {}, Caveat.SHORT_HISTORY),
        (dict(), dict(ahead=19), Caveat.EXTRAPOLATED_FAR),
        (dict(), dict(ahead=13, assumption="recent-pace"), Caveat.EXTRAPOLATED_FAR),
        (dict(months=8), dict(ahead=9, assumption="recent-pace"), Caveat.EXTRAPOLATED_FAR),
        (dict(sites=2, size=20), {}, Caveat.SMALL_NUMBERS),
        (dict(months=60, r=0.97, common=0.3, level=0.0, seed=3), {}, Caveat.STRONG_CORRELATION),
    ],
)
def test_caveats(data, how, says):
    assert says in asked(*made(**data), **how).caveats


def test_few_reports_are_said():
    x, n = made()
    x[:7, -3:] = np.nan
    x[:7, -1] = 160  # one report of three keeps them members
    assert Caveat.FEW_REPORTING not in asked(x, n).caveats
    x[:18, -3:-1] = np.nan
    assert Caveat.FEW_REPORTING in asked(x, n).caveats


@pytest.mark.parametrize("down", [0.75, 1.25])
def test_a_level_that_broke_is_said(down):
    x, n = made()
    x[:, -3:] = np.minimum(np.floor(x[:, -3:] * down), n[:, -3:])
    assert Caveat.LEVEL_BROKE in asked(x, n).caveats


def test_a_level_is_seldom_said_to_break_when_it_holds():
    said = [Caveat.LEVEL_BROKE in asked(*made(seed, sites=5), draws=50).caveats for seed in range(40)]
    assert sum(said) <= 3


# what is refused


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (dict(months=5), "at least 6 months with data; there are 5"),
        (dict(at=35), "must lie after the last month"),
        (dict(target=1.0), "above 0 % and below 100 %; 1 is not"),
        (dict(target=-0.1), "-0.1 is not"),
        (dict(target=float("nan")), "nan is not"),
        (dict(target=0.0, form="rate"), "above 0; 0 is not"),
        (dict(better=0), "it is 0"),
        (dict(form="ratio"), "'ratio' is not a valid Form"),
        (dict(assumption="hope"), "'hope' is not a valid Assumption"),
        (dict(expected_denominator=np.ones(3)), "one expected denominator for each site"),
        (dict(denominator=None), "needs denominators"),
        (dict(denominator=np.zeros((30, 36))), "All denominators are zero"),
        (dict(denominator=np.ones((30, 35))), "of one shape"),
        (dict(periods=np.arange(36)[::-1]), "later than the one before"),
        (dict(periods=np.arange(36) / 2), "whole month numbers"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(change, sentence):
    x, n = made(months=change.pop("months", 36))
    given_ = dict(denominator=n, periods=np.arange(x.shape[1]), target=0.8, at=41) | change
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        outlook.outlook(x, given_.pop("denominator"), given_.pop("periods"), **given_)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (-1.0, "site 3 in month 5 is below zero"),
        (201.0, "site 3 in month 5 is more than its denominator allows"),
        (-np.inf, "site 3 in month 5"),
    ],
)
def test_a_number_that_cannot_be_is_named(value, sentence):
    x, n = made()
    x[2, 4] = value
    with pytest.raises(ValueError, match=sentence):
        asked(x, n)


def test_events_over_nothing_are_named():
    x, n = counted(), np.full((10, 24), 1000.0)
    x[0, 0], n[0, 0] = 3, 0
    with pytest.raises(ValueError, match="site 1 in month 1 is more than its denominator allows"):
        asked(x, n, 0.02, form="rate")


# calibration, in small


@pytest.mark.parametrize("assumption", list(Assumption))
@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_chances_come_true(correlation, assumption):
    """Three neighbouring tenths at a time: a few hundred campaigns have a standard error of about two points."""
    world = World(correlation, sites=(40,))
    found = tally(world, assumption, 600, seed=3, draws=400)
    campaigns, met, forecast = (np.add.reduceat(a, [0, 3, 6]) for a in (found.campaigns, found.met, found.forecast))
    assert (campaigns > 400).all()
    assert np.abs((met - forecast) / campaigns).max() < 0.05 + 2 * 0.5 / np.sqrt(campaigns.min())
    half, nine_tenths = found.inside / found.all
    assert half == pytest.approx(0.5, abs=0.07)
    assert nine_tenths == pytest.approx(0.9, abs=0.05)


def test_a_step_that_comes_makes_the_chances_wrong():
    """The calibration could fail: it does where its assumption is broken."""
    found = tally(World(0.3, sites=(40,), step=-0.2), Assumption.NOTHING_MORE, 240, seed=3, draws=400)
    assert found.miss[4] < -0.3
