"""What has come in and what has not, and whether it came in on time: per site and measure, in one pass.

A number is on time where its cell first held one by the day it was due, in the campaign's time zone; a later
correction changes nothing about that. What was due before anything of the site was kept here (a campaign that
brings its history along) is in, and counted neither as on time nor as late: nobody can tell. A number that is
not in is never nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.model import ALL, Campaign, Measure, SiteKind, Timing
from measures.review import Review
from measures.review.calendar import expected, over
from measures.review.frames import COMPLETENESS, OUTSTANDING
from measures.review.views import alphabetical

STREAK = 3
"""Periods running without a late or missing number from which a site is fully committed."""
TIMINGS = (Timing.ON_TIME, Timing.LATE, Timing.EARLIER, Timing.DUE, Timing.MISSING)
_NONE, _ON_TIME, _LATE, _EARLIER, _DUE, _MISSING = range(6)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Completeness:
    """What has come in (``frames.COMPLETENESS``) and each number that has not (``frames.OUTSTANDING``).

    Both are sorted by site as the campaign lists them, then measure, then period.
    """

    table: pd.DataFrame
    outstanding: pd.DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """One measure: its periods and days they are due (t,), what is so of each (s, t), and when each came in."""

    measure: Measure
    periods: np.ndarray
    due: np.ndarray
    status: np.ndarray
    first: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The campaign's completeness on one page: of one measure, or of all together where ``measure`` is None.

    ``period`` is the newest that had to be in, due on ``due_on``; ``next_period`` the newest that is over and has
    time left. ``sites``: one row per open site, A to Z, with name, region, ``timing`` (of ``period``: the least
    good of its measures'), ``numbers`` (how many were judged), ``on_time`` of them, ``late``, ``missing``
    (periods), ``since`` (the oldest of them), ``streak`` (the shortest of its measures') and ``committed``.
    ``reported`` and ``next_reported`` count the sites with everything in for the two periods.
    """

    campaign: Campaign
    as_of: date
    measure: Measure | None
    period: date | None
    due_on: date | None
    next_period: date | None
    next_due: date | None
    reported: int
    next_reported: int
    sites: pd.DataFrame
    outstanding: pd.DataFrame
    """What is not in (``frames.OUTSTANDING``) of these measures."""
    earlier: int
    """How many numbers came in before anything was kept here."""
    began: date | None
    """The first day on which anything was kept here."""


def board(review: Review, measure_id: str | None = None) -> Board:
    """What the lead's page is about. KeyError where the campaign has no such measure."""
    return review.once(f"completeness.{measure_id}", lambda whole: _board(whole, measure_id))


def _board(review: Review, measure_id: str | None) -> Board:
    campaign, found = review.campaign, completeness(review)
    measure = campaign.measure(measure_id) if measure_id else None
    about = measure or campaign.outcome
    table, missing = found.table, found.outstanding
    if measure is not None:
        table, missing = (x[(x["measure"] == measure.id).to_numpy()].reset_index(drop=True) for x in (table, missing))
    index, due = over(campaign, about, review.as_of)
    passed = int((due <= pd.Timestamp(review.as_of)).sum())
    period, due_on = (x[passed - 1].date() if passed else None for x in (index, due))
    ahead = passed < len(index)
    next_period, next_due = (x[-1].date() if ahead else None for x in (index, due))
    beat = [m.id for m in campaign.measures if m.frequency == about.frequency]
    late = missing[missing["measure"].isin(beat).to_numpy()]
    there = table[table["measure"].isin(beat).to_numpy() & table["period"].notna().to_numpy()]["site"].nunique()
    sites = _by_site(review, table, missing)
    firsts = review.first_at[~np.isnat(review.first_at)]
    return Board(
        campaign=campaign,
        as_of=review.as_of,
        measure=measure,
        period=period,
        due_on=due_on,
        next_period=next_period,
        next_due=next_due,
        reported=there - _waiting(late, period) if period else 0,
        next_reported=len(sites) - _waiting(late, next_period) if next_period else 0,
        sites=sites,
        outstanding=missing,
        earlier=int(table["earlier"].sum()),
        began=pd.Timestamp(_local_days(firsts.min()[None], campaign)[0], unit="D").date() if len(firsts) else None,
    )


def _waiting(outstanding: pd.DataFrame, period: date) -> int:
    """How many sites have something still to send for a period."""
    return outstanding.loc[(outstanding["period"] == pd.Timestamp(period)).to_numpy(), "site"].nunique()


_LEAST_FIRST = (Timing.MISSING, Timing.DUE, Timing.LATE, Timing.ON_TIME, Timing.EARLIER)


def _by_site(review: Review, table: pd.DataFrame, outstanding: pd.DataFrame) -> pd.DataFrame:
    order = {timing.value: i for i, timing in enumerate(_LEAST_FIRST)}
    by = table.assign(least=table["timing"].astype(object).map(order)).groupby("site", observed=True)
    sums = by[["on_time", "late", "earlier", "due"]].sum()
    out = sums.assign(streak=by["streak"].min(), since=by["since"].min(), least=by["least"].min())
    out.index = out.index.astype(str)
    overdue = outstanding[(outstanding["timing"] == Timing.MISSING).to_numpy()]
    missing = overdue.groupby(overdue["site"].astype(str))["period"].nunique()
    out["missing"] = missing.reindex(out.index, fill_value=0)
    out["timing"] = [None if pd.isna(code) else _LEAST_FIRST[int(code)].value for code in out.pop("least")]
    out["numbers"], out["committed"] = out["on_time"] + out["late"], out["streak"] >= STREAK
    places = review.sites.set_index("site")[["name", "region"]]
    out = out.join(places).reset_index(names="site")
    return out.assign(sort=out["name"].map(alphabetical)).sort_values("sort", ignore_index=True)


def completeness(review: Review) -> Completeness:
    """Who has reported what, and when, at the review's date."""
    return review.once("completeness", _completeness)


def _completeness(review: Review) -> Completeness:
    campaign = review.campaign
    own = [s.id for s in campaign.sites if s.kind == SiteKind.SITE]
    is_open = review.sites["open"].to_numpy(bool)
    measures = sorted(campaign.measures, key=lambda m: m.order)
    grids = [_grid(review, measure, own) for measure in measures]
    tables = [_table(grid, own, is_open, review.as_of) for grid in grids]
    lists = [_outstanding(grid, own, is_open) for grid in grids]
    return Completeness(_sorted(tables, own, measures)[list(COMPLETENESS)], _sorted(lists, own, measures))


def _grid(review: Review, measure: Measure, own: list[str]) -> _Grid:
    index, due = over(review.campaign, measure, review.as_of)
    periods, due = (x.to_numpy().astype("datetime64[D]") for x in (index, due))
    points, moments = review.points, review.first_at
    day = _local_days(moments, review.campaign)
    site = pd.Index(own).get_indexer(points["site"].cat.categories)[points["site"].cat.codes.to_numpy()]
    began = np.full(len(own), _NEVER)
    known = (site >= 0) & ~np.isnat(moments)
    np.minimum.at(began, site[known], day[known])
    wanted = points["measure"].cat.categories.get_indexer([measure.id])[0], _code(points["group"], ALL)
    mine = (points["measure"].cat.codes.to_numpy() == wanted[0]) & (points["group"].cat.codes.to_numpy() == wanted[1])
    column, days = pd.factorize(points["period"].to_numpy())
    at = pd.Index(periods).get_indexer(days.astype("datetime64[D]"))[column] if len(points) else column
    rows = np.flatnonzero(mine & (site >= 0) & (at >= 0))
    there = np.zeros((len(own), len(periods)), bool)
    came, first = np.full(there.shape, _NEVER), np.full(there.shape, "NaT", "datetime64[us]")
    there[site[rows], at[rows]] = True
    came[site[rows], at[rows]], first[site[rows], at[rows]] = day[rows], moments[rows]
    last = due.astype(np.int64)
    unknown = np.isnat(first) | (last < began[:, None])
    overdue = last < np.datetime64(review.as_of, "D").astype(np.int64)
    status = np.select(
        [~expected(review.campaign, periods), ~there & overdue, ~there, unknown, came <= last],
        [_NONE, _MISSING, _DUE, _EARLIER, _ON_TIME],
        _LATE,
    ).astype(np.int8)
    return _Grid(measure, periods, due, status, first)


def _code(column: pd.Series, value: str) -> int:
    return column.cat.categories.get_indexer([value])[0]


def _local_days(moments: np.ndarray, campaign: Campaign) -> np.ndarray:
    """The days of these moments (UTC) where the campaign is, as numbers; in a demo none is after its fixed today."""
    local = pd.DatetimeIndex(moments).tz_localize("UTC").tz_convert(campaign.time_zone).tz_localize(None)
    day = local.to_numpy().astype("datetime64[D]").astype(np.int64)
    if campaign.today is not None:
        day = np.minimum(day, np.datetime64(campaign.today, "D").astype(np.int64))
    return day


def _table(grid: _Grid, own: list[str], is_open: np.ndarray, as_of: date) -> pd.DataFrame:
    status, t = grid.status, len(grid.periods)
    passed = int((grid.due <= np.datetime64(as_of, "D")).sum())
    counts = {code: (status == code).sum(axis=1) for code in range(1, 6)}
    kept = np.isin(status, (_ON_TIME, _EARLIER))
    back = np.cumprod((kept | (status == _DUE))[:, ::-1], axis=1) * kept[:, ::-1]
    missing = status == _MISSING
    nat = np.full(len(own), "NaT", "datetime64[D]")
    since = np.where(missing.any(axis=1), grid.periods[missing.argmax(axis=1)], nat) if t else nat
    at = max(passed, 1) - 1
    if t:
        now, period, due, first = status[:, at], grid.periods[at], grid.due[at], grid.first[:, at]
    else:
        now, period, due, first = np.zeros(len(own), int), nat[0], nat[0], nat
    out = pd.DataFrame(
        {
            "site": own,
            "measure": grid.measure.id,
            "period": np.where(now != _NONE, period, nat).astype("datetime64[us]"),
            "timing": pd.Categorical.from_codes(now.astype(int) - 1, [x.value for x in TIMINGS]),
            "due_on": np.where(now != _NONE, due, nat).astype("datetime64[us]"),
            "first_at": first.astype("datetime64[us]"),
            "expected": t - counts[_DUE] - (status == _NONE).sum(axis=1),
            "on_time": counts[_ON_TIME],
            "late": counts[_LATE],
            "earlier": counts[_EARLIER],
            "missing": counts[_MISSING],
            "due": counts[_DUE],
            "since": since.astype("datetime64[us]"),
            "streak": back.sum(axis=1),
        }
    )
    return out.assign(committed=out["streak"] >= STREAK)[is_open]


def _outstanding(grid: _Grid, own: list[str], is_open: np.ndarray) -> pd.DataFrame:
    site, at = np.nonzero((grid.status >= _DUE) & is_open[:, None])
    return pd.DataFrame(
        {
            "site": np.array(own, object)[site],
            "measure": grid.measure.id,
            "period": grid.periods[at].astype("datetime64[us]"),
            "due_on": grid.due[at].astype("datetime64[us]"),
            "timing": pd.Categorical.from_codes(grid.status[site, at].astype(int) - 1, [x.value for x in TIMINGS]),
        }
    )[list(OUTSTANDING)]


def _sorted(frames: list[pd.DataFrame], own: list[str], measures: list[Measure]) -> pd.DataFrame:
    out = pd.concat(frames, ignore_index=True)
    out["site"] = pd.Categorical(out["site"], own)
    out["measure"] = pd.Categorical(out["measure"], [m.id for m in measures])
    keys = [out["measure"].cat.codes, out["site"].cat.codes]
    order = np.lexsort((out["period"].to_numpy(), *(key.to_numpy() for key in keys)))
    return out.iloc[order].reset_index(drop=True)
