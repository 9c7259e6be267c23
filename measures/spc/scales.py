"""Scales on which effects add: proportions on the logit, counts and rates on the logarithm, the rest as they are."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from scipy.special import expit

from measures.model import Form

EDGE = 0.0005
"""Without counts, a proportion or rate of nothing counts as half a case in a thousand."""


class Scale(StrEnum):
    """Where a season adds."""

    LOGIT = "logit"
    LOG = "log"
    IDENTITY = "identity"


SCALES = {
    Form.COUNT: Scale.LOG,
    Form.PROPORTION: Scale.LOGIT,
    Form.RATE: Scale.LOG,
    Form.VALUE: Scale.IDENTITY,
    Form.TIME_BETWEEN: Scale.LOG,
    Form.CASES_BETWEEN: Scale.LOG,
    Form.YES_NO: Scale.IDENTITY,
}
"""The scale of each form of measure."""


def to_scale(
    values: np.ndarray,
    form: Form,
    *,
    numerators: np.ndarray | None = None,
    denominators: np.ndarray | None = None,
    base: float = 1.0,
) -> np.ndarray:
    """Values on the scale where their season adds; NaN stays NaN. All arrays (n,).

    proportion x / n: log((x + 1/2) / (n - x + 1/2)), finite at 0 % and 100 %; rate base x / n: log(base (x + 1/2) / n);
    count, time or cases between: log(value + 1/2); others as they are. A row of a proportion or rate whose counts are
    missing: the value's logit or logarithm, kept ``EDGE`` (for a rate, ``EDGE`` x base) away from 0, and for a
    proportion from 1. What is below 0, or above its denominator, is taken at the edge.
    Source: Anscombe (1956) and Haldane (1956) for the half. Raises ValueError on an infinite value.

    >>> to_scale(np.array([0.9, 1.0]), Form.PROPORTION, numerators=np.array([9, 10]), denominators=np.array([10, 10]))
    array([1.846, 3.045])
    """
    values = np.asarray(values, np.float64)
    if np.isinf(values).any():
        raise ValueError("A value is infinite: every value must be a number, or NaN where it is missing.")
    scale = SCALES[form]
    if scale is Scale.IDENTITY:
        return values.copy()
    if form not in (Form.PROPORTION, Form.RATE):
        return np.log(np.maximum(values, 0.0) + 0.5)
    low, high = (EDGE, 1 - EDGE) if scale is Scale.LOGIT else (EDGE * base, np.inf)
    plain = np.clip(values, low, high)
    plain = np.log(plain / (1 - plain)) if scale is Scale.LOGIT else np.log(plain)
    if numerators is None or denominators is None:
        return plain
    x, n = np.maximum(np.asarray(numerators, np.float64), 0.0), np.asarray(denominators, np.float64)
    counted = (n > 0) & np.isfinite(x) & np.isfinite(n)
    x, n = np.where(counted, x, 0.0), np.where(counted, n, 1.0)
    rest = np.maximum(n - x, 0.0) + 0.5 if scale is Scale.LOGIT else n / base
    return np.where(counted, np.log((x + 0.5) / rest), plain)


def from_scale(
    scaled: np.ndarray, form: Form, *, denominators: np.ndarray | None = None, base: float = 1.0
) -> np.ndarray:
    """The values that stand at ``scaled``: undoes ``to_scale``, the halves included, any shape.

    Pass the ``denominators`` that ``to_scale`` had (NaN where a row had no counts): a value then lies above a line
    exactly where it does on the scale. A line may so fall just outside what is possible, as XmR limits do.

    >>> from_scale(np.array([1.846, 3.0]), Form.PROPORTION, denominators=np.array([10, 10]))
    array([0.90, 0.998])
    """
    scaled = np.asarray(scaled, np.float64)
    scale = SCALES[form]
    if scale is Scale.IDENTITY:
        return scaled.copy()
    if form not in (Form.PROPORTION, Form.RATE):
        return _exp(scaled) - 0.5
    plain = expit(scaled) if scale is Scale.LOGIT else _exp(scaled)
    if denominators is None:
        return plain
    n = np.asarray(denominators, np.float64)
    counted = (n > 0) & np.isfinite(n)
    n = np.where(counted, n, 1.0)
    exact = ((n + 1) * plain - 0.5) / n if scale is Scale.LOGIT else plain - 0.5 * base / n
    return np.where(counted, exact, plain)


def lines_back(
    line: np.ndarray, index: np.ndarray, form: Form, *, denominators: np.ndarray | None = None, base: float = 1.0
) -> np.ndarray:
    """A centre or limit of the chart of y - index, brought to the values' unit, row by row: (n,).

    ``line`` and ``index`` (n,) on the scale; the rest as ``from_scale``.

    >>> lines_back(np.array([2.0, 2.0]), np.array([-0.4, 0.2]), Form.PROPORTION)
    array([0.832, 0.900])
    """
    return from_scale(np.asarray(line) + index, form, denominators=denominators, base=base)


def _exp(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.exp(x)
