"""What the entry page says: before, after, and about who wrote what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from measures import format
from measures.format import capital, in_words, period_name
from measures.model import Campaign, Family, Form, Measure
from measures.review.views import SiteView
from measures.words.chart import is_seasonal


def due_heading(period: date, reported: bool, days_left: int, frequency: str = "month") -> str:
    """What a team is asked for."""
    when = capital(format.period(period, frequency))
    if reported:
        return f"{when} is in. Thank you."
    return f"{when} is still to come in" if days_left < 0 else f"{when} is due"


def thanks(period: date, frequency: str = "month") -> str:
    """
    >>> thanks(date(2019, 4, 1))
    'April is in. Thank you.'
    """
    return f"{capital(period_name(period, frequency))} is in. Thank you."


def asked_for(numbers: int, answers: int = 0) -> str:
    """How much there is to type.

    >>> asked_for(3), asked_for(1, 1), asked_for(0, 2)
    ('Three numbers', 'One number and a yes or no', 'Two times yes or no')
    """
    yes_no = "" if not answers else "a yes or no" if answers == 1 else f"{in_words(answers)} times yes or no"
    typed = f"{in_words(numbers)} {'number' if numbers == 1 else 'numbers'}" if numbers else ""
    return capital(" and ".join(part for part in (typed, yes_no) if part))


def due_line(asked: str, reported: bool, when: str) -> str:
    """What a team is asked for, in a line under the headline."""
    if reported:
        return "You can still change it. What was there before stays in its history."
    return f"{asked}, {when}."


def due_when(due: date, days_left: int) -> str:
    """
    >>> due_when(date(2019, 5, 15), 5), due_when(date(2019, 5, 15), 0), due_when(date(2019, 5, 15), -40)
    ('due by 15 May, five days left', 'due today', 'due by 15 May, 40 days late')
    """
    return "due today" if days_left == 0 else f"due by {format.day_short(due)}, {_days(days_left)}"


def _days(left: int) -> str:
    days = f"{in_words(abs(left))} {'day' if abs(left) == 1 else 'days'}"
    return f"{days} late" if left < 0 else f"{days} left"


def slot(period: date, frequency: str, days_left: int) -> str:
    """One open period in a short list.

    >>> slot(date(2019, 4, 1), "month", 12), slot(date(2019, 2, 1), "month", -40), slot(date(2024, 6, 3), "week", 0)
    ('April · due in 12 days', 'February · 40 days late', 'The week of 3 June · due today')
    """
    days = format.count(abs(days_left), "day")
    when = f"{days} late" if days_left < 0 else f"due in {days}" if days_left else "due today"
    return f"{capital(period_name(period, frequency))} · {when}"


NOTHING_DUE = "Nothing is due. Thank you."


def nothing_due(latest: date, frequency: str, coming: tuple[date, date] | None) -> list[str]:
    """What stands under "nothing is due": what is in, and what comes next as (period, due on); None after the end.

    >>> print(*nothing_due(date(2019, 4, 1), "month", (date(2019, 5, 1), date(2019, 6, 15))))
    April is in. The next is May, due by 15 June.
    """
    said = [f"{capital(period_name(latest, frequency))} is in."]
    if coming:
        said.append(f"The next is {period_name(coming[0], frequency)}, due by {format.day_short(coming[1])}.")
    return said


def change_earlier(frequencies: Sequence[str]) -> str:
    """
    >>> change_earlier(["month"]), change_earlier(["week", "month"])
    ('Change an earlier month', 'Change an earlier report')
    """
    return f"Change an earlier {frequencies[0] if len(frequencies) == 1 else 'report'}"


def draft_kept(at: datetime, today: date) -> str:
    """
    >>> draft_kept(datetime(2024, 6, 12, 10, 42), date(2024, 6, 12))
    'Your draft from 10:42 was kept.'
    >>> draft_kept(datetime(2024, 6, 3, 10, 42), date(2024, 6, 12))
    'Your draft from 10:42 on 3 June was kept.'
    """
    on = "" if at.date() == today else f" on {format.day_short(at)}"
    return f"Your draft from {at:%H:%M}{on} was kept."


# --- one field ---------------------------------------------------------------------------------------


def figure(measure: Measure, x: float) -> str:
    """A field's number: a count, a decimal, or yes and no in the measure's own words."""
    if measure.form is Form.YES_NO:
        return answers(measure)[0 if x == 1 else 1].lower()
    return exact(x)


def exact(x: float) -> str:
    """A number with all the decimals it has, up to six.

    >>> exact(1500.0), exact(2.25)
    ('1,500', '2.25')
    """
    text = format.number(x, 6)
    return text.rstrip("0").rstrip(".")


def answers(measure: Measure) -> tuple[str, str]:
    """What a yes and a no are called."""
    return ("Reached", "Not yet") if measure.family is Family.MILESTONE else ("Yes", "No")


def before(measure: Measure, numbers: Sequence[tuple[date, float]]) -> str:
    """The last values beside a field, newest first; a week by its first day, or the line would not fit a phone."""
    week = measure.frequency == "week"
    named = (f"{format.day_short(p)}:" if week else capital(period_name(p, measure.frequency)) for p, _ in numbers)
    return " · ".join(f"{name} {figure(measure, x)}" for name, (_, x) in zip(named, numbers, strict=True))


def recent(measure: Measure, line: Sequence[float]) -> str:
    """The tiny chart beneath a field, for those who cannot see it."""
    known = [x for x in line if not format.missing(x)]
    over = (
        f"The {measure.frequency} before"
        if len(line) == 1
        else f"The {in_words(len(line))} {measure.frequency}s before"
    )
    if not known:
        return f"{over}: nothing reported"
    gaps = f", {in_words(len(line) - len(known))} not reported" if len(known) < len(line) else ""
    if measure.form is Form.YES_NO:
        return f"{over}: yes in {in_words(sum(x == 1 for x in known))} of {in_words(len(known))}{gaps}"
    low, high = (figure(measure, x) for x in (min(known), max(known)))
    return f"{over}: between {low} and {high}, most recently {figure(measure, known[-1])}{gaps}"


def saved_as(measure: Measure, x: float | None) -> str:
    """What a number typed in another unit is kept as."""
    return f"Saved in {measure.unit}" if x is None else f"Saved as {exact(x)} {measure.unit}"


# --- before saving -----------------------------------------------------------------------------------


def expectation(value: float, lower: float, upper: float, name: str, season: str = "") -> str:
    """Where a number not saved yet lies; ``season`` is said of a range that is for this time of year."""
    if format.missing(upper):
        return "There is no expected range yet."
    side = "Above" if value > upper else "Below" if value < lower else "Within"
    return f"{side} what {name} usually sees{season}."


def before_preview(measure: Measure) -> str:
    """What stands where the result will be, while there is none."""
    share, rate = f"The share {measure.verb}", "The rate"
    what = share if measure.form is Form.PROPORTION else rate if measure.form is Form.RATE else "Your number"
    return f"{what} appears here as you type, its point drawn hollow. Nothing is saved until you say so."


def preview_alt(period: date, there: bool, frequency: str = "month") -> str:
    """The small chart beside the result, in words."""
    last = f"The last {frequency}s"
    return f"{last}, and {format.period(period, frequency)} not saved yet" if there else last


def preview(view: SiteView, before: pd.DataFrame, period: date, value: float) -> str:
    """What a number not saved yet comes to, beside the one before it and the expected range.

    Where the limits follow the season, that range is the one of the same month a year or more ago.
    """
    measure = view.measure
    if not len(before):
        return f"{measure.verb}." if measure.verb else ""
    last = before.iloc[-1]
    then = f"{format.value(measure, last['value'])} in {period_name(last['period'], measure.frequency)}"
    lower, upper, season = last["lower"], last["upper"], ""
    if is_seasonal(view):
        alike = (before["period"].dt.month == period.month) & (before["phase"] == last["phase"])
        rows = before[alike.to_numpy()].tail(1)
        lower, upper = (rows[side].iloc[0] if len(rows) else float("nan") for side in ("lower", "upper"))
        season = " at this time of year"
    what = f"{measure.verb}; {then}" if measure.verb else f"against {then}"
    return f"{what}. {expectation(value, lower, upper, view.site.name, season)}"


def query(campaign: Campaign, measure_id: str, x: float, low: float, high: float) -> str:
    """Why a number is asked about before it is saved."""
    measure = campaign.measure(measure_id)
    said = f"{measure.short}: {format.value(measure, x)} would be unusual here."
    usual = (
        f"In the last twelve {measure.frequency}s it lay between {format.value(measure, low)}"
        f" and {format.value(measure, high)}."
    )
    digits = low > 0 and (x >= 5 * high or x <= low / 5)
    return f"{said} {usual}{' Is there a digit too many or too few?' if digits else ' Is it right?'}"


# --- after saving ------------------------------------------------------------------------------------


def saved_by(view: SiteView, period: date, frequency: str, who: str, streak: int) -> str:
    """Who saved what, and how reliably this team reports; ``streak`` counts periods of the outcome's frequency."""
    parts, there = [], (view.others["period"] == pd.Timestamp(period)).to_numpy()
    for measure in sorted(view.campaign.measures, key=lambda m: m.order):
        row = view.others[there & (view.others["measure"] == measure.id).to_numpy()]
        if not len(row) or measure.frequency != frequency or measure.form is Form.COUNT:
            continue
        r = row.iloc[0]
        if measure.form is Form.PROPORTION:
            parts.append(f"{format.number(r['numerator'])} of {format.number(r['denominator'])} {measure.verb}")
        elif measure.form is Form.YES_NO:
            parts.append(f"{measure.short} {figure(measure, r['value'])}")
        else:
            parts.append(f"{measure.short}: {format.value(measure, r['value'])}")
    said = f"{'; '.join(parts)}. Saved by {who} just now." if parts else f"Saved by {who} just now."
    return " ".join(part for part in (said, running(streak, view.measure.frequency, frequency)) if part)


COMMITTED = {"week": 13, "month": 3, "quarter": 1}
"""How many periods of reporting in a row are three months: a team that does is fully committed."""


def running(streak: int, every: str, saved: str) -> str:
    """How many periods in a row were reported; nothing where what was saved is of another frequency.

    >>> running(1, "month", "month"), running(2, "month", "month")
    ('', 'That is two months reported in a row; from three on, your team counts as fully committed.')
    >>> running(3, "month", "month")
    'That is three months reported in a row: your team is fully committed.'
    """
    enough = COMMITTED.get(every, 3)
    if every != saved or (streak < 2 and enough > 1):
        return ""
    said = f"That is {in_words(streak)} {every}{'' if streak == 1 else 's'} reported in a row"
    if streak >= enough:
        return f"{said}: your team is fully committed."
    return f"{said}; from {in_words(enough)} on, your team counts as fully committed."


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
    if format.missing(value) or measure.form is Form.YES_NO:
        return empty if format.missing(value) else figure(measure, value)
    return format.value(measure, value)
