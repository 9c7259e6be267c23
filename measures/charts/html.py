"""The pages' HTML pieces: plain data in, escaped HTML out.

Every builder takes words as they were typed and returns ``Safe``. Nothing here knows a page; styles are in
``component.css``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from measures.charts import theme
from measures.charts.icons import icon, is_quiet, verdict
from measures.charts.markup import Children, Safe, join, link, tag, text
from measures.charts.trials import SIGNS
from measures.format import Fact
from measures.model import Assurance, Position, Reporting, Variation

__all__ = [
    "Ask", "Due", "Fact", "Safe", "SiteRow", "State", "asks", "beside", "chart_key", "chip", "chips", "due_list",
    "empty", "eyebrow", "facts", "footer", "join", "key_values", "lede", "link", "note", "open_link", "paragraph",
    "quotation", "sites_table", "state_strip", "tag", "text", "tried", "verdict_chip",
]  # fmt: skip

Verdict = Variation | Assurance | Position | Reporting
ROLES: Final = ("improvement", "concern", "common", "neither")


# ------------------------------------------------------------------ words


def eyebrow(*parts: Children) -> Safe:
    """Whose page this is, above the headline."""
    return tag("div", *parts, class_="eyebrow")


def lede(words: Children) -> Safe:
    """The sentence under the headline: why, and how sure."""
    return tag("p", words, class_="lede")


def paragraph(words: Children, *, small: bool = False, muted: bool = False) -> Safe:
    """A paragraph of the page's own words."""
    return tag("p", words, class_=_classes("para", small and "small", muted and "muted"))


def beside(words: Children, picture: Safe | None) -> Safe:
    """Small grey words and a tiny picture in one line."""
    return tag("div", tag("span", words, class_="small muted"), picture, class_="beside")


def footer(*lines: Children) -> Safe:
    """Sources and licences, at the foot of a page."""
    return tag("div", *(tag("p", line) for line in lines), class_="foot small muted")


def open_link(words: Children, href: str, id: str, **attributes: object) -> Safe:
    """A link that the app opens itself on a plain click, and the browser on any other."""
    return tag("a", words, href=href, data_open=id, **attributes)


# ------------------------------------------------------------------ verdicts


def chip(name: str, words: str, *, quiet: bool = False, size: int = 22) -> Safe:
    """An icon with its words beside it."""
    return tag("span", icon(name, size), tag("span", words), class_=_classes("chip", quiet and "q"))


def verdict_chip(value: Verdict, words: str | None = None, *, size: int = 20, quiet: bool | None = None) -> Safe:
    """The chip of a variation, assurance, position or reporting verdict; quiet where it is no news."""
    name, usual = verdict(value)
    still = is_quiet(value) if quiet is None else quiet
    return chip(name, usual if words is None else words, quiet=still, size=size)


def chips(*items: Children, small: bool = False) -> Safe:
    """Chips and short words in a row."""
    return tag("div", *items, class_=_classes("chips", small and "small"))


# ------------------------------------------------------------------ facts and states


def facts(items: Iterable[Fact], *, wide: bool = False) -> Safe:
    """Facts under each other, or side by side where ``wide`` and there is room."""
    rows = (
        tag("div", tag("dt", fact.name), tag("dd", fact.value, tag("small", fact.means) if fact.means else None))
        for fact in items
    )
    return tag("dl", *rows, class_=_classes("facts", wide and "wide"))


@dataclass(frozen=True, slots=True)
class State:
    """One state of the strip: how many, in which words, icon and colour; ``strength`` pales its bar."""

    count: int
    words: str
    icon: str
    role: str = "common"
    strength: float = 1.0


def state_strip(states: Sequence[State], *, noun: str = "sites") -> Safe:
    """A bar in proportion and the counts beneath it, in one order."""
    present = [state for state in states if state.count > 0]
    for state in present:
        if state.role not in ROLES:
            raise ValueError(f"no role called {state.role!r}")
    parts = [
        tag("span", style=Safe(f"flex:{s.count:d};background:var(--hw-{s.role});opacity:{s.strength:.2f}"))
        for s in present
    ]
    said = f"{sum(s.count for s in present):,d} {noun}: " + "; ".join(f"{s.count:,d} {s.words}" for s in present)
    counts = (tag("li", icon(s.icon, 22), tag("b", f"{s.count:,d}"), tag("span", s.words)) for s in states)
    bar = tag("div", *parts, class_="bar", role="img", aria_label=said) if present else None
    return join(bar, tag("ul", *counts, class_="states"))


# ------------------------------------------------------------------ lists and boxes


@dataclass(frozen=True, slots=True)
class Ask:
    """Something asked of the reader, or standing in a team's way: since when, and one line more."""

    title: str
    more: str = ""
    age: str = ""
    href: str = ""
    id: str = ""


def asks(items: Iterable[Ask]) -> Safe:
    """Asks, impediments or offers, in the order given."""

    def row(item: Ask) -> Safe:
        title = open_link(item.title, item.href, item.id or item.href) if item.href else item.title
        more = tag("p", item.more) if item.more else None
        return tag("li", tag("b", title), tag("span", item.age, class_="age muted small"), more)

    return tag("ul", *(row(item) for item in items), class_="asks")


def note(*lines: Children, tone: str = "plain", icon_name: str | None = None, arrive: bool = False) -> Safe:
    """A box of words: "plain", "improvement" (thanks, good news) or "concern" (something is asked).

    With ``arrive`` the page is scrolled to it when it appears: it is what came of pressing a button far below.
    """
    tones = {"plain": "", "improvement": "i", "concern": "c"}
    if tone not in tones:
        raise ValueError(f"no tone called {tone!r}")
    lead = join(icon(icon_name, 22), " ") if icon_name else None
    rows = (tag("p", lead if number == 0 else None, line) for number, line in enumerate(lines))
    return tag("div", *rows, class_=_classes("note", tones[tone]), data_arrive=arrive)


def quotation(words: str, by: str = "") -> Safe:
    """A team's own words, larger than anything but the headline."""
    return tag("div", tag("p", words, class_="quote"), tag("div", by, class_="small muted"), class_="quotebox")


@dataclass(frozen=True, slots=True)
class Due:
    """One number a team owes or has sent: "due 12 October", or in."""

    title: str
    period: str
    status: str
    now: bool = False
    done: bool = False
    href: str = ""
    id: str = ""


def due_list(items: Iterable[Due]) -> Safe:
    """What is due, the one to enter now in a panel."""

    def row(item: Due) -> Safe:
        title = open_link(item.title, item.href, item.id or item.href) if item.href else item.title
        words = tag("div", tag("b" if item.now else "span", title), tag("div", item.period, class_="small muted"))
        tick = icon("assurance-reliable", 18) if item.done else None
        return tag("li", words, tag("span", tick, item.status, class_="status small muted"), class_=item.now and "now")

    return tag("ul", *(row(item) for item in items), class_="due")


def empty(title: str, *lines: str) -> Safe:
    """Nothing here yet, and what will make it appear."""
    return tag("div", tag("p", title, class_="mid"), *(tag("p", line) for line in lines), class_="empty")


def key_values(pairs: Iterable[tuple[str, Children]]) -> Safe:
    """Names and what they hold, as on a story or a record."""
    return tag("dl", *(join(tag("dt", name), tag("dd", held)) for name, held in pairs), class_="kv")


def tried(title: str, state: str, pairs: Iterable[tuple[str, Children]], verdict: str = "", word: str = "") -> Safe:
    """A test of change: what is tried; the ``word`` and sign of its ``verdict``, none while it runs; since when."""
    drawn = f'<path d="{SIGNS[verdict]}"/>' if verdict else '<circle r="0.55" fill="currentColor"/>'
    look = 'width="16" height="16" fill="none" stroke="currentColor" stroke-width="0.3" stroke-linecap="round"'
    sign = Safe(f'<svg viewBox="-1.1 -1.1 2.2 2.2" {look} aria-hidden="true">{drawn}</svg>')
    came = tag("span", sign, tag("span", word), class_="chip") if word else tag("span", sign, class_="chip")
    chips_ = tag("div", came, tag("span", state, class_="muted"), class_="chips small")
    return tag("div", tag("h3", title, class_="mid"), chips_, key_values(pairs), class_="test")


# ------------------------------------------------------------------ the key of an SPC chart

_DASHES: Final = '<path d="M0 8h24" fill="none" stroke="var(--hw-neither)" stroke-width="1.9" stroke-dasharray="6 3"/>'
_LEVEL: Final = '<path d="M0 8h22" fill="none" stroke="var(--hw-muted)" stroke-width="1.4"/>'
_KEY: Final = {
    "improvement": ("Improvement", '<path d="M8 2.6 13.4 8 8 13.4 2.6 8Z" fill="var(--hw-improvement)"/>'),
    "concern": ("Concern", '<rect x="3.2" y="3.2" width="9.6" height="9.6" fill="var(--hw-concern)"/>'),
    "common": ("Expected variation", '<circle cx="8" cy="8" r="3.4" fill="var(--hw-common)"/>'),
    "high": ("Higher", '<path d="M8 2.8 13.6 12.6H2.4Z" fill="var(--hw-neither)"/>'),
    "low": ("Lower", '<path d="M8 13.2 2.4 3.4H13.6Z" fill="var(--hw-neither)"/>'),
    "ghost": (
        "Left out of the limits",
        '<circle cx="8" cy="8" r="4.2" fill="none" stroke="var(--hw-muted)" stroke-width="1.4" '
        'stroke-dasharray="2 2"/>',
    ),
    "path": ("Path", _DASHES),
    "target": ("Target", _DASHES),
    "average": ("Average", _LEVEL),
    "median": ("Median", _LEVEL),
    "range": ("Expected range", '<rect width="20" height="12" y="2" rx="1" fill="var(--hw-band)"/>'),
    "proposed": (
        "New limits proposed",
        '<path d="M5 0v16" fill="none" stroke="var(--hw-muted)" stroke-width="1.2" stroke-dasharray="3.5 2.5"/>',
    ),
    "test": (
        "Test of change",
        '<circle cx="8" cy="8" r="6.4" fill="var(--hw-muted)"/><text x="8" y="11.2" text-anchor="middle" '
        'font-size="9" font-weight="600" fill="var(--hw-page)">1</text>',
    ),
}
_KEY_WIDTH: Final = {"path": 24, "target": 24, "average": 22, "median": 22, "range": 20, "proposed": 10}


def chart_key(names: Iterable[str]) -> Safe:
    """The key beneath an SPC chart: only of what it shows (see ``key_of``), each by shape, colour and word."""

    def row(name: str) -> Safe:
        words, drawn = _KEY[name]
        width = _KEY_WIDTH.get(name, 16)
        svg = Safe(f'<svg viewBox="0 0 {width} 16" width="{width}" height="16" aria-hidden="true">{drawn}</svg>')
        return tag("li", svg, words)

    return tag("ul", *(row(name) for name in names), class_="key")


def key_of(
    causes: Iterable[str],
    *,
    ghosted: bool = False,
    path: bool = False,
    target: bool = False,
    limits: bool = True,
    median: bool = False,
    proposed: bool = False,
    tests: bool = False,
) -> list[str]:
    """Which entries a chart's key needs, in their usual order; ``spc.key_names`` reads them off its rows."""
    present = {str(cause) for cause in causes}
    first = [name for name in theme.CAUSE_ROLE if name in present and name != "common"]
    more = {
        "ghost": ghosted, "path": path, "target": target, "median": median, "range": limits, "proposed": proposed,
        "test": tests,
    }  # fmt: skip
    return [*first, "common", *(name for name, shown in more.items() if shown)]


# ------------------------------------------------------------------ the table of sites


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site's line: figures arrive as words, so that the table formats nothing."""

    id: str
    name: str
    href: str
    region: str = ""
    sparkline: Safe | None = None
    last: str = ""
    gap: str = ""
    variation: Variation = Variation.NOT_ENOUGH
    assurance: Assurance = Assurance.NO_TARGET
    position: Position = Position.NO_PATH
    reporting: Reporting = Reporting.IN


def sites_table(rows: Iterable[SiteRow], *, caption: str, last_heading: str, gap_words: str = "points") -> Safe:
    """A to Z, one line a site; on a phone each line becomes a short block (class "cards")."""
    headings = (
        ("Site", ""), ("Last 24 months", ""), (last_heading, "num"),
        (f"{gap_words.capitalize()} from its path", "num gp"),
        ("Change", "gap-l"), ("Target", ""), ("Path", ""), ("Reporting", ""),
    )  # fmt: skip
    head = tag("thead", tag("tr", *(tag("th", words, scope="col", class_=names or None) for words, names in headings)))
    body = tag("tbody", *(_site(row, gap_words) for row in rows))
    return tag("table", tag("caption", caption, class_="sr"), head, body, class_="cards")


def _site(row: SiteRow, gap_words: str) -> Safe:
    region = tag("span", row.region, class_="sub") if row.region else None
    gap = join(row.gap or "\u2013", tag("span", f" {gap_words} from its path", class_="ph") if row.gap else None)
    late = row.reporting == Reporting.MISSING
    return tag(
        "tr",
        tag("td", open_link(row.name, row.href, row.id), region),
        tag("td", row.sparkline, class_="sp"),
        tag("td", row.last or "\u2013", class_="num last"),
        tag("td", gap, class_="num gp"),
        tag("td", verdict_chip(row.variation), class_="gap-l st"),
        tag("td", verdict_chip(row.assurance), class_="hide"),
        # Quiet: how far a path has run ahead of everybody is not news about one site.
        tag("td", verdict_chip(row.position, quiet=row.position != Position.AHEAD), class_="po"),
        tag("td", verdict_chip(row.reporting), class_=_classes("re", not late and "hide")),
    )


def _classes(*names: str | bool | None) -> str | None:
    kept = " ".join(name for name in names if isinstance(name, str) and name)
    return kept or None
