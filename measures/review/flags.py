"""What the charts flag since the campaign's start, stretch by stretch, and why it is not (yet) a signal.

A chart's rules look at one site and one moment, and flag something nearly everywhere sooner or later. Each stretch of
flagged points is laid beside the lasting changes of its family, and the first reason that holds is told:

    signal      it is part of a declared signal
    redefined   the measure is counted differently by then
    joined      another site had become part of this one by then
    short       too little was reported before the start to tell the site's level
    no-season   the season cannot be told from a change: there is no whole year before the start
    season      without what all sites do at that time of year the chart does not flag it
    turned      what came after lies on the other side, by more than half as much
    passed      what came after lies less than half as far out
    soon        fewer than six periods reported since it began
    together    the rules count points on one side, and months of this measure hang together, so that runs come by
                themselves
    luck        it lies within what luck makes among so many sites looked at so many times
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
import pandas as pd

from measures import panel
from measures.model import ALL, Cause, Form
from measures.review import Review, limits, seasonal
from measures.review.frames import FLAGS
from measures.review.limits import SIGN
from measures.review.signals import Looked, Status, families, look
from measures.signals.scale import back
from measures.signals.scan import FEWEST_AFTER

__all__ = ["FEWEST_AFTER", "Reason", "flags", "of_points"]

RUN_RULES = ("shift", "trend", "two_of_three", "four_of_five", "longest_run")
"""Rules that count points on one side, or going one way."""
HANGS_TOGETHER = 0.2
"""From this lag-1 correlation on, and where it is twice its standard error, runs are said to come by themselves."""

ENOUGH = 3
"""Reported periods after a stretch from which on it can be said that it has passed."""


class Reason(StrEnum):
    """Whether a flagged stretch is part of a signal, and if not, why not."""

    SIGNAL = "signal"
    REDEFINED = "redefined"
    JOINED = "joined"
    SHORT = "short"
    NO_SEASON = "no-season"
    SEASON = "season"
    TURNED = "turned"
    PASSED = "passed"
    SOON = "soon"
    TOGETHER = "together"
    LUCK = "luck"


def flags(review: Review) -> pd.DataFrame:
    """Every flagged stretch since the start (``frames.FLAGS``), by measure, group and site."""
    return review.once("flags", _flags)


def _flags(review: Review) -> pd.DataFrame:
    points, found = review.points, []
    for measure, group in families(review):
        mine = ((points["measure"] == measure) & (points["group"] == group)).to_numpy()
        found.append(of_points(review, points[mine], measure, group))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(FLAGS))


def of_points(review: Review, points: pd.DataFrame, measure: str, group: str = ALL) -> pd.DataFrame:
    """The flagged stretches (``frames.FLAGS``) of one measure and group, of all sites or of one.

    ``points``: their rows of ``frames.POINTS``, as the review has them.
    """
    one = look(review, measure, group)
    rows = points.reset_index(drop=True)
    if one is None or not len(rows):
        return pd.DataFrame(columns=list(FLAGS))
    first, last = _stretches(rows, one)
    if not first.size:
        return pd.DataFrame(columns=list(FLAGS))
    cause = rows["cause"].astype(str).to_numpy()
    still = np.append(0, np.cumsum(_unseasonal(review, rows, one) == cause))
    frame = rows.iloc[first][["site", "measure", "group"]].reset_index(drop=True)
    frame = frame.assign(
        cause=cause[first],
        first=rows["period"].to_numpy()[first],
        last=rows["period"].to_numpy()[last],
        points=last + 1 - first,
        rules=[_names(rows["rules"].iloc[a : b + 1]) for a, b in zip(first, last, strict=True)],
        side=_side(cause[first], SIGN[one.measure.better]),
        reported=0,
    )
    if one.found is not None:
        frame["reported"] = _reported(one, _place(one, frame), _columns(one, frame["first"]))
    return frame.assign(reason=_reasons(one, frame, still[last + 1] > still[first]))[list(FLAGS)]


def _stretches(rows: pd.DataFrame, one: Looked) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last row of each stretch of points since the start that are flagged for one cause."""
    if one.start >= len(one.periods):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    known = [cause.value for cause in Cause if cause != Cause.COMMON]
    flagged = rows["cause"].isin(known).to_numpy() & ~rows["ghosted"].to_numpy(bool)
    flagged &= rows["period"].to_numpy() >= np.datetime64(one.periods[one.start], "us")
    key = rows["site"].cat.codes.to_numpy(np.int64) * 8 + rows["cause"].cat.codes.to_numpy()
    first = panel.first_rows(np.where(flagged, key, -1))
    last = np.append(first[1:], len(rows)) - 1
    return first[flagged[first]], last[flagged[first]]


def _names(rules: pd.Series) -> str:
    return " ".join(dict.fromkeys(name for text in rules.astype(str) for name in text.split()))


def _side(cause: np.ndarray, better: int) -> np.ndarray:
    plain = {Cause.HIGH.value: 1, Cause.LOW.value: -1, Cause.IMPROVEMENT.value: better, Cause.CONCERN.value: -better}
    return np.array([plain[name] for name in cause], np.int64)


def _unseasonal(review: Review, rows: pd.DataFrame, one: Looked) -> np.ndarray:
    """The causes (n,) of the points on the same chart, of the values without the season that the sites share."""
    measure = review.campaign.measure(one.measure.id)
    already = review.seasons.get(measure.id) in seasonal.TAKEN_OUT
    if one.found is None or already or not one.found.season.sure:
        return rows["cause"].astype(str).to_numpy()
    value = rows["value"].to_numpy(float)
    column = _columns(one, rows["period"])
    cell = _place(one, rows), np.minimum(column, len(one.periods) - 1)
    out = back(one.found.family.kind, one.unseasonal[cell])
    value = np.where((column < len(one.periods)) & ~np.isnan(out), out, value)
    ratio = measure.form.has_denominator
    base = measure.rate_base if measure.form == Form.RATE else 1.0
    top = value * rows["denominator"].to_numpy(float) / base if ratio else np.nan
    plain = tuple(replace(m, season_out=False) if m.id == measure.id else m for m in review.campaign.measures)
    frame, campaign = rows.assign(value=value, numerator=top), replace(review.campaign, measures=plain)
    return np.asarray(limits.redrawn(frame, campaign, review.options).cause.astype(str))


def _place(one: Looked, rows: pd.DataFrame) -> np.ndarray:
    """Which of the family's sites each row is of."""
    return pd.Index(one.sites).get_indexer(rows["site"].astype(str))


def _columns(one: Looked, periods: pd.Series) -> np.ndarray:
    """Which of the family's columns each period is."""
    return np.searchsorted(one.periods, periods.to_numpy().astype("datetime64[D]"))


def _reasons(one: Looked, frame: pd.DataFrame, remains: np.ndarray) -> np.ndarray:
    """The first reason that holds for each stretch."""
    site = _place(one, frame)
    first, last = (_columns(one, frame[name]) for name in ("first", "last"))
    side = frame["side"].to_numpy()
    status = one.status.astype(str)[site]
    held = {
        Reason.REDEFINED: (first >= one.until[site]) & (one.broke[site] == "redefined"),
        Reason.JOINED: (first >= one.until[site]) & (one.broke[site] == "joined"),
        Reason.SHORT: status == Status.SHORT.value,
        Reason.NO_SEASON: status == Status.SEASON.value,
    }
    if one.found is not None:
        up, down = one.sides[1], one.sides[-1]
        same, other = (np.where(s > 0, up.declared[site], down.declared[site]) for s in (side, -side))
        began, turned = (np.where(s > 0, up.since[site], down.since[site]) for s in (side, -side))
        now, then = _moved(one, site, first, last)
        rules = frame["rules"].astype(str).to_numpy()
        runs = np.array([set(text.split()) <= set(RUN_RULES) for text in rules])
        noise = one.found.noise
        held = {
            Reason.SIGNAL: (same >= 0) & (last >= began),
            **held,
            Reason.SEASON: ~remains,
            Reason.TURNED: ((other >= 0) & (turned >= first)) | (now * side * 2 < -np.abs(then)),
            Reason.PASSED: np.isfinite(now) & (now * side * 2 < np.abs(then)),
            Reason.SOON: frame["reported"].to_numpy() < FEWEST_AFTER,
            Reason.TOGETHER: runs & (noise.rho >= max(HANGS_TOGETHER, 2 * noise.error)),
        }
    return np.select(list(held.values()), [reason.value for reason in held], Reason.LUCK.value)


def _moved(one: Looked, site: np.ndarray, first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far from the baseline's level, without the season, lie the periods after each stretch (NaN where those are
    fewer than ``ENOUGH``), and those of it; on the scale."""
    y = one.unseasonal[site]
    there = np.isfinite(y)
    total, count = (
        np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1) for x in (np.where(there, y, 0.0), there)
    )
    each, n = np.arange(len(y)), y.shape[1]

    def mean(a: np.ndarray, b: np.ndarray, enough: int = 1) -> np.ndarray:
        k = count[each, b] - count[each, a]
        return np.where(k >= enough, (total[each, b] - total[each, a]) / np.maximum(k, 1), np.nan)

    level = mean(np.zeros_like(first), np.full_like(first, one.start))
    return mean(last + 1, np.full_like(last, n), ENOUGH) - level, mean(first, last + 1) - level


def _reported(one: Looked, site: np.ndarray, first: np.ndarray) -> np.ndarray:
    """How many periods each site reported from the stretch's first on."""
    there = np.isfinite(one.found.family.value[site])
    left = np.cumsum(there[:, ::-1], axis=1)[:, ::-1]
    return left[np.arange(len(left)), first]
