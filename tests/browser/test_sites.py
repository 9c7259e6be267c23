"""A programme lead finds a site among 134, and reads its page; with the mouse and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, main, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

FIND = "Find a site or region"
TUNE = "Region and order"


def at_sites(server: Running, page: Page) -> Page:
    page.goto(server.url("/overview?as=lead"))
    expect(people.sites_table(page)).to_be_visible()
    settle(page)
    return page


def listed(page: Page, words: str) -> None:
    see(page, re.compile(words))
    settle(page)


def test_search_filter_region_order_and_pages(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.DESKTOP))
    listed(page, "Showing 25 of 134 sites")
    first = people.names(page)
    assert len(first) == 25
    assert first[:2] == ["Airedale", "Alder Hey Children's"]
    assert first == sorted(first, key=lambda name: name.casefold().removeprefix("the "))

    page.get_by_role("navigation", name="Pagination").get_by_role("button", name="Page 6").click()
    expect(people.sites_table(page).get_by_role("link")).to_have_count(9)
    assert not set(people.names(page)) & set(first)

    find = page.get_by_label(FIND)
    find.fill("barts")
    find.press("Enter")
    listed(page, "1 site of 134 matches")
    assert people.names(page) == ["Barts Health"]
    find.fill("no such place")
    find.press("Enter")
    see(page, "No site matches")
    find.fill("")
    find.press("Enter")
    listed(page, "Showing 25 of 134 sites")

    page.get_by_role("radio", name="Improvement", exact=True).click()
    listed(page, r"^1\d sites of 134 match")
    count = people.main(page).get_by_text(re.compile(r"sites of 134 match")).inner_text()
    assert count.startswith(f"{len(people.names(page))} sites")
    expect(people.sites_table(page).get_by_text("Concern", exact=True)).to_have_count(0)
    page.get_by_role("radio", name="Improvement", exact=True).click()
    listed(page, "Showing 25 of 134 sites")

    page.get_by_role("button", name=TUNE).click()
    people.choose(page, "Regions", "London")
    page.keyboard.press("Escape")
    listed(page, "18 sites of 134 match")
    names = people.names(page)
    assert len(names) == 18
    assert {"Barts Health", "Guy's and St Thomas'"} <= set(names)


def test_the_order_is_by_name_region_or_report_and_never_by_value(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.DESKTOP))
    table = people.sites_table(page)
    expect(table.get_by_role("button")).to_have_count(0)
    expect(table.locator("th a, th button, [aria-sort], th[tabindex], th[data-open]")).to_have_count(0)
    before = people.names(page)
    for heading in table.get_by_role("columnheader").all():
        heading.click()
    assert people.names(page) == before

    page.get_by_role("button", name=TUNE).click()
    orders = page.get_by_role("radiogroup", name="Order")
    expect(orders.locator("label")).to_have_text(["A to Z", "By region", "Not reported first"])
    orders.get_by_text("By region").click()
    settle(page)
    page.keyboard.press("Escape")
    expect(table.get_by_role("link").first).not_to_have_text(before[0])
    settle(page)
    regions = table.locator("td .sub").all_inner_texts()
    assert set(regions) == {"East of England", "London"}
    assert regions == sorted(regions)


def test_from_the_list_to_a_site_and_into_its_numbers(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.DESKTOP))
    page.get_by_label(FIND).fill("Manchester University")
    page.get_by_label(FIND).press("Enter")
    listed(page, "1 site of 134 matches")
    people.sites_table(page).get_by_role("link", name="Manchester University").click()
    expect(headline(page)).to_have_text(re.compile("^Manchester University "))
    expect(page).to_have_url(re.compile(r"/site\?.*site=R0A"))
    settle(page)
    see(page, re.compile("84.9% in March 2019"))
    see(page, re.compile("In October 2017 .*Central Manchester University Hospitals"))

    page.get_by_role("radio", name="Attendances").click()
    see(page, re.compile("Attendances, by month: 35,900 in March 2019"))
    expect(page).to_have_url(re.compile("measure=attendances"))
    settle(page)
    page.get_by_role("radio", name="Seen within four hours").click()
    see(page, re.compile("within four hours, by month: 84.9% in March 2019"))
    settle(page)
    people.open_table(page)
    for column, said in enumerate(("March 2019", "30,478", "35,900", "84.9%")):
        expect(people.cell(page, 0, column)).to_have_text(said)


def test_a_site_that_has_merged_says_where_it_went(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.PHONE))
    page.get_by_role("link", name="Burton Hospitals").click()
    expect(headline(page)).to_have_text(
        "Burton Hospitals became part of University Hospitals of Derby and Burton in July 2018"
    )
    expect(page).to_have_url(re.compile(r"/site\?.*site=RJF"))
    see(page, re.compile("Since July 2018 University Hospitals of Derby and Burton counts its patients"))
    settle(page)
    expect(main(page).get_by_text("June 2018").first).to_be_attached()


def test_a_site_is_opened_with_the_keyboard_alone(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.DESKTOP))
    page.get_by_label(FIND).focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page) == "Airedale":
            break
    else:
        pytest.fail(f"twenty steps from the search, and the first site is not reached: {focused(page)!r}")
    page.keyboard.press("Enter")
    expect(headline(page)).to_have_text(re.compile("^Airedale "))
    expect(page).to_have_url(re.compile("site=RCF"))


def test_the_skip_link_leads_past_the_menu(server: Running, page_at: Visitors):
    page = at_sites(server, page_at(people.DESKTOP))
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"


def focused(page: Page) -> str:
    """The words of what has the focus, inside a component as well."""
    return page.evaluate(
        """() => { let at = document.activeElement
            while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
            return (at?.innerText || at?.getAttribute('aria-label') || '').trim() }"""
    )
