"""Deciding about a site's chart, and looking at it in another way, as people do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import accessibility, people
from tests.browser.conftest import Visitors
from tests.browser.people import chart_words, headline, main, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

KNOWN, WHY_BACK, WHY_OUT = "What do you know about it?", "Why is it taken back?", "Why does it not count?"
DECISIONS = "Decisions about this chart"
TYPED = "A second **triage** nurse <img src=x onerror=alert(1)> since May"


def open_site(server: Running, page: Page, view: str) -> None:
    page.goto(server.url(f"/site?{view}"))
    expect(headline(page)).to_be_visible()
    settle(page)


def section(page: Page, words: str):
    return main(page).get_by_role("heading", level=2).filter(has_text=words)


def unfold(page: Page, label: str) -> None:
    """Open an expander that is shut."""
    main(page).locator("summary").filter(has_text=label).click()
    settle(page)


def test_a_lead_declines_a_proposal_on_a_phone(server: Running, page_at: Visitors):
    page = page_at(people.PHONE)
    open_site(server, page, "as=lead&site=RKE")
    expect(section(page, "New limits are proposed from July 2017")).to_be_visible()
    see(page, re.compile("months in a row above the old average .* .a trial: fewer than 21 points"))
    unfold(page, "Decide about July 2017")
    see(page, re.compile("^Limits are made anew only when you know what changed"))
    press(page, "Keep the limits as they are")
    see(page, re.compile("Say why in a few words"))
    page.get_by_label(KNOWN).fill("Nobody here knows yet what changed")
    assert not people.sideways(page)
    # A slow finger: what was typed is sent while the button is down, and the button must not move away.
    button = page.get_by_role("button", name="Keep the limits as they are", exact=True)
    button.hover()
    before = button.bounding_box()
    page.mouse.down()
    expect(page.get_by_text(re.compile("Say why in a few words")).filter(visible=True)).to_have_count(0)
    settle(page)
    assert button.bounding_box() == before
    page.mouse.up()
    see(page, re.compile("^The limits stay as they are, and new ones from July 2017 will not be proposed again"))
    expect(section(page, "are proposed")).to_have_count(0)
    page.reload()
    settle(page)
    expect(section(page, "are proposed")).to_have_count(0)
    unfold(page, DECISIONS)
    see(page, re.compile("Limits kept as they are at July 2017: “Nobody here knows yet what changed”"))
    assert not people.sideways(page)


def test_a_lead_accepts_a_proposal_and_takes_it_back(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    open_site(server, page, "as=lead&site=REF")
    unfold(page, "Decide about May 2017")
    page.get_by_label(KNOWN).fill(TYPED)
    press(page, "Start new limits from May 2017")
    see(page, "New limits start from May 2017. Thank you for saying why.")
    expect(chart_words(page, "New limits from May 2017")).to_be_visible()
    expect(section(page, "are proposed from May 2017")).to_have_count(0)
    why = page.locator(f'[data-testid=stVegaLiteChart] [aria-label*="{TYPED[:26]}"]')
    expect(why.first).to_be_attached()

    page.reload()
    settle(page)
    expect(chart_words(page, "New limits from May 2017")).to_be_visible()
    unfold(page, DECISIONS)
    decided = main(page).get_by_role("definition").filter(has_text=f"New limits from May 2017: “{TYPED}”")
    expect(decided).to_have_count(1)
    expect(main(page).get_by_role("term").filter(has_text="Programme lead, ")).to_have_count(1)
    expect(page.locator("img[src=x]")).to_have_count(0)
    assert not accessibility.violations(page)

    press(page, "Take back")
    page.get_by_label(WHY_BACK).fill("She was there for the winter only")
    page.get_by_role("dialog").get_by_role("button", name="Take back", exact=True).click()
    see(page, re.compile("^Taken back: no new limits start from May 2017 any more"))
    expect(chart_words(page, "New limits from May 2017")).to_have_count(0)
    see(page, re.compile("taken back: “She was there for the winter only”"))


def test_a_team_leaves_a_month_out_and_undoes_it(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    open_site(server, page, "as=team:RJ2&site=RJ2")
    unfold(page, "Leave a month out of the limits")
    people.choose(page, "Month", "July 2017")
    page.get_by_label(WHY_OUT).fill("Two days were lost to a new system")
    press(page, "Leave July 2017 out")
    see(page, "July 2017 is left out of the limits now.")
    expect(people.point(page, re.escape("Jul 2017: "))).to_be_attached()
    expect(chart_words(page, "Jul 2017 left out")).to_be_visible()
    press(page, "Undo")
    see(page, "July 2017 counts for the limits again.")
    expect(chart_words(page, "Jul 2017 left out")).to_have_count(0)


@pytest.mark.parametrize("width", [people.DESKTOP, people.PHONE], ids=["desktop", "phone"])
def test_another_kind_of_chart_is_chosen_from_the_popover(server: Running, page_at: Visitors, width: int):
    page = page_at(width)
    open_site(server, page, "as=lead&site=RJ7")
    title = main(page).get_by_role("heading", level=2).first
    agreed = title.inner_text()
    press(page, "Chart")
    dialog = page.get_by_role("dialog")
    see(page, re.compile("^This is only a way of looking: it changes nothing for anybody else"))
    dialog.get_by_text("Run chart", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]kind=run(&|$)"))
    settle(page)
    expect(dialog).to_be_visible()
    dialog.get_by_text("IHI run chart", exact=True).click()
    expect(page).to_have_url(re.compile(r"kind=run&rules=ihi"))
    see(page, re.compile("^Drawn as a run chart with IHI rules. The campaign looks at Individuals"))
    expect(title).to_have_text(re.compile("the median"))
    expect(dialog.get_by_role("radio", name="IHI run chart")).to_be_checked()
    settle(page)
    assert not people.sideways(page)

    page.reload()
    expect(title).to_have_text(re.compile("the median"))
    settle(page)
    press(page, "Chart")
    page.get_by_role("button", name="Back to the campaign's chart").click()
    expect(page).not_to_have_url(re.compile("kind=|rules="))
    expect(title).to_have_text(agreed)
    page.go_back()
    expect(page).to_have_url(re.compile(r"kind=run&rules=ihi"))
    expect(title).to_have_text(re.compile("the median"))
