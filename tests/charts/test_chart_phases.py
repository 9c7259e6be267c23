"""Where limits began anew, and where new limits are proposed: rules, words, reasons."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from measures.charts import theme
from tests.charts.chart_data import (
    data_line,
    day,
    drawn,
    having,
    marks,
    mean_line,
    paths,
    points,
    rules_named,
    runs,
    three,
    words,
)

NASTY = '<script>alert(1)</script> & "quoted" {datum.value} \''


# ------------------------------------------------------------------ phases


def test_every_rebase_has_its_rule_its_words_and_its_reason():
    why = [(date(2017, 4, 1), "Streaming at the door"), (date(2018, 6, 1), NASTY)]
    spec = drawn(three(), rebases=why)
    (first,) = rules_named(spec, "New limits from Apr 2017")
    assert first["spoken"] == "New limits from Apr 2017; average 90.0% before, 93.0% from here; Streaming at the door"
    assert first["t"] == day("2017-04-01") - theme.half_step("month")
    (second,) = rules_named(spec, "New limits from Jun 2018")
    assert second["spoken"].endswith(NASTY)
    assert {"New limits from Apr 2017", "New limits from Jun 2018"} <= set(words(spec))
    fingers = [m for m in having(spec, "rule") if "tooltip" in m["encoding"]]
    assert [[t["title"] for t in m["encoding"]["tooltip"]] for m in fingers] == [["title", "Average", "Why"]]
    assert [row["level"] for row in fingers[0]["rows"]] == [
        "90.0% before, 93.0% from here",
        "93.0% before, 95.0% from here",
    ]
    assert [row["why"] for row in fingers[0]["rows"]] == ["Streaming at the door", NASTY]


def test_a_rebase_without_a_reason_says_only_when():
    spec = drawn(three(), rebases=[(date(2017, 4, 1), "Streaming")])
    titles = [
        [t["title"] for t in m["encoding"]["tooltip"]] for m in having(spec, "rule") if "tooltip" in m["encoding"]
    ]
    assert titles == [["title", "Average", "Why"], ["title", "Average"]]


def test_a_reason_belongs_to_the_next_row_and_to_no_other():
    frame = three().drop(index=12).reset_index(drop=True)
    spec = drawn(
        frame, rebases=[(date(2017, 4, 1), "Snapped"), (date(2016, 9, 1), "No phase"), (date(2030, 1, 1), "x")]
    )
    (row,) = rules_named(spec, "New limits from May 2017")
    assert row["spoken"] == "New limits from May 2017; average 90.0% before, 93.0% from here; Snapped"
    assert not [m for m in marks(spec) if any("No phase" in str(r) for r in m["rows"])]


def test_a_phase_too_short_for_limits_is_counted_anew():
    frame = points(rebase=23)
    frame.loc[23, ["centre", "lower", "upper"]] = np.nan
    assert rules_named(drawn(frame), "Counted anew from Mar 2018")
    finger = next(m for m in having(drawn(frame), "rule") if "tooltip" in m["encoding"])
    assert [t["title"] for t in finger["encoding"]["tooltip"]] == ["title"]


def test_limits_and_average_break_at_every_phase():
    spec = drawn(three())
    assert [len(run) for run in runs(mean_line(spec), "piece")] == [2, 2, 2]
    assert [len(run) for run in runs(having(spec, "area")[0]["rows"], "piece")] == [2, 2, 2]
    assert len(runs(data_line(spec))) == 1


def test_only_the_newest_phase_is_named_at_the_right_the_others_over_their_line():
    encoding = next(m for m in having(drawn(three()), "text") if "color" in m["encoding"])
    averages = {row["text"]: row for row in encoding["rows"] if row["text"].startswith("Average")}
    assert set(averages) == {"Average 90.0%", "Average 93.0%", "Average 95.0%"}
    assert averages["Average 95.0%"]["align"] == "left"
    for text, (start, end) in {
        "Average 90.0%": ("2016-04-01", "2017-03-01"),
        "Average 93.0%": ("2017-04-01", "2018-05-01"),
    }.items():
        assert averages[text]["align"] == "center"
        assert day(start) < averages[text]["t"] < day(end)


def test_a_phase_too_narrow_for_its_words_has_none():
    frame = three()
    frame.loc[14:, ["phase", "centre", "lower", "upper"]] = [3, 0.95, 0.9, 0.98]
    assert not any("93.0%" in text for text in words(drawn(frame)))


def test_rebases_close_together_keep_their_words_apart():
    frame = three()
    frame.loc[16:, ["phase", "centre", "lower", "upper"]] = [3, 0.95, 0.9, 0.98]
    frame.loc[30:, "phase"] = 4
    spec = drawn(frame, paths())
    encoding = next(m for m in having(spec, "text") if "color" in m["encoding"])
    top = encoding["encoding"]["y"]["scale"]["domain"][1]
    above = [row for row in encoding["rows"] if row["v"] > top and row["wide"]]
    low, high = encoding["encoding"]["x"]["scale"]["domain"]
    spans = sorted(
        sorted((x, x + (6.72 if row["align"] == "left" else -6.72) * len(row["text"])))
        for row in above
        for x in [(row["t"] - low) / (high - low) * 600 + row["dx"]]
    )
    assert len(spans) == 3
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_on_a_phone_only_the_newest_rebase_is_named():
    encoding = next(m for m in having(drawn(three()), "text") if "color" in m["encoding"])
    assert [r["text"] for r in encoding["rows"] if r["narrow"] and r["text"].startswith("New")] == ["New limits"]


@pytest.mark.parametrize("variant", ["card", "multiple"])
def test_small_charts_show_phases_without_rules_or_words(variant):
    spec = drawn(three(), variant=variant, rebases=[(date(2017, 4, 1), "x")], proposed=[(date(2017, 6, 1), "y")])
    assert words(spec) == []
    assert not [m for m in having(spec, "rule") if "tooltip" in m["encoding"]]
    assert len(having(spec, "rule")[0]["rows"]) == 2  # the seams


# ------------------------------------------------------------------ proposals


def test_a_proposal_is_a_light_dashed_rule_that_says_so():
    spec = drawn(points(), proposed=[(date(2017, 5, 15), "Eight months above")])
    (row,) = rules_named(spec, "New limits proposed here")
    assert row["t"] == day("2017-06-01") - theme.half_step("month")
    assert row["spoken"] == "New limits proposed here; Eight months above"
    rule = next(m for m in having(spec, "rule") if "description" in m["encoding"])
    assert rule["mark"]["strokeDash"]
    assert rule["mark"]["opacity"] < 1
    finger = next(m for m in having(spec, "rule") if "tooltip" in m["encoding"])
    assert [t["title"] for t in finger["encoding"]["tooltip"]] == ["title", "From", "Why"]
    assert not rules_named(drawn(points(), proposed=[(date(2030, 1, 1), "later")]), "New")


def test_a_chart_without_phases_or_proposals_has_no_rules():
    assert not having(drawn(points()), "rule")
