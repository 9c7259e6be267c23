"""What flags and limits say: each point's cause, each series' variation and assurance, as codes.

Codes are places in ``CAUSES``, ``VARIATIONS`` and ``ASSURANCES``, the order of the enums in ``model``.
``better`` is +1 where up is better, -1 down, 0 neither.
"""

from __future__ import annotations

import numpy as np

from measures.model import Assurance, Cause, Variation
from measures.spc import limits, rules

CAUSES = tuple(Cause)
VARIATIONS = tuple(Variation)
ASSURANCES = tuple(Assurance)

_PRECEDENCE = ("beyond", "trend", "two_of_three", "shift")
_HIGH = rules.BEYOND_ABOVE | rules.TREND_UP | rules.TWO_ABOVE | rules.SHIFT_ABOVE


def _direction(flags: int) -> int:
    """+1 high, -1 low, 0 common: the first rule that flags the point decides."""
    for name in _PRECEDENCE:
        hit = flags & rules.MASKS[name]
        if hit:
            return 1 if hit & _HIGH else -1
    return 0


_DIRECTION = np.array([_direction(f) for f in range(256)], np.int8)


def _table(high: tuple, low: tuple, common, order: tuple) -> np.ndarray:
    """Code by (better + 1, flags)."""
    rows = []
    for up, down in zip(high, low, strict=True):
        by_direction = np.array([order.index(x) for x in (common, up, down)], np.int8)
        rows.append(by_direction[_DIRECTION])
    return np.array(rows)


_CAUSE = _table(
    (Cause.CONCERN, Cause.HIGH, Cause.IMPROVEMENT), (Cause.IMPROVEMENT, Cause.LOW, Cause.CONCERN), Cause.COMMON, CAUSES
)
_VARIATION = _table(
    (Variation.CONCERN_UP, Variation.NEITHER_UP, Variation.IMPROVEMENT_UP),
    (Variation.IMPROVEMENT_DOWN, Variation.NEITHER_DOWN, Variation.CONCERN_DOWN),
    Variation.COMMON,
    VARIATIONS,
)


def causes(flags: np.ndarray, better: int | np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Each point's cause: the first of beyond, trend, two of three, shift gives the direction.

    ``flags`` uint8 (n,); ``better`` one figure or one per series; ``counts`` (s,) rows of each series.
    Codes int8 (n,) into ``CAUSES``. Source: NHSRplotthedots 0.2.2.

    >>> [str(CAUSES[c]) for c in causes(np.array([0, 16, 33], np.uint8), -1, np.array([3]))]
    ['common', 'concern', 'improvement']
    """
    better = np.asarray(better)
    kinds = np.unique(better)
    data = flags.tobytes()
    out = _translate(data, kinds[-1] if kinds.size else 1)
    for kind in kinds[:-1]:
        np.copyto(out, _translate(data, kind), where=np.repeat(better == kind, counts))
    return out


def _translate(data: bytes, better: int) -> np.ndarray:
    # bytes.translate looks up a byte per row without the eight-byte indices that numpy would make.
    return np.frombuffer(bytearray(data.translate(_CAUSE[int(better) + 1].tobytes())), np.int8)


def variation(flags: np.ndarray, better: int | np.ndarray, enough: np.ndarray | bool = True) -> np.ndarray:
    """The verdict on last points: their cause with the side it lies on, or "not enough" points.

    ``flags`` uint8 of the last points, any shape; ``better``, ``enough`` broadcast to it. Codes int8 into
    ``VARIATIONS``. Source: Making Data Count's variation icons, as NHSRplotthedots 0.2.2.

    >>> str(VARIATIONS[variation(np.array([16], np.uint8), 1)[0]])
    'improvement-up'
    """
    codes = _VARIATION[np.asarray(better) + 1, flags]
    return np.where(enough, codes, np.int8(VARIATIONS.index(Variation.NOT_ENOUGH))).astype(np.int8)


def assurance(
    lower_last: np.ndarray,
    upper_last: np.ndarray,
    target_last: np.ndarray,
    better: int | np.ndarray,
    peer: str | None = None,
) -> np.ndarray:
    """Whether the process, as it is, meets its target, from the limits and target at the last point.

    Up is better: reliable where target < lower, not yet where target > upper, else hit and miss; down is
    better: the other way about. No target (NaN), or neither direction better: no target. Limits missing:
    hit and miss. A process that does not vary (both limits equal) passes where it equals its target, and
    is never hit and miss; ``peer="ptd"`` compares strictly even then, as the reference program.

    Arrays broadcast, in the unit of the values; codes int8 into ``ASSURANCES``.
    Source: Making Data Count's assurance icons, as NHSRplotthedots 0.2.2.

    >>> [str(ASSURANCES[c]) for c in assurance([1.0, 5.0], [3.0, 5.0], [0.5, 5.0], 1)]
    ['reliable', 'reliable']
    """
    figures = (np.asarray(x) for x in (lower_last, upper_last, target_last, better))
    lower, upper, target, better = np.broadcast_arrays(*figures)
    slack = 0.0 if peer else limits.TIE * (np.abs(lower) + np.abs(upper))
    below, above = target < lower - slack, target > upper + slack
    passed, failed = np.where(better > 0, below, above), np.where(better > 0, above, below)
    if peer is None:
        flat = upper - lower <= slack
        passed |= flat & ~failed
    picks = [
        np.isnan(target) | (better == 0),
        passed & ~np.isnan(lower),
        failed & ~np.isnan(lower),
    ]
    codes = [ASSURANCES.index(x) for x in (Assurance.NO_TARGET, Assurance.RELIABLE, Assurance.NOT_YET)]
    return np.select(picks, codes, ASSURANCES.index(Assurance.HIT_AND_MISS)).astype(np.int8)
