"""The command and the engine for longer: a million rows, a million refused, one very long series, many panels."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.spc import Options, chart
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from tests.spc.panels import panel
from tests.spc.test_kinds import agree, options, shares
from tests.test_cli_spc import large, spc


@pytest.mark.parametrize(("kind", "rules"), [("xmr", "nhs"), ("pp", "nelson"), ("run", "ihi"), ("t", "we")])
def test_a_million_rows_are_all_answered(kind, rules):
    frame = large(10_000, 100, kind).sample(frac=1, random_state=5)
    done = spc(frame.to_csv(index=False), "--kind", kind, "--rules", rules)
    assert (done.exit_code, done.stderr) == (0, "")
    out = pd.read_csv(io.StringIO(done.stdout), usecols=["series", "period", "centre", "cause", "variation"])
    assert len(out) == 1_000_000
    assert (out["series"].to_numpy() == frame["series"].to_numpy()).all()
    assert (out["period"].to_numpy() == frame["period"].to_numpy()).all()
    assert out[["centre", "cause", "variation"]].notna().all(axis=None)


def test_a_million_refused_rows_are_all_named():
    frame = large(10_000, 100).assign(value="x")
    done = spc(frame.to_csv(index=False))
    assert done.exit_code == 1
    told = done.stderr.splitlines()
    assert len(told) == 1_000_000
    assert told[-1] == "row 1000001: value 'x' is not a number."


@pytest.mark.parametrize("rules", RULES)
def test_one_series_of_a_million_rows(rules):
    values = np.random.default_rng(3).normal(size=1_000_000)
    found = chart(values, np.array([0]), options=Options(rules=rules), better=1)
    assert found.centre[0] == pytest.approx(values.mean(), abs=1e-9)
    assert 0 < (found.flags != 0).mean() < 0.6
    assert not found.runs().signal[0]


@pytest.mark.parametrize("kind", KINDS)
@given(st.data(), st.integers(0, 10**9), shares, shares)
@settings(max_examples=400)
def test_many_more_panels_are_what_plain_loops_make_of_them(kind, data, seed, holes, ghosts):
    rules = [None, *RULES]
    agree(panel(kind, seed, holes, ghosts), data.draw(options(kind, rules, [None, "qic", "ptd"])))
