"""A press outlives the run that it began, counts once, and not after its page has been left."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from measures.web.components import press


def script() -> None:
    """Saves what is typed; the first run after a press is ended before it can."""
    import streamlit as st

    from measures.web.components.press import button

    saved = st.session_state.setdefault("saved", [])
    save = button("Save", key="save", about=len(saved), disabled=st.session_state.get("off", False))
    if save and st.session_state.pop("interrupt", False):
        st.rerun()  # as any other event of the browser does
    if save:
        saved.append(save.about)
        save.done()


def test_a_press_is_not_lost_with_the_run_that_it_began_and_counts_once():
    app = AppTest.from_function(script).run()
    app.session_state["interrupt"] = True
    app.button(key="save").click().run()
    assert app.session_state["saved"] == [0]
    app.run()
    assert app.session_state["saved"] == [0]
    app.button(key="save").click().run()
    assert app.session_state["saved"] == [0, 1]


def test_a_press_left_behind_saves_nothing_later(monkeypatch: pytest.MonkeyPatch):
    now = press.time.monotonic()
    left = press.Press()
    left.down("this month")
    assert left
    monkeypatch.setattr(press.time, "monotonic", lambda: now + press.PATIENCE + 1)
    assert not left


def test_a_button_that_is_closed_by_now_takes_its_press_back():
    app = AppTest.from_function(script).run()
    app.button(key="save").click()
    app.session_state["off"] = True
    app.run()
    app.session_state["off"] = False
    app.run()
    assert app.session_state["saved"] == []
