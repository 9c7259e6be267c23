"""What must not matter to the detector, what must, and that it agrees with its formulas written plainly."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.signals import noise as noises
from measures.signals import null, scan
from measures.signals.detector import Detected, Family, Side, Status, detect
from measures.signals.scale import Kind
from tests.signals import families
from tests.signals.families import family

SEEDS = st.integers(0, 10_000)
KINDS = (Kind.VALUE, Kind.PROPORTION, Kind.RATE)
FEW = settings(max_examples=8)
FIGURES = ("effect", "low", "high")


def same(one: Side, other: Side, rows=slice(None), unit: float = 1.0) -> None:
    """Two sides alike to rounding: the other's sites ``rows``, its figures times ``unit``."""
    for field in fields(Side):
        a, b = getattr(one, field.name), getattr(other, field.name)[rows]
        if a.dtype.kind == "i":
            np.testing.assert_array_equal(a, b, err_msg=field.name)
        else:
            scale = unit if field.name in FIGURES else 1.0
            np.testing.assert_allclose(a, b * scale, rtol=1e-6, atol=1e-9 * abs(scale), err_msg=field.name)


def mirrored(one: Side, other: Side) -> None:
    """Two sides alike but for the sign of their figures."""
    same(one, replace(other, low=other.high, high=other.low), unit=-1.0)


@FEW
@given(SEEDS, st.sampled_from(KINDS))
def test_the_order_of_sites_changes_nothing(seed, kind):
    one = family(seed, kind=kind, cycle=12)
    order = np.random.default_rng(seed).permutation(len(one.value))
    found, mixed = detect(one), detect(families.cells(one, lambda x: x[order]))
    same(mixed.up, found.up, order)
    same(mixed.down, found.down, order)


@FEW
@given(SEEDS, st.sampled_from([1e-6, 0.01, 7.0, 1e5]), st.sampled_from([0.0, -300.0, 1e3]))
def test_the_unit_of_the_figures_changes_only_effects(seed, factor, shift):
    one = family(seed, cycle=12)
    found, other = detect(one), detect(families.cells(one, lambda x: factor * (x + shift)))
    same(other.up, found.up, unit=factor)
    same(other.down, found.down, unit=factor)


@FEW
@given(SEEDS, st.sampled_from([0, 1]))
def test_a_change_of_sign_swaps_up_and_down(seed, better):
    one = family(seed, better=better)
    found = detect(one)
    other = detect(replace(families.cells(one, np.negative), better=-better))
    mirrored(other.up, found.down)
    mirrored(other.down, found.up)
    if better:
        mirrored(other.improved, found.improved)


@FEW
@given(SEEDS)
def test_counting_those_who_did_not_instead_swaps_up_and_down(seed):
    one = family(seed, kind=Kind.PROPORTION, cycle=12)
    left = one.denominator - one.numerator
    found, other = detect(one), detect(replace(one, value=left / one.denominator, numerator=left))
    mirrored(other.up, found.down)
    mirrored(other.down, found.up)


@settings(max_examples=12)
@given(SEEDS, st.sampled_from(["noise", "constant", "late", "empty"]))
def test_a_site_that_never_changes_declares_nobody_who_was_far_from_it(seed, what):
    one = family(seed, sites=20, step=2.0)
    new = families.noise(np.random.default_rng(seed + 1), 1, one.value.shape[1], 0.2) * 3 + 50
    if what == "constant":
        new[:] = 50
    elif what == "late":
        new[:, : one.start + 2] = np.nan
    elif what == "empty":
        new[:] = np.nan
    found, more = detect(one), detect(replace(one, value=np.vstack([one.value, new])))
    for before, now in ((found.up, more.up), (found.down, more.down)):
        far = (before.declared < 0) & (before.q_now > 0.15)
        assert far.any()
        assert (now.declared[:-1][far] < 0).all()
        if what != "noise":
            assert now.declared[-1] == -1


@pytest.mark.parametrize(("kind", "cycle"), [(Kind.VALUE, 12), (Kind.PROPORTION, 12), (Kind.RATE, 0)])
def test_every_new_look_equals_the_full_replay(kind, cycle):
    one = family(3, kind=kind, cycle=cycle, missing=0.2, after=14)
    one.value[5, one.start :] = np.nan  # a site that fell silent
    one.value[6] = np.nan  # one that never spoke
    one.value[:, one.start + 7] = np.nan  # a month that nobody reported
    carried: Detected | None = None
    for columns in range(one.start, one.value.shape[1] + 1):
        then = families.until(one, columns)
        before = carried
        carried, replay = detect(then, carried=carried), detect(then)
        if before is not None:
            assert (carried.up.best >= before.up.best).all()
            assert (carried.down.p <= before.down.p).all()
        assert carried.looked == replay.looked == columns - 1
        for name in ("up", "down"):
            for field in fields(Side):
                a, b = (getattr(getattr(found, name), field.name) for found in (carried, replay))
                np.testing.assert_array_equal(a, b, err_msg=f"{name}.{field.name} at {columns}")
    assert (carried.up.declared >= 0).any()


def test_several_looks_at_once_and_other_figures():
    one = family(4)
    early = detect(families.until(one, 20))
    same(detect(one, carried=early).up, detect(one).up)
    with pytest.raises(ValueError, match="carried"):
        detect(one, carried=detect(one, fdr=0.1))
    with pytest.raises(ValueError, match="carried"):
        detect(families.until(one, 20), carried=detect(one))
    with pytest.raises(ValueError, match="carried"):
        detect(families.cells(one, lambda x: x[1:]), carried=early)


@FEW
@given(SEEDS, st.integers(12, 29))
def test_a_month_left_out_at_all_sites_declares_no_more_than_it_takes_away(seed, column):
    one = family(seed, missing=0.0, step=4.0)
    one.value[:, column] = np.nan
    found = detect(one)
    assert not (found.up.declared == column).any()
    assert not (found.up.since == column).any()
    assert (found.up.declared[:3] >= 0).all()


def test_a_change_is_declared_at_the_first_look_that_can():
    one = family(5)
    found = detect(one).up
    mine = np.flatnonzero(found.declared >= 0)
    assert mine.size
    for site in mine:
        at = int(found.declared[site])
        assert detect(families.until(one, at)).up.declared[site] == -1
        assert detect(families.until(one, at + 1)).up.declared[site] == at


def test_where_neither_direction_is_better_each_change_counts_at_twice_its_chance():
    one = family(9)
    up, both = detect(one).up, detect(replace(one, better=0)).up
    assert (up.p < 0.3).any()
    np.testing.assert_allclose(both.p, np.minimum(2 * up.p, 1))


def test_a_declaration_stands_whatever_comes_after():
    one = family(5, missing=0.0)
    found = detect(one)
    last = int(found.up.declared.max())
    after = one.value.copy()
    after[:, last + 1 :] -= 30
    again = detect(replace(one, value=after)).up
    mine = np.flatnonzero(found.up.declared >= 0)
    assert mine.size
    for name in ("declared", "since", "effect", "low", "high", "q"):
        np.testing.assert_array_equal(getattr(again, name)[mine], getattr(found.up, name)[mine])


@pytest.mark.parametrize("figure", [0.0, 0.1, 1 / 3, -7.3e5, 1e-9])
@pytest.mark.parametrize("cycle", [0, 12])
def test_constant_families_declare_nothing(figure, cycle):
    y = np.full((6, 40), figure)
    y[1, 5] = y[2, 30] = y[3, 12:] = np.nan
    found = detect(Family(y, 12, cycle=cycle))
    assert (found.up.declared < 0).all()
    assert (found.down.declared < 0).all()
    alone = detect(Family(y[:1], 12, cycle=cycle))
    assert (alone.up.declared < 0).all()


@pytest.mark.parametrize("top", [0.0, 1.0])
def test_constant_proportions_of_sizes_that_differ_declare_nothing(top):
    size = np.random.default_rng(1).integers(1, 300, (8, 40)).astype(float)
    found = detect(Family(np.full(size.shape, top), 12, top * size, size, Kind.PROPORTION))
    assert (found.up.declared < 0).all()
    assert (found.down.declared < 0).all()


@FEW
@given(SEEDS, st.sampled_from([0.0, 0.1, 5e4]))
def test_constant_sites_among_others_are_not_declared_and_change_no_others(seed, figure):
    one = family(seed)
    one.value[-2:] = figure
    found = detect(one)
    assert (found.up.declared[-2:] < 0).all()
    assert (found.down.declared[-2:] < 0).all()
    without = detect(families.cells(one, lambda x: x[:-2]))
    assert abs(found.noise.rho - without.noise.rho) < 1e-6


def test_a_short_baseline_is_not_judged():
    one = family(6, missing=0.0)
    one.value[0, :5] = np.nan
    one.value[1, :4] = np.nan
    found = detect(one)
    assert found.status[:3].tolist() == [Status.SHORT, Status.TESTED, Status.TESTED]
    assert (found.up.declared[0], found.up.p[0]) == (-1, 1.0)
    none = detect(replace(one, start=7))
    assert set(none.status) == {Status.SHORT}
    assert (none.up.declared < 0).all()


@pytest.mark.parametrize(("cycle", "before"), [(12, 8), (12, 11), (52, 40)])
def test_a_season_that_the_baseline_does_not_hold_is_said(cycle, before):
    wave = 10 * np.sin(2 * np.pi * np.arange(before + 20) / cycle)
    one = family(7, start=before, after=20, missing=0.0, cycle=cycle)
    plain = detect(one)
    assert set(plain.status) == {Status.TESTED}
    found = detect(replace(one, value=one.value + wave))
    assert set(found.status) == {Status.SEASON}
    assert not found.season.known
    assert (found.up.declared < 0).all()
    assert (found.down.declared < 0).all()


def test_a_season_that_the_baseline_holds_declares_nobody_and_hides_nobody():
    wave = 10 * np.sin(2 * np.pi * np.arange(24 + 18) / 12)
    one = family(8, start=24, missing=0.0, cycle=12, rho=0.0)
    found = detect(replace(one, value=one.value + wave))
    assert found.season.swing == pytest.approx(20, abs=4)
    assert np.flatnonzero(found.up.declared >= 0).tolist() == [0, 1, 2]
    assert (found.down.declared < 0).all()


@pytest.mark.parametrize(
    ("rho", "by_size", "prior", "certain"),
    [(0.0, 0.0, (0.0, 0.0), np.inf), (0.4, 0.5, (7.5, 1.3), 240.0), (-0.3, 1.0, (1e4, 0.8), 30.0)],
)
def test_the_scan_is_its_formula_written_plainly(rho, by_size, prior, certain):
    rng = np.random.default_rng(11)
    y = families.noise(rng, 5, 34, rho)
    y[rng.random(y.shape) < 0.2] = np.nan
    y[0, 20:] += 2
    y[1, 12:] = np.nan
    y[2, :10] = [np.nan] * 9 + [0.5]
    size = rng.uniform(0.3, 3, y.shape)
    relative = noises.relative_sd(size, by_size)
    white = scan.whiten(y, rho, relative)
    sd = np.ones_like(y) if relative is None else relative
    compared = 0
    for look in scan.looks(white, 10, *prior, certain_df=certain):
        for i, row in enumerate(y):
            (up, up_at), (down, down_at) = families.best(row, 10, look.column, rho, sd[i], *prior, certain)
            for mine, at, plain, plain_at in (
                (look.up, look.up_at, up, up_at),
                (look.down, look.down_at, down, down_at),
            ):
                assert mine[i] == pytest.approx(plain, rel=1e-9, abs=1e-9)
                if np.isfinite(plain):
                    assert at[i] == plain_at
                    compared += 1
    assert compared > 50


@pytest.mark.parametrize("rho", [-0.35, 0.0, 0.3, 0.8])
@pytest.mark.parametrize("by_size", [0.0, 0.5, 1.0])
def test_the_likelihood_of_a_correlation_is_its_formula_written_plainly(rho, by_size):
    rng = np.random.default_rng(12)
    y = 40 + families.noise(rng, 6, 14, 0.3)
    y[rng.random(y.shape) < 0.2] = np.nan
    relative = noises.relative_sd(rng.uniform(0.3, 3, y.shape), by_size)
    plain = families.likelihood(y, rho, np.ones_like(y) if relative is None else relative)
    assert noises._reml(y, rho, relative) == pytest.approx(plain, rel=1e-9)


@pytest.mark.parametrize(("baseline", "rho"), [(12, 0.0), (24, 0.4)])
def test_the_table_of_chance_is_what_the_scan_does(baseline, rho):
    """Known variance, as the table has it; within three of its standard errors, and what the table is smoothed by."""
    series = 3_000
    y = families.noise(np.random.default_rng(13), series, baseline + null.LOOKS, rho)
    most = np.full(series, -np.inf)
    for look in scan.looks(scan.whiten(y, rho), baseline, 1e9, 1.0):
        most = np.maximum(most, look.up)
    figures = (null.terms(np.array([float(baseline)]), np.array([rho])) @ null.TABLE)[0]
    for p in (0.1, 0.05, 0.01):
        share = float((most > figures[list(null.CHANCES).index(p)]).mean())
        assert abs(share - p) < 3 * np.sqrt(p * (1 - p) / series) + 0.05 * p


def test_campaigns_in_which_nothing_changes_seldom_declare():
    """At most one in twenty may; of 40, more than eight would be there by luck once in a thousand times."""
    declaring = sum(
        bool((detect(family(seed, sites=40, changed=0, after=24, rho=0.0, missing=0.0)).up.declared >= 0).any())
        for seed in range(40)
    )
    assert declaring <= 8


def test_changes_of_two_standard_deviations_are_found_and_few_others():
    found = [detect(family(seed, sites=40, changed=8, after=24, step=2.0, rho=0.0)).up for seed in range(15)]
    hits = sum(int((side.declared[:8] >= 0).sum()) for side in found)
    false = sum(int((side.declared[8:] >= 0).sum()) for side in found)
    assert hits >= 0.9 * 8 * len(found)
    assert false <= 0.12 * (hits + false)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"value": np.ones(5)}, "table"),
        ({"value": np.full((2, 12), np.inf)}, "table"),
        ({"denominator": np.ones((3, 3))}, "shape"),
        ({"start": 0}, "start"),
        ({"start": 99}, "start"),
        ({"ordinal": np.arange(3)}, "ordinal"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change, says):
    with pytest.raises(ValueError, match=says):
        detect(replace(family(1), **change))


@pytest.mark.parametrize("share", [0.0, 1.0, float("nan")])
def test_a_share_of_luck_lies_between_0_and_1(share):
    with pytest.raises(ValueError, match="fdr"):
        detect(family(1), fdr=share)
