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
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=workers.write_until_killed, args=(file.path, theirs))
        process.start()
        theirs.close()
        for _ in range(chance.randrange(1, 120)):
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
        one, two = (file.history("ae", site, "waits", MARCH) for site in ("s1", "s2"))
        assert one["numerator"].tolist() == two["numerator"].tolist() == list(range(len(one)))
        assert one["change_id"].tolist() == two["change_id"].tolist()
        assert len(one) > told
        assert file.version("ae") == 1 + len(one)
        assert file.check() == []
    return told + 1
