"""Where a table begins: the row that names its columns, below a title and perhaps in two rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from measures.intake import dates
from measures.intake.names import DENOMINATOR, NUMERATOR, VALUE, key

ROLES: dict[str, frozenset[str]] = {
    "site": frozenset(
        "site sitecode siteid sitename org orgcode orgname organisation organisationcode organisationname organization"
        " trust trustcode trustname hospital provider providercode providername unit team place location practice"
        " practicecode ward wardname code clinic service home".split()
    ),
    "measure": frozenset("measure measureid measurename metric metricname indicator indicatorname kpi what".split()),
    "period": frozenset(
        "period month monthyear yearmonth date week weekbeginning weekcommencing weekstarting wc weekending quarter"
        " reportingperiod reportingmonth periodstart startdate when time monthending monthbeginning".split()
    ),
    "group": frozenset("group subgroup stratum breakdown category".split()),
    "numerator": frozenset(NUMERATOR) - {"yes", "top", "events"},
    "denominator": frozenset(DENOMINATOR) - {"bottom"},
    "value": frozenset(VALUE),
    "note": frozenset("note notes comment comments remark remarks".split()),
    "ignore": frozenset("reason refused row region rownumber".split()),
}
"""What people call the columns of a long table."""

_KNOWN = frozenset().union(*ROLES.values())
_NUMBER = re.compile(r"[(<£$€+-]?[\d.,  ]*\d[\d.,  ]*[%)]?")

LOOK = 40
"""A header stands in the first so many rows."""


@dataclass(frozen=True, slots=True)
class Found:
    """``first`` row of the header (from 0), how many rows it has, its names, and how sure it is."""

    first: int
    depth: int
    names: tuple[str, ...]
    score: float


def find(rows: Sequence[Sequence[str]], known: frozenset[str] = frozenset()) -> Found | None:
    """The header among the first rows, None where there is no row with anything in it.

    ``known``: further names, as ``names.key`` spells them. The row wins that looks most like names: words of tables
    count most, dates (of months across the top) and other words less, and numbers against it.
    """
    rows = [[cell.strip() for cell in row] for row in rows[:LOOK]]
    filled = [sum(map(bool, row)) for row in rows]
    if not any(filled):
        return None
    usual = Counter(n for n in filled if n).most_common(1)[0][0]
    best, first = -1e9, 0
    for i, row in enumerate(rows):
        if filled[i] and (filled[i] >= min(2, max(filled)) or filled[i] == usual):
            score = _score(row, known)
            if score > best:
                best, first = score, i
    depth = 1
    if first + 1 < len(rows) and _continues(rows[first], rows[first + 1], rows[first + 2 : first + 5]):
        depth = 2
    elif first and depth == 1 and _continues(rows[first - 1], rows[first], rows[first + 1 : first + 4]):
        first, depth = first - 1, 2
    names = rows[first] if depth == 1 else _joined(rows[first], rows[first + 1])
    return Found(first, depth, tuple(names), best)


def _score(row: Sequence[str], known: frozenset[str]) -> float:
    score = 0.0
    for cell in filter(None, row):
        name = key(cell[:100])
        if name in _KNOWN or name in known:
            score += 3
        elif dates.looks_like_one(cell):
            score += 1
        elif _NUMBER.fullmatch(cell):
            score -= 1
        else:
            score += 1 if len(cell) <= 60 else -1
    return score


def _continues(row: Sequence[str], below: Sequence[str], after: Sequence[Sequence[str]]) -> bool:
    """Whether the row below finishes a header whose upper cells were merged across."""
    gaps = [i for i in range(1, len(below)) if below[i] and not (row[i] if i < len(row) else "")]
    if not gaps or sum(map(bool, row)) < 2 or not any(map(bool, row[: gaps[0]])):
        return False
    if any(_NUMBER.fullmatch(cell) or dates.looks_like_one(cell) for cell in below if cell):
        return False
    twice = [name for name, n in Counter(key(cell) for cell in below if cell).items() if n > 1]
    words = sum(key(cell) in _KNOWN for cell in below if cell)
    numbers = any(_NUMBER.fullmatch(row[i]) for row in after for i in gaps if i < len(row) and row[i])
    return bool(twice or words) and (numbers or not after)


def _joined(row: Sequence[str], below: Sequence[str]) -> list[str]:
    names, last = [], ""
    for i in range(max(len(row), len(below))):
        upper = row[i] if i < len(row) else ""
        lower = below[i] if i < len(below) else ""
        last = upper or last
        names.append(f"{last} {lower}".strip() if lower else upper)
    return names


def unique(names: Sequence[str]) -> tuple[tuple[str, ...], list[str], list[int]]:
    """The names, each different and none empty; those that stood there twice; and which columns had none.

    >>> unique(["site", "n", "n", ""])
    (('site', 'n', 'n (2)', 'column 4'), ['n'], [3])
    """
    found: list[str] = []
    twice, unnamed = [], []
    for i, name in enumerate(names):
        wanted = name or f"column {i + 1}"
        if not name:
            unnamed.append(i)
        n, free = 2, wanted
        while free in found:
            free, n = f"{wanted} ({n})", n + 1
        if name and free != name and name not in twice:
            twice.append(name)
        found.append(free)
    return tuple(found), twice, unnamed
