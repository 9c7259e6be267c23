"""What a rule asks of a site that starts at a given level: how an aim is shared out, seen as a curve.

Across is where a site starts, upwards how much more than that it is asked for, from nought. Two rules are laid over
each other on ``effort_chart``: the first in ink, with the sites on it, the second dashed. ``effort_card`` is the small
form, one rule a card with another thin behind it, all cards on the same axes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from measures import format
from measures.charts import theme
from measures.charts.funnel import ANYBODY, MANY
from measures.charts.labels import LINE_PX, Board, Spot, wrapped
from measures.charts.labels import layers as label_layers

CARD_HEIGHT: Final = 120
_AXES_PX: Final = 64.0
"""What the axis across and its name take of the height."""
_STILL: Final = {"tooltip": None, "aria": False}
_WRAP: Final = {"wide": 36, "narrow": 24}
_DISC: Final = 90
"""A site's size on its curve."""
_PALE: Final = 0.25
"""Its strength among many; a few are stronger, or nobody would see them."""
_ANSWERS: Final = 48
"""Places along a curve that answer the pointer."""
_APART: Final = 24.0
"""Pixels from which on two curves are far enough apart to be told by their names."""


def effort_chart(
    curves: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    unit: str,
    rules: Sequence[str],
    labels: Mapping[str, str],
    start_words: str = "",
    height: int | None = None,
) -> alt.LayerChart:
    """What the first of ``rules`` asks, with the sites on it, beside what the second asks.

    ``curves``: ``rule``, ``start`` and ``asked``, a row for each of the levels a site may start at; rules not named
    in ``rules`` are passed over, and a second rule may be left out. ``sites``: ``site``, ``start`` and ``asked`` (under
    the first rule); where the caller has them ``asked_other`` (under the second) and ``region``. All levels are in the
    measure's own scale: ``unit`` is "%" for proportions (between 0 and 1), "" or a word. ``labels`` name the rules on
    the chart (a line break is kept); ``start_words`` name the axis across ("Where a site starts, 2018/19").
    """
    rows, dots = _curves(curves, unit), _sites(sites, unit, rules, labels)
    first, second = (rows[rows["rule"] == name] for name in (*rules, None, None)[:2])
    tall = height or theme.HEIGHT["funnel"]
    across, up = _ends(pd.concat([first, second, dots]), unit)
    x, y = _axes(across, up, unit, start_words)
    bottom = theme.frame(x, y)
    x, y = alt.X("t:Q", scale=x["scale"], title=start_words or None), theme.bare(x, y)[1]
    size = {"first": across[0], "last": across[-1], "low": up[0], "high": up[-1], "height": tall - _AXES_PX}
    boards = (Board(**size, width=480), Board(**size, width=270, at="narrow"))
    for board in boards:
        board.points(dots["t"].to_numpy(), dots["v"].to_numpy(), weight=9.0, reach=5.0)
        for curve in (first, second):
            _lay(board, curve)
        for curve, other, look in ((first, second, ("ink", 600)), (second, first, ("quiet", 500))):
            if len(curve):
                _name(board, curve, other, labels.get(curve["rule"].iloc[0], curve["rule"].iloc[0]), *look)
    drawn = [theme.roles(), bottom, _level(up, across, x, y)]
    drawn += _line(second, x, y, "quiet", strokeWidth=theme.STROKE["path"], strokeDash=theme.DASH["path"])
    drawn += _dots(dots, x, y)
    drawn += _line(first, x, y, "ink", strokeWidth=theme.STROKE["campaign_line"])
    drawn += label_layers(boards, x, y)
    named = [curve.assign(Rule=_flat(labels, curve["rule"].iloc[0])) for curve in (second, first) if len(curve)]
    drawn += [_curve_targets(curve, ["Rule", "Starts at", "Asked for"], x, y) for curve in named]
    return theme.finish([*drawn, *_site_targets(dots, x, y)], tall)


def effort_card(
    curves: pd.DataFrame, rule: str, behind: str | None = None, unit: str = "%", *, height: int = CARD_HEIGHT
) -> alt.LayerChart:
    """One rule's curve in ink, small, with another rule's thin and grey behind it.

    ``curves`` are those of all rules that are to be seen beside each other, as for ``effort_chart``: their axes are
    the same on every card. ``behind`` is the rule to compare with; None, or ``rule`` itself, draws one curve.
    """
    rows = _curves(curves, unit)
    across, up = _ends(rows, unit, ticks=3)
    x, y = _axes(across, up, unit, "", small=True)
    bottom = theme.frame(x, y)
    x, y = theme.bare(x, y)
    own, other = rows[rows["rule"] == rule], rows[rows["rule"] == (behind if behind != rule else None)]
    drawn = [theme.roles(), bottom, _level(up, across, x, y)]
    drawn += _line(other, x, y, "common", strokeWidth=theme.STROKE["mean"])
    told = own.assign(spoken=_spoken(own)) if len(own) else own
    drawn += _line(told, x, y, "ink", strokeWidth=2.0)
    if len(own):
        drawn.append(_curve_targets(own, ["Starts at", "Asked for"], x, y))
    return theme.finish(drawn, height)


# ------------------------------------------------------------------ from frames to rows


def _number(column: pd.Series) -> np.ndarray:
    """Floats, what cannot be drawn as missing."""
    return column.astype(float).replace([np.inf, -np.inf], np.nan).to_numpy()


def _gap(asked: np.ndarray, start: np.ndarray) -> np.ndarray:
    """How much more is asked for; what is left of rounding is nought."""
    gap = asked - start
    return np.where(np.abs(gap) < 1e-9 * np.maximum(1.0, np.abs(start)), 0.0, gap)


def _curves(curves: pd.DataFrame, unit: str) -> pd.DataFrame:
    """One row per rule and start: ``t`` where it starts, ``v`` how much more it is asked for; broken where missing."""
    rows = pd.DataFrame({"rule": curves["rule"].astype(str).to_numpy(), "t": _number(curves["start"])})
    asked = _number(curves["asked"])
    rows["v"] = _gap(asked, rows["t"].to_numpy())
    rows["asked"] = asked
    rows = rows.dropna(subset="t").sort_values(["rule", "t"], kind="stable").reset_index(drop=True)
    rows["line"] = rows["v"].isna().cumsum()
    rows = rows.dropna(subset="v").reset_index(drop=True)
    rows["Starts at"] = [theme.figure(start, unit) for start in rows["t"]]
    rows["Asked for"] = [_more(asked, gap, unit) for asked, gap in zip(rows["asked"], rows["v"])]
    return rows


def _sites(sites: pd.DataFrame, unit: str, rules: Sequence[str], labels: Mapping[str, str]) -> pd.DataFrame:
    """One row per site, and its words."""
    start, asked = _number(sites["start"]), _number(sites["asked"])
    rows = pd.DataFrame({"t": start, "v": _gap(asked, start)})
    name = sites["site"].astype(object)
    rows["Site"] = name.where(name.notna() & (name != ""), ANYBODY).astype(str).to_numpy()
    region = sites["region"].astype(object) if "region" in sites else pd.Series("", index=sites.index)
    rows["Region"] = region.where(region.notna(), "").astype(str).to_numpy()
    rows["Starts at"] = [theme.figure(start, unit) for start in rows["t"]]
    rows["Asked for"] = [_more(asked, gap, unit) for asked, gap in zip(asked, rows["v"])]
    rows["Other rule"] = ""
    if "asked_other" in sites and len(rules) > 1:
        other, name = _number(sites["asked_other"]), _flat(labels, rules[1])
        known = np.isfinite(other)
        said = [f"{name}: {_more(a, gap, unit)}" for a, gap in zip(other[known], _gap(other, start)[known])]
        rows.loc[known, "Other rule"] = said
    also = ("; " + rows["Other rule"]).where(rows["Other rule"] != "", "")
    rows["spoken"] = rows["Site"] + ": starts at " + rows["Starts at"] + ", asked for " + rows["Asked for"] + also
    return rows.dropna(subset=["t", "v"]).reset_index(drop=True)


def _flat(labels: Mapping[str, str], rule: str) -> str:
    """A rule's name on one line."""
    return " ".join(labels.get(rule, rule).split())


def _more(asked: float, gap: float, unit: str) -> str:
    """What is asked for, and how far that is from the start: "93.8% (+9.6 points)"."""
    if not math.isfinite(asked) or not math.isfinite(gap):
        return "no value"
    if unit == "%":
        # The difference of the two figures as they are shown.
        shown = round(asked, 3) - round(asked - gap, 3)
        return f"{theme.figure(asked, unit)} ({format.points(shown, sign=True)} points)"
    figure = theme.figure(gap, "")
    return f"{theme.figure(asked, unit)} ({'+' if gap > 0 else ''}{figure})"


def _spoken(curve: pd.DataFrame) -> str:
    """The curve at its beginning, its middle and its end."""
    ends = curve.iloc[sorted({0, len(curve) // 2, len(curve) - 1})]
    return "; ".join(f"starts at {a}, asked for {b}" for a, b in zip(ends["Starts at"], ends["Asked for"]))


# ------------------------------------------------------------------ axes


def _ends(rows: pd.DataFrame, unit: str, ticks: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Ticks across, over every start, with the edges of the drawing at both ends; and ticks upwards, nought always."""
    starts, moves = rows["t"].astype(float), rows["v"].astype(float)
    first, last = (float(starts.min()), float(starts.max())) if len(starts) else (0.0, 1.0)
    if last <= first:
        pad = 0.05 if unit == "%" else abs(first) * 0.05 or 0.5
        first, last = first - pad, last + pad
    inner = theme.nice_domain(first, last, floor=None, ceiling=None, ticks=ticks + 2)
    inner = inner[(inner > first + 1e-9) & (inner < last - 1e-9)]
    low, high = min(0.0, moves.min()) if len(moves) else 0.0, max(0.0, moves.max()) if len(moves) else 0.0
    if high - low < 1e-9:
        high = 0.01 if unit == "%" else 1.0
    floor, ceiling = 0.0 if low >= 0 else None, 0.0 if high <= 0 else None
    return np.r_[first, inner, last], theme.nice_domain(low, high, floor=floor, ceiling=ceiling, ticks=ticks)


def _axes(across: np.ndarray, up: np.ndarray, unit: str, words: str, *, small: bool = False) -> tuple[alt.X, alt.Y]:
    """The axis across, with its words under it; the axis upwards, whose values carry their sign."""
    size = theme.SMALL_LABEL_PX if small else theme.LABEL_PX
    y_axis = theme.value_axis(up, unit, labels=size)
    y_axis["labelExpr"] = _signed(float(up[1] - up[0]), unit)
    x = alt.X(
        "t:Q",
        scale=alt.Scale(domain=[float(across[0]), float(across[-1])], nice=False, zero=False),
        axis=_start_axis(across, unit, size),
        title=words or None,
    )
    return x, alt.Y("v:Q", scale=alt.Scale(domain=[float(up[0]), float(up[-1])], nice=False, zero=False), axis=y_axis)


def _signed(gap: float, unit: str) -> str:
    """Vega's words for a tick: points of a percentage, or the measure's own unit."""
    scale, gap = ("*100", gap * 100) if unit == "%" else ("", gap)
    places = max(0, -math.floor(math.log10(gap) + 1e-9))
    return f"abs(datum.value)<1e-9?'0':format(datum.value{scale},'+,.{places}f')"


def _start_axis(across: np.ndarray, unit: str, size: int) -> alt.Axis:
    """Round levels; on a phone every other one where they are many."""
    values = _round(across)
    gap = float(np.diff(values).min()) if len(values) > 1 else 1.0
    if unit == "%":
        text = f"format(datum.value,'.{0 if gap > 0.0099 or len(values) < 2 else 1}%')"
    else:
        text = f"format(datum.value,',.{max(0, -math.floor(math.log10(gap) + 1e-9))}f')"
    kept = values[len(values) % 2 == 0 :: 2] if len(values) > 5 else values
    narrow = f"indexof({kept},datum.value)<0?'':{text}"
    return theme.named_axis(
        values, text if len(kept) == len(values) else f"{theme.NARROW}?({narrow}):({text})", labels=size
    )


def _round(across: np.ndarray) -> list[float]:
    """The round values among the ticks: the edges too where they lie on the same steps."""
    inner = across[1:-1]
    if len(inner) < 2:
        return [float(v) for v in across]
    step = inner[1] - inner[0]
    steps = [(edge - inner[0]) / step for edge in (across[0], across[-1])]
    edges = [inner[0] + round(n) * step for n in steps if abs(n - round(n)) < 1e-6]
    return sorted(float(round(v, 12)) for v in (*edges, *inner))


# ------------------------------------------------------------------ where the names go


def _lay(board: Board, curve: pd.DataFrame) -> None:
    """Lay a curve on the board."""
    if len(curve):
        board.line(curve["t"].to_numpy(), curve["v"].to_numpy(), weight=9.0, piece=curve["line"].to_numpy())


def _name(board: Board, curve: pd.DataFrame, other: pd.DataFrame, words: str, role: str, weight: int) -> None:
    """The curve's name where it covers nothing, best at an end, and where the other curve is far away."""
    lines = wrapped(words, _WRAP[board.at])
    if not lines:
        return
    tall = (len(lines) - 1) * LINE_PX
    at = np.unique(np.linspace(0, len(curve) - 1, 14).astype(int))
    t, v = curve["t"].to_numpy()[at], curve["v"].to_numpy()[at]
    away = np.full(len(at), _APART)
    above = np.ones(len(at), dtype=bool)
    if len(other):
        level = board.y(np.interp(t, other["t"], other["v"])) - board.y(v)
        away, above = np.minimum(np.abs(level), _APART), level >= 0
    from_end = np.minimum(np.arange(len(at)), len(at) - 1 - np.arange(len(at)))
    spots = []
    for i in np.lexsort((np.arange(len(at)), from_end, -np.round(away / 4))):
        for over in (True, False) if above[i] else (False, True):
            dy = -16.0 - tall if over else 17.0
            # Where a curve falls, there is room to the right above it and to the left below it.
            ways = (("left", 3.0), ("right", -3.0)) if over == (v[-1] <= v[0]) else (("right", -3.0), ("left", 3.0))
            spots += [Spot(t[i], v[i], dx, dy, align) for align, dx in ways]
    board.place("\n".join(lines), spots, role=role, weight=weight)


# ------------------------------------------------------------------ layers


def _level(up: np.ndarray, across: np.ndarray, x: alt.X, y: alt.Y) -> alt.Chart:
    """Nought: as it is now. Seen where the axis goes below it."""
    rows = pd.DataFrame({"t": [float(across[0]), float(across[-1])], "v": [0.0, 0.0]})
    shown = 1 if up[0] < 0 < up[-1] else 0
    line = alt.Chart(rows).mark_line(strokeWidth=theme.STROKE["limit"], opacity=shown, **_STILL)
    return line.encode(x=x, y=y, color=theme.role("quiet"))


def _line(curve: pd.DataFrame, x: alt.X, y: alt.Y, role: str, **look: object) -> list[alt.Chart]:
    """A curve; one that has words says them."""
    if curve.empty:
        return []
    told = "spoken" in curve
    look |= {"strokeJoin": "round", "tooltip": None} | ({} if told else {"aria": False})
    line = alt.Chart(curve[["t", "v", "line", *(["spoken"] if told else [])]]).mark_line(**look)
    said = {"description": alt.Description("spoken:N")} if told else {}
    return [line.encode(x=x, y=y, detail=alt.Detail("line:N"), color=theme.role(role), **said)]


def _dots(dots: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The sites as pale discs under the curve, darker where they pile up."""
    if dots.empty:
        return []
    size = _DISC / (1 if len(dots) <= MANY else 2)
    points = alt.Chart(dots[["t", "v", "spoken"]]).mark_point(
        filled=True, shape="circle", size=size, opacity=round(min(0.7, max(_PALE, 8 / len(dots))), 2), tooltip=None
    )
    return [points.encode(x=x, y=y, color=theme.role("ink"), description=alt.Description("spoken:N"))]


def _curve_targets(curve: pd.DataFrame, shown: Sequence[str], x: alt.X, y: alt.Y) -> alt.Chart:
    """Unseen points along a curve that tell what it asks there."""
    at = np.unique(np.linspace(0, len(curve) - 1, _ANSWERS).astype(int))
    points = alt.Chart(curve.iloc[at][["t", "v", *shown]]).mark_point(filled=True, size=200, opacity=0, aria=False)
    return points.encode(x=x, y=y, color=theme.role("page"), tooltip=[alt.Tooltip(f"{name}:N") for name in shown])


def _site_targets(dots: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Unseen, larger points on top, so that a finger finds a site."""
    if dots.empty:
        return []
    shown = ["Site", *(["Region"] if dots["Region"].ne("").any() else []), "Starts at", "Asked for"]
    shown += ["Other rule"] if dots["Other rule"].ne("").any() else []
    points = alt.Chart(dots[["t", "v", *shown]]).mark_point(filled=True, size=260, opacity=0, aria=False)
    return [points.encode(x=x, y=y, color=theme.role("page"), tooltip=[alt.Tooltip(f"{name}:N") for name in shown])]
