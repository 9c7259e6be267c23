"""The lead's page of data, and a team that puts a number right, says why, and takes it back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import accessibility, people
from tests.browser.conftest import Visitors
from tests.browser.people import headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser


def test_who_has_not_reported_is_found_and_reminded(server: Running, page_at: Visitors):
    page = page_at(people.DESKTOP)
    page.goto(server.url("/data?as=lead"))
    expect(headline(page)).to_have_text("All 134 sites have reported March 2019")
    settle(page)
    people.main(page).get_by_text("Not reported", exact=True).first.click()
    settle(page)
    see(page, re.compile("^3 sites of 134 match"))
    table = page.get_by_role("table", name="Sites and what they have reported")
    expect(table.get_by_role("link")).to_have_text(
        ["East and North Hertfordshire", "The Rotherham", "Sheffield Teaching Hospitals"]
    )
    expect(table).to_contain_text("November 2016 (all three numbers), due by 15 December 2016")
    see(page, re.compile("A part is better than nothing"))
    table.get_by_role("link", name="The Rotherham").click()
    expect(headline(page)).to_have_text(re.compile("^The Rotherham "))


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RAX"), (people.DESKTOP, "RAL")], ids=people.BOTH)
def test_a_number_is_put_right_with_a_reason_and_taken_back(server: Running, page_at: Visitors, width: int, site: str):
    page = page_at(width)
    page.goto(server.url(f"/site?as=team:{site}&site={site}"))
    expect(headline(page)).to_be_visible()
    settle(page)
    page.get_by_text("History and corrections").click()
    settle(page)
    press(page, "Correct it")
    box = people.field(page, "Of these, seen within four hours")
    before = int(box.input_value())
    box.fill(str(before - 10))
    people.field(page, "Why? (optional)").fill("Two wards were counted twice")
    press(page, "Save the correction")
    see(page, "March 2019 is corrected. What stood there is kept.")
    page.keyboard.press("Escape")
    see(page, re.compile(rf"{before:,} of .* → {before - 10:,} of .*\. Why: Two wards were counted twice"))
    settle(page)
    assert not people.sideways(page)
    assert not accessibility.violations(page)
    press(page, "Undo the last change")
    see(page, "March 2019 is back to what it was before that change.")
    see(page, re.compile(rf"{before - 10:,} of .* → {before:,} of .* \(an undo\)"))
