"""Many months at once, on a phone and at a desk: a block is pasted and saved, and two people meet at one cell."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

FEBRUARY, MARCH, APRIL = 21, 22, 23
MONTH, ATTENDANCES, IN_TIME, ADMITTED = range(4)
HEADER, ROW = 37, 35
"""Pixels of the table, whose cells are drawn on a canvas."""


def at_table(server: Running, page: Page, site: str) -> Page:
    page.goto(server.url(f"/enter?as=team:{site}&how=months"))
    people.see(page, "The last 24 months at once")
    settle(page)
    cell(page, 0, 0).wait_for(state="attached")
    return page


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell as it is read aloud."""
    return page.locator(f"[data-testid=stDataFrame] [data-testid=glide-cell-{column}-{row}]")


def choose(page: Page, row: int, column: int) -> None:
    """Click or tap a row's month, and go to the cell from there."""
    box = page.locator("[data-testid=stDataFrame]").first
    down = HEADER + ROW * row + ROW // 2
    page.evaluate(
        "([box, down]) => { const main = document.querySelector('[data-testid=stMain]');"
        " main.scrollBy(0, box.getBoundingClientRect().top + down - innerHeight / 2) }",
        [box.element_handle(), down],
    )
    place = box.bounding_box()
    page.mouse.click(place["x"] + ROW, place["y"] + down)
    expect(cell(page, row, MONTH)).to_have_attribute("aria-selected", "true")
    for _ in range(column):
        page.keyboard.press("ArrowRight")
    expect(cell(page, row, column)).to_have_attribute("aria-selected", "true")


def paste(page: Page, block: str) -> None:
    """Paste a block as a spreadsheet puts it on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("block => navigator.clipboard.writeText(block)", block)
    page.keyboard.press("Control+V")


def write(page: Page, row: int, column: int, text: str) -> None:
    """Type into one cell."""
    choose(page, row, column)
    page.keyboard.press("Enter")
    box = page.locator(".gdg-input").first
    box.fill(text)
    box.press("Enter")
    expect(cell(page, row, column)).to_have_text(text)
    settle(page)


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RR8"), (people.DESKTOP, "RJE")], ids=people.BOTH)
def test_a_block_is_pasted_put_right_and_saved(server: Running, page_at: Visitors, width: int, site: str):
    page = at_table(server, page_at(width), site)
    choose(page, MARCH, ATTENDANCES)
    paste(page, "22,000\t18,000\t5,900\n22100\tn/a\t6,000\n1\t2\t3")  # its last line is below the last month
    see(page, re.compile("“n/a” is not a number"))
    expect(cell(page, APRIL, MONTH)).to_have_text("Apr 2019 !")
    expect(cell(page, MARCH, MONTH)).to_have_text("Mar 2019 •")
    see(page, "Put 1 cell right first")
    expect(page.get_by_role("button", name="Save 5 cells")).to_be_disabled()

    page.set_viewport_size({"width": width, "height": 1300})
    write(page, APRIL, IN_TIME, "18,500")
    see(page, "empty → 18,500")
    press(page, "Save 6 cells")
    see(page, "Saved: 6 cells in two months.")

    page.reload()
    settle(page)
    for column, text in ((MONTH, "Apr 2019"), (ATTENDANCES, "22,100"), (IN_TIME, "18,500"), (ADMITTED, "6,000")):
        expect(cell(page, APRIL, column)).to_have_text(text)
    page.set_viewport_size({"width": width, "height": people.HEIGHTS[width]})
    assert not people.sideways(page)


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RHQ"), (people.DESKTOP, "RXL")], ids=people.BOTH)
def test_two_people_meet_at_one_cell_and_the_second_chooses(server: Running, page_at: Visitors, width: int, site: str):
    first, second = page_at(people.PHONE + people.DESKTOP - width), page_at(width)
    for page in (first, second):
        at_table(server, page, site)
    write(second, MARCH, IN_TIME, "17,200")
    see(second, "Save 1 cell")
    assert not people.sideways(second)
    write(first, MARCH, IN_TIME, "17,100")
    press(first, "Save 1 cell")
    see(first, "Saved: 1 cell in one month.")

    press(second, "Save 1 cell")
    see(second, re.compile("Nothing of yours is saved yet"))
    see(second, re.compile(r"Seen within four hours: .+ team saved 17,100 of .+ at \d\d:\d\d UTC on "))
    expect(second.get_by_role("button", name="Go on")).to_be_disabled()
    second.get_by_role("radio", name="Mine: 17,200").click()
    settle(second)
    press(second, "Go on")
    see(second, "17,100 → 17,200")
    press(second, "Save 1 cell")
    see(second, "Saved: 1 cell in one month.")
    assert not people.sideways(second)
    press(second, "Undo")
    expect(cell(second, MARCH, IN_TIME)).to_have_text("17,100")
