"""The campaign's line against its path: the picture behind the summary's sentence.

The line is ink at 2.5 and carries no points and no limits: it is a total, not a process. Months to come
stay empty up to the path's end, where an outlook may be drawn one day.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from measures.charts import labels, theme
from measures.charts.drawing import NO_PATHS, path_rows
from measures.charts.labels import Board, Spot
from measures.charts.spc import path_layers


def campaign_chart(
    campaign: pd.DataFrame,
    paths: pd.DataFrame | None = None,
    reference: pd.DataFrame | None = None,
    *,
    unit: str,
    line_label: str,
    reference_label: str = "",
    superseded_label: str = "",
    aim_label: str = "",
    frequency: str = "month",
    height: int | None = None,
) -> alt.LayerChart:
    """The campaign's chart.

    ``campaign`` are one measure's rows of the review's campaign frame (``period``, ``value`` and, where the
    caller has them, ``numerator`` and ``denominator``). ``paths`` are the campaign's own rows of the paths
    frame. ``reference`` is a labelled comparison (``period``, ``value``); when it is None the campaign
    frame's ``reference`` column is drawn if ``reference_label`` names it. ``superseded_label`` stands at an
    earlier path ("First path, replaced Feb 2018"; a line break is kept); ``aim_label`` defaults to "Aim 95%".
    """
    line = _line(campaign, "value", unit, frequency)
    other = pd.DataFrame(columns=line.columns)
    if reference is not None and len(reference):
        other = _line(reference, "value", unit, frequency)
    elif reference_label and "reference" in campaign and campaign["reference"].notna().any():
        other = _line(campaign, "reference", unit, frequency)
    dashed = path_rows(paths) if paths is not None and len(paths) else NO_PATHS
    tall = height or theme.HEIGHT["campaign"]

    half = theme.half_step(frequency)
    times = pd.concat([line["t"], dashed["t"]]).astype(float)
    first, last = times.min() - half, times.max() + half / 2
    values = pd.concat([line["v"], other["v"], dashed["v"]]).astype(float).dropna()
    bounds = (0.0, 1.0) if unit == "%" else (0.0 if (values >= 0).all() else None, None)
    ticks = theme.nice_domain(values.min(), values.max(), floor=bounds[0], ceiling=bounds[1], ticks=5)
    x = alt.X(
        "t:Q",
        scale=alt.Scale(domain=[float(first), float(last)], nice=False, zero=False),
        axis=theme.time_axis(first, last),
    )
    y = alt.Y(
        "v:Q",
        scale=alt.Scale(domain=[float(ticks[0]), float(ticks[-1])], nice=False, zero=False),
        axis=theme.value_axis(ticks, unit),
    )

    size = {"first": first, "last": last, "low": ticks[0], "high": ticks[-1], "height": tall - 46.0}
    boards = (Board(**size, width=480), Board(**size, width=270, at="narrow"))
    texts = (line_label, reference_label, superseded_label, aim_label)
    for board in boards:
        _label(board, line, other, dashed, unit, texts)
    still = {"tooltip": None, "aria": False}
    layers: list[alt.Chart | alt.LayerChart] = [theme.roles(), theme.frame(x, y)]
    x, y = theme.bare(x, y)
    if len(other):
        thin = alt.Chart(other[["t", "v", "segment"]]).mark_line(strokeWidth=theme.STROKE["mean"], **still)
        layers.append(thin.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("common")))
    layers += path_layers(dashed, x, y)
    known = line.dropna(subset="v")
    ink = alt.Chart(known[["t", "v", "segment"]]).mark_line(
        strokeWidth=theme.STROKE["campaign_line"], strokeJoin="round", strokeCap="round", **still
    )
    layers.append(ink.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("ink")))
    dot = alt.Chart(known[["t", "v", "spoken"]].tail(1)).mark_point(filled=True, size=90, opacity=1, tooltip=None)
    layers.append(dot.encode(x=x, y=y, color=theme.role("ink"), description=alt.Description("spoken:N")))
    layers += labels.layers(boards, x, y)
    layers.append(_hover(known, dashed, other, unit, reference_label, x, y))
    return theme.finish(layers, tall)


def _line(frame: pd.DataFrame, column: str, unit: str, frequency: str) -> pd.DataFrame:
    """One line's rows, in stretches that a missing period breaks."""
    rows = frame.sort_values("period").reset_index(drop=True)
    value = rows[column].astype(float)
    place = pd.Series(theme.steps(rows["period"], frequency))
    breaks = place.diff().fillna(1).ne(1) | value.isna() | value.isna().shift(fill_value=False)
    out = pd.DataFrame({"t": theme.milliseconds(rows["period"]), "v": value, "segment": breaks.cumsum()})
    out["Month"] = [theme.month_name(p, frequency) for p in rows["period"]]
    out["Value"] = [theme.figure(v, unit) for v in value]
    out["Count"] = ""
    if column == "value" and {"numerator", "denominator"} <= set(rows.columns):
        known = rows["denominator"].notna() & rows["numerator"].notna()
        fractions = rows.loc[known, ["numerator", "denominator"]].itertuples(index=False)
        out.loc[known, "Count"] = [f"{a:,.0f} of {b:,.0f}" for a, b in fractions]
    out["spoken"] = out["Month"] + ": " + out["Value"]
    return out


def _label(
    board: Board,
    line: pd.DataFrame,
    other: pd.DataFrame,
    dashed: pd.DataFrame,
    unit: str,
    texts: tuple[str, str, str, str],
) -> None:
    """Name each line where its name covers nothing."""
    line_label, reference_label, superseded_label, aim_label = texts
    wide, strong = board.at == "wide", {"role": "ink", "weight": 600}
    known = line.dropna(subset="v")
    for rows in (line, other):
        for _, part in rows.groupby("segment"):
            board.line(part["t"].to_numpy(), part["v"].to_numpy(), weight=9.0)
    now = dashed[dashed["role_in_time"] == "now"]
    before = dashed[dashed["role_in_time"] == "before"]
    for rows in (now, before):
        for _, path in rows.groupby("path") if len(rows) else ():
            board.line(path["t"].to_numpy(), path["v"].to_numpy())
    newest = known.iloc[-1] if len(known) else None
    if newest is not None:
        board.points([newest["t"]], [newest["v"]], weight=40)
    future = bool(len(now)) and newest is not None and now["t"].max() > newest["t"]
    for _, path in now.groupby("path") if len(now) else ():
        end = path.iloc[-1]
        words = aim_label or f"Aim {theme.figure(end['v'], unit, 0 if _whole(end['v'], unit) else 1)}"
        above = [Spot(end["t"], end["v"], 4.0, dy, "right") for dy in (-13, -18, -22, 15, 21)]
        board.place(words, above if future or not wide else labels.column(end["t"], end["v"]), beyond=wide, **strong)
        here = path[path["t"] == newest["t"]] if newest is not None else path.iloc[:0]
        if future and wide and len(here):
            target = here.iloc[0]["v"]
            words = f"Path {theme.figure(target, unit, 0 if _whole(target, unit) else 1)}"
            spots = [Spot(here.iloc[0]["t"], target, -4.0, dy, "right") for dy in (-12, -17, -24, 14, 20)]
            board.place(words, spots, role="ink", weight=500, most=40)
    if newest is not None:
        beside = [Spot(newest["t"], newest["v"], 9.0, dy, "left") for dy in (0, 6, -6, 13, -13, 19)]
        below = [Spot(newest["t"], newest["v"], -2.0, dy, a) for dy in (16, 22, -16, -22) for a in ("right", "center")]
        spots = [*beside, *below] if wide or future else [*below, *beside]
        board.place(theme.figure(newest["v"], unit), spots, size=13.0, beyond=wide, **strong)
    if len(before) and superseded_label:
        ends = [row for _, path in before.groupby("path") for row in path.iloc[:-5:-1].itertuples()]
        tall = superseded_label.count("\n") * labels.LINE_PX
        spots = [Spot(r.t, r.v, -6.0, dy - tall, "right") for r in ends for dy in (-2, -8, -14, -20)]
        spots += [Spot(r.t, r.v, 6.0, dy, "left") for r in ends for dy in (0, 8, 14, 20)]
        board.place(superseded_label, spots, most=24 if wide else 6)
    for rows, words, look in ((line, line_label, strong), (other, reference_label, {})):
        rows = rows.dropna(subset="v")
        if words and len(rows):
            starts = rows.iloc[: max(1, len(rows) // 2)]
            spots = [
                Spot(r.t, r.v, 2.0, dy, "left")
                for r in starts.itertuples()
                for dy in (-11, 11, -15, 15, -20, 20, -26, 26, -34, -42)
            ]
            board.place(words, spots, **look)


def _whole(value: float, unit: str) -> bool:
    shown = value * 100 if unit == "%" else value
    return abs(shown - round(shown)) < 0.05


def _hover(
    known: pd.DataFrame,
    dashed: pd.DataFrame,
    other: pd.DataFrame,
    unit: str,
    reference_label: str,
    x: alt.X,
    y: alt.Y,
) -> alt.Chart:
    """Every month answers with its value, its path and the comparison."""
    rows = known.copy()
    shown = ["Month", "Value"]
    if rows["Count"].ne("").any():
        shown.append("Count")
    path = dashed[dashed["role_in_time"] == "now"]
    if len(path):
        at = path.drop_duplicates("t", keep="last").set_index("t")["v"]
        rows["Path"] = [theme.figure(at.get(t, float("nan")), unit) if t in at.index else "" for t in rows["t"]]
        shown.append("Path")
    if len(other) and reference_label:
        comparison = other.set_index("t")["Value"]
        rows["Comparison"] = [f"{reference_label} {comparison[t]}" if t in comparison else "" for t in rows["t"]]
        shown.append("Comparison")
    targets = alt.Chart(rows[["t", "v", *shown]]).mark_point(filled=True, size=380, opacity=0, aria=False)
    tooltip = [alt.Tooltip(f"{name}:N") for name in shown]
    return targets.encode(x=x, y=y, color=theme.role("page"), tooltip=tooltip)
