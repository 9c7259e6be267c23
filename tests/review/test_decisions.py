"""What was decided about charts, in the review: new limits from a date, points left out of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from measures.demo import ae
from measures.model import ALL, Ghost, Rebase, RebaseStatus
from measures.review import Review, limits, review, views
from measures.review.funnel import funnel
from measures.review.proposals import COLUMNS, proposals
from measures.spc import Options, chart

AT = datetime(2019, 5, 1, tzinfo=UTC)
SITE, MEASURE = "RJ1", "within4h"


def decided(on: date, status: RebaseStatus = RebaseStatus.ACCEPTED, measure: str = MEASURE, site: str = SITE) -> Rebase:
    return Rebase(site, measure, ALL, on, status, "a new front door", "", "ann", AT)


def left_out(period: date, measure: str = MEASURE) -> Ghost:
    return Ghost(SITE, measure, ALL, period, True, "the system was down", "ann", AT)


def series(found: Review, measure: str = MEASURE, site: str = SITE) -> pd.DataFrame:
    rows = found.points
    return rows[((rows["site"] == site) & (rows["measure"] == measure)).to_numpy()].reset_index(drop=True)


@pytest.fixture(scope="module")
def plain(campaign):
    """The demo with its season left in, so that numbers can be worked out by hand."""
    return replace(campaign, measures=tuple(replace(m, season_out=False) for m in campaign.measures))


def test_an_accepted_rebase_starts_a_phase_with_limits_of_its_own(observations, plain):
    found = series(review(observations, plain, ae.TODAY, rebases=[decided(date(2018, 2, 1))]))
    assert found["phase"].tolist() == [1] * 22 + [2] * 14
    later = found[found["phase"] == 2]
    assert later["centre"].iloc[0] == pytest.approx(later["value"].iloc[:12].mean(), rel=1e-12)
    before = found[found["phase"] == 1]
    assert before["centre"].iloc[0] == pytest.approx(before["value"].iloc[:12].mean(), rel=1e-12)


@pytest.mark.parametrize("status", [RebaseStatus.DECLINED, RebaseStatus.WITHDRAWN])
def test_what_was_declined_or_taken_back_changes_nothing(observations, campaign, today, status):
    found = review(observations, campaign, ae.TODAY, rebases=[decided(date(2018, 2, 1), status)])
    pd.testing.assert_frame_equal(found.points, today.points)


def test_a_rebase_where_no_row_is_starts_at_the_next_one_and_after_the_last_does_nothing(observations, plain):
    gone = observations[
        ~((observations["site"] == SITE) & (observations["period"] == pd.Timestamp("2018-02-01"))).to_numpy()
    ].reset_index(drop=True)
    found = series(review(gone, plain, ae.TODAY, rebases=[decided(date(2018, 2, 1)), decided(date(2019, 4, 1))]))
    first = found[found["phase"] == 2]["period"].iloc[0]
    assert (first, found["phase"].max()) == (pd.Timestamp("2018-03-01"), 2)


def test_rebases_of_unknown_series_are_passed_over(observations, campaign, today):
    odd = [decided(date(2018, 2, 1), site="nowhere"), decided(date(2018, 2, 1), measure="none")]
    found = review(
        observations, campaign, ae.TODAY, rebases=odd, ghosts=[replace(left_out(date(2018, 2, 1)), site="x")]
    )
    pd.testing.assert_frame_equal(found.points, today.points)


def test_a_point_left_out_keeps_out_of_the_limits_and_only_its_own_site_notices(observations, plain):
    with_all = review(observations, plain, ae.TODAY)
    found = review(observations, plain, ae.TODAY, ghosts=[left_out(date(2016, 12, 1))])
    mine = series(found)
    assert mine["ghosted"].sum() == 1
    kept = mine["value"].iloc[:12][~mine["ghosted"].iloc[:12]]
    assert mine["centre"].iloc[0] == pytest.approx(kept.mean(), rel=1e-12)
    others = ~((with_all.points["site"] == SITE) & (with_all.points["measure"] == MEASURE)).to_numpy()
    pd.testing.assert_frame_equal(found.points[others], with_all.points[others])


def test_a_latest_point_left_out_leaves_the_verdict_to_the_one_before(observations, plain):
    whole = series(review(observations, plain, ae.TODAY))
    last, before = whole["period"].iloc[-1], whole.iloc[-2]
    found = review(observations, plain, ae.TODAY, ghosts=[left_out(last.date())])
    row = found.series[((found.series["site"] == SITE) & (found.series["measure"] == MEASURE)).to_numpy()].iloc[0]
    assert row["last_period"] == last
    word = str(series(found).iloc[-2]["cause"])
    assert row["variation"].startswith(word)
    assert before["period"] < last


def test_runs_step_over_points_left_out():
    value = np.array([1.0, 5, 5, 99, 5])
    out = np.array([False, False, False, True, False])
    from measures.review.steps import runs_to

    length, side = runs_to(value, np.full(5, 4.0), np.ones(5, int), np.array([0]), np.array([4]), out)
    assert (length.tolist(), side.tolist()) == ([3], [1])


# --- each measure as its own kind --------------------------------------------------------------------


def test_each_measure_is_charted_as_its_kind_and_rules_say(observations, plain):
    kinds = {"within4h": ("pp", "we"), "attendances": ("c", "nelson"), "admitted": ("run", "ihi")}
    mixed = replace(
        plain, measures=tuple(replace(m, chart=kinds[m.id][0], rules=kinds[m.id][1]) for m in plain.measures)
    )
    found = review(observations, mixed, ae.TODAY)
    for measure, (kind, rules) in kinds.items():
        mine = series(found, measure)
        ratio = kind == "pp"
        alone = chart(
            mine["numerator" if ratio else "value"].to_numpy(),
            [0],
            options=Options(kind, rules, baseline=12),
            better=limits.SIGN[plain.measure(measure).better],
            denominators=mine["denominator"].to_numpy() if ratio else None,
        )
        np.testing.assert_array_equal(mine["upper"], alone.upper)
        assert mine["rules"].astype(str).tolist() == alone.rule_names().tolist()
        assert mine["cause"].astype(str).tolist() == alone.cause_names().tolist()
        row = found.series[((found.series["site"] == SITE) & (found.series["measure"] == measure)).to_numpy()].iloc[0]
        runs = alone.runs()
        assert (row["longest_run"], row["crossings_min"]) == (runs.longest_run[0], runs.crossings_min[0])
        assert row["runs_signal"] == runs.signal[0]
    of_run_charts = found.series[(found.series["measure"] == "admitted").to_numpy()]
    assert set(of_run_charts["assurance"]) == {"no-target"}


def test_an_impossible_cell_is_judged_as_missing_and_spoils_nothing(observations, plain):
    odd = observations.copy()
    mine = (
        (odd["site"] == SITE) & (odd["measure"] == MEASURE) & (odd["period"] == pd.Timestamp("2018-05-01"))
    ).to_numpy()
    odd.loc[mine, "numerator"] = odd.loc[mine, "denominator"] * 2
    as_p = replace(plain, measures=tuple(replace(m, chart="p") if m.id == MEASURE else m for m in plain.measures))
    found, whole = review(odd, as_p, ae.TODAY), review(observations, as_p, ae.TODAY)
    row = series(found)[(series(found)["period"] == "2018-05-01").to_numpy()].iloc[0]
    assert (row["value"], str(row["cause"])) == (2.0, "common")
    others = ~((whole.points["site"] == SITE) & (whole.points["measure"] == MEASURE)).to_numpy()
    pd.testing.assert_frame_equal(found.points[others], whole.points[others])


def test_a_site_can_be_looked_at_in_another_way_and_the_review_stays_as_it_is(today):
    own = views.site(today, SITE, MEASURE)
    assert own.look.agreed
    for kind in own.look.kinds:
        for rules in own.look.rules:
            other = views.site(today, SITE, MEASURE, kind, rules)
            assert (other.look.kind, other.look.rule_set) == (kind, rules)
            assert other.points["value"].tolist() == own.points["value"].tolist()
            assert len(other.series) == len(own.series)
    again = views.site(today, SITE, MEASURE, "c", "nothing")
    assert again.look.agreed
    pd.testing.assert_frame_equal(again.points, own.points)


def test_other_rules_on_a_seasonal_chart_keep_its_season(today):
    own, other = views.site(today, SITE, MEASURE), views.site(today, SITE, MEASURE, "xmr", "nelson")
    np.testing.assert_allclose(other.points["centre"], own.points["centre"], rtol=1e-12)
    assert own.points["centre"].nunique() > 12
    plain = views.site(today, SITE, MEASURE, "pp", "nhs")
    assert plain.points["centre"].nunique() == 1
    assert (own.season, plain.season) == ("pooled", "")


def test_the_season_lowers_the_winter_and_not_the_summer(today):
    centre = series(today)[["period", "centre"]]
    by_month = centre.groupby(centre["period"].dt.month)["centre"].first()
    assert by_month.idxmin() == 1
    assert by_month[[5, 6, 7, 8, 9]].min() > by_month[[11, 12, 1, 2]].max()


def test_points_beyond_a_seasonal_limit_are_the_flagged_ones(today):
    mine = today.points[(today.points["measure"] == MEASURE).to_numpy()]
    beyond = mine["rules"].astype(str).str.contains("beyond").to_numpy()
    value, low, high = (mine[name].to_numpy() for name in ("value", "lower", "upper"))
    slack = 1e-9
    assert (beyond == ((value > high + slack) | (value < low - slack))).all()


# --- proposals ---------------------------------------------------------------------------------------


def test_proposals_name_series_dates_and_what_was_seen(today):
    found = proposals(today)
    assert tuple(found.columns) == COLUMNS
    assert len(found)
    assert found["trial"].all()
    assert (found["run"] >= 8).all()
    rows = found.merge(
        today.points, left_on=["site", "measure", "group", "on"], right_on=["site", "measure", "group", "period"]
    )
    assert len(rows) == len(found)
    up = found[(found["side"] == 1).to_numpy() & (found["measure"] == "attendances").to_numpy()]
    assert (up["after"] > up["before"]).mean() > 0.95
    assert set(found.loc[(found["measure"] == "admitted").to_numpy(), "direction"]) == {0}


def test_a_proposal_that_was_answered_is_not_made_again(observations, campaign, today):
    first = proposals(today)
    mine = first[((first["site"] == SITE) & (first["measure"] == MEASURE)).to_numpy()].iloc[0]
    on = mine["on"].date()
    rest = proposals(review(observations, campaign, ae.TODAY, rebases=[decided(on, RebaseStatus.DECLINED)]))
    assert len(rest) == len(first) - 1
    back = proposals(review(observations, campaign, ae.TODAY, rebases=[decided(on, RebaseStatus.WITHDRAWN)]))
    pd.testing.assert_frame_equal(back, first)
    accepted = proposals(review(observations, campaign, ae.TODAY, rebases=[decided(on)]))
    again = accepted[((accepted["site"] == SITE) & (accepted["measure"] == MEASURE)).to_numpy()]
    assert (again["on"] > pd.Timestamp(on)).all()


def test_an_empty_review_proposes_nothing(observations, campaign):
    none = review(observations.iloc[:0], campaign, ae.TODAY)
    assert proposals(none).empty
    assert funnel(none) is None


# --- the funnel --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "first"), [(1, "2019-03-01"), (3, "2019-01-01"), (12, "2018-04-01")])
def test_the_funnel_counts_each_sites_months_together(today, months, first):
    found = funnel(today, None, months)
    assert (str(found.first), str(found.last), len(found.table)) == (first, "2019-03-01", 134)
    rows = series(today)
    rows = rows[(rows["period"] >= first).to_numpy()]
    mine = found.table.set_index("site").loc[SITE]
    assert mine["rate"] == pytest.approx(rows["numerator"].sum() / rows["denominator"].sum(), rel=1e-12)
    total = found.table[["numerator", "denominator"]].sum()
    assert found.centre == pytest.approx(total["numerator"] / total["denominator"], rel=1e-12)
    assert (found.table["rate"] > found.centre)[found.table["exceptional"]].all()


def test_a_funnel_needs_denominators_and_a_known_span(today):
    assert funnel(today, "attendances") is None
    with pytest.raises(ValueError, match="1, 3, 12"):
        funnel(today, None, 2)
    with pytest.raises(KeyError, match="no measure called 'x'"):
        funnel(today, "x")


def test_a_site_with_a_month_missing_is_left_out_and_counted(observations, campaign):
    gone = observations[
        ~((observations["site"] == SITE) & (observations["period"] == pd.Timestamp("2019-02-01"))).to_numpy()
    ].reset_index(drop=True)
    found = funnel(review(gone, campaign, ae.TODAY), None, 3)
    assert (len(found.table), found.left_out, SITE in set(found.table["site"])) == (133, 1, False)
