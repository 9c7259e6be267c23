"""A chart's lines: from each phase's centre and sigma to what is drawn."""

from __future__ import annotations

import numpy as np

from measures import panel
from measures.spc import limits
from measures.spc.fitting import Fit, Rows
from measures.spc.options import Options

LINES = ("centre", "sigma", "lower", "upper", "near_lower", "near_upper")


class Lines:
    """A chart's lines by name (``LINES``), kept as they were found: one figure per phase, or one per row where
    denominators differ. What most readers need of a million rows is a few of them."""

    def __init__(self, found: dict[str, np.ndarray], phase_starts: np.ndarray, n: int) -> None:
        self._found, self._phase_starts, self._n = found, phase_starts, n
        self._per_row = any(len(x) == n for x in found.values())

    def __getitem__(self, name: str) -> np.ndarray:
        """The line at every row (n,)."""
        return panel.to_rows(self._found[name], panel.lengths(self._phase_starts, self._n), self._n)

    def at(self, name: str, rows: np.ndarray) -> np.ndarray:
        """The line at ``rows`` (row numbers)."""
        return self._found[name][rows if self._per_row else panel.segment_of(rows, self._phase_starts)]


def band_of(rows: Rows, fit: Fit, options: Options) -> limits.Band:
    """The lines of a kind on the scale it is computed on, per phase, or per row where denominators differ.

    >>> n = np.array([25.0, 100.0])
    >>> rows = Rows(np.array([0.5, 0.5]), np.array([0]), np.array([2]), denominators=n)
    >>> band_of(rows, Fit(np.array([0.5]), np.array([0.5])), Options("p")).upper
    array([0.8 , 0.65])
    """
    kind, (centre, sigma, middle) = options.chart, fit
    if kind.unit is not None:
        sigma = rows.over_phases(sigma) * kind.unit(rows.denominators)
        centre = rows.over_phases(centre)
    return limits.Band(centre, sigma, middle, kind.floor, kind.ceiling, options.strict)


def lines_of(rows: Rows, fit: Fit, options: Options) -> Lines:
    """The lines that are drawn, in the unit of the values.

    >>> rows = Rows(np.array([4.0, 6.0]), np.array([0]), np.array([2]))
    >>> lines_of(rows, Fit(np.array([5.0]), np.array([1.0])), Options())["upper"]
    array([8., 8.])
    """
    kind, n = options.chart, len(rows.values)
    if kind.unit is None:
        band = band_of(rows, fit, options)
        per_phase = [fit.centre, fit.sigma, *_drawn(band)]
        if kind.power:
            per_phase = _powers(per_phase, kind.power)
        return Lines(dict(zip(LINES, per_phase, strict=True)), rows.starts, n)
    out = {name: np.empty(n) for name in LINES}
    for low, high, first, stop in panel.blocks(rows.starts, n):
        block = rows.block(low, high, first, stop)
        part = Fit(*(None if x is None else x[low:high] for x in fit))
        band = band_of(block, part, options)
        sigma = block.over_phases(part.sigma) * kind.unit(block.denominators)
        for name, x in zip(LINES, (band.centre, sigma, *_drawn(band)), strict=True):
            out[name][first:stop] = x
    return Lines(out, rows.starts, n)


def _drawn(band: limits.Band) -> tuple[np.ndarray, ...]:
    return band.lower, band.upper, band.near_lower, band.near_upper


def _powers(lines: list[np.ndarray], power: float) -> list[np.ndarray]:
    """Lines on the root's scale brought back; sigma becomes half the distance of the lines at one sigma."""
    centre, sigma, *rest = lines
    above, below = centre + sigma, np.maximum(centre - sigma, 0)
    return [centre**power, (above**power - below**power) / 2, *(x**power for x in rest)]
