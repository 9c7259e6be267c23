"""Write docs/oracle.md and the counts in docs/deviations.md: ``python -m tests.oracle.report``."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from measures import panel
from tests.oracle import autospc, funnel, ptd, qic

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN, END = "<!-- counts: made by python -m tests.oracle.report -->", "<!-- end of counts -->"
DIFFERENCE = re.compile(r"\d\.\d+e-\d+")

TOP = """\
# Our numbers beside the reference programs'

Every number below was compared in the tests (`tests/oracle`), with the option that selects the program's own
treatment. Agreement shows that two programs do the same thing, not that the thing is right; where we choose
otherwise, `deviations.md` says so. This page is made by `python -m tests.oracle.report`.

The data: A&E attendances and emergency admissions, NHS England statistics, Open Government Licence v3.0; the edge
and synthetic series were made for the purpose.

## NHSRplotthedots 0.2.2 (`--peer ptd`)

Limits are centre, lower and upper; equal means within 1e-9, relative. Flags are outside the limits, close to the
limits, and the rule that names the point. Causes and verdicts (variation, assurance) are for all three directions of
improvement. A tie is a row where a comparison is within 1e-9 of equality: its limits are compared, its flags are not,
unless the whole series is constant.

| setting | series | phases | rows | limits | flags | causes | verdicts | ties | differ | largest difference |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""

QIC = """\

## qicharts2 0.8.1 (`--peer qic`)

Lines are the plotted value, the centre, both limits and both warning lines; flags are the points outside the limits;
runs are the useful points, the longest run and its limit, the crossings and theirs, and the signal, of every part.

| setting | series | parts | rows | lines | flags | runs | ties | differ | largest difference |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""

AUTOSPC = """\

## autospc 0.0.0.9051 (`rebase`)

The Stable Shift Algorithm: values are the breaks, every point's centre and limits, its period, both rules, its side
and whether it was left out.

| chart and setting | cases | series | points | breaks | values | differ | largest difference |
|---|--:|--:|--:|--:|--:|--:|--:|"""

FUNNEL = """\

## FunnelPlotR 0.3.9999 (`funnel`)

Figures are phi, tau², the centre and every site's rate and z; limits those of every site, unadjusted and
over-dispersed; the grid is that of its curves; flags are outliers and sites truncated or winsorised. Our default
differs in eleven lower limits that an angle below 0 makes (`deviations.md`).

| setting | cases | sites | figures | limits | grid | flags | differ | largest difference |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def tally(case: ptd.Case) -> ptd.Tally:
    """Everything that is compared for one setting."""
    found = ptd.compare(case)
    found += ptd.verdict_tally(case)
    return found


def oracle_page() -> str:
    """The text of docs/oracle.md."""
    rows, total = [], ptd.Tally()
    for case in ptd.cases() + ptd.edge_cases():
        found = tally(case)
        rows.append(_row(case.name, found))
        total += found
    rows.append(_row("**all**", total))
    return TOP + "\n".join(rows) + "\n" + _qic_section() + _autospc_section() + _funnel_section()


def _qic_section() -> str:
    """qicharts2: one row per setting, the synthetic ones before the A&E ones."""
    rows, total = [QIC], qic.Compared()
    for case in (*qic.synthetic_cases(), *qic.ae_cases()):
        found = qic.compare(case)
        rows.append(_qic_row(case.name, found))
        total += found
    return "\n".join([*rows, _qic_row("**all**", total), ""])


def _autospc_section() -> str:
    """autospc: one row per chart and setting."""
    rows, total = [AUTOSPC], autospc.Compared()
    for group in autospc.groups():
        found = autospc.compare(group)
        found.series = group.cases["series"].nunique()
        rows.append(_autospc_row(group.name, found))
        total += found
    total.series = autospc.compare_all().series
    return "\n".join([*rows, _autospc_row("**all**", total), ""])


def _autospc_row(name: str, t: autospc.Compared) -> str:
    counts = (t.cases, t.series, t.points, t.breaks, t.values, len(t.wrong))
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + f" | {t.largest:.1e} |"


def _funnel_section() -> str:
    """FunnelPlotR: its own treatment, then our default where it means to be equal."""
    own, default = funnel.compare_all(), funnel.Tally()
    for case in funnel.cases():
        if case.adjusted or case.kind == "ratio":
            default += funnel.compare_default(case)
    named = (("`--peer funnelplotr`, everything", own), ("our default, over-dispersed and ratios", default))
    rows = [FUNNEL]
    for name, t in named:
        counts = (t.cases, t.sites, t.figures, t.limits, t.grid, t.flags, len(t.wrong))
        rows.append(f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + f" | {t.largest:.1e} |")
    return "\n".join([*rows, ""])


def _qic_row(name: str, t: qic.Compared) -> str:
    counts = (t.series, t.parts, t.rows, t.lines, t.flags, t.runs, t.ties, len(t.wrong))
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + f" | {t.largest:.1e} |"


def _row(name: str, t: ptd.Tally) -> str:
    counts = (t.series, t.phases, t.rows, t.limits, t.flags, t.causes, t.verdicts, t.ties, len(t.wrong))
    return f"| {name} | " + " | ".join(f"{count:,}" for count in counts) + f" | {t.largest:.1e} |"


def deviation_counts() -> str:
    """The table in docs/deviations.md: series with a degenerate phase, by setting."""
    lines = [
        "| setting | series | constant | collapsed | one point | any of them |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for case in ptd.cases() + ptd.edge_cases():
        reasons = ptd.degenerate(case)
        series = panel.segment_of(case.phase_starts, case.starts)
        counts = [len(np.unique(series[mask])) for mask in reasons.values()]
        every = len(np.unique(series[np.logical_or.reduce(list(reasons.values()))]))
        lines.append(f"| {case.name} | {len(case.starts)} | " + " | ".join(map(str, [*counts, every])) + " |")
    case = ptd.cases()[0]
    named = []
    for reason, mask in ptd.degenerate(case).items():
        if mask.any():
            at = case.frame.iloc[case.phase_starts[mask]]
            named.append(f"{reason}: " + ", ".join(f"{org} {kind}" for org, kind in zip(at["org"], at["type"])))
    return "\n".join([*lines, "", f"By name, for “{case.name}”: " + "; ".join(named) + ".", ""])


def deviations_page() -> str:
    """docs/deviations.md with its counts made anew."""
    text = (DOCS / "deviations.md").read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n" + deviation_counts() + END + rest.split(END)[1]


def main() -> None:
    """Write both pages."""
    (DOCS / "oracle.md").write_text(oracle_page(), encoding="utf-8", newline="\n")
    (DOCS / "deviations.md").write_text(deviations_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
