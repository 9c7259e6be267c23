"""Small frames in the shape of the review's, for the drawing tests."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from measures.review.frames import PATHS, POINTS

CAUSES = ("common", "improvement", "concern", "common", "high", "low")


def points(n: int = 24, *, missing: tuple[int, ...] = (), ghosted: tuple[int, ...] = (), rebase: int | None = None):
    """One series of proportions around 0.9, its upper limit above 1; rows in ``missing`` are left out."""
    period = pd.date_range("2016-04-01", periods=n, freq="MS")
    value = 0.9 + 0.04 * np.sin(np.arange(n))
    frame = pd.DataFrame(
        {
            "site": "RJ1",
            "measure": "seen",
            "group": "all",
            "period": period,
            "numerator": np.round(value * 12_000),
            "denominator": 12_000.0,
            "value": value,
            "phase": 1,
            "ghosted": False,
            "centre": 0.9,
            "lower": 0.77,
            "upper": 1.03,
            "near_lower": 0.81,
            "near_upper": 0.99,
            "sigma": 0.043,
            "rules": "",
            "cause": [CAUSES[i % len(CAUSES)] for i in range(n)],
            "target": 0.92,
        }
    )[list(POINTS)]
    if rebase is not None:
        frame.loc[rebase:, ["phase", "centre", "lower", "upper"]] = [2, 0.93, 0.86, 0.99]
    frame.loc[list(ghosted), "ghosted"] = True
    return frame.drop(index=list(missing)).reset_index(drop=True)


def paths() -> pd.DataFrame:
    """A first path, replaced in February 2018, and the path in force up to March 2019."""
    first = pd.date_range("2017-04-01", "2018-03-01", freq="MS")
    second = pd.date_range("2018-02-01", "2019-03-01", freq="MS")
    parts = [
        pd.DataFrame({"version": number, "period": days, "target": levels, "in_force": in_force})
        for number, days, levels, in_force in (
            (1, first, np.linspace(0.88, 0.95, len(first)), first < second[0]),
            (2, second, np.linspace(0.87, 0.93, len(second)), True),
        )
    ]
    whose = {"level": "site", "key": "RJ1", "measure": "seen", "aim": "main"}
    frame = pd.concat(parts, ignore_index=True).assign(**whose)[list(PATHS)]
    return frame.astype(dict.fromkeys(whose, "category"))


def spec_of(chart) -> dict:
    """The specification, with no limit on rows and checked by Altair's own schema."""
    with alt.data_transformers.disable_max_rows():
        return chart.to_dict()


def marks(spec: dict, outer: dict | None = None) -> list[dict]:
    """Every unit layer, flattened, with its rows under ``rows``."""
    data = spec.get("data", outer)
    if "layer" not in spec:
        return [{**spec, "rows": data}]
    flat = [mark for layer in spec["layer"] for mark in marks(layer, data)]
    if "datasets" in spec:
        flat = [{**mark, "rows": spec["datasets"][mark["rows"]["name"]]} for mark in flat]
    return flat


def having(spec: dict, kind: str, **properties: object) -> list[dict]:
    """The layers of one mark with these properties."""
    return [
        m
        for m in marks(spec)
        if m["mark"]["type"] == kind and all(m["mark"].get(name) == value for name, value in properties.items())
    ]
