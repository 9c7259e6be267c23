"""What is said of where the campaign is heading: a chance in words, what it assumes, and what to know beside it."""

from __future__ import annotations

from measures.format import Fact, level, month, month_name, percent, points
from measures.review.outlook import Assumption, Caveat, Outlook, OutlookView

ASSUMED = {
    Assumption.NOTHING_MORE: "If nothing more changes",
    Assumption.RECENT_PACE: "If sites keep their recent pace",
}
"""The two assumptions, as choices."""

FAN = "Where this is heading,\n9 chances in 10"
RARE = 0.05
"""Below this, and above the rest, chances have not been checked (docs/outlook.md): the words go no further."""

_CAVEATS = {
    Caveat.SEASON_UNKNOWN: "Fewer than two years have been seen, so the season cannot be told yet: the fan is wider.",
    Caveat.SHORT_HISTORY: "Less than a year has been seen.",
    Caveat.STRONG_CORRELATION: "Ups and downs last long here; such chances have come out too sure of themselves when"
    " checked.",
    Caveat.FEW_REPORTING: "Part of the latest months is still to be reported.",
    Caveat.EXTRAPOLATED_FAR: "The date lies further ahead than the stretch that this rests on.",
    Caveat.LEVEL_BROKE: "The latest months have left what was usual before; what follows them is less sure.",
    Caveat.SMALL_NUMBERS: "The numbers are small: a few people more or fewer change this.",
}


def chance(p: float) -> str:
    """A chance as people say it, no finer than it has been checked.

    >>> chance(0.004), chance(0.07), chance(0.52), chance(0.97)
    ('under 1 in 20', 'about 1 in 10', 'about 5 in 10', 'over 19 in 20')
    """
    if p < RARE:
        return "under 1 in 20"
    if p > 1 - RARE:
        return "over 19 in 20"
    return f"about {min(max(round(10 * p), 1), 9)} in 10"


def fact(view: OutlookView) -> Fact:
    """The chance under both assumptions, as one of the summary's facts."""
    held, kept = (chance(view.found[a].chance) for a in Assumption)
    name = f"Chance of {level(view.target)} in {month(view.on)}"
    if held == kept:
        return Fact(name, held, "whether nothing more changes or sites keep their recent pace")
    return Fact(name, held, f"if nothing more changes; {kept} if sites keep their recent pace")


def sentence(view: OutlookView) -> str:
    """The chance as a sentence of the lede."""
    held, kept = (view.found[a].chance for a in Assumption)
    goal = f"{level(view.target)} in {month(view.on)}"
    if max(held, kept) < RARE:
        return f"As things stand, reaching {goal} is unlikely: under 1 chance in 20."
    if min(held, kept) > 1 - RARE:
        return f"As things stand, reaching {goal} is likely: over 19 chances in 20."
    return ""


def label(found: Outlook, view: OutlookView) -> str:
    """What the fan assumes, what it comes to, and what to know beside it."""
    low, high = found.quantiles[-1, [0, -1]]
    said = [
        f"{ASSUMED[found.assumption]}, {month(view.on)} lies between {percent(low, 0)} and {percent(high, 0)},"
        f" nine times in ten; the chance of {level(view.target)} is {chance(found.chance)}."
    ]
    if found.assumption is Assumption.RECENT_PACE:
        said.append(f"{_pace(found)}")
    return " ".join([*said, *(_CAVEATS[c] for c in found.caveats)])


def _pace(found: Outlook) -> str:
    moved = points(abs(12 * found.pace))
    if moved == "0.0" or abs(found.pace) < found.pace_error:
        return "The recent pace cannot be told from standing still."
    way = "up" if found.pace > 0 else "down"
    return f"The recent pace is {moved} points a year {way}."


def alt(view: OutlookView, found: Outlook) -> str:
    """The fan in words, for the chart's name."""
    low, high = found.quantiles[-1, [0, -1]]
    until = f"{month_name(view.on)} {view.on.year}"
    return f"{ASSUMED[found.assumption].lower()}, {percent(low, 0)} to {percent(high, 0)} in {until}, 9 chances in 10"
