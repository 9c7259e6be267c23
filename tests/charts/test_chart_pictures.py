"""The SPC chart and the campaign's line: what is drawn, what is left out, and what is never joined."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from measures.charts.campaign import campaign_chart
from measures.charts.spc import spc_chart
from tests.charts.chart_data import data_line, having, marks, paths, points, spec_of, words


@cache
def usual() -> dict:
    return spec_of(spc_chart(points(), paths(), unit="%"))


@cache
def bare() -> dict:
    return spec_of(spc_chart(points(), unit="%"))


@pytest.mark.parametrize("variant", ["full", "story", "entry", "card", "multiple"])
def test_every_variant_is_a_valid_chart_of_its_own_height(variant):
    chart = spc_chart(points(), paths(), unit="%", variant=variant)
    heights = {"full": 400, "story": 270, "entry": 232, "card": 128, "multiple": 104}
    assert spec_of(chart)["height"] == heights[variant]


def test_the_first_layer_fixes_the_order_of_the_roles():
    spec = usual()
    first = spec["layer"][0]["layer"][0]
    assert first["encoding"]["color"]["scale"]["domain"] == list(theme.ROLES)
    assert spec["config"]["legend"]["disable"] is True


def test_no_layer_names_a_colour_of_its_own():
    text = spc_chart(points(ghosted=(3,)), paths(), unit="%", highlight=date(2018, 3, 1)).to_json()
    assert "#" not in text


def test_colour_and_shape_both_carry_the_cause():
    spec = bare()
    rows = next(m["rows"] for m in having(spec, "point") if "shape" in m["encoding"])
    looks = {row["cause"]: (row["shape"], row["role"]) for row in rows}
    assert looks == {
        "common": ("circle", "common"),
        "improvement": ("diamond", "improvement"),
        "concern": ("square", "concern"),
        "high": ("triangle-up", "neither"),
        "low": ("triangle-down", "neither"),
    }
    assert len({shape for shape, _ in looks.values()}) == len(looks)


def test_a_missing_month_breaks_the_line():
    whole = data_line(bare())
    broken = data_line(spec_of(spc_chart(points(missing=(10,)), unit="%")))
    assert len({row["segment"] for row in whole}) == 1
    assert len({row["segment"] for row in broken}) == 2


def test_an_empty_value_breaks_the_line_too():
    frame = points()
    frame.loc[5, "value"] = np.nan
    rows = data_line(spec_of(spc_chart(frame, unit="%")))
    assert len({row["segment"] for row in rows}) == 2
    assert len(rows) == 23


def test_limits_are_clipped_in_the_drawing_alone():
    frame = points()
    spec = spec_of(spc_chart(frame, unit="%"))
    band = having(spec, "area")[0]["rows"]
    assert max(row["upper"] for row in band) == 1.0
    assert frame["upper"].max() == 1.03
    assert "Expected up to 100%" in words(spec)


def test_a_new_phase_is_a_new_band_with_its_own_mean_and_the_line_goes_on():
    spec = spec_of(spc_chart(points(rebase=12), unit="%"))
    means = having(spec, "line", strokeWidth=theme.STROKE["mean"])[0]["rows"]
    assert {row["phase"]: row["centre"] for row in means} == {"1": 0.9, "2": 0.93}
    assert {row["phase"]: row["upper"] for row in having(spec, "area")[0]["rows"]} == {"1": 1.0, "2": 0.99}
    assert len({row["segment"] for row in data_line(spec)}) == 1
    assert "Average 93.0%" in words(spec)


def test_both_paths_are_dashed_and_the_first_is_half_strength():
    dashed = having(usual(), "line", strokeDash=theme.DASH["path"])
    assert [m["mark"]["opacity"] for m in dashed] == [0.5, 1]
    last = max(row["t"] for row in dashed[1]["rows"])
    assert last == pd.Timestamp("2019-03-01").timestamp() * 1000


def test_a_path_not_yet_agreed_is_not_drawn():
    frame = paths()
    frame["in_force"] = frame["version"].eq(1)
    dashed = having(spec_of(spc_chart(points(), frame, unit="%")), "line", strokeDash=theme.DASH["path"])
    assert len(dashed) == 1
    assert {row["path"] for row in dashed[0]["rows"]} == {"main/1"}


def test_labels_say_what_they_are_in_words():
    said = words(usual())
    assert {"Aim 93.0%", "93%", "Average 90.0%", "Expected up to 100%", "Expected down to 77%"} <= set(said)
    assert not any("CL" in word for word in said)


def test_labels_beside_the_range_do_not_meet():
    """Limits, mean and aim within a point of each other still get a line each."""
    frame = points()
    frame[["lower", "upper"]] = [0.885, 0.915]
    frame["value"] = 0.9 + 0.02 * np.sin(np.arange(24))
    spec = spec_of(spc_chart(frame, paths().query("version == 1 and period <= '2018-03-01'"), unit="%"))
    encoding = next(m for m in having(spec, "text") if "color" in m["encoding"])
    low, high = encoding["encoding"]["y"]["scale"]["domain"]
    beside = sorted(r["v"] for r in encoding["rows"] if r["wide"] and r["align"] == "left" and r["dx"] == 7)
    pixels = np.diff(beside) / (high - low) * 354
    assert len(beside) >= 3
    assert (pixels >= 14).all()


def test_notes_are_tied_to_their_point_and_the_words_are_all_there():
    note = (date(2017, 6, 1), "New level, after streaming at the door")
    spec = spec_of(spc_chart(points(), unit="%", notes=[note]))
    rule = next(m for m in having(spec, "rule") if "y2" in m["encoding"] and m["encoding"]["y2"]["field"] == "to")
    assert rule["rows"][0]["t"] == pd.Timestamp("2017-06-01").timestamp() * 1000
    assert " ".join(words(spec)).count("streaming") == 2  # once for a wide chart, once for a phone


def test_every_point_answers_the_pointer_in_words():
    frame = points()
    frame.loc[1, "rules"] = "two_of_three"
    spec = spec_of(spc_chart(frame, unit="%"))
    hover = marks(spec)[-1]
    assert [t["field"] for t in hover["encoding"]["tooltip"]] == ["Month", "Value", "Count", "Expected", "Says"]
    row = hover["rows"][1]
    assert row["Month"] == "May 2016"
    assert row["Count"] == "11,204 of 12,000"
    assert row["Says"] == "Improvement: two of three points close to the limit"
    assert row["Expected"] == "77.0% to 100.0%"


def test_what_a_point_says_is_what_the_rules_said_and_nothing_else():
    """The chart does not compare with the limits again: only the engine knows what a tie is."""
    frame = points()
    frame.loc[1, "rules"] = "beyond two_of_three"
    side = "above" if frame.loc[1, "value"] > frame.loc[1, "centre"] else "below"
    row = marks(spec_of(spc_chart(frame, unit="%")))[-1]["rows"][1]
    assert row["Says"] == f"Improvement: {side} the expected range, two of three points close to the limit"


def test_a_saved_point_is_ringed_and_an_unsaved_one_is_hollow():
    saved = spec_of(spc_chart(points(), unit="%", highlight=date(2018, 3, 1)))
    assert having(saved, "point", size=330)[0]["rows"][0]["t"] == pd.Timestamp("2018-03-01").timestamp() * 1000
    waiting = spec_of(spc_chart(points(), unit="%", variant="entry", unsaved=(date(2018, 4, 1), 0.88)))
    assert [m["mark"]["filled"] for m in having(waiting, "point", size=150)] == [True, False]


def test_small_charts_carry_no_words_limits_or_paths():
    spec = spec_of(spc_chart(points(), paths(), unit="%", variant="card"))
    assert words(spec) == []
    assert len(having(spec, "line")) == 2  # the mean and the data


def test_counts_have_thousands_and_no_percent():
    frame = points().assign(value=lambda f: f["value"] * 12_000, lower=9_000.0, upper=12_600.0, centre=10_800.0)
    spec = spec_of(spc_chart(frame.assign(denominator=np.nan), unit=""))
    assert "Average 10,800" in words(spec)
    assert "Count" not in [t["field"] for t in marks(spec)[-1]["encoding"]["tooltip"]]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_series_that_has_just_begun_can_be_drawn(n):
    frame = points(n)
    frame[["centre", "lower", "upper"]] = np.nan
    spec_of(spc_chart(frame, unit="%"))


def campaign(n: int = 24) -> pd.DataFrame:
    frame = points(n)
    return frame[["measure", "period", "numerator", "denominator", "value"]].assign(reference=0.95)


def test_the_campaign_line_is_ink_and_names_itself():
    spec = spec_of(
        campaign_chart(
            campaign(),
            paths(),
            unit="%",
            line_label="The 140 sites",
            reference_label="All England",
            superseded_label="First path,\nreplaced Feb 2018",
        )
    )
    ink = having(spec, "line", strokeWidth=theme.STROKE["campaign_line"])[0]
    assert ink["encoding"]["color"]["datum"] == "ink"
    assert len(ink["rows"]) == 24
    said = words(spec)
    assert {"The 140 sites", "All England", "Aim 93%", "First path,", "replaced Feb 2018"} <= set(said)


def test_the_months_to_come_stay_empty_up_to_the_end_of_the_path():
    spec = spec_of(campaign_chart(campaign(), paths(), unit="%", line_label="The sites"))
    frame = next(m for m in having(spec, "point") if "axis" in m["encoding"].get("x", {}))
    end = frame["encoding"]["x"]["scale"]["domain"][1]
    assert end > pd.Timestamp("2019-03-01").timestamp() * 1000
    assert len(having(spec, "point", size=90)[0]["rows"]) == 1


def test_a_missing_month_breaks_the_campaign_line():
    frame = campaign().drop(index=9)
    spec = spec_of(campaign_chart(frame, unit="%", line_label="The sites"))
    ink = having(spec, "line", strokeWidth=theme.STROKE["campaign_line"])[0]
    assert len({row["segment"] for row in ink["rows"]}) == 2


def test_a_picture_outside_the_app_has_the_same_colours_written_in():
    spec = spec_of(theme.standalone(spc_chart(points(), unit="%"), "dark"))
    assert spec["config"]["range"]["category"][0] == theme.TOKENS["colour"]["dark"]["improvement"]
