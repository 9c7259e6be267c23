"""Units: what converts does so exactly, what does not says why, and no typed text is ever read as an expression."""

from __future__ import annotations

import builtins
import io
import itertools
import os
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures import units
from measures.aims.exact import scaled
from measures.aims.integers import webster
from measures.units import DIGITS, UNITS, Dimension, aim_in, compatible, convert, find

ids = st.sampled_from(list(UNITS))
pairs = st.sampled_from([(one, other.id) for one in UNITS for other in compatible(one)])
finite = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("value", "unit", "other", "gives"),
    [
        ("4.5", "per-1000-bed-days", "per-bed-day", "0.0045"),
        ("4.5", "per-1000-bed-days", "per-100-bed-days", "0.45"),
        ("0.0045", "per bed day", "per 1,000 bed days", "4.5"),
        ("12.5", "per-100000-people", "per-1000-people", "0.125"),
        ("2", "weeks", "days", "14"),
        ("36", "hours", "days", "1.5"),
        ("4", "hours", "minutes", "240"),
        ("1.5", "years", "months", "18"),
        ("85", "percent", "share", "0.85"),
        ("0.07", "share", "percent", "7"),
        ("1.25", "million-pounds", "pounds", "1250000"),
        ("3", "percentage-points", "percentage points", "3"),
    ],
)
def test_what_measures_the_same_converts_exactly(value, unit, other, gives):
    found = convert(Decimal(value), unit, other)
    assert isinstance(found, Decimal)
    assert found == Decimal(gives)
    assert aim_in(other, value, unit) == Decimal(gives)


@pytest.mark.parametrize(
    ("unit", "other", "says"),
    [
        ("weeks", "pounds", "Weeks measure time and pounds measure money: one cannot be turned into the other."),
        ("percent", "percentage-points", "Percentages are levels and percentage points differences between two levels"),
        ("percentage-points", "share", "Shares of one are levels and percentage points differences between two levels"),
        ("months", "days", "Months are longer or shorter by the calendar and days are not"),
        ("weeks", "years", "Years are longer or shorter by the calendar and weeks are not"),
        (
            "per 1000 bed days",
            "per 1000 attendances",
            "1,000 attendances are rates by different things",
        ),
        ("falls", "events", "Falls and events count different things"),
        ("people", "patients", "People and patients count different things"),
        ("bed days", "days", "Bed days are counted and days measure time"),
        ("percent", "per 100 patients", "Percentages are shares of a whole and figures per 100 patients are rates"),
    ],
)
def test_what_does_not_measure_the_same_is_refused_with_the_reason(unit, other, says):
    for one, two in ((unit, other), (other, unit)):
        with pytest.raises(ValueError, match="cannot be turned into the other") as refusal:
            convert(Decimal(1), one, two)
        assert str(refusal.value).endswith(".")
        with pytest.raises(ValueError, match="cannot be turned into the other"):
            aim_in(two, "1", one)
    with pytest.raises(ValueError, match=says):
        convert(Decimal(1), unit, other)


@given(pairs, finite)
def test_there_and_back_is_where_one_began(pair, value):
    one, other = pair
    back = convert(convert(value, one, other), other, one)
    assert abs(back - value) <= abs(value) * Decimal(10) ** (2 - DIGITS)
    factor = Fraction(UNITS[one].numerator * UNITS[other].denominator, UNITS[one].denominator * UNITS[other].numerator)
    there = Fraction(value) * factor
    if set(_primes(there.denominator)) <= {2, 5}:
        assert Fraction(convert(value, one, other)) == there
        assert back == value
    assert convert(float(value), one, other) == pytest.approx(float(there), rel=1e-15)


def _primes(n: int) -> list[int]:
    return [p for p in (2, 3, 5, 7) if n % p == 0]


@given(pairs, st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5))
def test_arrays_convert_as_their_figures_do(pair, figures):
    one_by_one = [convert(x, *pair) for x in figures]
    assert convert(np.array(figures), *pair).tolist() == one_by_one
    assert convert(np.array(figures, float), *pair).tolist() == [convert(float(x), *pair) for x in figures]
    decimals = np.array([Decimal(x) for x in figures] + [None], object)
    assert convert(decimals, *pair).tolist() == [*[convert(Decimal(x), *pair) for x in figures], None]


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any), st.integers(0, 5000), st.data())
def test_another_unit_changes_nothing_in_who_is_asked_for_what(thousandths, total, data):
    one = data.draw(st.sampled_from(["weeks", "hours", "share", "million-pounds", "years", "bed-days"]))
    other = data.draw(st.sampled_from([unit.id for unit in compatible(one)]))
    weights = [Decimal(x) / 1000 for x in thousandths]
    turned = [convert(w, one, other) for w in weights]
    # Only an ending decimal is the same figure in another unit.
    if all(convert(t, other, one) == w for t, w in zip(turned, weights)):
        assert webster(weights, total).tolist() == webster(turned, total).tolist()
        whole, divisor = scaled(turned)
        assert convert(Decimal(int(whole.sum())) / divisor, other, one) == sum(weights)


@given(ids, ids)
def test_the_picker_offers_just_what_converts(one, other):
    if other in {unit.id for unit in compatible(one)}:
        assert one in {unit.id for unit in compatible(other)}
        assert convert(Decimal(0), one, other) == 0
    else:
        with pytest.raises(ValueError, match="cannot be turned"):
            convert(Decimal(0), one, other)


@pytest.mark.parametrize("text", ["9**9**9", "day*9**9", "weeks/0", "__import__('os')", "", " ", "x" * 10**6, "٣ days"])
def test_what_is_not_on_the_list_is_refused_by_name(text, monkeypatch):
    _no_parser(monkeypatch)
    with pytest.raises(ValueError, match="not a unit on the list") as refusal:
        find(text)
    assert len(str(refusal.value)) < 250
    with pytest.raises(ValueError, match="not a unit on the list"):
        convert(1, "days", text)
    with pytest.raises(ValueError, match="not a unit on the list"):
        aim_in(text, "1", "days")


def test_a_near_miss_is_offered():
    with pytest.raises(ValueError, match=r"'attendences' is not a unit on the list; .*attendances"):
        find("attendences")
    with pytest.raises(ValueError, match="not a unit on the list"):
        find(3)


def test_no_text_of_a_person_reaches_the_parser(monkeypatch):
    _no_parser(monkeypatch)
    for one, other in itertools.product(UNITS, UNITS):
        if UNITS[other] in compatible(one):
            convert(Decimal(1), one, other)
    assert aim_in("Per Bed Day", "1", "PER 1,000 bed days") == Decimal("0.001")


def _no_parser(monkeypatch):
    def never(*_, **__):
        raise AssertionError("the parser was asked")

    of = pint.registry.UnitRegistry
    for name in dir(of):
        if "parse" in name:
            monkeypatch.setattr(of, name, never)
    with pytest.raises(AssertionError, match="the parser was asked"):
        units.build().Unit("week")


def test_building_reads_no_file(monkeypatch):
    def never(*args, **__):
        raise AssertionError(f"{args} was opened")

    for owner, name in ((builtins, "open"), (io, "open"), (os, "open"), (os, "listdir"), (os, "makedirs")):
        monkeypatch.setattr(owner, name, never)
    registry = units.build()
    monkeypatch.undo()
    assert registry.Unit("week").is_compatible_with(registry.Unit("day"))


def test_every_unit_is_found_by_all_its_names():
    for unit in UNITS.values():
        for name in (unit.id, unit.singular, unit.plural, unit.symbol, unit.plural.upper(), f"  {unit.id} "):
            assert find(name) is unit
        assert unit.dimension in Dimension
        assert UNITS[unit.id].pint.is_compatible_with(unit.pint)
    names = [n for u in UNITS.values() for n in {u.id, u.singular, u.plural, u.symbol}]
    assert len({units._key(n) for n in names}) == len({(units._key(n), find(n).id) for n in names})


def test_a_unit_can_be_handed_to_another_process():
    again = pickle.loads(pickle.dumps(UNITS["weeks"]))
    assert again == UNITS["weeks"]
    assert convert(1, again, "days") == 7


def test_kinds_of_numbers_stay_what_they_are():
    assert isinstance(convert(2, "weeks", "days"), int)
    assert convert(36, "hours", "days") == 1.5
    assert convert(0.5, "days", "hours") == 12.0
    assert convert(None, "days", "hours") is None
    assert np.isnan(convert(float("nan"), "days", "hours"))
    assert convert(Decimal("NaN"), "days", "hours").is_nan()
    assert convert(np.int64(2), "weeks", "days") == 14
    assert convert(Decimal(20), "minutes", "hours") == Decimal("0." + "3" * DIGITS)
    assert convert(Decimal("1." + "3" * 80), "percent", "share") == Decimal("0.01" + "3" * 80)
    assert convert(Decimal("1e-390"), "hours", "minutes") == Decimal("60e-390")
    assert convert(np.array([[1.0, np.nan]]), "weeks", "days").tolist()[0][0] == 7
    for wrong in (True, "3", [1], np.array(["3"])):
        with pytest.raises(ValueError, match="number"):
            convert(wrong, "days", "hours")
    with pytest.raises(ValueError, match="so large"):
        convert(np.array([2**60]), "weeks", "minutes")


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-Infinity", "1_000", "٣", "9" * 500, "1e9999", "9**9", True])
def test_an_aim_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a finite number") as refusal:
        aim_in("days", text, "weeks")
    assert len(str(refusal.value)) < 100


def test_an_aim_is_taken_as_it_was_typed():
    assert aim_in("percent", 0.07, "share") == Decimal("7.00")
    assert aim_in("percent", " 85.5 ", "%") == Decimal("85.5")
    assert aim_in("days", 2, "weeks") == 14
