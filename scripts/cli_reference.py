"""Write docs/commands.md from the command line's own help; ``--check`` says whether it is current.

The page is generated whole, so that what it says and what ``python -m measures … --help`` says are one text.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

import click

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"

TOP = """\
# The command line

CSV in, CSV out; `-` is standard input or output. Exit codes: 0 done; 1 something in the input was refused, with the
reasons on standard error, one a line, with row numbers; 2 wrong usage.

This page is made by `python -m scripts.cli_reference` from the commands' own help.
"""


def reference(main: click.Command) -> str:
    """The whole page."""
    parts = [TOP]
    for path, command in commands(main):
        title = " ".join(["python -m measures", *path])
        parent = click.Context(command, info_name=title, max_content_width=100, terminal_width=100)
        parts.append(f"## {title}\n\n```text\n{command.get_help(parent)}\n```\n")
    return "\n".join(parts)


def commands(main: click.Command, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """The command and all below it that are not hidden, by name, each with the words that call it."""
    found = [(above, main)]
    if isinstance(main, click.Group):
        context = click.Context(main)
        for name in main.list_commands(context):
            command = main.get_command(context, name)
            if not command.hidden:
                found += commands(command, (*above, name))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the page is out of date")
    check = parser.parse_args(arguments).check
    try:
        from measures.cli import main as group
    except ModuleNotFoundError as missing:
        if missing.name != "measures.cli":
            raise
        print("There is no command line yet (measures/cli.py).", file=sys.stderr)
        return 1
    text = reference(group)
    if not check:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
        return 0
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if before == text:
        return 0
    difference = difflib.unified_diff(
        before.splitlines(), text.splitlines(), "docs/commands.md", "the commands", lineterm=""
    )
    print("\n".join(difference), "\ndocs/commands.md is out of date: python -m scripts.cli_reference", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
