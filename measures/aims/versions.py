"""A new version of an aim's shares: what was delivered stays, and nobody is asked for more behind their back.

Shares are whole numbers, one per site, of a campaign's ``total``. Sites are places in arrays (n,). Nothing here
changes a version that was agreed: each function gives the next one, and what differs from the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from measures.aims.apportion import apportion
from measures.aims.exact import scaled
from measures.aims.integers import MOST, largest_remainder

MOST_RISE = "0.1"
"""What a site still has to do rises by this share at most in one review, unless it has agreed to more."""


class Rest(StrEnum):
    """What becomes of the part of the total that no site has: it is held and offered, unless somebody decides."""

    HOLD = "hold"
    SPREAD = "spread"
    VOLUNTEERS = "volunteers"


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """The next version; arrays (n,), whole numbers in the unit of the aim.

    ``share`` and what it was ``before``; ``change`` is their difference. ``unallocated`` of the ``total`` is with
    nobody, and offered; ``beyond`` is what shares add up to above the total. ``finished`` (bool): aim met, and
    nothing more is asked. ``rest``: how the part of leavers was treated.
    """

    total: int
    before: np.ndarray
    share: np.ndarray
    delivered: np.ndarray
    unallocated: int
    beyond: int
    finished: np.ndarray
    rest: Rest

    @property
    def change(self) -> np.ndarray:
        """What each site is asked for more (or less) than before."""
        return self.share - self.before


def passed_on(figures: ArrayLike, into: ArrayLike) -> np.ndarray:
    """Shares, baselines, denominators or deliveries after mergers: the successor's is the sum of what joined it.

    ``figures`` (n,) or (n, k) whole numbers; ``into`` (n,) the place of the site that counts each site's work now,
    its own where it has not merged; a chain of mergers is followed to its end. The merged sites' are 0 then, and
    the sum is what it was. Raises ValueError on a place that is no site, and on sites that merge in a circle.

    >>> passed_on([30, 20, 50], [0, 0, 2])
    array([50,  0, 50])
    """
    figures, end = np.asarray(figures), ends(into)
    if len(figures) != len(end):
        raise ValueError(f"{len(figures)} figures cannot be passed on among {len(end)} sites.")
    out = np.zeros_like(figures)
    np.add.at(out, end, figures)
    return out


def ends(into: ArrayLike) -> np.ndarray:
    """The site that counts each site's work in the end, (n,), following mergers on.

    Raises ValueError as ``passed_on``.

    >>> ends([1, 2, 2])
    array([2, 2, 2])
    """
    into = np.asarray(into, np.int64)
    outside = (into < 0) | (into >= len(into))
    if outside.any():
        raise ValueError(f"Site {int(np.argmax(outside)) + 1} is said to merge into a site that is not there.")
    end = into
    # A chain doubles its reach each time, so that n sites take log n looks.
    for _ in range(len(end).bit_length()):
        end = end[end]
    # The end of a chain has not merged; in a circle everybody has.
    circle = into[end] != end
    if circle.any():
        raise ValueError(f"Site {int(np.argmax(circle)) + 1} merges into itself by way of others.")
    return end


def reapportion(
    total: int,
    share: ArrayLike,
    delivered: ArrayLike,
    *,
    active: ArrayLike,
    weights: ArrayLike,
    rest: Rest | str = Rest.HOLD,
    agreed: ArrayLike | None = None,
    headroom: ArrayLike | None = None,
    joining: ArrayLike | None = None,
    most_rise: str | float = MOST_RISE,
    method: str = "webster",
) -> Version:
    """Shares after sites have left, joined or finished early.

    What was ``delivered`` is never taken away: a site that has left (not ``active``) keeps exactly that as its share,
    and what it leaves undone goes to nobody by itself. It is held as unallocated; *spread* hands it to the active
    sites that have not finished, by ``weights`` and at most ``most_rise`` of what each still had to do, unless it has
    ``agreed`` (n, bool) to more; *volunteers* hands it to those that have agreed alone, each up to its ``headroom``.
    Whoever has met its share early keeps it as it is, and takes more only as a volunteer. A site behind keeps its
    gap: it is never moved to others. Sites that join bring the share that ``joiners`` gives them; it comes out of
    what is unallocated, and what that lacks is ``beyond`` the total.

    ``share``, ``delivered``, ``headroom`` and ``joining`` (n,) whole and not negative; ``weights`` (n,).
    Raises ValueError, naming the site's number, on anything else.
    Source: the ratchet effect, Weitzman (1980); the default is to hold, then ask who would.

    >>> new = reapportion(100, [40, 30, 30], [10, 30, 5], active=[True, True, False], weights=[4, 3, 3])
    >>> new.share, new.unallocated, new.finished
    (array([40, 30,  5]), 25, array([False,  True, False]))
    >>> reapportion(100, [40, 30, 30], [10, 30, 5], active=[True, True, False], weights=[4, 3, 3], rest="spread").share
    array([43, 30,  5])
    """
    before, done = _whole("share", share), _whole("delivered", delivered)
    n, rest = len(before), Rest(rest)
    here, willing = _flags("active", active, n), _flags("agreed", agreed, n)
    bring = np.zeros(n, np.int64) if joining is None else _whole("joining", joining)
    for name, column in (("delivered", done), ("weights", np.asarray(weights)), ("joining", bring)):
        if len(column) != n:
            raise ValueError(f"There are {n} shares, and {len(column)} figures for {name}: give one for each site.")
    joins_later = np.flatnonzero((bring > 0) & ((before > 0) | ~here))
    if joins_later.size:
        raise ValueError(f"Site {joins_later[0] + 1} cannot join: it has a share already, or has left.")
    new = np.where(here, before + bring, done)
    finished = here & (done >= new) & (new > 0)
    free = int(total) - int(new.sum())
    if free > 0 and rest is not Rest.HOLD:
        takes, most = _takers(rest, here, finished, willing, new, done, headroom, most_rise)
        if takes.any() and most[takes].sum() > 0:
            handed = apportion(np.asarray(weights)[takes], free, method=method, caps=most[takes])
            new[takes] += handed.share
            free = handed.unallocated
    return Version(int(total), before, new, done, max(free, 0), max(-free, 0), finished, rest)


def _takers(rest, here, finished, willing, new, done, headroom, most_rise) -> tuple[np.ndarray, np.ndarray]:
    """Who may be handed more, and how much at most."""
    room = np.full(len(new), MOST)
    if headroom is not None:
        room = np.minimum(room, _whole("headroom", headroom))
    if rest is Rest.VOLUNTEERS:
        return here & willing, room
    (rise,), unit = scaled([most_rise], "most_rise")
    if rise < 0:
        raise ValueError(f"most_rise is {most_rise}: it must be 0 or more.")
    allowed = ((new - done).clip(0).astype(object) * rise // unit).astype(np.int64)
    return here & ~finished, np.where(willing, room, np.minimum(room, allowed))


def joiners(total: int, weights: ArrayLike, joins: ArrayLike, periods_left: int, periods: int) -> np.ndarray:
    """The shares of sites that join late: their part of the total for the time that is left.

    H w_i / sum(w) x (T - now) / (T - t0), in whole numbers by largest remainder. ``weights`` (n,) of everybody, those
    that join among them; ``joins`` (n, bool); int64 (n,), 0 for the others. Raises ValueError on times that do not fit.

    >>> joiners(1000, [50, 30, 20], [False, False, True], 6, 24)
    array([ 0,  0, 50])
    """
    if not 0 <= periods_left <= periods or periods <= 0:
        raise ValueError(f"{periods_left} of {periods} periods cannot be left.")
    parts, _ = scaled(weights)
    new = _flags("joins", joins, len(parts))
    whole = int(parts.sum()) * periods
    if whole <= 0:
        raise ValueError("The weights add up to nothing, so there is nothing to join in.")
    quota = np.where(new, parts, 0) * (int(total) * periods_left)
    asked = (2 * int(quota.sum()) + whole) // (2 * whole)
    return largest_remainder(quota, whole, asked, caps=np.where(new, int(total), 0))


def _whole(name: str, figures: ArrayLike) -> np.ndarray:
    found = np.asarray(figures)
    with np.errstate(invalid="ignore"):
        bad = ~((found >= 0) & (found == np.floor(found)))
    if found.ndim != 1 or bad.any():
        which = f"number {int(np.argmax(bad)) + 1} is not" if bad.any() else "give one for each site"
        raise ValueError(f"{name} must be whole numbers of 0 or more; {which}.")
    return found.astype(np.int64)


def _flags(name: str, flags: ArrayLike | None, n: int) -> np.ndarray:
    found = np.zeros(n, bool) if flags is None else np.asarray(flags)
    if found.shape != (n,) or found.dtype != bool:
        raise ValueError(f"{name} must be one true or false for each of the {n} sites.")
    return found
