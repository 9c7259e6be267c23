"""What is said of lasting changes: what was declared, how large it is, and how sure.

Two chances are told, and they are not the same. For one site: how often a site where nothing changes ever shows as
much, at any of the looks (``p``). For a list: about how many of those listed are there by luck (a share ``FDR``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from measures import format
from measures.format import capital, in_words
from measures.model import Direction, Form, Measure
from measures.review.flags import FEWEST_AFTER
from measures.review.lasting import Family, OfSites
from measures.review.signals import FDR, FEWEST_BEFORE, Status, Way, by_luck

GOOD, OTHER = (Way.IMPROVEMENT, Way.UP), (Way.DETERIORATION, Way.DOWN)


# --- one signal --------------------------------------------------------------------------------------


def title(row: Mapping[str, object], measure: Measure) -> str:
    """What changed, since when: "Improved since October 2018"."""
    since = format.period(row["since"], measure.frequency)
    below = float(row["effect"]) < 0
    level = "lower" if below else "higher"
    return {
        Way.IMPROVEMENT: f"Improved since {since}",
        Way.DETERIORATION: f"Could use a look: {level} since {since}",
    }.get(Way(str(row["direction"])), f"{capital(level)} since {since}")


def effect(row: Mapping[str, object], measure: Measure) -> str:
    """How large it is, and between what bounds.

    >>> from measures.model import Family, Form
    >>> one = Measure("a", "Seen", "Seen", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "")
    >>> effect({"effect": 0.0212, "low": 0.009, "high": 0.0331}, one)
    'By about 2.1 points (between 0.9 and 3.3).'
    >>> effect({"effect": -0.0212, "low": -0.0331, "high": 0.002}, one)
    'By about 2.1 points (between hardly anything and 3.3).'
    """
    size = float(row["effect"])
    sign = -1 if size < 0 else 1
    ends = sorted(sign * float(row[name]) for name in ("low", "high"))
    unit = _unit(measure)
    about, low, high = (_figure(measure, x) for x in (sign * size, *ends))
    low = "hardly anything" if ends[0] <= 0 else low
    return f"By about {about}{unit} (between {low} and {high})."


def sure(p: float) -> str:
    """How often a site where nothing changed would show as much.

    >>> sure(0.004)
    'A change as lasting as this is seen in fewer than 1 in 100 sites where nothing changed, however often one looks.'
    """
    bound = next((n for n in (10_000, 1_000, 100) if p < 1 / n), 0)
    often = (
        f"fewer than 1 in {format.number(bound)}" if bound else f"about 1 in {format.number(round(1 / max(p, 1e-9)))}"
    )
    return f"A change as lasting as this is seen in {often} sites where nothing changed, however often one looks."


def told(row: Mapping[str, object], measure: Measure) -> str:
    """When it could first be told: "Told from the figures of November 2018 on"."""
    return f"It could be told from the figures of {format.period(row['declared'], measure.frequency)} on."


def left(row: Mapping[str, object], measure: Measure) -> str:
    """What to know where less than half of a change is left; "" where it has held."""
    if not faded(row):
        return ""
    unit = measure.frequency
    return f"In the latest six {unit}s less than half of that is left: see the chart."


def faded(row: Mapping[str, object]) -> bool:
    """Whether less than half of a change is left by now."""
    size, now = float(row["effect"]), float(row["now"])
    return bool(now * (1 if size > 0 else -1) * 2 < abs(size))


def sentence(row: Mapping[str, object], measure: Measure) -> str:
    """A signal in one line of a list: "Improved since October 2018, by about 2.1 points (between 0.9 and 3.3)."."""
    said = effect(row, measure)
    return " ".join(filter(None, [f"{title(row, measure)}, {said[0].lower()}{said[1:]}", left(row, measure)]))


def mark(row: Mapping[str, object], measure: Measure) -> tuple[date, str]:
    """What stands on the chart at the period since when it is so."""
    what = {
        Way.IMPROVEMENT: "Improved since",
        Way.DETERIORATION: "Lower since" if float(row["effect"]) < 0 else "Higher since",
    }
    way = Way(str(row["direction"]))
    level = what.get(way, "Lower since" if way == Way.DOWN else "Higher since")
    since = format.to_date(row["since"])
    when = format.month_short(since) if measure.frequency != "week" else format.day(since)
    return since, f"{level} {when}"


def _unit(measure: Measure) -> str:
    if measure.form is Form.PROPORTION:
        return " points"
    return f" {measure.unit}" if measure.unit and measure.form is not Form.COUNT else ""


def _figure(measure: Measure, x: float) -> str:
    """A difference without its unit, with enough decimals to be more than nought."""
    if measure.form is Form.PROPORTION:
        return format.points(x)
    return format.number(x, 0 if abs(x) >= 100 else 1 if abs(x) >= 1 else 2)


# --- many signals ------------------------------------------------------------------------------------


def luck(count: int) -> str:
    """How many of a list of signals are there by luck.

    >>> luck(6), luck(40)
    ('Of these six, fewer than one would be here by luck.', 'Of these 40, about two would be here by luck.')
    >>> luck(1), luck(0)
    ('Of every 20 signals like this, about one is there by luck.', '')
    """
    if count < 2:
        return f"Of every {round(1 / FDR)} signals like this, about one is there by luck." if count else ""
    return f"Of these {in_words(count)}, {_about(by_luck(count))} would be here by luck."


def _about(expected: float) -> str:
    return "fewer than one" if expected < 1 else f"about {in_words(round(expected))}"


def counts(lasting: OfSites) -> str:
    """How many sites have changed in a way that lasts, by direction."""
    family, measure = lasting.family, lasting.family.measure
    if not family.tested:
        return nobody(family)
    good, other = lasting.count(*GOOD), lasting.count(*OTHER)
    of = f"of {format.count(lasting.open_sites, 'site')}"
    if not good + other:
        return f"At none {of} has {_short(measure)} changed yet in a way that lasts."
    if measure.better == Direction.NEITHER:
        said = [
            f"is higher than it was at {in_words(good)}" if good else "",
            f"lower at {in_words(other)}" if other else "",
        ]
        joined = " and ".join(filter(None, said)).replace(
            "lower at", "is lower than it was at" if not good else "lower at"
        )
        return f"{capital(_short(measure))} {joined} {of}, in a way that lasts."
    improved = f"{capital(in_words(good))} {of} {'has' if good == 1 else 'have'} improved in a way that lasts"
    look = f"{in_words(other)} could use a look"
    if not good:
        their = f"{'it has' if other == 1 else 'they have'} changed the other way, and that lasts"
        return f"{capital(in_words(other))} {of} could use a look: {their}."
    if not other:
        return f"{improved}."
    return f"{improved}; {look}, having changed the other way."


def _short(measure: Measure) -> str:
    label = measure.short
    return f"“{label}”"


def summary(lasting: OfSites) -> list[str]:
    """The campaign's lasting changes as counts, by luck, and what a signal is; no site is named."""
    return [counts(lasting), *filter(None, [luck(len(lasting.declared)), held(lasting), meaning(lasting.family)])]


def held(lasting: OfSites) -> str:
    """At how many of the sites less than half of the change is left."""
    rows = [row for row in lasting.declared.to_dict("records") if faded(row)]
    if not rows:
        return ""
    return f"At {in_words(len(rows))} of them less than half of the change is left by now."


def meaning(family: Family) -> str:
    """What was done to find out."""
    if not family.tested:
        return ""
    unit = family.measure.frequency
    return (
        f"Looked at: {format.count(family.tested, 'site')}, after each of {format.count(family.looks, unit)}, for a"
        f" change that has lasted {in_words(FEWEST_AFTER)} reported {unit}s or more. What charts flag comes and goes."
    )


def nobody(family: Family) -> str:
    """Why no site's changes are looked for."""
    if family.measure.form is Form.YES_NO:
        return "Lasting changes are not looked for in a yes or no."
    if family.status == Status.SEASON.value:
        return f"{SEASON} Nothing is declared until there is."
    return f"Lasting changes are looked for once sites have reported {_needed(family.measure)} before the start."


SEASON = "The season cannot be told from a change here: there is not a whole year of figures from before the start."


def _needed(measure: Measure) -> str:
    return f"{in_words(FEWEST_BEFORE)} {measure.frequency}s"


def listed(lasting: OfSites) -> dict[str, list[str]]:
    """Each site's signals as sentences, by site's id."""
    found: dict[str, list[str]] = {}
    for row in lasting.declared.to_dict("records"):
        found.setdefault(str(row["site"]), []).append(sentence(row, lasting.family.measure))
    return found


def flags_caution(lasting: OfSites, sites: Sequence[str]) -> str:
    """What to know of a list of sites whose charts flag the newest point: how many of them have a signal."""
    if not sites or not lasting.family.tested:
        return ""
    with_signal = lasting.declared.loc[lasting.declared["site"].isin(list(sites)).to_numpy(), "site"].nunique()
    start = "What charts flag comes and goes"
    if not with_signal:
        return f"{start}; at none of these has a lasting change been declared."
    are = "is a lasting change declared" if with_signal == 1 else "are lasting changes declared"
    return f"{start}; at {in_words(with_signal)} of these {are}."
