"""What the pages draw with: the style sheet sent once, the HTML component, and charts with words for them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from measures.web.components.charts import chart
from measures.web.components.html import html

__all__ = ["chart", "html", "styles"]

_SHEET = Path(__file__).with_name("headway.css").read_text(encoding="utf-8")


def styles() -> None:
    """Send the little CSS that config.toml cannot say; the shell calls this once a run."""
    st.html(f"<style>{_SHEET}</style>")
