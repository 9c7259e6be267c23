"""Limits, rules and verdicts of every series: the engine called once for each kind of chart in the campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from measures import panel
from measures.model import Campaign, Direction, Form, Ghost, Measure, Rebase, RebaseStatus, Redefinition
from measures.review import seasonal
from measures.spc import Chart, Options, chart, phases, verdicts, which
from measures.spc.kinds import impossible
from measures.spc.lines import LINES

SIGN = {Direction.UP: 1, Direction.DOWN: -1, Direction.NEITHER: 0}
RUNS = ("longest_run", "longest_run_max", "crossings", "crossings_min")


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Charts of all series side by side. Rows (n,): ``lines`` by name, ``rules`` (text), ``cause``, ``phase``,
    ``ghosted``, ``judged`` (the values, without their season where that is taken out, on its scale) and ``level``
    (the same in the values' unit). Series (s,): ``last``
    (the latest row that is not ghosted), ``variation``, ``runs_signal`` and the figures of ``RUNS`` of the
    latest phase, -1 where there is none. ``seasons``: by measure, how taking it out went."""

    starts: np.ndarray
    phase: np.ndarray
    ghosted: np.ndarray
    judged: np.ndarray
    level: np.ndarray
    seasons: dict[str, str]
    lines: dict[str, np.ndarray]
    rules: pd.Categorical
    cause: pd.Categorical
    last: np.ndarray
    variation: np.ndarray
    runs_signal: np.ndarray
    runs: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One kind of chart: its series, their rows, what the engine says of them, its lines in the values' unit,
    and the values as they were judged, on their scale and in the values' unit."""

    series: np.ndarray
    rows: np.ndarray
    chart: Chart
    lines: dict[str, np.ndarray]
    judged: np.ndarray
    level: np.ndarray
    season: str = ""
    measure: str = ""


def drawn(
    own: pd.DataFrame,
    campaign: Campaign,
    options: Options,
    rebases: Sequence[Rebase] = (),
    ghosts: Sequence[Ghost] = (),
    redefinitions: Sequence[Redefinition] = (),
) -> Drawn:
    """Every series of ``own`` charted as its measure says; ``options`` for what a measure leaves open.

    ``own``: sorted by site, measure, group and period, with numerator, denominator and value. Phases start at
    mergers, where a measure is counted differently from then on (``redefinitions``, for every site) and at accepted
    ``rebases``, at the next row where that date has none; ``ghosts`` are left out of the limits.
    """
    starts = series_starts(own)
    at = _Finder(own, starts)
    dates = [r for r in rebases if r.status == RebaseStatus.ACCEPTED]
    cuts = at.rows([(r.site, r.measure, r.group, r.on) for r in dates])
    forced = (_after_merger(own, campaign), _after_redefinition(own, redefinitions))
    new_phase = np.unique(np.concatenate([*(panel.stretches(behind, starts) for behind in forced), cuts[cuts >= 0]]))
    ghosted = np.zeros(len(own), bool)
    left = at.rows([(g.site, g.measure, g.group, g.period) for g in ghosts if g.ghosted], exact=True)
    ghosted[left[left >= 0]] = True
    parts = list(_parts(own, campaign, options, starts, new_phase, ghosted))
    return _side_by_side(parts, starts, new_phase, ghosted)


def redrawn(points: pd.DataFrame, campaign: Campaign, options: Options) -> Drawn:
    """Points of the review (``frames.POINTS``) charted anew, phases and ghosts as they are: ``campaign`` may
    give a measure another kind of chart or other rules."""
    starts = series_starts(points)
    new_phase = panel.stretches(points["phase"].to_numpy(), starts)
    ghosted = points["ghosted"].to_numpy(bool)
    parts = list(_parts(points, campaign, options, starts, new_phase, ghosted))
    return _side_by_side(parts, starts, new_phase, ghosted)


def series_starts(frame: pd.DataFrame) -> np.ndarray:
    """First rows of the series of a frame sorted by site, measure and group."""
    key = frame["site"].cat.codes.to_numpy(np.int64)
    for name in ("measure", "group"):
        key = key * len(frame[name].cat.categories) + frame[name].cat.codes.to_numpy()
    return panel.first_rows(key)


def settings(measure: Measure, options: Options) -> Options:
    """How a measure is charted: its own kind and rules, the rest from ``options``."""
    return replace(options, kind=measure.chart, rules=measure.rules)


def _parts(own, campaign: Campaign, options: Options, starts, new_phase, ghosted):
    """One call of the engine for each set of options among the measures, and one for each whose season goes out."""
    code = own["measure"].cat.codes.to_numpy()
    of = [campaign.measure(m) for m in own["measure"].cat.categories]
    chosen = [(settings(m, options), m.id if seasonal.takes_out(m, settings(m, options)) else "") for m in of]
    baseline = np.array([m.baseline_points or 0 for m in of])
    better = np.array([SIGN[m.better] for m in of], np.int8)
    base = np.array([m.rate_base if m.form == Form.RATE else 1.0 for m in of])
    lengths = panel.lengths(starts, len(own))
    for wanted, season_of in dict.fromkeys(chosen):
        mine = np.array([c == (wanted, season_of) for c in chosen])[code[starts]]
        if not mine.any():
            continue
        keep = panel.spread(mine, lengths)
        rows = np.flatnonzero(keep)
        own_starts = np.cumsum(lengths[mine]) - lengths[mine]
        own_phases = new_phase[keep[new_phase]]
        ratio = wanted.chart.form == "ratio"
        given = dict(
            starts=own_starts,
            options=wanted,
            better=better[code[starts[mine]]],
            phase_starts=(np.cumsum(keep) - 1)[own_phases],
            ghosted=ghosted[rows],
            baseline=baseline[code[own_phases]],
        )
        if season_of:
            yield _Part(
                np.flatnonzero(mine), rows, *seasonal.charted(own.iloc[rows], campaign.measure(season_of), given)
            )
            continue
        values = own["numerator" if ratio else "value"].to_numpy(float)[rows]
        under = own["denominator"].to_numpy(float)[rows] / base[code[rows]] if ratio else None
        # What the kind cannot have (a share of more than all, stored from elsewhere) is shown, and judged as missing.
        odd = impossible(wanted.chart, values, under)
        values, under = (x if x is None else np.where(odd, np.nan, x) for x in (values, under))
        found = chart(values, denominators=under, **given)
        lines = {name: getattr(found, name) for name in LINES}
        yield _Part(np.flatnonzero(mine), rows, found, lines, found.values, own["value"].to_numpy(float)[rows])


def _side_by_side(parts: list[_Part], starts, new_phase, ghosted) -> Drawn:
    n, s = len(ghosted), len(starts)
    lines = {name: np.full(n, np.nan) for name in LINES}
    judged, level = np.full(n, np.nan), np.full(n, np.nan)
    cause, rules = np.zeros(n, np.int8), np.zeros(n, np.int16)
    variation, last = np.full(s, None, object), np.zeros(s, np.int64)
    signal, runs = np.zeros(s, bool), {name: np.full(s, -1) for name in RUNS}
    texts: dict[str, int] = {"": 0}
    for part in parts:
        c = part.chart
        judged[part.rows], level[part.rows] = part.judged, part.level
        for name in LINES:
            lines[name][part.rows] = part.lines[name]
        cause[part.rows] = c.cause
        bits, own = c.rule_codes()
        rules[part.rows] = np.array([texts.setdefault(text, len(texts)) for text in own], np.int16)[bits]
        last[part.series], variation[part.series] = part.rows[c.last], c.variation_names()
        latest = np.searchsorted(c.phase_starts, np.append(c.starts[1:], len(c.values))) - 1
        found = c.runs()
        signal[part.series] = found.signal[latest]
        for name in RUNS:
            runs[name][part.series] = getattr(found, name)[latest]
    phase = panel.spread(phases.numbers(new_phase, starts), panel.lengths(new_phase, n))
    return Drawn(
        starts=starts,
        phase=phase,
        ghosted=ghosted,
        judged=judged,
        level=level,
        seasons={part.measure: part.season for part in parts if part.measure},
        lines=lines,
        rules=pd.Categorical.from_codes(rules, list(texts)),
        cause=pd.Categorical.from_codes(cause, [c.value for c in verdicts.CAUSES]),
        last=last,
        variation=variation,
        runs_signal=signal,
        runs=runs,
    )


class _Finder:
    """Rows of a frame sorted by series and period, by site, measure, group and date."""

    def __init__(self, own: pd.DataFrame, starts: np.ndarray) -> None:
        self.own, self.starts, self.stops = own, starts, panel.stops(starts, len(own))

    def rows(self, wanted: list[tuple], *, exact: bool = False) -> np.ndarray:
        """The row of each (site, measure, group, date), or the next of its series; -1 where there is none."""
        if not wanted or not len(self.own):
            return np.full(len(wanted), -1, np.int64)
        key, here = np.zeros(len(wanted), np.int64), np.ones(len(wanted), bool)
        heads = np.zeros(self.starts.size, np.int64)
        for name, asked in zip(("site", "measure", "group"), zip(*(w[:3] for w in wanted), strict=True), strict=True):
            column = self.own[name].cat
            code = column.categories.get_indexer(asked)
            here &= code >= 0
            key = key * len(column.categories) + code
            heads = heads * len(column.categories) + column.codes.to_numpy(np.int64)[self.starts]
        series = np.minimum(np.searchsorted(heads, key), heads.size - 1)
        here &= heads[series] == key
        day = np.array([w[3] for w in wanted], "datetime64[D]").astype(np.int64)
        days = self.own["period"].to_numpy().astype("datetime64[D]").astype(np.int64)
        of = panel.segment_of(np.arange(days.size), self.starts)
        found = np.searchsorted(of * _DAYS + days, series * _DAYS + day)
        here &= found < self.stops[series]
        if exact:
            here[here] &= days[found[here]] == day[here]
        return np.where(here, found, -1)


_DAYS = 10_000_000
"""More days than any calendar here has: a series' number times this, and a day, make one key."""


def _after_merger(own: pd.DataFrame, campaign: Campaign) -> np.ndarray:
    """How many mergers into its site lie behind each row: a change of this number starts a phase."""
    code = {site: i for i, site in enumerate(own["site"].cat.categories)}
    joins = np.array(
        sorted(
            {
                code[s.successor] * _DAYS + np.datetime64(s.merged_on, "D").astype(np.int64)
                for s in campaign.sites
                if s.merged_on
            }
        ),
        np.int64,
    )
    joined = np.zeros(len(own["site"].cat.categories), bool)
    joined[joins // _DAYS] = True
    site = own["site"].cat.codes.to_numpy()
    behind = np.zeros(len(own), np.int64)
    rows = np.flatnonzero(joined[site])
    at = site[rows].astype(np.int64) * _DAYS
    day = own["period"].to_numpy()[rows].astype("datetime64[D]").astype(np.int64)
    behind[rows] = np.searchsorted(joins, at + day, side="right") - np.searchsorted(joins, at, side="left")
    return behind


def _after_redefinition(own: pd.DataFrame, redefinitions: Sequence[Redefinition]) -> np.ndarray:
    """How many times each row's measure has been counted differently by then: a change of this number is a break."""
    behind = np.zeros(len(own), np.int64)
    measure, period = own["measure"].cat.codes.to_numpy(), own["period"].to_numpy()
    for made in redefinitions:
        code = own["measure"].cat.categories.get_indexer([made.measure])[0]
        behind += made.stands & (measure == code) & (period >= np.datetime64(made.on, "us"))
    return behind


def offered(measure: Measure) -> list[str]:
    """The kinds of chart that a measure's observations can be drawn as, its own first."""
    return [measure.chart, *(kind for kind in which.suits(measure.form) if kind != measure.chart)]
