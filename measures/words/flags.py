"""What one site's page says of lasting changes, and why what its chart flags is not (yet) a signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from measures import format
from measures.format import capital, in_words
from measures.model import Form, Measure
from measures.review.flags import FEWEST_AFTER, Reason
from measures.review.lasting import OfSite
from measures.review.signals import FEWEST_BEFORE, Broke, Status, Way
from measures.words import signals

MOST = 3
"""Flagged stretches told one by one; older ones are counted."""
FLAGGED = "What the chart flags besides, and why it is not a signal"
CAUSES = {"improvement": "Improvement", "concern": "Concern", "high": "Higher", "low": "Lower"}
NAMES = {
    Reason.SIGNAL: "part of a signal",
    Reason.SEASON: "came with the season",
    Reason.PASSED: "did not last",
    Reason.TURNED: "went the other way afterwards",
    Reason.SOON: "too soon to tell",
    Reason.TOGETHER: "runs that come by themselves",
    Reason.LUCK: "within what luck makes",
    Reason.SHORT: "too short a baseline",
    Reason.NO_SEASON: "season not known",
    Reason.REDEFINED: "counted differently by then",
    Reason.JOINED: "another site had joined by then",
}
"""The reasons in a few words, as a table or a count needs them."""


def heading(lasting: OfSite) -> str:
    """The title of a site's block."""
    signals, stretches = len(lasting.declared), len(_unexplained(lasting))
    if signals:
        return "A change that lasts" if signals == 1 else "Changes that last"
    if stretches:
        soon = (lasting.flagged["reason"] == Reason.SOON.value).any()
        return f"What the chart flags, and why it is not {'yet ' if soon else ''}a signal"
    return "No lasting change so far"


def improved(lasting: OfSite) -> str:
    """ "has improved since October 2018", where that is the newest signal; else "".

    A signal the other way that began later says more of how the site is now.
    """
    rows = lasting.declared.sort_values("since").to_dict("records") if len(lasting.declared) else []
    if not rows or rows[-1]["direction"] != Way.IMPROVEMENT.value or signals.faded(rows[-1]):
        return ""
    return f"has improved since {format.period(rows[-1]['since'], lasting.family.measure.frequency)}"


def declared(lasting: OfSite) -> list[tuple[str, str]]:
    """Each signal: its title, and how large and how sure it is."""
    measure = lasting.family.measure
    return [(signals.title(row, measure), _more(row, measure)) for row in lasting.declared.to_dict("records")]


def _more(row: Mapping[str, object], measure: Measure) -> str:
    said = (signals.effect(row, measure), signals.sure(float(row["p"])), signals.told(row, measure))
    return " ".join(filter(None, [*said, signals.left(row, measure)]))


def not_signals(lasting: OfSite) -> list[tuple[str, str]]:
    """The newest flagged stretches that are no signal: what and when, and why not."""
    rows = _unexplained(lasting).iloc[::-1].head(MOST).to_dict("records")
    measure = lasting.family.measure
    return [(f"{CAUSES[r['cause']]}, {_span(r['first'], r['last'], measure)}", why(r, lasting)) for r in rows]


def older(lasting: OfSite) -> str:
    """The flagged stretches that are not told one by one, counted by reason."""
    rows = _unexplained(lasting).iloc[::-1].iloc[MOST:]
    if not len(rows):
        return ""
    by = rows["reason"].value_counts(sort=False).to_dict()
    said = ", ".join(f"{in_words(n)} {NAMES[Reason(reason)]}" for reason, n in by.items())
    many = "One older stretch" if len(rows) == 1 else f"{capital(in_words(len(rows)))} older stretches"
    if len(rows) == 1:
        return f"{many} of flagged points was none either ({NAMES[Reason(next(iter(by)))]})."
    return f"{many} of flagged points were none either: {said}."


def status(lasting: OfSite) -> str:
    """What is to be known where the chart flags nothing and nothing is declared; and why nothing could be."""
    family = lasting.family
    if len(lasting.declared) or len(_unexplained(lasting)):
        return ""
    if not family.looks or lasting.status != Status.TESTED.value:
        return _not_looked(lasting)
    unit, others = family.measure.frequency, family.tested - 1
    beside = f", here and at {in_words(others)} other {'site' if others == 1 else 'sites'}" if others else ""
    return (
        f"Looked for after each of {format.count(family.looks, unit)}{beside}. Nothing here has changed for"
        f" {in_words(FEWEST_AFTER)} {unit}s or more by more than luck makes."
    )


def _not_looked(lasting: OfSite) -> str:
    family = lasting.family
    if lasting.status == Status.SEASON.value or family.measure.form is Form.YES_NO or not family.looks:
        return signals.nobody(family)
    return _few(lasting)


def _few(lasting: OfSite) -> str:
    measure, n = lasting.family.measure, lasting.baseline
    many = f"{in_words(n) if n else 'no'} {measure.frequency}{'' if n == 1 else 's'}"
    return (
        f"{capital(many)} {'was' if n == 1 else 'were'} reported before the start; {in_words(FEWEST_BEFORE)} are needed"
        " to know the level that a change is measured from."
    )


def why(row: Mapping[str, object], lasting: OfSite) -> str:
    """Why a flagged stretch (a row of ``frames.FLAGS``) is not, or not yet, a signal."""
    family, unit = lasting.family, lasting.family.measure.frequency
    reason = Reason(str(row["reason"]))
    if reason is Reason.SEASON:
        return f"The sites move together at this time of year. Without that, the chart would not flag {_these(row)}."
    if reason is Reason.TURNED:
        return "It went the other way afterwards."
    if reason is Reason.PASSED:
        return f"It did not last: later {unit}s lie back near the level from before the start."
    if reason is Reason.SOON:
        n = int(row["reported"])
        return (
            f"Too soon to tell: a change counts once {in_words(FEWEST_AFTER)} reported {unit}s show that it lasts, and"
            f" so far there {'is' if n == 1 else 'are'} {in_words(n)}."
        )
    if reason is Reason.TOGETHER:
        return (
            f"{capital(unit)}s of this measure hang together (correlation {family.correlation:.1f}), so that several on"
            f" one side in a row come by themselves. {_luck(row, lasting)}"
        )
    if reason is Reason.SHORT:
        return _few(lasting)
    if reason is Reason.NO_SEASON:
        return signals.SEASON
    if reason in (Reason.REDEFINED, Reason.JOINED):
        return broke(lasting)
    if reason is Reason.SIGNAL:
        return "It is part of the lasting change."
    return _luck(row, lasting)


def broke(lasting: OfSite) -> str:
    """From when on figures cannot be laid beside the baseline, and why; "" where all can."""
    if lasting.until is None:
        return ""
    when = format.period(lasting.until, lasting.family.measure.frequency)
    what = {
        Broke.REDEFINED.value: f"Since {when} it is counted differently",
        Broke.JOINED.value: f"Since {when} another site is part of this one",
    }[lasting.broke]
    return f"{what}, so later figures cannot be laid beside those from before the start."


def _these(row: Mapping[str, object]) -> str:
    return "it" if int(row["points"]) == 1 else "them"


def _luck(row: Mapping[str, object], lasting: OfSite) -> str:
    """What luck makes of the strongest change on the stretch's side, among so many sites and looks."""
    family, p = lasting.family, lasting.p.get(int(row["side"]), 1.0)
    expected = p * family.tested
    if family.tested < 2:
        often = "more often than not" if p > 0.5 else f"in about 1 site in {format.number(round(1 / max(p, 1e-9)))}"
        return f"Within what luck makes: where nothing changes as much is seen {often}."
    among = f"of {format.number(family.tested)} sites looked at {_times(family.looks)}"
    if p > 0.5:
        return f"Within what luck makes: most {among} would show as much if nothing had changed."
    many = f"about {in_words(round(expected))} would" if expected >= 1 else "now and then one would"
    return f"Within what luck makes: {among}, {many} show as much if nothing had changed anywhere."


def _times(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{in_words(n)} times")


def _unexplained(lasting: OfSite) -> pd.DataFrame:
    """The flagged stretches that are not part of a signal, oldest first."""
    rows = lasting.flagged
    return rows[(rows["reason"] != Reason.SIGNAL.value).to_numpy()].sort_values("first") if len(rows) else rows


def _span(first: date, last: date, measure: Measure) -> str:
    """ "October to December 2018"."""
    one, other = (format.period(day, measure.frequency) for day in (first, last))
    if one == other:
        return one
    if pd.Timestamp(first).year == pd.Timestamp(last).year:
        one = format.period_name(first, measure.frequency)
    return f"{one} to {other}"
