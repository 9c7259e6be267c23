"""What the list of sites says."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from measures import format
from measures.format import month, month_name
from measures.model import ALL, OFF_PATH, ON_PATH, Reporting
from measures.review.views import SitesView
from measures.words import rebase, signals


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
    """How the list is ordered, what has changed and lasts, what has still to come in, where new limits are proposed."""
    said = "Sites are listed A to Z. Nobody is ranked: small differences between sites are mostly luck."
    return " ".join(part for part in (said, _lasting(view), _waiting(view, waiting), _proposals(view)) if part)


def _lasting(view: SitesView) -> str:
    if not view.lasting.family.tested:
        return ""
    return f"{signals.counts(view.lasting)} {signals.luck(len(view.lasting.declared))}".strip()


def _waiting(view: SitesView, waiting: int) -> str:
    if not waiting:
        return ""
    due = view.table.loc[view.table["reporting"] == Reporting.DUE.value, ["due_period", "due_on"]]
    if len(due):
        first = due.iloc[0]
        when = f"{month(first['due_period'])} is due by {format.day_short(first['due_on'])}"
        return f"{when}; {waiting} {'has' if waiting == 1 else 'have'} still to report."
    return f"{format.count(waiting, 'report')} {'has' if waiting == 1 else 'have'} still to come in."


def _proposals(view: SitesView) -> str:
    sites = proposed(view)["site"].nunique()
    return f"Headway proposes new limits at {format.count(sites, 'site')}; a person decides." if sites else ""


def proposed(view: SitesView) -> pd.DataFrame:
    """The proposed rebases of the main measure that nobody has answered, by site and date."""
    rows = view.proposed
    mine = (rows["measure"].astype(str) == view.measure.id) & (rows["group"].astype(str) == ALL)
    return rows[mine.to_numpy()]


def proposals(view: SitesView) -> dict[str, list[str]]:
    """What was seen at each site where new limits are proposed: sentences by site's id."""
    seen, found = proposed(view), {}
    once = bool(seen["trial"].all())
    for row in seen.to_dict("records"):
        counts = int(row["points"]), int(row["excluded"]), bool(row["trial"]) and not once
        one = rebase.Seen(int(row["side"]), int(row["run"]), row["before"], row["after"], *counts)
        found.setdefault(str(row["site"]), []).append(rebase.proposal(one, view.measure, row["on"]))
    return found


def trials(view: SitesView) -> str:
    """Said once where it holds for every proposal: that its limits are a trial."""
    seen = proposed(view)
    if not (len(seen) and seen["trial"].all()):
        return ""
    return f"All proposed limits are a trial still: they rest on fewer than {rebase.SMALLEST} points."


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
