"""Where points lie beside their lines: which side of the centre, outside the limits, near a limit.

Codes are uint8: 0 no (or missing), 1 above, 2 below. The answer is that of comparing every value with every
line in double precision. Most values lie far from every line, and for those one pass in single precision says
the same for half the memory: see ``zones``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from measures import panel
from measures.spc.limits import Band

CLOSE = np.float32(1e-3)
"""A value nearer than so many sigmas to a whole number of them is compared with the lines themselves."""

LEVEL = 2_000.0
"""A centre line further than so many sigmas from 0 leaves single precision too little for what lies about it."""


class Zones(NamedTuple):
    """Codes (n,) of each row: the ``side`` of the centre; ``beyond`` a limit; ``near`` one, which is outside the
    warning line but not the limit, as the side it lies on."""

    side: np.ndarray
    beyond: np.ndarray
    near: np.ndarray


def sides(values: np.ndarray, high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """1 where a value is above ``high``, 2 where it is below ``low``, else 0; uint8, shape of ``values``.

    >>> sides(np.array([1.0, 2.0, 3.0, np.nan]), 2.0, 2.0)
    array([2, 0, 1, 0], dtype=uint8)
    """
    below = (values < low).view(np.uint8)
    below += below
    below |= (values > high).view(np.uint8)
    return below


def outside(
    values: np.ndarray, low: np.ndarray, high: np.ndarray, slack: np.ndarray | float, counts: np.ndarray
) -> np.ndarray:
    """``sides`` of lines given per phase (k,) or per row (n,), ``slack`` beyond them; ``counts`` (k,) rows of each.

    >>> outside(np.array([1.0, 9.0]), np.array([2.0]), np.array([8.0]), 0.0, np.array([2]))
    array([2, 1], dtype=uint8)
    """
    n = len(values)
    return sides(values, panel.to_rows(high + slack, counts, n), panel.to_rows(low - slack, counts, n))


def zones(values: np.ndarray, starts: np.ndarray, band: Band) -> Zones:
    """Each row's place beside its lines, ``band.slack`` counting as on a line; ``starts`` (k,) as for the rules.

    Where the lines lie at whole sigmas of their phase (``band.sigma``), z = (y - centre) / sigma in single
    precision settles every row but those within ``CLOSE`` of a whole number. Its error is below
    2^-23 (|centre| / sigma + 2 |z|), the slack below 1e-9 (|centre| / sigma + 3): about a line both together are a
    quarter of ``CLOSE`` at most, the centre being within ``LEVEL`` sigmas of 0.

    >>> from measures.spc import limits
    >>> zones(np.array([2.0, 5.0, 7.5, 9.0]), np.array([0]), limits.Band(np.array([5.0]), np.array([1.0])))
    Zones(side=array([2, 0, 1, 1], dtype=uint8), beyond=array([0, 0, 0, 1], dtype=uint8), near=array([2, 0, 1, 0],
      dtype=uint8))
    """
    n, counts = len(values), panel.lengths(starts, len(values))
    if not band.whole or len(band.sigma) == n:
        return compared(values, band, counts)
    z = _in_sigmas(values, band, counts)
    if z is None:
        return compared(values, band, counts)
    side = sides(z, 0, 0)
    np.abs(z, out=z)
    beyond, near = (z > 3).view(np.uint8), (z > 2).view(np.uint8)
    beyond *= side
    near *= side
    near ^= beyond
    rows = _unsettled(z)
    if rows.size > n // 8:
        return compared(values, band, counts)
    exact = compared(values[rows], band.of(panel.segment_of(rows, starts)), counts)
    side[rows], beyond[rows], near[rows] = exact
    return Zones(side, beyond, near)


def compared(values: np.ndarray, band: Band, counts: np.ndarray) -> Zones:
    """``zones`` by comparing every value with every line; ``counts`` (k,) rows of each phase.

    >>> from measures.spc import limits
    >>> compared(np.array([8.0]), limits.Band(np.array([5.0]), np.array([1.0])), np.array([1])).near
    array([1], dtype=uint8)
    """
    slack = band.slack
    side = outside(values, band.centre, band.centre, slack, counts)
    beyond = outside(values, band.lower, band.upper, slack, counts)
    near = outside(values, band.near_lower, band.near_upper, slack, counts)
    near ^= beyond
    return Zones(side, beyond, (near != 0).view(np.uint8) * side)


def _in_sigmas(values: np.ndarray, band: Band, counts: np.ndarray) -> np.ndarray | None:
    """(y - centre) / sigma, float32 (n,); NaN throughout a phase where it would not be near enough, None where that
    is so of many."""
    centre, sigma = band.centre, band.sigma
    # Between these bounds single precision knows ordinary numbers only.
    enough = (sigma > np.maximum(np.abs(centre) / LEVEL, 1e-30)) & (sigma < 1e30)
    if np.count_nonzero(enough) < enough.size * 7 // 8:
        return None
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        per = np.where(enough, 1 / sigma, np.nan)
        z = values.astype(np.float32)
        z -= panel.spread(centre.astype(np.float32), counts)
        z *= panel.spread(per.astype(np.float32), counts)
    return z


def _unsettled(z: np.ndarray) -> np.ndarray:
    """Rows whose z, 0 or more, is within ``CLOSE`` of a whole number, or is none; ``z`` is used up."""
    with np.errstate(invalid="ignore"):
        z -= np.rint(z)
    np.abs(z, out=z)
    return np.flatnonzero(~(z >= CLOSE))
