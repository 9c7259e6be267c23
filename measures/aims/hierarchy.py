"""Nation, region, site: an aim shared out level by level, exact at each.

The aim goes to the regions first, by their sites' weights, floors and caps added up; each region's whole number then
to what lies inside it, in the same way. So a region's total is fixed before its sites' are, which matters to people;
shared out flat, a site may have one unit more or less. A region may use weights of its own inside, never for its
total, and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike

from measures.aims import bounds
from measures.aims.apportion import Method, Shares, checked_weights, exceeded, limits, method_of, share_out
from measures.aims.bounds import MOST
from measures.aims.exact import scaled
from measures.aims.integers import at_least_one

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Override:
    """A region's own weights for the sites inside it, in the order in which they are given; its total stays.

    ``region``: its name, or its names from the top where it lies in another: ("North", "Leeds").
    """

    region: str | Path
    weights: ArrayLike
    reason: str
    author: str


@dataclass(frozen=True, slots=True, eq=False)
class Overridden:
    """The record of an override: who, why, and what it did to which sites.

    ``sites`` (m,): their places in what was given; ``before``, ``after`` (m,): their shares without it and with it,
    all other overrides as they are.
    """

    region: Path
    reason: str
    author: str
    sites: np.ndarray
    before: np.ndarray
    after: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """One level's regions, in order of first appearance: arrays (k,), with ``paths`` their names from the top.

    ``unallocated``: what the caps inside a region leave no room for. ``site`` (n,): each site's region here.
    """

    paths: tuple[Path, ...]
    site: np.ndarray
    quota: np.ndarray
    share: np.ndarray
    unallocated: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """An aim shared out over levels.

    ``levels``: the regions of each, from the top; ``sites``: the shares (n,) of the sites, whose quotas are of their
    region's share, and whose ``unallocated`` is all there is. At each level the shares of what lies in a region, and
    what is unallocated directly in it, add up to the region's; at the top to ``sites.total``, with ``held``, what no
    region has room for. ``overrides``: the record.
    """

    levels: tuple[Regions, ...]
    sites: Shares
    held: int
    overrides: tuple[Overridden, ...]


def nested(
    levels: Sequence[ArrayLike],
    weights: ArrayLike,
    total: int,
    *,
    method: Method | str = Method.LARGEST_REMAINDER,
    floors: ArrayLike | None = None,
    caps: ArrayLike | None = None,
    over: float | str | Decimal = 0,
    overrides: Sequence[Override] = (),
) -> Nested:
    """Share out ``total`` over regions, then over what lies in each, down to the sites.

    Arguments
        levels: for each level from the top, the name (n,) of every site's region there. Equal names under different
            regions are different.
        weights, total, method, floors, caps, over: as for ``apportion.apportion``.
        overrides: at most one for a region; one further down goes before one further up.

    A region's weight is the sum of its sites'; its floor that of their floors (with Huntington-Hill at least one for
    each site with weight); its cap what its sites can be given.

    Raises ValueError as ``apportion`` does, and for an override without a reason or an author, of a region there is
    not, or with as many weights as it has not sites; the sentence names the region.

    >>> regions = ["North", "North", "North", "South", "South", "East"]
    >>> found = nested([regions], [90, 60, 31, 55, 41, 23], 100)
    >>> found.levels[0].paths, found.levels[0].share.tolist(), found.sites.share.tolist()
    ((('North',), ('South',), ('East',)), [60, 32, 8], [30, 20, 10, 18, 14, 8])
    """
    method = method_of(method)
    whole = checked_weights(weights)
    aim, wanted = exceeded(total, 0), exceeded(total, over)
    low, high = limits(len(whole), floors, caps)
    if method == Method.HUNTINGTON_HILL:
        at_least_one(whole, min(wanted, bounds.added(bounds.reach(whole, low, high))), low, high)
    tree = _tree(levels, len(whole))
    own, places = _overridden(whole, tree, overrides)
    # What a region is given depends on its sites' own weights; what is inside on those it chose.
    found = _down(tree, own, aim, wanted, method, low, high)
    record = []
    for k, (override, (level, region)) in enumerate(zip(overrides, places)):
        sites = np.flatnonzero(tree[level].site == region)
        others = [one for i, one in enumerate(overrides) if i != k]
        without = _down(tree, _overridden(whole, tree, others)[0], aim, wanted, method, low, high)
        record.append(
            Overridden(
                tree[level].paths[region], override.reason.strip(), override.author.strip(), sites,
                without.sites.share[sites], found.sites.share[sites],
            )
        )  # fmt: skip
    return replace(found, overrides=tuple(record))


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The regions of a level: their names, each site's region (n,), each region's own above (k,)."""

    paths: tuple[Path, ...]
    site: np.ndarray
    above: np.ndarray


def _tree(levels: Sequence[ArrayLike], n: int) -> list[_Level]:
    if not len(levels):
        raise ValueError("Give the sites' regions: one row of names for each level.")
    tree: list[_Level] = []
    last = np.zeros(n, np.int64)
    for depth, names in enumerate(levels):
        names = np.asarray(names, object)
        if names.shape != (n,):
            raise ValueError(f"Level {depth + 1} must have one region for each of the {n:,} sites.")
        missing = np.array([not isinstance(one, str) or not one.strip() for one in names.tolist()], bool)
        if missing.any():
            raise ValueError(f"Site {int(np.argmax(missing)) + 1} has no region at level {depth + 1}.")
        numbers: dict[tuple[int, str], int] = {}
        site = np.array([numbers.setdefault(key, len(numbers)) for key in zip(last.tolist(), names.tolist())])
        above = np.array([up for up, _ in numbers], np.int64)
        paths = tuple((*(tree[-1].paths[up] if tree else ()), name) for up, name in numbers)
        tree.append(_Level(paths, site, above))
        last = site
    return tree


def _overridden(whole: np.ndarray, tree: list[_Level], overrides: Sequence[Override]) -> tuple[list, list]:
    """The weights (n,) in use inside the regions of each level, those of the nation first; and each override's place.

    Weights of different regions are never set side by side, so each may have a scale of its own.
    """
    places = [_place(tree, override) for override in overrides]
    if len(set(places)) < len(places):
        raise ValueError("A region may have one override; one of them has more.")
    inside = [whole]
    for depth, level in enumerate(tree):
        now = inside[-1].copy()
        for override, (at, region) in zip(overrides, places):
            if at == depth:
                name = " / ".join(level.paths[region])
                sites = np.flatnonzero(level.site == region)
                try:
                    chosen, _ = scaled(override.weights)
                    if len(chosen) == len(sites):
                        chosen = checked_weights(chosen)
                except ValueError as error:
                    raise ValueError(f"In the override of {name}: {error}") from error
                if len(chosen) != len(sites):
                    raise ValueError(
                        f"The override of {name} must have a weight for each of its {len(sites):,} sites;"
                        f" it has {len(chosen):,}."
                    )
                now[sites] = chosen
        inside.append(now)
    return inside, places


def _place(tree: list[_Level], override: Override) -> tuple[int, int]:
    path = (override.region,) if isinstance(override.region, str) else tuple(override.region)
    name = " / ".join(path)
    for what, text in (("a reason", override.reason), ("an author", override.author)):
        if not text or not text.strip():
            raise ValueError(f"The override of {name} needs {what}.")
    if not 0 < len(path) <= len(tree) or path not in tree[len(path) - 1].paths:
        raise ValueError(f"There is no region {name} to override.")
    return len(path) - 1, tree[len(path) - 1].paths.index(path)


def _down(
    tree: list[_Level],
    inside: list[np.ndarray],
    aim: int,
    total: int,
    method: Method,
    low: np.ndarray,
    high: np.ndarray,
) -> Nested:
    """Every level in turn: what a region has is shared out over what lies in it."""
    # With Huntington-Hill a region must be given one unit for each of its sites with weight, by either weights.
    least = low.astype(object)
    if method == Method.HUNTINGTON_HILL:
        least = np.maximum(least, np.any([weights > 0 for weights in inside], axis=0).astype(object))
    given, held = np.array([total], object), 0
    found: list[Regions] = []
    names: list[Path] = [()]
    for depth, level in enumerate([*tree, _Level((), np.arange(len(low)), tree[-1].site)]):
        weights = inside[depth]
        last = depth == len(tree)
        if last:
            child_weights, floor, cap = weights, low, high
        else:
            most = bounds.reach(weights, low, high).astype(object)
            child_weights = _sums(weights, level.site, len(level.paths))
            floor = _sums(least, level.site, len(level.paths))
            cap = np.maximum(_sums(most, level.site, len(level.paths)), floor)
            floor, cap = (np.minimum(one, MOST).astype(np.int64) for one in (floor, cap))
        part = _inside_each(given, level.above, child_weights, floor, cap, aim, method, names)
        if depth:
            found[-1] = replace(found[-1], unallocated=part.left)
        else:
            held = int(part.left[0])
        if not last:
            found.append(Regions(level.paths, level.site, part.quota, part.share, np.zeros(0, np.int64)))
            given, names = part.share, list(level.paths)
    sites = Shares(
        method, aim, total, total - bounds.added(part.share), part.quota, part.share, part.floored, part.capped
    )
    return Nested(tuple(found), sites, held, ())


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    quota: np.ndarray
    share: np.ndarray
    floored: np.ndarray
    capped: np.ndarray
    left: np.ndarray


def _inside_each(
    given: np.ndarray,
    above: np.ndarray,
    weights: np.ndarray,
    floor: np.ndarray,
    cap: np.ndarray,
    aim: int,
    method: Method,
    names: list[Path],
) -> _Part:
    """What each of the regions above has, over those inside it."""
    n = len(above)
    quota, share = np.zeros(n), np.zeros(n, np.int64)
    floored, capped, left = np.zeros(n, bool), np.zeros(n, bool), np.zeros(len(given), np.int64)
    order = np.argsort(above, kind="stable")
    ends = np.cumsum(np.bincount(above, minlength=len(given)))
    for region, members in enumerate(np.split(order, ends[:-1])):
        try:
            one = share_out(weights[members], aim, int(given[region]), method, floor[members], cap[members])
        except ValueError as error:
            where = " / ".join(names[region])
            raise ValueError(f"In {where}: {error}" if where else str(error)) from error
        quota[members], share[members] = one.quota, one.share
        floored[members], capped[members], left[region] = one.floored, one.capped, one.unallocated
    return _Part(quota, share, floored, capped, left)


def _sums(figures: np.ndarray, region: np.ndarray, k: int) -> np.ndarray:
    """The sum over each region's sites, in Python ints."""
    out = np.zeros(k, object)
    np.add.at(out, region, figures)
    return out
