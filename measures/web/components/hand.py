"""The period in hand: one person at one site's report, what was read, what is typed, and what was just saved.

Everything is kept in the visit under the campaign, site and period; what is typed is also kept in the store, so
that it is there after a reload.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from measures import clock
from measures.actions import drafts, entries
from measures.actions.due import Slot
from measures.actions.entries import Sheet
from measures.actions.read import Desk
from measures.store.base import Clash
from measures.web import session
from measures.web.components import fields
from measures.web.components.fields import Typed

PAGE = "enter"


@dataclass(frozen=True, slots=True)
class Hand:
    """One site's report for one period, as this person has it before them."""

    at: Desk
    site: str
    frequency: str
    period: date

    @staticmethod
    def place(at: Desk, site: str) -> str:
        """Where the visit keeps which period is in hand."""
        return f"enter.hand.{at.campaign.id}.{site}"

    @property
    def which(self) -> tuple[str, date]:
        """Frequency and period."""
        return self.frequency, self.period

    @property
    def name(self) -> str:
        """The same as one text, such as "week/2024-06-03"."""
        return f"{self.frequency}/{self.period}"

    @staticmethod
    def named(at: Desk, site: str, name: str) -> Hand:
        """The period of that name."""
        frequency, _, period = name.partition("/")
        return Hand(at, site, frequency, date.fromisoformat(period))

    @property
    def about(self) -> str:
        """The same with campaign and site, for keys of the visit."""
        return f"{self.at.campaign.id}.{self.site}.{self.frequency}.{self.period}"

    @property
    def now(self) -> datetime:
        """The time of day where the campaign is."""
        return clock.now().astimezone(ZoneInfo(self.at.campaign.time_zone))

    def _key(self, name: str) -> str:
        return f"enter.{name}.{self.about}"

    # --- which period --------------------------------------------------------------------------------

    def take(self) -> None:
        """Make this the period in hand."""
        st.session_state[self.place(self.at, self.site)] = self.which
        st.session_state.pop(f"enter.before.{self.at.campaign.id}.{self.site}", None)

    def drop(self) -> None:
        """Have none in hand: the next visit opens on what is due then."""
        st.session_state.pop(self.place(self.at, self.site), None)

    def other(self, frequency: str, period: date) -> Hand:
        """Another period of the same site."""
        return Hand(self.at, self.site, frequency, period)

    # --- what was read and what is typed -------------------------------------------------------------

    def sheet(self, fresh: bool = False) -> Sheet:
        """The sheet as this person first read it: a later writer must not slip past unseen.

        With a draft, what was read is what its author had read when typing it.
        """
        key = self._key("sheet")
        if key not in st.session_state:
            read = entries.sheet(self.at, self.site, self.period, self.frequency)
            st.session_state[key] = self._with_draft(read)
        elif fresh:
            st.session_state[key] = entries.sheet(self.at, self.site, self.period, self.frequency)
        return st.session_state[key]

    def _with_draft(self, sheet: Sheet) -> Sheet:
        about = self._draft_about
        found = drafts.find(self.at, self.site, PAGE, about) if about else None
        st.session_state[self._key("kept")] = dict(found.values) if found else {}
        typed = found.values.get("typed") if found else None
        if not isinstance(typed, Mapping):
            return sheet
        start = {f.key: fields.fitting(f, sheet, typed[f.key]) for f in sheet.fields if f.key in typed}
        if all(one == fields.saved(f) for f in sheet.fields if (one := start.get(f.key)) is not None):
            return sheet  # what was typed has been saved since
        local = found.at.astimezone(ZoneInfo(self.at.campaign.time_zone))
        st.session_state[self._key("start")] = (start, local)
        seen = found.values.get("seen")
        if not isinstance(seen, Mapping):
            return sheet
        return replace(sheet, seen={id: int(seen.get(id, rev)) for id, rev in sheet.seen.items()})

    @property
    def _draft_about(self) -> str | None:
        """What a draft is filed under; None where it could come before somebody else's eyes."""
        browser = session.browser(self.at)
        return None if browser is None else f"{self.name}@{browser}" if browser else self.name

    @property
    def start(self) -> Mapping[str, Typed]:
        """What the fields begin with, where a draft was kept."""
        return st.session_state.get(self._key("start"), ({}, None))[0]

    @property
    def draft_from(self) -> datetime | None:
        """When the draft was kept that this form began with, in the campaign's time; None where it began empty."""
        return st.session_state.get(self._key("start"), ({}, None))[1]

    @property
    def draft(self) -> str:
        """The draft in hand. A new one has new fields: a browser would keep the numbers of the old."""
        return f"{self.about}.{st.session_state.get(self._key('draft'), 0)}"

    def field_key(self, name: str) -> str:
        """The key of a field's widget."""
        return f"enter.field.{self.draft}.{name}"

    def keep(self, typed: Mapping[str, Typed]) -> None:
        """Keep what differs from what is saved, as a draft; the store is asked only where something changed."""
        sheet = self.sheet()
        mine = {f.key: typed[f.key] for f in sheet.fields if typed[f.key] != fields.saved(f)}
        values = {"typed": mine, "seen": dict(sheet.seen)} if mine else {}
        key = self._key("kept")
        if values == st.session_state.get(key, {}) or (about := self._draft_about) is None:
            return
        whose = (self.at, self.site, PAGE, about)
        if drafts.keep(*whose, values) if values else drafts.forget(*whose):
            st.session_state[key] = values

    def forget(self) -> None:
        """Drop the draft: it has been saved, or its author chose what is there or starts afresh."""
        if st.session_state.get(self._key("kept")) and (about := self._draft_about):
            drafts.forget(self.at, self.site, PAGE, about)
        for name in ("sheet", "clash", "start", "kept"):
            st.session_state.pop(self._key(name), None)
        st.session_state[self._key("draft")] = st.session_state.get(self._key("draft"), 0) + 1

    # --- what became of it ---------------------------------------------------------------------------

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """What somebody else saved while this person was typing."""
        return st.session_state.get(self._key("clash"), ())

    def clash(self, found: tuple[Clash, ...]) -> None:
        """Remember what somebody else saved, until this person has chosen; none forgets it."""
        st.session_state[self._key("clash")] = found

    @property
    def saved(self) -> int | str | None:
        """The change just saved, "same" where nothing differed; None where this is still to be saved."""
        return st.session_state.get(self._key("saved"))

    @staticmethod
    def box(at: Desk, site: str) -> dict:
        """Where saving leaves what it wrote, for ``settle``."""
        return session.box(f"enter.box.{at.campaign.id}.{site}")

    @staticmethod
    def settle(at: Desk, site: str) -> None:
        """Draw the conclusions from what was saved, in the next run: the one that saved may have been ended there."""
        left = Hand.box(at, site)
        if "saved" not in left:
            return
        hand, change, then = left["saved"]
        Hand(at, site, *hand).forget()
        Hand(at, site, *hand)._done(change, then)
        left.clear()

    def _done(self, change: int | str, then: Slot | None) -> None:
        """It has been saved: show what it means or, where another is to follow, go there and say it above."""
        if then is None:
            st.session_state[self._key("saved")] = change
            return
        self.other(then.frequency, then.period).take()
        st.session_state[f"enter.before.{self.at.campaign.id}.{self.site}"] = (*self.which, change)

    @property
    def before(self) -> tuple[Hand | None, int | str | None]:
        """What was saved just before this one was taken in hand, and as which change."""
        kept = st.session_state.get(f"enter.before.{self.at.campaign.id}.{self.site}")
        return (self.other(*kept[:2]), kept[2]) if kept else (None, None)

    def leave(self) -> None:
        """Come back to the form: what was saved is no longer news."""
        st.session_state.pop(self._key("saved"), None)
        self.forget()
