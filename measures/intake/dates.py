"""Periods in any of the forms that people write them. Each different text is read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

DAY, MONTH, QUARTER, WEEK = "day", "month", "quarter", "week"
"""How long what a text says lasts."""

ORDERS = ("day-first", "month-first")
FORMS = ("iso", *ORDERS, "month-year", "day-month-year", "year-month", "quarter", "week", "excel-serial")

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_FULL = "january february march april may june july august september october november december".split()
_MONTHS = {name: i for i, name in enumerate(_NAMES, 1)} | {name: i for i, name in enumerate(_FULL, 1)} | {"sept": 9}
_NAME = "(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? +)?"
_YEAR = r"(?P<year>(?:\d{4}|['’]?\d{2}))"
_GAP = r"[\s./,_–-]*"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.ASCII)


_PATTERNS = (
    ("iso", _pattern(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}")),
    ("iso", _pattern(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")),
    ("year-month", _pattern(r"(?P<year>\d{4}) ?[-/.] ?(?P<month>\d{1,2})")),
    ("year-month", _pattern(r"(?P<month>\d{1,2}) ?[-/.] ?(?P<year>\d{4})")),
    ("year-month", _pattern(r"(?P<year>(?:19|20)\d{2})m?(?P<month>\d{2})")),
    ("slashed", _pattern(rf"(?P<a>\d{{1,2}})[-/. ](?P<b>\d{{1,2}})[-/. ](?P<year>\d{{4}}|\d{{2}}){_TIME}")),
    ("month-year", _pattern(rf"{_NAME}{_GAP}{_YEAR}")),
    ("month-year", _pattern(rf"(?P<year>\d{{4}}){_GAP}{_NAME}")),
    ("day-month-year", _pattern(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?{_GAP}{_NAME}{_GAP}{_YEAR}{_TIME}")),
    ("day-month-year", _pattern(
        rf"{_WEEKDAY}{_NAME}{_GAP}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:[\s,/-]+)(?P<year>\d{{4}}){_TIME}")),
    ("quarter", _pattern(rf"q(?:uarter|tr)? ?(?P<quarter>[1-4]){_GAP}(?:fy ?)?(?P<year>\d{{4}})"
                         r"(?P<fin> ?[/–-] ?(?:\d{4}|\d{2}))?")),
    ("quarter", _pattern(r"(?:fy ?)?(?P<year>\d{4})(?P<fin> ?[/–-] ?(?:\d{4}|\d{2}))?"
                         rf"{_GAP}q(?:uarter|tr)? ?(?P<quarter>[1-4])")),
    ("week", _pattern(r"(?P<year>\d{4})[ -]?w(?:eek|k)?[ -]?(?P<week>\d{1,2})(?:-[1-7])?")),
    ("week", _pattern(r"w(?:eek|k)?[ -]?(?P<week>\d{1,2})[\s,/-]+(?P<year>\d{4})")),
    ("excel-serial", _pattern(r"(?P<serial>[2-6]\d{4})(?:\.\d+)?")),
)  # fmt: skip

_EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}


@dataclass(frozen=True, slots=True)
class Dates:
    """What different texts say, one entry for each text.

    ``first`` (n,) datetime64[D]: the first day meant, NaT where there is none; ``span``: how long it lasts, ""
    where there is no date; ``form``: how it is written; ``either``: it could be day first or month first, and the
    column does not tell. ``order``: which of the two was read, "" where it is not known or not needed.
    """

    first: np.ndarray
    span: tuple[str, ...]
    form: tuple[str, ...]
    either: np.ndarray
    order: str

    @property
    def main(self) -> str:
        """The form that most of the texts have, "" where none is a date."""
        forms = [form for form, span in zip(self.form, self.span) if span]
        return max(dict.fromkeys(forms), key=forms.count) if forms else ""


def read(texts: Sequence[str], order: str | None = None, frequency: str = MONTH, epoch: str = "1900") -> Dates:
    """Different texts as dates.

    ``order`` says whether 03/04/2018 is day first or month first; without it the column decides: one date that can
    only be the one decides for all, as do dates that are all the first of a month. ``epoch``: the year from
    which a workbook counts days.

    >>> found = read(["2018-04", "Apr-18", "1 April 2018", "43191", "Q1 2018/19", "01/04/2018", "13/04/2018"])
    >>> {str(day) for day in found.first[:6]}, found.order
    ({'2018-04-01'}, 'day-first')
    >>> read(["03/04/2018"]).either.tolist()
    [True]
    """
    parsed = [_match(text) for text in texts]
    pairs = [(m["a"], m["b"]) for form, m in parsed if form == "slashed"]
    chosen = order if order in ORDERS else _decide(np.array(pairs, np.int64).reshape(-1, 2), frequency)
    first = np.full(len(parsed), np.datetime64("NaT", "D"), "datetime64[D]")
    spans, forms, either = [], [], np.zeros(len(parsed), bool)
    for i, (form, found) in enumerate(parsed):
        span = ""
        if form == "slashed":
            form = chosen or "unclear"
            either[i] = not chosen and found["a"] != found["b"] and max(found["a"], found["b"]) <= 12
            month_first = chosen == "month-first" or (not chosen and found["b"] > 12)
            found = {"year": found["year"], "day": found["a"], "month": found["b"]} if not month_first else {
                "year": found["year"], "day": found["b"], "month": found["a"]}  # fmt: skip
        if form and not either[i]:
            day, span = _date(form, found, epoch)
            if day is None:
                span = ""
            else:
                first[i] = np.datetime64(day, "D")
        spans.append(span)
        forms.append(form)
    return Dates(first, tuple(spans), tuple(forms), either, chosen)


def looks_like_one(text: str) -> bool:
    """Whether a text is a date in some form other than a bare number."""
    form, found = _match(text)
    if not form or text.isdigit() or form == "excel-serial":
        return False
    if form == "slashed":
        return max(found["a"], found["b"]) <= 31 and min(found["a"], found["b"]) in range(1, 13)
    return _date(form, found, "1900")[0] is not None


def _match(text: str) -> tuple[str, dict[str, int]]:
    text = " ".join(text.split())
    if not 4 <= len(text) <= 60:
        return "", {}
    for form, pattern in _PATTERNS:
        if m := pattern.fullmatch(text):
            given = {name: part for name, part in m.groupdict().items() if part is not None}
            if "name" in given:
                given["month"] = str(_MONTHS[given.pop("name").lower()])
            year = given.get("year", "")
            fin = given.pop("fin", "")
            numbers = {name: int(part.strip("'’")) for name, part in given.items()}
            if year and len(year.strip("'’")) == 2:
                numbers["year"] += 2000 if numbers["year"] < 70 else 1900
            if fin:
                numbers["financial"] = int(fin.strip(" /–-"))
            return form, numbers
    return "", {}


def _decide(pairs: np.ndarray, frequency: str) -> str:
    """Whether the first of two numbers is the day, from all of a column's; "" where nothing tells."""
    if not len(pairs):
        return ""
    a, b = pairs.T
    day_first, month_first = bool((a > 12).any()), bool((b > 12).any())
    if day_first != month_first:
        return ORDERS[month_first]
    if day_first or frequency == WEEK or len(pairs) < 3:
        return ""
    # For months, three or more different dates of which all are the first of a month one way, and none the other.
    first_day, first_month = bool((a == 1).all()), bool((b == 1).all())
    return ORDERS[first_month] if first_day != first_month else ""


def _date(form: str, found: dict[str, int], epoch: str) -> tuple[date | None, str]:
    year = found.get("year", 2000)
    try:
        if not 1900 <= year <= 2200:
            return None, ""
        if form == "excel-serial":
            return _EPOCHS[epoch] + timedelta(found["serial"]), DAY
        if form == "week":
            return date.fromisocalendar(year, found["week"], 1), WEEK
        if form == "quarter":
            return _quarter(year, found["quarter"], found.get("financial"))
        return date(year, found["month"], found.get("day", 1)), DAY if "day" in found else MONTH
    except (ValueError, OverflowError):
        return None, ""


def _quarter(year: int, quarter: int, financial: int | None) -> tuple[date | None, str]:
    """A quarter's first day: of the calendar's year, or of a financial year from April where two years are named."""
    if financial is None:
        return date(year, 3 * quarter - 2, 1), QUARTER
    if financial not in (year + 1, (year + 1) % 100):
        return None, ""
    return (date(year, 3 * quarter + 1, 1) if quarter < 4 else date(year + 1, 1, 1)), QUARTER


def floor(days: np.ndarray, frequency: str) -> np.ndarray:
    """The first day of the period that each day lies in; datetime64[D] in and out.

    >>> floor(np.array(["2018-05-17"], "datetime64[D]"), "quarter")
    array(['2018-04-01'], dtype='datetime64[D]')
    """
    if frequency == WEEK:
        return days - ((days.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    months = days.astype("datetime64[M]")
    if frequency == QUARTER:
        months = months - (months.astype(np.int64) % 3).astype("timedelta64[M]")
    return months.astype("datetime64[D]")


def fits(span: str, frequency: str) -> bool:
    """Whether what lasts so long lies in one period.

    >>> fits("day", "month"), fits("quarter", "month"), fits("week", "month")
    (True, False, False)
    """
    order = (DAY, MONTH, QUARTER)
    if WEEK in (span, frequency):
        return span in (DAY, frequency)
    return span in order and order.index(span) <= order.index(frequency)


def last_day(start: np.datetime64, frequency: str) -> np.datetime64:
    """The last day of the period that begins on a day.

    >>> last_day(np.datetime64("2018-04-01"), "month")
    np.datetime64('2018-04-30')
    """
    if frequency == WEEK:
        return start + np.timedelta64(6, "D")
    months = np.timedelta64(3 if frequency == QUARTER else 1, "M")
    return (start.astype("datetime64[M]") + months).astype("datetime64[D]") - np.timedelta64(1, "D")
