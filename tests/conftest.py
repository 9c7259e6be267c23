"""What holds for every test: reproducible examples, no network, and the long simulations only when asked for."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.server.audit.sitecustomize import is_here

settings.register_profile(
    "headway",
    derandomize=True,
    deadline=None,
    print_blob=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak", deadline=None, print_blob=True, max_examples=2000, suppress_health_check=list(HealthCheck)
)
settings.load_profile("headway")

_connect = socket.socket.connect


class OutsideRequest(Exception):
    """A test tried to reach another machine."""


def pytest_configure() -> None:
    """Refuse connections to other machines, in every test and from every library."""
    socket.socket.connect = _stay_here


def pytest_unconfigure() -> None:
    """Give the socket back."""
    socket.socket.connect = _connect


def pytest_report_header() -> str:
    """How the random examples were chosen, so that a run can be repeated."""
    now = settings()
    chosen = "derandomised: every run draws the same" if now.derandomize else "random: a failure prints its seed"
    return f"hypothesis: {chosen}, {now.max_examples} examples each"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the long simulations in tests/soak out, unless the command names them."""
    if collection_path.name == "soak" and not any("soak" in argument for argument in config.invocation_params.args):
        return True
    return None


def _stay_here(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(str(address[0])):  # type: ignore[index]
        raise OutsideRequest(f"A test may not reach {address}: everything it needs stands in the repository.")
    _connect(self, address)  # type: ignore[arg-type]
