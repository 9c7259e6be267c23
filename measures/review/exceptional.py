"""Whom to visit: the sites that stand out in the newest quarter and before, by their level and by their change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from measures.model import ALL, Direction, Form, Measure, SiteKind
from measures.review import Review
from measures.review.calendar import over
from measures.review.funnel import Q, suits
from measures.review.limits import SIGN
from measures.review.views import alphabetical
from measures.signals.exceptional import LAST, Deviants, exceptional

PER_QUARTER: Final = {"month": 3, "quarter": 1, "week": 13}
"""Periods in a quarter. Quarters are counted from the campaign's start, so that none lies across it."""

COLUMNS = (
    "site", "name", "region", "numerator", "denominator", "numerator_before", "denominator_before", "figure", "usual",
    "shrunken", "expected", "times", "seen", "best", "reliability",
)  # fmt: skip
"""One row per listed site, A to Z. ``figure``, ``usual``, ``shrunken`` and ``expected`` (``signals.Deviants``) in the
measure's unit; the two before are a year (``Visits.before``) earlier, NaN among levels."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Those listed in one respect (``table``, of ``COLUMNS``); ``luck``: about how many of them by luck, at most;
    ``once``: how many stood out in the newest quarter and not before; ``lasts``: whether there are quarters enough to
    tell what lasts; ``quarters``: how many were looked at."""

    table: pd.DataFrame
    luck: float
    once: int
    lasts: bool
    quarters: int


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """The quarter from ``first`` to ``last`` (its first and last period), and the one from ``before`` on it is measured
    against, None where there is none. ``sites``: with every figure of the quarter; the rest as ``Exceptional`` says."""

    measure: Measure
    first: date
    last: date
    before: date | None
    level: Side
    change: Side | None
    sites: int
    few: bool
    overlaps: bool
    season_differs: bool


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """The same with no site named: how many sites are listed by level, by change, and in all."""

    measure: Measure
    last: date
    sites: int
    level: int
    change: int
    either: int


def visits(review: Review, measure_id: str | None = None) -> Visits | None:
    """The newest quarter whose figures are all due; None without one, without denominators, or where neither
    direction of the measure is better.

    Left out: sites that have merged away; of a site that others merged into, quarters before it was what it is now;
    quarters with a period that is missing or ghosted; and quarters before the measure was last redefined. KeyError for
    a measure the campaign does not have.
    """
    measure = review.campaign.measure(measure_id) if measure_id else review.campaign.outcome
    if not suits(measure) or measure.better == Direction.NEITHER or measure.frequency not in PER_QUARTER:
        return None
    return review.once(f"visits.{measure.id}", lambda whole: _visits(whole, measure))


def counts(found: Visits) -> VisitCounts:
    """How many are listed."""
    level = set(found.level.table["site"])
    change = set(found.change.table["site"]) if found.change is not None else set()
    return VisitCounts(found.measure, found.last, found.sites, len(level), len(change), len(level | change))


def _visits(review: Review, measure: Measure) -> Visits | None:
    firsts, lasts, top, under, sites = _quarters(review, measure)
    if not len(firsts) or not (~np.isnan(top[:, -1])).any():
        return None
    kind = "rate" if measure.form is Form.RATE else "proportion"
    start = int(np.searchsorted(firsts, np.datetime64(review.campaign.start, "D")))
    found = exceptional(top, under, kind=kind, better=SIGN[measure.better], q=Q, start=start)
    size = measure.rate_base if measure.form is Form.RATE else 1.0
    before = -1 - found.lag
    level = _side(found.level, sites, top, under, None, size)
    change = None if found.change is None else _side(found.change, sites, top, under, before, size)
    return Visits(
        measure=measure,
        first=firsts[-1].astype(object),
        last=lasts[-1].astype(object),
        before=firsts[before].astype(object) if found.lag else None,
        level=level,
        change=change,
        sites=found.sites,
        few=found.few,
        overlaps=found.overlaps,
        season_differs=found.season_differs,
    )


def _side(found: Deviants, sites: pd.DataFrame, top, under, before: int | None, size: float) -> Side:
    columns = {name: getattr(found, name) * size for name in ("figure", "usual", "shrunken", "expected")}
    columns |= {name: getattr(found, name) for name in ("times", "seen", "best", "reliability")}
    nothing = np.full(len(sites), np.nan)
    frame = sites.assign(
        numerator=top[:, -1],
        denominator=under[:, -1],
        numerator_before=nothing if before is None else top[:, before],
        denominator_before=nothing if before is None else under[:, before],
        **columns,
    )
    table = frame.loc[found.listed, list(COLUMNS)]
    table = table.sort_values("name", key=lambda names: names.map(alphabetical)).reset_index(drop=True)
    return Side(table, found.by_luck, int(found.once.sum()), not np.isnan(found.lasts), len(found.columns))


def _quarters(review: Review, measure: Measure):
    """First and last periods of the quarters (t,), oldest first, counts and sizes (k, t), and the sites."""
    index, due = over(review.campaign, measure, review.as_of)
    periods = index[due <= pd.Timestamp(review.as_of)].to_numpy().astype("datetime64[D]")
    per = PER_QUARTER[measure.frequency]
    block = (np.arange(len(periods)) - np.searchsorted(periods, np.datetime64(review.campaign.start, "D"))) // per
    places = review.sites[review.sites["open"].to_numpy()][["site", "name", "region"]].reset_index(drop=True)
    whole, first = np.unique(block, return_index=True)
    first = first[np.bincount(block - whole[0], minlength=len(whole)) == per] if len(block) else first
    changed = [r.on for r in review.redefinitions if r.measure == measure.id]
    if changed:
        first = first[periods[first] >= np.datetime64(max(changed), "D")]
    rows = review.points
    mine = (rows["measure"] == measure.id) & (rows["group"] == ALL) & ~rows["ghosted"].astype(bool)
    mine = rows[(mine & rows["site"].isin(places["site"])).to_numpy()]
    shape = (len(places), len(periods))
    row = pd.Index(places["site"]).get_indexer(mine["site"].astype(str))
    at = pd.Index(periods).get_indexer(mine["period"].to_numpy().astype("datetime64[D]"))
    top, under = np.full(shape, np.nan), np.full(shape, np.nan)
    kept = at >= 0
    top[row[kept], at[kept]] = mine["numerator"].to_numpy(float)[kept]
    under[row[kept], at[kept]] = mine["denominator"].to_numpy(float)[kept]
    # A period with a size of nought, or without one, makes no quarter.
    together = first[:, None] + np.arange(per)
    top, under = top[:, together].sum(axis=2), under[:, together].sum(axis=2)
    joined = _joined(review, places["site"], periods)
    gone = (periods[first] < joined[:, None]) | ~(under > 0)
    top[gone], under[gone] = np.nan, np.nan
    return periods[first], periods[first + per - 1], top, under, places


def _joined(review: Review, sites: pd.Series, periods: np.ndarray) -> np.ndarray:
    """From when on each site is what it is now (k,): the newest merger into it by the last period."""
    last = periods[-1] if len(periods) else np.datetime64("NaT")
    newest: dict[str, np.datetime64] = {}
    for site in review.campaign.sites:
        if site.kind == SiteKind.SITE and site.merged_on and np.datetime64(site.merged_on, "D") <= last:
            on = np.datetime64(site.merged_on, "D")
            newest[site.successor] = max(on, newest.get(site.successor, on))
    return np.array([newest.get(s, np.datetime64("0001-01-01")) for s in sites], "datetime64[D]")


__all__ = ["COLUMNS", "LAST", "PER_QUARTER", "Side", "VisitCounts", "Visits", "counts", "visits"]
