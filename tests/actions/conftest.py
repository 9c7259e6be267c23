"""A copy of the demonstration for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from measures.store import Store
from measures.store.opening import open_store
from tests.demo_fixtures import Copy, demo, seeded

__all__ = ["demo", "seeded", "store"]


@pytest.fixture
def store(tmp_path: Path, demo: Copy) -> Iterator[Store]:
    """A copy of it, to write to."""
    opened = open_store(demo(tmp_path))
    yield opened
    opened.close()
