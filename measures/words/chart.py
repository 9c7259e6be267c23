"""What one site's chart says, whatever its kind and its rules: its latest point, its runs, its season."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from measures import format
from measures.format import capital, in_words
from measures.model import Form
from measures.review.look import Look
from measures.review.seasonal import TAKEN_OUT
from measures.review.steps import runs_to
from measures.review.views import SiteView
from measures.words import signals, which

TREND = {"nhs": 7, "ihi": 5, "nelson": 6}
"""Points that make a trend, by the rule sets that look for one."""

STEPPED_OVER = ("ihi", "anhoej")
"""Rule sets that step over points on the centre line, which end a run for the others."""

PATTERNS = ("mixture", "alternating", "stratification")
"""Rules whose points are unusual without being high or low."""

ORDER = (
    "beyond", "trend", "two_of_three", "four_of_five", "longest_run", "shift", *PATTERNS,
)  # fmt: skip
"""Where several rules flag a point, the one that is told."""


def is_seasonal(view: SiteView) -> bool:
    """Whether the chart on screen judges each period against the same time of other years."""
    return view.season in TAKEN_OUT


def centre(view: SiteView) -> str:
    """What the centre line is, as part of a sentence."""
    return "what is usual for the time of year" if is_seasonal(view) else f"the {view.look.centre_name}"


# --- the latest point --------------------------------------------------------------------------------


def point_sentence(rows: pd.DataFrame, view: SiteView) -> str:
    """What the last of a series' points means, by the rule that flags it."""
    last = rows.iloc[-1]
    if not last["ghosted"]:
        return capital(_counts(rows, view))
    when = capital(_name(last, view))
    if "beyond" in str(last["rules"]).split():
        return f"{when} is left out of the limits, and {_beyond(last, view)}"
    kept = rows[~rows["ghosted"].to_numpy(bool)]
    before = f"; before it, {_counts(kept, view)}" if len(kept) else ""
    return f"{when} is left out of the limits{before}"


def _counts(rows: pd.DataFrame, view: SiteView) -> str:
    """The sentence of a point that counts for the limits."""
    last, when, unit = rows.iloc[-1], _name(rows.iloc[-1], view), view.measure.frequency
    if format.missing(float(last["upper" if view.look.has_limits else "centre"])):
        since = " since the chart began anew" if last["phase"] > rows["phase"].iloc[0] else ""
        none = "expected range" if view.look.has_limits else view.look.centre_name
        return f"{when} is one of the first {unit}s{since}; there is no {none} yet"
    flagged = str(last["rules"]).split()
    rule = next((name for name in ORDER if name in flagged), "")
    if rule:
        return f"{when} {_said(rule, rows, view)}"
    if view.look.has_limits:
        return f"{when} lies within {_usual(view)}"
    return f"{when} {_on_a_run_chart(rows, view)}"


def _said(rule: str, rows: pd.DataFrame, view: SiteView) -> str:
    """What a rule saw, of the last of the rows."""
    last, unit, line = rows.iloc[-1], view.measure.frequency, centre(view)
    above = last["value"] > last["centre"]
    side = f"{'above' if above else 'below'} {line}"
    if rule == "beyond":
        return _beyond(last, view)
    if rule == "trend":
        return f"continues a steady {_way(rows)} of {in_words(TREND[view.look.rule_set])} {unit}s or more"
    if rule == "two_of_three":
        return f"is one of two {unit}s in three close to the {'upper' if above else 'lower'} edge of the expected range"
    if rule == "four_of_five":
        return f"is one of four {unit}s in five clearly {side}"
    if rule in ("shift", "longest_run"):
        more = ", a longer run than chance explains" if rule == "longest_run" else ""
        return f"is the {format.ordinal(run_length(rows, view.look.rule_set))} {unit} in a row {side}{more}"
    if rule == "mixture":
        return f"is one of eight {unit}s or more in a row that keep away from {line}"
    if rule == "alternating":
        return f"is one of 14 {unit}s or more in a row that rise and fall by turns"
    return f"is one of 15 {unit}s or more in a row unusually close to {line}"


def _beyond(last: pd.Series, view: SiteView) -> str:
    return f"lies {'above' if last['value'] > last['upper'] else 'below'} {_usual(view)}"


def _usual(view: SiteView) -> str:
    return f"what {view.site.name} usually sees{' at this time of year' if is_seasonal(view) else ''}"


def _on_a_run_chart(rows: pd.DataFrame, view: SiteView) -> str:
    """A point that no rule flags, where there is no expected range to lie in."""
    last, line, unit = rows.iloc[-1], centre(view), view.measure.frequency
    if not _off_centre(rows.tail(1))[0]:
        return f"lies on {line}"
    side = f"{'above' if last['value'] > last['centre'] else 'below'} {line}"
    long = run_length(rows, view.look.rule_set)
    if long < 2:
        return f"lies {side}, as about half of all {unit}s do"
    return f"is the {format.ordinal(long)} {unit} in a row {side}, no more than chance explains"


def is_pattern(rules: str) -> bool:
    """Whether a point is marked, and only for a pattern.

    >>> is_pattern("mixture"), is_pattern("beyond mixture"), is_pattern("")
    (True, False, False)
    """
    names = rules.split()
    return bool(names) and set(names) <= set(PATTERNS)


def pattern_only(view: SiteView) -> bool:
    """Whether the verdict on the latest point that counts is about a pattern and nothing else."""
    kept = view.points[~view.points["ghosted"].to_numpy(bool)]
    return len(kept) > 0 and is_pattern(str(kept["rules"].iloc[-1]))


def run_length(rows: pd.DataFrame, rule_set: str = "nhs") -> int:
    """How many points running, up to the last, lie on one side of their centre line.

    Points left out of the limits are stepped over and, where the rule set says so, those on the line too.
    """
    kept = rows[~rows["ghosted"].to_numpy(bool)]
    if rule_set in STEPPED_OVER:
        kept = kept[_off_centre(kept)]
    if not len(kept):
        return 0
    columns = (kept[name].to_numpy() for name in ("value", "centre", "phase"))
    length, _ = runs_to(*columns, np.array([0]), np.array([len(kept) - 1]))
    return int(length[0])


def _off_centre(rows: pd.DataFrame) -> np.ndarray:
    value, line = rows["value"].to_numpy(float), rows["centre"].to_numpy(float)
    return np.abs(value - line) > 1e-9 * np.abs(line)


def _way(rows: pd.DataFrame) -> str:
    """Whether the last value that differs from the one before it rose or fell."""
    steps = np.diff(rows.loc[~rows["ghosted"].to_numpy(bool), "value"].to_numpy(float))
    moved = steps[steps != 0]
    return "rise" if len(moved) and moved[-1] > 0 else "fall"


def _name(row: pd.Series, view: SiteView) -> str:
    return format.period_name(row["period"], view.measure.frequency)


# --- the line as a whole -----------------------------------------------------------------------------


def runs_told(view: SiteView) -> bool:
    """Whether the run analysis belongs under the chart, and not only beside its numbers."""
    return view.look.kind == "run" or view.look.rule_set == "anhoej"


def runs_sentence(view: SiteView, row: Mapping[str, object] | None) -> str:
    """Anhøj's run analysis of the latest phase, from the series' ``row``; "" where there is nothing to analyse.

    It is about the whole stretch, so it may see a shift in which no single point is marked.
    """
    if row is None or row["crossings"] < 0:
        return ""
    name, unit = view.look.centre_name, view.measure.frequency
    few, long = row["crossings"] < row["crossings_min"], row["longest_run"] > row["longest_run_max"]
    times = int(row["crossings"])
    crossed = f"crosses its {name} {_times(times)}" if times else f"never crosses its {name}"
    at_least = f"{in_words(int(row['crossings_min']))} or more"
    longest = format.count(int(row["longest_run"]), unit)
    at_most = f"up to {in_words(int(row['longest_run_max']))}"
    since = _since(view)
    if few and long:
        said = f"{crossed}, where {at_least} would be expected, and once stays on one side for {longest}"
        return f"{since} line {said}, where {at_most} would be; so something has probably shifted."
    if few:
        return f"{since} line {crossed}; {at_least} would be expected, so something has probably shifted."
    if long:
        said = f"once stays on one side of its {name} for {longest}"
        return f"{since} line {said}; {at_most} would be expected, so something has probably shifted."
    return (
        f"{since} line {crossed} ({at_least} would be expected) and stays on one side for {longest} at most"
        f" ({at_most} would be): as a whole it varies as chance would have it."
    )


def _since(view: SiteView) -> str:
    """The beginning of a sentence about the latest phase: "The", or since when."""
    phase = view.points["phase"].to_numpy()
    first = view.points["period"].iloc[int(np.argmax(phase == phase[-1]))]
    return "The" if phase[-1] == phase[0] else f"Since {format.period(first, view.measure.frequency)} the"


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{in_words(n)} times")


def season_note(view: SiteView) -> str:
    """How the season is dealt with: taken out, or why not and what that means for a mark."""
    if not len(view.points):
        return ""
    if is_seasonal(view):
        whose = "all sites together over their baseline" if view.season == "pooled" else "this site's earlier years"
        one_year = view.measure.baseline_points == 12 and view.points["phase"].nunique() == 1
        return (
            f"The season is taken out: the limits rise and fall with it, as learned from {whose}. They are"
            f" {'about a third ' if view.season == 'pooled' and one_year else ''}wider than if the season were known."
        )
    said = {
        "too-short": "The season could not be taken out yet: not every time of the year has been seen often enough.",
        "too-few-sites": "The season could not be taken out: too few sites have seen every time of the year.",
    }.get(view.season, "")
    if not (view.measure.seasonal and view.points["cause"].astype(str).ne("common").any()):
        return said
    whose = "one" if view.points["phase"].nunique() == 1 else "its stretch's"
    caution = (
        f"Marks here compare every {view.measure.frequency} with {whose} {view.look.centre_name}, whatever the time of"
        " year. The season moves this measure every year, so a mark in winter or summer is a reason to look, not a"
        " verdict."
    )
    return f"{said} {caution}".strip()


def alt(view: SiteView, row: Mapping[str, object] | None) -> str:
    """The chart in words, from the series' ``row``."""
    measure = view.measure
    if row is None:
        return f"{measure.name}: no figures yet"
    newest = f"{format.value(measure, row['last'])} in {format.period(row['last_period'], measure.frequency)}"
    said = f"{measure.name} at {view.site.name} by {measure.frequency}, {newest}"
    if not format.missing(row["upper"]):
        ceiling = 1.0 if measure.form == Form.PROPORTION else float("inf")
        low, high = max(row["lower"], 0.0), min(row["upper"], ceiling)
        said += f"; expected between {format.value(measure, low)} and {format.value(measure, high)}"
    elif not format.missing(row["mean"]):
        said += f"; {view.look.centre_name} {format.value(measure, row['mean'])}"
    for signal in view.lasting.declared.to_dict("records"):
        mark = signals.mark(signal, measure)[1]
        said += f"; {mark[0].lower()}{mark[1:]}"
    for made in view.redefined:
        if made.measure == measure.id:
            said += f"; counted differently from {format.period(made.on, measure.frequency)}"
    phases = view.points["phase"].nunique()
    return said if phases < 2 else f"{said}; the chart began anew {_times(int(phases) - 1)}"


# --- another way of looking --------------------------------------------------------------------------

_KINDS = {
    "xmr": "an individuals chart (XmR)",
    "run": "a run chart",
    "mr": "a chart of moving ranges",
    "p": "a chart of proportions (p)",
    "pp": "a chart of proportions for large numbers (p′)",
    "c": "a chart of counts (c)",
    "u": "a chart of rates (u)",
    "up": "a chart of rates for large numbers (u′)",
    "g": "a chart of cases between events (g)",
    "t": "a chart of time between events (t)",
    "xbar": "a chart of subgroups' means (x̄)",
    "s": "a chart of subgroups' spread (s)",
}
_RULES = {
    "nhs": "Making Data Count rules",
    "ihi": "IHI rules",
    "anhoej": "Anhøj rules",
    "we": "Western Electric rules",
    "nelson": "Nelson rules",
}


def drawn_as(view: SiteView) -> str:
    """How the chart is drawn where that is not the campaign's way; "" where it is."""
    if view.look.agreed:
        return ""
    return (
        f"Drawn as {_KINDS[view.look.kind]} with {_RULES[view.look.rule_set]}. The campaign looks at"
        f" {which.KINDS[view.measure.chart]}, {which.RULES[view.measure.rules]}."
    )


ONLY_A_LOOK = "This is only a way of looking: it changes nothing for anybody else."
BACK = "Back to the campaign's chart"


def kind_caption(kind: str, view: SiteView) -> str:
    """What is said beneath a kind of chart that may be chosen."""
    said = ["the campaign's chart"] if kind == view.measure.chart else []
    said += ["suits this measure"] if kind == view.look.suits else []
    return capital(", ".join(said))


def suggestion(shown: Look, season_out: bool) -> str:
    """Which chart suits the measure and why; and, where its season goes out, in which chart alone it can."""
    said = which.suggestion(shown.suits, shown.because, shown.dispersion)
    return f"{said} Only {which.KINDS['xmr']} can take the season out." if season_out and shown.suits != "xmr" else said
