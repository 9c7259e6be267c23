"""Addresses: shared, typed wrong, and opened first thing after a restart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/overview?as=lead", "sites are on their path or ahead"),
        ("/overview?view=funnel", "sites did better than chance and ordinary differences explain"),
        ("/site?campaign=ae&site=R0A", "^Manchester University "),
        ("/setup?rule=floor&on=2018-09", "^90% in September 2018 asks the 134 sites"),
        ("/data?as=lead&as_of=2018-03", "^All 137 sites have reported March 2018"),
        ("/enter?as=team:RJ1", "April 2019|April is in"),
    ],
)
def test_a_deep_link_is_the_first_thing_a_new_server_is_asked(server: Running, page_at: Visitors, address, says):
    page = page_at(people.DESKTOP)
    server.restart()
    page.goto(server.url(address))
    expect(headline(page)).to_have_text(re.compile(says))
    settle(page)
    assert page.url.startswith(server.url(address.partition("?")[0]))
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


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


def test_a_mistyped_address_says_so_and_falls_back(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    for address, notice, falls_back_to in MISTYPED:
        page.goto(server.url(address))
        see(page, re.compile(re.escape(notice)))
        expect(headline(page)).to_have_text(re.compile(falls_back_to))
        settle(page)
        expect(page.get_by_role("dialog")).to_have_count(0)


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


def test_a_page_that_is_somebody_elses_says_whose(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    for address, sentence in SOMEBODY_ELSES:
        page.goto(server.url(address))
        expect(headline(page)).to_have_text(people.CLOSED_PAGE)
        see(page, sentence)
        settle(page)
        for drawn in ("[data-testid=stVegaLiteChart]", "table", "input[type=number]", "[role=dialog]"):
            expect(page.locator(drawn)).to_have_count(0)


def test_back_leads_from_a_site_to_the_list(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/overview?campaign=ae&as=lead"))
    expect(people.sites_table(page)).to_be_visible()
    settle(page)
    people.sites_table(page).get_by_role("link", name="Barts Health").click()
    expect(headline(page)).to_have_text(re.compile("^Barts Health "))
    settle(page)
    page.go_back()
    settle(page)
    assert "/overview?" in page.url
    expect(people.sites_table(page)).to_be_visible()
