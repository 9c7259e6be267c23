"""Numbers as people write them, and why a cell is none. Each different text is read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from measures import csvio
from measures.words import intake as words

POINT, COMMA = "point", "comma"
MARKS = (POINT, COMMA)
"""What stands before the decimals."""

BIGGEST = 2.0**53
"""Whole numbers up to here are kept exactly."""

_SPACES = dict.fromkeys(map(ord, " \u00a0\u2009\u202f\u2007\u2008'’"), None) | {ord("\u2212"): "-", ord("\u2013"): "-"}
_THOUSANDS = re.compile(r"\d{1,3}([ \u00a0\u2009\u202f\u2007\u2008'’]\d{3})+([.,]\d+)?")
_PLAIN = re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_ENGLISH = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)
_CONTINENTAL = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d+)?|\d+,\d+", re.ASCII)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_HIDDEN = re.compile(r"\*+|[<≤] ?\d+|suppressed|redacted|hidden|\[?c\]?|s|sup|1-[4-7]|1 ?to ?[4-7]", re.IGNORECASE)
_TRUE, _FALSE = ("yes", "y", "true", "done"), ("no", "n", "false", "not yet")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What different texts say, one entry for each.

    ``value`` (n,) float64: NaN where there is none; ``percent`` and ``yes_no``: how it was written; ``problem``: why
    a text is no number, "" where it is one or the cell is blank.
    """

    value: np.ndarray
    percent: np.ndarray
    yes_no: np.ndarray
    problem: tuple[str, ...]


def mark(texts: Sequence[str], separator: str = "") -> str:
    """What stands before the decimals in a file, from all of its numbers; "" where it must be asked.

    Only what can be read two ways is asked about: 1,234 or 1.234 in a file whose cells are parted by semicolons, as
    programs do where a comma stands before decimals, or a file with numbers that can only be the one and others
    that can only be the other.

    >>> mark(["1,234", "12.5"]), mark(["12,5", "1.234"]), mark(["1,234"]), mark(["1,234"], ";")
    ('point', 'comma', 'point', '')
    """
    point = comma = either = False
    for text in texts:
        if "," not in text and "." not in text:
            continue
        bare = text.strip("%£$€ +-\u2212()\u00a0").translate(_SPACES)
        if _EITHER.fullmatch(bare):
            either |= "," in bare or separator == ";"
            continue
        point |= bool(_ENGLISH.fullmatch(bare) or ("," not in bare and _PLAIN.fullmatch(bare) and "." in bare
                                                    and not _CONTINENTAL.fullmatch(bare)))  # fmt: skip
        comma |= bool(_CONTINENTAL.fullmatch(bare) and not _ENGLISH.fullmatch(bare))
    if point and comma:
        return ""
    if comma:
        return COMMA
    return "" if either and separator == ";" and not point else POINT


def read(texts: Sequence[str], decimals: str = POINT) -> Numbers:
    """Different texts as numbers. ``decimals``: POINT, COMMA, or "" where that is still to be asked.

    >>> found = read(["1,234", "95.2%", "n/a", "", "-3"])
    >>> found.value.tolist(), found.percent.tolist()[1], found.problem[2]
    ([1234.0, 95.2, nan, nan, -3.0], True, '“n/a” is not a number: leave the cell empty where nothing is reported.')
    """
    value, bad = csvio.numbers(pa.array(texts, pa.string()))
    percent, yes_no = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    if decimals != POINT:  # what the plain reading takes for decimals
        bad |= np.fromiter(("." in text for text in texts), bool, len(texts))
    problem = [""] * len(texts)
    for i in np.flatnonzero(bad).tolist():
        value[i], percent[i], yes_no[i], problem[i] = _one(texts[i], decimals)
    for i in np.flatnonzero(np.abs(value) >= BIGGEST).tolist():
        if abs(value[i]) > BIGGEST or "".join(filter(str.isdigit, texts[i])) != f"{BIGGEST:.0f}":
            value[i], problem[i] = np.nan, words.too_large(texts[i])
    return Numbers(value, percent, yes_no, tuple(problem))


def _one(text: str, decimals: str) -> tuple[float, bool, bool, str]:
    lower = text.lower()
    if lower in _TRUE or lower in _FALSE:
        return float(lower in _TRUE), False, True, ""
    bare = text.rstrip("% ").lstrip("£$€ ") if len(text) <= 60 else ""
    percent = "%" in text and text.count("%") == 1 and text.endswith("%")
    negative = bare.startswith(("-", "\u2212", "\u2013", "(")) and len(bare) > 1
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    bare = bare.lstrip("+-\u2212\u2013").lstrip("£$€ ") if len(bare) > 1 else bare
    if any(space in bare for space in " \u00a0\u2009\u202f\u2007\u2008'’"):
        bare = bare.translate(_SPACES) if _THOUSANDS.fullmatch(bare) else ""
    if not decimals and _EITHER.fullmatch(bare):
        return np.nan, False, False, words.either_number(text)
    number = _float(bare, decimals)
    if number is None:
        return np.nan, False, False, _why_not(text, bare)
    return -number if negative else number, percent, False, ""


def _float(bare: str, decimals: str) -> float | None:
    """A number without its sign; None where it is none, inf where it is too large."""
    if decimals != COMMA and (_PLAIN.fullmatch(bare) or _ENGLISH.fullmatch(bare)):
        return float(bare.replace(",", ""))
    if decimals != POINT and (_CONTINENTAL.fullmatch(bare) or (_PLAIN.fullmatch(bare) and "." not in bare)):
        return float(bare.replace(".", "").replace(",", "."))
    return None


def _why_not(text: str, bare: str) -> str:
    if text.startswith("#"):
        return words.formula_error(text)
    if _HIDDEN.fullmatch(text):
        return words.hidden_small(text)
    if text.lower() in ("nil", "none", "zero"):
        return words.nil(text)
    if re.match(r"[+-]?[\d.,]*\d[\d.,]*\s*[(\[/]?\s*[^\W\d]", text):
        return words.number_with_words(text)
    if bare and (_CONTINENTAL.fullmatch(bare) or _PLAIN.fullmatch(bare)):
        return words.other_decimals(text)
    return words.not_a_number(text)
