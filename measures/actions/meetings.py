"""Two people at one table: which cells both wrote, and what stands there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from measures.actions.entries import inputs
from measures.actions.grid import NOTE, SOURCE, Edits, Grid, Place, differences
from measures.model import ALL
from measures.store.base import Clash


@dataclass(frozen=True, slots=True)
class Meeting:
    """A cell of the table that two people wrote: what this one typed, and what stands there now.

    ``moved`` are the store's cells behind it that somebody wrote since, with who, when and what.
    """

    period: date
    key: str
    label: str
    mine: str
    theirs: str
    moved: tuple[Clash, ...]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.period, self.key


def moved_on(table: Grid, fresh: Grid) -> bool:
    """Whether anything of this site was written between two openings."""
    return table.every != fresh.every or {k: h.rev for k, h in table.heads.items()} != {
        k: h.rev for k, h in fresh.heads.items()
    }


def meetings(table: Grid, fresh: Grid, edited: Edits) -> tuple[Meeting, ...]:
    """The edited cells behind which somebody wrote after ``table`` was opened; ``fresh`` is the table as it is now.

    Where both wrote the same there is nothing to choose.
    """
    found = []
    for cell in differences(table, edited).cells:
        measures = [m.id for m in table.measures if cell.key in inputs(table.campaign, m)]
        if cell.key == NOTE:
            measures = [table.noted]
        moved = [m for m in measures if fresh.head(m, cell.period).rev != table.head(m, cell.period).rev]
        theirs = fresh.text(cell.place) if moved else ""
        if moved and theirs != cell.now:
            clashes = tuple(_clash(table, fresh, measure, cell.period) for measure in moved)
            found.append(Meeting(cell.period, cell.key, cell.label, cell.now, theirs, clashes))
    return tuple(found)


def _clash(table: Grid, fresh: Grid, measure: str, period: date) -> Clash:
    seen, now = table.head(measure, period).rev, fresh.head(measure, period)
    numbers = (now.numerator, now.denominator, now.value)
    return Clash(
        table.site, measure, period, ALL, seen, now.rev, now.change_id, now.actor, now.at, SOURCE, *numbers, now.note
    )
