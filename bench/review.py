"""The review beside a plain numpy pass over the same numbers: the kernel alone, and the whole pass with its frames.

Two campaigns: the demo, read back from a store it was seeded into, and one of 7,000 sites, three measures and
60 months made up from a fixed seed. The plain pass (bench/kernel.py) is limits and the four rules over the
whole array and nothing else; the whole pass also checks what is due, draws every path, judges every site
and adds everything up. All run in turn in the same process; a ratio is the median of the pairs.

python bench/review.py [SITES]
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kernel import kernel, peak, plain, seconds

from measures import clock, panel
from measures.demo import ae
from measures.model import (
    Aim,
    AimKind,
    AimVersion,
    Campaign,
    Direction,
    Family,
    Form,
    Measure,
    Share,
    Site,
    SiteKind,
    Waypoint,
)
from measures.review import Review, review
from measures.store.opening import ensure

SITES, MONTHS, REGIONS = 7_000, 60, 42
FIRST = np.datetime64("2020-04", "M")
AS_OF = date(2025, 5, 20)
REFERENCE = "zz-all"
MERGED = date(2023, 4, 1)
FORMS = (
    ("seen", Form.PROPORTION, Direction.UP),
    ("came", Form.COUNT, Direction.NEITHER),
    ("admitted", Form.PROPORTION, Direction.NEITHER),
)
WAYPOINTS = {
    1: ((date(2022, 9, 1), 0.90), (date(2024, 12, 1), 0.95)),
    2: ((date(2023, 9, 1), 0.90), (date(2025, 12, 1), 0.95)),
}
BOUNDS = {"kernel": 1.5, "whole pass": 20.0}
"""How many times the plain pass each may take at full size before the bench fails."""


def places(count: int) -> tuple[Site, ...]:
    """``count`` sites in 42 regions; every hundredth merges into its neighbour in the fourth year."""
    sites = [Site(f"s{n:05}", f"Site {n}", f"Region {n % REGIONS:02}") for n in range(count)]
    for n in range(0, count - 1, 100):
        sites[n] = Site(sites[n].id, sites[n].name, sites[n].region, successor=sites[n + 1].id, merged_on=MERGED)
    return (*sites, Site(REFERENCE, "All sites", kind=SiteKind.REFERENCE))


def made_up(count: int, seed: int = 1) -> tuple[Campaign, pd.DataFrame]:
    """A campaign of ``count`` sites with a share for each at every waypoint, and its observations as a store gives."""
    rng = np.random.default_rng(seed)
    sites = places(count)
    size = rng.integers(200, 4000, count + 1)
    level = rng.uniform(0.70, 0.92, count + 1)
    shares = tuple(
        Share(
            "aim", number, on, sites[i].id, int(size[i] * target), int(size[i]), int(size[i] * level[i]), int(size[i])
        )
        for number, waypoints in WAYPOINTS.items()
        for on, target in waypoints
        for i, (n, p) in enumerate(zip(size[:count], level))
    )
    agreed = {1: date(2021, 3, 31), 2: date(2022, 11, 2)}
    reason = ("NHS England", "", "failure-reduction")
    versions = {number: (number, agreed[number], agreed[number].replace(day=1), *reason) for number in WAYPOINTS}
    levels = tuple(
        AimVersion(*versions[number], tuple(Waypoint(on, level=target) for on, target in waypoints))
        for number, waypoints in WAYPOINTS.items()
    )
    most = tuple(
        AimVersion(*versions[number], (Waypoint(waypoints[-1][0], sites=count // 2 + 1),))
        for number, waypoints in WAYPOINTS.items()
    )
    campaign = Campaign(
        id="made-up",
        name="Made up",
        purpose="",
        start=date(2021, 4, 1),
        end=date(2025, 12, 1),
        baseline_start=date(2020, 4, 1),
        baseline_end=date(2021, 3, 1),
        sites=sites,
        measures=tuple(
            Measure(id, id, id, "", Family.OUTCOME, form, better, "%" if form is Form.PROPORTION else "", "n", order=n)
            for n, (id, form, better) in enumerate(FORMS)
        ),
        aims=(
            Aim("aim", "seen", AimKind.LEVEL, "Seen in time", "NHS England", levels),
            Aim("most", "seen", AimKind.SITES_REACHING, "Most at 95%", "NHS England", most, standard=0.95),
        ),
        shares=shares,
        main_measure="seen",
    )
    return campaign, observed(sites, size, level, rng)


def observed(sites: tuple[Site, ...], size: np.ndarray, level: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """A row for every site, measure and month up to a merger, sorted as ``Store.observations`` sorts."""
    names = sorted(id for id, _, _ in FORMS)
    shape = (len(sites), len(names), MONTHS)
    months = (FIRST + np.arange(MONTHS)).astype("datetime64[us]")
    came = rng.poisson(size[:, None] * (1 + 0.05 * np.sin(np.arange(MONTHS) * np.pi / 6)))
    drift = np.clip(level[:, None] + np.linspace(0, 0.06, MONTHS) * (rng.random(len(sites)) < 0.3)[:, None], 0, 0.99)
    top = np.full(shape, np.nan)
    top[:, names.index("seen")] = rng.binomial(came, drift)
    top[:, names.index("admitted")] = rng.binomial(came, 0.28)
    bottom = np.broadcast_to(came[:, None, :], shape).astype(float).copy()
    bottom[:, names.index("came")] = np.nan
    value = np.full(shape, np.nan)
    value[:, names.index("came")] = came
    site, measure, month = (x.ravel() for x in np.indices(shape))
    closed = np.array([s.merged_on or date.max for s in sites], "datetime64[us]")
    keep = np.flatnonzero(months[month] < closed[site])
    return pd.DataFrame(
        {
            "site": pd.Categorical.from_codes(site[keep], [s.id for s in sites]),
            "measure": pd.Categorical.from_codes(measure[keep], names),
            "group": pd.Categorical.from_codes(np.zeros(keep.size, np.int8), ["all"]),
            "period": months[month[keep]],
            "numerator": top.ravel()[keep],
            "denominator": bottom.ravel()[keep],
            "value": value.ravel()[keep],
            "note": pd.array(np.full(keep.size, "", object), dtype="str"),
            "rev": 1,
            "change_id": 1,
        }
    )


def demo() -> tuple[Campaign, pd.DataFrame]:
    """The demo as the app reads it: seeded into a new store and out again."""
    with tempfile.TemporaryDirectory() as folder, closing(ensure(Path(folder) / "bench.db", ae.seed)) as store:
        return store.campaign(ae.ID), store.observations(ae.ID)


def flat(done: Review) -> tuple[np.ndarray, np.ndarray]:
    """The review's numbers and the first row of each series: what the kernel and the plain pass are given."""
    points = done.points
    codes = [points[name].cat.codes.to_numpy().astype(np.int64) for name in ("site", "measure", "group")]
    shape = [len(points[name].cat.categories) for name in ("site", "measure", "group")]
    return points["value"].to_numpy(float), panel.first_rows(np.ravel_multi_index(codes, shape))


def measure(title: str, campaign: Campaign, frame: pd.DataFrame, as_of: date, rounds: int) -> dict[str, float]:
    """Print one campaign's lines; return each one's ratio to the plain pass."""
    values, starts = flat(review(frame, campaign, as_of))
    jobs = {
        "plain pass": (plain, values, starts),
        "kernel": (kernel, values, starts),
        "whole pass": (review, frame, campaign, as_of),
    }
    turns = []
    for _ in range(rounds):
        gc.collect()
        turns.append({name: seconds(*job) for name, job in jobs.items()})
    print(f"{title}: {len(frame):,} rows, {starts.size:,} series, {len(campaign.shares):,} shares; {rounds} rounds")
    ratios = {}
    for name, job in jobs.items():
        took = [turn[name] for turn in turns]
        middle = statistics.median(took)
        rate = len(frame) / middle / 1e6
        ratios[name] = statistics.median(turn[name] / turn["plain pass"] for turn in turns)
        print(
            f"  {name:10s} {middle * 1e3:9.2f} ms (best {min(took) * 1e3:9.2f})  {rate:6.2f} M rows/s"
            f"  {ratios[name]:6.2f} of the plain pass  peak {peak(*job):7.1f} MB"
        )
    return ratios


def main(sites: int) -> None:
    """Print the figures; exit 1 where the made-up campaign took more than its bound."""
    campaign, frame = demo()
    measure("demo", campaign, frame, clock.today(campaign), 30)
    campaign, frame = made_up(sites)
    size = f"{sites:,} sites x {len(FORMS)} measures x {MONTHS} months"
    ratios = measure(size, campaign, frame, AS_OF, 7)
    slow = [f"{name} {ratios[name]:.1f} (bound {bound})" for name, bound in BOUNDS.items() if ratios[name] > bound]
    if slow:
        print(f"over the bound: {', '.join(slow)}", file=sys.stderr)
    sys.exit(bool(slow))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SITES)
