"""A team logs a test of change, on a phone or at a desk, sees it on the chart, and later says what it learned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import accessibility, people
from tests.browser.conftest import Visitors
from tests.browser.people import main, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

TYPED = "A second **triage** nurse <img src=x onerror=alert(1)>"


def unfold(page: Page, label: str) -> None:
    """Open an expander that is shut."""
    main(page).locator("summary").filter(has_text=label).first.click()
    settle(page)


def pin(page: Page):
    """The test's pin on the chart, by the beginning of what it says."""
    return page.locator('[data-testid=stVegaLiteChart] path[aria-label^="Test of change: 1 "]').first


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RJ6"), (people.DESKTOP, "R1K")], ids=people.BOTH)
def test_a_team_logs_a_test_and_finishes_it(server: Running, page_at: Visitors, width: int, site: str):
    page = page_at(width)
    page.goto(server.url(f"/site?as=team:{site}&site={site}"))
    see(page, "Nothing has been tried here yet")
    settle(page)
    unfold(page, "Write down a test of change")
    page.get_by_label("What are we trying?").fill(TYPED)
    page.get_by_label("What do we expect to happen?").fill("Nine in ten seen within 15 minutes")
    page.get_by_role("radio", name="One shift").click()
    # A slow finger: what was typed is sent while the button is down, and the button must not move away.
    settle(page)
    press(page, "Start this test")
    see(page, re.compile("^Test 1 is written down and marked on the chart"))
    see(page, "Running since today")
    expect(pin(page)).to_be_attached()
    expect(page.locator("img[src=x]")).to_have_count(0)

    unfold(page, "Finish this test")
    page.get_by_label("What did we learn?").fill("It helps until noon; then there are too many")
    press(page, "Finish this test")
    see(page, re.compile("^Choose what you do with it"))
    main(page).get_by_text("Adapt", exact=True).click()
    settle(page)
    assert not people.sideways(page)
    assert not accessibility.violations(page)
    press(page, "Finish this test")
    see(page, re.compile("^Test 1 is finished: adapt"))

    page.reload()
    settle(page)
    expect(main(page).get_by_role("heading", level=3).filter(has_text=TYPED)).to_be_visible()
    see(page, re.compile("^Adapt$"))
    see(page, "It helps until noon; then there are too many")
    expect(pin(page)).to_have_attribute("aria-label", re.compile("10 May 2019: adapt$"))
    unfold(page, "Change it, withdraw it, or see who wrote what")
    expect(main(page).get_by_role("term").filter(has_text=re.compile("team, .* UTC"))).to_have_count(2)
