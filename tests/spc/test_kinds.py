"""Every kind of chart: against plain loops on random panels, worked numbers, and series with nothing in them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.spc import Options, chart, subgroups
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from tests.spc import plain
from tests.spc.panels import Panel, how, panel
from tests.spc.plain import LINES

NAN = np.nan
LIMITED = [kind for kind in KINDS if kind != "run"]
VALUE_KINDS = [name for name, kind in KINDS.items() if kind.form == "value"]
RATIO_KINDS = [name for name, kind in KINDS.items() if kind.form == "ratio"]
SUBGROUP_KINDS = [name for name, kind in KINDS.items() if kind.form == "subgroups"]

shares = st.sampled_from([0.0, 0.0, 0.05, 0.4, 1.0])


def options(kind: str, rules: list[str | None], peers: list[str | None]) -> st.SearchStrategy[Options]:
    return st.builds(
        Options,
        kind=st.just(kind),
        rules=st.sampled_from(rules),
        screen=st.booleans(),
        constant=st.sampled_from([None, "2.66", "3/d2"]),
        missing=st.sampled_from(["drop", "bridge"]),
        peer=st.sampled_from(peers),
    )


def agree(made: Panel, chosen: Options) -> None:
    """Every value, line, flag and cause is that of the plain loops."""
    ours = made.chart(chosen)
    series = np.repeat(np.arange(len(made.starts)), np.diff([*made.starts, len(made.values)]))
    names, causes = ours.rule_names(), ours.cause_names()
    for span, rows, baseline in made.phases():
        found = plain.phase(how(chosen, baseline), rows)
        np.testing.assert_allclose(ours.values[span], found.plotted, rtol=1e-12)
        size = max((abs(x) for x in found.plotted if not math.isnan(x)), default=1.0)
        for name in LINES:
            wanted = [getattr(lines, name) for lines in found.lines]
            np.testing.assert_allclose(
                getattr(ours, name)[span], wanted, rtol=1e-9, atol=1e-9 * size, err_msg=f"{name} of {span}"
            )
        if chosen.peer and (plain.near_ties(found) or _near_tie(ours, span)):
            continue  # bare comparisons of figures that differ in the last digit
        order = list(chosen.rule_set.bits)
        assert names[span].tolist() == [" ".join(n for n in order if n in flags) for flags in found.flags]
        better = int(made.better[series[span.start]]) * KINDS[made.kind].directed
        assert causes[span].tolist() == [plain.cause(chosen.rule_set.name, flags, better) for flags in found.flags]


def _near_tie(ours, span: slice) -> bool:
    lines = zip(*(getattr(ours, name)[span].tolist() for name in LINES), strict=True)
    rows = zip(ours.values[span].tolist(), lines, strict=True)
    return any(plain.near_tie(y, plain.Lines(*_in_order(*at))) for y, at in rows)


def _in_order(centre, sigma, lower, upper, near_lower, near_upper):
    return centre, sigma, lower, upper, near_lower, near_upper, (NAN, NAN)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.integers(0, 10**6), shares, shares)
@settings(max_examples=20)
def test_every_kind_is_what_plain_loops_make_of_it(kind, data, seed, holes, ghosts):
    agree(panel(kind, seed, holes, ghosts), data.draw(options(kind, [None], [None])))


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.integers(0, 10**6), shares, shares)
@settings(max_examples=10)
def test_every_kind_as_a_peer_treats_it(kind, data, seed, holes, ghosts):
    agree(panel(kind, seed, holes, ghosts), data.draw(options(kind, [None], ["qic", "ptd"])))


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.integers(0, 10**6), shares, shares)
@settings(max_examples=12)
def test_every_kind_with_every_rule_set(kind, data, seed, holes, ghosts):
    agree(panel(kind, seed, holes, ghosts), data.draw(options(kind, list(RULES), [None])))


# ------------------------------------------------------------------------------------- worked numbers


def one(kind, values, denominators=None, deviations=None, better=1, ghosted=None, baseline=None, **choices):
    """A single series."""
    values = np.asarray(values, float)
    return chart(
        values,
        np.zeros(min(1, len(values)), int),
        options=Options(kind, baseline=baseline, **choices),
        better=better,
        denominators=None if denominators is None else np.asarray(denominators, float) * np.ones(len(values)),
        deviations=None if deviations is None else np.asarray(deviations, float) * np.ones(len(values)),
        ghosted=None if ghosted is None else np.asarray(ghosted, bool),
    )


def at(found, name, digits, row=0):
    return round(float(getattr(found, name)[row]), digits)


def test_seventeen_ratios_of_powerbi_spc():
    top = np.array([5, 7, 5, 7, 7, 5, 4, 9, 8, 13, 8, 7, 8, 7, 12, 11, 8])
    under = np.array([113, 132, 121, 134, 116, 131, 93, 138, 182, 157, 100, 103, 146, 108, 153, 141, 134])
    found = one("xmr", top / under, constant="3/d2")
    figures = [at(found, name, 4) for name in ("lower", "upper", "near_lower", "near_upper")]
    assert figures == [0.0229, 0.0957, 0.0350, 0.0836]


ORANGE_JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9]
ORANGE_JUICE += [12, 7, 13, 9, 6]
CIRCUITS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]


def test_cans_of_orange_juice():
    """Montgomery, example 7.1: thirty samples of fifty cans, 347 not conforming; samples 15 and 23 out of control."""
    found = one("p", ORANGE_JUICE, 50)
    assert sum(ORANGE_JUICE) == 347
    assert [at(found, name, 4) for name in ("centre", "lower", "upper")] == [0.2313, 0.0524, 0.4102]
    assert np.flatnonzero(found.beyond).tolist() == [14, 22]
    without = one("p", ORANGE_JUICE, 50, ghosted=found.beyond)
    assert [at(without, name, 4) for name in ("centre", "lower", "upper")] == [0.2150, 0.0407, 0.3893]
    assert np.flatnonzero(without.beyond).tolist() == [14, 20, 22]  # the book: 21 is out of the revised limits


def test_printed_circuit_boards():
    """Montgomery, example 7.3: 26 units, 516 nonconformities; 6 and 20 out of control."""
    found = one("c", CIRCUITS)
    assert sum(CIRCUITS) == 516
    assert [at(found, name, 2) for name in ("centre", "lower", "upper")] == [19.85, 6.48, 33.21]
    assert np.flatnonzero(found.beyond).tolist() == [5, 19]


PC = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5]


def test_personal_computers():
    """Montgomery, 7.3.2: twenty samples of five computers, 193 nonconformities: 1.93 a unit, 0.07 to 3.79."""
    found = one("u", PC, 5)
    assert [at(found, name, 2) for name in ("centre", "lower", "upper")] == [1.93, 0.07, 3.79]
    assert not found.beyond.any()


CLOTH = ([14, 12, 20, 11, 7, 10, 21, 16, 19, 23], [10.0, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5])


def test_dyed_cloth():
    """Montgomery, example 7.5: 153 defects in 107.5 units of fifty square metres; each roll has its own limits."""
    found = one("u", *CLOTH)
    assert at(found, "centre", 2) == 1.42
    # The book rounds the mean to 1.42 first.
    np.testing.assert_allclose(found.upper[:3], [2.55, 2.68, 2.41], atol=0.01)
    np.testing.assert_allclose(found.lower[:3], [0.29, 0.16, 0.43], atol=0.01)


VISCOSITY = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]


def test_viscosity():
    """Montgomery, 6.4: fifteen batches of primer paint: mean 33.52, mean range 0.48; 32.24 to 34.80, ranges to 1.57."""
    found = one("xmr", VISCOSITY, constant="3/d2", screen=False)
    assert at(found, "centre", 2) == 33.52
    ranges = one("mr", VISCOSITY)
    assert at(ranges, "centre", 2) == 0.48
    assert (at(found, "lower", 1), at(found, "upper", 1)) == (32.2, 34.8)
    assert at(ranges, "upper", 2) == pytest.approx(3.267 * 0.48, abs=0.01)
    assert not found.beyond.any()
    assert not ranges.beyond.any()


def test_the_factors_of_subgroup_charts():
    """A3, B3 and B4 of Montgomery's appendix VI."""
    table = {2: (2.659, 0, 3.267), 3: (1.954, 0, 2.568), 5: (1.427, 0, 2.089), 6: (1.287, 0.030, 1.970)}
    table |= {10: (0.975, 0.284, 1.716), 25: (0.606, 0.565, 1.435)}
    for n, (a3, b3, b4) in table.items():
        means = one("xbar", [10.0, 10.0], n, 1.0)
        spread = one("s", [1.0, 1.0], n, 1.0)
        assert at(means, "upper", 3) == pytest.approx(10 + a3)
        assert (at(spread, "lower", 3), at(spread, "upper", 3)) == (b3, b4)


def test_a_gap_chart_by_hand():
    found = one("g", [2, 8, 1, 4, 5])
    assert at(found, "centre", 9) == 4
    assert at(found, "upper", 9) == round(4 + 3 * math.sqrt(20), 9)
    assert at(found, "lower", 9) == 0


def test_laney_is_plain_where_the_spread_is_that_of_chance():
    """Every standardised step 1.128: sigma_z is 1, and p' is p."""
    n = 400
    centre, step = 0.5, 1.128 * math.sqrt(0.25 / 400) / 2
    share = centre + step * np.array([1, -1] * 6)
    for prime, kind in (("pp", "p"), ("up", "u")):
        values = share if kind == "p" else centre + 1.128 * math.sqrt(centre / n) / 2 * np.array([1, -1] * 6)
        a, b = one(prime, values * n, n), one(kind, values * n, n)
        np.testing.assert_allclose(a.upper, b.upper, rtol=1e-12)


def test_subgroups_are_summed_up():
    mean, deviation, size = subgroups(np.array([1.0, 3, NAN, 5, NAN, NAN, 2]), np.array([0, 3, 4, 6]))
    np.testing.assert_array_equal(mean, [2, 5, NAN, 2])
    np.testing.assert_allclose(deviation, [math.sqrt(2), NAN, NAN, NAN])
    np.testing.assert_array_equal(size, [2, 1, NAN, 1])
    big = subgroups(np.array([1e9 + 1, 1e9 + 2, 1e9 + 3]), np.array([0]))
    assert big[1][0] == 1.0
    assert all(len(x) == 0 for x in subgroups(np.zeros(0), np.zeros(0, int)))


# ----------------------------------------------------------------------------------------- degenerate


def degenerate(kind: str, level: float, n: int):
    """A series that never moves; ``level`` a share of what the kind allows."""
    if kind in RATIO_KINDS:
        return one(kind, np.full(n, level * 40.0), 40)
    if kind == "xbar":
        return one(kind, np.full(n, level), 4, 0.0)
    if kind == "s":
        return one(kind, np.full(n, level), 4, level)
    return one(kind, np.full(n, level))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [1.0, 0.1, 0.3, 0.0])
@pytest.mark.parametrize("n", [2, 3, 24])
def test_a_constant_series_has_limits_and_nothing_beyond_them(kind, level, n):
    if kind == "t" and level == 0:
        with pytest.raises(ValueError, match="above 0"):
            degenerate(kind, level, n)
        return
    found = degenerate(kind, level, n)
    wanted = 0.0 if kind == "mr" else level
    np.testing.assert_allclose(found.centre, wanted, atol=1e-15)
    if kind == "run":
        assert np.isnan(found.upper).all()
        assert found.variation_names().tolist() == ["common"]
    else:
        assert not np.isnan([found.lower, found.upper, found.near_lower, found.near_upper, found.sigma]).any()
        assert found.variation_names().tolist() == ["common"]
    assert not found.flags.any()
    assert not found.runs().signal.any()
    assert found.sides().tolist() == [0] * n
    if kind in ("xmr", "t", "pp", "up", "xbar", "mr") or (kind == "p" and level in (0, 1)) or level == 0:
        np.testing.assert_allclose(found.lower, found.upper, atol=1e-12)


@pytest.mark.parametrize("kind", ["xmr", "t", "pp", "up"])
def test_a_peer_gives_a_constant_series_no_limits(kind):
    for peer in ("qic", "ptd"):
        found = one(kind, np.full(12, 40.0), 40 if kind in RATIO_KINDS else None, peer=peer)
        assert np.isnan(found.upper).all()
        assert found.variation_names().tolist() == ["common"]
        assert not found.flags.any()


@pytest.mark.parametrize("peer", ["qic", "ptd"])
@pytest.mark.parametrize("kind", ["xmr", "t"])
@pytest.mark.parametrize("level", [0.1, 3.0, 7.0, 11.0, 40.0])
def test_a_constant_series_is_on_its_centre_to_the_last_digit(kind, level, peer):
    """Bare comparisons: a root raised again is not always the figure that it was."""
    for screen in (True, False):
        found = one(kind, np.full(12, level), peer=peer, screen=screen, ghosted=np.arange(12) == 5)
        assert found.sides().tolist() == [0] * 12
        assert not found.flags.any()
        assert not found.runs().signal.any()


@pytest.mark.parametrize(("kind", "top", "upper"), [("p", 40, 1.0), ("p", 0, 0.0), ("u", 0, 0.0), ("pp", 40, 1.0)])
def test_all_or_nothing_then_a_difference(kind, top, upper):
    """All 100 % (or all 0) for a baseline: the limits lie on it, and the first other value is outside."""
    values = np.full(13, float(top))
    values[-1] = 20
    found = one(kind, values, 40, baseline=12)
    assert (found.upper == upper).all()
    assert (found.lower == upper).all()
    assert found.beyond.tolist() == [False] * 12 + [True]


@pytest.mark.parametrize("kind", KINDS)
def test_one_row_is_not_enough_or_says_so_little(kind):
    found = degenerate(kind, 1.0, 1)
    moving = kind in ("xmr", "t", "pp", "up", "mr")
    assert np.isnan(found.upper[0]) == (moving or kind == "run")
    assert found.variation_names()[0] == ("not-enough" if moving else "common")
    assert not found.flags.any()


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_at_all(kind):
    nothing = np.zeros(0)
    found = one(kind, nothing, nothing, nothing)
    assert len(found.centre) == len(found.flags) == len(found.last) == len(found.runs().signal) == 0
    assert found.rule_names().tolist() == []


@pytest.mark.parametrize("missing", ["drop", "bridge"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_missing_values(kind, missing):
    gap = np.full(9, NAN)
    found = one(kind, gap, gap, gap, missing=missing)
    assert np.isnan(found.centre).all()
    assert np.isnan(found.upper).all()
    assert not found.flags.any()
    assert found.variation_names().tolist() == ["not-enough"]
    assert found.runs().longest_run.tolist() == [-1]


@pytest.mark.parametrize("kind", KINDS)
def test_all_rows_ghosted(kind):
    found = one(kind, [4.0, 6, 5], 10, 1.0, ghosted=[True] * 3)
    assert np.isnan(found.centre).all()
    assert not found.flags.any()
    assert found.variation_names().tolist() == ["not-enough"]


@pytest.mark.parametrize("kind", RATIO_KINDS)
def test_a_missing_denominator_is_a_missing_value(kind):
    top, under = [4.0, 6, 5, 7, 3, 6], [10.0, 12, NAN, 11, 9, 10]
    for missing in ("drop", "bridge"):
        a = one(kind, top, under, missing=missing)
        b = one(kind, [4.0, 6, NAN, 7, 3, 6], [10.0, 12, 13, 11, 9, 10], missing=missing)
        for name in ("centre", "lower", "upper"):
            x, y = getattr(a, name), getattr(b, name)
            np.testing.assert_array_equal(np.delete(x, 2), np.delete(y, 2))


def test_a_missing_denominator_is_bridged():
    values = np.array([0.0, 10] * 5 + [8, 8, 8, NAN, 8, 8, 8, 8])
    gap = np.flatnonzero(np.isnan(values))[0]
    for top, under in (
        (values, np.full(18, 10.0)),
        (np.nan_to_num(values, nan=8.0), np.where(np.isnan(values), NAN, 10)),
    ):
        found = one("u", top, under, missing="bridge", baseline=10)
        assert found.shift[10:].tolist() == [row != gap for row in range(10, 18)]


def test_a_missing_subgroup_is_no_subgroup_of_another_size():
    means, sizes, spread = [4.0, 6, NAN, 5, 7], [4.0, 4, NAN, 4, 4], [1.0, 2, NAN, 4, 1]
    drop, bridge = (one("xbar", means, sizes, spread, missing=m) for m in ("drop", "bridge"))
    c4 = plain.c4(4)
    assert drop.sigma[0] == bridge.sigma[0] == pytest.approx(2 / c4 / 2)


def test_a_deviation_that_is_missing_weighs_nothing():
    found = one("s", [2.0, 2, NAN, 2], [4.0, 5, 9, 5], [2.0, 2, NAN, 2])
    np.testing.assert_allclose(found.centre, 2.0)


def test_a_subgroup_of_one_has_no_limits():
    found = one("xbar", [4.0, 6, 5], [4.0, 1, 4], [1.0, NAN, 3])
    assert np.isnan(found.upper).tolist() == [False, True, False]
    assert found.centre[0] == pytest.approx((16 + 6 + 20) / 9)
    only = one("xbar", [4.0, 6, 5], 1, NAN)
    assert np.isnan(only.upper).all()
    assert only.centre[0] == 5


def test_a_baseline_of_ghosted_rows_has_no_limits():
    for kind in KINDS:
        found = one(kind, [4.0, 6, 5, 7, 3], 10, 1.0, ghosted=[True, True, False, False, False], baseline=2)
        assert np.isnan(found.centre).all(), kind
        assert not found.flags.any()


def test_each_row_of_a_proportion_has_limits_by_its_denominator():
    found = one("p", [5.0, 50, 500], [10.0, 100, 1000])
    width = found.upper - 0.5
    assert width[0] == pytest.approx(1.5 / math.sqrt(10))
    assert width[1] / width[2] == pytest.approx(math.sqrt(10))


def test_limits_of_proportions_stay_between_0_and_1_and_those_of_individuals_do_not():
    low, high = one("p", [0.0, 1, 0, 0], 4), one("p", [4.0, 3, 4, 4], 4)
    assert low.lower.min() == 0
    assert high.upper.max() == 1
    assert one("xmr", [0.0, 1, 0, 0]).lower[0] < 0


def test_moving_ranges_start_again_with_each_phase_and_bridge_ghosted_rows():
    values = np.array([1.0, 4, 99, 6, 10, 13])
    found = chart(
        values,
        np.array([0]),
        options=Options("mr"),
        better=1,
        phase_starts=np.array([0, 4]),
        ghosted=values == 99,
    )
    np.testing.assert_array_equal(found.values, [NAN, 3, 95, 2, NAN, 3])
    assert found.centre.tolist() == [2.5] * 4 + [3.0] * 2
    assert found.beyond.tolist() == [False, False, True, False, False, False]
    of_all = chart(values, np.array([0]), options=Options("mr", peer="qic"), better=1, ghosted=values == 99)
    np.testing.assert_array_equal(of_all.values, [NAN, 3, 95, 93, 4, 3])


def test_kinds_without_a_direction_are_never_good_or_bad():
    for better in (-1, 0, 1):
        found = one("mr", [1.0, 2] * 10 + [90], better=better)
        assert found.cause_names()[-1] == "high"
        assert found.variation_names().tolist() == ["neither-up"]
        spread = one("s", [1.0, 2] * 10 + [9], 5, [1.0, 2] * 10 + [9], better=better)
        assert spread.cause_names()[-1] == "high"


def test_dependent_points_are_tested_against_the_limits_alone():
    found = one("mr", np.cumsum(np.arange(30.0)), rules="nelson")
    assert found.options.describe()["rules"] == "beyond"
    assert not found.runs().signal.any()


def test_a_description_names_every_choice():
    told = Options("up", peer="qic").describe()
    assert (told["rules"], told["constant"], told["peer"]) == ("nhs", "3/d2", "qic")
    assert Options("run").describe()["rules"] == "anhoej"
    assert Options().describe()["constant"] == "2.66"
    assert Options(peer="qic").describe()["constant"] == "3/d2"


def test_figures_far_from_one_are_charted_alike():
    values = np.array([4.0, 6, 5, 7, 3, 6, 4])
    for scale in (1e-300, 1e-12, 1e12, 1e90):
        for kind in ("xmr", "mr", "run", "t"):
            a, b = one(kind, values), one(kind, values * scale)
            np.testing.assert_allclose(b.centre, a.centre * scale, rtol=1e-9)
            np.testing.assert_allclose(b.upper, a.upper * scale, rtol=1e-9)
            assert (a.flags == b.flags).all()


# -------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("kind", "arguments", "says"),
    [
        *((kind, {"values": [1.0, np.inf, 2]}, "infinite") for kind in KINDS),
        *((kind, {"values": [1.0, -np.inf, 2]}, "infinite") for kind in KINDS),
        *((kind, {"values": [1.0, -1, 2]}, "values of 0 or more") for kind in ("c", "g", *RATIO_KINDS)),
        ("t", {"values": [1.0, 0, 2]}, "values of above 0"),
        ("t", {"values": [1.0, -1, NAN]}, "values of above 0"),
        *((kind, {"denominators": None}, "needs denominators") for kind in (*RATIO_KINDS, *SUBGROUP_KINDS)),
        *((kind, {"denominators": [4.0, 0, 4]}, "above 0") for kind in (*RATIO_KINDS, *SUBGROUP_KINDS)),
        *((kind, {"denominators": [4.0, -2, 4]}, "above 0") for kind in (*RATIO_KINDS, *SUBGROUP_KINDS)),
        *((kind, {"denominators": [4.0, np.inf, 4]}, "above 0") for kind in (*RATIO_KINDS, *SUBGROUP_KINDS)),
        *((kind, {"denominators": [4.0, 4]}, "denominators must be one figure") for kind in RATIO_KINDS),
        *((kind, {"denominators": [[4.0, 4, 4]]}, "one-dimensional") for kind in RATIO_KINDS),
        *((kind, {"values": [1.0, 5, 2]}, "above its denominator") for kind in ("p", "pp")),
        *((kind, {"deviations": None}, "standard deviations") for kind in SUBGROUP_KINDS),
        *((kind, {"deviations": [1.0, 1]}, "deviations must be one figure") for kind in SUBGROUP_KINDS),
        *((kind, {"deviations": [1.0, -1, 1]}, "standard deviation must be") for kind in SUBGROUP_KINDS),
        *((kind, {"deviations": [1.0, np.inf, 1]}, "standard deviation must be") for kind in SUBGROUP_KINDS),
        *((kind, {"values": [[1.0, 2, 3]]}, "values must be a one-dimensional") for kind in KINDS),
        *((kind, {"ghosted": [True]}, "one true or false per row") for kind in KINDS),
        *((kind, {"starts": [0, 3]}, "stay below") for kind in KINDS),
        *((kind, {"baseline": [1, 2]}, "baseline must be") for kind in KINDS),
    ],
)
def test_what_cannot_be_charted_is_refused_in_a_sentence(kind, arguments, says):
    given = {"values": [1.0, 2, 3], "denominators": [4.0, 4, 4], "deviations": [1.0, 1, 1], "starts": [0]} | arguments
    given = {name: None if x is None else np.asarray(x) for name, x in given.items()}
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=says) as refused:
        chart(given.pop("values"), given.pop("starts"), options=Options(kind), better=1, **given)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("kind", ["u", "up", "xmr", "run", "mr"])
def test_a_numerator_above_its_denominator_is_a_rate(kind):
    found = one(kind, [5.0, 7, 6], [4.0, 4, 4])
    assert not found.flags.any()


def test_refused_even_where_other_rows_are_missing():
    with pytest.raises(ValueError, match="above its denominator"):
        one("p", [NAN, 5.0], [4.0, 4])
    with pytest.raises(ValueError, match="0 or more"):
        one("c", [NAN, -5.0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_last_row_does_not_make_a_long_phase_too_short(kind):
    values, sizes, spread = np.array([4.0, 6, 5, 7] * 6), np.full(24, 10.0), np.ones(24)
    values[-1] = sizes[-1] = spread[-1] = NAN
    assert one(kind, values, sizes, spread).variation_names().tolist() == ["common"]
