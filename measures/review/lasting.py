"""What pages say of lasting changes: one site's, and how many of a campaign's sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from measures.model import Measure
from measures.review import Review, flags
from measures.review.frames import FLAGS, SIGNALS
from measures.review.signals import Looked, Status, Way, declared, look


@dataclass(frozen=True, slots=True)
class Family:
    """The sites of a measure, looked at again every period: how many are (``tested``) and how often (``looks``);
    ``correlation`` of a period with the one before it; ``status``: why none is, "tested" where some are."""

    measure: Measure
    tested: int = 0
    looks: int = 0
    correlation: float = 0.0
    status: str = Status.SHORT.value


@dataclass(frozen=True, slots=True)
class OfSite:
    """One site's signals (``frames.SIGNALS``) and what its chart flags (``frames.FLAGS``), oldest first.

    ``status`` whether changes are looked for, on ``baseline`` reported periods before the start; from ``until`` on
    (None: all the way) nothing is comparable, because of ``broke``; ``p`` by side (+1 up, -1 down): how often a site
    where nothing changes ever shows as much as this one's strongest change.
    """

    family: Family
    declared: pd.DataFrame
    flagged: pd.DataFrame
    status: str = Status.SHORT.value
    baseline: int = 0
    until: date | None = None
    broke: str = ""
    p: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfSites:
    """The signals (``frames.SIGNALS``) of the sites that are open, by site; ``open_sites`` how many those are."""

    family: Family
    declared: pd.DataFrame
    open_sites: int

    def count(self, *ways: Way) -> int:
        """How many signals there are in any of these directions."""
        return int(self.declared["direction"].isin([way.value for way in ways]).sum())


def of_site(review: Review, site: str, measure: Measure, points: pd.DataFrame) -> OfSite:
    """One site's, for one measure; ``points`` its rows of ``frames.POINTS`` as the campaign draws them."""
    one = look(review, measure.id)
    family = _family(one, measure)
    mine = np.flatnonzero(one.sites == site) if one else np.zeros(0, int)
    if one is None or not mine.size:
        return OfSite(family, pd.DataFrame(columns=list(SIGNALS)), pd.DataFrame(columns=list(FLAGS)))
    row, found = int(mine[0]), declared(review, measure.id)
    until = int(one.until[row])
    return OfSite(
        family=family,
        declared=found[(found["site"] == site).to_numpy()].reset_index(drop=True),
        flagged=flags.of_points(review, points, measure.id),
        status=str(one.status[row]),
        baseline=int(one.baseline[row]),
        until=one.periods[until].astype(date) if until < len(one.periods) else None,
        broke=str(one.broke[row]),
        p={sign: float(side.p[row]) for sign, side in one.sides.items()},
    )


def of_sites(review: Review, measure: Measure) -> OfSites:
    """All open sites', for one measure."""
    one = look(review, measure.id)
    open_sites = review.sites.loc[review.sites["open"], "site"]
    found = declared(review, measure.id)
    found = found[found["site"].isin(open_sites).to_numpy()].reset_index(drop=True)
    return OfSites(_family(one, measure), found, len(open_sites))


def _family(one: Looked | None, measure: Measure) -> Family:
    if one is None:
        return Family(measure)
    tested = one.tested
    status = Status.TESTED.value if tested else str(one.status[0])
    rho = float(one.found.noise.rho) if one.found and tested else 0.0
    return Family(measure, tested, one.looks, rho, status)
