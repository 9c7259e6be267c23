"""What a funnel of sites says: who differs by more than chance and ordinary differences, and why not to hurry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from measures import format
from measures.format import in_words
from measures.model import Direction, Form, Measure
from measures.review.funnel import FunnelView

EXPLAINED = "chance and ordinary differences explain"
OUTSIDE_BY_LUCK = 0.05
"""Share of sites that chance and ordinary differences put outside the shaded band."""
_MOST_NAMES = 6


def heading(sites: int, better: int, other: int = 0, *, direction: str = Direction.UP, when: str = "") -> str:
    """How many of ``sites`` are called on the good side and, as a number alone, on the ``other`` side.

    Both must be given for the sentence to be true. ``when``: "In March 2019".

    >>> heading(134, 3, when="In March 2019")
    'In March 2019, 3 of 134 sites did better than chance and ordinary differences explain'
    >>> heading(20, 0)
    'All 20 sites differed no more than chance and ordinary differences explain'
    """
    if sites == 0:
        return "No site has figures to compare yet"
    if sites == 1:
        return "There is one site, and nothing to compare it with yet"
    apart = better + other
    if not apart:
        said = f"{'both' if sites == 2 else f'all {sites}'} sites differed no more than {EXPLAINED}"
    elif direction == Direction.NEITHER:
        said = f"{apart} of {sites} sites differed by more than {EXPLAINED}"
    elif other == sites:
        said = f"all {sites} sites could use a hand"
    else:
        most = (
            f"{better} of {sites} sites did better" if better else f"{sites - other} of {sites} sites differed no more"
        )
        said = f"{most} than {EXPLAINED}" + (f"; {other} could use a hand" if other else "")
    return f"{when}, {said}" if when else said[0].upper() + said[1:]


def headline(view: FunnelView | None, months: int) -> str:
    """The page's sentence: which months, how many sites stand out. The other side is a number and no more."""
    if view is None:
        return f"There are not {months} months to compare yet" if months > 1 else heading(0, 0)
    table = view.table
    called = (int(table[side].sum()) for side in ("exceptional", "opposite"))
    return heading(len(table), *called, direction=view.measure.better, when=_when(view.last, months))


def beyond(view: FunnelView) -> int:
    """How many sites lie outside the shaded band."""
    table = view.table
    return int(((table["rate"] < table["lower_95"]) | (table["rate"] > table["upper_95"])).sum())


def span(first: date, last: date) -> str:
    """The months looked at together.

    >>> span(date(2018, 4, 1), date(2019, 3, 1)), span(date(2019, 3, 1), date(2019, 3, 1))
    ('April 2018 to March 2019', 'March 2019')
    """
    return format.month(last) if first == last else f"{format.month(first)} to {format.month(last)}"


def _when(last: date, months: int) -> str:
    many = in_words(months) if months < 10 else months
    return f"Over the {many} months to {format.month(last)}" if months > 1 else f"In {format.month(last)}"


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
    """What the band allows for: differences that are nobody's doing.

    ``phi``: how many times as large as chance the squared differences are; ``widened``: whether the band allows for
    it; ``allowed``: False where over-dispersion was switched off.

    >>> caution(0.8, widened=False)
    'Sites differ no more than luck alone would make them, so the band shows luck and nothing else.'
    """
    reasons = "they care for different people, in different places, and do not all count alike"
    if not allowed:
        return (
            f"The band shows luck alone. Sites also differ because {reasons}, so many lie outside it for reasons that"
            " are nobody’s doing."
        )
    if not widened:
        return "Sites differ no more than luck alone would make them, so the band shows luck and nothing else."
    times = math.sqrt(phi)
    much = f"about {in_words(round(times))} times as much as" if times >= 1.5 else "somewhat more than"
    return (
        f"Sites differ {much} luck alone would make them: {reasons}. The band is widened to allow for such ordinary"
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
    """Why to take the picture of few sites lightly.

    >>> few(7).split(":")[0]
    'With seven sites this picture says little'
    """
    many = format.count(sites, "site") if sites > 12 else f"{in_words(sites)} {'site' if sites == 1 else 'sites'}"
    return (
        f"With {many} this picture says little: how much sites ordinarily differ is hardly more than a guess. Take the"
        " band as a sketch."
    )


def chart_unit(measure: str, sizes: str, when: str = "") -> str:
    """What is drawn, under the chart's title; ``when`` as ``span`` says it.

    >>> chart_unit("Share seen in time", "attendances", "March 2019")
    'Share seen in time, March 2019. Each dot is a site, further right the more attendances it has. Inside the ...'
    """
    return (
        f"{measure}{f', {when}' if when else ''}. Each dot is a site, further right the more {sizes} it has. Inside the"
        " band, sites differ no more than sites of their size usually do."
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
    'Share seen in time of 20 sites by their size, around 86.2% for all together: Riverbank did better than chance and
    ordinary differences explain; the others differed no more than that'
    """
    if not sites:
        return f"{measure}: no site has figures yet"
    whose = format.count(sites, "site")
    start = f"{measure} of {whose} by {'its' if sites == 1 else 'their'} size, around {centre} for all together"
    if sites == 1:
        return start
    if not (better or other):
        return f"{start}: none differed by more than {EXPLAINED}"
    did = "differed by more" if direction == Direction.NEITHER else "did better"
    said = [f"{_listed(better)} {did} than {EXPLAINED}"] if better else []
    said += [f"{in_words(other)} could use a hand"] if other else []
    if len(better) + other < sites:
        said.append(f"the others differed no more than {'that' if better else EXPLAINED}")
    return f"{start}: {'; '.join(said)}"


def _listed(names: Sequence[str]) -> str:
    """Names where they are few and known, else how many."""
    known = [name for name in names if name]
    if not 0 < len(known) == len(names) <= _MOST_NAMES:
        return in_words(len(names))
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} and {known[-1]}"


# ------------------------------------------------------------------ those that are marked


def sizes(measure: Measure) -> str:
    """What a site's size is counted in, in the middle of a sentence: "attendances"."""
    label = measure.denominator_label.strip() or "cases"
    # An abbreviation keeps its capitals: "A&E visits".
    return label if label[1:2] and not label[1].islower() else label[0].lower() + label[1:]


def estimate(measure: Measure, rate: float, size: float, shrunken: float) -> str:
    """A site's figure, what it rests on, and what is likely once luck is taken out of it.

    >>> from measures.model import Family, Form
    >>> one = Measure("a", "Seen in time", "Seen", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "", "Visits")
    >>> estimate(one, 0.931, 21_000, 0.918)
    '93.1% of 21,000 visits, about 91.8% once luck is allowed for'
    >>> estimate(one, 0.931, 210_000, 0.93101)
    '93.1% of 210,000 visits, a figure that luck hardly moves'
    """
    figure, likely = format.value(measure, rate), format.value(measure, shrunken)
    over = "of" if measure.form == Form.PROPORTION else "over"
    start = f"{figure} {over} {format.number(size)} {sizes(measure)}"
    if figure == likely:
        return f"{start}, a figure that luck hardly moves"
    return f"{start}, about {likely} once luck is allowed for"


def marked(called: int) -> str:
    """The title of the list of those that the picture marks as better.

    >>> marked(1), marked(4)
    ('One site is marked in the picture', 'Four sites are marked in the picture')
    """
    return f"{format.capital(in_words(called))} {'site is' if called == 1 else 'sites are'} marked in the picture"


def nobody(direction: str = Direction.UP) -> list[str]:
    """What stands where nobody is listed: a title, and lines beneath it."""
    if direction == Direction.NEITHER:
        return [
            "Nobody is listed for this measure",
            "Neither more nor less of it is better. Sites far from the others often see other people, or count in"
            " another way: worth knowing before anything is read into it.",
        ]
    return [
        "Nobody stands out this time, and that is the usual thing",
        "Good work is going on all the same: a site that gets better against its own past shows as an improvement in"
        " the list long before it stands out from all the others.",
    ]


def left_out(sites: int, hides: bool = False) -> str:
    """How many sites the picture lacks, and why; ``hides`` where small numbers of the measure are not shown.

    >>> left_out(1), left_out(0)
    ('One more site is not shown: a month of its figures is missing.', '')
    """
    if not sites:
        return ""
    if sites == 1:
        return (
            f"One more site is not shown: a month of its figures is missing{', or too small to show' if hides else ''}."
        )
    many, why = in_words(sites), "missing, or too small to show" if hides else "missing"
    return f"{many[0].upper()}{many[1:]} more sites are not shown: a month of their figures is {why}."


def nothing(sites: int, months: int) -> list[str]:
    """Why there is no picture of so few ``sites`` over so many months: a title, and lines beneath it."""
    if sites == 1:
        return ["Nothing to lay beside it yet", "The picture begins with the second site that reports."]
    if months == 1:
        return ["Nothing to lay side by side yet", "The picture begins with the first month that sites have reported."]
    return ["Choose a shorter time above", f"No site has sent its figures for each of the latest {months} months."]


def no_denominators() -> list[str]:
    """Why a campaign without denominators has no funnel: a title, and lines beneath it."""
    return [
        "No measure here can be laid side by side",
        "Sites of different size are compared fairly only where a number is out of something, such as patients seen in"
        " time out of all who came. This campaign’s measures are counts or single values: each site’s own chart says"
        " how it is doing.",
    ]


def not_comparable(measure: Measure, instead: Measure) -> str:
    """Why another measure is shown than the one that was asked for."""
    return (
        f"“{measure.short}” is not out of anything, so sites of different size cannot be laid side by side on it."
        f" You see “{instead.short}”."
    )
