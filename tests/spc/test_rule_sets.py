"""Every rule set: against plain loops, at its thresholds, at phases' borders, beside gaps; what it makes of causes."""

from __future__ import annotations

import itertools
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.spc import Options, chart, limits, runs, verdicts
from measures.spc.rule_sets import NAMED, ONLY_BEYOND, RULES
from tests.spc import plain

NAN = np.nan
SETS = list(RULES)


def lines(centre, sigma, strict=False) -> limits.Band:
    """Figures per phase or per row, uncut."""
    return limits.Band(np.asarray(centre, float), np.asarray(sigma, float), strict=strict)


def flags(name, values, starts=(0,), centre=0.0, sigma=1.0, strict=False):
    """The rule names of every row, lines alike for all phases."""
    starts = np.asarray(starts)
    band = lines(np.full(len(starts), centre), np.full(len(starts), sigma), strict)
    found = NAMED[name].apply(np.asarray(values, float), starts, band, strict)
    return named(name, found)


def named(name, found):
    """Each row's flags as rule → code."""
    return [
        {rule: 1 if row & above else 2 for rule, (above, below) in NAMED[name].bits.items() if row & (above | below)}
        for row in found.tolist()
    ]


def rows_of(rule, found):
    return [i for i, row in enumerate(found) if rule in row]


# -------------------------------------------------------------------------------- against plain loops


def series(rng: np.random.Generator, n: int) -> np.ndarray:
    """Halves and wholes about 0: walks, steps, saws, ties, and noise."""
    style = rng.integers(0, 6)
    if style == 0:
        found = np.cumsum(rng.integers(-2, 3, n)) / 4
    elif style == 1:
        found = (rng.integers(-4, 5, n) + 3 * np.sign(np.arange(n) - n / 2)) / 3
    elif style == 2:
        found = np.where(np.arange(n) % 2, 1, -1) * rng.integers(1, 8, n) / 4 + rng.integers(-1, 2, n) / 8
    elif style == 3:
        found = rng.integers(-1, 2, n) * 1.0
    elif style == 4:
        found = rng.integers(-9, 10, n) / 10
    else:
        found = np.sort(rng.integers(-6, 7, n)) / 2.0
        found[rng.random(n) < 0.1] *= -1
    return np.round(found, 6)


@pytest.mark.parametrize("name", [*SETS, "beyond"])
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.0, 0.03, 0.3]), st.booleans())
@settings(max_examples=40)
def test_every_rule_set_is_what_plain_loops_make_of_it(name, seed, holes, by_row):
    rng = np.random.default_rng(seed)
    lengths = rng.choice([1, 2, 3, 5, 6, 7, 8, 14, 15, 16, 40, 80], rng.integers(1, 9))
    n, starts = lengths.sum(), np.cumsum([0, *lengths[:-1]])
    values = np.concatenate([series(rng, x) for x in lengths])
    values[rng.random(n) < holes] = NAN
    centre = np.repeat(rng.integers(-2, 3, len(lengths)) / 2, lengths)
    sigma = rng.integers(1, 5, n) / 4 if by_row else np.repeat(rng.integers(1, 5, len(lengths)) / 4, lengths)
    sigma = np.where(np.repeat(rng.random(len(lengths)) < 0.1, lengths), NAN, sigma)
    band = lines(centre, sigma) if by_row else lines(centre[starts], sigma[starts])
    ours = named(name, NAMED[name].apply(values, starts, band, False))
    for first, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        span = slice(first, first + length)
        at = [
            plain.Lines(c, s, c - 3 * s, c + 3 * s, c - 2 * s, c + 2 * s, (c - s, c + s), 1e-9 * (abs(c) + 3 * s))
            for c, s in zip(centre[span].tolist(), sigma[span].tolist(), strict=True)
        ]
        for x in at:
            x.slack = 1e-9 * abs(x.centre) if np.isnan(x.sigma) else x.slack
        assert ours[span] == plain.rule_flags(name, values[span].tolist(), at)


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_a_tie_between_trends_under_strict_is_what_plain_loops_make_of_it(seed):
    rng = np.random.default_rng(seed)
    values = np.concatenate([series(rng, 30), np.repeat(np.arange(16.0), rng.choice([1, 1, 1, 2], 16)), np.arange(9.0)])
    at = [plain.Lines(0.0, 1.0, -3, 3, -2, 2, (-1, 1), 0.0) for _ in values]
    assert flags("nhs", values, strict=True) == plain.rule_flags("nhs", values.tolist(), at, strict=True)


# --------------------------------------------------------------------------------------- at thresholds


def side_run(length, side=1, before=3, after=3):
    """``length`` points on one side between others on the other, never rising or falling for long."""
    wobble = [0.3, 0.1, 0.2]
    inside = [side * (0.5 + wobble[i % 3]) for i in range(length)]
    return [-side * 0.5] * before + inside + [-side * 0.5] * after


@pytest.mark.parametrize(("name", "least"), [("nhs", 7), ("ihi", 6), ("we", 8), ("nelson", 9)])
@pytest.mark.parametrize("side", [1, -1])
def test_a_shift_needs_so_many_points_and_no_fewer(name, least, side):
    for length in (least - 1, least, least + 1, 3 * least):
        found = flags(name, side_run(length, side))
        wanted = list(range(3, 3 + length)) if length >= least else []
        assert rows_of("shift", found) == wanted
        assert {row["shift"] for row in found if "shift" in row} <= {1 if side > 0 else 2}


@pytest.mark.parametrize(("name", "least"), [("nhs", 7), ("nelson", 6), ("ihi", 5)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_trend_needs_so_many_points_and_no_fewer(name, least, sign):
    for length in (least - 1, least, least + 1, 3 * least):
        values = [sign * 0.2, *(sign * 0.1 * np.arange(length)), sign * -0.2]
        found = flags(name, values, sigma=100.0)
        assert rows_of("trend", found) == (list(range(1, 1 + length)) if length >= least else [])
        assert {row["trend"] for row in found if "trend" in row} <= {1 if sign > 0 else 2}


@pytest.mark.parametrize("length", [13, 14, 15, 28])
def test_alternation_needs_fourteen_points(length):
    saw = [(-1) ** i * 0.5 + 0.01 * i for i in range(length)]
    found = flags("nelson", [saw[0], *saw, saw[-1]])
    assert rows_of("alternating", found) == (list(range(1, 1 + length)) if length >= 14 else [])


def test_alternation_is_broken_by_a_tie_a_gap_and_a_phase():
    saw = [(-1) ** i * 0.5 for i in range(20)]
    assert len(rows_of("alternating", flags("nelson", saw))) == 20
    assert not rows_of("alternating", flags("nelson", [*saw[:10], saw[9], *saw[10:]]))
    assert not rows_of("alternating", flags("nelson", [*saw[:10], NAN, *saw[10:]]))
    assert not rows_of("alternating", flags("nelson", saw, starts=(0, 10)))
    assert rows_of("alternating", flags("nelson", saw, starts=(0, 6))) == list(range(6, 20))


@pytest.mark.parametrize("length", [14, 15, 16])
def test_stratification_needs_fifteen_within_one_sigma(length):
    inside = [(-1) ** (i // 2) * 0.9 for i in range(length)]
    found = flags("nelson", [2.5, *inside, -2.5])
    assert rows_of("stratification", found) == (list(range(1, 1 + length)) if length >= 15 else [])
    assert [row["stratification"] for row in found if "stratification" in row] == [
        1 if x > 0 else 2 for x in inside if length >= 15
    ]


@pytest.mark.parametrize("length", [7, 8, 9])
def test_mixture_needs_eight_with_none_within_one_sigma(length):
    outside = [(-1) ** (i // 2) * 1.5 for i in range(length)]
    found = flags("nelson", [0.5, *outside, -0.5])
    assert rows_of("mixture", found) == (list(range(1, 1 + length)) if length >= 8 else [])


def test_a_point_on_the_one_sigma_line_is_neither_within_nor_beyond():
    near = [0.5, -0.5] * 10
    near[7] = 1.0
    assert not rows_of("stratification", flags("nelson", near[:20]))
    far = [1.5, -1.5, 1.6, -1.6] * 3
    assert rows_of("mixture", flags("nelson", far)) == list(range(12))
    far[5] = -1.0
    assert not rows_of("mixture", flags("nelson", far))
    assert not rows_of("four_of_five", flags("we", [1.0, 1.0, 1.0, 1.0, 1.5]))


@pytest.mark.parametrize(
    "length",
    [14, 15],
)
def test_stratification_counts_a_point_below_a_cut_line(length):
    """Counts of 0 and 1 about 0.5 lie within one sigma (0.707) of it, though no line is drawn below 0."""
    found = chart(
        np.array([0.0, 1.0] * 7 + [1.0] * (length - 14)), np.array([0]), options=Options("c", "nelson"), better=1
    )
    assert found.flagged("stratification").tolist() == [length >= 15] * length


@pytest.mark.parametrize("name", ["we", "nelson"])
@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([2.5, 2.5], []),  # two rows are no window of three
        ([2.5, 0.0, 2.5], [0, 2]),  # the third on the centre
        ([2.5, -0.5, 2.5], [0, 2]),  # or on the other side
        ([2.5, 0.0, 0.0, 2.5], []),  # four apart
        ([2.5, -2.5, 0.0], []),  # on different sides
        ([3.5, 0.1, 2.5], [0, 2]),  # beyond the limit counts as in the zone
        ([2.0, 2.5, 0.0], []),  # on the line is not in it
        ([2.5, NAN, 2.5], []),  # no window has a missing row
        ([2.5, 2.5, NAN], []),
        ([NAN, 2.5, 2.5, 0.0], [1, 2]),
        ([-2.5, 2.5, -2.5, 2.5], [0, 1, 2, 3]),
    ],
)
def test_two_of_three(name, values, rows):
    assert rows_of("two_of_three", flags(name, values)) == rows


@pytest.mark.parametrize("name", ["we", "nelson"])
@pytest.mark.parametrize(
    ("values", "rows"),
    [
        ([1.5, 1.5, 1.5, 1.5], []),
        ([1.5, 1.5, 1.5, 1.5, 0.0], [0, 1, 2, 3]),
        ([1.5, 1.5, -1.5, 1.5, 1.5], [0, 1, 3, 4]),
        ([1.5, 1.5, 1.5, 0.5, 0.5, 1.5], []),
        ([3.5, 2.5, 1.5, 1.5, 0.5], [0, 1, 2, 3]),
        ([1.5, 1.5, NAN, 1.5, 1.5], []),
        ([1.5, 1.5, 1.5, 1.5, NAN], []),
        ([-1.5, -1.5, 0.0, -1.5, -1.5, 0.0, -1.5], [0, 1, 3, 4]),
    ],
)
def test_four_of_five(name, values, rows):
    assert rows_of("four_of_five", flags(name, values)) == rows


def test_making_data_counts_two_of_three_is_not_western_electrics():
    values = [2.5, -0.5, 2.5]
    assert not rows_of("two_of_three", flags("nhs", values))
    assert rows_of("two_of_three", flags("we", values)) == [0, 2]


@pytest.mark.parametrize("useful", [5, 8, 12, 23, 24, 60])
def test_a_run_longer_than_its_number_of_points_explains(useful):
    most = plain.longest_explained(useful)
    for longest in (most, most + 1):
        if longest > useful:
            continue
        rest = useful - longest
        values = [1.0] * longest + [-1.0 if i % 2 == 0 else 1.0 for i in range(rest)]
        found = flags("anhoej", values, sigma=NAN)
        assert rows_of("longest_run", found) == (list(range(longest)) if longest > most else [])


def test_beyond_is_strict_in_every_set():
    for name in ("nhs", "we", "nelson", "anhoej", "beyond"):
        assert rows_of("beyond", flags(name, [3.0, 3.001, -3.0, -3.001])) == [1, 3]
        assert [row.get("beyond") for row in flags(name, [3.001, -3.001])] == [1, 2]
        assert not rows_of("beyond", flags(name, [3.0 + 1e-12]))
    assert rows_of("beyond", flags("nhs", [3.0 + 1e-12], strict=True)) == [0]
    assert "beyond" not in RULES["ihi"].bits


@pytest.mark.parametrize(("name", "least"), [("nhs", 7), ("we", 8), ("nelson", 9)])
def test_a_point_on_the_centre_breaks_a_shift_of_a_control_chart(name, least):
    assert not rows_of("shift", flags(name, [0.5] * (least - 1) + [0.0] + [0.5] * (least - 1)))


def test_a_point_on_the_median_is_stepped_over_in_a_run_chart_and_not_part_of_the_run():
    found = flags("ihi", [1.0, 1, 1, 0, 0, 1, 1, 1, -1], sigma=NAN)
    assert rows_of("shift", found) == [0, 1, 2, 5, 6, 7]
    assert not rows_of("shift", flags("ihi", [1.0, 1, 1, 0, 0, 1, 1, -1], sigma=NAN))
    assert rows_of("shift", flags("ihi", [1.0, 1, 1, NAN, 1, 1, 1, -1], sigma=NAN)) == [0, 1, 2, 4, 5, 6]
    long = flags("anhoej", [0.0, *[1.0] * 5, 0, *[1.0] * 5, 0], sigma=NAN)
    assert rows_of("longest_run", long) == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3, 4, 5], [1] * 5),
        ([1, 2, 3, 4, 4, 4], [0] * 6),
        ([1, 2, 2, 3, 4, 5], [1] * 6),  # a repeat inside belongs to the trend
        ([1, 1, 2, 3, 4, 5], [1] * 6),  # of equal values running the first counts
        ([1, 2, 3, 4, 5, 5], [1, 1, 1, 1, 1, 0]),  # and a repeat after the last is not part of it
        ([1, 2, 3, 4, 4, 5, 4, 3, 2, 1], [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]),  # a repeat beside the turning point
        ([1, 2, 3, 4, 5, 5, 4, 3, 2, 1], [1, 1, 1, 1, 2, 2, 2, 2, 2, 2]),  # a repeated turning point
        ([1, 2, 3, 4, 5, 5, 1, 2, 3, 4, 5], [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]),  # between two trends
        ([1, 2, NAN, 3, NAN, NAN, 4, 5], [1, 1, 0, 1, 0, 0, 1, 1]),  # missing values are stepped over
        ([1, 2, NAN, 2, 3, 4, 5], [1, 1, 0, 1, 1, 1, 1]),
        ([5, 4, 3, 3, 2, 2, 1, 9], [2] * 7 + [0]),
        ([NAN, NAN], [0, 0]),
    ],
)
def test_trends_of_a_run_chart_step_over_repeats(values, codes):
    assert [row.get("trend", 0) for row in flags("ihi", values, sigma=NAN, centre=99.0)] == codes


@pytest.mark.parametrize("name", SETS)
def test_no_rule_looks_across_a_phase(name):
    rng = np.random.default_rng(5)
    first = [0.5, 0.6, 0.7, 0.8, 1.5, 2.5]
    second = [2.6, 2.5, 2.7, 1.6, 1.5, 0.9]
    together = flags(name, first + second, starts=(0, 6))
    assert together == flags(name, first) + flags(name, second)
    assert together != flags(name, first + second)
    for _ in range(20):
        parts = [series(rng, int(n)) for n in rng.integers(1, 20, 6)]
        starts = np.cumsum([0, *map(len, parts[:-1])])
        wanted = [row for part in parts for row in flags(name, part)]
        assert flags(name, np.concatenate(parts), starts=starts) == wanted


@pytest.mark.parametrize("name", ["nhs", "we", "nelson"])
def test_a_missing_row_breaks_every_window_of_a_control_chart(name):
    rng = np.random.default_rng(6)
    for _ in range(20):
        a, b = series(rng, 15), series(rng, 15)
        assert flags(name, [*a, NAN, *b]) == [*flags(name, a), {}, *flags(name, b)]


@pytest.mark.parametrize("name", SETS)
def test_a_mirrored_series_is_flagged_on_the_other_side(name):
    """About a centre of 0: up becomes down, save that an undirected rule counts a point on the centre as high."""
    rng = np.random.default_rng(7)
    for _ in range(30):
        values = series(rng, 60) + 0.03
        swapped = [{rule: 3 - code for rule, code in row.items()} for row in flags(name, values)]
        assert flags(name, -values) == swapped


# ------------------------------------------------------------------------------------ names and causes


def test_the_sets_and_their_rules():
    assert {name: list(found.bits) for name, found in RULES.items()} == {
        "nhs": ["beyond", "shift", "trend", "two_of_three"],
        "ihi": ["shift", "trend"],
        "nelson": [
            *("beyond", "shift", "trend", "alternating"),
            *("two_of_three", "four_of_five", "stratification", "mixture"),
        ],
        "we": ["beyond", "two_of_three", "four_of_five", "shift"],
        "anhoej": ["beyond", "longest_run"],
    }
    for found in (*RULES.values(), ONLY_BEYOND):
        assert sorted(found.order) == sorted(found.bits)
        assert set(found.undirected) <= set(found.bits)
        bits = [bit for pair in found.bits.values() for bit in pair]
        assert sorted(bits) == [1 << i for i in range(len(bits))]
        assert max(bits) <= np.iinfo(found.dtype).max
        assert found.order == plain.ORDER[found.name]


@pytest.mark.parametrize("name", [*SETS, "beyond"])
def test_a_point_is_common_exactly_where_no_rule_flags_it_whatever_is_better(name):
    every = np.arange(1 << max(sum(NAMED[name].bits.values(), ())).bit_length()).astype(NAMED[name].dtype)
    told = named(name, every)
    for better in (1, 0, -1):
        causes = verdicts.causes(every, better, np.array([every.size]), name)
        variation = verdicts.variation(every, better, True, name)
        for row, rules in enumerate(told):
            # Both bits of a rule at once do not happen; above goes first.
            wanted = plain.cause(name, rules, better)
            assert str(verdicts.CAUSES[causes[row]]) == wanted
            said = str(verdicts.VARIATIONS[variation[row]])
            assert (said == "common") == (not rules) == (wanted == "common")
            if wanted in ("high", "low"):
                assert said == ("neither-up" if wanted == "high" else "neither-down")
            elif rules:
                assert said.startswith(wanted)
                assert said.endswith("-up") == ((wanted == "improvement") == (better > 0))
        none = verdicts.variation(every, better, False, name)
        assert {str(verdicts.VARIATIONS[code]) for code in none} == {"not-enough"}


@pytest.mark.parametrize("name", SETS)
@given(st.integers(0, 10**6))
@settings(max_examples=15)
def test_causes_of_charts(name, seed):
    """Mixed directions in one call; common exactly where nothing flags."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 60, 6)
    starts, better = np.cumsum([0, *lengths[:-1]]), rng.integers(-1, 2, 6)
    values = np.concatenate([series(rng, n) for n in lengths])
    found = chart(values, starts, options=Options(rules=name, baseline=12), better=better)
    assert ((found.rule_names() == "") == (found.cause_names() == "common")).all()
    assert ((found.flags == 0) == (found.cause == 0)).all()
    for rule in NAMED[name].bits:
        assert (found.flagged(rule) == [rule in text.split() for text in found.rule_names()]).all()
    assert not found.flagged("no such rule").any()
    told = [
        plain.cause(name, row, int(better[i]))
        for row, i in zip(named(name, found.flags), np.repeat(np.arange(6), lengths), strict=True)
    ]
    assert found.cause_names().tolist() == told


@pytest.mark.parametrize("better", [1, 0, -1])
def test_rules_without_a_direction_are_high_or_low_whatever_is_better(better):
    stratified = np.array([0.5, -0.5, 0.4, -0.3, -0.2, 0.3, 0.2, -0.4] * 2)
    band = lines([0.0], [1.0])
    found = RULES["nelson"].apply(stratified, np.array([0]), band, False)
    causes = [str(verdicts.CAUSES[c]) for c in verdicts.causes(found, better, np.array([16]), "nelson")]
    assert causes == ["high" if x > 0 else "low" for x in stratified]
    said = [str(verdicts.VARIATIONS[c]) for c in verdicts.variation(found, better, True, "nelson")]
    assert said == ["neither-up" if x > 0 else "neither-down" for x in stratified]


def test_which_rule_says_the_direction():
    """Beyond goes before trend, trend before shift: below the limit inside a rising trend is low."""
    rising = np.array([-9.0, -8, -7, -6, -5, -4, -3.5, -3.2])
    found = RULES["nhs"].apply(rising, np.array([0]), lines([0.0], [1.0]), False)
    told = [str(verdicts.CAUSES[c]) for c in verdicts.causes(found, 1, np.array([8]))]
    assert told == ["concern"] * 8
    inside = np.array([-2.9, -2.8, -2.7, -2.6, -2.5, -2.4, -2.3, -2.2])
    found = RULES["nhs"].apply(inside, np.array([0]), lines([0.0], [1.0]), False)
    assert {tuple(row) for row in named("nhs", found)} == {("shift", "trend", "two_of_three")}
    told = [str(verdicts.CAUSES[c]) for c in verdicts.causes(found, 1, np.array([8]))]
    assert told == ["improvement"] * 8


# -------------------------------------------------------------------------------- how many runs there are


def enumerated(above: int, below: int) -> list[int]:
    """How many arrangements have each number of runs, from none up."""
    ways = [0] * (above + below + 1)
    for places in itertools.combinations(range(above + below), above):
        chosen = set(places)
        row = [i in chosen for i in range(above + below)]
        ways[1 + sum(a != b for a, b in itertools.pairwise(row))] += 1
    return ways


@pytest.mark.parametrize("above", range(1, 9))
def test_the_bounds_of_runs_are_those_of_all_arrangements(above):
    for below in range(1, 15 - above):
        ways = enumerated(above, below)
        total = comb(above + below, above)
        assert sum(ways) == total
        fewest, most = runs.run_bounds(above, below)
        # No more than 2.5 % have fewer runs than the fewest, and one more would be too many; so above.
        assert 40 * sum(ways[:fewest]) <= total < 40 * sum(ways[: fewest + 1])
        assert 40 * sum(ways[most + 1 :]) <= total < 40 * sum(ways[most:])


@pytest.mark.parametrize("pair", [(101, 100), (150, 60), (3, 198), (1, 200), (500, 501), (700, 20), (1000, 1000)])
def test_the_bounds_of_many_points_are_those_of_whole_numbers(pair, monkeypatch):
    quick = runs.run_bounds.__wrapped__(*pair)
    crossings = runs.fewest_crossings.__wrapped__(sum(pair))
    monkeypatch.setattr(runs, "EXACT", 10**9)
    assert quick == runs.run_bounds.__wrapped__(*pair)
    assert crossings == runs.fewest_crossings.__wrapped__(sum(pair))


def test_very_long_series_are_no_burden():
    fewest, most = runs.run_bounds(500_000, 500_000)
    assert fewest + most == pytest.approx(1_000_002, abs=1)
    assert (most - fewest) / 2 == pytest.approx(1.96 * 500, rel=0.01)
    assert runs.fewest_crossings(1_000_000) == pytest.approx(500_000 - 1.645 * 500, abs=2)


def test_all_on_one_side_is_one_run_and_no_surprise_by_itself():
    assert runs.run_bounds(12, 0) == (1, 1)
    found = runs.too_many_or_few(np.array([1] * 12, np.uint8), np.array([0]))
    assert not found.signal[0]


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=40), min_size=1, max_size=5))
def test_runs_are_counted_per_phase(phases):
    side = np.array([code for phase in phases for code in phase], np.uint8)
    starts = np.cumsum([0, *map(len, phases[:-1])])
    found, tests = runs.too_many_or_few(side, starts), runs.anhoej(side, starts)
    for place, phase in enumerate(phases):
        codes = [code for code in phase if code]
        lengths = [len(list(same)) for _, same in itertools.groupby(codes)]
        assert tests.useful[place] == len(codes)
        if codes:
            assert tests.longest_run[place] == max(lengths)
            assert tests.crossings[place] == len(lengths) - 1
            assert tests.longest_run_max[place] == plain.longest_explained(len(codes))
            few = tests.crossings[place] < tests.crossings_min[place]
            assert tests.signal[place] == (few or max(lengths) > tests.longest_run_max[place])
        if len(codes) < 10:
            assert (found.runs[place], found.fewest[place], found.most[place]) == (-1, -1, -1)
            assert not found.signal[place]
        else:
            assert found.runs[place] == len(lengths)
            bounds = runs.run_bounds(codes.count(1), codes.count(2))
            assert (found.fewest[place], found.most[place]) == bounds
            assert found.signal[place] == (not bounds[0] <= len(lengths) <= bounds[1])
