"""FunnelPlotR 0.3.9999: its tables, read and set beside ours.

Each ``Case`` is one data set, type, method, level and choice of over-dispersion. ``compare`` counts what was compared
and lists what differs. The program calls the 99.8 % limits LCL99 and UCL99.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from measures.spc.funnel import Funnel, funnel

DATA = Path(__file__).parent / "data"
KIND = {"PR": "proportion", "SR": "ratio", "RC": "rate"}
METHOD = {"PR": "arcsine", "SR_SHMI": "shmi", "SR_CQC": "cqc", "RC": "log"}
UNADJUSTED = {"LCL95": "lower_95", "UCL95": "upper_95", "LCL99": "lower_998", "UCL99": "upper_998"}
ADJUSTED = {"OD95LCL": "lower_95", "OD95UCL": "upper_95", "OD99LCL": "lower_998", "OD99UCL": "upper_998"}
GRID = {"ll95": "lower_95", "ul95": "upper_95", "ll998": "lower_998", "ul998": "upper_998"}
ADJUSTED_GRID = {f"od{theirs}": ours for theirs, ours in GRID.items()}
CLOSE = 1e-9


@dataclass(frozen=True)
class Case:
    """One row of the table of cases, its sites and its grid of sizes."""

    name: str
    facts: pd.Series
    sites: pd.DataFrame
    grid: pd.DataFrame

    @property
    def kind(self) -> str:
        return KIND[self.facts["data_type"]]

    @property
    def method(self) -> str:
        return METHOD[self.name.split(":")[2]]

    @property
    def adjusted(self) -> bool:
        return bool(self.facts["od_used"])

    def funnel(self, peer: str | None, *, overdispersion: bool | None = None) -> Funnel:
        wanted = self.adjusted if overdispersion is None else overdispersion
        x, d = (self.sites[name].to_numpy(float) for name in ("numerator", "given"))
        return funnel(x, d, kind=self.kind, method=self.method, overdispersion=wanted, peer=peer)


@dataclass
class Tally:
    """What was compared, the largest relative difference, and what differs."""

    cases: int = 0
    sites: int = 0
    figures: int = 0
    """phi, tau2, centre; rate, Y, s and z of every site."""
    limits: int = 0
    grid: int = 0
    flags: int = 0
    """Outliers, and sites truncated or winsorised."""
    largest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def values(self) -> int:
        """Everything that was compared."""
        return self.figures + self.limits + self.grid + self.flags

    def near(self, what: str, ours: np.ndarray | float, theirs: np.ndarray | float) -> int:
        ours, theirs = np.atleast_1d(ours).astype(float), np.atleast_1d(theirs).astype(float)
        apart = np.abs(ours - theirs)
        relative = np.divide(apart, np.abs(theirs), out=apart.copy(), where=theirs != 0)
        self.largest = max(self.largest, float(relative.max(initial=0.0)))
        if bad := int((~(relative <= CLOSE)).sum()):
            self.wrong.append(f"{what}: {bad} of {len(theirs)}")
        return len(theirs)

    def same(self, what: str, ours: np.ndarray, theirs: np.ndarray) -> int:
        if bad := int((np.asarray(ours) != np.asarray(theirs)).sum()):
            self.wrong.append(f"{what}: {bad} of {len(theirs)}")
        return len(theirs)

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("cases", "sites", "figures", "limits", "grid", "flags", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.largest = max(self.largest, other.largest)
        return self


@cache
def cases() -> tuple[Case, ...]:
    """A&E breaches of 2018-19 by organisation, type 1 (73 sites) and type 2 (11), in all settings."""
    sites = dict(list(pd.read_csv(DATA / "funnel_points.csv.gz").groupby("case_id")))
    curves = pd.read_csv(DATA / "funnel_limits_grid.csv")
    grid = dict(list(curves.groupby("case_id")))  # given once for the two levels, 95 and 99
    rows = pd.read_csv(DATA / "funnel_cases.csv").set_index("case_id")
    for name, own in sites.items():
        # The program shows SHMI's expected counts already rounded; CQC's rows hold them as they were given.
        given = sites[name.replace("SR_SHMI", "SR_CQC")]
        assert (given["org"].to_numpy() == own["org"].to_numpy()).all()
        own["given"] = given["denominator"].to_numpy()
    return tuple(Case(name, row, sites[name], grid.get(name, curves.iloc[:0])) for name, row in rows.iterrows())


def compare(case: Case, peer: str | None = "funnelplotr") -> Tally:
    """Everything the program says of one case: figures, limits in force, curves, and who is outside."""
    found, sites, facts = case.funnel(peer), case.sites, case.facts
    tally = Tally(1, len(sites))
    for name, ours in (("phi", found.phi), ("tau2", found.tau2), ("target", found.centre)):
        tally.figures += tally.near(name, ours, facts[name])
    for name, ours in (("rr", found.rate), ("Y", found.y), ("s", found.s), ("z_unadj", found.z)):
        tally.figures += tally.near(name, ours, sites[name])
    for theirs, ours in (ADJUSTED if case.adjusted else UNADJUSTED).items():
        tally.limits += tally.near(theirs, getattr(found, ours), sites[theirs])
    tally.grid += _curves(tally, case, found, ADJUSTED_GRID if case.adjusted else GRID)
    if case.adjusted:
        # The program draws the curves of chance beside the adjusted ones.
        chance = case.funnel(peer, overdispersion=False)
        for theirs, ours in UNADJUSTED.items():
            tally.limits += tally.near(theirs, getattr(chance, ours), sites[theirs])
        tally.grid += _curves(tally, case, chance, GRID)
        tally.flags += _set_aside(tally, case, found)
    level = "95" if facts["limit"] == 95 else "998"
    outside = (found.rate < getattr(found, f"lower_{level}")) | (found.rate > getattr(found, f"upper_{level}"))
    tally.flags += tally.same("outlier", outside, sites["outlier"].to_numpy() == 1)
    tally.flags += tally.same("n_outliers", [outside.sum()], [facts["n_outliers"]])
    tally.wrong = [f"{case.name}: {text}" for text in tally.wrong]
    return tally


def compare_all() -> Tally:
    """``compare`` over every case."""
    tally = Tally()
    for case in cases():
        tally += compare(case)
    return tally


def compare_default(case: Case) -> Tally:
    """The limits and figures of our default, where it means to equal the program: all of a ratio, and the limits in
    force of over-dispersed proportions and rates, but for those that an angle below 0 makes."""
    found, facts, tally = case.funnel(None), case.facts, Tally(1, len(case.sites))
    for name, ours in (("phi", found.phi), ("tau2", found.tau2), ("target", found.centre)):
        tally.figures += tally.near(name, ours, facts[name])
    for name, ours in (("rr", found.rate), ("z_unadj", found.z)):
        tally.figures += tally.near(name, ours, case.sites[name])
    for theirs, ours in (ADJUSTED if case.adjusted else UNADJUSTED).items():
        sure = ~clamped(case, found, ours)
        tally.limits += tally.near(theirs, getattr(found, ours)[sure], case.sites[theirs].to_numpy()[sure])
    if case.kind == "ratio":
        tally.grid += _curves(tally, case, found, ADJUSTED_GRID if case.adjusted else GRID)
    tally.wrong = [f"{case.name}: {text}" for text in tally.wrong]
    return tally


def clamped(case: Case, found: Funnel, limit: str) -> np.ndarray:
    """Sites whose limit would be the sin^2 of an angle below 0."""
    if case.kind != "proportion" or not limit.startswith("lower"):
        return np.zeros(len(found.s), bool)
    z = 1.959964 if limit == "lower_95" else 3.090232
    return np.arcsin(np.sqrt(found.centre)) < z * np.sqrt(found.s**2 + found.tau2)


def _curves(tally: Tally, case: Case, found: Funnel, columns: dict[str, str]) -> int:
    curves = found.limits_at(case.grid["number.seq"].to_numpy(float))
    return sum(tally.near(theirs, getattr(curves, ours), case.grid[theirs]) for theirs, ours in columns.items())


def _set_aside(tally: Tally, case: Case, found: Funnel) -> int:
    """SHMI: who is truncated. Others: whose z is pulled in, and how far."""
    if case.method == "shmi":
        return tally.same("truncated", ~found.kept, case.sites["truncated"].to_numpy() == 1)
    low, high = np.quantile(found.z, (0.1, 0.9))
    tally.figures += tally.near("z_wins", np.clip(found.z, low, high), case.sites["z_wins"])
    # A z that is itself the 10th or 90th percentile counts as pulled in, with the program.
    at_edge = (found.z <= low + CLOSE * abs(low)) | (found.z >= high - CLOSE * abs(high))
    return tally.same("winsorised", at_edge, case.sites["winsorised"].to_numpy() == 1)
