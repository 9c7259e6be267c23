"""Whom to visit: those that stand out by their level and by their change, A to Z, each with its reasons."""

from __future__ import annotations

from measures.actions import read
from measures.actions.read import Desk
from measures.charts import html as build
from measures.charts.markup import Safe, tag
from measures.model import Measure
from measures.review.exceptional import Side, Visits
from measures.web.components import parts, sites
from measures.web.components.html import html
from measures.words import exceptional as words

_APART = Safe("padding:1px 0")


def visits(at: Desk, of: Measure) -> dict[str, str] | None:
    """The section; the site that was clicked and its measure, as the site's page wants them."""
    found = read.visits(at, of.id)
    if found is None:
        parts.section(words.title(None), words.none_yet(of), key="visits.none")
        return None
    parts.section(words.title(found), words.lede(found), key="visits")
    parts.notes(words.cautions(found), key="visits.cautions")
    opened = _side(at, found, found.level, words.LEVEL, words.level_reasons, level=True)
    if found.change is not None:
        opened = _side(at, found, found.change, words.CHANGE, words.change_reasons, level=False) or opened
    return {"site": opened, "measure": of.id} if opened else None


def _side(at: Desk, found: Visits, side: Side, title: str, reasons, *, level: bool) -> str | None:
    key = "visits.level" if level else "visits.change"
    after = " ".join(one for one in (words.luck(side), words.once(side)) if one)
    rows = side.table.to_dict("records")
    if not rows:
        shown = build.paragraph(words.nobody(level))
    else:
        caption = tag("caption", f"{title}, A to Z", class_="sr")
        heads = tag("thead", tag("tr", tag("th", "Site", scope="col"), tag("th", "Why", scope="col")))
        shown = tag(
            "table", caption, heads, tag("tbody", *(_row(at, found, row, reasons) for row in rows)), class_="cards"
        )
    below = build.paragraph(after, small=True, muted=True) if after else None
    pieces = (below, shown) if rows else (shown, below)
    return html(build.join(tag("h3", title, class_="mid"), *pieces), key=key)


def _row(at: Desk, found: Visits, row: dict, reasons) -> Safe:
    name = build.open_link(row["name"], sites.href(at.campaign.id, row["site"], measure=found.measure.id), row["site"])
    region = tag("span", row["region"], class_="sub") if row["region"] else None
    return tag(
        "tr",
        tag("td", name, region),
        tag("td", *(tag("div", one, style=_APART) for one in reasons(found, row)), style=sites.WHOLE_ROW),
    )
