"""Two years in the width of a word: inline SVG for table rows.

The line is grey, blue or orange by verdict; the end mark's shape says the same; dashed is the site's own
target. Missing periods break the line. Pure string building: a table of 140 takes a few milliseconds.
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
    variation: Variation | str = Variation.COMMON,
    label: str = "",
    width: int = WIDTH,
    height: int = HEIGHT,
) -> Safe:
    """One line of ``values`` in order, NaN where a period is missing; its target dashed; its end marked.

    ``label`` is what a screen reader says; without one the picture is hidden from it.
    """
    row = np.asarray(values, dtype=float)[np.newaxis]
    goal = np.full(row.shape, np.nan)
    if target is not None:
        goal[0] = np.asarray(target, dtype=float)
    return _draw(row, goal, [str(variation)], [label], width, height)[0]


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
    kept = recent["value"].astype(float).where(~recent["ghosted"].fillna(False).astype(bool)).to_numpy()
    values, goals = np.full((2, len(names), periods), np.nan)
    values[codes, column] = kept
    goals[codes, column] = recent["target"].astype(float).to_numpy()
    sites = [str(name) for name in names]
    verdicts = [str(variations.get(name, Variation.COMMON)) for name in sites]
    said = [(words or {}).get(name, "") for name in sites]
    drawn = _draw(values, goals, verdicts, said, WIDTH, HEIGHT)
    return dict(zip(sites, drawn, strict=True))


def _draw(
    values: np.ndarray, goals: np.ndarray, verdicts: list[str], words: list[str], width: int, height: int
) -> list[Safe]:
    both = np.concatenate([values, goals], axis=1)
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
    z = base[:, None] - (goals - floor[:, None]) * scale[:, None]
    across = [f"{a:.1f}" for a in x]
    return [_one(across, *rows, width, height) for rows in zip(y, z, verdicts, words, strict=True)]


def _one(x: list[str], y: np.ndarray, goal: np.ndarray, verdict: str, words: str, width: int, height: int) -> Safe:
    name = "neither" if verdict.startswith("neither") else verdict.split("-")[0]
    colour = _STROKE.get(name, _STROKE["common"])
    label = f'role="img" aria-label="{text(words)}"' if words else 'aria-hidden="true" focusable="false"'
    parts = [f'<svg viewBox="0 0 {width:d} {height:d}" width="{width:d}" height="{height:d}" {label}>']
    dashed = _path(x, goal)
    if dashed:
        parts.append(
            f'<path d="{dashed}" fill="none" stroke="{_STROKE["neither"]}" stroke-width="1.2" '
            'stroke-dasharray="3 2.5"/>'
        )
    line = _path(x, y)
    if line:
        parts.append(
            f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="1.4" '
            'stroke-linejoin="round" stroke-linecap="round"/>'
        )
    known = np.flatnonzero(np.isfinite(y))
    if len(known):
        at = int(known[-1])
        parts.append(f'<path d="{_mark(verdict, float(x[at]), float(y[at]))}" fill="{colour}"/>')
    parts.append("</svg>")
    return Safe("".join(parts))


def _path(x: list[str], y: np.ndarray) -> str:
    """Moves and lines: a missing value lifts the pen; a lone point becomes a dot."""
    out: list[str] = []
    down = False
    last = len(x) - 1
    for i, value in enumerate(y.tolist()):
        if value != value:
            down = False
            continue
        if down:
            out.append(f"L{x[i]} {value:.1f}")
        else:
            alone = i == last or y[i + 1] != y[i + 1]
            out.append(f"M{x[i]} {value:.1f}{'h0' if alone else ''}")
        down = True
    return "".join(out)


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
