"""What is said about tests of change: in the log, beside the forms, on the chart and in its table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import numpy as np
import pandas as pd

from measures import format
from measures.format import Trial, capital
from measures.model import Scale, TestOfChange, Verdict

TITLE: Final = "Tests of change"
AFTER_SAVING: Final = "Did you try something this month?"
LEDE: Final = "What was tried here, what was expected, and what came of it. Numbers are those on the chart."
ELSEWHERE: Final = "Those that are finished stand on the site's page."
TWO_MINUTES: Final = "Two minutes: say what it is and what you expect. Come back to say what you learned."
EMPTY: Final = "Nothing has been tried here yet"
INVITES: Final = (
    "Start small: one patient, one shift. Write down what you expect before you begin; a prediction that turns out"
    " wrong teaches the most. Each test is marked on the chart."
)
EMPTY_TO_READ: Final = "When the team writes down what it tries, it stands here and on the chart."
LOOKING_BACK: Final = "You are looking back at an earlier month. Come back to today to write about a test of change."

WHAT: Final = "What are we trying?"
WHAT_HINT: Final = "One change, in a sentence"
PREDICTION: Final = "What do we expect to happen?"
PREDICTION_HINT: Final = "By how much, by when, and how you will know"
SCALE: Final = "On what scale?"
STARTED: Final = "From when?"
HAPPENED: Final = "What happened?"
HAPPENED_HINT: Final = "Optional. What you saw, also what you did not expect"
LEARNED: Final = "What did we learn?"
LEARNED_HINT: Final = "Was the prediction right, and why?"
ENDED: Final = "When did it end?"
VERDICT: Final = "What will we do with it?"
WHY_WITHDRAWN: Final = "Why is it withdrawn?"

NEW: Final = "Write down a test of change"
START: Final = "Start this test"
FINISH: Final = "Finish this test"
DIFFERENT: Final = "Change it, withdraw it, or see who wrote what"
WHO_WROTE: Final = "Who wrote what"
CHANGE: Final = "Save the changes"
WITHDRAW: Final = "Withdraw this test"
WITHDRAW_MEANS: Final = "A withdrawn test leaves the list and the chart. Who wrote what stays in its history."
UNDO: Final = "Undo"
MINE: Final = "Save mine instead"
THEIRS: Final = "Leave it as it is"

SCALES: Final = {
    Scale.PATIENT.value: "One patient",
    Scale.SHIFT.value: "One shift",
    Scale.DAY.value: "One day",
    Scale.WEEK.value: "One week",
    Scale.TEAM.value: "One ward or team",
    Scale.SITE.value: "The whole site",
}
VERDICTS: Final = {Verdict.ADOPT.value: "Adopt", Verdict.ADAPT.value: "Adapt", Verdict.ABANDON.value: "Abandon"}
MEANS: Final = {
    Verdict.ADOPT.value: "It worked: this is how we do it now",
    Verdict.ADAPT.value: "Something in it works: change it and test again",
    Verdict.ABANDON.value: "Not this way: we stop, and know why",
}
MOST_SPOKEN: Final = 6
"""How many tests the chart's own words name."""

# --- the log -----------------------------------------------------------------------------------------


def title(test: TestOfChange) -> str:
    """A test's line: its number and what is tried."""
    return f"{test.number} · {' '.join(test.what.split())}"


def span(first: date, last: date) -> str:
    """How long from one day to another, in the largest unit that says something.

    >>> span(date(2019, 3, 3), date(2019, 3, 31)), span(date(2019, 3, 3), date(2019, 3, 3))
    ('4 weeks', 'less than a day')
    >>> span(date(2019, 3, 3), date(2019, 3, 12)), span(date(2018, 3, 3), date(2019, 3, 12))
    ('9 days', '12 months')
    """
    days = (last - first).days
    if days == 0:
        return "less than a day"
    if days < 14:
        return format.count(days, "day")
    return format.count(days // 7, "week") if days < 120 else format.count(round(days / 30.44), "month")


def state(test: TestOfChange, today: date) -> str:
    """Since when it runs, or from when to when it ran.

    >>> one = TestOfChange("RJ1", 1, "Ask", "Yes", Scale.DAY, date(2019, 3, 3), "Ann", datetime(2019, 3, 3))
    >>> state(one, date(2019, 3, 31)), state(one, date(2019, 3, 3))
    ('Running since 3 March · 4 weeks', 'Running since today')
    """
    if test.running:
        if test.started == today:
            return "Running since today"
        return f"Running since {_day(test.started, today)} · {span(test.started, today)}"
    if test.ended == test.started:
        return f"On {_day(test.started, today)}"
    return f"{_days(test.started, test.ended, today)} · {span(test.started, test.ended)}"


def _days(first: date, last: date, today: date) -> str:
    start = format.day_short(first) if first.year == last.year else format.day(first)
    return f"{start} to {_day(last, today)}"


def _day(when: date, today: date) -> str:
    """The year where it is not this one's."""
    return format.day_short(when) if when.year == today.year else format.day(when)


def lines(test: TestOfChange) -> list[tuple[str, str]]:
    """What is known of a test beneath its title: names and the team's own words."""
    found = [("Scale", SCALES[str(test.scale)]), ("We expect" if test.running else "We expected", test.prediction)]
    found += [("What happened", test.happened)] if test.happened else []
    return found + ([("What we learned", test.learned)] if test.learned else [])


def heading(running: int, finished: int) -> str:
    """How many there are, in the grey line under the title.

    >>> heading(2, 1), heading(0, 4)
    ('2 running, 1 finished.', '4 finished.')
    """
    counts = [f"{format.number(n)} {word}" for n, word in ((running, "running"), (finished, "finished")) if n]
    return f"{', '.join(counts)}." if counts else ""


# --- what came of it ---------------------------------------------------------------------------------


def done(test: TestOfChange, what: str) -> str:
    """What has just happened, to the person who did it; ``what`` is "start", "change", "finish" or "withdraw"."""
    name = f"Test {test.number}"
    if what == "start":
        return f"{name} is written down and marked on the chart. Come back when you know what it taught you."
    if what == "finish":
        return f"{name} is finished: {VERDICTS[str(test.verdict)].lower()}. Thank you for saying what you learned."
    if what == "withdraw":
        return f"{name} is withdrawn. Its history stays."
    return f"{name} is put back to what it was." if what == "undo" else f"{name} is changed."


def overtaken(stands: TestOfChange) -> list[str]:
    """That somebody else wrote first, and what stands now."""
    if stands.withdrawn:
        what = f"withdrew this test: {_quoted(stands.withdrawn)}"
    elif stands.verdict is not None:
        verdict = VERDICTS[str(stands.verdict)].lower()
        what = f"finished it on {format.day(stands.ended)}: {verdict}. What was learned: {_quoted(stands.learned)}"
    else:
        what = f"wrote {_quoted(stands.what)} Expected: {_quoted(stands.prediction)}"
    return [
        "Somebody else wrote about this test while you were looking.",
        f"{stands.author}, {_moment(stands.at)}: {what}",
        "Nothing of yours has been saved; your words are still here.",
    ]


def revisions(made: Sequence[TestOfChange]) -> list[tuple[str, str]]:
    """Who wrote what: ``made`` are a test's revisions, newest first."""
    earlier = [*made[1:], None]
    return [(f"{now.author}, {_moment(now.at)}", _difference(now, was)) for now, was in zip(made, earlier, strict=True)]


def _difference(now: TestOfChange, was: TestOfChange | None) -> str:
    """What one revision says that the one before did not."""
    if was is None:
        return f"Started on {format.day(now.started)}: {_quoted(now.what)} Expected: {_quoted(now.prediction)}"
    if now.withdrawn and not was.withdrawn:
        return f"Withdrawn: {_quoted(now.withdrawn)}"
    found = ["No longer withdrawn."] if was.withdrawn and not now.withdrawn else []
    if now.verdict != was.verdict:
        if now.verdict is None:
            found.append("Running again.")
        else:
            found.append(f"{VERDICTS[str(now.verdict)]}, ended on {format.day(now.ended)}.")
    elif now.ended != was.ended:
        found.append(f"Ended on {format.day(now.ended)}, before that {format.day(was.ended)}.")
    if now.started != was.started:
        found.append(f"Started on {format.day(now.started)}, before that {format.day(was.started)}.")
    if now.scale != was.scale:
        found.append(f"Scale: {SCALES[str(now.scale)].lower()}, before that {SCALES[str(was.scale)].lower()}.")
    for name, said in (
        ("what", "Trying"), ("prediction", "Expected"), ("happened", "Happened"), ("learned", "Learned")
    ):  # fmt: skip
        new, old = getattr(now, name), getattr(was, name)
        if new != old:
            found.append(f"{said}: {_quoted(new) if new else 'nothing.'}")
            found += [f"Before that {_quoted(old)}"] if old else []
    return " ".join(found) or "Unchanged."


def _moment(at: datetime) -> str:
    return f"{format.day(at)} at {at:%H:%M} UTC"


def _quoted(text: str) -> str:
    return f"“{text}”{'' if text.endswith(('.', '!', '?', '…')) else '.'}"


# --- on the chart ------------------------------------------------------------------------------------


def trials(tests: Sequence[TestOfChange], today: date) -> list[Trial]:
    """The tests as a chart shows them, by number."""
    return [
        Trial(
            test.number, test.started, test.ended or today, str(test.verdict or ""), title(test),
            _spoken_state(test, today), " ".join(test.learned.split()),
        )
        for test in sorted(tests, key=lambda one: one.number)
    ]  # fmt: skip


def _spoken_state(test: TestOfChange, today: date) -> str:
    if test.running:
        return f"running since {format.day(test.started)}"
    days = _days(test.started, test.ended, today) if test.ended > test.started else format.day(test.started)
    return f"{days}: {VERDICTS[str(test.verdict)].lower()}"


def alt(tests: Sequence[TestOfChange], today: date) -> str:
    """The tests in the chart's own words, for those who cannot see it; "" where there are none."""
    if not tests:
        return ""
    newest = sorted(tests, key=lambda one: (one.started, one.number), reverse=True)
    said = [f"{title(test).replace(' · ', ', ')}, {_spoken_state(test, today)}" for test in newest[:MOST_SPOKEN]]
    if more := len(tests) - len(said):
        said.append(f"and {format.count(more, 'earlier one')}")
    return f"Tests of change: {'; '.join(said)}."


_LENGTH: Final = {"month": pd.DateOffset(months=1), "quarter": pd.DateOffset(months=3), "week": pd.DateOffset(days=7)}


def by_period(tests: Sequence[TestOfChange], periods: pd.Series, frequency: str) -> list[str]:
    """For each of a chart's ``periods`` what started and ended in it: "2 started; 1 ended: adapt"."""
    starts = periods.to_numpy("datetime64[us]")
    order = np.argsort(starts)
    found: dict[int, list[str]] = {}
    for test in sorted(tests, key=lambda one: one.number):
        for day, said in ((test.started, "started"), (test.ended, "ended")):
            if day is None:
                continue
            place = int(np.searchsorted(starts[order], np.datetime64(day), side="right")) - 1
            if place < 0 or pd.Timestamp(day) >= pd.Timestamp(starts[order[place]]) + _LENGTH[frequency]:
                continue
            verdict = f": {VERDICTS[str(test.verdict)].lower()}" if said == "ended" else ""
            found.setdefault(int(order[place]), []).append(f"{test.number} {said}{verdict}")
    return [capital("; ".join(found.get(row, []))) for row in range(len(starts))]
