"""axe-core finds nothing serious on any page, for whom it is meant, in light and dark, wide and narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import accessibility, chromium, people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, press, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

PAGES = {
    "/summary?as=executive": "Executive",
    "/overview?as=lead": "Region and order",
    "/overview?as=lead&view=funnel": "Today",
    "/site?as=lead&site=R0A": "Today",
    "/setup?as=lead": "Today",
    "/setup?as=lead&rule=all": "Today",
    "/data?as=lead": "All measures",
    "/site?as=lead&site=RMP": "Chart",
    "/enter?as=team:RD1": "Change an earlier month",
    "/enter?as=team:RD8&how=months": "What is shown",
}
"""Each page as the role it is for, and the popover to open on it."""


ALL = {
    "desktop-light": (people.DESKTOP, False),
    "phone-dark": (people.PHONE, True),
    "desktop-dark": (people.DESKTOP, True),
    "phone-light": (people.PHONE, False),
}
SEEN = dict(list(ALL.items())[:2]) if chromium.on_build_machine() else ALL
"""A build machine has time for each width and each colour scheme once."""


@pytest.mark.parametrize(("width", "dark"), SEEN.values(), ids=SEEN)
def test_nothing_serious_on_any_page(server: Running, page_at: Visitors, width: int, dark: bool):
    page, found, role = page_at(width, dark=dark), {}, ""
    for address, popover in PAGES.items():
        role = visit(server, page, address, role)
        found[address] = accessibility.violations(page)
        if dark != (width == people.PHONE):
            continue  # what opens is looked at once wide and once narrow, once light and once dark
        press(page, popover)
        expect(page.get_by_role("dialog")).to_be_visible()
        found[f"{address}, {popover} open"] = accessibility.violations(page, *accessibility.OPENED)
        if address.startswith("/enter") and "how=" not in address:
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
            found |= typed(page, 7000 + (width == people.PHONE) + 2 * dark)
        if "RMP" in address:
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_be_hidden()
            found |= unfolded(page)
    if width == people.PHONE and dark:
        found |= also(server, page)
    wrong = [f"{place}: {line}" for place, lines in found.items() for line in lines]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def visit(server: Running, page: Page, address: str, role: str) -> str:
    """Go there, and say as whom; a page of the role that is looking already need not be loaded anew."""
    asked = re.search("as=([^&]*)", address)[0]
    if asked == role:
        page.keyboard.press("Escape")  # what was opened on the page before
        expect(page.get_by_role("dialog")).to_be_hidden()
        people.go(page, server.url(address))
        return role
    page.goto(server.url(address))
    expect(headline(page)).to_be_visible()
    settle(page)
    return asked


def typed(page: Page, attendances: int) -> dict[str, list[str]]:
    """Enter with a query, with a result before saving, after saving, and with its history open."""
    found = {}
    people.type_month(page, attendances, attendances + 1, 2500)
    people.see(page, people.RIGHT_WAY_ROUND)
    settle(page)
    found["refused"] = accessibility.violations(page)
    people.type_month(page, attendances, 5500, 2500)
    people.see(page, people.PREVIEW)
    settle(page)
    found["typed"] = accessibility.violations(page)
    press(page, people.SAVE)
    expect(headline(page)).to_have_text(people.THANKS)
    settle(page)
    people.history(page)
    settle(page)
    found["saved"] = accessibility.violations(page)
    press(page, people.UNDO)  # the month is due again, for whoever comes next
    people.see(page, people.DUE)
    return found


def unfolded(page: Page) -> dict[str, list[str]]:
    """A site's page with a proposal to answer, and every form and list beneath its chart open."""
    expect(people.main(page).get_by_role("heading", name="New limits are proposed from June 2017")).to_be_visible()
    for summary in people.main(page).locator("summary").all():
        summary.click()
    press(page, "Keep the limits as they are")
    people.see(page, re.compile("Say why in a few words"))
    return {"proposals, all open": accessibility.violations(page)}


def also(server: Running, page: Page) -> dict[str, list[str]]:
    """What a page says when there is little to say."""
    found = {}
    for address in (
        "/enter?as=lead",
        "/site?as=lead&site=RJF",
        "/site?as=lead&site=RJ1&kind=run&rules=ihi",
        "/summary?as=nonsense&as_of=2018-03",
    ):
        page.goto(server.url(address))
        expect(headline(page)).to_be_visible()
        settle(page)
        found[address] = accessibility.violations(page)
    return found
