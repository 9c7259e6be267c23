"""Who is asked for what, cut from the review; and what a new version changed."""

import math
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from measures.aims.rates import Effort
from measures.demo import ae
from measures.review import review, versions
from measures.review.aims import REGIONS, SITES, aims


@pytest.fixture(scope="module")
def asked(today):
    return aims(today)


def test_every_rule_is_there_at_every_site_and_region(asked):
    assert set(asked.asks) == set(Effort)
    for ask in asked.asks.values():
        assert tuple(ask.sites.columns) == SITES
        assert tuple(ask.regions.columns) == REGIONS
        assert len(ask.sites) == 134
        assert len(ask.regions) == 7


@pytest.mark.parametrize("on", ["2018-09", "2019-12"])
def test_what_a_rule_asks_adds_up_to_the_aim_to_the_person(today, on):
    found = aims(today, on)
    for ask in found.asks.values():
        people = int(ask.sites["denominator"].sum())
        assert ask.total == math.ceil(Fraction(str(found.waypoint.level)) * people)
        assert ask.sites["numerator"].sum() == ask.placed == ask.total - ask.unmet
        assert ask.regions["numerator"].sum() == ask.placed
        assert ask.regions["denominator"].sum() == people
        by_region = ask.sites.groupby("region")["numerator"].sum()
        assert (by_region.to_numpy() == ask.regions["numerator"].to_numpy()).all()


def test_the_agreed_rules_shares_are_those_that_were_agreed(asked, campaign):
    assert asked.agreed is Effort.FAILURE_REDUCTION
    mine = [s for s in campaign.shares if (s.version, s.on) == (2, date(2019, 12, 1))]
    into = {"RGQ": "RDE", "RJF": "RTG", "RR1": "RRK"}
    agreed = pd.Series({s.site: 0 for s in mine})
    for s in mine:
        agreed[into.get(s.site, s.site)] += s.numerator
    shown = asked.asks[asked.agreed].sites.set_index("site")["numerator"]
    assert (shown == agreed[shown.index]).all()
    assert asked.merged == 3


def test_no_rule_asks_anybody_to_get_worse_or_for_more_than_everybody(asked):
    for ask in asked.asks.values():
        people = ask.sites["denominator"].to_numpy()
        assert (ask.sites["numerator"].to_numpy() + 1 >= ask.sites["baseline"].to_numpy() * people).all()
        assert (ask.sites["numerator"].to_numpy() <= people).all()


def test_where_a_rule_cannot_meet_the_aim_it_says_so(asked):
    gap = asked.asks[Effort.GAP]
    assert (gap.unmet > 0) == bool(gap.reason)
    assert asked.asks[Effort.RELATIVE].over > 0
    assert asked.asks[Effort.FAILURE_REDUCTION].reason == ""


def test_the_first_version_stands_with_those_who_count_its_sites_now(observations, campaign):
    """In 2017 the second version had not been agreed; two of its sites had become one that had no share of its own."""
    found = aims(review(observations, campaign, date(2017, 12, 20)))
    ask = found.asks[Effort.FAILURE_REDUCTION]
    assert found.version.number == 1
    assert {"R0A"} < set(ask.sites["site"])
    assert not {"RM2", "RW3"} & set(ask.sites["site"])
    mine = [s for s in campaign.shares if (s.version, s.on) == (1, date(2018, 12, 1))]
    joined = sum(s.numerator for s in mine if s.site in ("RM2", "RW3"))
    assert ask.sites.set_index("site").loc["R0A", "numerator"] == joined
    assert ask.placed == sum(s.numerator for s in mine)


def test_before_any_version_there_is_no_aim(observations, campaign):
    assert aims(review(observations, campaign, date(2017, 3, 1))) is None


def test_an_unknown_month_is_the_last_waypoints(today):
    assert aims(today, "2031-01").waypoint == aims(today).waypoint


def test_the_curves_hold_one_place_for_each_site_of_each_rule(asked):
    counts = asked.curves.groupby("rule").size()
    assert set(counts) == {137}
    assert (asked.curves["asked"] >= 0).all()


# --- what a version changed --------------------------------------------------------------------------


def test_what_a_new_version_changed_site_by_site(today, campaign):
    found = versions.differences(today)
    assert tuple(found.columns) == versions.COLUMNS
    assert set(found["version"]) == {2}
    assert len(found) == 2 * 137
    last = found[(found["on"] == pd.Timestamp(date(2019, 12, 1))).to_numpy()].set_index("site")
    assert set(last["on_before"]) == {pd.Timestamp(date(2018, 12, 1))}
    before = {s.site: s for s in campaign.shares if (s.version, s.on) == (1, date(2018, 12, 1))}
    assert last.loc["RJ1", "numerator_before"] == before["RJ1"].numerator
    assert last.loc["RJ1", "passed_on"] == 0


def test_a_merged_sites_share_was_passed_on_to_its_successor(today, campaign):
    found = versions.differences(today)
    last = found[(found["on"] == pd.Timestamp(date(2019, 12, 1))).to_numpy()].set_index("site")
    before = {s.site: s for s in campaign.shares if (s.version, s.on) == (1, date(2018, 12, 1))}
    assert last.loc["R0A", "numerator_before"] == before["RM2"].numerator + before["RW3"].numerator
    assert last.loc["R0A", "passed_on"] == 2
    assert last.loc["RGN", "numerator_before"] == before["RGN"].numerator + before["RQQ"].numerator
    assert last.loc["RGN", "passed_on"] == 1
    total = last["numerator_before"].sum()
    assert total == sum(s.numerator for s in before.values()), "nobody's share was lost on the way"


def test_one_version_has_changed_nothing(observations, campaign):
    found = versions.differences(review(observations, campaign, date(2017, 12, 20)))
    assert tuple(found.columns) == versions.COLUMNS
    assert not len(found)


def test_a_level_that_is_new_has_no_share_before(campaign):
    from dataclasses import replace

    aim = campaign.aims[0]
    second = aim.versions[1]
    higher = replace(second, waypoints=(replace(second.waypoints[0], level=0.91), second.waypoints[1]))
    other = replace(campaign, aims=(replace(aim, versions=(aim.versions[0], higher)), *campaign.aims[1:]))
    found = versions.changes(other, ae.TODAY)
    first = found[(found["on"] == pd.Timestamp(second.waypoints[0].on)).to_numpy()]
    assert np.isnan(first["numerator_before"]).all()
    assert first["on_before"].isna().all()
