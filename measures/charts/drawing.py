"""One series made ready to draw: the review's frames as rows in milliseconds, with words for every point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from measures import format
from measures.charts import theme

_HEIGHT: Final = {"full": "spc", "story": "story", "entry": "entry_saved", "card": "card", "multiple": "small_multiple"}
NO_PATHS: Final = pd.DataFrame(columns=["t", "v", "path", "version", "role_in_time"])
_SMALL: Final = ("card", "multiple")
_CAUSE_WORDS: Final = {
    "common": "Expected variation",
    "improvement": "Improvement",
    "concern": "Concern",
    "high": "Higher than expected",
    "low": "Lower than expected",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The frames made ready to draw."""

    points: pd.DataFrame
    band: pd.DataFrame
    paths: pd.DataFrame
    unsaved: pd.DataFrame
    unit: str
    variant: str
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
    ) -> Drawing:
        """The frames of one series, in the columns that the layers read."""
        frame = points.sort_values("period").reset_index(drop=True)
        frame["value"] = frame["value"].astype(float)
        frame["t"] = theme.milliseconds(frame["period"])
        if bounds is None:
            never_negative = not (frame["value"] < 0).any()
            bounds = (0.0, 1.0) if unit == "%" else (0.0 if never_negative else None, None)
        frame["ghosted"] = frame["ghosted"].fillna(False).astype(bool)
        frame["v"] = frame["value"]
        for side in ("lower", "upper"):
            frame[f"drawn_{side}"] = frame[side].astype(float).clip(*bounds)
        frame = _segments(frame, frequency)
        frame = _words(frame, unit, frequency)
        half = theme.half_step(frequency)
        fresh = pd.DataFrame(columns=["t", "v"])
        if unsaved is not None:
            fresh = pd.DataFrame({"t": theme.milliseconds([unsaved[0]]), "v": [float(unsaved[1])]})
        drawn_paths = NO_PATHS
        if paths is not None and len(paths) and variant not in _SMALL:
            drawn_paths = path_rows(paths)
            drawn_paths = drawn_paths[drawn_paths["t"] >= frame["t"].min()]
        return cls(frame, _band(frame, half), drawn_paths, fresh, unit, variant, half, *bounds)

    @property
    def small(self) -> bool:
        return self.variant in _SMALL

    @property
    def height(self) -> int:
        return theme.HEIGHT[_HEIGHT[self.variant]]

    @property
    def plot_height(self) -> float:
        return self.height - 46.0

    @property
    def label_px(self) -> int:
        return theme.SMALL_LABEL_PX if self.small else theme.LABEL_PX

    @property
    def first(self) -> float:
        return float(self.points["t"].min()) - self.half

    @property
    def end(self) -> float:
        """The right edge of the band: half a period after the last point."""
        latest = [self.points["t"].max(), *self.unsaved["t"].tolist()]
        return float(max(latest)) + self.half

    @property
    def last(self) -> float:
        return max([self.end, *(float(t) for t in self.paths["t"])])

    def seams(self) -> pd.DataFrame:
        """Where one phase's range ends and the next begins, and how tall the two are."""
        phases = self.band.groupby("phase").agg(t=("t", "min"), lower=("lower", "min"), upper=("upper", "max"))
        phases = phases.sort_values("t")
        phases["lower"] = np.fmin(phases["lower"], phases["lower"].shift())
        phases["upper"] = np.fmax(phases["upper"], phases["upper"].shift())
        return phases.iloc[1:].dropna().reset_index(drop=True)

    def ground(self) -> Callable[[float, float], str]:
        """What lies behind a spot: the expected range ("band") or the page."""
        corners = self.band[["t", "lower", "upper"]].to_numpy(dtype=float)
        starts, ends = corners[::2], corners[1::2]

        def behind(t: float, value: float) -> str:
            here = (starts[:, 0] <= t) & (t <= ends[:, 0]) & (starts[:, 1] <= value) & (value <= starts[:, 2])
            return "band" if here.any() else "page"

        return behind

    def ticks(self, extra: int = 0) -> np.ndarray:
        """Tick values over everything drawn, with ``extra`` empty steps below for words."""
        columns = [self.points["value"], self.points["drawn_lower"], self.points["drawn_upper"]]
        values = pd.concat([*columns, self.paths["v"].astype(float), self.unsaved["v"].astype(float)]).dropna()
        if values.empty:
            values = pd.Series([0.0, 1.0])
        few = 3 if self.small else 6
        ticks = theme.nice_domain(values.min(), values.max(), floor=self.floor, ceiling=self.ceiling, ticks=few)
        more = ticks[0] - (ticks[1] - ticks[0]) * np.arange(extra, 0, -1)
        return np.concatenate([more[more >= (-np.inf if self.floor is None else self.floor) - 1e-12], ticks])


# ------------------------------------------------------------------ from frames to rows


def _segments(frame: pd.DataFrame, frequency: str) -> pd.DataFrame:
    """Number the stretches of the line: a missing period starts a new one, a point left out is stepped over."""
    place = pd.Series(theme.steps(frame["period"], frequency), index=frame.index)
    breaks = place.diff().fillna(1).ne(1) | frame["value"].isna() | frame["value"].isna().shift(fill_value=False)
    frame["segment"] = breaks.cumsum()
    return frame


def _band(frame: pd.DataFrame, half: float) -> pd.DataFrame:
    """Corners of the expected range: steps from half a period before each run of equal limits to half after."""
    known = frame[frame["centre"].notna()]
    columns = ["t", "lower", "upper", "centre", "phase"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    limits = known[["phase", "drawn_lower", "drawn_upper", "centre"]]
    same = limits.eq(limits.shift()) | (limits.isna() & limits.shift().isna())
    run = (~same.all(axis=1)).cumsum()
    rows = []
    starts = known.groupby(run)["t"].min().to_numpy(dtype=float) - half
    for number, (_, part) in enumerate(known.groupby(run)):
        head = part.iloc[0]
        follows = number + 1 < len(starts) and starts[number + 1] - part["t"].max() < half * 3
        end = starts[number + 1] if follows else part["t"].max() + half
        values = [head["drawn_lower"], head["drawn_upper"], head["centre"], str(head["phase"])]
        rows += [[starts[number], *values], [end, *values]]
    return pd.DataFrame(rows, columns=columns).astype({"t": "float64"})


def path_rows(paths: pd.DataFrame) -> pd.DataFrame:
    """Path rows ready to draw, one ``path`` per aim and version.

    ``role_in_time`` is "now" for the version in force last and "before" for earlier ones; a version not yet
    in force is left out.
    """
    frame = paths.assign(aim=paths["aim"].astype(str), version=paths["version"].astype(int))
    frame = frame.sort_values(["aim", "version", "period"]).reset_index(drop=True)
    frame["t"] = theme.milliseconds(frame["period"])
    frame["v"] = frame["target"].astype(float)
    frame["path"] = frame["aim"] + "/" + frame["version"].astype(str)
    in_force = frame[frame["in_force"].astype(bool)]
    current = in_force.sort_values("period").groupby("aim")["version"].last()
    latest = frame["aim"].map(current)
    frame["role_in_time"] = np.select([frame["version"] == latest, frame["version"] < latest], ["now", "before"], "")
    return frame.loc[(frame["role_in_time"] != "") & frame["v"].notna(), ["t", "v", "path", "version", "role_in_time"]]


def _words(frame: pd.DataFrame, unit: str, frequency: str) -> pd.DataFrame:
    """What each point says to the pointer and to a screen reader."""

    def says(row) -> str:
        if row.ghosted:
            return "Left out of the limits"
        words = _CAUSE_WORDS.get(str(row.cause), "")
        reasons = format.reasons(str(row.rules) if isinstance(row.rules, str) else "", row.value > row.centre)
        if not reasons or str(row.cause) == "common":
            return words
        return f"{words}: {', '.join(reasons)}"

    out = {"Month": [], "Value": [], "Count": [], "Expected": [], "Says": [], "spoken": []}
    for row in frame.itertuples():
        month, value = theme.month_name(row.period, frequency), theme.figure(row.value, unit)
        has_both = pd.notna(row.denominator) and pd.notna(row.numerator)
        count = f"{row.numerator:,.0f} of {row.denominator:,.0f}" if has_both else ""
        has_range = np.isfinite(row.drawn_lower) and np.isfinite(row.drawn_upper)
        expected = (
            f"{theme.figure(row.drawn_lower, unit)} to {theme.figure(row.drawn_upper, unit)}"
            if has_range
            else "not yet"
        )
        told = says(row)
        spoken = "; ".join(part for part in (f"{month}: {value}", count, f"expected {expected}", told) if part)
        for name, text in zip(out, (month, value, count, expected, told, spoken), strict=True):
            out[name].append(text)
    return frame.assign(**out)
