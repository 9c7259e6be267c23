"""CSV in and out for the command line: cells as text first, so that a bad one can be named."""

from __future__ import annotations

import csv
import io
import json
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
DATE = r"^\d{4}-\d{2}(-\d{2}([T ].*)?)?$"
TRUE, FALSE = ("true", "1", "yes"), ("false", "0", "no", "")


class Unreadable(ValueError):
    """A file that is no CSV, or lacks a column; the message is a sentence for the person."""


class Refusals:
    """Rows that cannot be used, each with its first reason; row numbers are the file's lines, the header is row 1."""

    def __init__(self, table: pa.Table) -> None:
        self.bad = np.zeros(table.num_rows, bool)
        self.reasons: dict[int, str] = {}
        self._empty = np.array(json.loads((table.schema.metadata or {}).get(_EMPTY_LINES, b"[]")), np.int64)

    def add(self, mask: np.ndarray, reason: str, *cells: pa.Array) -> None:
        """Refuse the rows of ``mask``; ``{0}``, ``{1}`` … in ``reason`` are the row's ``cells``."""
        rows = np.flatnonzero(mask & ~self.bad)
        shown = [cell.take(pa.array(rows)).to_pylist() for cell in cells]
        for i, row in enumerate(rows.tolist()):
            self.reasons[row] = reason.format(*(column[i] for column in shown))
        self.bad[rows] = True

    def lines(self) -> list[str]:
        """One sentence per refused row, in the file's order."""
        rows = np.array(sorted(self.reasons), np.int64)
        # Before the k-th empty line (at index e of the file, from 0) stand the header and e - k - 1 rows.
        numbers = rows + 2 + np.searchsorted(self._empty - np.arange(self._empty.size) - 1, rows, side="right")
        return [f"row {number}: {self.reasons[row]}" for number, row in zip(numbers.tolist(), rows.tolist())]


def read(stream: BinaryIO, name: str) -> pa.Table:
    """A CSV with a header as a table of text columns. Raises Unreadable, naming the file ``name``.

    Empty lines are no rows, and unnamed columns with nothing in them (a spreadsheet's margin) no columns.

    >>> read(io.BytesIO(b"a,b\\n1,x\\n"), "in.csv").to_pylist()
    [{'a': '1', 'b': 'x'}]
    """
    data = stream.read()
    if not data.strip():
        raise Unreadable(f"{name} is empty: it needs a header and one row per observation.")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    data, empty_lines = _without_head_space(data)
    try:
        first = data.split(b"\n", 1)[0].decode("utf-8-sig")
        given = [cell.strip() for cell in next(csv.reader([first.rstrip("\r")]), [])]
        twice = sorted({column for column in given if column and given.count(column) > 1})
        if twice:
            raise Unreadable(f"{name} has more than one column called {', '.join(twice)}.")
        columns = [column or f"\0{i}" for i, column in enumerate(given)]
        table = pa_csv.read_csv(
            io.BytesIO(data),
            read_options=pa_csv.ReadOptions(column_names=columns, skip_rows=1),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), null_values=[]),
        )
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not UTF-8 text.") from error
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise Unreadable(f"{name} is not a well-formed CSV: {error}") from error
        table = pa.table({column: pa.array([], pa.string()) for column in columns})
    table = _without_margin(table.combine_chunks(), name)
    return table.replace_schema_metadata({_EMPTY_LINES: json.dumps(empty_lines)})


_EMPTY_LINES = b"empty_lines"
"""Where a table keeps which lines of its file were empty, so that rows are numbered as a person counts them."""


def _without_head_space(data: bytes) -> tuple[bytes, list[int]]:
    """The file from its header on, and which of its lines (from 0) are empty; quoted ones are part of a cell."""
    if b"\n\n" not in data and b"\n\r\n" not in data and not data.startswith((b"\n", b"\r\n")):
        return data, []
    quotes, empty, start = 0, [], 0
    lines = data.split(b"\n")
    for number, line in enumerate(lines[:-1]):
        if not quotes % 2 and line in (b"", b"\r"):
            empty.append(number)
            start += len(line) + 1 if number == len(empty) - 1 else 0
        quotes += line.count(b'"')
    return data[start:], empty


def _without_margin(table: pa.Table, name: str) -> pa.Table:
    """Without unnamed columns; Unreadable where one of them has something in it."""
    unnamed = [column for column in table.column_names if column.startswith("\0")]
    for column in unnamed:
        if not pc.all(pc.equal(pc.utf8_trim_whitespace(table.column(column)), ""), min_count=0).as_py():
            number = table.column_names.index(column) + 1
            raise Unreadable(f"Column {number} of {name} has something in it but no name.")
    return table.drop_columns(unnamed)


def write(table: pa.Table, stream: BinaryIO) -> None:
    """Write ``table`` with a header; missing as empty, booleans true/false, text quoted only where needed."""
    quote = any(map(_needs_quotes, table.columns)) or _needs_quotes(pa.array(table.column_names))
    style = "needed" if quote else "none"
    pa_csv.write_csv(table, stream, pa_csv.WriteOptions(quoting_style=style, quoting_header=style))


def _needs_quotes(column: pa.Array | pa.ChunkedArray) -> bool:
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    return text and bool(pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py())


def column(table: pa.Table, name: str) -> pa.Array:
    """One column as a single array of text without surrounding spaces."""
    cells = table.column(name).combine_chunks()
    return pc.utf8_trim_whitespace(pa.concat_arrays(cells.chunks) if isinstance(cells, pa.ChunkedArray) else cells)


def numbers(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Text as float64 (empty as NaN), and which cells are neither empty nor a finite number.

    >>> numbers(pa.array(["1.5", "", "12 beds"]))
    (array([1.5, nan, nan]), array([False, False,  True]))
    """
    text = pc.if_else(pc.match_substring_regex(cells, NUMBER), cells, pa.scalar(None, pa.string()))
    found = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    bad = ~np.isfinite(found) & ~empty(cells)
    return np.where(bad, np.nan, found), bad


def dates(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """ISO dates as whole seconds since 1970, and which cells are no date; "2020-03" is its first day.

    >>> dates(pa.array(["1970-01-02", "2020-02-30"]))
    (array([86400,     0]), array([False,  True]))
    """
    shaped = pc.match_substring_regex(cells, DATE)
    text = pc.if_else(shaped, cells, pa.scalar(None, pa.string())).to_pandas()
    found = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    bad = found.isna().to_numpy(bool)
    seconds = found.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.where(bad, 0, seconds), bad


def booleans(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """true/false, 1/0, yes/no in any case (empty is false), and which cells are none of them.

    >>> booleans(pa.array(["TRUE", "", "maybe"]))
    (array([ True, False, False]), array([False, False,  True]))
    """
    text = pc.utf8_lower(cells)
    true = pc.is_in(text, pa.array(TRUE)).to_numpy(zero_copy_only=False).astype(bool)
    false = pc.is_in(text, pa.array(FALSE)).to_numpy(zero_copy_only=False).astype(bool)
    return true, ~true & ~false


def codes(*cells: pa.Array) -> np.ndarray:
    """Whole-number codes of equal cells, or of rows equal in all ``cells``, in order of first appearance.

    >>> codes(pa.array(["b", "a", "b"])), codes(pa.array(["b", "a", "b"]), pa.array(["x", "x", "y"]))
    (array([0, 1, 0]), array([0, 1, 2]))
    """
    out = np.zeros(len(cells[0]), np.int64)
    for column in cells:
        found = pc.dictionary_encode(column)
        pair = out * max(len(found.dictionary), 1) + found.indices.to_numpy(zero_copy_only=False)
        out = pc.dictionary_encode(pa.array(pair)).indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return out


def empty(cells: pa.Array) -> np.ndarray:
    """Which cells have nothing in them.

    >>> empty(pa.array(["a", ""]))
    array([False,  True])
    """
    return pc.equal(cells, "").to_numpy(zero_copy_only=False).astype(bool)


class Rows:
    """Puts figures of sorted, accepted rows back into the file's rows; refused rows stay empty.

    ``order`` is the file's row of each sorted row; ``point`` which figure each sorted row has, where several
    rows share one (default: its own)."""

    def __init__(self, order: np.ndarray, rows: int, point: np.ndarray | None = None) -> None:
        self.order, self.rows, self.point = order, rows, slice(None) if point is None else point
        self.absent = np.ones(rows, bool)
        self.absent[order] = False

    def put(self, figures: np.ndarray, absent: np.ndarray | None = None) -> pa.Array:
        """Numbers or booleans; NaN and ``absent`` ones empty."""
        out = np.zeros(self.rows, figures.dtype)
        out[self.order] = figures[self.point]
        mask = self.absent.copy()
        if absent is not None:
            mask[self.order] |= absent[self.point]
        if out.dtype.kind == "f":
            mask |= np.isnan(out)
        return pa.array(out, mask=mask)

    def put_text(self, codes: np.ndarray, texts: tuple[str, ...], absent: np.ndarray | None = None) -> pa.Array:
        """Text by its place in ``texts``; "" and ``absent`` ones empty."""
        choices = pa.array([text or None for text in texts], pa.string())
        return choices.take(self.put(codes.astype(np.int64), absent))
