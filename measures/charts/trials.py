"""Tests of change in a lane of their own above a chart.

A numbered pin stands where a test began, filled while it runs, over a bar as long as it took; a sign beside it
says what came of it: a tick (adopt), a wave (adapt), a cross (abandon). A dotted line leads from the pin down to
the points. Pins that would meet go to a second row; where that is full too they share one, with how many more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from measures.charts import theme
from measures.charts.labels import Board
from measures.format import Trial

ROW_PX: Final = 23.0
"""A row of the lane: a pin and the bar beneath it."""
GAP_PX: Final = 5.0
"""From the lane down to what is drawn beneath it."""
ROWS: Final = 2
_RADIUS: Final = 8.0
_WIDE: Final = {"alone": 10.0, "sign": 26.0, "more": 30.0}
"""From a pin's middle to the right end of what belongs to it."""
_NARROW_PX: Final = 270.0
"""A plot's width on a phone: pins that are apart there are apart on every wider screen."""
_STEMS: Final = 6
"""With more pins than this, lines down to the points would hide them."""
_STILL: Final = {"tooltip": None, "aria": False}

SIGNS: Final = {
    "adopt": "M-0.8,0.05L-0.25,0.6L0.85,-0.6",
    "adapt": "M-0.9,0.3C-0.55,-0.65,-0.3,-0.65,0,0C0.3,0.65,0.55,0.65,0.9,-0.3",
    "abandon": "M-0.6,-0.6L0.6,0.6M0.6,-0.6L-0.6,0.6",
}
"""What came of a test, drawn within two by two; words always stand beside it or answer the pointer."""

COLUMNS: Final = ["t", "end", "up", "bar", "right", "text", "more", "sign", "role", "running", "spoken"]
TOLD: Final = {"title": "Test of change", "when": "When", "learned": "Learned"}
NO_TRIALS: Final = pd.DataFrame(columns=[*COLUMNS, *TOLD])


def begin(trials: Sequence[Trial], half: float) -> list[float]:
    """Where each begins, in milliseconds: a day's share of its period, which reaches ``half`` around its point."""
    return [float(t) - half for t in theme.milliseconds([trial.start for trial in trials])]


def pins(trials: Sequence[Trial], first: float, last: float, half: float, above: float) -> pd.DataFrame:
    """The pins from left to right, each with its place: ``up`` and ``bar`` are pixels, from the plot's top.

    ``first`` and ``last`` are the chart's edges in milliseconds, ``above`` the pixels that are taken already.
    """
    px = _NARROW_PX / (last - first)
    rows: list[list[dict]] = [[] for _ in range(ROWS)]
    ends = (float(t) - half for t in theme.milliseconds([trial.end for trial in trials]))
    for t, _, end, trial in sorted(zip(begin(trials, half), range(len(trials)), ends, trials, strict=True)):
        if end < first:
            continue
        start = max(t, first)
        pin = {"t": start, "end": min(max(end, start), last), "trials": [trial]}
        free = next((row for row in rows if not row or _right(row[-1], px) < (start - first) * px - _RADIUS), None)
        if free is not None:
            free.append(pin | {"first": first})
            continue
        last_pin = max((row[-1] for row in rows), key=lambda one: one["t"])
        last_pin["trials"].append(trial)
        last_pin["end"] = max(last_pin["end"], pin["end"])
    placed = [_row(pin, -above - GAP_PX - ROW_PX * number) for number, row in enumerate(rows) for pin in row]
    return pd.DataFrame(sorted(placed, key=lambda row: row["t"]), columns=[*COLUMNS, *TOLD])


def _right(pin: dict, px: float) -> float:
    """The right end of a pin and its bar, in pixels of a phone."""
    return max((pin["t"] - pin["first"]) * px + _WIDE[_kind(pin)] + 2, (pin["end"] - pin["first"]) * px + 3)


def _kind(pin: dict) -> str:
    return "more" if len(pin["trials"]) > 1 else "sign" if pin["trials"][0].verdict else "alone"


def _row(pin: dict, bottom: float) -> dict:
    """A pin as the layers read it; ``bottom`` is the lower edge of its row."""
    tests: list[Trial] = pin["trials"]
    newest, several = tests[-1], len(tests) > 1
    running = not newest.verdict
    spoken = "; ".join(f"{one.title}, {one.when}" for one in tests)
    return {
        "t": pin["t"],
        "end": pin["end"],
        "up": bottom - 5 - _RADIUS,
        "bar": bottom - 1,
        "right": _WIDE[_kind(pin)],
        "text": str(newest.number),
        "more": f"+{len(tests) - 1}" if several else "",
        "sign": "" if several else SIGNS.get(newest.verdict, ""),
        "role": "page" if running else "quiet",
        "running": running,
        "spoken": f"{'Tests' if several else 'Test'} of change: {spoken}",
        "title": "; ".join(one.title for one in tests),
        "when": newest.when if not several else "; ".join(f"{one.number} {one.when}" for one in tests),
        "learned": newest.learned if not several else "",
    }


def lane_px(rows: pd.DataFrame) -> float:
    """How tall the lane is; 0 without pins."""
    return 0.0 if rows.empty else GAP_PX + ROW_PX * (1 + int(rows["bar"].max() - rows["bar"].min() > 1))


def keep_clear(board: Board, rows: pd.DataFrame) -> None:
    """No label may stand where a pin, its sign or its bar is."""
    for row in rows.itertuples():
        x, end = float(board.x(row.t)), float(board.x(row.end))
        board.keep_clear(x - _RADIUS, row.up - _RADIUS, max(x + row.right, end), row.bar)


def layers(rows: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """The lane: lines down to the points, bars, pins with their numbers, signs."""
    if rows.empty:
        return []
    quiet, where = theme.role("quiet"), rows[["t", "end", "up", "bar"]]
    at, below = alt.YValue(alt.ExprRef("datum.up")), alt.YValue(alt.ExprRef("datum.bar"))
    out = []
    if len(rows) <= _STEMS:
        stem = alt.Chart(where.assign(top=float(where["bar"].max()) + 2)).mark_rule(
            strokeWidth=1, strokeDash=[1, 3], opacity=0.7, **_STILL
        )
        top, foot = alt.YValue(alt.ExprRef("datum.top")), alt.Y2Value("height")
        out.append(stem.encode(x=x, y=top, y2=foot, color=quiet))
    bar = alt.Chart(where).mark_rule(strokeWidth=2, strokeCap="round", opacity=0.75, **_STILL)
    out.append(bar.encode(x=x, x2=alt.X2("end"), y=below, color=quiet))
    for filled, part in ((True, rows[rows["running"]]), (False, rows[~rows["running"].astype(bool)])):
        if len(part):
            disc = alt.Chart(part[["t", "up", "spoken"]]).mark_point(
                filled=filled, shape="circle", size=4 * _RADIUS**2 * 0.8, strokeWidth=1.2, opacity=1, tooltip=None
            )
            out.append(disc.encode(x=x, y=at, color=quiet, description=alt.Description("spoken:N")))
    words = {"baseline": "middle", "fontSize": 10, "fontWeight": 600, **_STILL}
    number = alt.Chart(rows[["t", "up", "text", "role"]]).mark_text(align="center", dy=0.5, **words)
    out.append(number.encode(x=x, y=at, text=alt.Text("text:N"), color=theme.role_colour()))
    shared, signed = rows[rows["more"] != ""], rows[rows["sign"] != ""]
    if len(shared):
        more = alt.Chart(shared[["t", "up", "more"]]).mark_text(align="left", dx=_RADIUS + 3, dy=0.5, **words)
        out.append(more.encode(x=x, y=at, text=alt.Text("more:N"), color=quiet))
    if len(signed):
        sign = alt.Chart(signed[["t", "up", "sign"]]).mark_point(
            filled=False, size=90, strokeWidth=1.6, strokeCap="round", xOffset=_RADIUS + 8, opacity=1, **_STILL
        )
        out.append(sign.encode(x=x, y=at, shape=alt.Shape("sign:N", scale=None, legend=None), color=quiet))
    return out


def targets(rows: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """Unseen, larger pins on top, that say what was tried and what came of it."""
    out = []
    # Each says only what it has: those that have the same share a layer.
    filled = [tuple(name for name in TOLD if row[name]) for row in rows.to_dict("records")]
    for shown in dict.fromkeys(filled):
        own = rows.loc[[has == shown for has in filled], ["t", "up", *shown]]
        disc = alt.Chart(own).mark_point(filled=True, shape="circle", size=640, opacity=0, aria=False)
        tooltip = [alt.Tooltip(f"{name}:N", title=TOLD[name]) for name in shown]
        at = alt.YValue(alt.ExprRef("datum.up"))
        out.append(disc.encode(x=x, y=at, color=theme.role("page"), tooltip=tooltip))
    return out
