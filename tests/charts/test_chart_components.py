"""What the pages are handed refuses what could not be shown safely or to everyone."""

from __future__ import annotations

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from measures.web import components


@pytest.mark.parametrize("markup", ["<b>typed</b>", None, 3])
def test_the_component_takes_nothing_but_safe_markup(markup):
    with pytest.raises(TypeError, match="Safe"):
        components.html(markup, key="x")


def test_a_chart_needs_words():
    with pytest.raises(ValueError, match="words"):
        components.chart(print, alt_text="  ", key="x")


def test_a_page_can_carry_several_pieces_and_a_chart():
    def page():
        from measures.charts import html as build
        from measures.charts.spc import spc_chart
        from measures.web.components import chart, html, styles
        from tests.charts.chart_data import paths, points

        styles()
        assert html(build.lede("One <b>"), key="one") is None
        html(build.note("Two"), key="two", on_open=print)
        chart(spc_chart, points(), paths(), unit="%", alt_text="A line", key="three")

    app = AppTest.from_function(page, default_timeout=20).run()
    assert not app.exception


def test_a_chart_built_once_is_what_streamlit_itself_would_send():
    """The cached specification must not differ from Altair's own: same spec, same rows."""
    from measures.charts.spc import spc_chart
    from measures.web.components import charts
    from tests.charts.chart_data import paths, points

    once = charts._spec("x", spc_chart, points(), paths(), unit="%")
    plain = spc_chart(points(), paths(), unit="%").to_dict()
    rows = {name: pa.ipc.open_stream(data).read_all().to_pylist() for name, data in once["datasets"].items()}
    for name, wanted in plain["datasets"].items():
        for row, found in zip(wanted, rows[name], strict=True):
            assert {k: found[k] for k in row} == row
    assert {k: v for k, v in once.items() if k != "datasets"} == {k: v for k, v in plain.items() if k != "datasets"}
