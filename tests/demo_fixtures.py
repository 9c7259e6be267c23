"""The demo, seeded once for a whole run of tests, copied for those that write and reviewed once for those that read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from measures.demo import ae
from measures.review import review
from measures.store.opening import ensure, open_store

Copy = Callable[[Path], Path]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demonstration, not to be written to; tests side by side share one."""
    base = tmp_path_factory.getbasetemp()
    path = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seeded" / "demo.db"
    ensure(path, ae.seed).close()
    return path


@pytest.fixture(scope="session")
def demo(seeded: Path) -> Copy:
    """``demo(folder)`` puts a fresh copy of the demo's database into a folder and returns its path."""

    def copy(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(seeded, folder / "headway.db"))

    return copy


@pytest.fixture(scope="session")
def campaign():
    return ae.campaign()


@pytest.fixture(scope="session")
def observations(demo, tmp_path_factory):
    store = open_store(demo(tmp_path_factory.mktemp("review")))
    frame = store.observations(ae.ID)
    store.close()
    return frame


@pytest.fixture(scope="session")
def today(observations, campaign):
    return review(observations, campaign, ae.TODAY)
