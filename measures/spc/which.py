"""Which chart? The kind and rules that suit a measure, from its form and from what has been seen of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures.model import ChartReason, Form
from measures.spc import kinds
from measures.spc.fitting import Rows
from measures.spc.options import Options

FEW_POINTS = 12
"""Fewer than these say too little about a spread: a run chart until then (NHS England, Making Data Count)."""

RARE = 1.0
"""Fewer events per period than this on average, and most periods hold none or one."""

DISPERSED = 1.2
"""A sigma_z above this: the points vary by more than their numbers explain (Laney 2002)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A chart ``kind``, a rule set, ``why``, and how far the points vary beyond what their numbers explain
    (sigma_z, NaN where that has no meaning)."""

    kind: str
    rules: str
    why: ChartReason
    dispersion: float = float("nan")


_BY_FORM = {
    Form.COUNT: ("xmr", "c", "run"),
    Form.PROPORTION: ("xmr", "p", "pp", "run"),
    Form.RATE: ("xmr", "u", "up", "run"),
    Form.VALUE: ("xmr", "run"),
    Form.TIME_BETWEEN: ("t", "xmr", "run"),
    Form.CASES_BETWEEN: ("g", "xmr", "run"),
    Form.YES_NO: ("run",),
}


def suits(form: Form) -> tuple[str, ...]:
    """The kinds that one observation per period of this form can be drawn as.

    >>> suits(Form.RATE)
    ('xmr', 'u', 'up', 'run')
    """
    return _BY_FORM[form]


def suggest(
    form: Form, values: np.ndarray | None = None, denominators: np.ndarray | None = None, *, subgroups: bool = False
) -> Suggestion:
    """The chart for one series of a measure.

    ``values`` (n,) in order of period, NaN = missing: what was seen so far (numerators, with ``denominators``,
    for proportions and rates); None for a measure that nothing is known of. ``subgroups``: several values per
    period. Source of the tree: Provost & Murray (2011); of p' and u': Laney (2002).

    >>> suggest(Form.PROPORTION, np.array([84.0, 88] * 10), np.full(20, 100.0)).kind
    'p'
    >>> suggest(Form.PROPORTION, np.array([8000.0, 9000] * 10), np.full(20, 10_000.0)).kind
    'pp'
    """
    form = Form(form)
    if form is Form.YES_NO:
        return Suggestion("run", "anhoej", ChartReason.YES_NO)
    seen = None if values is None else np.asarray(values, float)
    if seen is not None and np.count_nonzero(~np.isnan(seen)) < FEW_POINTS:
        return Suggestion("run", "anhoej", ChartReason.FEW_POINTS)
    if form is Form.TIME_BETWEEN:
        return Suggestion("t", "nhs", ChartReason.TIME_BETWEEN)
    if form is Form.CASES_BETWEEN:
        return Suggestion("g", "nhs", ChartReason.CASES_BETWEEN)
    if form is Form.VALUE:
        return Suggestion(*(("xbar", "nhs", ChartReason.SUBGROUPS) if subgroups else ("xmr", "nhs", ChartReason.VALUE)))
    if seen is not None and np.nanmean(seen) < RARE:
        return Suggestion("run", "anhoej", ChartReason.RARE_EVENTS)
    dispersion = _dispersion(form, seen, denominators)
    wide = dispersion > DISPERSED
    plain, wider, why = {
        Form.PROPORTION: ("p", "pp", (ChartReason.PROPORTION, ChartReason.PROPORTION_DISPERSED)),
        Form.RATE: ("u", "up", (ChartReason.RATE, ChartReason.RATE_DISPERSED)),
        Form.COUNT: ("c", "xmr", (ChartReason.COUNT, ChartReason.COUNT_DISPERSED)),
    }[form]
    return Suggestion(wider if wide else plain, "nhs", why[wide], dispersion)


def _dispersion(form: Form, seen: np.ndarray | None, denominators: np.ndarray | None) -> float:
    """sigma_z of the series: 1 where its points vary as much as their numbers explain."""
    if seen is None:
        return float("nan")
    n = np.ones(seen.size) if form is Form.COUNT or denominators is None else np.asarray(denominators, float)
    starts, ends = np.zeros(1, np.int64), np.array([seen.size])
    rows = Rows(seen / n, starts, ends, seen, n)
    kind, plain = ("pp", kinds.p) if form is Form.PROPORTION else ("up", kinds.u)
    options = Options(kind)
    unit = plain(rows, options).sigma
    return float((kinds.KINDS[kind].fit(rows, options).sigma / np.where(unit > 0, unit, np.nan))[0])
