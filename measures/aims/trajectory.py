"""The path to an aim over time: from the baseline by a shape, or straight between dated waypoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.shapes import Shape


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Who goes by which shape from when to when, each combination once.

    ``shapes`` (k,): the distinct shapes; ``shape`` (g,): which of them; ``first``, ``last`` (g,): when the way begins
    (start and lag) and ends; ``of`` (n,): each site's combination.
    """

    shapes: tuple[Shape, ...]
    shape: np.ndarray
    first: np.ndarray
    last: np.ndarray
    of: np.ndarray


def windows(
    n: int, shapes: Shape | Sequence[Shape], *, starts: ArrayLike, ends: ArrayLike, lags: ArrayLike = 0
) -> Windows:
    """The distinct combinations of shape, start with lag, and end among ``n`` sites.

    ``shapes``: one for all, or one for each site; ``starts``, ``ends``, ``lags``: scalars or (n,), periods by number
    (months by ``month_number``). In the period ``start`` the baseline still stands.

    Raises ValueError, naming the site by its number from 1, where an end is not after its start and lag.

    >>> from measures.aims.shapes import shape
    >>> windows(3, shape("linear"), starts=[0, 6, 0], ends=12).of.tolist()
    [0, 1, 0]
    """
    start, end, lag = (_each(n, x, what) for x, what in ((starts, "starts"), (ends, "ends"), (lags, "lags")))
    _refuse(lag < 0, "The lag of site {} is below 0; a lag is how many periods pass before anything moves.")
    _refuse(end < start, "The end of site {} is before its start; put the end after the start.")
    _refuse(end <= start + lag, "The end of site {} is not after its start and lag, so no time is left for the way.")
    if isinstance(shapes, Shape):
        distinct, number = (shapes,), np.zeros(n)
    else:
        if len(shapes) != n:
            raise ValueError(f"There are {len(shapes):,} shapes for {n:,} sites; give one for all or one for each.")
        place: dict[Shape, int] = {}
        number = np.array([place.setdefault(one, len(place)) for one in shapes], np.float64)
        distinct = tuple(place)
    found, of = np.unique(np.column_stack([number, start + lag, end]), axis=0, return_inverse=True)
    return Windows(distinct, found[:, 0].astype(np.int64), found[:, 1], found[:, 2], of.reshape(-1))


def way(found: Windows, periods: ArrayLike) -> np.ndarray:
    """The way made at the end of each period, f(s), s = (t - t0 - lag) / (T - t0 - lag) clipped to 0..1.

    ``periods`` (t,): numbers, ascending. Returns (g, t), a row for each combination; ``[found.of]`` gives the sites'.

    >>> from measures.aims.shapes import shape
    >>> way(windows(1, shape("linear"), starts=0, ends=12, lags=2), [0, 2, 7, 12, 13]).tolist()
    [[0.0, 0.0, 0.5, 1.0, 1.0]]
    """
    periods = ascending(periods)
    gone = (periods - found.first[:, None]) / (found.last - found.first)[:, None]
    made = np.empty_like(gone)
    for k, shape in enumerate(found.shapes):
        rows = found.shape == k
        made[rows] = shape(gone[rows])
    return made


def levels(
    baselines: ArrayLike,
    aims: ArrayLike,
    shapes: Shape | Sequence[Shape],
    periods: ArrayLike,
    *,
    starts: ArrayLike,
    ends: ArrayLike,
    lags: ArrayLike = 0,
) -> np.ndarray:
    """Level trajectories of many sites: y(t) = B + (A - B) f(s), s = (t - t0 - lag) / (T - t0 - lag) clipped.

    ``baselines``, ``aims``: scalars or (n,), in the measure's unit; ``shapes``: one for all, or one for each site;
    ``periods`` (t,): numbers, ascending; ``starts``, ``ends``, ``lags``: scalars or (n,). Returns (n, t).

    Until a site's own start and lag are over, its trajectory is its baseline; after its end, its aim. NaN before the
    campaign's first period, which is the earliest start, and for a site without baseline or aim.

    Raises ValueError, naming the site by its number from 1, where an end is not after its start and lag.

    >>> from measures.aims.shapes import shape
    >>> levels([80, 60], 90, shape("linear"), [0, 6, 12, 18], starts=[0, 6], ends=[12, 18])
    array([[80., 85., 90., 90.],
           [60., 60., 75., 90.]])
    """
    sizes = {np.size(x) for x in (baselines, aims, starts, ends, lags) if np.ndim(x)}
    sizes |= set() if isinstance(shapes, Shape) else {len(shapes)}
    if len(sizes) > 1:
        raise ValueError(f"Baselines, aims, shapes and dates are for {sorted(sizes)} sites; give one for each site.")
    n = sizes.pop() if sizes else 1
    found = windows(n, shapes, starts=starts, ends=ends, lags=lags)
    made = way(found, periods)[found.of]
    baseline = np.broadcast_to(np.asarray(baselines, np.float64), n)[:, None]
    aim = np.broadcast_to(np.asarray(aims, np.float64), n)[:, None]
    _refuse(np.isinf(baseline + aim).any(axis=1), "The baseline or the aim of site {} is not a finite number.")
    # The sum of both ends, not baseline + rise: a trajectory reaches its aim exactly.
    out = baseline * (1 - made) + aim * made
    if n:
        out[:, ascending(periods) < np.min(starts)] = np.nan
    return out


def aggregate(trajectories: np.ndarray, weights: ArrayLike | None = None) -> np.ndarray:
    """The campaign's trajectory: its sites', weighted, at every period; never a curve of its own.

    Levels: sum(w y) / sum(w). Without ``weights``, the sum, as counts add up.

    ``trajectories`` (n, t); ``weights`` (n,) or (n, t), none negative: forecast denominators, say. Returns (t,); NaN
    where a site with weight has none.

    Raises ValueError, naming the site or the period by its number from 1.

    >>> aggregate(np.array([[80.0, 90.0], [60.0, 90.0]]), [300, 100]).tolist()
    [75.0, 90.0]
    """
    if weights is None:
        return trajectories.sum(axis=0)
    weight = np.asarray(weights, np.float64)
    if weight.shape not in (trajectories.shape, trajectories.shape[:1]):
        n, t = trajectories.shape
        raise ValueError(f"Weights are for {n:,} sites, or for {n:,} sites and {t:,} periods; these are not.")
    weight = weight if weight.ndim == 2 else weight[:, None]
    _refuse((~(weight >= 0) | np.isinf(weight)).any(axis=1), "The weight of site {} is not a number of 0 or more.")
    together = np.broadcast_to(weight.sum(axis=0), trajectories.shape[1:])
    _refuse(together == 0, "No site has weight in period {}, so there is nothing to weight.")
    return np.where(weight > 0, trajectories * weight, 0.0).sum(axis=0) / together


def segment(periods: np.ndarray, knots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which stretch between two knots each period lies in, and how far along it.

    ``periods`` (t,) and ``knots`` (k,) are month numbers, knots ascending; returns the index of the left
    knot (t,) and the fraction (t,) in [0, 1]. Before the first knot the fraction is 0, after the last it is 1.

    >>> seg, f = segment(np.array([0, 3, 6, 12, 99]), np.array([0, 6, 21]))
    >>> seg.tolist(), f.round(2).tolist()
    ([0, 0, 1, 1, 1], [0.0, 0.5, 0.0, 0.4, 1.0])
    """
    seg = np.clip(np.searchsorted(knots, periods, side="right") - 1, 0, len(knots) - 2)
    width = knots[seg + 1] - knots[seg]
    return seg, np.clip((periods - knots[seg]) / width, 0.0, 1.0)


def straight(periods: np.ndarray, knots: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Levels on straight lines between waypoints, for many sites at once.

    ``levels`` (..., k) are each site's levels at the knots; returns (..., t).

    >>> straight(np.array([0, 3, 6]), np.array([0, 6]), np.array([[0.8, 0.9], [0.5, 0.5]])).tolist()
    [[0.8, 0.85, 0.9], [0.5, 0.5, 0.5]]
    """
    seg, f = segment(periods, knots)
    # The sum of both ends, not start + f x rise: a path reaches its waypoint exactly.
    return levels[..., seg] * (1 - f) + levels[..., seg + 1] * f


def month_number(periods: np.ndarray) -> np.ndarray:
    """Months since January 1970 of datetime64 values.

    >>> month_number(np.array(["1970-01-01", "1971-02-01"], "datetime64[D]")).tolist()
    [0, 13]
    """
    return np.asarray(periods).astype("datetime64[M]").astype(np.int64)


def _each(n: int, figures: ArrayLike, what: str) -> np.ndarray:
    out = np.asarray(figures, np.float64)
    if out.ndim and out.shape != (n,):
        raise ValueError(f"There are {out.size:,} {what} for {n:,} sites; give one for all or one for each.")
    _refuse(~np.isfinite(np.atleast_1d(out)), f"Number {{}} of the {what} is not a finite number.")
    return np.broadcast_to(out, n)


def ascending(periods: ArrayLike) -> np.ndarray:
    """Periods by number (t,), checked to be finite and in order.

    >>> ascending(range(3)).tolist()
    [0.0, 1.0, 2.0]
    """
    periods = np.asarray(periods, np.float64)
    if periods.ndim != 1 or not np.isfinite(periods).all():
        raise ValueError("Periods must be one row of finite numbers.")
    _refuse(np.diff(periods, prepend=-np.inf) <= 0, "Period {} does not come after the one before; put them in order.")
    return periods


def _refuse(wrong: np.ndarray, sentence: str) -> None:
    if wrong.any():
        raise ValueError(sentence.format(int(np.argmax(wrong)) + 1))
