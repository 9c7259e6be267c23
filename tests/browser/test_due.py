"""What was typed survives a reload, and two overdue months are saved one after the other."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from measures.demo import ae
from measures.store.opening import ensure, open_store
from tests import small
from tests.browser import people
from tests.browser.conftest import Visitors
from tests.browser.people import field, headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

CALLS, TRAINED = "Calls", "Everybody is trained"
NEXT, AFRESH = "Save and next", "Start afresh"
DRAFT = re.compile(r"^Your draft from \d\d:\d\d was kept\.$")
WARD = f"/enter?campaign={small.ID}&as=team:"


@pytest.fixture
def ward(server: Running) -> None:
    """The small campaign beside the demo: Ward One owes a month and a week, Ward Two two months."""
    with closing(ensure(server.database, ae.seed)) as store:  # there, but for the first journey of a run
        if small.ID not in {row.id for row in store.campaigns()}:
            small.seed(store, leave_out=1)
            small.seed(store, site="w2", months=3)


def at_ward(server: Running, page: Page, site: str) -> Page:
    page.goto(server.url(WARD + site))
    expect(headline(page)).to_have_text(re.compile("2024 is "))
    settle(page)
    return page


def too_small(page: Page) -> list[str]:
    """What a thumb is to hit on the form and is lower than 44 px."""
    return page.evaluate(
        """() => [...document.querySelectorAll(`.st-key-enter [data-testid=stButton] button,
            .st-key-enter [data-testid=stButtonGroup] button, .st-key-enter [data-testid=stNumberInputContainer],
            .st-key-enter [role=group]:has([role=combobox]), .st-key-enter [data-testid=stPopover] button`)]
            .filter(box => box.offsetParent && box.getBoundingClientRect().height < 43.5)
            .map(box => `${box.innerText || box.outerHTML.slice(0, 80)} ${box.getBoundingClientRect().height}`)"""
    )


@pytest.mark.usefixtures("ward")
@pytest.mark.parametrize("width", people.BOTH.values(), ids=people.BOTH)
def test_a_draft_survives_a_reload_and_can_be_dropped(server: Running, page_at: Visitors, width: int):
    page = at_ward(server, page_at(width), "w1")
    page.get_by_text("The week of 3 June · due in 6 days").click()
    expect(headline(page)).to_have_text("The week of 3 June 2024 is due")
    settle(page)
    field(page, "Longest wait for triage").click()
    expect(field(page, "Longest wait for triage")).to_have_attribute("inputmode", "decimal")
    field(page, "Longest wait for triage").fill("1.5")
    field(page, "Longest wait for triage").press("Tab")
    people.choose(page, "Unit", "hours")
    see(page, "Saved as 90 minutes")
    assert not people.sideways(page)
    assert width != people.PHONE or not too_small(page)

    page.reload()
    expect(headline(page)).to_have_text("May 2024 is still to come in")
    settle(page)
    page.get_by_text("The week of 3 June · due in 6 days").click()
    see(page, DRAFT)
    settle(page)
    expect(field(page, "Longest wait for triage")).to_have_value("1.5")
    see(page, "Saved as 90 minutes")
    press(page, AFRESH)
    expect(page.get_by_text(DRAFT)).to_have_count(0)
    expect(field(page, "Longest wait for triage").first).to_have_value("")


@pytest.mark.usefixtures("ward")
def test_two_overdue_months_are_saved_one_after_the_other(server: Running, page_at: Visitors):
    page = at_ward(server, page_at(people.PHONE), "w2")
    for month, calls in (("April", 20), ("May", 21)):
        expect(headline(page)).to_have_text(f"{month} 2024 is still to come in")
        settle(page)
        field(page, CALLS).last.tap()
        expect(field(page, CALLS).last).to_have_attribute("inputmode", "numeric")
        field(page, CALLS).last.fill(str(calls))
        field(page, CALLS).last.press("Tab")
        page.get_by_text("Not yet", exact=True).last.click()
        settle(page)
        if month == "May":  # the last of them: its chart instead of the next form
            break
        press(page, NEXT)
        see(page, re.compile(rf"^{month} is in\. {calls}\. "))
        assert page.locator("[data-testid=stMain]").evaluate("box => box.scrollTop") == 0
    press(page, "Save May")
    expect(headline(page)).to_have_text("May is in. Thank you.")
    see(page, re.compile(r"^21\. May "))
    with closing(open_store(server.database)) as store:
        rows = store.observations(small.ID)
    mine = rows[((rows["site"] == "w2") & (rows["measure"] == "calls")).to_numpy()]
    assert mine["value"].tolist() == [31, 32, 33, 20, 21]
