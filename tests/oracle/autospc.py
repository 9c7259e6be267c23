"""autospc 0.0.0.9051, the Stable Shift Algorithm: its tables, read and set beside our proposals.

Its cases with the same settings are one call of ours. Its proportions are percentages; ours are fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from measures import panel
from measures.spc.stable_shift import PERIOD_TYPES, Proposals, StableShift, propose
from tests.oracle.ptd import DATA

CHARTS = {"XMR": "xmr", "C": "c", "C'": "cp", "P": "p", "P'": "pp"}
SETTINGS = {
    "period_min": "period_min",
    "baseline_length": "baseline_length",
    "shift_rule_threshold": "shift",
    "no_regrets": "no_regrets",
    "overhanging_reversions": "overhanging_reversions",
    "establish_every_shift": "establish_every_shift",
    "baseline_only": "baseline_only",
    "max_exclusions": "max_exclusions",
    "mr_screen_max_loops": "screen_passes",
}
LINES = {"cl": "centre", "lcl": "lower", "ucl": "upper"}
FLAGS = {"excluded": "excluded", "rule1": "beyond", "rule2": "shift"}


@dataclass(frozen=True)
class Group:
    """All cases of one kind of data with the same settings; ``points`` are the program's rows, case after case."""

    name: str
    options: StableShift
    cases: pd.DataFrame
    points: pd.DataFrame
    starts: np.ndarray
    values: np.ndarray
    denominators: np.ndarray | None

    def propose(self) -> Proposals:
        return propose(self.values, self.starts, denominators=self.denominators, options=self.options)


@dataclass
class Compared:
    """How much was compared, the largest relative difference of a line, and what differs."""

    cases: int = 0
    series: int = 0
    points: int = 0
    breaks: int = 0
    values: int = 0
    largest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def check(self, what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
        """Count them, and name ``what`` differs."""
        self.values += len(theirs)
        bad = np.flatnonzero(np.asarray(ours) != np.asarray(theirs))
        if bad.size:
            self.wrong.append(f"{what}: {bad.size} differ, the first at {bad[0]}")

    def check_line(self, what: str, ours: np.ndarray, theirs: np.ndarray) -> None:
        """The same for figures, equal within 1e-9, relative."""
        apart = np.abs(ours - theirs)
        relative = np.divide(apart, np.abs(theirs), out=apart.copy(), where=theirs != 0)
        self.largest = max(self.largest, float(relative.max(initial=0.0)))
        self.check(what, relative <= 1e-9, np.ones(len(theirs), bool))

    def __iadd__(self, other: Compared) -> Compared:
        for name in ("cases", "points", "breaks", "values", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.series = max(self.series, other.series)
        self.largest = max(self.largest, other.largest)
        return self


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False)


def _numbers(cells: pd.Series) -> np.ndarray:
    return np.array([float(cell) if cell else np.nan for cell in cells])


def _option(cell: str) -> object:
    return {"": None, "TRUE": True, "FALSE": False}[cell] if cell in ("", "TRUE", "FALSE") else int(cell)


@cache
def inputs(data: str) -> pd.DataFrame:
    """What went into the program: series, x, y and n; of A&E those within four hours, and all."""
    if data == "steps":
        table = _read("synthetic_steps.csv")
        table["series"] = "syn" + table["series"]
    else:
        table = _read("ae_attendances.csv").rename(columns={"org_code": "series", "period": "x", "attendances": "n"})
        table = table[table["type"] == "1"]
        table["y"] = table["n"].astype(float) - table["breaches"].astype(float)
    return table[["series", "x", "y", "n"]].astype({"y": float, "n": float})


@cache
def groups() -> tuple[Group, ...]:
    """Every case of the program, by kind of data and settings."""
    found = []
    for data in ("ae", "steps"):
        cases, points = _read(f"autospc_{data}_cases.csv"), _read(f"autospc_{data}_points.csv.gz")
        cases["series"] = [name.split(":")[1 if data == "ae" else 0] for name in cases["case_id"]]
        for keys, mine in cases.groupby(["chart", *SETTINGS], sort=False):
            options = StableShift(CHARTS[keys[0]], **{SETTINGS[k]: _option(v) for k, v in zip(SETTINGS, keys[1:])})
            rows = mine[["case_id", "series"]].merge(points, on="case_id", validate="one_to_many")
            rows = rows.merge(inputs(data), on=["series", "x"], suffixes=("", "_in"), how="left")
            name = f"{data} {options.chart}, {mine['case_id'].iloc[0].split(':')[-1]}"
            starts = panel.first_rows(pd.factorize(rows["case_id"])[0])
            found.append(Group(name, options, mine, rows, starts, *_values(rows, data, options)))
    return tuple(found)


def _values(rows: pd.DataFrame, data: str, options: StableShift) -> tuple[np.ndarray, np.ndarray | None]:
    """Values and denominators; the program rounds what must be a count."""
    y, n = rows["y_in"].to_numpy(float), rows["n"].to_numpy(float)
    if options.formulas.counts:
        y = np.rint(y)
    if options.formulas.proportion:
        return y, n
    return (n if data == "ae" else y), None


def compare(group: Group) -> Compared:
    """Every break, line and flag of every case of ``group``."""
    found, rows = group.propose(), group.points
    scale = 100.0 if group.options.formulas.proportion else 1.0
    result = Compared(len(group.cases), group.cases["series"].nunique(), len(rows))
    shown = group.values if group.denominators is None else scale * group.values / group.denominators
    result.check_line("what is plotted", shown, _numbers(rows["y"]))
    expected = [
        start + int(index) - 1
        for start, cell in zip(group.starts, group.cases["breaks_at_index"])
        for index in cell.split()
    ]
    result.breaks = len(expected)
    result.values += len(expected)
    if found.breaks.row.tolist() != expected:
        result.wrong.append(f"breaks at {found.breaks.row.tolist()}, theirs at {expected}")
    result.check("limits", found.period[group.starts] > 0, (group.cases["limits"] == "TRUE").to_numpy())
    for theirs, ours in LINES.items():
        result.check_line(theirs, scale * getattr(found, ours), _numbers(rows[theirs]))
    for theirs, ours in FLAGS.items():
        result.check(theirs, getattr(found, ours), (rows[theirs] == "TRUE").to_numpy())
    result.check("above_or_below", found.side, rows["above_or_below"].astype(int).to_numpy())
    result.check("period_type", np.array(PERIOD_TYPES)[found.period_type], rows["period_type"].to_numpy())
    result.wrong = [f"{group.name}: {text}" for text in result.wrong]
    return result


def compare_all() -> Compared:
    """All of it, for a page of counts: ``series`` is how many series the cases are about."""
    total = Compared()
    for group in groups():
        total += compare(group)
    total.series = len({(group.name.split()[0], name) for group in groups() for name in group.cases["series"]})
    return total
