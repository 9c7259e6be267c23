"""Sites at one time by their size: a funnel in place of any order of merit.

Back to front: the band that 95 in 100 sites would lie in, its dotted edges, the dashed lines of 998 in 1,000, the
centre, labels, a grey dot for each site, those that differ by more (colour *and* shape), and unseen larger points that
answer the pointer. Where sizes span more than 20-fold they are drawn by factor: x is then the size's logarithm.
Lines are clipped in the drawing alone.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Final

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import labels, theme
from measures.charts.labels import Board, Spot
from measures.charts.markup import Safe, tag

FACTOR: Final = 20.0
"""Sizes that span more than this many times the smallest are drawn by factor."""
NAMED: Final = 6
"""Of more improvements than this, none is named on the chart itself."""
ANYBODY: Final = "A site"
"""What a site is called whose name was left empty."""
MANY: Final = 300
"""More sites than this are drawn as smaller dots."""
_LONGEST_NAME: Final = 34
_AROUND: Final = ((0.0, "center"), (-6.0, "left"), (6.0, "right"))
_LINES: Final = ("lower_95", "upper_95", "lower_998", "upper_998")
_AXES_PX: Final = 64.0
"""What the size axis and its name take of the height."""
_INSIDE, _OUTSIDE = "Within the usual range", "Outside the usual range, as one site in 20 is by luck alone"
_SAYS: Final = {
    "improvement": "Better than chance and ordinary differences explain",
    "concern": "Could use a hand: further out than chance and ordinary differences explain",
    "high": "Higher than chance and ordinary differences explain",
    "low": "Lower than chance and ordinary differences explain",
}
_SHAPES: Final = {
    "improvement": '<path d="M8 2.6 13.4 8 8 13.4 2.6 8Z" fill="var(--hw-improvement)"/>',
    "concern": '<rect x="3.2" y="3.2" width="9.6" height="9.6" fill="var(--hw-concern)"/>',
    "high": '<path d="M8 2.8 13.6 12.6H2.4Z" fill="var(--hw-neither)"/>',
    "low": '<path d="M8 13.2 2.4 3.4H13.6Z" fill="var(--hw-neither)"/>',
    "common": '<circle cx="8" cy="8" r="3.4" fill="var(--hw-common)"/>',
}


def key(causes: Iterable[str]) -> Safe:
    """The key beneath the chart, of the marks that it shows."""
    present = {*causes, "common"}

    def entry(name: str, drawn: str) -> Safe:
        svg = Safe(f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{drawn}</svg>')
        return tag("li", svg, tag("span", _SAYS.get(name, "One site")))

    return tag("ul", *(entry(name, drawn) for name, drawn in _SHAPES.items() if name in present), class_="key")


def funnel_chart(
    frame: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    centre: float,
    unit: str,
    centre_words: str = "All sites",
    size_words: str = "",
    per: float = 1.0,
    name_better: bool = True,
    height: int | None = None,
) -> alt.LayerChart:
    """The chart of many sites at one time.

    ``frame``: one row per site with ``site`` (its name as people say it), ``denominator`` (above zero), ``rate``,
    ``lower_95`` and ``upper_95`` (its own usual range), ``exceptional`` and, where there is one, ``numerator``. A
    column ``cause`` with the values of ``model.Cause`` marks sites instead of ``exceptional``; a concern is drawn only
    where the caller gives one. ``curves``: ``denominator`` and the four limits, sorted by size; the x axis is as long
    as they are. ``centre`` is drawn across and named ("All sites 86.2%"). ``unit`` is "%" for proportions (between 0
    and 1), "" or a word; ``per`` multiplies rates, limits and centre, such as 1000 for falls per 1,000 bed days.
    ``size_words`` name the x axis ("Attendances in the last 12 months"). ``name_better`` writes the names of up to six
    improvements on wide charts, where all of them fit; a name left empty is never written.
    """
    tall = height or theme.HEIGHT["funnel"]
    columns = ["rate", "lower_95", "upper_95"]
    frame = frame.assign(**{name: frame[name].astype(float) * per for name in columns})
    curves = curves.assign(**{name: curves[name].astype(float) * per for name in _LINES})
    centre *= per
    by_factor = _by_factor(frame["denominator"])
    figures = _figures(unit, centre)
    sites, lines = _sites(frame, unit, figures, by_factor), _curves(curves, by_factor)
    ticks = _ticks(sites, lines, centre, unit)
    first, last = (float(lines["t"].min()), float(lines["t"].max())) if len(lines) else (0.0, 1.0)
    across = alt.Scale(domain=[first, last], nice=False, zero=False)
    up = alt.Scale(domain=[float(ticks[0]), float(ticks[-1])], nice=False, zero=False)
    named = {"title": size_words or None}  # in every layer, or the silent ones would take it away
    x = alt.X("t:Q", scale=across, axis=_size_axis(first, last, by_factor), **named)
    y = alt.Y("v:Q", scale=up, axis=_value_axis(ticks, unit))
    bottom = theme.frame(x, y)
    x, y = alt.X("t:Q", scale=across, **named), theme.bare(x, y)[1]
    layers = [theme.roles(), bottom]
    if len(lines):
        size = {"first": first, "last": last, "low": ticks[0], "high": ticks[-1], "height": tall - _AXES_PX}
        size |= {"ground": _ground(lines)}
        wide, narrow = Board(**size, width=560), Board(**size, width=270, at="narrow")
        for board in (wide, narrow):
            _label(board, sites, lines, ticks, centre, f"{centre_words} {figures(centre)}")
        boards = (_with_names(wide, sites) if name_better else wide, narrow)
        # Words under the dots: no halo may hide a site.
        layers += [*_range_layers(lines, centre, x, y), *labels.layers(boards, x, y), *_site_layers(sites, x, y)]
        layers.append(_hover(sites, x, y))
    return theme.finish(layers, tall)


# ------------------------------------------------------------------ from frames to rows


def _by_factor(sizes: pd.Series) -> bool:
    return len(sizes) > 1 and float(sizes.max()) > FACTOR * float(sizes.min())


def _place(sizes: pd.Series, by_factor: bool) -> np.ndarray:
    found = sizes.to_numpy(dtype=float)
    return np.log10(found) if by_factor else found


def _figures(unit: str, centre: float) -> Callable[[float], str]:
    """Values in words and figures, with as many places as it takes to tell sites apart around this centre."""
    level = min(centre, 1 - centre) * 100 if unit == "%" else abs(centre)
    size = math.floor(math.log10(level)) if math.isfinite(level) and level > 1e-9 else 0
    places = min(max(1 - size, 1 if unit == "%" or size > 0 else 2), 6)
    return lambda value: theme.figure(value, unit, places)


def _sites(frame: pd.DataFrame, unit: str, figures: Callable[[float], str], by_factor: bool) -> pd.DataFrame:
    """One row per site, with its mark and its words."""
    exceptional = frame["exceptional"].to_numpy(dtype=bool)
    cause = frame["cause"].astype(str) if "cause" in frame else np.where(exceptional, "improvement", "common")
    rows = pd.DataFrame({"t": _place(frame["denominator"], by_factor), "v": frame["rate"].to_numpy(dtype=float)})
    rows["cause"] = np.asarray(cause, dtype=object)
    rows["Site"] = frame["site"].astype(str).to_numpy()
    rows["Value"] = [figures(value) for value in rows["v"]]
    sizes = [theme.figure(size, "") for size in frame["denominator"]]
    if "numerator" in frame:
        rows["Count"] = [f"{theme.figure(n, '')} of {size}" for n, size in zip(frame["numerator"], sizes)]
    else:
        rows["Size"] = sizes
    bounds = _bounds(unit)
    usual = [frame[name].astype(float).clip(*bounds) for name in ("lower_95", "upper_95")]
    rows["Usual range"] = [f"{figures(a)} to {figures(b)}" for a, b in zip(*usual)]
    inside = rows["v"].between(*(side.to_numpy() for side in usual))
    rows["Says"] = rows["cause"].map(_SAYS).fillna(pd.Series(np.where(inside, _INSIDE, _OUTSIDE)))
    name = rows["Site"].where(rows["Site"] != "", ANYBODY)
    rows["spoken"] = name + ": " + rows["Value"] + "; usual range " + rows["Usual range"] + "; " + rows["Says"]
    return rows


def _curves(curves: pd.DataFrame, by_factor: bool) -> pd.DataFrame:
    rows = curves[list(_LINES)].astype(float).reset_index(drop=True)
    rows["t"] = _place(curves["denominator"], by_factor)
    return rows.dropna()


def _bounds(unit: str) -> tuple[float, float | None]:
    """Rates and ratios of counts are never negative, shares never above one."""
    return (0.0, 1.0) if unit == "%" else (0.0, None)


def _ticks(sites: pd.DataFrame, lines: pd.DataFrame, centre: float, unit: str) -> np.ndarray:
    """Over every site, and over the lines where most sites are: those of the very smallest would flatten the rest."""
    most = lines[lines["t"] >= sites["t"].quantile(0.1)] if len(sites) else lines
    values = pd.concat([sites["v"], *(most[name] for name in _LINES), pd.Series([centre])]).astype(float).dropna()
    floor, ceiling = _bounds(unit)
    values = values.clip(floor, ceiling)
    if values.empty:
        values = pd.Series([0.0, 1.0])
    return theme.nice_domain(values.min(), values.max(), floor=floor, ceiling=ceiling, ticks=6)


def _value_axis(ticks: np.ndarray, unit: str) -> alt.Axis:
    """The usual axis, with more places where its steps are finer than it has."""
    axis, gap = theme.value_axis(ticks, unit), float(ticks[1] - ticks[0]) * (100 if unit == "%" else 1)
    if gap < (0.0999 if unit == "%" else 0.00999):
        axis["labelExpr"] = f"format(datum.value,'.{-math.floor(math.log10(gap) + 1e-9)}{'%' if unit == '%' else 'f'}')"
    return axis


def _size_axis(first: float, last: float, by_factor: bool) -> alt.Axis:
    """Round sizes, thousands as "100k"; on a phone every other one."""
    if by_factor:
        steps = [1, 2, 5] if last - first < 2.5 else [1]
        powers = range(math.floor(first), math.ceil(last) + 1)
        values = [math.log10(m) + p for p in powers for m in steps if first <= math.log10(m) + p <= last]
        size = "round(pow(10,datum.value))"
    else:
        found = theme.nice_domain(first, last, floor=None, ceiling=None, ticks=7)
        values, size = [float(v) for v in found if first <= v <= last], "datum.value"
    text = f"{size}>=10000?format({size},'~s'):format({size},',')"
    shown = {float(v) for v in values[:: 2 if len(values) > 4 else 1]}
    narrow = f"indexof({sorted(shown)},datum.value)<0?'':" if len(shown) < len(values) else ""
    return theme.named_axis(values, f"{theme.NARROW}?({narrow}({text})):({text})")


# ------------------------------------------------------------------ where the words go


def _ground(lines: pd.DataFrame) -> Callable[[float, float], str]:
    """What lies behind a spot: the band or the page."""
    t, low, high = (lines[name].to_numpy() for name in ("t", "lower_95", "upper_95"))

    def behind(at: float, value: float) -> str:
        inside = t[0] <= at <= t[-1] and np.interp(at, t, low) <= value <= np.interp(at, t, high)
        return "band" if inside else "page"

    return behind


def _label(
    board: Board, sites: pd.DataFrame, lines: pd.DataFrame, ticks: np.ndarray, centre: float, centre_words: str
) -> None:
    """The centre and both ranges, each by its name where it covers nothing."""
    t, wide = lines["t"].to_numpy(), board.at == "wide"
    for common, weight in ((True, 9.0), (False, 60.0)):
        part = sites[(sites["cause"] == "common") == common]
        board.points(part["t"].to_numpy(), part["v"].to_numpy(), weight=weight)
    for name in _LINES:
        seen = lines[name].where(lines[name].between(board.low, board.high))
        board.line(t, seen.to_numpy(), weight=4.0)
    board.line(t[[0, -1]], [centre, centre], weight=4.0)
    for tick in ticks:
        board.line(t[[0, -1]], [tick, tick], weight=0.5)
    middle = np.full(len(t), centre)
    off = (11, 15, 19, -11, -15)
    named = [((middle,), centre_words, 0.5, off, {"role": "ink", "weight": 500})]
    for names, words in _named_lines(board, lines).items():
        pair = tuple(lines[name].to_numpy() for name in names)
        # Between two lines it would be anybody's guess whose words they are: those of the outer one stay outside.
        beyond = off[:3] if names[0].endswith("998") else off
        named.append((pair, f"{words} lie inside" if wide else words, 0.3, beyond, {} if wide else {"most": 90}))
    for pair, words, reach, off, look in named:
        if wide:
            board.place(words, labels.column(float(t[-1]), float(pair[0][-1])), beyond=True, **look)
            continue
        first = t[0] + reach * (t[-1] - t[0])
        at = [(s, float(v), -1 if line[-1] >= centre else 1) for line in pair for s, v in zip(t[::-8], line[::-8])]
        spots = [Spot(s, v, 0.0, out * d, "right") for s, v, out in at if s > first for d in off]
        board.place(words, spots, **look)


def _named_lines(board: Board, lines: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """The lines of each level that end inside the drawing, the one to take the words first: the upper one, but for
    the outer level the lower where the two upper ones end too close together for both."""
    margin, end = 0.02 * (board.high - board.low), lines.iloc[-1]
    room = [name for name in _LINES if board.low + margin < end[name] < board.high - margin]
    near = float(board.y(end["upper_95"]) - board.y(end["upper_998"])) < labels.LINE_PX
    found = {}
    for level, words in (("95", "95 in 100"), ("998", "998 in 1,000")):
        sides = ("lower", "upper") if level == "998" and near else ("upper", "lower")
        free = tuple(name for side in sides if (name := f"{side}_{level}") in room)
        found |= {free: words} if free else {}
    return found


def _with_names(board: Board, sites: pd.DataFrame) -> Board:
    """The board with the names of those that do better, where they are few and each finds a clear place; else as it
    was. Nobody else is ever named on it."""
    marked = sites[sites["cause"] == "improvement"]
    if len(marked) > NAMED or not marked["Site"].str.len().between(1, _LONGEST_NAME).all():
        return board
    tried = copy.deepcopy(board)
    for row in marked.sort_values("t").itertuples():
        spots = [Spot(row.t, row.v, dx, dy, a) for dy in (0, -7, 7) for dx, a in ((10.0, "left"), (-10.0, "right"))]
        spots += [Spot(row.t, row.v, dx, dy, a) for dy in (-17, 17) for dx, a in _AROUND]
        if tried.place(row.Site, spots, role="ink", weight=500, most=24) is None:
            return board
    return tried


# ------------------------------------------------------------------ layers, back to front


def _range_layers(lines: pd.DataFrame, centre: float, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The band, its edges, the lines beyond it and the centre."""
    still = {"tooltip": None, "aria": False}
    quiet = theme.role("quiet")
    low, high = y["scale"]["domain"]
    drawn = lines.assign(low=lines["lower_95"].clip(low, high), high=lines["upper_95"].clip(low, high))
    area = alt.Chart(drawn[["t", "low", "high"]]).mark_area(**still)
    out = [area.encode(x=x, y=_on(y, "low"), y2=alt.Y2("high"), color=theme.role("band"))]
    for names, dash in ((_LINES[:2], theme.DASH["limit"]), (_LINES[2:], theme.DASH["funnel_998"])):
        long = lines.melt("t", list(names), "side", "v")
        look = {"strokeWidth": theme.STROKE["limit"], "strokeDash": dash, "clip": True}
        line = alt.Chart(long).mark_line(**look, **still)
        out.append(line.encode(x=x, y=y, detail=alt.Detail("side:N"), color=quiet))
    across = pd.DataFrame({"t": lines["t"].iloc[[0, -1]].to_numpy(), "v": [centre, centre]})
    mean = alt.Chart(across).mark_line(strokeWidth=theme.STROKE["mean"], **still)
    return [*out, mean.encode(x=x, y=y, color=quiet)]


def _site_layers(sites: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Grey dots, see-through where they pile up; on top of them those that stand out."""
    out = []
    for common, opacity in ((True, theme.OPACITY["funnel_common"]), (False, 1)):
        part = sites[(sites["cause"] == "common") == common]
        if part.empty:
            continue
        looks = part["cause"].map(theme.POINT)
        rows = part[["t", "v", "spoken"]].assign(
            role=part["cause"].map(theme.CAUSE_ROLE),
            shape=[look["shape"] for look in looks],
            size=[look["small"] if len(sites) > MANY and common else look["size"] for look in looks],
        )
        points = alt.Chart(rows).mark_point(filled=True, opacity=opacity, tooltip=None)
        out.append(
            points.encode(
                x=x,
                y=y,
                color=theme.role_colour(),
                shape=alt.Shape("shape:N", scale=None, legend=None),
                size=alt.Size("size:Q", scale=None, legend=None),
                description=alt.Description("spoken:N"),
            )
        )
    return out


def _hover(sites: pd.DataFrame, x: alt.X, y: alt.Y) -> alt.Chart:
    """Unseen, larger points on top, those that stand out last, so that a finger finds them."""
    rows = sites.sort_values("cause", key=lambda cause: cause != "common", kind="stable")
    rows = rows.assign(Site=rows["Site"].where(rows["Site"] != "", ANYBODY))
    shown = ["Site", "Value", "Count" if "Count" in rows else "Size", "Usual range", "Says"]
    targets = alt.Chart(rows[["t", "v", *shown]]).mark_point(
        filled=True, shape="circle", size=260, opacity=0, aria=False
    )
    tooltip = [alt.Tooltip(f"{name}:N") for name in shown]
    return targets.encode(x=x, y=y, color=theme.role("page"), tooltip=tooltip)


def _on(y: alt.Y, field: str) -> alt.Y:
    """The same axis over another column."""
    return alt.Y(f"{field}:Q", scale=y["scale"], title=None)
