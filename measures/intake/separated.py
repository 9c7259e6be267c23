"""Rows of a text file: which letter parts the cells, and the cells, a row at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from measures.csvio import Unreadable

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*$", re.IGNORECASE)
SAMPLE = 200


def rows(data: bytes, codec: str, name: str) -> tuple[str, int, Iterator[list[str]]]:
    """The separator, how many lines before the table say only that, and the rows as lists of cells.

    Raises Unreadable, at once or while the rows are read, where a cell has no end.
    """
    head = list(islice(_stream(data, codec), SAMPLE))
    told = _SEP_LINE.match(head[0].rstrip("\r\n")) if head else None
    separator = told[1] if told else sniff(head)
    return separator, int(bool(told)), _read(_stream(data, codec), separator, int(bool(told)), name)


def _stream(data: bytes, codec: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=codec, errors="replace", newline="")


def _read(stream: io.TextIOWrapper, separator: str, skip: int, name: str) -> Iterator[list[str]]:
    for _ in range(skip):
        next(stream)
    reader = csv.reader(stream, delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        raise Unreadable(
            f"{name} has a cell that does not end, from about line {reader.line_num + skip} on:"
            " is a quotation mark never closed?"
        ) from error


def sniff(lines: list[str]) -> str:
    """The letter that parts the first lines into rows of the most equal and most cells.

    >>> sniff(["site;rate\\n", "a;1,5\\n", "b;2,25\\n"])
    ';'
    """
    best, most = ",", (0.0, 0)
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator) if any(map(str.strip, row))]
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        wide = sum(w > 1 for w in widths)
        found = (times / len(widths) if width > 1 else 0.5 * wide / len(widths), width)
        # A comma in most rows is decimals or thousands, where another letter parts all rows equally.
        if (round(found[0], 1), found[1]) > (round(most[0], 1), most[1]) and max(widths) > 1:
            best, most = separator, found
    return best
