"""Every break, limit and flag of autospc's tables, from Python and through the command."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli.rebase import rebase
from measures.spc.stable_shift import StableShift
from tests.oracle import autospc

GROUPS = autospc.groups()


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_everything_is_equal(group):
    found = autospc.compare(group)
    print(f"{group.name}: {found.values} values, {found.breaks} breaks, largest difference {found.largest:.1e}")
    assert found.wrong == []
    assert found.points == len(group.values)


def test_every_case_is_compared_and_there_is_something_to_find():
    found = autospc.compare_all()
    assert (found.cases, found.series, found.points, found.breaks) == (509, 83, 22076, 209)
    assert found.values == 9 * found.points + found.breaks + found.cases


def test_a_comparison_does_see_what_differs():
    group = next(group for group in GROUPS if group.name == "steps xmr, default")
    rows = group.points.copy()
    rows.loc[0, "cl"] = str(float(rows.loc[0, "cl"]) * (1 + 1e-8))
    rows.loc[1, "rule2"] = "TRUE"
    cases = group.cases.assign(breaks_at_index="9")
    changed = autospc.Group(group.name, group.options, cases, rows, group.starts, group.values, None)
    wrong = autospc.compare(changed).wrong
    assert [text.split(":")[1].split(" ")[1] for text in wrong] == ["breaks", "cl", "rule2"]


def options_of(settings: StableShift) -> list[str]:
    given = ["--kind", settings.chart, "--period-min", str(settings.period_min), "--shift", str(settings.shift)]
    given += ["--max-exclusions", str(settings.max_exclusions)]
    given += ["--no-regrets" if settings.no_regrets else "--regrets"]
    given += ["--overhanging" if settings.overhanging_reversions else "--no-overhanging"]
    return given + ["--every-shift"] * settings.establish_every_shift


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_through_the_command_line(group):
    frame = group.points[["series", "x"]].rename(columns={"x": "period"})
    if group.name.startswith("steps"):
        frame["period"] = (pd.Timestamp("2001-01-01") + pd.to_timedelta(frame["period"].astype(int), "D")).astype(str)
    frame = frame.assign(**{"numerator" if group.options.formulas.proportion else "value": group.values})
    if group.denominators is not None:
        frame["denominator"] = group.denominators
    expected = [
        (name, frame["period"][start + int(index) - 1])
        for start, name, cell in zip(group.starts, group.cases["series"], group.cases["breaks_at_index"])
        for index in cell.split()
    ]
    text = frame.sample(frac=1, random_state=1).to_csv(index=False)
    done = CliRunner().invoke(rebase, ["-", *options_of(group.options)], input=text)
    assert (done.exit_code, done.stderr) == (0, "")
    out = pd.read_csv(io.StringIO(done.stdout), dtype=str)
    assert sorted(zip(out["series"], out["period"])) == sorted(expected)
    assert set(out["trial"]) <= {"true" if group.options.period_min < 21 else "false"}
