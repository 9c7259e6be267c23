"""The picture of docs/outlook.md: what was forecast beside what came true, as a small SVG drawn by hand."""

from __future__ import annotations

import json
from pathlib import Path

from measures.aims.outlook import Assumption
from tests.soak.outlook_campaigns import TENTHS, Tally

TOKENS = Path(__file__).resolve().parents[2] / "measures" / "charts" / "tokens.json"
SIDE, LEFT, TOP, GAP = 280, 64, 84, 64
TITLES = {
    Assumption.NOTHING_MORE: "If nothing more changes",
    Assumption.RECENT_PACE: "If sites keep their recent pace",
}
SHAPES = ("circle", "square", "diamond")
SHOWN = {
    "a step of −0.1 on the logit comes (about −1.6 points at 80 %)": "a step of −0.1 comes",
    "the pace stops": "the pace stops",
    "lag-1 correlation 0.85": "correlation 0.85",
}


def picture(holds: dict[tuple[Assumption, float], Tally], broken: dict[str, Tally]) -> str:
    """Three panels: both assumptions where they hold, and three ways in which they do not."""
    colour = json.loads(TOKENS.read_text(encoding="utf-8"))["colour"]["light"]
    width, height = LEFT + 3 * SIDE + 2 * GAP + 24, TOP + SIDE + 112
    panels = []
    for title, assumption in (
        ("If nothing more changes", "nothing-more"),
        ("If sites keep their recent pace", "recent-pace"),
    ):
        lines = {f"correlation {r:g}": t for (a, r), t in holds.items() if a == assumption}
        panels.append((title, lines, colour["improvement"]))
    panels.append(
        ("Where an assumption is broken", {SHOWN[k]: t for k, t in broken.items() if k in SHOWN}, colour["quiet"])
    )
    drawn = [_panel(i, *panel, colour) for i, panel in enumerate(panels)]
    says = "Forecast chances beside the share of simulated campaigns that met their aim, in three panels"
    style = "text{font-family:Inter,Segoe UI,Helvetica,Arial,sans-serif;font-size:12px}"
    head = _text(LEFT, 28, "Do the chances come true?", colour["heading"], "start", 18, 600)
    head += _text(
        LEFT,
        50,
        "Each mark: campaigns whose forecast lay within 5 points of a tenth. Band: within 5 points.",
        colour["muted"],
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img"><title>{says}</title><style>{style}</style>'
        f'<rect width="{width}" height="{height}" fill="{colour["page"]}"/>{head}{"".join(drawn)}</svg>\n'
    )


def _panel(i: int, title: str, lines: dict[str, Tally], ink: str, colour: dict[str, str]) -> str:
    x0, y0 = LEFT + i * (SIDE + GAP), TOP + 12

    def at(x: float, y: float) -> tuple[float, float]:
        return round(x0 + SIDE * x, 1), round(y0 + SIDE * (1 - y), 1)

    def path(*points: tuple[float, float]) -> str:
        return " ".join(f"{x},{y}" for x, y in (at(*p) for p in points))

    out = [_text(x0, y0 - 12, title, colour["heading"], "start", 13, 600)]
    band = path((0, 0), (0, 0.05), (0.95, 1), (1, 1), (1, 0.95), (0.05, 0))
    out.append(f'<polygon points="{band}" fill="{colour["band"]}"/>')
    for tick in (0, 0.25, 0.5, 0.75, 1):
        out.append(f'<polyline points="{path((0, tick), (1, tick))}" stroke="{colour["line"]}" fill="none"/>')
        (x, y), (bottom_x, bottom_y) = at(0, tick), at(tick, 0)
        out.append(_text(x - 8, y + 4, f"{tick:.0%}", colour["quiet"], "end"))
        out.append(_text(bottom_x, bottom_y + 18, f"{tick:.0%}", colour["quiet"], "middle"))
    out.append(
        f'<polyline points="{path((0, 0), (1, 1))}" stroke="{colour["common"]}" stroke-dasharray="6 4" fill="none"/>'
    )
    out.append(_text(x0 + SIDE / 2, y0 + SIDE + 36, "Forecast chance", colour["quiet"], "middle"))
    if i == 0:
        x, y = x0 - 46, y0 + SIDE / 2
        out.append(f'<g transform="rotate(-90 {x} {y})">{_text(x, y, "Met their aim", colour["quiet"], "middle")}</g>')
    for (name, found), shape in zip(lines.items(), SHAPES):
        points = list(zip(found.forecast / found.campaigns, found.share))
        out.append(f'<polyline points="{path(*points)}" stroke="{ink}" stroke-width="1.4" opacity="0.55" fill="none"/>')
        out += [_mark(*at(*point), shape, ink, colour["page"]) for point in points]
        row = SHAPES.index(shape)
        x, y = x0 + 6, y0 + SIDE + 60 + row * 18
        out.append(_mark(x, y - 4, shape, ink, colour["page"]) + _text(x + 10, y, name, colour["text"]))
    return f"<g>{''.join(out)}</g>"


def _text(x: float, y: float, words: str, fill: str, anchor: str = "start", size: int = 12, weight: int = 400) -> str:
    look = f'font-size="{size}" style="font-size:{size}px;font-weight:{weight}"'
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}" text-anchor="{anchor}" {look}>{words}</text>'


def _mark(x: float, y: float, shape: str, ink: str, page: str) -> str:
    look = f'fill="{ink}" stroke="{page}" class="mark"'
    if shape == "circle":
        return f'<circle cx="{x:g}" cy="{y:g}" r="4.2" {look}/>'
    turn = f' transform="rotate(45 {x:g} {y:g})"' if shape == "diamond" else ""
    return f'<rect x="{x - 3.8:g}" y="{y - 3.8:g}" width="7.6" height="7.6" {look}{turn}/>'


MARKS = 9 * len(TENTHS) + 9
"""Marks in the picture, the keys included."""
