"""The commands about files of numbers: import, export, template."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from measures import clock, format
from measures.access import Forbidden
from measures.actions import exports, imports, read
from measures.actions.entries import Overwritten, Refused
from measures.actions.imports import Unreadable, Upload
from measures.actions.read import Desk
from measures.cli.shared import DB, opened
from measures.model import Actor, Role
from measures.store.base import Store
from measures.store.imports import Progress

CAMPAIGN = click.option("--campaign", metavar="ID", help="Default: the only one there is.")
SITE = click.option("--site", metavar="ID", help="Default: every site.")
ANSWERS = {"dates": "--dates", "numbers": "--numbers", "site": "--site", "columns": "--column"}
"""Which option answers a question."""


def _roles(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.rpartition("=") for one in given]
    if wrong := next((one for one, (name, _, role) in zip(given, pairs) if not name or not role), None):
        raise click.BadParameter(f'{wrong!r} does not say what a column is: write "Name=role".')
    return {name.strip(): role.strip() for name, _, role in pairs}


def _out(*kinds: str):
    def checked(context: click.Context, option: click.Parameter, path: Path) -> Path:
        if path.suffix.lower().removeprefix(".") not in kinds:
            raise click.BadParameter(f"{path.name} must end in {_either(f'.{kind}' for kind in kinds)}.")
        if path.is_dir() or not path.parent.is_dir():
            raise click.BadParameter(f"{path} cannot be written: there is no folder {path.parent}.")
        return path

    return click.option(
        "-o", "--out", metavar="|".join(f"OUT.{kind}" for kind in kinds), required=True, callback=checked,
        type=click.Path(path_type=Path),
    )  # fmt: skip


@click.command("import")
@DB
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@CAMPAIGN
@click.option("--site", metavar="ID", help="Whose numbers they are; rows of other sites are refused.")
@click.option("--sheet", metavar="NAME", help="Which sheet of a workbook. Default: the first with a header.")
@click.option("--dates", metavar="FORM", type=click.Choice(["day-first", "month-first"]), help="What 03/04/2018 means.")
@click.option("--numbers", type=click.Choice(["point", "comma"]), help="What stands before the decimals.")
@click.option(
    "--column", "columns", metavar='"NAME=ROLE"', multiple=True, callback=_roles,
    help="What a column is: site, measure, period, group, numerator, denominator, value, note, ignore, or"
    " measure:ID/numerator (or /denominator, /value). May be repeated; remembered for the next file.",
)  # fmt: skip
@click.option("--keep-good", is_flag=True, help="Keep the good rows where others are refused.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and write nothing.")
@click.option(
    "--refused", metavar="OUT.csv", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the refused rows there as they came, each with its reason.",
)  # fmt: skip
@click.option("--actor", metavar="NAME", required=True, help="Who brings the file: the history names them.")
def import_(
    database: Path,
    file: Path,
    campaign: str | None,
    site: str | None,
    sheet: str | None,
    dates: str | None,
    numbers: str | None,
    columns: dict[str, str],
    keep_good: bool,
    dry_run: bool,
    refused: Path | None,
    actor: str,
) -> None:
    """Bring a CSV or Excel file of numbers into a database, as one change: all of it or nothing.

    Long or wide; separators, encodings, dates and columns are found out, and what cannot be is asked. Where rows are
    refused, nothing is written unless --keep-good is given, and the exit code is 1 either way. The same file again
    changes nothing.
    """
    with _desk(database, campaign, actor.strip() or "command line") as desk:
        _require_site(desk, site)
        answers = {"sheet": sheet, "columns": columns, "dates": dates, "numbers": numbers}
        with _progress("Reading") as progress:
            upload = imports.open_file(
                desk, file.read_bytes(), file.name, site=site, limited=False, progress=progress, **answers
            )
        for line in (*upload.table.said, *upload.reading.said):
            click.echo(line)
        _say_refused(upload, refused)
        if upload.reading.questions:
            _ask(upload)
            sys.exit(1)
        click.echo(_counts(upload))
        click.echo(_keep(desk, upload, keep_good, dry_run))
    sys.exit(1 if upload.refused else 0)


def _keep(desk: Desk, upload: Upload, keep_good: bool, dry_run: bool) -> str:
    """Keep what may be kept; what became of it, in a sentence."""
    if upload.kept_before is not None:
        return f"This very file was kept before, as change {upload.kept_before}: nothing was written."
    if upload.refused and not keep_good:
        return "Nothing was written, because rows were refused: put them right, or use --keep-good."
    if dry_run:
        return "Nothing was written: this was a dry run."
    with _progress("Writing") as progress:
        done = imports.keep(desk, upload, progress=progress)
    if done.change_id is None:
        return "Nothing was written: it was all there already."
    return f"Kept as change {done.change_id}."


@click.command()
@DB
@_out("csv", "xlsx", "parquet")
@CAMPAIGN
@SITE
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Periods up to this day.")
@click.option("--known-at", type=click.IntRange(0), metavar="CHANGE", help="As it was known after this change.")
def export(
    database: Path, out: Path, campaign: str | None, site: str | None, as_of: datetime | None, known_at: int | None
) -> None:
    """Write a campaign's numbers as a tidy file, one row per number, that can be imported again.

    In CSV and Excel, text that could be taken for a formula has an apostrophe before it.
    """
    with _desk(database, campaign, "command line", as_of.date() if as_of else None, known_at) as desk:
        _require_site(desk, site)
        found = exports.tidy(desk, site=site)
        data = exports.KINDS[out.suffix.lower().removeprefix(".")](found)
    out.write_bytes(data)
    click.echo(f"{format.count(len(found), 'row')} in {out}")


@click.command()
@DB
@_out("xlsx", "csv")
@CAMPAIGN
@SITE
def template(database: Path, out: Path, campaign: str | None, site: str | None) -> None:
    """Write the file to fill in: a campaign's or a site's rows are in it, with what is known of the last year."""
    with _desk(database, campaign, "command line") as desk:
        _require_site(desk, site)
        data = exports.template(desk, site, out.suffix.lower().removeprefix("."))
    out.write_bytes(data)
    click.echo(f"The file to fill in is {out}")


@contextmanager
def _desk(
    database: Path, campaign: str | None, actor: str, as_of: date | None = None, known_at: int | None = None
) -> Iterator[Desk]:
    """Whoever may open the database may do all a lead may; what is refused becomes a sentence and exit 1."""
    with opened(database) as store:
        found = store.campaign(campaign or _only(store))
        lead = Actor(Role.LEAD, actor)

        def load(id: str, version: int, when: date, known: int | None):
            return read.compute(store, id, when, known)

        try:
            yield Desk(store, lead, found, as_of or clock.today(found), load, known_at)
        except Overwritten as other:
            cells = ", ".join(f"{c.site} {c.measure} {c.period.isoformat()}" for c in other.clashes[:5])
            raise click.ClickException(
                f"Somebody else wrote to {format.count(len(other.clashes), 'cell')} ({cells} …) after the file was"
                " read. Nothing was written: try again."
            ) from other
        except Refused as refused:
            raise click.ClickException("\n".join(refused.reasons)) from refused
        except (Forbidden, Unreadable) as refused:
            raise click.ClickException(str(refused)) from refused


def _only(store: Store) -> str:
    ids = [row.id for row in store.campaigns()]
    if len(ids) != 1:
        raise click.UsageError(f"Say which campaign with --campaign: {_either(ids) or 'there is none'}.")
    return ids[0]


def _require_site(desk: Desk, site: str | None) -> None:
    if site is not None and site not in {s.id for s in desk.campaign.sites}:
        raise click.UsageError(f"{desk.campaign.name} has no site called {site!r}.")


def _say_refused(upload: Upload, out: Path | None) -> None:
    """Each refused row and its reason, on standard error and, where asked for, as a file."""
    rows = upload.checked.refused
    lines = (f"row {row}: {reason}" for row, reason in zip(rows["row"].tolist(), rows["reason"].tolist()))
    if len(rows):
        click.echo("\n".join(lines), err=True)
    if out is not None and len(rows):
        out.write_bytes(imports.refused_file(upload))
        click.echo(f"The refused rows, each with its reason, are in {out}")


def _ask(upload: Upload) -> None:
    for question in upload.reading.questions:
        answers = [f"{answer} ({words})" if words != answer else answer for answer, words in question.options[:12]]
        options = f" {ANSWERS.get(question.about, '--column')}: {_either(answers)}." if answers else ""
        click.echo(f"{question.sentence}{options}", err=True)
    click.echo("Nothing was written: answer first.")


def _counts(upload: Upload) -> str:
    cells = f"{upload.new:,} new, {upload.changed:,} changed, {upload.same:,} the same"
    return f"{format.count(upload.checked.size, 'row')}: {cells}, {format.count(upload.refused, 'row')} refused."


def _either(options: Iterator[str] | list[str]) -> str:
    *before, last = [*options] or [""]
    return f"{', '.join(before)} or {last}" if before else last


@contextmanager
def _progress(label: str) -> Iterator[Progress | None]:
    """A bar where somebody is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=100, label=label, file=sys.stderr) as bar:
        yield lambda share: bar.update(max(0, int(100 * share) - bar.pos))
