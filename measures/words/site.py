"""What a site's page says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from measures import format
from measures.format import in_words, month, month_name, percent, points
from measures.model import OFF_PATH, ON_PATH, Assurance, Direction, Form, Measure, Position, Reporting, Share, Variation
from measures.review.steps import runs_to
from measures.review.views import SiteView
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
}


def heading(view: SiteView) -> str:
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
        same = variation.startswith("improvement") == (position in ON_PATH)
        joint = "and" if same or variation == Variation.COMMON.value else "but"
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
        edge = "upper" if above else "lower"
        return f"{when} is one of two months in three close to the {edge} edge of the expected range"
    if "shift" in rules:
        n = run_length(rows)
        return f"{when} is the {format.ordinal(n)} month in a row {'above' if above else 'below'} the average"
    return f"{when} lies within what {name} usually sees"


def _rising(rows: pd.DataFrame) -> bool:
    return bool(rows["value"].iloc[-1] > rows["value"].iloc[-2])


def run_length(rows: pd.DataFrame) -> int:
    """How many points running, up to the last, lie on one side of their centre line."""
    columns = (rows[name].to_numpy() for name in ("value", "centre", "phase"))
    length, _ = runs_to(*columns, np.array([0]), np.array([len(rows) - 1]))
    return int(length[0])


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
    """The site's share, version by version: whole people, of how many, by when, and from what baseline.

    Where others joined, what is asked since then is the sum of their numerators over their denominators.
    """
    found = []
    versions = {v.number: v for a in view.campaign.aims if a.measure == view.measure.id for v in a.versions}
    for number in sorted({s.version for s in view.shares} | {s.version for s in view.joined_shares}):
        own = [s for s in view.shares if s.version == number]
        joined = [s for s in view.joined_shares if s.version == number]
        title = f"Version {number}, {format.day(versions[number].agreed_on)}"
        if own:
            found.append((title, _asked(own, "")))
        since = max((s.merged_on for s in view.joined), default=None)
        later = [s for s in joined if since and s.on >= since]
        if later:
            both = [s for s in own if s.on >= since] + later
            found.append(("" if own else title, _asked(both, f"Since {month(since)}, with what joined: ")))
    return found


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
        chart = "the chart starts a new phase" if before else "its chart begins there"
        whose, share = ("Its", "share") if one else ("Their", "shares")
        said.append(
            f"In {month(when)} {' and '.join(names)} became part of {view.site.name}."
            f" {whose} baseline, patients and {share} moved here, and {chart}."
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
    row = series_row(view)
    if row is None:
        return f"{view.measure.name}: no figures yet"
    newest = f"{format.value(view.measure, row['last'])} in {month(row['last_period'])}"
    said = f"{view.measure.name} at {view.site.name} by month, {newest}"
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
        f"{CAUSE_WORDS[str(c)]}: {', '.join(format.reasons(str(rules), above))}" if str(rules) else ""
        for c, rules, above in zip(rows["cause"], rows["rules"], rows["value"] > rows["centre"], strict=True)
    ]
    return pd.DataFrame(out)


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
    said = f"{latest}." if (latest := latest_report(report)) else "Nothing is due yet."
    if report["streak"] >= 3:
        said += f" {view.site.name} has reported {in_words(int(report['streak']))} months in a row."
    return said
