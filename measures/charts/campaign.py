"""The campaign's line against its path: the picture behind the summary's sentence.

The line is ink at 2.5 and carries no points and no limits: it is a total, not a process. Months to come
stay empty up to the path's end, but for the outlook where one is given: a fan of three bands that grows out
of the newest point. Its middle is not drawn, for a line there would be read as a forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import labels, theme
from measures.charts.drawing import NO_PATHS, path_rows
from measures.charts.labels import Board, Spot
from measures.charts.phases import eras
from measures.charts.spc import path_layers

CHANCES: Final = "9 chances in 10"
"""What the widest band holds."""
_BANDS: Final = (("low90", "high90"), ("low80", "high80"), ("low50", "high50"))
"""The fan, widest first: each lies on the one before."""
_EDGES: Final = tuple(edge for band in _BANDS for edge in band)
_CLEAR: Final = 22.0
"""A label of the fan that covers more than this has found no room."""


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
    outlook: pd.DataFrame | None = None,
    outlook_label: str = "",
    redefined: Sequence[date] = (),
) -> alt.LayerChart:
    """The campaign's chart.

    ``campaign`` are one measure's rows of the review's campaign frame (``period``, ``value`` and, where the
    caller has them, ``numerator`` and ``denominator``). ``paths`` are the campaign's own rows of the paths
    frame. ``reference`` is a labelled comparison (``period``, ``value``); when it is None the campaign
    frame's ``reference`` column is drawn if ``reference_label`` names it. ``superseded_label`` stands at an
    earlier path ("First path, replaced Feb 2018"; a line break is kept); ``aim_label`` defaults to "Aim 95%".

    ``outlook`` is where this is heading: a row for each month to come (``period``) with the ends of the ranges
    that hold it 9, 8 and 5 times in 10 (``low90``, ``low80``, ``low50``, ``high50``, ``high80``, ``high90``, in
    the scale of ``value``; a ``middle`` may stand there and is not drawn). Months up to the newest value and
    rows with an end missing are left out. ``outlook_label`` names it ("Where this is heading,\\n9 chances in 10").
    From each date of ``redefined`` on it is counted differently, and the line breaks.
    """
    line = _line(campaign, "value", unit, frequency, redefined)
    other = pd.DataFrame(columns=line.columns)
    if reference is not None and len(reference):
        other = _line(reference, "value", unit, frequency)
    elif reference_label and "reference" in campaign and campaign["reference"].notna().any():
        other = _line(campaign, "reference", unit, frequency)
    dashed = path_rows(paths) if paths is not None and len(paths) else NO_PATHS
    tall = height or theme.HEIGHT["campaign"]

    half = theme.half_step(frequency)
    values = pd.concat([line["v"], other["v"], dashed["v"]]).astype(float).dropna()
    bounds = (0.0, 1.0) if unit == "%" else (0.0 if (values >= 0).all() else None, None)
    known = line.dropna(subset="v")
    fan = _outlook(outlook, known, dashed, unit, frequency, bounds)
    times = pd.concat([line["t"], dashed["t"], fan["t"]]).astype(float)
    first, last = times.min() - half, times.max() + half / 2
    values = pd.concat([values, fan["low90"], fan["high90"]])
    ticks = theme.nice_domain(values.min(), values.max(), floor=bounds[0], ceiling=bounds[1], ticks=5)
    size = {"first": first, "last": last, "height": tall - 46.0, "ground": _ground(known, fan)}
    texts = (line_label, reference_label, superseded_label, aim_label, outlook_label)
    # Where the fan's name finds no room, the axis is lengthened by a step or two.
    floor = -np.inf if bounds[0] is None else bounds[0]
    for steps in (0, 1, 2):
        lower = ticks[0] - (ticks[1] - ticks[0]) * np.arange(steps, 0, -1)
        reach = np.concatenate([lower[lower > floor - 1e-12], ticks])
        size |= {"low": reach[0], "high": reach[-1]}
        boards = (Board(**size, width=480), Board(**size, width=270, at="narrow"))
        if all(_label(b, line, other, dashed, fan, unit, texts, anywhere=steps == 2) for b in boards):
            break
    ticks = reach
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

    still = {"tooltip": None, "aria": False}
    layers: list[alt.Chart | alt.LayerChart] = [theme.roles(), theme.frame(x, y)]
    x, y = theme.bare(x, y)
    layers += _fan_layers(known, fan, x, y)
    if len(other):
        thin = alt.Chart(other[["t", "v", "segment"]]).mark_line(strokeWidth=theme.STROKE["mean"], **still)
        layers.append(thin.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("common")))
    layers += path_layers(dashed, x, y)
    ink = alt.Chart(known[["t", "v", "segment"]]).mark_line(
        strokeWidth=theme.STROKE["campaign_line"], strokeJoin="round", strokeCap="round", **still
    )
    layers.append(ink.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("ink")))
    dot = alt.Chart(known[["t", "v", "spoken"]].tail(1)).mark_point(filled=True, size=90, opacity=1, tooltip=None)
    layers.append(dot.encode(x=x, y=y, color=theme.role("ink"), description=alt.Description("spoken:N")))
    layers += labels.layers(boards, x, y)
    layers += _fan_targets(fan, 2 * half / (last - first), x, y)
    layers.append(_hover(known, dashed, other, unit, reference_label, x, y))
    return theme.finish(layers, tall)


def _line(frame: pd.DataFrame, column: str, unit: str, frequency: str, redefined: Sequence[date] = ()) -> pd.DataFrame:
    """One line's rows, in stretches that a missing period breaks, or another way of counting."""
    rows = frame.sort_values("period").reset_index(drop=True)
    value = rows[column].astype(float)
    place = pd.Series(theme.steps(rows["period"], frequency))
    breaks = place.diff().fillna(1).ne(1) | value.isna() | value.isna().shift(fill_value=False)
    breaks |= eras(rows["period"], redefined).diff().fillna(0).ne(0)
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


def _outlook(
    outlook: pd.DataFrame | None,
    known: pd.DataFrame,
    dashed: pd.DataFrame,
    unit: str,
    frequency: str,
    bounds: tuple[float | None, float | None],
) -> pd.DataFrame:
    """The months to come with the ends of their ranges, clipped in the drawing alone, and their words."""
    shown = ["t", *_EDGES, "Month", "Outlook", "Path", "spoken"]
    nothing = pd.DataFrame(columns=shown).astype(dict.fromkeys(shown[: 1 + len(_EDGES)], float))
    if outlook is None or outlook.empty:
        return nothing
    rows = outlook.sort_values("period").reset_index(drop=True)
    rows[list(_EDGES)] = rows[list(_EDGES)].astype(float).replace([np.inf, -np.inf], np.nan).clip(*bounds)
    rows["t"] = theme.milliseconds(rows["period"])
    rows = rows[rows[list(_EDGES)].notna().all(axis=1) & (rows["t"] > known["t"].max() if len(known) else True)]
    if rows.empty:
        return nothing
    asked = _asked(dashed)
    rows["Month"] = [theme.month_name(p, frequency) for p in rows["period"]]
    ends = zip(rows["low90"], rows["high90"])
    rows["Outlook"] = [f"{theme.figure(a, unit)} to {theme.figure(b, unit)}, {CHANCES}" for a, b in ends]
    rows["Path"] = [theme.figure(asked[t], unit) if t in asked else "" for t in rows["t"]]
    path = ("; path " + rows["Path"]).where(rows["Path"] != "", "")
    rows["spoken"] = rows["Month"] + ": " + rows["Outlook"] + path
    return rows[shown].reset_index(drop=True)


def _asked(dashed: pd.DataFrame) -> pd.Series:
    """What the path in force asks for, by time."""
    path = dashed[dashed["role_in_time"] == "now"]
    return path.drop_duplicates("t", keep="last").set_index("t")["v"]


def _grown(known: pd.DataFrame, fan: pd.DataFrame) -> pd.DataFrame:
    """The fan's edges from the newest point on, where it has no width."""
    edges = fan[["t", *_EDGES]]
    if fan.empty or known.empty:
        return edges
    newest = known.iloc[-1]
    return pd.concat([pd.DataFrame([{"t": newest["t"], **dict.fromkeys(_EDGES, newest["v"])}]), edges])


# ------------------------------------------------------------------ where the words go


def _ground(known: pd.DataFrame, fan: pd.DataFrame) -> Callable[[float, float], str]:
    """What lies behind a spot: the page, or the fan, on which words take no halo."""
    if fan.empty:
        return lambda t, value: "page"
    t, low, high = _grown(known, fan)[["t", "low90", "high90"]].to_numpy(dtype=float).T

    def behind(at: float, value: float) -> str:
        return "" if t[0] <= at <= t[-1] and np.interp(at, t, low) <= value <= np.interp(at, t, high) else "page"

    return behind


def _label(
    board: Board,
    line: pd.DataFrame,
    other: pd.DataFrame,
    dashed: pd.DataFrame,
    fan: pd.DataFrame,
    unit: str,
    texts: tuple[str, str, str, str, str],
    *,
    anywhere: bool,
) -> bool:
    """Name each line where its name covers nothing; whether the fan's name found room, or had to go ``anywhere``."""
    line_label, reference_label, superseded_label, aim_label, outlook_label = texts
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
    _lay_fan(board, _grown(known, fan))
    newest = known.iloc[-1] if len(known) else None
    if newest is not None:
        board.points([newest["t"]], [newest["v"]], weight=40)
    future = bool(len(now)) and newest is not None and now["t"].max() > newest["t"]
    for _, path in now.groupby("path") if len(now) else ():
        end = path.iloc[-1]
        words = aim_label or f"Aim {theme.figure(end['v'], unit, 0 if _whole(end['v'], unit) else 1)}"
        off = (-13, -18, -22, 15, 21, *((-28, -34) if len(fan) else ()))
        above = [Spot(end["t"], end["v"], 4.0, dy, "right") for dy in off]
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
        spots = [*beside, *below] if wide or future or len(fan) else [*below, *beside]
        if len(fan):
            farther = [(dy, a) for dy in (24, 30, 36, -24, -30) for a in ("right", "center", "left")]
            spots += [Spot(newest["t"], newest["v"], 0.0, dy, a) for dy, a in farther]
        board.place(theme.figure(newest["v"], unit), spots, size=13.0, beyond=wide, **strong)
    told = _name_fan(board, fan, outlook_label, anywhere)
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
    return told


def _lay_fan(board: Board, grown: pd.DataFrame) -> None:
    """Lay the fan on the board as lines from its start to its end, a few pixels apart."""
    if grown.empty:
        return
    t, low, high = grown[["t", "low90", "high90"]].to_numpy(dtype=float).T
    tallest = float(np.max(board.y(low) - board.y(high)))
    for share in np.linspace(0, 1, int(np.ceil(tallest / 6)) + 1):
        board.line(t, low + share * (high - low), weight=2.0)


def _name_fan(board: Board, fan: pd.DataFrame, words: str, anywhere: bool) -> bool:
    """Name the fan under its end, beside it or over it, or at the foot of the chart. Whether it found room."""
    wide = board.at == "wide"
    lines = labels.wrapped(words, 40 if wide else 26, most=4)
    if fan.empty or not lines:
        return True
    words, tall = "\n".join(lines), (len(lines) - 1) * labels.LINE_PX
    near, months = (14.0, 20.0, 27.0, 35.0), list(fan.iloc[:-4:-1].itertuples())
    end, foot = months[0], Spot(months[0].t, board.low, 0.0, -10.0 - tall, "right")
    beside = labels.column(end.t, (end.low90 + end.high90) / 2, prefer=-tall / 2, reach=9.0)
    under = [Spot(r.t, r.low90, 0.0, dy, "right") for dy in near for r in months]
    over = [Spot(r.t, r.high90, 0.0, -dy - tall, "right") for dy in near for r in months]
    spots = [*under, *beside, *over, foot, replace(foot, align="center"), replace(foot, align="left")]
    if not anywhere:
        return board.place(words, spots, most=_CLEAR) is not None
    return board.place(words, spots, beyond=wide) is not None


def _whole(value: float, unit: str) -> bool:
    shown = value * 100 if unit == "%" else value
    return abs(shown - round(shown)) < 0.05


# ------------------------------------------------------------------ layers


def _fan_layers(known: pd.DataFrame, fan: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The three bands, each on the wider one; the widest says where its end lies."""
    if fan.empty:
        return []
    grown, out = _grown(known, fan), []
    for (low, high), opacity in zip(_BANDS, reversed(theme.OPACITY["fan_50_80_90"])):
        widest = not out
        rows = grown[["t", low, high]].assign(**{"spoken": fan["spoken"].iloc[-1]} if widest else {})
        area = alt.Chart(rows).mark_area(opacity=opacity, tooltip=None, **{} if widest else {"aria": False})
        said = {"description": alt.Description("spoken:N")} if widest else {}
        across = {"x": x, "y": alt.Y(f"{low}:Q", scale=y["scale"], title=None), "y2": alt.Y2(high)}
        out.append(area.encode(**across, **said, color=theme.role("fan")))
    return out


def _fan_targets(fan: pd.DataFrame, month: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Unseen rules, each as wide as its month (a share of the width), that tell the months to come."""
    out = []
    for has_path in (False, True):
        rows = fan.loc[(fan["Path"] != "") == has_path, ["t", "low90", "high90", "Month", "Outlook", "Path"]]
        if rows.empty:
            continue
        tooltip = [alt.Tooltip(f"{name}:N") for name in ("Month", "Outlook", *(["Path"] if has_path else []))]
        rule = alt.Chart(rows).mark_rule(strokeWidth=alt.ExprRef(f"max(4,width*{month:.5f})"), opacity=0, aria=False)
        across = {"x": x, "y": alt.Y("low90:Q", scale=y["scale"], title=None), "y2": alt.Y2("high90")}
        out.append(rule.encode(**across, color=theme.role("page"), tooltip=tooltip))
    return out


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
    asked = _asked(dashed)
    if len(asked):
        rows["Path"] = [theme.figure(asked[t], unit) if t in asked else "" for t in rows["t"]]
        shown.append("Path")
    if len(other) and reference_label:
        comparison = other.set_index("t")["Value"]
        rows["Comparison"] = [f"{reference_label} {comparison[t]}" if t in comparison else "" for t in rows["t"]]
        shown.append("Comparison")
    targets = alt.Chart(rows[["t", "v", *shown]]).mark_point(filled=True, size=380, opacity=0, aria=False)
    tooltip = [alt.Tooltip(f"{name}:N") for name in shown]
    return targets.encode(x=x, y=y, color=theme.role("page"), tooltip=tooltip)
