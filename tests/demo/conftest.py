"""The demo's numbers, shared."""

from tests.demo_fixtures import demo, observations, seeded

__all__ = ["demo", "observations", "seeded"]
