"""What the other processes of the race and kill tests do. Each is started anew (spawn), as on every system."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

import pandas as pd

from measures.store import Conflict, Store, ensure, open_store
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, save

CELLS = 400


def increment(store: Store, times: int, actor: str) -> int:
    """Add one to a cell ``times`` times, reading it again after each conflict; how many conflicts there were."""
    conflicts = 0
    for _ in range(times):
        while True:
            frame = store.observations("ae")
            frame = frame[frame["period"] == str(MARCH)]
            seen, number = (0, 0) if frame.empty else (int(frame["rev"].iloc[0]), int(frame["numerator"].iloc[0]))
            try:
                save(store, cell(number + 1, seen), actor=actor)
                break
            except Conflict:
                conflicts += 1
    return conflicts


def write_many(path: Path, name: str, times: int) -> None:
    """Write a group of one's own, and increment a cell that everybody increments."""
    store = open_store(path)
    for n in range(times):
        save(store, cell(n, n, period=APRIL, group=name), actor=name)
        increment(store, 1, name)
    store.close()


def write_until_killed(path: Path, told: Connection) -> None:
    """Write changes of two cells each, and tell of each only once it has been accepted."""
    store = open_store(path)
    n = len(store.history("ae", "s1", "waits", MARCH))
    while True:
        save(store, cell(n, n), cell(n, n, site="s2"))
        told.send(n)
        n += 1


def import_until_killed(path: Path, told: Connection) -> None:
    """Record tables of CELLS cells, each as a file of its own, and tell of each only once it has been accepted."""
    store = open_store(path)
    n = store.version("ae") - 1
    while True:
        record_table(store, file_of(n), f"file {n}")
        told.send(n)
        n += 1


def import_many(path: Path, name: str, times: int) -> None:
    """Record tables of one's own cells, and race everybody with one file that all have."""
    store = open_store(path)
    for n in range(times):
        record_table(store, file_of(n).assign(group=name + "-" + file_of(n)["group"]), f"{name} {n}")
        record_table(store, file_of(0).assign(seen=0, site="s2", numerator=float(n)), f"everybody's {n}", again=True)
    store.close()


def file_of(n: int) -> pd.DataFrame:
    """The n-th table for the same cells of site s1: each holds n."""
    groups = [f"g{i:04}" for i in range(CELLS)]
    numbers = dict.fromkeys(("numerator", "denominator", "value"), float(n))
    when = pd.Timestamp(MARCH).as_unit("us")
    return pd.DataFrame(
        {"site": "s1", "measure": "waits", "group": groups, "period": when, "note": "", "seen": n} | numbers
    )


def record_table(store: Store, table: pd.DataFrame, digest: str, again: bool = False) -> None:
    """Record a table as a file; with ``again``, on top of whatever others made of its cells meanwhile."""
    while True:
        if again:
            held = store.observations("ae")
            heads = held[(held["site"] == "s2").to_numpy()].set_index("group")["rev"]
            table = table.assign(seen=heads.reindex(table["group"]).fillna(0).astype("int64").to_numpy())
        try:
            store.record_frame("ae", table, actor="file", source="file: a.csv", at=AT, digest=digest)
            return
        except Conflict:
            if not again:
                raise


def seed(path: Path, mark: Path) -> None:
    """Open the database as the app does when it starts, leaving a mark for each time it was filled."""

    def fill(store: Store) -> None:
        with mark.open("a") as file:
            file.write("filled\n")
        store.define(campaign())
        for n in range(30):
            save(store, cell(n, n))

    store = ensure(path, fill)
    assert len(store.history("ae", "s1", "waits", MARCH)) == 30
    store.close()


def stall_while_filling(path: Path, told: Connection) -> None:
    """Start to make the database, and never finish."""

    def fill(store: Store) -> None:
        store.define(campaign())
        save(store, cell(1))
        told.send("half")
        told.recv()

    ensure(path, fill)
