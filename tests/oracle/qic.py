"""qicharts2 0.8.1: its charts of every kind and their run analysis, read and set beside ours.

Each ``Case`` is one setting (kind, variant, screening) over all its series; ``compare`` charts them in one
call, and counts what was compared and what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from measures import panel
from measures.spc import Chart, Options, chart, subgroups
from tests.oracle.ptd import DATA

KINDS = {"i": "xmr"}
LINES = {"cl": "centre", "lcl": "lower", "ucl": "upper", "lcl95": "near_lower", "ucl95": "near_upper"}
RUNS = {
    "n_useful": "useful",
    "longest_run": "longest_run",
    "longest_run_max": "longest_run_max",
    "n_crossings": "crossings",
    "n_crossings_min": "crossings_min",
}
TIE = 1e-9


@dataclass(frozen=True)
class Case:
    """One setting: our options, and a row per point with series (code), part, y, n, s, ghosted and the
    program's lines and flag; ``runs`` a row per series and part."""

    name: str
    options: Options
    rows: pd.DataFrame
    runs: pd.DataFrame

    @property
    def starts(self) -> np.ndarray:
        return panel.first_rows(self.rows["series"].to_numpy())

    @property
    def phase_starts(self) -> np.ndarray:
        return panel.first_rows(self.rows[["series", "part"]].to_numpy())


@dataclass
class Compared:
    """How much was compared, and what differs."""

    series: int = 0
    parts: int = 0
    rows: int = 0
    lines: int = 0
    flags: int = 0
    runs: int = 0
    ties: int = 0
    largest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: Compared) -> Compared:
        for name in ("series", "parts", "rows", "lines", "flags", "runs", "ties"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.largest = max(self.largest, other.largest)
        self.wrong += other.wrong
        return self


def options(kind: str, *, screen: bool = True, freeze: float = np.nan) -> Options:
    """The program's own treatment."""
    baseline = None if np.isnan(freeze) else int(freeze)
    return Options(KINDS.get(kind, kind), "anhoej", baseline=baseline, screen=screen, peer="qic")


@cache
def ae_cases() -> tuple[Case, ...]:
    """A&E by organisation and department type: p, pp and run in four variants; c, u and up in one."""
    data = pd.read_csv(DATA / "ae_attendances.csv", dtype={"type": str})
    summary = pd.read_csv(DATA / "qic_ae_summary.csv.gz", dtype={"type": str})
    found = []
    for kind in ("run", "p", "pp", "c", "u", "up"):
        points = pd.read_csv(DATA / f"qic_ae_points_{kind}.csv.gz", dtype={"type": str})
        points = points.merge(data, left_on=["org", "type", "period"], right_on=["org_code", "type", "period"])
        points = points.sort_values(["variant", "org", "type", "period"], ignore_index=True)
        if kind in ("run", "p", "pp"):
            top = points["attendances"] - points["breaches"]
        else:
            top = points["admissions" if kind != "c" else "breaches"]
        under = points["attendances"].astype(float)
        points["top"], points["n"] = (top / under if kind == "run" else top.astype(float)), under
        for variant, rows in points.groupby("variant", sort=False):
            rows = rows.assign(series=rows.groupby(["org", "type"], sort=False).ngroup()).reset_index(drop=True)
            rows["i"] = rows.groupby("series").cumcount() + 1
            rows["ghosted"] = rows["i"].isin([3, 7]) & (variant == "exclude3_7")
            own = summary[(summary["chart"] == kind) & (summary["variant"] == variant)]
            codes = rows.drop_duplicates("series")[["org", "type", "series"]]
            own = own.merge(codes, on=["org", "type"])
            freeze = 12 if variant == "freeze12" else np.nan
            found.append(Case(f"A&E {kind}, {variant}", options(kind, freeze=freeze), rows, own))
    return tuple(found)


@cache
def synthetic_cases() -> tuple[Case, ...]:
    """Twelve kinds, six series each, in every variant, screened or not."""
    cases = pd.read_csv(DATA / "qic_synthetic_cases.csv").drop(columns="part")
    points = pd.read_csv(DATA / "qic_synthetic_points.csv.gz")
    summary = pd.read_csv(DATA / "qic_synthetic_summary.csv")
    data = pd.read_csv(DATA / "synthetic_charts.csv")
    points = points.merge(cases, on="case_id").merge(_subgrouped(data), on=["dataset", "i"], suffixes=("_theirs", ""))
    found = []
    for (kind, variant, screen), rows in points.groupby(["chart", "variant", "screenedmr"], sort=False):
        rows = rows.sort_values(["dataset", "i"], ignore_index=True)
        rows["series"] = rows.groupby("dataset", sort=False).ngroup()
        out = [str(i) in e.split() for i, e in zip(rows["i"], rows["exclude"].fillna("").astype(str), strict=True)]
        rows["ghosted"] = out
        rows["top"] = rows["deviation"] if kind == "s" else rows["mean"]
        if kind in ("xbar", "s"):
            rows["n"] = rows["size"]
        own = summary.merge(rows.drop_duplicates("series")[["case_id", "series"]], on="case_id")
        screening = "screened" if screen else "unscreened"
        freeze = rows["freeze"].iloc[0]
        found.append(Case(f"{kind}, {variant}, {screening}", options(kind, screen=screen, freeze=freeze), rows, own))
    return tuple(found)


def _subgrouped(data: pd.DataFrame) -> pd.DataFrame:
    """One row per dataset and point: the mean, standard deviation and size of its values, and n."""
    data = data.sort_values(["dataset", "i", "obs"], kind="stable", ignore_index=True)
    first = np.flatnonzero(~data.duplicated(["dataset", "i"]).to_numpy())
    mean, deviation, size = subgroups(data["y"].to_numpy(float), first)
    own = data.iloc[first][["dataset", "i", "n"]].reset_index(drop=True)
    return own.assign(mean=mean, deviation=deviation, size=size)


def charted(case: Case) -> Chart:
    """All series of the case, in one call."""
    rows, form = case.rows, case.options.chart.form
    return chart(
        rows["top"].to_numpy(float),
        case.starts,
        options=case.options,
        better=1,
        denominators=rows["n"].to_numpy(float) if form != "value" else None,
        deviations=rows["deviation"].to_numpy(float) if form == "subgroups" else None,
        phase_starts=case.phase_starts,
        ghosted=rows["ghosted"].to_numpy(bool),
    )


def compare(case: Case) -> Compared:
    """Values, lines, points beyond the limits, and the run analysis of every part."""
    ours, rows = charted(case), case.rows
    result = Compared(case.starts.size, case.phase_starts.size, len(rows))
    _lines(result, case, "y", ours.values)
    for theirs, name in LINES.items():
        _lines(result, case, theirs, getattr(ours, name))
    y = rows["y"].to_numpy(float)
    near = np.zeros(len(rows), bool)
    for theirs in ("lcl", "ucl"):
        line = rows[theirs].to_numpy(float)
        # Equal to the last digit (both at the ceiling, or the same mean) is no tie but equality.
        near |= (np.abs(y - line) <= TIE * np.abs(line)) & (y != line)
    told = rows["sigma_signal"].astype(str).str.upper().eq("TRUE").to_numpy()
    result.ties += int(near.sum())
    result.flags += int((~near).sum())
    bad = np.flatnonzero((ours.beyond != told) & ~near)
    result.wrong += [f"{case.name}: sigma_signal of row {row}" for row in bad]
    _runs(result, case, ours)
    return result


def _lines(result: Compared, case: Case, theirs: str, ours: np.ndarray) -> None:
    wanted = case.rows[theirs].to_numpy(float)
    both = ~np.isnan(wanted)
    result.lines += len(wanted)
    gap = np.abs(ours[both] - wanted[both]) / np.where(wanted[both] == 0, 1, np.abs(wanted[both]))
    result.largest = max(result.largest, float(np.nanmax(gap, initial=0.0)))
    bad = np.flatnonzero(both)[~(gap <= 1e-9)]
    bad = np.concatenate((bad, np.flatnonzero(np.isnan(wanted) & ~np.isnan(ours))))
    result.wrong += [f"{case.name}: {theirs} of row {row}: {ours[row]} {wanted[row]}" for row in bad]


def _runs(result: Compared, case: Case, ours: Chart) -> None:
    own = case.rows.iloc[case.phase_starts][["series", "part"]]
    expected = own.merge(case.runs, on=["series", "part"], how="left", validate="one_to_one")
    found = ours.runs()
    signal = expected["runs_signal"].astype(str).str.upper().eq("TRUE").to_numpy()
    pairs = [(name, getattr(found, ours), expected[name].fillna(-1).to_numpy()) for name, ours in RUNS.items()]
    for name, mine, theirs in [*pairs, ("runs_signal", found.signal, signal)]:
        result.runs += len(theirs)
        if name == "n_useful":
            theirs = np.where(theirs < 0, 0, theirs)
        bad = np.flatnonzero(mine != theirs)
        result.wrong += [f"{case.name}: {name} of part {place}: {mine[place]} {theirs[place]}" for place in bad]
