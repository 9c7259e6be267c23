"""Nothing typed by a person becomes markup."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.charts import html
from measures.charts.markup import Safe, join, link, tag, text
from measures.charts.sparkline import sparkline, sparklines
from measures.model import Position, Variation
from tests.charts.chart_data import points

NASTY = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>"


class Elements(HTMLParser):
    """What a browser would make of some markup: its elements, attributes and words."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


@given(st.text(), st.text())
def test_children_and_attributes_come_back_as_they_were_typed(words, title):
    seen = Elements(tag("p", words, title=title))
    assert [name for name, _ in seen.elements] == ["p"]
    assert seen.words.replace("\r\n", "\n") == words.replace("\r\n", "\n")
    assert seen.elements[0][1].get("title", "") == title


@given(st.lists(st.text(), max_size=5))
def test_escaping_twice_changes_nothing(parts):
    once = join(*parts)
    assert join(once) == once
    assert text(once) == once
    assert tag("span", once) == f"<span>{once}</span>"


def test_adding_to_safe_markup_makes_it_plain_again():
    assert type(tag("b", "x") + "<i>") is str
    assert type(f"{tag('b', 'x')}") is str
    assert tag("p", tag("b", "x") + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\u200bjavascript:alert(1)",
    ],
)
def test_links_that_could_run_or_lead_astray_are_refused(address):
    with pytest.raises(ValueError, match="not a link"):
        tag("a", "x", href=address)


@pytest.mark.parametrize(
    "address", ["/site?site=RJ1&measure=a b", "#top", "https://nhs.uk/a:b", "mailto:a@b.uk", "?p=1"]
)
def test_links_to_pages_pass(address):
    assert link(address) == address
    assert Elements(tag("a", "x", href=address)).elements[0][1]["href"] == address


@given(st.text())
def test_no_link_that_passes_has_a_scheme_that_runs(address):
    try:
        passed = link(address)
    except ValueError:
        return
    bare = re.sub(r"[\x00-\x20]", "", passed).lower()
    assert not bare.startswith(("javascript:", "data:", "vbscript:"))


@pytest.mark.parametrize("name", ["script", "style", "iframe", "SCRIPT", "a b", "a><b", ""])
def test_elements_that_run_are_refused(name):
    with pytest.raises(ValueError, match="no element"):
        tag(name, "x")


def test_handlers_and_typed_styles_are_refused():
    with pytest.raises(ValueError, match="no attribute"):
        tag("p", "x", onclick="alert(1)")
    with pytest.raises(ValueError, match="style"):
        tag("p", "x", style="background:url(//elsewhere)")


def every_piece(words: str) -> list[Safe]:
    row = html.SiteRow("RJ1", words, "/site", words, None, words, words, Variation.COMMON, position=Position.BEHIND)
    return [
        html.eyebrow(words),
        html.lede(words),
        html.paragraph(words, small=True, muted=True),
        html.footer(words),
        html.chip("variation-common", words),
        html.chips(words),
        html.facts([html.Fact(words, words, words)], wide=True),
        html.state_strip([html.State(3, words, "state-steady"), html.State(0, words, "state-paused")], noun=words),
        html.asks([html.Ask(words, words, words, "/support", words)]),
        html.note(words, words, tone="concern", icon_name="state-stalled"),
        html.quotation(words, words),
        html.due_list([html.Due(words, words, words, now=True, href="/enter", id=words)]),
        html.empty(words, words),
        html.key_values([(words, words)]),
        html.sites_table([row], caption=words, last_heading=words, gap_words=words),
        html.open_link(words, "/site", words),
    ]


def test_every_piece_escapes_every_word():
    plain = [sorted(name for name, _ in Elements(piece).elements) for piece in every_piece("Plain words")]
    nasty = [sorted(name for name, _ in Elements(piece).elements) for piece in every_piece(NASTY)]
    assert nasty == plain
    for piece in every_piece(NASTY):
        assert isinstance(piece, Safe)
        assert "<script" not in piece
        assert "<img" not in piece
        assert "alert(1)" in unescape(piece)


def test_every_piece_is_well_formed():
    for piece in every_piece(NASTY):
        ElementTree.fromstring(f"<div>{re.sub(r' (hidden|open)(?=[ >])', '', piece)}</div>")


def test_the_table_has_a_caption_headings_and_links_the_app_can_open():
    rows = [html.SiteRow("RJ1", "Guy's", "/site?site=RJ1", last="90.2%", gap="\u22122.6")]
    seen = Elements(html.sites_table(rows, caption="Sites", last_heading="September"))
    names = [name for name, _ in seen.elements]
    assert names.count("caption") == 1
    assert names.count("th") == 8 == names.count("td")
    assert {"href": "/site?site=RJ1", "data-open": "RJ1"} in [attributes for name, attributes in seen.elements]
    assert all(attributes.get("scope") == "col" for name, attributes in seen.elements if name == "th")


def test_the_state_bar_says_its_counts_and_refuses_unknown_colours():
    bar = Elements(html.state_strip([html.State(1200, "are steady", "state-steady")])).elements[0][1]
    assert bar["aria-label"] == "1,200 sites: 1,200 are steady"
    with pytest.raises(ValueError, match="role"):
        html.state_strip([html.State(1, "x", "state-steady", role="red;position:fixed")])


def test_the_key_names_only_what_the_chart_shows():
    names = html.key_of(["common", "concern"], ghosted=True, path=True)
    assert names == ["concern", "common", "ghost", "path", "range"]
    assert "Concern" in html.chart_key(names)
    assert "Improvement" not in html.chart_key(names)


# ------------------------------------------------------------------ sparklines


def drawn(picture: Safe) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture))


def test_a_sparkline_has_its_target_its_line_and_an_end_mark_by_shape():
    ends = set()
    for verdict in (Variation.COMMON, Variation.IMPROVEMENT_UP, Variation.CONCERN_DOWN, Variation.NEITHER_UP):
        target, line, mark = drawn(sparkline([1, 2, 3], 2.5, variation=verdict, label="x"))
        assert "stroke-dasharray" in target.attrib
        assert line.attrib["stroke"] == mark.attrib["fill"]
        ends.add(re.sub(r"[\d.\s-]+", "", mark.attrib["d"]))
    assert len(ends) == 4


def test_a_gap_in_a_sparkline_is_not_joined():
    (line, _) = drawn(sparkline([1, 2, np.nan, 2, 1]))
    assert line.attrib["d"].count("M") == 2


def test_a_value_alone_between_two_gaps_is_a_dot_that_can_be_seen():
    (line, dot, _) = drawn(sparkline([1, 2, np.nan, 3, np.nan, 2, 1]))
    assert dot.attrib["d"].count("M") == 1
    assert dot.attrib["stroke-linecap"] == "round"
    assert float(dot.attrib["stroke-width"]) > float(line.attrib["stroke-width"])


def test_a_value_left_out_is_hollow_and_passed_in_dots():
    (past, line, ghost, mark) = drawn(sparkline([1, 2, 9, 2, 1], ghosted=[False, False, True, False, False]))
    assert ghost.tag == "circle"
    assert ghost.attrib["fill"] == "none"
    assert past.attrib["d"].count("M") == 1
    assert line.attrib["d"].count("M") == 2
    assert mark.attrib["fill"] == line.attrib["stroke"]


def test_a_value_left_out_does_not_flatten_the_rest():
    kept = drawn(sparkline([1, 2, np.nan, 2, 1]))[0].attrib["d"]
    (_, line, ghost, _) = drawn(sparkline([1, 2, 900, 2, 1], ghosted=[False, False, True, False, False]))
    assert line.attrib["d"] == kept
    assert 0 <= float(ghost.attrib["cy"]) - 2.1 <= float(ghost.attrib["cy"]) + 2.1 <= 28


@pytest.mark.parametrize(
    ("values", "out"),
    [([1, 2, 3], [1, 0, 0]), ([1, 2, 3], [0, 0, 1]), ([1, 2, np.nan, 3], [0, 1, 0, 0]), ([1, 2, 3], [1, 1, 1])],
    ids=["first", "last", "a gap beside it", "all"],
)
def test_there_are_no_dots_at_an_end_or_over_a_gap(values, out):
    pieces = drawn(sparkline(values, ghosted=[bool(i) for i in out]))
    assert not [piece for piece in pieces if piece.attrib.get("stroke-dasharray") == "1 2"]
    assert [piece.tag for piece in pieces].count("circle") == sum(out)


def test_the_end_mark_is_the_last_value_that_counts():
    (_, ghost, mark) = drawn(sparkline([1, 2, 3], ghosted=[False, False, True]))
    assert float(mark.attrib["d"][1:].split(" ")[0]) < float(ghost.attrib["cx"]) - 5


@pytest.mark.parametrize("values", [[], [np.nan] * 3, [np.inf, 1, 2], [5], [5, 5, 5], [np.nan, 5]])
def test_sparklines_of_almost_nothing(values):
    assert "nan" not in sparkline(values)
    assert "inf" not in sparkline(values)


def test_sparkline_words_are_escaped():
    assert ElementTree.fromstring(sparkline([1, 2], label=NASTY)).attrib["aria-label"] == NASTY


def test_a_table_of_sparklines_equals_each_drawn_alone():
    one, two = points(30), points(30, missing=(20,)).assign(site="RQM")
    pictures = sparklines(pd.concat([one, two]), {"RQM": Variation.CONCERN_DOWN}, {"RJ1": "Steady"})
    assert set(pictures) == {"RJ1", "RQM"}
    assert pictures["RJ1"] == sparkline(one["value"].tail(24), one["target"].tail(24), label="Steady")
    assert drawn(pictures["RQM"])[1].attrib["d"].count("M") == 2
    hollow = sparklines(points(30, ghosted=(20,)), {})["RJ1"]
    assert [piece.tag for piece in drawn(hollow)].count("circle") == 1
