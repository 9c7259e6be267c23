"""One pass over many series: limits, rules, causes, verdicts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from measures import panel
from measures.spc import kinds, limits, phases, runs, verdicts, zones
from measures.spc.fitting import Fit, Rows
from measures.spc.kinds import Kind
from measures.spc.lines import Lines, band_of, lines_of
from measures.spc.options import Options
from measures.spc.rule_sets import NAMED


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Charts of many series. Row arrays (n,): values (what is plotted), flags (bits of
    ``options.rule_set``), cause (codes into ``verdicts.CAUSES``), left_out (bool, or None for no row), and the
    properties centre, sigma, lower, upper, near_lower, near_upper (the warning lines at two sigma), beyond,
    shift, trend and two_of_three. Series arrays (s,): last (row of the latest point that is not left out) and
    variation (codes into ``verdicts.VARIATIONS``). Lines are NaN where there is too little to go by; those of
    individuals are never cut."""

    options: Options
    starts: np.ndarray
    phase_starts: np.ndarray
    values: np.ndarray
    lines: Lines
    flags: np.ndarray
    cause: np.ndarray
    last: np.ndarray
    variation: np.ndarray
    left_out: np.ndarray | None

    @property
    def centre(self) -> np.ndarray:
        """The centre line."""
        return self.lines["centre"]

    @property
    def sigma(self) -> np.ndarray:
        """One standard deviation, in the unit of the values."""
        return self.lines["sigma"]

    @property
    def lower(self) -> np.ndarray:
        """The lower limit."""
        return self.lines["lower"]

    @property
    def upper(self) -> np.ndarray:
        """The upper limit."""
        return self.lines["upper"]

    @property
    def near_lower(self) -> np.ndarray:
        """The lower warning line."""
        return self.lines["near_lower"]

    @property
    def near_upper(self) -> np.ndarray:
        """The upper warning line."""
        return self.lines["near_upper"]

    def flagged(self, rule: str) -> np.ndarray:
        """Which points (n,) the rule of that name flags; none where it is not one of the set."""
        return (self.flags & self.options.rule_set.mask(rule)) != 0

    @property
    def beyond(self) -> np.ndarray:
        """Outside the limits."""
        return self.flagged("beyond")

    @property
    def shift(self) -> np.ndarray:
        """One of so many in a row on one side of the centre."""
        return self.flagged("shift")

    @property
    def trend(self) -> np.ndarray:
        """One of so many in a row, all rising or all falling."""
        return self.flagged("trend")

    @property
    def two_of_three(self) -> np.ndarray:
        """One of two in three near a limit."""
        return self.flagged("two_of_three")

    def rule_names(self) -> np.ndarray:
        """Names of the rules that flag each point, space-separated, "" for none; object (n,)."""
        bits, texts = self.rule_codes()
        return np.array(texts, dtype=object)[bits]

    def rule_codes(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """Each point's place (n,) in a tuple of texts: every combination of rule names."""
        table, texts = _rule_texts(self.options.rule_set.name)
        return table[self.flags], texts

    def cause_names(self) -> np.ndarray:
        """Each point's ``model.Cause`` value; object (n,)."""
        return names(verdicts.CAUSES)[self.cause]

    def variation_names(self) -> np.ndarray:
        """Each series' ``model.Variation`` value; object (s,)."""
        return names(verdicts.VARIATIONS)[self.variation]

    def sides(self) -> np.ndarray:
        """1 above the centre, 2 below, 0 on it, missing or left out; uint8 (n,)."""
        centre = self.centre
        slack = 0.0 if self.options.strict else limits.tolerance(centre, self.sigma)
        side = zones.sides(self.values, centre + slack, centre - slack)
        if self.left_out is not None:
            side[self.left_out] = 0
        return side

    def runs(self) -> runs.Runs:
        """Anhøj's run analysis of each phase; no signal where neighbouring points depend on one another."""
        found = runs.anhoej(self.sides(), self.phase_starts)
        return found._replace(signal=found.signal & (not self.options.chart.only_beyond))


@lru_cache(maxsize=16)
def _rule_texts(name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Flags to the place of their text, and the texts, of the rule set called ``name``."""
    found = NAMED[name]
    flags = np.arange(1 << max(sum(found.bits.values(), ())).bit_length())
    table = np.zeros(flags.size, np.uint8)
    for i, rule in enumerate(found.bits):
        table |= ((flags & found.mask(rule)) != 0).astype(np.uint8) << np.uint8(i)
    texts = (
        " ".join(rule for i, rule in enumerate(found.bits) if code >> i & 1) for code in range(1 << len(found.bits))
    )
    return table, tuple(texts)


def names(members: tuple) -> np.ndarray:
    """The values of an enum as an array that codes index.

    >>> names(verdicts.CAUSES)[[0, 4]].tolist()
    ['common', 'low']
    """
    return np.array([member.value for member in members], dtype=object)


def chart(
    values: np.ndarray,
    starts: np.ndarray,
    *,
    options: Options,
    better: int | np.ndarray,
    denominators: np.ndarray | None = None,
    deviations: np.ndarray | None = None,
    phase_starts: np.ndarray | None = None,
    ghosted: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
    widen: np.ndarray | None = None,
) -> Chart:
    """Charts of every series in one pass.

    ``values`` (n,) float, NaN = missing, sorted by series then period; ``starts`` (s,) first row of each
    series; ``better`` +1 up, -1 down, 0 neither, one or (s,). Of kinds p, pp, u and up ``values`` are the
    numerators and ``denominators`` (n,) above 0 go with them; of xbar and s ``values`` are the subgroups'
    means (standard deviations), ``denominators`` their sizes and ``deviations`` their standard deviations,
    as from ``subgroups``. ``phase_starts`` sorted first rows of the phases, a superset of ``starts``
    (default ``starts``); ``ghosted`` (n,) bool: rows tested against the limits only, left out of all else,
    moving ranges bridge them; ``baseline`` (phases,) rows per phase, 0 for all, instead of
    ``options.baseline``; ``widen`` (phases,) what to multiply each phase's sigma by (``season``). Formulas and
    sources: ``kinds`` and ``rule_sets``. Raises ValueError on arrays that
    do not fit together, on infinite values and on values that the kind cannot have.

    >>> result = chart([4.0, 6.0, 5.0, 7.0, 3.0, 30.0], [0], options=Options(baseline=5), better=1)
    >>> result.upper[0].round(3), result.cause_names()[-1]
    (np.float64(10.985), 'improvement')
    """
    kind = options.chart
    values = _column("values", values, None)
    n = len(values)
    starts = panel.check_starts(starts, n)
    phase_starts = starts if phase_starts is None else panel.check_starts(phase_starts, n, "phase_starts")
    better = _check_better(better, starts) * kind.directed
    if phase_starts is not starts and not np.isin(starts, phase_starts).all():
        raise ValueError("phase_starts must hold the first row of every series.")
    baseline = options.baseline if baseline is None else baseline
    ends = phases.baseline_ends(phase_starts, n, baseline)
    totals = _totals(values, phase_starts, ends) if baseline is None else None
    whole = _check_values(values, kind, totals)
    if widen is not None:
        widen = _column("widen", widen, phase_starts.size)
    rows = _rows(values, denominators, deviations, phase_starts, ends, kind)
    if kind.form == "value":
        rows = replace(rows, whole=whole, totals=totals)
    left_out = _left_out(rows.values, ghosted, options)
    if kind.only_beyond:
        rows = Rows(_ranges(values, phase_starts, left_out, options), phase_starts, ends)
    plotted = rows.values
    if kind.power:
        rows = kinds.roots(rows, kind.power)
        if options.strict:
            # Raised again, like the lines they are compared with to the last digit.
            plotted = rows.values**kind.power

    if left_out is None:
        fit, flags = _scan(rows, options, widen)
        lines = lines_of(rows, fit, options)
    else:
        rest, some = rows.without(left_out)
        fit, flags = _scan(rest, options, None if widen is None else widen[some])
        fit = Fit(*(_expand(x, some) for x in fit))
        lines = lines_of(rows, fit, options)
        flags = _beyond_alone(plotted, lines, _expand(flags, ~left_out, 0), left_out, options)
    last = panel.last_rows(starts, n, left_out)
    # Of the phase, not of its last row, which may have no line of its own for want of a denominator.
    of_last = slice(None) if phase_starts is starts else panel.segment_of(last, phase_starts)
    known = ~np.isnan(fit.sigma if kind.has_limits else fit.centre)[of_last]
    rule_set = options.rule_set.name
    return Chart(
        options,
        starts,
        phase_starts,
        plotted,
        lines,
        flags=flags,
        cause=verdicts.causes(flags, better, panel.lengths(starts, n), rule_set),
        last=last,
        variation=verdicts.variation(flags[last], better, options.strict | known, rule_set),
        left_out=left_out,
    )


def subgroups(values: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, standard deviations and sizes of subgroups, for the kinds xbar and s.

    ``values`` (m,) single measurements, NaN = missing, those of a subgroup together; ``starts`` (n,) first
    rows of the subgroups. Arrays (n,); the standard deviation of fewer than two values is NaN.

    >>> subgroups(np.array([1.0, 3.0, 5.0]), np.array([0, 2]))
    (array([2., 5.]), array([1.414...,    nan]), array([2., 1.]))
    """
    there = ~np.isnan(values)
    filled, ends = np.where(there, values, 0.0), panel.stops(starts, len(values))
    count = panel.sums(there.astype(float), starts, ends)
    mean = limits.divide(panel.sums(filled, starts, ends), count)
    gap = np.where(there, values - panel.spread(mean, ends - starts), 0.0)
    deviation = np.sqrt(limits.divide(panel.sums(gap * gap, starts, ends), np.maximum(count - 1, 0)))
    return mean, deviation, np.where(count > 0, count, np.nan)


def _column(name: str, figures: np.ndarray, n: int | None) -> np.ndarray:
    found = np.ascontiguousarray(figures, np.float64)
    if found.ndim != 1:
        raise ValueError(f"{name} must be a one-dimensional array.")
    if n is not None and len(found) != n:
        raise ValueError(f"{name} must be one figure for each: {n} are needed, {len(found)} were given.")
    return found


def _totals(values: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return panel.sums(values, starts, ends)


def _check_values(values: np.ndarray, kind: Kind, totals: np.ndarray | None) -> bool:
    """Whether no value is missing, which the ``totals`` of all phases tell too. Raises ValueError on what the kind
    cannot have."""
    with np.errstate(invalid="ignore"):
        total = (values if totals is None else totals).sum()
    if not np.isfinite(total) and np.isinf(values).any():
        raise ValueError("A value is infinite: every value must be a number, or NaN where it is missing.")
    whole = bool(np.isfinite(total))
    least = kind.smallest
    if least is None or not values.size:
        return whole
    low = np.fmin.reduce(values)
    if low < least or (kind.above_smallest and low == least):
        allowed = f"above {least:g}" if kind.above_smallest else f"{least:g} or more"
        raise ValueError(f"A value is {low:g}; the {kind.name} chart needs values of {allowed}.")
    return whole


def _rows(values, denominators, deviations, phase_starts, ends, kind: Kind) -> Rows:
    """The columns that the kind needs, checked."""
    if kind.form == "value":
        return Rows(values, phase_starts, ends)
    if denominators is None:
        raise ValueError(f"The {kind.name} chart needs denominators.")
    under = _column("denominators", denominators, len(values))
    if (under <= 0).any() or np.isinf(under).any():
        raise ValueError("Every denominator must be a number above 0, or NaN where it is missing.")
    if kind.form == "subgroups":
        if deviations is None:
            raise ValueError(f"The {kind.name} chart needs the subgroups' standard deviations.")
        deviations = _column("deviations", deviations, len(values))
        if (deviations < 0).any() or np.isinf(deviations).any():
            raise ValueError("Every standard deviation must be a number of 0 or more, or NaN where it is missing.")
        return Rows(values, phase_starts, ends, None, under, deviations)
    if kind.ceiling is not None and (values > under * kind.ceiling).any():
        raise ValueError("A numerator is above its denominator; a proportion cannot be more than 1.")
    return Rows(values / under, phase_starts, ends, values, under)


def _check_better(better: int | np.ndarray, starts: np.ndarray) -> np.ndarray:
    better = np.asarray(better)
    if better.shape not in ((), starts.shape) or not ((better == -1) | (better == 0) | (better == 1)).all():
        raise ValueError("better must be 1 (up), -1 (down) or 0 (neither): one figure, or one per series.")
    return better.astype(np.int8)


def _left_out(values: np.ndarray, ghosted: np.ndarray | None, options: Options) -> np.ndarray | None:
    """Rows that limits and rules step over; None for none."""
    if ghosted is None and options.missing != "bridge":
        return None
    out = np.zeros(len(values), bool)
    if ghosted is not None:
        out |= _check_ghosted(ghosted, len(values))
    if options.missing == "bridge":
        out |= np.isnan(values)
    return out if out.any() else None


def _check_ghosted(ghosted: np.ndarray, n: int) -> np.ndarray:
    ghosted = np.asarray(ghosted)
    if ghosted.shape != (n,) or (n and ghosted.dtype != bool):
        raise ValueError("ghosted must be one true or false per row.")
    return ghosted


def _expand(x: np.ndarray | None, where: np.ndarray, fill: float = np.nan) -> np.ndarray | None:
    """``x`` at the places of ``where``, ``fill`` elsewhere."""
    if x is None:
        return None
    out = np.full(where.size, fill, x.dtype)
    out[where] = x
    return out


def _ranges(values: np.ndarray, starts: np.ndarray, left_out: np.ndarray | None, options: Options) -> np.ndarray:
    """Each row's distance from the row before in its phase that is not left out; NaN where there is none.

    qicharts2 takes ranges to the row before, left out or not."""
    n = len(values)
    row = np.arange(n)
    if left_out is None or options.peer == "qic":
        before = row - 1
    else:
        before = np.maximum.accumulate(np.concatenate(([-1], np.where(left_out, -1, row)[:-1]))) if n else row
    inside = before >= starts[panel.segment_of(row, starts)] if n else np.zeros(0, bool)
    return np.abs(values - np.where(inside, values[before], np.nan))


def _scan(rows: Rows, options: Options, widen: np.ndarray | None) -> tuple[Fit, np.ndarray]:
    """Centre and sigma per phase, flags per row, a cache-sized block of whole phases at a time."""
    kind, rule_set = options.chart, options.rule_set
    n, k = len(rows.values), rows.starts.size
    flags = np.empty(n, rule_set.dtype)
    parts = []
    # Fewer calls weigh more than the caches where little is kept of a row but bytes.
    size = panel.BLOCK_ROWS * 5 // 2 if rule_set.narrow and kind.unit is None else panel.BLOCK_ROWS
    for low, high, first, stop in panel.blocks(rows.starts, n, size):
        block = rows.block(low, high, first, stop)
        fit = kind.fit(block, options)
        parts.append(fit if widen is None else fit._replace(sigma=fit.sigma * widen[low:high]))
        band = band_of(block, parts[-1], options)
        flags[first:stop] = rule_set.apply(block.values, block.starts, band, options.strict)
    if not k:
        return Fit(np.zeros(0), np.zeros(0)), flags
    return Fit(*(None if x[0] is None else np.concatenate(x) for x in zip(*parts, strict=True))), flags


def _beyond_alone(values, lines, flags, left_out, options: Options) -> np.ndarray:
    """The flags, rows left out tested against the limits and nothing else."""
    above, below = options.rule_set.bits.get("beyond", (0, 0))
    rows = np.flatnonzero(left_out)
    upper, lower = lines.at("upper", rows), lines.at("lower", rows)
    slack = 0.0 if options.strict else limits.tolerance(lines.at("centre", rows), lines.at("sigma", rows))
    side = zones.sides(values[rows], upper + slack, lower - slack)
    flags[rows] = np.array([0, above, below, 0], flags.dtype)[side]
    return flags
