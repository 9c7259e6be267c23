"""The same store as in the short tests."""

from tests.store.conftest import file

__all__ = ["file"]
