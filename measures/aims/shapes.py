"""The registry of shapes: how the way to an aim is spread over its time, one small pure function per shape.

A shape is a function f with f(0) = 0 and f(1) = 1 of the time gone, s: the way made of the way to go. To add a
shape: write its function, its parameters with their usual values, and add one line to ``SHAPES``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

Points = tuple[tuple[float, float], ...]

MOST_POINTS = 600
"""No shape has more points: ten years of weeks, and some."""

_NAME = re.compile(r"[a-z][a-z-]*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SLACK = 1e-12


def linear(s: np.ndarray) -> np.ndarray:
    """f = s: the same step in every period.

    ``s`` (any shape): time gone, 0 to 1; returns the way made, likewise.

    >>> linear(np.array([0, 0.25, 1])).tolist()
    [0.0, 0.25, 1.0]
    """
    return s


def front_loaded(s: np.ndarray, gamma: float = 2.0) -> np.ndarray:
    """f = 1 - (1 - s)^gamma: quick at first, for changes that are ready to be made.

    >>> front_loaded(np.array([1, 2, 3, 6]) / 12).round(4).tolist()
    [0.1597, 0.3056, 0.4375, 0.75]
    """
    _within("gamma", gamma, 1, 20)
    return 1 - (1 - s) ** gamma


def back_loaded(s: np.ndarray, gamma: float = 2.0) -> np.ndarray:
    """f = s^gamma: slow at first, where much has to be built before anything moves.

    >>> back_loaded(np.array([0.5, 1.0]), 3.0).tolist()
    [0.125, 1.0]
    """
    _within("gamma", gamma, 1, 20)
    return s**gamma


def s_curve(s: np.ndarray, kappa: float = 10.0, m: float = 0.5) -> np.ndarray:
    """f = (L(s) - L(0)) / (L(1) - L(0)), L = 1 / (1 + e^(-kappa (s - m))): slow, quick, slow, as change spreads.

    ``kappa``: how steep; ``m``: when it is steepest.
    Source: the logistic curve of diffusion (Rogers 2003), normalised.

    >>> s_curve(np.arange(1, 13) / 12).round(4).tolist()
    [0.0087, 0.0281, 0.0701, 0.1542, 0.3003, 0.5, 0.6997, 0.8458, 0.9299, 0.9719, 0.9913, 1.0]
    """
    _within("kappa", kappa, 0.01, 500)
    _within("m", m, 0, 1)

    def logistic(x: ArrayLike) -> np.ndarray:
        return 1 / (1 + np.exp(-kappa * (np.asarray(x) - m)))

    first, last = logistic(0.0), logistic(1.0)
    return (logistic(s) - first) / (last - first)


def stepped(s: np.ndarray, points: Points) -> np.ndarray:
    """f jumps to each point's level at its time, and is flat in between: milestones.

    ``points``: (time, level from then on), times ascending, above 0; the last level is 1.

    >>> stepped(np.array([0.2, 0.25, 0.9, 1]), ((0.25, 0.4), (1.0, 1.0))).tolist()
    [0.0, 0.4, 0.4, 1.0]
    """
    times, levels = _columns(points)
    if times[0] <= 0:
        raise ValueError("The first step must come after the start: its time must be above 0.")
    # A third typed as 0.333333333333 is a third.
    return np.concatenate([[0.0], levels])[np.searchsorted(times - _SLACK, s, side="right")]


def piecewise(s: np.ndarray, points: Points) -> np.ndarray:
    """f runs straight from point to point, as typed by hand; it may go down on its way.

    ``points``: (time, level), times ascending, from (0, 0) to (1, 1).

    >>> piecewise(np.array([0.25, 0.5, 0.75]), ((0.0, 0.0), (0.5, 0.2), (1.0, 1.0)))
    array([0.1, 0.2, 0.6])
    """
    times, levels = _columns(points)
    if (times[0], levels[0], times[-1]) != (0, 0, 1):
        raise ValueError("A path typed by hand must start with level 0 at time 0 and end with level 1 at time 1.")
    return np.interp(s, times, levels)


def ramp_sustain(s: np.ndarray, at: float = 0.75) -> np.ndarray:
    """f = min(1, s / at): straight to the aim, reached early, and then held.

    >>> ramp_sustain(np.array([0.375, 0.75, 0.9])).tolist()
    [0.5, 1.0, 1.0]
    """
    _within("at", at, 0.01, 1)
    return np.minimum(1.0, s / at)


def bass(s: np.ndarray, p: float, q: float, periods: float) -> np.ndarray:
    """f = F(t) / F(T), F(t) = (1 - e^(-(p + q) t)) / (1 + q / p e^(-(p + q) t)): adoption that feeds on itself.

    ``p``, ``q``: innovation and imitation per period (month, say); ``periods``: T, so that t = s T. No usual values:
    a campaign's own are fitted, or taken from one like it.
    Source: Bass (1969), Management Science 15:215.

    >>> (179.5 * bass(np.array([6, 12, 18, 24]) / 24, 0.02, 0.35, 24)).round(1).tolist()
    [55.3, 147.4, 175.9, 179.5]
    """
    _within("p", p, 1e-6, 1)
    _within("q", q, 0, 5)
    _within("periods", periods, 1, 1000)

    def adopted(t: ArrayLike) -> np.ndarray:
        gone = -(p + q) * np.asarray(t)
        return -np.expm1(gone) / (1 + q / p * np.exp(gone))

    return adopted(s * periods) / adopted(periods)


SHAPES: dict[str, Callable[..., np.ndarray]] = {
    "linear": linear,
    "front-loaded": front_loaded,
    "back-loaded": back_loaded,
    "s-curve": s_curve,
    "stepped": stepped,
    "piecewise": piecewise,
    "ramp-sustain": ramp_sustain,
    "bass": bass,
}
"""Every shape by its name: a function of the time gone and of its parameters, or of points."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with its parameters, checked. Call it with the time gone; ``str`` gives the text that ``read`` reads.

    Make one with ``shape`` or ``read``. ``parameters``: each of the function's, in its order; ``points``: (time,
    level), for the shapes that have them.

    Raises ValueError for what is no shape.

    >>> str(shape("s-curve", m=0.4)), shape("linear")(np.array([-1, 0.5, 2])).tolist()
    ('s-curve:kappa=10,m=0.4', [0.0, 0.5, 1.0])
    """

    name: str
    parameters: tuple[tuple[str, float], ...] = ()
    points: Points = ()

    def __post_init__(self) -> None:
        if self.name not in SHAPES:
            raise ValueError(f"There is no shape {_short(self.name)}; choose one of {', '.join(SHAPES)}.")
        usual, pointed = _parameters(self.name)
        given = dict(self.parameters)
        for name, value in given.items():
            if name not in usual:
                has = f"it has {', '.join(usual)}" if usual else "it has none"
                raise ValueError(f"The shape {self.name} has no parameter {_short(name)}; {has}.")
            if not isfinite(value):
                raise ValueError(f"The parameter {name} of the shape {self.name} must be a finite number.")
        lacking = [name for name, value in usual.items() if value is None and name not in given]
        if lacking:
            raise ValueError(f"The shape {self.name} needs its {' and '.join(lacking)}.")
        if pointed:
            _check_points(self.name, self.points)
        elif self.points:
            raise ValueError(f"The shape {self.name} has no points.")
        whole = tuple((name, float(given.get(name, value))) for name, value in usual.items())  # type: ignore[arg-type]
        object.__setattr__(self, "parameters", whole)
        object.__setattr__(self, "points", tuple((float(s), float(f)) for s, f in self.points))
        self(np.array([0.0, 1.0]))  # the function refuses what it cannot do

    @property
    def rises(self) -> bool:
        """Whether it never goes down."""
        levels = [f for _, f in self.points]
        return all(a <= b for a, b in zip([0.0, *levels], levels))

    def __call__(self, s: ArrayLike) -> np.ndarray:
        """The way made (any shape) after the time ``s`` (any shape) has gone; 0 before 0, 1 after 1."""
        gone = np.clip(np.asarray(s, np.float64), 0.0, 1.0)
        made = SHAPES[self.name](gone, **dict(self.parameters), **({"points": self.points} if self.points else {}))
        return np.clip(made, 0.0, 1.0) if self.rises else made

    def __str__(self) -> str:
        items = [f"{name}={_plain(value)}" for name, value in self.parameters]
        items += [f"{_plain(s)}={_plain(f)}" for s, f in self.points]
        return self.name + (":" + ",".join(items) if items else "")


def shape(name: str, points: Iterable = (), **parameters: float) -> Shape:
    """A shape by its name in ``SHAPES``, with parameters where they are not the usual ones.

    ``points``: (time, level) pairs; for "stepped", times alone stand for steps of one size.

    Raises ValueError for what is no shape.

    >>> shape("ramp-sustain", at=0.5)([0.25, 0.5, 1]).tolist()
    [0.5, 1.0, 1.0]
    >>> print(shape("stepped", [0.25, 1]))
    stepped:0.25=0.5,1=1
    """
    points = list(points)
    if points and all(np.isscalar(one) for one in points):
        if name != "stepped":
            raise ValueError(f"The points of the shape {name} must be pairs of a time and a level, such as 0.5=0.3.")
        points = [(s, k / len(points)) for k, s in enumerate(points, 1)]
    return Shape(name, tuple(parameters.items()), tuple((s, f) for s, f in points))


def read(text: str) -> Shape:
    """A shape from its short text: the name, and after a colon parameters or points.

    Raises ValueError for what is no shape.

    >>> for text in ("linear", "s-curve:kappa=12", "stepped:0.25,0.5,1", "piecewise:0=0,0.5=0.2,1=1"):
    ...     print(read(text))
    linear
    s-curve:kappa=12,m=0.5
    stepped:0.25=0.3333333333333333,0.5=0.6666666666666666,1=1
    piecewise:0=0,0.5=0.2,1=1
    """
    name, colon, rest = text.strip().partition(":")
    items = [item.strip() for item in rest.split(",", MOST_POINTS + 1)] if colon else []
    parameters: dict[str, float] = {}
    points: list = []
    for item in items:
        left, equals, right = (part.strip() for part in item.partition("="))
        if equals and _NAME.fullmatch(left):
            if left in parameters:
                raise ValueError(f"The shape {_short(text)} gives {left} twice.")
            parameters[left] = _number(right, text)
        else:
            points.append((_number(left, text), _number(right, text)) if equals else _number(left, text))
    return shape(name.strip(), points, **parameters)


def milestones(when: ArrayLike, start: float, end: float) -> Shape:
    """Steps of one size at dated milestones: a "stepped" shape.

    ``when`` (k,), ``start``, ``end``: periods by number (months by ``trajectory.month_number``), ``start`` with its
    lag; the last milestone must not come after the end.

    Raises ValueError naming the milestone by its number from 1.

    >>> print(milestones([3, 6, 12], 0, 12))
    stepped:0.25=0.3333333333333333,0.5=0.6666666666666666,1=1
    """
    return shape("stepped", _times(when, start, end, "milestone", first=False).tolist())


def typed(when: ArrayLike, levels: ArrayLike, *, start: float, end: float, baseline: float, aim: float) -> Shape:
    """Levels typed by hand at dates, from the baseline to the aim: a "piecewise" shape.

    f = (level - B) / (A - B). ``when`` (k,): periods by number, ascending; ``levels`` (k,): in the measure's unit.
    The baseline at ``start`` and the aim at ``end`` are put in where they are not typed.

    Raises ValueError naming the level by its number from 1, and where the aim is the baseline.

    >>> print(typed([6], [84], start=0, end=12, baseline=80, aim=90))
    piecewise:0=0,0.5=0.4,1=1
    """
    times = _times(when, start, end, "level", first=True)
    levels = np.asarray(levels, np.float64)
    if levels.shape != times.shape:
        raise ValueError(f"There are {levels.size} levels for {times.size} dates; give one for each.")
    if not np.isfinite([*levels, baseline, aim]).all():
        raise ValueError("Levels must be finite numbers.")
    if aim == baseline:
        raise ValueError("The aim is the baseline, so there is no way between them to type.")
    made = (levels - baseline) / (aim - baseline)
    for time, level, name in ((0.0, baseline, "first"), (1.0, aim, "last")):
        typed_there = levels[times == time]
        if (typed_there != level).any():
            what = "baseline" if name == "first" else "aim"
            raise ValueError(f"The {name} level is {typed_there[0]:g}, and the {what} is {level:g}; make them agree.")
    inside = (times > 0) & (times < 1)
    return shape("piecewise", [(0.0, 0.0), *zip(times[inside].tolist(), made[inside].tolist()), (1.0, 1.0)])


def _times(when: ArrayLike, start: float, end: float, what: str, first: bool) -> np.ndarray:
    """Dates as time gone (k,), each checked to lie between start and end, ascending."""
    when = np.atleast_1d(np.asarray(when, np.float64))
    if not end > start:
        raise ValueError("The end must come after the start and its lag.")
    for wrong, says in (
        (~np.isfinite(when), "has no date"),
        (when < start, "is before the start"),
        ((when == start) & (not first), "is at the start; the first step must come after it"),
        (when > end, "is after the end"),
        (np.diff(when, prepend=-np.inf) <= 0, "does not come after the one before"),
    ):
        if wrong.any():
            raise ValueError(f"The date of {what} {int(np.argmax(wrong)) + 1} {says}.")
    return (when - start) / (end - start)


@cache
def _parameters(name: str) -> tuple[dict[str, float | None], bool]:
    """A shape's parameters with their usual values, None where there is none; and whether it has points."""
    found = list(inspect.signature(SHAPES[name]).parameters.values())[1:]
    usual = {one.name: None if one.default is one.empty else one.default for one in found if one.name != "points"}
    return usual, any(one.name == "points" for one in found)


def _check_points(name: str, points: Points) -> None:
    if not points:
        raise ValueError(f"The shape {name} needs its points, such as 0.5=0.3.")
    if len(points) > MOST_POINTS:
        raise ValueError(f"The shape {name} has more than {MOST_POINTS} points.")
    before = -np.inf
    for k, (s, f) in enumerate(points, 1):
        if not (isfinite(s) and isfinite(f)):
            raise ValueError(f"Point {k} of the shape {name} is not a pair of finite numbers.")
        if not 0 <= s <= 1:
            raise ValueError(f"Point {k} of the shape {name} has the time {s:g}; times lie between 0 and 1.")
        if s <= before:
            raise ValueError(f"Point {k} of the shape {name} does not come after the one before; put them in order.")
        before = s
    if points[-1][1] != 1:
        raise ValueError(f"The shape {name} must end at level 1, and its last point has the level {points[-1][1]:g}.")


def _columns(points: Points) -> tuple[np.ndarray, np.ndarray]:
    both = np.array(points, np.float64)
    return both[:, 0], both[:, 1]


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ValueError(f"The parameter {name} must lie between {low:g} and {high:g}; {value:g} does not.")


def _number(text: str, whole: str) -> float:
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        raise ValueError(f"In the shape {_short(whole)}, {_short(text)} is not a number.")
    return float(text)


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
