"""What a cell and a column of the table of months are called, how wide a column is, and a line for a changed cell."""

from __future__ import annotations

from measures.actions.grid import Difference, Grid
from measures.actions.meetings import Meeting
from measures.charts.markup import Safe, tag
from measures.words import grid as words

WIDE = Safe("width:100%")
IN_SIGHT = (110, 144)
"""Pixels of the first two columns: on a phone they are in sight beside the month."""
WIDTH, LETTER, AROUND = 124, 7, 8
"""Pixels of a later column, of a letter of its heading and beside it. Where there is room, each column gets some."""


def width(place: int, heading: str) -> int:
    """Pixels of the column at this place: the first stay narrow for a phone, a later one has its heading's.

    >>> width(1, "Admitted as an emergency"), width(2, "Admitted as an emergency"), width(2, "Falls")
    (144, 176, 124)
    """
    return IN_SIGHT[place] if place < len(IN_SIGHT) else max(WIDTH, LETTER * len(heading) + AROUND)


def heading(table: Grid, key: str) -> str:
    """A column's heading: short, as the whole label stands in its help."""
    column = table.column(key)
    measure = table.campaign.measure(column.measure)
    return measure.short if column.part == "numerator" else column.label


def name(table: Grid, cell: Difference | Meeting) -> str:
    """What a cell is called in the list: as its column, or as it is where there is no such column any more."""
    known = any(column.key == cell.key for column in table.fields)
    return heading(table, cell.key) if known else cell.label


def change(table: Grid, cell: Difference, query: str) -> Safe:
    """A line of the list: where, from what to what, and why it needs a look."""
    why = cell.reason or query
    kind = words.UNUSUAL if query else cell.kind.value
    where = tag("span", words.meeting(cell.period, table.frequency, name(table, cell)), class_="small muted")
    lines = (where, tag("div", words.became(cell.was, cell.now)), tag("span", why, class_="sub") if why else None)
    return tag("tr", tag("td", *lines, style=WIDE), tag("td", tag("b", kind) if why else kind, class_="num"))
