"""A database with the demo in it, copied for every server."""

from tests.demo_fixtures import Copy, demo, seeded

__all__ = ["Copy", "demo", "seeded"]
