"""The demonstration, seeded once, and a copy of it for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from measures.demo import ae
from measures.store import Store
from measures.store.opening import ensure, open_store


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demonstration; not to be written to."""
    path = tmp_path_factory.mktemp("seeded") / "demo.db"
    ensure(path, ae.seed).close()
    return path


@pytest.fixture
def store(tmp_path: Path, seeded: Path) -> Iterator[Store]:
    """A copy of it, to write to."""
    shutil.copy(seeded, tmp_path / "demo.db")
    opened = open_store(tmp_path / "demo.db")
    yield opened
    opened.close()
