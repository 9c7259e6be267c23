"""Random panels of every kind: ties, steps, walks, constants, missing and ghosted rows, phases of any length."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from measures.spc import Chart, Options, chart
from measures.spc.kinds import KINDS
from tests.spc import plain

NAN = float("nan")
LENGTHS = (1, 2, 3, 5, 7, 8, 13, 16, 30, 60)
STYLES = ("noise", "ties", "walk", "step", "saw", "constant", "blips")


@dataclass(frozen=True)
class Panel:
    """Series as the engine wants them: what ``chart`` takes, and ``rows`` of plain per phase."""

    kind: str
    values: np.ndarray
    starts: np.ndarray
    phase_starts: np.ndarray
    baseline: np.ndarray
    ghosted: np.ndarray
    denominators: np.ndarray | None
    deviations: np.ndarray | None
    better: np.ndarray

    def chart(self, options: Options) -> Chart:
        """All of it in one call."""
        return chart(
            self.values,
            self.starts,
            options=options,
            better=self.better,
            denominators=self.denominators,
            deviations=self.deviations,
            phase_starts=self.phase_starts,
            ghosted=self.ghosted,
            baseline=self.baseline,
        )

    def phases(self) -> list[tuple[slice, list[plain.Row], int]]:
        """Where each phase lies, its rows, and its baseline."""
        columns = [self.values, self.denominators, self.deviations, self.ghosted]
        columns = [np.full(len(self.values), NAN) if x is None else x for x in columns]
        rows = [plain.Row(*map(float, row[:3]), bool(row[3])) for row in zip(*columns, strict=True)]
        edges = [*self.phase_starts.tolist(), len(rows)]
        spans = [slice(a, b) for a, b in pairwise(edges)]
        return [(span, rows[span], int(n)) for span, n in zip(spans, self.baseline, strict=True)]


def level(rng: np.random.Generator, n: int) -> np.ndarray:
    """A series in tenths, between 0 and 6 or thereabouts, of one of the styles."""
    style = rng.choice(STYLES)
    if style == "constant":
        return np.full(n, rng.integers(0, 40) / 10)
    if style == "ties":
        return rng.integers(0, 4, n) / 1.0
    if style == "walk":
        return np.abs(np.cumsum(rng.integers(-3, 4, n)) + 20) / 10
    if style == "step":
        return (rng.integers(0, 12, n) + 15 * (np.arange(n) >= n // 2)) / 10
    if style == "saw":
        return (np.arange(n) % rng.integers(2, 12) + rng.integers(0, 2, n)) / 4
    if style == "blips":
        return np.where(rng.random(n) < 0.1, 3.0, 1.0)
    return rng.integers(0, 60, n) / 10


def panel(kind: str, seed: int, holes: float, ghosts: float) -> Panel:
    """One to five series of one to three phases each; ``holes`` and ``ghosts`` are shares of the rows."""
    rng = np.random.default_rng(seed)
    lengths = [rng.choice(LENGTHS, rng.integers(1, 4)).tolist() for _ in range(rng.integers(1, 6))]
    flat = [n for phases in lengths for n in phases]
    n = sum(flat)
    values = np.concatenate([level(rng, x) for x in flat])
    form, denominators, deviations = KINDS[kind].form, None, None
    if kind == "t":
        values = values + 0.5
    elif kind in ("c", "g"):
        values = np.rint(values * 3)
    elif form == "ratio":
        top = 60.0 if kind in ("p", "pp") else 8.0
        share = np.minimum(values / 6, 1.0) if kind in ("p", "pp") else values / 6
        equal = rng.random() < 0.3
        denominators = np.full(n, 25.0) if equal else rng.integers(1, top * rng.integers(1, 60), n).astype(float)
        values = np.rint(share * denominators)
    elif form == "subgroups":
        equal = rng.random() < 0.4
        denominators = np.full(n, 4.0) if equal else rng.integers(1, 8, n).astype(float)
        deviations = np.where(denominators > 1, rng.integers(0, 30, n) / 10, NAN)
        if kind == "s":
            values = deviations.copy()
    hole = rng.random(n) < holes
    values[hole] = NAN
    if form == "subgroups":
        denominators[hole], deviations[hole] = NAN, NAN
    elif form == "ratio":
        denominators[rng.random(n) < holes / 2] = NAN
    phase_starts = np.cumsum([0, *flat[:-1]])
    starts = np.cumsum([0, *[sum(phases) for phases in lengths[:-1]]])
    return Panel(
        kind,
        values,
        starts,
        phase_starts,
        rng.choice([0, 0, 0, 1, 2, 5, 12, 100], len(flat)),
        rng.random(n) < ghosts,
        denominators,
        deviations,
        rng.integers(-1, 2, len(starts)),
    )


def how(options: Options, baseline: int) -> plain.How:
    """The same choices for plain."""
    constant = 2.66 if options.describe()["constant"] == "2.66" else 3 / 1.128
    return plain.How(
        options.kind, options.rule_set.name, baseline, options.screen, constant, options.missing, options.peer
    )


def joined(panels: list[Panel]) -> Panel:
    """Several panels of one kind as one."""
    first = panels[0]
    before = np.cumsum([0, *[len(p.values) for p in panels[:-1]]])

    def end_to_end(name: str, shift: bool = False):
        parts = [getattr(p, name) for p in panels]
        if parts[0] is None:
            return None
        return np.concatenate([x + n * shift for x, n in zip(parts, before, strict=True)] if shift else parts)

    return Panel(
        first.kind,
        end_to_end("values"),
        end_to_end("starts", True),
        end_to_end("phase_starts", True),
        end_to_end("baseline"),
        end_to_end("ghosted"),
        end_to_end("denominators"),
        end_to_end("deviations"),
        end_to_end("better"),
    )


def one_by_one(whole: Panel) -> list[Panel]:
    """A panel's series as panels of one."""
    found = []
    for i, (first, stop) in enumerate(zip(whole.starts, [*whole.starts[1:], len(whole.values)], strict=True)):
        rows = slice(first, stop)
        own = (whole.phase_starts >= first) & (whole.phase_starts < stop)
        found.append(
            Panel(
                whole.kind,
                whole.values[rows],
                np.array([0]),
                whole.phase_starts[own] - first,
                whole.baseline[own],
                whole.ghosted[rows],
                None if whole.denominators is None else whole.denominators[rows],
                None if whole.deviations is None else whole.deviations[rows],
                whole.better[i : i + 1],
            )
        )
    return found


def without(whole: Panel, rows: np.ndarray) -> Panel:
    """The panel without some rows (bool); every phase must keep one."""
    kept = ~rows
    before = np.concatenate(([0], np.cumsum(kept)))
    return replace(
        whole,
        values=whole.values[kept],
        starts=before[whole.starts],
        phase_starts=before[whole.phase_starts],
        ghosted=whole.ghosted[kept],
        denominators=None if whole.denominators is None else whole.denominators[kept],
        deviations=None if whole.deviations is None else whole.deviations[kept],
    )
