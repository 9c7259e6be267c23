"""Drafts: what somebody has typed and not saved yet. No history: one row each, replaced and deleted freely.

They are outside the campaign's version, so keeping one makes no page compute anything anew.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class DraftKey(NamedTuple):
    """Whose draft, about what: one row each."""

    campaign: str
    site: str
    actor: str
    page: str
    about: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, as text, and when it was kept."""

    at: datetime
    body: str


class Drafts(ABC):
    """What a store does with drafts."""

    @abstractmethod
    def draft(self, key: DraftKey) -> Draft | None:
        """What was kept last; None where there is nothing."""

    @abstractmethod
    def keep_draft(self, key: DraftKey, body: str, *, at: datetime, oldest: datetime | None = None) -> None:
        """Keep a draft in place of the one before it; everybody's drafts from before ``oldest`` are dropped.

        It is no change: the campaign's version stays. Raises StoreError, soon, where another program is writing,
        and where there is no such site.
        """

    @abstractmethod
    def forget_draft(self, key: DraftKey) -> None:
        """Drop a draft; nothing happens where there is none. Raises StoreError as ``keep_draft`` does."""
