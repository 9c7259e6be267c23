"""Opening the database, and making it the first time: whole or not at all, however many start at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from measures.store.base import Store, StoreError
from measures.store.sqlite import SqliteStore

SIDE_FILES = ("-wal", "-shm", "-journal")


def open_store(path: str | Path) -> SqliteStore:
    """Open the database at ``path``, bringing its tables up to date.

    Raises StoreError where there is none, it cannot be written, or it is not one this Headway can read.
    """
    return SqliteStore(path)


def ensure(path: str | Path, fill: Callable[[Store], None]) -> SqliteStore:
    """Open the database at ``path``; where there is none, make one and let ``fill`` put in what it starts with.

    It is made in a temporary file beside its place and moved there when complete, under a lock: of several
    processes that start at once exactly one calls ``fill``, and one that is killed leaves nothing that
    could be taken for a database. The lock is the operating system's own, so it ends with its process
    and the lock file that stays behind blocks nobody.

    Raises StoreError where the folder cannot be written; whatever ``fill`` raises passes through.
    """
    path = Path(path).absolute()
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{path}.lock", fallback_to_soft=False):
                if not path.exists():
                    _build(path, fill)
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(
                f"The database cannot be made at {path} ({reason}): "
                "let Headway write to that folder, or set HEADWAY_DB to a file in one where it may."
            ) from error
    return open_store(path)


def _build(path: Path, fill: Callable[[Store], None]) -> None:
    half = path.with_name(path.name + ".tmp")
    _remove(half)  # what a killed process left
    try:
        store = SqliteStore(half, create=True)
        try:
            fill(store)
            store.settle()
        finally:
            store.close()
        _set_aside_side_files(path)
        os.replace(half, path)
        _sync_folder(path.parent)
    finally:
        _remove(half)


def _remove(file: Path) -> None:
    for suffix in ("", *SIDE_FILES):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _set_aside_side_files(path: Path) -> None:
    """A log left beside a database that was deleted would be read into the new one; keep it, out of the way."""
    for suffix in SIDE_FILES:
        side = Path(f"{path}{suffix}")
        if side.exists():
            os.replace(side, f"{side}.orphan")


def _sync_folder(folder: Path) -> None:
    """Make the move last through a power cut, where the system can sync a folder (Windows cannot, nor needs to)."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
