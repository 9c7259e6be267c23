"""The command ``rebase``: where the limits of a series should be made anew, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

import click
import numpy as np
import pyarrow as pa

from measures import csvio, panel
from measures.cli.observations import Observations, observations
from measures.cli.shared import IN, OUT, finish, name_of
from measures.spc import kinds
from measures.spc.calculation import CHARTS
from measures.spc.stable_shift import StableShift, propose
from measures.words.rebase import Seen, in_points

PARTS = {"numerator", "denominator"}
READ_AS = {"cp": "c"}
"""Kinds of chart that ``spc`` does not draw, and the one whose rows are theirs."""


@click.command()
@IN
@OUT
@click.option(
    "--kind",
    type=click.Choice(list(CHARTS)),
    help="Default: pp where IN has numerator and denominator and no value, else xmr.",
)
@click.option("--period-min", type=click.IntRange(2), default=21, show_default=True, help="Points that limits need.")
@click.option("--shift", type=click.IntRange(2), default=8, show_default=True, help="Points in a row on one side.")
@click.option("--baseline", type=click.IntRange(2), help="Points of the first limits; default --period-min.")
@click.option(
    "--regrets/--no-regrets", default=False, show_default=True, help="Do not wait where a last run may turn back."
)
@click.option(
    "--overhanging/--no-overhanging",
    default=True,
    show_default=True,
    help="A shift back that ends after the new limits' points counts against them.",
)
@click.option("--every-shift", is_flag=True, help="Propose at every shift, stable or not.")
@click.option(
    "--max-exclusions", type=click.IntRange(0), default=3, show_default=True, help="Outlying points left out."
)
def rebase(
    source: BinaryIO,
    out: BinaryIO,
    kind: str | None,
    period_min: int,
    shift: int,
    baseline: int | None,
    regrets: bool,
    overhanging: bool,
    every_shift: bool,
    max_exclusions: int,
) -> None:
    """Propose where limits should be made anew (the Stable Shift Algorithm): a person decides.

    IN has the columns series, period and value, or series, period, numerator and denominator; and, where wanted,
    ghosted (rows left out). OUT has one row per proposal: series, the first period of the new limits, the reason,
    and the figures in it.
    """
    name = name_of(source)
    try:
        table = csvio.read(source, name)
        have = set(table.column_names)
        kind = kind or ("pp" if PARTS & have and "value" not in have else "xmr")
        refusals = csvio.Refusals(table)
        columns = observations(table, name, refusals, kind=replace(kinds.KINDS[READ_AS.get(kind, kind)], name=kind))
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    options = StableShift(
        chart=kind,
        period_min=period_min,
        baseline_length=baseline,
        shift=shift,
        no_regrets=not regrets,
        overhanging_reversions=overhanging,
        establish_every_shift=every_shift,
        max_exclusions=max_exclusions,
    )
    csvio.write(_proposed(table, columns, refusals.bad, options), out)
    finish(refusals)


def _proposed(table: pa.Table, columns: Observations, refused: np.ndarray, options: StableShift) -> pa.Table:
    """One row per proposal, by series in order of first appearance, then period."""
    rows = np.flatnonzero(~refused & ~columns.ghosted)
    order = rows[panel.sort_order(columns.series[rows], columns.period[rows])]
    share = options.formulas.proportion
    found = propose(
        (columns.numerator if share else columns.value)[order],
        panel.first_rows(columns.series[order]),
        denominators=columns.denominator[order] if share else None,
        options=options,
    )
    seen, at = found.breaks, pa.array(order[found.breaks.row])
    series, period = (table.column(name).take(at) for name in ("series", "period"))
    figures = zip(seen.side, seen.run, seen.centre_before, seen.centre_after, seen.points, seen.excluded)
    reasons = [
        in_points(Seen(*row, found.trial), start.strip(), percent=share)
        for row, start in zip(((x.item() for x in row) for row in figures), period.to_pylist())
    ]
    return pa.table(
        {
            "series": series,
            "period": period,
            "reason": pa.array(reasons, pa.string()),
            "side": pa.array(np.where(seen.side > 0, "above", "below").tolist(), pa.string()),
            "run": seen.run,
            "centre_before": seen.centre_before,
            "centre_after": seen.centre_after,
            "points": seen.points,
            "trial": np.full(len(reasons), found.trial),
        }
    )
