"""The runs that docs/outlook.md shows: in which worlds, of how many campaigns."""

from __future__ import annotations

from measures.aims.noise import Form
from measures.aims.outlook import Assumption
from tests.soak.outlook_campaigns import Tally, World, tally

MANY, FEWER, FEW = 9600, 4800, 2400
SEED = 1

CORRELATIONS = (0.0, 0.3, 0.5)
STAY, PACE = Assumption.NOTHING_MORE, Assumption.RECENT_PACE

MAIN = {(assumption, r): World(r) for assumption in Assumption for r in CORRELATIONS}
"""Where what the outlook assumes holds; shown tenth by tenth."""

_SHORT = dict(months=(6, 8, 10))
_YEAR = dict(months=(12, 15, 18, 21))
ALSO = {
    f"{name}, {assumption.value}": (world, assumption)
    for name, world in {
        "6 to 10 months of data": World(0.3, **_SHORT),
        "12 to 21 months of data": World(0.3, **_YEAR),
        "a rate": World(0.3, form=Form.RATE),
        "a cumulative count": World(0.3, form=Form.COUNT_CUMULATIVE),
        "a fifth of the sites' months missing": World(0.3, missing=0.2),
        "5 or 10 small sites (20 people a month)": World(0.3, sites=(5, 10), volume=20),
    }.items()
    for assumption in Assumption
}
"""Where it holds too, in other forms; shown by its largest miss."""

BROKEN = {
    "a step of −0.1 on the logit comes (about −1.6 points at 80 %)": (World(0.3, step=-0.1), STAY),
    "a step of −0.2 comes (about −3.4 points)": (World(0.3, step=-0.2), STAY),
    "a step of +0.1 comes": (World(0.3, step=0.1), STAY),
    "a step of −0.1 comes, recent-pace": (World(0.3, step=-0.1), PACE),
    "half of the pace stays": (World(0.3, stays=0.5), PACE),
    "the pace stops": (World(0.3, stays=0.0), PACE),
    "lag-1 correlation 0.7": (World(0.7), STAY),
    "lag-1 correlation 0.7, recent-pace": (World(0.7), PACE),
    "lag-1 correlation 0.85": (World(0.85), STAY),
    "lag-1 correlation 0.85, recent-pace": (World(0.85), PACE),
    "the common movement has 0.5, the sites' own 0": (World(0.5, own_correlation=0.0), STAY),
}
"""Where it does not."""


def run(world: World, assumption: Assumption, many: int, seed: int = SEED, draws: int = 1000) -> Tally:
    """One row."""
    return tally(world, assumption, many, seed, draws)


def small(assumption: Assumption) -> Tally:
    """The run that a short test repeats."""
    return tally(World(0.3, sites=(40,)), assumption, 240, seed=7, draws=400)
