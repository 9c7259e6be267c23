"""Numbers as people type and paste them: text in, a number or one sentence out."""

from __future__ import annotations

import re
from decimal import Decimal

from measures.model import Form, Measure
from measures.store.base import BIGGEST_WHOLE

_FIGURES = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?", re.ASCII)
_BLANKS = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\t\r\n")
_YES, _NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")


def reading(text: str, measure: Measure) -> float | None:
    """A typed text as a number; None where it is empty. Raises ValueError with a sentence.

    Thousands may be parted by commas or blanks; decimals follow a point. A yes/no measure takes yes and no.

    >>> from measures.model import Direction, Family
    >>> one = Measure("a", "A", "A", "", Family.OUTCOME, Form.VALUE, Direction.UP, "", "A")
    >>> reading("1,234", one), reading(" 1 234.5 ", one), reading("", one)
    (1234.0, 1234.5, None)
    """
    bare = text.translate(_BLANKS).replace("\N{MINUS SIGN}", "-")
    if not bare:
        return None
    if measure.form is Form.YES_NO:
        if bare.casefold() not in (*_YES, *_NO):
            raise ValueError(f"{_quoted(text)} is neither yes nor no. Type one of the two, or leave the cell empty.")
        return float(bare.casefold() in _YES)
    if not _FIGURES.fullmatch(bare) or not any(letter.isdigit() for letter in bare):
        raise ValueError(
            f"{_quoted(text)} is not a number. Type it in figures, like 1,234 or 12.5, or leave the cell empty."
        )
    found = float(bare.replace(",", ""))
    if abs(found) > BIGGEST_WHOLE:
        raise ValueError(f"{_quoted(text)} is too large to be kept exactly. Is there a digit too many?")
    return found + 0.0


def shown(number: float | None, measure: Measure) -> str:
    """A number as the table shows it, so that ``reading`` finds the very same.

    >>> from measures.model import Direction, Family
    >>> one = Measure("a", "A", "A", "", Family.OUTCOME, Form.VALUE, Direction.UP, "", "A")
    >>> shown(17119.0, one), shown(0.1, one), shown(None, one)
    ('17,119', '0.1', '')
    """
    if number is None:
        return ""
    if measure.form is Form.YES_NO and number in (0, 1):
        return "Yes" if number else "No"
    if float(number).is_integer():
        return f"{int(number):,}"
    return f"{Decimal(repr(float(number))):,f}"


def _quoted(text: str) -> str:
    bare = text.strip()
    return f"“{bare if len(bare) <= 40 else bare[:39] + '…'}”"
