"""Tests of change in their lane above an SPC chart: where they stand, what they say, what they never cover."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.charts import html, theme, trials
from measures.charts.drawing import Drawing
from measures.charts.layout import lay_out
from measures.charts.spc import key_names
from measures.format import Trial
from tests.charts.chart_data import day, drawn, having, marks, paths, points

HALF = theme.half_step("month")


def trial(number=1, start=date(2017, 3, 10), end=None, verdict="adapt", **rest):
    """A test of a fortnight, by default."""
    end = end or start + timedelta(days=14)
    return Trial(number, start, end, verdict, f"{number} · Ask twice", "10 March to 24 March 2017: adapt", **rest)


def pinned(*tests, variant="full", **options):
    """A drawing's pins on a wide screen."""
    frame = points()
    rows = Drawing.of(frame, None, "%", variant, "month", None, None, tests=tests, **options).pins
    return rows[rows["at"] != "narrow"]


def pin_layers(spec):
    """The pins that are drawn, filled or hollow."""
    size = round(3.141592653589793 * 81, 1)
    return [m for m in having(spec, "point", shape="circle") if m["mark"].get("size") == size]


def numbers(spec):
    """The numbers in the pins."""
    rows = [row for m in having(spec, "text", align="center", dy=0.5) for row in m["rows"]]
    return [row["text"] for row in rows if row["at"] != "narrow"]


def test_a_test_is_pinned_on_its_day_within_its_months_share_of_the_axis():
    (row,) = pinned(trial(start=date(2017, 3, 1))).to_dict("records")
    assert row["t"] == day("2017-03-01") - HALF
    assert row["end"] == day("2017-03-15") - HALF
    (row,) = pinned(trial(start=date(2017, 3, 31))).to_dict("records")
    assert row["t"] == pytest.approx(day("2017-03-01") + HALF, abs=86_400_000)


def test_pins_carry_numbers_words_and_what_came_of_them():
    tests = [trial(1, verdict="abandon"), trial(2, date(2017, 9, 1), verdict="adopt"), trial(3, date(2018, 2, 1))]
    tests += [trial(12, date(2018, 3, 20), date(2018, 4, 2), verdict="")]
    spec = drawn(points(), tests=tests)
    assert numbers(spec) == ["1", "2", "3", "12"]
    spoken = [row["spoken"] for m in pin_layers(spec) for row in m["rows"] if m["mark"].get("aria") is not False]
    assert len(spoken) == 4
    assert all(words.startswith("Test of change: ") and "Ask twice" in words for words in spoken)
    signs = [row for m in having(spec, "point", filled=False, size=90) for row in m["rows"]]
    assert [row["sign"] for row in signs if row["at"] != "narrow"] == [
        trials.SIGNS[verdict] for verdict in ("abandon", "adopt", "adapt")
    ]


def test_a_running_test_is_a_filled_pin_and_a_finished_one_a_hollow_pin():
    spec = drawn(points(), tests=[trial(), trial(2, date(2018, 1, 9), verdict="")])
    looks = {row["spoken"][16]: m["mark"]["filled"] for m in pin_layers(spec) for row in m["rows"]}
    assert looks == {"1": False, "2": True}


def test_pointing_at_a_pin_says_what_was_tried_and_only_what_is_known():
    spec = drawn(points(), tests=[trial(learned="At night"), trial(2, date(2018, 1, 9), verdict="")])
    shown = [
        [field["title"] for field in m["encoding"]["tooltip"]]
        for m in marks(spec)
        if any(field.get("title") == "Test of change" for field in m["encoding"].get("tooltip") or [])
    ]
    assert shown == [["Test of change", "When", "Learned"], ["Test of change", "When"]]


def test_the_chart_grows_by_the_lane_and_the_plot_keeps_its_height():
    plain, one = (Drawing.of(points(), None, "%", "full", "month", None, None, tests=t) for t in ((), (trial(),)))
    assert one.height == plain.height + round(trials.GAP_PX + trials.ROW_PX)
    assert one.plot_height == plain.plot_height
    crowded = Drawing.of(points(), None, "%", "full", "month", None, None, tests=[trial(n) for n in (1, 2)])
    assert crowded.height == plain.height + round(trials.GAP_PX + 2 * trials.ROW_PX)


def test_without_tests_a_chart_is_what_it_was():
    assert drawn(points(), paths(), tests=[]) == drawn(points(), paths())


@pytest.mark.parametrize("variant", ["card", "multiple", "entry"])
def test_small_charts_have_no_lane(variant):
    assert drawn(points(), variant=variant, tests=[trial()]) == drawn(points(), variant=variant)


def test_the_lane_stands_above_the_words_of_a_rebase():
    rows = Drawing.of(points(rebase=12), None, "%", "full", "month", None, None, tests=[trial()]).pins
    assert (rows["bar"] < -17).all()
    assert (pinned(trial())["bar"] > -17).all()


def test_a_test_that_ended_before_the_chart_begins_is_not_drawn_and_one_that_reaches_into_it_is():
    assert pinned(trial(start=date(2015, 1, 1))).empty
    (row,) = pinned(trial(start=date(2015, 1, 1), end=date(2016, 9, 1))).to_dict("records")
    assert row["t"] == day("2016-04-01") - HALF


def test_a_test_begun_after_the_last_point_lengthens_the_chart_to_hold_it():
    drawing = Drawing.of(points(), None, "%", "full", "month", None, None, tests=[trial(start=date(2018, 4, 20))])
    (row,) = drawing.pins.to_dict("records")
    assert drawing.end < row["t"] < drawing.last
    assert row["end"] <= drawing.last


def test_many_tests_at_one_time_share_a_pin_that_says_how_many_more():
    spec = drawn(points(), tests=[trial(n, date(2017, 3, n)) for n in range(1, 10)])
    more = [row["more"] for m in having(spec, "text", align="left", dx=12) for row in m["rows"]]
    assert more
    assert all(words.startswith("+") for words in more)
    told = "; ".join(row["title"] for m in marks(spec) for row in (m["rows"] or []) if "title" in row and "up" in row)
    assert all(f"{n} · Ask twice" in told for n in range(1, 10))


def test_lines_lead_down_to_the_points_unless_they_would_hide_them():
    def stems(n):
        tests = [trial(k, date(2016, 4, 10) + timedelta(days=80 * k)) for k in range(1, n + 1)]
        rows = [row for m in having(drawn(points(), tests=tests), "rule", strokeDash=[1, 3]) for row in m["rows"]]
        return [row for row in rows if row["at"] != "narrow"]

    assert len(stems(6)) == 6
    assert stems(8) == []


def test_the_key_explains_the_pin_only_where_there_is_one():
    assert "test" in key_names(points(), tests=[trial()])
    assert "test" not in key_names(points())
    assert "Test of change" in html.chart_key(["test"])


DAYS = st.dates(date(2015, 12, 1), date(2018, 6, 30))
SOME = st.lists(st.tuples(DAYS, st.integers(0, 400), st.sampled_from(["", *trials.SIGNS])), min_size=1, max_size=20)


@settings(max_examples=15)
@given(SOME, st.sampled_from([None, 12]))
def test_pins_signs_and_bars_never_overlap_and_every_test_is_told(some, rebase):
    tests = [trial(n, start, start + timedelta(days=long), said) for n, (start, long, said) in enumerate(some, 1)]
    drawing = Drawing.of(points(rebase=rebase), None, "%", "full", "month", None, None, tests=tests)
    boards = lay_out(drawing, ()).boards
    seen = {t.number for t in tests if day(str(t.end)) - HALF >= drawing.first}
    for board in boards:
        rows = drawing.pins[drawing.pins["at"].isin([board.at, "both"])]
        told = [int(words.split(" · ")[0]) for title in rows["title"] for words in title.split("; ")]
        assert sorted(told) == sorted(seen)
        boxes = [
            (float(board.x(r.t)) - 9, r.up - 9, max(float(board.x(r.t)) + r.right, float(board.x(r.end))), r.bar)
            for r in rows.itertuples()
        ]
        assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if _meet(a, b)]
        assert not [(a, b) for a in boxes for b in board._boxes[len(boxes) :] if _meet(a, b)]
        assert (rows["t"] >= drawing.first).all()
        assert (rows["end"] <= drawing.last).all()


def _meet(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize(("verdict", "word"), [("adopt", "Adopt"), ("adapt", "Adapt"), ("abandon", "Abandon")])
def test_in_the_list_a_verdict_is_a_word_and_a_sign_and_a_teams_words_are_only_words(verdict, word):
    item = html.tried("1 · <b>Ask</b>", "On 1 March", [("Expected", "<img src=x>")], verdict, word)
    assert word in item
    assert trials.SIGNS[verdict] in item
    assert "<b>" not in item
    assert "<img" not in item
    assert "&lt;img src=x&gt;" in item
