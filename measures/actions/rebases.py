"""Decisions about a chart: where a series' limits start anew, and which of its points are left out of them.

A program may propose; a person decides and says why. Every decision is kept, also one that is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from measures import clock, format, log
from measures.access import Action
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.model import ALL, Ghost, Measure, Rebase, RebaseStatus
from measures.store.base import Conflict

SOURCE = "decided"
FEWEST_WORDS = 3
"""How many words a reason has at least."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about one series, by date: every rebase whatever its status, and the points left out."""

    rebases: tuple[Rebase, ...]
    ghosts: tuple[Ghost, ...]

    @property
    def accepted(self) -> tuple[Rebase, ...]:
        """Where the limits start anew."""
        return tuple(r for r in self.rebases if r.status == RebaseStatus.ACCEPTED)

    @property
    def declined(self) -> tuple[Rebase, ...]:
        """Where they were to start anew and a person said no: not to be proposed again."""
        return tuple(r for r in self.rebases if r.status == RebaseStatus.DECLINED)


class Overtaken(Exception):
    """Somebody else decided first; nothing was written. ``stands`` is the decision that is there now, if any."""

    def __init__(self, stands: Rebase | Ghost | None) -> None:
        super().__init__("Somebody else decided about this while you were looking. Nothing was saved.")
        self.stands = stands


def decisions(desk: Desk, site: str, measure: str) -> Decisions:
    """What stands for a series as the desk knows it, up to its date. Raises Forbidden."""
    desk.require(Action.SITE, site)
    key = (site, measure, ALL)
    rebases = desk.store.rebases(desk.campaign.id, desk.known_at)
    ghosts = desk.store.ghosts(desk.campaign.id, desk.known_at)
    return Decisions(
        tuple(r for r in rebases if (r.site, r.measure, r.group) == key and r.on <= desk.as_of),
        tuple(g for g in ghosts if (g.site, g.measure, g.group) == key and g.period <= desk.as_of),
    )


def history(desk: Desk, site: str, measure: str) -> tuple[Rebase | Ghost, ...]:
    """Every decision about a series, newest first: who decided what, when and why. Raises Forbidden."""
    desk.require(Action.HISTORY, site)
    about = (desk.campaign.id, site, measure)
    found = (*desk.store.rebase_history(*about), *desk.store.ghost_history(*about))
    return tuple(sorted(found, key=lambda decision: decision.id, reverse=True))


def accept(
    desk: Desk, site: str, measure: str, on: date, reason: str, proposed: str = "", seen: int | None = None
) -> Rebase:
    """Let the series' limits start anew on ``on``; returns the decision as it stands now.

    ``proposed`` is the sentence of the proposal that this answers. ``seen`` is the id of the decision the person
    saw at this date; None where they saw none, which also holds where one was taken back. Accepting what was
    accepted, with another reason, puts that reason in its place.

    Raises Forbidden; Refused with reasons; Overtaken where another decision stands there.
    """
    return _decide_rebase(desk, site, measure, on, RebaseStatus.ACCEPTED, reason, proposed, seen)


def decline(
    desk: Desk, site: str, measure: str, on: date, reason: str, proposed: str = "", seen: int | None = None
) -> Rebase:
    """Keep the limits as they are, although it was proposed that they start anew on ``on``. Otherwise as accept."""
    return _decide_rebase(desk, site, measure, on, RebaseStatus.DECLINED, reason, proposed, seen)


def withdraw(desk: Desk, site: str, measure: str, on: date, reason: str, seen: int) -> Rebase:
    """Take an accepted rebase back: the limits go on as before. ``seen`` is its id.

    Raises Forbidden; Refused; Overtaken where it is no longer what stands there.
    """
    about = _begin(desk, Action.REBASE, site, measure, reason)
    stands = _standing_rebase(desk, site, measure, on)
    if stands is None or (stands.id == seen and stands.status != RebaseStatus.ACCEPTED):
        raise Refused([f"Limits do not start anew in {_named(on, about)}, so there is nothing to take back."])
    return _keep_rebase(desk, replace(stands, status=RebaseStatus.WITHDRAWN, **_by(desk, reason)), seen)


def leave_out(desk: Desk, site: str, measure: str, period: date, reason: str) -> Ghost:
    """Ghost a point: it is shown, and kept out of the limits; returns the decision as it stands now.

    Raises Forbidden; Refused with reasons; Overtaken where somebody decided at the same moment.
    """
    about = _begin(desk, Action.GHOST, site, measure, reason)
    _require_row(desk, site, about, period)
    stands = _standing_ghost(desk, site, measure, period)
    if stands is not None and stands.ghosted:
        raise Refused([f"The point for {_named(period, about)} is left out already (“{stands.reason}”)."])
    decision = Ghost(site, measure, ALL, period, True, **_by(desk, reason))
    return _keep_ghost(desk, decision, stands.id if stands else 0)


def put_back(desk: Desk, site: str, measure: str, period: date, reason: str, seen: int) -> Ghost:
    """Let a ghosted point count for the limits again. ``seen`` is the id of the decision that left it out.

    Raises Forbidden; Refused; Overtaken where that is no longer what stands there.
    """
    about = _begin(desk, Action.GHOST, site, measure, reason)
    stands = _standing_ghost(desk, site, measure, period)
    if stands is None or (stands.id == seen and not stands.ghosted):
        raise Refused([f"The point for {_named(period, about)} is not left out, so there is nothing to put back."])
    return _keep_ghost(desk, replace(stands, ghosted=False, **_by(desk, reason)), seen)


def _decide_rebase(
    desk: Desk, site: str, measure: str, on: date, status: RebaseStatus, reason: str, proposed: str, seen: int | None
) -> Rebase:
    about = _begin(desk, Action.REBASE, site, measure, reason)
    if on == _require_row(desk, site, about, on):
        raise Refused([f"This chart begins in {_named(on, about)}, so its limits start there already."])
    if seen is None:
        stands = _standing_rebase(desk, site, measure, on)
        seen = stands.id if stands and stands.status == RebaseStatus.WITHDRAWN else 0
    decision = Rebase(site, measure, ALL, on, status, proposed=proposed.strip(), **_by(desk, reason))
    return _keep_rebase(desk, decision, seen)


def _begin(desk: Desk, action: Action, site: str, measure: str, reason: str) -> Measure:
    """What every decision asks first. Raises Forbidden, Refused; returns the measure."""
    desk.require(action, site)
    if desk.wound_back or desk.known_at is not None:
        raise Refused(["You are looking at an earlier date. Come back to today to decide about a chart."])
    if site not in {s.id for s in desk.campaign.sites}:
        raise Refused([f"{desk.campaign.name} has no site called “{site}”."])
    if measure not in {m.id for m in desk.campaign.measures}:
        raise Refused([f"{desk.campaign.name} has no measure called “{measure}”."])
    words = [word for word in reason.split() if any(letter.isalnum() for letter in word)]
    if len(words) < FEWEST_WORDS:
        few = "Say why in a few words" if not words else "Say a little more about why"
        raise Refused([f"{few}: whoever looks at this chart later will want to know."])
    return desk.campaign.measure(measure)


def _require_row(desk: Desk, site: str, measure: Measure, period: date) -> date:
    """The first period of the series, where it has a row for ``period``; Refused where it has none."""
    points = desk.review().points
    mine = (points["site"] == site) & (points["measure"] == measure.id) & (points["group"] == ALL)
    periods = points.loc[mine.to_numpy(), "period"]
    if not (periods == pd.Timestamp(period)).any():
        name = desk.campaign.site(site).name
        raise Refused([f"{name} has no number for {measure.name} in {_named(period, measure)}: choose another date."])
    return periods.iloc[0].date()


def _named(period: date, measure: Measure) -> str:
    return format.month(period) if measure.frequency == "month" else f"the {measure.frequency} of {format.day(period)}"


def _standing_rebase(desk: Desk, site: str, measure: str, on: date) -> Rebase | None:
    made = desk.store.rebase_history(desk.campaign.id, site, measure)
    return next((r for r in reversed(made) if (r.group, r.on) == (ALL, on)), None)


def _standing_ghost(desk: Desk, site: str, measure: str, period: date) -> Ghost | None:
    made = desk.store.ghost_history(desk.campaign.id, site, measure)
    return next((g for g in reversed(made) if (g.group, g.period) == (ALL, period)), None)


def _by(desk: Desk, reason: str) -> dict[str, object]:
    return {"reason": reason.strip(), "author": desk.actor.name, "at": clock.now()}


def _keep_rebase(desk: Desk, decision: Rebase, seen: int) -> Rebase:
    with _overtaken(desk, lambda: _standing_rebase(desk, decision.site, decision.measure, decision.on)):
        kept = desk.store.decide_rebase(desk.campaign.id, decision, source=SOURCE, seen=seen)
    _log(desk, kept, f"rebase {kept.status}")
    return kept


def _keep_ghost(desk: Desk, decision: Ghost, seen: int) -> Ghost:
    with _overtaken(desk, lambda: _standing_ghost(desk, decision.site, decision.measure, decision.period)):
        kept = desk.store.decide_ghost(desk.campaign.id, decision, source=SOURCE, seen=seen)
    _log(desk, kept, "point left out" if kept.ghosted else "point put back")
    return kept


@contextmanager
def _overtaken(desk: Desk, look: Callable[[], Rebase | Ghost | None]) -> Iterator[None]:
    """A conflict inside means that somebody else decided first: ``look`` finds what."""
    try:
        yield
    except Conflict as conflict:
        log.event("decision refused: another came first", campaign=desk.campaign.id, site=conflict.clashes[0].site)
        raise Overtaken(look()) from conflict


def _log(desk: Desk, kept: Rebase | Ghost, what: str) -> None:
    log.event(what, campaign=desk.campaign.id, site=kept.site, measure=kept.measure, change=kept.id)
