"""What is said of a file besides its refusals: what was stepped over, what only a person can say, and the template."""

from __future__ import annotations

from collections.abc import Sequence

from measures import format
from measures.words.intake import quote

# What was stepped over, or read in one way of several.


def above(titles: Sequence[str]) -> list[str]:
    """Lines above the header."""
    if not titles:
        return []
    what = "A line" if len(titles) == 1 else f"{format.capital(format.in_words(len(titles)))} lines"
    return [f"{what} above the header {'was' if len(titles) == 1 else 'were'} stepped over: {quote(titles[0])}."]


def blank_rows(n: int) -> list[str]:
    """
    >>> blank_rows(2)
    ['Two blank rows were stepped over.']
    """
    return [f"{format.capital(_count(n, 'blank row'))} {'was' if n == 1 else 'were'} stepped over."] if n else []


def stepped_over(what: str, rows: Sequence[int]) -> str:
    """Totals, or notes below the table."""
    one = {"totals": "A row of totals was", "notes": "A note below the table was"}
    several = {"totals": "rows of totals were", "notes": "notes below the table were"}
    said = one[what] if len(rows) == 1 else f"{format.capital(format.in_words(len(rows)))} {several[what]}"
    return f"{said} stepped over ({_rows(rows)})."


def notes_alone(rows: Sequence[int]) -> list[str]:
    """Rows with a note and no number."""
    what = "A note has" if len(rows) == 1 else f"{format.capital(format.in_words(len(rows)))} notes have"
    return [f"{what} no number beside {'it' if len(rows) == 1 else 'them'} and cannot be kept ({_rows(rows)})."]


SAME = "Given twice with the same numbers"


def same_again(n: int) -> str:
    """Repeated cells that agree."""
    return f"{SAME}, and kept once: {format.count(n, 'number')}."


def shares_beside(n: int) -> str:
    """Shares that stand beside the two numbers they come from."""
    return (
        f"{format.count(n, 'share')} beside {'its' if n == 1 else 'their'} two numbers: worked out from those instead."
    )


def inside_periods(n: int, frequency: str) -> str:
    """Days taken for the period that they lie in."""
    return f"{format.count(n, 'date')} inside a {frequency} {'was' if n == 1 else 'were'} read as that {frequency}."


def twice_in_header(name: str) -> str:
    """Two columns of one name."""
    return f"More than one column is called {quote(name)}: they are told apart by a number."


def other_sheets(chosen: str, titles: Sequence[str]) -> str:
    """One sheet of several was read."""
    others = [quote(title) for title in titles if title != chosen]
    return f"The sheet {quote(chosen)} was read; there {'is' if len(others) == 1 else 'are'} also {_and(others[:6])}."


def hidden_sheet(title: str) -> str:
    """A sheet that nobody sees in the spreadsheet."""
    return f"The sheet {quote(title)} is hidden in the workbook."


def hidden_rows(n: int) -> list[str]:
    """Rows that nobody sees in the spreadsheet."""
    return [f"{format.capital(_count(n, 'hidden row'))} {'was' if n == 1 else 'were'} read as well."] if n else []


def _and(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def _rows(rows: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:5])
    return f"{'row' if len(rows) == 1 else 'rows'} {shown}{' …' if len(rows) > 5 else ''}"


def _count(n: int, noun: str) -> str:
    return f"{format.in_words(n)} {noun if n == 1 else noun + 's'}"


# What only a person can say.

MARKS = (("point", "A point: 1,234 is more than a thousand"), ("comma", "A comma: 1,234 is a little over one"))


def no_header(header: Sequence[str]) -> str:
    """A file that begins with its first row of data."""
    shown = ", ".join(filter(None, header[:3]))
    return f"The first row looks like data and not like headings ({quote(shown)}): put a row of headings above it."


def which_mark() -> str:
    """Thousands or decimals, asked of a file."""
    return "Which mark stands before the decimals in this file?"


def which_site() -> str:
    """A file without a column of sites."""
    return "No column says which site a row is about. Which site is this file for?"


def which_order(text: str, options: Sequence[tuple[str, str]]) -> str:
    """Day or month first, asked of a column.

    >>> which_order("03/04/2018", [("day-first", "3 April 2018"), ("month-first", "4 March 2018")])
    'Is “03/04/2018” 3 April 2018 or 4 March 2018? Nothing else in the column tells.'
    """
    return f"Is {quote(text)} {options[0][1]} or {options[1][1]}? Nothing else in the column tells."


# The template.


def template_periods(frequency: str) -> str:
    """What the column of periods is."""
    return (
        f"One row for each {frequency} of each site. Leave a number empty where nothing is reported; write 0 where it"
        " was nought. Rows may be left out, and in any order."
    )


def template_note() -> str:
    """What the column of notes is for."""
    return "Anything the next reader should know about these numbers."


def template_limit(whole: bool) -> str:
    """What a spreadsheet says where a number cannot be right."""
    return f"It must be a {'whole ' if whole else ''}number, not below nought."
