"""Every figure, limit, curve and outlier of FunnelPlotR's tables, with its own treatment and with ours."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from measures.cli.funnel import funnel as command
from measures.spc.funnel import FEW
from tests.oracle import funnel as oracle

CASES = oracle.cases()
NAMES = {"argvalues": CASES, "ids": [case.name for case in CASES]}


@pytest.mark.parametrize("case", **NAMES)
def test_with_its_own_treatment_everything_is_equal(case):
    found = oracle.compare(case)
    print(f"{case.name}: {found.values} values, largest difference {found.largest:.1e}")
    assert found.wrong == []
    assert found.limits == (8 if case.adjusted else 4) * len(case.sites)
    assert found.flags > len(case.sites)


def test_nothing_of_the_tables_is_left_out():
    total = oracle.compare_all()
    assert (total.cases, total.sites) == (32, 1344)
    assert total.grid == 448 // 2 * 4 + 448 // 2 * 8
    assert total.values > 18_000
    assert 0 < total.largest < oracle.CLOSE


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.adjusted or case.kind == "ratio"], ids=lambda case: case.name
)
def test_our_default_is_equal_where_the_program_is_no_quirk(case):
    found = oracle.compare_default(case)
    assert found.wrong == []
    assert found.limits >= 3 * len(case.sites)


def test_an_angle_below_zero_is_where_the_default_differs():
    """Type 2 has a centre of 1.8 %: the program's lower 99.8 % limits turn back up from zero; ours stay there."""
    case = next(c for c in CASES if c.name == "shared:2:PR:OD:99")
    ours = case.funnel(None)
    assert oracle.clamped(case, ours, "lower_998").all()
    assert (ours.lower_998 == 0).all()
    assert (case.sites["OD99LCL"] > 0).all()
    whole = next(c for c in CASES if c.name == "shared:1:PR:OD:99")
    assert not oracle.clamped(whole, whole.funnel(None), "lower_998").any()


@pytest.mark.parametrize("case", [c for c in CASES if not c.adjusted and c.kind != "ratio"], ids=lambda case: case.name)
def test_unadjusted_limits_are_those_of_the_binomial_and_the_poisson(case):
    """Where the program takes the size for an expected count, the default is exact instead."""
    found, d = case.funnel(None), case.sites["given"].to_numpy()
    binomial = case.kind == "proportion"
    x = stats.binom(d.astype(int), found.centre) if binomial else stats.poisson(found.centre * d)
    for name, chance in (("lower_95", 0.025), ("upper_95", 0.975), ("lower_998", 0.001), ("upper_998", 0.999)):
        r = x.ppf(chance)
        limit = (r - (x.cdf(r) - chance) / x.pmf(r)) / d
        np.testing.assert_allclose(getattr(found, name), limit, rtol=1e-9)
    # A proportion varies less than a count of the same size, by sqrt(1 - centre), and far less than its people do.
    theirs = case.sites["UCL99"] - case.sites["LCL99"]
    ratio = (found.upper_998 - found.lower_998) / theirs
    usual = np.sqrt((1 - found.centre if binomial else 1) / found.centre)
    np.testing.assert_allclose(ratio, usual, rtol=0.02)


@pytest.mark.parametrize("peer", [(), ("--peer", "funnelplotr")], ids=["ours", "peer"])
@pytest.mark.parametrize("kind", ["PR", "SR_SHMI", "SR_CQC", "RC"])
def test_through_the_command_line(kind, peer):
    case = next(c for c in CASES if c.name == f"shared:1:{kind}:OD:95")
    sites = case.sites.sample(frac=1, random_state=1)
    names = ["observed", "expected"] if case.kind == "ratio" else ["numerator", "denominator"]
    frame = sites[["org", "numerator", "given"]].set_axis(["site", *names], axis=1)
    options = ["--type", case.kind, "--method", case.method, *peer]
    done = CliRunner().invoke(command, ["-", *options], input=frame.to_csv(index=False, float_format="%.17g"))
    assert done.exit_code == 0, done.stderr
    out = pd.read_csv(io.StringIO(done.stdout))
    assert out["site"].tolist() == sites["org"].tolist()
    for theirs, ours in {"rr": "rate", "z_unadj": "z", **oracle.ADJUSTED}.items():
        np.testing.assert_allclose(out[ours], sites[theirs], rtol=1e-9)
    for name in ("phi", "tau2"):
        np.testing.assert_allclose(out[name], case.facts[name], rtol=1e-9)


def test_both_sets_are_large_enough_to_say_something():
    assert all(len(case.sites) > FEW for case in CASES)
