"""The SPC chart of one series: what was expected, what happened, where it should be going.

Back to front: expected range (a band per phase), dotted limits, mean, superseded path, path in force, the
line through the data (broken at a missing period), points by cause (colour *and* shape), points left out,
notes, labels. Limits are clipped in the drawing alone. Every point answers to the pointer with its month,
value, fraction, expected range and what it says.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import date
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import labels, theme
from measures.charts.drawing import Drawing
from measures.charts.labels import Board, Spot

Variant = Literal["full", "story", "entry", "card", "multiple"]
Note = tuple[date, str]


def spc_chart(
    points: pd.DataFrame,
    paths: pd.DataFrame | None = None,
    *,
    unit: str,
    variant: Variant = "full",
    frequency: str = "month",
    bounds: tuple[float | None, float | None] | None = None,
    notes: Sequence[Note] = (),
    highlight: date | None = None,
    unsaved: tuple[date, float] | None = None,
) -> alt.LayerChart:
    """The chart of one series.

    ``points`` are the rows of one series of the review's points frame; ``paths`` that site's rows of its
    paths frame. ``unit`` is "%" for proportions (values between 0 and 1), "" for plain counts, or a word.
    ``bounds`` clip the drawn limits; by default 0 and 1 for "%", 0 and nothing above for values that are
    never negative. ``notes`` are words tied to a period; ``highlight`` rings a point that was just saved;
    ``unsaved`` is a hollow point not stored yet. Variants "card" and "multiple" keep the band, mean, line
    and points, and nothing else.
    """
    drawing = Drawing.of(points, paths, unit, variant, frequency, bounds, unsaved)
    boards, rules, ticks = _lay_out(drawing, notes, highlight)
    across = alt.Scale(domain=[drawing.first, drawing.last], nice=False, zero=False)
    months = theme.time_axis(drawing.first, drawing.last, labels=drawing.label_px, years_only=drawing.small)
    up = alt.Scale(domain=[float(ticks[0]), float(ticks[-1])], nice=False, zero=False)
    shown = ticks[:: 2 if drawing.small and len(ticks) > 4 else 1]
    x = alt.X("t:Q", scale=across, axis=months)
    y = alt.Y("v:Q", scale=up, axis=theme.value_axis(shown, unit, labels=drawing.label_px))
    bottom = theme.frame(x, y)
    x, y = theme.bare(x, y)
    layers = [
        theme.roles(),
        bottom,
        *_range_layers(drawing, x, y),
        *_path_layers(drawing, x, y),
        *_note_layers(rules, x, y),
        *_point_layers(drawing, highlight, x, y),
        *labels.layers(boards, x, y),
        _hover_layer(drawing, x, y),
    ]
    return theme.finish(layers, drawing.height)


# ------------------------------------------------------------------ where the words go


def _lay_out(drawing: Drawing, notes: Sequence[Note], highlight: date | None):
    """Labels, note rules and ticks; where the notes find no room, the axis is lengthened by a step or two."""
    for extra in (0, 1, 2):
        ticks = drawing.ticks(extra)
        size = {"first": drawing.first, "last": drawing.last, "low": ticks[0], "high": ticks[-1]}
        size |= {"ground": drawing.ground()}
        wide = Board(**size, height=drawing.plot_height, width=600)
        narrow = Board(**size, height=drawing.plot_height, width=270, at="narrow")
        if drawing.small:
            return (wide, narrow), pd.DataFrame(), ticks
        for board in (wide, narrow):
            _obstacles(board, drawing, highlight)
        _path_labels(wide, narrow, drawing)
        if drawing.variant != "entry":
            _range_labels(wide, drawing)
        rules, room = _note_labels(wide, narrow, drawing, notes)
        if room:
            break
    return (wide, narrow), rules, ticks


def _obstacles(board: Board, drawing: Drawing, highlight: date | None) -> None:
    frame = drawing.points
    board.points(frame["t"], frame["value"])
    for _, part in frame[~frame["ghosted"]].groupby("segment"):
        board.line(part["t"].to_numpy(), part["value"].to_numpy())
    for _, part in drawing.paths.groupby("path"):
        board.line(part["t"].to_numpy(), part["v"].to_numpy())
    for _, part in drawing.band.groupby("phase"):
        for name in ("lower", "upper", "centre"):
            board.line(part["t"].to_numpy(), part[name].to_numpy(dtype=float), weight=1.0)
    for seam in drawing.seams().itertuples():
        board.line([seam.t, seam.t], [seam.lower, seam.upper], weight=2.0)


def _path_labels(wide: Board, narrow: Board, drawing: Drawing) -> None:
    unit = drawing.unit
    now = drawing.paths[drawing.paths["role_in_time"] == "now"]
    for _, path in now.groupby("path"):
        last = path.iloc[-1]
        future = last["t"] > drawing.end + 3 * drawing.half
        above = [Spot(last["t"], last["v"], 2.0, dy, "right") for dy in (-13, -19, 13, 19, -25, 25)]
        beside = labels.column(max(last["t"], drawing.end), last["v"])
        strong = {"role": "ink", "weight": 600}
        wide.place(f"Aim {theme.figure(last['v'], unit)}", above if future else beside, beyond=True, **strong)
        narrow.place(theme.short_figure(last["v"], unit), above, **strong)
        here = path[path["t"] <= drawing.end]
        if future and len(here) and abs(here.iloc[-1]["v"] - last["v"]) > 1e-9 and drawing.variant == "full":
            spots = labels.column(drawing.end, here.iloc[-1]["v"], prefer=13)
            wide.place(f"Path {theme.figure(here.iloc[-1]['v'], unit)}", spots, role="ink", weight=500, beyond=True)
    if drawing.variant == "entry":
        return
    for _, path in drawing.paths[drawing.paths["role_in_time"] == "before"].groupby("path"):
        words = "First path" if path["version"].iloc[0] == 1 else "Earlier path"
        spots = [spot for row in path.iloc[:-6:-1].itertuples() for spot in labels.around(row.t, row.v)]
        wide.place(words, spots, most=30)


def _range_labels(board: Board, drawing: Drawing) -> None:
    """Beside the newest range its limits and average; over each earlier mean its average."""
    known = drawing.points[drawing.points["centre"].notna()]
    if known.empty:
        return
    last, unit = known.iloc[-1], drawing.unit
    spread = last["drawn_upper"] - last["drawn_lower"]
    places = 1 if unit != "%" or spread < 0.04 else 0
    average = f"Average {theme.figure(last['centre'], unit)}"
    board.place(average, labels.column(drawing.end, last["centre"]), beyond=True)
    for side, words in (("upper", "Expected up to"), ("lower", "Expected down to")):
        limit = last[f"drawn_{side}"]
        at_bound = side == "lower" and drawing.floor is not None and limit <= drawing.floor
        if np.isfinite(limit) and not at_bound:
            inward = 5.0 if limit >= drawing.ticks()[-1] - 1e-9 else 0.0
            text = f"{words} {theme.figure(limit, unit, places)}"
            board.place(text, labels.column(drawing.end, limit, prefer=inward), beyond=True)
    for _, part in known[known["phase"] != last["phase"]].groupby("phase"):
        if len(part) < 4:
            continue
        inner = part.iloc[1:-1]
        spots = [spot for t in inner["t"] for spot in labels.around(t, part["centre"].iloc[-1], near=14, far=18)]
        words = f"Average {theme.figure(part['centre'].iloc[-1], unit)}"
        board.place(words, [s for s in spots if s.align == "center"], most=75)


def _note_labels(wide: Board, narrow: Board, drawing: Drawing, notes: Sequence[Note]) -> tuple[pd.DataFrame, bool]:
    """Each note's words and the rule that ties them to its point; False where some found no clear room."""
    frame = drawing.points.set_index("t")
    rules, room = [], True
    ordered = sorted(notes)
    for number, (period, text) in enumerate(ordered):
        t = float(theme.milliseconds([period])[0])
        value = frame["value"].get(t, np.nan)
        if not np.isfinite(value):
            later = frame["value"].dropna()
            value = float(np.interp(t, later.index, later)) if len(later) else wide.low
        for board in (wide, narrow):
            if board.at == "narrow" and number < len(ordered) - 1:
                continue
            y = float(board.y(value))
            lines = _wrap(text, 30 if board.at == "wide" else 22)
            down = [Spot(t, value, 0.0, d, a) for d in np.arange(26, board.height - y, 9) for a in ("left", "right")]
            tall = (len(lines) - 1) * labels.LINE_PX
            up = [Spot(t, value, 0.0, -d - tall, a) for d in np.arange(26, y - tall, 9) for a in ("left", "right")]
            words, clear = "\n".join(lines), 32.0
            spot = board.place(words, down, most=clear) or board.place(words, up, most=clear)
            if spot is None:
                room &= board.at == "narrow"
                if board.at == "narrow":
                    continue
                spot = board.place(words, down + up)
            if spot is None:
                continue
            near = 8.0 if spot.dy > 0 else -8.0
            edge = spot.dy - 9 if spot.dy > 0 else spot.dy + tall + 9
            ends = (board.value(y + near), board.value(y + edge))
            rules.append({"t": t, "v": ends[0], "to": ends[1], "at": board.at})
    return pd.DataFrame(rules, columns=["t", "v", "to", "at"]), room


def _wrap(text: str, width: int) -> list[str]:
    """At most three lines of about equal length."""
    wrapped = textwrap.wrap(text, width) or [""]
    while width > 8 and len(tighter := textwrap.wrap(text, width - 1)) == len(wrapped):
        wrapped, width = tighter, width - 1
    return wrapped[:3]


# ------------------------------------------------------------------ layers, back to front


def _range_layers(drawing: Drawing, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The expected range as a band per phase, its dotted limits, and the mean."""
    band = drawing.band
    if band.empty:
        return []
    quiet, still = theme.role("quiet"), {"tooltip": None, "aria": False}
    base = alt.Chart(band)
    area = base.transform_filter("isValid(datum.lower) && isValid(datum.upper)").mark_area(**still)
    out = [
        area.encode(x=x, y=_on(y, "lower"), y2=alt.Y2("upper"), detail=alt.Detail("phase:N"), color=theme.role("band"))
    ]
    if not drawing.small:
        long = band.melt(["t", "phase"], ["lower", "upper"], "side", "v").dropna(subset="v")
        dotted = {"strokeWidth": theme.STROKE["limit"], "strokeDash": theme.DASH["limit"]}
        limits = alt.Chart(long).mark_line(**dotted, **still)
        out.append(limits.encode(x=x, y=y, detail=[alt.Detail("phase:N"), alt.Detail("side:N")], color=quiet))
    mean = base.mark_line(strokeWidth=theme.STROKE["mean"], **still)
    out.append(mean.encode(x=x, y=_on(y, "centre"), detail=alt.Detail("phase:N"), color=quiet))
    seams = drawing.seams()
    if len(seams):
        seam = alt.Chart(seams).mark_rule(strokeWidth=2, **still)
        out.append(seam.encode(x=x, y=_on(y, "lower"), y2=alt.Y2("upper"), color=theme.role("page")))
    return out


def _path_layers(drawing: Drawing, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Superseded paths at half strength, then the path in force, both dashed, on into the future."""
    return path_layers(drawing.paths, x, y)


def path_layers(rows: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The dashed lines of ``path_rows``."""
    looks = (
        (
            "before",
            "target",
            {"strokeWidth": theme.STROKE["path_superseded"], "opacity": theme.OPACITY["path_superseded"]},
        ),
        ("now", "target", {"strokeWidth": theme.STROKE["path"], "opacity": 1}),
    )
    out = []
    for time, colour, look in looks:
        part = rows[rows["role_in_time"] == time][["t", "v", "path"]]
        if len(part):
            line = alt.Chart(part).mark_line(strokeDash=theme.DASH["path"], tooltip=None, aria=False, **look)
            out.append(line.encode(x=x, y=y, detail=alt.Detail("path:N"), color=theme.role(colour)))
    return out


def _note_layers(rules: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The rule from a point to its words."""
    if rules.empty:
        return []
    rule = alt.Chart(rules).mark_rule(
        strokeWidth=theme.STROKE["note_rule"],
        opacity=theme.when_narrow("(datum.at=='narrow'?1:0)", "(datum.at=='wide'?1:0)"),
        tooltip=None,
        aria=False,
    )
    return [rule.encode(x=x, y=y, y2=alt.Y2("to"), color=theme.role("quiet"))]


def _point_layers(drawing: Drawing, highlight: date | None, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The line, broken at missing periods; points by cause; points left out; the ring; the unsaved point."""
    small = drawing.small
    frame = drawing.points
    kept = frame[~frame["ghosted"] & frame["v"].notna()]
    out: list[alt.Chart] = []
    still = {"tooltip": None, "aria": False}
    width = theme.STROKE["data_line_small" if small else "data_line"]
    line = alt.Chart(kept[["t", "v", "segment"]]).mark_line(strokeWidth=width, **still)
    out.append(line.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("common")))
    if len(drawing.unsaved) and len(kept):
        to_fresh = pd.concat([kept[["t", "v"]].tail(1), drawing.unsaved])
        if to_fresh["t"].diff().iloc[-1] <= drawing.half * 2.2:
            joined = alt.Chart(to_fresh).mark_line(strokeWidth=width, **still)
            out.append(joined.encode(x=x, y=y, color=theme.role("common")))
    out.append(_marks(kept, small, x, y))
    ghosts = frame[frame["ghosted"] & frame["v"].notna()]
    if len(ghosts):
        look = theme.POINT["ghost"]
        size = look["size"] * (0.6 if small else 1)
        hollow = alt.Chart(ghosts[["t", "v", "spoken"]]).mark_point(
            filled=False, size=size, strokeWidth=look["stroke"], strokeDash=look["dash"], opacity=1, tooltip=None
        )
        out.append(hollow.encode(x=x, y=y, color=theme.role("quiet"), description=alt.Description("spoken:N")))
    if highlight is not None:
        ringed = frame[frame["t"] == theme.milliseconds([highlight])[0]][["t", "v"]].dropna()
        if len(ringed):
            out.append(_ring(ringed, theme.POINT["just_saved"]["size"], x, y))
    if len(drawing.unsaved):
        disc = alt.Chart(drawing.unsaved).mark_point(filled=True, size=150, opacity=1, **still)
        out += [disc.encode(x=x, y=y, color=theme.role("page")), _ring(drawing.unsaved, 150, x, y)]
    return out


def _marks(kept: pd.DataFrame, small: bool, x: alt.X, y: alt.Y) -> alt.Chart:
    """Points by cause: colour, shape and size all carry it."""
    cause = kept["cause"].astype(str)
    looks = {name: theme.POINT[name] for name in theme.CAUSE_ROLE}
    rows = kept[["t", "v", "spoken"]].assign(
        cause=cause.to_numpy(),
        role=cause.map(theme.CAUSE_ROLE).to_numpy(),
        shape=cause.map({name: look["shape"] for name, look in looks.items()}).to_numpy(),
        size=cause.map(
            {name: look.get("small", look["size"] * 0.5) if small else look["size"] for name, look in looks.items()}
        ).to_numpy(),
    )
    return (
        alt.Chart(rows)
        .mark_point(filled=True, opacity=1, tooltip=None)
        .encode(
            x=x,
            y=y,
            color=theme.role_colour(),
            shape=alt.Shape("shape:N", scale=None, legend=None),
            size=alt.Size("size:Q", scale=None, legend=None),
            description=alt.Description("spoken:N"),
        )
    )


def _ring(rows: pd.DataFrame, size: float, x: alt.X, y: alt.Y) -> alt.Chart:
    ring = alt.Chart(rows[["t", "v"]]).mark_point(
        filled=False, size=size, strokeWidth=theme.STROKE["new_point_ring"], opacity=1, tooltip=None, aria=False
    )
    return ring.encode(x=x, y=y, color=theme.role("ink"))


def _hover_layer(drawing: Drawing, x: alt.X, y: alt.Y) -> alt.Chart:
    """Unseen, larger points on top, so that a finger finds them."""
    rows = drawing.points[drawing.points["v"].notna()]
    rows = rows[["t", "v", "Month", "Value", "Count", "Expected", "Says"]]
    shown = ["Month", "Value", *(["Count"] if rows["Count"].ne("").any() else []), "Expected", "Says"]
    targets = alt.Chart(rows).mark_point(filled=True, shape="circle", size=380, opacity=0, aria=False)
    return targets.encode(x=x, y=y, color=theme.role("page"), tooltip=[alt.Tooltip(f"{name}:N") for name in shown])


def _on(y: alt.Y, field: str) -> alt.Y:
    """The same axis over another column."""
    return alt.Y(f"{field}:Q", scale=y["scale"], title=None)
