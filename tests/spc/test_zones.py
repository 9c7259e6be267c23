"""Zones in single precision say, bit for bit, what comparing every value with every line says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures import panel
from measures.spc import Options, chart, limits, rules, verdicts, zones
from measures.spc.rule_sets import NAMED
from tests.spc import panels

NAN = float("nan")
NUDGES = (0.0, 1e-16, 3e-16, 1e-12, 0.9e-9, 1.1e-9, 3e-9, 1e-7, 1e-5, 9e-4, 1.1e-3, 0.2)
"""Shares of |line| + sigma that a value lies beside a line: within its slack, near single precision's end, beyond."""


def awkward(seed: int, phases: int, equal: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Values, starts, centre and sigma: values on lines and beside them, of every size, some missing."""
    rng = np.random.default_rng(seed)
    counts = np.full(phases, 24) if equal else rng.integers(1, 40, phases)
    starts = np.cumsum(counts) - counts
    sigma = 10.0 ** rng.integers(-3, 4, phases) * rng.uniform(0.5, 2, phases)
    centre = (
        sigma * rng.choice([0, 1, -7, 150, 1_900, 1_999.9, 2_000.1, 1e6, 1e12], phases) * rng.uniform(0.9, 1, phases)
    )
    if rng.random() < 0.5:
        centre, sigma = np.rint(centre * 8) / 8, np.rint(sigma * 8) / 8
    odd = rng.random(phases) < 0.1
    sigma[odd] = rng.choice([0.0, NAN, 1e-320, 1e-40, 1e35, 1e300], odd.sum())
    centre[rng.random(phases) < 0.02] = NAN
    at, by = np.repeat(centre, counts), np.repeat(sigma, counts)
    line = at + rng.choice([-3, -2, -1, 0, 1, 2, 3], at.size) * by
    with np.errstate(over="ignore", invalid="ignore"):
        beside = rng.choice([-1, 1], at.size) * rng.choice(NUDGES, at.size) * (np.abs(line) + by)
        values = np.where(rng.random(at.size) < 0.7, line + beside, at + by * rng.normal(0, 2, at.size))
    steps = rng.integers(-2, 3, at.size)
    for _ in range(2):
        values = np.where(
            steps > 0, np.nextafter(values, np.inf), np.where(steps < 0, np.nextafter(values, -1e308), values)
        )
        steps -= np.sign(steps)
    far = rng.random(at.size) < 0.02
    values[far] = rng.choice([1e300, -1e300, 5e38, -5e38, 1e-320, 0.0], far.sum())
    values[rng.random(at.size) < 0.03] = NAN
    values[np.isinf(values)] = 0.0
    return values, starts, centre, sigma


def same(found: zones.Zones, wanted: zones.Zones) -> bool:
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("equal", [False, True])
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_single_precision_says_what_the_lines_say(seed, equal, strict):
    values, starts, centre, sigma = awkward(seed, 60, equal)
    lines = limits.Band(centre, sigma, strict=strict)
    with np.errstate(over="ignore"):
        wanted = zones.compared(values, lines, panel.lengths(starts, len(values)))
        assert same(zones.zones(values, starts, lines), wanted)


@pytest.mark.parametrize("strict", [False, True])
def test_most_rows_are_settled_without_their_lines_and_the_rest_exactly(strict, monkeypatch):
    """Random awkward panels may leave so many rows open that all are compared; here few are."""
    rng = np.random.default_rng(3)
    counts = rng.integers(20, 60, 400)
    starts = np.cumsum(counts) - counts
    centre, sigma = rng.uniform(-900, 900, 400), rng.uniform(0.5, 2, 400)
    sigma[7:40:8] = 0.0, NAN, 1e-320, 1e-9, 1e301
    at, by = np.repeat(centre, counts), np.repeat(sigma, counts)
    values = at + by * rng.choice([-3.6, -2.4, -1.3, -0.5, 0.4, 1.4, 2.6, 3.3], at.size)
    tied = rng.random(at.size) < 0.05
    line = (at + rng.choice([-3, -2, 0, 2, 3], at.size) * by)[tied]
    values[tied] = line + rng.choice([-1, 1], line.size) * rng.choice(NUDGES, line.size) * (np.abs(line) + by[tied])
    values[np.isinf(values)] = NAN
    lines = limits.Band(centre, sigma, strict=strict)
    wanted = zones.compared(values, lines, counts)
    asked = []
    compared = zones.compared
    monkeypatch.setattr(zones, "compared", lambda v, *rest: asked.append(len(v)) or compared(v, *rest))
    assert same(zones.zones(values, starts, lines), wanted)
    assert 0 < sum(asked) < len(values) / 8


@pytest.mark.parametrize("kind", ["xmr", "run", "c", "t"])
@pytest.mark.parametrize("peer", [None, "ptd", "qic"])
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), holes=st.sampled_from([0.0, 0.1]), ghosts=st.sampled_from([0.0, 0.1]))
def test_a_chart_is_the_same_without_single_precision(kind, peer, seed, holes, ghosts):
    whole = panels.joined([panels.panel(kind, seed + i, holes, ghosts) for i in range(6)])
    options = Options(kind, rules="nhs", peer=peer)
    found = whole.chart(options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zones, "LEVEL", 0.0)
        patch.setattr(rules, "zones", lambda v, starts, lines: zones.compared(v, lines, panel.lengths(starts, len(v))))
        wanted = whole.chart(options)
    for name in (
        "centre",
        "sigma",
        "lower",
        "upper",
        "near_lower",
        "near_upper",
        "flags",
        "cause",
        "variation",
        "last",
    ):
        assert getattr(found, name).tobytes() == getattr(wanted, name).tobytes(), name


def test_a_series_is_the_same_alone_as_among_others_of_its_length_or_not():
    rng = np.random.default_rng(5)
    values = np.round(rng.normal(50, 4, 40 * 36), 1)
    starts = np.arange(0, values.size, 36)
    options = Options()
    even = chart(values, starts, options=options, better=1)
    odd = chart(np.append(values, [3.0, 4.0]), np.append(starts, values.size), options=options, better=1)
    assert even.flags.tobytes() == odd.flags[:-2].tobytes()
    assert even.sigma.tobytes() == odd.sigma[:-2].tobytes()
    for first in starts[::7]:
        alone = chart(values[first : first + 36], [0], options=options, better=1)
        assert alone.flags.tobytes() == even.flags[first : first + 36].tobytes()
        assert alone.sigma.tobytes() == even.sigma[first : first + 36].tobytes()


@pytest.mark.parametrize("rule_set", list(NAMED))
@pytest.mark.parametrize("better", [-1, 0, 1])
def test_causes_are_those_of_the_table(rule_set, better):
    table = verdicts._tables(rule_set)[0][better + 1]
    every = np.arange(table.size).astype(NAMED[rule_set].dtype)
    found = verdicts.causes(every, better, np.array([every.size]), rule_set)
    assert found.dtype == np.int8
    assert found.tolist() == table.tolist()


def test_segments_of_one_length_and_others_find_the_same():
    even = np.arange(0, 60, 6)
    rows = np.arange(75)
    assert panel.segment_of(rows, even).tolist() == (np.searchsorted(even, rows, side="right") - 1).tolist()
    for starts in (np.arange(0, 60, 6), np.array([0, 1, 7, 30])):
        x, figure = np.arange(60.0) % 7, np.arange(float(len(starts)))
        counts = panel.lengths(starts, 60)
        assert panel.at_least(x, figure, starts).tolist() == (x >= np.repeat(figure, counts)).tolist()
    assert panel.at_least(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)).tolist() == []
