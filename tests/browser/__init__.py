"""Journeys in a real browser, and what finds one."""
