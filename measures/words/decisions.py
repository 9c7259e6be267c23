"""What is said where people decide about a chart: where its limits begin anew, and which points they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from measures import format
from measures.format import capital
from measures.model import Ghost, Measure, Rebase, RebaseStatus
from measures.review.views import SiteView
from measures.words import rebase

UNDERSTAND = (
    "Limits are made anew only when you know what changed. If nobody knows yet, leave this open and ask around first."
    " Everybody who opens this chart can read what you write."
)
LOOKING_BACK = "You are looking back at an earlier month. Come back to today to decide about this chart."
KNOWN = "What do you know about it?"
CHANGED = "What changed?"
NOT_COUNTED = "Why does it not count?"
COUNTED = "Why should it count again?"
NO_LONGER = "Why is it taken back?"
HINT = "Who did what, and since when"
START = "Start new limits"
KEEP = "Keep the limits as they are"
LEAVE_IT = "Leave it at that"
LEAVE = "Leave it out"
TAKE_BACK = "Take back"
PUT_BACK = "Put back"
HISTORY = "Decisions about this chart"
UNDONE = "Undone by the person who had decided it"
ANOTHER = "Start new limits at another month"
LEAVE_OUT = "Leave a month out of the limits"
LEAVE_OUT_MEANS = (
    "The point stays on the chart, drawn hollow. It no longer moves the limits or counts towards a run. Leave one out"
    " only where something that will not come back explains it."
)
ANOTHER_MEANS = "From that month on the chart has limits of its own, made from what came after."


def seen(row: Mapping[str, object], measure: Measure) -> str:
    """What was seen, from a row of ``SiteView.proposed``."""
    figures = rebase.Seen(
        side=int(row["side"]),
        run=int(row["run"]),
        before=float(row["before"]),
        after=float(row["after"]),
        points=int(row["points"]),
        excluded=int(row["excluded"]),
        trial=bool(row["trial"]),
    )
    return rebase.proposal(figures, measure, format.to_date(row["on"]))


def heading(proposed: Sequence[date], dates: Sequence[date], measure: Measure) -> str:
    """From when on new limits are ``proposed``, or where at other ``dates`` somebody has just decided about them.

    >>> from measures.model import Direction, Family, Form
    >>> one = Measure("a", "A", "A", "", Family.OUTCOME, Form.COUNT, Direction.UP, "", "A")
    >>> heading([date(2017, 4, 1), date(2018, 4, 1)], [], one)
    'New limits are proposed from April 2017 and from April 2018'
    """
    named = " and ".join(f"from {period(on, measure)}" for on in proposed or dates)
    return f"New limits {'are proposed ' if proposed else ''}{named}"


def would_change(direction: int) -> str:
    """What new limits would do; ``direction`` as in ``review.proposals.COLUMNS``."""
    said = "New limits would start there: later points would be compared with the new average, earlier ones as before."
    more = {
        1: " What was gained would count as usual, and the next gain would show.",
        -1: " The less good level would count as usual, so keep the old limits while you mean to win it back.",
    }
    return said + more.get(direction, "")


def proposals_note(view: SiteView) -> list[tuple[date, str]]:
    """What the chart says at each place where new limits are proposed."""
    rows = view.proposed.to_dict("records")
    return [(format.to_date(row["on"]), seen(row, view.measure)) for row in rows]


def reasons(rebases: Sequence[Rebase]) -> list[tuple[date, str]]:
    """Why limits began anew, for the chart."""
    return [(made.on, made.reason) for made in rebases]


def period(on: date, measure: Measure) -> str:
    """A period of the measure, in a sentence."""
    return format.period(on, measure.frequency)


def decide(on: date, measure: Measure) -> str:
    """What opens the form that answers a proposal."""
    return f"Decide about {period(on, measure)}"


def start(on: date, measure: Measure) -> str:
    """The button that accepts."""
    return f"Start new limits from {period(on, measure)}"


def leave(on: date, measure: Measure) -> str:
    """The button that leaves a point out."""
    return f"Leave {period(on, measure)} out"


# --- what came of it ---------------------------------------------------------------------------------


def done(made: Rebase | Ghost, measure: Measure) -> str:
    """What has just happened, to the person who did it."""
    if isinstance(made, Ghost):
        when = capital(period(made.period, measure))
        return f"{when} is left out of the limits now." if made.ghosted else f"{when} counts for the limits again."
    when = period(made.on, measure)
    if made.status == RebaseStatus.ACCEPTED:
        return f"New limits start from {when}. Thank you for saying why."
    if made.status == RebaseStatus.WITHDRAWN:
        return f"Taken back: no new limits start from {when} any more."
    return f"The limits stay as they are, and new ones from {when} will not be proposed again."


def overtaken(stands: Rebase | Ghost | None, measure: Measure, *, kept: bool = True) -> list[str]:
    """That somebody else decided first, and what stands now; whether what was typed is ``kept`` on the page."""
    first = "Somebody else decided about this while you were looking."
    last = f"Nothing of yours has been saved{'; your words are still here' if kept else ''}."
    if stands is None:
        return [f"{first} Nothing stands there any more.", last]
    return [
        f"{first} {stands.author}, {format.day(stands.at)}: {_what(stands, measure)}.",
        _quoted(stands.reason),
        last,
    ]


def decision(made: Rebase | Ghost, measure: Measure) -> tuple[str, str]:
    """One line of the list of decisions: who and when; what and why, and which proposal it answered."""
    what = f"{capital(_what(made, measure))}: {_quoted(made.reason)}"
    if isinstance(made, Rebase) and made.proposed and made.status != RebaseStatus.WITHDRAWN:
        what += f" It had been proposed: {made.proposed}"
    return f"{made.author}, {format.day(made.at)} at {made.at:%H:%M} UTC", what


def standing(made: Rebase | Ghost, measure: Measure) -> str:
    """A decision in force, beside the button that takes it back."""
    if isinstance(made, Ghost):
        return f"{capital(period(made.period, measure))}: {_quoted(made.reason)}"
    return f"New limits from {period(made.on, measure)} are in force."


def _what(made: Rebase | Ghost, measure: Measure) -> str:
    if isinstance(made, Ghost):
        return f"{period(made.period, measure)} {'left out of the limits' if made.ghosted else 'counts again'}"
    when = period(made.on, measure)
    return {
        RebaseStatus.ACCEPTED.value: f"new limits from {when}",
        RebaseStatus.DECLINED.value: f"limits kept as they are at {when}",
        RebaseStatus.WITHDRAWN.value: f"new limits from {when} taken back",
    }[str(made.status)]


def _quoted(text: str) -> str:
    return f"“{text}”{'' if text.endswith(('.', '!', '?', '…')) else '.'}"
