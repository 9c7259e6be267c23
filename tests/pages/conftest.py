"""The demo's database, and what Streamlit's driver of tests looks up at every visit, looked up once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from tests.demo_fixtures import demo, seeded

__all__ = ["demo", "installed", "seeded"]


@pytest.fixture(scope="session", autouse=True)
def installed() -> Iterator[None]:
    """Which installed packages bring components of Streamlit: a server looks once, the driver at every visit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield
