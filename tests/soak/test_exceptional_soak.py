"""How often somebody is called where nobody is exceptional, who is found where some are, and whether what is expected
comes: prints the table of docs/exceptional.md."""

from __future__ import annotations

import math

import numpy as np
import pytest

from measures.signals.exceptional import exceptional
from measures.spc.funnel import funnel
from tests.signals.test_exceptional import campaign

CAMPAIGNS = 400
Q = 0.1
SCENARIOS = {
    "large sites, ordinary differences": {"spread": 0.1, "size": 2000},
    "small sites near the top": {"spread": 0.05, "size": 60, "level": 0.95},
    "luck alone": {"spread": 0.0, "size": 100, "level": 0.9},
    "a rate, low is good": {"kind": "rate", "spread": 0.3, "size": 1000, "level": 0.005},
    "a rate, luck alone, low is good": {"kind": "rate", "spread": 0.0, "size": 1000, "level": 0.005},
}


def drawn(seed: int, sites: int, how: dict):
    x, n = campaign(seed, sites=sites, quarters=9, **how)
    return x, n, {"kind": how.get("kind", "proportion"), "better": -1 if how.get("kind") == "rate" else 1}


@pytest.mark.parametrize("sites", [12, 30, 134])
@pytest.mark.parametrize("name", SCENARIOS)
def test_where_nobody_is_exceptional(name, sites):
    told = np.zeros(5)
    expected, came, was = [], [], []
    for seed in range(CAMPAIGNS):
        x, n, how = drawn(seed, sites, SCENARIOS[name])
        found = exceptional(x[:, :8], n[:, :8], **how)
        alone = funnel(x[:, 7], n[:, 7], **how)
        level, change = found.level, found.change
        told += [
            alone.exceptional.any(), level.called[:, -1].any(), level.listed.any(), change.called[:, -1].any(),
            change.listed.any(),
        ]  # fmt: skip
        top = np.argsort(-level.z[:, -1])[: max(1, sites // 20)]
        was.append((x[top, 7] / n[top, 7]).mean())
        expected.append(level.expected[top].mean())
        came.append((x[top, 8] / n[top, 8]).mean())
    told /= CAMPAIGNS
    print(
        f"\n| {name} | {sites} | {told[0]:.0%} | {told[1]:.1%} | {told[2]:.1%} | {told[3]:.1%} | {told[4]:.1%} |"
        f" {np.mean(was):.4f} | {np.mean(expected):.4f} | {np.mean(came):.4f} |"
    )
    assert told[1:].max() <= Q + 2 * math.sqrt(Q * (1 - Q) / CAMPAIGNS)


@pytest.mark.parametrize("away", [2.5, 3.5, 5.0])
def test_those_who_are_exceptional_are_found(away):
    """Five of 134 sites lie ``away`` times the ordinary differences' spread out, every quarter."""
    listed, false, called = [], [], []
    spread = 0.08
    for seed in range(CAMPAIGNS // 2):
        x, n, _ = drawn(seed, 134, {"spread": spread, "size": 1000})
        chance = math.sin(math.asin(math.sqrt(0.8)) + away * spread) ** 2
        x[:5] = np.random.default_rng(seed + 1).binomial(n[:5].astype(int), min(chance, 1.0))
        found = exceptional(x[:, :8], n[:, :8]).level
        listed.append(found.listed[:5].mean())
        called.append(found.called[:, -1].sum())
        false.append(found.listed[5:].sum() / max(1, found.listed.sum()))
    error = float(np.std(false) / math.sqrt(len(false)))
    print(f"\n| {away} | {np.mean(listed):.0%} | {np.mean(false):.1%} (± {error:.1%}) |")
    assert np.mean(false) <= Q + 2 * error
