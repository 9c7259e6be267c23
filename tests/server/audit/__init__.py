"""On the PYTHONPATH of servers under test."""
