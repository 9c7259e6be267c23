"""The steps of the review: each takes frames and returns frames with named columns added.

One pass over all series in flat arrays; nothing here loops over sites, series or rows.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from measures import panel
from measures.aims import position
from measures.model import Assurance, Campaign, SiteKind
from measures.review.calendar import period_end
from measures.review.frames import POINTS, SERIES
from measures.review.limits import SIGN, Drawn, settings
from measures.review.paths import Paths
from measures.spc import verdicts
from measures.spc.chart import names
from measures.spc.options import Options

WINDOW = 3
"""Periods over which the distance from the path is judged (domain: m = 3)."""


def observed(observations: pd.DataFrame, campaign: Campaign, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations of periods that are over, sorted by series and period, with ``value`` filled in.

    Returns the sites' own rows and those of the reference lines. A blanked cell is no observation.
    """
    kinds = {s.id: s.kind for s in campaign.sites}
    measures = sorted(campaign.measures, key=lambda m: m.order)
    frame = observations.copy(deep=False)
    # Not astype: to pandas the same categories in another order are the same type, and their codes would stay.
    frame["site"] = pd.Categorical(frame["site"], categories=[s.id for s in campaign.sites])
    frame["measure"] = pd.Categorical(frame["measure"], categories=[m.id for m in measures])
    frame["group"] = frame["group"].astype("category")
    site, measure = frame["site"].cat.codes.to_numpy(), frame["measure"].cat.codes.to_numpy()
    group = frame["group"].cat.codes.to_numpy()
    period, days = pd.factorize(frame["period"].to_numpy(), sort=True)
    ended = {f: period_end(pd.DatetimeIndex(days), f) <= pd.Timestamp(as_of) for f in {m.frequency for m in measures}}
    over = np.array([ended[m.frequency] for m in measures])
    numerator, denominator = frame["numerator"].to_numpy(float), frame["denominator"].to_numpy(float)
    base = np.array([m.rate_base if m.form == "rate" else 1.0 for m in measures])
    value = frame["value"].to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(np.isnan(value), numerator / denominator * base[measure], value)
    frame["value"] = value
    key = site.astype(np.int64)
    for code, size in ((measure, len(measures)), (group, len(frame["group"].cat.categories)), (period, len(days))):
        key = key * size + code
    # A site or measure that the campaign does not know (code -1) is left out.
    keep = over[measure, period] & np.isfinite(value) & (site >= 0) & (measure >= 0)
    rows = np.flatnonzero(keep)
    if (key[rows][1:] < key[rows][:-1]).any():
        rows = rows[np.argsort(key[rows], kind="stable")]
    is_own = np.array([kinds[id] == SiteKind.SITE for id in frame["site"].cat.categories])[site[rows]]
    columns = ["site", "measure", "group", "period", "numerator", "denominator", "value", "note"]
    frame = frame[[*columns, *(["first_at"] if "first_at" in frame else [])]]
    return tuple(frame.take(rows[mask]).reset_index(drop=True) for mask in (is_own, ~is_own))


def points(own: pd.DataFrame, campaign: Campaign, paths: Paths, drawn: Drawn) -> pd.DataFrame:
    """Limits, rules, cause and target for every point. Adds the rest of ``frames.POINTS``."""
    site, measure = own["site"].cat.codes.to_numpy(), own["measure"].cat.codes.to_numpy()
    frame = own[["site", "measure", "group", "period", "numerator", "denominator", "value"]].copy(deep=False)
    frame["phase"], frame["ghosted"] = drawn.phase, drawn.ghosted
    for name, line in drawn.lines.items():
        frame[name] = line
    frame["rules"], frame["cause"] = drawn.rules, drawn.cause
    target = np.full(len(own), np.nan)
    code, days = pd.factorize(own["period"].to_numpy())
    for i, id in enumerate(own["measure"].cat.categories):
        if ("site", id) in paths.in_force:
            mine = np.flatnonzero(measure == i)
            target[mine] = paths.lookup("site", id, _path_code(own, paths, id)[site[mine]], days, code[mine])
    frame["target"] = target
    return frame[list(POINTS)]


def series(frame: pd.DataFrame, drawn: Drawn, campaign: Campaign, options: Options, paths: Paths) -> pd.DataFrame:
    """One row per series: its latest point, the verdicts on it, and its distance from the path.

    The verdicts are those of the latest point that is not ghosted."""
    measure = frame["measure"].cat.codes.to_numpy()
    starts = drawn.starts
    n = np.diff(np.append(starts, len(frame)))
    last = starts + n - 1
    row, judged_row = frame.iloc[last], frame.iloc[drawn.last]
    of = [campaign.measure(m) for m in frame["measure"].cat.categories]
    better = np.array([SIGN[m.better] for m in of])[measure[last]]
    value, target = frame["value"].to_numpy(), frame["target"].to_numpy()
    z_now, z_before, judged = _distance(frame, starts, last, better)
    has_path = np.isfinite(target[last])
    rise = _rise(row, paths)
    small = position.too_small(frame["sigma"].to_numpy()[last], rise, WINDOW)
    code = position.judge(z_now, z_before, has_path, judged >= WINDOW, small)
    length, side = runs_to(value, frame["centre"].to_numpy(), drawn.phase, starts, drawn.last, drawn.ghosted)
    assurance = verdicts.assurance(
        judged_row["lower"].to_numpy(), judged_row["upper"].to_numpy(), target[drawn.last], better, peer=options.peer
    )
    no_limits = np.array([not settings(m, options).chart.has_limits for m in of])[measure[last]]
    out = pd.DataFrame(
        {
            "site": row["site"].to_numpy(),
            "measure": row["measure"].to_numpy(),
            "group": row["group"].to_numpy(),
            "n": n,
            "last_period": row["period"].to_numpy(),
            "last": value[last],
            "mean": row["centre"].to_numpy(),
            "sigma": row["sigma"].to_numpy(),
            "lower": row["lower"].to_numpy(),
            "upper": row["upper"].to_numpy(),
            "variation": drawn.variation,
            "assurance": np.where(no_limits, Assurance.NO_TARGET.value, names(verdicts.ASSURANCES)[assurance]),
            "target": target[last],
            "gap": value[last] - target[last],
            "position_z": np.where(has_path, z_now, np.nan),
            "position": pd.Categorical.from_codes(code, [p.value for p in position.CODES]),
            "runs_length": length,
            "runs_side": side,
            "runs_signal": drawn.runs_signal,
            **drawn.runs,
        }
    )
    return out[list(SERIES)]


def _path_code(own: pd.DataFrame, paths: Paths, measure: str) -> np.ndarray:
    """Each row's site as a row of the table of paths; -1 where it has none."""
    names = paths.keys.get(("site", measure), ())
    order = {name: i for i, name in enumerate(names)}
    lut = np.array([order.get(site, -1) for site in own["site"].cat.categories])
    return lut


def _rise(row: pd.DataFrame, paths: Paths) -> np.ndarray:
    """All that each series' path asks for, from its beginning to the aim; NaN where there is none."""
    out = np.full(len(row), np.nan)
    measure, site = row["measure"].cat.codes.to_numpy(), row["site"].cat.codes.to_numpy()
    for i, id in enumerate(row["measure"].cat.categories):
        if ("site", id) in paths.in_force:
            mine = np.flatnonzero(measure == i)
            out[mine] = paths.rise("site", id)[_path_code(row, paths, id)[site[mine]]]
    return out


def _distance(frame: pd.DataFrame, starts: np.ndarray, last: np.ndarray, better: np.ndarray):
    """Distance from the path now and one review earlier, and the number of periods judged."""
    gap = np.where(frame["ghosted"], np.nan, frame["value"] - frame["target"])
    back = np.arange(WINDOW, -1, -1)
    rows = last[:, None] - back
    inside = rows >= starts[:, None]
    window = np.where(inside, gap[np.where(inside, rows, 0)], np.nan)
    sigma = frame["sigma"].to_numpy()[last]
    zero = np.zeros(WINDOW)
    now = position.distance(window[:, 1:], zero, sigma, better, WINDOW)
    before = position.distance(window[:, :-1], zero, sigma, better, WINDOW)
    return now, before, np.isfinite(window[:, 1:]).sum(axis=1)


def runs_to(
    value: np.ndarray,
    centre: np.ndarray,
    phase: np.ndarray,
    starts: np.ndarray,
    last: np.ndarray,
    ghosted: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How many points running, up to each series' ``last`` row, lie on one side of the centre of their phase.

    ``value``, ``centre`` and ``phase`` are (n,), ``starts`` and ``last`` (s,); ``ghosted`` rows (n,) are stepped
    over. Returns the lengths (s,) and the sides (s,): +1 above, -1 below, 0 on the centre.

    >>> runs_to(np.array([1.0, 5, 6]), np.full(3, 4.0), np.ones(3, int), np.array([0]), np.array([2]))
    (array([2]), array([1], dtype=int8))
    """
    gap = value - centre
    with np.errstate(invalid="ignore"):
        side = np.where(np.abs(gap) <= 1e-9 * np.abs(centre), 0, np.sign(np.nan_to_num(gap))).astype(np.int8)
    if ghosted is not None and ghosted.any():
        # A ghosted row takes the place of the one before, and is not counted.
        kept = np.maximum.accumulate(np.where(ghosted, -1, np.arange(len(value))))
        kept = np.maximum(kept, panel.spread(starts, panel.lengths(starts, len(value))))
        side, phase = side[kept], phase[kept]
    begun = panel.stretches(phase * 3 + side, starts)
    first = begun[panel.segment_of(last, begun)]
    out = 0 if ghosted is None else np.cumsum(ghosted)[last] - np.cumsum(ghosted)[first] + ghosted[first]
    return last - first + 1 - out, side[last]
