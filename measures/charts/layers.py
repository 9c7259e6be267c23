"""The layers of an SPC chart, back to front."""

from __future__ import annotations

from datetime import date
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import theme
from measures.charts.drawing import Drawing
from measures.charts.says import PERIOD

_STILL: Final = {"tooltip": None, "aria": False}
_BRIDGE: Final = {"strokeWidth": 1, "strokeDash": [1.5, 3]}
"""Past a point left out, from the one before it to the one after."""
_BEGUN: Final = {"strokeWidth": 1, "opacity": 0.8}
_PROPOSED: Final = {"strokeWidth": 1, "strokeDash": [4, 4], "opacity": 0.75}
_FINGER_PX: Final = 16
"""As wide as a rule must be for a pointer to find it."""

# ------------------------------------------------------------------ what was expected


def ranges(drawing: Drawing, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The expected range as a band, its dotted limits, and the average or median; seams between phases."""
    quiet, piece, out = theme.role("quiet"), alt.Detail("piece:N"), []
    band, centres, seams = drawing.band, drawing.centres, drawing.seams()
    if len(band):
        area = alt.Chart(band).mark_area(**_STILL)
        across = {"x": x, "y": _on(y, "lower"), "y2": alt.Y2("upper")}
        out.append(area.encode(**across, detail=piece, color=theme.role("band")))
    if len(band) and not drawing.small:
        long = band.melt(["t", "piece"], ["lower", "upper"], "side", "v")
        dotted = {"strokeWidth": theme.STROKE["limit"], "strokeDash": theme.DASH["limit"]}
        limits = alt.Chart(long).mark_line(**dotted, **_STILL)
        out.append(limits.encode(x=x, y=y, detail=[piece, alt.Detail("side:N")], color=quiet))
    if len(centres):
        # Along a season it runs beside the data, and must not be taken for it.
        strength = 0.5 if drawing.points["flowing"].any() else 1.0
        mean = alt.Chart(centres).mark_line(strokeWidth=theme.STROKE["mean"], opacity=strength, **_STILL)
        out.append(mean.encode(x=x, y=_on(y, "centre"), detail=piece, color=quiet))
    if len(seams):
        seam = alt.Chart(seams).mark_rule(strokeWidth=2 if drawing.small else 4, **_STILL)
        out.append(seam.encode(x=x, y=_on(y, "lower"), y2=alt.Y2("upper"), color=theme.role("page")))
    return out


def markers(drawing: Drawing, ticks: np.ndarray, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """A thin rule where limits began anew, a light dashed one where new limits are proposed."""
    low, high = float(ticks[0]), float(ticks[-1])
    pole = high + max(drawing.flags - 2, 0) / drawing.plot_height * (high - low)
    out = []
    for rows, top, look in ((drawing.rebases, pole, _BEGUN), (drawing.proposed, high, _PROPOSED)):
        if rows.empty:
            continue
        parts = zip(
            rows["title"], rows["level"].map(lambda of: f"{drawing.centre_name} {of}" if of else ""), rows["why"]
        )
        spoken = ["; ".join(filter(None, part)) for part in parts]
        rule = alt.Chart(rows[["t"]].assign(low=low, top=top, spoken=spoken)).mark_rule(tooltip=None, **look)
        ends = {"x": x, "y": _on(y, "low"), "y2": alt.Y2("top")}
        out.append(rule.encode(**ends, color=theme.role("quiet"), description=alt.Description("spoken:N")))
    return out


def marker_targets(drawing: Drawing, ticks: np.ndarray, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Unseen, wider rules over the markers, that say what began there and why."""
    began = (("title", "title"), ("level", drawing.centre_name.capitalize()), ("why", "Why"))
    wanted = (("title", "title"), ("since", "From"), ("why", "Why"))
    out = []
    for rows, fields in ((drawing.rebases, began), (drawing.proposed, wanted)):
        # Each says only what it has: those that have the same share a layer.
        filled = [tuple(field for field in fields if row[field[0]]) for row in rows.to_dict("records")]
        for shown in dict.fromkeys(filled):
            own = rows.loc[[has == shown for has in filled], ["t", *(column for column, _ in shown)]]
            ends = own.assign(low=float(ticks[0]), top=float(ticks[-1]))
            rule = alt.Chart(ends).mark_rule(strokeWidth=_FINGER_PX, opacity=0, aria=False)
            tooltip = [alt.Tooltip(f"{column}:N", title=name) for column, name in shown]
            where = {"x": x, "y": _on(y, "low"), "y2": alt.Y2("top")}
            out.append(rule.encode(**where, color=theme.role("page"), tooltip=tooltip))
    return out


# ------------------------------------------------------------------ what is asked


def target_layers(drawing: Drawing, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The points' own target as dashed steps, for a series without a path."""
    if drawing.targets.empty:
        return []
    look = {"strokeDash": theme.DASH["path"], "strokeWidth": theme.STROKE["path"]}
    line = alt.Chart(drawing.targets[["t", "target", "piece"]]).mark_line(**look, **_STILL)
    return [line.encode(x=x, y=_on(y, "target"), detail=alt.Detail("piece:N"), color=theme.role("target"))]


def path_layers(rows: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The dashed lines of ``path_rows``: superseded paths at half strength, then the path in force."""
    faint = {"strokeWidth": theme.STROKE["path_superseded"], "opacity": theme.OPACITY["path_superseded"]}
    strong = {"strokeWidth": theme.STROKE["path"], "opacity": 1}
    out = []
    for time, look in (("before", faint), ("now", strong)):
        part = rows[rows["role_in_time"] == time][["t", "v", "path", "line"]]
        if len(part):
            line = alt.Chart(part).mark_line(strokeDash=theme.DASH["path"], **_STILL, **look)
            out.append(line.encode(x=x, y=y, detail=alt.Detail("line:N"), color=theme.role("target")))
    return out


# ------------------------------------------------------------------ notes


def note_layers(rules: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The rule from a point to its words."""
    if rules.empty:
        return []
    rule = alt.Chart(rules).mark_rule(
        strokeWidth=theme.STROKE["note_rule"],
        opacity=theme.when_narrow("(datum.at=='narrow'?1:0)", "(datum.at=='wide'?1:0)"),
        **_STILL,
    )
    return [rule.encode(x=x, y=y, y2=alt.Y2("to"), color=theme.role("quiet"))]


# ------------------------------------------------------------------ what happened


def point_layers(drawing: Drawing, highlight: date | None, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The line, broken at missing periods; points by cause; points left out; the ring; the unsaved point."""
    kept, bridges, ghosts = drawing.kept, drawing.bridges(), drawing.ghosts
    out: list[alt.Chart] = []
    width = theme.STROKE["data_line_small" if drawing.small else "data_line"] * max(drawing.crowding, 0.6)
    if len(kept):
        line = alt.Chart(kept[["t", "v", "segment"]]).mark_line(strokeWidth=round(width, 2), **_STILL)
        out.append(line.encode(x=x, y=y, detail=alt.Detail("segment:N"), color=theme.role("common")))
    if len(bridges):
        past = alt.Chart(bridges).mark_line(**_BRIDGE, **_STILL)
        out.append(past.encode(x=x, y=y, detail=alt.Detail("bridge:N"), color=theme.role("common")))
    if len(drawing.unsaved) and len(kept):
        to_fresh = pd.concat([kept[["t", "v"]].tail(1), drawing.unsaved])
        if to_fresh["t"].diff().iloc[-1] <= drawing.half * 2.2:
            joined = alt.Chart(to_fresh).mark_line(strokeWidth=width, **_STILL)
            out.append(joined.encode(x=x, y=y, color=theme.role("common")))
    if len(kept):
        out.append(_marks(kept, drawing, x, y))
    if len(ghosts):
        out.append(_hollow(ghosts, drawing, x, y))
    if highlight is not None:
        here = drawing.points["t"] == theme.milliseconds([highlight])[0]
        ringed = drawing.points[here][["t", "v"]].dropna()
        if len(ringed):
            out.append(_ring(ringed, theme.POINT["just_saved"]["size"], x, y))
    if len(drawing.unsaved):
        disc = alt.Chart(drawing.unsaved).mark_point(filled=True, size=150, opacity=1, **_STILL)
        out += [disc.encode(x=x, y=y, color=theme.role("page")), _ring(drawing.unsaved, 150, x, y)]
    return out


def _looks(points: pd.DataFrame, cause: pd.Series, drawing: Drawing) -> pd.DataFrame:
    """Rows with the shape and size of their cause."""
    looks = {name: theme.POINT[name] for name in theme.CAUSE_ROLE}
    sizes = {
        name: look.get("small", look["size"] * 0.5) if drawing.small else look["size"] for name, look in looks.items()
    }
    size = cause.map(sizes).to_numpy(float) * drawing.crowding
    return points[["t", "v", "spoken"]].assign(
        cause=cause.to_numpy(), shape=cause.map({n: k["shape"] for n, k in looks.items()}).to_numpy(), size=size
    )


def _marks(kept: pd.DataFrame, drawing: Drawing, x: alt.X, y: alt.Y) -> alt.Chart:
    """Points by cause: colour, shape and size all carry it."""
    rows = _looks(kept, kept["cause"], drawing).assign(role=kept["cause"].map(theme.CAUSE_ROLE).to_numpy())
    return alt.Chart(rows).mark_point(filled=True, opacity=1, tooltip=None).encode(**_by_cause(x, y))


def _hollow(ghosts: pd.DataFrame, drawing: Drawing, x: alt.X, y: alt.Y) -> alt.Chart:
    """Points left out: dashed outlines; grey circles, or beyond the limits in the colour and shape of what they say."""
    look = theme.POINT["ghost"]
    cause = ghosts["cause"].where(ghosts["outside"], "common")
    rows = _looks(ghosts, cause, drawing).assign(
        role=cause.map(theme.CAUSE_ROLE).where(ghosts["outside"], "quiet").to_numpy()
    )
    plain = look["size"] * (0.6 if drawing.small else 1) * drawing.crowding
    rows["size"] = (rows["size"] * 1.2).where(ghosts["outside"].to_numpy(), plain)
    dashed = {"strokeWidth": look["stroke"], "strokeDash": look["dash"]}
    hollow = alt.Chart(rows).mark_point(filled=False, opacity=1, tooltip=None, **dashed)
    return hollow.encode(**_by_cause(x, y))


def _by_cause(x: alt.X, y: alt.Y) -> dict[str, object]:
    return {
        "x": x,
        "y": y,
        "color": theme.role_colour(),
        "shape": alt.Shape("shape:N", scale=None, legend=None),
        "size": alt.Size("size:Q", scale=None, legend=None),
        "description": alt.Description("spoken:N"),
    }


def _ring(rows: pd.DataFrame, size: float, x: alt.X, y: alt.Y) -> alt.Chart:
    ring = alt.Chart(rows[["t", "v"]]).mark_point(
        filled=False, size=size, strokeWidth=theme.STROKE["new_point_ring"], opacity=1, **_STILL
    )
    return ring.encode(x=x, y=y, color=theme.role("ink"))


def hover_layer(drawing: Drawing, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Unseen, larger points on top, so that a finger finds them."""
    rows = drawing.points[drawing.points["v"].notna()]
    if rows.empty:
        return []
    shown = [("Month", PERIOD[drawing.frequency]), ("Value", "Value")]
    shown += [("Count", "Count")] if rows["Count"].ne("").any() else []
    shown += [("Expected", "Expected")] if len(drawing.band) or drawing.centres.empty else []
    shown += [("Centre", drawing.centre_name.capitalize())] if drawing.band.empty and len(drawing.centres) else []
    shown += [("Says", "Says")]
    rows = rows[["t", "v", *(column for column, _ in shown)]]
    targets = alt.Chart(rows).mark_point(filled=True, shape="circle", size=380, opacity=0, aria=False)
    tooltip = [alt.Tooltip(f"{column}:N", title=name) for column, name in shown]
    return [targets.encode(x=x, y=y, color=theme.role("page"), tooltip=tooltip)]


def _on(y: alt.Y, field: str) -> alt.Y:
    """The same axis over another column."""
    return alt.Y(f"{field}:Q", scale=y["scale"], title=None)
