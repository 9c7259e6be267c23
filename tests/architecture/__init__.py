"""Tests of the code's shape: who may import whom, what may stand where."""
