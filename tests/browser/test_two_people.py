"""Two people enter the same month: the second to save is told who saved what, and chooses."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import IN_TIME, field, headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser


def both_typed(server: Running, page_at: Visitors, site: str, width: int) -> Page:
    """Two people read the same empty month; the first saves 8,000, the second, at this width, then tries 8,100."""
    first, second = page_at(people.PHONE + people.DESKTOP - width), page_at(width)
    for page in (first, second):
        page.goto(server.url(f"/enter?as=team:{site}"))
        expect(headline(page)).to_have_text(people.DUE)
        settle(page)
    people.type_month(second, 8500, 8100, 2500)
    see(second, "95.3%")
    people.save_month(first, 8500, 8000, 2500)
    press(second, people.SAVE)
    see(second, re.compile(people.SOMEBODY_ELSE))
    see(second, re.compile(r"Seen within four hours: .+ team saved 8,000 of 8,500 at \d\d:\d\d UTC on \d+ "))
    expect(headline(second)).not_to_have_text(people.THANKS)
    return second


def test_the_second_keeps_what_is_there(server: Running, page_at: Visitors):
    page = both_typed(server, page_at, "RFF", people.PHONE)
    press(page, people.KEEP_THEIRS)
    # first: while it runs, the old field and the new one are both there
    expect(field(page, IN_TIME).first).to_have_value("8000")
    lines = people.history(page)
    expect(lines.filter(has_text="Seen within four hours: 8,000 of 8,500")).to_have_count(1)
    expect(lines.filter(has_text="8,100")).to_have_count(0)


def test_the_second_saves_theirs_instead(server: Running, page_at: Visitors):
    page = both_typed(server, page_at, "RTP", people.DESKTOP)
    press(page, people.SAVE_MINE)
    expect(headline(page)).to_have_text(people.THANKS)
    see(page, re.compile("8,100 of 8,500 seen within four hours"))
    lines = people.history(page)
    expect(lines.filter(has_text="Seen within four hours: 8,100 of 8,500, before that 8,000 of 8,500")).to_have_count(1)
    expect(lines.filter(has_text=re.compile(r"Seen within four hours: 8,000 of 8,500$"))).to_have_count(1)
