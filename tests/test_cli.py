"""The command line as a whole: what it offers, and what it leaves alone until it is asked."""

from __future__ import annotations

import subprocess
import sys

import click
from click.testing import CliRunner

from measures.cli import COMMANDS, main


def test_every_command_is_there_by_its_name_and_no_other_is():
    context = click.Context(main)
    for name in COMMANDS:
        assert main.get_command(context, name).name == name
    assert main.list_commands(context) == sorted(COMMANDS)
    done = CliRunner().invoke(main, ["signal"])
    assert done.exit_code == 2
    assert "No such command 'signal'" in done.stderr


def test_no_command_waits_for_what_only_others_need():
    code = "import sys, measures.cli.signals; print(*(m for m in sys.modules if m.startswith('measures.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    read = done.stdout.split()
    assert "measures.signals.detector" in read
    assert not {"measures.review", "measures.actions", "measures.intake"} & set(read)
