"""The command ``spc``: control charts of every series of a file."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

import click
import numpy as np
import pyarrow as pa

from measures import csvio, panel
from measures.cli.observations import Observations, observations
from measures.cli.shared import BETTER, DIRECTION, IN, OUT, finish, name_of
from measures.model import Direction
from measures.spc import Chart, Options, chart, kinds, phases, runs, subgroups, verdicts
from measures.spc.rule_sets import RULES


@click.command()
@IN
@OUT
@click.option("--kind", type=click.Choice(list(kinds.KINDS)), default="xmr", show_default=True)
@click.option("--rules", "rule_set", type=click.Choice(list(RULES)), help="Default: nhs; anhoej for run.")
@DIRECTION
@click.option("--baseline", type=click.IntRange(1), help="Limits from the first N rows of each phase.")
@click.option("--rebase", multiple=True, metavar="DATE", help="A new phase from this date; may be repeated.")
@click.option("--screen/--no-screen", default=True, show_default=True, help="Leave outlying moving ranges out, once.")
@click.option(
    "--constant",
    type=click.Choice(list(kinds.CONSTANTS)),
    help="Mean moving ranges from centre to limit. Default: 2.66 for xmr; 3/d2 for pp, up, t and with --peer qic.",
)
@click.option("--missing", type=click.Choice(["drop", "bridge"]), default="drop", show_default=True)
@click.option("--peer", type=click.Choice(["ptd", "qic"]), help="Treat degenerate series as this program does.")
@click.option("--target", type=float, help="The target of every row that has none of its own.")
def spc(
    source: BinaryIO,
    out: BinaryIO,
    kind: str,
    rule_set: str | None,
    better: str,
    baseline: int | None,
    rebase: tuple[str, ...],
    screen: bool,
    constant: str | None,
    missing: str,
    peer: str | None,
    target: float | None,
) -> None:
    """Control charts: limits, rules and verdicts for every series of IN.csv.

    IN has the columns series, period and value, or series, period, numerator and denominator (p, pp, u and
    up need these two; xbar and s a row for each measurement); and, where wanted, phase, ghosted and target.
    OUT has IN's rows in IN's order, and the results. Where IN's value is not what the limits are about (mr,
    xbar, s, or p with a value of its own), the column plotted holds that; with --rules ihi the columns
    run_count, run_count_min, run_count_max and run_count_signal hold its third rule.
    """
    if target is not None and not np.isfinite(target):
        raise click.BadParameter(f"{target} is not a finite number.", param_hint="--target")
    options = Options(kind, rule_set, baseline, screen, constant, missing, peer)
    cuts, bad = csvio.dates(pa.array([cut.strip() for cut in rebase], pa.string()))
    if bad.any():
        raise click.BadParameter(f"{rebase[int(np.argmax(bad))]!r} is not a date (YYYY-MM-DD).", param_hint="--rebase")
    name = name_of(source)
    try:
        table = csvio.read(source, name)
        refusals = csvio.Refusals(table)
        columns = observations(table, name, refusals, target=target, kind=options.chart)
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    csvio.write(_charted(table, columns, refusals.bad, options, BETTER[Direction(better)], cuts), out)
    finish(refusals)


class _Input(NamedTuple):
    """What is charted, a row per point; ``order`` which row of the file each row of ``columns`` came from, and
    ``point`` (rows,) which point that is."""

    order: np.ndarray
    point: np.ndarray
    series: np.ndarray
    period: np.ndarray
    values: np.ndarray
    denominators: np.ndarray | None
    deviations: np.ndarray | None
    phase: np.ndarray | None
    ghosted: np.ndarray
    target: np.ndarray


def _input(columns: Observations, refused: np.ndarray, options: Options) -> _Input:
    """The accepted rows by series and period; several rows of one period as one subgroup, where the kind has them."""
    rows = np.flatnonzero(~refused)
    order = rows[panel.sort_order(columns.series[rows], columns.period[rows])]
    series, period = columns.series[order], columns.period[order]
    form = options.chart.form
    first = np.arange(order.size)
    deviations = denominators = None
    if form == "subgroups":
        first = panel.first_rows(np.stack([series, period], axis=1)) if order.size else first
        mean, deviations, denominators = subgroups(columns.value[order], first)
        values = deviations if options.kind == "s" else mean
    elif form == "ratio":
        values, denominators = columns.numerator[order], columns.denominator[order]
    else:
        values = columns.value[order]
    point = np.zeros(order.size, np.int64)
    point[first[1:]] = 1
    phase = None if columns.phase is None else columns.phase[order][first]
    lead = order[first]
    return _Input(
        order, np.cumsum(point), series[first], period[first], values, denominators, deviations, phase,
        columns.ghosted[lead], columns.target[lead],
    )  # fmt: skip


def _charted(
    table: pa.Table, columns: Observations, refused: np.ndarray, options: Options, better: int, cuts: np.ndarray
) -> pa.Table:
    """IN's columns with the results beside them."""
    given = _input(columns, refused, options)
    starts = panel.first_rows(given.series)
    phase_starts = phases.at_dates(starts, given.period, cuts, exact=options.peer == "ptd")
    if given.phase is not None:
        phase_starts = np.union1d(phase_starts, phases.at_labels(starts, given.phase))
    result = chart(
        given.values,
        starts,
        options=options,
        better=better,
        denominators=given.denominators,
        deviations=given.deviations,
        phase_starts=phase_starts,
        ghosted=given.ghosted,
    )
    back = csvio.Rows(given.order, table.num_rows, given.point)
    made = _points(result, back, given, "value" in table.column_names) | _verdicts(
        result, back, given, better * options.chart.directed
    )
    own = {"value", "phase", "ghosted", "target"} & set(table.column_names)
    kept = [name for name in table.column_names if name in own or name not in made]
    added = [name for name in made if name not in own]
    arrays = [table.column(name) for name in kept] + [made[name] for name in added]
    return pa.table(arrays, names=kept + added)


def _points(result: Chart, back: csvio.Rows, given: _Input, has_value: bool) -> dict[str, pa.Array]:
    numbers = phases.numbers(result.phase_starts, result.starts)
    made = {
        "value": back.put(result.values if result.options.chart.form == "ratio" else given.values),
        "phase": back.put(panel.spread(numbers, panel.lengths(result.phase_starts, len(result.values)))),
        "ghosted": back.put(given.ghosted),
    }
    made |= {
        name: back.put(getattr(result, name))
        for name in ("centre", "lower", "upper", "near_lower", "near_upper", "sigma")
    }
    bits, texts = result.rule_codes()
    made["rules"] = back.put_text(bits, texts)
    made["cause"] = back.put_text(result.cause, verdicts.CAUSES)
    made["target"] = back.put(given.target)
    kind = result.options.chart
    if kind.only_beyond or kind.form == "subgroups" or (kind.form == "ratio" and has_value):
        made["plotted"] = back.put(result.values)
    return made | {name: back.put(getattr(result, name)) for name in ("beyond", "shift", "trend", "two_of_three")}


def _verdicts(result: Chart, back: csvio.Rows, given: _Input, better: int) -> dict[str, pa.Array]:
    """Per series and phase, repeated over its rows; assurance is a series' latest phase's alone."""
    first, options = result.phase_starts, result.options
    counts = panel.lengths(first, len(result.values))
    last = panel.last_rows(first, len(result.values), result.left_out)
    known = ~np.isnan(np.fmax.reduceat(result.sigma if options.chart.has_limits else result.centre, first))
    variation = verdicts.variation(result.flags[last], better, options.strict | known, options.rule_set.name)
    # The latest limits: a row without a denominator has none of its own.
    bare = np.isnan(result.lower) | (False if result.left_out is None else result.left_out)
    at = panel.last_rows(first, len(result.values), bare)
    assured = verdicts.assurance(result.lower[at], result.upper[at], given.target[at], better, options.peer)
    latest = np.zeros(first.size, bool)
    latest[np.searchsorted(first, result.starts[1:]) - 1] = True
    latest[-1:] = True
    if not options.chart.has_limits:
        latest[:] = False
    found = result.runs()
    none = panel.spread(found.useful == 0, counts)
    made = {
        "variation": back.put_text(panel.spread(variation, counts), verdicts.VARIATIONS),
        "assurance": back.put_text(panel.spread(assured, counts), verdicts.ASSURANCES, panel.spread(~latest, counts)),
        "runs_signal": back.put(panel.spread(found.signal, counts)),
    }
    for name in ("longest_run", "longest_run_max", "crossings", "crossings_min"):
        made[name] = back.put(panel.spread(getattr(found, name), counts), none)
    if options.rule_set.name == "ihi":
        expected = runs.too_many_or_few(result.sides(), first)
        few = panel.spread(expected.runs < 0, counts)
        names = ("run_count", "run_count_min", "run_count_max")
        for name, figures in zip(names, expected, strict=False):
            made[name] = back.put(panel.spread(figures, counts), few)
        made["run_count_signal"] = back.put(panel.spread(expected.signal, counts))
    return made
