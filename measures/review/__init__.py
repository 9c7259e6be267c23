"""The review: everything a person sees is a view of one vectorised pass over what was known at a date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import numpy as np
import pandas as pd

from measures.model import Campaign, Ghost, Rebase, Redefinition
from measures.review import limits, rollup, steps
from measures.review.calendar import calendar as lay_out
from measures.review.frames import SITES
from measures.review.pace import pace
from measures.review.paths import Paths
from measures.review.paths import paths as draw_paths
from measures.spc import Options

T = TypeVar("T")
LOOKS = "signals.look."
"""Before the name of a family of sites, under which ``review.signals`` keeps what it found."""


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """One campaign at one date. The frames (``measures.review.frames``) are shared: copy before changing.

    ``period`` is the newest month that everybody had to have reported by ``as_of``: what the campaign
    speaks about. ``latest`` is the newest month that is over: what a site may already have reported.
    """

    campaign: Campaign
    as_of: date
    known_at: int | None
    period: date | None
    latest: date | None
    options: Options
    """How limits are drawn where a measure leaves it open."""
    points: pd.DataFrame
    series: pd.DataFrame
    sites: pd.DataFrame
    totals: pd.DataFrame
    regions: pd.DataFrame
    paths: pd.DataFrame
    targets: Paths
    """What the points' targets are read from."""
    standards: pd.DataFrame
    remarks: pd.DataFrame
    """What teams wrote beside their numbers: site, measure, period, note."""
    judged: np.ndarray
    """The points' values as limits judge them (n,): without their season, on its scale, where it is taken out."""
    seasons: dict[str, str]
    """By measure that takes its season out: whether that was possible (``spc.season.Status``)."""
    first_at: np.ndarray
    """When each of the points first held a number (n,), datetime64[us] in UTC; NaT where that is not known."""
    rebases: tuple[Rebase, ...] = ()
    """Every decision about where limits start anew, whatever its status."""
    redefinitions: tuple[Redefinition, ...] = ()
    """Where a measure began to be counted differently, by measure and period."""
    found_before: Mapping[str, object] = field(default_factory=dict, repr=False)
    """What an earlier review had found by the time this one was made: see ``review.signals``."""
    _cut: dict[str, object] = field(default_factory=dict, repr=False)

    def once(self, name: str, cut: Callable[[Review], T]) -> T:
        """What ``cut`` makes of this review, made the first time it is asked for and kept with it."""
        if name not in self._cut:
            self._cut[name] = cut(self)
        return self._cut[name]

    def kept(self, lead: str) -> dict[str, object]:
        """What ``once`` has kept so far under names that begin with ``lead``."""
        return {name: one for name, one in list(self._cut.items()) if name.startswith(lead)}


def review(
    observations: pd.DataFrame,
    campaign: Campaign,
    as_of: date,
    known_at: int | None = None,
    options: Options | None = None,
    rebases: Sequence[Rebase] = (),
    ghosts: Sequence[Ghost] = (),
    redefinitions: Sequence[Redefinition] = (),
    carried: Review | None = None,
) -> Review:
    """Compute the whole review in one pass. Pure: no clock, no input or output.

    Arguments
        observations: tidy frame with site, measure, group, period, numerator, denominator, value; one row
            per cell, as known at ``known_at``; ``first_at`` (when it first held a number) where that is known.
        as_of: "today" for due dates and everything else; periods that end later are left out.
        known_at: the revision the observations were read at, recorded with the result.
        options: how limits are drawn where a measure leaves it open; each has its own kind, rules and baseline.
        rebases, ghosts: what was decided about charts, as known at ``known_at``; see ``review.limits``.
        redefinitions: from when on measures are counted differently; those that begin after ``as_of`` do not count.
        carried: an earlier review, of this or of an earlier revision or date: the result is the same without it, and
            the looks at figures that have not changed since are not made again.
    """
    options = options or Options()
    own, reference = steps.observed(observations, campaign, as_of)
    calendar = lay_out(campaign, as_of)
    paths = draw_paths(campaign, as_of, calendar)
    drawn = limits.drawn(own, campaign, options, rebases, ghosts, redefinitions)
    points = steps.points(own, campaign, paths, drawn)
    series = steps.series(points, drawn, campaign, options, paths)
    cells = rollup.grids(own, calendar)
    places = rollup.sites(cells, campaign, calendar)
    rates = pace(own, drawn, campaign, paths, places["site"], as_of)
    totals = rollup.totals(cells, reference, campaign, calendar, paths)
    return Review(
        campaign=campaign,
        as_of=as_of,
        known_at=known_at,
        period=calendar.headline,
        latest=calendar.latest,
        options=options,
        points=points,
        series=series,
        sites=pd.concat([places, rates], axis=1)[list(SITES)],
        totals=totals,
        regions=rollup.regions(own, campaign, paths),
        paths=paths.frame,
        targets=paths,
        standards=rollup.standards(cells, campaign, calendar),
        judged=drawn.judged,
        seasons=drawn.seasons,
        first_at=_first_at(own),
        rebases=tuple(rebases),
        redefinitions=tuple(r for r in redefinitions if r.stands and r.on <= as_of),
        found_before=carried.kept(LOOKS) if carried else {},
        remarks=own.loc[own["note"].ne("").to_numpy(), ["site", "measure", "period", "note"]].reset_index(drop=True),
    )


def _first_at(own: pd.DataFrame) -> np.ndarray:
    if "first_at" not in own:
        return np.full(len(own), "NaT", "datetime64[us]")
    return own["first_at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
