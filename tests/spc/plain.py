"""Charts and rules once more, one phase at a time in plain loops: what the engine is measured against.

Nothing here is imported from ``measures.spc``. Formulas: the reference programs' (qicharts2 0.8.1 and, for
xmr, NHSRplotthedots 0.2.2); rules: Making Data Count, Perla, Provost & Murray (2011), Western Electric
(1956), Nelson (1984), Anhøj & Olesen (2014). Codes: 0 no, 1 above or rising, 2 below or falling.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

NAN = math.nan
TIE = 1e-9
LINES = ("centre", "sigma", "lower", "upper", "near_lower", "near_upper")
RATIOS = ("p", "pp", "u", "up")
SUBGROUPS = ("xbar", "s")
FLOORS = ("p", "pp", "u", "up", "c", "g", "t", "mr", "s")
CEILINGS = ("p", "pp")
UNDIRECTED = {"alternating", "stratification", "mixture"}
ORDER = {
    "nhs": ("beyond", "trend", "two_of_three", "shift"),
    "ihi": ("trend", "shift"),
    "we": ("beyond", "two_of_three", "four_of_five", "shift"),
    "nelson": (
        *("beyond", "trend", "two_of_three", "four_of_five", "shift"),
        *("mixture", "alternating", "stratification"),
    ),
    "anhoej": ("beyond", "longest_run"),
    "beyond": ("beyond",),
}


@dataclass(frozen=True)
class Row:
    """One row of a phase: the value (of p, pp, u and up the numerator, of xbar and s the subgroup's figure)."""

    value: float
    denominator: float = NAN
    deviation: float = NAN
    ghosted: bool = False


@dataclass(frozen=True)
class How:
    """The choices of a chart; ``baseline`` 0 for all rows."""

    kind: str = "xmr"
    rules: str = "nhs"
    baseline: int = 0
    screen: bool = True
    constant: float = 2.66
    missing: str = "drop"
    peer: str | None = None


@dataclass
class Lines:
    """The lines at one row; ``one`` the pair at one sigma, ``slack`` how near counts as on a line."""

    centre: float
    sigma: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    one: tuple[float, float] = (NAN, NAN)
    slack: float = 0.0


@dataclass
class Phase:
    """A phase's chart: what is plotted, the lines of every row, and the rules that flag it with their code;
    ``inner`` figures and lines as they are compared (of t: roots)."""

    plotted: list[float]
    lines: list[Lines]
    flags: list[dict[str, int]]
    inner: list[tuple[float, Lines]]


# --------------------------------------------------------------------------------------------- figures


def known(figures: list[float]) -> list[float]:
    """Those that are there."""
    return [x for x in figures if not math.isnan(x)]


def mean(figures: list[float]) -> float:
    """Their mean, NaN of none."""
    return math.fsum(figures) / len(figures) if figures else NAN


def ratio(top: list[float], under: list[float]) -> float:
    """Sum over sum."""
    return math.fsum(top) / math.fsum(under) if under else NAN


def ranges(values: list[float]) -> list[float]:
    """Moving ranges of neighbours that are both there."""
    return known([abs(b - a) for a, b in pairwise(values)])


def mean_range(values: list[float], how: How, scale: float) -> float:
    """Their mean, those of 3.267 means or more left out once; all kept where that would leave nothing."""
    found = ranges(values)
    every = mean(found)
    if not found or not how.screen:
        return every
    kept = [x for x in found if x < 3.267 * every]
    if how.peer:
        return mean(kept)
    left = mean(kept) if kept else 0.0
    return every if left <= TIE * (scale + every) else left


def c4(n: float) -> float:
    """The expectation of a standard deviation of ``n`` normal values, in sigmas."""
    if not n >= 2:
        return NAN
    return math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))


def centre_and_sigma(how: How, rows: list[Row], base: list[Row]) -> tuple[float, float, float]:
    """Of one phase: the centre drawn, one sigma (of a denominator of one), and from where limits are measured.

    ``rows`` are those not left out, ``base`` those of them in the baseline; values are what is plotted, of t
    its roots already."""
    values = [r.value for r in base]
    there = known(values)
    kind = how.kind
    if kind == "run":
        return (median(there) if there else NAN), NAN, NAN
    if kind in ("xmr", "t"):
        centre = mean(there)
        sigma = how.constant * mean_range(values, how, abs(centre)) / 3
        return centre, sigma, centre
    if kind == "mr":
        centre = mean(there)
        if how.peer == "qic":
            return centre, 3.267 * centre / 3, 0.0
        return centre, (3.267 - 1) * centre / 3, centre
    if kind == "c":
        centre = mean(there)
        return centre, math.sqrt(centre), centre
    if kind == "g":
        middle = mean(there)
        return (median(there) if there else NAN), math.sqrt(middle * (middle + 1)), middle
    if kind in RATIOS:
        counted = [r for r in base if not math.isnan(r.value)]
        centre = ratio([r.value * r.denominator for r in counted], [r.denominator for r in counted])
        unit = math.sqrt(max(centre * (1 - centre), 0)) if kind in CEILINGS else math.sqrt(centre)
        if kind in ("p", "u") or math.isnan(centre):
            return centre, unit, centre
        if unit == 0:
            return centre, (NAN if how.peer or not ranges(values) else 0.0), centre
        z = [(r.value - centre) * math.sqrt(r.denominator) / unit for r in base]
        return centre, unit * mean_range(z, how, 0.0) * how.constant / 3, centre
    sizes = {r.denominator for r in rows if not math.isnan(r.denominator)}
    spread = [r for r in base if not math.isnan(r.deviation)]
    if len(sizes) > 1:
        free = math.fsum(r.denominator - 1 for r in spread)
        inside = math.fsum((r.denominator - 1) * r.deviation**2 for r in spread)
        deviation = math.sqrt(inside / free) if free else NAN
    else:
        deviation = mean([r.deviation for r in spread])
    if kind == "s":
        return deviation, deviation, deviation
    counted = [r for r in base if not math.isnan(r.value)]
    centre = ratio([r.value * r.denominator for r in counted], [r.denominator for r in counted])
    return centre, deviation, centre


def own_sigma(kind: str, sigma: float, n: float) -> float:
    """A row's sigma by its denominator."""
    if kind in RATIOS:
        return sigma / math.sqrt(n)
    if kind == "xbar":
        return sigma / (c4(n) * math.sqrt(n))
    if kind == "s":
        return sigma * math.sqrt(1 - c4(n) ** 2) / c4(n)
    return sigma


def row_lines(how: How, centre: float, sigma: float, middle: float, n: float) -> Lines:
    """The lines at a row with the denominator ``n``, cut where the kind cuts them."""

    def at(sigmas: int) -> float:
        line = middle + sigmas * own
        if how.kind in FLOORS:
            line = line if math.isnan(line) else max(line, 0.0)
        if how.kind in CEILINGS:
            line = line if math.isnan(line) else min(line, 1.0)
        return line

    own = own_sigma(how.kind, sigma, n)
    slack = 0.0
    if not how.peer:
        origin = centre if how.kind == "run" else middle
        slack = TIE * (abs(origin) + 3 * (0.0 if math.isnan(own) else own))
    # What lies within one sigma of the middle does so whether or not a line is drawn there.
    one = (middle - own, middle + own)
    return Lines(centre, own, at(-3), at(3), at(-2), at(2), one, slack)


def raised(lines: Lines, strict: bool) -> Lines:
    """The lines of a t chart in days again; sigma is half the distance of the lines at one sigma."""
    above, below = lines.centre + lines.sigma, max(lines.centre - lines.sigma, 0.0)
    centre = lines.centre**3.6
    sigma = NAN if math.isnan(lines.sigma) else (above**3.6 - below**3.6) / 2
    rest = (lines.lower, lines.upper, lines.near_lower, lines.near_upper)
    slack = 0.0 if strict else TIE * (abs(centre) + 3 * (0.0 if math.isnan(sigma) else sigma))
    return Lines(centre, sigma, *(x if math.isnan(x) else x**3.6 for x in rest), slack=slack)


# ----------------------------------------------------------------------------------------------- rules


def side_of(value: float, low: float, high: float, slack: float) -> int:
    """1 above ``high``, 2 below ``low``, 0 between them, within ``slack`` of one, or where something is missing."""
    return 1 if value > high + slack else 2 if value < low - slack else 0


def in_a_row(codes: list[int], least: int) -> list[int]:
    """The code of every row in ``least`` or more equal ones running that are not 0."""
    out = []
    for code, same in groupby(codes):
        length = len(list(same))
        out += [code if length >= least else 0] * length
    return out


def useful(codes: list[int], least: int) -> list[int]:
    """As ``in_a_row``, rows with the code 0 stepped over."""
    rows = [i for i, code in enumerate(codes) if code]
    out = [0] * len(codes)
    for i, code in zip(rows, in_a_row([codes[i] for i in rows], least), strict=True):
        out[i] = code
    return out


def trends(values: list[float], points: int) -> list[int]:
    """Every row of ``points`` or more running, each above (below) the one before; a shared row is the later's."""
    out = [0] * len(values)
    for first in range(len(values) - points + 1):
        window = values[first : first + points]
        if all(b > a for a, b in pairwise(window)):
            out[first : first + points] = [1] * points
        if all(b < a for a, b in pairwise(window)):
            out[first : first + points] = [2] * points
    return out


def stepped_trends(values: list[float], points: int) -> list[int]:
    """As ``trends``, missing values and repeats of the value before stepped over; what lies between a trend's first
    row and its last belongs to it."""
    rows: list[int] = []
    for i, value in enumerate(values):
        if not math.isnan(value) and not (rows and value == values[rows[-1]]):
            rows.append(i)
    out = [0] * len(values)
    for first in range(len(rows) - points + 1):
        window = rows[first : first + points]
        for code, sign in ((1, 1), (2, -1)):
            if all(sign * (values[b] - values[a]) > 0 for a, b in pairwise(window)):
                for i in range(window[0], window[-1] + 1):
                    out[i] = 0 if math.isnan(values[i]) else code
    return out


def some_of(zone: list[int], values: list[float], some: int, of: int) -> list[int]:
    """Rows in the zone that lie in ``of`` running, none missing, with ``some`` or more in the zone of one side."""
    out = [0] * len(zone)
    for first in range(len(zone) - of + 1):
        window = range(first, first + of)
        if any(math.isnan(values[i]) for i in window):
            continue
        for code in (1, 2):
            inside = [i for i in window if zone[i] == code]
            if len(inside) >= some:
                for i in inside:
                    out[i] = code
    return out


def two_of_three(zone: list[int], side: list[int]) -> list[int]:
    """Making Data Count's: all three on one side, two of them in the zone."""
    out = [0] * len(zone)
    for first in range(len(zone) - 2):
        window = range(first, first + 3)
        if side[first] and all(side[i] == side[first] for i in window):
            inside = [i for i in window if zone[i]]
            if len(inside) >= 2:
                for i in inside:
                    out[i] = zone[i]
    return out


def alternating(values: list[float], points: int) -> list[bool]:
    """Rows in ``points`` or more running that rise and fall by turns."""
    out = [False] * len(values)
    for first in range(len(values) - points + 1):
        window = values[first : first + points]
        steps = [(b > a) - (b < a) for a, b in pairwise(window)]
        if steps[0] and all(a == -b for a, b in pairwise(steps)):
            out[first : first + points] = [True] * points
    return out


def by_side(rows: list[bool], side: list[int]) -> list[int]:
    """Rows of a rule without a direction: 2 below the centre, else 1."""
    return [(2 if s == 2 else 1) if row else 0 for row, s in zip(rows, side, strict=True)]


@dataclass
class View:
    """What every rule looks at: values, and codes of the side of each line."""

    values: list[float]
    side: list[int]
    beyond: list[int]
    near: list[int]
    past_one: list[int]
    within_one: list[bool]


def view(values: list[float], lines: list[Lines]) -> View:
    """The values of one phase beside its lines."""
    pairs = list(zip(values, lines, strict=True))
    return View(
        values,
        [side_of(y, at.centre, at.centre, at.slack) for y, at in pairs],
        [side_of(y, at.lower, at.upper, at.slack) for y, at in pairs],
        [side_of(y, at.near_lower, at.near_upper, at.slack) for y, at in pairs],
        [side_of(y, *at.one, at.slack) for y, at in pairs],
        [at.one[0] + at.slack < y < at.one[1] - at.slack for y, at in pairs],
    )


def nhs(v: View) -> dict[str, list[int]]:
    """Making Data Count."""
    zone = [near if not out else 0 for near, out in zip(v.near, v.beyond, strict=True)]
    return {
        "beyond": v.beyond,
        "shift": in_a_row(v.side, 7),
        "trend": trends(v.values, 7),
        "two_of_three": two_of_three(zone, v.side),
    }


def ihi(v: View) -> dict[str, list[int]]:
    """Perla, Provost & Murray (2011)."""
    return {"shift": useful(v.side, 6), "trend": stepped_trends(v.values, 5)}


def we(v: View) -> dict[str, list[int]]:
    """Western Electric (1956)."""
    return {
        "beyond": v.beyond,
        "two_of_three": some_of(v.near, v.values, 2, 3),
        "four_of_five": some_of(v.past_one, v.values, 4, 5),
        "shift": in_a_row(v.side, 8),
    }


def nelson(v: View) -> dict[str, list[int]]:
    """Nelson (1984)."""
    far = [code > 0 for code in v.past_one]
    return {
        "beyond": v.beyond,
        "shift": in_a_row(v.side, 9),
        "trend": trends(v.values, 6),
        "alternating": by_side(alternating(v.values, 14), v.side),
        "two_of_three": some_of(v.near, v.values, 2, 3),
        "four_of_five": some_of(v.past_one, v.values, 4, 5),
        "stratification": by_side([c > 0 for c in in_a_row([int(x) for x in v.within_one], 15)], v.side),
        "mixture": by_side([c > 0 for c in in_a_row([int(x) for x in far], 8)], v.side),
    }


def longest_explained(points: int) -> int:
    """round(log2 n) + 3."""
    return round(math.log2(points)) + 3 if points else 3


def anhoej(v: View) -> dict[str, list[int]]:
    """Anhøj & Olesen (2014)."""
    points = sum(code > 0 for code in v.side)
    return {"beyond": v.beyond, "longest_run": useful(v.side, longest_explained(points) + 1)}


RULES: dict[str, Callable[[View], dict[str, list[int]]]] = {
    "nhs": nhs,
    "ihi": ihi,
    "we": we,
    "nelson": nelson,
    "anhoej": anhoej,
    "beyond": lambda v: {"beyond": v.beyond},
}


def rule_flags(rules: str, values: list[float], lines: list[Lines], strict: bool = False) -> list[dict[str, int]]:
    """The rules that flag each row of one phase, with their codes."""
    found = RULES[rules](view(values, lines))
    if strict and rules == "nhs":
        told, trend = found["trend"], list(found["trend"])
        for i in range(len(values) - 1):
            if told[i] and told[i + 1] and values[i] == values[i + 1]:
                trend[i] = 2
        found["trend"] = trend
    return [{name: codes[i] for name, codes in found.items() if codes[i]} for i in range(len(values))]


def cause(rules: str, flags: dict[str, int], better: int) -> str:
    """Of one row: the first rule in the set's order says which way."""
    for name in ORDER[rules]:
        if name in flags:
            high = flags[name] == 1
            if name in UNDIRECTED or not better:
                return "high" if high else "low"
            return "improvement" if high == (better > 0) else "concern"
    return "common"


# ------------------------------------------------------------------------------------------- the chart


def plotted(how: How, rows: list[Row], left: list[bool]) -> list[float]:
    """What is drawn: the value, the ratio, or the range from the row before that is not left out."""
    if how.kind in RATIOS:
        return [r.value / r.denominator for r in rows]
    if how.kind != "mr":
        return [r.value for r in rows]
    out, before = [], NAN
    for row, is_left in zip(rows, left, strict=True):
        out.append(abs(row.value - before))
        if not is_left or how.peer == "qic":
            before = row.value
    return out


def phase(how: How, rows: list[Row]) -> Phase:
    """The chart of one phase."""
    left = [r.ghosted or (how.missing == "bridge" and missing(how, r)) for r in rows]
    drawn = plotted(how, rows, left)
    figures = [y if math.isnan(y) or how.kind != "t" else y ** (1 / 3.6) for y in drawn]
    scaled = [Row(y, r.denominator, r.deviation, r.ghosted) for y, r in zip(figures, rows, strict=True)]
    kept = [i for i, out in enumerate(left) if not out]
    base = [scaled[i] for i in kept if not how.baseline or i < how.baseline]
    fit = centre_and_sigma(how, [scaled[i] for i in kept], base) if kept else (NAN, NAN, NAN)
    inner = [row_lines(how, *fit, r.denominator) for r in rows]
    lines = [raised(x, how.peer is not None) for x in inner] if how.kind == "t" else inner
    flags: list[dict[str, int]] = [{} for _ in rows]
    found = rule_flags(how.rules, [figures[i] for i in kept], [inner[i] for i in kept], how.peer is not None)
    for i, one in zip(kept, found, strict=True):
        flags[i] = one
    for i, out in enumerate(left):
        code = side_of(drawn[i], lines[i].lower, lines[i].upper, lines[i].slack) if out else 0
        if code and "beyond" in ORDER[how.rules]:
            flags[i] = {"beyond": code}
    return Phase(drawn, lines, flags, list(zip(figures, inner, strict=True)))


def missing(how: How, row: Row) -> bool:
    """Whether a row's value (of a ratio either part of it) is not there."""
    return math.isnan(row.value) or (how.kind in RATIOS and math.isnan(row.denominator))


def near_ties(found: Phase) -> bool:
    """Whether any value of a phase lies so near a line that bare comparisons may go either way."""
    drawn = zip(found.plotted, found.lines, strict=True)
    return any(near_tie(y, at) for y, at in [*found.inner, *drawn])


def near_tie(y: float, at: Lines) -> bool:
    """Whether a value lies so near a line that bare comparisons may go either way."""
    lines = (at.centre, at.lower, at.upper, at.near_lower, at.near_upper, *at.one)
    reach = TIE * (abs(at.centre) + (0.0 if math.isnan(at.sigma) else abs(at.sigma)) + abs(y))
    return any(y != line and abs(y - line) <= reach for line in lines)
