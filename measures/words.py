"""Every generated sentence. Plain, warm, exact: what is so, why, how sure, and never a verdict on people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from measures import format
from measures.charts.html import Fact
from measures.format import in_words, level, month, month_name, percent, points
from measures.model import Assurance, Campaign, Direction, Form, Measure, Position, Reporting, Variation
from measures.review.season import season
from measures.review.views import SitesView, SiteView, SummaryView

BY_LUCK = 0.16
"""Share of sites exactly on their path whose distance from it falls below one standard error: P(Z < -1)."""


# --- summary -----------------------------------------------------------------------------------------


def summary_heading(view: SummaryView) -> str:
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


def summary_lede(view: SummaryView) -> list[str]:
    """The why and how sure, a few sentences, each true of the numbers it stands on."""
    if view.period is None or format.missing(view.now.get("value")):
        return ["The first figures appear here as soon as a site reports a month."]
    return [s for s in (_a_year_ago(view), _seasons(view), _more_people(view), _waypoint(view)) if s]


def _a_year_ago(view: SummaryView) -> str:
    then = pd.Timestamp(view.period) - pd.DateOffset(years=1)
    before = view.line[(view.line["period"] == then).to_numpy()]
    if not len(before) or format.missing(float(before["value"].iloc[0])):
        return ""
    change = view.now["value"] - float(before["value"].iloc[0])
    if points(change) in ("0.0", format.MINUS + "0.0"):
        return f"That is the same as in {month(then)}."
    return f"That is {points(abs(change))} points {'more' if change > 0 else 'fewer'} than in {month(then)}."


def _seasons(view: SummaryView) -> str:
    found = season(view.line) if view.measure.seasonal else None
    if found is None or not found.winter_low:
        return ""
    low, high = in_words(round(found.smallest * 100)), in_words(round(found.largest * 100))
    span = low if low == high else f"{low} to {high}"
    return f"Each winter lowers the share and each spring brings it back, {span} points within a year."


def _more_people(view: SummaryView) -> str:
    line = view.line
    first, last = pd.Timestamp(view.campaign.baseline_start), pd.Timestamp(view.campaign.baseline_end)
    base = line[line["period"].between(first, last).to_numpy()]
    year = line[(line["period"] > last).to_numpy()].tail(12)
    if len(year) < 12 or len(base) != 12:
        return ""
    more, grown = year["numerator"].sum() - base["numerator"].sum(), year["denominator"].sum() - base["denominator"].sum()
    if more <= 0 or grown <= more:
        return ""
    return (
        f"In the year to {month(view.period)} teams saw {_people(more)} more people in time than in the baseline year,"
        f" while {_people(grown)} more came."
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


def campaign_chart_title(view: SummaryView) -> str:
    """How the months since the path began compare with it."""
    since = view.line[view.line["target"].notna().to_numpy() & view.line["value"].notna().to_numpy()]
    if not len(since):
        return "The baseline, before there was a path"
    sign = -1 if view.measure.better == Direction.DOWN else 1
    met = int((sign * (since["value"] - since["target"]) >= 0).sum())
    n = len(since)
    if met == n:
        return f"On or above the path in {'each of' if n > 1 else ''} {format.count(n, 'month')} so far".replace("  ", " ")
    if met == 0:
        return f"Short of the path in {'all ' if n > 1 else ''}{format.count(n, 'month')} so far, and close to it in summer" if (
            _close_in_summer(since)
        ) else f"Short of the path in {'all ' if n > 1 else ''}{format.count(n, 'month')} so far"
    return f"On or above the path in {met} of {format.count(n, 'month')} so far"


def _close_in_summer(since: pd.DataFrame) -> bool:
    gap = (since["target"] - since["value"]).abs()
    return bool(len(gap) and gap.min() < 0.005 and since.loc[gap.idxmin(), "period"].month in (5, 6, 7, 8, 9))


def summary_facts(view: SummaryView) -> list[Fact]:
    """The numbers beside the campaign's line."""
    if view.period is None or not view.now or format.missing(view.now["value"]):
        return []
    now, facts = view.now, []
    if not format.missing(now["target"]):
        gap = now["value"] - now["target"]
        people = abs(gap) * now["denominator"]
        if _short(view.measure, now["value"], now["target"]):
            detail = f"about {_people(people)} more people waited longer in {month_name(view.period)} than the path allows"
            facts.append(Fact("Short of the path", f"{points(abs(gap))} points", detail))
        else:
            detail = f"about {_people(people)} more people were {view.measure.verb} in {month_name(view.period)} than the path asks"
            facts.append(Fact("Ahead of the path", f"{points(abs(gap))} points", detail))
    if view.standard is not None:
        s = view.standard
        detail = f"reached it in {month(view.period)}"
        if not format.missing(s["asked"]):
            detail += f"; the aim was most of them ({int(s['asked'])}) by {month(s['asked_on'])}"
        facts.append(Fact(f"Sites at {level(s['standard'])}", f"{int(s['reached'])} of {int(s['reporting'])}", detail))
    share = now["denominator_share"]
    whole = percent(share, 0) if share < 0.995 or now["reporting"] == now["expected"] else "over 99%"
    facts.append(
        Fact("Reporting", f"{int(now['reporting'])} of {format.count(int(now['expected']), 'site')}", f"{whole} of {view.measure.denominator_label.lower() or 'the total'}")
    )
    return facts


POSITION_ORDER = (Position.AHEAD, Position.ON_COURSE, Position.BEHIND, Position.WELL_BEHIND, Position.TOO_EARLY, Position.NO_PATH)
POSITION_DETAIL = {
    Position.AHEAD: "ahead of their path",
    Position.ON_COURSE: "on their path, as far as can be told",
    Position.BEHIND: "behind their path",
    Position.WELL_BEHIND: "well behind, two months running",
    Position.TOO_EARLY: "too early to tell",
    Position.NO_PATH: "no path yet",
}


def positions_note(view: SummaryView) -> str:
    """How the judgement was made, and how many of those behind would be there by luck."""
    behind = sum(view.positions.get(p.value, 0) for p in (Position.BEHIND, Position.WELL_BEHIND))
    judged = behind + sum(view.positions.get(p.value, 0) for p in (Position.AHEAD, Position.ON_COURSE))
    if not judged:
        return "A path begins after the baseline; three months of it are needed before anyone is judged against it."
    luck = round(judged * BY_LUCK)
    said = "Judged over three months, each site against its own path and by its own ups and downs."
    if behind:
        return f"{said} If all {judged} were exactly on their paths, about {luck} would still look behind, by luck."
    return said


def flags_note(view: SummaryView) -> str:
    """What the control charts flag this month, and why that is not yet news."""
    better = sum(n for v, n in view.variations.items() if v.startswith("improvement"))
    worse = sum(n for v, n in view.variations.items() if v.startswith("concern"))
    if not better + worse:
        return f"No chart flags {month_name(view.period)} as unusual." if view.period else ""
    said = (
        f"Against the baseline year the charts flag {format.count(worse, 'site')} for concern and {in_words(better)}"
        f" for improvement in {month(view.period)}."
    )
    if view.measure.seasonal:
        said += " Most such flags come and go with the season, so they are a reason to look, not a verdict."
    return said


def aim_history(view: SummaryView) -> list[tuple[str, str]]:
    """Each version of the aim: when and why, and what became of each of its dates."""
    found = []
    for version in view.versions:
        later = [v for v in view.versions if v.number > version.number]
        parts = []
        for w in version.waypoints:
            was = _value_at(view.line, w.on) if view.period and w.on <= view.period else None
            text = f"{level(w.level)} in {month(w.on)}"
            if was is not None:
                text += f" (it was {percent(was)})"
            elif later:
                text += " (replaced before it fell due)"
            parts.append(text)
        found.append((f"Version {version.number}, {format.day(version.agreed_on)}", f"{'; '.join(parts)}. {version.reason}"))
    return found


def _value_at(line: pd.DataFrame, on: date) -> float | None:
    row = line[(line["period"] == pd.Timestamp(on)).to_numpy()]
    return float(row["value"].iloc[0]) if len(row) and not format.missing(float(row["value"].iloc[0])) else None


def _short(measure: Measure, value: float, target: float) -> bool:
    return value > target if measure.better == Direction.DOWN else value < target


def _people(n: float) -> str:
    """
    >>> _people(145213), _people(1234567), _people(87)
    ('145,000', '1.2 million', '90')
    """
    if n >= 1e6:
        return f"{n / 1e6:.1f} million"
    step = 1000 if n >= 10_000 else 100 if n >= 1000 else 10
    return f"{round(n / step) * step:,}"


# --- sites -------------------------------------------------------------------------------------------


def sites_heading(view: SitesView) -> str:
    """How many stand where against their own paths."""
    counts = view.table["position"].astype(str).value_counts()
    good = int(counts.get(Position.AHEAD.value, 0) + counts.get(Position.ON_COURSE.value, 0))
    behind = int(counts.get(Position.BEHIND.value, 0) + counts.get(Position.WELL_BEHIND.value, 0))
    if not len(view.table):
        return "No site has joined yet"
    if not good + behind:
        return f"{format.count(len(view.table), 'site')}, and it is too early to tell who is on course"
    return f"{format.count(good, 'site')} {'is' if good == 1 else 'are'} on their path or ahead; {behind} {'is' if behind == 1 else 'are'} behind and could use a hand"


def sites_lede(view: SitesView, waiting: int) -> str:
    """How the list is ordered, and what has still to come in."""
    said = "Sites are listed A to Z. Nobody is ranked: small differences between sites are mostly luck."
    if not waiting:
        return said
    due = view.table.loc[view.table["reporting"] == Reporting.DUE.value, ["due_period", "due_on"]]
    if len(due):
        first = due.iloc[0]
        return f"{said} {month(first['due_period'])} is due by {format.day_short(first['due_on'])}; {waiting} have still to report."
    return f"{said} {format.count(waiting, 'report')} have still to come in."


def reporting(row: Mapping[str, object]) -> str:
    """A site's latest report in a few words."""
    state = row["reporting"]
    if state == Reporting.IN.value:
        return f"{month_name(row['due_period'])} is in" if not format.missing(row["due_period"]) else ""
    if state == Reporting.CLOSED.value:
        return "Merged"
    if format.missing(row["due_period"]):
        return ""
    verb = "due by" if state == Reporting.DUE.value else "was due by"
    return f"{month_name(row['due_period'])} {verb} {format.day_short(row['due_on'])}"


# --- one site ----------------------------------------------------------------------------------------

VARIATION_WORDS = {
    Variation.COMMON: "shows no sign of change",
    Variation.IMPROVEMENT_UP: "shows a sign of improvement",
    Variation.IMPROVEMENT_DOWN: "shows a sign of improvement",
    Variation.CONCERN_UP: "could use a look",
    Variation.CONCERN_DOWN: "could use a look",
    Variation.NEITHER_UP: "is higher than it was",
    Variation.NEITHER_DOWN: "is lower than it was",
    Variation.NOT_ENOUGH: "is building its baseline",
}
POSITION_WORDS = {
    Position.AHEAD: "is ahead of its path",
    Position.ON_COURSE: "is on its path, as far as can be told",
    Position.BEHIND: "is behind its path",
    Position.WELL_BEHIND: "is well behind its path",
}


def site_heading(view: SiteView) -> str:
    """What is so at this site, for the measure on screen."""
    row = series_row(view)
    if view.successor is not None:
        return f"{view.site.name} became part of {view.successor.name} in {month(view.site.merged_on)}"
    if row is None:
        return f"{view.site.name} has not reported this yet"
    variation, position = str(row["variation"]), str(row["position"])
    subject = view.site.name
    if view.measure.better == Direction.NEITHER and variation != Variation.NOT_ENOUGH:
        subject = f"{view.measure.short} at {view.site.name}"
        plural = view.measure.form == Form.COUNT
        said = VARIATION_WORDS[Variation(variation)]
        if plural:
            said = said.replace("shows", "show").replace("is ", "are ").replace("it was", "they were")
        elif view.measure.form == Form.PROPORTION:
            subject = f"The share {view.measure.verb} at {view.site.name}"
        return f"{subject} {said}"
    said = f"{subject} {VARIATION_WORDS[Variation(variation)]}"
    if position in {p.value for p in POSITION_WORDS}:
        same = variation.startswith("improvement") == (position in (Position.AHEAD.value, Position.ON_COURSE.value))
        joint = "and" if same or variation == Variation.COMMON.value else "but"
        if variation.startswith("concern"):
            joint = "and" if "behind" in position else "but"
        said += f" {joint} {POSITION_WORDS[Position(position)]}"
    return said


def distance(view: SiteView) -> str:
    """How far the latest point lies from the path."""
    row = series_row(view)
    if row is None or format.missing(row["gap"]):
        return ""
    return f"{_points_word(row['gap'])} {'above' if row['gap'] >= 0 else 'below'} its path in {month_name(row['last_period'])}"


def chart_title(view: SiteView) -> str:
    """What the latest point says on the control chart."""
    row = series_row(view)
    if row is None:
        return "Nothing to draw yet"
    return point_sentence(view.points, view.site.name)


def point_sentence(rows: pd.DataFrame, name: str) -> str:
    """What the last of a series' points means, by the rule that flags it."""
    last = rows.iloc[-1]
    when, rules = month_name(last["period"]), str(last["rules"]).split()
    above = last["value"] > last["centre"]
    if format.missing(float(last["upper"])):
        return f"{when} is one of the first months; there is no expected range yet"
    if "beyond" in rules:
        return f"{when} lies {'above' if last['value'] > last['upper'] else 'below'} what {name} usually sees"
    if "trend" in rules:
        return f"{when} continues a steady {'rise' if _rising(rows) else 'fall'} of seven months or more"
    if "two_of_three" in rules:
        return f"{when} is one of two months in three close to the {'upper' if above else 'lower'} edge of the expected range"
    if "shift" in rules:
        n = run_length(rows)
        return f"{when} is the {format.ordinal(n)} month in a row {'above' if above else 'below'} the average"
    return f"{when} lies within what {name} usually sees"


def _rising(rows: pd.DataFrame) -> bool:
    return bool(rows["value"].iloc[-1] > rows["value"].iloc[-2])


def run_length(rows: pd.DataFrame) -> int:
    """How many points running, up to the last, lie on one side of their centre line."""
    side = (rows["value"] > rows["centre"]).to_numpy()[::-1]
    phase = rows["phase"].to_numpy()[::-1]
    same = (side == side[0]) & (phase == phase[0])
    return int(same.cumprod().sum())


def chart_unit(measure: Measure, view: SiteView) -> str:
    """The grey line under a chart's title: what is drawn, and its newest value."""
    row = series_row(view)
    what = f"{measure.name}, by month"
    if row is None:
        return what
    return f"{what}: {format.value(measure, row['last'])} in {month(row['last_period'])}"


def season_caution(view: SiteView) -> str:
    """Why a flag on a seasonal measure is not yet news."""
    flagged = view.points["cause"].astype(str).ne("common").any() if len(view.points) else False
    if not (view.measure.seasonal and flagged):
        return ""
    return (
        "Marks here compare each month with the average of the baseline year. The season moves this measure every year,"
        " so a mark in winter or summer is a reason to look, not a verdict."
    )


def asked_of(view: SiteView) -> list[tuple[str, str]]:
    """The site's share, version by version: whole people, of how many, by when, and from what baseline."""
    found = []
    versions = {v.number: v for a in view.campaign.aims if a.measure == view.measure.id for v in a.versions}
    for number in sorted({s.version for s in view.shares}):
        own = [s for s in view.shares if s.version == number]
        parts = [
            f"{percent(s.numerator / s.denominator)} in {month(s.on)} ({format.number(s.numerator)} of"
            f" {format.number(s.denominator)} people)"
            for s in sorted(own, key=lambda s: s.on)
        ]
        base = own[0].baseline_numerator / own[0].baseline_denominator
        found.append(
            (
                f"Version {number}, {format.day(versions[number].agreed_on)}",
                f"From {percent(base)} in the baseline year to {', then '.join(parts)}.",
            )
        )
    return found


def mergers(view: SiteView) -> list[str]:
    """What a merger did to this site's share and chart."""
    said = [
        f"In {month(s.merged_on)} {s.name} became part of {view.site.name}. Its baseline, its patients and its share moved"
        " here, and the chart starts a new phase."
        for s in view.joined
    ]
    if view.successor is not None:
        said.append(
            f"Since {month(view.site.merged_on)} {view.successor.name} counts its patients. Its baseline and its share moved"
            " there; nothing was lost."
        )
    return said


def series_row(view: SiteView) -> Mapping[str, object] | None:
    """The row of the measure on screen; None where the site has never reported it."""
    rows = view.series[(view.series["measure"] == view.measure.id).to_numpy()]
    return rows.iloc[0].to_dict() if len(rows) else None


def assurance_words(view: SiteView) -> str:
    """Whether the process as it is meets the target in force."""
    row = series_row(view)
    if row is None or str(row["assurance"]) == Assurance.NO_TARGET.value or format.missing(row["target"]):
        return ""
    words = {
        Assurance.RELIABLE.value: "Reliably meets",
        Assurance.HIT_AND_MISS.value: "Hit and miss at",
        Assurance.NOT_YET.value: "Not yet at",
    }
    return f"{words[str(row['assurance'])]} {percent(row['target'])}"


def _points_word(gap: float) -> str:
    text = points(abs(gap))
    return f"{text} {'point' if text == '1.0' else 'points'}"


# --- entering ----------------------------------------------------------------------------------------


def due_heading(period: date, reported: bool, days_left: int, closed: bool = False) -> str:
    """What a team is asked for."""
    if closed:
        return "Nothing is due here any more"
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


def expectation(measure: Measure, value: float, lower: float, upper: float, name: str) -> str:
    """Where a number not saved yet lies."""
    if format.missing(upper):
        return "There is no expected range yet."
    if value > upper:
        return f"Above what {name} usually sees."
    if value < lower:
        return f"Below what {name} usually sees."
    return f"Within what {name} usually sees."


def query(campaign: Campaign, measure_id: str, x: float, low: float, high: float) -> str:
    """Why a number is asked about before it is saved."""
    measure = campaign.measure(measure_id)
    what = format.value(measure, x)
    return (
        f"{measure.short}: {what} would be unusual here, where it lies between {format.value(measure, low, 0)} and"
        f" {format.value(measure, high, 0)} as a rule. Is a digit missing, or one too many?"
    )


def saved_by(view: SiteView, period: date, who: str, streak: int) -> str:
    """Who saved what, and how reliably this team reports."""
    parts = []
    for measure in sorted(view.campaign.measures, key=lambda m: m.order):
        row = view.others[((view.others["measure"] == measure.id) & (view.others["period"] == pd.Timestamp(period))).to_numpy()]
        if len(row) and measure.form.has_denominator:
            r = row.iloc[0]
            parts.append(f"{format.number(r['numerator'])} of {format.number(r['denominator'])} {measure.verb}")
    said = f"{'; '.join(parts)}. Saved by {who} just now." if parts else f"Saved by {who} just now."
    if streak >= 3:
        said += f" That is {in_words(streak)} months reported in a row."
    return said


def revision(row: Mapping[str, object], measure: Measure, at: datetime) -> tuple[str, str]:
    """One line of a cell's history: who and when, and what was written in place of what."""

    def shown(prefix: str) -> str:
        if measure.form.has_denominator:
            top, bottom = row[f"{prefix}numerator"], row[f"{prefix}denominator"]
            return "nothing" if format.missing(top) else f"{format.number(top)} of {format.number(bottom)}"
        x = row[f"{prefix}value"]
        return "nothing" if format.missing(x) else format.value(measure, x)

    what = shown("")
    if row["rev"] > 1:
        what = f"{what}, before that {shown('from_')}" if what != shown("from_") else f"{what}, unchanged"
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
        shown = (
            f"{format.number(clash.numerator)} of {format.number(clash.denominator)}"
            if clash.numerator is not None
            else format.value(measure, clash.value)
            if clash.value is not None
            else "blank"
        )
        said.append(f"{measure.short}: {clash.actor} saved {shown} at {clash.at:%H:%M} UTC on {format.day(clash.at)}.")
    return said


# --- what charts say to those who cannot see them, and tables ------------------------------------------


def campaign_alt(view: SummaryView) -> str:
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


def site_alt(view: SiteView) -> str:
    """A site's chart in words."""
    row = series_row(view)
    if row is None:
        return f"{view.measure.name}: no figures yet"
    said = f"{view.measure.name} at {view.site.name} by month, {format.value(view.measure, row['last'])} in {month(row['last_period'])}"
    if format.missing(row["upper"]):
        return said
    low, high = max(row["lower"], 0.0), min(row["upper"], 1.0) if view.measure.form == Form.PROPORTION else row["upper"]
    return f"{said}; expected between {format.value(view.measure, low)} and {format.value(view.measure, high)}"


def chart_notes(view: SiteView) -> list[tuple[date, str]]:
    """Words tied to a month on a site's chart: mergers, and what the team wrote."""
    found = []
    for when in sorted({s.merged_on for s in view.joined}):
        names = [s.name for s in view.joined if s.merged_on == when]
        who = names[0] if len(names) == 1 else f"{in_words(len(names))} sites"
        found.append((when, f"{format.month_short(when)}: {who} joined"))
    for period, text in zip(view.remarks["period"], view.remarks["note"], strict=True):
        found.append((format.to_date(period), text if len(text) <= 60 else f"{text[:59].rstrip()}…"))
    return found


RULE_WORDS = {
    "beyond": "outside the expected range",
    "shift": "seven or more on one side of the average",
    "trend": "seven or more rising or falling",
    "two_of_three": "two of three near the edge",
}
CAUSE_WORDS = {
    "common": "",
    "improvement": "Improvement",
    "concern": "Concern",
    "high": "Higher",
    "low": "Lower",
}


def points_table(view: SiteView) -> pd.DataFrame:
    """The numbers behind a site's chart, newest first, as words a person reads."""
    rows = view.points.iloc[::-1]
    say = view.measure
    out = {"Month": [month(p) for p in rows["period"]]}
    if say.form.has_denominator:
        out[say.numerator_label.removeprefix("Of these, ").capitalize()] = [format.number(x) for x in rows["numerator"]]
        out[say.denominator_label] = [format.number(x) for x in rows["denominator"]]
    out[say.short if not say.form.has_denominator else "Share"] = [format.value(say, x) for x in rows["value"]]
    ceiling = 1.0 if say.form == Form.PROPORTION else float("inf")
    out["Expected range"] = [
        "\N{EN DASH}"
        if format.missing(float(b))
        else f"{format.value(say, max(a, 0.0))} to {format.value(say, min(b, ceiling))}"
        for a, b in zip(rows["lower"], rows["upper"], strict=True)
    ]
    if rows["target"].notna().any():
        out["Path"] = [format.value(say, x) for x in rows["target"]]
    out["What it says"] = [
        f"{CAUSE_WORDS[str(c)]}: {', '.join(RULE_WORDS[r] for r in str(rules).split())}" if str(rules) else ""
        for c, rules in zip(rows["cause"], rows["rules"], strict=True)
    ]
    return pd.DataFrame(out)


def showing(shown: int, found: int, of: int) -> str:
    """How much of the list is on screen."""
    if found < of:
        return f"{format.count(found, 'site')} of {of} {'matches' if found == 1 else 'match'}."
    return f"Showing {shown} of {format.count(of, 'site')}. The line is the last two years; dashed is the site’s own target."


def regions_unit(view: SummaryView) -> str:
    """What the table of regions holds."""
    return f"{view.measure.name}, all sites of a region together. Dashed: the path of their shares."


def no_share(view: SiteView) -> str:
    """Why a site has no share of its own for the measure on screen."""
    aims = [a for a in view.campaign.aims if a.measure == view.measure.id]
    if not aims:
        return f"There is no aim for {view.measure.short.lower()}: it is watched beside the others."
    if view.joined_shares:
        return "Its share is that of the sites that became part of it."
    return "No share had been agreed by then."


def site_reporting(view: SiteView) -> str:
    """What has come in from a site."""
    report = view.report
    if report["reporting"] == Reporting.CLOSED.value:
        if view.successor is not None:
            return f"Its numbers are part of {view.successor.name}'s since {month(view.site.merged_on)}."
        return "It had not opened by then."
    said = f"{reporting(report)}." if reporting(report) else "Nothing is due yet."
    if report["streak"] >= 3:
        said += f" {view.site.name} has reported {in_words(int(report['streak']))} months in a row."
    return said
