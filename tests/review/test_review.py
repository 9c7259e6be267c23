"""The review: its frames keep their contract, and say what a plain recomputation says."""

from contextlib import closing
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.demo import ae
from measures.model import Position, Reporting
from measures.review import Review, frames, review
from measures.review.calendar import due_on
from measures.spc import Options
from measures.store.sqlite import SqliteStore
from tests import small


def of(frame, **wanted):
    for column, value in wanted.items():
        frame = frame[(frame[column] == value).to_numpy()]
    return frame


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("points", frames.POINTS),
        ("series", frames.SERIES),
        ("sites", frames.SITES),
        ("totals", frames.CAMPAIGN),
        ("regions", frames.REGIONS),
        ("paths", frames.PATHS),
        ("standards", frames.STANDARDS),
    ],
)
@pytest.mark.parametrize("as_of", [ae.TODAY, date(2018, 3, 15), date(2016, 4, 10), date(2016, 3, 1)])
def test_frames_have_the_columns_of_their_contract(observations, campaign, name, columns, as_of):
    found = review(observations, campaign, as_of)
    assert tuple(getattr(found, name).columns) == columns


def test_today_speaks_of_march_and_waits_for_april(today):
    assert (today.period, today.latest) == (date(2019, 3, 1), date(2019, 4, 1))
    assert today.sites["open"].sum() == 134
    assert (of(today.sites, open=True)["reporting"] == Reporting.DUE.value).all()
    assert set(of(today.sites, open=True)["due_on"]) == {pd.Timestamp("2019-05-15")}


@pytest.mark.parametrize(
    ("period", "share", "england", "expected"),
    [("2017-09-01", 88.0, 89.7, 138), ("2018-03-01", 82.1, 84.6, 137), ("2019-03-01", 84.5, 86.6, 134)],
)
def test_the_campaigns_line_and_the_reference(today, period, share, england, expected):
    row = of(today.totals, measure="within4h", period=pd.Timestamp(period)).iloc[0]
    assert round(100 * row["value"], 1) == share
    assert round(100 * row["reference"], 1) == england
    assert row["expected"] == expected


def test_missing_sites_are_never_counted_as_nought(today):
    """Three sites miss a month: they are expected, not reporting, and the share of denominators says so."""
    row = of(today.totals, measure="within4h", period=pd.Timestamp("2016-04-01")).iloc[0]
    assert (row["reporting"], row["expected"]) == (138, 139)
    assert 0.98 < row["denominator_share"] < 1
    assert of(today.points, site="RHQ", measure="within4h")["period"].min() == pd.Timestamp("2016-05-01")


def test_the_campaigns_path_is_the_published_aim(today):
    line = of(today.paths, level="campaign")
    at = {
        (r.version, r.period.strftime("%Y-%m")): (round(r.target, 4), r.in_force) for r in line.itertuples(index=False)
    }
    assert at[1, "2017-09"] == (0.9, True)
    assert at[1, "2018-12"] == (0.95, False)
    assert at[2, "2018-09"] == (0.9, True)
    assert at[2, "2019-12"] == (0.95, True)
    assert round(of(line, version=1)["target"].iloc[0], 3) == 0.872
    halfway = of(line, version=2)
    assert np.allclose(np.diff(halfway["target"].to_numpy(), 2)[8:], 0, atol=1e-12)


def test_a_chart_draws_the_target_that_was_in_force_at_each_date(today):
    mine = of(today.points, site="RJ1", measure="within4h").set_index("period")["target"]
    path = of(today.paths, level="site", key="RJ1").set_index(["version", "period"])["target"]
    assert mine[:"2017-03-01"].isna().all()
    for when in pd.date_range("2017-04-01", "2018-01-01", freq="MS"):
        assert mine[when] == path[1, when]
    for when in pd.date_range("2018-02-01", "2019-03-01", freq="MS"):
        assert mine[when] == path[2, when]


def test_sites_paths_add_up_to_the_campaigns_at_every_waypoint(today, campaign):
    for version, on in [(1, "2017-09-01"), (2, "2018-09-01"), (2, "2019-12-01")]:
        shares = [s for s in campaign.shares if s.version == version and str(s.on) == on]
        total = sum(s.numerator for s in shares) / sum(s.denominator for s in shares)
        row = of(today.paths, level="campaign", version=version, period=pd.Timestamp(on))
        assert row["target"].iloc[0] == pytest.approx(total, abs=1e-15)


def test_a_merger_moves_share_and_starts_a_phase(today, campaign):
    """Burton joined Derby in July 2018: pooled baseline, pooled share, a new phase; Burton's path ends."""
    share = {(s.site, s.on): s for s in campaign.shares if s.version == 2 and s.site in ("RJF", "RTG")}
    on = date(2019, 12, 1)
    both = [share["RJF", on], share["RTG", on]]
    wanted = sum(s.numerator for s in both) / sum(s.denominator for s in both)
    path = of(today.paths, level="site", key="RTG", version=2).set_index("period")["target"]
    assert path["2019-12-01"] == pytest.approx(wanted, abs=1e-15)
    alone = share["RTG", date(2018, 9, 1)]
    base = alone.baseline_numerator / alone.baseline_denominator
    assert path["2018-06-01"] == pytest.approx(base * 3 / 18 + alone.numerator / alone.denominator * 15 / 18)
    assert of(today.paths, level="site", key="RJF", version=2)["period"].max() == pd.Timestamp("2018-06-01")
    phases = of(today.points, site="RTG", measure="within4h").groupby("phase")["period"].min()
    assert phases.tolist() == [pd.Timestamp("2016-04-01"), pd.Timestamp("2018-07-01")]
    assert set(of(today.points, site="R0A", measure="within4h")["phase"]) == {1}
    assert of(today.sites, site="RJF").iloc[0][["open", "successor", "reporting"]].tolist() == [False, "RTG", "closed"]


def test_regions_are_the_sums_of_their_sites(today):
    month = pd.Timestamp("2019-03-01")
    points = of(today.points, measure="within4h", period=month).merge(
        today.sites[["site", "region"]].astype({"site": today.points["site"].dtype}), on="site"
    )
    sums = points.groupby("region")[["numerator", "denominator"]].sum()
    rows = of(today.regions, measure="within4h", period=month).set_index("region")
    assert rows["numerator"].to_dict() == sums["numerator"].to_dict()
    assert rows["value"].to_dict() == pytest.approx((sums["numerator"] / sums["denominator"]).to_dict())
    assert rows["sites"].sum() == 134


def test_how_many_sites_reached_the_standard(today):
    now = of(today.standards, period=pd.Timestamp("2019-03-01")).iloc[0]
    values = of(today.points, measure="within4h", period=pd.Timestamp("2019-03-01"))["value"]
    assert now["reached"] == (values >= 0.95).sum() == 15
    assert (now["reporting"], now["asked"], now["asked_on"]) == (134, 69, pd.Timestamp("2019-03-01"))
    before = of(today.standards, period=pd.Timestamp("2017-12-01")).iloc[0]
    assert (before["asked"], before["asked_on"]) == (70, pd.Timestamp("2018-03-01"))


def test_position_is_what_a_plain_recomputation_says(today):
    rows = of(today.series, measure="within4h")
    for site in ("RJ1", "RC9", "RFF", "R0A", "RTG"):
        points = of(today.points, site=site, measure="within4h")
        gap = (points["value"] - points["target"]).to_numpy()
        sigma = points["sigma"].iloc[-1]
        now, before = (np.mean(w) * np.sqrt(3) / sigma for w in (gap[-3:], gap[-4:-1]))
        row = of(rows, site=site).iloc[0]
        assert row["position_z"] == pytest.approx(now)
        label = (
            Position.AHEAD if now > 1 else Position.ON_COURSE if now >= -1
            else Position.WELL_BEHIND if now < -2 and before < -2 else Position.BEHIND
        )  # fmt: skip
        assert row["position"] == label.value


def test_runs_are_what_a_plain_recomputation_says(today):
    for (site, measure), points in list(today.points.groupby(["site", "measure"], observed=True))[::37]:
        side = np.sign((points["value"] - points["centre"]).to_numpy())
        marks = list(zip(side, points["phase"], strict=True))
        length = 0
        while length < len(marks) and marks[-1 - length] == marks[-1]:
            length += 1
        row = of(today.series, site=site, measure=measure).iloc[0]
        assert (row["runs_length"], row["runs_side"]) == (length, side[-1])


def same(one: Review, other: Review):
    for name in ("points", "series", "sites", "totals", "regions", "paths", "standards"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_the_order_of_rows_does_not_matter(observations, campaign, today):
    shuffled = observations.sample(frac=1, random_state=7).reset_index(drop=True)
    same(review(shuffled, campaign, ae.TODAY), today)


@pytest.mark.parametrize("month", ["2016-06-01", "2017-03-01", "2018-02-01", "2018-09-01"])
def test_winding_back_sees_nothing_that_came_later(observations, campaign, month):
    """The review at an earlier date equals the review of a world in which later months do not exist."""
    when = due_on(date.fromisoformat(month), campaign.outcome)
    past = observations[(observations["period"] <= pd.Timestamp(month)).to_numpy()].reset_index(drop=True)
    known = replace(
        campaign,
        aims=tuple(
            replace(a, versions=tuple(v for v in a.versions if v.agreed_on <= when)) for a in campaign.aims
        ),
    )  # fmt: skip
    one, other = review(observations, campaign, when), review(past, known, when)
    same(one, other)
    assert one.period == date.fromisoformat(month)
    assert one.points["period"].max() <= pd.Timestamp(month)


def test_before_the_second_version_the_first_is_the_path(observations, campaign):
    then = review(observations, campaign, date(2018, 1, 15))
    assert set(then.paths["version"]) == {1}
    assert of(then.paths, level="campaign")["in_force"].to_numpy()[1:].all()


def test_a_site_does_not_depend_on_the_others_but_for_the_season_they_share(observations, campaign, today):
    alone = observations[observations["site"].isin(["RJ1", "RTG"]).to_numpy()].reset_index(drop=True)
    found = review(alone, campaign, ae.TODAY)
    assert (today.seasons, found.seasons) == ({"within4h": "pooled"}, {"within4h": "too-few-sites"})
    plain = replace(campaign, measures=tuple(replace(m, season_out=False) for m in campaign.measures))
    whole = review(observations, plain, ae.TODAY)
    for site in ("RJ1", "RTG"):
        one, other = (of(r.series, site=site).reset_index(drop=True) for r in (found, whole))
        pd.testing.assert_frame_equal(one, other)
    for measure in ("attendances", "admitted"):
        one, other = (of(r.series, measure=measure).reset_index(drop=True) for r in (whole, today))
        pd.testing.assert_frame_equal(one, other)


def test_a_blanked_cell_is_no_observation(observations, campaign, today):
    frame = observations.copy()
    cell = ((frame["site"] == "RJ1") & (frame["period"] == pd.Timestamp("2019-03-01"))).to_numpy()
    frame.loc[cell, ["numerator", "denominator", "value"]] = np.nan
    found = review(frame, campaign, ae.TODAY)
    assert of(found.series, site="RJ1", measure="within4h")["last_period"].iloc[0] == pd.Timestamp("2019-02-01")
    row = of(found.sites, site="RJ1").iloc[0]
    assert (row["reporting"], row["due_period"]) == (Reporting.MISSING.value, pd.Timestamp("2019-03-01"))
    total = of(found.totals, measure="within4h", period=pd.Timestamp("2019-03-01")).iloc[0]
    assert (total["reporting"], total["expected"]) == (133, 134)


def test_the_streak_counts_whole_months_back_from_now(today):
    streak = today.sites.set_index("site")["streak"]
    assert streak["RJ1"] == 36
    assert streak["R0A"] == 18
    assert streak["RWH"] == 18  # its September 2017 is missing


def test_an_empty_campaign_has_a_review(observations, campaign):
    none = review(observations.iloc[:0], campaign, ae.TODAY)
    assert len(none.points) == len(none.series) == 0
    assert len(none.sites) == 140
    assert of(none.totals, measure="within4h")["value"].isna().all()
    before = review(observations, campaign, date(2016, 3, 1))
    assert (before.period, before.latest, len(before.totals)) == (None, None, 0)


def test_the_options_are_recorded(observations, campaign, today):
    assert today.options.screen is True
    assert today.options.describe()["constant"] == "2.66"
    other = review(observations, campaign, ae.TODAY, options=Options(screen=False))
    assert other.options.screen is False
    assert not np.allclose(other.points["upper"], today.points["upper"])


def test_a_version_with_a_shape_takes_its_way_by_it_and_reaches_the_same_waypoints(observations, campaign):
    """Slow, quick, slow: below the straight way at first, above it at last, and the same at every waypoint."""
    overall = campaign.aims[0]
    curved = replace(overall, versions=tuple(replace(v, shape="s-curve:kappa=10,m=0.5") for v in overall.versions))
    straight, other = (
        review(observations, replace(campaign, aims=(aim, *campaign.aims[1:])), ae.TODAY).paths
        for aim in (overall, curved)
    )
    key = ["level", "key", "version", "period"]
    both = straight.merge(other, on=key, suffixes=("", "_curved"))
    assert len(both) == len(straight)
    mine = both[((both["level"] == "campaign") & (both["version"] == 2)).to_numpy()].set_index("period")
    for on in ("2018-09-01", "2019-12-01"):
        assert mine.loc[on, "target"] == pytest.approx(mine.loc[on, "target_curved"], rel=1e-12)
    assert mine.loc["2018-11-01", "target_curved"] < mine.loc["2018-11-01", "target"] - 0.002
    assert mine.loc["2019-10-01", "target_curved"] > mine.loc["2019-10-01", "target"] + 0.002


def test_measures_of_different_frequency_and_base_keep_their_own(tmp_path):
    """Every measure is reported, so the frame holds the campaign's categories, in another order than the campaign's."""
    with closing(SqliteStore(tmp_path / "small.db", create=True)) as store:
        small.seed(store)
        points = review(store.observations(small.ID), store.campaign(small.ID), small.TODAY).points
    last = points.groupby(points["measure"].astype(str))["period"].max().dt.date.to_dict()
    april = date(2024, 4, 1)
    assert last == {"triage": small.WEEK, "falls": small.WEEK, "huddle": small.WEEK, "trained": april, "calls": april}
    rate = points[(points["measure"] == "falls").to_numpy()].iloc[1]
    assert rate["value"] == pytest.approx(1000 * rate["numerator"] / rate["denominator"])
