"""Where the campaign is heading, cut from the review."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.aims.outlook import Assumption
from measures.demo import ae
from measures.model import AimKind, Direction
from measures.review import outlook as cut
from measures.review import review
from measures.review.outlook import EDGES, outlook


@pytest.fixture(scope="module")
def ahead(today):
    return outlook(today)


def test_both_assumptions_have_a_fan_to_the_aims_month_and_one_number(ahead):
    assert (ahead.target, ahead.on) == (0.95, date(2019, 12, 1))
    assert set(ahead.found) == set(ahead.fans) == set(Assumption)
    for assumption, fan in ahead.fans.items():
        assert tuple(fan.columns) == ("period", *EDGES)
        assert fan["period"].iloc[0] == pd.Timestamp("2019-04-01")
        assert fan["period"].iloc[-1] == pd.Timestamp("2019-12-01")
        edges = fan[list(EDGES)].to_numpy()
        assert (np.diff(edges, axis=1) >= 0).all()
        assert 0 <= ahead.found[assumption].chance <= 1
        assert ahead.found[assumption].assumption is assumption


def test_the_same_figures_every_time(today, ahead, observations, campaign):
    again = outlook(review(observations, campaign, ae.TODAY))
    for assumption, found in ahead.found.items():
        assert again.found[assumption].chance == found.chance
        np.testing.assert_array_equal(again.found[assumption].quantiles, found.quantiles)


def test_it_starts_from_the_campaigns_own_level(today, ahead):
    line = today.totals[(today.totals["measure"] == "within4h").to_numpy()]
    year = line[(line["period"] > pd.Timestamp("2018-03-01")).to_numpy()]["value"].dropna()
    assert abs(ahead.found[Assumption.NOTHING_MORE].level - year.mean()) < 0.015


def test_a_merger_is_no_change_of_level(observations, campaign, monkeypatch):
    """The successor's months begin where those of what joined it did, and nobody stops reporting."""
    given = {}

    def seen(numerator, denominator, periods, **how):
        given["numerator"], given["denominator"] = numerator, denominator
        return forecast(numerator, denominator, periods, **how)

    forecast = cut.forecast.outlook
    monkeypatch.setattr(cut.forecast, "outlook", seen)
    assert outlook(review(observations, campaign, ae.TODAY)) is not None
    assert given["denominator"].shape == (134, 36)
    missing = np.isnan(given["denominator"])
    assert not missing[0].any(), "R0A, the first by its code, from the first month on"
    mine = observations[((observations["measure"] == "within4h") & (observations["site"] != ae.ENGLAND)).to_numpy()]
    mine = mine[(mine["period"] <= pd.Timestamp("2019-03-01")).to_numpy()]
    for name, grid in given.items():
        assert np.nansum(grid) == mine[name].sum()


@pytest.mark.parametrize("as_of", [date(2017, 3, 1), date(2016, 6, 20), date(2016, 3, 1)])
def test_before_an_aim_was_agreed_nothing_is_foretold(observations, campaign, as_of):
    assert outlook(review(observations, campaign, as_of)) is None


def test_once_the_date_has_come_nothing_is_foretold(observations, campaign):
    overall = campaign.aims[0]
    first = replace(overall, versions=(replace(overall.versions[0], waypoints=overall.versions[0].waypoints[:1]),))
    kept = tuple(s for s in campaign.shares if (s.version, s.on) == (1, date(2017, 9, 1)))
    past = replace(campaign, aims=(first, *campaign.aims[1:]), shares=kept)
    assert outlook(review(observations, past, ae.TODAY)) is None


def test_nothing_is_foretold_of_what_has_no_good_side_or_no_level(observations, campaign):
    neither = tuple(replace(m, better=Direction.NEITHER) if m.id == "within4h" else m for m in campaign.measures)
    assert outlook(review(observations, replace(campaign, measures=neither), ae.TODAY)) is None
    others = tuple(a for a in campaign.aims if a.kind != AimKind.LEVEL)
    assert outlook(review(observations, replace(campaign, aims=others), ae.TODAY)) is None
