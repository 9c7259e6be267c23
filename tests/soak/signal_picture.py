"""The picture of docs/signals.md: what is found and what of it is false, by three ways, as a small SVG."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from tests.soak.signal_runs import WAYS, Tally

TOKENS = Path(__file__).resolve().parents[2] / "measures" / "charts" / "tokens.json"
SHOWN = (
    "shift 1 sigma, correlation 0", "correlation 0", "shift 2 sigma, correlation 0", "shift 1 sigma, correlation 0.3",
    "base case", "shift 2 sigma, correlation 0.3", "correlation 0.5", "5% improve", "50% improve", "24 sites",
    "2,000 sites", "8 baseline months", "24 baseline months", "unequal sigmas", "a fifth of the months missing",
    "a common season of 1 sigma", "20 to 60 people a month", "a ramp over 12 months",
)  # fmt: skip
NAMES = {"headway": "Headway", "plain": "plain statistic", "nhs": "NHS rules"}
LEFT, TOP, ROW, SIDE, GAP = 250, 92, 22, 300, 44


def picture(found: dict[str, Tally]) -> str:
    """Two panels of dots, a row for each kind of campaign."""
    colour = json.loads(TOKENS.read_text(encoding="utf-8"))["colour"]["light"]
    paint = {"headway": colour["improvement"], "plain": colour["text"], "nhs": colour["quiet"]}
    width, height = LEFT + 2 * SIDE + GAP + 24, TOP + ROW * len(SHOWN) + 44
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" font-family="system-ui, sans-serif" font-size="12">',
        "<title>What is found, and what of it is false, in simulated campaigns: Headway, a plain statistic and the NHS "
        "rules</title>",
        f'<rect width="{width}" height="{height}" fill="{colour["page"]}"/>',
    ]
    for i, way in enumerate(WAYS):
        x = LEFT + 150 * i
        out.append(_mark(way, x, 24, paint[way]))
        out.append(f'<text x="{x + 10}" y="28" fill="{colour["text"]}">{NAMES[way]}</text>')
    for i, (title, figure) in enumerate(
        (("found of what changed, %", "power"), ("false of what is declared, %", "false"))
    ):
        left = LEFT + i * (SIDE + GAP)
        out.append(f'<text x="{left}" y="58" fill="{colour["text"]}" font-weight="600">{title}</text>')
        for tick in (0, 25, 50, 75, 100):
            x = left + SIDE * tick / 100
            out.append(f'<path d="M{x:g} {TOP - 10}V{TOP + ROW * len(SHOWN)}" stroke="{colour["line"]}"/>')
            out.append(f'<text x="{x:g}" y="{TOP - 16}" fill="{colour["quiet"]}" text-anchor="middle">{tick}</text>')
        for row, name in enumerate(SHOWN):
            y = TOP + ROW * row + ROW / 2
            for way in reversed(WAYS):
                x = left + SIDE * float(getattr(found[name], figure)[way].mean())
                out.append(_mark(way, x, y, paint[way]))
    for row, name in enumerate(SHOWN):
        y = TOP + ROW * row + ROW / 2 + 4
        out.append(f'<text x="{LEFT - 14}" y="{y:g}" fill="{colour["text"]}" text-anchor="end">{escape(name)}</text>')
    return "\n".join([*out, "</svg>\n"])


def _mark(way: str, x: float, y: float, fill: str) -> str:
    """A shape for each way, so that it can be told without its colour."""
    if way == "headway":
        return f'<circle cx="{x:.1f}" cy="{y:g}" r="5" fill="{fill}"/>'
    if way == "plain":
        return f'<path d="M{x - 4:.1f} {y - 4:g}h8v8h-8z" fill="none" stroke="{fill}" stroke-width="1.5"/>'
    return f'<path d="M{x:.1f} {y - 5:g}l5 9h-10z" fill="{fill}"/>'
