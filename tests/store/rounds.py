"""Rounds of killing and racing, short in the tests and long in the soak."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable

from measures.store.sqlite import SqliteStore
from tests.store import workers
from tests.store.samples import MARCH

SPAWN = multiprocessing.get_context("spawn")


def run_together(target: Callable[..., None], *arguments: tuple) -> None:
    """Run a worker once for each tuple of arguments, all at once; each must end well."""
    running = [SPAWN.Process(target=target, args=given) for given in arguments]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * len(running)


def kill_rounds(file: SqliteStore, rounds: int, chance: random.Random) -> int:
    """Kill a writer at random moments; after each, everything acknowledged is there and nothing is torn.

    Returns how many saves were acknowledged.
    """
    told = -1
    for _ in range(rounds):
        told = _write_and_kill(workers.write_until_killed, file, chance, 120, told)
        one, two = (file.history("ae", site, "waits", MARCH) for site in ("s1", "s2"))
        assert one["numerator"].tolist() == two["numerator"].tolist() == list(range(len(one)))
        assert one["change_id"].tolist() == two["change_id"].tolist()
        assert len(one) > told
        assert file.version("ae") == 1 + len(one)
        assert file.check() == []
    return told + 1


def import_kill_rounds(file: SqliteStore, rounds: int, chance: random.Random) -> tuple[int, int]:
    """The same for files: of each, all cells are there or none is.

    Returns how many files were acknowledged, and how many rounds ended with one that was there unacknowledged.
    """
    told, untold = -1, 0
    for _ in range(rounds):
        told = _write_and_kill(workers.import_until_killed, file, chance, 12, told)
        found = file.observations("ae")
        kept = file.version("ae") - 1
        assert len(found) == workers.CELLS * (kept > 0)
        assert (found["rev"] == kept).all()
        assert (found["numerator"] == kept - 1).all()
        assert kept > told
        assert len(file.large_changes("ae", limit=1_000_000)) == kept
        assert file.check() == []
        untold += kept > told + 1
    return told + 1, untold


def import_together(file: SqliteStore, names: list[str], times: int) -> None:
    """Let processes bring files of their own and files that all of them have; every one counts exactly once."""
    run_together(workers.import_many, *((file.path, name, times) for name in names))
    found = file.observations("ae")
    shared, own = found[(found["site"] == "s2").to_numpy()], found[(found["site"] == "s1").to_numpy()]
    assert len(shared) == workers.CELLS
    assert (shared["rev"] == times).all()
    assert len(own) == workers.CELLS * len(names)
    assert (own["rev"] == times).all()
    assert (own["numerator"] == times - 1).all()
    listed = file.large_changes("ae", limit=1_000_000)
    assert listed["digest"].is_unique
    assert len(listed) == file.version("ae") - 1 == times * len(names) + times
    assert file.check() == []


def _write_and_kill(worker: Callable[..., None], file: SqliteStore, chance: random.Random, most: int, told: int) -> int:
    """Start a writer, let it tell of fewer than ``most`` writes, kill it; the last it told of."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=worker, args=(file.path, theirs))
    process.start()
    theirs.close()
    for _ in range(chance.randrange(1, most)):
        told = ours.recv()
    time.sleep(chance.random() / 200)
    process.kill()
    process.join()
    try:
        while ours.poll():
            told = ours.recv()
    except (EOFError, OSError):
        pass  # the pipe ends with its writer
    ours.close()
    return told
