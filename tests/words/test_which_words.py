"""The names of charts and rules, and the sentence that says which chart suits."""

from __future__ import annotations

import numpy as np
import pytest

from measures.model import ChartReason, Form
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES
from measures.spc.which import suggest, suits
from measures.words import which


def test_every_kind_and_every_rule_set_has_a_name():
    assert set(which.KINDS) == set(KINDS)
    assert set(which.RULES) == set(which.RULES_MEAN) == set(RULES)


@pytest.mark.parametrize("why", list(ChartReason))
def test_every_reason_has_a_sentence(why):
    said = which.suggestion("xmr", why, 2.345)
    assert said.startswith("Suits this measure: Individuals (XmR), because ")
    assert said.endswith(".")
    assert "{" not in said
    assert ("2.3 times" in said) == why.value.endswith("dispersed")


N = np.full(24, 400.0)
STEADY = np.random.default_rng(5).binomial(400, 0.9, 24).astype(float)


@pytest.mark.parametrize(
    ("form", "values", "denominators", "kind", "why"),
    [
        (Form.PROPORTION, None, None, "p", ChartReason.PROPORTION),
        (Form.PROPORTION, STEADY, N, "p", ChartReason.PROPORTION),
        (Form.PROPORTION, STEADY * 50, N * 50, "pp", ChartReason.PROPORTION_DISPERSED),
        (Form.PROPORTION, STEADY[:11], N[:11], "run", ChartReason.FEW_POINTS),
        (Form.RATE, np.random.default_rng(1).poisson(20, 24).astype(float), N, "u", ChartReason.RATE),
        (Form.RATE, np.tile([5.0, 60.0], 12), N, "up", ChartReason.RATE_DISPERSED),
        (Form.RATE, np.tile([0.0, 0, 1, 0], 6), N, "run", ChartReason.RARE_EVENTS),
        (Form.COUNT, np.random.default_rng(2).poisson(16, 24).astype(float), None, "c", ChartReason.COUNT),
        (Form.COUNT, np.tile([900.0, 1200.0], 12), None, "xmr", ChartReason.COUNT_DISPERSED),
        (Form.VALUE, np.arange(24.0), None, "xmr", ChartReason.VALUE),
        (Form.TIME_BETWEEN, np.arange(1.0, 25), None, "t", ChartReason.TIME_BETWEEN),
        (Form.CASES_BETWEEN, np.arange(24.0), None, "g", ChartReason.CASES_BETWEEN),
        (Form.YES_NO, np.ones(24), None, "run", ChartReason.YES_NO),
    ],
)
def test_the_chart_follows_the_form_and_how_far_points_vary(form, values, denominators, kind, why):
    found = suggest(form, values, denominators)
    assert (found.kind, found.why) == (kind, why)
    if values is not None and len(values) >= 12:
        assert found.kind in suits(form)


def test_several_values_a_period_are_subgroups():
    assert suggest(Form.VALUE, np.arange(24.0), subgroups=True).kind == "xbar"
