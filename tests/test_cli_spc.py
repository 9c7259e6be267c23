"""``python -m measures spc``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import io
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli import main

HEAD = "series,period,value\n"
RESULTS = [
    *("phase", "ghosted", "centre", "lower", "upper", "near_lower", "near_upper", "sigma", "rules", "cause"),
    *("target", "beyond", "shift", "trend", "two_of_three", "variation", "assurance"),
    *("runs_signal", "longest_run", "longest_run_max", "crossings", "crossings_min"),
]


def spc(text, *options):
    return CliRunner().invoke(main, ["spc", "-", *options], input=text)


def table(done):
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def months(series, values, column="value"):
    dates = pd.date_range("2020-01-01", periods=len(values), freq="MS").strftime("%Y-%m-%d")
    return pd.DataFrame({"series": series, "period": dates, column: values})


def test_rows_come_back_in_their_order_with_the_results_beside_them():
    done = spc(HEAD + "B,2020-02-01,3\nA,2020-02-01,5\nB,2020-01-01,1\nA,2020-01-01,4\nA,2020-03-01,6\n")
    out = table(done)
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(out.columns) == ["series", "period", "value", *RESULTS]
    assert out["centre"].tolist() == ["2", "5", "2", "5", "5"]
    assert set(out["beyond"]) == {"false"}
    assert set(out["assurance"]) == {"no-target"}


def test_bad_rows_are_named_and_the_good_ones_answered():
    rows = [
        "A,2020-01-01,4",
        "A,2020-02-01,many",
        "A,2020-02-30,5",
        "A,2020-03-01,5",
        "A,2020-03-01,6",
        ",2020-04-01,1",
    ]
    done = spc(HEAD + "\n".join([*rows, "A,2020-05-01,1e999", "A,2020-06-01,"]) + "\n")
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["row 3", "row 4", "row 6", "row 7", "row 8"]
    out = table(done)
    assert (out["centre"] == "").tolist() == [False, True, True, False, True, True, True, False]
    assert out.loc[1, "value"] == "many"
    assert out.loc[7, "cause"] == "common"


def test_a_ratio_and_its_refusals():
    done = spc(
        "series,period,numerator,denominator\nA,2020-01-01,1,4\nA,2020-02-01,1,0\nA,2020-03-01,3,4\nA,2020-04-01,1,-2\n"
    )
    assert done.exit_code == 1
    assert done.stderr.splitlines() == ["row 3: denominator is zero.", "row 5: denominator '-2' is below zero."]
    assert table(done)["value"].tolist() == ["0.25", "", "0.75", ""]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", (), "is empty"),
        ("series,value\nA,1\n", (), "no column period"),
        ("series,period,numerator\nA,2020-01-01,1\n", (), "no column denominator"),
        ("series,series,period,value\nA,A,2020-01-01,1\n", (), "more than one column called series"),
        (HEAD + "A,2020-01-01\n", (), "not a well-formed CSV"),
        (HEAD, ("--rebase", "soon"), "'soon' is not a date"),
        (HEAD, ("--baseline", "0"), "--baseline"),
        (HEAD, ("--kind", "pie"), "--kind"),
        (HEAD, ("--peer", "excel"), "--peer"),
    ],
)
def test_wrong_usage_is_said(text, options, says):
    done = spc(text, *options)
    assert done.exit_code == 2
    assert says in done.stderr


def test_a_header_without_rows():
    done = spc(HEAD)
    assert done.exit_code == 0
    assert "no rows" in done.stderr
    assert list(table(done).columns) == ["series", "period", "value", *RESULTS]


def test_rebase_and_phase_start_phases():
    frame = months("A", [1, 2, 1, 2, 11, 12, 11, 12]).drop(index=4)
    text = frame.to_csv(index=False)
    out = table(spc(text, "--rebase", "2020-05-01"))
    assert out["phase"].tolist() == ["1"] * 4 + ["2"] * 3
    assert set(table(spc(text, "--rebase", "2020-05-01", "--peer", "ptd"))["phase"]) == {"1"}
    labelled = frame.assign(phase=["before"] * 4 + ["after"] * 3).to_csv(index=False)
    given = table(spc(labelled))
    assert given["phase"].tolist() == ["before"] * 4 + ["after"] * 3
    assert given["centre"].tolist() == out["centre"].tolist()
    assert (out["assurance"] == "").tolist() == [True] * 4 + [False] * 3


def test_ghosted_target_and_better_are_read():
    frame = months("A", [4, 6, 5, 7, 99, 3, 6, 4]).assign(ghosted=["", "no", "0", "", "TRUE", "", "", ""])
    frame["target"] = ["", *["20"] * 7]
    out = table(spc(frame.to_csv(index=False), "--better", "down", "--target", "1"))
    assert out["centre"].tolist() == ["5"] * 8
    assert out["cause"].tolist() == ["common"] * 4 + ["concern"] + ["common"] * 3
    assert out["target"].tolist() == ["", *["20"] * 7]
    assert set(out["assurance"]) == {"reliable"}
    assert spc(frame.assign(ghosted="perhaps").to_csv(index=False)).exit_code == 1


def test_rules_are_named_and_flags_agree():
    out = table(spc(months("A", [4, 5] * 6 + [5, 6, 7, 8, 9, 10, 11]).to_csv(index=False), "--baseline", "12"))
    assert out["rules"].iloc[-1] == "beyond shift trend"
    for rule in ("beyond", "shift", "trend", "two_of_three"):
        assert (out[rule] == "true").tolist() == [rule in text.split() for text in out["rules"]]
    assert set(out["variation"]) == {"improvement-up"}
    assert set(out["runs_signal"]) == {"true"} or set(out["runs_signal"]) == {"false"}


def test_the_output_can_be_read_again():
    first = spc(months("A, the first", [4, 6, 5, 7]).to_csv(index=False))
    again = spc(first.stdout)
    assert again.exit_code == 0
    assert table(again)[RESULTS].equals(table(first)[RESULTS])


def test_the_module_runs_and_writes_a_file(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\ufeff" + HEAD + "Å,2020-01,4\r\nÅ,2020-02,5\r\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "measures", "spc", str(source), "-o", str(out)], check=False)
    assert done.returncode == 0
    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("Å,2020-01,4,1,false,4.5,")
