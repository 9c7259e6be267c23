"""One pass over many series: limits, rules, causes, verdicts."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from measures import panel
from measures.spc import limits, phases, rules, verdicts
from measures.spc.kinds import CONSTANTS, KINDS

MISSING = ("drop", "bridge")
PEERS = (None, "ptd")
_NAMES = tuple(rules.MASKS)
_RULE_TEXT = tuple(" ".join(name for i, name in enumerate(_NAMES) if bits >> i & 1) for bits in range(1 << len(_NAMES)))
_RULE_BITS = np.array(
    [sum(1 << i for i, name in enumerate(_NAMES) if flags & rules.MASKS[name]) for flags in range(256)], np.uint8
)


@dataclass(frozen=True, slots=True)
class Options:
    """How a chart is computed; recorded with its result by ``describe``.

    ``baseline``: limits from the first so many rows of each phase, None for all. ``screen``: leave
    outlying moving ranges out, once. ``constant``: "2.66" or "3/d2". ``missing``: an empty value removes
    both its moving ranges and breaks rules' windows ("drop") or is stepped over in both ("bridge").
    ``peer``: "ptd" for NHSRplotthedots' own treatment of degenerate series, strict comparisons and all.
    Raises ValueError where a choice is not one of those.

    >>> Options(baseline=12).describe()["baseline"]
    12
    """

    kind: str = "xmr"
    rules: str = "nhs"
    baseline: int | None = None
    screen: bool = True
    constant: str = "2.66"
    missing: str = "drop"
    peer: str | None = None

    def __post_init__(self) -> None:
        for name, allowed in (
            ("kind", KINDS),
            ("rules", rules.RULES),
            ("constant", CONSTANTS),
            ("missing", MISSING),
            ("peer", PEERS),
        ):
            if getattr(self, name) not in allowed:
                choices = ", ".join(str(x) for x in allowed)
                raise ValueError(f"{name} is {getattr(self, name)!r}; it must be one of: {choices}.")
        whole = isinstance(self.baseline, int | np.integer) and not isinstance(self.baseline, bool)
        if self.baseline is not None and not (whole and self.baseline >= 1):
            raise ValueError(f"baseline is {self.baseline!r}; it must be a whole number of rows, 1 or more.")

    @property
    def strict(self) -> bool:
        """Whether comparisons and degenerate series are the reference program's."""
        return self.peer == "ptd"

    def describe(self) -> dict:
        """The options as a plain dictionary."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Charts of many series. Row arrays (n,): centre, sigma, lower, upper, near_lower, near_upper (the
    warning lines at two sigma), flags (one byte, bits in ``rules``), cause (codes into
    ``verdicts.CAUSES``) and the properties beyond, shift, trend, two_of_three. Series arrays (s,): last
    (row of the latest point that is not ghosted) and variation (codes into ``verdicts.VARIATIONS``).
    Lines are NaN where a phase has no moving range; none is clipped."""

    options: Options
    starts: np.ndarray
    phase_starts: np.ndarray
    centre: np.ndarray
    sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    near_lower: np.ndarray
    near_upper: np.ndarray
    flags: np.ndarray
    cause: np.ndarray
    last: np.ndarray
    variation: np.ndarray

    @property
    def beyond(self) -> np.ndarray:
        """Outside the limits."""
        return (self.flags & rules.MASKS["beyond"]) != 0

    @property
    def shift(self) -> np.ndarray:
        """One of seven or more in a row on one side of the centre."""
        return (self.flags & rules.MASKS["shift"]) != 0

    @property
    def trend(self) -> np.ndarray:
        """One of seven or more in a row, all rising or all falling."""
        return (self.flags & rules.MASKS["trend"]) != 0

    @property
    def two_of_three(self) -> np.ndarray:
        """One of two in three near a limit."""
        return (self.flags & rules.MASKS["two_of_three"]) != 0

    def rule_names(self) -> np.ndarray:
        """Names of the rules that flag each point, space-separated, "" for none; object (n,)."""
        bits, texts = self.rule_codes()
        return np.array(texts, dtype=object)[bits]

    def rule_codes(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """Each point's place (n,) in a tuple of texts: every combination of rule names."""
        return _RULE_BITS[self.flags], _RULE_TEXT

    def cause_names(self) -> np.ndarray:
        """Each point's ``model.Cause`` value; object (n,)."""
        return names(verdicts.CAUSES)[self.cause]

    def variation_names(self) -> np.ndarray:
        """Each series' ``model.Variation`` value; object (s,)."""
        return names(verdicts.VARIATIONS)[self.variation]


def names(members: tuple) -> np.ndarray:
    """The values of an enum as an array that codes index.

    >>> names(verdicts.CAUSES)[[0, 4]].tolist()
    ['common', 'low']
    """
    return np.array([member.value for member in members], dtype=object)


def chart(
    values: np.ndarray,
    starts: np.ndarray,
    *,
    options: Options,
    better: int | np.ndarray,
    phase_starts: np.ndarray | None = None,
    ghosted: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
) -> Chart:
    """Charts of every series in one pass.

    ``values`` (n,) float, NaN = missing, sorted by series then period; ``starts`` (s,) first row of each
    series; ``better`` +1 up, -1 down, 0 neither, one or (s,); ``phase_starts`` sorted first rows of the
    phases, a superset of ``starts`` (default ``starts``); ``ghosted`` (n,) bool: rows tested against the
    limits only, left out of all else, moving ranges bridge them; ``baseline`` (phases,) rows per phase, 0
    for all, instead of ``options.baseline``. Formulas and sources: ``kinds`` and ``rules``. Raises
    ValueError on arrays that do not fit together and on infinite values.

    >>> result = chart([4.0, 6.0, 5.0, 7.0, 3.0, 30.0], [0], options=Options(baseline=5), better=1)
    >>> result.upper[0].round(3), result.cause_names()[-1]
    (np.float64(10.985), 'improvement')
    """
    values = np.ascontiguousarray(values, np.float64)
    if values.ndim != 1:
        raise ValueError("values must be a one-dimensional array.")
    n = len(values)
    starts = panel.check_starts(starts, n)
    phase_starts = starts if phase_starts is None else panel.check_starts(phase_starts, n, "phase_starts")
    better = _check_better(better, starts)
    if phase_starts is not starts and not np.isin(starts, phase_starts).all():
        raise ValueError("phase_starts must hold the first row of every series.")
    ends = phases.baseline_ends(phase_starts, n, options.baseline if baseline is None else baseline)
    left_out = _left_out(values, ghosted, options)

    if left_out is None:
        centre, sigma, flags = _scan(values, phase_starts, ends, options)
    else:
        centre, sigma, flags = _scan_rest(values, phase_starts, ends, options, left_out)
    counts = panel.lengths(phase_starts, n)
    line = limits.lines(centre, sigma)
    last = panel.last_rows(starts, n, ghosted)
    rows = [panel.spread(x, counts) for x in (centre, sigma, *line)]
    enough = options.strict or ~np.isnan(rows[1][last])
    return Chart(
        options,
        starts,
        phase_starts,
        *rows,
        flags=flags,
        cause=verdicts.causes(flags, better, panel.lengths(starts, n)),
        last=last,
        variation=verdicts.variation(flags[last], better, enough),
    )


def _check_better(better: int | np.ndarray, starts: np.ndarray) -> np.ndarray:
    better = np.asarray(better)
    if better.shape not in ((), starts.shape) or not np.isin(better, (-1, 0, 1)).all():
        raise ValueError("better must be 1 (up), -1 (down) or 0 (neither): one figure, or one per series.")
    return better.astype(np.int8)


def _left_out(values: np.ndarray, ghosted: np.ndarray | None, options: Options) -> np.ndarray | None:
    """Rows that limits and rules step over; None for none."""
    out = np.zeros(len(values), bool)
    if ghosted is not None:
        out |= _check_ghosted(ghosted, len(values))
    if options.missing == "bridge":
        out |= np.isnan(values)
    return out if out.any() else None


def _check_ghosted(ghosted: np.ndarray, n: int) -> np.ndarray:
    ghosted = np.asarray(ghosted)
    if ghosted.shape != (n,) or (n and ghosted.dtype != bool):
        raise ValueError("ghosted must be one true or false per row.")
    return ghosted


def _scan(values: np.ndarray, starts: np.ndarray, ends: np.ndarray, options: Options):
    """Centre and sigma per phase, flags per row, a cache-sized block of whole phases at a time."""
    fit, rule = KINDS[options.kind].fit, rules.RULES[options.rules]
    centre, sigma = np.empty(starts.size), np.empty(starts.size)
    flags = np.empty(len(values), np.uint8)
    for low, high, first, stop in panel.blocks(starts, len(values)):
        block, own = values[first:stop], starts[low:high] - first
        centre[low:high], sigma[low:high] = found = fit(block, own, ends[low:high] - first, options)
        flags[first:stop] = rule(block, own, found.centre, found.sigma, strict=options.strict)
    return centre, sigma, flags


def _scan_rest(values, starts, ends, options, left_out):
    """As ``_scan`` without the rows left out; those are then tested against the limits alone."""
    before = np.concatenate(([0], np.cumsum(~left_out)))
    first, stop = before[starts], before[panel.stops(starts, len(values))]
    some = stop > first
    centre, sigma = np.full(starts.size, np.nan), np.full(starts.size, np.nan)
    flags = np.zeros(len(values), np.uint8)
    centre[some], sigma[some], flags[~left_out] = _scan(values[~left_out], first[some], before[ends][some], options)
    rows = np.flatnonzero(left_out)
    phase = panel.segment_of(rows, starts)
    line = limits.lines(centre, sigma)
    slack = np.zeros(starts.size) if options.strict else limits.tolerance(centre, sigma)
    side = rules.sides(values[rows], (line.upper + slack)[phase], (line.lower - slack)[phase])
    flags[rows] = side << 4
    return centre, sigma, flags
