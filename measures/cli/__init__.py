"""The command line: ``python -m measures …``. One function per command; CSV in and out by ``csvio``.

Exit 0: done. 1: something in the input was refused; reasons on standard error, one per line, with the
file's row numbers (the header is row 1). 2: wrong usage.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "spc": "spc.spc",
    "funnel": "funnel.funnel",
    "apportion": "apportion.apportion",
    "rebase": "rebase.rebase",
    "signals": "signals.signals",
    "demo": "stores.demo",
    "review": "stores.review",
    "import": "files.import_",
    "export": "files.export",
    "template": "files.template",
    "check": "stores.check",
    "backup": "stores.backup",
}
"""Where each command stands below this package. Nothing is imported before it is asked for: reading all of them takes
as long as most commands' own work."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(".")
        return getattr(import_module(f"{__name__}.{module}"), name)


@click.group(cls=_Commands)
def main() -> None:
    """Headway's calculations, one command each: CSV in, CSV out."""
