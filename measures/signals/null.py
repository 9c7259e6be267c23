"""How large the scan's best figure becomes in a series where nothing ever changes, however often it is looked at.

``TABLE`` holds, for tail chances, the figure that a share of unchanged series exceeds within ``LOOKS`` looks, as a
smooth function of the baseline's length and the lag-1 correlation: it was simulated once with the scan itself
(``scripts/null_table.py``, normal noise, known variance) and is simulated again, shorter, by a test.
"""

from __future__ import annotations

import numpy as np

LOOKS = 72
"""Looks simulated."""
ESTIMATED = 1.35
"""How much likelier such figures become because noise and season are estimated, and looks go on beyond LOOKS: found by
simulation (docs/signals.md), so that no kind of campaign in which nothing changes declares more often than agreed."""
CHANCES = np.array([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005])
TABLE = np.array(
    [
        [-0.695, -0.198, 0.166, 0.542, 0.777, 1.119, 1.412, 1.747, 1.979, 2.19, 2.436, 2.611, 2.802],
        [-0.131, -0.127, -0.129, -0.134, -0.135, -0.134, -0.135, -0.136, -0.128, -0.125, -0.119, -0.133, -0.134],
        [-0.026, -0.026, -0.026, -0.025, -0.023, -0.02, -0.021, -0.02, -0.024, -0.028, -0.036, -0.035, -0.059],
        [0.105, 0.085, 0.07, 0.049, 0.02, 0.007, 0.004, 0.003, -0.041, -0.035, -0.043, -0.148, -0.21],
        [0.726, 0.759, 0.742, 0.813, 0.91, 0.904, 0.854, 0.903, 1.032, 0.904, 1.106, 1.394, 1.616],
        [-0.103, -0.312, -0.396, -0.573, -0.719, -0.791, -0.801, -0.935, -1.071, -0.937, -1.192, -1.411, -1.642],
        [0.002, 0.002, 0.008, 0.018, 0.021, 0.025, 0.034, 0.035, 0.023, 0.017, 0.009, 0.014, 0.017],
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
    array([1.   , 0.045, 0.   ])
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
