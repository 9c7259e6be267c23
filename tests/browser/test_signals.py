"""A lead on a phone finds the sites where something has changed and lasts, and reads how sure that is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, main, see, settle, sideways
from tests.server.running import Running

pytestmark = pytest.mark.browser


def test_from_the_list_of_signals_to_why_a_site_has_none(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    page.goto(server.url("/overview?as=lead"))
    settle(page)
    page.get_by_role("radio", name="Signals", exact=True).click()
    see(page, re.compile(r"sites of 134 match\. Of these \d+, about \w+ would be here by luck\."))
    settle(page)
    assert sideways(page) == []
    page.get_by_role("link", name="Basildon and Thurrock University Hospitals").click()
    expect(headline(page)).to_have_text(re.compile("has improved since June 2018"))
    settle(page)
    see(page, re.compile("A change as lasting as this is seen in fewer than 1 in "))
    expect(main(page).get_by_role("heading", name="A change that lasts")).to_be_visible()
    assert sideways(page) == []

    main(page).get_by_text("What the chart flags besides, and why it is not a signal").click()
    see(page, re.compile("It went the other way afterwards|It did not last|luck makes"))
