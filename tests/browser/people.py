"""What people see and do: the sentences, labels and gestures that the journeys share.

A text that the app may yet change stands here once.
"""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

PHONE, DESKTOP = 390, 1440
HEIGHTS = {PHONE: 844, DESKTOP: 900}
BOTH = {"phone": PHONE, "desktop": DESKTOP}
"""For journeys that are made at either width."""

LEAD, EXECUTIVE, TEAM = "as=lead", "as=executive", "as=team:RJ1"

ATTENDANCES, IN_TIME, ADMITTED = "Attendances in April", "Of these, seen within four hours", "Of these, admitted"
SAVE, DONE, CHANGE, UNDO = "Save April", "Done", "Change it", "Undo"
THANKS = "April is in. Thank you."
DUE = "April 2019 is due"
NOTE = "Anything to remember about April?"
HISTORY = "Who wrote what for April 2019"
TABLE = "See these numbers as a table"
RIGHT = "Yes, these numbers are right"
KEEP_THEIRS, SAVE_MINE = "Keep what is there", "Save mine instead"
SOMEBODY_ELSE = "Somebody else saved this month while you were typing"
UNUSUAL = "would be unusual here"
RIGHT_WAY_ROUND = re.compile("Have the two been swapped")
PREVIEW = re.compile("usually sees")
SWAPPED = "Have the two been swapped?"
LOOKING_BACK = "You are looking back to when March 2018 had been reported."
TODAY = "Back to today"
CLOSED_PAGE = "This page is for somebody else"


def settle(page: Page) -> None:
    """Wait until the script has run and everything it sent is drawn and at its place: what opens, opens slowly."""
    page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=\"true\"],[data-testid=stSkeleton],[data-testid=stAppSkeleton]')"
        " && document.getAnimations().every(moves => moves.playState !== 'running'"
        " || moves.effect.getComputedTiming().endTime === Infinity)"
    )


_GO = """async address => {
    const app = document.querySelector('[data-testid=stApp]')
    const ran = new Promise(done => new MutationObserver((_, watch) => {
        if (app.dataset.testScriptState === 'running') { watch.disconnect(); done(true) }
    }).observe(app, {attributes: true, attributeFilter: ['data-test-script-state']}))
    history.pushState({}, '', address)
    dispatchEvent(new PopStateEvent('popstate'))
    return Promise.race([ran, new Promise(done => setTimeout(() => done(false), 2000))])
}"""


def go(page: Page, url: str) -> None:
    """Go to an address of the role that is looking, as Back and Forward do: nothing is loaded anew but the page."""
    settle(page)
    if not page.evaluate(_GO, url):  # no run was seen
        page.goto(url)
    expect(headline(page)).to_be_visible()
    settle(page)


def main(page: Page) -> Locator:
    """The page itself, without the menu above it."""
    return page.locator("[data-testid=stMain]")


def headline(page: Page) -> Locator:
    """The sentence at the top."""
    return main(page).get_by_role("heading", level=1).first


def see(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait until a text is in view somewhere on the page."""
    expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


def field(page: Page, label: str) -> Locator:
    """The number input with a label, found as a screen reader would."""
    return page.get_by_label(label)


def type_month(page: Page, attendances: int, in_time: int, admitted: int) -> None:
    """Type April's three numbers, one after another, as fast as the keyboard allows."""
    for label, number in ((ATTENDANCES, attendances), (IN_TIME, in_time), (ADMITTED, admitted)):
        field(page, label).fill(str(number))
        field(page, label).press("Tab")


def press(page: Page, button: str) -> None:
    """Press the button of this name and wait for what comes of it: in a run the old and the new stand together."""
    page.get_by_role("button", name=button, exact=True).click()
    with suppress(PlaywrightTimeout):  # a popover opens without a run
        page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for(timeout=400)
    settle(page)


def save_month(page: Page, attendances: int, in_time: int, admitted: int) -> None:
    """Type April and save it."""
    type_month(page, attendances, in_time, admitted)
    press(page, SAVE)
    expect(headline(page)).to_have_text(THANKS)


def history(page: Page) -> Locator:
    """The list of who wrote what, opened."""
    page.get_by_text(HISTORY).click()
    lines = page.locator("[data-testid=stExpanderDetails]").get_by_role("definition")
    expect(lines.first).to_be_visible()
    return lines


def choose(page: Page, label: str, option: str) -> None:
    """Pick an option of a drop-down list by typing its name."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def point(page: Page, words: str) -> Locator:
    """A chart's point, by the beginning of what it says to those who cannot see it."""
    return page.locator(f'[data-testid=stVegaLiteChart] path[aria-label^="{words}"]').first


def chart_words(page: Page, words: str) -> Locator:
    """Words drawn on a chart: it holds them twice, for wide screens and for narrow ones, and shows one."""
    shown = page.locator("[data-testid=stVegaLiteChart] svg text:not([opacity='0'])")
    return shown.filter(has_text=words).filter(visible=True).first


def open_table(page: Page) -> None:
    """Open the table of the numbers behind a site's chart."""
    page.get_by_text(TABLE).click()
    cell(page, 0, 0).wait_for(state="attached")


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of that table, as it is read aloud; the drawing itself is a canvas."""
    return page.locator(f"[data-testid=stDataFrame] [data-testid=glide-cell-{column}-{row}]")


def sites_table(page: Page) -> Locator:
    """The list of sites."""
    return page.get_by_role("table", name="Sites, A to Z")


def names(page: Page) -> list[str]:
    """The names of the sites that are listed, in their order."""
    return sites_table(page).get_by_role("link").all_inner_texts()


def sideways(page: Page) -> list[str]:
    """What is wider than the screen: the document or the page within it."""
    return page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
            .filter(box => box.scrollWidth > innerWidth || box.scrollWidth > box.clientWidth)
            .map(box => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`)"""
    )
