"""The Stable Shift Algorithm for one series, point by point, as it is described: slow and plain.

Written apart from measures.spc, to be compared with it. A missing value is None; of a proportion each point is a pair.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

FLOATING = math.sqrt(2.0**-52)
TIE = 1e-9


@dataclass
class Settings:
    chart: str = "xmr"
    period_min: int = 21
    baseline_length: int | None = None
    shift: int = 8
    no_regrets: bool = True
    overhanging_reversions: bool = True
    establish_every_shift: bool = False
    baseline_only: bool = False
    max_exclusions: int = 3
    screen_passes: int = 1
    centre_tolerance: float = 0.0


@dataclass
class Result:
    """Lists over the points that are not missing; breaks are the points' numbers among them."""

    at: list[int]
    centre: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    period: list[int] = field(default_factory=list)
    period_type: list[str] = field(default_factory=list)
    excluded: list[bool] = field(default_factory=list)
    side: list[int] = field(default_factory=list)
    shift: list[bool] = field(default_factory=list)
    beyond: list[bool] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    seen: list[tuple] = field(default_factory=list)


def mean(figures: list[float]) -> float:
    return math.fsum(figures) / len(figures) if figures else math.nan


class Plain:
    def __init__(self, points: list, settings: Settings) -> None:
        self.s = settings
        self.share = settings.chart in ("p", "pp")
        here = [i for i, point in enumerate(points) if point is not None and not (self.share and not point[1])]
        self.result = Result(here)
        self.points = [points[i] for i in here]
        self.y = [x / n for x, n in self.points] if self.share else list(self.points)
        self.root = [math.sqrt(n) for _, n in self.points] if self.share else [1.0] * len(here)
        self.after_gap = [k > 0 and here[k] - here[k - 1] > 1 for k in range(len(here))]
        self.n = len(here)

    def statistics(self, chosen: list[int]) -> tuple[float, float]:
        """The centre and the distance of the limits from it (at a denominator of one)."""
        if self.share:
            centre = sum(self.points[i][0] for i in chosen) / sum(self.points[i][1] for i in chosen)
        else:
            centre = mean([self.y[i] for i in chosen])
        if self.s.chart == "c":
            return centre, 3 * math.sqrt(centre)
        if self.s.chart == "p":
            return centre, 3 * math.sqrt(centre * (1 - centre))
        u = [(self.y[i] - centre) * self.root[i] if self.share else self.y[i] for i in chosen]
        ranges = [abs(b - a) for a, b in itertools.pairwise(u)]
        passes = 0
        while passes < self.s.screen_passes and any(r > 3.267 * mean(ranges) * (1 + TIE) for r in ranges):
            bound = 3.267 * mean(ranges)
            ranges = [r for r in ranges if r < bound * (1 - TIE)]
            passes += 1
        return centre, 3 * mean(ranges) / 1.128

    def period_limits(self, first: int, length: int) -> tuple[float, float, list[int]]:
        window = range(first, first + length)
        most = min(self.s.max_exclusions, length - 2)
        out: list[int] = []
        for _ in range(most):
            centre, width = self.statistics([i for i in window if i not in out])
            far = {i: abs(self.y[i] - centre) - width / self.root[i] for i in window if i not in out}
            slack = {i: TIE * (abs(centre) + width / self.root[i]) for i in far}
            far = {i: distance for i, distance in far.items() if distance > slack[i]}
            if not far:
                break
            out += [i for i in far if far[i] >= max(far.values()) - slack[i]]
            out = out[:most]
        centre, width = self.statistics([i for i in window if i not in out])
        return centre, width, out

    def side_of(self, i: int, centre: float) -> int:
        tolerance = self.s.centre_tolerance + (FLOATING / 100 if self.share else FLOATING)
        if abs(self.y[i] - centre) < tolerance:
            return 0
        return (self.y[i] > centre) - (self.y[i] < centre)

    def rules(self, first: int, stop: int, centre: float) -> tuple[dict, dict, list[tuple[int, int, int]]]:
        """Sides, shift flags and runs (first, one past the last, side) of the points from first to stop."""
        side = {i: self.side_of(i, centre) for i in range(first, stop)}
        runs = []
        for i in range(first, stop):
            if i == first or side[i] != side[i - 1] or self.after_gap[i]:
                runs.append([i, i, side[i]])
            runs[-1][1] = i + 1
        flagged = dict.fromkeys(side, False)
        for a, b, which in runs:
            if which and b - a >= self.s.shift:
                flagged.update(dict.fromkeys(range(a, b), True))
        return side, flagged, [tuple(run) for run in runs]

    def run(self) -> Result:
        s, r, n = self.s, self.result, self.n
        first = s.baseline_length or s.period_min
        if n < first:
            r.period, r.period_type = [0] * n, [""] * n
            r.centre, r.lower, r.upper = [math.nan] * n, [math.nan] * n, [math.nan] * n
            r.excluded, r.side = [False] * n, [0] * n
            r.shift, r.beyond = [False] * n, [False] * n
            return r
        periods = [(0, first, *self.period_limits(0, first))]
        pointer = first
        while not s.baseline_only and pointer < n - 1:
            if n - pointer < s.period_min:
                break
            begin, _, centre, _, _ = periods[-1]
            side, flagged, runs = self.rules(begin, n, centre)
            a, b, _ = next(run for run in runs if run[0] <= pointer < run[1])
            if flagged[pointer] and a != pointer and b - pointer >= s.shift:
                starts = []
            else:
                starts = [run[0] for run in runs if run[0] >= pointer and flagged[run[0]]]
                if not starts or starts[0] == n - 1:
                    break
                pointer = starts[0]
            trigger = side[pointer]
            if n - pointer < s.period_min:
                break
            new, width, out = self.period_limits(pointer, s.period_min)
            end = pointer + s.period_min
            new_side, _, new_runs = self.rules(pointer, n, new)
            back = False
            for begins, stops, which in new_runs:
                if which == -trigger and pointer < begins < end and stops - begins >= s.shift:
                    back = back or s.overhanging_reversions or min(stops, end) - begins >= s.shift
            off = [i for i in range(pointer, end) if new_side[i]]
            later = [new_side[i] for i in range(end, n) if new_side[i]]
            if s.no_regrets and off and new_side[off[-1]] == -trigger and all(x == -trigger for x in later):
                back = True
            if s.establish_every_shift or not back:
                length = next(run[1] for run in runs if run[0] <= pointer < run[1]) - pointer
                r.breaks.append(pointer)
                r.seen.append((trigger, length, centre, new, s.period_min - len(out), len(out)))
                periods.append((pointer, end, new, width, out))
                pointer = end
            elif len(starts) < 2 or all(flagged.get(i, False) for i in range(pointer, pointer + s.shift)):
                pointer += 1
            else:
                pointer = starts[1]
        self.write(periods)
        return r

    def write(self, periods: list[tuple]) -> None:
        r = self.result
        for number, (begin, end, centre, width, out) in enumerate(periods, 1):
            stop = periods[number][0] if number < len(periods) else self.n
            side, flagged, _ = self.rules(begin, stop, centre)
            for i in range(begin, stop):
                half = width / self.root[i]
                lower, upper = centre - half, centre + half
                if self.s.chart != "xmr":
                    lower = max(lower, 0.0) if not math.isnan(lower) else lower
                if self.share and i >= end and not math.isnan(upper):
                    upper = min(upper, 1.0)
                r.centre.append(centre)
                r.lower.append(lower)
                r.upper.append(upper)
                r.period.append(number)
                r.period_type.append("calculation" if i < end else "display")
                r.excluded.append(i in out)
                r.side.append(side[i])
                r.shift.append(flagged[i])
                slack = TIE * (abs(centre) + half)
                r.beyond.append(self.y[i] < lower - slack or self.y[i] > upper + slack)


def plain(points: list, settings: Settings) -> Result:
    """Proposed rebases of one series."""
    return Plain(points, settings).run()
