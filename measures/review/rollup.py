"""What the sites add up to: reporting, totals by month, regions, and how many reached a standard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from measures.model import AimKind, Campaign, Form, Measure, Reporting, SiteKind
from measures.review.calendar import Calendar
from measures.review.frames import CAMPAIGN, REGIONS, STANDARDS
from measures.review.paths import Paths


@dataclass(frozen=True, slots=True)
class Grids:
    """Every measure (group "all") as sites x periods, NaN where nothing was reported: ``of(measure, column)``."""

    columns: dict[str, np.ndarray]
    measures: dict[str, int]

    def of(self, measure: Measure, column: str) -> np.ndarray:
        """One column of one measure, (s, t); shared, not to be changed."""
        return self.columns[column][self.measures[measure.id]]


def grids(own: pd.DataFrame, calendar: Calendar) -> Grids:
    """Lay the rows out once for all that is added up below. Periods outside the calendar have no place in it."""
    measures = {id: i for i, id in enumerate(own["measure"].cat.categories)}
    order = {site: i for i, site in enumerate(calendar.sites)}
    place = np.array([order.get(site, -1) for site in own["site"].cat.categories])
    shape = len(measures), len(calendar.sites), len(calendar.periods)
    period, days = pd.factorize(own["period"].to_numpy())
    column = {day: i for i, day in enumerate(calendar.periods.astype("datetime64[us]"))}
    at = np.array([column.get(day, -1) for day in days], np.int64)[period]
    site, measure = place[own["site"].cat.codes.to_numpy()], own["measure"].cat.codes.to_numpy()
    rows = np.flatnonzero(_is(own, "group", "all") & (site >= 0) & (at >= 0))
    cell = (measure[rows].astype(np.int64) * shape[1] + site[rows]) * shape[2] + at[rows]
    found = {}
    for name in ("numerator", "denominator", "value"):
        found[name] = np.full(shape, np.nan)
        found[name].ravel()[cell] = own[name].to_numpy()[rows]
    return Grids(found, measures)


def _is(own: pd.DataFrame, column: str, value: str) -> np.ndarray:
    """Where a categorical column holds a value."""
    codes = own[column].cat
    return codes.codes.to_numpy() == codes.categories.get_indexer([value])[0]


def _last_known(grid: np.ndarray) -> np.ndarray:
    """Each gap filled with the last number before it or, before any, the first one after."""
    t = np.arange(grid.shape[1])
    if not t.size:
        return grid
    there = np.isfinite(grid)
    before = np.maximum.accumulate(np.where(there, t, -1), axis=1)
    first = np.where(there.any(axis=1), there.argmax(axis=1), 0)[:, None]
    return np.take_along_axis(grid, np.where(before < 0, first, before), axis=1)


def totals(cells: Grids, reference: pd.DataFrame, campaign: Campaign, calendar: Calendar, paths: Paths) -> pd.DataFrame:
    """Each measure by month over the sites open then, beside the path in force and the reference line."""
    frames = []
    for measure in sorted(campaign.measures, key=lambda m: m.order):
        ratio = measure.form.has_denominator
        top = cells.of(measure, "numerator" if ratio else "value")
        size = cells.of(measure, "denominator") if ratio else np.abs(top)
        there = np.isfinite(top)
        # What is missing counts at its last known size (or, before any, its first).
        known = np.where(calendar.open_ | there, np.nan_to_num(_last_known(size)), 0.0)
        numerator, denominator = np.nansum(top, axis=0), np.nansum(size, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            if ratio:
                value = numerator / denominator * (measure.rate_base if measure.form is Form.RATE else 1.0)
            else:
                value = np.where(there.any(axis=0), numerator, np.nan)
            share = denominator / known.sum(axis=0)
        refs = reference[(reference["measure"] == measure.id).to_numpy()].drop_duplicates("period")
        refs = refs.set_index(refs["period"].to_numpy().astype("datetime64[D]")).reindex(calendar.periods)
        frames.append(
            pd.DataFrame(
                {
                    "measure": measure.id,
                    "period": calendar.periods.astype("datetime64[us]"),
                    "reporting": (there & calendar.open_).sum(axis=0),
                    "expected": calendar.open_.sum(axis=0),
                    "denominator_share": share,
                    "numerator": numerator,
                    "denominator": denominator if ratio else np.nan,
                    "value": value,
                    "target": paths.lookup(
                        "campaign", measure.id, np.zeros(len(calendar.periods), int), calendar.periods
                    ),
                    "reference": refs["value"].to_numpy(),
                    "reference_numerator": refs["numerator"].to_numpy(),
                    "reference_denominator": refs["denominator"].to_numpy(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[list(CAMPAIGN)]


def regions(own: pd.DataFrame, campaign: Campaign, paths: Paths) -> pd.DataFrame:
    """Each measure by region and month, over the sites that reported; only sums of numerators over sums."""
    region = {s.id: s.region for s in campaign.sites if s.kind == SiteKind.SITE}
    region_of, regions_ = pd.factorize(np.array([region.get(s, "") for s in own["site"].cat.categories]), sort=True)
    measure_of, measures = pd.factorize(own["measure"].cat.categories.to_numpy(), sort=True)
    rows = np.flatnonzero(_is(own, "group", "all"))
    period, periods = pd.factorize(own["period"].to_numpy()[rows], sort=True)
    key = region_of[own["site"].cat.codes.to_numpy()[rows]]
    key = (key * len(measures) + measure_of[own["measure"].cat.codes.to_numpy()[rows]]) * len(periods) + period
    cells = len(regions_) * len(measures) * len(periods)
    count = np.bincount(key, minlength=cells)
    numerator, denominator = own["numerator"].to_numpy()[rows], own["denominator"].to_numpy()[rows]
    numerator = np.where(np.isnan(numerator), own["value"].to_numpy()[rows], numerator)
    cell = np.flatnonzero(count)
    out = pd.DataFrame(
        {
            "region": pd.array(regions_, dtype="str").take(cell // (len(measures) * len(periods))),
            "measure": pd.array(measures, dtype="str").take(cell // len(periods) % len(measures)),
            "period": periods[cell % len(periods)],
            "sites": count[cell],
            "numerator": _sums(numerator, key, cells)[cell],
            "denominator": _sums(denominator, key, cells)[cell],
        }
    )
    base = (
        out["measure"].map({m.id: m.rate_base if m.form is Form.RATE else 1.0 for m in campaign.measures}).astype(float)
    )
    out["value"] = np.where(out["denominator"].notna(), out["numerator"] / out["denominator"] * base, out["numerator"])
    out["target"] = np.nan
    for measure in campaign.measures:
        order = {name: i for i, name in enumerate(paths.keys.get(("region", measure.id), ()))}
        mine = (out["measure"] == measure.id).to_numpy()
        code = out["region"].map(order).fillna(-1).astype(int).to_numpy()
        out.loc[mine, "target"] = paths.lookup("region", measure.id, code[mine], out["period"].to_numpy()[mine])
    return out[list(REGIONS)]


def _sums(x: np.ndarray, key: np.ndarray, cells: int) -> np.ndarray:
    """Sum of ``x`` for each key, NaN where it has no number at all."""
    there = np.isfinite(x)
    total = np.bincount(key, np.where(there, x, 0.0), cells)
    return np.where(np.bincount(key, there, cells) > 0, total, np.nan)


def sites(cells: Grids, campaign: Campaign, calendar: Calendar) -> pd.DataFrame:
    """Who has reported what is due, and for how many months running."""
    table = {s.id: s for s in campaign.sites}
    rows = [table[s] for s in calendar.sites]
    measures = [m for m in campaign.measures if m.frequency == campaign.outcome.frequency]
    came_in = sum(np.isfinite(cells.of(m, "value")).astype(int) for m in measures)
    whole = came_in == len(measures)
    t = len(calendar.periods)
    is_open = calendar.open_[:, -1] if t else np.array([s.opened is None or s.opened <= calendar.as_of for s in rows])
    # The report in question: an overdue one first, else the newest that is over.
    overdue = np.zeros(len(rows), bool)
    if calendar.last_due:
        overdue = calendar.open_[:, calendar.last_due - 1] & ~whole[:, calendar.last_due - 1]
    at = np.where(overdue, calendar.last_due - 1, t - 1)
    pick = np.arange(len(rows))
    reported = came_in[pick, at] if t else np.zeros(len(rows), int)
    state = np.select(
        [~is_open, overdue, reported < len(measures)],
        [Reporting.CLOSED.value, Reporting.MISSING.value, Reporting.DUE.value],
        Reporting.IN.value,
    )
    period = calendar.periods[at].astype("datetime64[us]") if t else np.full(len(rows), "NaT", "datetime64[us]")
    due = calendar.due[at].astype("datetime64[us]") if t else np.full(len(rows), "NaT", "datetime64[us]")
    return pd.DataFrame(
        {
            "site": list(calendar.sites),
            "name": [s.name for s in rows],
            "region": [s.region for s in rows],
            "open": is_open,
            "successor": [s.successor if s.merged_on and s.merged_on <= calendar.as_of else None for s in rows],
            "merged_on": pd.to_datetime([s.merged_on for s in rows]),
            "reporting": state,
            "due_period": period,
            "due_on": due,
            "reported": reported,
            "expected": len(measures),
            "streak": _streak(whole, calendar),
        }
    )


def _streak(whole: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Periods running that were reported whole, counted back from the newest; one not yet due may be out."""
    if not whole.shape[1]:
        return np.zeros(len(whole), int)
    tail = whole[:, calendar.last_due :]
    back = np.cumprod(whole[:, : calendar.last_due][:, ::-1], axis=1).sum(axis=1)
    ahead = np.cumprod(tail, axis=1).sum(axis=1)
    return back + ahead


def standards(cells: Grids, campaign: Campaign, calendar: Calendar) -> pd.DataFrame:
    """How many sites reached a standard each month, for aims of that kind."""
    frames = []
    for aim in campaign.aims:
        if aim.kind != AimKind.SITES_REACHING or not len(calendar.periods):
            continue
        measure = campaign.measure(aim.measure)
        value = cells.of(measure, "value")
        sign = -1 if measure.better == "down" else 1
        with np.errstate(invalid="ignore"):
            reached = (sign * value >= sign * aim.standard) & calendar.open_
        agreed = [v for v in aim.versions if v.agreed_on <= calendar.as_of]
        asked = np.full(len(calendar.periods), np.nan)
        asked_on = np.full(len(calendar.periods), "NaT", "datetime64[D]")
        for version in sorted(agreed, key=lambda v: v.number):
            on = calendar.periods >= np.datetime64(version.in_force_from, "D")
            asked[on], asked_on[on] = version.waypoints[-1].sites, version.waypoints[-1].on
        frames.append(
            pd.DataFrame(
                {
                    "aim": aim.id,
                    "period": calendar.periods.astype("datetime64[us]"),
                    "standard": aim.standard,
                    "reached": reached.sum(axis=0),
                    "reporting": (np.isfinite(value) & calendar.open_).sum(axis=0),
                    "asked": asked,
                    "asked_on": asked_on.astype("datetime64[us]"),
                }
            )
        )
    if not frames:
        return pd.DataFrame(columns=list(STANDARDS))
    return pd.concat(frames, ignore_index=True)[list(STANDARDS)]
