"""What came later and what did not come: as the board saw it, counted differently, too small to show, not reported."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from measures.words import completeness, corrections, definitions
from measures.words import exports as taken_out
from tests.browser import accessibility, people
from tests.browser import wards as small
from tests.browser.conftest import Visitors
from tests.browser.people import headline, main, press, see, settle
from tests.browser.wards import wards  # noqa: F401 a fixture
from tests.server.running import Running

pytestmark = pytest.mark.browser
at_both_widths = pytest.mark.parametrize("width", people.BOTH.values(), ids=people.BOTH)


def visit(wards: Running, page: Page, path: str, who: str, **view: str) -> Page:  # noqa: F811
    more = "".join(f"&{name}={value}" for name, value in view.items())
    page.goto(wards.url(f"/{path}?campaign={small.ID}&as={who}{more}"))
    expect(headline(page)).to_be_visible()
    settle(page)
    return page


def spoken(page: Page, words: str) -> Locator:
    """A chart's points whose words begin so."""
    return page.locator(f'[data-testid=stVegaLiteChart] path[aria-label^="{words}"]')


@at_both_widths
def test_june_as_the_board_saw_it_and_as_it_was_corrected(wards: Running, page_at: Visitors, width: int):  # noqa: F811
    page = visit(wards, page_at(width), "site", "lead", site="ash", as_of="2024-06")
    see(page, re.compile("70.0% in June 2024"))
    press(page, "As of Jun 2024")
    page.get_by_role("dialog").get_by_text("What had been reported by 15 July 2024").click()
    see(page, "You see what had been reported by 15 July 2024. Since then one number has been corrected.")
    see(page, re.compile("79.5% in June 2024"))
    expect(page).to_have_url(re.compile("as_of=2024-06.*known=then|known=then.*as_of=2024-06"))
    settle(page)
    assert not people.sideways(page)

    page.reload()
    see(page, re.compile("79.5% in June 2024"))
    settle(page)
    press(page, "As of Jun 2024")
    page.get_by_role("dialog").get_by_text(corrections.WITH_CORRECTIONS, exact=True).click()
    see(page, re.compile("70.0% in June 2024"))
    page.keyboard.press("Escape")
    settle(page)
    main(page).get_by_text(corrections.HISTORY).click()
    see(page, re.compile(r"159 of 200 → 140 of 200\. Why: Two bays were counted twice"))


@at_both_widths
def test_a_changed_definition_breaks_the_chart_until_it_is_taken_back(
    wards: Running,  # noqa: F811
    page_at: Visitors,
    width: int,
):
    page = visit(wards, page_at(width), "data", "lead")
    main(page).locator("summary").filter(has_text=definitions.CHANGE).click()
    settle(page)
    people.choose(page, definitions.FROM, "April 2024")
    page.get_by_label(definitions.TEXT).fill("Only patients who stay overnight")
    page.get_by_label(definitions.WHY, exact=True).fill("The guidance changed in April")
    press(page, definitions.SAVE)
    see(page, "The charts of Screened within a day break in April 2024 and have new limits from there.")
    settle(page)
    assert not people.sideways(page)

    visit(wards, page, "site", "team:ash", site="ash")
    see(page, re.compile("Counted differently from April 2024: Only patients who stay overnight. Why: The guidance"))
    expect(people.chart_words(page, "Counted")).to_be_visible()
    assert not accessibility.violations(page)

    visit(wards, page, "data", "lead")
    main(page).locator("summary").filter(has_text=definitions.CHANGE).click()
    settle(page)
    press(page, definitions.TAKE_BACK)
    page.get_by_label(definitions.WHY_BACK).fill("It was meant for another campaign")
    page.get_by_role("dialog").get_by_role("button", name=definitions.TAKE_BACK, exact=True).click()
    see(page, "The charts of Screened within a day no longer break in April 2024.")
    visit(wards, page, "site", "team:ash", site="ash")
    expect(people.chart_words(page, "Counted")).to_have_count(0)


@at_both_widths
def test_small_numbers_are_for_the_wards_own_team(wards: Running, page_at: Visitors, width: int):  # noqa: F811
    page = page_at(width)
    visit(wards, page, "site", "team:dale", site="dale", measure="falls")
    see(page, re.compile("3 in July 2024"))
    expect(spoken(page, "Jul 2024: 3").first).to_be_attached()
    visit(wards, page, "site", "lead", site="dale", measure="falls")
    expect(spoken(page, "Jul 2024: 3")).to_have_count(0)
    people.open_table(page)
    for column, said in enumerate(("July 2024", f"fewer than {small.BELOW}")):
        expect(people.cell(page, 0, column)).to_have_text(said)
    expect(page.get_by_text(re.compile(r"\b3 in July"))).to_have_count(0)
    assert not people.sideways(page)

    visit(wards, page, "data", "lead")
    with page.expect_download() as coming:
        page.get_by_role("button", name=taken_out.KINDS["csv"], exact=True).click()
    lines = coming.value.path().read_text(encoding="utf-8-sig").splitlines()
    (held_back,) = [line for line in lines if "Dale" in line and "2024-07" in line and "Falls" in line]
    assert f"fewer than {small.BELOW}" in held_back
    assert ",3," not in held_back
    assert any("Ash" in line and "2024-07" in line and ",18," in line for line in lines)


@at_both_widths
def test_who_was_late_who_is_missing_and_a_reminder_to_copy(wards: Running, page_at: Visitors, width: int):  # noqa: F811
    page = visit(wards, page_at(width), "data", "lead")
    expect(headline(page)).to_have_text("3 of 4 sites have reported July 2024; one is late")
    see(page, re.compile("^August is due by 15 September; none is in yet"))
    table = page.get_by_role("table", name="Sites and what they have reported")
    for name, *said in (
        ("Ash", "In, on time", "7 months", completeness.COMMITTED),
        ("Birch", "In, late", "12 of 14"),
        ("Cedar", "Not reported", "July 2024 (both numbers), due by 15 August 2024"),
    ):
        for words in said:
            expect(table.get_by_role("row").filter(has_text=name)).to_contain_text(words)
    assert not people.sideways(page)
    for choice, name in (("Late", "Birch"), ("Not reported", "Cedar")):
        page.get_by_role("radio", name=choice, exact=True).click()
        expect(table.get_by_role("link")).to_have_text([name])
        settle(page)

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = main(page).get_by_test_id("stCode")
    code.scroll_into_view_if_needed()
    code.hover()
    code.get_by_role("button").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Cedar\n  July 2024" in copied
    assert "Ash" not in copied.partition("August")[0]

    visit(wards, page, "site", "team:ash", site="ash")
    see(page, re.compile(f"{completeness.COMMITTED}: seven months in a row"))
