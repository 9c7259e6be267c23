"""IN.csv of the commands spc, rebase and signals: its columns as arrays, its unusable rows refused."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from measures import csvio, panel


class Observations(NamedTuple):
    """The columns of IN as arrays, one figure per row of the file; NaN where empty.

    ``series`` codes in order of first appearance; ``period`` whole seconds since 1970; ``value`` as given, or
    numerator / denominator; ``numerator``, ``denominator``, ``phase`` None where IN has no such column.
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
    repeats: bool = False,
) -> Observations:
    """Read the columns, refusing rows that cannot be used; ``repeats`` allows several rows for one period.

    Raises csvio.Unreadable where a column is missing from the file called ``name``.
    """
    have, parts = set(table.column_names), {"numerator", "denominator"}
    need = {"series", "period"} | (parts if "value" not in have and parts & have else {"value"})
    if need - have:
        lacking = ", ".join(sorted(need - have))
        raise csvio.Unreadable(f"{name} has no column {lacking}; it has {', '.join(table.column_names)}.")
    cells = {column: csvio.column(table, column) for column in table.column_names}
    refusals.add(csvio.empty(cells["series"]), "series is empty.")
    period, bad = csvio.dates(cells["period"])
    refusals.add(bad, "period {0!r} is not a date (YYYY-MM-DD).", cells["period"])
    numerator = denominator = None
    if parts <= have:
        numerator, denominator = _parts(cells, refusals)
    value = _number(cells, "value", refusals) if "value" in have else _ratio(numerator, denominator)
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
    if not repeats:
        _refuse_repeats(series, period, cells, refusals)
    phase = csvio.codes(cells["phase"]) if "phase" in have else None
    return Observations(series, period, value, numerator, denominator, phase, ghosted, goal)


def _number(cells: dict[str, pa.Array], name: str, refusals: csvio.Refusals) -> np.ndarray:
    found, bad = csvio.numbers(cells[name])
    refusals.add(bad, name + " {0!r} is not a number.", cells[name])
    return found


def _parts(cells: dict[str, pa.Array], refusals: csvio.Refusals) -> tuple[np.ndarray, np.ndarray]:
    numerator = _number(cells, "numerator", refusals)
    denominator = _number(cells, "denominator", refusals)
    refusals.add(denominator == 0, "denominator is zero.")
    refusals.add(denominator < 0, "denominator {0!r} is below zero.", cells["denominator"])
    return numerator, denominator


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)


def _refuse_repeats(series, period, cells, refusals: csvio.Refusals) -> None:
    """The first usable row of a series and period stands; later ones are refused."""
    rows = np.flatnonzero(~refusals.bad)
    rows = rows[panel.sort_order(series[rows], period[rows])]
    again = np.zeros(len(series), bool)
    again[rows[1:]] = (series[rows[1:]] == series[rows[:-1]]) & (period[rows[1:]] == period[rows[:-1]])
    refusals.add(again, "series {0!r} has another row for {1}, above.", cells["series"], cells["period"])
