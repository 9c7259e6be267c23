"""A team enters its month, on a phone or at a desk, and everything it wrote is there after a restart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import ADMITTED, ATTENDANCES, IN_TIME, field, headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

WORDS = "Two new consultants on nights"


def at_enter(server: Running, page: Page, site: str = "RJ1") -> Page:
    page.goto(server.url(f"/?as=team:{site}"))
    expect(headline(page)).to_have_text(people.DUE)
    settle(page)
    return page


def test_a_month_from_the_first_number_to_its_history(server: Running, page_at: Visitors):
    page = at_enter(server, page_at(people.PHONE))
    assert "/enter?" in page.url
    see(page, "due by 15 May, five days left")
    see(page, "March 19,017 · February 17,119")  # the two months before, under the field
    expect(page.get_by_role("button", name=people.SAVE)).to_be_disabled()

    people.type_month(page, 18000, 15500, 3600)
    see(page, "86.1%")
    see(page, re.compile("seen within four hours; 85.4% in March. Within what Guy's and St Thomas' usually sees"))
    expect(headline(page)).to_have_text(people.DUE)  # seen, not saved

    press(page, people.SAVE)
    expect(headline(page)).to_have_text(people.THANKS)
    see(page, re.compile("86.1% seen within four hours. April "))
    see(page, re.compile("15,500 of 18,000 seen within four hours; 3,600 of 18,000 admitted as an emergency."))
    see(page, re.compile("Saved by Guy's and St Thomas' team just now"))
    expect(people.point(page, "Apr 2019: 86.1%; 15,500 of 18,000; expected 80.6% to 94.9%")).to_be_visible()

    note = page.get_by_label(people.NOTE)
    note.fill(WORDS)
    note.press("Enter")
    see(page, re.compile("^Noted"))

    press(page, people.CHANGE)
    settle(page)
    expect(field(page, IN_TIME).first).to_have_value("15500")
    field(page, IN_TIME).fill("15600")
    field(page, IN_TIME).press("Tab")
    see(page, "86.7%")
    press(page, people.SAVE)
    expect(headline(page)).to_have_text(people.THANKS)
    see(page, re.compile("15,600 of 18,000"))
    both_revisions(page)

    server.restart()
    page.goto(server.url("/enter?as=team:RJ1"))
    settle(page)
    both_revisions(page)
    page.goto(server.url("/site?as=team:RJ1"))
    settle(page)
    see(page, re.compile("86.7% in April 2019"))
    expect(people.point(page, "Apr 2019: 86.7%; 15,600 of 18,000")).to_be_visible()
    people.open_table(page)
    for column, said in enumerate(("April 2019", "15,600")):  # the others are beside the screen
        expect(people.cell(page, 0, column)).to_have_text(said)
    expect(people.chart_words(page, WORDS.split()[-1])).to_be_visible()  # on the chart, in lines of its own


def both_revisions(page: Page) -> None:
    lines = people.history(page)
    for said in (
        f"Seen within four hours: 15,600 of 18,000, before that 15,500 of 18,000. “{WORDS}”",
        f"Seen within four hours: 15,500 of 18,000, unchanged. “{WORDS}”",
    ):
        expect(lines.filter(has_text=said)).to_have_count(1)
    who = page.get_by_role("term").filter(has_text="Guy's and St Thomas' team, ")
    assert who.count() == lines.count()


def test_an_unlikely_number_is_asked_about_and_not_refused(server: Running, page_at: Visitors):
    page = at_enter(server, page_at(people.PHONE), "RGT")
    people.type_month(page, 1800, 1550, 360)
    see(page, re.compile(f"Attendances: 1,800 {people.UNUSUAL}"))
    save = page.get_by_role("button", name=people.SAVE)
    expect(save).to_be_disabled()
    page.get_by_text(people.RIGHT).click()
    expect(save).to_be_enabled()
    save.click()
    expect(headline(page)).to_have_text(people.THANKS)
    see(page, re.compile("1,550 of 1,800 seen within four hours"))


def test_more_in_time_than_came_is_said_and_not_saved(server: Running, page_at: Visitors):
    page = at_enter(server, page_at(people.PHONE), "RDD")
    people.type_month(page, 9000, 19000, 1800)
    see(page, re.compile(rf"“{IN_TIME}” \(19,000\) is more than “Attendances” \(9,000\). {re.escape(people.SWAPPED)}"))
    save = page.get_by_role("button", name=people.SAVE)
    if save.is_enabled():
        save.click()
    expect(headline(page)).to_have_text(people.DUE)
    page.goto(server.url("/enter?as=team:RDD"))
    settle(page)
    expect(headline(page)).to_have_text(people.DUE)
    expect(page.get_by_text(people.HISTORY)).to_have_count(0)


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RC1"), (people.DESKTOP, "RJR")], ids=people.BOTH)
def test_what_was_saved_can_be_taken_back(server: Running, page_at: Visitors, width: int, site: str):
    page = at_enter(server, page_at(width), site)
    people.save_month(page, 7000, 6000, 1900)
    press(page, people.UNDO)
    expect(headline(page)).to_have_text(people.DUE)
    # first: while it runs, the old field and the new one are both there
    expect(field(page, ATTENDANCES).first).to_have_value("")
    lines = people.history(page)
    expect(lines.filter(has_text="nothing, before that 6,000 of 7,000 (an undo)")).to_have_count(1)
    page.goto(server.url(f"/site?as=team:{site}"))
    settle(page)
    see(page, re.compile("in March 2019"))
    expect(page.get_by_text("in April 2019")).to_have_count(0)


def test_every_number_can_be_found_by_its_label(server: Running, page_at: Visitors):
    page = at_enter(server, page_at(people.PHONE), "RCF")
    for label in (ATTENDANCES, IN_TIME, ADMITTED):
        expect(page.get_by_role("spinbutton", name=label)).to_be_editable()
