"""Tests of the store. The contract holds for every kind of store; the rest is about one file of SQLite."""
