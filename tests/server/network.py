"""A log of what a server tries to reach, kept by the server's own process."""

from __future__ import annotations

from pathlib import Path

from tests.server.audit import sitecustomize

AUDIT = Path(sitecustomize.__file__).parent


def kept_in(file: Path) -> dict[str, str]:
    """The environment that makes a Python process keep such a log."""
    return {"NETWORK_LOG": str(file), "PYTHONPATH": str(AUDIT)}


def outside(file: Path) -> list[str]:
    """Every attempt to reach another machine; fails where the log was never begun."""
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:1] == [sitecustomize.STARTED], "nobody listened"
    return [line for line in lines if line != sitecustomize.STARTED]
