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


def test_from_the_list_of_signals_to_how_sure_one_is(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    page.goto(server.url("/overview?as=lead"))
    settle(page)
    page.get_by_role("radio", name="Signals", exact=True).click()
    see(page, re.compile(r"sites of 134 match\. Of these \w+, (about|fewer than) \w+ would be here by luck\."))
    settle(page)
    assert sideways(page) == []
    name = people.names(page)[0]
    page.get_by_role("link", name=name, exact=True).click()
    expect(headline(page)).to_have_text(re.compile(f"^{re.escape(name)} "))
    settle(page)
    see(page, re.compile("A change as lasting as this is seen in .* sites where nothing changed"))
    expect(
        main(page).get_by_role("heading", name=re.compile("^(A change that lasts|Changes that last)$"))
    ).to_be_visible()
    assert sideways(page) == []
