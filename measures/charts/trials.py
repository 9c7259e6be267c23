"""Tests of change in a lane of their own above a chart.

A numbered pin stands where a test began, filled while it runs, over a bar as long as it took; a sign beside it
says what came of it: a tick (adopt), a wave (adapt), a cross (abandon). A dotted line leads from the pin down to
the points. Pins that would meet go to a second row; where that is full too they share one, with how many more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import altair as alt
import pandas as pd

from measures.charts import theme
from measures.charts.labels import Board
from measures.format import Trial

ROW_PX: Final = 25.0
"""A row of the lane: a pin and the bar beneath it."""
GAP_PX: Final = 5.0
"""From the lane down to what is drawn beneath it."""
ROWS: Final = 2
_RADIUS: Final = 9.0
_WIDE: Final = {"alone": 11.0, "sign": 27.0, "more": 32.0}
"""From a pin's middle to the right end of what belongs to it."""
_WIDTHS: Final = {"wide": 600.0, "narrow": 270.0}
"""A plot's width at its narrowest, on a wide screen and on a phone, as for labels: pins apart there are apart."""
_NUMBER_PX: Final = {1: 10.0, 2: 9.5}
"""How large a number of so many figures is, to stand within its pin; others are 8 px."""
_STEMS: Final = 6
"""With more pins than this, lines down to the points would hide them."""
_STILL: Final = {"tooltip": None, "aria": False}

SIGNS: Final = {
    "adopt": "M-0.8,0.05L-0.25,0.6L0.85,-0.6",
    "adapt": "M-0.9,0.3C-0.55,-0.65,-0.3,-0.65,0,0C0.3,0.65,0.55,0.65,0.9,-0.3",
    "abandon": "M-0.6,-0.6L0.6,0.6M0.6,-0.6L-0.6,0.6",
}
"""What came of a test, drawn within two by two; words always stand beside it or answer the pointer."""

COLUMNS: Final = ["at", "t", "end", "up", "bar", "right", "text", "px", "more", "sign", "role", "running", "spoken"]
TOLD: Final = {"title": "Test of change", "when": "When", "learned": "Learned"}
NO_TRIALS: Final = pd.DataFrame(columns=[*COLUMNS, *TOLD])


def begin(trials: Sequence[Trial], half: float) -> list[float]:
    """Where each begins, in milliseconds: a day's share of its period, which reaches ``half`` around its point."""
    return [float(t) - half for t in theme.milliseconds([trial.start for trial in trials])]


def pins(trials: Sequence[Trial], first: float, last: float, half: float, above: float) -> pd.DataFrame:
    """The pins from left to right, each with its place: ``up`` and ``bar`` are pixels, from the plot's top.

    ``first`` and ``last`` are the chart's edges in milliseconds, ``above`` the pixels that are taken already.
    ``at`` says which screens show a pin: "wide", "narrow", or "both" where the two are alike.
    """
    ends = [float(t) - half for t in theme.milliseconds([trial.end for trial in trials])]
    starts = begin(trials, half)
    order = sorted((i for i, end in enumerate(ends) if end >= first), key=lambda i: (starts[i], trials[i].number))
    spans = [(max(starts[i], first), min(max(ends[i], starts[i], first), last), trials[i]) for i in order]
    wide, narrow = (_placed(_packed(spans, first, width / (last - first)), above, at) for at, width in _WIDTHS.items())
    if wide.drop(columns="at").equals(narrow.drop(columns="at")):
        return wide.assign(at="both")
    return pd.concat([wide, narrow], ignore_index=True)


def _packed(spans: Sequence[tuple[float, float, Trial]], first: float, px: float) -> list[list[dict]]:
    """The pins of each row, the first row lowest; ``px`` is pixels a millisecond."""
    rows: list[list[dict]] = [[] for _ in range(ROWS)]
    for start, end, trial in spans:
        pin = {"t": start, "end": end, "trials": [trial]}
        free = (row for row in rows if not row or _right(row[-1], first, px) < (start - first) * px - _RADIUS)
        if (row := next(free, None)) is not None:
            row.append(pin)
            continue
        shared = max((row[-1] for row in rows), key=lambda one: one["t"])
        shared["trials"].append(trial)
        shared["end"] = max(shared["end"], end)
    return rows


def _placed(rows: list[list[dict]], above: float, at: str) -> pd.DataFrame:
    found = [_row(pin, at, -above - GAP_PX - ROW_PX * number) for number, row in enumerate(rows) for pin in row]
    return pd.DataFrame(sorted(found, key=lambda row: row["t"]), columns=[*COLUMNS, *TOLD])


def _right(pin: dict, first: float, px: float) -> float:
    """The right end of a pin and its bar, in pixels."""
    return max((pin["t"] - first) * px + _WIDE[_kind(pin)] + 2, (pin["end"] - first) * px + 3)


def _kind(pin: dict) -> str:
    return "more" if len(pin["trials"]) > 1 else "sign" if pin["trials"][0].verdict else "alone"


def _row(pin: dict, at: str, bottom: float) -> dict:
    """A pin as the layers read it; ``bottom`` is the lower edge of its row."""
    tests: list[Trial] = pin["trials"]
    newest, several = tests[-1], len(tests) > 1
    running = not all(one.verdict for one in tests)
    spoken = "; ".join(f"{one.title}, {one.when}" for one in tests)
    return {
        "at": at,
        "t": pin["t"],
        "end": pin["end"],
        "up": bottom - 5 - _RADIUS,
        "bar": bottom - 1,
        "right": _WIDE[_kind(pin)],
        "text": str(newest.number),
        "px": _NUMBER_PX.get(len(str(newest.number)), 8.0),
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
    for row in rows[rows["at"].isin([board.at, "both"])].itertuples():
        x, end = float(board.x(row.t)), float(board.x(row.end))
        board.keep_clear(x - _RADIUS, row.up - _RADIUS, max(x + row.right, end), row.bar)


def _shown(amount: float | str) -> alt.ExprRef:
    """A size or a strength on the screens that show a pin, and nothing on the others."""
    return theme.when_narrow(f"(datum.at=='wide'?0:{amount})", f"(datum.at=='narrow'?0:{amount})")


def layers(rows: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """The lane: lines down to the points, bars, pins with their numbers, signs."""
    if rows.empty:
        return []
    quiet, where = theme.role("quiet"), rows[["at", "t", "end", "up", "bar"]]
    at, below = alt.YValue(alt.ExprRef("datum.up")), alt.YValue(alt.ExprRef("datum.bar"))
    out = []
    few = where[where.groupby("at")["t"].transform("size") <= _STEMS]
    if len(few):
        dotted = {"strokeWidth": 1, "strokeDash": [1, 3], "opacity": _shown(0.7)}
        stem = alt.Chart(few.assign(top=float(where["bar"].max()) + 2)).mark_rule(**dotted, **_STILL)
        top, foot = alt.YValue(alt.ExprRef("datum.top")), alt.Y2Value("height")
        out.append(stem.encode(x=x, y=top, y2=foot, color=quiet))
    bar = alt.Chart(where).mark_rule(strokeWidth=2, strokeCap="round", opacity=_shown(0.75), **_STILL)
    out.append(bar.encode(x=x, x2=alt.X2("end"), y=below, color=quiet))
    out += [_discs(part, x, at) for _, part in rows.groupby([rows["running"], rows["at"] == "narrow"])]
    words = {"baseline": "middle", "fontWeight": 600, **_STILL}
    number = alt.Chart(rows[["at", "t", "up", "text", "px", "role"]]).mark_text(
        align="center", dy=0.5, fontSize=_shown("datum.px"), **words
    )
    out.append(number.encode(x=x, y=at, text=alt.Text("text:N"), color=theme.role_colour()))
    shared, signed = rows[rows["more"] != ""], rows[rows["sign"] != ""]
    if len(shared):
        more = alt.Chart(shared[["at", "t", "up", "more"]]).mark_text(
            align="left", dx=_RADIUS + 3, dy=0.5, fontSize=_shown(10), **words
        )
        out.append(more.encode(x=x, y=at, text=alt.Text("more:N"), color=quiet))
    if len(signed):
        sign = alt.Chart(signed[["at", "t", "up", "sign"]]).mark_point(
            filled=False, size=90, strokeWidth=1.6, strokeCap="round", xOffset=_RADIUS + 8, opacity=_shown(1), **_STILL
        )
        out.append(sign.encode(x=x, y=at, shape=alt.Shape("sign:N", scale=None, legend=None), color=quiet))
    return out


def _discs(pins: pd.DataFrame, x: alt.X, at: alt.YValue) -> alt.Chart:
    """Pins of one look, filled while their tests run; only one of two sets is read aloud."""
    look = {
        "shape": "circle",
        "size": round(math.pi * _RADIUS**2, 1),
        "strokeWidth": 1.2,
        "opacity": _shown(1),
        "tooltip": None,
    }
    spoken = pins["at"].iloc[0] != "narrow"
    disc = alt.Chart(pins[["at", "t", "up", "spoken"]]).mark_point(
        filled=bool(pins["running"].iloc[0]), **look, **({} if spoken else {"aria": False})
    )
    read = {"description": alt.Description("spoken:N")} if spoken else {}
    return disc.encode(x=x, y=at, color=theme.role("quiet"), **read)


def targets(rows: pd.DataFrame, x: alt.X) -> list[alt.Chart]:
    """Unseen, larger pins on top, that say what was tried and what came of it."""
    out = []
    # Each says only what it has: those that have the same share a layer.
    filled = [tuple(name for name in TOLD if row[name]) for row in rows.to_dict("records")]
    for shown in dict.fromkeys(filled):
        own = rows.loc[[has == shown for has in filled], ["at", "t", "up", *shown]]
        disc = alt.Chart(own).mark_point(filled=True, shape="circle", size=_shown(640), opacity=0, aria=False)
        tooltip = [alt.Tooltip(f"{name}:N", title=TOLD[name]) for name in shown]
        at = alt.YValue(alt.ExprRef("datum.up"))
        out.append(disc.encode(x=x, y=at, color=theme.role("page"), tooltip=tooltip))
    return out
