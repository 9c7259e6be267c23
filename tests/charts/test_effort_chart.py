"""What a rule asks by where a site starts: the curves, the sites on them, their names, and the small cards."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from measures.charts.effort import effort_card, effort_chart
from measures.charts.funnel import MANY
from measures.charts.labels import words_px
from tests.charts.chart_data import having, marks, spec_of, words

RULES = {
    "failure": lambda b: b + 0.61 * (1 - b),
    "gap": lambda b: b + 0.8 * np.maximum(0, 0.953 - b),
    "points": lambda b: np.minimum(1, b + 0.06),
    "relative": lambda b: b * 1.066,
    "floor": lambda b: np.maximum(b, 0.955),
    "odds": lambda b: 1 / (1 + np.exp(-(np.log(b / (1 - b)) + 1.05))),
}
NAMES = {
    "failure": "The same share of each shortfall",
    "gap": "The gap to the best tenth",
    "points": "The same points for all",
    "relative": "The same gain in proportion",
    "floor": "A common floor",
    "odds": "The same odds",
}
START = "Where a site starts, 2018/19"
NASTY = '<script>alert(1)</script> & "quoted" {datum.value} \''


def curves(low: float = 0.68, high: float = 0.999, n: int = 161) -> pd.DataFrame:
    start = np.linspace(low, high, n)
    return pd.concat([pd.DataFrame({"rule": r, "start": start, "asked": f(start)}) for r, f in RULES.items()])


def sites(base=None, first: str = "failure", second: str = "gap") -> pd.DataFrame:
    if base is None:
        base = np.clip(1 - np.random.default_rng(3).gamma(3.2, 0.032, 134), 0.7, 0.99)
    base = np.asarray(base, dtype=float)
    frame = pd.DataFrame({"site": [f"Site {i}" for i in range(len(base))], "region": "North", "start": base})
    return frame.assign(asked=RULES[first](base), asked_other=RULES[second](base))


def drawn(frame: pd.DataFrame, *, rules=("failure", "gap"), of: pd.DataFrame | None = None, **options) -> dict:
    options = {"unit": "%", "labels": NAMES, "start_words": START} | options
    return spec_of(effort_chart(curves() if of is None else of, frame, rules=rules, **options))


@cache
def usual() -> dict:
    return drawn(sites())


@cache
def card(rule: str = "points", behind: str | None = "failure") -> dict:
    return spec_of(effort_card(curves(), rule, behind, "%"))


def line(spec: dict, role: str) -> dict:
    (only,) = [m for m in having(spec, "line", opacity=None) if m["encoding"]["color"]["datum"] == role]
    return only


def dots(spec: dict) -> dict:
    (only,) = [m for m in having(spec, "point") if "description" in m["encoding"]]
    return only


def axis(spec: dict, channel: str) -> dict:
    return next(m["encoding"][channel] for m in marks(spec) if "axis" in m["encoding"].get(channel, {}))


def fields(mark: dict) -> list[str]:
    return [t["field"] for t in mark["encoding"]["tooltip"]]


# ------------------------------------------------------------------ what is drawn


def test_colours_are_roles_and_the_height_is_the_callers():
    first = usual()["layer"][0]["layer"][0]
    assert first["encoding"]["color"]["scale"]["domain"] == list(theme.ROLES)
    assert usual()["config"]["legend"]["disable"] is True
    assert "#" not in str(usual())
    assert drawn(sites(), height=420)["height"] == 420
    assert card()["height"] == 120
    assert spec_of(effort_card(curves(), "gap", height=90))["height"] == 90


def test_the_first_rule_is_ink_and_the_second_dashed_and_quiet():
    first, second = line(usual(), "ink"), line(usual(), "quiet")
    assert first["mark"]["strokeWidth"] == theme.STROKE["campaign_line"]
    assert "strokeDash" not in first["mark"]
    assert second["mark"]["strokeDash"] == theme.DASH["path"]
    for mark, rule in ((first, "failure"), (second, "gap")):
        start = np.array([row["t"] for row in mark["rows"]])
        assert [row["v"] for row in mark["rows"]] == pytest.approx(RULES[rule](start) - start)


def test_rules_not_asked_for_are_passed_over_and_one_is_enough():
    spec = drawn(sites().drop(columns="asked_other"), rules=["failure"])
    assert len(having(spec, "line", strokeJoin="round")) == 1
    assert NAMES["gap"] not in words(spec)
    assert "Other rule" not in fields(marks(spec)[-1])


def test_every_site_is_a_disc_on_the_first_curve_and_under_it():
    frame = sites()
    rows = dots(usual())["rows"]
    assert [row["t"] for row in rows] == pytest.approx(frame["start"].tolist())
    assert [row["v"] for row in rows] == pytest.approx((frame["asked"] - frame["start"]).tolist())
    order = marks(usual())
    assert order.index(dots(usual())) < order.index(line(usual(), "ink"))
    assert dots(usual())["mark"]["opacity"] == 0.25
    assert dots(drawn(sites([0.84])))["mark"]["opacity"] == 0.7, "one alone is seen"


def test_many_sites_are_smaller():
    many = drawn(sites(np.linspace(0.7, 0.98, MANY + 1)))
    assert dots(many)["mark"]["size"] < dots(usual())["mark"]["size"]


def test_upwards_it_counts_points_from_nought_with_their_sign():
    up = axis(usual(), "y")
    assert up["scale"]["domain"][0] == 0
    assert up["scale"]["domain"][1] >= max(row["v"] for row in line(usual(), "quiet")["rows"])
    assert "*100" in up["axis"]["labelExpr"]
    assert "+" in up["axis"]["labelExpr"]
    assert up["axis"]["title"] is None


def test_across_it_is_named_under_the_axis_and_has_round_levels():
    across = axis(usual(), "x")
    assert across["title"] == START
    assert across["axis"]["titleAnchor"] == "end"
    layers = [m["encoding"]["x"] for m in marks(usual()) if "x" in m["encoding"]]
    assert {layer["title"] for layer in layers} == {START}, "one without it would take it away"
    assert across["axis"]["values"] == pytest.approx([0.7, 0.75, 0.8, 0.85, 0.9, 0.95])
    assert across["scale"]["domain"] == [0.68, 0.999]
    whole = axis(drawn(sites(), of=curves(0.7, 0.9999).assign(start=lambda f: f["start"].round(3))), "x")
    assert whole["axis"]["values"][-1] == 1.0
    assert axis(drawn(sites(), start_words=""), "x").get("title") is None


def test_on_a_phone_every_other_level_is_named():
    assert theme.NARROW in axis(usual(), "x")["axis"]["labelExpr"]
    few = axis(drawn(sites([0.85]), of=curves(0.8, 0.9)), "x")["axis"]
    assert len(few["values"]) <= 7


def test_where_lower_is_better_what_is_asked_lies_below_nought():
    start = np.linspace(0.02, 0.3, 40)
    down = pd.DataFrame({"rule": "failure", "start": start, "asked": start * 0.7})
    frame = sites([0.05, 0.2]).assign(asked=[0.035, 0.14], asked_other=np.nan)
    spec = drawn(frame, of=down, rules=["failure"])
    low, high = axis(spec, "y")["scale"]["domain"]
    assert low < 0
    assert high == 0
    assert "\N{MINUS SIGN}6.0 points" in marks(spec)[-1]["rows"][1]["Asked for"]


def test_where_some_are_asked_for_more_and_some_for_less_nought_is_a_line():
    start = np.linspace(0.7, 0.9, 40)
    both = pd.DataFrame({"rule": "failure", "start": start, "asked": 0.8})
    for of, seen in ((both, 1), (curves(), 0)):
        (level,) = having(drawn(sites([0.75]), of=of, rules=["failure"]), "line", strokeWidth=theme.STROKE["limit"])
        assert level["mark"]["opacity"] == seen


def test_a_gap_in_a_curve_is_not_crossed_and_rounding_is_nought():
    of = curves()
    of.loc[(of["rule"] == "failure") & of["start"].between(0.8, 0.85), "asked"] = np.nan
    rows = line(drawn(sites(), of=of), "ink")["rows"]
    assert len({row["line"] for row in rows if row["t"] < 0.8}) == 1
    assert {row["line"] for row in rows if row["t"] < 0.8}.isdisjoint(row["line"] for row in rows if row["t"] > 0.85)
    held = sites([0.97]).assign(asked=0.97 - 1e-16)
    assert marks(drawn(held))[-1]["rows"][0]["Asked for"] == "97.0% (0.0 points)"
    assert axis(drawn(held), "y")["scale"]["domain"][0] == 0


# ------------------------------------------------------------------ what it says


def test_a_site_answers_with_both_rules():
    frame = sites([0.842])
    hover = marks(drawn(frame))[-1]
    assert fields(hover) == ["Site", "Region", "Starts at", "Asked for", "Other rule"]
    (row,) = hover["rows"]
    assert (row["Site"], row["Starts at"], row["Asked for"]) == ("Site 0", "84.2%", "93.8% (+9.6 points)")
    assert row["Other rule"] == "The gap to the best tenth: 93.1% (+8.9 points)"
    (spoken,) = (row["spoken"] for row in dots(drawn(frame))["rows"])
    assert spoken == (
        "Site 0: starts at 84.2%, asked for 93.8% (+9.6 points); The gap to the best tenth: 93.1% (+8.9 points)"
    )


def test_what_the_caller_does_not_know_is_not_told():
    bare = sites()[["site", "start", "asked"]]
    assert fields(marks(drawn(bare))[-1]) == ["Site", "Starts at", "Asked for"]
    assert fields(marks(drawn(sites().assign(asked_other=np.nan, region=None)))[-1]) == [
        "Site",
        "Starts at",
        "Asked for",
    ]
    assert marks(drawn(sites().assign(site="")))[-1]["rows"][0]["Site"] == "A site"


def test_both_curves_answer_and_sites_are_found_first():
    layers = [m for m in marks(usual()) if "tooltip" in m["encoding"]]
    assert [fields(m)[0] for m in layers] == ["Rule", "Rule", "Site"]
    assert [m["rows"][0]["Rule"] for m in layers[:2]] == [NAMES["gap"], NAMES["failure"]]
    assert layers[1]["rows"][0]["Starts at"] == "68.0%"
    assert layers[1]["rows"][0]["Asked for"] == "87.5% (+19.5 points)"


def test_other_units_have_their_own_figures():
    start = np.linspace(100, 200, 50)
    of = pd.DataFrame({"rule": "failure", "start": start, "asked": start * 0.9})
    frame = pd.DataFrame({"site": ["A"], "start": [150.0], "asked": [135.0]})
    spec = drawn(frame, of=of, rules=["failure"], unit="minutes")
    assert marks(spec)[-1]["rows"][0]["Asked for"] == "135 minutes (\N{MINUS SIGN}15)"
    assert "%" not in axis(spec, "x")["axis"]["labelExpr"]
    assert "*100" not in axis(spec, "y")["axis"]["labelExpr"]


def test_what_people_type_is_data_alone():
    frame = sites([0.8, 0.9]).assign(site=NASTY, region=NASTY)
    spec = drawn(frame, labels={"failure": NASTY, "gap": NASTY})
    bare = {name: part for name, part in spec.items() if name != "datasets"}
    for part in ("<script", "alert", "datum.value}"):
        assert part not in str(bare)
    assert marks(spec)[-1]["rows"][0]["Site"] == NASTY


# ------------------------------------------------------------------ extremes

EXTREMES = {
    "one site": (sites([0.84]), curves()),
    "all equal": (sites([0.9] * 50), curves()),
    "no site": (sites([]), curves()),
    "no curve": (sites(), curves().iloc[:0]),
    "nothing": (sites([]), curves().iloc[:0]),
    "one place": (sites([0.9]), curves(0.9, 0.9, 1)),
    "missing": (sites().assign(asked=np.nan), curves()),
    "some missing": (sites().assign(start=lambda f: f["start"].where(f.index % 3 > 0)), curves()),
    "infinite": (sites().assign(asked=np.inf), curves().assign(asked=np.inf)),
    "asks nothing": (sites().assign(asked=lambda f: f["start"]), curves().assign(asked=lambda f: f["start"])),
    "from none to all": (sites([0.0, 1.0]), curves(1e-9, 1 - 1e-9)),
    "whole numbers": (sites([1]), pd.DataFrame({"rule": "failure", "start": [0, 1], "asked": [1, 1]})),
    "decimals": (sites([0.8]).astype({"start": object, "asked": object}), curves().astype({"asked": object})),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_can_be_drawn_and_no_missing_figure_is_a_word(name):
    frame, of = EXTREMES[name]
    specs = [drawn(frame, of=of), spec_of(effort_card(of, "failure", "gap", "%"))]
    for spec in specs:
        for value in (value for m in marks(spec) for row in m["rows"] or [] for value in row.values()):
            assert not isinstance(value, float) or math.isfinite(value)
            assert not isinstance(value, str) or "nan" not in value.lower().split("%")[0]
        for channel in "xy":
            low, high = axis(spec, channel)["scale"]["domain"]
            assert math.isfinite(low)
            assert low < high
        assert "nan" not in axis(spec, "x")["axis"]["labelExpr"]
    assert name in ("nothing", "missing", "infinite", "no site") or dots(specs[0])["rows"]


def test_what_is_given_is_not_changed():
    frame, of = sites(), curves()
    before = frame.copy(), of.copy()
    drawn(frame, of=of)
    pd.testing.assert_frame_equal(frame, before[0])
    pd.testing.assert_frame_equal(of, before[1])


# ------------------------------------------------------------------ where the names go

ROOMS = [("wide", 480), ("wide", 690), ("narrow", 270), ("narrow", 310)]
HEIGHT = theme.HEIGHT["funnel"] - 64.0


def boxes(spec: dict, at: str, width: float) -> list[tuple[str, float, float, float, float]]:
    (t0, t1), (low, high) = (axis(spec, channel)["scale"]["domain"] for channel in "xy")
    out = []
    for row in (row for m in having(spec, "text") if "color" in m["encoding"] for row in m["rows"]):
        if row.get(at):
            wide = words_px(row["text"], row[at])
            x = (row["t"] - t0) / (t1 - t0) * width + row["dx"]
            left = x - {"left": 0, "center": wide / 2, "right": wide}[row["align"]]
            y = (high - row["v"]) / (high - low) * HEIGHT
            out.append((row["text"], left, y - row[at] / 2, left + wide, y + row[at] / 2))
    return out


def ink(spec: dict, width: float) -> np.ndarray:
    """Both curves and the sites as points in pixels."""
    (t0, t1), (low, high) = (axis(spec, channel)["scale"]["domain"] for channel in "xy")
    drawn_lines = [pd.DataFrame(m["rows"])[["t", "v"]].to_numpy() for m in having(spec, "line", strokeJoin="round")]
    dense = [pd.DataFrame(dots(spec)["rows"])[["t", "v"]].to_numpy()]
    for rows in drawn_lines:
        at = np.linspace(0, len(rows) - 1, 900)
        dense.append(np.column_stack([np.interp(at, np.arange(len(rows)), rows[:, i]) for i in (0, 1)]))
    t, v = np.concatenate(dense).T
    return np.column_stack([(t - t0) / (t1 - t0) * width, (high - v) / (high - low) * HEIGHT])


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(RULES, 2))[::2])
def test_each_curve_is_named_and_its_name_covers_nothing(first, second):
    spec = drawn(sites(first=first, second=second), rules=[first, second])
    for at, width in ROOMS:
        found = boxes(spec, at, width)
        assert " ".join(box[0] for box in found) == f"{NAMES[first]} {NAMES[second]}"
        x, y = ink(spec, width).T
        for text, left, top, right, bottom in found:
            assert not ((x > left) & (x < right) & (y > top) & (y < bottom)).any(), (text, at, width)
            assert left >= 0
            assert right <= width + 4
            assert bottom < HEIGHT
        for one, two in itertools.combinations(found, 2):
            assert one[3] <= two[1] or two[3] <= one[1] or one[4] <= two[2] or two[4] <= one[2], (one[0], two[0])


def test_the_first_name_is_ink_and_the_second_quiet():
    rows = [row for m in having(usual(), "text") if "color" in m["encoding"] for row in m["rows"] if row.get("wide")]
    assert {row["text"]: row["role"] for row in rows} == {NAMES["failure"]: "ink", NAMES["gap"]: "quiet"}


def test_long_names_are_broken_and_endless_ones_cut_short():
    long = "Everybody closes the same share of the distance between where they start and one hundred"
    spec = drawn(sites(), labels={"failure": long, "gap": "word " * 60})
    for at, width in ROOMS:
        found = boxes(spec, at, width)
        mine = [box[0] for box in found if not box[0].startswith("word")]
        assert len(mine) <= 3
        assert long.startswith(" ".join(mine)[:40])
        assert len([box for box in found if box[0].startswith("word")]) == 3
        assert min(box[1] for box in found) >= 0
        assert max(box[3] for box in found) <= width + 4
    assert any(text.endswith("…") for text in words(spec))


def test_a_line_break_in_a_name_is_kept_and_a_rule_without_one_goes_by_its_own():
    assert {"The same share", "of each shortfall"} <= set(
        words(drawn(sites(), labels={"failure": "The same share\nof each shortfall"}))
    )
    assert "gap" in words(drawn(sites(), labels={}))
    assert "Other rule" in fields(marks(drawn(sites(), labels={}))[-1])


# ------------------------------------------------------------------ the small cards


def test_a_card_is_one_curve_in_ink_and_one_thin_and_grey_behind_it():
    own, other = line(card(), "ink"), line(card(), "common")
    assert other["mark"]["strokeWidth"] < own["mark"]["strokeWidth"]
    order = marks(card())
    assert order.index(other) < order.index(own)
    start = np.array([row["t"] for row in own["rows"]])
    assert [row["v"] for row in own["rows"]] == pytest.approx(RULES["points"](start) - start)
    assert words(card()) == []


@pytest.mark.parametrize("behind", [None, "failure", "unheard of"])
def test_a_rule_is_not_compared_with_itself_or_nothing(behind):
    spec = card("failure", behind)
    assert len(having(spec, "line", strokeJoin="round")) == 1


def test_all_cards_stand_on_the_same_axes():
    for channel in "xy":
        found = {str(axis(card(rule), channel)) for rule in RULES}
        assert len(found) == 1
    assert axis(card(), "x")["axis"]["labelFontSize"] == theme.SMALL_LABEL_PX
    assert len(axis(card(), "y")["axis"]["values"]) <= 5
    assert len(axis(card(), "x")["axis"]["values"]) <= 6


def test_a_card_answers_and_speaks():
    hover = marks(card())[-1]
    assert fields(hover) == ["Starts at", "Asked for"]
    assert hover["rows"][0]["Asked for"] == "74.0% (+6.0 points)"
    spoken = line(card(), "ink")["rows"][0]["spoken"]
    assert spoken.startswith("starts at 68.0%, asked for 74.0% (+6.0 points); starts at 84.")
    assert spoken.endswith("starts at 99.9%, asked for 100.0% (+0.1 points)")
