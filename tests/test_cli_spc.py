"""``python -m measures spc``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import io
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli import main
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from tests.spc import plain

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


@pytest.mark.parametrize(
    ("text", "options", "code", "says"),
    [
        (HEAD + "A,2020-01,4\nA,2020-02,x\n", [], 1, "row 3: value 'x' is not a number."),
        (HEAD, ["--kind", "none"], 2, "is not one of"),
        ("", [], 2, "standard input is empty"),
    ],
)
def test_the_module_ends_with_the_code_of_the_contract(text, options, code, says):
    command = [sys.executable, "-m", "measures", "spc", "-", *options]
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    assert done.returncode == code
    assert says in done.stderr


def test_all_of_a_long_answer_goes_through_a_pipe():
    text = HEAD + "".join(f"S{i // 12},{2020 + i % 12 // 12}-{i % 12 + 1:02},{i % 7}\n" for i in range(60_000))
    command = [sys.executable, "-m", "measures", "spc", "-"]
    done = subprocess.run(command, input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 60_001
    assert done.stdout.endswith("\n")


# --------------------------------------------------------------------------------- every kind, in and out

COUNTS = [4, 6, 5, 7, 3, 6, 4, 9, 5, 6, 4, 15]
UNDER = [10, 12, 9, 11, 10, 14, 9, 12, 10, 11, 9, 16]
LINES = ("centre", "sigma", "lower", "upper", "near_lower", "near_upper")


def file_of(kind, top=COUNTS, under=UNDER):
    """A small file that the kind can chart: of subgroups two rows per period."""
    form = KINDS[kind].form
    frame = months("A", top)
    if form == "ratio":
        return frame.rename(columns={"value": "numerator"}).assign(denominator=under)
    if form == "subgroups":
        twice = frame.loc[np.repeat(frame.index, 2)].reset_index(drop=True)
        return twice.assign(value=twice["value"] + np.where(np.arange(len(twice)) % 2, 1, -1) * (twice["value"] % 3))
    return frame


def rows_of(kind, top=COUNTS, under=UNDER):
    """The same for plain."""
    form = KINDS[kind].form
    if form != "subgroups":
        pairs = zip(top, under, strict=True)
        return [plain.Row(float(y), float(n) if form == "ratio" else math.nan) for y, n in pairs]
    spread = [math.sqrt(2) * (y % 3) for y in top]
    return [plain.Row(s if kind == "s" else float(y), 2.0, s) for y, s in zip(top, spread, strict=True)]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_rule_set_from_file_to_file(kind, rules):
    frame = file_of(kind)
    done = spc(frame.to_csv(index=False), "--kind", kind, "--rules", rules, "--baseline", "10", "--better", "down")
    assert (done.exit_code, done.stderr) == (0, "")
    out, each = table(done), 2 if KINDS[kind].form == "subgroups" else 1
    own = "beyond" if kind == "mr" else rules
    constant = 2.66 if kind == "xmr" else 3 / 1.128
    found = plain.phase(plain.How(kind, own, 10, constant=constant), rows_of(kind))
    point = np.arange(len(out)) // each
    for name in LINES:
        wanted = np.array([getattr(lines, name) for lines in found.lines])[point]
        np.testing.assert_allclose(pd.to_numeric(out[name]), wanted, rtol=1e-9, atol=1e-12, err_msg=name)
    assert [set(text.split()) for text in out["rules"]] == [set(found.flags[i]) for i in point]
    better = 0 if kind in ("mr", "s") else -1
    assert out["cause"].tolist() == [plain.cause(own, found.flags[i], better) for i in point]
    for rule in ("beyond", "shift", "trend", "two_of_three"):
        assert (out[rule] == "true").tolist() == [rule in found.flags[i] for i in point]
    given = [name for name in frame.columns if name not in ("value",)]
    assert out[given].equals(frame[given].astype(str))
    assert ("plotted" in out) == (kind in ("mr", "xbar", "s"))
    if "plotted" in out:
        drawn = np.array(found.plotted)[point]
        np.testing.assert_allclose(pd.to_numeric(out["plotted"]), drawn, rtol=1e-12)
    assert ("run_count" in out) == (rules == "ihi" and kind != "mr")


def test_the_third_rule_of_run_charts_has_its_columns():
    saw = months("A", [1, 9] * 8)
    still = months("B", [5] * 16)
    few = months("C", [1, 2, 3, 4, 5, 6, 7, 8, 9])
    done = spc(pd.concat([saw, still, few]).to_csv(index=False), "--kind", "run", "--rules", "ihi")
    out = table(done).groupby("series").first()
    names = ["run_count", "run_count_min", "run_count_max", "run_count_signal"]
    assert out.loc["A", names].tolist() == ["16", "5", "13", "true"]
    assert out.loc["B", names].tolist() == ["", "", "", "false"]
    assert out.loc["C", names].tolist() == ["", "", "", "false"]


@pytest.mark.parametrize(
    ("kind", "columns", "lacking", "wants"),
    [
        ("xmr", "series,value", "period", "series, period and value"),
        ("xmr", "series,period", "value", "series, period and value"),
        ("xmr", "series,period,numerator", "denominator", "series, period, numerator and denominator"),
        ("run", "period,value", "series", "series, period and value"),
        ("mr", "a,b", "period, series, value", "series, period and value"),
        *(
            (kind, "series,period,value", "denominator, numerator", "series, period, numerator and denominator")
            for kind in ("p", "pp", "u", "up")
        ),
        *(
            (kind, "series,period,numerator,denominator", "value", "series, period and value")
            for kind in ("c", "g", "t", "xbar", "s")
        ),
    ],
)
def test_a_missing_column_is_named_and_what_the_kind_needs(kind, columns, lacking, wants):
    done = spc(columns + "\n" + "1," * columns.count(",") + "1\n", "--kind", kind)
    assert done.exit_code == 2
    assert f"no column {lacking}; it has {columns.replace(',', ', ')}." in done.stderr
    assert f"{kind} chart needs {wants}." in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_alone_and_rows_that_are_all_refused(kind):
    frame = file_of(kind)
    done = spc(frame.head(0).to_csv(index=False), "--kind", kind)
    assert done.exit_code == 0
    assert "standard input has a header but no rows." in done.stderr
    assert len(table(done)) == 0
    done = spc(frame.assign(period="soon").to_csv(index=False), "--kind", kind, "--rules", "ihi")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == len(table(done)) == len(frame)
    assert set(table(done)["cause"]) == {""}


@pytest.mark.parametrize("kind", KINDS)
def test_one_row(kind):
    frame = file_of(kind)
    frame = frame[frame["period"] == frame["period"][0]]
    out = table(spc(frame.to_csv(index=False), "--kind", kind))
    moving = kind in ("xmr", "mr", "t", "pp", "up")
    assert set(out["variation"]) == {"not-enough" if moving else "common"}
    assert set(out["cause"]) == {"common"}


@pytest.mark.parametrize("column", ["value", "numerator", "denominator", "target"])
def test_text_where_a_number_should_be(column):
    kind = "p" if column in ("numerator", "denominator") else "xmr"
    frame = file_of(kind).assign(target="5").astype(str)
    for row, text in ((2, "12 beds"), (4, "0x10"), (6, "nan"), (7, "1,5"), (8, "١٢"), (9, "1e999")):
        frame.loc[row, column] = text
    done = spc(frame.to_csv(index=False), "--kind", kind)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"row 4: {column} '12 beds' is not a number.",
        f"row 6: {column} '0x10' is not a number.",
        f"row 8: {column} 'nan' is not a number.",
        f"row 9: {column} '1,5' is not a number.",
        f"row 10: {column} '١٢' is not a number.",
        f"row 11: {column} '1e999' is not a number.",
    ]
    out = table(done)
    assert (out["centre"] == "").tolist() == [i in (2, 4, 6, 7, 8, 9) for i in range(12)]
    assert out[column].tolist() == frame[column].tolist()


def test_numbers_in_every_spelling():
    out = table(spc(months("A", ["+5", "-.5", "5.", "1E1", " 7 ", "1e-400", "007"]).to_csv(index=False)))
    assert out["centre"].astype(float).tolist() == pytest.approx([(5 - 0.5 + 5 + 10 + 7 + 0 + 7) / 7] * 7)
    assert out["value"].tolist() == ["+5", "-.5", "5.", "1E1", " 7 ", "1e-400", "007"]


def test_figures_too_large_to_be_squared_are_refused():
    done = spc(months("A", [1, "1e308", 2, "-1e101", 3, "1e100"]).to_csv(index=False))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 3: value '1e308' is too large: at most 1e+100.",
        "row 5: value '-1e101' is too large: at most 1e+100.",
    ]
    rates = months("A", [1, 2, 3]).rename(columns={"value": "numerator"}).assign(denominator=["1e-320", "1e300", "2"])
    for kind in ("xmr", "up"):
        done = spc(rates.to_csv(index=False), "--kind", kind)
        assert done.stderr.splitlines() == [
            "row 2: denominator '1e-320' is too small: at least 1e-100.",
            "row 3: denominator '1e300' is too large: at most 1e+100.",
        ]


@pytest.mark.parametrize("kind", ["p", "pp", "u", "up", "xmr", "run", "mr"])
def test_what_a_ratio_may_be(kind):
    frame = file_of("p").astype(str)
    frame.loc[1, "denominator"], frame.loc[3, "denominator"], frame.loc[5, "numerator"] = "0", "-4", "99"
    frame.loc[7, "numerator"], frame.loc[9, "denominator"] = "-1", ""
    done = spc(frame.to_csv(index=False), "--kind", kind)
    reasons = ["row 3: denominator is zero.", "row 5: denominator '-4' is below zero."]
    if kind in ("p", "pp"):
        reasons.append("row 7: numerator '99' is above its denominator '14'.")
    if KINDS[kind].form == "ratio":
        reasons.append("row 9: numerator '-1' is below zero.")
    assert (done.exit_code, done.stderr.splitlines()) == (1, reasons)
    out = table(done)
    refused = {int(line[4 : line.index(":")]) - 2 for line in reasons}
    assert (out["centre"] == "").tolist() == [i in refused for i in range(12)]
    assert out.loc[0, "value"] == "0.4"
    assert out.loc[9, "value"] == ""
    assert out.loc[9, "cause"] == "common"


@pytest.mark.parametrize("kind", ["xmr", "p", "up", "xbar"])
def test_an_empty_last_row_leaves_the_verdict_common(kind):
    frame = file_of(kind, [*COUNTS[:-1], 5]).astype(str)
    cells = [c for c in ("value", "numerator", "denominator") if c in frame]
    frame.loc[frame["period"] == frame["period"].max(), cells] = ""
    out = table(spc(frame.to_csv(index=False), "--kind", kind))
    assert set(out["variation"]) == {"common"}


@pytest.mark.parametrize(
    ("kind", "bad", "says"),
    [
        ("c", "-1", "value '-1' is below 0."),
        ("g", "-0.5", "value '-0.5' is below 0."),
        ("t", "-1", "value '-1' is below 0."),
        ("t", "0", "value is zero; a time between events is above it."),
    ],
)
def test_what_counts_and_times_may_be(kind, bad, says):
    done = spc(months("A", [3, bad, 5, 4]).to_csv(index=False), "--kind", kind)
    assert (done.exit_code, done.stderr) == (1, f"row 3: {says}\n")
    out = table(done)
    assert (out["centre"] == "").tolist() == [False, True, False, False]
    good = table(spc(months("A", [3, bad, 5, 4]).drop(index=1).to_csv(index=False), "--kind", kind))
    assert out["upper"].drop(1).tolist() == good["upper"].tolist()


def test_a_period_twice():
    text = HEAD + "A,2020-01,1\nA,2020-01-01,2\nB,2020-01-01,3\nA,2020-01-01T00:00:00,4\nA,2020-02,x\nA,2020-02,6\n"
    done = spc(text)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 3: series 'A' has another row for 2020-01-01, above.",
        "row 5: series 'A' has another row for 2020-01-01T00:00:00, above.",
        "row 6: value 'x' is not a number.",
    ]
    # The first usable row stands: the sixth was none, so the seventh does.
    assert table(done)["centre"].tolist() == ["3.5", "", "3", "", "", "3.5"]


def test_line_ends_marks_and_quotes_make_no_difference():
    rows = [["series", "period", "value"], ["Å,1", "2020-01-01", "4"], ["Å,1", "2020-02-01", "5"]]
    quoted = [",".join(f'"{cell}"' for cell in row) for row in rows]
    needed = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
    spaced = [" series ,period, value", '"Å,1",2020-01-01 , 4', '" Å,1 ", 2020-02-01,5 ']
    wanted = table(spc("\n".join(quoted) + "\n"))
    assert wanted["upper"].tolist() == ["7.16", "7.16"]
    for text in ("\r\n".join(quoted) + "\r\n", "\ufeff" + "\n".join(quoted), "\n".join(needed), "\n".join(spaced)):
        done = spc(text)
        assert (done.exit_code, done.stderr) == (0, "")
        assert table(done)[RESULTS].equals(wanted[RESULTS])
        assert list(table(done).columns)[:3] == ["series", "period", "value"]


def test_names_in_any_script_come_back_as_they_were():
    names = ["Ysbyty Gwynedd", "Ålesund", "東京", 'a"b', "line\nbreak", "🏥", "e\u0301", "\u00e9", "NA", "null"]
    frame = pd.concat([months(name, [1, 2, 3]) for name in names])
    done = spc(frame.to_csv(index=False))
    assert (done.exit_code, done.stderr) == (0, "")
    out = table(done)
    assert out["series"].tolist() == frame["series"].tolist()
    assert (out["centre"] == "2").all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (" \n\n", "is empty"),
        ("series,period,value,value\nA,2020-01,1,2\n", "more than one column called value"),
        ("series,period, value ,value\nA,2020-01,1,2\n", "more than one column called value"),
        (HEAD + "A,2020-01,1,2\n", "not a well-formed CSV"),
        ("Series,Period,Value\nA,2020-01,1\n", "it has Series, Period, Value"),
        ("series;period;value\nA;2020-01;1\n", "no column period, series, value"),
        (b"series,period,value\n\xff,2020-01,1\n", "UTF"),
        (b"\xff\xfes\x00e\x00", "not UTF-8"),
    ],
)
def test_files_that_are_no_table_are_wrong_usage(text, says):
    done = spc(text)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "text",
    ["\n" + HEAD + "A,2020-01,1\n", HEAD.replace("\n", "\r") + "A,2020-01,1\r", HEAD[:-1] + ",,\nA,2020-01,1,,\n"],
    ids=["a line before the header", "carriage returns alone", "empty columns of a spreadsheet"],
)
def test_what_spreadsheets_write_is_read_or_refused_in_a_sentence(text):
    done = spc(text)
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "called ." not in done.stderr


def test_row_numbers_are_the_files_where_a_line_is_empty():
    assert spc(HEAD + "A,2020-01,1\n\nA,2020-02,x\n").stderr == "row 4: value 'x' is not a number.\n"
    text = "\r\n" + HEAD + "A,2020-01,x\r\n\r\n\r\nA,2020-02,1\nA,2020-03,y\n"
    assert spc(text).stderr == "row 3: value 'x' is not a number.\nrow 7: value 'y' is not a number.\n"


def test_an_empty_line_within_quotes_is_part_of_its_cell():
    done = spc(HEAD[:-1] + ',note\nA,2020-01,1,"one\n\ntwo"\nA,2020-02,2,\n')
    assert done.exit_code == 0
    assert '"one\n\ntwo"' in done.stdout


def test_an_unnamed_column_with_something_in_it_is_refused():
    done = spc(HEAD[:-1] + ",\nA,2020-01,1,oops\n")
    assert (done.exit_code, "Column 4 of standard input has something in it but no name." in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kind", "XMR"), "--kind"),
        (("--kind",), "--kind"),
        (("--rules", "mine"), "--rules"),
        (("--better", "left"), "--better"),
        (("--baseline", "-3"), "--baseline"),
        (("--baseline", "many"), "--baseline"),
        (("--rebase", "2020-02-30"), "'2020-02-30' is not a date"),
        (("--rebase", "2020-01-01", "--rebase", ""), "'' is not a date"),
        (("--constant", "2.7"), "--constant"),
        (("--missing", "guess"), "--missing"),
        (("--peer", "excel"), "--peer"),
        (("--target", "high"), "--target"),
        (("--target", "nan"), "nan is not a finite number"),
        (("--target", "inf"), "inf is not a finite number"),
        (("--colour", "red"), "--colour"),
        (("another.csv",), "another.csv"),
    ],
)
def test_unknown_options_are_wrong_usage(options, says):
    done = spc(HEAD + "A,2020-01,1\n", *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_there(tmp_path):
    done = CliRunner().invoke(main, ["spc", str(tmp_path / "none.csv")])
    assert done.exit_code == 2
    assert "none.csv" in done.stderr


# ----------------------------------------------------------------------------------------- subgroups


def subgroups(**columns):
    frame = pd.DataFrame(
        {"series": "A", "period": np.repeat(["2020-01-01", "2020-02-01", "2020-03-01"], 3), "value": range(9)}
    )
    return frame.assign(**columns)


@pytest.mark.parametrize(
    ("column", "cells", "bad"),
    [
        ("phase", list("aabbbbccc"), [2]),
        ("phase", list("aaabbbccc"), []),
        ("ghosted", ["true", "false", "true", *[""] * 6], [1]),
        ("ghosted", ["true", "1", "YES", "", "no", "0", *["false"] * 3], []),
        ("target", ["5", "5", "6", *["5"] * 6], [2]),
        ("target", ["5", "5.0", "5e0", "", "", "", "6", "", "6"], [7]),
    ],
)
@pytest.mark.parametrize("kind", ["xbar", "s"])
def test_rows_of_a_subgroup_agree_about_it(kind, column, cells, bad):
    done = spc(subgroups(**{column: cells}).to_csv(index=False), "--kind", kind)
    told = [f"row {i + 2}: {column} {cells[i]!r} differs from that of the first row of its subgroup." for i in bad]
    assert done.stderr.splitlines() == told
    assert done.exit_code == bool(bad)
    assert (table(done)["centre"] == "").tolist() == [i in bad for i in range(9)]


def test_a_subgroup_counts_its_usable_rows():
    frame = subgroups().astype(str)
    frame.loc[1, "value"], frame.loc[5, "value"] = "x", ""
    done = spc(frame.sample(frac=1, random_state=1).sort_index().to_csv(index=False), "--kind", "xbar")
    out = table(done)
    assert out["plotted"].tolist() == ["1", "", "1", "3.5", "3.5", "3.5", "7", "7", "7"]
    assert out["value"].tolist() == frame["value"].tolist()


def test_subgroups_need_not_stand_together():
    frame = subgroups(row=range(9))
    mixed = frame.iloc[[0, 3, 6, 1, 4, 7, 2, 5, 8]]
    a, b = (table(spc(f.to_csv(index=False), "--kind", "xbar")) for f in (frame, mixed))
    assert b["row"].tolist() == mixed["row"].astype(str).tolist()
    assert a.iloc[mixed.index].reset_index(drop=True).equals(b)


# -------------------------------------------------------------------------------------------- phases


def test_rebase_may_be_repeated_and_needs_no_row():
    frame = months("A", [1, 2, 1, 2, 11, 12, 11, 12, 21, 22, 21])
    text = pd.concat([frame.drop(index=4), months("B", [5, 6]), months("C", [3])]).to_csv(index=False)
    cuts = ["2020-09-01", "2020-05-01", "2020-05", "1999-01-01", "2050-12-31"]
    out = table(spc(text, *[word for cut in cuts for word in ("--rebase", cut)]))
    own = out.groupby("series")["phase"].apply(list)
    assert own["A"] == ["1"] * 4 + ["2"] * 3 + ["3"] * 3
    assert own["B"] == ["1", "1"]
    assert own["C"] == ["1"]
    exact = table(spc(text, "--rebase", "2020-05-01", "--rebase", "2020-09-01", "--peer", "ptd"))
    assert exact.groupby("series")["phase"].apply(list)["A"] == ["1"] * 7 + ["2"] * 3


def test_phases_of_the_file_and_of_the_command_go_together():
    frame = months("A", [1, 2, 1, 2, 11, 12, 11, 12]).assign(phase=list("aabbbbbb"))
    out = table(spc(frame.to_csv(index=False), "--rebase", "2020-05-01"))
    assert out["centre"].tolist() == ["1.5"] * 4 + ["11.5"] * 4
    assert out["phase"].tolist() == list("aabbbbbb")
    again = frame.assign(phase=list("aabbaabb"))
    assert table(spc(again.to_csv(index=False)))["centre"].tolist() == ["1.5"] * 4 + ["11.5"] * 4


def test_a_baseline_longer_than_any_phase_uses_all():
    text = months("A", COUNTS).to_csv(index=False)
    assert spc(text, "--baseline", "1000000000").stdout == spc(text).stdout


@pytest.mark.parametrize("rows", [str(2**63 - 1), "1" + "0" * 30])
def test_a_baseline_as_long_as_one_likes(rows):
    text = months("A", COUNTS).to_csv(index=False)
    assert spc(text, "--baseline", rows, "--rebase", "2020-07-01").stdout == spc(text, "--rebase", "2020-07-01").stdout


# ---------------------------------------------------------------------------------------- large files


def large(series, per, kind="xmr"):
    rng = np.random.default_rng(11)
    n = series * per
    frame = pd.DataFrame(
        {
            "series": np.repeat([f"site {i}" for i in range(series)], per),
            "period": np.tile(pd.date_range("1990-01-01", periods=per).strftime("%Y-%m-%d"), series),
        }
    )
    if KINDS[kind].form == "ratio":
        under = rng.integers(50, 400, n)
        return frame.assign(numerator=rng.binomial(under, 0.3), denominator=under)
    return frame.assign(value=rng.integers(20, 80, n) / 2)


@pytest.mark.parametrize("kind", ["xmr", "p"])
def test_fifty_thousand_rows_are_all_answered(kind):
    frame = large(500, 100, kind).sample(frac=1, random_state=2)
    done = spc(frame.to_csv(index=False), "--kind", kind)
    assert (done.exit_code, done.stderr) == (0, "")
    out = pd.read_csv(io.StringIO(done.stdout))
    assert out["series"].tolist() == frame["series"].tolist()
    assert out["period"].tolist() == frame["period"].tolist()
    assert out[[*LINES, "cause", "variation", "longest_run"]].notna().all(axis=None)
    for name in ("site 0", "site 250", "site 499"):
        own = out[out["series"] == name].sort_values("period")
        if kind == "p":
            rows = [plain.Row(float(a), float(b)) for a, b in zip(own["numerator"], own["denominator"], strict=True)]
        else:
            rows = [plain.Row(float(y)) for y in own["value"]]
        found = plain.phase(plain.How(kind), rows)
        np.testing.assert_allclose(own["upper"], [x.upper for x in found.lines], rtol=1e-9)
        assert own["rules"].fillna("").tolist() == [" ".join(flags) for flags in found.flags]


def test_twenty_thousand_refused_rows_are_all_named():
    frame = large(200, 100).astype(str)
    frame.loc[frame.index % 2 == 0, "value"] = "x"
    done = spc(pd.concat([frame, frame]).to_csv(index=False))
    told = done.stderr.splitlines()
    assert done.exit_code == 1
    assert len(told) == 30_000
    assert told[0] == "row 2: value 'x' is not a number."
    assert told[-1] == "row 40001: series 'site 199' has another row for 1990-04-10, above."
    assert table(done)["centre"].ne("").sum() == 10_000
