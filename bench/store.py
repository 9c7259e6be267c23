"""Timings of the store: single saves, an import, and loading a million rows beside a bare fetch of the same rows.

python bench/store.py [ROWS]
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store import Entry, Store
from measures.store.sqlite import SqliteStore

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEKS = 100
MEASURES = 10
SAVES = 1000


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


def main(rows: int) -> None:
    """Print the figures."""
    sites = max(1, rows // (WEEKS * MEASURES))
    with tempfile.TemporaryDirectory() as folder, closing(SqliteStore(Path(folder) / "bench.db", create=True)) as store:
        store.define(campaign(sites))
        saves(store)
        weeks = [date(2024, 1, 1) + timedelta(weeks=n) for n in range(WEEKS)]
        entries = [
            Entry(f"s{s:05}", f"m{m}", week, numerator=(s * 7 + m * 3 + n) % 97, denominator=100)
            for s in range(sites) for m in range(MEASURES) for n, week in enumerate(weeks)
        ]  # fmt: skip
        for name in ("import of new rows", "the same rows again, all seen"):
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
