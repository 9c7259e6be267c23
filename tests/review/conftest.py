"""The demo's review, shared."""

from tests.demo_fixtures import campaign, observations, today

__all__ = ["campaign", "observations", "today"]
