"""NHSRplotthedots 0.2.2: its tables, read and set beside ours.

Each ``Case`` is one setting (baseline, rebase, screening) over all its series. ``compare`` counts what was
compared and lists what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from measures import panel
from measures.spc import Chart, Options, chart, rules, verdicts, zones

DATA = Path(__file__).parent / "data"
BETTER = {"increase": 1, "decrease": -1, "neutral": 0}
CAUSE = {
    "common_cause": "common",
    "special_cause_improvement": "improvement",
    "special_cause_concern": "concern",
    "special_cause_neutral_high": "high",
    "special_cause_neutral_low": "low",
}
ASSURANCE = {"consistent_pass": "reliable", "consistent_fail": "not-yet", "inconsistent": "hit-and-miss"}
LABELS = (
    (rules.BEYOND_ABOVE, "Above UCL"),
    (rules.BEYOND_BELOW, "Below LCL"),
    (rules.TREND_UP, "7 Point Trend (Increasing)"),
    (rules.TREND_DOWN, "7 Point Trend (Decreasing)"),
    (rules.TWO_ABOVE, "2 in 3 Above CL"),
    (rules.TWO_BELOW, "2 in 3 Below CL"),
    (rules.SHIFT_ABOVE, "7 Points Above CL"),
    (rules.SHIFT_BELOW, "7 Points Below CL"),
)


@dataclass(frozen=True)
class Case:
    """One setting: its rows, sorted by series and period, and where series and phases start."""

    name: str
    frame: pd.DataFrame
    starts: np.ndarray
    phase_starts: np.ndarray
    baseline: int | None
    screen: bool
    kept: np.ndarray
    """Rows whose flags are compared."""

    def chart(self, peer: str | None, better: int = 1) -> Chart:
        options = Options(baseline=self.baseline, screen=self.screen, peer=peer)
        values = self.frame["value"].to_numpy()
        return chart(values, self.starts, options=options, better=better, phase_starts=self.phase_starts)


@dataclass
class Tally:
    """What was compared, the largest relative difference of a limit, and what differs."""

    series: int = 0
    phases: int = 0
    rows: int = 0
    limits: int = 0
    flags: int = 0
    ties: int = 0
    causes: int = 0
    verdicts: int = 0
    largest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def check(self, what: str, ours: np.ndarray, theirs: np.ndarray) -> int:
        bad = int((np.asarray(ours) != np.asarray(theirs)).sum())
        if bad:
            self.wrong.append(f"{what}: {bad}")
        return len(ours)

    def __iadd__(self, other: Tally) -> Tally:
        for name in ("series", "phases", "rows", "limits", "flags", "ties", "causes", "verdicts", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.largest = max(self.largest, other.largest)
        return self


def _read(name: str) -> pd.DataFrame:
    frame = pd.read_csv(DATA / name, keep_default_na=False, dtype=str)
    for column in frame.columns.intersection(["value", "mean", "lpl", "upl"]):
        frame[column] = frame[column].replace("", "nan").to_numpy(dtype=object).astype(float)
    return frame


def _case(name: str, frame: pd.DataFrame, keys: list[str], baseline: int | None, screen: bool) -> Case:
    frame = frame.reset_index(drop=True)
    series = frame.groupby(keys, sort=False).ngroup().to_numpy()
    starts = panel.first_rows(series)
    assert len(starts) == series.max() + 1
    phase_starts = panel.stretches(frame["rebase_group"].to_numpy(), starts)
    kept = frame["near_tie"].to_numpy() != "TRUE" if "near_tie" in frame else np.ones(len(frame), bool)
    # Where a series is exactly constant even a tie must come out alike.
    flat = np.maximum.reduceat(frame["value"].to_numpy(), starts) == np.minimum.reduceat(
        frame["value"].to_numpy(), starts
    )
    kept = kept | np.repeat(flat, panel.lengths(starts, len(frame)))
    return Case(name, frame, starts, phase_starts, baseline, screen, kept)


@cache
def cases() -> tuple[Case, ...]:
    """The A&E settings: baseline none and 12, rebase none and 2018-04-01, screening on and off, two measures."""
    found = []
    for fix in ("0", "12"):
        for rebase in ("none", "20180401"):
            table = _read(f"ptd_points_fix{fix}_rebase{rebase}.csv.gz")
            for (measure, screen), rows in table.groupby(["measure", "screen"], sort=False):
                name = f"{measure}, baseline {fix if fix != '0' else 'all'}, rebase {rebase}, screening " + (
                    "on" if screen == "TRUE" else "off"
                )
                found.append(_case(name, rows, ["org", "type"], int(fix) or None, screen == "TRUE"))
    return tuple(found)


@cache
def edge_cases() -> tuple[Case, ...]:
    """Hand-made series, by variant; the rows of one direction (the limits are those of all)."""
    table = _read("ptd_edge_points.csv.gz")
    by = {direction: table[table["direction"] == direction] for direction in BETTER}
    table = by["increase"].copy()
    for direction, rows in by.items():
        assert (rows[["case", "variant", "i"]].to_numpy() == table[["case", "variant", "i"]].to_numpy()).all()
        table[f"point_type_{direction}"] = rows["point_type"].to_numpy()
    return tuple(
        _case(f"edge, {variant}", rows, ["case"], 12 if "fix12" in variant else None, "noscreen" not in variant)
        for variant, rows in table.groupby("variant", sort=False)
    )


def label(flags: np.ndarray) -> np.ndarray:
    """The reference's name for each point: the first rule of its order."""
    out = np.full(len(flags), "Common Cause", dtype=object)
    for bit, text in reversed(LABELS):
        out[(flags & bit) != 0] = text
    return out


def compare(case: Case, peer: str | None = "ptd", rows: np.ndarray | None = None) -> Tally:
    """Limits, flags and causes of one case, for all three directions; ``rows`` (bool) narrows it."""
    c, frame = case.chart(peer), case.frame
    rows = np.ones(len(frame), bool) if rows is None else rows
    flagged = rows & case.kept
    tally = Tally(len(case.starts), len(case.phase_starts), int(rows.sum()), ties=int((rows & ~case.kept).sum()))
    for ours, theirs in ((c.centre, "mean"), (c.lower, "lpl"), (c.upper, "upl")):
        a, b = ours[rows], frame[theirs].to_numpy()[rows]
        tally.limits += tally.check(f"{theirs} missing", np.isnan(a), np.isnan(b))
        both = ~np.isnan(a) & ~np.isnan(b)
        apart = np.abs(a[both] - b[both])
        relative = np.divide(apart, np.abs(b[both]), out=apart.copy(), where=b[both] != 0)
        tally.largest = max(tally.largest, relative.max(initial=0.0))
        tally.check(f"{theirs} apart", relative > 1e-9, np.zeros(both.sum(), bool))
    close = zones.sides(frame["value"].to_numpy(), c.near_upper, c.near_lower).astype(bool) & ~c.beyond
    for what, ours in (("outside_limits", c.beyond), ("close_to_limits", close)):
        tally.flags += tally.check(what, ours[flagged], (frame[what] == "TRUE").to_numpy()[flagged])
    tally.flags += tally.check(
        "special_cause_type", label(c.flags)[flagged], frame["special_cause_type"].to_numpy()[flagged]
    )
    for direction, better in BETTER.items():
        column = f"point_type_{direction}"
        if column in frame:
            expected = frame[column].map(CAUSE).to_numpy()
            ours = case.chart(peer, better).cause_names()
            tally.causes += tally.check(column, ours[flagged], expected[flagged])
    tally.wrong = [f"{case.name}: {text}" for text in tally.wrong]
    return tally


def verdicts_of(case: Case, peer: str | None, better: int, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Our variation and assurance per phase, as the reference's words; ``target`` per phase."""
    c = case.chart(peer, better)
    last = panel.last_rows(case.phase_starts, len(case.frame))
    codes = verdicts.variation(c.flags[last], better, peer == "ptd" or ~np.isnan(c.sigma[last]))
    words = np.array([str(v) for v in verdicts.VARIATIONS], dtype=object)[codes]
    mine = verdicts.assurance(c.lower[last], c.upper[last], target, better, peer)
    return words, np.array([str(a) for a in verdicts.ASSURANCES], dtype=object)[mine]


VARIATION = {
    "common_cause": {"common"},
    "special_cause_improvement": {"improvement-up", "improvement-down"},
    "special_cause_concern": {"concern-up", "concern-down"},
    "special_cause_neutral_high": {"neither-up"},
    "special_cause_neutral_low": {"neither-down"},
}


def compare_verdicts(
    case: Case, summary: pd.DataFrame, keys: list[str], peer: str | None = "ptd", skip: np.ndarray | None = None
) -> Tally:
    """Variation of every phase, assurance of every series' latest phase, for all three directions.

    ``summary`` rows of this case; ``keys`` name a series in both tables; ``skip`` (phases,) leaves out."""
    tally = Tally()
    own = case.frame.iloc[case.phase_starts]
    index = [tuple(x) for x in own[[*keys, "rebase_group"]].to_numpy()]
    use = np.ones(len(index), bool) if skip is None else ~skip
    for direction, better in BETTER.items():
        rows = summary[summary["direction"] == direction].set_index([*keys, "rebase_group"])
        rows = rows.reindex(index)
        goal = pd.to_numeric(rows["target"]).to_numpy(dtype=float)
        words, assured = verdicts_of(case, peer, better, goal)
        right = np.array([word in VARIATION[v] for word, v in zip(words, rows["variation_type"])])
        tally.verdicts += tally.check(f"{direction} variation", right[use], np.ones(use.sum(), bool))
        latest = np.append(np.diff(panel.segment_of(case.phase_starts, case.starts)) > 0, True)
        expected = rows["assurance_type"].map(ASSURANCE).fillna("no-target").to_numpy()
        both = latest & use
        tally.verdicts += tally.check(f"{direction} assurance", assured[both], expected[both])
        if "chart_variation_icon" in rows:
            icon = rows["chart_variation_icon"].to_numpy()[both]
            right = np.array([word in VARIATION[v] for word, v in zip(words[both], icon)])
            tally.verdicts += tally.check(f"{direction} icon", right, np.ones(both.sum(), bool))
    tally.wrong = [f"{case.name}: {text}" for text in tally.wrong]
    return tally


@cache
def _summaries() -> tuple[pd.DataFrame, pd.DataFrame]:
    return _read("ptd_summary.csv.gz"), _read("ptd_edge_summary.csv.gz")


def verdict_tally(case: Case, peer: str | None = "ptd", skip: np.ndarray | None = None) -> Tally:
    """``compare_verdicts`` with the summary rows that belong to ``case``."""
    summary, edge = _summaries()
    first = case.frame.iloc[0]
    if "variant" in case.frame:
        rows = edge[edge["variant"] == first["variant"]]
        return compare_verdicts(case, rows, ["case"], peer, skip)
    setting = ["measure", "fix", "rebase", "screen"]
    same = (summary[setting] == first[setting]).all(axis=1)
    return compare_verdicts(case, summary[same], ["org", "type"], peer, skip)


def degenerate(case: Case) -> dict[str, np.ndarray]:
    """Phases (bool) where our default differs from the reference, by reason; from the values alone.
    A constant phase differs in its limits only where screening is on, else only in its assurance."""
    values, n = case.frame["value"].to_numpy(), len(case.frame)
    ends = panel.stops(case.phase_starts, n)
    reasons = {name: np.zeros(len(ends), bool) for name in ("constant", "collapsed", "one point")}
    for k, (first, stop) in enumerate(zip(case.phase_starts, ends)):
        base = values[first : min(stop, first + case.baseline) if case.baseline else stop]
        ranges = np.abs(np.diff(base))
        ranges = ranges[~np.isnan(ranges)]
        if not ranges.size:
            reasons["one point"][k] = True
        else:
            kept = ranges[ranges < 3.267 * ranges.mean()]
            reasons["constant"][k] = not ranges.any()
            reasons["collapsed"][k] = case.screen and ranges.any() and not kept.any()
    return reasons
