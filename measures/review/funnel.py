"""The funnel plot of a campaign: its sites over the same months, beside what chance and usual differences explain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.model import ALL, Form, Measure
from measures.review import Review
from measures.review.limits import SIGN
from measures.spc import funnel as spc

SPANS = (1, 3, 12)
"""Months that may be looked at together."""

Q = 0.1
"""Of the sites called, about this share are there by luck."""

_KINDS = {Form.PROPORTION: "proportion", Form.RATE: "rate"}


@dataclass(frozen=True, slots=True, eq=False)
class FunnelView:
    """Sites at one time. ``table``: one row per site with every month in, A to Z by id: site, name, region,
    numerator, denominator, rate, lower_95, upper_95, lower_998, upper_998, shrunken, exceptional (called better than
    the rest), opposite (called by the same rule on the other side). ``curves``: denominator and the four limits.
    ``left_out``: open sites without every month."""

    measure: Measure
    first: date
    last: date
    months: int
    table: pd.DataFrame
    curves: pd.DataFrame
    centre: float
    phi: float
    tau2: float
    few: bool
    left_out: int


def suits(measure: Measure) -> bool:
    """Whether a measure has what a funnel plot needs: a numerator over a denominator."""
    return measure.form in _KINDS


def funnel(review: Review, measure_id: str | None = None, months: int = 1) -> FunnelView | None:
    """The newest ``months`` months that the campaign speaks about; None without such months or denominators.

    KeyError for a measure the campaign does not have, ValueError for months that are not among ``SPANS``.
    """
    measure = review.campaign.measure(measure_id) if measure_id else review.campaign.outcome
    if months not in SPANS:
        raise ValueError(f"months is {months}; it must be one of {', '.join(map(str, SPANS))}.")
    if not suits(measure) or review.period is None:
        return None
    return review.once(f"funnel.{measure.id}.{months}", lambda whole: _funnel(whole, measure, months))


def _funnel(review: Review, measure: Measure, months: int) -> FunnelView | None:
    last = pd.Timestamp(review.period)
    first = last - pd.DateOffset(months=months - 1)
    rows = review.points
    mine = (rows["measure"] == measure.id) & (rows["group"] == ALL) & rows["period"].between(first, last)
    open_sites = review.sites[review.sites["open"].to_numpy()]
    mine &= rows["site"].isin(open_sites["site"])
    counts = rows[mine.to_numpy()].groupby("site", observed=True)[["numerator", "denominator"]].agg(["sum", "size"])
    whole = counts[(counts["numerator", "size"] == months).to_numpy()]
    if not len(whole):
        return None
    top = whole["numerator", "sum"].to_numpy(float)
    under = whole["denominator", "sum"].to_numpy(float) / (measure.rate_base if measure.form is Form.RATE else 1.0)
    found = spc.funnel(top, under, kind=_KINDS[measure.form], better=SIGN[measure.better], q=Q)
    heads = open_sites.set_index("site").loc[whole.index.astype(str)]
    limits = ("lower_95", "upper_95", "lower_998", "upper_998")
    table = pd.DataFrame(
        {
            "site": heads.index.to_numpy(),
            "name": heads["name"].to_numpy(),
            "region": heads["region"].to_numpy(),
            "numerator": top,
            "denominator": whole["denominator", "sum"].to_numpy(float),
            "rate": found.rate,
            **{name: getattr(found, name) for name in limits},
            "shrunken": found.shrunken,
            "exceptional": found.exceptional,
            "opposite": found.opposite,
        }
    )
    grid, curves = found.curve(under)
    size = measure.rate_base if measure.form is Form.RATE else 1.0
    return FunnelView(
        measure=measure,
        first=first.date(),
        last=last.date(),
        months=months,
        table=table,
        curves=pd.DataFrame({"denominator": np.asarray(grid) * size, **curves._asdict()}),
        centre=float(found.centre),
        phi=float(found.phi),
        tau2=float(found.tau2),
        few=bool(found.few),
        left_out=int(len(open_sites) - len(whole)),
    )
