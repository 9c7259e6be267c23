"""Units: the list that a form offers, and turning a figure from one unit into another, or saying why it cannot be.

pint knows which units measure the same thing, and how much larger one is, from the definitions below and no file of
its own. What a person types is looked up in ``UNITS`` and never read as an expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from math import gcd

import numpy as np
import pint

DIGITS = 50
"""To how many digits a Decimal is given that would never end, such as 20 minutes in hours."""

_LONGEST = 60
_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)

# Every base is the smallest of its kind, so that all others are whole numbers of it.
_DEFINITIONS = """
minute = [time]; hour = 60 * minute; day = 24 * hour; week = 7 * day
month = [calendar_time]; year = 12 * month
pound = [money]; thousand_pounds = 1000 * pound; million_pounds = 1000000 * pound
percent = [share]; whole_share = 100 * percent
percentage_point = [difference_of_shares]
person = [people]; patient = [patients]; site = [sites]; attendance = [attendances]; admission = [admissions]
event = [events]; fall = [falls]; bed_day = [bed_days]
hundred = 100; thousand = 1000; hundred_thousand = 100000
"""


class Dimension(StrEnum):
    """What a unit measures. Counts of different things, and rates by different bases, are told apart by pint."""

    COUNT = "count"
    TIME = "time"
    CALENDAR_TIME = "calendar time"
    MONEY = "money"
    SHARE = "share"
    DIFFERENCE = "difference"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a form offers.

    ``id``: as it is stored; ``singular``, ``plural``, ``symbol``: as people write it; ``decimals``: how many are
    usually shown; ``numerator`` over ``denominator``: how many of the smallest of its kind it is.
    """

    id: str
    singular: str
    plural: str
    symbol: str
    dimension: Dimension
    decimals: int
    numerator: int
    denominator: int

    @property
    def pint(self) -> pint.Unit:
        """pint's unit."""
        return _PINT[self.id]

    @property
    def figures(self) -> str:
        """What figures in it are called in a sentence."""
        if self.dimension == Dimension.RATE:
            return f"figures {self.plural}"
        return "percentages" if self.id == "percent" else self.plural


def build() -> pint.UnitRegistry:
    """pint's registry with our definitions alone.

    >>> build().Unit("week").is_compatible_with("day")
    True
    """
    registry = pint.UnitRegistry(None, non_int_type=Decimal)
    for line in re.split(r"[;\n]", _DEFINITIONS.strip()):
        registry.define(line.strip())
    return registry


_PLAIN = (
    # id, singular, plural, symbol, dimension, decimals, pint's name
    ("people", "person", "people", "people", Dimension.COUNT, 0, "person"),
    ("patients", "patient", "patients", "patients", Dimension.COUNT, 0, "patient"),
    ("sites", "site", "sites", "sites", Dimension.COUNT, 0, "site"),
    ("attendances", "attendance", "attendances", "attendances", Dimension.COUNT, 0, "attendance"),
    ("admissions", "admission", "admissions", "admissions", Dimension.COUNT, 0, "admission"),
    ("events", "event", "events", "events", Dimension.COUNT, 0, "event"),
    ("falls", "fall", "falls", "falls", Dimension.COUNT, 0, "fall"),
    ("bed-days", "bed day", "bed days", "bed days", Dimension.COUNT, 0, "bed_day"),
    ("minutes", "minute", "minutes", "min", Dimension.TIME, 0, "minute"),
    ("hours", "hour", "hours", "h", Dimension.TIME, 1, "hour"),
    ("days", "day", "days", "days", Dimension.TIME, 1, "day"),
    ("weeks", "week", "weeks", "weeks", Dimension.TIME, 1, "week"),
    ("months", "month", "months", "months", Dimension.CALENDAR_TIME, 1, "month"),
    ("years", "year", "years", "years", Dimension.CALENDAR_TIME, 1, "year"),
    ("pounds", "pound", "pounds", "£", Dimension.MONEY, 0, "pound"),
    ("thousand-pounds", "thousand pounds", "thousand pounds", "£k", Dimension.MONEY, 1, "thousand_pounds"),
    ("million-pounds", "million pounds", "million pounds", "£m", Dimension.MONEY, 2, "million_pounds"),
    ("percent", "per cent", "per cent", "%", Dimension.SHARE, 1, "percent"),
    ("share", "share of one", "shares of one", "share", Dimension.SHARE, 3, "whole_share"),
    ("percentage-points", "percentage point", "percentage points", "pp", Dimension.DIFFERENCE, 1, "percentage_point"),
)

_RATES = (
    # what a rate is per, and pint's name of it
    ("bed day", "bed days", "bed_day"),
    ("attendance", "attendances", "attendance"),
    ("admission", "admissions", "admission"),
    ("patient", "patients", "patient"),
    ("person", "people", "person"),
)

_BASES = ((1, None, 4), (100, "hundred", 2), (1000, "thousand", 2), (100_000, "hundred_thousand", 1))


def _units() -> tuple[dict[str, Unit], dict[str, pint.Unit]]:
    registry = build()
    rows = [(*row[:-1], registry.Unit(row[-1])) for row in _PLAIN]
    for one, many, name in _RATES:
        for base, number, decimals in _BASES:
            per = registry.Unit(name) if number is None else registry.Unit(number) * registry.Unit(name)
            label = f"per {one}" if number is None else f"per {base:,} {many}"
            row = label.replace(",", "").replace(" ", "-")
            rows.append((row, label, label, label, Dimension.RATE, decimals, per**-1))
    units = {}
    for row in rows:
        factor = Decimal(registry.get_root_units(row[-1])[0])
        units[row[0]] = Unit(*row[:-1], *factor.as_integer_ratio())
    return units, {row[0]: row[-1] for row in rows}


UNITS, _PINT = _units()
"""Every unit by its id, in the order in which a picker shows them; and pint's."""


def _key(text: str) -> str:
    return " ".join(re.sub(r"[-_]", " ", text.replace(",", "").casefold()).split())


_NAMES: dict[str, str] = {
    _key(name): unit.id for unit in UNITS.values() for name in (unit.id, unit.singular, unit.plural, unit.symbol)
} | {"percentages": "percent"}


def find(name: str) -> Unit:
    """The unit of the list with this id, label or symbol; capitals, hyphens and the comma in 1,000 do not matter.

    Raises ValueError for every other text, with the names that come near.

    >>> find("Per 1,000 bed days").id, find("%").id
    ('per-1000-bed-days', 'percent')
    >>> find("9**9**9")
    Traceback (most recent call last):
    ValueError: '9**9**9' is not a unit on the list; choose one from it, such as people, per cent or days.
    """
    text = name if isinstance(name, str) else str(type(name).__name__)
    key = _key(text) if isinstance(name, str) and len(text) <= _LONGEST else ""
    if key in _NAMES:
        return UNITS[_NAMES[key]]
    near = [UNITS[_NAMES[one]].plural for one in get_close_matches(key, _NAMES, n=3, cutoff=0.75)]
    offer = list(dict.fromkeys(near)) or ["people", "per cent", "days"]
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    listed = offer[0] if len(offer) == 1 else f"{', '.join(offer[:-1])} or {offer[-1]}"
    raise ValueError(f"{shown!r} is not a unit on the list; choose one from it, such as {listed}.")


def compatible(unit: str | Unit) -> list[Unit]:
    """The units into which figures in ``unit`` can be turned, itself among them, in the list's order.

    >>> [one.id for one in compatible("weeks")]
    ['minutes', 'hours', 'days', 'weeks']
    """
    mine = _unit(unit)
    return [one for one in UNITS.values() if one.pint.is_compatible_with(mine.pint)]


def convert(value: object, from_: str | Unit, to: str | Unit) -> object:
    """A figure, or an array of them, turned from one unit into another.

    A Decimal gives a Decimal, exactly where it ends, else to ``DIGITS`` digits; an int an int where the factor is
    whole, else a float; a float, and an array of floats, floats. Figures that are missing (None, NaN) stay so.

    Raises ValueError, with the reason, where the two units do not measure the same.

    >>> convert(Decimal("2.5"), "per 1000 bed days", "per bed day"), convert(2, "weeks", "days")
    (Decimal('0.0025'), 14)
    >>> convert(3, "weeks", "pounds")
    Traceback (most recent call last):
    ValueError: Weeks measure time and pounds measure money: one cannot be turned into the other.
    """
    one, other = _unit(from_), _unit(to)
    if not one.pint.is_compatible_with(other.pint):
        raise ValueError(_reason(one, other))
    top, bottom = one.numerator * other.denominator, one.denominator * other.numerator
    common = gcd(top, bottom)
    top, bottom = top // common, bottom // common
    if isinstance(value, np.ndarray):
        return _array(value, top, bottom)
    return _one(value, top, bottom)


def aim_in(measure_unit: str | Unit, value: Decimal | int | float | str, unit: str | Unit) -> Decimal:
    """An aim typed in ``unit``, in the unit of its measure.

    ``value``: as typed; a float stands for its shortest decimal form.

    Raises ValueError, with the reason, for what is no finite number, and where the units do not measure the same.

    >>> aim_in("per bed day", "4.5", "per 1,000 bed days")
    Decimal('0.0045')
    """
    text = str(value).strip()
    try:
        # Decimal would also read 1_000 and the digits of other scripts.
        number = Decimal(text) if text.isascii() and "_" not in text and len(text) <= 400 else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number.adjusted()) > 400:
        raise ValueError(f"The aim {text if len(text) <= 40 else text[:40] + '…'!r} is not a finite number.")
    return convert(number, unit, measure_unit)  # type: ignore[return-value]


def _unit(unit: str | Unit) -> Unit:
    return find(unit.id if isinstance(unit, Unit) else unit)


def _one(value: object, top: int, bottom: int) -> object:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return _decimal(value, top, bottom)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value) * top if bottom == 1 else int(value) * top / bottom
    if isinstance(value, float | np.floating):
        return float(value) * top / bottom
    raise ValueError(f"{value!r} is not a number.")


def _decimal(value: Decimal, top: int, bottom: int) -> Decimal:
    if not value.is_finite():
        return value
    product = _EXACT.multiply(value, Decimal(top))
    # Enough for what ends: a divisor of 2s and 5s adds at most as many digits as it has bits.
    enough = max(DIGITS, len(product.as_tuple().digits) + bottom.bit_length())
    for digits in (enough, DIGITS):
        quotient = Context(prec=digits, Emin=MIN_EMIN, Emax=MAX_EMAX).divide(product, Decimal(bottom))
        if _EXACT.multiply(quotient, Decimal(bottom)) == product:
            break
    return quotient


def _array(values: np.ndarray, top: int, bottom: int) -> np.ndarray:
    if values.dtype == object:
        out = np.empty(values.shape, object)
        out.reshape(-1)[:] = [_one(value, top, bottom) for value in values.reshape(-1)]
        return out
    if values.dtype.kind in "iu" and bottom == 1:
        if values.size and max(abs(int(values.min())), abs(int(values.max()))) * top >= 2**63:
            raise ValueError("Figures so large cannot be turned into this unit; give them as decimals.")
        return values.astype(np.int64) * top
    if values.dtype.kind not in "iuf":
        raise ValueError("What is turned into another unit must be numbers.")
    return values.astype(np.float64) * top / bottom


def _reason(one: Unit, other: Unit) -> str:
    """Why a figure in one unit has no counterpart in the other."""
    of = {one.dimension: one.figures, other.dimension: other.figures}
    cannot = "one cannot be turned into the other"
    if of.keys() == {Dimension.SHARE, Dimension.DIFFERENCE}:
        level, points = of[Dimension.SHARE], of[Dimension.DIFFERENCE]
        says = f"{level} are levels and {points} differences between two levels: {cannot}"
        says += " without saying what the difference is from."
    elif of.keys() == {Dimension.TIME, Dimension.CALENDAR_TIME}:
        months, days = of[Dimension.CALENDAR_TIME], of[Dimension.TIME]
        says = f"{months} are longer or shorter by the calendar and {days} are not: {cannot}."
    elif of.keys() == {Dimension.COUNT}:
        says = f"{one.figures} and {other.figures} count different things: {cannot}."
    elif of.keys() == {Dimension.RATE}:
        says = f"{one.figures} and {other.figures} are rates by different things: {cannot}."
    else:
        says = f"{one.figures} {_MEASURES[one.dimension]} and {other.figures} {_MEASURES[other.dimension]}: {cannot}."
    return says[0].upper() + says[1:]


_MEASURES = {
    Dimension.COUNT: "are counted",
    Dimension.TIME: "measure time",
    Dimension.CALENDAR_TIME: "measure calendar time",
    Dimension.MONEY: "measure money",
    Dimension.SHARE: "are shares of a whole",
    Dimension.DIFFERENCE: "are differences between shares",
    Dimension.RATE: "are rates",
}
