"""One measure's months laid over each other, year by year: so that winter is compared with winter.

The newest year is ink at 2.5, as the campaign's line; earlier years are thin and grey. Each is named at its
last month.
"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import theme

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def season_chart(line: pd.DataFrame, *, unit: str, first_month: int = 4, height: int = 240) -> alt.LayerChart:
    """The years of ``line`` (columns period, value) over one another, each from ``first_month`` on."""
    rows = line.dropna(subset="value").sort_values("period")
    month, year = rows["period"].dt.month.to_numpy(), rows["period"].dt.year.to_numpy()
    began = year - (month < first_month)
    place = (month - first_month) % 12
    data = pd.DataFrame({"m": place, "v": rows["value"].to_numpy(), "year": began})
    data["name"] = [f"{y}/{(y + 1) % 100:02d}" if first_month > 1 else str(y) for y in began]
    data["Month"] = [theme.month_name(p) for p in rows["period"]]
    data["Value"] = [theme.figure(v, unit) for v in data["v"]]
    newest = int(began.max())
    old, new = data[(data["year"] < newest).to_numpy()], data[(data["year"] == newest).to_numpy()]
    ends = (0.0, 1.0) if unit == "%" else (None, None)
    ticks = theme.nice_domain(data["v"].min(), data["v"].max(), floor=ends[0], ceiling=ends[1], ticks=5)
    names = [MONTHS[(first_month - 1 + i) % 12] for i in range(12)]
    axis = alt.Axis(
        values=list(range(12)),
        labelExpr=f"{theme.NARROW} && datum.value%3 ? '' : {names}[datum.value]",
        labelColor=alt.expr("scale('color','quiet')"),
        title=None, grid=False, domain=True, tickSize=4, labelOverlap=False,
    )  # fmt: skip
    x = alt.X("m:Q", scale=alt.Scale(domain=[-0.3, 12.2], nice=False), axis=axis)
    y = alt.Y(
        "v:Q",
        scale=alt.Scale(domain=[float(ticks[0]), float(ticks[-1])], nice=False, zero=False),
        axis=theme.value_axis(ticks, unit),
    )
    layers: list[alt.Chart | alt.LayerChart] = [theme.roles()]
    still = {"tooltip": None, "aria": False}
    if len(old):
        grey = alt.Chart(old).mark_line(strokeWidth=theme.STROKE["data_line"], **still)
        layers.append(grey.encode(x=x, y=y, detail="year:N", color=theme.role("common")))
    ink = alt.Chart(new).mark_line(strokeWidth=theme.STROKE["campaign_line"], strokeJoin="round", **still)
    layers.append(ink.encode(x=x, y=y, color=theme.role("ink")))
    layers += _names(data, newest, float(ticks[-1] - ticks[0]), height, x, y)
    points = alt.Chart(data).mark_point(filled=True, size=60, opacity=0)
    layers.append(points.encode(x=x, y=y, color=theme.role("ink"), tooltip=["Month:N", "Value:N"]))
    return theme.finish(layers, height)


def _names(data: pd.DataFrame, newest: int, span: float, height: int, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Each year's name at its end, pushed apart where they would touch."""
    ends = data.groupby("year").tail(1).sort_values("v").copy()
    room = 15 / max(height - 46, 1) * span
    at = ends["v"].to_numpy().copy()
    together = (ends["m"].to_numpy()[1:] == ends["m"].to_numpy()[:-1]) & (np.diff(at) < room)
    for i in np.flatnonzero(together):  # a handful of years
        at[i + 1] = max(at[i + 1], at[i] + room)
    ends["v"] = at
    found = []
    for is_newest, role, weight in ((False, "quiet", 400), (True, "ink", 600)):
        rows = ends[((ends["year"] == newest) == is_newest).to_numpy()]
        text = alt.Chart(rows).mark_text(
            align="left", dx=7, fontSize=theme.LABEL_PX, fontWeight=weight, tooltip=None, aria=False
        )
        found.append(text.encode(x=x, y=y, text="name:N", color=theme.role(role)))
    return found
