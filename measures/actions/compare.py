"""What a table of cells would do to what is there: new, changed or the same, all at once."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

KEYS = ("site", "measure", "group")
NUMBERS = ("numerator", "denominator", "value")
NEW, CHANGED, SAME = "new", "changed", "same"
_LINE_END = re.compile("\r\n?")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff\u200b\u200c\u200d\u2060]")


def compared(rows: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """``rows`` (row, site, measure, group, period, numerator, denominator, value, note) beside what is ``held``.

    ``held`` is ``Store.observations``. Adds kind, was_numerator, was_denominator, was_value and seen. A cell that
    holds no number (it was blanked) is new again; an empty note leaves the one that is there, and so does one
    that differs in nothing but the spaces around it.
    """
    place = _places(rows, held)
    there = place >= 0
    at = np.where(there, place, 0)
    out = rows.copy()
    same, blank = np.ones(len(rows), bool), np.ones(len(rows), bool)
    for name in NUMBERS:
        was = np.where(there, _taken(held[name].to_numpy(np.float64), at), np.nan)
        now = rows[name].to_numpy(np.float64)
        out[f"was_{name}"] = was
        same &= (was == now) | (np.isnan(was) & np.isnan(now))
        blank &= np.isnan(was)
    was_note = np.where(there, _taken(held["note"].to_numpy(object), at), "")
    note = rows["note"].to_numpy(object)
    kept = np.array([_trim(new) in ("", _trim(old)) for new, old in zip(note, was_note)], bool)
    out["note"] = pd.array(np.where(kept, was_note, note), dtype="str")
    kind = np.where(blank, NEW, np.where(same & kept, SAME, CHANGED))
    out["kind"] = pd.Categorical(kind, categories=[NEW, CHANGED, SAME])
    out["seen"] = np.where(there, _taken(held["rev"].to_numpy(np.int64), at), 0).astype(np.int64)
    was = [f"was_{name}" for name in NUMBERS]
    return out[["row", *KEYS, "period", "kind", *was, *NUMBERS, "note", "seen"]]


def _places(rows: pd.DataFrame, held: pd.DataFrame) -> np.ndarray:
    """Where in ``held`` each row's cell stands (n,), -1 where nowhere: whole numbers are compared, not texts."""
    if not len(held) or not len(rows):
        return np.full(len(rows), -1, np.int64)
    mine, theirs = np.zeros(len(rows), np.int64), np.zeros(len(held), np.int64)
    unknown = np.zeros(len(rows), bool)
    for name in (*KEYS, "period"):
        if name == "period":
            theirs_codes, known = pd.factorize(held[name].to_numpy("datetime64[D]"))
            codes = pd.Index(known).get_indexer(rows[name].to_numpy("datetime64[D]"))
        else:
            known = held[name].cat.categories
            theirs_codes = held[name].cat.codes.to_numpy(np.int64)
            codes, texts = pd.factorize(rows[name].astype(object))
            codes = known.get_indexer(texts)[codes]
        unknown |= codes < 0
        mine = mine * len(known) + codes
        theirs = theirs * len(known) + theirs_codes
    found = pd.Index(theirs).get_indexer(mine)
    return np.where(unknown, -1, found)


def _taken(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    return values[at] if len(values) else np.zeros(len(at), values.dtype)


def _trim(text: str) -> str:
    """What is left of a note once a file has carried it: no letters nobody sees, one kind of line end."""
    return _UNSEEN.sub("", _LINE_END.sub("\n", text)).strip() if text else ""
