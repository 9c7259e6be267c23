"""Headway's tests."""
