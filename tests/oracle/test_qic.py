"""qicharts2 0.8.1: every kind of chart, every variant, through the engine and through the command line."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli import main
from tests.oracle import qic

CASES = {case.name: case for case in (*qic.synthetic_cases(), *qic.ae_cases())}


@pytest.mark.parametrize("name", CASES)
def test_values_lines_flags_and_runs_are_the_programs(name):
    found = qic.compare(CASES[name])
    assert found.wrong == []
    assert found.ties <= 0.01 * found.rows
    assert found.largest < 1e-11


def test_every_published_chart_and_part_was_compared():
    kinds = {case.options.kind for case in CASES.values()}
    assert kinds == {"run", "xmr", "mr", "p", "pp", "c", "u", "up", "g", "t", "xbar", "s"}
    total = qic.Compared()
    for case in CASES.values():
        total += qic.compare(case)
    published = pd.read_csv(qic.DATA / "qic_synthetic_summary.csv"), pd.read_csv(qic.DATA / "qic_ae_summary.csv.gz")
    assert total.parts == sum(map(len, published))
    assert total.rows > 80_000
    assert total.lines == 6 * total.rows


def table(case: qic.Case) -> pd.DataFrame:
    """The case as a file of the command line, its rows shuffled."""
    rows, form = case.rows, case.options.chart.form
    day = pd.Timestamp("2001-01-01")
    base = pd.DataFrame(
        {
            "series": rows["series"],
            "period": [(day + pd.Timedelta(days=int(i))).date().isoformat() for i in rows["i"]],
            "phase": rows["part"],
            "ghosted": np.where(rows["ghosted"], "true", "false"),
            "row": np.arange(len(rows)),
        }
    )
    if form == "ratio":
        base["numerator"], base["denominator"] = rows["top"], rows["n"]
    elif form == "subgroups":
        data = pd.read_csv(qic.DATA / "synthetic_charts.csv")
        base = base.assign(dataset=rows["dataset"], i=rows["i"]).merge(data[["dataset", "i", "y"]], on=["dataset", "i"])
        base = base.rename(columns={"y": "value"})
    else:
        base["value"] = rows["top"]
    return base.sample(frac=1, random_state=3)


@pytest.mark.parametrize("name", [n for n in CASES if "A&E" not in n or "c, base" in n])
def test_the_command_gives_the_same(name):
    case = CASES[name]
    options, given = case.options, table(CASES[name])
    words = [
        "--kind",
        options.kind,
        "--rules",
        "anhoej",
        "--peer",
        "qic",
        "--screen" if options.screen else "--no-screen",
    ]
    words += ["--baseline", str(options.baseline)] if options.baseline else []
    done = CliRunner().invoke(main, ["spc", "-", *words], input=given.to_csv(index=False))
    assert done.exit_code == 0, done.stderr
    out = pd.read_csv(io.StringIO(done.stdout))
    assert (out["row"].to_numpy() == given["row"].to_numpy()).all()
    ours = qic.charted(case)
    for column in ("centre", "lower", "upper", "near_lower", "near_upper", "sigma"):
        wanted = getattr(ours, column)[out["row"]]
        np.testing.assert_allclose(out[column].to_numpy(float), wanted, rtol=1e-12, err_msg=column)
    assert (out["beyond"].to_numpy(bool) == ours.beyond[out["row"]]).all()
    plotted = out["plotted"] if "plotted" in out else out["value"]
    np.testing.assert_allclose(plotted.to_numpy(float), ours.values[out["row"]], rtol=1e-12)
    part = np.searchsorted(case.phase_starts, out["row"].to_numpy(), side="right") - 1
    assert (out["longest_run"].fillna(-1).to_numpy() == ours.runs().longest_run[part]).all()
    assert (out["runs_signal"].to_numpy(bool) == ours.runs().signal[part]).all()
