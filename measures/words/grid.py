"""What the table of many months says: what will change, what cannot be saved, and what somebody else wrote first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from measures import format
from measures.format import count, month, month_name, number

HOW = (
    "Type in a cell, or copy a block in your spreadsheet and paste it: click the cell where it begins first."
    " What reaches beyond the table is not taken. Nothing is saved until you say so."
)
UNTOUCHED = "Nothing yet. What you type or paste is listed here before it is saved."
TITLE = "What will change"
WHOLE = "All of it is saved, or nothing."
NONE_YET = "Save"
SURE_EMPTY = "Yes, empty what is marked “emptied”. What was there stays in its history"
SURE_RIGHT = "Yes, these numbers are right"
ONE_MORE = "Something changed as you pressed the button. Look at what will be saved, then press it again."
BACK = "Put these back as they were"
START_AGAIN = "Put everything back as it was"
TOGETHER = (
    "Somebody else has saved since you opened this table. Nothing of yours has been saved yet, and none of it is lost."
)
SHOWN = "What is shown"
MONTHS = "Months"
MEASURES = "Numbers"
NOTES = "Notes"
NOTE = "Note"
ALL_THEIRS, ALL_MINE = "Keep all of theirs", "Keep all of mine"
GO_ON = "Go on"
UNDO = "Undo"
UNDONE = "It is as it was before."
CANNOT_UNDO = "It cannot be undone any more, because somebody has written there since."
NOT_SHOWN = "Some of them stand in rows or columns that are not shown now."


def headline(months: int) -> str:
    """
    >>> headline(24), headline(1)
    ('The last 24 months at once', 'The last month')
    """
    return "The last month" if months == 1 else f"The last {format.in_words(months)} months at once"


def described(months: Sequence[date], columns: Sequence[str]) -> str:
    """What the table is, for those who cannot see it."""
    return f"{month(months[0])} to {month(months[-1])}, a row for each month; columns: {', '.join(columns)}"


def confirm(n: int) -> str:
    """What is asked before cells are emptied.

    >>> confirm(1)
    '1 cell would be emptied: say so before it is saved.'
    """
    return f"{count(n, 'cell')} would be emptied: say so before {'it is' if n == 1 else 'they are'} saved."


def save(n: int) -> str:
    """
    >>> save(14), save(1)
    ('Save 14 cells', 'Save 1 cell')
    """
    return f"Save {count(n, 'cell')}"


def saved(n: int, months: int) -> str:
    """
    >>> saved(14, 5)
    'Saved: 14 cells in five months.'
    """
    return f"Saved: {count(n, 'cell')} in {format.in_words(months)} {'month' if months == 1 else 'months'}."


def tally(new: int, changed: int, emptied: int, refused: int) -> str:
    """How many cells become what.

    >>> tally(9, 4, 1, 0), tally(0, 1, 0, 2)
    ('9 new, 4 changed, 1 emptied.', '1 changed. 2 cannot be saved as they are.')
    """
    kinds = ((new, "new"), (changed, "changed"), (emptied, "emptied"))
    said = ", ".join(f"{number(n)} {what}" for n, what in kinds if n)
    wrong = f"{number(refused)} cannot be saved as {'it is' if refused == 1 else 'they are'}." if refused else ""
    return " ".join(part for part in (f"{said}." if said else "", wrong) if part)


def first_right(n: int) -> str:
    """What keeps the rest from being saved.

    >>> first_right(2)
    'Put 2 cells right first, or put them back: all of it is saved, or nothing.'
    """
    return (
        f"Put {count(n, 'cell')} right first, or put {'it' if n == 1 else 'them'} back: all of it is saved, or nothing."
    )


def became(was: str, now: str) -> str:
    """From what to what; nothing is said for an empty cell.

    >>> became("17,119", "17,911"), became("", "18,000"), became("18,000", "")
    ('17,119 → 17,911', 'empty → 18,000', '18,000 → empty')
    """
    return f"{was or 'empty'} → {now or 'empty'}"


def keep_theirs(text: str) -> str:
    """
    >>> keep_theirs("17,500"), keep_theirs("")
    ('Keep 17,500', 'Keep it empty')
    """
    return f"Keep {_short(text)}" if text else "Keep it empty"


def keep_mine(text: str) -> str:
    """
    >>> keep_mine("17,911"), keep_mine("")
    ('Mine: 17,911', 'Mine: empty')
    """
    return f"Mine: {_short(text) if text else 'empty'}"


def meeting(period: date, label: str) -> str:
    """
    >>> meeting(date(2019, 4, 1), "Attendances")
    'April 2019 · Attendances'
    """
    return f"{month(period)} · {label}"


def to_choose(n: int) -> str:
    """
    >>> to_choose(2)
    'Choose for each of the two cells that both of you wrote.'
    """
    return "Choose for the cell that both of you wrote." if n == 1 else (
        f"Choose for each of the {format.in_words(n)} cells that both of you wrote."
    )  # fmt: skip


def unlikely(period: date, query: str) -> str:
    """A query about one month. ``query`` is that of the page for one month."""
    return f"{month_name(period)} {period.year}. {query}"


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
