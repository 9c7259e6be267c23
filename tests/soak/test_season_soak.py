"""What the season's promise costs and keeps, in enough series to tell 0.9 % from 1 %: prints the table of the docs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.spc.test_season import Shares, rounds

SERIES = 20_000
SEEDS = range(6)
POOLED = [(sites, months) for sites in (5, 20, 140) for months in (12, 24, 36)]


def many(name: str, sites: int, months: int, **how) -> list[Shares]:
    """The same scenario several times over; prints its line of the table."""
    found = [rounds(seed, SERIES // sites, sites, months, **how) for seed in SEEDS]
    plain, uncorrected, corrected, known, width = (
        np.mean([getattr(one, column) for one in found])
        for column in ("plain", "uncorrected", "corrected", "known", "width")
    )
    found_at, ideal, fair = (
        "/".join(f"{share:.0%}" for share in np.mean([getattr(one, column) for one in found], axis=0))
        for column in ("found", "ideal", "fair")
    )
    print(
        f"\n{name}, {sites} sites, {months} months: beyond {plain:.2%} plain, {uncorrected:.2%} uncorrected,"
        f" {corrected:.2%} (standard error {error(found):.2%}) corrected, {known:.2%} with the season known;"
        f" {width:.2f} times as wide; 2/3 sigma away {found_at}, season known {ideal}, and as few points {fair}"
    )
    return found


def error(found: list[Shares]) -> float:
    """Standard error of the mean of the corrected shares."""
    return float(np.sqrt(np.mean([one.error**2 for one in found]) / len(found)))


def at_most(found: list[Shares], limit: float) -> bool:
    """Whether the corrected share lies below the limit, two standard errors included."""
    return np.mean([one.corrected for one in found]) + 2 * error(found) <= limit


@pytest.mark.parametrize(("sites", "months"), POOLED)
def test_pooled(sites, months):
    assert at_most(many("A&E's noise", sites, months), 0.01)


@pytest.mark.parametrize("years", [2, 3, 4])
def test_own(years):
    assert at_most(many("own indices", 1, 12 * years, years=2), 0.01)


@pytest.mark.parametrize(("sites", "months"), POOLED)
def test_sites_whose_seasons_hardly_differ(sites, months):
    assert at_most(many("one season for all", sites, months, swing=0.0), 0.01)


@pytest.mark.parametrize(("sites", "months"), POOLED)
def test_quiet_sites_whose_seasons_differ(sites, months):
    """Noise of a tenth to a half of the season's swing: what a site's own season adds is then a good part of all it
    varies by. From two years on it is seen and allowed for; one year cannot tell it from noise, and has little to
    spare."""
    assert at_most(many("quiet sites", sites, months, noise=(0.02, 0.1)), 0.01)


@pytest.mark.parametrize(("sites", "months"), POOLED)
def test_sites_whose_seasons_differ_twice_as_much(sites, months):
    assert at_most(many("seasons 60 % apart", sites, months, swing=0.6), 0.01)
