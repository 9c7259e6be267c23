"""Figures as typed, held exactly: whole numbers over one power of ten."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import MAX_PREC, Context, Decimal, InvalidOperation

import numpy as np

DIGITS = 400
"""The most digits before and after the decimal point; every finite float has fewer."""

_EXACT_FLOAT = 10**15
"""Decimals of at most 15 digits are told apart by floats, so one that a float rounds to is its shortest form."""

_WIDE = Context(prec=MAX_PREC)


def scaled(figures: Iterable, what: str = "weights") -> tuple[np.ndarray, int]:
    """``figures`` as whole numbers over one power of ten: ``figures[i] == whole[i] / divisor`` exactly.

    ``figures`` (n,): int, float, str or Decimal, mixed if need be; a float stands for its shortest decimal form
    (0.1 for one tenth), a text for what is typed. Returns ``whole`` (n,), an object array of Python ints, and
    ``divisor``, 10**k. ``what`` is what a sentence calls the figures.

    Raises ValueError, naming the first by its number from 1, for what is no finite number, and for decimals with
    more than ``DIGITS`` digits before or after the point.

    >>> whole, divisor = scaled([0.1, "2.25", 3])
    >>> whole.tolist(), divisor
    ([10, 225, 300], 100)
    """
    if not isinstance(figures, np.ndarray) or (figures.dtype == object and figures.ndim == 1):
        figures = list(figures)
        kinds = set(map(type, figures))
        if kinds <= {int, np.int64}:
            return _objects(list(map(int, figures))), 1
        figures = np.array(figures) if kinds <= {float, np.float64} else _objects(figures)
    if figures.ndim != 1:
        raise ValueError(f"The {what} must be one row of figures, one for each site.")
    if figures.dtype.kind in "iu":
        return figures.astype(object), 1
    if figures.dtype == np.float64:
        found = _short_floats(figures)
        if found is not None:
            return found
    return _decimals(figures.tolist() if figures.dtype == np.float64 else list(figures), what)


def as_decimals(whole: np.ndarray, divisor: int) -> np.ndarray:
    """The way back: whole numbers (n,) over a power of ten as Decimals, exactly.

    >>> as_decimals(np.array([10, 225], object), 100).tolist()
    [Decimal('0.10'), Decimal('2.25')]
    """
    digits = len(str(divisor)) - 1
    return _objects([Decimal(int(one)).scaleb(-digits, _WIDE) for one in whole])


def common(*figures: tuple[np.ndarray, int]) -> tuple[list[np.ndarray], int]:
    """Several results of ``scaled`` over one divisor, the largest of theirs.

    >>> common(scaled(["0.5"]), scaled(["0.25"]))
    ([array([50], dtype=object), array([25], dtype=object)], 100)
    """
    divisor = max(one for _, one in figures)
    return [whole * (divisor // one) for whole, one in figures], divisor


def _objects(figures: list) -> np.ndarray:
    out = np.empty(len(figures), object)
    out[:] = figures
    return out


def _short_floats(figures: np.ndarray) -> tuple[np.ndarray, int] | None:
    """Floats that are decimals of at most 15 digits, the usual case, without a text in between; else None."""
    for k in range(16):
        with np.errstate(over="ignore", invalid="ignore"):
            whole = np.rint(figures * 10.0**k)
            if not (np.abs(whole) < _EXACT_FLOAT).all():
                return None
            if (whole / 10.0**k == figures).all():
                return whole.astype(np.int64).astype(object), 10**k
    return None


def _decimals(figures: list, what: str) -> tuple[np.ndarray, int]:
    texts = [str(figure).strip() for figure in figures]
    try:
        pieces = [text.partition(".") for text in _plain(texts)]
        decimals = [len(after) for _, _, after in pieces]
        k = max(decimals, default=0)
        powers = [10**i for i in range(k + 1)]
        whole = [int(before + after) * powers[k - m] for (before, _, after), m in zip(pieces, decimals)]
    except (ValueError, ArithmeticError) as error:
        raise ValueError(_first_fault(texts, what)) from error
    return _objects(whole), 10**k


def _plain(texts: list[str]) -> list[str]:
    """Figures written out: digits, a point, digits. Raises ValueError or ArithmeticError for what is none."""
    together = "\n".join(texts)
    # int and Decimal also read 1_000 and the digits of other scripts, and int's sign would do after the point.
    if not together.isascii() or "_" in together or ".-" in together or ".+" in together:
        raise ValueError
    if "e" in together or "E" in together:
        texts = [_written_out(text) if "e" in text or "E" in text else text for text in texts]
    if max(map(len, texts), default=0) > DIGITS:
        for text in texts:
            if len(text) > DIGITS and _too_long(Decimal(text)):
                raise ValueError
    return texts


def _written_out(text: str) -> str:
    number = Decimal(text)
    if not number.is_finite() or _too_long(number):
        raise ValueError
    return f"{number:f}"


def _too_long(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return not isinstance(exponent, int) or exponent < -DIGITS or number.adjusted() >= DIGITS


def _first_fault(texts: list[str], what: str) -> str:
    for i, text in enumerate(texts):
        shown = text if len(text) <= 40 else text[:40] + "…"
        try:
            number = Decimal(text) if text.isascii() and "_" not in text else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            return f"Number {i + 1} of the {what}, {shown!r}, is not a finite number."
        if _too_long(number):
            return f"Number {i + 1} of the {what}, {shown!r}, has more than {DIGITS} digits before or after the point."
    raise AssertionError("no figure is at fault")
