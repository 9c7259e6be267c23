"""The command ``signals``: which series have changed for the better and kept it up, with controlled error."""

from __future__ import annotations

from dataclasses import fields
from typing import BinaryIO, NamedTuple

import click
import numpy as np
import pyarrow as pa

from measures import csvio, panel
from measures.cli.observations import Observations, observations
from measures.cli.shared import BETTER, DIRECTION, IN, OUT, finish, name_of
from measures.model import Direction
from measures.signals.detector import FDR, FEWEST_BEFORE, Side, Status, detect
from measures.signals.table import Tables, TooMany, tables

CAMPAIGN = "campaign"
IGNORED = {"phase", "target"}
NAMED = 5
"""Series called by name in a note; of more than these the rest is counted."""


@click.command()
@IN
@OUT
@click.option(
    "--start", metavar="DATE", required=True, help="When the campaign began; rows before it are the baseline."
)
@DIRECTION
@click.option(
    "--fdr",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=FDR,
    show_default=True,
    help="Share of the declared improvements that may be there by luck.",
)
def signals(source: BinaryIO, out: BinaryIO, start: str, better: str, fdr: float) -> None:
    """Sustained improvements, declared with controlled error over all series and all looks at them.

    Every period from --start on is replayed as if it were the newest. IN has the columns series, period and value,
    or series, period, numerator and denominator; and, where wanted, ghosted (rows left out) and campaign: the series
    of one are judged together, and apart from those of others. phase and target are not looked at. With value, it is
    what is judged; without it a proportion, or a rate where a numerator is above its denominator.

    OUT has one row per series, in order of first appearance, for the first improvement declared: declared is the
    period at which it was, since the first period of the change, effect its size as seen then, in the unit of the
    figures, and q the share of luck among all that was declared by then. They are empty where there is none. With
    --better neither, a change in either direction counts. Series that nothing could be said of are named on standard
    error, and why.
    """
    began, bad = csvio.dates(pa.array([start.strip()], pa.string()))
    if bad[0]:
        raise click.BadParameter(f"{start!r} is not a date (YYYY-MM-DD).", param_hint="--start")
    name = name_of(source)
    if not np.isfinite(fdr):
        raise click.BadParameter(f"{fdr} is not a share.", param_hint="--fdr")
    try:
        table = csvio.read(source, name)
        refusals = csvio.Refusals(table)
        family = CAMPAIGN if CAMPAIGN in table.column_names else None
        used = table.select([column for column in table.column_names if column not in IGNORED])
        columns = observations(used, name, refusals, family=family, asks="The command signals")
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    rows = np.flatnonzero(~refusals.bad & ~columns.ghosted)
    try:
        asked = _Asked(int(began[0]), start.strip(), BETTER[Direction(better)], fdr)
        made = _answered(table, columns, rows, family, asked)
    except _Wrong as error:
        for line in refusals.lines():
            click.echo(line, err=True)
        raise click.BadParameter(str(error), param_hint="--start") from error
    except TooMany as error:
        raise click.ClickException(str(error)) from error
    csvio.write(made, out)
    finish(refusals)


class _Wrong(ValueError):
    """A start that leaves nothing to do; the message is a sentence."""


class _Asked(NamedTuple):
    """What was asked for: ``began`` in whole seconds since 1970, and as it was typed; the direction; the share."""

    began: int
    start: str
    better: int
    fdr: float


class _Found(NamedTuple):
    """The series of a family with an improvement: their places among its series, the rows of the file that show when
    it was declared and since when it is there, its size and q."""

    place: np.ndarray
    declared: np.ndarray
    since: np.ndarray
    effect: np.ndarray
    q: np.ndarray


def _answered(table: pa.Table, columns: Observations, rows: np.ndarray, family: str | None, asked: _Asked) -> pa.Table:
    """One row per series that has a name, in order of first appearance. Raises _Wrong."""
    _settle(columns.period[rows], asked)
    keys = [*([family] if family else []), "series"]
    cells = [csvio.column(table, key) for key in keys]
    named = ~np.any([csvio.empty(cell) for cell in cells], axis=0)
    first = np.unique(columns.series, return_index=True)[1]
    first = first[named[first]]
    when, figures = np.full((2, first.size), -1), np.full((2, first.size), np.nan)
    campaign = csvio.codes(cells[0]) if family else np.zeros(table.num_rows, np.int64)
    for one in panel.groups(campaign[rows]):
        mine = rows[one]
        # Every series of a usable row has a name, and so a place in ``first``.
        who, series = np.unique(columns.series[mine], return_inverse=True)
        place = np.searchsorted(columns.series[first], who)
        title = f"campaign {cells[0][mine[0]].as_py()!r}: " if family else ""
        found = _judged(columns, mine, series, cells[-1].take(pa.array(first[place])), title, asked)
        at = place[found.place]
        when[:, at], figures[:, at] = (found.declared, found.since), (found.effect, found.q)
    out = {key: table.column(key).take(pa.array(first)) for key in keys}
    for name, at in zip(("declared", "since"), when):
        out[name] = table.column("period").take(pa.array(at, mask=at < 0))
    for name, figure in zip(("effect", "q"), figures):
        out[name] = pa.array(figure, mask=np.isnan(figure))
    return pa.table(out)


def _settle(period: np.ndarray, asked: _Asked) -> None:
    if not period.size:
        return
    first, last = (str(day.astype("datetime64[s]").astype("datetime64[D]")) for day in (period.min(), period.max()))
    if asked.began <= period.min():
        raise _Wrong(f"no usable row is before {asked.start}, so there is no baseline: the first is of {first}.")
    if asked.began > period.max():
        raise _Wrong(f"no usable row is of {asked.start} or later: the last is of {last}.")


def _judged(
    columns: Observations, rows: np.ndarray, series: np.ndarray, names: pa.Array, title: str, asked: _Asked
) -> _Found:
    """One family: the file's ``rows`` of it (r,), the place of each among its series (r,), the series' names (s,)."""
    parts = (None if part is None else part[rows] for part in (columns.numerator, columns.denominator))
    made = tables(series, columns.period[rows], asked.began, columns.value[rows], *parts, sites=len(names))
    none = np.zeros(0, np.int64)
    if not 0 < made.start < made.value.shape[1]:
        where = f"from {asked.start} on" if made.start else f"before {asked.start}"
        click.echo(f"{title}no usable row is {where}, so nothing is looked for.", err=True)
        return _Found(none, none, none, none.astype(float), none.astype(float))
    found = detect(made.family(asked.better), fdr=asked.fdr)
    for status, why in _reasons(made, asked.start).items():
        if (mine := found.status == status).any():
            click.echo(f"{title}nothing is looked for in {_listed(names.filter(pa.array(mine)))}: {why}", err=True)
    side = found.improved if asked.better else _earlier(found.up, found.down)
    at = np.flatnonzero(side.declared >= 0)
    declared, since = _written(made)[at, side.declared[at]], made.row[at, side.since[at]]
    return _Found(at, rows[declared], rows[since], side.effect[at], side.q[at])


def _reasons(made: Tables, start: str) -> dict[str, str]:
    return {
        Status.SHORT.value: f"fewer than {FEWEST_BEFORE} periods with a figure before {start}.",
        Status.SEASON.value: f"the series move together through the year, and the periods before {start} do not hold"
        " a whole year, so that a season cannot be told from a change.",
    }


def _listed(names: pa.Array) -> str:
    """
    >>> _listed(pa.array(["A", "B", "C"])), _listed(pa.array(["A"]))
    ("'A', 'B' and 'C'", "'A'")
    """
    shown = [repr(name) for name in names[:NAMED].to_pylist()]
    if len(names) > NAMED:
        return f"{', '.join(shown)} and {len(names) - NAMED:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _written(made: Tables) -> np.ndarray:
    """The row that shows how each cell's period is written (s, n): its own, else the column's first."""
    usual = np.where(made.row >= 0, made.row, np.iinfo(made.row.dtype).max).min(axis=0)
    return np.where(made.row >= 0, made.row, usual)


def _earlier(one: Side, other: Side) -> Side:
    """Of two sides the one declared first, series by series; the likelier of two declared at one look."""
    never = np.iinfo(np.int64).max
    a, b = (np.where(side.declared < 0, never, side.declared) for side in (one, other))
    mine = (a < b) | ((a == b) & (one.best >= other.best))
    return Side(*(np.where(mine, getattr(one, field.name), getattr(other, field.name)) for field in fields(Side)))
