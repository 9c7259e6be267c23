"""Charts on the page, never without words for those who cannot see them; each is built once, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import pyarrow as pa
import streamlit as st


def chart(build: Callable[..., alt.LayerChart], *arguments: Any, alt_text: str, key: str, **options: Any) -> None:
    """Draw ``build(*arguments, **options)`` as wide as its container, in the app's colours, named ``alt_text``."""
    if not alt_text.strip():
        raise ValueError("a chart needs words that say what it shows")
    spec = _spec(build.__module__ + build.__qualname__, build, *arguments, **options)
    # A copy: Streamlit takes the datasets out of what it is given.
    st.vega_lite_chart(spec=dict(spec), width="stretch", theme="streamlit", key=key, alt=alt_text)


@st.cache_resource(max_entries=256, show_spinner=False)
def _spec(name: str, _build: Callable[..., alt.LayerChart], *arguments: Any, **options: Any) -> dict[str, Any]:
    """The chart's specification, its data ready to send. The key is everything the chart is built from."""
    spec = _build(*arguments, **options).to_dict(validate=False)
    spec["datasets"] = {name: _bytes(rows) for name, rows in spec["datasets"].items()}
    return spec


def _bytes(rows: list[dict[str, Any]]) -> bytes:
    """Rows in Arrow's form."""
    table = pa.Table.from_pylist(rows)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()
