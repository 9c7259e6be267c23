"""The commands about a database: demo, review, check, backup."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click
import pyarrow as pa

from measures import clock, csvio, settings
from measures.actions import read
from measures.cli.shared import DB, opened
from measures.demo import ae
from measures.store.base import StoreError
from measures.store.opening import ensure


@click.command()
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


@click.command()
@DB
@click.option("-o", "--out", metavar="DIR", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--campaign", default=ae.ID, show_default=True, help="The campaign's id.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Default: the campaign's today.")
def review(database: Path, out: Path, campaign: str, as_of: datetime | None) -> None:
    """Write the review of a campaign as four CSV files: points, series, sites, campaign."""
    with opened(database) as store:
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


@click.command()
@DB
def check(database: Path) -> None:
    """Look for damage in a database; exit 1 and say what was found."""
    with opened(database) as store:
        found = store.check()
    for line in found:
        click.echo(line, err=True)
    click.echo("All is well." if not found else f"{len(found)} things found.")
    sys.exit(1 if found else 0)


@click.command()
@DB
@click.argument("copy", metavar="COPY", type=click.Path(dir_okay=False, path_type=Path))
def backup(database: Path, copy: Path) -> None:
    """Write a copy of a database while others go on working."""
    with opened(database) as store:
        store.backup(copy)
    click.echo(f"Copied to {copy}")
