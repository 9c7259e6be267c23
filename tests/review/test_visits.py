"""Whom to visit, cut from the review: the campaign's quarters, like with like, and nobody who is not there."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from measures.model import Direction, Form, Redefinition
from measures.review import exceptional as cut
from measures.review import review
from measures.review.calendar import due_on
from measures.signals.exceptional import exceptional


def again(found, **rest):
    """The same review with something else in it, and nothing kept from before."""
    return dataclasses.replace(found, _cut={}, **rest)


def quarters_by_hand(today, measure="within4h"):
    """Counts and sizes by site and quarter of the year, straight from the points."""
    rows = today.points[(today.points["measure"] == measure).to_numpy()]
    rows = rows.assign(site=rows["site"].astype(str), quarter=rows["period"].dt.to_period("Q"))
    sums = rows.groupby(["site", "quarter"])[["numerator", "denominator"]].agg(["sum", "count"])
    return sums[(sums["numerator", "count"] == 3).to_numpy()]


def test_the_quarters_are_the_campaigns_own_and_hold_every_month(today):
    firsts, lasts, top, under, sites = cut._quarters(today, today.campaign.outcome)
    assert firsts.astype("datetime64[M]").astype(str).tolist()[:2] == ["2016-04", "2016-07"]
    assert (str(firsts[-1]), str(lasts[-1])) == ("2019-01-01", "2019-03-01")
    sums = quarters_by_hand(today)
    for site in ("RJ1", "R0A", "RDD"):
        at = sites.index[sites["site"] == site][0]
        by_hand = sums.loc[site]
        there = ~np.isnan(top[at])
        assert top[at][there].tolist() == by_hand["numerator", "sum"].tolist()[-there.sum() :]
        assert under[at][there].tolist() == by_hand["denominator", "sum"].tolist()[-there.sum() :]


def test_a_listed_site_carries_its_own_figures(today):
    found = cut.visits(today)
    sums = quarters_by_hand(today)
    assert (found.first, found.last, found.before) == (date(2019, 1, 1), date(2019, 3, 1), date(2018, 1, 1))
    assert len(found.change.table)
    for row in found.change.table.to_dict("records"):
        now, then = (sums.loc[row["site"], quarter]["numerator", "sum"] for quarter in ("2019Q1", "2018Q1"))
        assert (row["numerator"], row["numerator_before"]) == (now, then)
        assert row["figure"] == pytest.approx(now / row["denominator"] - then / row["denominator_before"])
        assert row["usual"] < row["expected"] < row["figure"]
    names = found.change.table["name"].tolist()
    assert names == sorted(names)


def test_those_that_merged_are_left_out_and_what_they_joined_begins_anew(today):
    firsts, _, top, _, sites = cut._quarters(today, today.campaign.outcome)
    merged = [s for s in today.campaign.sites if s.merged_on]
    assert merged
    for site in merged:
        assert site.id not in set(sites["site"])
        into = sites.index[sites["site"] == site.successor]
        before = firsts < np.datetime64(site.merged_on, "D")
        assert np.isnan(top[into][:, before]).all()
    assert (~np.isnan(top)).sum(axis=1).max() == len(firsts)


def test_quarters_before_a_redefinition_are_not_compared(today):
    changed = Redefinition(
        "within4h", date(2018, 5, 1), "Counted anew", "Why not", "Ann", datetime(2019, 1, 1, tzinfo=UTC)
    )
    firsts, *_ = cut._quarters(again(today, redefinitions=(changed,)), today.campaign.outcome)
    assert str(firsts[0]) == "2018-07-01"
    found = cut.visits(again(today, redefinitions=(changed,)))
    assert found.season_differs
    assert found.level.quarters == 3


def test_a_ghosted_month_makes_no_quarter(today):
    rows = today.points
    mine = (rows["site"] == "RDD") & (rows["measure"] == "within4h") & (rows["period"] == pd.Timestamp("2019-02-01"))
    found = cut.visits(again(today, points=rows.assign(ghosted=rows["ghosted"] | mine)))
    assert found.sites == cut.visits(today).sites - 1
    assert "RDD" not in set(found.change.table["site"])


def test_a_measure_that_cannot_say_lists_nobody(today):
    neither = [m for m in today.campaign.measures if m.better == Direction.NEITHER]
    assert neither
    assert all(cut.visits(today, m.id) is None for m in today.campaign.measures if m in neither)
    with pytest.raises(KeyError):
        cut.visits(today, "nothing")


def test_before_the_first_quarter_is_whole_there_is_no_list(observations, campaign):
    as_of = due_on(date(2016, 5, 1), campaign.outcome)
    assert cut.visits(review(observations, campaign, as_of)) is None


def test_a_rate_is_told_in_its_own_unit(today):
    """The same counts as a rate per 1,000: the same sites' figures a thousand times as large."""
    outcome = today.campaign.outcome
    rate = dataclasses.replace(outcome, form=Form.RATE, rate_base=1000.0, unit="per 1,000")
    measures = tuple(rate if m.id == outcome.id else m for m in today.campaign.measures)
    as_rate = again(today, campaign=dataclasses.replace(today.campaign, measures=measures))
    _, _, top, under, sites = cut._quarters(as_rate, rate)
    plain = exceptional(top, under, kind="rate")
    found = cut._side(plain.level, sites.assign(), top, under, None, 1000.0)
    whole = dataclasses.replace(plain.level, listed=np.ones(len(top), bool))
    told = cut._side(whole, sites, top, under, None, 1000.0).table
    assert told["figure"].to_numpy() == pytest.approx(
        (1000 * told["numerator"] / told["denominator"]).to_numpy(), nan_ok=True
    )
    assert len(found.table) == plain.level.listed.sum()
    assert cut.visits(as_rate).sites == cut.visits(today).sites


def test_counts_name_nobody(today):
    said = cut.counts(cut.visits(today))
    assert (said.sites, said.level, said.change, said.either) == (134, 0, 1, 1)
    assert not [v for v in dataclasses.astuple(dataclasses.replace(said, measure=None)) if isinstance(v, str)]
