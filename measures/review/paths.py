"""The path of every site, region and of the campaign, for each version of its aims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.aims import shapes, trajectory
from measures.model import AimKind, AimVersion, Campaign
from measures.review.calendar import Calendar, owners
from measures.review.frames import PATHS


@dataclass(frozen=True, slots=True)
class Paths:
    """``frame`` is the table (``frames.PATHS``); ``in_force`` maps (level, measure) to targets by key and month."""

    frame: pd.DataFrame
    keys: dict[tuple[str, str], tuple[str, ...]]
    in_force: dict[tuple[str, str], np.ndarray]
    months: np.ndarray

    def lookup(
        self, level: str, measure: str, key: np.ndarray, period: np.ndarray, at: np.ndarray | None = None
    ) -> np.ndarray:
        """The target in force for each (key code, period); NaN where there is none.

        ``at`` gives each key's place in ``period``, so that a date that many rows share is looked at once.
        """
        found = np.full(len(key), np.nan)
        table = self.in_force.get((level, measure))
        if table is None or not len(key):
            return found
        column = trajectory.month_number(period) - self.months[0]
        column = column if at is None else column[at]
        inside = (column >= 0) & (column < len(self.months)) & (key >= 0)
        found[inside] = table[key[inside], column[inside]]
        return found

    def rise(self, level: str, measure: str) -> np.ndarray:
        """From the beginning of each key's path in force to its end (keys,); NaN where there is none. The last place,
        for a key that is not there (code -1), is NaN too."""
        table = self.in_force[level, measure]
        there = np.isfinite(table)
        first, last = there.argmax(axis=1), table.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
        keys = np.arange(len(table))
        return np.append(table[keys, last] - table[keys, first], np.nan)


def paths(campaign: Campaign, as_of: date, calendar: Calendar) -> Paths:
    """The way from the baseline to each dated waypoint, of every version agreed by ``as_of``, by its shape.

    A share is a numerator over a forecast denominator, so a successor's or a region's waypoint is the sum
    of the numerators over the sum of the denominators of what it counts at that month: mergers and
    roll-ups reconcile by construction.
    """
    end = max((w.on for a in campaign.aims for v in a.versions for w in v.waypoints), default=campaign.end)
    months = np.arange(
        trajectory.month_number(np.datetime64(campaign.baseline_end)),
        trajectory.month_number(np.datetime64(end)) + 1,
    )
    periods = months.astype("datetime64[M]").astype("datetime64[D]")
    owner = owners(campaign, calendar.sites, periods)
    region_names = tuple(sorted({s.region for s in campaign.sites if s.region}))
    number = {name: i for i, name in enumerate(region_names)}
    region_of = {s.id: number[s.region] for s in campaign.sites if s.region}
    region = np.array([region_of.get(s, -1) for s in calendar.sites])
    levels = (
        ("site", calendar.sites, owner),
        ("region", region_names, region[owner]),
        ("campaign", (campaign.id,), np.zeros_like(owner)),
    )
    rows, in_force, keys = [], {}, {}
    shares = _shares(campaign, calendar.sites)
    for aim in campaign.aims:
        if aim.kind != AimKind.LEVEL:
            continue
        agreed = sorted((v for v in aim.versions if v.agreed_on <= as_of), key=lambda v: v.number)
        for level, names, to in levels:
            force = in_force.setdefault((level, aim.measure), np.full((len(names), len(months)), np.nan))
            keys[level, aim.measure] = names
            for i, version in enumerate(agreed):
                path = _version(campaign, version, shares[aim.id, version.number], to, len(names), months)
                start = trajectory.month_number(np.datetime64(version.in_force_from))
                until = (
                    trajectory.month_number(np.datetime64(agreed[i + 1].in_force_from))
                    if i + 1 < len(agreed)
                    else months[-1] + 1
                )
                on = (months >= start) & (months < until)
                force[:, on] = path[:, on]
                key, month = np.nonzero(np.isfinite(path) & (months >= start - (i == 0)))
                rows.append(
                    pd.DataFrame(
                        {
                            "level": _repeated(level, len(key)),
                            "key": pd.array(names, dtype="str").take(key),
                            "measure": _repeated(aim.measure, len(key)),
                            "aim": _repeated(aim.id, len(key)),
                            "version": version.number,
                            "period": periods.astype("datetime64[us]")[month],
                            "target": path[key, month],
                            "in_force": on[month],
                        }
                    )
                )
    frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(PATHS))
    return Paths(frame[list(PATHS)], keys, in_force, months)


def _repeated(text: str, n: int) -> pd.api.extensions.ExtensionArray:
    """A text ``n`` times over, without making ``n`` Python strings."""
    return pd.array([text], dtype="str").take(np.zeros(n, np.int64))


def _shares(campaign: Campaign, sites: tuple[str, ...]) -> dict[tuple[str, int], tuple[np.ndarray, np.ndarray]]:
    """Numerators and denominators (knots, sites) of each version's shares; the first knot is the baseline."""
    position = {site: i for i, site in enumerate(sites)}
    knot, found = {}, {}
    for aim in campaign.aims:
        for version in aim.versions:
            dates = sorted(w.on for w in version.waypoints)
            knot[aim.id, version.number] = {on: i for i, on in enumerate(dates, 1)}
            shape = (len(dates) + 1, len(sites))
            found[aim.id, version.number] = np.zeros(shape), np.zeros(shape)
    for share in campaign.shares:
        if (share.aim, share.version) not in found:
            continue
        numerator, denominator = found[share.aim, share.version]
        at, site = knot[share.aim, share.version][share.on], position[share.site]
        numerator[at, site], denominator[at, site] = share.numerator, share.denominator
        numerator[0, site], denominator[0, site] = share.baseline_numerator, share.baseline_denominator
    return found


def _version(
    campaign: Campaign,
    version: AimVersion,
    shares: tuple[np.ndarray, np.ndarray],
    to: np.ndarray,
    k: int,
    months: np.ndarray,
) -> np.ndarray:
    """One version's path (k, t): sum the shares of what each key counts, then go from one to the next by its shape."""
    knots = trajectory.month_number(
        np.array([campaign.baseline_end, *sorted(w.on for w in version.waypoints)], "datetime64[D]")
    )
    seg, f = trajectory.segment(months, knots)
    f = shapes.read(version.shape)(f)
    cell = (to * len(months) + np.arange(len(months))).ravel()

    def level(knot: np.ndarray) -> np.ndarray:
        top, bottom = (np.bincount(cell, x.T[:, knot].ravel(), k * len(months)).reshape(k, len(months)) for x in shares)
        with np.errstate(invalid="ignore", divide="ignore"):
            return top / bottom

    path = level(seg) * (1 - f) + level(seg + 1) * f
    path[:, (months < knots[0]) | (months > knots[-1])] = np.nan
    return path
