"""A programme lead compares rules of effort for two regions, opens a merged site and reads what became of its share."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

ASKS = re.compile(
    "^95% in December 2019 asks the 134 sites for about 137,000 more people seen within four hours that month"
)


def table(page: Page, of: str) -> Locator:
    return page.get_by_role("table", name=f"What two rules ask of each {of}, A to Z")


def click(page: Page, role: str, choice: str) -> None:
    page.get_by_role(role, name=choice, exact=True).click()


def at_aims(server: Running, page: Page, **view: str) -> Page:
    more = "".join(f"&{name}={value}" for name, value in view.items())
    page.goto(server.url(f"/setup?as=lead{more}"))
    expect(headline(page)).to_have_text(ASKS if "on" not in view else re.compile("^9"))
    settle(page)
    return page


def test_a_lead_compares_rules_for_two_regions_and_reads_what_became_of_a_merged_sites_share(
    server: Running, page_at: Visitors
):
    page = at_aims(server, page_at(people.DESKTOP))
    see(page, re.compile("adds up to 1,649,813 people, exactly the aim"))
    regions = table(page, "region").get_by_role("row")
    expect(regions).to_have_count(8)

    click(page, "radio", "Common floor")
    expect(page).to_have_url(re.compile("rule=floor"))
    see(page, "Same share of the shortfall, beside common floor")
    expect(table(page, "region").get_by_role("columnheader", name="Common floor")).to_be_visible()
    settle(page)

    click(page, "button", "London")
    see(page, re.compile("^18 of 18 shown, out of 134"))
    settle(page)
    click(page, "button", "North West")
    see(page, re.compile("^25 of 39 shown, out of 134"))
    settle(page)
    within = table(page, "site").get_by_role("row").all_inner_texts()[1:]
    assert len(within) == 25
    assert all("London" in row or "North West" in row for row in within)

    page.get_by_label("Find a site").fill("manchester univ")
    page.get_by_label("Find a site").press("Enter")
    see(page, re.compile("^1 of 1 shown, out of 134"))
    settle(page)
    row = table(page, "site").get_by_role("row").nth(1)
    expect(row).to_contain_text("96.3% (+5.9)")
    row.get_by_role("link", name="Manchester University").click()
    expect(headline(page)).to_have_text(re.compile("^Manchester University "))
    expect(page).to_have_url(re.compile(r"/site\?.*site=R0A"))
    settle(page)
    see(page, re.compile("In October 2017 University Hospital of South Manchester and Central Manchester"))
    see(page, re.compile("Their baseline, patients and shares moved here"))
    see(page, re.compile("The shares of the two sites that had joined moved here"))
    see(page, re.compile("Reaching 96.3% in December 2019 takes .* points a month from here"))


def test_the_choice_is_in_the_address_and_comes_back(server: Running, page_at: Visitors):
    page = at_aims(server, page_at(people.DESKTOP), rule="odds", on="2018-09")
    expect(headline(page)).to_have_text(re.compile("^90% in September 2018"))
    see(page, "Same share of the shortfall, beside equal odds")
    click(page, "radio", "95% in Dec 2019")
    expect(headline(page)).to_have_text(ASKS)
    settle(page)
    page.reload()
    expect(headline(page)).to_have_text(ASKS)
    see(page, "Same share of the shortfall, beside equal odds")


@pytest.mark.parametrize("width", [people.DESKTOP, people.PHONE], ids=["desktop", "phone"])
def test_all_six_stand_side_by_side(server: Running, page_at: Visitors, width: int):
    page = at_aims(server, page_at(width), rule="all")
    see(page, "Six ways to share one aim")
    names = ["Same share of the shortfall", "Gap to the benchmark", "Equal points", "Equal relative gain"]
    names += ["Common floor", "Equal odds"]
    for name in names:
        expect(people.main(page).get_by_role("heading", name=name, exact=True)).to_be_visible()
    see(page, re.compile("Agreed and recommended"))
    see(page, re.compile("only because 27 sites that it would ask for more than everything are held at 100%"))
    expect(people.main(page).locator("[data-testid=stVegaLiteChart] svg")).to_have_count(6)
    assert not people.sideways(page)


def test_an_executive_sees_where_the_campaign_is_heading_under_either_assumption(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/summary?as=executive"))
    expect(headline(page)).to_have_text(re.compile("^In March 2019"))
    settle(page)
    see(page, "Chance of 95% in December 2019")
    see(page, re.compile("^If nothing more changes, December 2019 lies between .* nine times in ten"))
    fan = page.locator("[data-testid=stVegaLiteChart] path[aria-label*='9 chances in 10']").first
    expect(fan).to_be_attached()
    before = fan.get_attribute("aria-label")
    click(page, "radio", "If sites keep their recent pace")
    see(page, re.compile("^If sites keep their recent pace, December 2019 lies between"))
    settle(page)
    expect(
        page.locator("[data-testid=stVegaLiteChart] path[aria-label*='9 chances in 10']").first
    ).not_to_have_attribute("aria-label", before)
