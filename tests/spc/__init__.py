"""Tests of measures.spc."""
