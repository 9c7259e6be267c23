"""What is said about corrections: what was known when, what a cell has held, who changed it and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from measures import format
from measures.model import Measure

WITH_CORRECTIONS = "With later corrections"
WHICH_KNOWLEDGE = "Show its numbers"
KNOWLEDGE_HELP = "As they are known now, or as whoever looked at them on that day saw them."
HISTORY = "History and corrections"
CHOOSE = "Choose a {every}"
CORRECT = "Correct it"
SAVE = "Save the correction"
WHY = "Why? (optional)"
WHY_HINT = "Two wards were counted twice"
UNDO = "Undo the last change"
KEEP_THEIRS = "Keep what is there"
MINE = "Save mine instead"
SAME = "These are the numbers that stand there already, so nothing was saved."
CORRECTED = "Corrected"
SINCE_THEN = "Since then"
CLASH = "Somebody else changed this while you were looking. Nothing of yours has been saved."
NO_UNDO = "It cannot be undone any more."
BLANK = "no number"


def known_by(day: date) -> str:
    """
    >>> known_by(date(2018, 4, 15))
    'What had been reported by 15 April 2018'
    """
    return f"What had been reported by {format.day(day)}"


def known(day: date, came_in: int, changed: int) -> list[str]:
    """What is on screen where it is shown as it was known, and what has become of it since.

    >>> known(date(2018, 4, 15), 0, 1)[1]
    'Since then one number has been corrected.'
    """
    said = [f"You see what had been reported by {format.day(day)}."]
    if not came_in and not changed:
        return [*said, "Nothing has been corrected since, so both ways show the same."]
    parts = []
    if came_in:
        parts.append(f"{_numbers(came_in)} come in")
    if changed:
        parts.append(f"{_numbers(changed)} been corrected")
    return [*said, f"Since then {' and '.join(parts)}."]


def _numbers(n: int) -> str:
    return f"{format.in_words(n)} {'number has' if n == 1 else 'numbers have'}"


def nothing_kept(day: date, began: date | None) -> str:
    """Said where a campaign's numbers were brought in later than the day whose knowledge is asked for."""
    if began is None:
        return "Nothing has been kept here yet, so there is nothing that was known then."
    return (
        f"Headway has kept this campaign's numbers since {format.day(began)}, so it cannot tell what was known on"
        f" {format.day(day)}: you see them with later corrections."
    )


def not_a_day(asked: str) -> str:
    """Said where the address asks for the knowledge of a day that is none, or has not come."""
    return f"“{asked}” is not a day that has been, so you see what is known now. Days are written like 2018-06-30."


# --- what a cell has held ----------------------------------------------------------------------------


def held(measure: Measure, numerator: object, denominator: object, value: object) -> str:
    """What a cell holds, in words."""
    if measure.form.has_denominator:
        if format.missing(numerator):
            return BLANK
        return " of ".join(format.number(x, 0 if float(x).is_integer() else 1) for x in (numerator, denominator))
    return BLANK if format.missing(value) else format.value(measure, value)


def from_to(row: Mapping[str, object], measure: Measure) -> str:
    """What stood in a cell, and what took its place: "15,500 of 18,000 → 15,600 of 18,000"."""
    was, now = (
        held(measure, *(row[f"{lead}{name}"] for name in ("numerator", "denominator", "value")))
        for lead in ("from_", "")
    )
    return f"{was} → {now}"


def correction(row: Mapping[str, object], measure: Measure, why: str) -> str:
    """One correction as a cell of a table: from what to what, who, when and why."""
    said = f"{from_to(row, measure)}, {row['actor']}, {format.day(row['at'])}"
    return f"{said}: {why}" if why else said


def revision(row: Mapping[str, object], measure: Measure, why: str) -> tuple[str, str]:
    """One line of a cell's history: who and when, and what was written in place of what, and why."""
    first = row["rev"] == 1
    now = held(measure, row["numerator"], row["denominator"], row["value"])
    what = format.capital(now if first else from_to(row, measure))
    what += " (an undo)" if not format.missing(row["undoes"]) else ""
    what += f". Why: {why}" if why else ""
    if row["note"] and row["note"] != row["from_note"]:
        what += f". “{row['note']}”"
    return f"{row['actor']}, {format.day(row['at'])} at {row['at']:%H:%M} UTC", what


def done(period: date, measure: Measure) -> str:
    """After a correction."""
    return f"{format.capital(format.period(period, measure.frequency))} is corrected. What stood there is kept."


def undone(period: date, measure: Measure) -> str:
    """After an undo."""
    return f"{format.capital(format.period(period, measure.frequency))} is back to what it was before that change."
