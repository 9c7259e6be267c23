"""Where the words of an SPC chart go: paths, limits, averages, new limits, notes; and the ticks that leave room."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from measures.charts import labels, theme, trials
from measures.charts.drawing import Drawing, Note
from measures.charts.labels import Board, Spot

_RULES = ["t", "v", "to", "at"]
_MONTHS_APART = 3
"""A note told again for the same reason within so many points is told once."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The words in their places, the rules that tie notes to points, and the y axis's ticks."""

    boards: tuple[Board, Board]
    rules: pd.DataFrame
    ticks: np.ndarray


def lay_out(drawing: Drawing, notes: Sequence[Note]) -> Layout:
    """Place the words; where the notes find no room, the axis is lengthened by a step or two."""
    told = _once(drawing, notes)
    for extra in (0, 1, 2):
        ticks = drawing.ticks(extra)
        size = {"first": drawing.first, "last": drawing.last, "low": ticks[0], "high": ticks[-1]}
        size |= {"height": drawing.plot_height, "ground": drawing.ground()}
        wide = Board(**size, width=600)
        narrow = Board(**size, width=270, at="narrow")
        rules = pd.DataFrame(columns=_RULES)
        if drawing.small:
            break
        for board in (wide, narrow):
            _obstacles(board, drawing)
        _path_labels(wide, narrow, drawing)
        if drawing.variant != "entry":
            _range_labels(wide, drawing)
            _rebase_labels(wide, narrow, drawing)
        rules, room = _note_labels(wide, narrow, drawing, told)
        if room:
            break
    return Layout((wide, narrow), rules, ticks)


def _obstacles(board: Board, drawing: Drawing) -> None:
    frame = drawing.points
    board.points(frame["t"], frame["value"], reach=6.0 * drawing.crowding**0.5)
    drawn = [(drawing.kept, "segment", ("v",), 3.0), (drawing.bridges(), "bridge", ("v",), 2.0)]
    drawn += [(drawing.paths, "line", ("v",), 3.0), (drawing.targets, "piece", ("target",), 3.0)]
    drawn += [(drawing.band, "piece", ("lower", "upper"), 1.0), (drawing.centres, "piece", ("centre",), 1.0)]
    for rows, by, columns, weight in drawn:
        for column in columns if len(rows) else ():
            board.line(rows["t"].to_numpy(float), rows[column].to_numpy(float), weight, piece=rows[by].to_numpy())
    # A proposal's rule is light and dashed: better that words cross it than that they find no room on a phone.
    rules = ((drawing.rebases, board.value(-drawing.flags), 6.0), (drawing.proposed, board.high, 1.0))
    for rows, top, weight in rules:
        for t in rows["t"]:
            board.line([t, t], [board.low, top], weight=weight)
    trials.keep_clear(board, drawing.pins)


# ------------------------------------------------------------------ aims, paths and targets


def _path_labels(wide: Board, narrow: Board, drawing: Drawing) -> None:
    unit, strong = drawing.unit, {"role": "ink", "weight": 600}
    now = drawing.paths[drawing.paths["role_in_time"] == "now"]
    for _, path in now.groupby("path"):
        last = path.iloc[-1]
        future = last["t"] > drawing.end + 3 * drawing.half
        above = [Spot(last["t"], last["v"], 2.0, dy, "right") for dy in (-13, -19, 13, 19, -25, 25)]
        beside = labels.column(max(last["t"], drawing.end), last["v"])
        wide.place(f"Aim {theme.figure(last['v'], unit)}", above if future else beside, beyond=True, **strong)
        narrow.place(theme.short_figure(last["v"], unit), above, **strong)
        here = path[path["t"] <= drawing.end]
        if future and len(here) and abs(here.iloc[-1]["v"] - last["v"]) > 1e-9 and drawing.variant == "full":
            spots = labels.column(drawing.end, here.iloc[-1]["v"], prefer=13)
            wide.place(f"Path {theme.figure(here.iloc[-1]['v'], unit)}", spots, role="ink", weight=500, beyond=True)
    if len(drawing.targets):
        last = drawing.targets.iloc[-1]
        above = [Spot(last["t"], last["target"], -2.0, dy, "right") for dy in (-11, -17, 11, 17, -25, 25)]
        beside = labels.column(last["t"], last["target"])
        wide.place(f"Target {theme.figure(last['target'], unit)}", beside, beyond=True, **strong)
        narrow.place(theme.short_figure(last["target"], unit), above, **strong)
    if drawing.variant == "entry":
        return
    for _, path in drawing.paths[drawing.paths["role_in_time"] == "before"].groupby("path"):
        words = "First path" if path["version"].iloc[0] == 1 else "Earlier path"
        spots = [spot for row in path.iloc[:-6:-1].itertuples() for spot in labels.around(row.t, row.v)]
        wide.place(words, spots, most=30)


# ------------------------------------------------------------------ limits and averages


def _range_labels(board: Board, drawing: Drawing) -> None:
    """Beside the newest range its limits and average; over each earlier average its value."""
    known = drawing.points[drawing.points["centre"].notna()]
    if known.empty:
        return
    last, unit, name = known.iloc[-1], drawing.unit, drawing.centre_name.capitalize()
    spread = last["drawn_upper"] - last["drawn_lower"]
    places = 0 if unit == "%" and spread >= 0.04 else 1
    of = f"{name} in {_month(last['period'], drawing)}" if last["flowing"] else name
    board.place(f"{of} {theme.figure(last['centre'], unit)}", labels.column(drawing.end, last["centre"]), beyond=True)
    for side, words in (("upper", "Expected up to"), ("lower", "Expected down to")):
        limit = last[f"drawn_{side}"]
        at_bound = side == "lower" and drawing.floor is not None and limit <= drawing.floor
        if np.isfinite(limit) and not at_bound:
            inward = 5.0 if limit >= drawing.ticks()[-1] - 1e-9 else 0.0
            text = f"{words} {theme.figure(limit, unit, places)}"
            board.place(text, labels.column(drawing.end, limit, prefer=inward), beyond=True)
    earlier = known[(known["phase"] != last["phase"]) & ~known["flowing"]]
    for _, part in earlier.groupby("phase"):
        words = f"{name} {theme.figure(part['centre'].iloc[-1], unit)}"
        _inside_its_phase(board, drawing, part, words)


def _inside_its_phase(board: Board, drawing: Drawing, part: pd.DataFrame, words: str) -> None:
    """An earlier phase's average just above its line, or else below it, if the phase is wide enough."""
    start, end = part["t"].iloc[0] - drawing.half, part["t"].iloc[-1] + drawing.half
    need = labels.words_px(words) / 2 + 3
    room = float(board.x(end) - board.x(start)) / 2
    if need > room:
        return
    centre, low, high = float(part["centre"].iloc[-1]), board.x(start) + need, board.x(end) - need
    middles = [board.time(float(x)) for x in np.linspace(low, high, int(np.clip((high - low) / 6, 1, 24)))]
    for dy in (-12, 13, -17, 18, -23, 24, -30, 31, -38, 39, -46, 47):
        if board.place(words, [Spot(t, centre, 0.0, dy, "center") for t in middles], most=36):
            return
    board.place(words, [Spot(t, centre, 0.0, dy, "center") for dy in (-13, 14) for t in middles], most=75)


def _month(period: pd.Timestamp, drawing: Drawing) -> str:
    name = theme.month_name(period, drawing.frequency)
    return name.split()[0] if drawing.frequency == "month" else name


# ------------------------------------------------------------------ where limits began anew


def _rebase_labels(wide: Board, narrow: Board, drawing: Drawing) -> None:
    """Above the plot, to the right of its rule; shorter where two would meet; on a phone the newest alone."""
    many = len(drawing.rebases) > 1
    for number, row in enumerate(drawing.rebases.iloc[::-1].itertuples()):
        right, left = Spot(row.t, 0.0, 6.0, -10.0, "left"), Spot(row.t, 0.0, -6.0, -10.0, "right")
        short = row.title.partition(" from ")[0]
        for board in (wide, narrow) if number == 0 else (wide,):
            texts = (row.title, f"From {row.since}", row.since) if board.at == "wide" else (row.title, short)
            # To the left of one of several rules, words would seem to name the stretch they stand over.
            ways = [(words, side) for side in (right, left) for words in texts]
            for words, side in ways if many else sorted(ways, key=lambda way: texts.index(way[0])):
                beyond = board.at == "wide" or words == short
                if board.place(words, [replace(side, value=board.high)], most=12, beyond=beyond):
                    break


# ------------------------------------------------------------------ notes


def _once(drawing: Drawing, notes: Sequence[Note]) -> list[Note]:
    """The notes in order; one that neighbouring points left out repeat is told once, at the middle of them."""
    out = set(drawing.points.loc[drawing.points["ghosted"], "period"])
    place = dict(zip(drawing.points["period"], drawing.points["place"], strict=True))
    groups: list[list[Note]] = []
    for note in sorted(notes):
        when = pd.Timestamp(note[0])
        before = groups[-1][-1] if groups else None
        again = before is not None and before[1] == note[1] and when in out and pd.Timestamp(before[0]) in out
        if again and place[when] - place[pd.Timestamp(before[0])] <= _MONTHS_APART:
            groups[-1].append(note)
        else:
            groups.append([note])
    return [group[len(group) // 2] for group in groups]


def _note_labels(wide: Board, narrow: Board, drawing: Drawing, notes: Sequence[Note]) -> tuple[pd.DataFrame, bool]:
    """Each note's words and the rule that ties them to its point; False where some found no clear room."""
    known = drawing.points.dropna(subset="value")
    rules, room = [], True
    for number, (period, text) in enumerate(notes):
        t = float(theme.milliseconds([period])[0])
        value = float(np.interp(t, known["t"], known["value"])) if len(known) else wide.low
        for board in (wide, narrow):
            if board.at == "narrow" and number < len(notes) - 1:
                continue
            lines = _wrap(text, 30 if board.at == "wide" else 22)
            spot, clear = _beside_point(board, t, value, lines)
            room &= clear or board.at == "narrow"
            if spot is None:
                continue
            y, tall = float(board.y(value)), (len(lines) - 1) * labels.LINE_PX
            near, edge = (8.0, spot.dy - 9) if spot.dy > 0 else (-8.0, spot.dy + tall + 9)
            rules.append({"t": t, "v": board.value(y + near), "to": board.value(y + edge), "at": board.at})
    return pd.DataFrame(rules, columns=_RULES), room


def _beside_point(board: Board, t: float, value: float, lines: Sequence[str]) -> tuple[Spot | None, bool]:
    """Below the point or above it; on a wide chart if need be over something. Whether the room was clear."""
    y, tall, clear = float(board.y(value)), (len(lines) - 1) * labels.LINE_PX, 32.0
    down = [Spot(t, value, 0.0, d, a) for d in np.arange(26, board.height - y, 9) for a in ("left", "right")]
    up = [Spot(t, value, 0.0, -d - tall, a) for d in np.arange(26, y - tall, 9) for a in ("left", "right")]
    words = "\n".join(lines)
    spot = board.place(words, down, most=clear) or board.place(words, up, most=clear)
    if spot is not None or board.at == "narrow":
        return spot, spot is not None
    return board.place(words, down + up), False


def _wrap(text: str, width: int) -> list[str]:
    """At most three lines of about equal length."""
    wrapped = textwrap.wrap(text, width) or [""]
    while width > 8 and len(tighter := textwrap.wrap(text, width - 1)) == len(wrapped):
        wrapped, width = tighter, width - 1
    return wrapped[:3]
