"""Text that a spreadsheet will not take for a formula."""

from __future__ import annotations

import re

import pandas as pd

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, or for what may be skipped before one."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def neutral(text: str) -> str:
    """The text, with an apostrophe before it where it could be a formula; numbers stay numbers.

    >>> neutral("=1+1"), neutral("@sum"), neutral("-5.2"), neutral("A&E")
    ("'=1+1", "'@sum", '-5.2', 'A&E')
    """
    return f"'{text}" if text.startswith(STARTS) and not _NUMBER.fullmatch(text) else text


def neutral_column(texts: pd.Series) -> pd.Series:
    """The same for a whole column of text."""
    risky = texts.str.startswith(STARTS).to_numpy(bool)
    if not risky.any():
        return texts
    found = texts.astype(object).to_numpy(copy=True)
    found[risky] = [neutral(text) for text in found[risky]]
    return pd.Series(found, index=texts.index, dtype="str")
