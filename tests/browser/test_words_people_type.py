"""What a person types is shown as it was typed, wherever it is shown, and does nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import main, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

TYPED = "**bold** [x](http://evil.example) <img src=x onerror=alert(1)> :red[x] $x$"


def harmless(page: Page) -> None:
    """Nothing of what was typed has become a link, a picture, bold, coloured or mathematics."""
    expect(page.locator("a[href*=evil], img[src=x], img[onerror], .katex")).to_have_count(0, timeout=5000)
    expect(main(page).locator("strong, b").filter(has_text="bold")).to_have_count(0)
    expect(main(page).locator("span").filter(has_text=re.compile("^x$"))).to_have_count(0)


def on_the_chart(page: Page) -> None:
    """The note stands on the chart, literally: the chart breaks it into lines and cuts it short."""
    expect(people.chart_words(page, "**bold**")).to_be_visible()


def test_a_note_is_shown_as_it_was_typed(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/enter?as=team:RBZ"))
    settle(page)
    people.save_month(page, 4500, 3800, 1080)
    note = page.get_by_label(people.NOTE)
    note.fill(TYPED)
    note.press("Enter")
    people.see(page, re.compile("^Noted"))
    expect(people.history(page).filter(has_text=TYPED)).to_have_count(1)
    expect(note).to_have_value(TYPED)
    harmless(page)
    for viewer in ("team:RBZ", "lead"):
        page.goto(server.url(f"/site?as={viewer}&site=RBZ"))
        settle(page)
        on_the_chart(page)
        harmless(page)
    assert not [url for url in page_at.asked if "evil" in url or url.endswith("/x")]


def test_an_address_is_shown_as_it_was_typed(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/site?as=lead&site=**bold**%20%5Bx%5D(http://evil.example)%20%3Cimg%20src=x%3E"))
    settle(page)
    people.see(page, re.compile(re.escape("**bold** [x](http://evil.example) <img src=x>")))
    harmless(page)
    page.goto(server.url("/summary?as=lead&campaign=%3Ared%5Bx%5D%20**bold**&as_of=$x$"))
    settle(page)
    people.see(page, re.compile(re.escape(":red[x] **bold**")))
    people.see(page, re.compile(re.escape("“$x$”")))
    harmless(page)
