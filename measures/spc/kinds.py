"""The registry of charts: one small pure function per kind, giving each phase's centre and sigma.

Limits, warning lines and rules are written once for all kinds, in ``limits`` and ``rules``; what several
kinds share is in ``fitting``. To add a kind: write its function, add one entry to ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from measures.spc import fitting, limits
from measures.spc.fitting import Fit, Rows

if TYPE_CHECKING:
    from measures.spc.options import Options

CONSTANTS = {"2.66": 2.66, "3/d2": 3 / 1.128}
"""Limits lie this many mean moving ranges from the centre: the usual rounding, or 3 / d2 with d2 = 1.128."""

RANGE_LIMIT = 3.267
"""D4 for ranges of two: the upper limit of a moving-range chart, in mean ranges."""

T_POWER = 3.6
"""Times between events to this power's root are nearly normal (Nelson 1994)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A chart kind.

    ``form``: what a row is: "value", "ratio" (numerator over denominator) or "subgroups". ``unit``: a row's
    sigma in units of the phase's, by its denominator; None where they are one. ``floor``, ``ceiling``:
    limits are cut there. ``power``: computed on that root of the values. ``directed``: whether up or down
    can be better. ``only_beyond``: neighbouring points depend on one another, so runs mean nothing.
    ``smallest``: the least that a value (or numerator) may be; ``above_smallest``: it must be more.
    """

    name: str
    fit: Callable[[Rows, Options], Fit]
    form: str = "value"
    unit: Callable[[np.ndarray], np.ndarray] | None = None
    floor: float | None = None
    ceiling: float | None = None
    power: float | None = None
    rules: str = "nhs"
    constant: str = "3/d2"
    has_limits: bool = True
    directed: bool = True
    only_beyond: bool = False
    smallest: float | None = None
    above_smallest: bool = False
    centre_name: str = "average"


def run(rows: Rows, options: Options) -> Fit:
    """Run chart: any values, few of them too; no limits.

    centre = median(y); sigma = NaN. For the first dozen points, and wherever no distribution can be assumed.

    ``rows``: see ``Rows``; returns arrays (k,), in the unit of the values.
    Source: Perla, Provost & Murray (2011); qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> run(Rows(np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.array([0]), np.array([5])), Options("run")).centre
    array([5.])
    """
    centre = fitting.median(rows, rows.there)
    return Fit(centre, np.full(centre.shape, np.nan))


def xmr(rows: Rows, options: Options) -> Fit:
    """Individuals and moving range (XmR): one value per period, of whatever form.

    centre = mean(y); sigma = constant / 3 x mean |y_i - y_(i-1)|, the ranges screened once where
    ``options.screen``. A missing value (NaN) is left out of the mean, and so are both its ranges.
    Not for rare events (most values 0) nor where denominators differ tenfold.

    ``rows``: see ``Rows``; returns arrays (k,), in the unit of the values.
    Source: Wheeler & Chambers (1992); NHS England, Making Data Count, as NHSRplotthedots 0.2.2.

    >>> from measures.spc import Options
    >>> xmr(Rows(np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.array([0]), np.array([5])), Options()).sigma
    array([1.995])
    """
    there = rows.there
    centre = fitting.mean(rows, there)
    found, flat = fitting.mean_range(rows, there, options, np.abs(centre))
    if flat.any():
        centre = np.where(flat, fitting.exact_mean(rows, there, centre), centre)
    return Fit(centre, options.factor * found / 3)


def mr(rows: Rows, options: Options) -> Fit:
    """Moving ranges: how much a value differs from the one before; beside an XmR chart.

    centre = mean(R), R_i = |y_i - y_(i-1)| being the ``rows.values``; upper = 3.267 centre; lower = 0. Never
    screened. Neighbouring ranges share a value, so only points beyond the limit count.

    Source: Wheeler & Chambers (1992), D4 = 3.267; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> fit = mr(Rows(np.array([2.0, 1.0, 3.0]), np.array([0]), np.array([3])), Options("mr"))
    >>> fit.centre + 3 * fit.sigma
    array([6.534])
    """
    centre = fitting.mean(rows, rows.there)
    if options.peer == "qic":
        # Its warning line lies at two thirds of the limit, counted from 0.
        return Fit(centre, RANGE_LIMIT / 3 * centre, np.zeros(centre.shape))
    return Fit(centre, (RANGE_LIMIT - 1) / 3 * centre)


def p(rows: Rows, options: Options) -> Fit:
    """Proportions: y of n people, n in the tens or hundreds and each person an independent trial.

    centre = sum(y) / sum(n); sigma_i = sqrt(centre (1 - centre) / n_i); limits cut to 0..1. With n in the
    thousands the limits are too narrow: p' (``pp``).

    ``rows.values`` = y / n. Source: Shewhart; Montgomery (2013), 7.2; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> y, n = np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.full(5, 10.0)
    >>> p(Rows(y / n, np.array([0]), np.array([5]), y, n), Options("p"))[:2]
    (array([0.5]), array([0.5]))
    """
    centre, _ = fitting.pooled(rows)
    return Fit(centre, np.sqrt(np.maximum(centre * (1 - centre), 0)))


def pp(rows: Rows, options: Options) -> Fit:
    """Laney's p': proportions with large denominators, which vary by more than chance alone from period to period.

    As p, sigma multiplied by sigma_z = mean |z_i - z_(i-1)| / 1.128, z_i = (p_i - centre) / sigma_i,
    screened once where ``options.screen``.

    Source: Laney (2002); qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> y, n = np.array([400.0, 600.0, 500.0, 700.0, 300.0]), np.full(5, 1000.0)
    >>> pp(Rows(y / n, np.array([0]), np.array([5]), y, n), Options("pp")).sigma.round(3)
    array([6.307])
    """
    centre, there = fitting.pooled(rows)
    unit = np.sqrt(np.maximum(centre * (1 - centre), 0))
    return Fit(centre, fitting.laney(rows, centre, unit, there, options))


def c(rows: Rows, options: Options) -> Fit:
    """Counts of events with the same opportunity every period, at least one or two on average.

    centre = mean(y); sigma = sqrt(centre); lower limit cut at 0. Where opportunities differ: u. Mostly
    zeros: g or t.

    Source: Shewhart; Montgomery (2013), 7.3; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> c(Rows(np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.array([0]), np.array([5])), Options("c")).sigma
    array([2.236...])
    """
    centre = fitting.mean(rows, rows.there)
    return Fit(centre, np.sqrt(np.maximum(centre, 0)))


def u(rows: Rows, options: Options) -> Fit:
    """Rates: y events in n units of opportunity (bed days, attendances), n differing.

    centre = sum(y) / sum(n); sigma_i = sqrt(centre / n_i); lower limit cut at 0. Large n: u' (``up``).

    ``rows.values`` = y / n. Source: Montgomery (2013), 7.3.3; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> y, n = np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.full(5, 5.0)
    >>> u(Rows(y / n, np.array([0]), np.array([5]), y, n), Options("u"))[:2]
    (array([1.]), array([1.]))
    """
    centre, _ = fitting.pooled(rows)
    return Fit(centre, np.sqrt(np.maximum(centre, 0)))


def up(rows: Rows, options: Options) -> Fit:
    """Laney's u': rates with large denominators, which vary by more than chance alone from period to period.

    As u, sigma multiplied by sigma_z = mean |z_i - z_(i-1)| / 1.128, z_i = (u_i - centre) / sigma_i,
    screened once where ``options.screen``.

    Source: Laney (2002); qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> y, n = np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.full(5, 5.0)
    >>> up(Rows(y / n, np.array([0]), np.array([5]), y, n), Options("up")).sigma.round(3)
    array([0.892])
    """
    centre, there = fitting.pooled(rows)
    return Fit(centre, fitting.laney(rows, centre, np.sqrt(np.maximum(centre, 0)), there, options))


def g(rows: Rows, options: Options) -> Fit:
    """Cases between rare events: operations from one infection to the next.

    m = mean(y); sigma = sqrt(m (m + 1)); limits m -/+ 3 sigma, the lower cut at 0; the centre drawn, and the one
    runs are counted on, is median(y), because the distribution is skewed.

    Source: Benneyan (2001); qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> g(Rows(np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.array([0]), np.array([5])), Options("g"))
    Fit(centre=array([5.]), sigma=array([5.477...]), middle=array([5.]))
    """
    there = rows.there
    middle = fitting.mean(rows, there)
    return Fit(fitting.median(rows, there), np.sqrt(np.maximum(middle * (middle + 1), 0)), middle)


def t(rows: Rows, options: Options) -> Fit:
    """Time between rare events, above 0: days from one fall to the next.

    An XmR chart of y^(1/3.6), whose lines are raised to 3.6 again; a lower limit below 0 is 0. Here
    ``rows.values`` are the roots already, and so are centre and sigma.

    Source: Nelson (1994); qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> days = np.array([4.0, 6.0, 5.0, 7.0, 3.0])
    >>> t(Rows(days ** (1 / 3.6), np.array([0]), np.array([5])), Options("t")).centre ** 3.6
    array([4.8487...])
    """
    return xmr(rows, options)


def _spread_of_subgroups(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Each phase's mean and standard deviation within subgroups, weighted by size where sizes differ."""
    there = fitting.present(rows.deviations)
    s = rows.deviations if there is None else np.where(there, rows.deviations, 0.0)
    n = np.where(np.isnan(rows.denominators), 0.0, rows.denominators)
    if not n.size:
        return np.zeros(0), np.zeros(0)
    use = np.ones(n.size) if there is None else there.astype(float)
    plain = limits.divide(rows.sums(s * use), rows.sums(use))
    free = np.maximum(n - 1, 0) * use
    weighted = np.sqrt(limits.divide(rows.sums(free * s * s), rows.sums(free)))
    sizes = rows.denominators
    differ = np.fmin.reduceat(sizes, rows.starts) != np.fmax.reduceat(sizes, rows.starts)
    return np.where(differ, weighted, plain), n


def xbar(rows: Rows, options: Options) -> Fit:
    """Means of subgroups: several measurements per period.

    centre = sum(n ybar) / sum(n); S = mean standard deviation of the subgroups, pooled where sizes differ;
    limits centre -/+ A3(n_i) S, A3 = 3 / (c4 sqrt(n)). A subgroup of one has no limits.

    ``rows.values`` are means, ``rows.denominators`` sizes, ``rows.deviations`` standard deviations; sigma
    is S, a row's own S / (c4(n_i) sqrt(n_i)). Source: Montgomery (2013), 6.3; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> means, n = np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.full(5, 4.0)
    >>> xbar(Rows(means, np.array([0]), np.array([5]), None, n, np.full(5, 2.0)), Options("xbar"))[:2]
    (array([5.]), array([2.]))
    """
    deviation, n = _spread_of_subgroups(rows)
    there = rows.there
    values = rows.values if there is None else np.where(there, rows.values, 0.0)
    weight = n if there is None else np.where(there, n, 0.0)
    return Fit(limits.divide(rows.sums(values * weight), rows.sums(weight)), deviation)


def s(rows: Rows, options: Options) -> Fit:
    """Standard deviations of subgroups, beside an xbar chart.

    centre = S as for xbar; limits B3 S and B4 S = S -/+ 3 S sqrt(1 - c4^2) / c4, the lower cut at 0.

    ``rows.values`` are the standard deviations too. Source: Montgomery (2013), 6.3; qicharts2 0.8.1.

    >>> from measures.spc import Options
    >>> sd, n = np.array([4.0, 6.0, 5.0, 7.0, 3.0]), np.full(5, 4.0)
    >>> s(Rows(sd, np.array([0]), np.array([5]), None, n, sd), Options("s")).centre
    array([5.])
    """
    deviation, _ = _spread_of_subgroups(rows)
    return Fit(deviation, deviation)


def _per_root(n: np.ndarray) -> np.ndarray:
    return 1 / np.sqrt(n)


def _per_mean(n: np.ndarray) -> np.ndarray:
    return 1 / (fitting.c4(n) * np.sqrt(n))


def _per_deviation(n: np.ndarray) -> np.ndarray:
    c = fitting.c4(n)
    return np.sqrt(1 - c * c) / c


_COUNTS = dict(smallest=0.0, floor=0.0)
_RATIO = dict(form="ratio", unit=_per_root, **_COUNTS)

KINDS = {
    kind.name: kind
    for kind in (
        Kind("xmr", xmr, constant="2.66"),
        Kind("run", run, rules="anhoej", has_limits=False, centre_name="median"),
        Kind("mr", mr, floor=0.0, directed=False, only_beyond=True),
        Kind("p", p, ceiling=1.0, **_RATIO),
        Kind("pp", pp, ceiling=1.0, **_RATIO),
        Kind("c", c, **_COUNTS),
        Kind("u", u, **_RATIO),
        Kind("up", up, **_RATIO),
        Kind("g", g, centre_name="median", **_COUNTS),
        Kind("t", t, power=T_POWER, above_smallest=True, **_COUNTS),
        Kind("xbar", xbar, form="subgroups", unit=_per_mean),
        Kind("s", s, form="subgroups", unit=_per_deviation, floor=0.0, directed=False),
    )
}
"""Every chart kind, by its name on the command line."""


def impossible(kind: Kind, values: np.ndarray, denominators: np.ndarray | None = None) -> np.ndarray:
    """Which rows (bool, (n,)) cannot be of this kind: counts below 0, times of 0, more than all.

    ``values`` (numerators, where there are denominators) and ``denominators`` (n,); NaN is missing, not impossible.

    >>> impossible(KINDS["p"], np.array([3.0, 5.0, np.nan]), np.array([4.0, 4.0, 4.0]))
    array([False,  True, False])
    """
    out = np.isinf(values)
    if kind.smallest is not None:
        out |= values <= kind.smallest if kind.above_smallest else values < kind.smallest
    if denominators is not None:
        out |= (denominators <= 0) | np.isinf(denominators)
        if kind.ceiling is not None:
            out |= values > denominators * kind.ceiling
    return out


def roots(rows: Rows, power: float) -> Rows:
    """The rows with each value's root of ``power``.

    >>> roots(Rows(np.array([8.0]), np.array([0]), np.array([1])), 3).values
    array([2.])
    """
    return replace(rows, values=rows.values ** (1 / power), totals=None)
