"""Where people decide about a chart: proposals to answer, a month of one's own choice, points to leave out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import streamlit as st

from measures import format
from measures.access import Action, Forbidden
from measures.actions import rebases
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.actions.rebases import Decisions, Overtaken
from measures.charts import html as build
from measures.format import capital
from measures.model import Ghost, Rebase, RebaseStatus
from measures.review.views import SiteView
from measures.web.components import parts
from measures.web.components.html import html
from measures.words import decisions as words

MOST = 300
"""Letters of a reason: it has to be read beside a chart."""

WIDTH = 620
"""Pixels: a line of a reason that can be read."""

DONE = "site.done"
"""Where the visit keeps what was just decided: of which series, by whom, and what."""

Made = Rebase | Ghost


def section(at: Desk, view: SiteView, made: Decisions) -> None:
    """All that can be decided about the chart on screen, and what was."""
    if not len(view.points):
        return
    may = at.allows(Action.REBASE, view.site.id) and at.allows(Action.GHOST, view.site.id)
    here = _Here(at, view, made, may and not at.wound_back)
    here.just_done()
    here.proposals()
    if may and at.wound_back:
        parts.paragraph(words.LOOKING_BACK, key="decide.back")
    with st.container(gap="xxsmall", key="decide.more"):
        if here.open:
            here.another_month()
            here.leave_out()
        if at.allows(Action.HISTORY, view.site.id):
            here.history()


class _Here:
    """One series on screen: who looks, what was decided, and the drafts that belong to it."""

    def __init__(self, at: Desk, view: SiteView, made: Decisions, open_now: bool) -> None:
        self.at, self.view, self.made, self.open = at, view, made, open_now
        self.about = (at, view.site.id, view.measure.id)
        self.key = f"site.{at.campaign.id}.{view.site.id}.{view.measure.id}"

    # --- what has just happened ----------------------------------------------------------------------

    def just_done(self) -> None:
        """What this person did a moment ago, with the way back; or why it was not done."""
        parts.notes(st.session_state.get(f"{self.key}.said", []), key="decide.said", tone="concern")
        kept = st.session_state.get(DONE)
        if kept is None or kept[:2] != (self.key, self.at.actor.name):
            st.session_state.pop(DONE, None)
            return
        last = kept[2]
        standing = {one.id for one in (*self.made.accepted, *self.made.ghosts)}
        with st.container(horizontal=True, vertical_alignment="center", key="decide.done"):
            html(build.note(words.done(last, self.view.measure)), key="decide.done.said")
            if self.open and last.id in standing:
                st.button("Undo", key="decide.undo", on_click=self._decide, args=(None, self._undoing(last)))

    def _undoing(self, last: Made) -> Callable[[str], Made]:
        if isinstance(last, Ghost):
            return partial(rebases.put_back, *self.about, last.period, seen=last.id)
        return partial(rebases.withdraw, *self.about, last.on, seen=last.id)

    # --- proposals -----------------------------------------------------------------------------------

    def proposals(self) -> None:
        """What was seen, what new limits would change, and the answer to give, one for each place."""
        rows = {format.to_date(row["on"]): row for row in self.view.proposed.to_dict("records")}
        clashes = self._clashes() if self.open else {}
        dates = sorted({*rows, *clashes})
        if not dates:
            return
        parts.gap()
        parts.section(words.heading(sorted(rows), dates, self.view.measure), key="decide.proposed")
        for on in dates:
            if on in rows:
                said = words.seen(rows[on], self.view.measure)
                parts.paragraph(said, key=f"decide.seen.{on}", muted=False)
                parts.paragraph(words.would_change(int(rows[on]["direction"])), key=f"decide.change.{on}")
            if self.open:
                form = st.expander(words.decide(on, self.view.measure), on in clashes, key=f"decide.answer.{on}")
                with form, st.container(width=WIDTH):
                    self._answer(on, said if on in rows else "", clashes)

    def _answer(self, on: date, proposed: str, clashes: dict[date, Rebase | None]) -> None:
        """The form of one proposal; after a clash, of what stands there now."""
        field = f"{self.key}.reason.{on}"
        stands = clashes.get(on)
        if on in clashes:
            parts.notes(words.overtaken(stands, self.view.measure), key=f"decide.clash.{on}", tone="concern")
        parts.paragraph(words.UNDERSTAND, key=f"decide.first.{on}")
        self._reason(field, words.KNOWN)
        status = str(stands.status) if stands else ""
        seen = stands.id if stands else None
        with st.container(horizontal=True):
            if status != RebaseStatus.ACCEPTED:
                act = partial(rebases.accept, *self.about, on, proposed=proposed, seen=seen)
                label = words.start(on, self.view.measure)
                st.button(label, key=f"decide.accept.{on}", on_click=self._decide, args=(field, act, on))
            if not status:
                act = partial(rebases.decline, *self.about, on, proposed=proposed, seen=seen)
                st.button(words.KEEP, key=f"decide.decline.{on}", on_click=self._decide, args=(field, act, on))
            if on in clashes:
                st.button(words.LEAVE_IT, type="tertiary", key=f"decide.leave.{on}", on_click=self._settled, args=(on,))
        self._refused(field)

    # --- a person's own choice -----------------------------------------------------------------------

    def another_month(self) -> None:
        """New limits from a month that nobody proposed."""
        with st.expander(words.ANOTHER, key="decide.another", type="compact"), st.container(width=WIDTH):
            parts.paragraph(words.ANOTHER_MEANS, key="decide.another.means")
            phase = self.view.points["phase"].to_numpy()
            begins = [True, *(phase[1:] != phase[:-1])]
            months = [p for p, first in zip(self._periods(), begins, strict=True) if not first]
            on = self._month(months, "another")
            field = f"{self.key}.another"
            self._reason(field, words.CHANGED)
            declined = {r.on: r.id for r in self.made.declined}
            label = words.start(on, self.view.measure) if on else words.START
            act = partial(rebases.accept, *self.about, on, seen=declined.get(on))
            st.button(label, key="decide.another.start", disabled=on is None, on_click=self._decide, args=(field, act))
            self._refused(field)
            st.space("small")

    def leave_out(self) -> None:
        """A point that is not to count, and those that do not."""
        with st.expander(words.LEAVE_OUT, key="decide.out", type="compact"), st.container(width=WIDTH):
            parts.paragraph(words.LEAVE_OUT_MEANS, key="decide.out.means")
            gone = {ghost.period for ghost in self.made.ghosts}
            on = self._month([p for p in self._periods() if p not in gone], "out")
            field = f"{self.key}.out"
            self._reason(field, words.NOT_COUNTED)
            label = words.leave(on, self.view.measure) if on else words.LEAVE
            act = partial(rebases.leave_out, *self.about, on)
            st.button(label, key="decide.out.leave", disabled=on is None, on_click=self._decide, args=(field, act))
            self._refused(field)
            for ghost in self.made.ghosts:
                self._standing(ghost, partial(rebases.put_back, *self.about, ghost.period, seen=ghost.id))
            st.space("small")

    def _periods(self) -> list[date]:
        return [p.date() for p in self.view.points["period"]]

    def _month(self, months: Sequence[date], name: str) -> date | None:
        shown = {on: capital(words.period(on, self.view.measure)) for on in reversed(months)}
        return st.selectbox(
            self.view.measure.frequency.capitalize(), list(shown), index=None, format_func=shown.__getitem__,
            placeholder="Choose one", key=f"{self.key}.{name}.on", persist_state="session",
        )  # fmt: skip

    # --- what was decided ----------------------------------------------------------------------------

    def history(self) -> None:
        """Every decision about this series: who, when and why; those in force can be taken back."""
        made = [one for one in rebases.history(*self.about) if _when(one) <= self.at.as_of]
        if not made:
            return
        with st.expander(words.HISTORY, key="decide.history", type="compact"):
            for one in self.made.accepted if self.open else ():
                self._standing(one, partial(rebases.withdraw, *self.about, one.on, seen=one.id))
            html(build.key_values([words.decision(one, self.view.measure) for one in made]), key="decide.history.all")
            st.space("small")

    def _standing(self, one: Made, act: Callable[..., Made]) -> None:
        """A decision in force, and the way to take it back, which needs a reason too."""
        ghost = isinstance(one, Ghost)
        label, why = (words.PUT_BACK, words.COUNTED) if ghost else (words.TAKE_BACK, words.NO_LONGER)
        with st.container(horizontal=True, vertical_alignment="center"):
            said = words.standing(one, self.view.measure)
            html(build.paragraph(said, small=True), key=f"decide.standing.{one.id}")
            with st.popover(label, key=f"decide.undo.{one.id}"):
                field = f"{self.key}.back.{one.id}"
                self._reason(field, why, "")
                on_click = partial(self._decide, field, act, keeps=False)
                st.button(label, key=f"decide.back.{one.id}", on_click=on_click)
                self._refused(field)

    # --- saying why, and doing it --------------------------------------------------------------------

    def _reason(self, field: str, label: str, hint: str = words.HINT) -> None:
        st.text_area(label, key=field, max_chars=MOST, height=88, placeholder=hint, persist_state="session")

    def _refused(self, field: str) -> None:
        """Why it was not done, beneath the button: what goes away above it would move it while it is pressed."""
        parts.notes(st.session_state.pop(f"{field}.said", []), key=f"{field}.said.shown", tone="concern")

    def _decide(
        self, field: str | None, act: Callable[[str], Made], on: date | None = None, keeps: bool = True
    ) -> None:
        """What a button does, before the page is drawn again, with the reason typed into ``field``.

        Nothing typed is lost where it was not done. ``on``: a proposal's date, whose form stays if somebody else
        was first; elsewhere the page says so, and whether it ``keeps`` what was typed.
        """
        for said in (DONE, f"{self.key}.said"):
            st.session_state.pop(said, None)
        try:
            made = act(st.session_state.get(field, "") if field else words.UNDONE)
        except Forbidden as refused:
            self._say(field, [str(refused)])
        except Refused as refused:
            self._say(field, refused.reasons)
        except Overtaken as other:
            if on is None:
                self._say(None, words.overtaken(other.stands, self.view.measure, kept=keeps and field is not None))
            else:
                st.session_state[f"{self.key}.clash"] = {**self._clashes(), on: other.stands}
        else:
            if field:
                st.session_state.update({field: "", f"{field}.on": None})
            self._settled(on)
            st.session_state[DONE] = (self.key, self.at.actor.name, made)

    def _say(self, field: str | None, lines: list[str]) -> None:
        st.session_state[f"{field or self.key}.said"] = lines

    def _clashes(self) -> dict[date, Rebase | None]:
        """Dates at which somebody else was first, and what they decided, until this person has answered."""
        return st.session_state.get(f"{self.key}.clash", {})

    def _settled(self, on: date | None) -> None:
        st.session_state[f"{self.key}.clash"] = {when: stands for when, stands in self._clashes().items() if when != on}


def _when(made: Made) -> date:
    return made.period if isinstance(made, Ghost) else made.on
