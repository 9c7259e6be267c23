"""What each point of a chart says: to the pointer, to a finger and to a screen reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from measures import format
from measures.charts import theme
from measures.charts.phases import plain

CAUSE_WORDS: Final = {
    "common": "Expected variation",
    "improvement": "Improvement",
    "concern": "Concern",
    "high": "Higher than expected",
    "low": "Lower than expected",
}
LEFT_OUT: Final = "Left out of the limits"
PERIOD: Final = {"month": "Month", "quarter": "Quarter from", "week": "Week from"}
_ALREADY: Final = re.compile(r"^.{0,40}?\bleft out\b[\s:,.;]*", re.IGNORECASE)
"""A reason that itself begins "Dec 2017 left out: …"."""


def add_words(
    frame: pd.DataFrame, unit: str, frequency: str, centre_name: str, notes: Sequence[tuple[date, str]]
) -> pd.DataFrame:
    """The points with their words: ``Month``, ``Value``, ``Count``, ``Expected``, ``Centre``, ``Says``, ``spoken``."""
    reasons = why_left_out(notes)
    limits = np.isfinite(frame[["drawn_lower", "drawn_upper"]].to_numpy(float)).all(axis=1)
    usual = pd.Series(limits, index=frame.index).groupby(frame["phase"]).transform("any").to_numpy()
    any_limits = bool(limits.any())
    out: dict[str, list[str]] = {
        name: [] for name in ("Month", "Value", "Count", "Expected", "Centre", "Says", "spoken")
    }
    for row, has_range, has_some in zip(frame.itertuples(), limits, usual, strict=True):
        month, value = theme.month_name(row.period, frequency), theme.figure(row.value, unit)
        has_both = pd.notna(row.denominator) and pd.notna(row.numerator)
        count = f"{row.numerator:,.0f} of {row.denominator:,.0f}" if has_both else ""
        centre = theme.figure(row.centre, unit) if np.isfinite(row.centre) else "not yet"
        if has_range:
            expected = f"{theme.figure(row.drawn_lower, unit)} to {theme.figure(row.drawn_upper, unit)}"
            against = f"expected {expected}"
        else:
            expected = "no range" if has_some else "not yet"
            against = "no expected range" if has_some else "no expected range yet"
        if not any_limits and np.isfinite(row.centre):
            against = f"{centre_name} {centre}"
        told = _says(row, centre_name, reasons)
        spoken = "; ".join(part for part in (f"{month}: {value}", count, against, told) if part)
        for name, text in zip(out, (month, value, count, expected, centre, told, spoken), strict=True):
            out[name].append(text)
    return frame.assign(**out)


def why_left_out(notes: Sequence[tuple[date, str]]) -> dict[date, str]:
    """The notes of each period on one line, without the words that say it was left out.

    >>> why_left_out([(date(2017, 12, 1), "Dec 2017 left out: flooded ward")])
    {datetime.date(2017, 12, 1): 'flooded ward'}
    """
    out: dict[date, list[str]] = {}
    for when, text in notes:
        out.setdefault(format.to_date(when), []).append(_ALREADY.sub("", plain(text)))
    return {when: "; ".join(filter(None, texts)) for when, texts in out.items()}


def _says(row, centre_name: str, reasons: dict[date, str]) -> str:
    names = row.rules if isinstance(row.rules, str) else ""
    centre = "what is usual for the time of year" if row.flowing else f"the {centre_name}"
    rules = format.reasons(names, row.above, centre)
    if row.ghosted:
        why = reasons.get(format.to_date(row.period), "")
        said = f"{LEFT_OUT}: {why}" if why else LEFT_OUT
        return f"{said}; {rules[0]}" if row.outside and rules else said
    words = CAUSE_WORDS[row.cause]
    return words if not rules or row.cause == "common" else f"{words}: {', '.join(rules)}"
