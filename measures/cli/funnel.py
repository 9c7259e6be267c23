"""The command ``funnel``: sites at one time, and which of them chance and ordinary differences do not explain."""

from __future__ import annotations

from typing import BinaryIO

import click
import numpy as np
import pyarrow as pa

from measures import csvio
from measures.cli.shared import BETTER, DIRECTION, IN, OUT, finish, name_of
from measures.model import Direction
from measures.spc import funnel as engine

_ALL_METHODS = [method for methods in engine.METHODS.values() for method in methods]
_NUMBERS = ("lower_95", "upper_95", "lower_998", "upper_998", "shrunken")


@click.command()
@IN
@OUT
@click.option("--type", "kind", type=click.Choice(list(engine.METHODS)), default="proportion", show_default=True)
@DIRECTION
@click.option("--method", type=click.Choice(_ALL_METHODS), help="Default: arcsine, shmi or log, by type.")
@click.option("--overdispersion/--no-overdispersion", default=True, show_default=True, help="Widen the limits.")
@click.option(
    "--q",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.1,
    show_default=True,
    help="Share of the exceptional that may be so by luck.",
)
@click.option("--peer", type=click.Choice(["funnelplotr"]), help="Limits as this program's own, quirks and all.")
def funnel(
    source: BinaryIO,
    out: BinaryIO,
    kind: str,
    better: str,
    method: str | None,
    overdispersion: bool,
    q: float,
    peer: str | None,
) -> None:
    """Funnel limits for sites at one time, and which sites are exceptionally good.

    IN has the columns site, numerator and denominator, one row per site; a ratio may call them observed and
    expected. OUT has IN's rows in IN's order, and the results.
    """
    if method is not None and method not in engine.METHODS[kind]:
        fits = " or ".join(engine.METHODS[kind])
        raise click.BadParameter(f"{method} is not a method for a {kind}, which takes {fits}.", param_hint="--method")
    name = name_of(source)
    try:
        table = csvio.read(source, name)
        columns = _columns(table, name, kind)
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    refusals = csvio.Refusals(table)
    numerator, denominator = _sites(table, columns, kind, refusals)
    rows = np.flatnonzero(~refusals.bad)
    found = engine.funnel(
        numerator[rows], denominator[rows], kind=kind, method=method, overdispersion=overdispersion,
        better=BETTER[Direction(better)], q=q, peer=peer,
    )  # fmt: skip
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    elif found.few:
        click.echo(
            f"{name} has {len(rows)} usable {'site' if len(rows) == 1 else 'sites'}: with fewer than {engine.FEW},"
            " how far sites differ beyond chance is little more than a guess.",
            err=True,
        )
    csvio.write(_answered(table, found, rows), out)
    finish(refusals)


def _columns(table: pa.Table, name: str, kind: str) -> list[str]:
    """What IN calls the site, the numerator and the denominator. Raises csvio.Unreadable where one is missing."""
    have, found, lacking = table.column_names, [], []
    names = [("site",), ("numerator",), ("denominator",)]
    if kind == "ratio":
        names = [("site",), ("observed", "numerator"), ("expected", "denominator")]
    for allowed in names:
        here = [one for one in allowed if one in have]
        found += here[:1]
        lacking += [] if here else [" or ".join(allowed)]
    if lacking:
        raise csvio.Unreadable(f"{name} has no column {', '.join(lacking)}; it has {', '.join(have)}.")
    return found


def _sites(table: pa.Table, columns: list[str], kind: str, refusals: csvio.Refusals) -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators; rows that cannot be used refused, and of a site's rows all but the first usable."""
    site, *parts = (csvio.column(table, name) for name in columns)
    top, bottom = columns[1:]
    refusals.add(csvio.empty(site), "site is empty.")
    figures = []
    for name, cells in zip((top, bottom), parts):
        found, bad = csvio.numbers(cells)
        refusals.add(csvio.empty(cells), f"{name} is empty.")
        refusals.add(bad, name + " {0!r} is not a number.", cells)
        figures.append(found)
    x, d = figures
    refusals.add(d == 0, f"{bottom} is zero.")
    refusals.add(d < 0, bottom + " {0!r} is below zero.", parts[1])
    refusals.add(x < 0, top + " {0!r} is below zero.", parts[0])
    refusals.add((d < engine.SMALLEST) | (d > engine.LARGEST), bottom + " {0!r} is no size of a site.", parts[1])
    refusals.add(x > engine.LARGEST, top + " {0!r} is no count at a site.", parts[0])
    if kind == "proportion":
        refusals.add(x > d, f"{top} {{0!r}} is above {bottom} {{1!r}}.", *parts)
    rows = np.flatnonzero(~refusals.bad)
    again = np.ones(table.num_rows, bool)
    again[rows[np.unique(csvio.codes(site)[rows], return_index=True)[1]]] = False
    refusals.add(again, "site {0!r} has another row, above.", site)
    return x, d


def _answered(table: pa.Table, found: engine.Funnel, rows: np.ndarray) -> pa.Table:
    """IN's columns with the results beside them."""
    back = csvio.Rows(rows, table.num_rows)
    made = {name: back.put(getattr(found, name)) for name in ("rate", "z", "z_adjusted")}
    made |= {name: back.put(np.full(len(rows), getattr(found, name))) for name in ("phi", "tau2")}
    made |= {name: back.put(getattr(found, name)) for name in (*_NUMBERS, "exceptional")}
    kept = [name for name in table.column_names if name not in made]
    return pa.table([table.column(name) for name in kept] + list(made.values()), names=kept + list(made))
