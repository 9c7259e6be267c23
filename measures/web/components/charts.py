"""An Altair chart on the page, never without words for those who cannot see it."""

from __future__ import annotations

import altair as alt
import streamlit as st


def chart(picture: alt.TopLevelMixin, alt_text: str, key: str) -> None:
    """Draw ``picture`` as wide as its container, in the app's colours, with ``alt_text`` as its name."""
    if not alt_text.strip():
        raise ValueError("a chart needs words that say what it shows")
    st.altair_chart(picture, width="stretch", theme="streamlit", key=key, alt=alt_text)
