"""The shape of what was expected: where limits and centre run level, step, follow the season, or break.

Limits that change from point to point are steps, each point in the middle of its own. A centre that changes
within a phase follows the season, and is drawn from month to month. A phase, a point without limits and,
where they vary, a missing period break the lines; limits that are the same throughout go on over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from measures.charts import theme

_TINY = 1e-9
"""What two figures may differ by, relative to their size, and still be the same."""


def varying(values: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Whether any of ``values`` (n, k) changes within a row's phase, whose rows stand together; (n,) of bool.

    >>> varying(np.array([[1.0], [1.0], [1.0], [2.0]]), np.array([1, 1, 2, 2])).tolist()
    [False, False, True, True]
    """
    if not len(values):
        return np.zeros(0, bool)
    starts = np.flatnonzero(np.r_[True, phase[1:] != phase[:-1]])
    low, high, size = (
        reduce.reduceat(of, starts) for reduce, of in ((np.fmin, values), (np.fmax, values), (np.fmax, np.abs(values)))
    )
    with np.errstate(invalid="ignore"):
        changes = (high - low > _TINY * size).any(axis=1)
    return np.repeat(changes, np.diff(np.r_[starts, len(values)]))


def seasonal(frame: pd.DataFrame) -> np.ndarray:
    """Whether the centre changes within each row's phase; (n,) of bool."""
    return varying(frame[["centre"]].to_numpy(float), frame["phase"].to_numpy())


def corners(frame: pd.DataFrame, columns: Sequence[str], half: float, smooth: np.ndarray | None = None) -> pd.DataFrame:
    """The corners of the lines that ``columns`` draw: ``t``, the columns, ``phase`` and an unbroken ``piece``.

    ``frame`` has a row per period in order, with ``t``, ``place`` (whole periods) and ``phase``. Lines reach
    ``half`` a period beyond the first and last point of a piece. Rows that are ``smooth`` are joined from
    point to point, the others by steps.
    """
    names = list(columns)
    values = frame[names].to_numpy(float)
    at = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not at.size:
        return pd.DataFrame(columns=["t", *names, "phase", "piece"])
    t, place, phase = (frame[name].to_numpy()[at] for name in ("t", "place", "phase"))
    values = values[at]
    flowing = np.zeros(len(at), bool) if smooth is None else smooth[at]
    apart = np.diff(place) > 1
    broken = (phase[1:] != phase[:-1]) | (np.diff(at) > 1) | (apart & varying(values, phase)[1:])
    same = np.abs(np.diff(values, axis=0)) <= _TINY * np.abs(values[1:])
    when, drawn, pieces = [], [], np.split(np.arange(len(at)), np.flatnonzero(broken) + 1)
    for rows in pieces:
        first, last = rows[0], rows[-1]
        meets = last + 1 < len(at) and not apart[last]
        end = t[last + 1] - half if meets else t[last] + half
        if flowing[first]:
            when.append(np.r_[t[first] - half, t[rows], end])
            drawn.append(_leaning(values[rows]))
        else:
            new = rows[np.r_[True, ~same[first:last].all(axis=1)]]
            begins = t[new] - half
            when.append(np.column_stack([begins, np.r_[begins[1:], end]]).ravel())
            drawn.append(np.repeat(values[new], 2, axis=0))
    many = [len(part) for part in when]
    out = pd.DataFrame(np.concatenate(drawn), columns=names)
    out.insert(0, "t", np.concatenate(when))
    out["phase"] = np.repeat(phase[[rows[0] for rows in pieces]].astype(str), many)
    out["piece"] = np.repeat(np.arange(len(pieces)), many)
    return out


def _leaning(values: np.ndarray) -> np.ndarray:
    """``values`` (n, k) with a corner more at either end, half a step on the way they were going."""
    ends = values[[0, -1]]
    if len(values) > 1:
        ends = ends + (ends - values[[1, -2]]) / 2
    ends = np.clip(ends, values.min(axis=0), values.max(axis=0))
    return np.vstack([ends[:1], values, ends[1:]])


def seams(band: pd.DataFrame) -> pd.DataFrame:
    """Where one phase's range meets the next one's, and how tall the two are together."""
    if band.empty:
        return pd.DataFrame(columns=["t", "lower", "upper"])
    first = np.flatnonzero(np.r_[True, np.diff(band["piece"].to_numpy()) != 0])[1:]
    before, after = band.iloc[first - 1].reset_index(drop=True), band.iloc[first].reset_index(drop=True)
    rows = {
        "t": after["t"],
        "lower": np.fmin(before["lower"], after["lower"]),
        "upper": np.fmax(before["upper"], after["upper"]),
    }
    met = ((after["t"] - before["t"]).abs() < 1.0) & (before["phase"] != after["phase"])
    return pd.DataFrame(rows)[met].reset_index(drop=True)


def behind(band: pd.DataFrame) -> Callable[[float, float], bool]:
    """Whether a spot (milliseconds, value) lies within the expected range."""
    when, low, high = (band[name].to_numpy(float) for name in ("t", "lower", "upper"))
    whole = np.diff(band["piece"].to_numpy(float)) == 0
    span = np.diff(when)

    def inside(t: float, value: float) -> bool:
        here = np.flatnonzero(whole & (when[:-1] <= t) & (t <= when[1:]))
        share = np.divide(t - when[here], span[here], out=np.zeros(len(here)), where=span[here] > 0)
        floor, ceiling = (edge[here] + share * (edge[here + 1] - edge[here]) for edge in (low, high))
        return bool(((floor <= value) & (value <= ceiling)).any())

    return inside


# ------------------------------------------------------------------ where limits began anew, or should


MARKER: Final = ["t", "title", "since", "level", "why"]


def rebases(
    frame: pd.DataFrame,
    given: Iterable[tuple[date, str]],
    half: float,
    frequency: str,
    unit: str,
    centre_name: str,
    redefined: Iterable[tuple[date, str]] = (),
) -> pd.DataFrame:
    """Every phase after the first: where it begins (``t``), its ``title``, ``since`` when, the ``level`` of the
    centre before and after and, if known, ``why``.

    A reason belongs to the phase that begins with the first row on or after its date; one that matches no
    phase is left out. Where it is counted differently (``redefined``), that is what is said, and levels before
    and after are not set side by side.
    """
    phase, centre, flowing = (frame[name].to_numpy() for name in ("phase", "centre", "flowing"))
    begins = (np.flatnonzero(phase[1:] != phase[:-1]) + 1).tolist()
    reasons: dict[int, list[str]] = {}
    for when, why in sorted(given, key=lambda pair: pair[0]):
        reasons.setdefault(_first_from(frame, when), []).append(plain(why))
    differently = {}
    for when, how in redefined:
        differently.setdefault(_first_from(frame, when), (when, plain(how)))
    rows = []
    for before, row, end in zip([0, *begins], begins, [*begins[1:], len(frame)]):
        own = frame.iloc[row:end]
        what = "limits" if own[["drawn_lower", "drawn_upper"]].notna().any(axis=None) else centre_name
        since = theme.month_name(frame["period"].iloc[row], frequency)
        title = f"New {what} from {since}" if np.isfinite(centre[row:end]).any() else f"Counted anew from {since}"
        if row in differently:
            on, how = differently[row]
            since = theme.month_name(on, frequency)
            title = f"Counted differently from {since}"
            reasons[row] = [how, *reasons.get(row, [])]
        known = np.isfinite(centre[[row - 1, row]]).all() and not flowing[[before, row]].any()
        known = known and row not in differently
        old, new = (theme.figure(centre[i], unit) for i in (row - 1, row))
        level = f"{old} before, {new} from here" if known else ""
        why = "; ".join(text for text in reasons.get(row, []) if text)
        at = float(frame["t"].iloc[row]) - half
        rows.append({"t": at, "title": title, "since": since, "level": level, "why": why})
    return pd.DataFrame(rows, columns=MARKER)


def proposals(frame: pd.DataFrame, given: Iterable[tuple[date, str]], half: float, frequency: str) -> pd.DataFrame:
    """Where new limits are proposed: before the first row on or after each date; columns as ``rebases``."""
    rows = []
    for when, why in sorted(given, key=lambda pair: pair[0]):
        row = _first_from(frame, when)
        if row < len(frame):
            since = theme.month_name(frame["period"].iloc[row], frequency)
            at = float(frame["t"].iloc[row]) - half
            rows.append({"t": at, "title": "New limits proposed here", "since": since, "level": "", "why": plain(why)})
    return pd.DataFrame(rows, columns=MARKER)


def eras(periods: pd.Series, redefined: Sequence[date]) -> pd.Series:
    """How many times each period's numbers have been counted differently by then.

    >>> months = pd.Series(pd.to_datetime(["2018-03-01", "2018-04-01", "2018-05-01"]))
    >>> eras(months, [date(2018, 4, 1)]).tolist()
    [0, 1, 1]
    """
    when = np.sort(np.array(list(redefined), "datetime64[D]")).astype("datetime64[us]")
    return pd.Series(np.searchsorted(when, periods.to_numpy("datetime64[us]"), side="right"), periods.index)


def _first_from(frame: pd.DataFrame, when: date) -> int:
    """The first row on or after a date."""
    return int(np.searchsorted(frame["period"].to_numpy(), np.datetime64(pd.Timestamp(when))))


def plain(words: str) -> str:
    """Words on one line, as they were typed but for white space."""
    return " ".join(str(words).split())
