"""The command ``apportion``: a campaign's aim shared out over its sites, so that it adds up."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import BinaryIO

import click
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from measures import csvio
from measures.aims import apportion as counts
from measures.aims import rates
from measures.aims.bounds import MOST
from measures.aims.hierarchy import nested
from measures.cli.shared import IN, OUT, finish, name_of

EFFORTS = ("failure-reduction", "gap", "points", "floor", "odds")
SMALLEST, LARGEST, LONGEST = 1e-100, 1e100, 200
"""Figures beyond these, or with more characters, are nobody's."""


class _Whole(click.ParamType):
    """A whole number from 1, in digits."""

    name = "integer"

    def convert(self, value, param, ctx):
        if isinstance(value, int):
            return value
        digits = value.lstrip("0")
        if not re.fullmatch("[1-9][0-9]{0,15}", digits, re.ASCII) or int(digits) > MOST:
            self.fail(f"{value!r} is not a whole number from 1 to {MOST:,}, written in digits.", param, ctx)
        return int(digits)


class _Decimal(click.ParamType):
    """A decimal from 0, kept as typed."""

    name = "decimal"

    def __init__(self, most: int, says: str) -> None:
        self.most, self.says = most, says

    def convert(self, value, param, ctx):
        sound = len(value) <= LONGEST and re.fullmatch(csvio.NUMBER, value, re.ASCII)
        if not sound or abs(Decimal(value).adjusted()) > 100 or not 0 <= Decimal(value) <= self.most:
            self.fail(f"{value!r} is not {self.says}.", param, ctx)
        return value


_SHARE = _Decimal(1, "a share from 0 to 1 (0.85 for 85%)")


@click.command()
@IN
@OUT
@click.option("--total", type=_Whole(), help="The aim is a count: share out this many.")
@click.option(
    "--method",
    type=click.Choice([str(one) for one in counts.Method]),
    help="How counts become whole numbers. Default: largest-remainder; webster never lowers a share when the"
    " total rises.",
)
@click.option(
    "--over",
    type=_Decimal(MOST, "a decimal from 0 (0.1 shares out 110%)"),
    help="What the total is exceeded by: 0.1 for 110%.",
)
@click.option("--rate", type=_SHARE, help="The aim is a rate: the campaign's, from 0 to 1.")
@click.option("--effort", type=click.Choice(EFFORTS), help="Who is asked for what. Default: failure-reduction.")
@click.option("--benchmark", type=_SHARE, help="For --effort gap. Default: the achievable benchmark of care.")
@click.option("--better", type=click.Choice(["up", "down"]), help="Which way a rate is better. Default: up.")
def apportion(
    source: BinaryIO,
    out: BinaryIO,
    total: int | None,
    method: str | None,
    over: str | None,
    rate: str | None,
    effort: str | None,
    benchmark: str | None,
    better: str | None,
) -> None:
    """Share out an aim over sites, so that the sites' shares add up to it exactly.

    With --total, IN has the columns site and weight, and may have floor, cap (whole numbers, empty for none) and
    region: the total is then shared out over regions first, and inside each over its sites. OUT adds quota and share.
    What caps leave no room for is said and left unallocated.

    With --rate, IN has site, denominator (of the date the aim is for) and baseline (from 0 to 1). OUT adds target
    and numerator, in whole people, which add up to the campaign's rate, rounded to the better side.

    OUT has IN's rows in IN's order. Where a row is refused, the shares are those of the others.
    """
    _settle(total, rate, {"--method": method, "--over": over}, {"--effort": effort, "--better": better}, benchmark)
    if benchmark is not None and effort != "gap":
        raise click.UsageError("--benchmark goes with --effort gap.")
    if total is not None:
        try:
            counts.exceeded(total, over or "0")
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--over") from error
    name = name_of(source)
    try:
        table = csvio.read(source, name)
        _need(table, name, ("site", "weight") if total is not None else ("site", "denominator", "baseline"))
    except csvio.Unreadable as error:
        raise click.UsageError(str(error)) from error
    refusals = csvio.Refusals(table)
    try:
        if total is not None:
            made = _counts(table, refusals, total, method or str(counts.Method.LARGEST_REMAINDER), over or "0")
        else:
            made = _rates(table, refusals, rate, effort or EFFORTS[0], benchmark, -1 if better == "down" else 1)
    except ValueError as error:
        for line in refusals.lines():
            click.echo(line, err=True)
        raise click.ClickException(str(error)) from error
    if not table.num_rows:
        click.echo(f"{name} has a header but no rows.", err=True)
    kept = [column for column in table.column_names if column not in made]
    csvio.write(pa.table([table.column(column) for column in kept] + list(made.values()), names=kept + list(made)), out)
    left = int((~refusals.bad).sum())
    if refusals.reasons and left:
        rows = "the row that is" if left == 1 else f"the {left:,} rows that are"
        click.echo(f"Rows were refused; what is answered is shared out over {rows} left.", err=True)
    finish(refusals)


def _settle(total: int | None, rate: str | None, for_counts: dict, for_rates: dict, benchmark: str | None) -> None:
    """One kind of aim, and only the options that go with it; UsageError otherwise."""
    if (total is None) == (rate is None):
        raise click.UsageError("Give --total for a count or --rate for a rate, and only one of them.")
    wrong, other = (for_counts, "--total") if total is None else (for_rates | {"--benchmark": benchmark}, "--rate")
    for option, value in wrong.items():
        if value is not None:
            raise click.UsageError(f"{option} goes with {other}.")


def _need(table: pa.Table, name: str, columns: tuple[str, ...]) -> None:
    lacking = [column for column in columns if column not in table.column_names]
    if lacking:
        raise csvio.Unreadable(f"{name} has no column {', '.join(lacking)}; it has {', '.join(table.column_names)}.")


def _counts(table: pa.Table, refusals: csvio.Refusals, total: int, method: str, over: str) -> dict[str, pa.Array]:
    """Quota and share of each row; ValueError, a sentence, where there are none for the rows together."""
    have = table.column_names
    site = csvio.column(table, "site")
    refusals.add(csvio.empty(site), "site is empty.")
    weight, found = _figures(table, "weight", refusals)
    floor = _bound(table, "floor", refusals, 0) if "floor" in have else np.zeros(table.num_rows, np.int64)
    cap = _bound(table, "cap", refusals, MOST) if "cap" in have else np.full(table.num_rows, MOST)
    if "floor" in have and "cap" in have:
        cells = csvio.column(table, "floor"), csvio.column(table, "cap")
        refusals.add(floor > cap, "floor {0!r} is above cap {1!r}.", *cells)
    if method == counts.Method.HUNTINGTON_HILL:
        refusals.add((cap < 1) & (found > 0), "cap is 0; huntington-hill gives every site with weight at least one.")
    if "region" in have:
        refusals.add(csvio.empty(csvio.column(table, "region")), "region is empty.")
    _refuse_repeats(site, refusals)
    rows = np.flatnonzero(~refusals.bad)
    back = csvio.Rows(rows, table.num_rows)
    if not rows.size:
        return {"quota": back.put(np.zeros(0)), "share": back.put(np.zeros(0, np.int64))}
    options = dict(method=method, floors=floor[rows], caps=cap[rows], over=over)
    weight = _taken(weight, rows)
    if "region" in have:
        region = _taken(csvio.column(table, "region"), rows)
        shares = nested([region], weight, total, **options).sites
    else:
        shares = counts.apportion(weight, total, **options)
    if shares.unallocated:
        few = "is" if shares.unallocated == 1 else "are"
        click.echo(
            f"{shares.unallocated:,} of {shares.total:,} {few} unallocated: the caps leave no room for more.", err=True
        )
    return {"quota": back.put(shares.quota), "share": back.put(shares.share)}


def _rates(
    table: pa.Table, refusals: csvio.Refusals, rate: str, effort: str, benchmark: str | None, better: int
) -> dict[str, pa.Array]:
    """Target and numerator of each row; ValueError, a sentence, where there are none for the rows together."""
    site = csvio.column(table, "site")
    refusals.add(csvio.empty(site), "site is empty.")
    denominator = _whole(table, "denominator", refusals)
    refusals.add(csvio.empty(csvio.column(table, "denominator")), "denominator is empty.")
    baseline, found = _figures(table, "baseline", refusals)
    refusals.add(found > 1, "baseline {0!r} is above 1.", csvio.column(table, "baseline"))
    _refuse_repeats(site, refusals)
    rows = np.flatnonzero(~refusals.bad)
    back = csvio.Rows(rows, table.num_rows)
    if not rows.size:
        return {"target": back.put(np.zeros(0)), "numerator": back.put(np.zeros(0, np.int64))}
    n = denominator[rows].astype(np.int64)
    shares = rates.apportion_rate(n, _taken(baseline, rows), rate, effort=effort, better=better, benchmark=benchmark)
    if shares.reason:
        click.echo(shares.reason, err=True)
    return {"target": back.put(shares.target), "numerator": back.put(shares.numerator)}


def _taken(cells: pa.Array, rows: np.ndarray) -> list[str]:
    return cells.take(pa.array(rows)).to_pylist()


def _figures(table: pa.Table, name: str, refusals: csvio.Refusals) -> tuple[pa.Array, np.ndarray]:
    """A column of figures from 0 that must be there: as typed, and as floats."""
    cells = csvio.column(table, name)
    found, bad = csvio.numbers(cells)
    refusals.add(csvio.empty(cells), f"{name} is empty.")
    refusals.add(bad, name + " {0!r} is not a number.", cells)
    refusals.add(found < 0, name + " {0!r} is below zero.", cells)
    some = pc.match_substring_regex(cells, "^[^eE]*[1-9]").to_numpy(zero_copy_only=False).astype(bool)
    long = pc.greater(pc.utf8_length(cells), LONGEST).to_numpy(zero_copy_only=False).astype(bool)
    odd = some & ((found < SMALLEST) | (found > LARGEST))
    refusals.add(odd, f"{name} {{0!r}} is not between {SMALLEST:g} and {LARGEST:g}.", cells)
    refusals.add(long, f"{name} has more than {LONGEST} characters.")
    # However zero is written.
    return pc.if_else(pa.array(some), cells, "0"), found


def _whole(table: pa.Table, name: str, refusals: csvio.Refusals) -> np.ndarray:
    """A column of whole numbers from 0, NaN where empty."""
    cells = csvio.column(table, name)
    found, bad = csvio.numbers(cells)
    refusals.add(bad, name + " {0!r} is not a number.", cells)
    refusals.add(found < 0, name + " {0!r} is below zero.", cells)
    refusals.add(found > np.floor(found), name + " {0!r} is not a whole number.", cells)
    refusals.add(found > MOST, f"{name} {{0!r}} is too large: at most {MOST:,}.", cells)
    return np.where(refusals.bad, 0, found)


def _bound(table: pa.Table, name: str, refusals: csvio.Refusals, none: int) -> np.ndarray:
    found = _whole(table, name, refusals)
    return np.where(np.isnan(found), none, found).astype(np.int64)


def _refuse_repeats(site: pa.Array, refusals: csvio.Refusals) -> None:
    """Of a site's rows the first that can be used stands."""
    rows = np.flatnonzero(~refusals.bad)
    again = np.ones(len(site), bool)
    again[rows[np.unique(csvio.codes(site)[rows], return_index=True)[1]]] = False
    refusals.add(again, "site {0!r} has another row, above.", site)
