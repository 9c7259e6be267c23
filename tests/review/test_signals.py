"""Lasting changes in the review: what is declared, as of when, and that nothing is looked at twice for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from measures.model import ALL, Direction, Form, Ghost, Redefinition, Site
from measures.review import frames, review, views
from measures.review.lasting import of_sites
from measures.review.signals import Kind, Status, by_luck, look, looked, signals
from measures.words import chart as chart_words
from tests.review.lasting_campaign import FIRST, SITES, START, TODAY, campaign, measure, noise, observations

AT = datetime(2023, 1, 1, tzinfo=UTC)
TOLD = ["site", "direction", "declared", "since", "effect", "low", "high", "q"]


def planted(up: int = 3, down: int = 7, at: int = 18, by: float = 6.0, months: int = 36) -> np.ndarray:
    value = noise(months)
    value[up, at:] += by
    value[down, at:] -= by
    return value


def found(value: np.ndarray, as_of: date = TODAY, *measures, **given):
    return review(observations(value), campaign(*measures), as_of, **given)


def redefined(on: date, **rest) -> Redefinition:
    return Redefinition("main", on, "counted otherwise", "a new form", "ann", AT, **rest)


@pytest.mark.parametrize("as_of", [TODAY, START, FIRST, date(2019, 1, 1)])
def test_frames_have_the_columns_of_their_contract(as_of):
    at = found(planted(), as_of)
    assert tuple(signals(at).columns) == frames.SIGNALS
    assert tuple(looked(at).columns) == frames.LOOKED


def test_what_was_planted_is_declared_and_nothing_else():
    rows = signals(found(planted()))
    assert rows["site"].tolist() == ["s03", "s07"]
    assert rows["direction"].tolist() == ["improvement", "deterioration"]
    assert (abs(rows["since"] - pd.Timestamp("2021-07-01")) <= pd.Timedelta(days=62)).all()
    told = rows["declared"] - rows["since"] >= pd.Timedelta(days=150)
    assert told.all(), "six months must have shown that it lasts"
    assert (rows["low"] < [6, -6]).all()
    assert (rows["high"] > [6, -6]).all()
    assert (rows["q"] <= 0.05).all()
    assert rows["now"].to_numpy() == pytest.approx([6, -6], abs=2.5)


def test_less_is_better_turns_the_directions_round():
    rows = signals(found(planted(), TODAY, measure(better=Direction.DOWN)))
    assert rows["direction"].tolist() == ["deterioration", "improvement"]
    neither = signals(found(planted(), TODAY, measure(better=Direction.NEITHER)))
    assert neither["direction"].tolist() == ["up", "down"]


def test_winding_back_shows_what_was_declared_then():
    value = planted()
    now = signals(found(value))
    for month in pd.date_range("2021-01-31", "2022-12-31", freq="4ME"):
        then = signals(found(value, month.date()))
        expected = now[(now["declared"] <= month).to_numpy()].reset_index(drop=True)
        pd.testing.assert_frame_equal(then[TOLD], expected[TOLD], check_dtype=False)


def test_going_on_from_an_earlier_review_is_the_same_as_a_full_replay():
    value, carried = planted(), None
    for month in pd.date_range("2021-10-31", "2022-03-31", freq="ME"):
        for late in (True, False):  # the newest month comes in site by site
            partial = value.copy()
            if late:
                partial[5:, (month.year - 2020) * 12 + month.month - 1] = np.nan
            carried = found(partial, month.date(), carried=carried)
            full = found(partial, month.date())
            pd.testing.assert_frame_equal(signals(carried), signals(full))
            pd.testing.assert_frame_equal(looked(carried), looked(full))


def test_only_the_newest_look_is_new():
    value = planted()
    before = found(value, date(2022, 12, 10))
    look(before, "main")
    after = found(value, TODAY, carried=before)
    assert look(after, "main").settled is look(before, "main").found
    again = found(value, TODAY, carried=after)
    assert look(again, "main").found is look(after, "main").found


def test_a_figure_that_was_put_right_is_looked_at_again():
    value = planted()
    before = found(value)
    assert len(signals(before)) == 2
    value[3, 18:] -= 6
    assert signals(found(value, carried=before))["site"].tolist() == ["s07"]


def test_nothing_is_compared_over_a_new_definition():
    value = planted(at=24)
    on = date(2022, 1, 1)
    at = found(value, redefinitions=[redefined(on)])
    assert not len(signals(at))
    rows = looked(at)
    assert (rows["until"] == pd.Timestamp(on)).all()
    assert (rows["broke"] == "redefined").all()
    assert len(signals(found(value, redefinitions=[redefined(on, stands=False)]))) == 2


def test_a_new_definition_before_the_start_begins_the_baseline_anew():
    at = found(planted(), redefinitions=[redefined(date(2020, 3, 1))])
    assert len(signals(at)) == 2
    assert (looked(at)["baseline"] == 10).all()
    later = found(planted(), redefinitions=[redefined(date(2020, 8, 1))])
    assert (looked(later)["status"] == Status.SHORT).all()
    assert not len(signals(later))


def test_a_site_that_others_joined_is_no_longer_compared():
    value = planted(at=24)
    made = campaign()
    gone = Site("s00", "Site 0", "North", successor="s03", merged_on=date(2022, 1, 1))
    made = replace(made, sites=(gone, *made.sites[1:]))
    at = review(observations(value), made, TODAY)
    assert signals(at)["site"].tolist() == ["s07"]
    row = looked(at).set_index("site").loc["s03"]
    assert (row["broke"], row["until"]) == ("joined", pd.Timestamp("2022-01-01"))


def test_a_point_left_out_of_the_limits_is_left_out_here():
    value = planted()
    value[4, 20] += 500
    ghost = Ghost("s04", "main", ALL, date(2021, 9, 1), True, "the system was down", "ann", AT)
    at = found(value, ghosts=[ghost])
    assert np.isnan(look(at, "main").found.family.value[4, 20])
    assert signals(at)["site"].tolist() == ["s03", "s07"]


def test_a_yes_or_no_is_not_looked_at():
    at = found((planted() > 50).astype(float), TODAY, measure(Form.YES_NO, chart="run"))
    assert look(at, "main") is None
    assert not len(signals(at))
    assert not len(looked(at))
    assert not of_sites(at, at.campaign.outcome).family.tested


@pytest.mark.parametrize(
    ("form", "parts", "kind"),
    [
        (Form.COUNT, False, Kind.VALUE),
        (Form.TIME_BETWEEN, False, Kind.TIME),
        (Form.PROPORTION, True, Kind.PROPORTION),
        (Form.PROPORTION, False, Kind.VALUE),
        (Form.RATE, True, Kind.RATE),
    ],
)
def test_what_the_figures_are(form, parts, kind):
    value = noise(sites=4) / 100 if form.has_denominator else noise(sites=4)
    given = {"numerator": value * 200, "denominator": np.full(value.shape, 200.0)} if parts else {}
    made = measure(form, chart="xmr")
    at = review(observations(value, **given), campaign(made, sites=4), TODAY)
    family = look(at, "main").found.family
    assert family.kind == kind
    assert (family.denominator is not None) == parts


def test_a_short_baseline_declares_nothing_and_says_so():
    value = planted()
    value[3, :5] = np.nan
    at = found(value)
    assert signals(at)["site"].tolist() == ["s07"]
    row = looked(at).set_index("site").loc["s03"]
    assert (row["status"], row["baseline"]) == (Status.SHORT, 7)
    nothing = review(observations(value), campaign(baseline_start=START), TODAY)
    assert (looked(nothing)["status"] == Status.SHORT).all()
    assert not len(signals(nothing))


def test_a_season_needs_a_whole_year_before_the_start_and_a_second_site():
    seasonal = measure(seasonal=True)
    made = campaign(seasonal, baseline_start=date(2020, 3, 1))
    at = review(observations(planted()), made, TODAY)
    assert (looked(at)["status"] == Status.SEASON).all()
    assert not len(signals(at))
    assert len(signals(found(planted(), TODAY, seasonal))) == 2
    alone = review(observations(planted(up=0)[:1]), campaign(seasonal, sites=1), TODAY)
    assert (looked(alone)["status"] == Status.SEASON).all()


def test_the_order_of_rows_and_sites_changes_nothing():
    rows = observations(planted())
    shuffled = rows.sample(frac=1, random_state=1)
    other = replace(campaign(), sites=campaign().sites[::-1])
    ours, theirs = (signals(review(r, c, TODAY)) for r, c in ((rows, campaign()), (shuffled, other)))
    pd.testing.assert_frame_equal(ours, theirs)


def test_counts_are_of_open_sites():
    at = found(planted())
    counted = of_sites(at, at.campaign.outcome)
    assert (counted.open_sites, counted.family.tested, counted.family.looks) == (SITES, SITES, 24)
    assert len(counted.declared) == 2
    assert by_luck(len(counted.declared)) == pytest.approx(0.1)
    gone = Site("s03", "Site 3", "North", successor="s01", merged_on=date(2022, 12, 1))
    made = replace(campaign(), sites=tuple(gone if s.id == "s03" else s for s in campaign().sites))
    shut = review(observations(planted()), made, TODAY)
    assert of_sites(shut, shut.campaign.outcome).declared["site"].tolist() == ["s07"]


def test_the_chart_in_words_says_since_when():
    view = views.site(found(planted()), "s03")
    since = signals(found(planted()))["since"].iloc[0]
    assert f"; improved since {since:%b %Y}" in chart_words.alt(view, view.series.iloc[0].to_dict())
    quiet = views.site(found(planted()), "s04")
    assert "since" not in chart_words.alt(quiet, quiet.series.iloc[0].to_dict())
