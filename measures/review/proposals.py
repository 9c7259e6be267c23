"""Proposed rebases of a whole campaign: where limits should be made anew, for a person to accept or decline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from measures import panel
from measures.model import RebaseStatus
from measures.review import Review
from measures.review.limits import SIGN, series_starts
from measures.review.seasonal import TAKEN_OUT
from measures.spc import stable_shift
from measures.spc.stable_shift import FULL_PERIOD, StableShift

TRIAL_PERIOD = 12
"""Campaigns are short: where two full calculation periods do not fit, proposals rest on a year, marked a trial."""

COLUMNS = (
    "site", "measure", "group", "on", "side", "run", "before", "after", "points", "excluded", "trial", "direction",
)  # fmt: skip
"""``on`` the first period of the proposed phase; ``side`` +1 above the old centre, -1 below; ``run`` points in a row
there; ``before`` and ``after`` the centres in the measure's unit, of the values as they were reported; ``points`` that
the new limits rest on; ``direction`` +1 for the better, -1 for the worse, 0 for neither."""

_CHARTS = {"p": "pp", "pp": "pp", "u": "xmr", "up": "xmr", "c": "c"}


def proposals(review: Review) -> pd.DataFrame:
    """Every proposal that nobody has answered yet, one row each, by site, measure and period.

    Each series is looked at from its latest phase on, as its limits judge it (its season taken out where that
    is done), points left out of the limits left out here too. A proposal at a date that was declined is not made
    again; one that was accepted and taken back is open as before. Source: Woodcock, O'Connor & Bell (2025).
    """
    return review.once("proposals", _proposals)


def _proposals(review: Review) -> pd.DataFrame:
    points = review.points
    if not len(points):
        return pd.DataFrame(columns=COLUMNS)
    kept = np.flatnonzero(_latest_phase(points) & ~points["ghosted"].to_numpy(bool))
    measure = points["measure"].cat.codes.to_numpy()[kept]
    chart = np.array([_chart(review, id) for id in points["measure"].cat.categories], object)[measure]
    parts = [_found(review, kept[chart == name], name) for name in dict.fromkeys(chart)]
    found = pd.concat(parts, ignore_index=True)
    answered = {(r.site, r.measure, r.group, r.on) for r in review.rebases if r.status == RebaseStatus.DECLINED}
    keys = zip(*(found[name].astype(str) for name in COLUMNS[:3]), found["on"].dt.date, strict=True)
    open_now = np.array([key not in answered for key in keys], bool)
    return found[open_now].sort_values(["site", "measure", "group", "on"], ignore_index=True)


def _latest_phase(points: pd.DataFrame) -> np.ndarray:
    """Rows of each series' latest phase."""
    starts = series_starts(points)
    phase = points["phase"].to_numpy()
    last = phase[panel.stops(starts, len(points)) - 1]
    return phase == panel.spread(last, panel.lengths(starts, len(points)))


def _chart(review: Review, measure: str) -> str:
    """How the algorithm makes limits for a measure: as its own chart does, as nearly as it can."""
    if review.seasons.get(measure) in TAKEN_OUT:
        return "xmr"
    return _CHARTS.get(review.campaign.measure(measure).chart, "xmr")


def _found(review: Review, rows: np.ndarray, chart: str) -> pd.DataFrame:
    """The proposals of the series that ``rows`` (of the points frame) make up, all judged by one kind of chart."""
    frame = review.points.iloc[rows]
    starts = series_starts(frame)
    lengths = panel.lengths(starts, len(frame))
    ratio = chart in ("p", "pp")
    values = frame["numerator"].to_numpy(float) if ratio else review.judged[rows]
    under = frame["denominator"].to_numpy(float) if ratio else None
    short = lengths < 2 * FULL_PERIOD
    parts = []
    for few in (False, True):
        mine = panel.spread(short == few, lengths)
        if not mine.any():
            continue
        own = lengths[short == few]
        options = StableShift(chart=chart, period_min=TRIAL_PERIOD if few else FULL_PERIOD)
        seen = stable_shift.propose(
            values[mine],
            np.cumsum(own) - own,
            denominators=None if under is None else under[mine],
            options=options,
        )
        parts.append(_table(review, rows[mine], seen))
    return pd.concat(parts, ignore_index=True)


def _table(review: Review, rows: np.ndarray, seen: stable_shift.Proposals) -> pd.DataFrame:
    at, breaks = review.points.iloc[rows[seen.breaks.row]], seen.breaks
    before, after = _centres(review.points["value"].to_numpy(float)[rows], seen)
    sign = np.array([SIGN[review.campaign.measure(m).better] for m in at["measure"].cat.categories], int)
    return pd.DataFrame(
        {
            **{name: at[name].to_numpy() for name in ("site", "measure", "group")},
            "on": at["period"].to_numpy(),
            "side": breaks.side,
            "run": breaks.run,
            "before": before,
            "after": after,
            "points": breaks.points,
            "excluded": breaks.excluded,
            "trial": seen.trial,
            "direction": np.sign(breaks.centre_after - breaks.centre_before).astype(int)
            * sign[at["measure"].cat.codes],
        }
    )


def _centres(values: np.ndarray, seen: stable_shift.Proposals) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the reported values that the limits before and after each break rest on."""
    used = (seen.period_type == 1) & ~seen.excluded & ~np.isnan(values)
    stretch = panel.stretches(seen.period, seen.starts)
    size = panel.stops(stretch, len(values))
    count = panel.sums(used.astype(float), stretch, size)
    mean = np.divide(
        panel.sums(np.where(used, values, 0.0), stretch, size), count, out=np.full(count.shape, np.nan), where=count > 0
    )
    here = panel.segment_of(seen.breaks.row, stretch)
    return mean[np.maximum(here - 1, 0)], mean[here]
