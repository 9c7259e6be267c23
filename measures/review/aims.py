"""Who is asked for what, by the agreed rule and by any other: a campaign's aim for a level, cut from the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from measures.aims.rates import Effort, RateShares, apportion_rate
from measures.aims.versions import passed_on
from measures.model import Aim, AimVersion, Campaign, Direction, Measure, Waypoint
from measures.review import Review
from measures.review.calendar import agreed_versions, level_aim
from measures.review.versions import counted_by
from measures.review.views import alphabetical

__all__ = ["RECOMMENDED", "REGIONS", "SITES", "AimsView", "Ask", "Effort", "aims"]

RECOMMENDED = Effort.FAILURE_REDUCTION
"""Asks most of those with most to gain, nobody for more than everything, and nobody to get worse."""

SITES = ("site", "name", "region", "denominator", "baseline", "asked", "numerator")
REGIONS = ("region", "sites", "denominator", "baseline", "asked", "numerator")


@dataclass(frozen=True, slots=True)
class Ask:
    """What one rule asks for.

    ``sites`` (``SITES``; A to Z) and ``regions`` (``REGIONS``; A to Z): forecast ``denominator``, ``baseline`` level,
    ``numerator`` in whole people, and the level ``asked`` for that this makes; ``placed`` of ``total`` people are with
    sites, and ``unmet`` with nobody, for a ``reason``. ``over``: at how many sites the rule, left to itself, would ask
    for more than everything; ``asked_of``: how many are asked for anything, from ``smallest`` to ``largest``.
    """

    rule: Effort
    sites: pd.DataFrame
    regions: pd.DataFrame
    total: int
    placed: int
    unmet: int
    reason: str
    over: int
    asked_of: int
    smallest: float
    largest: float
    benchmark: float


@dataclass(frozen=True, slots=True)
class AimsView:
    """One version of a campaign's aim, and what every rule of effort would ask of its sites for it.

    ``agreed``: the rule that the version's shares were made by; None where it is none of ours. ``asks`` by rule.
    ``curves``: rule, start, asked: what a rule asks of a site that starts at a level. ``merged``: how many sites of
    the version have become part of another since; their shares stand with their successors.
    """

    campaign: Campaign
    measure: Measure
    aim: Aim
    version: AimVersion
    waypoint: Waypoint
    agreed: Effort | None
    pooled: float
    asks: Mapping[Effort, Ask]
    curves: pd.DataFrame
    merged: int


def aims(review: Review, on: str | None = None) -> AimsView | None:
    """The main aim's newest version at its last waypoint, or the one of the month ``on`` (YYYY-MM).

    None where the campaign has no aim for a level, or none agreed by the review's date.
    """
    return review.once(f"aims.{on or ''}", lambda r: _aims(r, on))


def _aims(review: Review, on: str | None) -> AimsView | None:
    campaign = review.campaign
    found = level_aim(campaign, campaign.outcome.id)
    agreed = agreed_versions(campaign, campaign.outcome.id, review.as_of)
    if found is None or not agreed:
        return None
    version = agreed[-1]
    stops = sorted(version.waypoints, key=lambda w: w.on)
    waypoint = next((w for w in stops if f"{w.on:%Y-%m}" == on), stops[-1])
    shares = [s for s in campaign.shares if (s.aim, s.version, s.on) == (found.id, version.number, waypoint.on)]
    if not shares:
        return None
    table = pd.DataFrame(
        {
            "site": [s.site for s in shares],
            "denominator": [s.denominator for s in shares],
            "agreed": [s.numerator for s in shares],
            "top": [s.baseline_numerator for s in shares],
            "bottom": [s.baseline_denominator for s in shares],
        }
    )
    better = -1 if campaign.outcome.better == Direction.DOWN else 1
    start = (table["top"] / table["bottom"]).to_numpy()
    by = counted_by(campaign, table["site"].to_numpy(), review.as_of)
    ours = Effort(version.method) if version.method in set(Effort) else None
    asks, curves = {}, []
    for rule in Effort:
        made = apportion_rate(table["denominator"].to_numpy(), start, str(waypoint.level), effort=rule, better=better)
        # As agreed, to the person: what is on screen is what was agreed, not what we should make of it today.
        numerator = table["agreed"].to_numpy() if rule == ours else made.numerator
        asks[rule] = _ask(rule, made, numerator, table, by, campaign)
        curves.append(_curve(rule, start, made))
    bottom = table["denominator"].to_numpy()
    return AimsView(
        campaign=campaign,
        measure=campaign.outcome,
        aim=found,
        version=version,
        waypoint=waypoint,
        agreed=ours,
        pooled=float((bottom * start).sum() / bottom.sum()),
        asks=asks,
        curves=pd.concat(curves, ignore_index=True),
        merged=int((by != table["site"].to_numpy()).sum()),
    )


def _ask(
    rule: Effort, made: RateShares, numerator: np.ndarray, table: pd.DataFrame, by: np.ndarray, campaign: Campaign
) -> Ask:
    columns = np.column_stack([table["denominator"], numerator, table["top"], table["bottom"]]).astype(np.int64)
    # A merged site's share stands with whoever counts its work now.
    kept, into = np.unique(by, return_index=True, return_inverse=True)[1:]
    columns = passed_on(columns, kept[into])
    place = {s.id: s for s in campaign.sites}
    here = [place[site] for site in by[kept]]
    people, asked, top, bottom = columns[kept].T
    sites = pd.DataFrame(
        {
            "site": [s.id for s in here],
            "name": [s.name for s in here],
            "region": [s.region for s in here],
            "denominator": people,
            "baseline": top / bottom,
            "asked": asked / people,
            "numerator": asked,
        }
    )
    weighted = sites.assign(start=sites["baseline"] * sites["denominator"])
    regions = weighted.groupby("region", as_index=False).agg(
        sites=("site", "size"),
        denominator=("denominator", "sum"),
        numerator=("numerator", "sum"),
        start=("start", "sum"),
    )
    regions = regions.assign(
        baseline=regions["start"] / regions["denominator"], asked=regions["numerator"] / regions["denominator"]
    )
    sites = sites.assign(sort=sites["name"].map(alphabetical)).sort_values("sort", ignore_index=True)
    change = made.asked[np.isfinite(made.asked)]
    return Ask(
        rule=rule,
        sites=sites[list(SITES)],
        regions=regions[list(REGIONS)],
        total=int(made.total),
        placed=int(numerator.sum()),
        unmet=int(made.unmet),
        reason=made.reason,
        over=int(((made.unclipped > 1) | (made.unclipped < 0)).sum()),
        asked_of=int((change > 1e-9).sum()),
        smallest=float(change.min()),
        largest=float(change.max()),
        benchmark=float(made.benchmark),
    )


def _curve(rule: Effort, start: np.ndarray, made: RateShares) -> pd.DataFrame:
    """What the rule asks of a site by where it starts."""
    order = np.argsort(start, kind="stable")
    return pd.DataFrame({"rule": rule.value, "start": start[order], "asked": made.exact[order]})
