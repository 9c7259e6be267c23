"""Every limit, flag, cause and verdict of NHSRplotthedots' tables, with its own treatment and with ours."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from measures import panel
from measures.cli import main
from tests.oracle import ptd, report

CASES = ptd.cases() + ptd.edge_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_with_its_own_treatment_everything_is_equal(case):
    found = report.tally(case)
    print(f"{case.name}: {found.limits} limits, {found.flags} flags, largest difference {found.largest:.1e}")
    assert found.wrong == []
    assert found.limits == 3 * len(case.frame)
    assert found.verdicts > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_default_differs_only_where_the_series_is_degenerate(case):
    reasons = ptd.degenerate(case)
    moved = reasons["collapsed"] | (reasons["constant"] & case.screen)
    rows = ~np.repeat(moved, panel.lengths(case.phase_starts, len(case.frame)))
    found = ptd.compare(case, None, rows)
    found += ptd.verdict_tally(case, None, np.logical_or.reduce(list(reasons.values())))
    assert found.wrong == []


@pytest.mark.parametrize("case", [case for case in CASES if case.screen], ids=lambda case: case.name)
def test_every_degenerate_phase_does_differ(case):
    reasons = ptd.degenerate(case)
    moved = reasons["collapsed"] | reasons["constant"]
    ours, theirs = (case.chart(peer).upper[case.phase_starts] for peer in (None, "ptd"))
    # Equal but for the last digits: what was screened is taken from the sum here, and left out of it there.
    assert (moved == ~np.isclose(ours, theirs, rtol=1e-12, atol=0, equal_nan=True)).all()


def test_a_constant_series_has_its_limits_on_the_centre():
    for case in CASES:
        at = case.phase_starts[ptd.degenerate(case)["constant"]]
        c = case.chart(None)
        values = case.frame["value"].to_numpy()[at]
        assert (c.lower[at] == values).all()
        assert (c.upper[at] == values).all()


def test_through_the_command_line():
    case = next(c for c in CASES if c.name == "pct4h, baseline 12, rebase 20180401, screening on")
    activity = pd.read_csv(ptd.DATA / "ae_attendances.csv", dtype=str)
    activity["series"] = activity["org_code"] + " " + activity["type"]
    within = activity["attendances"].astype(int) - activity["breaches"].astype(int)
    frame = activity.assign(numerator=within, denominator=activity["attendances"])
    wanted = case.frame.assign(series=case.frame["org"] + " " + case.frame["type"])
    frame = frame[frame["series"].isin(wanted["series"])].sample(frac=1, random_state=1)
    text = frame[["series", "period", "numerator", "denominator"]].to_csv(index=False)
    options = ["--baseline", "12", "--rebase", "2018-04-01", "--peer", "ptd", "--target", "0.95"]
    done = CliRunner().invoke(main, ["spc", "-", *options], input=text)
    assert done.exit_code == 0, done.stderr
    out = pd.read_csv(io.StringIO(done.stdout), keep_default_na=False, na_values=[""])
    assert (out["series"].to_numpy() == frame["series"].to_numpy()).all()
    both = wanted.merge(out, on=["series", "period"], suffixes=("", "_ours"), validate="one_to_one")
    assert len(both) == len(wanted) == len(out)
    for ours, theirs in (("centre", "mean"), ("lower", "lpl"), ("upper", "upl")):
        np.testing.assert_allclose(both[ours], both[theirs], rtol=1e-9)
    sure = both["near_tie"] != "TRUE"
    assert (both["cause"] == both["point_type_increase"].map(ptd.CAUSE))[sure].all()
    assert (both["beyond"] == (both["outside_limits"] == "TRUE"))[sure].all()


def test_the_page_of_counts_is_current():
    page = (report.DOCS / "oracle.md").read_text(encoding="utf-8")
    blank = report.DIFFERENCE.sub("", page)
    assert blank == report.DIFFERENCE.sub("", report.oracle_page()), "run python -m tests.oracle.report"


def test_the_page_of_deviations_gives_their_number():
    page = (report.DOCS / "deviations.md").read_text(encoding="utf-8")
    assert page == report.deviations_page(), "run python -m tests.oracle.report"
