"""What the other processes of the race and kill tests do. Each is started anew (spawn), as on every system."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from measures.store import Conflict, Store, ensure, open_store
from tests.store.samples import APRIL, MARCH, campaign, cell, save


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
