"""``python -m measures funnel``: what goes in, what comes out, what is refused."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures.cli.funnel import funnel as command
from measures.spc.funnel import funnel as engine

HEAD = "site,numerator,denominator\n"
RESULTS = [
    *("rate", "z", "z_adjusted", "phi", "tau2", "lower_95", "upper_95", "lower_998", "upper_998", "shrunken"),
    "exceptional",
]
X = [800, 850, 900, 880, 830, 999, 810, 870, 860, 840, 850, 600]
D = 1000


def funnel(text, *options):
    return CliRunner().invoke(command, ["-", *options], input=text)


def table(done):
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False)


def sites(x=X, d=D, names=("numerator", "denominator")):
    frame = pd.DataFrame({"site": [f"S{i}" for i in range(len(x))], names[0]: x, names[1]: d})
    return frame.to_csv(index=False)


def test_rows_come_back_in_their_order_with_the_results_beside_them():
    frame = pd.read_csv(io.StringIO(sites())).assign(region=lambda f: "N" + f["site"]).iloc[::-1]
    done = funnel(frame.to_csv(index=False))
    assert (done.exit_code, done.stderr) == (0, "")
    out = table(done)
    assert list(out.columns) == ["site", "numerator", "denominator", "region", *RESULTS]
    assert out["site"].tolist() == frame["site"].tolist()
    assert out["region"].tolist() == frame["region"].tolist()
    found = engine(X[::-1], [D] * len(X))
    for name in RESULTS[:-1]:
        np.testing.assert_array_equal(out[name].astype(float), getattr(found, name))
    assert out["exceptional"].tolist() == [str(one).lower() for one in found.exceptional.tolist()]
    assert out.loc[out["exceptional"] == "true", "site"].tolist() == ["S5"]


@pytest.mark.parametrize(
    ("options", "choices"),
    [
        (("--better", "down"), {"better": -1}),
        (("--better", "neither"), {"better": 0}),
        (("--no-overdispersion",), {"overdispersion": False}),
        (("--no-overdispersion", "--peer", "funnelplotr"), {"overdispersion": False, "peer": "funnelplotr"}),
        (("--q", "1e-15"), {"q": 1e-15}),
        (("--type", "rate"), {"kind": "rate"}),
        (("--type", "ratio"), {"kind": "ratio"}),
        (("--type", "ratio", "--method", "cqc"), {"kind": "ratio", "method": "cqc"}),
    ],
)
def test_every_option_reaches_the_engine(options, choices):
    out, found = table(funnel(sites(), *options)), engine(X, [D] * len(X), **choices)
    for name in RESULTS[:-1]:
        np.testing.assert_array_equal(out[name].astype(float), getattr(found, name))
    assert (out["exceptional"] == "true").tolist() == found.exceptional.tolist()
    usual = table(funnel(sites()))
    assert not out.equals(usual)


def test_a_ratio_may_call_its_columns_observed_and_expected():
    plain = funnel(sites(), "--type", "ratio")
    named = funnel(sites(names=("observed", "expected")), "--type", "ratio")
    assert named.exit_code == plain.exit_code == 0
    assert table(named)[RESULTS].equals(table(plain)[RESULTS])
    assert list(table(named).columns)[:3] == ["site", "observed", "expected"]
    refused = funnel(sites(names=("observed", "expected")))
    assert refused.exit_code == 2
    assert "no column numerator, denominator; it has site, observed, expected" in refused.stderr


def test_bad_rows_are_named_and_the_good_ones_answered():
    bad = [
        ("Z1", "many", 100, "numerator 'many' is not a number."),
        ("Z2", 50, "", "denominator is empty."),
        ("Z3", "", 100, "numerator is empty."),
        ("Z4", 50, 0, "denominator is zero."),
        ("Z5", 50, -100, "denominator '-100' is below zero."),
        ("Z6", -1, 100, "numerator '-1' is below zero."),
        ("Z7", 101, 100, "numerator '101' is above denominator '100'."),
        ("", 50, 100, "site is empty."),
        ("S0", 50, 100, "site 'S0' has another row, above."),
        ("Z8", 50, "1e15", "denominator '1e15' is no size of a site."),
        ("Z9", 50, "1e999", "denominator '1e999' is not a number."),
        ("Z10", 0, "1e-9", "denominator '1e-9' is no size of a site."),
    ]
    text = sites() + "".join(f"{site},{x},{d}\n" for site, x, d, _ in bad)
    done = funnel(text)
    assert done.exit_code == 1
    first = len(X) + 2
    assert done.stderr.splitlines() == [f"row {first + i}: {why}" for i, (*_, why) in enumerate(bad)]
    out = table(done)
    assert len(out) == len(X) + len(bad)
    assert out.iloc[: len(X)].equals(table(funnel(sites())))
    assert (out.iloc[len(X) :][RESULTS] == "").all(axis=None)
    assert out["site"].tolist()[len(X) :] == [site for site, *_ in bad]


def test_of_a_site_s_rows_the_first_that_can_be_used_stands():
    done = funnel(HEAD + "A,x,100\nA,40,100\nA,60,100\n" + sites(X).split("\n", 1)[1])
    assert done.stderr.splitlines() == [
        "row 2: numerator 'x' is not a number.",
        "row 4: site 'A' has another row, above.",
    ]
    assert table(done)["rate"].tolist()[:3] == ["", "0.4", ""]


def test_a_numerator_may_be_above_the_denominator_of_a_rate_or_ratio():
    text = sites([*X, 1250])
    assert funnel(text).exit_code == 1
    for kind in ("rate", "ratio"):
        done = funnel(text, "--type", kind)
        assert (done.exit_code, done.stderr) == (0, "")
        assert table(done)["rate"].iloc[-1] == "1.25"


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("", (), "is empty"),
        ("site,numerator\nA,1\n", (), "no column denominator; it has site, numerator"),
        ("site,observed\nA,1\n", ("--type", "ratio"), "no column expected or denominator"),
        ("name,numerator,denominator\nA,1,2\n", (), "no column site"),
        ("site,site,numerator,denominator\nA,A,1,2\n", (), "more than one column called site"),
        (HEAD + "A,1\n", (), "not a well-formed CSV"),
        (HEAD, ("--method", "shmi"), "shmi is not a method for a proportion, which takes arcsine."),
        (HEAD, ("--type", "ratio", "--method", "log"), "log is not a method for a ratio, which takes shmi or cqc."),
        (HEAD, ("--type", "rate", "--method", "arcsine"), "arcsine is not a method for a rate, which takes log."),
        (HEAD, ("--method", "guess"), "--method"),
        (HEAD, ("--type", "mean"), "--type"),
        (HEAD, ("--q", "0"), "--q"),
        (HEAD, ("--q", "1"), "--q"),
        (HEAD, ("--peer", "excel"), "--peer"),
    ],
)
def test_wrong_usage_is_said(text, options, says):
    done = funnel(text, *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_header_without_rows():
    done = funnel(HEAD)
    assert done.exit_code == 0
    assert done.stderr.splitlines() == ["standard input has a header but no rows."]
    assert list(table(done).columns) == ["site", "numerator", "denominator", *RESULTS]


@pytest.mark.parametrize(("k", "said"), [(1, "1 usable site:"), (9, "9 usable sites:"), (10, "")])
def test_few_sites_are_answered_with_a_caution(k, said):
    done = funnel(sites(X[:k]))
    assert done.exit_code == 0
    assert said in done.stderr
    assert done.stderr.count("\n") == bool(said)
    assert not (table(done)[RESULTS] == "").any(axis=None)


def test_the_output_can_be_read_again():
    first = funnel(sites().replace("S3,", '"Saint, the 3rd",'))
    again = funnel(first.stdout)
    assert again.exit_code == 0
    assert table(again).equals(table(first))


def test_a_file_is_written(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("\ufeff" + sites().replace("S3", "Åre").replace("\n", "\r\n"), encoding="utf-8", newline="")
    done = CliRunner().invoke(command, [str(source), "-o", str(out)])
    assert (done.exit_code, done.output) == (0, "")
    assert out.read_text(encoding="utf-8").splitlines()[4].startswith("Åre,880,1000,0.88,")
