"""Numbers as people type and paste them into a table: read as those in a file are, one at a time."""

from __future__ import annotations

from decimal import Decimal

from measures.intake import numbers
from measures.model import Form, Measure


def reading(text: str, measure: Measure) -> float | None:
    """A typed text as a number; None where it is empty. Raises ValueError with a sentence.

    Decimals follow a point. A yes/no measure takes yes and no, and no other measure does.

    >>> from measures.model import Direction, Family
    >>> one = Measure("a", "A", "A", "", Family.OUTCOME, Form.VALUE, Direction.UP, "", "A")
    >>> reading("1,234", one), reading(" 1 234.5 ", one), reading("", one)
    (1234.0, 1234.5, None)
    """
    bare = text.strip()
    if not bare:
        return None
    found = numbers.read([bare])
    number, yes_no = float(found.value[0]), measure.form is Form.YES_NO
    if yes_no and not found.yes_no[0] and number not in (0, 1):
        raise ValueError(f"{_quoted(bare)} is neither yes nor no: type one of the two, or leave the cell empty.")
    if found.problem[0]:
        raise ValueError(found.problem[0])
    if (found.yes_no[0] and not yes_no) or (found.percent[0] and measure.unit != "%"):
        raise ValueError(f"{_quoted(bare)} is not a count: type the number itself, or leave the cell empty.")
    if found.percent[0] and measure.form is not Form.VALUE:
        raise ValueError(f"{_quoted(bare)} is a share: type the number of people, or leave the cell empty.")
    return number + 0.0


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
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
