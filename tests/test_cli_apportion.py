"""``python -m measures apportion``: what stands in its help, and what it does with what it cannot use."""

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures.aims import rates
from measures.aims.apportion import Method, apportion
from measures.aims.hierarchy import nested
from measures.cli.apportion import EFFORTS
from measures.cli.apportion import apportion as command

W = [400, 250, 180, 90, 50, 30]
N, B = [1200, 800, 500, 300, 200], [0.70, 0.78, 0.85, 0.88, 0.92]
HEAD, RATES = "site,weight\n", "site,denominator,baseline\n"


def run(text, *options):
    return CliRunner().invoke(command, ["-", *options], input=text)


def table(done):
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def counts(weights=W, **columns):
    frame = pd.DataFrame({"site": [f"S{i}" for i in range(len(weights))], "weight": weights, **columns})
    return frame.to_csv(index=False)


def shares(done):
    return [int(one) for one in table(done)["share"]]


def rated(n=N, b=B):
    return pd.DataFrame({"site": [f"S{i}" for i in range(len(n))], "denominator": n, "baseline": b}).to_csv(index=False)


@pytest.mark.parametrize(
    ("columns", "options", "share"),
    [
        ({}, (), [48, 30, 22, 11, 6, 3]),
        ({"floor": 5}, (), [47, 30, 21, 11, 6, 5]),
        ({"floor": 5, "cap": 40}, (), [40, 33, 24, 12, 6, 5]),
        ({}, ("--over", "0.1"), [53, 33, 24, 12, 6, 4]),
    ],
)
def test_the_worked_numbers(columns, options, share):
    done = run(counts(**columns), "--total", "120", *options)
    assert (done.exit_code, done.stderr) == (0, "")
    assert shares(done) == share


@pytest.mark.parametrize("method", Method)
def test_every_method_and_the_quota_beside_it(method):
    w = [21878, 9713, 4167, 3252, 1065]
    for total in (43, 44):
        out = table(run(counts(w), "--total", str(total), "--method", str(method)))
        found = apportion(w, total, method=method)
        assert out["share"].tolist() == list(map(str, found.share))
        assert out["quota"].astype(float).tolist() == found.quota.tolist()


def test_the_default_method_is_the_largest_remainder():
    w = [21878, 9713, 4167, 3252, 1065]
    assert shares(run(counts(w), "--total", "44")) == [24, 11, 5, 3, 1]


def test_rows_come_back_in_their_order_with_quota_and_share_at_the_end():
    frame = pd.read_csv(io.StringIO(counts())).assign(note=[f'"{i}", so' for i in range(6)]).iloc[::-1]
    done = run(frame[["note", "weight", "site"]].to_csv(index=False), "--total", "120")
    out = table(done)
    assert list(out.columns) == ["note", "weight", "site", "quota", "share"]
    assert out["site"].tolist() == [f"S{i}" for i in reversed(range(6))]
    assert out["note"].tolist() == frame["note"].tolist()
    assert shares(done) == [3, 6, 11, 22, 30, 48]
    again = run(done.stdout, "--total", "120")
    assert (again.exit_code, again.stdout) == (0, done.stdout)


def test_with_regions_shares_are_nested():
    regions = ["North", "South", "North", "East", "South", "North"]
    w = [90, 55, 60, 23, 41, 31]
    done = run(counts(w, region=regions), "--total", "100")
    assert (done.exit_code, done.stderr) == (0, "")
    assert shares(done) == [30, 18, 20, 8, 14, 10]
    found = nested([regions], w, 100)
    assert table(done)["quota"].astype(float).tolist() == found.sites.quota.tolist()


def test_what_the_caps_leave_no_room_for_is_said_and_nobody_s():
    done = run(counts(cap=[10, 10, 10, 9, "", 0], region=list("AABBBA")), "--total", "120", "--method", "webster")
    assert (done.exit_code, done.stderr) == (0, "")
    done = run(counts(cap=[10, 10, 10, 9, 5, 0]), "--total", "120")
    assert done.exit_code == 0
    assert done.stderr == "76 of 120 are unallocated: the caps leave no room for more.\n"
    assert shares(done) == [10, 10, 10, 9, 5, 0]
    assert "1 of 45 is unallocated" in run(counts(cap=[10, 10, 10, 9, 5, 0]), "--total", "45").stderr


def test_numbers_may_be_spelt_in_many_ways():
    spelt = 'site,weight,floor,cap\nA,"+400.0", 5.0 ,4e1\nB,2.5E2,,\nC,180.,,\nD,90.000,,\nE,.5e2,,\nF,0030,5,\n'
    plain = counts(floor=[5, 0, 0, 0, 0, 5], cap=[40, "", "", "", "", ""])
    assert shares(run(spelt, "--total", "00120")) == shares(run(plain, "--total", "120"))
    assert shares(run(HEAD + "A,1\n", "--total", "0" * 9999 + "7")) == [7]
    # In floats three tenths are less than three times one.
    assert shares(run(HEAD + "A,0.1\nB,0.2\nC,0.30\n", "--total", "6")) == [1, 2, 3]
    assert shares(run(HEAD + "A,1e-99\nB,1e99\nC,0e-999\n", "--total", "6")) == [0, 6, 0]


def test_bad_rows_are_named_and_the_others_are_shared_out_over():
    bad = [
        ("Z1,many,0,9", "weight 'many' is not a number."),
        ("Z2,,0,9", "weight is empty."),
        ("Z3,-1,0,9", "weight '-1' is below zero."),
        ("Z4,1e999,0,9", "weight '1e999' is not a number."),
        ("Z5,1e-400,0,9", "weight '1e-400' is not between 1e-100 and 1e+100."),
        (f"Z6,0.{'1' * 300},0,9", "weight has more than 200 characters."),
        ("Z7,5,1.5,9", "floor '1.5' is not a whole number."),
        ("Z8,5,-1,9", "floor '-1' is below zero."),
        ("Z9,5,x,9", "floor 'x' is not a number."),
        ("Z10,5,0,1e16", "cap '1e16' is too large: at most 1,000,000,000,000,000."),
        ("Z11,5,9,8", "floor '9' is above cap '8'."),
        (",5,0,9", "site is empty."),
        ("S0,5,0,9", "site 'S0' has another row, above."),
    ]
    text = counts(floor=0, cap="") + "".join(f"{row}\n" for row, _ in bad)
    done = run(text, "--total", "120")
    assert done.exit_code == 1
    first, *lines = done.stderr.splitlines()
    assert first == "Rows were refused; what is answered is shared out over the 6 rows that are left."
    assert lines == [f"row {8 + i}: {why}" for i, (_, why) in enumerate(bad)]
    out = table(done)
    assert out["share"].tolist() == ["48", "30", "22", "11", "6", "3"] + [""] * len(bad)
    assert out["quota"].tolist()[6:] == [""] * len(bad)


def test_a_row_without_region_is_refused():
    done = run("site,weight,region\nA,5,N\nB,5,\nC,5,S\n", "--total", "10")
    assert done.exit_code == 1
    assert "row 3: region is empty." in done.stderr
    assert table(done)["share"].tolist() == ["5", "", "5"]


def test_huntington_hill_and_a_cap_of_zero():
    done = run("site,weight,cap\nA,5,\nB,5,0\nC,0,0\n", "--total", "10", "--method", "huntington-hill")
    assert "row 3: cap is 0; huntington-hill gives every site with weight at least one." in done.stderr
    assert table(done)["share"].tolist() == ["10", "", "0"]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (counts(floor=25), ("--total", "120"), "Error: The floors add up to 150, more than the 120 to share out"),
        (counts([0, 0]), ("--total", "12"), "Error: All weights are zero"),
        (counts(), ("--total", "5", "--method", "huntington-hill"), "there are 5 for 6 sites"),
        (counts(region="N"), ("--total", "5", "--method", "huntington-hill"), "there are 5 for 6 sites"),
        (counts([0, 0]) + "Z,x\n", ("--total", "12"), "row 4: weight 'x' is not a number.\nError: All weights"),
    ],
)
def test_an_aim_that_cannot_be_shared_out_is_refused_with_the_reason(text, options, says):
    done = run(text, *options)
    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", ("--total", "5"), "is empty"),
        ("site,load\nA,1\n", ("--total", "5"), "no column weight; it has site, load"),
        ("site,weight\nA,1\n", ("--rate", "0.5"), "no column denominator, baseline; it has site, weight"),
        ("site,site,weight\nA,A,1\n", ("--total", "5"), "more than one column called site"),
        (HEAD + "A,1,2\n", ("--total", "5"), "not a well-formed CSV"),
        (HEAD, (), "Give --total for a count or --rate for a rate, and only one of them."),
        (HEAD, ("--total", "5", "--rate", "0.5"), "only one of them"),
        *((HEAD, ("--total", bad), f"{bad!r} is not a whole number from 1") for bad in ("0", "-5", "5.0", "1e3", "x")),
        *((HEAD, ("--total", bad), "is not a whole number") for bad in ("", "00", "٣", "1" * 17, "1" * 9999, "1_0")),
        *((HEAD, ("--total", "5", "--over", bad), "is not a decimal from 0") for bad in ("-0.1", "ten", "1e-9999", "")),
        (HEAD, ("--total", "5", "--over", "1e15"), "more than 1,000,000,000,000,000"),
        (HEAD, ("--total", "5", "--method", "hamilton"), "--method"),
        (HEAD, ("--total", "5", "--effort", "gap"), "--effort goes with --rate."),
        (HEAD, ("--total", "5", "--better", "up"), "--better goes with --rate."),
        (HEAD, ("--total", "5", "--benchmark", "0.9"), "--benchmark goes with --rate."),
        (RATES, ("--rate", "0.9", "--over", "0.1"), "--over goes with --total."),
        (RATES, ("--rate", "0.9", "--method", "webster"), "--method goes with --total."),
        (RATES, ("--rate", "0.9", "--benchmark", "0.9"), "--benchmark goes with --effort gap."),
        *((RATES, ("--rate", bad), "is not a share from 0 to 1") for bad in ("1.01", "85%", "-0.1", "nan", "0,5")),
        (RATES, ("--rate", "0.9", "--effort", "relative"), "--effort"),
        (RATES, ("--rate", "0.9", "--better", "neither"), "--better"),
        (HEAD, ("--total", "5", "--quota", "droop"), "No such option"),
    ],
)
def test_wrong_usage_is_said(text, options, says):
    done = run(text, *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("head", "options", "made"),
    [(HEAD, ("--total", "5"), ["quota", "share"]), (RATES, ("--rate", "0.9"), ["target", "numerator"])],
)
def test_a_header_without_rows(head, options, made):
    done = run(head, *options)
    assert done.exit_code == 0
    assert done.stderr == "standard input has a header but no rows.\n"
    assert list(table(done).columns) == [*head.strip().split(","), *made]


def test_one_row_and_none_that_can_be_used():
    assert shares(run(HEAD + "A,0.001\n", "--total", "7")) == [7]
    done = run(HEAD + "A,x\n", "--total", "7")
    assert (done.exit_code, done.stderr) == (1, "row 2: weight 'x' is not a number.\n")
    assert table(done)["share"].tolist() == [""]


@pytest.mark.parametrize("effort", EFFORTS)
def test_a_rate_is_the_targets_weighted_mean_in_whole_people(effort):
    done = run(rated(), "--rate", "0.85", "--effort", effort, *(("--benchmark", "0.95") if effort == "gap" else ()))
    assert (done.exit_code, done.stderr) == (0, "")
    out = table(done)
    assert list(out.columns) == ["site", "denominator", "baseline", "target", "numerator"]
    found = rates.apportion_rate(N, B, "0.85", effort=effort, benchmark="0.95" if effort == "gap" else None)
    numerator = out["numerator"].astype(int).to_numpy()
    assert numerator.tolist() == found.numerator.tolist()
    assert numerator.sum() == 2550
    assert out["target"].astype(float).tolist() == (numerator / np.array(N)).tolist()


def test_the_default_effort_is_equal_failure_reduction():
    assert run(rated(), "--rate", "0.85").stdout == run(rated(), "--rate", "0.85", "--effort", EFFORTS[0]).stdout
    down = run(rated(b=[round(1 - b, 2) for b in B]), "--rate", "0.15", "--better", "down")
    up = run(rated(), "--rate", "0.85")
    assert [n - int(x) for n, x in zip(N, table(up)["numerator"])] == [int(x) for x in table(down)["numerator"]]


def test_where_a_rule_cannot_meet_the_rate_it_is_said_and_what_can_be_had_is_answered():
    done = run(rated(), "--rate", "0.97", "--effort", "gap", "--benchmark", "0.95")
    assert done.exit_code == 0
    found = rates.apportion_rate(N, B, "0.97", effort="gap", benchmark="0.95")
    assert found.reason
    assert done.stderr == found.reason + "\n"
    assert table(done)["numerator"].astype(int).tolist() == found.numerator.tolist()


def test_bad_rows_of_a_rate_are_named_and_the_others_answered():
    bad = [
        ("Z1,many,0.5", "denominator 'many' is not a number."),
        ("Z2,,0.5", "denominator is empty."),
        ("Z3,10.5,0.5", "denominator '10.5' is not a whole number."),
        ("Z4,-10,0.5", "denominator '-10' is below zero."),
        ("Z5,10,", "baseline is empty."),
        ("Z6,10,85%", "baseline '85%' is not a number."),
        ("Z7,10,1.2", "baseline '1.2' is above 1."),
        ("Z8,10,-0.2", "baseline '-0.2' is below zero."),
        (",10,0.2", "site is empty."),
        ("S1,10,0.2", "site 'S1' has another row, above."),
    ]
    done = run(rated() + "".join(f"{row}\n" for row, _ in bad), "--rate", "0.85")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[1:] == [f"row {7 + i}: {why}" for i, (_, why) in enumerate(bad)]
    assert table(done).iloc[:5].equals(table(run(rated(), "--rate", "0.85")))
    assert (table(done).iloc[5:][["target", "numerator"]] == "").all(axis=None)


def test_a_site_without_anybody_has_no_target():
    out = table(run(rated([*N, 0], [*B, 0.5]), "--rate", "0.85"))
    assert out.iloc[5][["target", "numerator"]].tolist() == ["", "0"]


def test_twenty_thousand_rows_of_either_kind():
    rng = np.random.default_rng(7)
    n = 20_000
    weights, regions = rng.integers(1, 5000, n), [f"R{i}" for i in rng.integers(0, 42, n)]
    for method in Method:
        done = run(counts(weights, floor=1, cap=40, region=regions), "--total", "100000", "--method", str(method))
        assert (done.exit_code, done.stderr) == (0, "")
        share = table(done)["share"].astype(int)
        assert share.sum() == 100_000
        assert share.between(1, 40).all()
    size = rng.integers(1, 3000, n)
    done = run(rated(size, rng.integers(500, 950, n) / 1000), "--rate", "0.9")
    assert table(done)["numerator"].astype(int).sum() == -(-9 * size.sum() // 10)


def test_a_file_is_written(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    text = "\ufeff" + counts().replace("S3", "Åre").replace("\n", "\r\n")
    source.write_text(text, encoding="utf-8", newline="")
    done = CliRunner().invoke(command, [str(source), "-o", str(out), "--total", "120"])
    assert (done.exit_code, done.output) == (0, "")
    assert out.read_text(encoding="utf-8").splitlines()[4] == "Åre,90,10.8,11"
