"""One series in another way: another kind of chart or other rules, beside what the campaign has agreed on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from measures.model import Campaign, ChartReason, Measure
from measures.review import Review, limits, seasonal, steps
from measures.spc import which
from measures.spc.kinds import KINDS
from measures.spc.rule_sets import RULES


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn on a page. ``agreed``: as the campaign draws it everywhere; ``kinds``, ``rules``: what
    may be chosen; ``suits``: the kind that its numbers suggest, ``because`` why, and how far they vary beyond
    what their size explains (NaN where that has no meaning)."""

    kind: str
    rule_set: str
    agreed: bool
    kinds: tuple[str, ...]
    rules: tuple[str, ...]
    suits: str
    because: ChartReason
    dispersion: float

    @property
    def centre_name(self) -> str:
        """What the centre line is: the average or the median."""
        return KINDS[self.kind].centre_name

    @property
    def has_limits(self) -> bool:
        """Whether the chart has limits at all."""
        return KINDS[self.kind].has_limits


def look(measure: Measure, points: pd.DataFrame, kind: str | None, rules: str | None) -> Look:
    """What is on screen for a series' ``points``; a kind or rules that do not suit fall back to the measure's."""
    kinds = tuple(limits.offered(measure))
    shown = kind if kind in kinds else measure.chart
    chosen = rules if rules in RULES else measure.rules
    ratio = measure.form.has_denominator
    values = points["numerator" if ratio else "value"].to_numpy(float)
    under = points["denominator"].to_numpy(float) / measure.rate_base if ratio else None
    suits = which.suggest(measure.form, values, under)
    agreed = (shown, chosen) == (measure.chart, measure.rules)
    return Look(shown, chosen, agreed, kinds, tuple(RULES), suits.kind, suits.why, suits.dispersion)


def drawn_as(review: Review, points: pd.DataFrame, shown: Look) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One measure's ``points`` (``frames.POINTS``) and its row of ``frames.SERIES`` as ``shown`` says."""
    site, measure = points["site"].iloc[0], points["measure"].iloc[0]
    campaign = _with(review.campaign, measure, shown)
    asked = campaign.measure(measure)
    rows = points
    if seasonal.takes_out(asked, limits.settings(asked, review.options)):
        # The season is learned from all sites together.
        rows = review.points[(review.points["measure"] == measure).to_numpy()].reset_index(drop=True)
    drawn = limits.redrawn(rows, campaign, review.options)
    again = rows.assign(rules=drawn.rules, cause=drawn.cause, **drawn.lines)
    found = steps.series(again, drawn, campaign, review.options, review.targets)
    mine = ((frame["site"] == site) & (frame["group"] == points["group"].iloc[0]) for frame in (again, found))
    return tuple(f[m.to_numpy()].reset_index(drop=True) for f, m in zip((again, found), mine, strict=True))


def _with(campaign: Campaign, measure: str, shown: Look) -> Campaign:
    changed = (replace(m, chart=shown.kind, rules=shown.rule_set) if m.id == measure else m for m in campaign.measures)
    return replace(campaign, measures=tuple(changed))
