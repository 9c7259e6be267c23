"""Signals: sustained changes declared with controlled error, and the sites that stand out."""
