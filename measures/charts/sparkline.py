"""Two years in the width of a word: inline SVG for table rows.

The line is grey, blue or orange by verdict; the end mark's shape says the same; dashed is the site's own
target. Missing periods break the line; a point left out of the limits is a small hollow circle, which the
line passes in dots and which does not stretch the scale. Pure string building: a table of 140 takes a few
milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from measures.charts import theme
from measures.charts.markup import Safe, text
from measures.model import Variation

PERIODS: Final = 24
WIDTH: Final[int] = theme.CHART["sparkline_width_px"]
HEIGHT: Final[int] = theme.HEIGHT["sparkline"]
_LEFT, _RIGHT, _TOP, _BOTTOM = 2.0, 6.0, 5.0, 5.0
_STROKE: Final = {
    name: f"var(--hw-{name},{theme.TOKENS['colour']['light'][name]})"
    for name in ("improvement", "concern", "common", "neither")
}


def sparkline(
    values: Sequence[float],
    target: Sequence[float] | float | None = None,
    *,
    ghosted: Sequence[bool] | None = None,
    variation: Variation | str = Variation.COMMON,
    label: str = "",
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Safe:
    """One line of ``values`` in order, NaN where a period is missing; its target dashed; its end marked.

    ``ghosted`` are the values left out of the limits. ``label`` is what a screen reader says; without one the
    picture is hidden from it.
    """
    row = np.asarray(values, dtype=float)[np.newaxis]
    goal = np.full(row.shape, np.nan)
    if target is not None:
        goal[0] = np.asarray(target, dtype=float)
    out = np.zeros(row.shape, bool) if ghosted is None else np.asarray(ghosted, bool)[np.newaxis]
    return _draw(row, goal, out, [str(variation)], [label], width, height)[0]


def sparklines(
    points: pd.DataFrame,
    variations: Mapping[str, Variation | str],
    words: Mapping[str, str] | None = None,
    *,
    frequency: str = "month",
    periods: int = PERIODS,
) -> dict[str, Safe]:
    """A sparkline for each site in ``points`` (one measure of the review's points frame), ending at one period.

    ``variations`` are the sites' verdicts; ``words`` what a screen reader says for each.
    """
    if points.empty:
        return {}
    place = pd.Series(theme.steps(points["period"], frequency), index=points.index)
    recent = points.assign(place=place)[place > place.max() - periods]
    codes, names = pd.factorize(recent["site"].astype(str), sort=True)
    column = (recent["place"] - (int(place.max()) - periods + 1)).to_numpy()
    values, goals = np.full((2, len(names), periods), np.nan)
    out = np.zeros(values.shape, bool)
    values[codes, column] = recent["value"].astype(float).to_numpy()
    goals[codes, column] = recent["target"].astype(float).to_numpy()
    out[codes, column] = recent["ghosted"].fillna(False).astype(bool).to_numpy()
    sites = [str(name) for name in names]
    verdicts = [str(variations.get(name, Variation.COMMON)) for name in sites]
    said = [(words or {}).get(name, "") for name in sites]
    drawn = _draw(values, goals, out, verdicts, said, WIDTH, HEIGHT)
    return dict(zip(sites, drawn, strict=True))


def _draw(
    values: np.ndarray,
    goals: np.ndarray,
    out: np.ndarray,
    verdicts: list[str],
    words: list[str],
    width: int,
    height: int,
) -> list[Safe]:
    """The pictures of (s, t) values, of which those ``out`` are left out of the limits."""
    values = np.where(np.isfinite(values), values, np.nan)
    both = np.concatenate([np.where(out, np.nan, values), goals], axis=1)
    seen = np.isfinite(both)
    low = np.where(seen, both, np.inf).min(axis=1, initial=np.inf)
    high = np.where(seen, both, -np.inf).max(axis=1, initial=-np.inf)
    span = high - low
    flat = ~np.isfinite(span) | (span <= 0)
    scale = np.divide(height - _TOP - _BOTTOM, span, out=np.zeros_like(span), where=~flat)
    base = np.where(flat, height / 2, height - _BOTTOM)
    floor = np.where(np.isfinite(low), low, 0.0)
    x = np.linspace(_LEFT, width - _RIGHT, values.shape[1])
    y = base[:, None] - (values - floor[:, None]) * scale[:, None]
    y = np.where(out, np.clip(y, _TOP - 1.5, height - _BOTTOM + 1.5), y)
    z = base[:, None] - (goals - floor[:, None]) * scale[:, None]
    across = [f"{a:.1f}" for a in x]
    rows = zip(y, z, out, verdicts, words, strict=True)
    return [_one(across, *row, width, height) for row in rows]


def _one(
    x: list[str], y: np.ndarray, goal: np.ndarray, out: np.ndarray, verdict: str, words: str, width: int, height: int
) -> Safe:
    name = "neither" if verdict.startswith("neither") else verdict.split("-")[0]
    colour = _STROKE.get(name, _STROKE["common"])
    label = f'role="img" aria-label="{text(words)}"' if words else 'aria-hidden="true" focusable="false"'
    parts = [f'<svg viewBox="0 0 {width:d} {height:d}" width="{width:d}" height="{height:d}" {label}>']
    kept, past, ghosts = (y, "", ()) if not out.any() else _around(x, y, out)
    line, alone = _path(x, kept)
    dashed = "".join(_path(x, goal))
    if dashed:
        parts.append(_stroke(dashed, _STROKE["neither"], 1.2, 'stroke-dasharray="3 2.5"'))
    if past:
        parts.append(_stroke(past, colour, 1, 'stroke-dasharray="1 2"'))
    if line:
        parts.append(_stroke(line, colour, 1.4, _ROUND))
    if alone:
        parts.append(_stroke(alone, colour, 3, _ROUND))
    parts += [
        f'<circle cx="{x[i]}" cy="{y[i]:.1f}" r="2.1" fill="none" stroke="{_STROKE["common"]}" stroke-width="1"/>'
        for i in ghosts
    ]
    known = np.flatnonzero(np.isfinite(kept))
    if len(known):
        at = int(known[-1])
        parts.append(f'<path d="{_mark(verdict, float(x[at]), float(kept[at]))}" fill="{colour}"/>')
    parts.append("</svg>")
    return Safe("".join(parts))


_ROUND: Final = 'stroke-linejoin="round" stroke-linecap="round"'


def _stroke(path: str, colour: str, width: float, more: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" {more}/>'


def _around(x: list[str], y: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, str, list[int]]:
    """The values that count, the way past those left out between two of them, and which those are."""
    kept = np.where(out, np.nan, y)
    there = np.flatnonzero(np.isfinite(kept))
    gaps = np.cumsum(~np.isfinite(y))
    past = [
        f"M{x[a]} {y[a]:.1f}L{x[b]} {y[b]:.1f}"
        for a, b in zip(there[:-1].tolist(), there[1:].tolist())
        if b - a > 1 and gaps[a] == gaps[b]
    ]
    return kept, "".join(past), np.flatnonzero(out & np.isfinite(y)).tolist()


def _path(x: list[str], y: np.ndarray) -> tuple[str, str]:
    """Moves and lines, and apart from them the lone points: a missing value lifts the pen."""
    line: list[str] = []
    alone: list[str] = []
    down = False
    values = y.tolist()
    last = len(x) - 1
    for i, value in enumerate(values):
        if value != value:
            down = False
            continue
        if down:
            line.append(f"L{x[i]} {value:.1f}")
        elif i == last or values[i + 1] != values[i + 1]:
            alone.append(f"M{x[i]} {value:.1f}h.01")
        else:
            line.append(f"M{x[i]} {value:.1f}")
        down = True
    return "".join(line), "".join(alone)


def _mark(verdict: str, x: float, y: float) -> str:
    """The end mark's outline: diamond, square, triangle or circle, as on the chart."""
    if verdict.startswith("improvement"):
        return f"M{x:.1f} {y - 4.6:.1f}l4.6 4.6-4.6 4.6-4.6-4.6Z"
    if verdict.startswith("concern"):
        return f"M{x - 3.3:.1f} {y - 3.3:.1f}h6.6v6.6h-6.6Z"
    if verdict == "neither-up":
        return f"M{x:.1f} {y - 4:.1f}l4.2 7.2h-8.4Z"
    if verdict == "neither-down":
        return f"M{x:.1f} {y + 4:.1f}l4.2-7.2h-8.4Z"
    return f"M{x - 2.8:.1f} {y:.1f}a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0Z"
