"""Signals: lasting changes since the campaign's start, declared with controlled error over its sites and its looks.

Each measure and group is one family of sites (``measures.signals``). It is looked at when it is first asked for, and
what an earlier review has found is taken over where the figures behind it are the same: then the newest look alone is
new. A family's columns are all periods from the baseline's first on, so that winding back shows what was declared then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from measures.model import ALL, Form, Measure
from measures.review import LOOKS, Review
from measures.review.calendar import periods_over
from measures.review.frames import LOOKED, SIGNALS
from measures.review.limits import SIGN
from measures.signals.detector import FDR, FEWEST_BEFORE, Detected, Family, Side, Status, detect, goes_on
from measures.signals.scale import Kind, back, scaled
from measures.signals.table import ordinals

__all__ = [
    "FDR", "FEWEST_BEFORE", "Broke", "Looked", "Status", "Way", "by_luck", "declared", "families", "look", "looked",
    "signals",
]  # fmt: skip

CYCLES = {"month": 12, "quarter": 4, "week": 52}
"""Periods in a year, by frequency."""

NEWEST = 6
"""Reported periods that say how a site is now."""


class Way(StrEnum):
    """The direction of a signal."""

    IMPROVEMENT = "improvement"
    DETERIORATION = "deterioration"
    UP = "up"
    DOWN = "down"


class Broke(StrEnum):
    """Why a site's later figures are not comparable with its baseline."""

    NOTHING = ""
    REDEFINED = "redefined"
    """The measure is counted differently from then on."""
    JOINED = "joined"
    """Another site became part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One family of sites, looked at in every period. ``sites`` (s,) ids, ``periods`` (n,) datetime64[D], the first
    ``start`` of them the baseline; site i is comparable up to, not including, column ``until[i]``, because of
    ``broke[i]``; ``status`` (s,) as in ``LOOKED``. ``found`` is None where there is no period before the start;
    ``settled`` is what had been found one period earlier, for the next review to go on from. ``unseasonal`` (s, n): the
    figures on the scale they are judged on, without the season that the sites have in common."""

    measure: Measure
    group: str
    sites: np.ndarray
    periods: np.ndarray
    start: int
    baseline: np.ndarray
    until: np.ndarray
    broke: np.ndarray
    status: np.ndarray
    found: Detected | None
    settled: Detected | None
    unseasonal: np.ndarray

    @property
    def sides(self) -> Mapping[int, Side]:
        """What was found upwards (+1) and downwards (-1)."""
        return {1: self.found.up, -1: self.found.down} if self.found else {}

    @property
    def tested(self) -> int:
        """How many sites are looked at."""
        return int((self.status == Status.TESTED).sum())

    @property
    def looks(self) -> int:
        """How many times, not counting periods that nobody has reported."""
        return int(np.isfinite(self.found.family.value[:, self.start :]).any(axis=0).sum()) if self.found else 0


def families(review: Review) -> list[tuple[str, str]]:
    """The measures and groups that lasting changes are looked for in. A yes or no has no level that could change."""
    points = review.points
    measures, groups = points["measure"].cat, points["group"].cat
    pairs = np.unique(measures.codes.to_numpy(np.int64) * len(groups.categories) + groups.codes.to_numpy())
    named = [
        (measures.categories[i // len(groups.categories)], groups.categories[i % len(groups.categories)]) for i in pairs
    ]
    return [(m, g) for m, g in named if review.campaign.measure(m).form != Form.YES_NO]


def look(review: Review, measure: str, group: str = ALL) -> Looked | None:
    """One family; None where nobody has reported it, or it is a yes or no."""
    if review.campaign.measure(measure).form == Form.YES_NO:
        return None
    return review.once(f"{LOOKS}{measure}.{group}", lambda r: _look(r, r.campaign.measure(measure), group))


def signals(review: Review) -> pd.DataFrame:
    """Every declared signal (``frames.SIGNALS``)."""
    found = [declared(review, *key) for key in families(review)]
    rows = pd.concat(found, ignore_index=True) if found else _nothing(SIGNALS)
    return rows.sort_values(["site", "measure", "group"], kind="stable", ignore_index=True)


def looked(review: Review) -> pd.DataFrame:
    """Every series that was looked at (``frames.LOOKED``)."""
    found = [_series(one) for key in families(review) if (one := look(review, *key)) is not None]
    rows = pd.concat(found, ignore_index=True) if found else _nothing(LOOKED)
    return rows.sort_values(["site", "measure", "group"], kind="stable", ignore_index=True)


def by_luck(count: int) -> float:
    """About how many of so many declared signals are there by luck: at most a share ``FDR``.

    >>> by_luck(40)
    2.0
    """
    return FDR * count


def declared(review: Review, measure: str, group: str = ALL) -> pd.DataFrame:
    """The signals of one family (``frames.SIGNALS``), by site."""
    one = look(review, measure, group)
    if one is None:
        return _nothing(SIGNALS)
    return review.once(f"signals.declared.{measure}.{group}", lambda _: _declared(one))


def _declared(one: Looked) -> pd.DataFrame:
    better, parts, now = SIGN[one.measure.better], [], _now(one)
    for sign, side in one.sides.items():
        rows = np.flatnonzero(side.declared >= 0)
        good = Way.IMPROVEMENT if sign == better else Way.DETERIORATION
        way = good if better else (Way.UP if sign > 0 else Way.DOWN)
        figures = {name: getattr(side, name)[rows] for name in ("effect", "low", "high", "q", "p")}
        at = {name: one.periods[getattr(side, name)[rows]].astype("datetime64[us]") for name in ("declared", "since")}
        parts.append(pd.DataFrame({**_key(one, rows), "direction": way.value, **at, **figures, "now": now[rows]}))
    frame = pd.concat(parts, ignore_index=True) if parts else _nothing(SIGNALS)
    return frame.sort_values(["site", "since"], kind="stable", ignore_index=True)[list(SIGNALS)]


def _now(one: Looked) -> np.ndarray:
    """How far each site's ``NEWEST`` last reported periods lie from those before the start, in their unit (s,)."""
    if one.found is None:
        return np.full(len(one.sites), np.nan)
    y = one.unseasonal
    there = np.isfinite(y)
    newest = there & (np.cumsum(there[:, ::-1], axis=1)[:, ::-1] <= NEWEST)
    before = there & (np.arange(y.shape[1]) < one.start)
    level = (np.where(mask, y, 0.0).sum(axis=1) / np.maximum(mask.sum(axis=1), 1) for mask in (newest, before))
    later, first = (back(one.found.family.kind, mean) for mean in level)
    return np.where(before.any(axis=1), later - first, np.nan)


def _series(one: Looked) -> pd.DataFrame:
    every = np.arange(len(one.sites))
    frame = pd.DataFrame({**_key(one, every), "status": one.status.astype(str), "baseline": one.baseline})
    frame["until"], frame["broke"] = _periods(one, np.where(one.until < len(one.periods), one.until, -1)), one.broke
    for sign, name in ((1, "up"), (-1, "down")):
        side = one.sides.get(sign)
        none = np.full(len(every), np.nan)
        frame[f"{name}_p"], frame[f"{name}_q"] = (side.p, side.q_now) if side else (none, none)
        frame[f"{name}_since"] = _periods(one, side.at if side else np.full(len(every), -1))
    return frame[list(LOOKED)]


def _key(one: Looked, rows: np.ndarray) -> dict[str, object]:
    return {"site": one.sites[rows], "measure": one.measure.id, "group": one.group}


def _periods(one: Looked, columns: np.ndarray) -> np.ndarray:
    """Columns as dates, NaT for -1."""
    dates = np.append(one.periods, np.datetime64("NaT", "D")).astype("datetime64[us]")
    return dates[columns]


def _nothing(columns: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


# --- one family --------------------------------------------------------------------------------------


def _look(review: Review, measure: Measure, group: str) -> Looked | None:
    points, campaign = review.points, review.campaign
    mine = np.flatnonzero(((points["measure"] == measure.id) & (points["group"] == group)).to_numpy())
    periods = periods_over(campaign, measure.frequency, review.as_of).to_numpy().astype("datetime64[D]")
    if not mine.size or not len(periods):
        return None
    rows = points.iloc[mine]
    code, place = np.unique(rows["site"].cat.codes.to_numpy(), return_inverse=True)
    sites = rows["site"].cat.categories.to_numpy(object)[code]
    start = int((periods < np.datetime64(campaign.start, "D")).sum())
    first, until, broke = _comparable(review, measure.id, sites, periods, start)
    day = rows["period"].to_numpy().astype("datetime64[D]")
    column = np.searchsorted(periods, day)
    there = (column < len(periods)) & ~rows["ghosted"].to_numpy(bool) & ~np.isnan(review.judged[mine])
    there &= periods[np.minimum(column, len(periods) - 1)] == day
    there &= (column >= first[place]) & (column < until[place])
    cells = place[there], column[there]

    def grid(name: str) -> np.ndarray:
        out = np.full((len(sites), len(periods)), np.nan)
        out[cells] = rows[name].to_numpy(float)[there]
        return out

    value = grid("value")
    baseline = np.isfinite(value[:, :start]).sum(axis=1)
    made = Looked(
        measure, group, sites, periods, start, baseline, until, broke,
        np.full(len(sites), Status.SHORT.value, object), None, None, value,
    )  # fmt: skip
    if start == 0:
        return made
    kind = _kind(measure, rows["denominator"].to_numpy(float)[there])
    parts = (grid("numerator"), grid("denominator")) if kind in (Kind.PROPORTION, Kind.RATE) else (None, None)
    cycle = CYCLES[measure.frequency]
    family = Family(value, start, *parts, kind, ordinals(periods, cycle), cycle, SIGN[measure.better])
    if _season_unknown(measure, family, baseline):
        return replace(made, status=np.full(len(sites), Status.SEASON.value, object))
    settled, found = _replayed(family, review.found_before.get(f"{LOOKS}{measure.id}.{group}"))
    y = scaled(kind, value, *parts, start).y - found.season.fitted(family.ordinal)
    return replace(made, status=found.status, found=found, settled=settled, unseasonal=y)


def _kind(measure: Measure, under: np.ndarray) -> Kind:
    """What the figures are; without their parts they are plain values."""
    kinds = {Form.PROPORTION: Kind.PROPORTION, Form.RATE: Kind.RATE, Form.TIME_BETWEEN: Kind.TIME}
    kind = kinds.get(measure.form, Kind.VALUE)
    return Kind.VALUE if measure.form.has_denominator and not (under > 0).all() else kind


def _season_unknown(measure: Measure, family: Family, baseline: np.ndarray) -> bool:
    """Whether a measure that the season moves has no whole year before the start, or no second site to tell."""
    if not measure.seasonal:
        return False
    seen = np.isfinite(family.value[:, : family.start]).any(axis=0)
    months = np.unique(family.ordinal[: family.start][seen] % family.cycle)
    return len(months) < family.cycle or int((baseline >= 3).sum()) < 2


def _comparable(
    review: Review, measure: str, sites: np.ndarray, periods: np.ndarray, start: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The columns from which and before which each site is comparable with itself at the start, and what ends that.

    Where a measure is counted differently from a period on, or another site joined, the stretch that holds the start
    is what is looked at: a break before it begins the baseline anew, the first one after it ends everything.
    """
    first, until = np.zeros(len(sites), np.int64), np.full(len(sites), len(periods), np.int64)
    broke = np.full(len(sites), Broke.NOTHING.value, object)
    everywhere = [
        (r.on, np.ones(len(sites), bool), Broke.REDEFINED) for r in review.redefinitions if r.measure == measure
    ]
    joined = [
        (s.merged_on, sites == s.successor, Broke.JOINED)
        for s in review.campaign.sites
        if s.merged_on and s.merged_on <= review.as_of
    ]
    for on, who, why in [*everywhere, *joined]:
        column = int(np.searchsorted(periods, np.datetime64(on, "D")))
        if column <= start:
            first = np.where(who, np.maximum(first, column), first)
        else:
            sooner = who & (column < until)
            until, broke = np.where(sooner, column, until), np.where(sooner, why.value, broke)
    return first, until, broke


# --- going on from an earlier review -----------------------------------------------------------------


def _replayed(family: Family, before: Looked | None) -> tuple[Detected | None, Detected]:
    """What was found one look ago, where that was asked, and now. Every look is replayed but for those that an earlier
    review made of the same figures; as reports of the newest period come in, all looks but one are the same."""
    known = [one for one in (before.found, before.settled) if one is not None] if before else []
    n = family.value.shape[1]
    whole = next((one for one in known if one.looked + 1 == n and goes_on(one, family)), None)
    if whole is not None:
        return before.settled, whole
    last = n - 1
    if not known or last < family.start:
        return None, detect(family)
    settled = _go_on(_upto(family, last), known)
    return settled, detect(family, carried=settled)


def _go_on(family: Family, known: Iterable[Detected]) -> Detected:
    n = family.value.shape[1]
    for one in known:
        if one.looked < n and goes_on(one, family):
            return one if one.looked + 1 == n else detect(family, carried=one)
    return detect(family)


def _upto(family: Family, columns: int) -> Family:
    cut = {name: _cut(getattr(family, name), columns) for name in ("value", "numerator", "denominator")}
    return replace(family, **cut, ordinal=family.ordinal[:columns])


def _cut(grid: np.ndarray | None, columns: int) -> np.ndarray | None:
    return None if grid is None else grid[:, :columns]
