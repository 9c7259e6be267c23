"""What a site's page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from measures import format
from measures.format import in_words, month, month_name, percent, points
from measures.model import (
    OFF_PATH,
    ON_PATH,
    AimKind,
    AimVersion,
    Assurance,
    Direction,
    Form,
    Ghost,
    Measure,
    Position,
    Reporting,
    Share,
    Variation,
)
from measures.review.views import SiteView
from measures.words import chart, flags, signals
from measures.words.sites import reporting as latest_report

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
    Position.TOO_SMALL: "is too small to tell where it stands on its path",
}


def heading(view: SiteView) -> str:
    """What is so at this site, for the measure on screen."""
    row = series_row(view)
    if view.successor is not None:
        return f"{view.site.name} became part of {view.successor.name} in {month(view.site.merged_on)}"
    if row is None:
        return f"{view.site.name} has not reported this yet"
    variation, position = str(row["variation"]), str(row["position"])
    subject, what = view.site.name, VARIATION_WORDS[Variation(variation)]
    pattern = chart.pattern_only(view)
    if pattern:
        what = "shows an unusual pattern"
    if since := flags.improved(view.lasting):
        what = what if variation.startswith("concern") else since
    if view.measure.better == Direction.NEITHER and variation != Variation.NOT_ENOUGH:
        subject = f"{view.measure.short} at {view.site.name}"
        plural = view.measure.form == Form.COUNT
        if plural:
            what = what.replace("shows", "show").replace("is ", "are ").replace("it was", "they were")
        elif view.measure.form == Form.PROPORTION:
            subject = f"The share {view.measure.verb} at {view.site.name}"
        return f"{subject} {what}"
    said = f"{subject} {what}"
    if position in {p.value for p in POSITION_WORDS}:
        better = variation.startswith("improvement") or "improved" in what
        same = better == (position in ON_PATH)
        joint = "and" if same or pattern or (variation == Variation.COMMON.value and not better) else "but"
        if variation.startswith("concern"):
            joint = "and" if position in OFF_PATH else "but"
        said += f" {joint} {POSITION_WORDS[Position(position)]}"
    return said


def distance(view: SiteView) -> str:
    """How far the latest point lies from the path."""
    row = series_row(view)
    if row is None or format.missing(row["gap"]):
        return ""
    side = "above" if row["gap"] >= 0 else "below"
    return f"{_points_word(row['gap'])} {side} its path in {month_name(row['last_period'])}"


def chart_title(view: SiteView) -> str:
    """What the latest point says on the control chart."""
    if series_row(view) is None:
        return "Nothing to draw yet"
    return chart.point_sentence(view.points, view)


def chart_unit(measure: Measure, view: SiteView) -> str:
    """The grey line under a chart's title: what is drawn, and its newest value."""
    row = series_row(view)
    what = f"{measure.name}, by {measure.frequency}"
    if row is None:
        return what
    return f"{what}: {format.value(measure, row['last'])} in {format.period(row['last_period'], measure.frequency)}"


def runs(view: SiteView, *, beside_numbers: bool = False) -> str:
    """The run analysis, for its one place: under the chart, or beside its numbers."""
    return chart.runs_sentence(view, series_row(view)) if chart.runs_told(view) != beside_numbers else ""


def verdict_words(view: SiteView) -> str | None:
    """What the verdict is called where its usual words would be untrue: a pattern is neither high nor low."""
    return "An unusual pattern" if chart.pattern_only(view) else None


def asked_of(view: SiteView) -> list[tuple[str, str]]:
    """The site's share, version by version: whole people, of how many, by when, and from what baseline.

    Where others joined, what is asked since then is the sum of their numerators over their denominators.
    """
    found = []
    versions = _versions(view)
    for number in sorted({s.version for s in view.shares} | {s.version for s in view.joined_shares}):
        own = [s for s in view.shares if s.version == number]
        joined = [s for s in view.joined_shares if s.version == number]
        title = f"Version {number}, {format.day(versions[number].agreed_on)}"
        if own:
            found.append((title, _asked(own, "")))
            if what := changed(view, number):
                found.append(("What changed", what))
        since = max((s.merged_on for s in view.joined), default=None)
        later = [s for s in joined if since and s.on >= since]
        if later:
            both = [s for s in own if s.on >= since] + later
            found.append(("" if own else title, _asked(both, f"Since {month(since)}, with what joined: ")))
    return found


def _versions(view: SiteView) -> dict[int, AimVersion]:
    """The main aim's versions by number."""
    level = (a for a in view.campaign.aims if a.measure == view.measure.id and a.kind == AimKind.LEVEL)
    return {v.number: v for a in level for v in a.versions}


def changed(view: SiteView, number: int) -> str:
    """Who agreed a version and why, and what it changed for this site; "" for the first.

    A share is compared with the one for the same level in the version before, what joined this site counted in.
    """
    rows = view.changed[(view.changed["version"] == number).to_numpy()]
    if not len(rows):
        return ""
    version, took = _versions(view)[number], int(rows["passed_on"].max())
    said = [f"{version.author}: {version.reason}", *_change(rows)]
    if took:
        said.append(f"The {'share' if took == 1 else 'shares'} of {_others(took)} that had joined moved here.")
    return " ".join(said)


def _change(rows: pd.DataFrame) -> list[str]:
    """How much longer each level has, and how much more or less of it is asked here."""
    known = rows[rows["numerator_before"].notna().to_numpy()]
    if not len(known):
        return []
    moved = {_months(row["on_before"], row["on"]) for row in known.to_dict("records")}
    said = []
    if len(moved) == 1 and (by := moved.pop()):
        dates = "Each date is" if len(known) > 1 else "The date is"
        said.append(f"{dates} {format.count(abs(by), 'month')} {'later' if by > 0 else 'sooner'}.")
    for row in known.to_dict("records"):
        before, now = row["numerator_before"] / row["denominator_before"], row["numerator"] / row["denominator"]
        change = points(abs(now - before))
        if change != "0.0":
            more = "more" if now > before else "less"
            said.append(f"In {month(row['on'])} that asks {change} points {more} than the version before.")
    return said or ["What is asked here is as before."]


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _others(n: int) -> str:
    return "the site" if n == 1 else f"the {in_words(n)} sites"


def pace(view: SiteView) -> list[str]:
    """What the next waypoint takes a month, beside what has been happening: sentences."""
    report, row = view.report, series_row(view)
    if view.measure.id != view.campaign.outcome.id or row is None or view.successor is not None:
        return []
    if format.missing(report["share"]) or format.missing(report["required_rate"]):
        return []
    need, now = float(report["required_rate"]), float(report["current_rate"])
    goal = f"{percent(report['share'])} in {month(report['share_on'])}"
    if need == 0:
        said = [f"Its level already meets {goal}."]
    else:
        said = [f"Reaching {goal} takes {points(abs(need))} points a month from here."]
    if not format.missing(now):
        compared = "Over the past year" if view.measure.seasonal else "Over the latest months"
        moved = points(abs(now))
        if moved == "0.0":
            said.append(f"{compared} it has stayed where it was.")
        else:
            said.append(f"{compared} it has moved {moved} points a month {'up' if now > 0 else 'down'}.")
    return said


def _asked(shares: Sequence[Share], lead: str) -> str:
    parts = []
    for on in sorted({s.on for s in shares}):
        top, bottom = (sum(getattr(s, k) for s in shares if s.on == on) for k in ("numerator", "denominator"))
        parts.append(f"{percent(top / bottom)} in {month(on)} ({format.number(top)} of {format.number(bottom)} people)")
    first = [s for s in shares if s.on == shares[0].on]
    base = sum(s.baseline_numerator for s in first) / sum(s.baseline_denominator for s in first)
    start = f"from {percent(base)} in the baseline year to "
    return (f"{lead}{start}" if lead else f"From{start[4:]}") + f"{', then '.join(parts)}."


def mergers(view: SiteView) -> list[str]:
    """What a merger did to this site's share and chart."""
    said = []
    for when in sorted({s.merged_on for s in view.joined}):
        names = [s.name for s in view.joined if s.merged_on == when]
        one = len(names) == 1
        before = (view.points["period"] < pd.Timestamp(when)).any()
        begins = "the chart starts a new phase" if before else "its chart begins there"
        whose, share = ("Its", "share") if one else ("Their", "shares")
        said.append(
            f"In {month(when)} {' and '.join(names)} became part of {view.site.name}."
            f" {whose} baseline, patients and {share} moved here, and {begins}."
        )
    if view.successor is not None:
        said.append(
            f"Since {month(view.site.merged_on)} {view.successor.name} counts its patients. Its baseline and its share"
            " moved there; nothing was lost."
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


def alt(view: SiteView) -> str:
    """A site's chart in words."""
    return chart.alt(view, series_row(view))


def chart_notes(view: SiteView, ghosts: Sequence[Ghost] = ()) -> list[tuple[date, str]]:
    """Words tied to a month on a site's chart: what lasts, mergers, what the team wrote, what is left out and why."""
    found = [signals.mark(row, view.measure) for row in view.lasting.declared.to_dict("records")]
    for when in sorted({s.merged_on for s in view.joined}):
        names = [s.name for s in view.joined if s.merged_on == when]
        who = names[0] if len(names) == 1 else f"{in_words(len(names))} sites"
        found.append((when, f"{format.month_short(when)}: {who} joined"))
    for period, text in zip(view.remarks["period"], view.remarks["note"], strict=True):
        found.append((format.to_date(period), _short(text, 60)))
    for ghost in ghosts:
        left = f"{format.month_short(ghost.period)} left out"
        found.append((ghost.period, f"{left}: {_short(ghost.reason, 50)}"))
    return found


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


CAUSE_WORDS = {
    "common": "",
    "improvement": "Improvement",
    "concern": "Concern",
    "high": "Higher",
    "low": "Lower",
}


def points_table(
    view: SiteView, ghosts: Sequence[Ghost] = (), column: str = "", corrections: Mapping[date, str] | None = None
) -> pd.DataFrame:
    """The numbers behind a site's chart, newest first, as words a person reads.

    ``corrections`` are words by period, in a ``column`` of their own where there are any.
    """
    rows = view.points.iloc[::-1]
    say, frequency = view.measure, view.measure.frequency
    # A row that is there without its value holds a small number that this reader is not shown.
    small = rows["value"].isna().to_numpy()
    out = {frequency.capitalize(): [_row_name(p, frequency) for p in rows["period"]]}
    if say.form.has_denominator:
        top, bottom = say.numerator_label.removeprefix("Of these, ").capitalize(), say.denominator_label
        out[top], out[bottom] = ([_whole(x) for x in rows[name]] for name in ("numerator", "denominator"))
    out[say.short if not say.form.has_denominator else "Share"] = [format.value(say, x) for x in rows["value"]]
    if view.look.has_limits:
        out["Expected range"] = [_between(say, a, b) for a, b in zip(rows["lower"], rows["upper"], strict=True)]
    else:
        out[view.look.centre_name.capitalize()] = [format.value(say, x) for x in rows["centre"]]
    if rows["target"].notna().any():
        out["Path"] = [format.value(say, x) for x in rows["target"]]
    if small.any() and say.hide_below is not None:
        for name in [name for name in list(out)[1:] if name not in ("Expected range", "Path")]:
            out[name] = [format.fewer_than(say.hide_below) if s else x for s, x in zip(small, out[name], strict=True)]
    why = {ghost.period: ghost.reason for ghost in ghosts}
    if corrections:
        out[column] = [corrections.get(format.to_date(p), "") for p in rows["period"]]
    out["What it says"] = [_says(row, view, why) for row in rows.to_dict("records")]
    return pd.DataFrame(out)


def _whole(x: float) -> str:
    return "\N{EN DASH}" if format.missing(float(x)) else format.number(x)


def _row_name(period: date, frequency: str) -> str:
    return month(period) if frequency == "month" else format.day(period)


def _between(measure: Measure, lower: float, upper: float) -> str:
    if format.missing(float(upper)):
        return "\N{EN DASH}"
    ceiling = 1.0 if measure.form == Form.PROPORTION else float("inf")
    return f"{format.value(measure, max(lower, 0.0))} to {format.value(measure, min(upper, ceiling))}"


def _says(row: Mapping[str, object], view: SiteView, why: Mapping[date, str]) -> str:
    above = row["value"] > row["centre"]
    reasons = format.reasons(str(row["rules"]), above, chart.centre(view))
    if row["ghosted"]:
        reason = why.get(format.to_date(row["period"]), "")
        left = f"Left out of the limits: {reason}" if reason else "Left out of the limits"
        return "; ".join([left, *reasons])
    if not reasons:
        return ""
    lead = "Unusual" if chart.is_pattern(str(row["rules"])) else CAUSE_WORDS[str(row["cause"])]
    return f"{lead}: {', '.join(reasons)}"


def no_share(view: SiteView) -> str:
    """Why a site has no share of its own for the measure on screen."""
    aims = [a for a in view.campaign.aims if a.measure == view.measure.id]
    if not aims:
        return f"There is no aim for {view.measure.short.lower()}: it is watched beside the others."
    if view.joined_shares:
        return "Its share is that of the sites that became part of it."
    return "No share had been agreed by then."


def reporting(view: SiteView) -> str:
    """What has come in from a site."""
    report = view.report
    if report["reporting"] == Reporting.CLOSED.value:
        if view.successor is not None:
            return f"Its numbers are part of {view.successor.name}'s since {month(view.site.merged_on)}."
        return "It had not opened by then."
    return f"{latest}." if (latest := latest_report(report)) else "Nothing is due yet."
