"""One series made ready to draw: the review's frames as rows in milliseconds, with words for every point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from measures.charts import phases, theme, trials
from measures.charts.says import add_words
from measures.format import Trial

Note = tuple[date, str]

_HEIGHT: Final = {"full": "spc", "story": "story", "entry": "entry_saved", "card": "card", "multiple": "small_multiple"}
_SMALL: Final = ("card", "multiple")
NO_PATHS: Final = pd.DataFrame(columns=["t", "v", "path", "line", "version", "role_in_time"])
NO_MARKERS: Final = pd.DataFrame(columns=phases.MARKER)
FLAG_PX: Final = 17.0
"""The strip above the plot for the words at a rebase."""
_MOST_PASSED: Final = 3
"""So many points left out in a row are passed in dots."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The frames made ready to draw."""

    points: pd.DataFrame
    band: pd.DataFrame
    centres: pd.DataFrame
    targets: pd.DataFrame
    paths: pd.DataFrame
    rebases: pd.DataFrame
    proposed: pd.DataFrame
    trials: tuple[Trial, ...]
    pins: pd.DataFrame
    """The tests of change, each in its place above the plot and what stands there already."""
    unsaved: pd.DataFrame
    unit: str
    variant: str
    frequency: str
    centre_name: str
    half: float
    floor: float | None
    ceiling: float | None

    @classmethod
    def of(
        cls,
        points: pd.DataFrame,
        paths: pd.DataFrame | None,
        unit: str,
        variant: str,
        frequency: str,
        bounds: tuple[float | None, float | None] | None,
        unsaved: tuple[date, float] | None,
        *,
        notes: Sequence[Note] = (),
        rebases: Sequence[Note] = (),
        proposed: Sequence[Note] = (),
        tests: Sequence[Trial] = (),
        redefined: Sequence[Note] = (),
        centre_name: str = "average",
    ) -> Drawing:
        """The frames of one series, in the columns that the layers read."""
        if bounds is None:
            never_negative = not (points["value"] < 0).any()
            bounds = (0.0, 1.0) if unit == "%" else (0.0 if never_negative else None, None)
        frame = _points(points, frequency, bounds, [on for on, _ in redefined])
        frame = add_words(frame, unit, frequency, centre_name, notes)
        smooth = frame["flowing"].to_numpy()
        small, half = variant in _SMALL, theme.half_step(frequency)
        fresh = pd.DataFrame(columns=["t", "v"])
        if unsaved is not None:
            fresh = pd.DataFrame({"t": theme.milliseconds([unsaved[0]]), "v": [float(unsaved[1])]})
        drawn_paths, targets = NO_PATHS, frame.iloc[:0].assign(piece=[])
        if not small and paths is not None and len(paths):
            drawn_paths = path_rows(paths)
            drawn_paths = drawn_paths[drawn_paths["t"] >= frame["t"].min()]
        elif not small:
            targets = phases.corners(frame.assign(phase=1), ["target"], half)
        limits = phases.corners(frame, ["drawn_lower", "drawn_upper"], half, smooth)
        drawing = cls(
            points=frame,
            band=limits.rename(columns={"drawn_lower": "lower", "drawn_upper": "upper"}),
            centres=phases.corners(frame, ["centre"], half, smooth),
            targets=targets,
            paths=drawn_paths,
            rebases=NO_MARKERS
            if small
            else phases.rebases(frame, rebases, half, frequency, unit, centre_name, redefined),
            proposed=NO_MARKERS if small else phases.proposals(frame, proposed, half, frequency),
            trials=() if small or variant == "entry" or frame.empty else tuple(tests),
            pins=trials.NO_TRIALS,
            unsaved=fresh,
            unit=unit,
            variant=variant,
            frequency=frequency,
            centre_name=centre_name,
            half=half,
            floor=bounds[0],
            ceiling=bounds[1],
        )
        return drawing._pinned() if drawing.trials else drawing

    def _pinned(self) -> Drawing:
        return replace(self, pins=trials.pins(self.trials, self.first, self.last, self.half, self.flags))

    @property
    def small(self) -> bool:
        """Whether there is room for the band, mean, line and points alone."""
        return self.variant in _SMALL

    @property
    def height(self) -> int:
        """The chart's height in pixels, words and all."""
        return theme.HEIGHT[_HEIGHT[self.variant]] + round(trials.lane_px(self.pins))

    @property
    def flags(self) -> float:
        """Pixels above the plot where a rebase is named."""
        return FLAG_PX if len(self.rebases) and self.variant != "entry" else 0.0

    @property
    def plot_height(self) -> float:
        """Pixels between the axis's ends."""
        return theme.HEIGHT[_HEIGHT[self.variant]] - 46.0 - self.flags

    @property
    def label_px(self) -> int:
        """The size of the axes' words."""
        return theme.SMALL_LABEL_PX if self.small else theme.LABEL_PX

    @property
    def first(self) -> float:
        """The left edge: half a period before the first point."""
        return self._edge(min) - self.half

    @property
    def end(self) -> float:
        """The right edge of the band: half a period after the last point."""
        return self._edge(max) + self.half

    @property
    def last(self) -> float:
        """The right edge of the chart, where a path may run on, or a test has begun after the last point."""
        begun = (t + self.half for t in trials.begin(self.trials, self.half))
        return max([self.end, *(float(t) for t in self.paths["t"]), *begun])

    def _edge(self, pick: Callable[..., float]) -> float:
        return float(pick([*self.points["t"], *self.unsaved["t"]], default=0.0))

    @property
    def kept(self) -> pd.DataFrame:
        """The points that count."""
        return self.points[~self.points["ghosted"] & self.points["v"].notna()]

    @property
    def ghosts(self) -> pd.DataFrame:
        """The points shown but left out of the limits."""
        return self.points[self.points["ghosted"] & self.points["v"].notna()]

    @property
    def crowding(self) -> float:
        """From 1 down to 0.25: how much smaller marks must be where hundreds of points share the width."""
        periods = (self.end - self.first) / (2 * self.half)
        return float(np.clip((150 if self.small else 90) / max(periods, 1), 0.25, 1))

    def bridges(self) -> pd.DataFrame:
        """From the point before one left out to the point after it: ends of lines, two rows a ``bridge``.

        None where a period is missing in between, where more than ``_MOST_PASSED`` were left out (a straight
        line would pretend to know), or before the first and after the last point that counts.
        """
        frame, kept = self.points, self.kept
        before, after = kept.index[:-1], kept.index[1:]
        stretch = frame["stretch"].to_numpy()
        passed = after - before - 1
        joined = (passed > 0) & (passed <= _MOST_PASSED) & (stretch[before] == stretch[after])
        at = np.column_stack([before[joined], after[joined]]).ravel()
        ends = frame.loc[at, ["t", "v"]].reset_index(drop=True)
        return ends.assign(bridge=np.arange(len(ends)) // 2)

    def seams(self) -> pd.DataFrame:
        """Where one phase's range ends and the next begins, and how tall the two are."""
        return phases.seams(self.band)

    def ground(self) -> Callable[[float, float], str]:
        """What lies behind a spot: the expected range ("band") or the page."""
        inside = phases.behind(self.band)
        return lambda t, value: "band" if inside(t, value) else "page"

    def ticks(self, extra: int = 0) -> np.ndarray:
        """Tick values over everything drawn, with ``extra`` empty steps below for words."""
        columns = [self.points[name] for name in ("value", "drawn_lower", "drawn_upper", "centre")]
        columns += [self.paths["v"], self.unsaved["v"], self.targets["target"]]
        values = pd.concat([column.astype(float) for column in columns if len(column)] or [pd.Series(dtype=float)])
        values = values[np.isfinite(values)]
        if values.empty:
            values = pd.Series([0.0, 1.0])
        low, high, few = values.min(), values.max(), 3 if self.small else 6
        floor = None if self.floor is None or low < self.floor else self.floor
        ceiling = None if self.ceiling is None or high > self.ceiling else self.ceiling
        ticks = theme.nice_domain(low, high, floor=floor, ceiling=ceiling, ticks=few)
        more = ticks[0] - (ticks[1] - ticks[0]) * np.arange(extra, 0, -1)
        return np.concatenate([more[more >= (-np.inf if floor is None else floor) - 1e-12], ticks])


# ------------------------------------------------------------------ from frames to rows


def _points(
    points: pd.DataFrame, frequency: str, bounds: tuple[float | None, float | None], broken: Sequence[date] = ()
) -> pd.DataFrame:
    """The points in order, figures as floats, what cannot be drawn as missing, and their stretches."""
    frame = points.sort_values("period").reset_index(drop=True)
    for name in ("value", "centre", "lower", "upper", "target"):
        frame[name] = frame[name].astype(float).replace([np.inf, -np.inf], np.nan)
    frame["t"] = theme.milliseconds(frame["period"])
    frame["place"] = theme.steps(frame["period"], frequency)
    frame["v"] = frame["value"]
    frame["ghosted"] = frame["ghosted"].fillna(False).astype(bool)
    for side in ("lower", "upper"):
        frame[f"drawn_{side}"] = frame[side].clip(*bounds)
    cause = frame["cause"].astype(str)
    frame["cause"] = cause.where(cause.isin(list(theme.CAUSE_ROLE)), "common")
    rules = frame["rules"].astype(object)
    frame["rules"] = rules.where(rules.notna(), "").astype(str)
    frame["above"] = frame["value"] > frame["centre"]
    beyond = frame["rules"].str.split().map(lambda names: "beyond" in names)
    frame["outside"] = beyond.astype(bool) & (frame["cause"] != "common")
    frame["flowing"] = phases.seasonal(frame)
    return _segments(frame, broken)


def _segments(frame: pd.DataFrame, broken: Sequence[date]) -> pd.DataFrame:
    """Number the ``stretch`` that no missing period breaks, and the ``segment`` that a point left out breaks too.

    What is counted differently from one of the dates ``broken`` on breaks both.
    """
    empty = frame["value"].isna()
    missing = frame["place"].diff().fillna(1).ne(1) | empty | empty.shift(fill_value=False)
    missing |= phases.eras(frame["period"], broken).diff().fillna(0).ne(0)
    left_out = frame["ghosted"] | frame["ghosted"].shift(fill_value=False)
    frame["stretch"] = missing.cumsum()
    frame["segment"] = (missing | left_out).cumsum()
    return frame


def path_rows(paths: pd.DataFrame) -> pd.DataFrame:
    """Path rows ready to draw, one ``path`` per aim and version, each an unbroken ``line`` or several.

    ``role_in_time`` is "now" for the version in force last and "before" for earlier ones; a version not yet
    in force is left out.
    """
    frame = paths.assign(aim=paths["aim"].astype(str), version=paths["version"].astype(int))
    frame = frame.sort_values(["aim", "version", "period"]).reset_index(drop=True)
    frame["t"] = theme.milliseconds(frame["period"])
    frame["v"] = frame["target"].astype(float)
    frame["path"] = frame["aim"] + "/" + frame["version"].astype(str)
    frame["line"] = frame["path"] + "/" + frame["v"].isna().cumsum().astype(str)
    in_force = frame[frame["in_force"].astype(bool)]
    current = in_force.sort_values("period").groupby("aim")["version"].last()
    latest = frame["aim"].map(current)
    frame["role_in_time"] = np.select([frame["version"] == latest, frame["version"] < latest], ["now", "before"], "")
    return frame.loc[(frame["role_in_time"] != "") & frame["v"].notna(), NO_PATHS.columns.to_list()]
