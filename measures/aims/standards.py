"""Aims of the kind "most sites at 95 %": how many sites must reach a standard, which are there, which are near."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import common, scaled

MOST = "most"
"""More than half of the sites."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where the sites are with a standard. Arrays (n,), in the order given.

    ``wanted``: how many sites must reach it. ``reached``: who has; a site without a denominator cannot tell, and has
    not. ``short``: how many more sites are needed, 0 where there are enough. ``gap``: how many more people (fewer,
    where lower is better) the site needs to reach it, a whole number, 0 where it has; NaN without a denominator.

    ``nearest`` (m,): the places of the sites that need the fewest people, as many as are ``short`` or as there are,
    ties to the earlier; ``people``: what these need together. ``covered``: the part of all people at sites that have
    reached it, and ``would_cover`` with the nearest too; NaN of nobody. ``feasible``: whether enough sites have a
    denominator; ``reason``: a sentence where not, else "".
    """

    wanted: int
    reached: np.ndarray
    short: int
    gap: np.ndarray
    nearest: np.ndarray
    people: int
    covered: float
    would_cover: float
    feasible: bool
    reason: str = ""


def needed(sites: int, wanted: int | float | str | Decimal) -> int:
    """How many of ``sites`` must reach the standard.

    ``wanted``: a whole number (an int), ``"most"`` for n // 2 + 1, or a share of the sites as typed, from 0 to 1, of
    which the whole number next above is taken.

    Raises ValueError for more sites than there are, and a share outside 0 to 1.

    >>> needed(140, "most"), needed(139, "most"), needed(140, 100), needed(140, "0.9"), needed(141, 0.9)
    (71, 70, 100, 126, 127)
    """
    if sites < 1:
        raise ValueError("There are no sites to reach a standard.")
    if wanted == MOST:
        return sites // 2 + 1
    if isinstance(wanted, int | np.integer) and not isinstance(wanted, bool):
        if not 0 <= wanted <= sites:
            raise ValueError(
                f"The sites that must reach the standard are from 0 to the {sites:,} there; {wanted} is not."
            )
        return int(wanted)
    try:
        (part,), whole = scaled([wanted])
    except ValueError:
        part, whole = -1, 1
    if not 0 <= part <= whole:
        raise ValueError(
            f"How many sites must reach the standard is a whole number, {MOST!r} or a share from 0 to 1; {wanted!r} is"
            " none of these."
        )
    return -(-part * sites // whole)


def standing(
    numerator: ArrayLike,
    denominator: ArrayLike,
    standard: float | str | Decimal,
    wanted: int | float | str | Decimal = MOST,
    better: int = 1,
) -> Standing:
    """Who has reached a standard, how far the others are from it in people, and which would make up the number.

    Reached: x_i >= S n_i (x_i <= S n_i where lower is better), from the decimals as typed. gap_i = S n_i - x_i in the
    good direction, rounded up to whole people.

    Arguments
        numerator: (n,) x, from 0 to n.
        denominator: (n,) n, not negative; 0 for a site that has nobody.
        standard: S, a proportion, as typed.
        wanted: how many sites must reach it, as ``needed`` reads it, of all sites given.
        better: +1 where up is better, -1 where down is.

    Raises ValueError for figures outside these.

    >>> found = standing([960, 700, 470, 380], [1000, 760, 500, 400], "0.95")
    >>> found.wanted, found.reached.tolist(), found.short, found.gap.tolist()
    (3, [True, False, False, True], 1, [0.0, 22.0, 5.0, 0.0])
    >>> found.nearest.tolist(), found.people, round(found.covered, 3), round(found.would_cover, 3)
    ([2], 5, 0.526, 0.714)
    """
    x, n = scaled(numerator, "numerators"), scaled(denominator, "denominators")
    (x, n), unit = common(x, n)
    if len(x) != len(n):
        raise ValueError("Give one numerator and one denominator for each site.")
    for wrong, says in (
        (n < 0, "Denominators must not be negative; number {} is."),
        ((x < 0) | (x > n), "Numerators must be from 0 to their denominators; number {} is not."),
    ):
        wrong = np.asarray(wrong, bool)
        if wrong.any():
            raise ValueError(says.format(int(np.argmax(wrong)) + 1))
    try:
        (mark,), one = scaled([standard])
    except ValueError:
        mark, one = -1, 1
    if not 0 <= mark <= one:
        raise ValueError(f"The standard must be a proportion from 0 to 1 (0.95 for 95%); {standard} is not.")
    count = needed(len(n), wanted)
    there = np.asarray(n > 0, bool)
    lacking = (mark * n - x * one) * (1 if better >= 0 else -1)
    gap = np.where(there, np.maximum(-(-lacking // (unit * one)), 0), 0).astype(np.int64)
    reached = there & np.asarray(lacking <= 0, bool)
    short = max(0, count - int(reached.sum()))
    able = np.flatnonzero(there & ~reached)
    nearest = able[np.argsort(gap[able], kind="stable")][:short]
    feasible = len(nearest) == short
    reason = ""
    if not feasible:
        some = int(there.sum())
        have = "has" if some == 1 else "have"
        reason = f"{count:,} sites must reach the standard, and only {some:,} {have} a denominator."
    people = int(n.sum())
    here, more = int(n[reached].sum()), int(n[nearest].sum())
    return Standing(
        wanted=count,
        reached=reached,
        short=short,
        gap=np.where(there, gap, np.nan),
        nearest=nearest,
        people=int(gap[nearest].sum()),
        covered=here / people if people else np.nan,
        would_cover=(here + more) / people if people else np.nan,
        feasible=feasible,
        reason=reason,
    )
