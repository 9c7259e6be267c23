"""The demo's review, shared."""

from tests.demo_fixtures import campaign, demo, observations, seeded, today

__all__ = ["campaign", "demo", "observations", "seeded", "today"]
