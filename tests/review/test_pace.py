"""What each site has still to do to its next waypoint, beside what it has been doing."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.demo import ae
from measures.review import review
from measures.review.pace import COLUMNS


def row(found, site):
    return found.sites.set_index("site").loc[site]


def test_the_share_is_that_of_the_next_waypoint_of_the_version_in_force(today, campaign, observations):
    share = next(s for s in campaign.shares if (s.version, s.on, s.site) == (2, date(2019, 12, 1), "RJ1"))
    assert row(today, "RJ1")["share"] == pytest.approx(share.numerator / share.denominator, rel=1e-12)
    assert row(today, "RJ1")["share_on"] == pd.Timestamp("2019-12-01")
    earlier = review(observations, campaign, date(2018, 4, 20))
    share = next(s for s in campaign.shares if (s.version, s.on, s.site) == (2, date(2018, 9, 1), "RJ1"))
    assert row(earlier, "RJ1")["share"] == pytest.approx(share.numerator / share.denominator, rel=1e-12)
    assert row(earlier, "RJ1")["share_on"] == pd.Timestamp("2018-09-01")


def test_a_successors_share_is_that_of_all_it_counts(today, campaign):
    mine = [s for s in campaign.shares if (s.version, s.on) == (2, date(2019, 12, 1)) and s.site in ("RTG", "RJF")]
    assert len(mine) == 2
    pooled = sum(s.numerator for s in mine) / sum(s.denominator for s in mine)
    assert row(today, "RTG")["share"] == pytest.approx(pooled, rel=1e-12)


def test_the_current_rate_compares_three_months_with_the_same_a_year_before(today):
    points = today.points
    mine = points[((points["site"] == "RJ1") & (points["measure"] == "within4h")).to_numpy()]["value"].to_numpy()
    by_hand = (mine[-3:].mean() - mine[-15:-12].mean()) / 12
    assert row(today, "RJ1")["current_rate"] == pytest.approx(by_hand, rel=1e-12)


def test_the_required_rate_is_the_rest_of_the_way_over_the_months_left(today):
    found = today.sites.dropna(subset=["required_rate"])
    need = found["required_rate"].to_numpy()
    assert (need >= 0).all(), "nobody is asked to go back"
    assert (need * 9 <= found["share"].to_numpy()).all()
    behind = today.series.set_index("site").loc[lambda f: f["measure"] == "within4h", "position"].astype(str)
    assert need[behind[found["site"]].to_numpy() == "well-behind"].mean() > 0.005


def test_without_an_aim_or_a_month_nothing_is_said(observations, campaign):
    for as_of in (date(2017, 3, 1), date(2016, 4, 10), date(2016, 3, 1)):
        found = review(observations, campaign, as_of).sites
        assert found[["share", "required_rate"]].isna().all(axis=None)
        assert set(COLUMNS) <= set(found.columns)


def test_a_site_that_has_left_has_no_share(today):
    for site in ("RM2", "RJF"):
        assert np.isnan(row(today, site)["share"]) or not row(today, site)["open"]


def test_a_missing_month_moves_no_other_into_its_place(observations, campaign):
    """RXP reports every month; without one of the last three, the other two are still those of their months."""
    full = review(observations, campaign, ae.TODAY)
    gone = ((observations["site"] == "RJ1") & (observations["period"] == pd.Timestamp("2019-02-01"))).to_numpy()
    holed = review(observations[~gone].reset_index(drop=True), campaign, ae.TODAY)
    points = full.points
    mine = points[((points["site"] == "RJ1") & (points["measure"] == "within4h")).to_numpy()]
    value = mine.set_index("period")["value"]
    by_hand = (value.loc[["2019-01-01", "2019-03-01"]].mean() - value.loc["2018-01-01":"2018-03-01"].mean()) / 12
    assert row(holed, "RJ1")["current_rate"] == pytest.approx(by_hand, rel=1e-12)
