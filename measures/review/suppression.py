"""Small numbers: counts so low that they could point to a person are not shown outside the site's own team.

One place decides it for every page and export. Limits, totals and verdicts are computed from all numbers; only
what is shown is held back. Where a numerator is shown with its denominator, the rest of the denominator is a
count of people too, so either below the bound hides both; nought counts as small.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from measures.model import Campaign, Form

NUMBERS = ("numerator", "denominator", "value")
LINES = ("centre", "lower", "upper", "near_lower", "near_upper", "sigma")
PHASE = ["site", "measure", "group", "phase"]


def hidden(frame: pd.DataFrame, campaign: Campaign, lead: str = "") -> np.ndarray:
    """Which rows hold a count below their measure's ``hide_below``: (n,) of bool.

    ``frame`` has measure, numerator, denominator and value, their names after ``lead``. Only counts, proportions
    and rates count people; a mean, a time or a yes is never hidden.
    """
    bounds = {
        m.id: float(m.hide_below)
        for m in campaign.measures
        if m.hide_below is not None and m.form in (Form.COUNT, Form.PROPORTION, Form.RATE)
    }
    if not bounds or not len(frame):
        return np.zeros(len(frame), bool)
    measure = frame["measure"].astype(str)
    bound = measure.map(bounds).to_numpy(float)
    top, bottom, value = (frame[lead + name].to_numpy(float) for name in NUMBERS)
    rest = measure.map({m.id: m.form is Form.PROPORTION for m in campaign.measures}).to_numpy(bool)
    counts = measure.map({m.id: m.form is Form.COUNT for m in campaign.measures}).to_numpy(bool)
    with np.errstate(invalid="ignore"):
        # A comparison with NaN (no bound, or no such number) is False.
        return (top < bound) | (bottom < bound) | (rest & (bottom - top < bound)) | (counts & (value < bound))


def shown(frame: pd.DataFrame, campaign: Campaign, lead: str = "") -> pd.DataFrame:
    """The frame without the numbers of ``hidden`` rows, nor the limits of phases that are mostly hidden (NaN); itself
    where nothing is hidden."""
    small = hidden(frame, campaign, lead)
    if not small.any():
        return frame
    out = frame.assign(**{lead + name: np.where(small, np.nan, frame[lead + name].to_numpy(float)) for name in NUMBERS})
    if {*PHASE, *LINES} - set(frame):
        return out
    # Limits made of little else than hidden numbers would tell them: of three threes, "between 3 and 3".
    mostly = frame[PHASE].assign(small=small).groupby(PHASE, observed=True)["small"].transform("mean").gt(0.5)
    return out.assign(**{name: out[name].mask(mostly) for name in LINES})


def latest_hidden(series: pd.DataFrame, points: pd.DataFrame, campaign: Campaign) -> np.ndarray:
    """Which rows of a series frame (``frames.SERIES``) have a hidden newest point among ``points``: (s,) of bool."""
    small = points[hidden(points, campaign)]
    keys = ["site", "measure", "group", "period"]
    gone = pd.MultiIndex.from_frame(small[keys].astype(dict.fromkeys(keys[:3], str)))
    here = series[["site", "measure", "group", "last_period"]].astype(dict.fromkeys(keys[:3], str))
    return pd.MultiIndex.from_frame(here.set_axis(keys, axis=1)).isin(gone)


def without_limits(series: pd.DataFrame, held_back: pd.DataFrame) -> pd.DataFrame:
    """A series frame without the limits that its points, as ``shown``, have no more at their newest."""
    keys = ["site", "measure", "group"]
    newest = held_back.groupby(keys, observed=True).tail(1)
    bare = newest[newest[["centre", "upper"]].isna().all(axis=1)]
    here, there = (pd.MultiIndex.from_frame(frame[keys].astype(str)) for frame in (series, bare))
    gone = here.isin(there)
    return series.assign(**{name: series[name].mask(gone) for name in ("mean", "sigma", "lower", "upper")})
