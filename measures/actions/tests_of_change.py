"""Tests of change: a team writes down what it tries, what it expects, and later what came of it.

Only a site's own team writes; who may open the site's page reads. Each writing is a revision beside the ones
before, accepted only where its author has seen the latest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from measures import clock, format, log
from measures.access import Action
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.model import Scale, Site, TestOfChange, Verdict
from measures.store.base import Conflict

SOURCE: Final = "written"
UNDONE: Final = "Undone by the person who had written it"
MOST: Final = {"what": 160, "prediction": 300, "happened": 600, "learned": 600, "withdrawn": 300}
"""Letters of each text: it has to be read on a phone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a team means to try: the part of a test that is known when it starts."""

    what: str
    prediction: str
    scale: Scale
    started: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a test: when it ended, what was seen and learned, and what the team does with it."""

    ended: date
    happened: str
    learned: str
    verdict: Verdict | None
    """None where nobody has chosen yet; it is refused."""


class Overtaken(Exception):
    """Somebody else wrote first; nothing was written. ``stands`` is the test as it is now."""

    def __init__(self, stands: TestOfChange) -> None:
        super().__init__("Somebody else wrote about this test while you were looking. Nothing was saved.")
        self.stands = stands


# --- reading -----------------------------------------------------------------------------------------


def listed(desk: Desk, site: str) -> tuple[TestOfChange, ...]:
    """A site's tests as the desk's date saw them: running ones first, then finished ones, newest first.

    A test that started later is not there, and one that ended later was still running. Raises Forbidden.
    """
    desk.require(Action.SITE, site)
    kept = desk.store.tests_of_change(desk.campaign.id, site, desk.known_at)
    seen = [on_the_day(test, desk.as_of) for test in kept if not test.withdrawn and test.started <= desk.as_of]
    return tuple(sorted(seen, key=lambda t: (not t.running, -(t.ended or t.started).toordinal(), -t.number)))


def on_the_day(test: TestOfChange, day: date) -> TestOfChange:
    """The test as it stood on a day: what came of it is not there before it ended."""
    if test.ended is None or test.ended <= day:
        return test
    return replace(test, ended=None, happened="", learned="", verdict=None)


def history(desk: Desk, site: str, number: int | None = None) -> tuple[TestOfChange, ...]:
    """Every revision of a site's tests, or of one of them, newest first: who wrote what, and when. Raises Forbidden."""
    desk.require(Action.HISTORY, site)
    return desk.store.test_history(desk.campaign.id, site, number)[::-1]


def tempo(tests: Collection[TestOfChange], first: date, last: date) -> float:
    """Tests started per 30 days, from ``first`` to ``last`` (both counted); withdrawn ones are no tests.

    Raises ValueError where ``last`` comes before ``first``.

    >>> from datetime import UTC, datetime
    >>> one = TestOfChange("RJ1", 1, "Ask", "Yes", Scale.DAY, date(2019, 4, 2), "Ann", datetime(2019, 4, 2, tzinfo=UTC))
    >>> tempo([one, replace(one, number=2)], date(2019, 4, 1), date(2019, 4, 15))
    4.0
    """
    if last < first:
        raise ValueError(f"no tempo from {first} to {last}: the last day comes before the first")
    begun = sum(first <= test.started <= last for test in tests if not test.withdrawn)
    return 30.0 * begun / ((last - first).days + 1)


# --- writing -----------------------------------------------------------------------------------------


def start(desk: Desk, site: str, plan: Plan) -> TestOfChange:
    """Write a new test down; returns it as kept, with its number. Raises Forbidden; Refused with reasons."""
    place = _begin(desk, site)
    _refuse(_wrong_plan(desk, place, plan))
    test = TestOfChange(site, 0, *_plan(plan), **_by(desk))
    return _keep(desk, test, 0, "test of change started")


def change(
    desk: Desk, site: str, number: int, plan: Plan, outcome: Outcome | None = None, *, seen: int
) -> TestOfChange:
    """Correct a test: its plan, and for a finished one its outcome. ``seen`` is the id of the revision that was read.

    Raises Forbidden; Refused with reasons; Overtaken where another revision stands there.
    """
    place = _begin(desk, site)
    stands = _standing(desk, site, number, seen)
    if outcome is None and stands.verdict is not None:
        raise Refused(["This test has ended, so it keeps a verdict: adopt, adapt or abandon."])
    wrong = _wrong_plan(desk, place, plan)
    if outcome is not None:
        wrong += _wrong_outcome(desk, plan.started, outcome)
    _refuse(wrong)
    what, prediction, scale, started = _plan(plan)
    test = replace(stands, what=what, prediction=prediction, scale=scale, started=started, **_by(desk))
    return _keep(desk, test if outcome is None else _ended(test, outcome), seen, "test of change changed")


def finish(desk: Desk, site: str, number: int, outcome: Outcome, *, seen: int) -> TestOfChange:
    """Say what came of a running test. ``seen`` and what is raised as in ``change``."""
    _begin(desk, site)
    stands = _standing(desk, site, number, seen)
    if stands.verdict is not None:
        raise Refused([f"This test ended on {format.day(stands.ended)}. Change it, if that is not right."])
    _refuse(_wrong_outcome(desk, stands.started, outcome))
    return _keep(desk, replace(_ended(stands, outcome), **_by(desk)), seen, "test of change finished")


def withdraw(desk: Desk, site: str, number: int, reason: str, *, seen: int) -> TestOfChange:
    """Take a test off the list and off the chart, with a reason; its history stays. Otherwise as ``change``."""
    _begin(desk, site)
    stands = _standing(desk, site, number, seen)
    if not reason.strip():
        raise Refused(["Say in a few words why it is withdrawn: what was written stays in its history."])
    _refuse(_too_long("withdrawn", "The reason", reason))
    return _keep(desk, replace(stands, withdrawn=_clean(reason), **_by(desk)), seen, "test of change withdrawn")


def undo(desk: Desk, site: str, number: int, *, seen: int) -> TestOfChange:
    """Put a test back to what it was before its latest revision, as a new one; a first revision is withdrawn.

    Raises Forbidden; Overtaken where ``seen`` is no longer the latest, as ``change``; Refused.
    """
    _begin(desk, site)
    made = desk.store.test_history(desk.campaign.id, site, number)
    if not made:
        raise Refused(["There is nothing to undo."])
    if made[-1].id != seen:
        raise Overtaken(made[-1])
    before = made[-2] if len(made) > 1 else replace(made[-1], withdrawn=UNDONE)
    return _keep(desk, replace(before, **_by(desk)), seen, "test of change undone")


# --- what cannot be right ----------------------------------------------------------------------------


def _begin(desk: Desk, site: str) -> Site:
    """What every writing asks first. Raises Forbidden, Refused; returns the site."""
    desk.require(Action.TEST_OF_CHANGE, site)
    if desk.wound_back or desk.known_at is not None:
        raise Refused(["You are looking at an earlier date. Come back to today to write about a test of change."])
    found = next((s for s in desk.campaign.sites if s.id == site), None)
    if found is None:
        raise Refused([f"{desk.campaign.name} has no site called “{site}”."])
    return found


def _standing(desk: Desk, site: str, number: int, seen: int) -> TestOfChange:
    """The test as it is now. Raises Refused where there is none, Overtaken where it is not as it was ``seen``."""
    made = desk.store.test_history(desk.campaign.id, site, number)
    if not made:
        raise Refused([f"{desk.campaign.site(site).name} has no test of change {number}."])
    if made[-1].id != seen:
        raise Overtaken(made[-1])
    if made[-1].withdrawn:
        raise Refused([f"This test has been withdrawn (“{made[-1].withdrawn}”)."])
    return made[-1]


def _wrong_plan(desk: Desk, place: Site, plan: Plan) -> list[str]:
    found = [] if plan.what.strip() else ["Say in a few words what you are trying."]
    if not plan.prediction.strip():
        found.append("Say what you expect to happen: without a prediction there is nothing to learn from.")
    found += _too_long("what", "What you are trying", plan.what)
    found += _too_long("prediction", "What you expect", plan.prediction)
    if plan.scale not in list(Scale):
        found.append("Choose a scale: from one patient to the whole site.")
    earliest = max(place.opened or desk.campaign.baseline_start, desk.campaign.baseline_start)
    if not isinstance(plan.started, date):
        found.append("Choose the day on which it starts.")
    elif plan.started > desk.as_of:
        found.append(f"It cannot start after today, {format.day(desk.as_of)}: write it down on the day it starts.")
    elif plan.started < earliest:
        found.append(f"The charts begin on {format.day(earliest)}: choose that day or a later one.")
    elif place.merged_on and plan.started >= place.merged_on:
        found.append(f"{place.name} became part of another site on {format.day(place.merged_on)}: write it down there.")
    return found


def _wrong_outcome(desk: Desk, started: date, outcome: Outcome) -> list[str]:
    found = [] if outcome.learned.strip() else ["Say in a few words what you learned."]
    found += _too_long("happened", "What happened", outcome.happened)
    found += _too_long("learned", "What you learned", outcome.learned)
    if outcome.verdict not in list(Verdict):
        found.append("Choose what you do with it: adopt, adapt or abandon.")
    if not isinstance(outcome.ended, date):
        found.append("Choose the day on which it ended.")
    elif outcome.ended > desk.as_of:
        found.append(f"It cannot end after today, {format.day(desk.as_of)}: finish it on the day it ends.")
    elif isinstance(started, date) and outcome.ended < started:
        found.append(f"It started on {format.day(started)}, so it cannot have ended on {format.day(outcome.ended)}.")
    return found


def _too_long(name: str, said: str, text: str) -> list[str]:
    most, over = MOST[name], len(text.strip()) - MOST[name]
    return [f"{said} is {format.count(over, 'letter')} over {most}: shorten it."] if over > 0 else []


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)


# --- keeping -----------------------------------------------------------------------------------------


def _plan(plan: Plan) -> tuple[str, str, Scale, date]:
    return _clean(plan.what), _clean(plan.prediction), Scale(plan.scale), plan.started


def _ended(test: TestOfChange, outcome: Outcome) -> TestOfChange:
    happened, learned = _clean(outcome.happened), _clean(outcome.learned)
    return replace(test, ended=outcome.ended, happened=happened, learned=learned, verdict=Verdict(outcome.verdict))


def _clean(text: str) -> str:
    """Words as they are kept: no blanks around them, and no sign that the store cannot hold."""
    return text.replace("\0", "").strip()


def _by(desk: Desk) -> dict[str, object]:
    return {"author": desk.actor.name, "at": clock.now()}


def _keep(desk: Desk, test: TestOfChange, seen: int, what: str) -> TestOfChange:
    try:
        kept = desk.store.keep_test(desk.campaign.id, test, source=SOURCE, seen=seen)
    except Conflict as conflict:
        log.event("test of change refused: another wrote first", campaign=desk.campaign.id, site=test.site)
        raise Overtaken(desk.store.test_history(desk.campaign.id, test.site, test.number)[-1]) from conflict
    log.event(what, campaign=desk.campaign.id, site=kept.site, number=kept.number, change=kept.id)
    return kept
