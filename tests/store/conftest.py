"""The stores that the contract is tested on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from measures.store import Store
from measures.store.sqlite import SqliteStore
from tests.store.samples import campaign

MAKERS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: SqliteStore(folder / "headway.db", create=True),
}
"""How each kind of store is made, empty. Another kind joins the contract with a line here."""


@pytest.fixture(params=MAKERS)
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = MAKERS[request.param](tmp_path)
    yield store
    store.close()


@pytest.fixture
def store(fresh: Store) -> Store:
    """A store with the campaign ``ae``: sites s1 and s2, measures waits and beds."""
    fresh.define(campaign())
    return fresh


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteStore]:
    """The same in one file of SQLite, for what is SQLite's own."""
    store = SqliteStore(tmp_path / "headway.db", create=True)
    store.define(campaign())
    yield store
    store.close()
