"""Real improvement told apart from a change of who is counted.

A campaign's rate can fall while every site's rises, when more people come to sites where it is low. Show both parts
wherever denominators move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A campaign's change between two dates, in two parts: arrays (...), and by site (..., n).

    ``before``, ``after``: the campaign's rates; ``total`` = ``real`` + ``mix``, which is their difference.
    ``real``: what the sites' own rates did; ``mix``: what their weights did. ``real_by_site``, ``mix_by_site`` add up
    to these. ``fixed_before``, ``fixed_after``: the campaign's rates over the sites there at both dates, with the
    first date's denominators at each.
    """

    before: np.ndarray
    after: np.ndarray
    total: np.ndarray
    real: np.ndarray
    mix: np.ndarray
    real_by_site: np.ndarray
    mix_by_site: np.ndarray
    fixed_before: np.ndarray
    fixed_after: np.ndarray


class FixedWeights(NamedTuple):
    """A campaign's rate with weights that do not move, and the part of all weight that was there, both (...)."""

    rate: np.ndarray
    covered: np.ndarray


def mix(weights_before: ArrayLike, rates_before: ArrayLike, weights_after: ArrayLike, rates_after: ArrayLike) -> Mix:
    """P1 - P0 = sum_i W_i (p1_i - p0_i) + sum_i (Q_i - Q) (w1_i - w0_i).

    The first sum is real, the second mix. W_i is the mean of site i's weights w at the two dates, each date's adding
    up to 1; Q_i the mean of its rates, and Q that of the campaign's. An identity, exact up to the last digit of a
    float. Taking Q off makes no difference to the sum, as the weights' changes add up to 0, and by site tells whether
    those that grew are above the campaign or below it.

    A site that is not there at one date (NaN, or no denominator) has no weight then, and what its coming or going
    does is all mix; one that is there at neither has no part. With nobody at all at a date, everything is NaN.

    Arguments
        weights_before, weights_after: (..., n) denominators, or weights of any scale, not negative.
        rates_before, rates_after: (..., n). All four are broadcast, so that one baseline goes with many periods.

    Raises ValueError where a weight is negative or infinite, or the shapes do not go together.

    Source: standardisation of rates: Kitagawa (1955) J Am Stat Assoc 50:1168.

    >>> found = mix([.4, .6], [.70, .90], [.5, .5], [.72, .91])
    >>> [round(100 * float(part), 2) for part in (found.total, found.real, found.mix)]
    [-0.5, 1.45, -1.95]
    >>> round(100 * float(found.fixed_after - found.fixed_before), 2)
    1.4
    """
    n0, p0, n1, p1 = _together(weights_before, rates_before, weights_after, rates_after)
    here0, here1 = _there(n0, p0), _there(n1, p1)
    w0, w1 = _parts(n0, here0), _parts(n1, here1)
    before, after = _rate(w0, p0, here0), _rate(w1, p1, here1)
    # Where a site is not there its rate is that of the other date, and so does not change.
    q0 = np.where(here0, p0, np.where(here1, p1, 0.0))
    q1 = np.where(here1, p1, q0)
    level = ((before + after) / 2)[..., None]
    real_by_site = np.where(np.isnan(level), np.nan, (w0 + w1) / 2 * (q1 - q0))
    mix_by_site = ((q0 + q1) / 2 - level) * (w1 - w0)
    real, moved = real_by_site.sum(axis=-1), mix_by_site.sum(axis=-1)
    both = here0 & here1
    fixed = _parts(n0, both)
    return Mix(
        before,
        after,
        real + moved,
        real,
        moved,
        real_by_site,
        mix_by_site,
        _rate(fixed, p0, both),
        _rate(fixed, p1, both),
    )


def fixed_weights(weights: ArrayLike, rates: ArrayLike) -> FixedWeights:
    """The campaign's rate at each date as if nobody's denominator had moved: sum n_i p_i / sum n_i.

    ``weights`` (n,): the baseline's denominators, not negative; ``rates`` (..., n): NaN where a site was not there,
    which leaves it out of that date's rate. Where ``covered`` is below 1 the weights are then not quite the same, and
    two dates are best compared by ``mix``. NaN where nobody was there.

    Raises ValueError as ``mix`` does.

    >>> found = fixed_weights([40, 60], [[.70, .90], [.72, .91], [np.nan, .92]])
    >>> found.rate.round(4).tolist(), found.covered.tolist()
    ([0.82, 0.834, 0.92], [1.0, 1.0, 0.6])
    """
    n, p = _together(weights, rates)
    here = _there(n, p)
    all_weight = np.where(n > 0, n, 0.0).sum(axis=-1)
    some = np.where(here, n, 0.0).sum(axis=-1)
    covered = np.divide(some, all_weight, out=np.zeros(some.shape), where=all_weight > 0)
    return FixedWeights(_rate(_parts(n, here), p, here), covered)


def _together(*figures: ArrayLike) -> list[np.ndarray]:
    """Weights and rates by turns, broadcast to one shape and checked."""
    arrays = [np.asarray(one, float) for one in figures]
    try:
        arrays = list(np.broadcast_arrays(*arrays))
    except ValueError:
        raise ValueError("Give weights and rates for the same sites and dates.") from None
    if not arrays[0].ndim:
        raise ValueError("Give one weight and one rate for each site.")
    for weights in arrays[::2]:
        wrong = (weights < 0) | np.isinf(weights)
        if wrong.any():
            i = int(np.argmax(wrong.reshape(-1, wrong.shape[-1]).any(axis=0)))
            raise ValueError(f"Weights must be finite and not negative; that of site {i + 1} is not.")
    return arrays


def _there(n: np.ndarray, p: np.ndarray) -> np.ndarray:
    return (n > 0) & np.isfinite(p)


def _parts(n: np.ndarray, here: np.ndarray) -> np.ndarray:
    """Weights that add up to 1 over the sites there; 0 for the others."""
    n = np.where(here, n, 0.0)
    together = n.sum(axis=-1, keepdims=True)
    return np.divide(n, together, out=np.zeros(n.shape), where=together > 0)


def _rate(w: np.ndarray, p: np.ndarray, here: np.ndarray) -> np.ndarray:
    return np.where(here.any(axis=-1), (w * np.where(here, p, 0.0)).sum(axis=-1), np.nan)
