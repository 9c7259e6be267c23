"""What a store offers to files: a whole table recorded at once, what a change wrote, how columns are to be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from measures.store.base import Recorded

Progress = Callable[[float], None]
"""Told, now and then, how much of a long piece of work is done: 0 to 1."""
LEAST = 20
"""A change of as many cells is a large one, whoever made it."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What somebody said about the columns of a site's files. ``site`` None: of files for the whole campaign.

    ``columns`` names the role of each column by its heading, ``dates`` the form in which dates are written
    ("" where nobody said). ``rev`` is 0 until it is kept.
    """

    site: str | None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    dates: str = ""
    actor: str = ""
    at: datetime | None = None
    rev: int = 0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change, without its entries. ``undone_by`` is the change that took it back, and still does."""

    id: int
    at: datetime
    actor: str
    source: str
    digest: str | None
    undoes: int | None
    undone_by: int | None


class FileStore(ABC):
    """The part of a store's interface that files use."""

    @abstractmethod
    def record_frame(
        self,
        campaign_id: str,
        frame: pd.DataFrame,
        *,
        actor: str,
        source: str,
        at: datetime,
        digest: str | None = None,
        undoes: int | None = None,
        progress: Progress | None = None,
    ) -> Recorded:
        """Write one change, as ``record`` does, out of a frame: for thousands of entries and more.

        Columns: site, measure, group, note (text), period (datetime64, whole days), numerator, denominator,
        value (NaN where empty) and seen (whole numbers); others are not read. All rows are written or none,
        also where ``progress`` raises. The clashes of a Conflict are in the order of their cells.

        Raises what ``record`` raises.
        """

    @abstractmethod
    def written_by(self, campaign_id: str, change_id: int) -> pd.DataFrame:
        """What a change wrote, cell by cell in order, and what stood there before.

        Columns: site, measure, group, period, rev, numerator, denominator, value, note, the same four with
        ``was_`` (NaN and "" where there was nothing) and head, the cell's latest revision. No rows where the
        campaign has no such change. Raises UnknownCampaign.
        """

    @abstractmethod
    def change(self, campaign_id: str, which: int | str) -> ChangeRow | None:
        """The change of this id, or of this digest; None where there is none. Raises UnknownCampaign."""

    @abstractmethod
    def large_changes(
        self, campaign_id: str, *, site: str | None = None, least: int = LEAST, limit: int = 100
    ) -> pd.DataFrame:
        """Files, what took them back, and every other change of at least ``least`` cells; the newest first.

        Columns as those of ``changes``, and undone_by. With ``site`` only changes that wrote there, and
        ``entries`` counts that site's cells. Decisions about charts are not among them. Raises UnknownCampaign.
        """

    @abstractmethod
    def mapping(self, campaign_id: str, site: str | None) -> ColumnMapping:
        """What was said last about the columns of a site's files; empty where nobody said. Raises UnknownCampaign."""

    @abstractmethod
    def mapping_history(self, campaign_id: str, site: str | None) -> tuple[ColumnMapping, ...]:
        """Everything that was said about them, oldest first. Raises UnknownCampaign."""

    @abstractmethod
    def keep_mapping(self, campaign_id: str, mapping: ColumnMapping) -> ColumnMapping:
        """Keep what ``mapping.actor`` said at ``mapping.at``, in place of what was said before; returned as kept.

        Where it says the same as before, nothing is written. It is no change: what is known stays as it is,
        and so does the campaign's version. Raises InvalidEntry, UnknownCampaign, StoreError.
        """
