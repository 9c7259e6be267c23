"""Rows out of the database as frames: the part that every kind of store shares."""

from __future__ import annotations

import numpy as np
import pandas as pd

REVISION = np.dtype(
    [
        ("period", "O"),
        ("rev", "i8"),
        ("numerator", "f8"),
        ("denominator", "f8"),
        ("value", "f8"),
        ("note", "O"),
        ("change_id", "i8"),
    ]
)
"""A row of ``Sql.REVISIONS``; None among numbers becomes NaN."""

NUMBERS = ("numerator", "denominator", "value")
WRITTEN = np.dtype(
    [
        *((name, "O") for name in ("site", "measure", "group", "period")),
        ("rev", "i8"),
        *((name, "f8") for name in NUMBERS),
        ("note", "O"),
        *((f"was_{name}", "f8") for name in NUMBERS),
        ("was_note", "O"),
        ("head", "i8"),
    ]
)
"""A row of what one change wrote."""


def written(rows: np.ndarray) -> pd.DataFrame:
    """What a change wrote, as ``Store.written_by`` returns it."""
    return pd.DataFrame(
        {
            name: pd.Categorical(rows[name])
            if name in ("site", "measure", "group")
            else _dates(rows[name])
            if name == "period"
            else pd.array(rows[name], dtype="str")
            if name in ("note", "was_note")
            else rows[name].copy()
            for name in WRITTEN.names
        }
    )


def observed(series: list[tuple[str, str, str, int]], rows: np.ndarray) -> pd.DataFrame:
    """The latest revision of each cell, as ``Store.observations`` returns it.

    ``series`` are the rows of ``Sql.SERIES`` and ``rows`` those of ``Sql.REVISIONS``, read together: the
    names of a series come once with its number of rows, and not in each of a million rows.
    """
    keep = np.ones(len(rows), dtype=bool)
    keep[:-1] = rows["rev"][1:] == 1  # revisions have no gaps, so the next cell starts where the next rev is 1
    rows = rows[keep]
    site, measure, group, counts = zip(*series, strict=True) if series else ((), (), (), ())
    line = np.repeat(np.arange(len(series)), np.asarray(counts, dtype=np.int64))[keep]
    return pd.DataFrame(
        {
            "site": pd.Categorical(site).take(line),
            "measure": pd.Categorical(measure).take(line),
            "group": pd.Categorical(group).take(line),
            "period": _dates(rows["period"]),
            **{name: rows[name].copy() for name in ("numerator", "denominator", "value")},
            "note": pd.array(rows["note"], dtype="str"),
            **{name: rows[name].copy() for name in ("rev", "change_id")},
        }
    )


def _dates(texts: np.ndarray) -> pd.DatetimeIndex:
    """ISO dates as datetime64; each different date is parsed once."""
    codes, different = pd.factorize(texts)
    return pd.to_datetime(different, format="%Y-%m-%d").as_unit("us").take(codes)


def table(rows: list[tuple], names: tuple[str, ...], floats: tuple[str, ...] = ()) -> pd.DataFrame:
    """Rows of a history or of changes as a frame, with moments and numbers of the right type."""
    frame = pd.DataFrame(rows, columns=list(names)).astype(dict.fromkeys(floats, "float64"))
    frame["at"] = pd.to_datetime(frame["at"], utc=True, format="ISO8601")
    texts = [name for name in ("actor", "source", "note", "digest") if name in names]
    return frame.astype({**dict.fromkeys(texts, "str"), "undoes": "Int64"})
