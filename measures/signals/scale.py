"""The scale on which noise is alike: a proportion's angle, or the figure itself; and how much surer big months are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Kind(StrEnum):
    """What the figures of a family are."""

    VALUE = "value"
    PROPORTION = "proportion"
    """Cases out of people; on the scale asin sqrt((x + 3/8) / (n + 3/4)) (Anscombe 1948)."""
    RATE = "rate"
    """A count over any size."""
    TIME = "time"
    """Time between events, not below zero; on the scale x^(1 / 3.6) (Nelson 1994)."""


NELSON = 1 / 3.6


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """``y`` (s, n) on the scale (of values and rates, the distance from the site's level before the start); ``size``
    (s, n) relative to the site's usual one, None where there are no sizes."""

    kind: Kind
    y: np.ndarray
    size: np.ndarray | None


def scaled(
    kind: Kind, value: np.ndarray, numerator: np.ndarray | None, denominator: np.ndarray | None, start: int
) -> Scaled:
    """Figures (s, n), NaN where missing, on the scale; a site's usual size is that of the columns before ``start``.

    >>> scaled(Kind.PROPORTION, np.array([[0.5]]), np.array([[50.0]]), np.array([[100.0]]), 1).y.round(4)
    array([[0.7854]])
    """
    if kind in (Kind.VALUE, Kind.TIME) or denominator is None:
        return Scaled(kind, np.maximum(value, 0) ** NELSON if kind is Kind.TIME else _less_level(value, start), None)
    there = np.isfinite(value) & (denominator > 0)
    sizes = np.where(there, denominator, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(sizes[:, :start])
        count = np.maximum(there[:, :start].sum(axis=1, keepdims=True), 1)
        usual = np.exp(np.nansum(logs, axis=1, keepdims=True) / count)
        size = np.where(there, sizes / usual, np.nan)
        if kind is Kind.PROPORTION:
            y = np.arcsin(np.sqrt(np.clip((numerator + 0.375) / (denominator + 0.75), 0, 1)))
        else:
            y = _less_level(value, start)
    return Scaled(kind, np.where(there, y, np.nan), size)


def _less_level(value: np.ndarray, start: int) -> np.ndarray:
    """Less each site's level before ``start``: a large level would take the digits that the noise needs."""
    there = ~np.isnan(value[:, :start])
    level = np.where(there, value[:, :start], 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return value - level[:, None]


def back(kind: Kind, y: np.ndarray) -> np.ndarray:
    """From the scale to the unit of the figures.

    >>> back(Kind.PROPORTION, np.array([np.pi / 4])).round(3)
    array([0.5])
    """
    if kind is Kind.PROPORTION:
        return np.sin(np.clip(y, 0, np.pi / 2)) ** 2
    return np.maximum(y, 0) ** (1 / NELSON) if kind is Kind.TIME else y
