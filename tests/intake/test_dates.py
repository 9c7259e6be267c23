"""Dates: read once for each text, decided for the whole column, asked where nothing tells."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.intake import dates
from measures.model import Form
from tests.intake.samples import campaign, cells, checked, measure

days = st.dates(date(1930, 1, 1), date(2068, 12, 31))
FORMS = {
    "{:%Y-%m-%d}": dates.DAY, "{:%d %B %Y}": dates.DAY, "{:%d-%b-%y}": dates.DAY, "{:%d %b %Y}": dates.DAY,
    "{:%A %d %B %Y}": dates.DAY, "{:%B %d, %Y}": dates.DAY, "{:%Y%m%d}": dates.DAY, "{:%Y/%m/%d %H:%M}": dates.DAY,
    "{:%b-%y}": dates.MONTH, "{:%B %Y}": dates.MONTH, "{:%Y-%m}": dates.MONTH, "{:%m/%Y}": dates.MONTH,
    "{:%Y%m}": dates.MONTH, "{:%Y %b}": dates.MONTH, "{:%G-W%V}": dates.WEEK, "week {:%V} {:%G}": dates.WEEK,
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(day=days)
def test_a_date_in_any_form_is_that_date(form, day):
    two_digits = "%y" in form
    if two_digits and not 1970 <= day.year <= 2068:
        return
    text = form.format(day, day)
    found = dates.read([text])
    start = {dates.DAY: day, dates.MONTH: day.replace(day=1), dates.WEEK: day - timedelta(day.weekday())}[FORMS[form]]
    assert (found.first[0].astype(object), found.span[0]) == (start, FORMS[form])


@given(day=st.dates(date(1960, 1, 1), date(2060, 1, 1)))
def test_a_count_of_days_is_the_day_that_a_spreadsheet_shows(day):
    serial = (day - date(1899, 12, 30)).days
    assert dates.read([str(serial)]).first[0].astype(object) == day
    assert dates.read([str(serial - 1462)], epoch="1904").first[0].astype(object) == day


@given(st.lists(days, min_size=1, max_size=8), st.sampled_from(dates.ORDERS))
def test_an_answered_order_holds_for_every_date(some, order):
    form = "{:%d/%m/%Y}" if order == "day-first" else "{:%m/%d/%Y}"
    found = dates.read([form.format(day) for day in some], order)
    assert found.first.astype(object).tolist() == some
    assert not found.either.any()


@given(st.lists(days, min_size=1, max_size=8, unique=True))
def test_dates_that_nothing_decides_are_all_asked_about_or_all_read(some):
    found = dates.read([f"{day:%d/%m/%Y}" for day in some])
    if found.order == "day-first" or (not found.order and not found.either.any()):
        assert found.first.astype(object).tolist() == some
    elif not found.order:
        assert all(day.day <= 12 for day in some if found.either[some.index(day)])
    else:  # every date is the second of its two numbers being 1: the first of a month the other way round
        assert all(day.month == 1 for day in some)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Q1 2018/19", "2018-04-01"), ("Q4 2018/19", "2019-01-01"), ("2018/19 Q2", "2018-07-01"),
        ("2018 Q2", "2018-04-01"), ("Q2 2018", "2018-04-01"), ("2018Q4", "2018-10-01"), ("Quarter 3 2018-2019", "2018-10-01"),
    ],
)  # fmt: skip
def test_quarters_of_calendar_and_financial_years(text, start):
    found = dates.read([text], frequency="quarter")
    assert (str(found.first[0]), found.span[0]) == (start, dates.QUARTER)


@pytest.mark.parametrize("text", "2018-13 31/04/2018 2018-W54 Q5-2018 Q1-2018/20 Apr 18 43".split())
def test_what_is_no_date_is_none(text):
    assert dates.read([text]).span == ("",)


@given(days, st.sampled_from(["week", "month", "quarter"]))
def test_a_day_lies_in_its_period(day, frequency):
    start = dates.floor(np.array([day], "datetime64[D]"), frequency)
    last = dates.last_day(start[0], frequency)
    assert start[0] <= np.datetime64(day) <= last
    assert dates.floor(start, frequency)[0] == start[0]
    assert dates.floor(np.array([last + 1]), frequency)[0] == last + 1


WEEKLY = campaign(measures=(measure("w", Form.COUNT, "Weekly", "People seen", frequency="week"),))
QUARTERLY = campaign(measures=(measure("q", Form.COUNT, "Quarterly", "People seen", frequency="quarter"),))


def test_weeks_are_weeks():
    rows = "site,week,value\nGUY,2018-W14,1\nGUY,11/04/2018,2\nGUY,16/04/2018,3\nGUY,April 2018,4\nGUY,8 April 2019,5\n"
    _, _, found = checked(rows, of=WEEKLY)
    assert found.rows["period"].dt.strftime("%Y-%m-%d").tolist() == ["2018-04-02", "2018-04-09", "2018-04-16"]
    assert dict(zip(found.refused["row"], found.refused["reason"])) == {
        5: "“April 2018” is a month, and this measure is reported by week.",
        6: "The week of 8 April 2019 is not over yet.",
    }


def test_quarters_are_quarters():
    rows = "site,quarter,value\nGUY,Q1 2018/19,1\nGUY,2018 Q3,2\nGUY,2018-11,3\nGUY,Q1 2019/20,5\n"
    _, _, found = checked(rows, of=QUARTERLY)
    assert {cell[2] for cell in cells(found)} == {"2018-04", "2018-07", "2018-10"}
    assert found.refused["reason"].tolist() == ["The quarter from April 2019 is not over yet."]
