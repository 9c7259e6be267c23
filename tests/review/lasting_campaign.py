"""Made-up campaigns for lasting changes: sites by the month, in which only what was planted changes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from measures.model import ALL, Campaign, Direction, Family, Form, Measure, Site

ID = "waits"
FIRST, START, END = date(2020, 1, 1), date(2021, 1, 1), date(2024, 12, 31)
TODAY = date(2023, 1, 10)
"""Three years are over: twelve months of baseline and 24 looks."""
SITES = 20


def measure(form: Form = Form.VALUE, better: Direction = Direction.UP, **rest) -> Measure:
    given = {"baseline_points": 12, "numerator_label": "Figure", "frequency": "month"} | rest
    return Measure("main", "A figure", "A figure", "A figure", Family.OUTCOME, form, better, "", **given)


def campaign(*measures: Measure, sites: int = SITES, **rest) -> Campaign:
    places = tuple(Site(f"s{n:02}", f"Site {n}", "North") for n in range(sites))
    given = {"start": START, "end": END, "baseline_start": FIRST, "baseline_end": date(2020, 12, 1)} | rest
    return Campaign(ID, "Waits", "To wait less", sites=places, measures=measures or (measure(),), **given)


def noise(months: int = 36, sites: int = SITES, seed: int = 1) -> np.ndarray:
    """Levels of their own and independent months with a standard deviation of 2; (sites, months)."""
    rng = np.random.default_rng(seed)
    return rng.uniform(40, 60, (sites, 1)) + rng.normal(0, 2, (sites, months))


def observations(value: np.ndarray, id: str = "main", **parts: np.ndarray) -> pd.DataFrame:
    """The figures (sites, months) as a store gives them; NaN where nothing was reported."""
    s, n = value.shape
    periods = pd.date_range(FIRST, periods=n, freq="MS")
    frame = pd.DataFrame(
        {
            "site": np.repeat([f"s{i:02}" for i in range(s)], n),
            "measure": id,
            "group": ALL,
            "period": np.tile(periods, s),
            "numerator": parts.get("numerator", np.full((s, n), np.nan)).ravel(),
            "denominator": parts.get("denominator", np.full((s, n), np.nan)).ravel(),
            "value": value.ravel(),
            "note": "",
        }
    )
    return frame[~np.isnan(value.ravel()) | frame["denominator"].notna().to_numpy()].reset_index(drop=True)
