"""The campaign's outlook: a fan that grows out of the newest point, is named where it covers nothing, and answers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from measures.charts import theme
from measures.charts.campaign import CHANCES, campaign_chart
from measures.charts.labels import words_px
from tests.charts.chart_data import having, marks, paths, points, spec_of, words

LABEL = f"Where this is heading,\n{CHANCES}"
SPREAD = {"90": 2.2, "80": 1.5, "50": 0.7}
EDGES = [f"{side}{share}" for side in ("low", "high") for share in SPREAD]


def campaign(n: int = 24) -> pd.DataFrame:
    return points(n)[["period", "numerator", "denominator", "value"]]


def outlook(middle=(0.88, 0.87, 0.85, 0.84, 0.84), wide=0.01, start: str = "2018-04-01") -> pd.DataFrame:
    middle = np.asarray(middle, dtype=float)
    frame = pd.DataFrame({"period": pd.date_range(start, periods=len(middle), freq="MS"), "middle": middle})
    for share, times in SPREAD.items():
        frame[f"low{share}"], frame[f"high{share}"] = middle - times * wide, middle + times * wide
    return frame


def drawn(ahead: pd.DataFrame | None, line=None, to=None, **options) -> dict:
    options = {"unit": "%", "line_label": "The 140 sites", "outlook_label": LABEL} | options
    return spec_of(campaign_chart(campaign() if line is None else line, to, outlook=ahead, **options))


def bands(spec: dict) -> list[dict]:
    """The fan's bands, from the one drawn first."""
    return having(spec, "area")


def edges_of(band: dict) -> tuple[str, str]:
    return band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]


def axis(spec: dict, channel: str) -> dict:
    return next(m["encoding"][channel] for m in marks(spec) if "axis" in m["encoding"].get(channel, {}))


def asked_for(month: str) -> float:
    frame = paths()
    return frame.loc[(frame["version"] == 2) & (frame["period"] == pd.Timestamp(month)), "target"].iloc[0]


def targets(spec: dict) -> list[dict]:
    """What the months to come answer."""
    return [row for m in having(spec, "rule") if "tooltip" in m["encoding"] for row in m["rows"]]


# ------------------------------------------------------------------ what is drawn


def test_without_an_outlook_the_chart_is_the_same_to_the_letter():
    options = {"unit": "%", "line_label": "The 140 sites"}
    plain = campaign_chart(campaign(), paths(), **options).to_dict()
    for nothing in (None, outlook().iloc[:0], pd.DataFrame()):
        assert campaign_chart(campaign(), paths(), outlook=nothing, outlook_label=LABEL, **options).to_dict() == plain
    assert not having(plain, "area")
    assert LABEL.split("\n")[0] not in words(plain)


def test_the_fan_is_three_bands_the_widest_at_the_back_and_palest():
    spec = drawn(outlook(), to=paths())
    assert [edges_of(band) for band in bands(spec)] == [("low90", "high90"), ("low80", "high80"), ("low50", "high50")]
    strength = [band["mark"]["opacity"] for band in bands(spec)]
    assert strength == sorted(theme.OPACITY["fan_50_80_90"])
    assert {band["encoding"]["color"]["datum"] for band in bands(spec)} == {"fan"}


def test_it_grows_out_of_the_newest_value():
    frame = campaign()
    frame.loc[22:, "value"] = np.nan
    newest = frame.iloc[21]
    for band in bands(drawn(outlook(start="2018-02-01"), frame)):
        start, *_, end = band["rows"]
        assert start["t"] == newest["period"].timestamp() * 1000
        assert {start[edge] for edge in edges_of(band)} == {newest["value"]}
        assert end[edges_of(band)[0]] < end[edges_of(band)[1]]


def test_it_lies_under_the_paths_and_the_line():
    kinds = [m["mark"]["type"] for m in marks(drawn(outlook(), to=paths()))]
    assert max(i for i, kind in enumerate(kinds) if kind == "area") < kinds.index("line")


def test_its_middle_is_not_a_line():
    with_it, without = (len(having(drawn(ahead, to=paths()), "line")) for ahead in (outlook(), None))
    assert with_it == without
    assert not any("middle" in row for m in marks(drawn(outlook())) for row in m["rows"])


def test_both_axes_hold_the_fan():
    ahead = outlook(np.linspace(0.85, 0.7, 12))
    spec = drawn(ahead)
    low, high = axis(spec, "y")["scale"]["domain"]
    assert low <= ahead["low90"].min() < ahead["high90"].max() <= high
    assert axis(spec, "x")["scale"]["domain"][1] > ahead["period"].iloc[-1].timestamp() * 1000


def test_no_share_is_drawn_above_all_or_below_none():
    spec = drawn(outlook([0.98, 0.99, 0.995], wide=0.02))
    assert max(row["high90"] for row in bands(spec)[0]["rows"]) == 1.0
    assert axis(spec, "y")["scale"]["domain"][1] == 1.0
    assert targets(spec)[-1]["Outlook"].endswith(f"to 100.0%, {CHANCES}")
    counts = campaign().assign(value=lambda f: f["value"] * 10)
    below = outlook([5.0, 2.0, 1.0], wide=1.5)
    assert min(row["low90"] for row in bands(drawn(below, counts, unit=""))[0]["rows"]) == 0


def test_months_already_known_and_rows_with_a_missing_end_are_left_out():
    ahead = outlook(np.linspace(0.9, 0.85, 8), start="2018-01-01")
    ahead.loc[5, "high80"] = np.nan
    ahead.loc[6, "low90"] = -np.inf
    spec = drawn(ahead.sample(frac=1, random_state=1))
    assert [row["Month"] for row in targets(spec)] == ["Apr 2018", "May 2018", "Aug 2018"]
    assert len(bands(spec)[0]["rows"]) == 4


def test_an_outlook_that_is_all_missing_or_all_known_is_none():
    for ahead in (outlook().assign(low50=np.nan), outlook(start="2016-06-01")):
        assert not bands(drawn(ahead))
        assert LABEL.split("\n")[0] not in words(drawn(ahead))


def test_without_a_known_value_the_fan_stands_alone():
    spec = drawn(outlook(), campaign(6).assign(value=np.nan), paths())
    assert len(bands(spec)[0]["rows"]) == len(outlook())


def test_one_month_known_and_one_to_come_can_be_drawn():
    spec = drawn(outlook([0.9], start="2016-05-01"), campaign(1))
    assert [len(band["rows"]) for band in bands(spec)] == [2, 2, 2]
    assert set(LABEL.split("\n")) <= set(words(spec))


@pytest.mark.parametrize("frequency", ["week", "quarter"])
def test_weeks_and_quarters_have_their_own_names(frequency):
    step = {"week": "W-MON", "quarter": "QS"}[frequency]
    when = pd.date_range("2018-01-01", periods=29, freq=step)
    ahead = outlook().assign(period=when[24:])
    spec = drawn(ahead, campaign().assign(period=when[:24]), frequency=frequency)
    assert targets(spec)[0]["Month"] == theme.month_name(when[24], frequency)


# ------------------------------------------------------------------ what it says


def test_a_month_to_come_answers_with_its_range_and_its_path():
    row = targets(drawn(outlook(), to=paths()))[0]
    asked = asked_for("2018-04-01")
    assert row["Month"] == "Apr 2018"
    assert row["Outlook"] == "85.8% to 90.2%, 9 chances in 10"
    assert row["Path"] == f"{asked:.1%}"


def test_months_beyond_the_path_say_nothing_of_one():
    to = paths().query("period <= '2018-05-01'")
    layers = [m for m in having(drawn(outlook(), to=to), "rule") if "tooltip" in m["encoding"]]
    fields = {row["Month"]: [t["field"] for t in m["encoding"]["tooltip"]] for m in layers for row in m["rows"]}
    assert fields["May 2018"] == ["Month", "Outlook", "Path"]
    assert fields["Jun 2018"] == ["Month", "Outlook"]
    assert {tuple(f) for f in fields.values()} == {("Month", "Outlook", "Path"), ("Month", "Outlook")}


def test_a_known_month_is_found_before_the_fan():
    spec = drawn(outlook(), to=paths())
    last = marks(spec)[-1]
    assert last["mark"]["type"] == "point"
    assert "Value" in [t["field"] for t in last["encoding"]["tooltip"]]


def test_a_screen_reader_is_told_where_the_fan_ends():
    spec = drawn(outlook(), to=paths())
    widest, *others = bands(spec)
    asked = asked_for("2018-08-01")
    assert {row["spoken"] for row in widest["rows"]} == {f"Aug 2018: 81.8% to 86.2%, 9 chances in 10; path {asked:.1%}"}
    assert widest["encoding"]["description"]["field"] == "spoken"
    assert all(band["mark"]["aria"] is False for band in others)
    assert bands(drawn(outlook()))[0]["rows"][0]["spoken"] == "Aug 2018: 81.8% to 86.2%, 9 chances in 10"


@pytest.mark.parametrize("unit", ["%", "", "minutes", "{datum.value}"])
def test_no_missing_figure_and_no_colour_reach_the_chart(unit):
    spec = drawn(outlook(), to=paths(), unit=unit)
    for value in (value for m in marks(spec) for row in m["rows"] or [] for value in row.values()):
        assert not isinstance(value, float) or math.isfinite(value)
        assert not isinstance(value, str) or "nan" not in value.lower()
    assert "#" not in str(spec)
    bare = {name: part for name, part in spec.items() if name != "datasets"}
    assert "{datum.value}" not in str(bare)


# ------------------------------------------------------------------ where its name goes

ROOMS = [("wide", 480), ("wide", 620), ("narrow", 270), ("narrow", 300)]


def boxes(spec: dict, at: str, width: float) -> list[tuple[str, float, float, float, float]]:
    """Every word of a wide or narrow chart, with the left, top, right and bottom of what it covers."""
    (t0, t1), (low, high), height = axis(spec, "x")["scale"]["domain"], axis(spec, "y")["scale"]["domain"], 284.0
    out = []
    for row in (row for m in having(spec, "text") if "color" in m["encoding"] for row in m["rows"]):
        if row.get(at):
            wide = words_px(row["text"], row[at])
            x = (row["t"] - t0) / (t1 - t0) * width + row["dx"]
            left = x - {"left": 0, "center": wide / 2, "right": wide}[row["align"]]
            y = (high - row["v"]) / (high - low) * height
            out.append((row["text"], left, y - row[at] / 2, left + wide, y + row[at] / 2))
    return out


def ink(spec: dict, width: float) -> np.ndarray:
    """The campaign's line, the path in force and the fan as points in pixels."""
    (t0, t1), (low, high), height = axis(spec, "x")["scale"]["domain"], axis(spec, "y")["scale"]["domain"], 284.0
    lines = [
        pd.DataFrame(m["rows"])[["t", "v"]].to_numpy()
        for m in having(spec, "line")
        if m["encoding"]["color"]["datum"] == "ink" or m["mark"].get("opacity") == 1
    ]
    rows = pd.DataFrame(bands(spec)[0]["rows"])
    sides = rows["low90"].to_numpy(), rows["high90"].to_numpy()
    lines += [np.column_stack([rows["t"], sides[0] + s * (sides[1] - sides[0])]) for s in np.linspace(0, 1, 60)]
    dense = []
    for line in lines:
        at = np.linspace(0, len(line) - 1, 400)
        t, v = (np.interp(at, np.arange(len(line)), line[:, column]) for column in (0, 1))
        dense.append(np.column_stack([(t - t0) / (t1 - t0) * width, (high - v) / (high - low) * height]))
    return np.concatenate(dense)


def situations():
    rng = np.random.default_rng(11)
    for seed in range(16):
        n, ahead = int(rng.integers(6, 36)), int(rng.integers(1, 14))
        line = campaign(n)
        line["value"] = np.clip(0.85 + np.cumsum(rng.normal(0, 0.012, n)), 0.4, 0.96)
        last = line["value"].iloc[-1]
        start = (line["period"].iloc[-1] + pd.DateOffset(months=1)).strftime("%Y-%m-%d")
        middle = np.clip(last + np.cumsum(rng.normal(0, 0.01, ahead)), 0.4, 0.98)
        wide = np.linspace(0.004, rng.uniform(0.006, 0.03), ahead)
        yield seed, line, outlook(middle, wide, start)


@pytest.mark.parametrize(("seed", "line", "ahead"), list(situations()), ids=lambda v: str(v) if type(v) is int else "")
def test_the_fans_name_covers_nothing(seed, line, ahead):
    to = None
    if seed % 2:
        when = pd.date_range(line["period"].iloc[len(line) // 2], ahead["period"].iloc[-1], freq="MS")
        levels = np.linspace(line["value"].iloc[len(line) // 2], 0.95, len(when))
        to = pd.DataFrame({"version": 1, "period": when, "target": levels, "in_force": True, "aim": "main"})
    spec = drawn(ahead, line, to)
    for at, width in ROOMS:
        found = [box for box in boxes(spec, at, width) if box[0] in LABEL.split("\n")]
        assert [box[0] for box in found] == LABEL.split("\n")
        x, y = ink(spec, width).T
        for text, left, top, right, bottom in found:
            covered = (x > left + 1) & (x < right - 1) & (y > top + 1) & (y < bottom - 1)
            assert not covered.any(), (text, at, width)
            assert top > -24
            assert bottom < 284
            assert left >= 0


@pytest.mark.parametrize(
    ("seed", "line", "ahead"), list(situations())[:6], ids=lambda v: str(v) if type(v) is int else ""
)
def test_no_word_lies_on_another(seed, line, ahead):
    spec = drawn(ahead, line, paths(), superseded_label="First path,\nreplaced Feb 2018")
    for at, width in ROOMS:
        for one, two in itertools.combinations(boxes(spec, at, width), 2):
            apart = one[3] <= two[1] or two[3] <= one[1] or one[4] <= two[2] or two[4] <= one[2]
            assert apart, (one[0], two[0], at)


def test_its_name_is_quiet_and_near_its_end():
    rows = [row for m in having(drawn(outlook(), to=paths()), "text") for row in m["rows"]]
    mine = [row for row in rows if str(row.get("text")) in LABEL.split("\n") and "role" in row]
    assert {row["role"] for row in mine} == {"quiet"}
    assert {row["weight"] for row in mine} == {400}
    assert min(row["t"] for row in mine) >= outlook()["period"].iloc[-3].timestamp() * 1000


def test_where_its_name_finds_no_room_the_axis_is_lengthened_by_a_step_or_two():
    n = 24
    line = campaign(n).assign(value=lambda f: 0.9 - 0.0998 * (np.arange(n) % 2))
    full = outlook(np.full(6, 0.85), np.full(6, 0.049 / SPREAD["90"]), start="2018-04-01")
    to = pd.DataFrame({"version": 1, "period": full["period"], "in_force": True, "aim": "main"})
    to["target"] = [0.9, 0.8] * 3
    assert axis(drawn(full, line, to), "y")["scale"]["domain"] == pytest.approx([0.76, 0.9])
    assert axis(drawn(full, line, to, outlook_label=""), "y")["scale"]["domain"] == pytest.approx([0.8, 0.9])


def test_a_long_name_is_broken_into_lines():
    long = "Where this is heading if nothing else changes between now and the end of the year after next"
    spec = drawn(outlook(), outlook_label=long)
    for at, width, most in (("wide", 480, 40), ("narrow", 270, 26)):
        found = [box for box in boxes(spec, at, width) if box[0] in long]
        assert " ".join(box[0] for box in found) == long
        assert max(len(box[0]) for box in found) <= most
        assert min(box[1] for box in found) >= 0


def test_a_name_that_finds_no_place_at_all_is_still_there():
    everywhere = outlook(np.full(6, 0.5), 0.2)
    line = campaign().assign(value=lambda f: np.arange(len(f)) % 2.0)
    spec = drawn(everywhere, line)
    assert words(spec).count(CHANCES) == 2
    endless = drawn(everywhere, line, outlook_label="very " * 200)
    assert len([row for row in words(endless) if row.startswith("very")]) == 8


def test_without_a_name_the_fan_is_drawn_all_the_same():
    spec = drawn(outlook(), outlook_label="")
    assert len(bands(spec)) == 3
    assert not set(LABEL.split("\n")) & set(words(spec))
