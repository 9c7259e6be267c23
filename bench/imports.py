"""Timings of a file: read, understood, checked, compared with what is there, and kept; each apart.

python bench/imports.py [ROWS …]

The peer is pandas' own ``read_csv`` of the same bytes, every cell as text: what parsing alone costs. Bounds: a hundred
thousand rows are read, understood and checked within 30 times that, and a file is kept (its commit alone) within three
times a bare executemany, which ``bench/store.py`` times.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import pandas as pd
from store import MEASURES, WEEKS, campaign, table_of

from measures.actions import exports, imports
from measures.actions.compare import compared
from measures.actions.read import Desk
from measures.intake import check, reading, table
from measures.model import Actor, Campaign, Role
from measures.store.sqlite import SqliteStore

T = TypeVar("T")
TODAY = date(2026, 6, 1)
BOUND = 30


def whole(sites: int) -> Campaign:
    """The store's bench campaign, counted every week until today."""
    made = campaign(sites)
    weekly = tuple(replace(measure, frequency="week") for measure in made.measures)
    return replace(made, measures=weekly, end=date(2027, 1, 1), today=TODAY)


def timed(what: str, work: Callable[[], T], peer: float | None = None) -> tuple[T, float]:
    """The work's result and its time, printed."""
    start = time.perf_counter()
    result = work()
    took = time.perf_counter() - start
    print(f"  {what:<44} {took:8.2f} s{f', {took / peer:5.1f} of the peer' if peer else ''}", flush=True)
    return result, took


def one(rows: int, memory: bool) -> float:
    """Print the figures of a file of so many rows; how many times its peer reading and checking take."""
    sites = max(1, rows // (WEEKS * MEASURES))
    made = whole(sites)
    frame = table_of(sites).iloc[:rows]
    data = exports.as_csv(frame)
    print(f"{len(frame):,} rows, {len(data) / 1e6:,.1f} MB of CSV")
    about = {"sites": None, "today": TODAY}
    _, peer = timed("peer: pandas.read_csv, cells as text", lambda: pd.read_csv(io.BytesIO(data), dtype=str))
    found, parsed = timed("read", lambda: table.read(data, "a.csv"), peer)
    understood, read_as = timed("understand", lambda: reading.understand(found, made, **about), peer)
    checked, judged = timed("check", lambda: check.check(found, understood, made, **about), peer)
    assert (len(checked.rows), len(checked.refused)) == (len(frame), 0), checked.refused.head()
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "a.db", create=True)) as store:
        store.define(made)
        desk = Desk(store, Actor(Role.LEAD, "ann"), made, TODAY, lambda *_: None)
        held = store.observations("bench")
        timed("compare with nothing", lambda: compared(checked.rows, held))
        upload = imports.open_file(desk, data, "a.csv", limited=False)
        timed("keep: one change", lambda: imports.keep(desk, upload))
        held, _ = timed("load what is there", lambda: store.observations("bench"))
        again, _ = timed("compare with all of it", lambda: compared(checked.rows, held))
        assert (again["kind"] == "same").all()
        took = [timed(f"export as {kind}", lambda kind=kind: exports.KINDS[kind](exports.tidy(desk)))
                for kind in ("csv", "parquet")]  # fmt: skip
        assert took
        if memory:
            tracemalloc.start()
            imports.open_file(desk, data, "b.csv", limited=False)
            print(f"  memory at once, opening the file             {tracemalloc.get_traced_memory()[1] / 1e6:8,.0f} MB")
            tracemalloc.stop()
    return (parsed + read_as + judged) / peer


def workbook(rows: int) -> None:
    """The same rows as a workbook."""
    sites = max(1, rows // (WEEKS * MEASURES))
    data = exports.as_xlsx(table_of(sites).iloc[:rows])
    print(f"{rows:,} rows, {len(data) / 1e6:,.1f} MB of Excel")
    timed("read", lambda: table.read(data, "a.xlsx"))


def main(sizes: list[int]) -> bool:
    """Print the figures; whether the bound was kept."""
    ratios = [one(rows, memory=rows == max(sizes)) for rows in sizes]
    workbook(min(sizes))
    return ratios[0] <= BOUND


if __name__ == "__main__":
    sys.exit(not main([int(given) for given in sys.argv[1:]] or [100_000, 1_000_000]))
