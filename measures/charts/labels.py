"""Words on a chart, put where they cover nothing.

A ``Board`` is the chart in pixels: its height is known, its width assumed at its narrowest that still
shows labels, so that a place free there is free on every wider screen. Lines and points are laid on it as
weighted dots; a label tries its places in order of preference and takes the one that covers least.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from measures.charts import theme

LINE_PX = 15.0
"""From one line of a label to the next."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A candidate place: an anchor in data, pixels off it, and which way the words run from there."""

    t: float
    value: float
    dx: float = 0.0
    dy: float = 0.0
    align: str = "left"


@dataclass(slots=True)
class Board:
    """The chart in pixels, what is drawn on it, and the labels placed so far."""

    first: float
    last: float
    low: float
    high: float
    height: float
    width: float = 600.0
    at: str = "wide"
    """Which charts show its labels: "wide" or "narrow"."""
    ground: Callable[[float, float], str] = lambda t, value: "page"
    """What lies behind a spot, and so the colour of a label's halo: "band" or "page"."""
    _dots: list[np.ndarray] = field(default_factory=list)
    _boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)

    def x(self, t: ArrayLike) -> np.ndarray:
        """Milliseconds to pixels from the left."""
        return (np.asarray(t, dtype=float) - self.first) / (self.last - self.first) * self.width

    def y(self, value: ArrayLike) -> np.ndarray:
        """A value to pixels from the top."""
        return (self.high - np.asarray(value, dtype=float)) / (self.high - self.low) * self.height

    def value(self, y: float) -> float:
        """Pixels from the top back to a value."""
        return self.high - y / self.height * (self.high - self.low)

    def time(self, x: float) -> float:
        """Pixels from the left back to milliseconds."""
        return self.first + x / self.width * (self.last - self.first)

    def line(self, t: ArrayLike, values: ArrayLike, weight: float = 3.0, *, piece: np.ndarray | None = None) -> None:
        """Lay a line on the board, as a dot every few pixels; it breaks at a missing value and a new ``piece``."""
        x, y = self.x(t), self.y(values)
        joined = np.isfinite(y[:-1]) & np.isfinite(y[1:])
        whole = np.flatnonzero(joined if piece is None else joined & (piece[1:] == piece[:-1]))
        if not whole.size:
            return
        long = np.hypot(x[whole + 1] - x[whole], y[whole + 1] - y[whole])
        many = np.maximum(2, (long / 4).astype(int) + 1)
        of = np.repeat(whole, many)
        step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        share = step / np.repeat(many - 1, many)
        dots = [edge[of] + share * (edge[of + 1] - edge[of]) for edge in (x, y)]
        self._dots.append(np.column_stack([*dots, np.full(len(of), weight)]))

    def points(self, t: Sequence[float], values: Sequence[float], weight: float = 12.0, *, reach: float = 6.0) -> None:
        """Lay points on the board, each as a cross that reaches as far as its mark."""
        x, y = np.atleast_1d(self.x(t)), np.atleast_1d(self.y(values))
        for dx, dy in ((0, 0), (reach, 0), (-reach, 0), (0, reach), (0, -reach)):
            self._dots.append(np.column_stack([x + dx, y + dy, np.full(len(x), weight)])[np.isfinite(y)])

    def keep_clear(self, left: float, top: float, right: float, bottom: float) -> None:
        """Let no label stand in this box, in pixels."""
        self._boxes.append((left, top, right, bottom))

    def _box(self, spot: Spot, lines: Sequence[str], size: float) -> tuple[float, float, float, float]:
        width = max(words_px(text, size) for text in lines)
        x = float(self.x(spot.t)) + spot.dx
        left = x - {"left": 0.0, "center": width / 2, "right": width}[spot.align]
        middle = float(self.y(spot.value)) + spot.dy
        return left, middle - size * 0.65, left + width, middle + size * 0.65 + (len(lines) - 1) * LINE_PX

    def _cost(self, box: tuple[float, float, float, float], beyond: bool) -> float:
        left, top, right, bottom = box
        cost = 1000.0 * (
            (left < 0) + (top < -24) + (bottom > self.height - 2) + (right > self.width + 4 and not beyond)
        )
        middle = self.value((top + bottom) / 2)
        cost += 8.0 * (self.ground(self.time(left), middle) != self.ground(self.time(right), middle))
        cost += sum(
            400.0 for a, b, c, d in self._boxes if left < c + 4 and right > a - 4 and top < d + 1 and bottom > b - 1
        )
        if self._dots:
            if len(self._dots) > 1:
                self._dots = [np.concatenate(self._dots)]
            x, y, weight = self._dots[0].T
            inside = (x > left - 3) & (x < right + 3) & (y > top - 3) & (y < bottom + 3)
            cost += float(weight[inside].sum())
        return cost

    def place(
        self,
        text: str,
        spots: Iterable[Spot],
        *,
        role: str = "quiet",
        weight: int = 400,
        size: float = theme.LABEL_PX,
        beyond: bool = False,
        most: float = float("inf"),
    ) -> Spot | None:
        """Put ``text`` at the first of ``spots`` that covers least; ``None`` if all cover more than ``most``.

        ``beyond`` lets it run past the right edge, where the chart makes room for it.
        """
        lines = text.split("\n")
        best: tuple[float, Spot | None] = (float("inf"), None)
        for order, spot in enumerate(spots):
            cost = self._cost(self._box(spot, lines, size), beyond) + order * 0.6
            if cost < best[0]:
                best = (cost, spot)
        spot = best[1]
        if spot is None or best[0] > most:
            return None
        self._keep(spot, lines, role, weight, size)
        return spot

    def _keep(self, spot: Spot, lines: Sequence[str], role: str, weight: int, size: float) -> None:
        """Take the place, and a row for each line of the words."""
        left, top, right, bottom = box = self._box(spot, lines, size)
        self._boxes.append(box)
        middle = self.value((top + bottom) / 2)
        grounds = [self.ground(self.time(edge), middle) for edge in (left, right)]
        halo = grounds[0] if grounds[0] == grounds[1] else ""
        for number, words in enumerate(lines):
            self.rows.append(
                {
                    "t": float(spot.t),
                    "v": self.value(float(self.y(spot.value)) + spot.dy + number * LINE_PX),
                    "text": words,
                    "align": spot.align,
                    "dx": spot.dx,
                    "role": role,
                    "halo": halo,
                    "weight": weight,
                    "wide": size if self.at == "wide" else 0,
                    "narrow": size if self.at == "narrow" else 0,
                }
            )


def words_px(text: str, size: float = theme.LABEL_PX) -> float:
    """About how wide a line of words is."""
    return len(text) * size * 0.56


def wrapped(words: str, width: int, most: int = 3) -> list[str]:
    """Words in lines of about equal length, each break kept; the last is cut short where there are more than ``most``.

    >>> wrapped("The same share of each shortfall", 24)
    ['The same share of', 'each shortfall']
    """
    lines: list[str] = []
    for part in words.split("\n"):
        narrower, found = width, textwrap.wrap(part, width)
        while narrower > 8 and len(tighter := textwrap.wrap(part, narrower - 1)) == len(found):
            found, narrower = tighter, narrower - 1
        lines += found
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]


def layers(boards: Iterable[Board], x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """The labels of all boards as two layers: halos (none for words that lie half on a band), then words."""
    rows = [row for board in boards for row in board.rows]
    if not rows:
        return []
    frame = pd.DataFrame(rows)
    with_halo = frame[frame["halo"] != ""]
    style = {
        "align": alt.ExprRef("datum.align"),
        "dx": alt.ExprRef("datum.dx"),
        "fontWeight": alt.ExprRef("datum.weight"),
        "fontSize": theme.when_narrow("datum.narrow", "datum.wide"),
        "baseline": "middle",
        "tooltip": None,
        "aria": False,
    }
    halo = alt.Chart(with_halo).mark_text(
        strokeWidth=theme.STROKE["label_halo"], strokeJoin="round", fillOpacity=0, **style
    )
    words = alt.Chart(frame).mark_text(**style)
    out = [halo.encode(x=x, y=y, text=alt.Text("text:N"), stroke=theme.role_stroke())] if len(with_halo) else []
    return [*out, words.encode(x=x, y=y, text=alt.Text("text:N"), color=theme.role_colour())]


def around(t: float, value: float, *, near: float = 10.0, far: float = 34.0) -> list[Spot]:
    """Places above and below a spot on a line, near ones first, centred and to either side."""
    out = []
    for distance in np.arange(near, far, 6.0):
        for align, dx in (("center", 0.0), ("right", -4.0), ("left", 4.0)):
            out += [Spot(t, value, dx, -distance, align), Spot(t, value, dx, distance, align)]
    return out


def column(t: float, value: float, *, prefer: float = 0.0, reach: float = 40.0) -> list[Spot]:
    """Places beside the right end of a line: level with it, then a little up or down."""
    shifts = [prefer] + [prefer + sign * d for d in np.arange(3.0, reach, 3.0) for sign in (-1, 1)]
    return [Spot(t, value, 7.0, float(s), "left") for s in shifts]
