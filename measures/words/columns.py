"""What is said of a file's columns: what each can be said to hold, and which were left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from measures import format
from measures.model import Campaign

CHANGE_COLUMNS = "Change what the columns mean"
WHAT_IS = "What do the columns mean?"
LEFT_OUT = "These were left out"
LEFT_OUT_HINT = "If one of them holds numbers, months, sites or measures, say so: the preview follows."

_ROLES = {
    "site": "Site", "measure": "Measure", "period": "Month", "group": "Group", "numerator": "The part that counts",
    "denominator": "Out of how many", "value": "Value", "note": "Note", "ignore": "Leave it out",
}  # fmt: skip


def role(campaign: Campaign, name: str) -> str:
    """What a column holds, as the box beside its heading offers it."""
    if name in _ROLES:
        return _ROLES[name]
    kind, _, about = name.partition(":")
    id, _, part = about.partition("/")
    if kind == "period":
        when = format.month(date.fromisoformat(id))
        return f"{when}: {_ROLES[part].lower()}" if part else when
    measure = next((m for m in campaign.measures if m.id == id), None)
    if measure is None:
        return name
    if not measure.form.has_denominator:
        return measure.short
    asked = {"numerator": "how many", "denominator": "out of how many"}.get(part, "the share itself")
    return f"{measure.short}: {asked}"


def roles(campaign: Campaign, now: str, wide: bool) -> list[str]:
    """What a column can be said to hold: the ordinary roles, each measure's numbers where rows hold several,
    and what it is taken for ``now``."""
    offered = ["site", "measure", "period", "group", "numerator", "denominator", "value", "note"]
    if wide:
        offered = ["site", "period", "group", "note"]
        for measure in sorted(campaign.measures, key=lambda m: m.order):
            if measure.form.has_denominator:
                offered.append(f"measure:{measure.id}/numerator")
                if not measure.denominator_measure:
                    offered.append(f"measure:{measure.id}/denominator")
            else:
                offered.append(f"measure:{measure.id}/value")
    return [*offered, *([now] if now not in (*offered, "ignore") else []), "ignore"]


def column(header: str, place: int) -> str:
    """
    >>> column("Attendances", 3), column(" ", 3)
    ('Attendances', 'Column 3, which has no heading')
    """
    return header.strip() or f"Column {place}, which has no heading"


def left_out(headers: Sequence[str]) -> list[str]:
    """Columns that nothing was taken from.

    >>> left_out(["Checked by", "Ward"]), left_out([])
    (['“Checked by” and “Ward” were left out.'], [])
    """
    named = [f"“{header.strip()}”" for header in headers if header.strip()]
    if not named:
        return []
    if len(named) > 4:
        named = [*named[:3], f"{format.in_words(len(named) - 3)} other columns"]
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
    return [f"{listed} {'was' if len(named) == 1 else 'were'} left out."]
