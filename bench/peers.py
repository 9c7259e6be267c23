"""The XmR kernel beside the Python packages that give limits and rules for individuals: 5,000 series of 60 points.

Each peer is called as its own documents show, one series at a time, with the rules nearest to ours switched
on; it is timed on a seeded sample of the series and scaled linearly. Ours are the kernel (arrays in; limits,
flags and cause out; a limit per phase, as it finds them and the peers give them), the kernel with the frame
of every result column, and the whole review, all on every series. CPU seconds, in turn in one process,
imports and data prepared beforehand; a ratio is the median of the rounds. Centre, limits and points outside
them are held against ours first, screening off: the peers do not screen. What is timed is our own default,
with it.

The rules are not the same ones: the nearest of each peer is printed. No peer gives a cause.

pip install -r requirements-bench.txt; python bench/peers.py [SAMPLE]
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from math import pi, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kernel import data, kernel

from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.review import limits, review, steps
from measures.review.calendar import calendar
from measures.review.paths import paths
from measures.spc import Options, chart

SERIES, POINTS, SAMPLE, ROUNDS = 5_000, 60, 100, 9
TIMES = {"shewhart": 1_000, "capstat-core": 1_000, "pycontrolcharts": 650}
"""How many times the kernel's CPU a peer must take, or the bench fails. A thousand was hoped for of each; the fastest
takes about eight hundred."""

FIRST = np.datetime64("2020-01", "M")
AS_OF = date(2025, 1, 1)
EXACT = 3 * sqrt(pi) / 2
"""3 / d2 with d2 = 2 / sqrt(pi), where a peer works d2 out; the printed tables round it to 1.128."""


class Reading(NamedTuple):
    """What a peer says of one series: its lines, and which points lie outside the limits."""

    centre: float
    lower: float
    upper: float
    outside: set[int]


class Way(NamedTuple):
    """How a peer is used: what it likes to be given, the call that is timed, and how to read its answer."""

    give: Callable
    ask: Callable
    read: Callable[..., Reading]


@dataclass(frozen=True)
class Peer:
    """A package, the rules that are on, how many mean moving ranges its limits lie out, and ``load`` to import it."""

    name: str
    rules: str
    constant: float
    load: Callable[[], Way]


def shewhart() -> Way:
    """``imr`` of a series; its rules come in named sets only, and only this one has a trend."""
    import shewhart as sw

    def read(result) -> Reading:
        lines = (result.stats[name] for name in ("i_center", "i_lcl", "i_ucl"))
        return Reading(*lines, {i for s in result.signals if s.rule == "nelson_1" for i in s.points})

    return Way(pd.Series, lambda values: sw.imr(values, rules="nelson"), read)


def capstat() -> Way:
    """``i_mr_chart`` of an array, then ``nelson_rules`` of its chart of individuals."""
    from capstat_core.control_charts import i_mr_chart
    from capstat_core.rules import nelson_rules

    def ask(values):
        pair = i_mr_chart(values)
        return pair, nelson_rules(pair.location, (1, 2, 3, 5))

    def read(result) -> Reading:
        lines = result[0].location.limits
        return Reading(lines.center, lines.lower, lines.upper, {v.point for v in result[1] if v.rule == 1})

    return Way(np.array, ask, read)


def pycontrolcharts() -> Way:
    """``calc_xmr`` of a list; every rule but four of five beyond one sigma, shifts from 7 as ours."""
    from pycontrolcharts import RunTestConfig, RunType, calc_xmr

    tests = RunTestConfig(test6=False, test2_n=7)
    outside = {int(RunType.OVER_UCL), int(RunType.UNDER_LCL)}

    def read(frame) -> Reading:
        row = frame.iloc[0]
        marked = {i for i, marks in enumerate(frame["violations"]) if any(m["type"] in outside for m in marks)}
        return Reading(row["center_line"], row["lcl"], row["ucl"], marked)

    return Way(np.ndarray.tolist, lambda values: calc_xmr(values, run_tests=tests), read)


PEERS = (
    Peer("shewhart", "Nelson 1 to 8 (shift 9, trend 6; no smaller set has a trend)", EXACT, shewhart),
    Peer("capstat-core", "Nelson 1, 2, 3, 5 (shift 9, trend 6)", EXACT, capstat),
    Peer("pycontrolcharts", "tests 1, 2, 3, 5 (shift 7, trend 6)", 3 / 1.128, pycontrolcharts),
)


def campaign() -> Campaign:
    """One measure, 5,000 sites, nothing aimed at."""
    measure = Measure("m", "m", "m", "", Family.OUTCOME, Form.VALUE, Direction.UP, "", "m", baseline_points=None)
    return Campaign(
        id="peers",
        name="Peers",
        purpose="",
        start=date(2020, 1, 1),
        end=date(2025, 12, 1),
        baseline_start=date(2020, 1, 1),
        baseline_end=date(2020, 12, 1),
        sites=tuple(Site(f"s{n:04}", f"Site {n}", "Region") for n in range(SERIES)),
        measures=(measure,),
    )


def observations(values: np.ndarray, whole: Campaign) -> pd.DataFrame:
    """The values as a store gives them: one row per site and month."""
    nothing = np.zeros(values.size, np.int8)
    return pd.DataFrame(
        {
            "site": pd.Categorical.from_codes(np.repeat(np.arange(SERIES), POINTS), [s.id for s in whole.sites]),
            "measure": pd.Categorical.from_codes(nothing, ["m"]),
            "group": pd.Categorical.from_codes(nothing, ["all"]),
            "period": np.tile((FIRST + np.arange(POINTS)).astype("datetime64[us]"), SERIES),
            "numerator": np.nan,
            "denominator": np.nan,
            "value": values,
            "note": pd.array(np.full(values.size, "", object), dtype="str"),
            "rev": 1,
            "change_id": 1,
        }
    )


def ours(values: np.ndarray, starts: np.ndarray) -> dict[str, tuple[int, Callable]]:
    """What is timed of ours, and how often in a round."""
    whole = campaign()
    frame = observations(values, whole)
    own, _ = steps.observed(frame, whole, AS_OF)
    drawn, options = paths(whole, AS_OF, calendar(whole, AS_OF)), Options()

    def framed() -> pd.DataFrame:
        return steps.points(own, whole, drawn, limits.drawn(own, whole, options))

    points = framed()
    if not np.allclose(points["upper"], kernel(values, starts)[3], rtol=1e-12):
        raise SystemExit("the frame does not hold what the kernel gives")
    return {
        "kernel": (40, lambda: chart(values, starts, options=options, better=1)),
        "kernel and frame": (5, framed),
        "whole review": (1, lambda: review(frame, whole, AS_OF)),
    }


def differences(peer: Peer, way: Way, sample: list[np.ndarray]) -> tuple[int, str]:
    """How many points both find outside the limits, and what a peer says otherwise than we do, "" for nothing.

    Limits are compared at the peer's own constant; points between its limit and ours are left out.
    """
    values, starts = np.concatenate(sample), np.arange(0, len(sample) * POINTS, POINTS)
    mine = kernel(values, starts, Options(screen=False, constant="3/d2"))
    centre, sigma, beyond = mine[0], mine[1], mine[6]
    reach = sigma * 1.128 * peer.constant
    said = [way.read(way.ask(way.give(one))) for one in sample]
    lines = np.repeat(np.array([r[:3] for r in said]), POINTS, axis=0).T
    for name, theirs, own in zip(("centre", "lower", "upper"), lines, (centre, centre - reach, centre + reach)):
        if not np.allclose(theirs, own, rtol=1e-9, atol=0):
            return 0, f"its {name} is not ours"
    outside = np.zeros(values.size, bool)
    outside[[start + i for start, r in zip(starts, said) for i in r.outside]] = True
    away = np.abs(values - centre)
    between = (away >= np.minimum(reach, 3 * sigma) * (1 - 1e-9)) & (away <= np.maximum(reach, 3 * sigma) * (1 + 1e-9))
    wrong = int(((outside != beyond) & ~between).sum())
    return int((outside & beyond).sum()), f"{wrong} points are outside its limits or ours alone" if wrong else ""


def ready(peer: Peer, sample: list[np.ndarray]) -> Callable | None:
    """The peer's pass over the sample, once its answer has been held against ours; says why where there is none."""
    try:
        way = peer.load()
    except ImportError:
        print(f"{peer.name}: not installed: pip install -r requirements-bench.txt")
        return None
    try:
        outside, wrong = differences(peer, way, sample)
    except Exception as error:  # a peer's own faults are many; the others go on
        wrong = f"{type(error).__name__}: {error}"
    if wrong:
        print(f"{peer.name}: cannot be compared: {wrong}")
        return None
    print(
        f"{peer.name} {version(peer.name)}: same centre, limits (3/d2 = {peer.constant:.6f}) and {outside} points"
        f" outside on {len(sample)} series; its rules, which differ otherwise: {peer.rules}"
    )
    given = [way.give(one) for one in sample]

    def ask_all() -> None:
        for one in given:
            way.ask(one)

    return ask_all


def seconds(function: Callable, times: int) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - began) / times


def main(size: int) -> None:
    """Print a line per case; exit 1 where the fastest peer is within the bound, or there is none."""
    values, starts = data(SERIES, POINTS)
    chosen = np.sort(np.random.default_rng(2).choice(SERIES, size, replace=False))
    sample = list(values.reshape(SERIES, POINTS)[chosen])
    jobs = ours(values, starts)
    mine = list(jobs)
    jobs |= {p.name: (1, job) for p in PEERS if (job := ready(p, sample))}
    turns = []
    for _ in range(ROUNDS + 1):
        gc.collect()
        turns.append({name: seconds(job, times) for name, (times, job) in jobs.items()})
    turns = [{n: s if n in mine else s * SERIES / size for n, s in turn.items()} for turn in turns[1:]]

    print(f"{SERIES:,} series x {POINTS} points, four nhs rules; medians of {ROUNDS} rounds, CPU time")
    for name in mine:
        middle = statistics.median(turn[name] for turn in turns)
        print(f"  {name:16s} {middle * 1e3:10.1f} ms  ({values.size / middle / 1e6:.1f} M points/s)")
    fewest = {}
    for name in (name for name in jobs if name not in mine):
        middle = statistics.median(turn[name] for turn in turns)
        ratios = [statistics.median(turn[name] / turn[own] for turn in turns) for own in mine]
        fewest[name] = ratios[0]
        said = ", ".join(f"{ratio:,.0f} x the {own}" for own, ratio in zip(mine, ratios))
        print(f"  {name:16s} {middle * 1e3:10.1f} ms  scaled from {size}: {said}")
    if not fewest:
        sys.exit("no peer to compare with")
    near = [f"{name} takes {fewest[name]:,.0f} times the kernel's CPU (bound {TIMES[name]:,})" for name in fewest]
    near = [said for name, said in zip(fewest, near) if fewest[name] < TIMES[name]]
    if near:
        sys.exit("; ".join(near))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
