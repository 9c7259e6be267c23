"""Charts of a measure whose season is taken out: pooled over its sites, on the scale where seasons add."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from measures import panel
from measures.model import Form, Measure
from measures.spc import Chart, Options, chart, phases, scales, season, widening
from measures.spc.lines import LINES

SEASONS = {"month": 12, "quarter": 4}
"""Seasons in the year, by a measure's frequency; others keep their season."""


TAKEN_OUT = (season.Status.POOLED.value, season.Status.OWN.value)
"""How it went where the season was in fact taken out."""


def takes_out(measure: Measure, options: Options) -> bool:
    """Whether a measure, charted by ``options``, has its season taken out."""
    return measure.season_out and options.kind == "xmr" and measure.frequency in SEASONS


def charted(
    own: pd.DataFrame, measure: Measure, given: dict[str, Any]
) -> tuple[Chart, dict[str, np.ndarray], np.ndarray, np.ndarray, str, str]:
    """The chart of the values without their season; its lines in the values' unit; those values, on their scale and in
    the values' unit; how it went; of what.

    ``own``: the measure's rows; ``given``: what ``spc.chart`` is given. The season is learned from the baselines of
    first phases alone, so that new limits at one site change nobody else's; a later phase's limits still carry what
    so few points cost.
    """
    starts, phase_starts, n = given["starts"], given["phase_starts"], len(own)
    under = own["denominator"].to_numpy(float) if measure.form.has_denominator else None
    top = own["numerator"].to_numpy(float) if under is not None else None
    base = measure.rate_base if measure.form == Form.RATE else 1.0
    values = own["value"].to_numpy(float)
    y = scales.to_scale(values, measure.form, numerators=top, denominators=under, base=base)
    ends = phases.baseline_ends(phase_starts, n, given["baseline"])
    phase = panel.segment_of(np.arange(n), phase_starts)
    in_baseline = (np.arange(n) < ends[phase]) & ~given["ghosted"] & ~np.isnan(y)
    first = np.isin(phase_starts, starts)
    found = season.indices(
        y,
        starts,
        season.ordinals(own["period"].to_numpy(), SEASONS[measure.frequency]),
        pool=own["group"].cat.codes.to_numpy()[starts].astype(np.int64),
        baseline=in_baseline & first[phase],
        phase_starts=phase_starts,
        seasons=SEASONS[measure.frequency],
    )
    behind = np.maximum(panel.sums(in_baseline.astype(np.int64), phase_starts, panel.stops(phase_starts, n)), 1)
    out = np.isin(found.status_names(), TAKEN_OUT)
    later = ~first & out[panel.segment_of(phase_starts, starts)]
    factor = np.where(later, widening.few_points(behind) * np.sqrt(1 + 1 / behind), found.factor)
    # A series whose season stays in is charted as it is.
    taken = panel.spread(out, panel.lengths(starts, n))
    judged = np.where(taken, y - found.index, values)
    result = chart(judged, widen=factor, **given)
    level = np.where(taken, scales.from_scale(y - found.index, measure.form, denominators=under, base=base), values)
    lines = {}
    for name in LINES:
        line = getattr(result, name)
        back = scales.lines_back(line, found.index, measure.form, denominators=under, base=base)
        lines[name] = np.where(taken, back, line)
    lines["sigma"] = np.where(taken, (lines["upper"] - lines["lower"]) / 6, lines["sigma"])
    statuses = found.status_names()
    return result, lines, judged, level, str(statuses[0]) if statuses.size else "", measure.id
