"""A database with the demo in it, made once and copied for every server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from measures.demo import ae
from measures.store import ensure

Copy = Callable[[Path], Path]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """``demo(folder)`` puts a fresh copy of the demo's database into a folder and returns its path."""
    made = tmp_path_factory.mktemp("demo") / "headway.db"
    ensure(made, ae.seed).close()

    def copy(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(made, folder / "headway.db"))

    return copy
