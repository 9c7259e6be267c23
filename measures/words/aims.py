"""What the page of aims says: who is asked for what, by which rule, and where a rule cannot meet the aim."""

from __future__ import annotations

from collections.abc import Sequence

from measures import format
from measures.format import Fact, in_words, level, month, number, percent, points
from measures.model import Direction
from measures.review.aims import RECOMMENDED, AimsView, Ask, Effort

NAMES = {
    Effort.FAILURE_REDUCTION: "Same share of the shortfall",
    Effort.GAP: "Gap to the benchmark",
    Effort.POINTS: "Equal points",
    Effort.RELATIVE: "Equal relative gain",
    Effort.FLOOR: "Common floor",
    Effort.ODDS: "Equal odds",
}
"""What a rule of effort is called on screen."""

BESIDE = "The recommended rule beside"
"""Over the choice of a rule to compare with."""

REGIONS = "By region, A to Z"

NO_AIM = "No aim for a level has been agreed yet", "What each site would be asked for appears here once one is."
NO_SITE = "No site matches", "Take a region away, or try another part of the name."


def means(rule: Effort, view: AimsView) -> str:
    """What a rule asks, in a sentence."""
    end = "0%" if view.measure.better == Direction.DOWN else "100%"
    benchmark = view.asks[Effort.GAP].benchmark
    found = "" if format.missing(benchmark) else f" ({percent(benchmark)})"
    return {
        Effort.FAILURE_REDUCTION: f"Every site closes the same share of its distance to {end}.",
        Effort.GAP: "Every site closes the same share of its distance to the benchmark,"
        f" what is achieved for one person in ten{found}.",
        Effort.POINTS: "Every site is asked for the same number of points.",
        Effort.RELATIVE: "Every site is asked for the same percentage more than it has: most of those who do well.",
        Effort.FLOOR: "Every site below a common level is asked to reach it; those above hold.",
        Effort.ODDS: "Every site multiplies its odds by the same factor: most in the middle, less near either end.",
    }[rule]


def heading(view: AimsView) -> str:
    """How much more the aim asks of everybody together."""
    ask = view.asks[RECOMMENDED]
    more = ask.total - view.pooled * int(ask.sites["denominator"].sum())
    aim = f"{level(view.waypoint.level)} in {month(view.waypoint.on)}"
    sites, change = format.count(len(ask.sites), "site"), "more"
    if view.measure.better == Direction.DOWN:
        more, change = -more, "fewer"
    if round(more) <= 0:
        return f"{aim} asks the {sites} to hold what they have"
    return f"{aim} asks the {sites} for about {format.people(more)} {change} people {view.measure.verb} that month"


def lede(view: AimsView) -> list[str]:
    """Which rule was agreed, by whom, and that it adds up."""
    version = view.version
    said = [f"Version {version.number}, agreed on {format.day(version.agreed_on)} by {version.author}."]
    if view.agreed is not None:
        ask = view.asks[view.agreed]
        said.append(means(view.agreed, view))
        people = int(ask.sites["denominator"].sum())
        if not ask.unmet:
            said.append(f"That adds up to {number(ask.placed)} of {number(people)} people, to the person.")
    if view.merged:
        have = "has" if view.merged == 1 else "have"
        said.append(
            f"{format.count(view.merged, 'site').capitalize()} {have} merged since; what"
            f" {'it was' if view.merged == 1 else 'they were'} asked for stands with the successor."
        )
    return said


def tag_of(rule: Effort, view: AimsView) -> str:
    """What stands under a rule's name: how much it asks, and whether it is the agreed or the recommended one."""
    marks = [word for word, so in (("agreed", rule == view.agreed), ("recommended", rule == RECOMMENDED)) if so]
    mark = f"{format.capital(' and '.join(marks))}. " if marks else ""
    return f"{mark}{format.capital(asked(view.asks[rule]))}."


def outcome(view: AimsView, rule: Effort) -> str:
    """Whether the rule meets the aim, as a sentence."""
    return f"{format.capital(adds_up(view, rule).rstrip('.'))}."


def title(first: Effort, other: Effort) -> str:
    """What the two rules differ in."""
    return f"{NAMES[first]}, beside {_lower(NAMES[other])}"


def unit(view: AimsView) -> str:
    """What the picture draws."""
    return (
        f"How many points more than it starts from a site is asked for by {month(view.waypoint.on)}. A dot is a site."
    )


def start(view: AimsView) -> str:
    """What the axis across is."""
    return f"{view.measure.short} in the baseline year"


def alt(view: AimsView, first: Effort, other: Effort) -> str:
    """The picture in words."""
    return f"Points asked of each site by where it starts. {said(view, first)} {said(view, other)}"


def said(view: AimsView, rule: Effort) -> str:
    """How much a rule asks, at least and at most."""
    ask = view.asks[rule]
    low, high = points(ask.smallest), points(ask.largest)
    if low == high:
        return f"{NAMES[rule]} asks everybody for {low} points."
    return f"{NAMES[rule]} asks for {asked(ask)}."


def facts(view: AimsView, rules: Sequence[Effort]) -> list[Fact]:
    """The numbers beside the picture, one for each rule."""
    return [Fact(NAMES[rule], asked(view.asks[rule]), adds_up(view, rule)) for rule in rules]


def asked(ask: Ask) -> str:
    """How much is asked of a site, at least and at most."""
    low, high = points(ask.smallest), points(ask.largest)
    if low == high:
        return f"{low} points"
    return f"up to {high} points" if low == "0.0" else f"{low} to {high} points"


def adds_up(view: AimsView, rule: Effort) -> str:
    """Whether what the rule asks for is the campaign's aim."""
    ask = view.asks[rule]
    few = len(ask.sites)
    if ask.unmet:
        return f"{number(ask.unmet)} people short of the aim: {ask.reason[:1].lower()}{ask.reason[1:]}"
    said = f"adds up to {number(ask.placed)} people, exactly the aim"
    if ask.over:
        return (
            f"{said}, but only because {format.count(ask.over, 'site')} that it would ask for more than everything"
            f" {'is' if ask.over == 1 else 'are'} held at 100% and the rest asked for more"
        )
    if ask.asked_of < few:
        return (
            f"{said}; {few - ask.asked_of} {'site holds' if few - ask.asked_of == 1 else 'sites hold'} what they have"
        )
    return said


def asked_level(baseline: float, goal: float) -> str:
    """A level asked for, and how many points more that is: the difference of the two figures as they are shown.

    Who is asked for nothing more holds: whole people may round its level down by one of them.

    >>> asked_level(0.842, 0.938), asked_level(0.90449, 0.96294), asked_level(0.9517, 0.9512)
    ('93.8% (+9.6)', '96.3% (+5.9)', '95.2% (holds)')
    """
    if round(goal, 3) <= round(baseline, 3):
        return f"{percent(baseline)} (holds)"
    return f"{percent(goal)} ({points(round(goal, 3) - round(baseline, 3), sign=True)})"


def difference(first: int, other: int) -> str:
    """How many people more (or fewer) the second asks for.

    >>> difference(1000, 940), difference(10, 10)
    ('−60', '0')
    """
    change = other - first
    return f"+{number(change)}" if change > 0 else number(change)


def regions_unit(view: AimsView) -> str:
    """What the table of regions holds."""
    return (
        f"The level asked for in {month(view.waypoint.on)} and, in brackets, points more than the baseline year."
        " The difference is in people that month."
    )


def all_regions_unit(view: AimsView) -> str:
    """What the table of regions holds where all rules stand side by side."""
    return f"The level that each rule asks for in {month(view.waypoint.on)}. Nothing here is decided by looking."


def showing(shown: int, matching: int, total: int) -> str:
    """How many sites are on screen."""
    if matching == total and shown == total:
        return f"{format.count(total, 'site').capitalize()}."
    return f"{number(shown)} of {number(matching)} shown" + ("." if matching == total else f", out of {number(total)}.")


def all_unit(view: AimsView) -> str:
    """What the small pictures draw."""
    return (
        f"Points asked for by {month(view.waypoint.on)}, by where a site starts."
        f" Grey: {_lower(NAMES[RECOMMENDED])}, which is recommended."
    )


def all_title() -> str:
    """The heading over the six rules."""
    return f"{in_words(len(NAMES)).capitalize()} ways to share one aim"


def _lower(name: str) -> str:
    return f"{name[:1].lower()}{name[1:]}"
