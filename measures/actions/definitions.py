"""How a measure is counted, and from when on it is counted differently: a lead's decision, for every site.

What was counted before and after cannot be compared, so every chart of the measure breaks there. Nothing is
changed or removed; what was entered by mistake is taken back with its reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from measures import clock, format, log
from measures.access import Action
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.actions.rebases import FEWEST_WORDS
from measures.model import Measure, Redefinition
from measures.review.calendar import over
from measures.store.base import Conflict

SOURCE = "defined"
MOST = 500
"""Letters of a definition or a reason."""


class Overtaken(Exception):
    """Somebody else was first; nothing was written. ``stands`` is what is there now, if anything."""

    def __init__(self, stands: Redefinition | None) -> None:
        super().__init__("Somebody else changed this definition while you were looking. Nothing was saved.")
        self.stands = stands


def listed(desk: Desk) -> tuple[Redefinition, ...]:
    """Where measures began to be counted differently, as on screen: by measure and period. Raises Forbidden."""
    desk.require(Action.DATA)
    return desk.review().redefinitions


def history(desk: Desk) -> tuple[Redefinition, ...]:
    """Everything ever said about that, newest first. Raises Forbidden."""
    desk.require(Action.DATA)
    return tuple(reversed(desk.store.redefinition_history(desk.campaign.id)))


def periods(desk: Desk, measure: str) -> list[date]:
    """The periods from which a measure can be counted differently, newest first: all but its first."""
    index, _ = over(desk.campaign, desk.campaign.measure(measure), desk.as_of)
    return [p.date() for p in reversed(index[1:])]


def change(desk: Desk, measure: str, on: date, text: str, reason: str, seen: int = 0) -> Redefinition:
    """From the period ``on`` the measure is counted as ``text`` says, because of ``reason``; returned as kept.

    ``seen`` is the id of what the person saw for this measure and period, 0 where they saw nothing. Raises
    Forbidden; Refused with reasons; Overtaken where something else stands there.
    """
    about = _begin(desk, measure)
    if on not in periods(desk, measure):
        when = format.period(on, about.frequency)
        raise Refused([f"{about.name} cannot change in {when}: choose a month that is over and not the first."])
    wrong = [*_few(text, "Say how it is counted from then on"), *_few(reason, "Say why")]
    if wrong:
        raise Refused(wrong)
    stood = _standing(desk, measure, on)
    if not seen and stood is not None and not stood.stands:
        seen = stood.id
    made = Redefinition(measure, on, " ".join(text.split()), " ".join(reason.split()), desk.actor.name, clock.now())
    return _keep(desk, made, seen)


def withdraw(desk: Desk, made: Redefinition, reason: str) -> Redefinition:
    """Take one back that was entered by mistake. Raises Forbidden; Refused; Overtaken."""
    _begin(desk, made.measure)
    if wrong := _few(reason, "Say why it is taken back"):
        raise Refused(wrong)
    if not made.stands:
        raise Refused(["This has been taken back already."])
    back = replace(made, reason=" ".join(reason.split()), stands=False, author=desk.actor.name, at=clock.now())
    return _keep(desk, back, made.id)


def _begin(desk: Desk, measure: str) -> Measure:
    desk.require(Action.DEFINE)
    if desk.wound_back:
        raise Refused(["You are looking at an earlier date. Come back to today to change a definition."])
    if measure not in {m.id for m in desk.campaign.measures}:
        raise Refused([f"{desk.campaign.name} has no measure called “{measure}”."])
    return desk.campaign.measure(measure)


def _few(text: str, ask: str) -> list[str]:
    words = [word for word in text.split() if any(letter.isalnum() for letter in word)]
    if len(words) < FEWEST_WORDS:
        return [f"{ask} in a few words: everybody who reads a chart of it will want to know."]
    return [f"{ask} in at most {MOST} letters; this is {len(text)}."] if len(text) > MOST else []


def _standing(desk: Desk, measure: str, on: date) -> Redefinition | None:
    made = desk.store.redefinition_history(desk.campaign.id)
    return next((r for r in reversed(made) if (r.measure, r.on) == (measure, on)), None)


def _keep(desk: Desk, made: Redefinition, seen: int) -> Redefinition:
    about = {"campaign": desk.campaign.id, "measure": made.measure}
    try:
        kept = desk.store.redefine(desk.campaign.id, made, source=SOURCE, seen=seen)
    except Conflict as conflict:
        log.event("definition refused: another came first", **about)
        raise Overtaken(_standing(desk, made.measure, made.on)) from conflict
    log.event("definition changed" if kept.stands else "definition taken back", **about, change=kept.id)
    return kept
