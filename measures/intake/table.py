"""A file, or pasted cells, as a table of text: nothing is understood yet, and nothing is lost unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from measures.csvio import Unreadable
from measures.format import count, number
from measures.intake import headers, kinds, separated
from measures.words import files
from measures.words import intake as words

__all__ = ["LONGEST_CELL", "Table", "Unreadable", "paste", "read"]

LONGEST_CELL = 32_767
"""How many letters a cell of a spreadsheet can have; a row with a longer one is refused."""
WIDEST = 2_000
"""How many columns a table may have: ten years of months several times over."""

_CHUNK = 20_000
_TOTAL = r"^(grand |sub[- ]?|overall |column )?totals?:?$"
_FOOTNOTE = r"^(\*|†|‡|¹|note|source|\(c\)|©|n\.?b\.?\b|key:|produced |extracted |data (as|from|extracted)|end of )"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"


@dataclass(frozen=True, slots=True)
class Table:
    """Text cells under a header.

    ``header``: each column's name, all different; ``cells``: a column ``c0``, ``c1`` … of text for each, blank where
    there is nothing; ``rows`` (n,) int64: each row's number as a spreadsheet shows it, in which the header is
    counted, and so is what was stepped over; ``said``: what that was. ``wrong``: rows (from 0) that cannot be
    taken whatever their columns mean, and why; ``extra``: their cells beyond the header. ``epoch``: the year from which
    a workbook counts its days; ``titled``: the lines above the header.
    """

    name: str
    header: tuple[str, ...]
    cells: pd.DataFrame
    rows: np.ndarray
    kind: str
    encoding: str = ""
    separator: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    said: tuple[str, ...] = ()
    wrong: Mapping[int, str] = field(default_factory=dict)
    extra: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    epoch: str = "1900"
    titled: tuple[str, ...] = ()

    def column(self, name: str) -> pd.Series:
        """The cells under a name of the header. Raises ValueError where there is none."""
        return self.cells.iloc[:, self.header.index(name)]


def read(data: bytes, name: str, *, sheet: str | None = None, limit_rows: int | None = None) -> Table:
    """A CSV file or an Excel workbook, by what it is and not by what it is called.

    ``sheet``: the one to read, otherwise the first with a header; ``limit_rows``: how many data rows may come.
    Raises Unreadable, whose message is one sentence for the person: what is wrong, and how to put it right.

    >>> table = read(b"site,month,value\\nRJ1,2018-04,7\\n\\nTotal,,7\\n", "in.csv")
    >>> table.header, table.cells.to_numpy().tolist(), table.rows.tolist()
    (('site', 'month', 'value'), [['RJ1', '2018-04', '7']], [2])
    >>> table.said
    ('One blank row was stepped over.', 'A row of totals was stepped over (row 4).')
    """
    if kinds.kind(data, name) == "xlsx":
        from measures.intake import workbook  # openpyxl is loaded where it is needed

        return workbook.read(data, name, sheet, limit_rows)
    codec, said = kinds.encoding(data, name)
    separator, skipped, rows = separated.rows(data, codec, name)
    lost = data.decode(codec, "replace").count("\ufffd") if codec == "utf-8" else 0
    notes = [f"{count(lost, 'letter')} could not be read and stand as \ufffd."] if lost else []
    return assemble(
        rows, name, kind="csv", encoding=said, separator=separator, before=skipped, limit_rows=limit_rows, said=notes
    )


def paste(text: str, *, limit_rows: int | None = None) -> Table:
    """Cells as a spreadsheet puts them on the clipboard (or as anybody types them). Raises Unreadable.

    >>> paste("site\\tApr-18\\nRJ1\\t7").cells.to_numpy().tolist()
    [['RJ1', '7']]
    """
    data = text.encode("utf-8", "replace")
    if not data.strip():
        raise Unreadable("Nothing was pasted: copy the cells, with their headings, and paste them here.")
    separator, skipped, rows = separated.rows(data, "utf-8", "What was pasted")
    return assemble(rows, "What was pasted", kind="paste", separator=separator, before=skipped, limit_rows=limit_rows)


def assemble(
    rows: Iterable[Sequence[str]],
    name: str,
    *,
    kind: str,
    encoding: str = "",
    separator: str = "",
    sheets: Sequence[str] = (),
    sheet: str = "",
    before: int = 0,
    wrong_rows: Mapping[int, str] | None = None,
    limit_rows: int | None = None,
    said: Sequence[str] = (),
    epoch: str = "1900",
) -> Table:
    """Rows of cells, blank ones among them, as a table.

    ``before``: how many rows of the file went before; ``wrong_rows``: row numbers as a spreadsheet shows them, and why
    each cannot be taken.
    """
    rows = iter(rows)
    head = [list(map(str, row)) for row in islice(rows, headers.LOOK)]
    found = headers.find(head)
    if found is None:
        raise Unreadable(f"{name} is empty: it needs a header and one row for each number.")
    width = _width(found.names, head[found.first + found.depth :], parted=kind != "xlsx")
    if width > WIDEST:
        raise Unreadable(f"{name} has {number(width)} columns; {number(WIDEST)} is the most that can be read.")
    columns, twice, unnamed = headers.unique([*found.names, *[""] * width][:width])
    start = found.first + found.depth
    body = chain(head[start:], rows)
    cells, numbers, wrong, extra, blank = _gather(body, width, before + start + 1, name, limit_rows)
    for place in np.flatnonzero(np.isin(numbers, list(wrong_rows or ()))).tolist():
        wrong.setdefault(place, (wrong_rows or {})[int(numbers[place])])
    keep, stepped = _data_rows(cells, numbers)
    titles = [" ".join(filter(None, row)) for row in head[: found.first] if any(row)]
    said = [*said, *_said(titles, found, blank, stepped, twice)]
    unnamed = [i for i in unnamed if pc.any(pc.not_equal(cells.column(i), "")).as_py()]
    if unnamed:
        said.append(f"Without a name in the header, and left out unless you choose: {_listed(columns, unnamed)}.")
    places = np.cumsum(keep) - 1
    if not keep.all():
        cells = cells.filter(pa.array(keep))
    if not cells.num_rows:
        raise Unreadable(f"{name} has a header and nothing below it: add one row for each number.")
    return Table(
        name=name,
        header=columns,
        cells=cells.to_pandas().astype("str"),
        rows=numbers[keep],
        kind=kind,
        encoding=encoding,
        separator=separator,
        sheets=tuple(sheets),
        sheet=sheet,
        said=tuple(said),
        wrong={int(places[i]): why for i, why in wrong.items() if keep[i]},
        extra={int(places[i]): more for i, more in extra.items() if keep[i]},
        epoch=epoch,
        titled=tuple(titles),
    )


def _width(names: Sequence[str], rows: Sequence[Sequence[str]], parted: bool) -> int:
    """How many columns there are: those of the header, and unnamed ones that most rows have something in.

    In a text file, whose cells are ``parted`` by a letter, more cells than the header has may be thousands unquoted.
    """
    named = max((i + 1 for i, name in enumerate(names) if name), default=0)
    widths = sorted(max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0) for row in rows if any(row))
    usual = widths[len(widths) // 2] if widths else 0
    return max(named, min(usual, len(names)) if parted else usual)


def _gather(
    rows: Iterator[Sequence[str]], width: int, first: int, name: str, limit: int | None
) -> tuple[pa.Table, np.ndarray, dict[int, str], dict[int, tuple[str, ...]], int]:
    """All rows but the blank ones, a chunk at a time, so that only text in columns is held."""
    names = [f"c{i}" for i in range(width)]
    schema = pa.schema([(column, pa.large_string()) for column in names])
    chunks, numbers, wrong, extra = [], [], {}, {}
    done = blank = 0
    while chunk := list(islice(rows, _CHUNK)):
        at = np.arange(first, first + len(chunk))
        first += len(chunk)
        longer: dict[int, tuple[str, ...]] = {}
        if any(len(row) != width for row in chunk):
            for i, row in enumerate(chunk):
                if len(row) > width and any(map(str.strip, row[width:])):
                    longer[i] = tuple(row[width:])
                chunk[i] = [*row[:width], *[""] * (width - len(row))]
        arrays = [_clean(pa.array(column, pa.large_string())) for column in zip(*chunk)]
        full = np.zeros(len(chunk), bool)
        for array in arrays:
            full |= pc.not_equal(array, "").to_numpy(zero_copy_only=False)
        full[list(longer)] = True
        place = done + np.cumsum(full) - 1
        for i, more in longer.items():
            wrong[int(place[i])] = words.too_many_cells(width + len(more), width)
            extra[int(place[i])] = more
        for array in arrays:
            long = pc.greater(pc.utf8_length(array), LONGEST_CELL)
            if pc.any(long).as_py():
                for i in np.flatnonzero(long.to_numpy(zero_copy_only=False)).tolist():
                    wrong[int(place[i])] = words.too_long(LONGEST_CELL)
        table = pa.Table.from_arrays(arrays, schema=schema)
        chunks.append(table if full.all() else table.filter(pa.array(full)))
        numbers.append(at[full])
        done += int(full.sum())
        blank += int((~full).sum()) - _trailing(full)
        if limit is not None and done > limit:
            raise Unreadable(
                f"{name} has more than {number(limit)} rows, the most that can be taken at once here: split it, or use"
                " the import command."
            )
    whole = pa.concat_tables(chunks) if chunks else schema.empty_table()
    return whole, np.concatenate([*numbers, np.empty(0, np.int64)]).astype(np.int64), wrong, extra, blank


def _trailing(full: np.ndarray) -> int:
    """How many blank rows stand at the end."""
    return len(full) - (int(np.flatnonzero(full)[-1]) + 1 if full.any() else 0)


def _clean(array: pa.Array) -> pa.Array:
    """Without spaces around, letters nobody sees, and NUL, which no database keeps."""
    letters = np.frombuffer(array.buffers()[2] or b"", np.uint8)
    if len(letters) and (letters.max() > 127 or letters.min() == 0):
        for letter in ("\0", *_INVISIBLE):
            array = pc.replace_substring(array, letter, "")
    return pc.utf8_trim_whitespace(array)


def _data_rows(cells: pa.Table, numbers: np.ndarray) -> tuple[np.ndarray, list[tuple[str, np.ndarray]]]:
    """Which rows hold data, and the row numbers of what else there is: totals and, at the end, footnotes."""
    if not cells.num_rows:
        return np.ones(0, bool), []
    first = pc.coalesce(*[pc.if_else(pc.equal(c, ""), None, c) for c in cells.columns], "")
    totals = pc.match_substring_regex(pc.utf8_lower(first), _TOTAL).to_numpy().astype(bool)
    n = cells.num_rows
    alone = np.zeros(n, bool)
    last = slice(max(0, n - headers.LOOK), n)
    if cells.num_columns > 2:
        tail = cells.slice(last.start)
        texts = first.slice(last.start).to_pylist()
        filled = sum(pc.not_equal(c, "").cast("int8").to_numpy() for c in tail.columns)
        notes = pc.match_substring_regex(pc.utf8_lower(first.slice(last.start)), _FOOTNOTE).to_numpy().astype(bool)
        apart = np.diff(numbers[last], prepend=numbers[last][0]) > 1
        for i in range(len(texts) - 1, -1, -1):
            long = len(texts[i].split()) >= 4
            after = apart[i] or (i + 1 < len(texts) and alone[last.start + i + 1])
            if totals[last.start + i]:
                continue
            if filled[i] != 1 or not (notes[i] or (long and (after or apart[: i + 1].any()))):
                break
            alone[last.start + i] = True
    stepped = [("totals", numbers[totals]), ("notes", numbers[alone])]
    return ~(totals | alone), [(what, rows) for what, rows in stepped if len(rows)]


def _said(
    titles: Sequence[str],
    found: headers.Found,
    blank: int,
    stepped: Sequence[tuple[str, np.ndarray]],
    twice: Sequence[str],
) -> list[str]:
    return [
        *files.above(titles),
        *(["The header has two rows, which were read together."] if found.depth == 2 else []),
        *files.blank_rows(blank),
        *[files.stepped_over(what, rows.tolist()) for what, rows in stepped],
        *[files.twice_in_header(name) for name in twice],
    ]


def _listed(columns: Sequence[str], which: Sequence[int]) -> str:
    return ", ".join(columns[i] for i in which[:5]) + (" …" if len(which) > 5 else "")
