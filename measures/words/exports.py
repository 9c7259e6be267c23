"""What is said where numbers are taken out."""

from __future__ import annotations

from typing import Final

TITLE: Final = "Take the numbers out"
KINDS: Final = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


def line(one_site: bool, wound_back: bool) -> str:
    """What the file holds.

    >>> line(True, False)
    'All of this site’s numbers, one line for each month and measure, with their notes.'
    """
    whose = "All of this site’s numbers" if one_site else "All sites’ numbers"
    when = ", up to the date on screen" if wound_back else ""
    return f"{whose}{when}, one line for each month and measure, with their notes."


def file_name(campaign: str, site: str | None, kind: str) -> str:
    """What the file is called.

    >>> file_name("ae", None, "csv")
    'ae-all-sites.csv'
    """
    return f"{campaign}-{site or 'all-sites'}.{kind}"
