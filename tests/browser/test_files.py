"""A file in every kind of trouble: what would change is seen first, the good rows are kept, the rest comes back."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from measures.words import uploads as words
from tests.browser import accessibility, people, trouble
from tests.browser.conftest import Visitors
from tests.browser.people import headline, press, see, settle
from tests.server.running import Running

pytestmark = pytest.mark.browser

KEEP = f"Keep the {trouble.GOOD} good rows"


def at_files(server: Running, page: Page, site: str) -> Page:
    page.goto(server.url(f"/enter?as=team:{site}"))
    expect(headline(page)).to_have_text(people.DUE)
    settle(page)
    page.get_by_role("radio", name=words.A_FILE).click()
    expect(headline(page)).to_have_text(words.HEADING)
    settle(page)
    assert "how=file" in page.url
    return page


def bring(page: Page, name: str, data: bytes) -> None:
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )


def looked_over(page: Page) -> None:
    settle(page)
    assert not people.sideways(page)
    assert not accessibility.violations(page)


@pytest.mark.parametrize(
    ("width", "dark"), [(people.PHONE, False), (people.DESKTOP, True)], ids=["phone, light", "desktop, dark"]
)
def test_forty_kinds_of_trouble_and_the_good_rows_kept_and_taken_back(
    server: Running, page_at: Visitors, tmp_path: Path, width: int, dark: bool
):
    page = at_files(server, page_at(width, dark=dark), trouble.SITE)
    looked_over(page)
    bring(page, trouble.NAME, trouble.data())
    expect(headline(page)).to_have_text(f"{trouble.GOOD} of {len(trouble.ROWS)} rows can be kept")
    see(page, re.compile(f"would change.*{trouble.BAD} rows cannot be kept"))
    see(page, re.compile("47 rows, semicolons, Windows-1252. Months like “Apr-18” were read as April 2018"))
    see(page, re.compile("“RJ1” is not one of your sites"))
    looked_over(page)
    with page.expect_download() as coming:
        page.get_by_role("button", name=words.REFUSED_FILE).click()
    back = tmp_path / "refused.csv"
    coming.value.save_as(back)
    rows = list(csv.reader(io.StringIO(back.read_text(encoding="utf-8-sig"))))
    reasons = [row[-1] for row in rows[-trouble.BAD :]]
    assert rows[-trouble.BAD - 1][-1].casefold() == "reason"
    assert all(row.refused in said for row, said in zip([r for r in trouble.ROWS if r.refused], reasons, strict=True))

    page.get_by_role("radio", name=re.compile("^Changed ")).click()
    see(page, re.compile("15,001 of 17,501"))
    press(page, KEEP)
    expect(headline(page)).to_have_text(f"{trouble.GOOD} rows of {trouble.NAME} are in. Thank you.")
    press(page, words.UNDO)
    see(page, re.compile("^This puts every number that"))
    looked_over(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    press(page, words.UNDO_WHOLE)
    expect(headline(page)).to_have_text(f"{trouble.NAME} has been taken back")
    see(page, re.compile("taken back$"))


@pytest.mark.parametrize(("width", "site"), [(people.PHONE, "RQW"), (people.DESKTOP, "RQ8")], ids=people.BOTH)
def test_two_people_and_one_cell_of_a_file(server: Running, page_at: Visitors, width: int, site: str):
    first, second = page_at(people.PHONE + people.DESKTOP - width), page_at(width)
    at_files(server, second, site)
    for turn in range(2):  # what cannot be read takes no room from what comes after it
        bring(second, f"scan{turn}.pdf", b"%PDF-1.7")
        see(second, re.compile(f"scan{turn}.pdf is a PDF, which cannot be read"))
        settle(second)
    bring(second, "april.csv", b"month,measure,value\nApr 2019,Attendances,9100\nMar 2019,Attendances,9000\n")
    expect(headline(second)).to_have_text("Both rows can be kept")
    first.goto(server.url(f"/enter?as=team:{site}"))
    settle(first)
    people.save_month(first, 9200, 8000, 2500)
    press(second, "Save 2 rows")
    see(second, re.compile("^Somebody else saved some of these numbers"))
    see(second, re.compile(r"Attendances, April 2019: .+ team saved 9,200 at \d\d:\d\d UTC on "))
    looked_over(second)
    press(second, words.LOOK_AGAIN)
    see(second, re.compile("^2 entries would change"))
    press(second, "Save 2 rows")
    expect(headline(second)).to_have_text("2 rows of april.csv are in. Thank you.")
