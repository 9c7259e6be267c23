"""Winding the whole screen back to an earlier month, and coming back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

THEN = re.compile("^In March 2018 82.1% were seen within four hours. The path asks for 89.1%")


def test_a_year_back_and_again_today(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/?as=executive"))
    settle(page)
    assert "/summary?" in page.url
    now = headline(page).inner_text()
    assert "March 2018" not in now

    press(page, "Today")
    people.choose(page, "Show the campaign as it stood", "March 2018")
    expect(headline(page)).to_have_text(THEN)
    see(page, people.LOOKING_BACK)
    expect(page).to_have_url(re.compile(r"[?&]as_of=2018-03(&|$)"))

    page.reload()
    expect(headline(page)).to_have_text(THEN)
    settle(page)
    press(page, "As of Mar 2018")
    press(page, people.TODAY)
    expect(headline(page)).to_have_text(now)
    expect(page.get_by_text(people.LOOKING_BACK)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("as_of"))


def test_the_date_stays_from_page_to_page(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/summary?as=lead&as_of=2018-03"))
    expect(headline(page)).to_have_text(THEN)
    page.get_by_role("link", name="Sites", exact=True).click()
    expect(people.sites_table(page)).to_be_visible()
    see(page, people.LOOKING_BACK)
    expect(page).to_have_url(re.compile(r"/overview\?.*as_of=2018-03"))


def closed(page: Page) -> None:
    expect(headline(page)).to_have_text("Numbers are entered today")
    expect(page.get_by_role("spinbutton")).to_have_count(0)


def test_nothing_can_be_entered_while_looking_back(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    page.goto(server.url("/enter?as=team:RGN&as_of=2018-03"))
    settle(page)
    closed(page)
    page.get_by_role("button", name=people.TODAY).first.click()
    expect(headline(page)).to_have_text(people.DUE)
    expect(page.get_by_role("spinbutton")).to_have_count(3)
