"""What the summary says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from measures import format
from measures.format import Fact, in_words, level, month, month_name, percent, points
from measures.model import OFF_PATH, ON_PATH, AimVersion, Direction, Measure, Position
from measures.review.season import WINTER, Season
from measures.review.views import SummaryView

COMMON_TO_ALL = 0.75
"""From this share of sites behind their paths, the page says that the reason is common to all."""
BY_LUCK = 0.16
"""Share of sites exactly on their path whose distance from it falls below one standard error: P(Z < -1)."""


def heading(view: SummaryView) -> str:
    """What is so, this month, against the path."""
    if view.period is None or format.missing(view.now.get("value")):
        return "Nothing has been reported yet"
    value, target = view.now["value"], view.now["target"]
    said = f"In {month(view.period)} {percent(value)} were {view.measure.verb}"
    if format.missing(target):
        return f"{said}: a month of the baseline."
    if points(value) == points(target):
        return f"{said}, just as the path asks."
    if _short(view.measure, value, target):
        return f"{said}. The path asks for {percent(target)}."
    return f"{said}, better than the {percent(target)} that the path asks for."


def lede(view: SummaryView) -> list[str]:
    """The why and how sure, a few sentences, each true of the numbers it stands on."""
    if view.period is None or format.missing(view.now.get("value")):
        return ["The first figures appear here as soon as a site reports a month."]
    return [s for s in (_a_year_ago(view), _more_people(view), _waypoint(view)) if s]


def _a_year_ago(view: SummaryView) -> str:
    then = pd.Timestamp(view.period) - pd.DateOffset(years=1)
    before = view.line[(view.line["period"] == then).to_numpy()]
    if not len(before) or format.missing(float(before["value"].iloc[0])):
        return ""
    change = view.now["value"] - float(before["value"].iloc[0])
    if points(change) in ("0.0", format.MINUS + "0.0"):
        return f"That is the same as in {month(then)}."
    return f"That is {points(abs(change))} points {'more' if change > 0 else 'fewer'} than in {month(then)}."


def _swing(found: Season) -> str:
    low, high = in_words(round(found.smallest * 100)), in_words(round(found.largest * 100))
    return low if low == high else f"{low} to {high}"


def season_title(found: Season) -> str:
    """What the years have in common."""
    if found.winter_low:
        return f"Winter takes about {_swing(found)} points every year; compare each month with its own in other years"
    return "The same months, year by year"


def season_unit(view: SummaryView) -> str:
    """What is drawn."""
    return f"{view.measure.name}, each year from {month_name(view.campaign.baseline_start)} on. Bold: the newest year."


def season_alt(view: SummaryView) -> str:
    """The years laid over each other, in words."""
    rows = view.line.dropna(subset="value")
    same = rows[(rows["period"].dt.month == view.period.month).to_numpy()]
    said = ", ".join(f"{percent(v)} in {month(p)}" for p, v in zip(same["period"], same["value"], strict=True))
    return f"{view.measure.name} by month, one line for each year: {said}"


def _more_people(view: SummaryView) -> str:
    line = view.line
    first, last = pd.Timestamp(view.campaign.baseline_start), pd.Timestamp(view.campaign.baseline_end)
    base = line[line["period"].between(first, last).to_numpy()]
    year = line[(line["period"] > last).to_numpy()].tail(12)
    if len(year) < 12 or len(base) != 12:
        return ""
    more, grown = (
        year["numerator"].sum() - base["numerator"].sum(),
        year["denominator"].sum() - base["denominator"].sum(),
    )
    if more <= 0 or grown <= more:
        return ""
    return (
        f"In the year to {month(view.period)} teams saw {format.people(more)} more people in time than in the baseline"
        f" year, while {format.people(grown)} more came."
    )


def _waypoint(view: SummaryView) -> str:
    if not view.versions:
        return ""
    said, newest = "", view.versions[-1]
    passed = [w for w in newest.waypoints if w.on <= view.period]
    if passed:
        was = _value_at(view.line, passed[-1].on)
        if was is not None:
            met = not _short(view.measure, was, passed[-1].level)
            said = (
                f"The aim of {level(passed[-1].level)} in {month(passed[-1].on)} was {'met' if met else 'not met'}:"
                f" {percent(was)}."
            )
    ahead = [w for w in newest.waypoints if w.on > view.period]
    if ahead:
        said = f"{said} {'Next' if said else 'The aim'} is {level(ahead[0].level)} in {month(ahead[0].on)}."
    return said.strip()


def chart_title(view: SummaryView) -> str:
    """How the months since the path began compare with it."""
    since = view.line[view.line["target"].notna().to_numpy() & view.line["value"].notna().to_numpy()]
    if not len(since):
        return "The baseline, before there was a path"
    sign = -1 if view.measure.better == Direction.DOWN else 1
    met = int((sign * (since["value"] - since["target"]) >= 0).sum())
    n = len(since)
    if met == n:
        return f"On or above the path in {'each of' if n > 1 else ''} {format.count(n, 'month')} so far".replace(
            "  ", " "
        )
    if met == 0:
        return f"Short of the path in {'all ' if n > 1 else ''}{format.count(n, 'month')} so far"
    return f"On or above the path in {met} of {format.count(n, 'month')} so far"


def facts(view: SummaryView) -> list[Fact]:
    """The numbers beside the campaign's line."""
    if view.period is None or not view.now or format.missing(view.now["value"]):
        return []
    now, facts = view.now, []
    if not format.missing(now["target"]):
        gap = now["value"] - now["target"]
        people, when = format.people(abs(gap) * now["denominator"]), month_name(view.period)
        size = f"{points(abs(gap))} points"
        if _short(view.measure, now["value"], now["target"]):
            detail = f"about {people} people more than the path allows were not {view.measure.verb} in {when}"
            facts.append(Fact("Short of the path", size, detail))
        else:
            detail = f"about {people} people more than the path asks were {view.measure.verb} in {when}"
            facts.append(Fact("Ahead of the path", size, detail))
    if view.standard is not None:
        s = view.standard
        detail = f"reached it in {month(view.period)}"
        if not format.missing(s["asked"]):
            detail += f"; the aim was most of them ({int(s['asked'])}) by {month(s['asked_on'])}"
        facts.append(Fact(f"Sites at {level(s['standard'])}", f"{int(s['reached'])} of {int(s['reporting'])}", detail))
    share = now["denominator_share"]
    whole = percent(share, 0) if share < 0.995 or now["reporting"] == now["expected"] else "over 99%"
    facts.append(
        Fact(
            "Reporting",
            f"{int(now['reporting'])} of {format.count(int(now['expected']), 'site')}",
            f"{whole} of {view.measure.denominator_label.lower() or 'the total'}",
        )
    )
    return facts


POSITION_ORDER = (
    Position.AHEAD,
    Position.ON_COURSE,
    Position.BEHIND,
    Position.WELL_BEHIND,
    Position.TOO_EARLY,
    Position.TOO_SMALL,
    Position.NO_PATH,
)
POSITION_DETAIL = {
    Position.AHEAD: "ahead of their path",
    Position.ON_COURSE: "on their path, as far as can be told",
    Position.BEHIND: "behind their path",
    Position.WELL_BEHIND: "well behind, two months running",
    Position.TOO_EARLY: "too early to tell",
    Position.TOO_SMALL: "too small to tell",
    Position.NO_PATH: "no path yet",
}


def positions_note(view: SummaryView) -> str:
    """How the judgement was made, and how many of those behind would be there by luck."""
    behind = sum(view.positions.get(p, 0) for p in OFF_PATH)
    judged = behind + sum(view.positions.get(p, 0) for p in ON_PATH)
    if not judged:
        return "A path begins after the baseline; three months of it are needed before anyone is judged against it."
    luck = round(judged * BY_LUCK)
    said = "Judged over three months, each site against its own path and by its own ups and downs."
    if behind >= COMMON_TO_ALL * judged:
        common = "winter, or the pace of the path" if _winter(view) else "the pace of the path"
        return (
            f"{said} When nearly everybody is behind, look first for a reason common to all, such as {common},"
            " before looking at any one site."
        )
    if behind:
        return f"{said} If all {judged} were exactly on their paths, about {luck} would still look behind, by luck."
    return said


def aim_history(view: SummaryView) -> list[tuple[str, str]]:
    """The baseline; then each version of the aim: when and why, and what became of each of its dates."""
    found = [("Baseline", _baseline(view))] if view.versions else []
    for version in view.versions:
        later = [v for v in view.versions if v.number > version.number]
        parts = []
        for w in version.waypoints:
            was = _value_at(view.line, w.on) if view.period and w.on <= view.period else None
            became = None if was is None else f"it was {percent(was)}"
            parts.append(f"{level(w.level)} in {month(w.on)}{_outcome(later, w.on, became)}")
        if milestone := view.milestones.get(version.number):
            became = None if milestone.reached is None else f"{milestone.reached} were"
            said = f"{milestone.asked} sites at {level(milestone.standard)} in {month(milestone.on)}"
            parts.append(said + _outcome(later, milestone.on, became))
        title = f"Version {version.number}, {format.day(version.agreed_on)}"
        found.append((title, f"{'; '.join(parts)}. {version.reason}"))
    return found


def _outcome(later: Sequence[AimVersion], on: date, became: str | None) -> str:
    if later and on >= later[0].in_force_from:
        return " (replaced before it fell due)"
    return f" ({became})" if became else ""


def _baseline(view: SummaryView) -> str:
    """The pooled share of the baseline, beside the comparison line's."""
    first, last = (pd.Timestamp(d) for d in (view.campaign.baseline_start, view.campaign.baseline_end))
    rows = view.line[view.line["period"].between(first, last).to_numpy()]
    said = f"{month(first)} to {month(last)}: {percent(rows['numerator'].sum() / rows['denominator'].sum())}"
    bottom = rows["reference_denominator"].sum()
    if view.reference and bottom:
        return f"{said}. {view.reference}: {percent(rows['reference_numerator'].sum() / bottom)}."
    return f"{said}."


def chart_unit(view: SummaryView) -> str:
    """What the campaign's chart draws."""
    said = f"{view.measure.name}, by month. Dashed: the path agreed at the time."
    return f"{said} Thin: {view.reference[0].lower()}{view.reference[1:]}." if view.reference else said


def _value_at(line: pd.DataFrame, on: date) -> float | None:
    row = line[(line["period"] == pd.Timestamp(on)).to_numpy()]
    return float(row["value"].iloc[0]) if len(row) and not format.missing(float(row["value"].iloc[0])) else None


def _short(measure: Measure, value: float, target: float) -> bool:
    return value > target if measure.better == Direction.DOWN else value < target


def alt(view: SummaryView) -> str:
    """The campaign's chart in words."""
    line = view.line.dropna(subset="value")
    if not len(line):
        return "No figures yet"
    first, last = line.iloc[0], line.iloc[-1]
    said = (
        f"{view.measure.name} by month, from {percent(first['value'])} in {month(first['period'])}"
        f" to {percent(last['value'])} in {month(last['period'])}"
    )
    return said if format.missing(float(last["target"])) else f"{said}; the path asks for {percent(last['target'])}"


def regions_unit(view: SummaryView) -> str:
    """What the table of regions holds."""
    return f"{view.measure.name}, all sites of a region together. Dashed: the path of their shares."


def _winter(view: SummaryView) -> bool:
    return view.measure.seasonal and view.period.month in WINTER
