"""The command line: ``python -m measures …``. One function per command; CSV in and out by ``csvio``.

Exit 0: done. 1: something in the input was refused; reasons on standard error, one per line, with the
file's row numbers (the header is row 1). 2: wrong usage.
"""

from __future__ import annotations

import click

from measures.cli import apportion, files, funnel, rebase, signals, spc, stores


@click.group()
def main() -> None:
    """Headway's calculations, one command each: CSV in, CSV out."""


for command in (
    spc.spc,
    funnel.funnel,
    apportion.apportion,
    rebase.rebase,
    signals.signals,
    stores.demo,
    stores.review,
    files.import_,
    files.export,
    files.template,
    stores.check,
    stores.backup,
):
    main.add_command(command)
