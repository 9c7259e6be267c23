"""What is said where a measure began to be counted differently: on a chart, beneath it, and on the page of data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from measures import format
from measures.format import capital
from measures.model import Campaign, Measure, Redefinition

TITLE = "How numbers are counted"
MEANS = "Where a definition changes, every chart of the measure breaks: before and after cannot be compared."
NONE = "No definition has changed since the campaign began."
CHANGE = "A definition changed"
MEASURE, FROM = "Measure", "Counted differently from"
TEXT, TEXT_HINT = "How is it counted from then on?", "Only patients of the main department"
WHY, WHY_HINT = "Why?", "The national guidance changed in April"
SAVE, TAKE_BACK, WHY_BACK = "Change the definition", "Take back", "Why is it taken back?"
LOOKING_BACK = "You are looking back at an earlier month. Come back to today to change a definition."
CHOOSE = "Choose the measure and the month from which it is counted differently."


def since(made: Redefinition, measure: Measure) -> str:
    """The words at the break: "Counted differently from April 2018"."""
    return f"Counted differently from {format.period(made.on, measure.frequency)}"


def on_chart(redefined: Sequence[Redefinition], measure: str) -> list[tuple[date, str]]:
    """Where the line of a measure breaks, and how it is counted from then on."""
    return [(made.on, made.text) for made in redefined if made.measure == measure]


def beneath(redefined: Sequence[Redefinition], measure: Measure) -> list[str]:
    """Each break of a measure's chart in a sentence, oldest first."""
    return [
        f"{since(made, measure)}: {_ended(made.text)} Why: {_ended(made.reason)} What lies before and after cannot be"
        " compared."
        for made in redefined
        if made.measure == measure.id
    ]


def line(made: Redefinition, campaign: Campaign) -> tuple[str, str]:
    """One line of the list: which measure from when on, and how, why, by whom."""
    measure = campaign.measure(made.measure)
    name = f"{measure.short}, from {format.period(made.on, measure.frequency)}"
    who = f"{made.author}, {format.day(made.at)}"
    if not made.stands:
        return name, f"Taken back: {_ended(made.reason)} {who}"
    return name, f"{capital(_ended(made.text))} Why: {_ended(made.reason)} {who}"


def done(made: Redefinition, campaign: Campaign) -> str:
    """After a change, or after one was taken back."""
    measure = campaign.measure(made.measure)
    when = format.period(made.on, measure.frequency)
    if not made.stands:
        return f"The charts of {measure.short} no longer break in {when}."
    return f"The charts of {measure.short} break in {when} and have new limits from there."


def overtaken(stands: Redefinition | None, campaign: Campaign) -> str:
    """Somebody else was first."""
    if stands is None:
        return "Somebody else changed this definition while you were looking. Nothing was saved."
    name, what = line(stands, campaign)
    return f"Somebody else was first, so nothing of yours was saved. {name}: {what}"


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
