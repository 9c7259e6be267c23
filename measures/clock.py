"""The only reader of the time.

Everything else is given its time, so a review of an earlier date and a test need no tricks.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from measures.model import Campaign


def now() -> datetime:
    """The present moment, in UTC and knowing that it is.

    >>> now().utcoffset().total_seconds()
    0.0
    """
    return datetime.now(UTC)


def today(campaign: Campaign) -> date:
    """The day it is for a campaign: its own fixed day if it has one (a demo), else the date in its time zone.

    Raises zoneinfo.ZoneInfoNotFoundError where the campaign's time zone is not a known one.
    """
    if campaign.today is not None:
        return campaign.today
    return now().astimezone(ZoneInfo(campaign.time_zone)).date()
