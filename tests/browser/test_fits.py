"""Every page fits a phone: nothing scrolls sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, settle
from tests.browser.test_axe import visit
from tests.server.running import Running

pytestmark = pytest.mark.browser

PAGES = (
    "/summary?as=executive",
    "/summary?as=executive&as_of=2018-03",
    "/overview?as=lead",
    "/overview?as=lead&view=funnel",
    "/overview?as=lead&view=funnel&months=1&as_of=2019-02&measure=admitted",
    "/site?as=lead&site=R0A",
    "/setup?as=lead",
    "/setup?as=lead&rule=all&on=2018-09",
    "/data?as=lead",
    "/data?as=lead&as_of=2018-03&of=admitted",
    "/site?as=lead&site=RJF",
    "/site?as=lead&site=RJ1&kind=pp&rules=nelson",
    "/site?as=team:RA7&site=RA7",
    "/enter?as=team:RA7",
    "/enter?as=team:RA7&how=months",
    "/enter?as=lead",
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(server: Running, page_at: Visitors, dark: bool):
    page = page_at(people.PHONE, dark=dark)
    wide, role = {}, ""
    for address in PAGES[:3] if dark else PAGES:  # colours make nothing wider
        role = visit(server, page, address, role)
        wide[address] = people.sideways(page)
    assert not {address: found for address, found in wide.items() if found}
    background = page.locator("[data-testid=stApp]").evaluate("box => getComputedStyle(box).backgroundColor")
    assert background == ("rgb(15, 23, 34)" if dark else "rgb(255, 255, 255)")


def test_nothing_scrolls_sideways_while_a_month_is_typed_and_saved(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    page.goto(server.url("/enter?as=team:RA7"))
    settle(page)
    people.type_month(page, 12000, 10000, 3200)
    people.see(page, "83.3%")
    settle(page)
    assert not people.sideways(page)
    people.press(page, people.SAVE)
    expect(headline(page)).to_have_text(people.THANKS)
    settle(page)
    assert not people.sideways(page)
