"""What each site has still to do to its next waypoint, beside what it has been doing: its share and two rates."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from measures import panel
from measures.aims import position, trajectory
from measures.model import Campaign
from measures.review.calendar import agreed_versions
from measures.review.limits import SIGN, Drawn
from measures.review.paths import Paths

RECENT = 15
"""Months that the rates are read from: the last three, beside the three before or, with a season, a year before."""

COLUMNS = ("share", "share_on", "required_rate", "current_rate")
"""The level a site is asked for at its next waypoint, when that is, and the change a month that reaching it takes,
beside the change a month of late: from the three months before or, where there is a season, from a year before."""


def pace(
    own: pd.DataFrame, drawn: Drawn, campaign: Campaign, paths: Paths, sites: pd.Series, as_of: date
) -> pd.DataFrame:
    """The columns (``COLUMNS``) for each of ``sites``, for the main aim; missing where there is no path.

    ``own`` are the sorted rows that ``drawn`` was made of. Source: ``position.required_and_current_level``.
    """
    blank = pd.DataFrame({name: np.full(len(sites), np.nan) for name in COLUMNS})
    blank["share_on"] = pd.NaT
    outcome = campaign.outcome
    waypoints = _waypoints(campaign, outcome.id, as_of)
    starts = drawn.starts
    if waypoints is None or not len(own):
        return blank
    first = own.iloc[starts]
    is_main = ((first["measure"] == outcome.id) & (first["group"] == "all")).to_numpy()
    starts, ends = starts[is_main], panel.stops(drawn.starts, len(own))[is_main]
    site = own["site"].to_numpy()[starts].astype(str)
    keys = {name: i for i, name in enumerate(paths.keys.get(("site", outcome.id), ()))}
    last = trajectory.month_number(own["period"].to_numpy()[ends - 1])
    on = waypoints[np.minimum(np.searchsorted(waypoints, last, side="right"), len(waypoints) - 1)]
    key = np.array([keys.get(one, -1) for one in site], np.int64)
    share = paths.lookup("site", outcome.id, key, on.astype("datetime64[M]").astype("datetime64[D]"))
    level = np.where(drawn.ghosted, np.nan, drawn.level)
    recent = _recent(level, own, starts, ends)
    rates = position.required_and_current_level(recent, share, on - last, SIGN[outcome.better] or 1)
    current = rates.current
    if outcome.seasonal:
        seen = _recent(np.where(drawn.ghosted, np.nan, own["value"].to_numpy(float)), own, starts, ends)
        current = position.pace_on_last_year(seen)
    due = np.where(np.isfinite(share), on.astype("datetime64[M]").astype("datetime64[us]"), np.datetime64("NaT", "us"))
    found = pd.DataFrame(
        {"share": share, "share_on": due, "required_rate": rates.required, "current_rate": current}, index=site
    )
    return found.reindex(sites.to_numpy()).reset_index(drop=True)[list(COLUMNS)]


def _waypoints(campaign: Campaign, measure: str, as_of: date) -> np.ndarray | None:
    """Month numbers of the dated stops of the newest version agreed by then; None where there is none."""
    agreed = agreed_versions(campaign, measure, as_of)
    if not agreed:
        return None
    return np.sort(trajectory.month_number(np.array([w.on for w in agreed[-1].waypoints], "datetime64[D]")))


def _recent(values: np.ndarray, own: pd.DataFrame, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The latest months of each series (s, RECENT), newest last; NaN where one is missing or left out."""
    month = trajectory.month_number(own["period"].to_numpy())
    rows = ends[:, None] - np.arange(RECENT, 0, -1)
    out = np.full(rows.shape, np.nan)
    # A month that is missing moves those before it: each row goes to its own month's place.
    for row in rows.T:
        there = row >= starts
        place = RECENT - 1 - (month[ends - 1] - month[np.maximum(row, 0)])
        fits = there & (place >= 0)
        out[np.flatnonzero(fits), place[fits]] = values[row[fits]]
    return out
