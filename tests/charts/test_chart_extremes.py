"""Nothing, one point and very many; and what people type, which stays text."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from tests.charts.chart_data import (
    data_line,
    drawn,
    having,
    hover,
    left_out,
    marks,
    points,
    rules_named,
    run_chart,
    said,
    seasonal,
    three,
    uneven,
)

NASTY = '<script>alert(1)</script> & "quoted" {datum.value} \''


# ------------------------------------------------------------------ nothing, one, and very many


def values_of(spec: dict) -> list[object]:
    return [value for m in marks(spec) for row in m["rows"] or [] for value in row.values()]


def bare_spec(spec: dict) -> dict:
    """The specification without its data."""
    return {name: part for name, part in spec.items() if name != "datasets"}


SITUATIONS = {
    "ghosts": (left_out(3, 7), {}),
    "gaps": (points(missing=(3, 8)), {}),
    "uneven": (uneven(), {}),
    "seasonal": (seasonal(), {}),
    "run": (run_chart(), {"centre_name": "median"}),
    "three": (three(), {"rebases": [(date(2017, 4, 1), "x")], "proposed": [(date(2018, 9, 1), "y")]}),
    "nothing known": (points(6).assign(value=np.nan, centre=np.nan, lower=np.nan, upper=np.nan, target=np.nan), {}),
    "all missing": (points(6).assign(value=np.nan), {}),
    "one": (points(1), {}),
    "one, no limits": (points(1).assign(centre=np.nan, lower=np.nan, upper=np.nan), {}),
    "one, left out": (points(1, ghosted=(0,)), {}),
    "no rows": (points(3).iloc[:0], {}),
    "all left out": (points(6, ghosted=tuple(range(6))), {}),
}


@pytest.mark.parametrize("variant", ["full", "card"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_no_missing_figure_reaches_the_chart_as_a_word(name, variant):
    frame, options = SITUATIONS[name]
    spec = drawn(frame, variant=variant, **options)
    for value in values_of(spec):
        assert not isinstance(value, float) or math.isfinite(value)
        assert not isinstance(value, str) or value.lower() not in {"nan", "none", "nat", "null", "undefined", "inf"}
        assert not isinstance(value, str) or "nan%" not in value
    assert "NaN" not in str(bare_spec(spec))
    assert "nan" not in str(bare_spec(spec))


@pytest.mark.parametrize("name", ["nothing known", "all missing", "no rows"])
def test_a_series_without_a_value_has_no_points_and_no_line(name):
    spec = drawn(SITUATIONS[name][0])
    assert not [m for m in having(spec, "point") if "shape" in m["encoding"] or "tooltip" in m["encoding"]]
    assert not having(spec, "line", strokeWidth=theme.STROKE["data_line"])


def test_one_point_is_drawn_and_answers():
    spec = drawn(points(1))
    assert len(hover(spec)["rows"]) == 1
    assert len(data_line(spec)) == 1


def test_two_thousand_points_are_all_there_only_smaller():
    frame = points(2000)
    frame["period"] = pd.date_range("1985-01-07", periods=2000, freq="W-MON")
    spec = drawn(frame, frequency="week")
    assert len(data_line_of_many(spec)) == 2000
    size = {row["size"] for m in having(spec, "point", filled=True) if "shape" in m["encoding"] for row in m["rows"]}
    assert max(size) < theme.POINT["common"]["size"]
    axis = next(m for m in having(spec, "point") if "axis" in m["encoding"].get("x", {}))["encoding"]["x"]["axis"]
    assert len(axis["values"]) <= 16
    assert len(hover(spec)["rows"]) == 2000


def data_line_of_many(spec: dict) -> list[dict]:
    return next(m["rows"] for m in having(spec, "line") if "segment" in m["rows"][0])


def test_thirty_points_are_as_large_as_ever():
    spec = drawn(points(30))
    rows = next(m for m in having(spec, "point", filled=True) if "shape" in m["encoding"])["rows"]
    assert {row["size"] for row in rows if row["cause"] == "common"} == {theme.POINT["common"]["size"]}


# ------------------------------------------------------------------ what people type stays text


def test_what_people_type_is_data_and_never_part_of_the_specification():
    notes = [(date(2016, 11, 1), NASTY), (date(2017, 6, 1), NASTY)]
    frame = three().assign(ghosted=lambda f: f.index == 7)
    options = {"notes": notes, "rebases": [(date(2017, 4, 1), NASTY)], "proposed": [(date(2018, 9, 1), NASTY)]}
    spec = drawn(frame, **options)
    for part in ("<script", "alert", "datum.value}"):
        assert part not in str(bare_spec(spec))
    assert said(spec)[7] == f"Left out of the limits: {NASTY}"
    assert rules_named(spec, "New limits proposed here")[0]["spoken"] == f"New limits proposed here; {NASTY}"
    plain = {name: [(when, "plain") for when, _ in given] for name, given in options.items()}
    layers = [m["mark"]["type"] for m in marks(drawn(frame, **plain))]
    assert layers == [m["mark"]["type"] for m in marks(spec)]
