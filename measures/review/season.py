"""How far the year itself moves a measure: so that a winter is not mistaken for a decline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WINTER = (11, 12, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class Season:
    """Of ``years`` whole years, the smallest and largest distance between the best and the lowest month;
    ``winter_low`` is True where the lowest month of every year lay between November and March."""

    years: int
    smallest: float
    largest: float
    winter_low: bool


def season(line: pd.DataFrame) -> Season | None:
    """The yearly swing of a line by month (columns period, value); None with under two whole years.

    Years are counted from the line's first month.

    >>> months = pd.date_range("2016-04-01", periods=24, freq="MS")
    >>> line = pd.DataFrame({"period": months, "value": np.tile([.9] * 9 + [.85, .85, .88], 2)})
    >>> s = season(line); s.years, round(s.largest, 2), s.winter_low
    (2, 0.05, True)
    """
    rows = line[np.isfinite(line["value"].to_numpy(float))]
    years = len(rows) // 12
    if years < 2:
        return None
    value = rows["value"].to_numpy()[: years * 12].reshape(years, 12)
    month = rows["period"].dt.month.to_numpy()[: years * 12].reshape(years, 12)
    swing = value.max(axis=1) - value.min(axis=1)
    low = np.take_along_axis(month, value.argmin(axis=1)[:, None], axis=1)
    return Season(years, float(swing.min()), float(swing.max()), bool(np.isin(low, WINTER).all()))
