"""Drafts that survive a reload: what a person has typed and not saved, kept for that person alone.

A draft is a help and never a duty: where it cannot be kept or read, that is logged and the page goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from measures import clock, log
from measures.access import Action
from measures.actions.read import Desk
from measures.store.base import StoreError
from measures.store.drafts import DraftKey

MOST = 4000
"""Bytes a draft may have."""
DAYS = 30
"""How long a draft is kept that nobody comes back to."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by name, and when it was kept (UTC)."""

    at: datetime
    values: Mapping[str, object]


def find(desk: Desk, site: str, page: str, about: str) -> Draft | None:
    """This actor's own draft about a site on a page; None where there is none. Raises Forbidden."""
    desk.require(Action.ENTER, site)
    try:
        kept = desk.store.draft(_key(desk, site, page, about))
        values = json.loads(kept.body) if kept else None
    except (StoreError, ValueError) as error:
        _tell("draft not read", desk, site, error)
        return None
    return Draft(kept.at, values) if kept and isinstance(values, dict) else None


def load(desk: Desk, site: str, page: str, about: str) -> Mapping[str, object] | None:
    """The values of that draft alone."""
    found = find(desk, site, page, about)
    return found.values if found else None


def keep(desk: Desk, site: str, page: str, about: str, values: Mapping[str, object]) -> bool:
    """Keep ``values`` (numbers and texts, as JSON knows them) in place of what was kept; whether that was done.

    Not kept: more than ``MOST`` bytes, anything while looking back, and what the store cannot take just now.
    Raises Forbidden, and TypeError for values that JSON does not know.
    """
    desk.require(Action.ENTER, site)
    body = json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))
    if desk.wound_back or len(body.encode(errors="surrogatepass")) > MOST:
        return False
    now = clock.now()
    try:
        desk.store.keep_draft(_key(desk, site, page, about), body, at=now, oldest=now - timedelta(days=DAYS))
    except (StoreError, UnicodeError) as error:
        _tell("draft not kept", desk, site, error)
        return False
    return True


def forget(desk: Desk, site: str, page: str, about: str) -> bool:
    """Drop the draft: it has been saved, or its author started afresh; whether that was done. Raises Forbidden."""
    desk.require(Action.ENTER, site)
    try:
        desk.store.forget_draft(_key(desk, site, page, about))
    except StoreError as error:
        _tell("draft not dropped", desk, site, error)
        return False
    return True


def _key(desk: Desk, site: str, page: str, about: str) -> DraftKey:
    return DraftKey(desk.campaign.id, site, f"{desk.actor.role.value}:{desk.actor.name}", page, about)


def _tell(what: str, desk: Desk, site: str, error: Exception) -> None:
    log.event(what, logging.WARNING, campaign=desk.campaign.id, site=site, error=str(error))
