"""The command ``spc``: control charts of every series of a file."""

from __future__ import annotations

from typing import BinaryIO

import click
import numpy as np
import pyarrow as pa

from measures import csvio, panel
from measures.cli.observations import Observations, observations
from measures.cli.shared import BETTER, DIRECTION, IN, OUT, finish, name_of
from measures.model import Direction
from measures.spc import Chart, Options, chart, kinds, limits, phases, rules, runs, verdicts


@click.command()
@IN
@OUT
@click.option("--kind", type=click.Choice(list(kinds.KINDS)), default="xmr", show_default=True)
@click.option("--rules", "rule_set", type=click.Choice(list(rules.RULES)), default="nhs", show_default=True)
@DIRECTION
@click.option("--baseline", type=click.IntRange(1), help="Limits from the first N rows of each phase.")
@click.option("--rebase", multiple=True, metavar="DATE", help="A new phase from this date; may be repeated.")
@click.option("--screen/--no-screen", default=True, show_default=True, help="Leave outlying moving ranges out, once.")
@click.option("--constant", type=click.Choice(list(kinds.CONSTANTS)), default="2.66", show_default=True)
@click.option("--missing", type=click.Choice(["drop", "bridge"]), default="drop", show_default=True)
@click.option("--peer", type=click.Choice(["ptd"]), help="Treat degenerate series as this program does.")
@click.option("--target", type=float, help="The target of every row that has none of its own.")
def spc(
    source: BinaryIO,
    out: BinaryIO,
    kind: str,
    rule_set: str,
    better: str,
    baseline: int | None,
    rebase: tuple[str, ...],
    screen: bool,
    constant: str,
    missing: str,
    peer: str | None,
    target: float | None,
) -> None:
    """Control charts: limits, rules and verdicts for every series of IN.csv.

    IN has the columns series, period and value, or series, period, numerator and denominator; and, where
    wanted, phase, ghosted and target. OUT has IN's rows in IN's order, and the results.
    """
    options = Options(kind, rule_set, baseline, screen, constant, missing, peer)
    cuts, bad = csvio.dates(pa.array([cut.strip() for cut in rebase], pa.string()))
    if bad.any():
        raise click.BadParameter(f"{rebase[int(np.argmax(bad))]!r} is not a date (YYYY-MM-DD).", param_hint="--rebase")
    name = name_of(source)
    try:
        table = csvio.read(source, name)
        refusals = csvio.Refusals(table.num_rows)
        columns = observations(table, name, refusals, target=target)
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    csvio.write(_charted(table, columns, refusals.bad, options, BETTER[Direction(better)], cuts), out)
    finish(refusals)


def _charted(
    table: pa.Table, columns: Observations, refused: np.ndarray, options: Options, better: int, cuts: np.ndarray
) -> pa.Table:
    """IN's columns with the results beside them."""
    rows = np.flatnonzero(~refused)
    order = rows[panel.sort_order(columns.series[rows], columns.period[rows])]
    series, period, value, ghosted, target = (
        x[order] for x in (columns.series, columns.period, columns.value, columns.ghosted, columns.target)
    )
    phase = None if columns.phase is None else columns.phase[order]
    starts = panel.first_rows(series)
    phase_starts = phases.at_dates(starts, period, cuts, exact=options.strict)
    if phase is not None:
        phase_starts = np.union1d(phase_starts, phases.at_labels(starts, phase))
    result = chart(value, starts, options=options, better=better, phase_starts=phase_starts, ghosted=ghosted)
    back = csvio.Rows(order, table.num_rows)
    made = _points(result, back, value, ghosted, target) | _verdicts(result, back, value, ghosted, target, better)
    given = {"value", "phase", "ghosted", "target"} & set(table.column_names)
    kept = [name for name in table.column_names if name in given or name not in made]
    added = [name for name in made if name not in given]
    arrays = [table.column(name) for name in kept] + [made[name] for name in added]
    return pa.table(arrays, names=kept + added)


def _points(result: Chart, back: csvio.Rows, value, ghosted, target) -> dict[str, pa.Array]:
    numbers = phases.numbers(result.phase_starts, result.starts)
    made = {
        "value": back.put(value),
        "phase": back.put(panel.spread(numbers, panel.lengths(result.phase_starts, len(value)))),
        "ghosted": back.put(ghosted),
    }
    made |= {
        name: back.put(getattr(result, name))
        for name in ("centre", "lower", "upper", "near_lower", "near_upper", "sigma")
    }
    bits, texts = result.rule_codes()
    made["rules"] = back.put_text(bits, texts)
    made["cause"] = back.put_text(result.cause, verdicts.CAUSES)
    made["target"] = back.put(target)
    return made | {name: back.put(getattr(result, name)) for name in ("beyond", "shift", "trend", "two_of_three")}


def _verdicts(result: Chart, back: csvio.Rows, value, ghosted, target, better: int) -> dict[str, pa.Array]:
    """Per series and phase, repeated over its rows; assurance is a series' latest phase's alone."""
    n, first = len(value), result.phase_starts
    counts = panel.lengths(first, n)
    last = panel.last_rows(first, n, ghosted)
    strict = result.options.strict
    variation = verdicts.variation(result.flags[last], better, strict or ~np.isnan(result.sigma[last]))
    assured = verdicts.assurance(result.lower[last], result.upper[last], target[last], better, result.options.peer)
    latest = np.zeros(first.size, bool)
    latest[np.searchsorted(first, result.starts[1:]) - 1] = True
    latest[-1:] = True
    slack = 0.0 if strict else limits.tolerance(result.centre, result.sigma)
    side = rules.sides(value, result.centre + slack, result.centre - slack)
    side[ghosted] = 0
    found = runs.anhoej(side, first)
    none = panel.spread(found.useful == 0, counts)
    made = {
        "variation": back.put_text(panel.spread(variation, counts), verdicts.VARIATIONS),
        "assurance": back.put_text(panel.spread(assured, counts), verdicts.ASSURANCES, panel.spread(~latest, counts)),
        "runs_signal": back.put(panel.spread(found.signal, counts)),
    }
    for name in ("longest_run", "longest_run_max", "crossings", "crossings_min"):
        made[name] = back.put(panel.spread(getattr(found, name), counts), none)
    return made
