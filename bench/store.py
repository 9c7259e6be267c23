"""Timings of the store: single saves, files of 100,000 and a million rows beside a bare executemany of the same rows,
and loading a million rows beside a bare fetch of them.

python bench/store.py [ROWS]

A commit of checked rows may take three times what a bare executemany takes, and ends with exit code 1 where it takes
longer.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
import tracemalloc
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store import Entry, Store
from measures.store.sqlite import SqliteStore

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEKS = 100
MEASURES = 10
SAVES = 1000
TURNS = 3
BOUND = 3.0


def campaign(sites: int) -> Campaign:
    """A campaign of ``sites`` sites with ten measures."""
    day = date(2024, 1, 1)
    measures = tuple(
        Measure(f"m{n}", f"Measure {n}", f"M{n}", "", Family.PROCESS, Form.PROPORTION, Direction.UP, "%", "of")
        for n in range(MEASURES)
    )
    places = tuple(Site(f"s{n:05}", f"Site {n}") for n in range(sites))
    return Campaign("bench", "Bench", "", day, day, day, day, places, measures)


def saves(store: Store) -> None:
    """One person saving one cell again and again."""
    start = time.perf_counter()
    for n in range(SAVES):
        entry = Entry("s00000", "m0", date(2023, 1, 2), numerator=n, denominator=2000, seen=n)
        store.record("bench", [entry], actor="ann", source="typed", at=AT)
    print(f"single saves, synchronous=FULL   {SAVES / (time.perf_counter() - start):10,.0f} a second")
    start = time.perf_counter()
    for _ in range(SAVES):
        store.version("bench")
    print(f"reading a campaign's version     {(time.perf_counter() - start) / SAVES * 1e6:10,.1f} microseconds")


def commits(folder: Path, rows: int) -> bool:
    """A file's checked rows as one change, new and then all changed, beside the same rows by executemany alone.

    The peer writes to the same table, with its key and its index and without triggers or references, rows that are
    ready and in order. Whether the bound is kept.
    """
    sites = rows // (WEEKS * MEASURES)
    frame = table_of(sites)
    best: dict[str, list[float]] = {"peer": [], "new": [], "changed": []}
    for turn in range(TURNS):
        path = folder / f"bare-{rows}-{turn}.db"
        with closing(SqliteStore(path, create=True)) as made:
            made.define(campaign(sites))
        best["peer"].append(bare(path, frame))
        with closing(SqliteStore(folder / f"ours-{rows}-{turn}.db", create=True)) as store:
            store.define(campaign(sites))
            for name, seen in (("new", 0), ("changed", 1)):
                given = frame.assign(seen=seen, numerator=frame["numerator"] + seen)
                start = time.perf_counter()
                done = store.record_frame("bench", given, actor="ann", source="file: a.csv", at=AT, digest=name)
                best[name].append(time.perf_counter() - start)
                assert done.written == len(frame)
    peer, new, changed = (min(best[name]) for name in ("peer", "new", "changed"))
    print(f"bare executemany, {rows:>9,} rows {peer:12.2f} s")
    print(f"the same as a file's change      {new:10.2f} s, {new / peer:.2f} of the peer (bound {BOUND})")
    print(f"all of them changed              {changed:10.2f} s, {changed / peer:.2f} of the peer")
    return new <= BOUND * peer


def table_of(sites: int) -> pd.DataFrame:
    """Checked rows as an import has them."""
    weeks = pd.date_range("2024-01-01", periods=WEEKS, freq="7D", unit="us")
    site, measure, week = (
        axis.ravel() for axis in np.meshgrid(np.arange(sites), np.arange(MEASURES), np.arange(WEEKS), indexing="ij")
    )
    return pd.DataFrame(
        {
            "site": pd.Series(np.array([f"s{n:05}" for n in range(sites)], object)[site], dtype="str"),
            "measure": pd.Series(np.array([f"m{n}" for n in range(MEASURES)], object)[measure], dtype="str"),
            "group": "all",
            "period": weeks.to_numpy()[week],
            "numerator": ((site * 7 + measure * 3 + week) % 97).astype(float),
            "denominator": 100.0,
            "value": np.nan,
            "note": "",
        }
    )


def bare(path: Path, frame: pd.DataFrame) -> float:
    """Seconds that sqlite3's executemany and the commit take."""
    texts = [frame[name].tolist() for name in ("site", "measure", "group")]
    days = frame["period"].dt.strftime("%Y-%m-%d").tolist()
    numbers = [frame[name].tolist() for name in ("numerator", "denominator")]
    rows = [("bench", s, m, g, day, 1, 1, x, n, None, "") for s, m, g, day, x, n in zip(*texts, days, *numbers)]
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("pragma synchronous = full")
        for (trigger,) in conn.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute("insert into change (campaign_id, at, actor, source) values ('bench', '2026', 'ann', 'file')")
        start = time.perf_counter()
        conn.execute("begin immediate")
        conn.executemany("insert into observation values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        conn.execute("commit")
        return time.perf_counter() - start


def peak(rows: int) -> None:
    """What a file's change takes at once in memory: Python's part by tracemalloc, SQLite's by the process."""
    frame = table_of(rows // (WEEKS * MEASURES))
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "peak.db", create=True)) as store:
        store.define(campaign(rows // (WEEKS * MEASURES)))
        before = psutil.Process().memory_info().rss
        tracemalloc.start()
        most = [0]

        def look(_: float) -> None:
            most[0] = max(most[0], psutil.Process().memory_info().rss)

        store.record_frame("bench", frame.assign(seen=0), actor="ann", source="file: a.csv", at=AT, progress=look)
        _, python = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    grown = (most[0] - before) / 1e6
    print(f"memory at once, {rows:,} rows: {python / 1e6:,.0f} MB of Python's, the process grew by {grown:,.0f} MB")


def main(rows: int) -> bool:
    """Print the figures; whether every bound was kept."""
    sites = max(1, rows // (WEEKS * MEASURES))
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "bench.db", create=True)) as store:
        kept = [commits(Path(folder), size) for size in sorted({100_000, max(rows, 100_000)})]
        peak(max(rows, 100_000))
        store.define(campaign(sites))
        saves(store)
        weeks = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(WEEKS)]
        entries = [
            Entry(f"s{s:05}", f"m{m}", week, numerator=(s * 7 + m * 3 + n) % 97, denominator=100)
            for s in range(sites) for m in range(MEASURES) for n, week in enumerate(weeks)
        ]  # fmt: skip
        for name in ("the same by single entries", "the same rows again, all seen"):
            start = time.perf_counter()
            done = store.record("bench", entries, actor="ann", source="file", at=AT)
            print(f"{name:<32} {time.perf_counter() - start:10.2f} s ({done.written:,} written)")
            entries = [Entry(e.site, e.measure, e.period, e.group, e.numerator, e.denominator, seen=1) for e in entries]
        del entries
        best = [1e9, 1e9, 1e9]
        for _ in range(3):
            with closing(sqlite3.connect(store.path)) as bare:
                start = time.perf_counter()
                fetched = bare.execute("select * from observation where campaign_id = 'bench'").fetchall()
                best[0] = min(best[0], time.perf_counter() - start)
                del fetched
                start = time.perf_counter()
                fetched = bare.execute("select * from latest where campaign_id = 'bench'").fetchall()
                best[1] = min(best[1], time.perf_counter() - start)
                del fetched
            start = time.perf_counter()
            frame = store.observations("bench")
            best[2] = min(best[2], time.perf_counter() - start)
        print(f"bare fetchall of the history     {best[0]:10.2f} s")
        print(f"bare fetchall of the view latest {best[1]:10.2f} s")
        print(f"observations(), {len(frame):,} rows {best[2]:13.2f} s, {best[2] / best[0]:.2f} of the bare fetchall")
        start = time.perf_counter()
        store.backup(Path(folder) / "copy.db")
        print(f"backup of {store.path.stat().st_size / 1e6:,.0f} MB {time.perf_counter() - start:21.2f} s")
        start = time.perf_counter()
        found = store.check()
        print(f"check                            {time.perf_counter() - start:10.2f} s ({len(found)} found)")
    return all(kept)


if __name__ == "__main__":
    sys.exit(not main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
