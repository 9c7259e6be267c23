"""Icons for verdicts, as inline SVG that follows the theme.

The frame says which kind of news it is (diamond improvement, square concern, circle nothing to act on,
triangle where neither way is better), the colour says it again, and words stand beside it. Colours are CSS
variables with the light theme's as a fallback, for a picture outside the app.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from measures.charts.markup import Safe, text
from measures.model import Assurance, Position, Reporting, Variation

_FOLDER: Final = Path(__file__).with_name("icons")


def _read(path: Path) -> str:
    """What is drawn inside the ``svg`` element, without its title."""
    source = path.read_text(encoding="utf-8")
    inside = source[source.index(">") + 1 : source.rindex("</svg>")]
    title = inside.find("</title>")
    return inside[title + len("</title>") :] if title >= 0 else inside


_DRAWN: Final[dict[str, str]] = {path.stem: _read(path) for path in sorted(_FOLDER.glob("*.svg"))}
NAMES: Final[tuple[str, ...]] = tuple(_DRAWN)

_WORDS: Final[dict[type[StrEnum], dict[str, str]]] = {
    Variation: {
        Variation.COMMON: "No sign of change",
        Variation.IMPROVEMENT_UP: "Improvement",
        Variation.IMPROVEMENT_DOWN: "Improvement",
        Variation.CONCERN_UP: "Concern",
        Variation.CONCERN_DOWN: "Concern",
        Variation.NEITHER_UP: "Higher",
        Variation.NEITHER_DOWN: "Lower",
        Variation.NOT_ENOUGH: "Building its baseline",
    },
    Assurance: {
        Assurance.RELIABLE: "Reliable",
        Assurance.HIT_AND_MISS: "Hit and miss",
        Assurance.NOT_YET: "Not yet",
        Assurance.NO_TARGET: "No target",
    },
    Position: {
        Position.AHEAD: "Ahead of its path",
        Position.ON_COURSE: "On its path",
        Position.BEHIND: "Behind its path",
        Position.WELL_BEHIND: "Well behind its path",
        Position.TOO_EARLY: "Too early to tell",
        Position.TOO_SMALL: "Too small to tell",
        Position.NO_PATH: "No path",
    },
    Reporting: {
        Reporting.IN: "In",
        Reporting.DUE: "Due",
        Reporting.MISSING: "Missing",
        Reporting.CLOSED: "Closed",
    },
}

_QUIET: Final = frozenset(
    {
        ("variation", "common"),
        ("variation", "not-enough"),
        ("assurance", "hit-and-miss"),
        ("assurance", "no-target"),
        ("position", "on-course"),
        ("position", "too-early"),
        ("position", "too-small"),
        ("position", "no-path"),
        ("reporting", "in"),
        ("reporting", "due"),
        ("reporting", "closed"),
    }
)


def icon(name: str, size: int = 20, label: str | None = None) -> Safe:
    """The icon called ``name``; hidden from screen readers unless ``label`` says what it means."""
    if name not in _DRAWN:
        raise KeyError(f"no icon called {name!r}")
    says = f'role="img" aria-label="{text(label)}"' if label else 'aria-hidden="true" focusable="false"'
    return Safe(f'<svg viewBox="0 0 24 24" width="{size:d}" height="{size:d}" {says}>{_DRAWN[name]}</svg>')


def verdict(value: Variation | Assurance | Position | Reporting) -> tuple[str, str]:
    """The icon's name and the words for a verdict. Enums are matched by value, so they outlive a hot reload."""
    kind = type(value).__name__
    for known, words in _WORDS.items():
        if known.__name__ == kind and str(value) in words:
            return f"{kind.lower()}-{value}", words[str(value)]
    raise KeyError(f"no icon for {value!r}")


def is_quiet(value: Variation | Assurance | Position | Reporting) -> bool:
    """Whether a verdict is no news, and so is set in grey and regular weight."""
    return (type(value).__name__.lower(), str(value)) in _QUIET
