"""Numbers as people type and paste them into a table: read as those in a file are, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
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
    (found,) = readings([(text, measure)])
    if isinstance(found, ValueError):
        raise found
    return found


def readings(cells: Sequence[tuple[str, Measure]]) -> list[float | ValueError | None]:
    """Many typed texts, each of a measure, as numbers; each different text is read once.

    Where ``reading`` would raise, the error stands in the number's place.
    """
    bare = [text.strip() for text, _ in cells]
    different = list(dict.fromkeys(filter(None, bare)))
    found = numbers.read(different)
    facts = zip(found.value.tolist(), found.percent.tolist(), found.yes_no.tolist(), found.problem, strict=True)
    read = dict(zip(different, facts, strict=True))
    return [_judged(text, measure, *read[text]) if text else None for text, (_, measure) in zip(bare, cells)]


def _judged(
    text: str, measure: Measure, number: float, percent: bool, yes_no: bool, problem: str
) -> float | ValueError:
    asked = measure.form is Form.YES_NO
    if asked and not yes_no and number not in (0, 1):
        return ValueError(f"{_quoted(text)} is neither yes nor no: type one of the two, or leave the cell empty.")
    if problem:
        return ValueError(problem)
    if yes_no and not asked:
        return ValueError(f"{_quoted(text)} is not a count: type the number itself, or leave the cell empty.")
    if percent and (measure.unit != "%" or measure.form is not Form.VALUE):
        return ValueError(f"{_quoted(text)} is a share: type the number itself, or leave the cell empty.")
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
