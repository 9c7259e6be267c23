"""What the list of sites says."""

from __future__ import annotations

from collections.abc import Mapping

from measures import format
from measures.format import month, month_name
from measures.model import OFF_PATH, ON_PATH, Reporting
from measures.review.views import SitesView


def heading(view: SitesView) -> str:
    """How many stand where against their own paths."""
    counts = view.table["position"].astype(str).value_counts()
    good, behind = (sum(int(counts.get(p, 0)) for p in group) for group in (ON_PATH, OFF_PATH))
    if not len(view.table):
        return "No site has joined yet"
    if not good + behind:
        return f"{format.count(len(view.table), 'site')}, and it is too early to tell who is on course"
    are = "is" if good == 1 else "are"
    if not behind:
        return f"{format.count(good, 'site')} {are} on their path or ahead; nobody is behind"
    return f"{format.count(good, 'site')} {are} on their path or ahead; {behind} could use a hand"


def lede(view: SitesView, waiting: int) -> str:
    """How the list is ordered, and what has still to come in."""
    said = "Sites are listed A to Z. Nobody is ranked: small differences between sites are mostly luck."
    if not waiting:
        return said
    due = view.table.loc[view.table["reporting"] == Reporting.DUE.value, ["due_period", "due_on"]]
    if len(due):
        first = due.iloc[0]
        when = f"{month(first['due_period'])} is due by {format.day_short(first['due_on'])}"
        return f"{said} {when}; {waiting} {'has' if waiting == 1 else 'have'} still to report."
    return f"{said} {format.count(waiting, 'report')} have still to come in."


def reporting(row: Mapping[str, object]) -> str:
    """A site's latest report in a few words."""
    state = row["reporting"]
    if state == Reporting.IN.value:
        return f"{month_name(row['due_period'])} is in" if not format.missing(row["due_period"]) else ""
    if state == Reporting.CLOSED.value:
        return "Merged"
    if format.missing(row["due_period"]):
        return ""
    verb = "due by" if state == Reporting.DUE.value else "was due by"
    return f"{month_name(row['due_period'])} {verb} {format.day_short(row['due_on'])}"


def showing(shown: int, found: int, of: int) -> str:
    """How much of the list is on screen."""
    if found < of:
        return f"{format.count(found, 'site')} of {of} {'matches' if found == 1 else 'match'}."
    listed = f"Showing {shown} of {format.count(of, 'site')}."
    return f"{listed} The line is the last two years; dashed is the site’s own path."
