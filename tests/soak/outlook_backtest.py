"""What the outlook would have said of England's A&E departments, month by month, beside what happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.aims.outlook import Assumption, Caveat, Outlook, outlook
from measures.aims.trajectory import month_number
from measures.demo import ae

FIRST = 18
"""Months of data behind the first forecast."""

AHEAD = (3, 6, 9, 12)
TARGETS = (0.82, 0.84, 0.86, 0.88, 0.90)


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Seen within four hours and attendances (n, t), a merged organisation's with its successor's; periods (t,)."""

    good: np.ndarray
    all: np.ndarray
    periods: np.ndarray

    @property
    def pooled(self) -> np.ndarray:
        """(t,): what happened."""
        return np.nansum(self.good, axis=0) / np.nansum(self.all, axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One forecast: months of data, months ahead, what was said for each of ``TARGETS`` and what happened."""

    months: int
    ahead: int
    said: Outlook
    chances: tuple[float, ...]
    actual: float
    year_before: float


def data() -> Shares:
    """The demo's organisations as they are at the end."""
    places = [site for site in ae.sites() if site.id != ae.ENGLAND]
    moved = {site.id: site.successor or site.id for site in places}
    rows = ae.monthly()
    rows = rows[rows["org_code"].isin(moved)]
    rows = rows.assign(site=rows["org_code"].map(moved), good=rows["attendances"] - rows["breaches"])
    table = rows.groupby(["site", "period"])[["good", "attendances"]].sum().unstack()
    good, all_ = (table[name].to_numpy(float) for name in ("good", "attendances"))
    return Shares(good, all_, month_number(table["good"].columns.to_numpy()))


def cases(shares: Shares, assumption: Assumption, months: range | None = None) -> list[Case]:
    """Every forecast from ``FIRST`` months of data on whose date lies within the data."""
    found, total = [], len(shares.periods)
    for t in months or range(FIRST, total - min(AHEAD) + 1):
        for ahead in AHEAD:
            if t + ahead > total:
                continue
            said = [
                outlook(
                    shares.good[:, :t],
                    shares.all[:, :t],
                    shares.periods[:t],
                    target=target,
                    at=int(shares.periods[t - 1]) + ahead,
                    assumption=assumption,
                )
                for target in TARGETS
            ]
            at = t - 1 + ahead
            chances = tuple(one.chance for one in said)
            found.append(Case(t, ahead, said[0], chances, float(shares.pooled[at]), float(shares.pooled[at - 12])))
    return found


def inside(case: Case) -> tuple[bool, bool]:
    """Whether what happened lay within the 50 % and the 90 % fan."""
    low90, _, low50, _, high50, _, high90 = case.said.quantiles[-1]
    return low50 <= case.actual <= high50, low90 <= case.actual <= high90


def broke(found: list[Case]) -> list[int]:
    """Months of data at which the outlook said that the level broke."""
    return sorted({case.months for case in found if Caveat.LEVEL_BROKE in case.said.caveats})
