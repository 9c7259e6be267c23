"""A frame of entries as rows to stage: checked as single entries are, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from measures.store.base import BIGGEST_WHOLE, InvalidEntry, Staged
from measures.store.frames import NUMBERS

KEYS = ("site", "measure", "group", "period")
COLUMNS = (*KEYS, "seen", *NUMBERS, "note")


class Rows:
    """The rows of ``frame``, in the order of their cells. Raises InvalidEntry where one cannot be kept.

    A text that many rows share is held once, and rows are made a piece at a time.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        if lacking := [name for name in COLUMNS if name not in frame.columns]:
            raise InvalidEntry(f"A table of entries needs the columns {', '.join(COLUMNS)}; it lacks {lacking[0]}.")
        self._codes: dict[str, np.ndarray] = {}
        self._texts: dict[str, np.ndarray] = {}
        for name in (*KEYS[:-1], "note"):
            self._codes[name], self._texts[name] = _texts(frame[name])
        self._codes["period"], self._texts["period"] = _days(frame["period"])
        order = np.lexsort([self._codes[name] for name in reversed(KEYS)])
        self._codes = {name: codes[order] for name, codes in self._codes.items()}
        self._require_once()
        self._numbers = {name: _numbers(frame[name], self, order) for name in NUMBERS}
        self._seen = _seen(frame["seen"])[order]

    def __len__(self) -> int:
        return len(self._seen)

    def where(self, row: int) -> str:
        """The cell of a row, in words."""
        return ", ".join(self._texts[name][self._codes[name][row]] for name in KEYS)

    def pieces(self, size: int) -> Iterator[Iterator[Staged]]:
        """The rows as the store stages them, ``size`` at a time."""
        for first in range(0, len(self), size):
            part = slice(first, first + size)
            text = {name: self._texts[name].take(codes[part]) for name, codes in self._codes.items()}
            numbers = (_or_none(self._numbers[name][part]) for name in NUMBERS)
            yield zip(*(text[name] for name in KEYS), self._seen[part].tolist(), *numbers, text["note"], strict=True)

    def _require_once(self) -> None:
        same = np.ones(max(len(self._codes["site"]) - 1, 0), bool)
        for name in KEYS:
            same &= self._codes[name][1:] == self._codes[name][:-1]
        if same.any():
            twice = self.where(int(np.flatnonzero(same)[0]))
            raise InvalidEntry(f"{twice} is given twice in one change: keep one of the two.")


def _texts(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Codes and the different texts, which are in order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        different, codes = column.cat.categories.to_numpy(object), column.cat.codes.to_numpy(np.int64)
    else:
        codes, different = pd.factorize(column.to_numpy(object))
    plain = all(isinstance(text, str) and "\0" not in text for text in different)
    if not plain or (len(codes) and codes.min() < 0):
        wrong = next((text for text in different if not isinstance(text, str) or "\0" in text), None)
        raise InvalidEntry(f"A site, measure, group or note must be plain text, not {wrong!r}.")
    order = np.array(sorted(range(len(different)), key=different.__getitem__), np.int64)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[codes] if len(codes) else codes, different[order] if len(order) else different


def _days(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Codes and the different days, as ISO texts in order."""
    if column.dtype.kind != "M" or isinstance(column.dtype, pd.DatetimeTZDtype):
        raise InvalidEntry("The periods of a table of entries must be dates.")
    codes, different = pd.factorize(column.to_numpy(), sort=True)
    days = different.astype("datetime64[D]")
    if (len(codes) and codes.min() < 0) or (days != different).any():
        raise InvalidEntry("The period of an entry must be a date: one is missing, or has a time of day.")
    texts = np.datetime_as_string(days).astype(object)
    if any(len(text) != 10 for text in texts):
        raise InvalidEntry("The period of an entry must be a date in the years 0 to 9999.")
    return codes.astype(np.int64), texts


def _numbers(column: pd.Series, rows: Rows, order: np.ndarray) -> np.ndarray:
    if column.dtype.kind not in "iuf":
        raise InvalidEntry(f"The column {column.name} of a table of entries must hold numbers, not {column.dtype}.")
    given = column.to_numpy()[order]
    bad = np.isinf(given) if given.dtype.kind == "f" else (given > BIGGEST_WHOLE) | (given < -BIGGEST_WHOLE)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InvalidEntry(
            f"{given[row]} for {rows.where(row)} cannot be kept: a number must be finite, a whole one at most 2^53."
        )
    return given.astype(np.float64) + 0.0  # minus zero becomes zero


def _seen(column: pd.Series) -> np.ndarray:
    if column.dtype.kind not in "iu" or (column < 0).any():
        raise InvalidEntry("The revisions seen must be 0, 1, 2 ….")
    return column.to_numpy(np.int64)


def _or_none(numbers: np.ndarray) -> list[float | None]:
    found = numbers.astype(object)
    found[np.isnan(numbers)] = None
    return found.tolist()
