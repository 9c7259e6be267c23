"""Whatever stands in a table: every row is kept or refused with a reason, and nothing raises."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from measures.intake import refusals
from measures.intake.check import check
from measures.intake.reading import understand
from measures.intake.table import Table, Unreadable, paste, read
from tests.intake.samples import TODAY, campaign, cells, checked

C = campaign()
WORDS = [
    "site", "Site name", "Trust", "measure", "indicator", "period", "Month", "numerator", "denominator", "value",
    "note", "Attendances", "Seen in time", "Falls", "Bed days", "Median wait", "Apr-18", "2018-05", "Q1 2018/19",
    "01/06/2018",
    "43252", "", "Apr-18 numerator", "GUY", "guys hospital", "OLD", "WEX", "ALL-E", "seen", "came", "rounds", "falls",
    "wait", "Total", "13/06/2018", "06/13/2018", "03/04/2018", "2018-04", "yes", "no", "n/a", "*", "<5", "-", "95%",
    "=1+1", "1,234", "1.234,5", "12,5", "-3", "1e400", "9007199254740993", "0", "1", "7", "120", "all", "women",
]  # fmt: skip
text = st.text(st.characters(codec="utf-8"), max_size=12)
cell = st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), text, st.integers(-10, 200).map(str))
tables = st.lists(st.lists(cell, max_size=8), min_size=1, max_size=14)
LONG = ["site", "measure", "period", "numerator", "denominator", "value"]
likely = st.lists(
    st.tuples(
        st.sampled_from(["GUY", "stt", "OLD", "WEX", "nobody", ""]),
        st.sampled_from(["seen", "came", "falls", "wait", "rounds", "Seen in time", "Bed days", "Attendances", "x"]),
        st.sampled_from(["2018-04", "Apr 2018", "15/04/2018", "03/04/2018", "2017-04", "2019-04", "x", ""]),
        *[st.sampled_from(["", "0", "1", "7", "8", "-1", "1.5", "yes", "95%", "x", "1,234"])] * 3,
    ),
    min_size=1,
    max_size=12,
)


ANSWER = st.integers(0, 5)


def as_csv(rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def judged(table: Table, answer: int = 0) -> None:
    """Check a table as a person might answer, and that its rows add up."""
    answers = ({}, {"dates": "day-first", "numbers": "comma"}, {"dates": "month-first", "numbers": "point"})[answer % 3]
    sites = frozenset({"GUY"}) if answer % 2 else None
    reading = understand(table, C, sites=sites, today=TODAY, **answers)
    assert set(reading.columns) == set(table.header)
    found = check(table, reading, C, sites=sites, today=TODAY)
    add_up(table, found)
    if sites:
        assert set(found.rows["site"]) <= sites
    if len(found.refused):
        assert refusals.as_csv(table, found.refused).startswith(b"\xef\xbb\xbf")


def add_up(table: Table, found) -> None:
    refused = found.refused["row"].to_numpy()
    assert found.size == found.kept + len(refused)
    assert found.size + found.empty == len(table.rows)
    assert len(np.unique(refused)) == len(refused)
    assert set(refused) <= set(table.rows)
    assert not set(found.rows["row"]) & set(refused)
    assert found.rows["row"].nunique() <= found.kept
    assert (found.refused["reason"].str.len() > 10).all()
    keys = found.rows[["site", "measure", "group", "period"]]
    assert not keys.duplicated().any()
    numbers = found.rows[["numerator", "denominator", "value"]].to_numpy()
    assert not (numbers < 0).any()
    assert not np.isinf(numbers).any()
    has = found.rows["measure"].isin(["seen", "falls"]).to_numpy()
    assert not np.isnan(numbers[has, :2]).any()
    assert np.isnan(numbers[has, 2]).all()
    assert not np.isnan(numbers[~has, 2]).any()
    assert np.isnan(numbers[~has, :2]).all()


@settings(max_examples=60)
@given(tables, ANSWER)
@example([["site", "measure", "period", "value"], ["GUY", "came", "2018-04", "\x00\x01"]], 0)
@example([["Apr-18 numerator", "Apr-18", "value"], ["", "", "1"]], 0)
def test_any_table_of_cells_is_kept_or_refused_with_reasons(rows, answer):
    try:
        table = read(as_csv(rows), "any.csv")
    except Unreadable as error:
        assert str(error).endswith(".") or "?" in str(error)
        return
    judged(table, answer)


@settings(max_examples=60)
@given(likely, ANSWER)
def test_rows_that_nearly_fit_add_up(rows, answer):
    judged(read(as_csv([LONG, *rows]), "long.csv"), answer)


@settings(max_examples=40)
@given(likely, st.data())
def test_a_row_is_judged_alike_wherever_it_stands(rows, data):
    """But for the row numbers, the order of a file's rows changes nothing, and nor does a row given again."""
    turned = data.draw(st.permutations(rows))
    _, _, one = checked(as_csv([LONG, *rows]), dates="day-first")
    _, _, other = checked(as_csv([LONG, *turned, *turned[:1]]), dates="day-first")
    assert cells(one) == cells(other)


@settings(max_examples=40)
@given(likely, st.sampled_from(";\t|"), st.sampled_from(["utf-8-sig", "utf-16", "cp1252"]))
def test_separators_and_encodings_do_not_change_what_is_read(rows, separator, encoding):
    rows = [row for row in rows if "1,234" not in row]  # with semicolons that is asked about
    data = as_csv([LONG, ["GUY", "came", "2018-05", "", "", "5"], *rows], separator, encoding)
    _, _, plain = checked(as_csv([LONG, ["GUY", "came", "2018-05", "", "", "5"], *rows]))
    _, _, other = checked(data)
    assert cells(plain) == cells(other)
    assert plain.refused.equals(other.refused)


@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"site,value\n"]))
def test_any_bytes_are_read_or_refused_in_a_sentence(data, start):
    try:
        judged(read(start + data, "any.csv"))
    except Unreadable as error:
        assert "any.csv" in str(error)


@given(st.text(max_size=200))
def test_anything_may_be_pasted(given_text):
    try:
        judged(paste(given_text))
    except Unreadable:
        return


values = st.one_of(
    cell.filter(lambda t: not any(ord(c) < 32 or c in "\ufffe\uffff" for c in t)),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1901, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1)),
    st.just(time(12, 30)),
    st.just(timedelta(hours=30)),
    st.booleans(),
    st.none(),
)


@settings(max_examples=40)
@given(st.lists(st.lists(values, max_size=6), min_size=1, max_size=8))
def test_any_workbook_is_kept_or_refused_with_reasons(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    try:
        judged(read(out.getvalue(), "any.xlsx"))
    except Unreadable as error:
        assert "any.xlsx" in str(error)
