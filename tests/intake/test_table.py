"""Tables: row numbers as a spreadsheet shows them, limits, pasted cells, and what is said of encoding and separator."""

from __future__ import annotations

import pytest

from measures.intake.table import Unreadable, paste, read
from tests.intake.corpus import BOOK, ROWS, book, long
from tests.intake.samples import CAME, campaign, cells, checked


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    data = b'A title\n\nsite,value\nGUY,1\n\n"ST\nT",2\nTotal,3\nWEX,4\n'
    assert read(data, "n.csv").rows.tolist() == [4, 6, 8]


def test_rows_of_a_workbook_are_numbered_with_the_blank_ones():
    table = read(book(["A title"], [], ["site", "value"], ["GUY", 1], [], ["STT", 2]), "n.xlsx")
    assert table.rows.tolist() == [4, 6]


@pytest.mark.parametrize(("data", "name"), [(long(*ROWS), "n.csv"), (BOOK, "n.xlsx")])
def test_more_rows_than_may_come_are_refused_as_a_whole(data, name):
    assert len(read(data, name, limit_rows=4).rows) == 4
    with pytest.raises(Unreadable, match=f"{name} has more than 3 rows"):
        read(data, name, limit_rows=3)


def test_a_table_says_how_it_was_written():
    table = read(long(*ROWS, separator=";", encoding="cp1252"), "n.csv")
    assert (table.kind, table.encoding, table.separator) == ("csv", "Windows-1252", ";")
    table = read(BOOK, "n.csv")
    assert (table.kind, table.sheets, table.sheet) == ("xlsx", ("Sheet1",), "Sheet1")


def test_pasted_cells_are_a_table():
    table, reading, found = checked(paste("Site\tApr-18\tMay-18\nGUY\t1\t2\n"), of=campaign(measures=(CAME,)))
    assert (table.kind, reading.layout, reading.measure) == ("paste", "wide-months", "came")
    assert {cell[-1] for cell in cells(found)} == {1.0, 2.0}


def test_nothing_pasted_is_said():
    with pytest.raises(Unreadable, match="Nothing was pasted"):
        paste(" \n")


def test_lone_halves_of_letters_are_pasted_without_harm():
    assert paste("site\tvalue\nGUY\t\ud800").cells.to_numpy().tolist() == [["GUY", "?"]]
