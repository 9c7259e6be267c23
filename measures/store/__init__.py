"""The store: campaigns and an append-only history of what was entered.

Everything outside asks a ``Store``; which database is behind it is nobody else's business.
"""

from measures.store.base import (
    CampaignRow,
    Clash,
    Conflict,
    Entry,
    InvalidEntry,
    Recorded,
    Store,
    StoreError,
    UnknownCampaign,
)
from measures.store.drafts import Draft, DraftKey
from measures.store.opening import ensure, open_store

__all__ = [
    "CampaignRow",
    "Clash",
    "Conflict",
    "Draft",
    "DraftKey",
    "Entry",
    "InvalidEntry",
    "Recorded",
    "Store",
    "StoreError",
    "UnknownCampaign",
    "ensure",
    "open_store",
]
