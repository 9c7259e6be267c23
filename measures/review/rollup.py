"""What the sites add up to: reporting, totals by month, regions, and how many reached a standard."""

from __future__ import annotations

import numpy as np
import pandas as pd

from measures.model import AimKind, Campaign, Form, Measure, Reporting, SiteKind
from measures.review.calendar import Calendar, due_on
from measures.review.frames import CAMPAIGN, REGIONS, SITES, STANDARDS
from measures.review.paths import Paths


def _grid(own: pd.DataFrame, calendar: Calendar, measure: Measure, column: str) -> np.ndarray:
    """One column of one measure as sites x periods (group "all"); NaN where nothing was reported."""
    grid = np.full((len(calendar.sites), len(calendar.periods)), np.nan)
    rows = own[(own["measure"] == measure.id).to_numpy() & (own["group"] == "all").to_numpy()]
    order = {site: i for i, site in enumerate(calendar.sites)}
    lut = np.array([order.get(site, -1) for site in own["site"].cat.categories])
    site = lut[rows["site"].cat.codes.to_numpy()]
    at = np.searchsorted(calendar.periods, rows["period"].to_numpy().astype("datetime64[D]"))
    grid[site, at] = rows[column].to_numpy(float)
    return grid


def totals(
    own: pd.DataFrame, reference: pd.DataFrame, campaign: Campaign, calendar: Calendar, paths: Paths
) -> pd.DataFrame:
    """Each measure by month over the sites open then, beside the path in force and the reference line."""
    frames = []
    for measure in sorted(campaign.measures, key=lambda m: m.order):
        ratio = measure.form.has_denominator
        top = _grid(own, calendar, measure, "numerator" if ratio else "value")
        size = _grid(own, calendar, measure, "denominator") if ratio else np.abs(top)
        there = np.isfinite(top)
        # What is missing counts at its last known size (or, before any, its first).
        known = pd.DataFrame(size.T).ffill().bfill().to_numpy().T
        known = np.where(calendar.open_ | there, np.nan_to_num(known), 0.0)
        numerator, denominator = np.nansum(top, axis=0), np.nansum(size, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            if ratio:
                value = numerator / denominator * (measure.rate_base if measure.form is Form.RATE else 1.0)
            else:
                value = np.where(there.any(axis=0), numerator, np.nan)
            share = denominator / known.sum(axis=0)
        refs = reference[(reference["measure"] == measure.id).to_numpy()].drop_duplicates("period")
        by_period = pd.Series(refs["value"].to_numpy(), refs["period"].to_numpy().astype("datetime64[D]"))
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
                    "reference": by_period.reindex(calendar.periods).to_numpy(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[list(CAMPAIGN)]


def regions(own: pd.DataFrame, campaign: Campaign, paths: Paths) -> pd.DataFrame:
    """Each measure by region and month, over the sites that reported; only sums of numerators over sums."""
    region = {s.id: s.region for s in campaign.sites if s.kind == SiteKind.SITE}
    rows = own[(own["group"] == "all").to_numpy()]
    names = rows["site"].cat.categories.map(lambda s: region.get(s, ""))
    frame = pd.DataFrame(
        {
            "region": names.to_numpy()[rows["site"].cat.codes.to_numpy()],
            "measure": rows["measure"].astype(str).to_numpy(),
            "period": rows["period"].to_numpy(),
            "sites": 1,
            "numerator": rows["numerator"].fillna(rows["value"]).to_numpy(),
            "denominator": rows["denominator"].to_numpy(),
        }
    )
    out = frame.groupby(["region", "measure", "period"], as_index=False).sum(min_count=1)
    base = out["measure"].map({m.id: m.rate_base if m.form is Form.RATE else 1.0 for m in campaign.measures})
    out["value"] = np.where(out["denominator"].notna(), out["numerator"] / out["denominator"] * base, out["numerator"])
    out["target"] = np.nan
    for measure in campaign.measures:
        order = {name: i for i, name in enumerate(paths.keys.get(("region", measure.id), ()))}
        mine = (out["measure"] == measure.id).to_numpy()
        code = out["region"].map(order).fillna(-1).astype(int).to_numpy()
        out.loc[mine, "target"] = paths.lookup("region", measure.id, code[mine], out["period"].to_numpy()[mine])
    return out[list(REGIONS)]


def sites(own: pd.DataFrame, campaign: Campaign, calendar: Calendar) -> pd.DataFrame:
    """Who has reported what is due, and for how many months running."""
    table = {s.id: s for s in campaign.sites}
    rows = [table[s] for s in calendar.sites]
    measures = [m for m in campaign.measures if m.frequency == campaign.outcome.frequency]
    came_in = sum(np.isfinite(_grid(own, calendar, m, "value")).astype(int) for m in measures)
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
    days = {p: due_on(p.astype(object), campaign.outcome) for p in np.unique(calendar.periods)}
    due = [days.get(p) for p in calendar.periods[at]] if t else [None] * len(rows)
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
            "due_on": pd.to_datetime(pd.Series(due, dtype=object)).to_numpy(),
            "reported": reported,
            "expected": len(measures),
            "streak": _streak(whole, calendar),
        }
    )[list(SITES)]


def _streak(whole: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Periods running that were reported whole, counted back from the newest; one not yet due may be out."""
    if not whole.shape[1]:
        return np.zeros(len(whole), int)
    tail = whole[:, calendar.last_due :]
    back = np.cumprod(whole[:, : calendar.last_due][:, ::-1], axis=1).sum(axis=1)
    ahead = np.cumprod(tail, axis=1).sum(axis=1)
    return back + ahead


def standards(own: pd.DataFrame, campaign: Campaign, calendar: Calendar) -> pd.DataFrame:
    """How many sites reached a standard each month, for aims of that kind."""
    frames = []
    for aim in campaign.aims:
        if aim.kind != AimKind.SITES_REACHING or not len(calendar.periods):
            continue
        measure = campaign.measure(aim.measure)
        value = _grid(own, calendar, measure, "value")
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
