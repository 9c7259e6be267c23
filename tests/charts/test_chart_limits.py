"""Limits of every shape: level, in steps, along the season, with holes, none at all; and targets in steps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from tests.charts.chart_data import (
    data_line,
    drawn,
    having,
    hover,
    limits,
    mean_line,
    paths,
    points,
    run_chart,
    runs,
    seasonal,
    uneven,
    words,
)

# ------------------------------------------------------------------ limits that change from point to point


def test_limits_that_change_are_steps_with_each_point_in_the_middle_of_its_own():
    spec = drawn(uneven())
    upper = [row for row in limits(spec) if row["side"] == "upper"]
    assert len(upper) == 24
    half = theme.half_step("month")
    frame = uneven()
    for number, at in enumerate(theme.milliseconds(frame["period"])):
        start, end = upper[2 * number], upper[2 * number + 1]
        assert start["v"] == end["v"] == pytest.approx(frame["upper"][number])
        assert start["t"] == at - half
        assert abs(end["t"] - (at + half)) < 3 * 86_400_000
    for before, after in zip(upper[1:-1:2], upper[2::2], strict=True):
        assert before["t"] == after["t"]
    assert len(mean_line(spec)) == 2  # its average does not change


def test_limits_that_do_not_change_are_two_level_lines():
    assert len(limits(drawn(points()))) == 4


def test_limits_that_differ_only_beyond_what_is_possible_are_level():
    frame = points().assign(upper=1.05 + 0.01 * (np.arange(24) % 3))
    assert len(limits(drawn(frame))) == 4
    assert {row["v"] for row in limits(drawn(frame)) if row["side"] == "upper"} == {1.0}
    wide_open = drawn(frame, bounds=(None, None))
    assert max(row["v"] for row in limits(wide_open)) == pytest.approx(1.07)


def test_bounds_clip_the_drawing_and_the_words_alone():
    frame = points().assign(lower=-0.2, upper=0.97)
    spec = drawn(frame, bounds=(0.5, 0.95))
    assert {row["v"] for row in limits(spec)} == {0.5, 0.95}
    assert hover(spec)["rows"][0]["Expected"] == "50.0% to 95.0%"
    assert frame["lower"].eq(-0.2).all()


def test_a_value_beyond_the_bounds_is_still_on_the_chart():
    frame = points()
    frame.loc[3, "value"] = 1.2
    spec = drawn(frame)
    axis = next(m for m in having(spec, "point") if "axis" in m["encoding"].get("y", {}))
    assert axis["encoding"]["y"]["scale"]["domain"][1] >= 1.2


def test_a_row_without_limits_is_a_hole_in_the_band_and_not_in_the_average():
    frame = uneven()
    frame.loc[[4, 8, 9], ["lower", "upper"]] = np.nan
    spec = drawn(frame)
    bands = runs(having(spec, "area")[0]["rows"], "piece")
    assert [len(band) for band in bands] == [8, 6, 4]
    gap = bands[1][0] - bands[0][-1]
    assert 27 < gap / 86_400_000 < 33
    assert len(runs(mean_line(spec), "piece")) == 1
    assert hover(spec)["rows"][4]["Expected"] == "no range"
    assert [len(run) for run in runs(data_line(spec))] == [12]


def test_a_hole_shows_even_between_equal_limits():
    frame = points()
    frame.loc[10, ["lower", "upper"]] = np.nan
    assert len(runs(having(drawn(frame), "area")[0]["rows"], "piece")) == 2


def test_limits_that_change_break_at_a_missing_month():
    spec = drawn(uneven().drop(index=5).reset_index(drop=True))
    assert len(runs(having(spec, "area")[0]["rows"], "piece")) == 2
    assert len(runs(mean_line(spec), "piece")) == 1


@pytest.mark.parametrize("variant", ["card", "multiple"])
def test_a_small_chart_has_the_same_steps_and_holes(variant):
    frame = uneven()
    frame.loc[4, ["lower", "upper"]] = np.nan
    assert [len(r) for r in runs(having(drawn(frame, variant=variant), "area")[0]["rows"], "piece")] == [8, 14]


def test_infinite_limits_count_as_none():
    frame = points().assign(upper=np.inf)
    assert not having(drawn(frame), "area")


# ------------------------------------------------------------------ a centre that follows the season


def test_a_seasonal_centre_and_its_limits_are_joined_from_month_to_month():
    frame = seasonal()
    spec = drawn(frame)
    at = theme.milliseconds(frame["period"])
    centre = mean_line(spec)
    assert [row["t"] for row in centre[1:-1]] == list(at)
    assert np.allclose([row["centre"] for row in centre[1:-1]], frame["centre"])
    band = having(spec, "area")[0]["rows"]
    assert [row["t"] for row in band[1:-1]] == list(at)
    assert band[0]["t"] == at[0] - theme.half_step("month")
    assert len(runs(band, "piece")) == 1


def test_the_seasonal_average_is_named_by_its_month():
    spec = drawn(seasonal())
    assert any(text.startswith("Average in Mar ") for text in words(spec))
    assert not any(text.startswith("Average 8") for text in words(spec))


def test_a_seasonal_phase_may_follow_a_level_one():
    frame = pd.concat([points(12), seasonal().iloc[12:].assign(phase=2)], ignore_index=True)
    spec = drawn(frame)
    sizes = [len(run) for run in runs(mean_line(spec), "phase")]
    assert sizes == [2, 26]
    assert [len(run) for run in runs(having(spec, "area")[0]["rows"], "piece")] == [2, 26]


# ------------------------------------------------------------------ run charts


@pytest.mark.parametrize("variant", ["full", "card"])
def test_a_run_chart_has_a_median_and_no_band(variant):
    spec = drawn(run_chart(), variant=variant, centre_name="median")
    assert not having(spec, "area")
    assert not having(spec, "line", strokeDash=theme.DASH["limit"])
    assert len(mean_line(spec)) == 2


def test_a_run_charts_words_say_median_and_never_expected():
    spec = drawn(run_chart(), centre_name="median")
    assert "Median 90.0%" in words(spec)
    assert not any("Average" in text or "Expected" in text for text in words(spec))
    assert [t["title"] for t in hover(spec)["encoding"]["tooltip"]] == ["Month", "Value", "Count", "Median", "Says"]
    last = hover(spec)["rows"][-1]
    assert last["Centre"] == "90.0%"
    assert last["Says"] == "Improvement: part of a run on one side of the median"
    shapes = next(m for m in having(spec, "point", filled=True) if "shape" in m["encoding"])["rows"]
    assert [row["shape"] for row in shapes].count("diamond") == 8


def test_a_run_chart_can_begin_anew():
    frame = run_chart()
    frame.loc[12:, ["phase", "centre"]] = [2, 0.92]
    spec = drawn(frame, centre_name="median")
    assert "New median from Apr 2017" in words(spec)
    assert len(runs(mean_line(spec), "piece")) == 2


# ------------------------------------------------------------------ targets


def test_a_target_without_a_path_is_dashed_steps_that_break_where_it_is_missing():
    frame = points(12).assign(target=[np.nan] * 2 + [0.85] * 4 + [0.9] * 2 + [np.nan] + [0.92] * 3)
    spec = drawn(frame)
    (line,) = having(spec, "line", strokeDash=theme.DASH["path"])
    assert [len(run) for run in runs(line["rows"], "piece")] == [4, 2]
    assert [row["target"] for row in line["rows"]] == [0.85, 0.85, 0.9, 0.9, 0.92, 0.92]
    assert "Target 92.0%" in words(spec)
    assert not having(drawn(frame, paths()), "line", strokeDash=theme.DASH["path"])[0]["rows"][0].get("target")


def test_a_path_breaks_where_it_has_no_target():
    frame = paths()
    frame.loc[frame["period"] == "2018-07-01", "target"] = np.nan
    dashed = having(drawn(points(), frame), "line", strokeDash=theme.DASH["path"])[-1]
    assert len(runs(dashed["rows"], "line")) == 2
