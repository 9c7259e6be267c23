"""What each new version of an aim changed, site by site: another date, another share, or a share that was passed on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from measures.aims.versions import passed_on
from measures.model import Aim, AimKind, AimVersion, Campaign, Share, Waypoint
from measures.review import Review
from measures.review.calendar import owners

COLUMNS = (
    "aim", "version", "site", "on", "on_before", "numerator", "denominator", "numerator_before",
    "denominator_before", "passed_on",
)  # fmt: skip
"""One row per aim, version after the first, waypoint and site that has a share in it. ``…_before``: the share for the
same level in the version before, those of sites merged by the day it was agreed passed on to their successors;
missing where there was none. ``passed_on``: how many sites' shares it took over."""


def differences(review: Review) -> pd.DataFrame:
    """The table (``COLUMNS``) of every version agreed by the review's date."""
    return review.once("differences", lambda r: changes(r.campaign, r.as_of))


def changes(campaign: Campaign, as_of: date) -> pd.DataFrame:
    """The table (``COLUMNS``) of a campaign's versions agreed by ``as_of``, oldest first."""
    frames = []
    for aim in campaign.aims:
        if aim.kind != AimKind.LEVEL:
            continue
        agreed = sorted((v for v in aim.versions if v.agreed_on <= as_of), key=lambda v: v.number)
        for before, after in pairwise(agreed):
            frames += [_changed(campaign, aim, before, after, old, new) for old, new in _pairs(before, after)]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    return frame[list(COLUMNS)]


def _pairs(before: AimVersion, after: AimVersion) -> list[tuple[Waypoint | None, Waypoint]]:
    """Each waypoint with the one of the version before that asks for the same level."""
    old = {w.level: w for w in before.waypoints}
    return [(old.get(w.level), w) for w in after.waypoints]


def _changed(
    campaign: Campaign, aim: Aim, before: AimVersion, after: AimVersion, old: Waypoint | None, new: Waypoint
) -> pd.DataFrame:
    now = _table(campaign.shares, aim, after, new)
    frame = now.assign(
        aim=aim.id, version=after.number, on=pd.Timestamp(new.on), on_before=pd.Timestamp(old.on) if old else pd.NaT
    )
    if old is None:
        blank = np.full(len(now), np.nan)
        return frame.assign(numerator_before=blank, denominator_before=blank, passed_on=0)
    then = _table(campaign.shares, aim, before, old)
    moved = _moved(campaign, then, after)
    return frame.merge(moved, on="site", how="left").fillna({"passed_on": 0})


def _table(shares: Sequence[Share], aim: Aim, version: AimVersion, waypoint: Waypoint) -> pd.DataFrame:
    mine = [s for s in shares if (s.aim, s.version, s.on) == (aim.id, version.number, waypoint.on)]
    return pd.DataFrame(
        {
            "site": [s.site for s in mine],
            "numerator": [s.numerator for s in mine],
            "denominator": [s.denominator for s in mine],
        }
    )


def _moved(campaign: Campaign, then: pd.DataFrame, after: AimVersion) -> pd.DataFrame:
    """The shares of a version, with whoever counted each site's work on the day the next was agreed."""
    by = counted_by(campaign, then["site"].to_numpy(), after.agreed_on)
    _, first, code = np.unique(by, return_index=True, return_inverse=True)
    columns = passed_on(then[["numerator", "denominator"]].to_numpy(), first[code])[first]
    others = np.bincount(code) - np.isin(by[first], then["site"].to_numpy())
    return pd.DataFrame(
        {
            "site": by[first],
            "numerator_before": columns[:, 0],
            "denominator_before": columns[:, 1],
            "passed_on": others,
        }
    )


def counted_by(campaign: Campaign, sites: np.ndarray, on: date) -> np.ndarray:
    """The site that counts each site's work on a day, following mergers: ids (n,)."""
    known = tuple(s.id for s in campaign.sites)
    owner = owners(campaign, known, np.array([np.datetime64(on, "D")]))[:, 0]
    return pd.Series(np.array(known, object)[owner], index=list(known)).loc[sites].to_numpy()
