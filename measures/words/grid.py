"""What the table of many months says: what will change, what cannot be saved, and what somebody else wrote first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from measures import format
from measures.format import count, number

HOW = (
    "Type, or paste a block from your spreadsheet: choose the cell where it begins first."
    " Nothing is saved until you say so."
)
BEYOND = (
    "A row marked • holds something not saved yet, one marked ! something that cannot be saved as it is."
    " What is pasted beyond the last row or column is not taken."
)
UNTOUCHED = "Nothing yet. What you type or paste is listed here before it is saved."
TITLE = "What will change"
BOTH = "Two of you at once"
NOTHING_TO_SAVE = "Save"
SURE_RIGHT = "Yes, the unusual numbers are right"
ONE_MORE = "Something changed as you pressed the button. Look at what will be saved, then press it again."
BACK = "Put back what cannot be saved"
START_AGAIN = "Put everything back as it was"
TOGETHER = "Somebody else has saved since you opened this table. Nothing of yours is saved yet, and nothing is lost."
NOW_THERE = "Somebody else has saved since you opened this table. It shows now what they wrote."
SHOWN = "What is shown"
ROWS = "Rows"
OFTEN = "What is reported"
MEASURES = "Measures"
NOTES = "A column for notes"
NOTE = "Note"
ALL_THEIRS, ALL_MINE = "Keep all of theirs", "Keep all of mine"
GO_ON = "Go on"
UNDO = "Undo"
UNDONE = "Undone: it is as it was before."
CANNOT_UNDO = "It cannot be undone any more, because somebody has written there since."
CAPTION = "What will change, cell by cell"
HEADINGS = ("From and to", "")
CHANGED, WRONG = " •", " !"
"""What stands behind a month's name in the table."""
UNUSUAL = "unusual"


def headline(n: int, frequency: str) -> str:
    """
    >>> headline(24, "month"), headline(1, "week")
    ('The last 24 months at once', 'The last week')
    """
    return f"The last {frequency}" if n == 1 else f"The last {format.in_words(n)} {frequency}s at once"


def row(period: date, frequency: str, changed: bool = False, wrong: bool = False) -> str:
    """A period in the table, marked where something in it is not saved.

    >>> row(date(2018, 4, 1), "month"), row(date(2018, 4, 1), "month", changed=True)
    ('Apr 2018', 'Apr 2018 •')
    >>> row(date(2018, 4, 2), "week", True, True)
    '2 Apr 2018 !'
    """
    short = format.month_short(period)
    shown = short if frequency in ("month", "quarter") else f"{period.day} {short}"
    return shown + (WRONG if wrong else CHANGED if changed else "")


def sure_empty(n: int) -> str:
    """
    >>> sure_empty(1), sure_empty(3)
    ('Yes, empty this cell', 'Yes, empty these three cells')
    """
    return "Yes, empty this cell" if n == 1 else f"Yes, empty these {format.in_words(n)} cells"


EMPTIED_KEPT = "What was there stays in its history."


def described(periods: Sequence[date], frequency: str, columns: Sequence[str]) -> str:
    """What the table is, for those who cannot see it."""
    first, last = (format.period(when, frequency) for when in (periods[0], periods[-1]))
    return f"From {first} to {last}, a row for each {frequency}; columns: {', '.join(columns)}"


def save(n: int) -> str:
    """
    >>> save(14), save(1)
    ('Save 14 cells', 'Save 1 cell')
    """
    return f"Save {count(n, 'cell')}"


def saved(n: int, periods: int, frequency: str) -> str:
    """
    >>> saved(14, 5, "month")
    'Saved: 14 cells in five months.'
    """
    return f"Saved: {count(n, 'cell')} in {format.in_words(periods)} {frequency}{'' if periods == 1 else 's'}."


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


def meeting(period: date, frequency: str, label: str) -> str:
    """
    >>> meeting(date(2019, 4, 1), "month", "Attendances")
    'April 2019 · Attendances'
    """
    return f"{format.capital(format.period(period, frequency))} · {label}"


def to_choose(n: int) -> str:
    """
    >>> to_choose(2)
    'Choose for each of the two cells that both of you wrote.'
    """
    return "Choose for the cell that both of you wrote." if n == 1 else (
        f"Choose for each of the {format.in_words(n)} cells that both of you wrote."
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"


def all_periods(n: int) -> str:
    """
    >>> all_periods(37)
    'all 37'
    """
    return f"all {number(n)}"


def often(frequency: str) -> str:
    """
    >>> often("week")
    'Every week'
    """
    return f"Every {frequency}"
