"""Excel workbooks: values as they were last worked out, read a row at a time; nothing in them is run or followed."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

from openpyxl import load_workbook

from measures.csvio import Unreadable
from measures.intake import headers
from measures.intake.table import WIDEST, Table, assemble
from measures.words import files
from measures.words import intake as words

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_HIDDEN = re.compile(rb"\bhidden=\"(?:1|true)\"")
_PLACE = re.compile(rb"\br=\"([A-Z]+)(\d+)\"")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>[^<]")
_MOST_ROWS = 1_048_576
"""As many rows as a sheet can have; a damaged one may say more."""
_MOST_WIDE = 1_000
"""So many rows may be wider than a table's can be."""
_LISTED = 5_000
"""So many formulas without a result are told one by one."""


def read(data: bytes, name: str, sheet: str | None, limit_rows: int | None) -> Table:
    """A workbook's sheet as a table; its zip file was looked at by ``kinds.kind``. Raises Unreadable.

    ``sheet``: its name, otherwise the first sheet with a header of a kind that is known, or the first with cells.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            return _read(book, data, name, sheet, limit_rows)
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged part makes the library raise
        raise Unreadable(f"{name} is damaged or not complete: save it again in your spreadsheet program.") from error


def _read(book, data: bytes, name: str, sheet: str | None, limit_rows: int | None) -> Table:
    sheets = [one for one in book.worksheets if hasattr(one, "iter_rows")]
    if not sheets:
        raise Unreadable(f"{name} has no sheet with cells.")
    titles = [one.title for one in sheets]
    if sheet is not None and sheet not in titles:
        raise Unreadable(f"{name} has no sheet called {words.quote(sheet)}: it has {', '.join(titles[:10])}.")
    epoch = "1904" if book.epoch.year == 1904 else "1900"
    chosen = sheets[titles.index(sheet)] if sheet is not None else _first(sheets)
    said = [files.other_sheets(chosen.title, titles)] if len(titles) > 1 and sheet is None else []
    if chosen.sheet_state != "visible":
        said.append(files.hidden_sheet(chosen.title))
    wrong, hidden = _inspect(data, chosen._worksheet_path.lstrip("/"))
    said += files.hidden_rows(hidden)
    return assemble(
        _rows(chosen),
        name,
        kind="xlsx",
        sheets=titles,
        sheet=chosen.title,
        wrong_rows=wrong,
        limit_rows=limit_rows,
        said=said,
        epoch=epoch,
    )


def _first(sheets: Sequence) -> object:
    """The first sheet whose header says what tables say, otherwise the first with anything in it."""
    filled = None
    for one in sheets:
        found = headers.find(list(islice(_rows(one), headers.LOOK)))
        if found is not None and found.score >= 6 and one.sheet_state == "visible":
            return one
        if found is not None and filled is None:
            filled = one
    return filled or sheets[0]


def _rows(sheet) -> Iterator[list[str]]:
    """Every row as text, blank ones among them (a sheet need not hold those at all)."""
    sheet.reset_dimensions()  # what a file says of its size is not to be relied upon
    percent: dict[int, bool] = {}
    wide = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        wide += len(row) > WIDEST
        if number > _MOST_ROWS or wide > _MOST_WIDE:
            raise Unreadable(
                f"The sheet {words.quote(sheet.title)} has cells far outside a table: copy the table alone."
            )
        if not row:
            yield []
            continue
        yield [_text(cell, percent) for cell in row[: WIDEST + 1]]


def _text(cell, percent: dict[int, bool]) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if (shown := percent.get(cell._style_id)) is None:
            shown = percent[cell._style_id] = "%" in (cell.number_format or "")
        if shown:
            return f"{_plain(round(value * 100, 10))}%"
        return _plain(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _plain(value: float) -> str:
    """A number as text, whole ones without decimals.

    >>> _plain(7.0), _plain(0.25), _plain(1e300)
    ('7', '0.25', '1e+300')
    """
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15) else repr(value)


def _inspect(data: bytes, path: str) -> tuple[dict[int, str], int]:
    """Rows with a formula whose result the file does not hold, and how many rows are hidden."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(path)
    hidden = sum(bool(_HIDDEN.search(found[1])) for found in _ROW.finditer(content)) if b"hidden=" in content else 0
    wrong: dict[int, str] = {}
    if _FORMULA.search(content):
        for found in _CELL.finditer(content):
            inside = found[2] or b""
            if _FORMULA.search(inside) and not _VALUE.search(inside) and (place := _PLACE.search(found[1])):
                row = int(place[2])
                wrong.setdefault(row, words.no_result(f"{place[1].decode()}{row}"))
                if len(wrong) >= _LISTED:
                    break
    return wrong, hidden
