"""The SPC chart of one series: what was expected, what happened, where it should be going.

Back to front: expected range (a band per phase, in steps or along the season where limits change from point
to point), dotted limits, average, where limits began anew or should, superseded path, path in force, the
line through the data (broken at a missing period, passing a point left out), points by cause (colour *and*
shape), points left out, notes, labels. Limits are clipped in the drawing alone. Every point answers to the
pointer with its month, value, fraction, expected range and what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import altair as alt
import pandas as pd

from measures.charts import labels, layers, theme, trials
from measures.charts.drawing import Drawing, Note
from measures.charts.html import key_of
from measures.charts.layers import path_layers
from measures.charts.layout import lay_out
from measures.format import Trial

__all__ = ["CentreName", "Note", "Variant", "key_names", "path_layers", "spc_chart"]

Variant = Literal["full", "story", "entry", "card", "multiple"]
CentreName = Literal["average", "median"]


def spc_chart(
    points: pd.DataFrame,
    paths: pd.DataFrame | None = None,
    *,
    unit: str,
    variant: Variant = "full",
    frequency: str = "month",
    bounds: tuple[float | None, float | None] | None = None,
    centre_name: CentreName = "average",
    notes: Sequence[Note] = (),
    rebases: Sequence[Note] = (),
    proposed: Sequence[Note] = (),
    tests: Sequence[Trial] = (),
    redefined: Sequence[Note] = (),
    highlight: date | None = None,
    unsaved: tuple[date, float] | None = None,
) -> alt.LayerChart:
    """The chart of one series.

    ``points`` are the rows of one series of the review's points frame; ``paths`` that site's rows of its
    paths frame (without them, the points' own ``target`` is drawn in steps). ``unit`` is "%" for proportions
    (values between 0 and 1), "" for plain counts, or a word. ``frequency`` is the measure's: a period
    without a row or a value is a gap. ``bounds`` clip the drawn limits; by default 0 and 1 for "%", 0 and
    nothing above for values that are never negative. ``centre_name`` is what the centre is: "median" for a
    run chart.

    ``notes`` are words tied to a period: for a point that is ``ghosted``, the reason. ``rebases`` are the
    reasons why limits began anew, each by the date from which they count; ``proposed`` are dates at which
    new limits are proposed, and why; ``redefined`` are dates from which it is counted differently, and how:
    the line breaks there. ``tests`` are tests of change, drawn in a lane of their own above the plot,
    which makes the chart that much taller. ``highlight`` rings a point that was just saved; ``unsaved`` is a
    hollow point not stored yet. Variants "card" and "multiple" keep the band, mean, line and points, and
    nothing else.
    """
    drawing = Drawing.of(
        points,
        paths,
        unit,
        variant,
        frequency,
        bounds,
        unsaved,
        notes=notes,
        rebases=rebases,
        proposed=proposed,
        tests=tests,
        redefined=redefined,
        centre_name=centre_name,
    )
    pins = drawing.pins
    words = lay_out(drawing, notes)
    ticks = words.ticks
    across = alt.Scale(domain=[drawing.first, drawing.last], nice=False, zero=False)
    months = theme.time_axis(drawing.first, drawing.last, labels=drawing.label_px, years_only=drawing.small)
    up = alt.Scale(domain=[float(ticks[0]), float(ticks[-1])], nice=False, zero=False)
    shown = ticks[:: 2 if drawing.small and len(ticks) > 4 else 1]
    x = alt.X("t:Q", scale=across, axis=months)
    y = alt.Y("v:Q", scale=up, axis=theme.value_axis(shown, unit, labels=drawing.label_px))
    bottom = theme.frame(x, y)
    x, y = theme.bare(x, y)
    drawn = [
        theme.roles(),
        bottom,
        *layers.ranges(drawing, x, y),
        *layers.markers(drawing, ticks, x, y),
        *trials.layers(pins, x),
        *layers.target_layers(drawing, x, y),
        *layers.path_layers(drawing.paths, x, y),
        *layers.note_layers(words.rules, x, y),
        *layers.point_layers(drawing, highlight, x, y),
        *labels.layers(words.boards, x, y),
        *layers.marker_targets(drawing, ticks, x, y),
        *trials.targets(pins, x),
        *layers.hover_layer(drawing, x, y),
    ]
    return theme.finish(drawn, drawing.height)


def key_names(
    points: pd.DataFrame,
    paths: pd.DataFrame | None = None,
    *,
    centre_name: CentreName = "average",
    proposed: Sequence[Note] = (),
    tests: Sequence[Trial] = (),
) -> list[str]:
    """What the key beneath a full chart of these rows must explain: the names for ``html.chart_key``."""
    left_out = points["ghosted"].fillna(False).astype(bool)
    seen = points["value"].notna()
    beyond = points["rules"].astype(str).str.split().map(lambda names: "beyond" in names).astype(bool)
    has_path = paths is not None and len(paths) > 0
    return key_of(
        points.loc[seen & (~left_out | beyond), "cause"].astype(str).unique(),
        ghosted=bool((left_out & seen).any()),
        path=has_path,
        target=not has_path and bool(points["target"].notna().any()),
        limits=bool((points["lower"].notna() & points["upper"].notna()).any()),
        median=centre_name == "median" and bool(points["centre"].notna().any()),
        proposed=len(proposed) > 0,
        tests=len(tests) > 0,
    )
