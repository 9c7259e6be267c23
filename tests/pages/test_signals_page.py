"""Lasting changes on the pages: counted on the summary, listed for a lead, told and explained on a site's page."""

from __future__ import annotations

import re

import pytest

from measures.demo import ae
from measures.model import SiteKind
from tests.pages.test_pages import app, database, shown

__all__ = ["database"]

NAMES = sorted({s.name for s in ae.sites() if s.kind == SiteKind.SITE})
IMPROVED, FLAGGED = "RDD", "R1H"


def test_an_executive_sees_how_many_and_how_many_by_luck_and_no_name():
    said = shown(app("executive"))
    assert re.search(r"\w+ of 134 sites have improved in a way that lasts", said)
    assert "would be here by luck" in said
    assert not [name for name in NAMES if name in said]


def test_a_lead_filters_the_sites_with_a_signal():
    at = app("lead", "overview")
    assert "have improved in a way that lasts" in shown(at)
    at.pills(key="sites.only").set_value("lasting").run()
    assert not at.exception
    said = shown(at)
    assert re.search(r"\d+ sites of 134 match. Of these \d+, about \w+ would be here by luck", said)
    assert "Improved since June 2018, by about" in said
    assert "Could use a look: lower since" in said
    at.pills(key="sites.only").set_value("improvement").run()
    assert re.search(r"What charts flag comes and goes; at \w+ of these", shown(at))


def test_a_filtered_list_can_be_empty():
    at = app("lead", "overview", as_of="2017-06")
    assert "At none of" in shown(at)
    at.pills(key="sites.only").set_value("lasting").run()
    assert not at.exception
    assert "No site matches" in shown(at)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        (IMPROVED, ["has improved since June 2018", "A change that lasts", "A change as lasting as this is seen in"]),
        (FLAGGED, ["What the chart flags, and why it is not a signal", "It did not last"]),
    ],
)
def test_a_sites_page_tells_its_signal_or_why_there_is_none(site, said):
    at = app("lead", "site", site=site)
    assert not at.exception
    text = shown(at)
    assert [one for one in said if one not in text] == []


def test_winding_back_shows_the_signals_of_that_day():
    then = shown(app("lead", "site", site=IMPROVED, as_of="2018-10"))
    assert "What the chart flags" in then
    assert "A change that lasts" not in then
