"""Counts over time in whole numbers: each site's periods add up to its share, and the sites' to the campaign's.

Rounding every site by itself would not do: the campaign's own figure of a month would be missed by many units. So the
campaign is rounded first, and its whole numbers are then handed down: to the sites in two halves, to these in halves
again, and so on to the single site. Whatever a half is given, its other half gets the rest, so the sums over sites are
right at every step; and each half gets its own share over all periods, so the sums over time are right too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.exact import scaled
from measures.aims.integers import MOST
from measures.aims.shapes import Shape
from measures.aims.trajectory import ascending, way, windows

_HIGH, _LOW = 32 * 27 * 25 * 7 * 11 * 13, 17 * 19 * 23 * 29 * 31
_ONE = _HIGH * _LOW
"""The steps of a shape are whole numbers over the least common multiple of 1 to 36, about 10**14: those of a straight
path of up to three years, or of 52 weeks, are exact. In two factors, so that products stay whole numbers of 64 bits."""

_CELLS = 2**18
"""How many cells are handed down at a time, so that the work stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """How many in which period.

    ``sites`` (n, t): int64, rows adding up to the shares; ``campaign`` (t,): their sum; ``waves`` (g, t): the same for
    the sites of one shape, start, end and lag; ``wave`` (n,): which of them each site is in; ``periods`` (t,).
    """

    sites: np.ndarray
    campaign: np.ndarray
    waves: np.ndarray
    wave: np.ndarray
    periods: np.ndarray


def schedule(
    shares: ArrayLike,
    shapes: Shape | Sequence[Shape],
    periods: ArrayLike,
    *,
    starts: ArrayLike | None = None,
    ends: ArrayLike | None = None,
    lags: ArrayLike = 0,
) -> Schedule:
    """Each share spread over the periods by its shape, in whole numbers with both margins exact.

    A cell's quota is a_i (f(s_t) - f(s_(t-1))), the first period from the start. Sites of one shape, start, end and
    lag are a wave; a wave's own line is its total by largest remainder, what is left over being spread evenly among
    equal remainders, and is handed down in halves (see above) so that each cell is its quota rounded down or up.
    Seldom that cannot be kept up to the last half: in fewer than 1 of 10,000 small waves drawn at random a cell was
    more than one unit from its quota, by 1.24 at most. The margins are exact there too.

    The campaign's line is the sum of the waves: with one wave, the shape's own schedule; with more, the aggregated
    sites, never a curve of its own. Sites are halved in order of their shares, so the order in which they are given
    decides only between equals.

    ``shares`` (n,): whole numbers, none negative; ``shapes``: one for all or one for each site, none going down;
    ``periods`` (t,): numbers, ascending (months, weeks, quarters: what is counted does not matter); ``starts``: the
    period in which nothing is due yet, by default the one before the first; ``ends``: the last period of each, by
    default of all; ``lags``: scalars or (n,).

    Raises ValueError, naming the site by its number from 1.

    Source: largest remainder, Balinski & Young (1982); controlled rounding, Cox & Ernst (1982), INFOR 20:423.

    >>> from measures.aims.shapes import shape
    >>> schedule([100], shape("s-curve"), range(1, 13)).campaign.tolist()
    [1, 2, 4, 8, 15, 20, 20, 15, 8, 4, 2, 1]
    >>> two = schedule([5, 2], shape("linear"), range(1, 5))
    >>> two.sites.tolist(), two.campaign.tolist()
    ([[1, 2, 1, 1], [1, 0, 0, 1]], [2, 2, 1, 2])
    """
    share = _shares(shares)
    n = len(share)
    periods = ascending(periods)
    if not periods.size:
        raise ValueError("There are no periods to spread the shares over.")
    step = periods[1] - periods[0] if periods.size > 1 else 1.0
    starts = periods[0] - step if starts is None else starts
    ends = periods[-1] if ends is None else ends
    found = windows(n, shapes, starts=starts, ends=ends, lags=lags)
    for k, shape in enumerate(found.shapes):
        _refuse(
            (found.shape == k)[found.of] & (not shape.rises),
            f"The shape {shape} of site {{}} goes down on its way, and what is counted cannot; choose another.",
        )
    early = np.broadcast_to(np.asarray(starts, np.float64), n) < periods[0] - step
    _refuse(early, "Site {} starts before the first period, so its first figures would be lost; list earlier periods.")
    _refuse(found.last[found.of] > periods[-1], "The end of site {} is after the last period; list periods up to it.")
    weights = _weights(way(found, periods))
    g = len(weights)
    total = np.zeros(g, np.int64)
    np.add.at(total, found.of, share)
    waves = _largest_remainder(total, weights)
    order = np.lexsort((-share, found.of))
    sites = np.empty((n, periods.size), np.int64)
    sites[order] = _handed_down(waves, weights, share[order], np.bincount(found.of, minlength=g))
    return Schedule(sites, waves.sum(axis=0), waves, found.of, periods)


def typed_schedule(figures: Sequence[Sequence] | np.ndarray, shares: ArrayLike) -> np.ndarray:
    """A schedule typed by hand, checked: whole numbers, none negative, each row adding up to its share.

    ``figures`` (n, t): as ``exact.scaled`` reads them; ``shares`` (n,): whole numbers. Returns int64 (n, t).

    Raises ValueError, naming the site and the period by their numbers from 1, and the difference.

    >>> typed_schedule([["3", 4.0, 3]], [10]).tolist()
    [[3, 4, 3]]
    """
    share = _shares(shares)
    if len(figures) != len(share):
        raise ValueError(f"There are {len(figures):,} schedules for {len(share):,} sites; give one for each site.")
    t = len(figures[0]) if len(share) else 0
    for i, row in enumerate(figures):
        if len(row) != t:
            raise ValueError(f"The schedule of site {i + 1} has {len(row):,} periods and that of site 1 has {t:,}.")
    try:
        whole, divisor = scaled([one for row in figures for one in row], "schedule")
    except ValueError:
        for i, row in enumerate(figures, 1):
            scaled(list(row), f"schedule of site {i}")
        raise
    for wrong, says in (
        (whole % divisor != 0, "is not a whole number"),
        (whole < 0, "is below 0"),
        (whole > MOST * divisor, f"is above {MOST:,}"),
    ):
        wrong = np.asarray(wrong, bool)
        if wrong.any():
            i, k = divmod(int(np.argmax(wrong)), t)
            raise ValueError(f"In the schedule of site {i + 1}, period {k + 1} {says}: {figures[i][k]}.")
    out = (whole // divisor).astype(np.int64).reshape(len(share), t)
    added = out.astype(object).sum(axis=1) if t else np.zeros(len(share), np.int64)
    for i in np.flatnonzero(np.asarray(added != share, bool))[:1]:
        less, gap = added[i] < share[i], abs(int(added[i]) - int(share[i]))
        raise ValueError(
            f"The schedule of site {i + 1} adds up to {added[i]:,}, {gap:,} {'less' if less else 'more'} than its "
            f"share of {share[i]:,}; {'add' if less else 'take away'} {gap:,}."
        )
    return out


def _shares(shares: ArrayLike) -> np.ndarray:
    whole, divisor = scaled(shares if isinstance(shares, np.ndarray) else list(shares), "shares")
    _refuse(whole % divisor != 0, "The share of site {} is not a whole number.")
    _refuse(whole < 0, "The share of site {} is below 0.")
    if (whole.sum() if len(whole) else 0) > MOST * divisor:
        raise ValueError(f"The shares add up to more than {MOST:,}.")
    return (whole // divisor).astype(np.int64)


def _weights(made: np.ndarray) -> np.ndarray:
    """Each row's steps (g, t) as whole numbers that add up to ``_ONE``.

    Steps that are equal but for the rounding of floats become equal; what then lacks or is too much, at most half a
    unit for each step, is put right at the largest, the earlier first.
    """
    step = np.rint(np.diff(made, axis=1, prepend=0.0) * _ONE).astype(np.int64)
    rest = _ONE - step.sum(axis=1)
    place = np.empty_like(step)
    order = np.argsort(-step, axis=1, kind="stable")
    np.put_along_axis(place, order, np.broadcast_to(np.arange(step.shape[1]), step.shape), axis=1)
    return step + np.sign(rest)[:, None] * (place < np.abs(rest)[:, None])


def _quota(totals: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """totals x weights / _ONE (k, t) exactly: the whole part, and the rest over ``_ONE``.

    (a H + b) (c L + d) / (H L) = a c + a d / L + b c / H + b d / (H L), H and L being the two factors.
    """
    a, b = np.divmod(totals[:, None], _HIGH)
    c, d = np.divmod(weights, _LOW)
    first, over_low = np.divmod(a * d, _LOW)
    second, over_high = np.divmod(b * c, _HIGH)
    third, rest = np.divmod(over_low * _HIGH + over_high * _LOW + b * d, _ONE)
    return a * c + first + second + third, rest


def _largest_remainder(totals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each total (g,) over its row of weights (g, t)."""
    whole, rest = _quota(totals, weights)
    return whole + _largest(rest, rest > 0, totals - whole.sum(axis=1))


def _largest(figures: np.ndarray, may: np.ndarray, count: np.ndarray) -> np.ndarray:
    """1 at the ``count`` (k,) largest of each row's figures (k, t) that ``may`` be chosen, else 0.

    Of equal figures at the border evenly spaced ones: the first would put a year's work into its first months.
    """
    figures = np.where(may, figures, np.iinfo(np.int64).min)
    border = np.take_along_axis(np.sort(figures, axis=1), (figures.shape[1] - np.maximum(count, 1))[:, None], axis=1)
    above, equal = figures > border, (figures == border) & may
    left, among = (count - above.sum(axis=1))[:, None], np.maximum(equal.sum(axis=1), 1)[:, None]
    upto = np.cumsum(equal, axis=1)
    # left / among of them up to each, rounded to the nearest: one is chosen where that rises.
    chosen = (2 * upto * left + among) // (2 * among) > (2 * (upto - 1) * left + among) // (2 * among)
    return (above | (equal & chosen)).astype(np.int64)


def _handed_down(lines: np.ndarray, weights: np.ndarray, shares: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Whole numbers (n, t) of the sites, which stand wave after wave (``sizes`` (g,)), out of the waves' lines."""
    upto = np.concatenate([[0], np.cumsum(shares)])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    last = first + sizes
    wave = np.arange(len(sizes))
    while ((last - first) > 1).any():
        parts = np.flatnonzero(last - first > 1)
        middle = (first + last + 1) // 2
        left = np.zeros((len(parts), lines.shape[1]), np.int64)
        block = max(1, _CELLS // lines.shape[1])
        for at in range(0, len(parts), block):
            some = parts[at : at + block]
            mine, others = upto[middle[some]] - upto[first[some]], upto[last[some]] - upto[middle[some]]
            left[at : at + block] = _left_half(lines[some], weights[wave[some]], mine, others)
        right = lines[parts] - left
        # Each part is followed by its right half, so the parts stay in the sites' order.
        again = np.repeat(np.arange(len(first)), 1 + (last - first > 1))
        lines, wave = lines[again], wave[again]
        halves = parts + np.arange(len(parts))
        lines[halves], lines[halves + 1] = left, right
        starts, ends = first[again], last[again]
        ends[halves], starts[halves + 1] = middle[parts], middle[parts]
        first, last = starts, ends
    return lines


def _left_half(lines: np.ndarray, weights: np.ndarray, mine: np.ndarray, others: np.ndarray) -> np.ndarray:
    """What the left half (k, t) gets of each line (k, t), ``mine`` (k,) in sum, ``others`` going to the right.

    Each cell is the quota rounded down or up, on both sides, where the rows can then still be filled; else the line
    itself is split in proportion, which always can. Among the cells that may be rounded up, those gain that bring
    both halves closest to their quotas.
    """
    whole, rest = _quota(mine, weights)
    whole_right, rest_right = _quota(others, weights)
    low = np.maximum(np.maximum(whole, lines - whole_right - (rest_right > 0)), 0)
    high = np.minimum(np.minimum(whole + (rest > 0), lines - whole_right), lines)
    cannot = (low > high).any(axis=1) | (low.sum(axis=1) > mine) | (high.sum(axis=1) < mine)
    if cannot.any():
        low[cannot], high[cannot] = _in_proportion(lines[cannot], mine[cannot], others[cannot])
    # Twice the middle between the two sides' wishes, above what is given already, over _ONE.
    wish = (whole - whole_right + lines - 2 * low) * _ONE + (rest - rest_right)
    return low + _largest(wish, high > low, mine - low.sum(axis=1))


def _in_proportion(lines: np.ndarray, mine: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """lines x mine / (mine + others), rounded down and up; the products as Python's whole numbers."""
    parts = lines.astype(object) * mine[:, None].astype(object)
    together = np.maximum(mine + others, 1)[:, None].astype(object)
    below = parts // together
    return below.astype(np.int64), (below + (parts % together > 0)).astype(np.int64)


def _refuse(wrong: np.ndarray, sentence: str) -> None:
    wrong = np.asarray(wrong, bool)
    if wrong.any():
        raise ValueError(sentence.format(int(np.argmax(wrong)) + 1))
