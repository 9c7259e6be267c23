"""What flags and limits say: each point's cause, each series' variation and assurance, as codes.

Codes are places in ``CAUSES``, ``VARIATIONS`` and ``ASSURANCES``, the order of the enums in ``model``.
``better`` is +1 where up is better, -1 down, 0 neither.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from measures.model import Assurance, Cause, Variation
from measures.spc import limits
from measures.spc.rule_sets import NAMED, RuleSet

CAUSES = tuple(Cause)
VARIATIONS = tuple(Variation)
ASSURANCES = tuple(Assurance)


def _directions(rules: RuleSet) -> np.ndarray:
    """Each number of flags as 0 common, 1 high, 2 low by the first of ``rules.order`` that is among them; 3 and 4
    where that rule has no direction."""
    flags = np.arange(1 << max(sum(rules.bits.values(), ())).bit_length())
    out = np.zeros(flags.size, np.int8)
    for name in reversed(rules.order):
        above, _ = rules.bits[name]
        hit = (flags & rules.mask(name)) != 0
        shift = 2 if name in rules.undirected else 0
        out[hit] = np.where(flags[hit] & above, 1, 2) + shift
    return out


def _codes(members: tuple, *choices: tuple) -> np.ndarray:
    """Places in ``members``, by (better + 1, direction)."""
    return np.array([[members.index(x) for x in row] for row in choices], np.int8)


_NEUTRAL = (Cause.HIGH, Cause.LOW)
_CAUSE = _codes(
    CAUSES,
    (Cause.COMMON, Cause.CONCERN, Cause.IMPROVEMENT, *_NEUTRAL),
    (Cause.COMMON, *_NEUTRAL, *_NEUTRAL),
    (Cause.COMMON, Cause.IMPROVEMENT, Cause.CONCERN, *_NEUTRAL),
)
_NEITHER = (Variation.NEITHER_UP, Variation.NEITHER_DOWN)
_VARIATION = _codes(
    VARIATIONS,
    (Variation.COMMON, Variation.CONCERN_UP, Variation.IMPROVEMENT_DOWN, *_NEITHER),
    (Variation.COMMON, *_NEITHER, *_NEITHER),
    (Variation.COMMON, Variation.IMPROVEMENT_UP, Variation.CONCERN_DOWN, *_NEITHER),
)


@lru_cache(maxsize=16)
def _tables(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Codes of cause and of variation, by (better + 1, flags), of the rule set called ``name``."""
    directions = _directions(NAMED[name])
    return _CAUSE[:, directions], _VARIATION[:, directions]


def causes(flags: np.ndarray, better: int | np.ndarray, counts: np.ndarray, rules: str = "nhs") -> np.ndarray:
    """Each point's cause: the first rule in the set's order gives the direction (nhs: beyond, trend, two of
    three, shift). A rule without a direction makes a point high or low, never good or bad.

    ``flags`` (n,) of the rule set called ``rules``; ``better`` one figure or one per series; ``counts``
    (s,) rows of each series. Codes int8 (n,) into ``CAUSES``. Source: NHSRplotthedots 0.2.2.

    >>> [str(CAUSES[c]) for c in causes(np.array([0, 16, 33], np.uint8), -1, np.array([3]))]
    ['common', 'concern', 'improvement']
    """
    better = np.asarray(better)
    kinds = np.unique(better) if better.ndim else better[None]
    table = _tables(rules)[0]
    out = _look_up(table[int(kinds[-1] if kinds.size else 1) + 1], flags)
    for kind in kinds[:-1]:
        np.copyto(out, _look_up(table[int(kind) + 1], flags), where=np.repeat(better == kind, counts))
    return out


def _look_up(table: np.ndarray, flags: np.ndarray) -> np.ndarray:
    if flags.dtype != np.uint8:
        return table[flags]
    # bytes.translate looks up a byte per row without the eight-byte indices that numpy would make.
    whole = np.zeros(256, np.int8)
    whole[: table.size] = table
    return np.frombuffer(bytearray(flags.tobytes().translate(whole.tobytes())), np.int8)


def variation(
    flags: np.ndarray, better: int | np.ndarray, enough: np.ndarray | bool = True, rules: str = "nhs"
) -> np.ndarray:
    """The verdict on last points: their cause with the side it lies on, or "not enough" points.

    ``flags`` of the last points by the set called ``rules``, any shape; ``better``, ``enough`` broadcast to it.
    Codes int8 into ``VARIATIONS``. Source: Making Data Count's variation icons, as NHSRplotthedots 0.2.2.

    >>> str(VARIATIONS[variation(np.array([16], np.uint8), 1)[0]])
    'improvement-up'
    """
    codes = _tables(rules)[1][np.asarray(better) + 1, flags]
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
