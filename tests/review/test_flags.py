"""What charts flag, and why it is not (yet) a signal: every reason on a series made for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from measures.model import Redefinition, Site
from measures.review import frames, review
from measures.review.flags import Reason, flags
from measures.review.signals import look
from tests.review.lasting_campaign import START, TODAY, campaign, measure, noise, observations

AT = datetime(2023, 1, 1, tzinfo=UTC)
MINE = "s03"


def reviewed(value: np.ndarray, made=None, as_of: date = TODAY, **given):
    return review(observations(value), made or campaign(), as_of, **given)


def stretch(value: np.ndarray, period: str, made=None, **given) -> dict:
    """The stretch of the site that was tampered with which holds a month."""
    rows = flags(reviewed(value, made, **given))
    day = pd.Timestamp(period)
    mine = (rows["site"].astype(str) == MINE) & (rows["first"] <= day) & (rows["last"] >= day)
    assert mine.sum() == 1
    return rows[mine.to_numpy()].iloc[0].to_dict()


def changed(at: int, until: int = 36, by: float = 9.0) -> np.ndarray:
    """Quiet figures in which one site's are higher for a while."""
    value = noise()
    value[3, at:until] += by
    return value


def test_the_frame_has_the_columns_of_its_contract():
    assert tuple(flags(reviewed(noise())).columns) == frames.FLAGS
    assert tuple(flags(reviewed(noise(), as_of=date(2020, 5, 1))).columns) == frames.FLAGS
    assert not len(flags(reviewed(noise(), as_of=date(2020, 12, 31)))), "nothing since the start"


def test_every_flagged_point_since_the_start_lies_in_one_stretch():
    at = reviewed(changed(18, 23) + 3 * np.sin(np.arange(36)))
    points, rows = at.points, flags(at)
    flagged = (points["cause"] != "common") & (points["period"] >= pd.Timestamp(START))
    assert rows["points"].sum() == flagged.sum() > 0
    for row in rows.to_dict("records"):
        mine = points[
            ((points["site"] == row["site"]) & points["period"].between(row["first"], row["last"])).to_numpy()
        ]
        assert set(mine["cause"].astype(str)) == {row["cause"]}
        assert len(mine) == row["points"]


def test_a_change_that_lasts_is_part_of_the_signal():
    row = stretch(changed(18), "2022-06-01")
    assert (row["reason"], row["cause"], row["side"]) == (Reason.SIGNAL, "improvement", 1)


def test_a_change_that_ended_did_not_last():
    assert stretch(changed(18, 20), "2021-08-01")["reason"] == Reason.PASSED


def test_a_change_that_went_the_other_way():
    value = changed(18, 20)
    value[3, 20:] -= 9
    assert stretch(value, "2021-08-01")["reason"] == Reason.TURNED


def test_a_change_that_began_lately_is_too_soon_to_tell():
    row = stretch(changed(33), "2022-12-01")
    assert (row["reason"], row["reported"]) == (Reason.SOON, 3)


def seasonal(swing: float = 12.0) -> np.ndarray:
    """Winters are higher everywhere, so high that every chart flags them."""
    months = np.arange(36)
    value = noise() * 0 + 50 + np.random.default_rng(2).normal(0, 1, (20, 36))
    return value + swing * np.isin(months % 12, [0, 1])


def test_what_all_sites_do_at_that_time_of_year_is_the_season():
    rows = flags(reviewed(seasonal()))
    winters = rows[rows["first"].dt.month.isin([1, 2]).to_numpy()]
    assert len(winters) > 10
    assert (winters["reason"] == Reason.SEASON).mean() > 0.8


def test_a_season_that_cannot_be_told():
    made = campaign(measure(seasonal=True), baseline_start=date(2020, 4, 1))
    rows = flags(reviewed(seasonal(), made))
    assert len(rows)
    assert set(rows["reason"]) == {Reason.NO_SEASON}


def test_too_short_a_baseline():
    value = changed(18)
    value[3, :6] = np.nan
    assert stretch(value, "2022-06-01")["reason"] == Reason.SHORT


def test_counted_differently_by_then():
    made = Redefinition("main", date(2021, 7, 1), "counted otherwise", "a new form", "ann", AT)
    value = changed(33)
    assert stretch(value, "2022-12-01", redefinitions=[made])["reason"] == Reason.REDEFINED


def test_another_site_had_joined_by_then():
    gone = Site("s00", "Site 0", "North", successor=MINE, merged_on=date(2021, 7, 1))
    made = replace(campaign(), sites=(gone, *campaign().sites[1:]))
    assert stretch(changed(33), "2022-12-01", made)["reason"] == Reason.JOINED


def test_runs_come_by_themselves_where_months_hang_together():
    rng = np.random.default_rng(4)
    value = np.full((20, 36), 50.0)
    step = rng.normal(0, 1, (20, 36))
    for t in range(1, 36):
        step[:, t] += 0.7 * step[:, t - 1]
    at = reviewed(value + step)
    assert look(at, "main").found.noise.rho > 0.4
    rows = flags(at)
    together = rows[(rows["reason"] == Reason.TOGETHER).to_numpy()]
    assert len(together)
    assert not together["rules"].str.contains("beyond").any()


def test_what_is_left_is_within_what_luck_makes():
    """Independent months: of what rules flag without a reason, nothing is said but that luck makes as much."""
    rows = flags(reviewed(noise(seed=10)))
    assert set(rows["reason"]) <= {Reason.LUCK, Reason.PASSED, Reason.TURNED, Reason.SOON}


@pytest.mark.parametrize("rule_set", ["nhs", "nelson"])
def test_nothing_is_flagged_before_the_start(rule_set):
    rows = flags(reviewed(changed(3, 8), campaign(measure(rules=rule_set))))
    assert (rows["first"] >= pd.Timestamp(START)).all()
