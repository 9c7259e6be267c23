"""A missing period is a gap; a point left out of the limits is there and does not count; the key says so."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.charts import html, theme
from measures.charts.spc import key_names
from tests.charts.chart_data import (
    data_line,
    day,
    drawn,
    having,
    left_out,
    mean_line,
    paths,
    points,
    run_chart,
    runs,
    said,
    words,
)

BRIDGE = [1.5, 3]


# ------------------------------------------------------------------ gaps


@pytest.mark.parametrize(
    ("frequency", "alias"), [("month", "MS"), ("quarter", "QS"), ("week", "W-MON")], ids=["month", "quarter", "week"]
)
def test_the_line_never_crosses_a_missing_period(frequency, alias):
    frame = points(20)
    frame["period"] = pd.date_range("2016-01-04" if frequency == "week" else "2016-01-01", periods=20, freq=alias)
    frame.loc[4, "value"] = np.nan
    whole = [row["t"] for row in data_line(drawn(frame.dropna(subset="value"), frequency=frequency))]
    frame = frame.drop(index=[9, 10, 12])
    spec = drawn(frame, frequency=frequency)
    assert [len(run) for run in runs(data_line(spec))] == [4, 4, 1, 7]
    assert len(whole) == 19
    assert not having(spec, "line", strokeDash=BRIDGE)


@pytest.mark.parametrize("variant", ["full", "story", "entry", "card", "multiple"])
def test_a_point_alone_between_two_gaps_is_still_a_point(variant):
    spec = drawn(points(12, missing=(4, 6)), variant=variant)
    seen = next(m for m in having(spec, "point", filled=True) if "shape" in m["encoding"])
    assert [row["t"] for row in seen["rows"]].count(day("2016-09-01")) == 1
    assert len(seen["rows"]) == 10


def test_level_limits_go_on_over_a_missing_month():
    spec = drawn(points(12, missing=(4, 5)))
    assert len(runs(having(spec, "area")[0]["rows"], "piece")) == 1
    assert len(runs(mean_line(spec), "piece")) == 1


# ------------------------------------------------------------------ points left out


def hollow(spec: dict) -> dict:
    (only,) = having(spec, "point", filled=False)
    return only


@pytest.mark.parametrize("variant", ["full", "story", "entry", "card", "multiple"])
def test_a_point_left_out_is_a_hollow_dashed_grey_circle(variant):
    ghost = hollow(drawn(left_out(7), variant=variant))
    assert ghost["mark"]["strokeDash"] == theme.DASH["ghost"]
    (row,) = ghost["rows"]
    assert (row["role"], row["shape"]) == ("quiet", "circle")


def test_it_takes_a_colour_and_shape_only_where_it_lies_beyond_the_limits():
    beyond = hollow(drawn(left_out(7, cause="concern", rules="beyond")))
    assert (beyond["rows"][0]["role"], beyond["rows"][0]["shape"]) == ("concern", "square")
    for cause, shape in (("improvement", "diamond"), ("high", "triangle-up"), ("low", "triangle-down")):
        (row,) = hollow(drawn(left_out(7, cause=cause, rules="beyond")))["rows"]
        assert (row["role"], row["shape"]) == (theme.CAUSE_ROLE[cause], shape)
    inside = hollow(drawn(left_out(7, cause="concern", rules="shift")))
    assert (inside["rows"][0]["role"], inside["rows"][0]["shape"]) == ("quiet", "circle")


def test_the_line_passes_it_in_dots_and_never_through_it():
    spec = drawn(left_out(7))
    assert [len(run) for run in runs(data_line(spec))] == [7, 16]
    (past,) = having(spec, "line", strokeDash=BRIDGE)
    assert past["mark"]["strokeWidth"] < theme.STROKE["data_line"]
    assert [row["t"] for row in past["rows"]] == [day("2016-10-01"), day("2016-12-01")]


@pytest.mark.parametrize(
    "frame",
    [left_out(0), left_out(23), left_out(7, 8, 9, 10), left_out(7).drop(index=8), left_out(7, value=np.nan)],
    ids=["first", "last", "four in a row", "a gap beside it", "no value"],
)
def test_there_is_no_dotted_line_over_a_gap_at_an_end_or_over_many(frame):
    assert not having(drawn(frame.reset_index(drop=True)), "line", strokeDash=BRIDGE)


def test_the_pointer_hears_that_it_was_left_out_and_why():
    frame = left_out(7)
    assert said(drawn(frame))[7] == "Left out of the limits"
    note = (date(2016, 11, 1), "Flooded\nward")
    assert said(drawn(frame, notes=[note]))[7] == "Left out of the limits: Flooded ward"
    spoken = hollow(drawn(frame, notes=[note]))["rows"][0]["spoken"]
    assert spoken.endswith("Left out of the limits: Flooded ward")
    repeats = (date(2016, 11, 1), "Nov 2016 left out: flooded ward")
    assert said(drawn(frame, notes=[repeats]))[7] == "Left out of the limits: flooded ward"
    beyond = left_out(7, cause="concern", rules="beyond", value=0.7)
    assert said(drawn(beyond, notes=[note]))[7] == "Left out of the limits: Flooded ward; below the expected range"


def test_a_reason_shared_by_neighbours_is_written_once():
    frame = left_out(7, 8, 9, 10, 11)
    notes = [(d.date(), "First wave") for d in frame["period"][7:12]]
    spec = drawn(frame, notes=notes)
    assert words(spec).count("First wave") == 2  # once for a wide chart, once for a phone
    assert said(spec)[7:12] == ["Left out of the limits: First wave"] * 5
    kept = drawn(points(), notes=[(date(2016, 6, 1), "Audit"), (date(2016, 7, 1), "Audit")])
    assert words(kept).count("Audit") == 3


def test_a_point_left_out_just_now_can_be_ringed():
    spec = drawn(left_out(23), highlight=date(2018, 3, 1))
    assert having(spec, "point", size=330)[0]["rows"][0]["t"] == day("2018-03-01")


# ------------------------------------------------------------------ words for rules


def test_new_rules_and_causes_do_not_stop_a_chart():
    frame = points(6)
    frame["cause"] = pd.Categorical(["common", "improvement", None, "high", "low", "nonesuch"])
    frame["rules"] = pd.Categorical(["", "nonesuch", None, "beyond nonesuch", "", "trend"])
    spec = drawn(frame)
    assert said(spec)[1] == "Improvement"
    assert said(spec)[3].startswith("Higher than expected: ")
    assert said(spec)[4] == "Lower than expected"
    seen = next(m for m in having(spec, "point", filled=True) if "shape" in m["encoding"])["rows"]
    assert {row["role"] for row in seen} <= set(theme.ROLES)
    assert [row["role"] for row in seen][2] == "common"


# ------------------------------------------------------------------ the key


def test_the_key_is_read_off_the_rows():
    frame = left_out(7).assign(cause="common")
    assert key_names(frame, paths()) == ["common", "ghost", "path", "range"]
    assert key_names(points().assign(cause="common", target=np.nan)) == ["common", "range"]
    median = key_names(run_chart(), centre_name="median", proposed=[(date(2017, 1, 1), "")])
    assert median == ["improvement", "common", "target", "median", "proposed"]
    beyond = left_out(7).assign(cause="common", rules="", target=np.nan)
    beyond.loc[7, ["cause", "rules"]] = ["concern", "beyond"]
    assert key_names(beyond) == ["concern", "common", "ghost", "range"]


def test_the_key_says_it_in_words():
    said = html.chart_key(["ghost", "target", "median", "proposed"])
    for text in ("Left out of the limits", "Target", "Median", "New limits proposed"):
        assert text in said
