"""The walk of the Stable Shift Algorithm: every series of a call in lockstep, one step in each round.

Used by ``stable_shift`` alone. A *point* is a row that is not missing; points are numbered through all series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from measures import panel
from measures.spc import calculation
from measures.spc.calculation import Fit

if TYPE_CHECKING:
    from measures.spc.stable_shift import StableShift


class Breaks(NamedTuple):
    """The proposed rebases, by series and row; arrays (b,).

    ``row`` the first row of the new period and ``series`` its place in ``starts``; ``side`` +1 where the points
    from there on lay above the centre then in force, -1 below; ``run`` how many of them in a row;
    ``centre_before``, ``centre_after``; ``points`` that the new limits rest on, ``excluded`` those of the same
    calculation period that were left out of them.
    """

    row: np.ndarray
    series: np.ndarray
    side: np.ndarray
    run: np.ndarray
    centre_before: np.ndarray
    centre_after: np.ndarray
    points: np.ndarray
    excluded: np.ndarray


class Stretch(NamedTuple):
    """The points of some series (a,), in each from one point to its last, in runs on one side of a centre."""

    points: np.ndarray
    """Their numbers (r,)."""
    starts: np.ndarray
    """Each series' first place among them (a,)."""
    place: np.ndarray
    """Each one's distance from its series' first (r,)."""
    side: np.ndarray
    edges: np.ndarray
    """Each run's first place (q,)."""
    length: np.ndarray
    owner: np.ndarray
    """Each run's series (q,)."""


class Walk:
    """Where each series' pointer stands, and the limits in force at every point.

    ``values`` (n,), ``starts`` (s,) and ``denominators`` (n,) or None as in ``stable_shift.propose``, checked.
    Arrays over the points (m,): ``rows`` their rows, ``shown`` what is plotted, ``gap`` whether a missing row lies
    before, ``period``, ``centre``, ``width``, ``calculation``, ``excluded``, ``side``. ``breaks`` (by round).
    """

    def __init__(
        self, values: np.ndarray, starts: np.ndarray, denominators: np.ndarray | None, options: StableShift
    ) -> None:
        self.options = options
        present = ~np.isnan(values)
        if denominators is not None:
            present &= denominators > 0
        self.present, self.rows = present, np.flatnonzero(present)
        self.values = values[self.rows]
        self.denominators = None if denominators is None else denominators[self.rows]
        self.shown = self.values if denominators is None else self.values / self.denominators
        m = self.rows.size
        self.gap = np.diff(self.rows, prepend=-1) > 1
        before = np.concatenate(([0], np.cumsum(present)))
        self.first = before[starts]
        self.stop = before[panel.stops(starts, len(values))]
        self.pointer = self.first.copy()
        self.period = np.zeros(m, np.int64)
        self.centre, self.width = np.full(m, np.nan), np.full(m, np.nan)
        self.calculation, self.excluded = np.zeros(m, bool), np.zeros(m, bool)
        self.side = np.zeros(m, np.int8)
        self._shift = np.zeros(m, bool)
        self._run_stop, self._next_shift = np.zeros(m, np.int64), np.zeros(m, np.int64)
        self.active = np.zeros(0, np.int64)
        self.breaks: list[Breaks] = []

    def run(self) -> None:
        """The first limits of every series that has points enough; then rounds until every series has stopped."""
        length = self.options.first_period
        self.active = np.flatnonzero(self.stop - self.first >= length)
        if not self.active.size:
            return
        fitted = self._fit(length)
        self._establish(fitted, self._stretch(fitted.centre), np.ones(self.active.size, bool), length)
        self.pointer[self.active] += length
        while self.active.size and not self.options.baseline_only:
            self._round()

    def _round(self) -> None:
        """Every active series moves to its next shift, and accepts or rejects limits from there."""
        options, length = self.options, self.options.period_min
        self._stay_where_points_remain()
        point = self.pointer[self.active]
        # A shift in which the pointer already stands counts while it is long enough from the pointer on.
        inside = self._shift[point] & (self._run_stop[point] - point >= options.shift)
        self.pointer[self.active] = np.where(inside, point, self._next_shift[point])
        self._stay_where_points_remain()
        if not self.active.size:
            return
        side = self.side[self.pointer[self.active]]
        fitted = self._fit(length)
        stretch = self._stretch(fitted.centre)
        accepted = ~self._reverts(stretch, side)
        if options.no_regrets:
            accepted &= ~self._might_revert(stretch, side)
        accepted |= options.establish_every_shift
        if accepted.any():
            self._record(fitted, accepted)
            self._establish(fitted, stretch, accepted, length)
        # A rejected series tries its very next point. The algorithm would skip to the start of its next shift if the
        # points from the pointer on were no shift; but the pointer stands on one, of full length.
        self.pointer[self.active] += np.where(accepted, length, 1)

    def _stay_where_points_remain(self) -> None:
        self.active = self.active[(self.stop - self.pointer)[self.active] >= self.options.period_min]

    def _fit(self, length: int) -> Fit:
        """Limits from the ``length`` points at each active series' pointer."""
        window = self.pointer[self.active][:, None] + np.arange(length)
        return calculation.fit(
            self.values[window],
            None if self.denominators is None else self.denominators[window],
            formulas=self.options.formulas,
            max_exclusions=self.options.max_exclusions,
            screen_passes=self.options.screen_passes,
        )

    def _stretch(self, centre: np.ndarray) -> Stretch:
        """The points from each active series' pointer on, their sides of ``centre`` (a,) and their runs."""
        counts = (self.stop - self.pointer)[self.active]
        ends = np.cumsum(counts)
        starts = ends - counts
        place = np.arange(counts.sum()) - panel.spread(starts, counts)
        points = place + panel.spread(self.pointer[self.active], counts)
        apart = self.shown[points] - panel.spread(centre, counts)
        side = np.sign(apart).astype(np.int8)
        side[np.abs(apart) < self.options.tolerance] = 0
        edge = self.gap[points]
        edge[1:] |= side[1:] != side[:-1]
        edge[starts] = True
        edges = np.flatnonzero(edge)
        length = np.diff(edges, append=points.size)
        return Stretch(points, starts, place, side, edges, length, panel.segment_of(edges, starts))

    def _reverts(self, stretch: Stretch, side: np.ndarray) -> np.ndarray:
        """Whether a shift to the other side than ``side`` (a,) begins in the period, not with its first point."""
        place, length = stretch.place[stretch.edges], stretch.length
        if not self.options.overhanging_reversions:
            length = np.minimum(length, self.options.period_min - place)
        back = (stretch.side[stretch.edges] == -side[stretch.owner]) & (length >= self.options.shift)
        back &= (place > 0) & (place < self.options.period_min)
        return np.bincount(stretch.owner[back], minlength=side.size) > 0

    def _might_revert(self, stretch: Stretch, side: np.ndarray) -> np.ndarray:
        """Whether the period's last point off the centre lies on the other side, and none after it on ``side``."""
        ours = panel.spread(side, panel.lengths(stretch.starts, stretch.points.size))
        off = (stretch.side != 0) & (stretch.place < self.options.period_min)
        last_off = np.maximum.reduceat(np.where(off, stretch.place, -1), stretch.starts)
        last_ours = np.maximum.reduceat(np.where(stretch.side == ours, stretch.place, -1), stretch.starts)
        return last_off > last_ours

    def _record(self, fitted: Fit, accepted: np.ndarray) -> None:
        """What was seen under the limits still in force."""
        series = self.active[accepted]
        point, excluded = self.pointer[series], fitted.excluded[accepted].sum(axis=1)
        self.breaks.append(
            Breaks(
                self.rows[point],
                series,
                self.side[point],
                self._run_stop[point] - point,
                self.centre[point],
                fitted.centre[accepted],
                self.options.period_min - excluded,
                excluded,
            )
        )

    def _establish(self, fitted: Fit, stretch: Stretch, accepted: np.ndarray, length: int) -> None:
        """Put the limits of the ``accepted`` (a,) in force, from the pointer to the series' end."""
        size, first = stretch.points.size, stretch.points[stretch.edges]
        counts = panel.lengths(stretch.starts, size)
        shift = (stretch.length >= self.options.shift) & (stretch.side[stretch.edges] != 0)
        # The first shift at or after each point. After a series' last it is one of another's, beyond the stop.
        ahead = np.full(size, self.rows.size)
        ahead[stretch.edges[shift]] = first[shift]
        ahead = np.minimum.accumulate(ahead[::-1])[::-1]
        within = stretch.place < length
        excluded = np.zeros(size, bool)
        excluded[within] = fitted.excluded.ravel()
        chosen = panel.spread(accepted, counts)
        points = stretch.points[chosen]
        self.period[points] += 1
        for target, found in (
            (self.centre, panel.spread(fitted.centre, counts)),
            (self.width, panel.spread(fitted.width, counts)),
            (self.calculation, within),
            (self.excluded, excluded),
            (self.side, stretch.side),
            (self._shift, panel.spread(shift, stretch.length)),
            (self._run_stop, panel.spread(first + stretch.length, stretch.length)),
            (self._next_shift, ahead),
        ):
            target[points] = found[chosen]
