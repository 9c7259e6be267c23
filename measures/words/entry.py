"""What the entry page says: before, after, and about who wrote what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from measures import format
from measures.format import in_words, month, month_name
from measures.model import Campaign, Measure
from measures.review.views import SiteView
from measures.words.chart import is_seasonal


def due_heading(period: date, reported: bool, days_left: int) -> str:
    """What a team is asked for."""
    if reported:
        return f"{month(period)} is in. Thank you."
    if days_left < 0:
        return f"{month(period)} is still to come in"
    return f"{month(period)} is due"


def numbers_due(n: int) -> str:
    """
    >>> numbers_due(3)
    'Three numbers'
    """
    return f"{in_words(n).capitalize()} {'number' if n == 1 else 'numbers'}"


def due_line(n: int, reported: bool, when: str) -> str:
    """What a team is asked for, in a line under the headline."""
    if reported:
        return "You can still change it. What was there before stays in its history."
    return f"{numbers_due(n)}, {when}."


def due_when(due: date, days_left: int) -> str:
    """
    >>> due_when(date(2019, 5, 15), 5), due_when(date(2019, 5, 15), 0)
    ('due by 15 May, five days left', 'due today')
    """
    if days_left < 0:
        return f"was due by {format.day_short(due)}"
    if days_left == 0:
        return "due today"
    return f"due by {format.day_short(due)}, {in_words(days_left)} {'day' if days_left == 1 else 'days'} left"


def expectation(value: float, lower: float, upper: float, name: str, season: str = "") -> str:
    """Where a number not saved yet lies; ``season`` is said of a range that is for this time of year."""
    if format.missing(upper):
        return "There is no expected range yet."
    side = "Above" if value > upper else "Below" if value < lower else "Within"
    return f"{side} what {name} usually sees{season}."


def before_preview(measure: Measure) -> str:
    """What stands where the result will be, while there is none."""
    what = f"The share {measure.verb}" if measure.form.has_denominator else "Your number"
    return f"{what} appears here as you type, its point drawn hollow. Nothing is saved until you say so."


def preview_alt(period: date, there: bool) -> str:
    """The small chart beside the result, in words."""
    return f"The last months, and {month(period)} not saved yet" if there else "The last months"


def preview(view: SiteView, before: pd.DataFrame, period: date, value: float) -> str:
    """What a number not saved yet comes to, beside the month before it and the expected range.

    Where the limits follow the season, that range is the one of the same month a year or more ago.
    """
    measure = view.measure
    if not len(before):
        return f"{measure.verb}."
    last = before.iloc[-1]
    then = f"{format.value(measure, last['value'])} in {month_name(last['period'])}"
    lower, upper, season = last["lower"], last["upper"], ""
    if is_seasonal(view):
        alike = (before["period"].dt.month == period.month) & (before["phase"] == last["phase"])
        rows = before[alike.to_numpy()].tail(1)
        lower, upper = (rows[side].iloc[0] if len(rows) else float("nan") for side in ("lower", "upper"))
        season = " at this time of year"
    return f"{measure.verb}; {then}. {expectation(value, lower, upper, view.site.name, season)}"


def query(campaign: Campaign, measure_id: str, x: float, low: float, high: float) -> str:
    """Why a number is asked about before it is saved."""
    measure = campaign.measure(measure_id)
    said = f"{measure.short}: {format.value(measure, x)} would be unusual here."
    usual = f"In the last twelve months it lay between {format.value(measure, low)} and {format.value(measure, high)}."
    digits = low > 0 and (x >= 5 * high or x <= low / 5)
    return f"{said} {usual}{' Is there a digit too many or too few?' if digits else ' Is it right?'}"


def saved_by(view: SiteView, period: date, who: str, streak: int) -> str:
    """Who saved what, and how reliably this team reports."""
    parts = []
    for measure in sorted(view.campaign.measures, key=lambda m: m.order):
        row = view.others[
            ((view.others["measure"] == measure.id) & (view.others["period"] == pd.Timestamp(period))).to_numpy()
        ]
        if len(row) and measure.form.has_denominator:
            r = row.iloc[0]
            parts.append(f"{format.number(r['numerator'])} of {format.number(r['denominator'])} {measure.verb}")
    said = f"{'; '.join(parts)}. Saved by {who} just now." if parts else f"Saved by {who} just now."
    if streak >= 3:
        said += f" That is {in_words(streak)} months reported in a row."
    return said


def revision(row: Mapping[str, object], measure: Measure, at: datetime) -> tuple[str, str]:
    """One line of a cell's history: who and when, and what was written in place of what."""
    now, was = (
        _cell(measure, *(row[f"{prefix}{name}"] for name in ("numerator", "denominator", "value")), empty="nothing")
        for prefix in ("", "from_")
    )
    what = now
    if row["rev"] > 1:
        what = f"{now}, before that {was}" if now != was else f"{now}, unchanged"
    if not format.missing(row["undoes"]):
        what += " (an undo)"
    who = f"{row['actor']}, {format.day(at)} at {at:%H:%M} UTC"
    return who, f"{measure.short}: {what}" + (f". “{row['note']}”" if row["note"] else "")


def clashes(campaign: Campaign, found: Sequence[object]) -> list[str]:
    """What somebody else saved while this person was typing."""
    said = []
    for clash in found:
        measure = campaign.measure(clash.measure)
        if clash.at is None:
            said.append(f"{measure.short}: nothing is saved any more.")
            continue
        shown = _cell(measure, clash.numerator, clash.denominator, clash.value, empty="blank")
        said.append(f"{measure.short}: {clash.actor} saved {shown} at {clash.at:%H:%M} UTC on {format.day(clash.at)}.")
    return said


def _cell(measure: Measure, numerator: object, denominator: object, value: object, empty: str) -> str:
    """What a cell holds, in words."""
    if measure.form.has_denominator:
        return empty if format.missing(numerator) else f"{format.number(numerator)} of {format.number(denominator)}"
    return empty if format.missing(value) else format.value(measure, value)
