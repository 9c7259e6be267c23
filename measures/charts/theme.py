"""The look of every chart, read from ``tokens.json``.

Colours in a chart are *roles*, never hex codes. A chart's first layer is an invisible one over all roles
(``roles``); every other layer names a role (``role``). Streamlit's theme fills the range with
``chartCategoricalColors``, listed in the order of ``ROLES``, so a chart follows light and dark at once and
without a rerun. ``standalone`` fills the range for a picture made elsewhere, such as a PDF.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import altair as alt
import numpy as np
import pandas as pd

from measures.format import month_short, number, percent

TOKENS: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("tokens.json").read_text(encoding="utf-8"))
ROLES: Final[tuple[str, ...]] = tuple(TOKENS["colour"]["roles_in_chart_order"])
CHART: Final[dict[str, Any]] = TOKENS["chart"]
HEIGHT: Final[dict[str, int]] = CHART["height_px"]
STROKE: Final[dict[str, float]] = CHART["stroke_px"]
DASH: Final[dict[str, list[int]]] = CHART["dash"]
OPACITY: Final[dict[str, Any]] = CHART["opacity"]
POINT: Final[dict[str, dict[str, Any]]] = CHART["point"]
NARROW: Final[str] = f"(width>0&&containerSize()[0]<{TOKENS['breakpoint_px']['page']})"
"""Vega's test for a phone: the room the chart was given. Not its inner width, which the labels themselves
change; ``width`` is named so that the test is made again when the window changes."""
LABEL_PX: Final[int] = TOKENS["type"]["scale_px"]["chart_label"]
SMALL_LABEL_PX: Final[int] = TOKENS["type"]["scale_px"]["small_multiple_label"]

CAUSE_ROLE: Final[dict[str, str]] = {
    "common": "common",
    "improvement": "improvement",
    "concern": "concern",
    "high": "neither",
    "low": "neither",
}
"""Which colour a cause takes; ``POINT`` holds its shape and size."""

# Altair's default theme would write a size of its own into every chart.
alt.theme.enable("none")


# ------------------------------------------------------------------ colours by role


def role_colour(field: str = "role") -> alt.Color:
    """The colour encoding of a layer whose rows name their role."""
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(ROLES)), legend=None)


def role_stroke(field: str = "halo") -> alt.Stroke:
    """The same for strokes: the halo behind a label."""
    return alt.Stroke(f"{field}:N", scale=alt.Scale(domain=list(ROLES)), legend=None)


def role(name: str) -> alt.ColorDatum:
    """One role as a layer's only colour; the scale is that of ``roles``."""
    if name not in ROLES:
        raise ValueError(f"no role called {name!r}")
    return alt.ColorDatum(name)


def roles() -> alt.LayerChart:
    """The invisible first layer, which fixes the order of the roles in both colour scales."""
    data = pd.DataFrame({"r": list(ROLES)})
    fills = alt.Chart(data).mark_point(opacity=0, size=0, tooltip=None, aria=False).encode(color=role_colour("r"))
    strokes = alt.Chart(data).mark_text(text="", opacity=0, tooltip=None, aria=False).encode(stroke=role_stroke("r"))
    return alt.layer(fills, strokes)


def standalone(chart: alt.LayerChart, mode: str = "light", width: int = 720) -> alt.LayerChart:
    """The chart with its colours written in, for a picture outside the app; ``mode`` is light or dark."""
    colour = TOKENS["colour"][mode]
    picture = (
        chart.properties(width=width, background=colour["page"], autosize=alt.AutoSizeParams(type="fit"))
        .configure_range(category=[colour[name] for name in ROLES])
        .configure_axis(gridColor=colour["line"], domainColor=colour["line"], tickColor=colour["line"])
    )
    picture.config.font = "Inter"
    return picture


def finish(layers: Sequence[alt.Chart | alt.LayerChart], height: int) -> alt.LayerChart:
    """The layers as one chart of this height, with no frame and no Vega legend."""
    # Given at once: every configure_… would copy the whole chart.
    return alt.layer(
        *layers,
        height=height,
        padding={"left": 5, "right": 6, "top": 8, "bottom": 2},
        config=alt.Config(view=alt.ViewConfig(stroke=None), legend=alt.LegendConfig(disable=True)),
    )


def frame(x: alt.X, y: alt.Y) -> alt.Chart:
    """An invisible layer that alone carries the axes; the others share its scales through ``bare``."""
    corner = pd.DataFrame({"t": [x["scale"]["domain"][0]], "v": [y["scale"]["domain"][0]]})
    return alt.Chart(corner).mark_point(opacity=0, size=0, tooltip=None, aria=False).encode(x=x, y=y)


def bare(x: alt.X, y: alt.Y) -> tuple[alt.X, alt.Y]:
    """The same scales, silent on their axes, for every layer but ``frame``."""
    return alt.X("t:Q", scale=x["scale"], title=None), alt.Y("v:Q", scale=y["scale"], title=None)


def when_narrow(narrow: str | float, wide: str | float) -> alt.ExprRef:
    """An expression with one value on a phone and another elsewhere; size 0 also frees a label's room."""
    return alt.ExprRef(f"{NARROW}?{narrow}:{wide}")


QUIET_LABEL: Final = alt.ExprRef("scale('color','quiet')")
"""Axis text: Streamlit's own grey is too pale."""


# ------------------------------------------------------------------ time


def milliseconds(periods: pd.Series | Sequence[date]) -> np.ndarray:
    """Dates as milliseconds since 1970, UTC: what Vega reads the same way in every time zone.

    Drawn on a plain linear scale; floats, because a 64-bit whole number is not one to a browser.
    """
    return pd.DatetimeIndex(pd.to_datetime(list(periods))).as_unit("ms").asi8.astype(float)


def half_step(frequency: str) -> float:
    """Half a period in milliseconds: how far a band reaches beyond its first and last point."""
    days = {"week": 7.0, "month": 30.44, "quarter": 91.3}[frequency]
    return days * 86_400_000 / 2


def steps(periods: pd.Series, frequency: str) -> np.ndarray:
    """Each period's place on a line of whole periods, so that neighbours differ by exactly one."""
    index = pd.DatetimeIndex(periods)
    if frequency == "week":
        return (index.as_unit("s").asi8 // 86_400) // 7
    months = np.asarray(index.year * 12 + index.month - 1)
    return months // 3 if frequency == "quarter" else months


def month_name(day: date | pd.Timestamp, frequency: str = "month") -> str:
    """A period in words: "Sep 2018", or "3 Sep 2018" for a week."""
    stamp = pd.Timestamp(day)
    return f"{stamp.day} {month_short(stamp)}" if frequency == "week" else month_short(stamp)


def _years_apart(years: float, most: int) -> int:
    """From one year that is named to the next, so that at most so many are.

    >>> _years_apart(5, 7), _years_apart(38, 16)
    (1, 5)
    """
    return next((step for step in (1, 2, 5, 10, 20, 50) if years / step <= most), 100)


def time_axis(first: float, last: float, *, labels: int = LABEL_PX, years_only: bool = False) -> alt.Axis:
    """Ticks every so many months or years; the year under January and the first tick; on a phone only years."""
    start, end = (pd.Timestamp(edge, unit="ms") for edge in (first, last))
    months = pd.date_range(start.normalize(), end, freq="MS")
    if months.empty:
        months = pd.DatetimeIndex([start.normalize()])
    years = len(months) / 12
    every = 1 if len(months) <= 8 else 3 if years <= 4 else 6 if years <= 8 else 12
    if every > 1:
        months = months[(months.month - 1) % every == 0]
    if years_only and (months.month == 1).any():
        months = months[months.month == 1]
    if every == 12:
        months = months[months.year % _years_apart(years, most=16) == 0]
    values = milliseconds(months)
    year, is_january = "utcFormat(datum.value,'%Y')", "utcmonth(datum.value)==0"
    has_year = bool((months.month == 1).any())
    kept = f"{is_january}&&utcyear(datum.value)%{_years_apart(years, most=7)}==0"
    narrow = f"{kept}?{year}:''" if has_year else f"datum.value=={values[0]}?utcFormat(datum.value,'%b %Y'):''"
    wide = f"({is_january}||datum.value=={values[0]})?[utcFormat(datum.value,'%b'),{year}]:utcFormat(datum.value,'%b')"
    if every == 12:
        wide = year
    return alt.Axis(
        title=None,
        values=values.tolist(),
        tickCount=len(values),  # or the silent layers' default would thin them
        labelExpr=narrow if years_only else f"{NARROW}?({narrow}):({wide})",
        labelColor=QUIET_LABEL,
        labelFontSize=labels,
        labelOverlap=False,
        labelFlush=False,
        labelPadding=6,
        labelLineHeight=14,
        labelAngle=0,
        labelBound=False,
        grid=False,
        ticks=True,
        domain=True,
    )


# ------------------------------------------------------------------ values


def figure(value: float, unit: str, places: int = 1) -> str:
    """A value in words and figures: "91.2%", "12,500", "37 minutes"; a real minus sign."""
    if value is None or not math.isfinite(value):
        return "no value"
    if unit == "%":
        return percent(value, places)
    text = number(value, 0 if abs(value) >= 100 or float(value).is_integer() else places)
    return f"{text} {unit}" if unit else text


def short_figure(value: float, unit: str) -> str:
    """The value with no more figures than it needs, for a narrow chart: "93%", "12.5k"."""
    if unit == "%":
        return figure(value, unit, 0)
    if abs(value) >= 10_000:
        return f"{value / 1000:.3g}k"
    return figure(value, "")


def nice_domain(low: float, high: float, *, floor: float | None, ceiling: float | None, ticks: int = 6) -> np.ndarray:
    """Round tick values whose first and last are the axis's ends; never beyond ``floor`` and ``ceiling``."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    if high <= low:
        pad = abs(high) * 0.05 or 0.5
        low, high = low - pad, high + pad
    span = high - low
    step = 10 ** math.floor(math.log10(span / ticks))
    step = next(step * m for m in (1, 2, 5, 10, 20) if span / (step * m) <= ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    values = np.round(np.arange(first, last + 1) * step, 12)
    if floor is not None:
        values = values[values >= floor - 1e-12]
    if ceiling is not None:
        values = values[values <= ceiling + 1e-12]
    return values


def named_axis(values: Sequence[float], words: str, *, labels: int = LABEL_PX) -> alt.Axis:
    """The axis across of a chart that says under its end what it is: ticks at ``values``, ``words`` in Vega."""
    return alt.Axis(
        titleAnchor="end",
        titleAlign="right",
        titleColor=QUIET_LABEL,
        titleFontSize=labels,
        titleFontWeight=400,
        titlePadding=10,
        values=list(values),
        tickCount=len(values),
        labelExpr=words,
        labelColor=QUIET_LABEL,
        labelFontSize=labels,
        labelOverlap=False,
        labelFlush=False,
        labelPadding=6,
        labelAngle=0,
        labelBound=False,
        grid=False,
        ticks=True,
        domain=True,
    )


def value_axis(values: Sequence[float], unit: str, *, labels: int = LABEL_PX) -> alt.Axis:
    """The y axis: light grid lines, no line of its own, no title; thousands shortened on a phone."""
    gap = float(values[1] - values[0]) if len(values) > 1 else 1.0
    if unit == "%":
        places = 0 if gap > 0.0099 else 1
        expression = f"format(datum.value,'.{places}%')"
    else:
        places = 0 if gap >= 1 else 1 if gap >= 0.1 else 2
        expression = f"{NARROW}&&abs(datum.value)>=10000?format(datum.value,'~s'):format(datum.value,',.{places}f')"
    return alt.Axis(
        title=None,
        values=[float(v) for v in values],
        tickCount=len(values),
        labelExpr=expression,
        labelColor=QUIET_LABEL,
        labelFontSize=labels,
        labelOverlap=False,
        labelFlush=False,
        labelBound=False,
        labelPadding=6,
        domain=False,
        ticks=False,
        grid=True,
    )
