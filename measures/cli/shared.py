"""What the commands share: their arguments, how a file is named, how a command ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from measures import csvio
from measures.model import Direction
from measures.store.base import Store, StoreError
from measures.store.opening import open_store

BETTER = {Direction.UP: 1, Direction.DOWN: -1, Direction.NEITHER: 0}
IN = click.argument("source", metavar="IN.csv", type=click.File("rb"))
DB = click.argument("database", metavar="DB", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def _writable(context: click.Context, option: click.Parameter, file: click.utils.LazyFile) -> click.utils.LazyFile:
    """Say so before the work is done, not after it."""
    path = Path(str(file.name))
    if str(path) not in ("-", "<stdout>"):
        if path.is_dir() or not path.parent.is_dir():
            raise click.BadParameter(
                f"{path} cannot be written: there is no folder {path.parent}, or it is one itself."
            )
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise click.BadParameter(f"{path} cannot be written: you may not write there.")
    return file


OUT = click.option(
    "-o", "--out", metavar="OUT.csv", type=click.File("wb", lazy=True), default="-", callback=_writable,
    help="- is stdout.",
)  # fmt: skip
DIRECTION = click.option("--better", type=click.Choice([str(d) for d in Direction]), default="up", show_default=True)


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """The database, closed afterwards; what it refuses becomes a sentence and exit 1."""
    try:
        store = open_store(path)
        try:
            yield store
        finally:
            store.close()
    except StoreError as error:
        raise click.ClickException(str(error)) from error


def name_of(stream: BinaryIO) -> str:
    """What a sentence calls the file."""
    name = str(getattr(stream, "name", "-"))
    return "standard input" if name in ("-", "<stdin>") else name


def finish(refusals: csvio.Refusals) -> None:
    """Say what was refused, and exit 1 where anything was, else 0."""
    for line in refusals.lines():
        click.echo(line, err=True)
    sys.exit(1 if refusals.reasons else 0)
