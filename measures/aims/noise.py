"""What a campaign's sites say about its noise: chance, the sites' own ups and downs, and how long these last.

Everything is on the scale where changes add up: proportions on the logit, rates and counts on the logarithm, half a
case added. Leading axes are campaigns; nothing is counted site by site.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

MEMBER = 3
"""A site belongs to the campaign as it is now if it has reported in one of this many latest months."""

_CAP = 4.0
"""Month-to-month changes beyond this many robust standard deviations count as that many."""

_USUAL = 0.3
_LEAST, _MOST = -0.2, 0.9


class Form(StrEnum):
    """What an aim's monthly number is."""

    PROPORTION = "proportion"
    RATE = "rate"
    COUNT_CUMULATIVE = "count-cumulative"


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A campaign's monthly series and its noise.

    ``y`` (..., t): the pooled value on the scale, NaN where no site reported. ``chance`` (...,): variance of y from
    counting people alone. ``own`` (...,): variance of y from chance and from the sites' own ups and downs, those that
    the others do not share. ``lag1`` (...,): lag-1 correlation of the sites' own ups and downs, drawn towards 0.3 by
    as much as chance covers them. ``reporting`` (..., t): share of the present members' usual volume that has
    reported. ``members`` (..., n): which sites those are.
    """

    y: np.ndarray
    chance: np.ndarray
    own: np.ndarray
    lag1: np.ndarray
    reporting: np.ndarray
    members: np.ndarray


def to_scale(numerator: np.ndarray, denominator: np.ndarray, form: Form) -> np.ndarray:
    """Logit of a proportion, logarithm of a rate or count, half a case added (Cox & Snell 1989).

    >>> to_scale(np.array([50.0, 9.5]), np.array([100.0, 10.0]), Form.COUNT_CUMULATIVE).round(3)
    array([3.922, 2.303])
    >>> to_scale(np.array([50.0, 0.0]), np.array([100.0, 10.0]), Form.PROPORTION).round(3)
    array([ 0.   , -3.045])
    """
    if form is Form.PROPORTION:
        return np.log((numerator + 0.5) / (denominator - numerator + 0.5))
    if form is Form.RATE:
        return np.log((numerator + 0.5) / denominator)
    return np.log(numerator + 0.5)


def from_scale(y: np.ndarray, form: Form) -> np.ndarray:
    """Back from the scale: a proportion, a rate, or a count (not below 0).

    >>> from_scale(np.array([0.0]), Form.PROPORTION), from_scale(np.array([np.log(10.0)]), Form.COUNT_CUMULATIVE)
    (array([0.5]), array([9.5]))
    """
    if form is Form.PROPORTION:
        return 1 / (1 + np.exp(-y))
    if form is Form.RATE:
        return np.exp(y)
    return np.maximum(np.exp(y) - 0.5, 0.0)


def _by_chance(numerator: np.ndarray, denominator: np.ndarray, form: Form) -> np.ndarray:
    """Variance of ``to_scale`` from counting alone (binomial, or Poisson)."""
    rest = 1 / (denominator - numerator + 0.5) if form is Form.PROPORTION else 0.0
    return 1 / (numerator + 0.5) + rest


def pool(
    numerator: np.ndarray, denominator: np.ndarray, form: Form, expected_denominator: np.ndarray | None = None
) -> Pooled:
    """A campaign's monthly series, corrected for who reported, and its noise as the sites show it.

    The pooled value of month t is that of the sites which reported; it is moved by the difference between the usual
    pooled value of those sites and that of all present members (those that reported in one of the last three months),
    so that a month's missing report does not look like a change. ``expected_denominator`` (..., n) replaces the
    members' usual weights, where the mix at the aim's date will differ.

    The sites' own movement d_it is a site's value less the campaign's. Its noise is read from differences of one and
    two months, D_k = mean of (d_t - d_(t-k))^2, which need no mean and so have no short-series bias. With chance v
    taken out, D_1 - 2v = 2g(1 - r) and D_2 - 2v = 2g(1 - r^2), so that::

        r = (D_2 - 2v) / (D_1 - 2v) - 1        own variance g = (D_1 - 2v) / (2 (1 - r))

    Sums are over sites, weighted by the square of their part in the pooled value; a change larger than four robust
    standard deviations counts as four.

    Arguments: ``numerator``, ``denominator`` (..., n, t), consecutive months, NaN missing; denominators above 0.

    >>> x = np.array([[50.0, 52, 48, 51, 49, 50], [60.0, 61, np.nan, 59, 60, 60]])
    >>> pooled = pool(x, np.full((2, 6), 100.0), Form.PROPORTION)
    >>> pooled.y.round(2), pooled.reporting
    (array([0.2 , 0.26, 0.12, 0.2 , 0.18, 0.2 ]), array([1. , 1. , 0.5, 1. , 1. , 1. ]))
    """
    there = np.isfinite(numerator) & np.isfinite(denominator) & (denominator > 0)
    x, n = np.where(there, numerator, 0.0), np.where(there, denominator, 0.0)
    members = there[..., -MEMBER:].any(axis=-1)
    members = members | ~members.any(axis=-1, keepdims=True)
    months = there.sum(axis=-1)
    usual_x, usual_n = (a.sum(axis=-1) / np.maximum(months, 1) for a in (x, n))
    goal_x, goal_n = usual_x, usual_n
    if expected_denominator is not None:
        goal_n = np.where(np.isfinite(expected_denominator), expected_denominator, usual_n)
        goal_x = usual_x / np.maximum(usual_n, 1e-300) * goal_n
    all_x, all_n = ((a * members).sum(axis=-1, keepdims=True) for a in (goal_x, goal_n))
    seen_x, seen_n = ((a[..., None] * there).sum(axis=-2) for a in (usual_x, usual_n))
    total_x, total_n = x.sum(axis=-2), n.sum(axis=-2)
    anybody = there.any(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = to_scale(total_x, total_n, form)
        moved = to_scale(all_x, all_n, form) - to_scale(seen_x, seen_n, form)
        y = np.where(anybody, y + moved, np.nan)
        by_chance = _mean(np.where(anybody, _by_chance(total_x, total_n, form), np.nan))
        size = usual_n if form is not Form.COUNT_CUMULATIVE else np.maximum(usual_x, 1e-12)
        whole = (size * members).sum(axis=-1)[..., None]
        reporting = (size[..., None] * (there & members[..., None])).sum(axis=-2) / whole
        own, lag1 = _own(numerator, denominator, there & members[..., None], usual_x, usual_n, y, form)
    return Pooled(y, by_chance, own + by_chance, lag1, reporting, members)


def _own(numerator, denominator, there, usual_x, usual_n, y, form) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the pooled value from the sites' own ups and downs beyond chance, and their lag-1 correlation."""
    count, months = there.shape[-2:]
    if count < 2 or months < 3:
        return np.zeros(y.shape[:-1]), np.full(y.shape[:-1], _USUAL)
    d = np.where(there, to_scale(numerator, denominator, form) - y[..., None, :], np.nan)
    part = usual_x * (1 - usual_x / np.maximum(usual_n, 1e-300)) if form is Form.PROPORTION else usual_x
    part = np.where(there.any(axis=-1), np.maximum(part, 0), 0)
    part = part / np.maximum(part.sum(axis=-1, keepdims=True), 1e-300)
    # A site is part of the campaign that it is compared with.
    seen = np.maximum(1 - 2 * part + (part**2).sum(axis=-1, keepdims=True), 0.1)
    weight = part**2 / seen
    chance = _weighted(weight * seen, _mean(np.where(there, _by_chance(numerator, denominator, form), np.nan)))
    one, two = (_weighted(weight, _mean(_capped(d[..., k:] - d[..., :-k]))) for k in (1, 2))
    left, left_two = one - 2 * chance, two - 2 * chance
    trust = np.clip(left / np.where(one > 0, one, np.inf), 0, 1)
    r = np.clip(np.where(left > 0, left_two / np.where(left > 0, left, 1) - 1, _USUAL), _LEAST, _MOST)
    # Few differences, or mostly chance: little is known of the correlation.
    enough = (there[..., 2:] & there[..., :-2]).sum(axis=(-2, -1))
    trust = trust * enough / (enough + 100)
    r = _USUAL + trust * (r - _USUAL)
    return np.maximum(left, 0) / (2 * (1 - r)), r


def _mean(a: np.ndarray) -> np.ndarray:
    """Mean over the last axis of what is there; NaN where nothing is."""
    there = np.isfinite(a)
    return np.where(there, a, 0).sum(axis=-1) / there.sum(axis=-1)


def _capped(change: np.ndarray) -> np.ndarray:
    """Squares of changes, none larger than that of ``_CAP`` robust standard deviations of the site's own."""
    size = np.abs(change)
    ordered = np.sort(size, axis=-1)  # NaN last
    there = np.isfinite(size).sum(axis=-1)
    middle = np.take_along_axis(ordered, np.maximum(there - 1, 0)[..., None] // 2, axis=-1)
    cap = _CAP * 1.4826 * middle
    return np.where(cap > 0, np.minimum(size, cap), size) ** 2


def _weighted(weight: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Weighted sum over sites; a site without a value gets the weighted mean of the others."""
    there = np.isfinite(value)
    w = np.where(there, weight, 0)
    known = w.sum(axis=-1)
    total = (w * np.where(there, value, 0)).sum(axis=-1)
    return np.where(known > 0, total / np.where(known > 0, known, 1) * weight.sum(axis=-1), 0.0)
