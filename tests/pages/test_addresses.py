"""Addresses as people mistype and share them, by Streamlit's own test driver; tests/browser opens some of each page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import app, database, shown, titles

__all__ = ["database"]

MISTYPED = (
    ("/summary?as=lead&as_of=2031-01", "“2031-01” is not a month of this campaign, so you see today", "^In .* 2019"),
    ("/summary?as=lead&as_of=yesterday", "“yesterday” is not a month of this campaign", "^In .* 2019"),
    ("/site?as=lead&site=XXX", "There is no site called “XXX” here, so you see another", "^Airedale "),
    ("/site?as=lead&site=R0A&measure=zzz", "There is no measure called “zzz” here", "^Manchester University "),
    (
        "/site?as=lead&site=R0A&kind=zzz",
        "“zzz” is not a chart that this measure can be drawn as",
        "^Manchester University ",
    ),
    ("/summary?as=lead&campaign=none", "There is no campaign called “none”. This is A&E four-hour", "^In .* 2019"),
    ("/overview?as=lead&view=rank", "There is no view called “rank” here, so you see the list", "could use a hand"),
    ("/overview?as=lead&view=funnel&months=7", "“7” is not a number of months", "^Over the 12 months"),
    ("/data?as=lead&of=zzz", "There is no measure called “zzz” here, so you see all of them", "have reported March"),
    ("/setup?as=lead&rule=lottery", "There is no rule called “lottery”, so you see the usual", "^95% in December"),
    (
        "/setup?as=lead&on=2031-01",
        "There is no date “2031-01” in this version, so you see the last",
        "^95% in December",
    ),
    ("/summary?as=nonsense", "can be looked at as executive, lead, or team:SITE. You are looking as an", "^In "),
    ("/summary?as=team:XXX", "That team is not one of this campaign's sites. You are looking as an", "^In "),
)

SOMEBODY_ELSES = (
    ("/overview?as=executive", "This is for the programme's leads."),
    ("/overview?as=executive&view=funnel", "This is for the programme's leads."),
    ("/site?as=executive&site=R0A", "This is for the programme's leads and the site's own team."),
    ("/enter?as=executive", "This is for the site's own team."),
    ("/enter?as=lead", "This is for the site's own team."),
    ("/setup?as=executive", "This is for the programme's leads."),
    ("/setup?as=team:RJ1", "This is for the programme's leads."),
    ("/data?as=executive", "This is for the programme's leads."),
    ("/data?as=team:RJ1", "This is for the programme's leads."),
    ("/overview?as=team:RJ1", "This is for the programme's leads."),
    ("/site?as=team:RJ1&site=R1H", "This site's page is for the programme's leads and its own team."),
    ("/enter?as=team:RJ1&site=R1H", "This site's page is for the programme's leads and its own team."),
)


def opened(address: str) -> AppTest:
    page, _, view = address.removeprefix("/").partition("?")
    asked = dict(parse_qsl(view))
    at = app(asked.pop("as", "executive"), page, **asked)
    assert not at.exception
    return at


@pytest.mark.parametrize(("address", "notice", "falls_back_to"), MISTYPED, ids=[one[0] for one in MISTYPED])
def test_a_mistyped_address_says_so_and_falls_back(address: str, notice: str, falls_back_to: str):
    at = opened(address)
    assert notice in plain(shown(at))
    assert re.search(falls_back_to, titles(at)[0])


@pytest.mark.parametrize(("address", "sentence"), SOMEBODY_ELSES, ids=[one[0] for one in SOMEBODY_ELSES])
def test_a_page_that_is_somebody_elses_says_whose(address: str, sentence: str):
    at = opened(address)
    assert titles(at) == ["This page is for somebody else"]
    assert sentence in shown(at)
    assert not at.get("vega_lite_chart")
    assert not at.number_input


def plain(said: str) -> str:
    """With the signs that are sent as escapes."""
    return re.sub(r"u(20[0-9a-f]{2})", lambda code: chr(int(code[1], 16)), said)
