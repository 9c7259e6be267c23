"""The command line: ``python -m measures …``. One function per command; CSV in and out by ``csvio``.

Exit 0: done. 1: something in the input was refused; reasons on standard error, one per line, with the
file's row numbers (the header is row 1). 2: wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import click
import numpy as np
import pyarrow as pa

from measures import clock, csvio, panel, settings
from measures.actions import read
from measures.demo import ae
from measures.model import Direction
from measures.spc import Chart, Options, chart, kinds, limits, phases, rules, runs, verdicts
from measures.store.base import Store, StoreError
from measures.store.opening import ensure, open_store

BETTER = {Direction.UP: 1, Direction.DOWN: -1, Direction.NEITHER: 0}
IN = click.argument("source", metavar="IN.csv", type=click.File("rb"))
DB = click.argument("database", metavar="DB", type=click.Path(exists=True, dir_okay=False, path_type=Path))
OUT = click.option("-o", "--out", metavar="OUT.csv", type=click.File("wb", lazy=True), default="-", help="- is stdout.")


@click.group()
def main() -> None:
    """Headway's calculations, one command each: CSV in, CSV out."""


@main.command()
@IN
@OUT
@click.option("--kind", type=click.Choice(list(kinds.KINDS)), default="xmr", show_default=True)
@click.option("--rules", "rule_set", type=click.Choice(list(rules.RULES)), default="nhs", show_default=True)
@click.option("--better", type=click.Choice([str(d) for d in Direction]), default="up", show_default=True)
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
    name = _name(source)
    try:
        table = csvio.read(source, name)
        refusals = csvio.Refusals(table.num_rows)
        columns = _observations(table, name, refusals, target)
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    csvio.write(_charted(table, columns, refusals.bad, options, BETTER[Direction(better)], cuts), out)
    _finish(refusals)


@main.command()
@click.option("--db", type=click.Path(dir_okay=False, path_type=Path), help="Default: HEADWAY_DB.")
def demo(db: Path | None) -> None:
    """Put the demonstration into a database, where there is none yet; one that is there stays as it is."""
    try:
        path = db or settings.load().db
        new = not path.exists()
        ensure(path, ae.seed).close()
    except (StoreError, settings.SettingsError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{'The demonstration is' if new else 'A database was already'} at {path}")


@main.command()
@DB
@click.option("-o", "--out", metavar="DIR", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--campaign", default=ae.ID, show_default=True, help="The campaign's id.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Default: the campaign's today.")
def review(database: Path, out: Path, campaign: str, as_of: datetime | None) -> None:
    """Write the review of a campaign as four CSV files: points, series, sites, campaign."""
    with _store(database) as store:
        when: date = as_of.date() if as_of else clock.today(store.campaign(campaign))
        found = read.compute(store, campaign, when)
    out.mkdir(parents=True, exist_ok=True)
    frames = {"points": found.points, "series": found.series, "sites": found.sites, "campaign": found.totals}
    for name, frame in frames.items():
        as_text = {c: str for c in frame.columns if frame[c].dtype == "category"}
        days = {c: "date32[day][pyarrow]" for c in frame.columns if frame[c].dtype.kind == "M"}
        with (out / f"{name}.csv").open("wb") as file:
            csvio.write(pa.Table.from_pandas(frame.astype(as_text | days), preserve_index=False), file)
    click.echo(f"{found.campaign.name} as of {when}: {', '.join(f'{name}.csv' for name in frames)} in {out}")


@main.command()
@DB
def check(database: Path) -> None:
    """Look for damage in a database; exit 1 and say what was found."""
    with _store(database) as store:
        found = store.check()
    for line in found:
        click.echo(line, err=True)
    click.echo("All is well." if not found else f"{len(found)} things found.")
    sys.exit(1 if found else 0)


@main.command()
@DB
@click.argument("copy", metavar="COPY", type=click.Path(dir_okay=False, path_type=Path))
def backup(database: Path, copy: Path) -> None:
    """Write a copy of a database while others go on working."""
    with _store(database) as store:
        store.backup(copy)
    click.echo(f"Copied to {copy}")


@contextmanager
def _store(path: Path) -> Iterator[Store]:
    """The database, closed afterwards; what it refuses becomes a sentence and exit 1."""
    try:
        store = open_store(path)
        try:
            yield store
        finally:
            store.close()
    except StoreError as error:
        raise click.ClickException(str(error)) from error


def _name(stream: BinaryIO) -> str:
    name = str(getattr(stream, "name", "-"))
    return "standard input" if name in ("-", "<stdin>") else name


def _finish(refusals: csvio.Refusals) -> None:
    for line in refusals.lines():
        click.echo(line, err=True)
    sys.exit(1 if refusals.reasons else 0)


class Observations(NamedTuple):
    """The columns of IN as arrays, one figure per row of the file."""

    series: np.ndarray
    period: np.ndarray
    value: np.ndarray
    phase: np.ndarray | None
    ghosted: np.ndarray
    target: np.ndarray


def _observations(table: pa.Table, name: str, refusals: csvio.Refusals, target: float | None) -> Observations:
    """Read the columns, refusing rows that cannot be used."""
    have, parts = set(table.column_names), {"numerator", "denominator"}
    need = {"series", "period"} | (parts if "value" not in have and parts & have else {"value"})
    if need - have:
        lacking = ", ".join(sorted(need - have))
        raise csvio.Unreadable(f"{name} has no column {lacking}; it has {', '.join(table.column_names)}.")
    cells = {column: csvio.column(table, column) for column in table.column_names}
    refusals.add(csvio.empty(cells["series"]), "series is empty.")
    period, bad = csvio.dates(cells["period"])
    refusals.add(bad, "period {0!r} is not a date (YYYY-MM-DD).", cells["period"])
    value = _number(cells, "value", refusals) if "value" in have else _ratio(cells, refusals)
    ghosted = np.zeros(table.num_rows, bool)
    if "ghosted" in have:
        ghosted, bad = csvio.booleans(cells["ghosted"])
        refusals.add(bad, "ghosted {0!r} is neither true nor false.", cells["ghosted"])
    goal = np.full(table.num_rows, np.nan)
    if "target" in have:
        goal = _number(cells, "target", refusals)
    if target is not None:
        goal = np.where(np.isnan(goal), target, goal)
    series = csvio.codes(cells["series"])
    _refuse_repeats(series, period, cells, refusals)
    phase = csvio.codes(cells["phase"]) if "phase" in have else None
    return Observations(series, period, value, phase, ghosted, goal)


def _number(cells: dict[str, pa.Array], name: str, refusals: csvio.Refusals) -> np.ndarray:
    found, bad = csvio.numbers(cells[name])
    refusals.add(bad, name + " {0!r} is not a number.", cells[name])
    return found


def _ratio(cells: dict[str, pa.Array], refusals: csvio.Refusals) -> np.ndarray:
    numerator = _number(cells, "numerator", refusals)
    denominator = _number(cells, "denominator", refusals)
    refusals.add(denominator == 0, "denominator is zero.")
    refusals.add(denominator < 0, "denominator {0!r} is below zero.", cells["denominator"])
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0)


def _refuse_repeats(series, period, cells, refusals: csvio.Refusals) -> None:
    """The first usable row of a series and period stands; later ones are refused."""
    rows = np.flatnonzero(~refusals.bad)
    rows = rows[panel.sort_order(series[rows], period[rows])]
    again = np.zeros(len(series), bool)
    again[rows[1:]] = (series[rows[1:]] == series[rows[:-1]]) & (period[rows[1:]] == period[rows[:-1]])
    refusals.add(again, "series {0!r} has another row for {1}, above.", cells["series"], cells["period"])


def _charted(
    table: pa.Table, columns: Observations, refused: np.ndarray, options: Options, better: int, cuts: np.ndarray
) -> pa.Table:
    """IN's columns with the results beside them."""
    rows = np.flatnonzero(~refused)
    order = rows[panel.sort_order(columns.series[rows], columns.period[rows])]
    series, period, value, phase, ghosted, target = (x if x is None else x[order] for x in columns)
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
