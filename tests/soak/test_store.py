"""What the store's short tests do, for longer: forty kills of each kind of writer, eight processes."""

from __future__ import annotations

import random

from tests.store import workers
from tests.store.rounds import import_kill_rounds, import_together, kill_rounds, run_together
from tests.store.samples import MARCH


def test_forty_kills(file):
    saves = kill_rounds(file, 40, random.Random(7))
    print(f"{saves:,} saves acknowledged, none lost, none torn")
    assert saves > 1000


def test_forty_killed_imports(file):
    files, untold = import_kill_rounds(file, 40, random.Random(8))
    print(f"{files:,} files acknowledged, none lost, none half there; {untold} more were whole and not yet told of")
    assert files > 100


def test_eight_processes_that_import(file):
    import_together(file, [f"p{n}" for n in range(8)], 12)


def test_eight_processes_at_one_cell(file):
    names = [f"p{n}" for n in range(8)]
    run_together(workers.write_many, *((file.path, name, 100) for name in names))
    assert file.history("ae", "s1", "waits", MARCH)["numerator"].tolist() == list(range(1, 801))
    assert file.check() == []
