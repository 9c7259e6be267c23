"""What a funnel of sites says: who differs by more than chance and ordinary differences, and why not to hurry."""

from __future__ import annotations

import math
from collections.abc import Sequence

from measures import format
from measures.format import in_words
from measures.model import Direction

RANGE = "the range that chance and ordinary differences between sites explain"
OUTSIDE_BY_LUCK = 0.05
"""Share of sites that chance and ordinary differences put outside the shaded band."""
_MOST_NAMES = 6


def heading(sites: int, better: int, other: int = 0, *, direction: str = Direction.UP) -> str:
    """How many of ``sites`` lie within the range, and how many on the good side and the ``other`` side do not.

    Both must be given for the sentence to be true.

    >>> heading(134, 3)
    '131 of 134 sites lie within the range that chance and ordinary differences between sites explain; 3 are better...'
    >>> heading(20, 0)
    'All 20 sites lie within the range that chance and ordinary differences between sites explain'
    """
    if sites == 0:
        return "No site has figures to compare yet"
    if sites == 1:
        return "There is one site, and nothing to compare it with yet"
    within = sites - better - other
    if within == sites:
        return f"{'Both' if sites == 2 else 'All'} {'' if sites == 2 else f'{sites} '}sites lie within {RANGE}"
    inside = (
        f"{within} of {sites} sites {'lies' if within == 1 else 'lie'}" if within else f"Not one of {sites} sites lies"
    )
    if direction == Direction.NEITHER:
        apart = better + other
        return f"{inside} within {RANGE}; {apart} {'differs' if apart == 1 else 'differ'} by more than that"
    said = [f"{better} {'is' if better == 1 else 'are'} better than that"] if better else []
    said += [f"{other} could use a hand"] if other else []
    return f"{inside} within {RANGE}; {' and '.join(said)}"


def lede(sites: int, outside: int, named: int = 0, q: float = 0.1) -> str:
    """How many lie outside the shaded band beside how many luck would put there, and what it takes to be named.

    ``outside``: sites beyond their 95 % limits; ``named``: those called, of whom a share ``q`` may be so by luck.

    >>> lede(134, 20, 3)
    'About seven of 134 sites would lie outside the band by luck alone; 20 do. ...'
    """
    if sites < 2:
        return ""
    luck = round(sites * OUTSIDE_BY_LUCK)
    usual = f"About {in_words(luck)} of {sites} sites" if luck else f"Hardly one of {sites} sites"
    does = "does" if outside == 1 else "do"
    said = f"{usual} would lie outside the band by luck alone; {in_words(outside) if outside else 'none'} {does}."
    if not named:
        return f"{said} To be marked, a site must be further out than luck would put any of so many."
    share = in_words(round(1 / q))
    return (
        f"{said} Marked are those that luck would hardly put there: of every {share} marked, about one may still be so."
    )


def caution(phi: float, *, widened: bool, allowed: bool = True) -> str:
    """What the range allows for: differences that are nobody's doing.

    ``phi``: how many times as large as chance the squared differences are; ``widened``: whether the range allows for
    it; ``allowed``: False where over-dispersion was switched off.

    >>> caution(0.8, widened=False)
    'Sites differ no more than luck alone would make them, so the range shows luck and nothing else.'
    """
    reasons = "they care for different people, in different places, and do not all count alike"
    if not allowed:
        return (
            f"The range shows luck alone. Sites also differ because {reasons}, so many lie outside it for reasons that"
            " are nobody’s doing."
        )
    if not widened:
        return "Sites differ no more than luck alone would make them, so the range shows luck and nothing else."
    times = math.sqrt(phi)
    much = f"about {in_words(round(times))} times as much as" if times >= 1.5 else "somewhat more than"
    return (
        f"Sites differ {much} luck alone would make them: {reasons}. The range is widened to allow for such ordinary"
        " differences; without that, sites would stand out for whom they care for, not for how."
    )


def regression() -> str:
    """Why one unusual figure is not a finding.

    >>> regression().split(",")[0]
    'A site far from the others this time will most likely be nearer to them next time even if nothing changes'
    """
    return (
        "A site far from the others this time will most likely be nearer to them next time even if nothing changes,"
        " because part of any unusual figure is luck: visit, ask and wait for a second figure before copying it."
    )


def few(sites: int) -> str:
    """Why to take the range of few sites lightly.

    >>> few(7)
    'With seven sites, how much sites ordinarily differ is little more than a guess: take the range as a sketch.'
    """
    many = format.count(sites, "site") if sites > 12 else f"{in_words(sites)} {'site' if sites == 1 else 'sites'}"
    return f"With {many}, how much sites ordinarily differ is little more than a guess: take the range as a sketch."


def chart_unit(measure: str, sizes: str) -> str:
    """What is drawn, under the chart's title.

    >>> chart_unit("Share seen within four hours", "attendances")
    'Share seen within four hours. Each dot is a site, further right the more attendances it has. Inside the band, ...'
    """
    return (
        f"{measure}. Each dot is a site, further right the more {sizes} it has. Inside the band, sites differ no more"
        " than sites of their size usually do."
    )


def alt(
    measure: str,
    centre: str,
    sites: int,
    better: Sequence[str],
    other: int = 0,
    *,
    direction: str = Direction.UP,
) -> str:
    """The chart in words. ``centre``: the figure of all sites together; ``better``: the names of those marked.

    >>> alt("Share seen in time", "86.2%", 20, ["Riverbank"])
    'Share seen in time of 20 sites by their size, around 86.2% for all together: 19 lie within the range that chance
    and ordinary differences between sites explain; Riverbank is better than that'
    """
    if not sites:
        return f"{measure}: no site has figures yet"
    whose = format.count(sites, "site")
    start = f"{measure} of {whose} by {'its' if sites == 1 else 'their'} size, around {centre} for all together"
    if sites == 1:
        return start
    within = sites - len(better) - other
    apart = "more than that" if direction == Direction.NEITHER else "better than that"
    inside = f"{start}: {in_words(within) if within else 'none'} {'lies' if within == 1 else 'lie'} within {RANGE}"
    if within == sites:
        return f"{start}: all of them lie within {RANGE}"
    said = []
    if better:
        verb = ("differs" if len(better) == 1 else "differ") if direction == Direction.NEITHER else _are(len(better))
        by = "by " if direction == Direction.NEITHER else ""
        said.append(f"{_listed(better)} {verb} {by}{apart}")
    if other:
        said.append(f"{in_words(other)} could use a hand")
    return f"{inside}; {'; '.join(said)}"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    """Names where they are few and known, else how many."""
    known = [name for name in names if name]
    if not 0 < len(known) == len(names) <= _MOST_NAMES:
        return in_words(len(names))
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"
