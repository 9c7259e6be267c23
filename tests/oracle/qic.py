"""qicharts2 0.8.1: its run analysis, from the values and centre lines that it gives."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from measures import panel
from measures.spc import rules, runs
from tests.oracle.ptd import DATA

COLUMNS = {
    "n_useful": "useful",
    "longest_run": "longest_run",
    "longest_run_max": "longest_run_max",
    "n_crossings": "crossings",
    "n_crossings_min": "crossings_min",
}


@dataclass
class Compared:
    """How much was compared, and what differs."""

    charts: int = 0
    parts: int = 0
    figures: int = 0
    wrong: list[str] = field(default_factory=list)


def compare() -> Compared:
    """Every part of every synthetic chart but mr, whose signal the program switches off."""
    points = pd.read_csv(DATA / "qic_synthetic_points.csv.gz")
    summary = pd.read_csv(DATA / "qic_synthetic_summary.csv").set_index(["case_id", "part"])
    points = points[~points["case_id"].str.startswith("mr")].reset_index(drop=True)
    key = points.groupby(["case_id", "part"], sort=False).ngroup().to_numpy()
    starts = panel.first_rows(key)
    value, centre = points["y"].to_numpy(float), points["cl"].to_numpy(float)
    side = rules.sides(value, centre, centre)
    side[~points["include"].to_numpy(bool)] = 0
    found = runs.anhoej(side, starts)
    own = points.iloc[starts]
    expected = summary.loc[list(zip(own["case_id"], own["part"]))]
    result = Compared(own["case_id"].nunique(), len(starts))
    for theirs, ours in COLUMNS.items():
        wanted = expected[theirs].fillna(-1).to_numpy()
        _check(result, theirs, getattr(found, ours), wanted)
    _check(result, "runs_signal", found.signal, expected["runs_signal"].astype(str).str.upper().eq("TRUE").to_numpy())
    return result


def _check(result: Compared, name: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    result.figures += len(ours)
    bad = np.flatnonzero(ours != theirs)
    result.wrong += [f"{name} at {place}: {ours[place]} {theirs[place]}" for place in bad]
