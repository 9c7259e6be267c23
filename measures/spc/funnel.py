"""Many sites at one time, by size: what chance and ordinary differences between sites explain, and what they do not.

A *proportion* is cases out of people (centre: all cases / all people), a *ratio* observed / expected (centre 1), a
*rate* a count over any size (centre: all counts / all sizes). Each method carries the rate to a scale where its
standard error hardly depends on its level, Y with error s, and the centre to Y0:

- ``arcsine`` (proportion): Y = asin sqrt(x / n), s = 1 / (2 sqrt n)
- ``shmi`` (ratio): Y = ln(O / E), s = 1 / sqrt E; E rounded to two decimals, though not in the rate itself
- ``cqc`` (ratio): Y = sqrt(O / E), s = 1 / (2 sqrt E)
- ``log`` (rate): Y = ln((x + 0.5) / (d + 0.5)), s^2 = x / (x + 0.5)^2 + d / (d + 0.5)^2

z = (Y - Y0) / s. phi = mean z^2 of the z that are left: ``shmi`` leaves out the outer deciles, the others pull them
in to the 10th and 90th percentile. tau^2 = max(0, (k phi - (k - 1)) / (W - sum(w^2) / W)), w = 1 / s^2 and W their sum
(DerSimonian & Laird 1986); z_adjusted = (Y - Y0) / sqrt(s^2 + tau^2). Sources: Spiegelhalter (2005) Stat Med 24:1185
and QSHC 14:347; Spiegelhalter et al. (2012) J R Stat Soc A 175:1 (cqc); NHS Digital's SHMI; FunnelPlotR 0.3.9999, to
which over-dispersed figures are equal. A log has no answer for a count of zero: such a site is given Y and s as if
0.5 had been counted, though never a Y above Y0, and under ``shmi`` has no part in phi and tau^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from measures.fdr import called

Kind = Literal["proportion", "ratio", "rate"]
METHODS: Final = {"proportion": ("arcsine",), "ratio": ("shmi", "cqc"), "rate": ("log",)}
"""The methods that fit each kind, the default first."""
PEERS: Final = (None, "funnelplotr")
FEW: Final = 10
"""With fewer sites than this, phi and tau2 are computed all the same but are little more than a guess."""
SMALLEST, LARGEST = 1e-6, 1e12
"""Denominators outside these are no sizes of sites, and counts above the second no counts."""

_Z = {"lower_95": -1.959964, "upper_95": 1.959964, "lower_998": -3.090232, "upper_998": 3.090232}
_TAIL = {"lower_95": 0.025, "upper_95": 0.975, "lower_998": 0.001, "upper_998": 0.999}


class Limits(NamedTuple):
    """The 95 % and 99.8 % limits, each in the unit of the rate and the shape of the denominators they are for."""

    lower_95: np.ndarray
    upper_95: np.ndarray
    lower_998: np.ndarray
    upper_998: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """What ``funnel`` finds. Arrays (k,), one figure per site, in the order given.

    ``rate``, ``lower_95`` … ``upper_998`` and ``shrunken`` (the estimate drawn towards the centre) are in the unit of
    numerator / denominator; ``z``, ``z_adjusted``, ``y`` and ``s`` as in the module's head. ``p``: chance of a
    z_adjusted at least so far in the good direction. ``exceptional``: called by ``called`` on that side;
    ``opposite``: called in the same way on the other side (nobody where neither direction is better, since
    ``exceptional`` then holds both). ``kept``: has a part in ``phi`` and ``tau2``, which are 0 where over-dispersion
    was not asked for. Of no sites, the centre of a proportion or rate is NaN.
    """

    kind: str
    method: str
    peer: str | None
    overdispersion: bool
    centre: float
    phi: float
    tau2: float
    rate: np.ndarray
    y: np.ndarray
    s: np.ndarray
    z: np.ndarray
    z_adjusted: np.ndarray
    lower_95: np.ndarray
    upper_95: np.ndarray
    lower_998: np.ndarray
    upper_998: np.ndarray
    shrunken: np.ndarray
    p: np.ndarray
    exceptional: np.ndarray
    opposite: np.ndarray
    kept: np.ndarray

    @property
    def few(self) -> bool:
        """Whether there are too few sites for phi and tau2 to be more than a guess.

        >>> funnel([1, 2], [10, 10]).few
        True
        """
        return len(self.rate) < FEW

    def limits_at(self, denominators: ArrayLike) -> Limits:
        """The limits at other sizes, for drawing smooth curves.

        ``denominators`` any shape, above zero, in the unit of those given to ``funnel``. The error of ``log`` is that
        of the count to be expected at that size (a site's own limits take its own count; ``peer`` takes numerator =
        denominator). Raises ValueError where a denominator is not a size.

        >>> funnel([30, 50, 40], [100, 100, 100]).limits_at([100, 400]).upper_95.round(3)
        array([0.561, 0.537])
        """
        sizes = np.asarray(denominators, np.float64)
        _check_sizes(sizes)
        if not np.isfinite(self.centre):
            return Limits(*(np.full(sizes.shape, np.nan) for _ in _Z))
        if self.tau2 == 0:
            return unadjusted_limits(self.centre, sizes, self.kind, self.peer)
        counts = sizes if self.peer else self.centre * sizes
        _, s = _transformed(counts, sizes, self.method, self.peer)
        return _adjusted_limits(self.centre, s, self.tau2, self.method, self.peer)

    def curve(self, denominators: ArrayLike, points: int = 160) -> tuple[np.ndarray, Limits]:
        """Sizes evenly spread by factor (points,), from just below the smallest site to just above the largest,
        and the limits there: what a chart draws. None where there are no ``denominators``.

        >>> sizes, _ = funnel([1, 2], [10, 100]).curve([10, 100], points=3)
        >>> sizes
        array([  9. , 30.6, 104. ])
        """
        sizes = np.asarray(denominators, np.float64)
        ends = (sizes.min() * 0.9, sizes.max() * 1.04) if sizes.size else (1.0, 1.0)
        grid = np.geomspace(*ends, points if sizes.size else 0)
        return grid, self.limits_at(np.clip(grid, SMALLEST, LARGEST))


def funnel(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: Kind = "proportion",
    method: str | None = None,
    overdispersion: bool = True,
    better: int = 1,
    q: float = 0.1,
    peer: str | None = None,
) -> Funnel:
    """The funnel of sites at one time; formulas in the module's head.

    ``numerator`` and ``denominator`` (k,): cases and people, observed and expected, or count and size. ``method``:
    one of ``METHODS[kind]``, None for its first. ``overdispersion``: widen the limits by tau2; where tau2 is 0, or
    this is off, they are ``unadjusted_limits``. ``better``: +1 high is good, -1 low, 0 neither. ``q``: the share of
    sites called exceptional that may be so by luck. ``peer="funnelplotr"``: that program's own unadjusted limits,
    angles that are not clamped, its grid's errors. Adjusted limits are Y0 ± 1.959964 and ± 3.090232 sqrt(s^2 + tau2)
    carried back: arcsine sin^2 of an angle clamped to 0 … pi / 2; shmi and log exp; cqc *not* squared, as in the
    program. shrunken = the same back, squared for cqc, of Y0 + B (Y - Y0), B = tau2 / (tau2 + s^2): everybody at the
    centre where tau2 is 0. Of fewer than two sites tau2 is 0.

    Raises ValueError where arrays are not two of one length and finite, a denominator is not above zero, a numerator
    is below zero (or for a proportion above its denominator), or a choice is not one of those.

    >>> found = funnel([80, 85, 90, 88, 83, 99], [100] * 6, q=0.1)
    >>> round(found.centre, 3), found.tau2 > 0, found.exceptional.tolist()
    (0.875, True, [False, False, False, False, False, True])
    """
    method = _check_choices(kind, method, better, q, peer)
    x, d = _check_arrays(numerator, denominator, kind)
    rate = x / d
    if method == "shmi":
        rounded = np.round(d, 2)
        d = np.where(rounded > 0, rounded, d)
    centre = 1.0 if kind == "ratio" else float(x.sum() / d.sum()) if x.size else float("nan")
    y0 = _carried(centre, method)
    y, s = _transformed(x, d, method, peer)
    if method == "shmi" or (method == "log" and not peer):
        y = np.where(x == 0, np.minimum(y, y0), y)
    away = y - y0 if centre > 0 else np.zeros(len(y))
    z = away / s
    kept = np.full(len(x), overdispersion) & ((x > 0) | (method != "shmi"))
    phi = tau2 = 0.0
    if overdispersion:
        kept[kept] = ~_outer_deciles(z[kept]) if method == "shmi" else True
        phi, tau2 = _dispersion(z[kept] if method == "shmi" else _winsorised(z), s[kept])
    z_adjusted = away / np.sqrt(s**2 + tau2)
    if tau2 > 0:
        limits = _adjusted_limits(centre, s, tau2, method, peer)
        shrunken = _BACK[method](y0 + tau2 / (tau2 + s**2) * away)
    else:
        limits = unadjusted_limits(centre, d, kind, peer)
        shrunken = np.full(len(x), centre)
    p = special.ndtr(-better * z_adjusted) if better else 2 * special.ndtr(-np.abs(z_adjusted))
    opposite = called(special.ndtr(better * z_adjusted), q) if better else np.zeros(len(x), bool)
    return Funnel(
        kind, method, peer, bool(overdispersion), centre, phi, tau2, rate, y, s, z, z_adjusted, *limits,
        shrunken=shrunken, p=p, exceptional=called(p, q), opposite=opposite, kept=kept,
    )  # fmt: skip


def unadjusted_limits(centre: float, denominators: ArrayLike, kind: Kind, peer: str | None = None) -> Limits:
    """Limits of chance alone, for p = 0.025, 0.975, 0.001 and 0.999.

    proportion and rate: (r - a) / d, r the smallest whole number with P(X <= r) > p and
    a = (P(X <= r) - p) / (P(X <= r) - P(X <= r - 1)), X binomial of d and centre, or Poisson of mean centre x d;
    never below 0, and never beyond the centre (Spiegelhalter 2005, appendix A.1.1). ratio, and every kind under
    ``peer="funnelplotr"``: centre x chi2_p(2 d) / 2 / d below and centre x chi2_p(2 (d + 1)) / 2 / d above.

    ``denominators`` any shape; figures of that shape, in the unit of ``centre``. Raises ValueError where a
    denominator is not a size.

    >>> unadjusted_limits(0.5, [10.0, 1000.0], "proportion").lower_95.round(3)
    array([0.132, 0.469])
    """
    d = np.asarray(denominators, np.float64)
    _check_sizes(d)
    if not np.isfinite(centre):
        return Limits(*(np.full(d.shape, np.nan) for _ in _TAIL))
    if kind == "ratio" or peer:
        plus = {name: 0.0 if name.startswith("lower") else 1.0 for name in _TAIL}
        return Limits(*(centre * special.gammaincinv(d + plus[name], p) / d for name, p in _TAIL.items()))
    found = {}
    for name, p in _TAIL.items():
        r, below, at = _inverse(d, centre, p, binomial=kind == "proportion")
        limit = (r - (at - p) / (at - below)) / d
        found[name] = np.clip(limit, 0.0, centre) if name.startswith("lower") else np.maximum(limit, centre)
    return Limits(**found)


# ------------------------------------------------------------------ scales


def _sin2(angle: np.ndarray) -> np.ndarray:
    return np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2


def _exp(power: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(power, 700.0))  # the largest float is about e to the 709


_BACK: Final[dict[str, Callable]] = {"arcsine": _sin2, "shmi": _exp, "cqc": np.square, "log": _exp}


def _carried(centre: float, method: str) -> float:
    """Y0; 0 where a rate is 0 everywhere, and nothing is measured from it."""
    if method == "arcsine":
        return float(np.arcsin(np.sqrt(centre)))
    if method == "cqc":
        return float(np.sqrt(centre))
    return float(np.log(centre)) if centre > 0 else 0.0


def _transformed(x: np.ndarray, d: np.ndarray, method: str, peer: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Y and s."""
    if method == "arcsine":
        return np.arcsin(np.sqrt(x / d)), 0.5 / np.sqrt(d)
    if method == "cqc":
        return np.sqrt(x / d), 0.5 / np.sqrt(d)
    counted = np.where(x == 0, 0.5, x)
    if method == "shmi":
        return np.log(counted / d), 1 / np.sqrt(d)
    own = x if peer else counted
    return np.log((x + 0.5) / (d + 0.5)), np.sqrt(own / (own + 0.5) ** 2 + d / (d + 0.5) ** 2)


# ------------------------------------------------------------------ over-dispersion


def _winsorised(z: np.ndarray) -> np.ndarray:
    return np.clip(z, *np.quantile(z, (0.1, 0.9))) if z.size else z


def _outer_deciles(z: np.ndarray) -> np.ndarray:
    """floor(10 rank / (k + 1)) is 0 or 9; equal z share their mean rank."""
    _, place, counts = np.unique(z, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    decile = np.floor(rank * 10 / (z.size + 1))
    return (decile == 0) | (decile == 9)


def _dispersion(z: np.ndarray, s: np.ndarray) -> tuple[float, float]:
    """phi and tau2."""
    k = z.size
    phi = float(np.mean(z**2)) if k else 0.0
    if k < 2 or k * phi < k - 1:
        return phi, 0.0
    w = s**-2
    total = w.sum()
    return phi, max(0.0, float((k * phi - (k - 1)) / (total - (w**2).sum() / total)))


def _adjusted_limits(centre: float, s: np.ndarray, tau2: float, method: str, peer: str | None) -> Limits:
    y0, width = _carried(centre, method), np.sqrt(s**2 + tau2)
    if method == "cqc":
        return Limits(*(y0 + z * width for z in _Z.values()))
    back = (lambda angle: np.sin(angle) ** 2) if method == "arcsine" and peer else _BACK[method]
    return Limits(*(back(y0 + z * width) for z in _Z.values()))


# ------------------------------------------------------------------ exact limits


def _inverse(d: np.ndarray, centre: float, p: float, *, binomial: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The smallest whole r with P(X <= r) > p, P(X <= r - 1) and P(X <= r): bracketed, then halved, all at once."""

    def chance(r: np.ndarray) -> np.ndarray:
        at = np.maximum(r, 0.0)
        if binomial:
            # Beyond the last whole number below a d that is not whole, everything has happened.
            found = np.where(at >= d, 1.0, special.betainc(np.maximum(d - at, 1e-300), at + 1, 1 - centre))
        else:
            found = special.gammaincc(at + 1, centre * d)
        return np.where(r < 0, 0.0, found)

    mean, z = centre * d, special.ndtri(p)
    spread = np.sqrt(mean * (1 - centre) if binomial else mean)
    guess = np.floor(mean + z * spread + (z * z - 1) / 6)
    top = np.ceil(d) if binomial else np.full(d.shape, np.inf)
    low, high = np.clip(guess - 2, -1.0, top), np.clip(guess + 2, 0.0, top)
    step = 4.0
    while (short := (high < top) & (chance(high) <= p)).any():
        high = np.where(short, np.minimum(high + step, top), high)
        step *= 2
    step = 4.0
    while (long := (low >= 0) & (chance(low) > p)).any():
        low = np.where(long, np.maximum(low - step, -1.0), low)
        step *= 2
    while (wide := high - low > 1).any():
        middle = np.floor((low + high) / 2)
        over = chance(middle) > p
        low, high = np.where(wide & ~over, middle, low), np.where(wide & over, middle, high)
    return high, chance(high - 1), chance(high)


# ------------------------------------------------------------------ what is let in


def _check_choices(kind: str, method: str | None, better: int, q: float, peer: str | None) -> str:
    """The method."""
    if kind not in METHODS:
        raise ValueError(f"kind is {kind!r}; it must be one of: {', '.join(METHODS)}.")
    method = METHODS[kind][0] if method is None else method
    if method not in METHODS[kind]:
        raise ValueError(f"method is {method!r}; a {kind} takes {' or '.join(METHODS[kind])}.")
    if better not in (-1, 0, 1):
        raise ValueError("better must be 1 (high), -1 (low) or 0 (neither).")
    if not 0 < q < 1:
        raise ValueError(f"q is {q!r}; it must lie between 0 and 1.")
    if peer not in PEERS:
        raise ValueError(f"peer is {peer!r}; it must be funnelplotr, or None.")
    return method


def _check_arrays(numerator: ArrayLike, denominator: ArrayLike, kind: str) -> tuple[np.ndarray, np.ndarray]:
    x, d = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    if x.ndim != 1 or x.shape != d.shape:
        raise ValueError("numerator and denominator must be two one-dimensional arrays of one length.")
    _check_sizes(d)
    if not ((x >= 0) & (x <= LARGEST)).all():
        raise ValueError(f"every numerator must be a number from 0 to {LARGEST:g}.")
    if kind == "proportion" and (x > d).any():
        raise ValueError("the numerator of a proportion must not be above its denominator.")
    return x, d


def _check_sizes(d: np.ndarray) -> None:
    if not ((d >= SMALLEST) & (d <= LARGEST)).all():
        raise ValueError(f"every denominator must be a number above zero, from {SMALLEST:g} to {LARGEST:g}.")
