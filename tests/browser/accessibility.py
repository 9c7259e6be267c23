"""axe-core on a page, and what of Streamlit's own it finds that we cannot change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "assets" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
BAD = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Known:
    """A finding in Streamlit's own elements: the rule, where (a part of the selector axe gives), and why it stays."""

    rule: str
    where: str
    reason: str


KNOWN: tuple[Known, ...] = ()


@cache
def _script() -> str:
    return AXE.read_text(encoding="utf-8")


OPENED = ("[role=dialog]", "[aria-expanded=true]")
"""What has just been opened and what opened it."""


def violations(page: Page, *within: str) -> list[str]:
    """The serious and critical ones, each with its rule, its place and what is drawn there.

    ``within`` are selectors of what to look at, where the rest has been looked at already.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_script())
    found = page.evaluate(
        "([within, tags]) => axe.run(within.length ? {include: within.map(one => [one])} : document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [list(within), list(TAGS)],
    )
    said = []
    for rule in found["violations"]:
        if rule["impact"] not in BAD:
            continue
        for node in rule["nodes"]:
            where = " ".join(part if isinstance(part, str) else " >> ".join(part) for part in node["target"])
            if not any(known.rule == rule["id"] and known.where in where for known in KNOWN):
                said.append(
                    f"{rule['impact']} {rule['id']} at {where}: {node['html'][:160]} ({node['failureSummary']})"
                )
    return said
