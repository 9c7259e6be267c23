"""What must hold for any series."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from measures import panel
from measures.cli import main
from measures.model import Cause, Variation
from measures.spc import Options, chart, verdicts
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from tests.spc import panels
from tests.spc.plain import LINES

ROW_ARRAYS = ("centre", "sigma", "lower", "upper", "near_lower", "near_upper", "flags", "cause")
SWAP = np.array([verdicts.CAUSES.index(c) for c in (Cause.COMMON, Cause.CONCERN, Cause.IMPROVEMENT)])

cell = st.integers(-40, 40).map(lambda tenths: tenths / 10) | st.sampled_from([0.0, 1.0, np.nan])
series = st.lists(st.lists(cell, min_size=1, max_size=40), min_size=1, max_size=5)
options = st.builds(
    Options,
    baseline=st.none() | st.integers(1, 15),
    screen=st.booleans(),
    missing=st.sampled_from(["drop", "bridge"]),
    peer=st.sampled_from([None, "ptd"]),
)


def together(rows, settings, better=1, ghosted=None):
    counts = [len(r) for r in rows]
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    return chart(np.concatenate(rows), starts, options=settings, better=better, ghosted=ghosted)


def same(a, b, rows=slice(None)):
    for name in ROW_ARRAYS:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name)[rows])


@given(series, options, st.sampled_from([0.5, 2.0, 3.7, 1000.0]), st.sampled_from([0.0, 7.0, -123.4, 5000.0]))
def test_shift_and_scale_change_no_flag_and_move_the_limits(rows, settings, scale, by):
    settings = Options(settings.kind, settings.rules, settings.baseline, settings.screen, missing=settings.missing)
    before = together(rows, settings)
    after = together([np.array(r) * scale + by for r in rows], settings)
    assert (before.flags == after.flags).all()
    for name in ("centre", "lower", "upper"):
        moved = getattr(before, name) * scale + by
        np.testing.assert_allclose(getattr(after, name), moved, rtol=1e-9, atol=1e-9 * (abs(by) + 10 * scale))


@given(series, options)
def test_reversing_the_direction_swaps_improvement_and_concern(rows, settings):
    up, down = together(rows, settings, 1), together(rows, settings, -1)
    assert (SWAP[up.cause] == down.cause).all()
    assert (up.flags == down.flags).all()
    swapped = {Variation.IMPROVEMENT_UP: Variation.CONCERN_UP, Variation.CONCERN_DOWN: Variation.IMPROVEMENT_DOWN}
    swapped |= {b: a for a, b in swapped.items()}
    for a, b in zip(up.variation, down.variation):
        assert verdicts.VARIATIONS[b] == swapped.get(verdicts.VARIATIONS[a], verdicts.VARIATIONS[a])


@given(series, options)
def test_a_series_does_not_depend_on_the_others(rows, settings):
    all_at_once = together(rows, settings)
    first = 0
    for row in rows:
        same(together([row], settings), all_at_once, slice(first, first + len(row)))
        first += len(row)


@given(series, options, st.integers(1, 60))
def test_the_size_of_a_block_does_not_matter(rows, settings, block):
    whole = together(rows, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "BLOCK_ROWS", block)
        same(together(rows, settings), whole)


@given(series, options, st.randoms(use_true_random=False))
def test_ghosted_rows_leave_the_others_as_if_they_were_not_there(rows, settings, random):
    settings = Options(screen=settings.screen, missing=settings.missing, peer=settings.peer)
    ghosted = [np.array([i > 0 and random.random() < 0.2 for i in range(len(r))]) for r in rows]
    c = together(rows, settings, ghosted=np.concatenate(ghosted))
    rest = together([np.array(r)[~g] for r, g in zip(rows, ghosted)], settings)
    same(rest, c, ~np.concatenate(ghosted))


def test_a_series_longer_than_a_block():
    rng = np.random.default_rng(3)
    rows = [rng.normal(size=n) for n in (5, 3 * panel.BLOCK_ROWS, 9)]
    c = together(rows, Options())
    same(together([rows[1]], Options()), c, slice(5, 5 + len(rows[1])))
    assert c.centre[5] == pytest.approx(rows[1].mean(), abs=1e-12)


# ------------------------------------------------------------------------------ every kind, every rule set

seeds = st.integers(0, 10**6)
rates = st.sampled_from([0.0, 0.1, 0.4])
rule_sets = st.sampled_from([None, *RULES])


def drawn(kind: str, seed: int, rules: str | None, holes: float, ghosts: float = 0.0) -> tuple[panels.Panel, Options]:
    made = panels.panel(kind, seed, holes, ghosts)
    return made, Options(kind, rules, screen=seed % 3 > 0, missing="bridge" if seed % 2 else "drop")


def equal(a, b) -> None:
    """Two charts, to the last digit."""
    for name in ("values", *ROW_ARRAYS, "variation", "phase_starts"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert a.runs().signal.tolist() == b.runs().signal.tolist()


def end_to_end(found: list) -> dict[str, np.ndarray]:
    return {name: np.concatenate([getattr(x, name) for x in found]) for name in ("values", *ROW_ARRAYS, "variation")}


@pytest.mark.parametrize("kind", ["xmr", "run", "mr", "xbar", "s", "t"])
@given(seeds, rule_sets, rates, rates, st.sampled_from([0.5, 3.7, 1000.0]), st.sampled_from([0.0, 7.0, -123.4]))
@settings(max_examples=15)
def test_moving_and_stretching_a_series_moves_and_stretches_its_lines(kind, seed, rules, holes, ghosts, scale, by):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    by = 0.0 if kind in ("s", "t") else by
    other = replace(made, values=made.values * scale + by)
    if made.deviations is not None:
        other = replace(other, deviations=made.deviations * scale)
    before, after = made.chart(chosen), other.chart(chosen)
    assert (before.flags == after.flags).all()
    assert (before.cause == after.cause).all()
    assert before.runs().crossings.tolist() == after.runs().crossings.tolist()
    reach = 1e-9 * (abs(by) + 10 * scale)
    for name in LINES:
        offset = 0.0 if kind == "mr" or name == "sigma" else by
        np.testing.assert_allclose(
            getattr(after, name), getattr(before, name) * scale + offset, rtol=1e-9, atol=reach, err_msg=name
        )


@pytest.mark.parametrize("kind", ["u", "up"])
@given(seeds, rule_sets, rates)
@settings(max_examples=15)
def test_a_rate_in_other_units_of_opportunity_is_the_same_rate(kind, seed, rules, holes):
    made, chosen = drawn(kind, seed, rules, holes)
    before = made.chart(chosen)
    after = replace(made, denominators=made.denominators / 8).chart(chosen)
    assert (before.flags == after.flags).all()
    for name in LINES:
        np.testing.assert_allclose(getattr(after, name), getattr(before, name) * 8, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", ["p", "pp"])
@given(seeds, rule_sets, rates)
@settings(max_examples=15)
def test_those_who_did_not_mirror_those_who_did(kind, seed, rules, holes):
    made, chosen = drawn(kind, seed, rules, holes)
    before = made.chart(chosen)
    after = replace(made, values=made.denominators - made.values, better=-made.better).chart(chosen)
    np.testing.assert_allclose(after.lower, 1 - before.upper, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(after.upper, 1 - before.lower, rtol=1e-9, atol=1e-9)
    assert ((before.flags == 0) == (after.flags == 0)).all()
    assert (before.rule_names() == after.rule_names()).all()
    # A rule without a direction makes a point high or low, and one on the centre counts as high.
    directed = (made.better.repeat(_lengths(made)) != 0) & ~np.isin(before.cause_names(), ["high", "low"])
    assert (before.cause_names()[directed] == after.cause_names()[directed]).all()


def _lengths(made: panels.Panel) -> np.ndarray:
    return np.diff([*made.starts, len(made.values)])


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, rule_sets, rates, rates)
@settings(max_examples=10)
def test_the_other_direction_swaps_improvement_and_concern_and_nothing_else(kind, seed, rules, holes, ghosts):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    up, down = made.chart(chosen), replace(made, better=-made.better).chart(chosen)
    swap = {"improvement": "concern", "concern": "improvement"}
    assert [swap.get(x, x) for x in up.cause_names()] == down.cause_names().tolist()
    swap = {"improvement-up": "concern-up", "improvement-down": "concern-down"}
    swap |= {b: a for a, b in swap.items()}
    assert [swap.get(x, x) for x in up.variation_names()] == down.variation_names().tolist()
    for name in ("flags", *LINES):
        np.testing.assert_array_equal(getattr(up, name), getattr(down, name))


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, seeds, rule_sets, rates, rates)
@settings(max_examples=10)
def test_one_call_or_several_are_the_same(kind, seed, other, rules, holes, ghosts):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    both = panels.joined([made, panels.panel(kind, other, holes, ghosts)])
    whole, parts = both.chart(chosen), panels.one_by_one(both)
    for name, wanted in end_to_end([part.chart(chosen) for part in parts]).items():
        np.testing.assert_array_equal(getattr(whole, name), wanted, err_msg=name)
    equal(panels.joined(parts).chart(chosen), whole)


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, rule_sets, rates, rates, st.integers(0, 100))
@settings(max_examples=10)
def test_the_order_of_series_does_not_matter(kind, seed, rules, holes, ghosts, shuffle):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    parts = panels.one_by_one(made)
    order = np.random.default_rng(shuffle).permutation(len(parts))
    moved = panels.joined([parts[i] for i in order]).chart(chosen)
    wanted = end_to_end([parts[i].chart(chosen) for i in order])
    for name, figures in wanted.items():
        np.testing.assert_array_equal(getattr(moved, name), figures, err_msg=name)


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, rule_sets, rates, rates, st.integers(1, 80))
@settings(max_examples=10)
def test_the_size_of_a_block_does_not_matter_to_any_kind(kind, seed, rules, holes, ghosts, block):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    whole = made.chart(chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "BLOCK_ROWS", block)
        equal(made.chart(chosen), whole)


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, rule_sets, rates, st.sampled_from([0.1, 0.5]))
@settings(max_examples=15)
def test_a_ghosted_row_of_any_kind_leaves_the_others_as_if_it_were_not_there(kind, seed, rules, holes, ghosts):
    made, chosen = drawn(kind, seed, rules, holes, ghosts)
    keep = np.zeros(len(made.values), bool)
    keep[made.phase_starts] = True
    # A baseline counts ghosted rows too: all of each phase here.
    made = replace(made, ghosted=made.ghosted & ~keep, baseline=np.zeros_like(made.baseline))
    whole, rest = made.chart(chosen), panels.without(made, made.ghosted).chart(chosen)
    for name in ("values", *ROW_ARRAYS):
        np.testing.assert_array_equal(getattr(whole, name)[~made.ghosted], getattr(rest, name), err_msg=name)
    assert whole.variation.tolist() == rest.variation.tolist()
    for name in whole.runs()._fields:
        assert getattr(whole.runs(), name).tolist() == getattr(rest.runs(), name).tolist()
    # Of the ghosted rows nothing is said but whether they lie beyond the limits.
    with np.errstate(invalid="ignore"):
        outside = (whole.values > whole.upper + 1e-6) | (whole.values < whole.lower - 1e-6)
    ghosted = made.ghosted & ("beyond" in chosen.rule_set.bits)
    assert whole.beyond[ghosted & outside].all()
    assert set(whole.rule_names()[made.ghosted]) <= {"", "beyond"}


@pytest.mark.parametrize("kind", KINDS)
@given(seeds, st.sampled_from(list(RULES)), st.integers(0, 100))
@settings(max_examples=4)
def test_the_order_of_rows_in_a_file_does_not_matter(kind, seed, rules, shuffle):
    frame = as_frame(panels.panel(kind, seed, 0.05, 0.05))
    # Rows of one subgroup stay in their order: a mean's last digit depends on it.
    point = frame.groupby(["series", "period"], sort=False).ngroup().to_numpy()
    place = np.random.default_rng(shuffle).permutation(point.max() + 1)[point]
    mixed = frame.iloc[np.argsort(place, kind="stable")]
    words = ["spc", "-", "--kind", kind, "--rules", rules]
    told = [CliRunner().invoke(main, words, input=f.to_csv(index=False)) for f in (frame, mixed)]
    assert [done.exit_code for done in told] == [0, 0], told[0].stderr
    a, b = (pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False) for done in told)
    assert b["row"].tolist() == mixed["row"].astype(str).tolist()
    pd.testing.assert_frame_equal(b.iloc[np.argsort(mixed["row"].to_numpy())].reset_index(drop=True), a)


def as_frame(made: panels.Panel) -> pd.DataFrame:
    """A panel as a file of the command line; a subgroup as one row per measurement."""
    lengths = _lengths(made)
    place = np.arange(len(made.values))
    frame = pd.DataFrame(
        {
            "series": np.repeat([f"s{i}" for i in range(len(lengths))], lengths),
            "period": (pd.Timestamp("2001-01-01") + pd.to_timedelta(place, "D")).strftime("%Y-%m-%d"),
            "phase": np.searchsorted(made.phase_starts, place, side="right"),
            "ghosted": made.ghosted,
            "value": made.values,
        }
    )
    form = KINDS[made.kind].form
    if form == "ratio":
        frame = frame.rename(columns={"value": "numerator"}).assign(denominator=made.denominators)
    elif form == "subgroups":
        sizes = np.nan_to_num(made.denominators, nan=1).astype(int)
        frame = frame.loc[np.repeat(frame.index, sizes)].reset_index(drop=True)
        frame["value"] += np.where(np.arange(len(frame)) % 2, 0.25, -0.25)
    return frame.assign(row=np.arange(len(frame)))
