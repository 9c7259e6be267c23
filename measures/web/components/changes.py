"""The log of tests of change: what a team tries, what it expects, and later what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from measures.access import Action, Forbidden
from measures.actions import tests_of_change as log
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.actions.tests_of_change import MOST, Outcome, Overtaken, Plan
from measures.charts import html as build
from measures.model import TestOfChange
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import tests_of_change as words

PER_PAGE = 5
WIDTH = 620
"""Pixels: a line of a sentence that can be read."""

DONE = "changes.done"
"""Where the visit keeps what was just written: at which site, by whom, what was done, and the test."""

Values = Mapping[str, Any]


def section(at: Desk, site: str, tests: Sequence[TestOfChange], *, asking: bool = False) -> None:
    """All that was tried at a site, running tests first; its own team writes here, others read.

    ``asking``: a team has just reported its month, and is asked for what is new; only what runs is listed.
    """
    running = [test for test in tests if test.running]
    counts = words.heading(len(running), len(tests) - len(running))
    rest = words.ELSEWHERE if asking and len(running) < len(tests) else ""
    about = [counts, rest or (words.LEDE if tests else "")]
    parts.section(words.AFTER_SAVING if asking else words.TITLE, " ".join(filter(None, about)), key="changes")
    shown = _Log(at, site, running if asking else tests)
    with st.container(width=WIDTH, key="changes.log"):
        shown.just_done()
        if shown.may and at.wound_back:
            parts.paragraph(words.LOOKING_BACK, key="changes.back")
        if not tests:
            parts.empty(words.EMPTY, words.INVITES if shown.may else words.EMPTY_TO_READ, key="changes.none")
        if shown.open:
            shown.new()
        shown.listing()


class _Log:
    """One site's log on screen: who looks, what is listed, and the drafts that belong to it.

    A form is named "new", "finish.3", "change.3" or "withdraw.3". Its draft lasts as long as the visit, and holds
    the revision that its author read: whoever wrote since is not overwritten unseen.
    """

    def __init__(self, at: Desk, site: str, tests: Sequence[TestOfChange]) -> None:
        self.at, self.site, self.tests = at, site, tests
        self.may = at.allows(Action.TEST_OF_CHANGE, site)
        self.open = self.may and not at.wound_back
        self.key = f"changes.{at.campaign.id}.{site}"

    # --- what has just happened ----------------------------------------------------------------------

    def just_done(self) -> None:
        """What this person did a moment ago, with the way back; or why the way back is shut."""
        parts.notes(st.session_state.pop(f"{self.key}.said", []), key="changes.said", tone="concern")
        self._stranded()
        kept = st.session_state.get(DONE)
        if kept is None or kept[:2] != (self.key, self.at.actor.name):
            st.session_state.pop(DONE, None)
            return
        what, test = kept[2:]
        with st.container(horizontal=True, vertical_alignment="center", key="changes.done"):
            html(build.note(words.done(test, what)), key="changes.done.said")
            if self.open and what != "undo":
                st.button(words.UNDO, key="changes.undo", on_click=self._undo, args=(test,))

    def _undo(self, test: TestOfChange) -> None:
        st.session_state.pop(DONE, None)
        try:
            made = log.undo(self.at, self.site, test.number, seen=test.id)
        except (Forbidden, Refused) as refused:
            st.session_state[f"{self.key}.said"] = getattr(refused, "reasons", [str(refused)])
        except Overtaken as other:
            st.session_state[f"{self.key}.said"] = words.overtaken(other.stands)[:2]
        else:
            st.session_state[DONE] = (self.key, self.at.actor.name, "undo", made)

    def _stranded(self) -> None:
        """Words that were typed about a test which somebody else has withdrawn meanwhile: nothing typed is lost."""
        listed = {test.number for test in self.tests}
        for form, (stands, typed) in self._clashes().items():
            if stands.number not in listed:
                said = [text for text in typed.values() if isinstance(text, str) and len(text.split()) > 1]
                parts.notes([*words.overtaken(stands), *said], key=f"{self.key}.{form}.stranded", tone="concern")
                st.button(words.THEIRS, key=f"{self.key}.{form}.gone", on_click=self._settled, args=(form,))

    # --- a new test ----------------------------------------------------------------------------------

    def new(self) -> None:
        """The form of a new test."""
        form = "new"
        with st.expander(words.NEW, key=self._field(form, "box")):
            parts.paragraph(words.TWO_MINUTES, key="changes.new.minutes")
            self._plan(form, self._initial(form, None))
            self._button(form, words.START, self._start)

    def _start(self, values: Values, _test: TestOfChange | None) -> TestOfChange:
        return log.start(self.at, self.site, _plan_of(values))

    # --- the list ------------------------------------------------------------------------------------

    def listing(self) -> None:
        """The tests, a page at a time."""
        key = f"{self.key}.page"
        pages = max(1, -(-len(self.tests) // PER_PAGE))
        page = min(st.session_state.get(key, 1), pages)
        made = self._revisions()
        for test in self.tests[(page - 1) * PER_PAGE :][:PER_PAGE]:
            with st.container(gap="xsmall", key=f"changes.test.{test.number}"):
                said = build.tried(
                    words.title(test), words.state(test, self.at.as_of), words.lines(test),
                    str(test.verdict or ""), words.VERDICTS.get(str(test.verdict), ""),
                )  # fmt: skip
                html(said, key=f"changes.test.{test.number}.said")
                if self.open and (test.running or self._begun(f"finish.{test.number}")):
                    self._finish(test)
                if test.number in made:
                    self._different(test, made[test.number])
        if pages > 1:
            st.pagination(pages, key=key)

    def _revisions(self) -> dict[int, list[TestOfChange]]:
        """Every revision of each test, newest first, for those who may know who wrote what; none while winding back."""
        if self.at.wound_back or not self.at.allows(Action.HISTORY, self.site):
            return {}
        found: dict[int, list[TestOfChange]] = {}
        for one in log.history(self.at, self.site):
            found.setdefault(one.number, []).append(one)
        return found

    def _finish(self, test: TestOfChange) -> None:
        form = f"finish.{test.number}"
        clash = form in self._clashes()
        with st.expander(words.FINISH, clash, key=self._field(form, "box")):
            self._outcome(form, self._initial(form, test))
            self._button(form, words.FINISH, self._finished)

    def _finished(self, values: Values, test: TestOfChange) -> TestOfChange:
        if test.running:
            return log.finish(self.at, self.site, test.number, _outcome_of(values), seen=test.id)
        plan = Plan(test.what, test.prediction, test.scale, test.started)  # another finished it, and mine goes over it
        return log.change(self.at, self.site, test.number, plan, _outcome_of(values), seen=test.id)

    def _different(self, test: TestOfChange, made: Sequence[TestOfChange]) -> None:
        """Correct it, withdraw it, and who wrote what."""
        form, back = f"change.{test.number}", f"withdraw.{test.number}"
        clash = bool({form, back} & set(self._clashes()))
        label = words.DIFFERENT if self.open else words.WHO_WROTE
        with st.expander(label, clash, key=f"changes.different.{test.number}", type="compact"):
            if self.open:
                initial = self._initial(form, test)
                self._plan(form, initial)
                if "learned" in initial:
                    self._outcome(form, initial)
                self._button(form, words.CHANGE, self._changed, primary=False)
                parts.paragraph(words.WITHDRAW_MEANS, key=f"changes.{back}.means")
                self._text(back, "withdrawn", words.WHY_WITHDRAWN, "", self._initial(back, test))
                self._button(back, words.WITHDRAW, self._withdrawn, primary=False)
            html(build.key_values(words.revisions(made)), key=f"changes.history.{test.number}")
            st.space("small")

    def _changed(self, values: Values, test: TestOfChange) -> TestOfChange:
        outcome = _outcome_of(values) if "learned" in values else None
        return log.change(self.at, self.site, test.number, _plan_of(values), outcome, seen=test.id)

    def _withdrawn(self, values: Values, test: TestOfChange) -> TestOfChange:
        return log.withdraw(self.at, self.site, test.number, values["withdrawn"], seen=test.id)

    # --- the fields ----------------------------------------------------------------------------------

    def _plan(self, form: str, initial: Values) -> None:
        self._text(form, "what", words.WHAT, words.WHAT_HINT, initial)
        self._text(form, "prediction", words.PREDICTION, words.PREDICTION_HINT, initial)
        st.pills(
            words.SCALE, list(words.SCALES), default=initial["scale"], format_func=words.SCALES.__getitem__,
            key=self._field(form, "scale"), wrap=True, persist_state="session",
        )  # fmt: skip
        self._day(form, "started", words.STARTED, initial)

    def _outcome(self, form: str, initial: Values) -> None:
        self._text(form, "happened", words.HAPPENED, words.HAPPENED_HINT, initial)
        self._text(form, "learned", words.LEARNED, words.LEARNED_HINT, initial)
        options, now = list(words.VERDICTS), initial["verdict"]
        st.radio(
            words.VERDICT, options, index=options.index(now) if now else None, format_func=words.VERDICTS.__getitem__,
            captions=list(words.MEANS.values()), key=self._field(form, "verdict"), persist_state="session",
        )  # fmt: skip
        self._day(form, "ended", words.ENDED, initial)

    def _text(self, form: str, name: str, label: str, hint: str, initial: Values) -> None:
        st.text_area(
            label, initial[name], key=self._field(form, name), max_chars=MOST[name], height=88, placeholder=hint,
            persist_state="session",
        )  # fmt: skip

    def _day(self, form: str, name: str, label: str, initial: Values) -> None:
        day: date = initial[name]
        first = min(day, self.at.campaign.baseline_start)
        st.date_input(
            label, day, first, max(day, self.at.as_of), key=self._field(form, name), format="DD/MM/YYYY", width=180,
            persist_state="session",
        )  # fmt: skip

    # --- drafts --------------------------------------------------------------------------------------

    def _field(self, form: str, name: str) -> str:
        """A field of the draft in hand. A new draft has new fields: a browser would keep the words of the old."""
        return f"{self.key}.{form}.{st.session_state.get(f'{self.key}.{form}.draft', 0)}.{name}"

    def _initial(self, form: str, test: TestOfChange | None) -> dict[str, Any]:
        """What the fields of a form hold before anything is typed, from the revision that its author reads.

        Where somebody wrote since, a draft that was begun keeps its own; an untouched one begins anew.
        """
        base = f"{self.key}.{form}.base"
        if base not in st.session_state:
            st.session_state[base] = test
        read = st.session_state[base]
        if read != test and form not in self._clashes() and not self._begun(form):
            self._settled(form)
            st.session_state[base] = read = test
        return self._fields(form, read)

    def _fields(self, form: str, test: TestOfChange | None) -> dict[str, Any]:
        kind, today = form.partition(".")[0], self.at.as_of
        if kind == "withdraw":
            return {"withdrawn": ""}
        ending = {"happened": "", "learned": "", "verdict": None, "ended": today}
        if kind == "finish":
            return ending
        if test is None:
            return {"what": "", "prediction": "", "scale": None, "started": today}
        plan = {"what": test.what, "prediction": test.prediction, "scale": str(test.scale), "started": test.started}
        if test.verdict is None:
            return plan
        ending = {"happened": test.happened, "learned": test.learned, "verdict": str(test.verdict)}
        return {**plan, **ending, "ended": test.ended}

    def _values(self, form: str) -> dict[str, Any]:
        """What the fields of a form hold now."""
        initial = self._fields(form, st.session_state.get(f"{self.key}.{form}.base"))
        return {name: st.session_state.get(self._field(form, name), given) for name, given in initial.items()}

    def _begun(self, form: str) -> bool:
        """Whether something was typed into a form."""
        if f"{self.key}.{form}.base" not in st.session_state:
            return False
        return self._values(form) != self._fields(form, st.session_state[f"{self.key}.{form}.base"])

    # --- doing it ------------------------------------------------------------------------------------

    def _button(
        self, form: str, label: str, act: Callable[[Values, TestOfChange | None], TestOfChange], primary: bool = True
    ) -> None:
        """The button of a form, and beneath it why it was not done: above it, it would move the button."""
        kind = "primary" if primary else "secondary"
        st.button(label, type=kind, key=f"changes.{form}.do", on_click=self._do, args=(form, act))
        parts.notes(
            st.session_state.pop(f"{self.key}.{form}.said", []), key=f"changes.{form}.said.shown", tone="concern"
        )
        if form in self._clashes():
            stands, _ = self._clashes()[form]
            parts.notes(words.overtaken(stands), key=f"changes.{form}.clash", tone="concern")
            with st.container(horizontal=True):
                mine = partial(self._do, form, act, over=stands)
                st.button(words.MINE, key=f"changes.{form}.mine", on_click=mine)
                st.button(words.THEIRS, key=f"changes.{form}.theirs", on_click=self._settled, args=(form,))

    def _do(
        self,
        form: str,
        act: Callable[[Values, TestOfChange | None], TestOfChange],
        over: TestOfChange | None = None,
    ) -> None:
        """What a button does, before the page is drawn again; ``over`` is what stands there and was read since."""
        st.session_state.pop(DONE, None)
        values = self._values(form)
        try:
            made = act(values, over or st.session_state.get(f"{self.key}.{form}.base"))
        except Forbidden as refused:
            st.session_state[f"{self.key}.{form}.said"] = [str(refused)]
        except Refused as refused:
            st.session_state[f"{self.key}.{form}.said"] = refused.reasons
        except Overtaken as other:
            st.session_state[f"{self.key}.clash"] = {**self._clashes(), form: (other.stands, values)}
        else:
            self._settled(form)
            what = {"new": "start"}.get(form, form.partition(".")[0])
            st.session_state[DONE] = (self.key, self.at.actor.name, what, made)

    def _clashes(self) -> dict[str, tuple[TestOfChange, Values]]:
        """Forms in which somebody else was first: what stands there, and what was typed."""
        return st.session_state.get(f"{self.key}.clash", {})

    def _settled(self, form: str) -> None:
        """Drop a form's draft: it has been kept, or its author chose what is there."""
        st.session_state[f"{self.key}.clash"] = {name: both for name, both in self._clashes().items() if name != form}
        st.session_state.pop(f"{self.key}.{form}.base", None)
        draft = f"{self.key}.{form}.draft"
        st.session_state[draft] = st.session_state.get(draft, 0) + 1


def _plan_of(values: Values) -> Plan:
    return Plan(*(values[name] for name in ("what", "prediction", "scale", "started")))


def _outcome_of(values: Values) -> Outcome:
    return Outcome(*(values[name] for name in ("ended", "happened", "learned", "verdict")))
