"""What the store's short tests do, for longer: forty kills, eight processes."""

from __future__ import annotations

import random

from tests.store import workers
from tests.store.rounds import kill_rounds, run_together
from tests.store.samples import MARCH


def test_forty_kills(file):
    saves = kill_rounds(file, 40, random.Random(7))
    print(f"{saves:,} saves acknowledged, none lost, none torn")
    assert saves > 1000


def test_eight_processes_at_one_cell(file):
    names = [f"p{n}" for n in range(8)]
    run_together(workers.write_many, *((file.path, name, 100) for name in names))
    assert file.history("ae", "s1", "waits", MARCH)["numerator"].tolist() == list(range(1, 801))
    assert file.check() == []
