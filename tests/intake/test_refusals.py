"""Refused rows come back as they were, each with its reason, and can be put right and brought again."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from measures.intake import refusals
from measures.intake.safe import neutral
from tests.intake.corpus import HEADER, long
from tests.intake.samples import cells, checked


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_refused_rows_come_back_under_their_header_with_the_reason():
    data = long(("GUY", "came", "2018-04", "", "", "7"), ("GUY", "wait", "2018-05", "", "", "soon", "a, b"))
    table, _, found = checked(data)
    assert rows_of(refusals.as_csv(table, found.refused)) == [
        [*HEADER, "reason"],
        ["GUY", "wait", "2018-05", "", "", "soon", "a, b", found.refused["reason"][0]],
    ]


def test_refused_rows_put_right_are_kept():
    table, _, found = checked(long(("GUY", "wait", "2018-05", "", "", "soon")))
    again = refusals.as_csv(table, found.refused).replace(b",soon,", b",61,")
    assert cells(checked(again)[2]) == {("GUY", "wait", "2018-05", None, None, 61.0)}


def test_cells_beyond_the_header_come_back_too():
    table, _, found = checked(b"site,measure,period,value\nGUY,wait,2018-04,1,234,5\n")
    assert rows_of(refusals.as_csv(table, found.refused))[1][:6] == ["GUY", "wait", "2018-04", "1", "234", "5"]


def test_a_column_called_reason_is_kept_apart():
    table, _, found = checked("site,measure,period,value,reason\nGUY,wait,2018-04,x,late\n")
    assert rows_of(refusals.as_csv(table, found.refused))[0][-2:] == ["reason", "reason_"]


def test_no_cell_that_comes_back_is_a_formula():
    table, _, found = checked(long(("=cmd|'/C calc'!A0", "@x", "+1+1", "-7", "-x", "=1", "\t=2")))
    assert rows_of(refusals.as_csv(table, found.refused))[1][:7] == [
        "'=cmd|'/C calc'!A0", "'@x", "'+1+1", "-7", "'-x", "'=1", "'=2",
    ]  # fmt: skip


@given(st.text(max_size=20))
def test_neutral_text_never_begins_like_a_formula_but_for_numbers(text):
    safe = neutral(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    if safe.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(safe)
