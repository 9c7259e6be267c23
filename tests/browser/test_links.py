"""Addresses: shared, typed wrong, and opened first thing after a restart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, see, settle
from tests.pages.test_addresses import MISTYPED, SOMEBODY_ELSES
from tests.server.running import Running

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/overview?view=funnel", "sites did better than chance and ordinary differences explain"),
        ("/site?campaign=ae&site=R0A", "^Manchester University "),
        ("/enter?as=team:RJ1", "April 2019|April is in|Nothing is due"),
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


def one_of_each_page(addresses: tuple) -> list:
    """The last of each page's; all of them are asked for in tests/pages, without a browser."""
    return list({one[0].partition("?")[0]: one for one in addresses}.values())


def test_a_mistyped_address_says_so_and_falls_back(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    for address, notice, falls_back_to in one_of_each_page(MISTYPED):
        page.goto(server.url(address))
        see(page, re.compile(re.escape(notice)))
        expect(headline(page)).to_have_text(re.compile(falls_back_to))
        settle(page)
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_page_that_is_somebody_elses_says_whose(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    for address, sentence in one_of_each_page(SOMEBODY_ELSES):
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
