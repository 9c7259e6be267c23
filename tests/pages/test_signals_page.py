"""Lasting changes on the pages: counted on the summary, listed for a lead, told and explained on a site's page."""

from __future__ import annotations

import re

import pytest

from measures.demo import ae
from measures.model import SiteKind
from measures.review import views
from measures.words import flags, signals
from tests.demo_fixtures import campaign, observations, today
from tests.pages.test_pages import app, database, shown

__all__ = ["campaign", "database", "observations", "today"]

NAMES = sorted({s.name for s in ae.sites() if s.kind == SiteKind.SITE})


@pytest.fixture(scope="module")
def listed(today):
    """What the list of sites is about."""
    return views.sites(today).lasting


def test_an_executive_sees_how_many_and_how_many_by_luck_and_no_name(listed):
    said = shown(app("executive"))
    assert signals.counts(listed) in said
    assert signals.luck(len(listed.declared)) in said
    assert not [name for name in NAMES if name in said]


def test_a_lead_filters_the_sites_with_a_signal(listed):
    at = app("lead", "overview")
    assert signals.counts(listed) in shown(at)
    at.pills(key="sites.only").set_value("lasting").run()
    assert not at.exception
    said = shown(at)
    assert signals.luck(len(listed.declared)) in said
    first = next(iter(signals.listed(listed).values()))
    assert first[0] in said
    at.pills(key="sites.only").set_value("improvement").run()
    assert re.search(r"What charts flag comes and goes; at \w+ of these", shown(at))


def test_a_filtered_list_can_be_empty():
    at = app("lead", "overview", as_of="2017-06")
    assert "At none of" in shown(at)
    at.pills(key="sites.only").set_value("lasting").run()
    assert not at.exception
    assert "No site matches" in shown(at)


def test_a_sites_page_tells_its_signal(today, listed):
    site = listed.declared["site"].iloc[0]
    lasting = views.site(today, site).lasting
    text = shown(app("lead", "site", site=site))
    for told in [*flags.declared(lasting), *flags.not_signals(lasting)]:
        assert [one for one in told if one not in text] == []


def test_a_sites_page_says_why_what_the_chart_flags_is_no_signal(today):
    found = (views.site(today, s.id) for s in views.places(today.campaign))
    view = next(v for v in found if not len(v.lasting.declared) and len(flags.not_signals(v.lasting)) > 1)
    text = shown(app("lead", "site", site=view.site.id))
    assert flags.heading(view.lasting) in text
    for told in flags.not_signals(view.lasting):
        assert [one for one in told if one not in text] == []


def test_winding_back_shows_the_signals_of_that_day(listed):
    row = listed.declared.iloc[0]
    before = (row["declared"].to_period("M") - 1).start_time
    then = shown(app("lead", "site", site=row["site"], as_of=f"{before:%Y-%m}"))
    assert "A change that lasts" not in then
