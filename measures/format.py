"""Numbers, dates and units as people read them. UK English, a real minus sign, no false precision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from measures.model import Form, Measure

MINUS = "\N{MINUS SIGN}"
_MONTHS = ("January February March April May June July August September October November December").split()
_SMALL = "no one two three four five six seven eight nine ten eleven twelve".split()


RULE_WORDS = {
    "trend": "part of a steady rise or fall",
    "two_of_three": "two of three points close to the limit",
    "four_of_five": "four of five points clearly on one side of the average",
    "shift": "part of a run on one side of the average",
    "longest_run": "part of a run on one side of the average, longer than chance explains",
    "mixture": "part of a run of points that keep away from the average",
    "alternating": "part of a run of points that rise and fall by turns",
    "stratification": "part of a run of points unusually close to the average",
}
"""What each rule sees, but for "beyond", whose words depend on the side."""


def reasons(rules: str, above: bool, centre: str = "the average") -> list[str]:
    """Why a point is marked, from the names of the rules that flag it; ``above`` its ``centre`` or below.

    >>> reasons("beyond shift", True)
    ['above the expected range', 'part of a run on one side of the average']
    >>> reasons("longest_run", True, "the median")
    ['part of a run on one side of the median, longer than chance explains']
    """
    names = rules.split()
    first = [f"{'above' if above else 'below'} the expected range"] if "beyond" in names else []
    return first + [RULE_WORDS[name].replace("the average", centre) for name in names if name in RULE_WORDS]


@dataclass(frozen=True, slots=True)
class Trial:
    """A test of change as a chart shows it: its number, its days, its verdict ("" while it runs), and its words.

    ``end`` of a running test is the day that is looked at.
    """

    number: int
    start: date
    end: date
    verdict: str
    title: str
    when: str
    learned: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number worth a line of its own, and what it means."""

    name: str
    value: str
    means: str = ""


def missing(value: object) -> bool:
    """Whether there is no number to show.

    >>> missing(None), missing(float("nan")), missing(0)
    (True, True, False)
    """
    return value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NaT


def number(value: float, decimals: int = 0) -> str:
    """A number with thousands separators.

    >>> number(18147), number(-2.55, 1)
    ('18,147', '−2.5')
    """
    text = f"{abs(value):,.{decimals}f}"
    return (MINUS if value < 0 and float(text.replace(",", "")) else "") + text


def people(n: float) -> str:
    """So many people, no finer than a reader wants.

    >>> people(145213), people(1234567), people(87)
    ('145,000', '1.2 million', '90')
    """
    if n >= 1e6:
        return f"{n / 1e6:.1f} million"
    step = 1000 if n >= 10_000 else 100 if n >= 1000 else 10
    return f"{round(n / step) * step:,}"


def fewer_than(bound: int) -> str:
    """What stands for a count too small to show.

    >>> fewer_than(5)
    'fewer than 5'
    """
    return f"fewer than {bound}"


def percent(value: float, decimals: int = 1) -> str:
    """A share of one as a percentage.

    >>> percent(0.8716), percent(0.9, 0)
    ('87.2%', '90%')
    """
    return f"{number(value * 100, decimals)}%"


def level(value: float) -> str:
    """An aim's level: no decimals where it has none.

    >>> level(0.9), level(0.925)
    ('90%', '92.5%')
    """
    return percent(value, 0 if abs(value * 100 - round(value * 100)) < 1e-6 else 1)


def value(measure: Measure, x: float, decimals: int | None = None) -> str:
    """An observation of a measure in its unit; an en dash where there is none."""
    if missing(x):
        return "\N{EN DASH}"
    if measure.form is Form.PROPORTION:
        return percent(x, 1 if decimals is None else decimals)
    whole = float(x).is_integer()
    text = number(x, (0 if whole or abs(x) >= 1000 else 1) if decimals is None else decimals)
    return f"{text} {measure.unit}" if measure.unit and measure.form is not Form.COUNT else text


def points(x: float, sign: bool = False) -> str:
    """A difference of shares in percentage points.

    >>> points(-0.026, sign=True), points(0.028)
    ('−2.6', '2.8')
    """
    text = number(x * 100, 1)
    return f"+{text}" if sign and x > 0 and not text.startswith("0.0") else text


def month(period: date) -> str:
    """
    >>> month(date(2019, 3, 1))
    'March 2019'
    """
    return f"{_MONTHS[period.month - 1]} {period.year}"


def month_name(period: date) -> str:
    """
    >>> month_name(date(2019, 3, 1))
    'March'
    """
    return _MONTHS[period.month - 1]


def month_short(period: date) -> str:
    """
    >>> month_short(date(2019, 3, 1))
    'Mar 2019'
    """
    return f"{_MONTHS[period.month - 1][:3]} {period.year}"


def period(when: date, frequency: str = "month") -> str:
    """A period by its first day, as part of a sentence.

    >>> period(date(2019, 3, 1)), period(date(2017, 4, 3), "week"), period(date(2017, 4, 1), "quarter")
    ('March 2019', 'the week of 3 April 2017', 'the quarter from April 2017')
    """
    return f"{period_name(when, frequency)} {when.year}"


def period_name(when: date, frequency: str = "month") -> str:
    """The same without its year.

    >>> period_name(date(2019, 3, 1)), period_name(date(2017, 4, 3), "week")
    ('March', 'the week of 3 April')
    """
    if frequency == "month":
        return month_name(when)
    return f"the quarter from {month_name(when)}" if frequency == "quarter" else f"the {frequency} of {day_short(when)}"


def day(when: date) -> str:
    """
    >>> day(date(2019, 5, 15))
    '15 May 2019'
    """
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def day_short(when: date) -> str:
    """
    >>> day_short(date(2019, 5, 15))
    '15 May'
    """
    return f"{when.day} {_MONTHS[when.month - 1]}"


def count(n: int, noun: str, plural: str | None = None) -> str:
    """
    >>> count(1, "site"), count(22, "site")
    ('1 site', '22 sites')
    """
    return f"{number(n)} {noun if n == 1 else plural or noun + 's'}"


def in_words(n: int) -> str:
    """Small numbers as words.

    >>> in_words(3), in_words(14)
    ('three', '14')
    """
    return _SMALL[n] if 0 <= n < len(_SMALL) else number(n)


def capital(text: str) -> str:
    """The text with its first letter as a sentence begins, the rest as it is.

    >>> capital("the week of 3 April")
    'The week of 3 April'
    """
    return text[:1].upper() + text[1:]


def ordinal(n: int) -> str:
    """
    >>> ordinal(7), ordinal(12), ordinal(22)
    ('seventh', '12th', '22nd')
    """
    words = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
    if 1 <= n <= len(words):
        return words[n - 1]
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def to_date(period: object) -> date:
    """A pandas timestamp, a datetime or an ISO text as a plain date."""
    return pd.Timestamp(period).date()
