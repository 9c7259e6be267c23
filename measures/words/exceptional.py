"""Whom to visit and why, in numbers: never a ranking, and never more certain than the figures are."""

from __future__ import annotations

from datetime import date

from measures import format
from measures.format import in_words
from measures.model import Direction, Form, Measure
from measures.review.exceptional import Side, VisitCounts, Visits
from measures.words.funnel import sizes

LEVEL = "Better than the others, quarter after quarter"
CHANGE = "Got better by more than the others did"


def quarter(first: date, last: date) -> str:
    """The months of a quarter.

    >>> quarter(date(2019, 1, 1), date(2019, 3, 1)), quarter(date(2018, 12, 1), date(2019, 2, 1))
    ('January to March 2019', 'December 2018 to February 2019')
    """
    if first == last:
        return f"the quarter from {format.month(first)}"
    start = format.month_name(first) if first.year == last.year else format.month(first)
    return f"{start} to {format.month(last)}"


def title(found: Visits | None) -> str:
    """How many sites are listed, in all."""
    both = set() if found is None else set(found.level.table["site"])
    if found is not None and found.change is not None:
        both |= set(found.change.table["site"])
    if not both:
        return "Worth a visit: nobody in particular this quarter"
    return f"Worth a visit: {in_words(len(both))} {'site' if len(both) == 1 else 'sites'}"


def lede(found: Visits) -> str:
    """Which quarter, of how many sites, and what it takes to be listed."""
    return (
        f"{format.capital(quarter(found.first, found.last))}, {format.count(found.sites, 'site')} with every figure, A"
        " to Z. Stricter than the marks in the picture: a site must lie outside the whole range of ordinary differences"
        " between sites, and not for one quarter alone. Go and ask what they do."
    )


def nobody(level: bool) -> str:
    """What stands in place of an empty list."""
    if level:
        return (
            "No site lay outside the ordinary range quarter after quarter. Somebody is always at its good end, and that"
            " is the usual thing."
        )
    return "No site changed for the better by more than sites ordinarily do. That is the usual thing."


def luck(side: Side) -> str:
    """How many of the listed would be there by luck; "" where nobody is listed."""
    listed = len(side.table)
    if not listed:
        return ""
    about = round(side.luck)
    if listed == 1:
        return f"It would be here by luck about once in {in_words(max(2, round(1 / side.luck)))} such lists."
    return f"Of these, {f'about {in_words(about)}' if about else 'fewer than one'} would be here by luck."


def once(side: Side) -> str:
    """How many stood out this quarter alone; no names."""
    if not side.once:
        return ""
    many = f"{in_words(side.once)} {'other site' if side.once == 1 else 'other sites'}"
    if not len(side.table):
        many = f"{in_words(side.once)} {'site' if side.once == 1 else 'sites'}"
    return f"{format.capital(many)} stood out this quarter alone: wait for a second figure."


def level_reasons(found: Visits, row: dict) -> list[str]:
    """Why a site is listed by its level: what it reached, how often it was seen, what to expect next."""
    of = found.measure
    figure, expected = format.value(of, row["figure"]), format.value(of, row["expected"])
    over = "of" if of.form == Form.PROPORTION else "over"
    start = f"{figure} {over} {format.number(row['denominator'])} {sizes(of)}, where {format.value(of, row['usual'])}"
    return _lines(f"{start} is usual", seen(row, found.level), _next(figure, expected, found.level))


def change_reasons(found: Visits, row: dict) -> list[str]:
    """Why a site is listed by its change: by how much, how often that was seen, what to expect next."""
    of, side = found.measure, found.change
    over = "of" if of.form == Form.PROPORTION else "over"
    start = (
        f"{change(of, row['figure'])} than in {_before(found)} ({change(of, row['usual'])} was usual), now"
        f" {format.value(of, row['figure'] + _was(of, row))} {over} {format.number(row['denominator'])} {sizes(of)}"
    )
    now, later = change(of, row["figure"]), change(of, row["expected"])
    return _lines(start, seen(row, side), _next(now, later, side, " than a year before" * (not found.season_differs)))


def _lines(*said: str) -> list[str]:
    return [f"{format.capital(one)}." for one in said]


def seen(row: dict, side: Side) -> str:
    """In how many quarters a site stood out, or how likely its lasting place is.

    >>> import pandas as pd
    >>> four = Side(pd.DataFrame(), 0.1, 0, True, 4)
    >>> seen({"times": 3, "seen": 4, "best": 0.5}, four)
    'seen in three of the last four quarters'
    >>> seen({"times": 1, "seen": 4, "best": 0.934}, four)
    'seen in one of the last four quarters, and among the best tenth of sites with a chance of 93%'
    """
    of = int(row["seen"])
    often = "all" if row["times"] == of and of > 1 else in_words(int(row["times"]))
    said = f"seen in {often} of {'the last' if of == side.quarters else 'its'} {in_words(of)} quarters"
    if row["times"] >= 3:
        return said
    chance = format.percent(min(row["best"], 0.99), 0)
    return f"{said}, and among the best tenth of sites with a chance of {chance}"


def _next(figure: str, expected: str, side: Side, than: str = "") -> str:
    """Regression to the mean, with the figure to expect."""
    if expected == figure:
        return "luck hardly moves it: expect about the same next quarter"
    most = "about" if side.lasts else "at best about"
    return f"part of it is luck of the draw: next quarter expect {most} {expected}{than}"


def change(measure: Measure, by: float) -> str:
    """A change, by how much and in which direction.

    >>> from measures.model import Family
    >>> one = Measure("a", "Seen in time", "Seen", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "", "Visits")
    >>> change(one, 0.0946), change(one, -0.004), change(one, 0.0)
    ('9.5 points better', '0.4 points worse', 'no change')
    """
    if measure.form == Form.PROPORTION:
        much = format.points(abs(by))
        nothing, much = much == "0.0", f"{much} points"
    else:
        number = format.number(abs(by), 0 if abs(by) >= 1000 else 1)
        nothing, much = number in ("0", "0.0"), f"{number} {measure.unit}".strip()
    if nothing:
        return "no change"
    good = (by > 0) == (measure.better == Direction.UP)
    return f"{much} {'better' if good else 'worse'}"


def _was(measure: Measure, row: dict) -> float:
    base = measure.rate_base if measure.form == Form.RATE else 1.0
    return base * row["numerator_before"] / row["denominator_before"]


def _before(found: Visits) -> str:
    when = found.before
    if found.season_differs or (when.month, when.day) != (found.first.month, found.first.day):
        return f"the quarter from {format.month(when)}"
    return "the same quarter a year before"


def cautions(found: Visits) -> list[str]:
    """What to keep in mind: few sites, a baseline looked at twice, quarters of different seasons."""
    said = []
    if found.few:
        said.append(
            f"With {in_words(found.sites)} {'site' if found.sites == 1 else 'sites'} how much sites ordinarily differ"
            " is hardly more than a guess: take this list as a hint."
        )
    if found.overlaps:
        said.append(
            "Some of these quarters lie in the baseline. Sites chosen for how they did then will look different"
            " afterwards by luck alone."
        )
    if found.season_differs:
        said.append(
            "There is no quarter a year before to compare with yet, so quarters of different seasons are compared:"
            " part of a change may be the season."
        )
    for side, what in ((found.level, "level"), (found.change, "change")):
        if side is not None and len(side.table) and not side.lasts:
            said.append(f"From a single quarter nobody can tell how much of a {what} lasts.")
    return said


def none_yet(measure: Measure) -> str:
    """Why there is no list at all."""
    if measure.better == Direction.NEITHER:
        return "Neither more nor less of this measure is better, so it cannot say whom to visit."
    return "The list begins with the first whole quarter that sites have reported."


def counted(found: VisitCounts | None) -> str:
    """The same for those who see no names: how many sites are worth a visit.

    >>> from measures.model import Family
    >>> one = Measure("a", "Seen in time", "Seen", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "", "Visits")
    >>> counted(VisitCounts(one, date(2019, 3, 1), 134, 0, 1, 1))
    'In the quarter to March 2019, one of 134 sites is worth a visit: it got better by more than the others did.'
    """
    if found is None or not found.sites:
        return ""
    start = f"In the quarter to {format.month(found.last)}"
    if not found.either:
        return f"{start}, no site stood out so far and so steadily that it is worth a visit for that: the usual thing."
    are = "is" if found.either == 1 else "are"
    start = f"{start}, {in_words(found.either)} of {format.count(found.sites, 'site')} {are} worth a visit"
    one = found.either == 1
    if not found.change:
        return f"{start}: {'it does' if one else 'they do'} better than the others, quarter after quarter."
    if not found.level:
        return f"{start}: {'it' if one else 'they'} got better by more than the others did."
    return (
        f"{start}: {in_words(found.level)} for doing better than the others, quarter after quarter, and"
        f" {in_words(found.change)} for getting better by more than they did."
    )
