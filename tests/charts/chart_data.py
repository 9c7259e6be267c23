"""Small frames in the shape of the review's, for the drawing tests."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from measures.charts import theme
from measures.charts.spc import spc_chart
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


def seasonal(years: int = 3) -> pd.DataFrame:
    """One series whose centre and limits follow the months."""
    frame = points(12 * years)
    season = 0.05 * np.cos(frame["period"].dt.month / 6 * np.pi)
    return frame.assign(centre=0.85 + season, lower=0.8 + season, upper=0.9 + season, cause="common")


def run_chart(n: int = 24) -> pd.DataFrame:
    """One series with a median and no limits, its last eight points a run."""
    frame = points(n).assign(cause="common", centre=0.9)
    frame[["lower", "upper", "near_lower", "near_upper", "sigma"]] = np.nan
    frame.loc[n - 8 :, ["value", "cause", "rules"]] = [0.93, "improvement", "shift"]
    return frame


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


def uneven(n: int = 12) -> pd.DataFrame:
    """One series whose limits change from point to point; the centre does not."""
    wide = 0.05 + 0.01 * (np.arange(n) % 4)
    return points(n).assign(lower=0.85 - wide, upper=0.88 + wide)


def left_out(*rows: int, **cells: object) -> pd.DataFrame:
    """One series with these rows left out of the limits, and other cells of theirs set."""
    frame = points(ghosted=rows)
    frame.loc[list(rows), ["cause", "rules"]] = ["common", ""]
    for name, value in cells.items():
        frame.loc[list(rows), name] = value
    return frame


def three(n: int = 36) -> pd.DataFrame:
    """One series in three phases, the second from April 2017, the third from June 2018."""
    frame = points(n)
    frame.loc[12:, ["phase", "centre", "lower", "upper"]] = [2, 0.93, 0.86, 0.99]
    frame.loc[26:, ["phase", "centre", "lower", "upper"]] = [3, 0.95, 0.9, 0.98]
    return frame


# ------------------------------------------------------------------ reading a specification


def drawn(frame: pd.DataFrame, *more, unit: str = "%", **options) -> dict:
    """The specification of a chart of these rows."""
    return spec_of(spc_chart(frame, *more, unit=unit, **options))


def runs(rows: list[dict], by: str = "segment") -> list[list[float]]:
    """The times of each unbroken stretch of a line, in order."""
    found: dict[object, list[float]] = {}
    for row in rows:
        found.setdefault(row[by], []).append(row["t"])
    return list(found.values())


def day(text: str) -> float:
    """A date in milliseconds."""
    return pd.Timestamp(text).timestamp() * 1000


def data_line(spec: dict) -> list[dict]:
    """The rows of the line through the data."""
    return having(spec, "line", strokeWidth=theme.STROKE["data_line"])[0]["rows"]


def mean_line(spec: dict) -> list[dict]:
    """The rows of the average or median."""
    return having(spec, "line", strokeWidth=theme.STROKE["mean"])[0]["rows"]


def limits(spec: dict) -> list[dict]:
    """The rows of the dotted limits."""
    return having(spec, "line", strokeDash=theme.DASH["limit"])[0]["rows"]


def hover(spec: dict) -> dict:
    """The layer that answers the pointer."""
    return marks(spec)[-1]


def said(spec: dict) -> list[str]:
    """What each point says."""
    return [row["Says"] for row in hover(spec)["rows"]]


def words(spec: dict) -> list[str]:
    """Every word drawn on the chart."""
    return [row["text"] for m in having(spec, "text") if "color" in m["encoding"] for row in m["rows"] if "text" in row]


def rules_named(spec: dict, text: str) -> list[dict]:
    """The visible rules whose description begins with ``text``."""
    return [
        row
        for m in having(spec, "rule")
        for row in m["rows"]
        if "description" in m["encoding"] and row["spoken"].startswith(text)
    ]
