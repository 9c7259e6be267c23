"""The app as a running server: what it sends to whom, and what it refuses, seen from the wire."""
