"""A programme lead lays the sites side by side, and finds whom to visit; and reads where new limits are proposed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

A_YEAR = re.compile("^Over the 12 months to March 2019, 4 of 134 sites did better than chance")
A_MONTH = re.compile("^In March 2019, 14 of 134 sites did better than chance")
LIST = re.compile("sites are on their path or ahead")
FOUR = ["Bedfordshire Hospitals", "North Tees and Hartlepool", "Sheffield Children's", "Yeovil District Hospital"]


def marked(page: Page) -> Locator:
    """The list of those that the picture marks."""
    return page.get_by_role("table", name="Sites marked in the picture, A to Z")


def click(page: Page, choice: str) -> None:
    page.get_by_role("radio", name=choice, exact=True).click()


def spoken(page: Page) -> list[str]:
    """What the chart's dots say to those who cannot see them."""
    dots = page.locator("[data-testid=stVegaLiteChart] path[aria-label*='usual range']")
    expect(dots).to_have_count(134)
    return [dot.get_attribute("aria-label") or "" for dot in dots.all()]


def test_a_lead_lays_the_sites_side_by_side_and_visits_one(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/overview?as=lead"))
    expect(headline(page)).to_have_text(LIST)
    settle(page)
    click(page, "Side by side")
    expect(headline(page)).to_have_text(A_YEAR)
    expect(page).to_have_url(re.compile("view=funnel"))
    settle(page)
    assert marked(page).get_by_role("link").all_inner_texts() == FOUR
    said = spoken(page)
    assert sorted({one.split(":")[0] for one in said}) == sorted(["A site", *FOUR])

    click(page, "Latest month")
    expect(headline(page)).to_have_text(A_MONTH)
    expect(page).to_have_url(re.compile("months=1"))
    expect(marked(page).get_by_role("link")).to_have_count(14)
    settle(page)
    page.reload()
    expect(headline(page)).to_have_text(A_MONTH)
    settle(page)

    marked(page).get_by_role("link", name="Barnsley Hospital").click()
    expect(headline(page)).to_have_text(re.compile("^Barnsley Hospital "))
    expect(page).to_have_url(re.compile(r"/site\?.*site=RFF.*measure=within4h"))
    settle(page)
    page.go_back()
    expect(headline(page)).to_have_text(A_MONTH)
    settle(page)
    page.get_by_role("link", name="Site", exact=True).click()
    expect(headline(page)).to_have_text(re.compile("^Barnsley Hospital "))
    settle(page)
    page.get_by_role("link", name="Sites", exact=True).click()
    expect(headline(page)).to_have_text(A_MONTH)


def test_back_undoes_one_choice_after_another(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/overview?campaign=ae&as=lead"))
    expect(headline(page)).to_have_text(LIST)
    settle(page)
    for choice, said in (
        ("Side by side", A_YEAR),
        ("Latest month", A_MONTH),
        ("Admitted as an emergency", "differed by"),
    ):
        click(page, choice)
        expect(headline(page)).to_have_text(re.compile(said))
        settle(page)
    for said in (A_MONTH, A_YEAR, LIST):
        page.go_back()
        expect(headline(page)).to_have_text(said)
        settle(page)
    page.go_forward()
    expect(headline(page)).to_have_text(A_YEAR)


def test_the_choice_keeps_the_focus_of_the_keyboard(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/overview?as=lead"))
    expect(headline(page)).to_have_text(LIST)
    settle(page)
    page.get_by_role("radio", name="List", exact=True).focus()
    page.keyboard.press("ArrowRight")
    if not re.search(A_YEAR, headline(page).inner_text()):
        page.keyboard.press("Enter")
    expect(headline(page)).to_have_text(A_YEAR)
    settle(page)
    assert page.evaluate("document.activeElement.innerText") == "Side by side"


def test_on_a_phone_it_fits_and_every_site_opens(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    page.goto(server.url("/overview?as=lead&view=funnel"))
    expect(headline(page)).to_have_text(A_YEAR)
    settle(page)
    expect(people.chart_words(page, "All sites 86.1%")).to_be_visible()
    expect(people.chart_words(page, "998 in 1,000")).to_be_visible()
    assert not people.sideways(page)
    click(page, "Latest month")
    expect(headline(page)).to_have_text(A_MONTH)
    settle(page)
    assert not people.sideways(page)
    marked(page).get_by_role("link", name="Alder Hey Children's").click()
    expect(headline(page)).to_have_text(re.compile("^Alder Hey Children's "))


@pytest.mark.parametrize("width", [people.DESKTOP, people.PHONE], ids=["desktop", "phone"])
def test_where_new_limits_are_proposed_and_what_was_seen(server: Running, page_at: Visitors, width: int):
    page = page_at(width)
    page.goto(server.url("/overview?as=lead"))
    see(page, re.compile(r"Headway proposes new limits at \d+ sites; a person decides"))
    settle(page)
    click(page, "New limits proposed")
    see(page, re.compile(r"sites of 134 match\. All proposed limits are a trial still"))
    settle(page)
    assert not people.sideways(page)
    names = people.names(page)
    assert names == sorted(names, key=lambda name: name.casefold().removeprefix("the "))
    row = people.sites_table(page).get_by_role("row").filter(has_text="Airedale")
    expect(row).to_contain_text("11 months in a row above the old average of 91.2% from August 2017 on")
    row.get_by_role("link").click()
    expect(headline(page)).to_have_text(re.compile("^Airedale "))
    expect(page).to_have_url(re.compile(r"/site\?.*site=RCF.*measure=within4h"))
