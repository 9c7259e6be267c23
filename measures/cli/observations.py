"""IN.csv of the commands spc, rebase and signals: its columns as arrays, its unusable rows refused."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from measures import csvio, panel
from measures.spc.kinds import KINDS, Kind

LARGEST = 1e100
"""Beyond this, squares and sums of figures would be infinite."""


class Observations(NamedTuple):
    """The columns of IN as arrays, one figure per row of the file; NaN where empty.

    ``series`` codes in order of first appearance, of series and family where there are families; ``period`` whole
    seconds since 1970; ``value`` as given, or numerator / denominator; ``numerator``, ``denominator``, ``phase`` None
    where IN has no such column.
    """

    series: np.ndarray
    period: np.ndarray
    value: np.ndarray
    numerator: np.ndarray | None
    denominator: np.ndarray | None
    phase: np.ndarray | None
    ghosted: np.ndarray
    target: np.ndarray


def observations(
    table: pa.Table,
    name: str,
    refusals: csvio.Refusals,
    *,
    target: float | None = None,
    kind: Kind = KINDS["xmr"],
    family: str | None = None,
    asks: str = "",
) -> Observations:
    """Read the columns that a chart of ``kind`` needs, refusing rows that cannot be used.

    A series is one of its ``family`` (a column's name): the same name in another family is another series. ``asks``
    who needs the columns, where it is no chart.
    Raises csvio.Unreadable where a column is missing from the file called ``name``.
    """
    have, parts = set(table.column_names), {"numerator", "denominator"}
    either = "value" not in have and parts & have and kind.form == "value" and kind.smallest is None
    need = {"series", "period"} | (parts if kind.form == "ratio" or either else {"value"})
    if need - have:
        lacking = ", ".join(sorted(need - have))
        wants = f" {asks or f'The {kind.name} chart'} needs {_listed(need)}."
        raise csvio.Unreadable(f"{name} has no column {lacking}; it has {', '.join(table.column_names)}.{wants}")
    cells = {column: csvio.column(table, column) for column in table.column_names}
    refusals.add(csvio.empty(cells["series"]), "series is empty.")
    period, bad = csvio.dates(cells["period"])
    refusals.add(bad, "period {0!r} is not a date (YYYY-MM-DD).", cells["period"])
    numerator = denominator = None
    if parts <= have and (kind.form == "ratio" or "value" not in have):
        numerator, denominator = _parts(cells, refusals)
    if kind.form == "ratio":
        refusals.add(numerator < 0, "numerator {0!r} is below zero.", cells["numerator"])
        if kind.ceiling is not None:
            above = "numerator {0!r} is above its denominator {1!r}."
            refusals.add(numerator > denominator, above, cells["numerator"], cells["denominator"])
    value = _ratio(numerator, denominator) if parts <= need else _number(cells, "value", refusals)
    if kind.smallest is not None and kind.form == "value":
        refusals.add(value < kind.smallest, f"value {{0!r}} is below {kind.smallest:g}.", cells["value"])
        if kind.above_smallest:
            refusals.add(value == kind.smallest, "value is zero; a time between events is above it.")
    ghosted = np.zeros(table.num_rows, bool)
    if "ghosted" in have:
        ghosted, bad = csvio.booleans(cells["ghosted"])
        refusals.add(bad, "ghosted {0!r} is neither true nor false.", cells["ghosted"])
    goal = np.full(table.num_rows, np.nan)
    if "target" in have:
        goal = _number(cells, "target", refusals)
    if target is not None:
        goal = np.where(np.isnan(goal), target, goal)
    series = csvio.codes(cells["series"])
    if family:
        refusals.add(csvio.empty(cells[family]), f"{family} is empty.")
        series = csvio.codes(cells[family], cells["series"])
    phase = csvio.codes(cells["phase"]) if "phase" in have else None
    if kind.form == "subgroups":
        for column, told in (("ghosted", ghosted), ("phase", phase), ("target", np.nan_to_num(goal, nan=np.inf))):
            if column in have:
                _refuse_disagreement(column, told, series, period, cells, refusals)
    else:
        _refuse_repeats(series, period, cells, refusals)
    return Observations(series, period, value, numerator, denominator, phase, ghosted, goal)


def _number(cells: dict[str, pa.Array], name: str, refusals: csvio.Refusals) -> np.ndarray:
    found, bad = csvio.numbers(cells[name])
    refusals.add(bad, name + " {0!r} is not a number.", cells[name])
    large = np.abs(found) > LARGEST
    refusals.add(large, f"{name} {{0!r}} is too large: at most {LARGEST:g}.", cells[name])
    return np.where(large, np.nan, found)


def _parts(cells: dict[str, pa.Array], refusals: csvio.Refusals) -> tuple[np.ndarray, np.ndarray]:
    numerator = _number(cells, "numerator", refusals)
    denominator = _number(cells, "denominator", refusals)
    refusals.add(denominator == 0, "denominator is zero.")
    refusals.add(denominator < 0, "denominator {0!r} is below zero.", cells["denominator"])
    tiny = f"denominator {{0!r}} is too small: at least {1 / LARGEST:g}."
    refusals.add(denominator < 1 / LARGEST, tiny, cells["denominator"])
    return numerator, denominator


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator >= 1 / LARGEST)


def _listed(names: set[str]) -> str:
    """
    >>> _listed({"value", "period", "series"})
    'series, period and value'
    """
    order = ("series", "period", "value", "numerator", "denominator")
    *most, last = (name for name in order if name in names)
    return f"{', '.join(most)} and {last}"


def _refuse_disagreement(column: str, told, series, period, cells, refusals: csvio.Refusals) -> None:
    """A subgroup is one point: what its first usable row says of it, the others must say too."""
    rows = np.flatnonzero(~refusals.bad)
    rows = rows[panel.sort_order(series[rows], period[rows])]
    keys = np.stack([series[rows], period[rows]], axis=1)
    first = panel.first_rows(keys)
    told = told[rows]
    size = np.diff(np.append(first, rows.size))
    other = np.zeros(len(series), bool)
    other[rows] = told != np.repeat(told[first], size)
    refusals.add(other, column + " {0!r} differs from that of the first row of its subgroup.", cells[column])


def _refuse_repeats(series, period, cells, refusals: csvio.Refusals) -> None:
    """The first usable row of a series and period stands; later ones are refused."""
    rows = np.flatnonzero(~refusals.bad)
    rows = rows[panel.sort_order(series[rows], period[rows])]
    again = np.zeros(len(series), bool)
    again[rows[1:]] = (series[rows[1:]] == series[rows[:-1]]) & (period[rows[1:]] == period[rows[:-1]])
    refusals.add(again, "series {0!r} has another row for {1}, above.", cells["series"], cells["period"])
