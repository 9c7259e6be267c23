"""One set of colours, in one place; words for every verdict; nothing red, nothing green."""

from __future__ import annotations

import colorsys
import json
import re
import tomllib
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from measures.charts import icons, theme
from measures.model import Assurance, Position, Reporting, Variation

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
LOOKS = [
    ROOT / ".streamlit" / "config.toml",
    ROOT / "measures" / "charts" / "tokens.json",
    ROOT / "measures" / "web" / "components" / "component.css",
    ROOT / "measures" / "web" / "components" / "headway.css",
    *sorted((ROOT / "measures" / "charts" / "icons").glob("*.svg")),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_charts_range_is_the_tokens_in_the_order_of_the_roles(mode):
    colour = theme.TOKENS["colour"][mode]
    assert CONFIG["theme"][mode]["chartCategoricalColors"] == [colour[name] for name in theme.ROLES]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_streamlits_own_colours_are_the_tokens(mode):
    ours, theirs = theme.TOKENS["colour"][mode], CONFIG["theme"][mode]
    pairs = {
        "primaryColor": "action", "backgroundColor": "page", "secondaryBackgroundColor": "panel",
        "textColor": "text", "linkColor": "link", "borderColor": "line",
        "blueColor": "improvement", "blueTextColor": "improvement_text", "blueBackgroundColor": "improvement_wash",
        "orangeColor": "concern", "orangeTextColor": "concern_text", "orangeBackgroundColor": "concern_wash",
        "redColor": "concern", "yellowColor": "concern", "greenColor": "improvement",
        "grayColor": "common", "grayTextColor": "muted", "violetColor": "neither",
    }  # fmt: skip
    assert {name: theirs[name] for name in pairs} == {name: ours[token] for name, token in pairs.items()}


def test_icons_fall_back_on_the_light_colours():
    light = theme.TOKENS["colour"]["light"]
    for path in LOOKS[4:]:
        for name, colour in re.findall(r"var\(--hw-([a-z]+),(#[0-9A-F]{6})\)", path.read_text(encoding="utf-8")):
            assert light[name] == colour, path.name


@pytest.mark.parametrize("path", LOOKS, ids=lambda path: path.name)
def test_no_red_and_no_green_anywhere(path):
    for code in set(re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))):
        red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (1, 3, 5))
        hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
        if saturation > 0.3 and 0.08 < lightness < 0.95:
            assert 18 <= hue * 360 <= 45 or 195 <= hue * 360 <= 235, code


def test_the_server_asks_nothing_and_takes_little():
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["server"]["maxUploadSize"] == 50
    assert CONFIG["logger"]["hideWelcomeMessage"] is True
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert "address" not in CONFIG["server"]


def test_every_font_named_is_served_with_its_licence():
    for face in CONFIG["theme"]["fontFaces"]:
        assert (ROOT / "static" / face["url"].removeprefix("app/static/")).is_file()
    assert "Open Font License" in (ROOT / "static" / "Inter-LICENSE.txt").read_text(encoding="utf-8")


def test_shapes_are_distinct_for_every_cause():
    shapes = [theme.POINT[name]["shape"] for name in theme.CAUSE_ROLE]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("name", icons.NAMES)
def test_every_icon_is_xml_and_hidden_unless_it_has_words(name):
    bare = ElementTree.fromstring(icons.icon(name, 20))
    assert bare.attrib["aria-hidden"] == "true"
    assert bare.attrib["width"] == "20"
    said = ElementTree.fromstring(icons.icon(name, 16, 'Two "words" & <more>'))
    assert said.attrib["role"] == "img"
    assert said.attrib["aria-label"] == 'Two "words" & <more>'


@pytest.mark.parametrize("value", [*Variation, *Assurance, *Position, *Reporting], ids=repr)
def test_every_verdict_has_an_icon_and_words(value):
    name, words = icons.verdict(value)
    assert name in icons.NAMES
    assert words[0].isupper()
    assert not re.search(r"fail|worst|poor|bad|red|green", words, re.IGNORECASE)


def test_verdicts_of_one_kind_never_share_an_icon_by_accident():
    for kind in (Variation, Assurance, Position, Reporting):
        drawn = [str(icons.icon(icons.verdict(value)[0])) for value in kind]
        assert len(set(drawn)) == len(drawn)


def test_figures():
    assert theme.figure(0.9123, "%") == "91.2%"
    assert theme.figure(12_500, "") == "12,500"
    assert theme.figure(-0.0004, "%") == "0.0%"
    assert theme.figure(-3.25, "minutes") == "\u22123.2 minutes"
    assert theme.figure(float("nan"), "%") == "no value"
    assert theme.short_figure(12_500, "") == "12.5k"


@pytest.mark.parametrize(("low", "high"), [(0.951, 0.984), (0.7, 1.0), (0, 0), (12_000, 15_500), (-3, 4), (1e-6, 2e-6)])
def test_axis_ends_are_round_and_hold_the_data(low, high):
    ticks = theme.nice_domain(low, high, floor=None, ceiling=None)
    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 9


@pytest.mark.parametrize("years", [1, 3, 7, 12, 20, 40, 170])
def test_the_time_axis_never_names_more_than_it_has_room_for(years):
    first, last = theme.milliseconds([date(1900, 4, 1), date(1900 + years, 3, 1)])
    axis = theme.time_axis(float(first), float(last))
    assert 3 <= len(axis["values"]) <= 17
    small = theme.time_axis(float(first), float(last), years_only=True)
    step = int(re.search(r"%(\d+)==0", small["labelExpr"])[1])
    named = [v for v in small["values"] if pd.Timestamp(v, unit="ms").year % step == 0]
    assert 1 <= len(named) <= 8


def test_tokens_are_json_and_small():
    assert json.loads((ROOT / "measures" / "charts" / "tokens.json").read_text(encoding="utf-8")) == theme.TOKENS
