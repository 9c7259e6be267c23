"""The one HTML component: ``Safe`` markup in, a click on ``[data-open]`` out.

It lives in a shadow root, so its style and the page's do not meet, and reads only ``--st-*`` variables, so
it follows light and dark without a rerun. The markup is replaced only when it changed: no flicker.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from measures.charts.markup import Safe

_CSS = Path(__file__).with_name("component.css").read_text(encoding="utf-8")

_JS = """
const shown = new WeakMap()

// Streamlit's number fields do not say which keypad a phone should show; before one is touched, it is said for them.
document.addEventListener("pointerdown", event => {
  const field = event.target.closest?.("[data-testid=stNumberInputField]")
  if (field) field.inputMode = Number(field.step) % 1 ? "decimal" : "numeric"
}, true)

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector("#r")
  if (!root) return
  const markup = data?.markup ?? ""
  if (shown.get(root) !== markup) {
    root.innerHTML = markup
    shown.set(root, markup)
    root.querySelector("[data-arrive]")?.scrollIntoView({ block: "center" })
  }
  root.onclick = event => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    const target = event.target.closest?.("[data-open]")
    if (!plain || !target || event.defaultPrevented) return
    event.preventDefault()
    setTriggerValue("open", target.dataset.open)
  }
}
"""

_component = st.components.v2.component("headway_html", html='<div id="r"></div>', css=_CSS, js=_JS)


def html(content: Safe, key: str, on_open: Callable[[str], None] | None = None) -> str | None:
    """Show ``content``; return the id of the link opened by this run's click, or None.

    ``on_open`` is called with that id before the page's script runs. Plain strings are refused: build
    markup with ``measures.charts.html``, which escapes.
    """
    if not isinstance(content, Safe):
        raise TypeError(f"html() takes Safe markup, not {type(content).__name__}: build it with measures.charts.html")

    def opened() -> None:
        state = st.session_state.get(key)
        chosen = state.get("open") if state is not None else None
        if on_open is not None and chosen is not None:
            on_open(str(chosen))

    result = _component(data={"markup": str(content)}, key=key, height="content", on_open_change=opened)
    return None if result.open is None else str(result.open)
