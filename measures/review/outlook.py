"""Where the campaign is heading: the chance of meeting its aim by its date, under two labelled assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.aims import outlook as forecast
from measures.aims import trajectory
from measures.aims.outlook import Assumption, Caveat, Outlook
from measures.model import Direction, Form
from measures.review import Review
from measures.review.calendar import agreed_versions
from measures.review.versions import counted_by

__all__ = ["EDGES", "Assumption", "Caveat", "Outlook", "OutlookView", "outlook"]

EDGES = ("low90", "low80", "low50", "middle", "high50", "high80", "high90")
"""The fan's columns, in the order of ``outlook.QUANTILES``."""


@dataclass(frozen=True, slots=True)
class OutlookView:
    """``target`` by ``on``, and what is to be expected of it under each assumption.

    ``fans`` by assumption: ``period`` and ``EDGES``, a row for each month to come; the pooled value then lies between
    ``low90`` and ``high90`` nine times in ten.
    """

    target: float
    on: date
    found: Mapping[Assumption, Outlook]
    fans: Mapping[Assumption, pd.DataFrame]


def outlook(review: Review) -> OutlookView | None:
    """The outlook of the newest version's last waypoint; None where it has passed, or too little has been seen.

    Sites that have merged count as part of their successors, so that a merger is no change of level.
    """
    return review.once("outlook", _outlook)


def _outlook(review: Review) -> OutlookView | None:
    campaign, measure = review.campaign, review.campaign.outcome
    agreed = agreed_versions(campaign, measure.id, review.as_of)
    if not agreed or review.period is None or not measure.form.has_denominator or measure.better == Direction.NEITHER:
        return None
    goal = max(agreed[-1].waypoints, key=lambda w: w.on)
    at = int(trajectory.month_number(np.datetime64(goal.on)))
    if goal.level is None or goal.on <= review.period or measure.frequency != "month":
        return None
    base = measure.rate_base if measure.form == Form.RATE else 1.0
    top, bottom, months = _grid(review)
    found = {}
    for assumption in Assumption:
        try:
            found[assumption] = forecast.outlook(
                top,
                bottom / base,
                months,
                target=goal.level,
                at=at,
                better=-1 if measure.better == Direction.DOWN else 1,
                form=measure.form.value,
                assumption=assumption,
                seasonal=measure.seasonal,
            )
        except ValueError:
            # Too few months yet, or an aim of all or none: nothing is said, rather than something wrong.
            return None
    return OutlookView(goal.level, goal.on, found, {a: _fan(o) for a, o in found.items()})


def _grid(review: Review) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numerators and denominators (n, t) of the sites that count now, and the month numbers, up to the review's."""
    points = review.points
    mine = (points["measure"] == review.campaign.outcome.id) & (points["group"] == "all")
    rows = points[(mine & (points["period"] <= pd.Timestamp(review.period))).to_numpy()]
    owner = _counted_by(review, rows["site"])
    month = trajectory.month_number(rows["period"].to_numpy())
    months = np.arange(month.min(), month.max() + 1)
    names, site = np.unique(owner, return_inverse=True)
    cell = site * len(months) + (month - months[0])
    shape = len(names), len(months)
    there = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape) > 0
    grids = (
        np.where(there, np.bincount(cell, rows[name].to_numpy(float), shape[0] * shape[1]).reshape(shape), np.nan)
        for name in ("numerator", "denominator")
    )
    return *grids, months


def _counted_by(review: Review, sites: pd.Series) -> np.ndarray:
    known = sites.cat.categories.to_numpy()
    return counted_by(review.campaign, known, review.as_of)[sites.cat.codes.to_numpy()]


def _fan(found: Outlook) -> pd.DataFrame:
    frame = pd.DataFrame(found.quantiles, columns=list(EDGES))
    frame.insert(0, "period", found.periods.astype("datetime64[M]").astype("datetime64[us]"))
    return frame
