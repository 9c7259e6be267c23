"""How large the scan's best figure becomes in a series where nothing ever changes, however often it is looked at.

``TABLE`` holds, for tail chances, the figure that a share of unchanged series exceeds within ``LOOKS`` looks, as a
smooth function of the baseline's length and the lag-1 correlation: it was simulated once with the scan itself
(``scripts/null_table.py``, normal noise, known variance) and is simulated again, shorter, by a test.
"""

from __future__ import annotations

import numpy as np

LOOKS = 72
"""Looks simulated."""
ESTIMATED = 1.25
"""How much likelier such figures become because noise and season are estimated, and looks go on beyond LOOKS: found by
simulation (docs/signals.md), so that no kind of campaign in which nothing changes declares more often than agreed."""
CHANCES = np.array([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005])
TABLE = np.array(
    [
        [-0.379, 0.052, 0.377, 0.723, 0.946, 1.267, 1.548, 1.878, 2.094, 2.298, 2.538, 2.716, 2.891],
        [-0.114, -0.111, -0.117, -0.123, -0.123, -0.128, -0.128, -0.125, -0.118, -0.118, -0.111, -0.116, -0.116],
        [-0.026, -0.028, -0.027, -0.023, -0.023, -0.019, -0.019, -0.022, -0.025, -0.022, -0.031, -0.044, -0.055],
        [0.120, 0.059, 0.060, 0.034, 0.001, -0.030, 0.008, -0.041, -0.033, -0.025, -0.037, -0.271, -0.070],
        [0.521, 0.740, 0.711, 0.810, 0.913, 0.985, 0.824, 0.995, 1.012, 0.924, 1.04, 1.795, 1.117],
        [-0.106, -0.402, -0.456, -0.632, -0.769, -0.894, -0.818, -1.033, -1.089, -1.019, -1.142, -1.751, -1.255],
        [-0.002, 0.002, 0.012, 0.022, 0.027, 0.033, 0.038, 0.042, 0.034, 0.026, 0.01, 0.021, 0.019],
    ]
)  # fmt: skip
"""Rows: coefficients of ``terms``; columns: of ``CHANCES``."""
BASELINES, CORRELATIONS = (6, 48), (0.0, 0.85)
"""What was simulated; beyond, the nearest end stands in."""
TAIL = 1.4
"""Beyond the table the chance falls as a normal one: its logarithm by (figure + TAIL) per unit."""


def terms(baseline: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """What the figures are a linear function of; (k, 7) for baselines (k,) and correlations (k,)."""
    length = np.log(np.clip(baseline, *BASELINES) / 12)
    r = np.clip(rho, *CORRELATIONS)
    return np.stack([np.ones_like(length), length, length**2, r, r**2, r**3, length * r], axis=-1)


def chance(best: np.ndarray, baseline: np.ndarray, rho: float) -> np.ndarray:
    """The chance that a series in which nothing ever changes reaches ``best`` at any look, in one direction.

    ``best`` (s,) the scan's largest figures so far, -inf where there is none (chance 1); ``baseline`` (s,) how many
    periods each reported before the start; ``rho`` the lag-1 correlation. Returns (s,).

    >>> chance(np.array([-np.inf, 1.56, 3.6]), np.array([12, 12, 12]), 0.0).round(4)
    array([1.    , 0.0503, 0.    ])
    """
    out = np.ones(len(best))
    logs = np.log(CHANCES)
    for length in np.unique(baseline):
        mine = np.flatnonzero((baseline == length) & np.isfinite(best))
        knots = (terms(np.array([float(length)]), np.array([rho])) @ TABLE)[0]
        m = best[mine]
        # Left of the table the chance is not needed sharply: 1 at a figure as far below as the first two are apart.
        inside = np.interp(m, np.r_[2 * knots[0] - knots[1], knots], np.r_[0.0, logs])
        over = np.maximum(m - knots[-1], 0.0)
        out[mine] = np.exp(inside - over * (knots[-1] + TAIL) - over**2 / 2)
    return np.minimum(out * ESTIMATED, 1.0)
