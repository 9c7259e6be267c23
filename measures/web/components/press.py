"""A button whose press is not lost when something else ends the run that it began.

A run is ended by whatever the browser sends next, at the first reading of ``st.session_state`` after it; the table
editor sends what it holds once more a moment after each edit. What ``st.button`` returned is gone with that run.
Here the press is put down before the run begins, and stands until somebody says that it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from measures.web import session

PATIENCE = 10.0
"""Seconds after which a press counts no more: its page has been left, and coming back must not save anything."""


@dataclass(slots=True)
class Press:
    """Whether a button has been pressed and nobody has acted on it yet."""

    at: float | None = None
    about: object = None
    """What the button was about when it was pressed."""

    def __bool__(self) -> bool:
        return self.at is not None and time.monotonic() - self.at < PATIENCE

    def down(self, about: object) -> None:
        """It is pressed."""
        self.at, self.about = time.monotonic(), about

    def done(self) -> None:
        """It has been acted on, or refused."""
        self.at = None


def button(label: str, *, key: str, about: object = None, kind: Callable = st.button, **options: object) -> Press:
    """A button, and its press; whoever acts on it calls ``done`` right afterwards, with nothing of Streamlit between.

    ``about`` is what the press is meant for; ``kind`` is ``st.button`` or ``st.form_submit_button``.
    """
    press: Press = session.box(f"press.{key}").setdefault("press", Press())
    kind(label, key=key, on_click=press.down, args=(about,), **options)
    if options.get("disabled"):
        press.done()
    return press
