"""More is shared out than the aim: how much, and the confidence it buys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.aims.overprogramming import confidence, extra

THIRTY = [10] * 30
USUAL = dict(mean=0.9, sd=0.3)


def test_the_worked_numbers_of_thirty_equal_sites():
    assert round(100 * extra(THIRTY, **USUAL, correlation=0, confidence=0.8)) == 17
    assert round(100 * extra(THIRTY, **USUAL, correlation=0.1, confidence=0.8)) == 24


@given(
    st.lists(st.integers(1, 500), min_size=1, max_size=30),
    st.floats(0.3, 1.0),
    st.floats(0.01, 0.4),
    st.floats(0, 1),
    st.floats(0.5, 0.99),
)
def test_the_extra_buys_the_confidence_it_was_asked_for(shares, mean, sd, correlation, sure):
    setting = dict(mean=mean, sd=sd, correlation=correlation)
    try:
        over = extra(shares, **setting, confidence=sure)
    except ValueError as refused:
        assert "No extra buys" in str(refused)
        assert confidence(shares, 1e9, **setting) < sure + 1e-6
    else:
        bought = confidence(shares, over, **setting)
        assert bought == pytest.approx(sure, abs=1e-9) if over else bought >= sure - 1e-9


def test_simulated_campaigns_meet_their_aim_as_often_as_stated():
    rng = np.random.default_rng(3)
    shares = rng.integers(5, 40, 30)
    for correlation in (0.0, 0.1):
        over = extra(shares, **USUAL, correlation=correlation, confidence=0.8)
        alike, own = rng.normal(size=(40_000, 1)), rng.normal(size=(40_000, 30))
        part = 0.9 + 0.3 * (np.sqrt(correlation) * alike + np.sqrt(1 - correlation) * own)
        met = ((part * shares).sum(axis=1) * (1 + over) >= shares.sum()).mean()
        assert met == pytest.approx(0.8, abs=0.01)


def test_only_proportions_matter():
    setting = dict(**USUAL, correlation=0.05)
    assert extra([1, 2, 3], **setting, confidence=0.8) == pytest.approx(
        extra([100, 200, 300], **setting, confidence=0.8), rel=1e-12
    )


def test_nothing_is_needed_where_more_is_delivered_than_asked():
    assert extra(THIRTY, mean=1.2, sd=0.1, correlation=0, confidence=0.8) == 0
    assert confidence(THIRTY, 0, mean=1, sd=0, correlation=0) == 1
    assert confidence(THIRTY, 0.1, mean=0.9, sd=0, correlation=0) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shares": []}, "Shares must be finite"),
        ({"shares": [1, -1]}, "none below 0"),
        ({"shares": [0, 0]}, "not all 0"),
        ({"mean": 0}, "mean part delivered must be above 0"),
        ({"mean": float("nan")}, "mean part delivered must be above 0"),
        ({"sd": -0.1}, "standard deviation must be 0 or more"),
        ({"correlation": 1.1}, "correlation must be from 0 to 1"),
        ({"confidence": 1}, "confidence must lie between 0 and 1"),
        ({"correlation": 1, "sd": 0.9, "confidence": 0.99}, "No extra buys a confidence of 0.99"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(change, says):
    usual = dict(shares=THIRTY, **USUAL, correlation=0, confidence=0.8)
    with pytest.raises(ValueError, match=says):
        extra(**usual | change)
    with pytest.raises(ValueError, match="extra must be 0 or more"):
        confidence(THIRTY, -0.1, **USUAL, correlation=0)
