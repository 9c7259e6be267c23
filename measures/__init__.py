"""Headway: improvement campaigns with aims that add up and signals that are real."""

ENGINE_VERSION = "3"
"""Part of the cache key of every review: raise it whenever a number could change."""
