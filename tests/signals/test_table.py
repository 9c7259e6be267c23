"""Rows to tables: which column a period is, where the start lies, and what stays the same."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.signals.scale import Kind
from measures.signals.table import Tables, TooMany, cycle_of, kind_of, ordinals, tables


def days(*texts):
    return np.array(texts, "datetime64[D]")


def month_starts(first, count):
    return (np.datetime64(first, "M") + np.arange(count)).astype("datetime64[D]")


def panel(sites, when):
    return np.repeat(np.arange(sites), len(when)), np.tile(when, sites)


@pytest.mark.parametrize(
    ("when", "cycle"),
    [
        (month_starts("2019-01", 30), 12),
        (month_starts("2019-02", 30) - 1, 12),  # the last day of each month
        (month_starts("2019-01", 30)[::3], 4),
        (days("2019-01-02") + 7 * np.arange(60), 52),
        (days("2019-01-02") + 28 * np.arange(30), 13),
        (days("2019-01-02") + np.arange(60), 0),
        (days("2019-01-02") + 14 * np.arange(30), 0),
        (month_starts("2010-01", 120)[::12], 0),
    ],
)
def test_the_cycle_is_read_from_the_usual_distance_of_periods(when, cycle):
    series, period = panel(3, when)
    assert cycle_of(series, period) == cycle
    kept = np.random.default_rng(1).random(period.size) > 0.2
    assert cycle_of(series[kept], period[kept]) == cycle
    ordinal = ordinals(when, cycle)
    if cycle:
        assert (np.diff(ordinal) == 1).all()
        assert np.unique(ordinal[:cycle] % cycle).size == cycle


def test_sites_with_one_period_each_are_told_apart_by_the_others():
    assert cycle_of(np.arange(3), days("2019-01-01", "2019-02-01", "2019-03-01")) == 12
    assert cycle_of(np.zeros(1, int), days("2019-01-01")) == 0


@given(st.integers(0, 1000), st.booleans())
def test_the_order_of_rows_changes_nothing_and_every_figure_has_its_cell(seed, parts):
    rng = np.random.default_rng(seed)
    series, period = panel(4, month_starts("2019-01", 20))
    kept = rng.random(period.size) < 0.7
    series, period = series[kept], period[kept]
    value, size = rng.normal(size=series.size), rng.uniform(1, 9, series.size)
    more = (value * size, size) if parts else ()
    start = np.datetime64("2020-01-01")
    one = tables(series, period, start, value, *more, sites=4)
    order = rng.permutation(series.size)
    other = tables(series[order], period[order], start, value[order], *(x[order] for x in more), sites=4)
    for field in fields(Tables):
        if field.name != "row":
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
    np.testing.assert_array_equal(np.where(other.row < 0, -1, order[other.row]), one.row)
    np.testing.assert_array_equal(one.value[one.row >= 0], value[one.row[one.row >= 0]])
    assert (~np.isnan(one.value)).sum() == series.size
    assert one.family().kind is (kind_of(*more) if parts else Kind.VALUE)
    assert (one.numerator is None) is not parts


def test_a_month_that_nobody_reported_is_an_empty_column():
    when = np.delete(month_starts("2019-01", 20), [4, 5, 13])
    series, period = panel(2, when)
    made = tables(series, period, np.datetime64("2020-01-01"), np.arange(series.size, dtype=float))
    assert made.value.shape == (2, 20)
    assert np.flatnonzero(np.isnan(made.value).all(axis=0)).tolist() == [4, 5, 13]
    assert made.start == 12
    assert (made.ordinal % 12).tolist() == [*range(12), *range(8)]


def test_a_mistyped_century_does_not_make_a_thousand_columns():
    when = np.append(month_starts("2019-01", 20), np.datetime64("1919-01-01"))
    made = tables(np.zeros(21, int), when, np.datetime64("2020-01-01"), np.ones(21))
    assert made.value.shape == (1, 21)
    assert made.start == 13


def test_days_that_differ_from_site_to_site_are_one_month():
    first, last = month_starts("2019-01", 14), month_starts("2019-02", 14) - 1
    series, period = panel(1, first)
    series, period = np.append(series, series + 1), np.append(period, last)
    made = tables(series, period, np.datetime64("2020-01-01"), np.ones(28))
    assert (made.value.shape, made.start) == ((2, 14), 12)


def test_two_rows_in_one_month_or_a_start_within_one_keep_their_own_columns():
    when = np.append(month_starts("2019-01", 20), np.datetime64("2019-06-17"))
    made = tables(np.zeros(21, int), when, np.datetime64("2020-01-01"), np.ones(21))
    assert (made.value.shape, made.start, made.cycle) == ((1, 21), 13, 12)
    assert (made.ordinal % 12)[:7].tolist() == [0, 1, 2, 3, 4, 5, 5]
    series, period = np.repeat([0, 1], 20), np.append(month_starts("2019-01", 20), month_starts("2019-01", 20) + 20)
    made = tables(series, period, np.datetime64("2020-01-10"), np.ones(40))
    assert (made.value.shape, made.start) == ((2, 40), 25)
    assert tables(series, period, np.datetime64("2019-12-25"), np.ones(40)).value.shape == (2, 20)


@pytest.mark.parametrize(("start", "columns"), [("2018-01-01", 0), ("2019-01-15", 1), ("2030-01-01", 20)])
def test_a_start_before_between_or_after(start, columns):
    when = month_starts("2019-01", 20)
    assert tables(np.zeros(20, int), when, np.datetime64(start), np.ones(20)).start == columns


def test_seconds_and_dates_are_the_same_and_sites_without_rows_are_rows():
    when = month_starts("2019-01", 20)
    seconds = when.astype("datetime64[s]").astype(np.int64)
    begin = np.datetime64("2020-01-01")
    one = tables(np.ones(20, int), when, begin, np.arange(20.0), sites=4)
    other = tables(np.ones(20, int), seconds, begin.astype("datetime64[s]").astype(int), np.arange(20.0), sites=4)
    np.testing.assert_array_equal(one.value, other.value)
    assert np.isnan(one.value[[0, 2, 3]]).all()
    assert one.start == other.start == 12


def test_periods_that_no_two_sites_share_are_too_many_to_replay():
    series = np.repeat(np.arange(1000), 40)
    rng = np.random.default_rng(2)
    seconds = np.sort(rng.choice(10**9, series.size, replace=False))
    with pytest.raises(TooMany, match="40,000 different periods at 1,000 sites are too many"):
        tables(series, rng.permutation(seconds), 5 * 10**8, np.ones(series.size))


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no rows"):
        tables(np.zeros(0, int), np.zeros(0, int), 0, np.zeros(0))


@pytest.mark.parametrize(
    ("numerator", "kind"), [([0, 4, np.nan], Kind.PROPORTION), ([1, 5, 1], Kind.RATE), ([-1, 2, 3], Kind.RATE)]
)
def test_the_kind_is_read_from_the_figures(numerator, kind):
    assert kind_of(np.array(numerator, float), np.full(3, 4.0)) is kind
    assert kind_of(None, None) is Kind.VALUE
