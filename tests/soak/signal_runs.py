"""The runs that docs/signals.md shows: one factor at a time from a base case."""

from __future__ import annotations

import os
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from tests.soak.signal_worlds import NEVER, World, by_detector, by_nhs_rules, by_plain, draw

BASE = World(rho=0.3)
SEED, MANY, NULL = 1, 400, 1000
WAYS = ("headway", "plain", "nhs")


def _nulls() -> dict[str, World]:
    none = {
        "": BASE,
        ", correlation 0": replace(BASE, rho=0.0),
        ", correlation 0.5": replace(BASE, rho=0.5),
        ", 24 sites": replace(BASE, sites=24),
        ", 8 baseline months": replace(BASE, baseline=8),
        ", 24 baseline months": replace(BASE, baseline=24),
        ", unequal sigmas": replace(BASE, uneven=0.5),
        ", a fifth of the months missing": replace(BASE, missing=0.2),
        ", a common season of 1 sigma": replace(BASE, season=1.0),
        ", 20 to 60 people a month": replace(BASE, people=(20, 60), rho=0.0),
        ", 48 months": replace(BASE, months=48),
        ", correlation 0, 24 sites": replace(BASE, rho=0.0, sites=24),
    }
    return {f"nothing changes{name}": replace(world, share=0.0) for name, world in none.items()}


def _worlds() -> dict[str, World]:
    out = {"base case": BASE, "correlation 0": replace(BASE, rho=0.0), "correlation 0.5": replace(BASE, rho=0.5)}
    for rho in (0.0, 0.3):
        for shift in (0.75, 1.0, 2.0):
            out[f"shift {shift:g} sigma, correlation {rho:g}"] = replace(BASE, shift=shift, rho=rho)
    out |= {f"{share:.0%} improve": replace(BASE, share=share) for share in (0.05, 0.5)}
    out |= {f"{share:.0%} improve, correlation 0": replace(BASE, share=share, rho=0.0) for share in (0.05, 0.5)}
    out |= {f"{sites:,} sites": replace(BASE, sites=sites) for sites in (24, 2000)}
    out["24 sites, correlation 0"] = replace(BASE, sites=24, rho=0.0)
    out |= {f"{n} baseline months": replace(BASE, baseline=n) for n in (8, 24)}
    out["8 baseline months, correlation 0"] = replace(BASE, baseline=8, rho=0.0)
    out |= {
        "a ramp over 12 months": replace(BASE, shape="ramp"),
        "a ramp to 2 sigma": replace(BASE, shape="ramp", shift=2.0),
        "changes at any month up to the 18th": replace(BASE, when=(0, 17)),
        "unequal sigmas": replace(BASE, uneven=0.5),
        "unequal sigmas, correlation 0": replace(BASE, uneven=0.5, rho=0.0),
        "a tenth of the months missing": replace(BASE, missing=0.1),
        "a fifth of the months missing": replace(BASE, missing=0.2),
        "a common season of 1 sigma": replace(BASE, season=1.0),
        "a season that sites share unequally": replace(BASE, season=1.0, loading=0.5),
        "a common season, 8 baseline months": replace(BASE, season=1.0, baseline=8),
        "a common season, 24 baseline months": replace(BASE, season=1.0, baseline=24),
        "20 to 60 people a month": replace(BASE, people=(20, 60), rho=0.0),
        "20 to 60 people a month, from 95 %": replace(BASE, people=(20, 60), rho=0.0, level=0.95, shift=1.0),
        "20 to 60 people a month, from 10 %": replace(BASE, people=(20, 60), rho=0.0, level=0.1),
        "as many worsen": replace(BASE, other=0.2, other_shift=-1.5),
        "a fifth only for four months (2 sigma)": replace(BASE, other=0.2, other_shift=2.0, other_shape="bump"),
        "a fifth by 0.5 sigma only": replace(BASE, other=0.2, other_shift=0.5),
        "48 months": replace(BASE, months=48),
    }
    return out


NULLS, WORLDS = _nulls(), _worlds()


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Of each campaign (k,), by way: ``false`` share of the declared that are false (0 where none is declared),
    ``wrong`` and ``declared`` how many, ``power`` share of the truly better that are declared after their change,
    ``months`` from change to declaration of all those declared rightly, ``others`` share declared of those that change
    otherwise; ``worse`` power for deteriorations (Headway's only)."""

    false: dict[str, np.ndarray]
    wrong: dict[str, np.ndarray]
    declared: dict[str, np.ndarray]
    power: dict[str, np.ndarray]
    months: dict[str, np.ndarray]
    others: dict[str, np.ndarray]
    worse: np.ndarray

    def any(self, way: str) -> float:
        """Share of campaigns that declare anything."""
        return float((self.declared[way] > 0).mean())


def error(x: np.ndarray) -> float:
    """Two standard errors of a mean over campaigns."""
    return float(2 * x.std(ddof=1) / np.sqrt(len(x)))


def _some(world: World, seed: int, name: str, numbers: range, ways: tuple[str, ...]) -> list[dict]:
    return [_one(world, np.random.default_rng([seed, zlib.crc32(name.encode()), i]), ways) for i in numbers]


def _one(world: World, rng: np.random.Generator, ways: tuple[str, ...]) -> dict:
    data = draw(world, rng)
    out = {"worse": np.nan}
    finders = {"headway": by_detector, "plain": by_plain, "nhs": by_nhs_rules}
    changed = data.other < NEVER
    for way in ways:
        look = finders[way](data, world)
        right = (look >= data.begins) & (look >= 0)
        bump = changed & (look >= data.other) & (world.other_shift > 0)
        wrong = (look >= 0) & ~right & ~bump
        better = data.begins < NEVER
        count = int((look >= 0).sum() - bump.sum())
        out[way] = (
            wrong.sum() / max(count, 1), int(wrong.sum()), count, right.sum() / max(better.sum(), 1),
            (look - data.begins + 1)[right], bump.sum() / max(changed.sum(), 1),
        )  # fmt: skip
    if world.other_shift < 0:
        look = by_detector(data, world, down=True)
        out["worse"] = float(((look >= data.other) & changed).sum() / changed.sum())
    return out


def run(world: World, name: str, many: int, seed: int = SEED, ways: tuple[str, ...] = WAYS) -> Tally:
    """One row, over all cores. ``name`` is part of the seed."""
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        parts = [range(i, many, cores) for i in range(cores)]
        k = len(parts)
        found = [o for part in pool.map(_some, [world] * k, [seed] * k, [name] * k, parts, [ways] * k) for o in part]
    column = lambda i: {way: np.array([one[way][i] for one in found]) for way in ways}  # noqa: E731
    months = {way: np.concatenate([one[way][4] for one in found]) for way in ways}
    worse = np.array([one["worse"] for one in found])
    return Tally(column(0), column(1), column(2), column(3), months, column(5), worse)
