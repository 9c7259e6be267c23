"""Files of numbers: read, compared with what is there, kept as one change, and taken back as one.

Nothing is written before it was seen: ``open_file`` says what a file would do, and ``keep`` does that and nothing
else, or nothing at all where somebody wrote to one of its cells in between.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from measures import clock, log
from measures.access import Action
from measures.actions.compare import NUMBERS, compared
from measures.actions.entries import Overwritten, Refused
from measures.actions.exports import unguarded
from measures.actions.read import Desk
from measures.intake import check, reading, refusals, table
from measures.intake.check import Checked
from measures.intake.reading import Reading
from measures.intake.table import Table, Unreadable
from measures.store.base import Conflict, Recorded, StoreError
from measures.store.imports import ChangeRow, ColumnMapping, Progress

__all__ = ["Unreadable", "Upload", "history", "keep", "open_file", "refused_file", "undo"]

SOURCE = "file: "
UNDO, AGAIN = "undo: ", "again: "
MOST_BYTES = 50_000_000
MOST_EXCEL_ROWS = 100_000
"""What is taken at once on screen; the command takes more."""
READ, UNDERSTOOD, CHECKED = 0.4, 0.5, 0.9
"""How much of opening a file is done after each of its steps."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, how it was read, and what it would do.

    ``new``, ``changed`` and ``same`` count cells, ``refused`` rows of the file. ``changes``: row, site, measure,
    group, period, kind ("new", "changed" or "same"), was_numerator, was_denominator, was_value, numerator,
    denominator, value, note and seen (the revision it was compared with), one line per cell. A note that the
    file leaves empty stays as it is. ``kept_before``: the change that this very file, read in this very way, became
    before; None where it never did, or was taken back. ``said`` is what a person said about its columns and dates.
    """

    table: Table
    reading: Reading
    checked: Checked
    digest: str
    new: int
    changed: int
    same: int
    refused: int
    changes: pd.DataFrame
    kept_before: int | None
    site: str | None
    said: ColumnMapping


def open_file(
    desk: Desk,
    data: bytes | str,
    name: str,
    *,
    site: str | None = None,
    sheet: str | None = None,
    columns: Mapping[str, str] | None = None,
    dates: str | None = None,
    numbers: str | None = None,
    progress: Progress | None = None,
    limited: bool = True,
) -> Upload:
    """Read a file (bytes) or what was pasted (text) and say what keeping it would do; nothing is written.

    ``site``: the one it is for, None for all that the actor may import to. ``sheet``, ``columns``, ``dates`` and
    ``numbers`` are a person's answers; columns that somebody spoke about before are read as they said, and dates that
    can be read in two ways too. ``limited``: refuse what is too large for a screen.

    Raises Forbidden; Unreadable, or Refused with reasons, where there is nothing to look at.
    """
    desk.require(Action.IMPORT, site)
    _require_today(desk)
    tell = progress or (lambda share: None)
    sites = _sites(desk, site)
    if limited and len(data) > MOST_BYTES:
        raise Refused([f"{name} is larger than 50 MB, the most that can be taken here: split it, or use the command."])
    if isinstance(data, str):
        found, raw = table.paste(data), data.encode("utf-8", "replace")
    else:
        most = MOST_EXCEL_ROWS if limited and data[:2] == b"PK" else None
        found, raw = table.read(data, name, sheet=sheet, limit_rows=most), data
    tell(READ)
    remembered = desk.store.mapping(desk.campaign.id, site)
    known = {column: role for column, role in remembered.columns.items() if column in found.header}
    chosen = {**known, **(columns or {})}
    about = {"sites": sites, "columns": chosen, "numbers": numbers, "today": desk.as_of}
    understood = reading.understand(found, desk.campaign, dates=dates, **about)
    if dates is None and any(
        question.about == "dates" and remembered.dates in dict(question.options) for question in understood.questions
    ):
        understood = reading.understand(found, desk.campaign, dates=remembered.dates, **about)
    tell(UNDERSTOOD)
    checked = check.check(found, understood, desk.campaign, sites=sites, today=desk.as_of)
    tell(CHECKED)
    rows = checked.rows.assign(**{name: unguarded(checked.rows[name]) for name in ("group", "note")})
    changes = compared(rows, desk.store.observations(desk.campaign.id))
    kinds = changes["kind"].value_counts()
    digest = _digest(raw, desk, site, found, understood, checked)
    said = ColumnMapping(site, {**remembered.columns, **(columns or {})}, dates or remembered.dates)
    tell(1.0)
    return Upload(
        table=found,
        reading=understood,
        checked=checked,
        digest=digest,
        **{kind: int(kinds.get(kind, 0)) for kind in ("new", "changed", "same")},
        refused=len(checked.refused),
        changes=changes,
        kept_before=_standing(desk, digest)[1],
        site=site,
        said=said,
    )


def keep(desk: Desk, upload: Upload, *, progress: Progress | None = None) -> Recorded:
    """Write what ``upload`` says is new or changed: one change, all of it or nothing.

    The same file again writes nothing and returns the change it became before. What a person said about its columns
    is remembered for the next file.

    Raises Forbidden; Refused with reasons; Overwritten where somebody wrote to one of its cells since it was opened.
    """
    desk.require(Action.IMPORT, upload.site)
    changes = upload.changes
    _require_sites(desk, changes["site"])
    _require_today(desk)
    if upload.reading.questions:
        raise Refused([question.sentence for question in upload.reading.questions])
    digest, before = _standing(desk, upload.digest)
    if before is not None:
        return Recorded(before, desk.store.version(desk.campaign.id), 0)
    rows = changes[(changes["kind"] != "same").to_numpy()]
    done = _record(desk, rows, SOURCE + upload.table.name, digest=digest, progress=progress)
    log.event("file kept", campaign=desk.campaign.id, change=done.change_id, cells=done.written, refused=upload.refused)
    _remember(desk, upload)
    return done


def undo(desk: Desk, change_id: int, *, leave: bool = False, progress: Progress | None = None) -> Recorded:
    """Put every cell that a change wrote back to what it held before, as a new change.

    Only where nobody wrote since. With ``leave`` the cells that somebody wrote to since stay as they are and the
    others are put back; without, nothing is written where there is one.

    Raises Forbidden; Refused where there is nothing to take back; Overwritten, which names the cells.
    """
    desk.require(Action.IMPORT)
    _require_today(desk)
    change = desk.store.change(desk.campaign.id, change_id)
    written = desk.store.written_by(desk.campaign.id, change_id)
    if change is None or not len(written):
        raise Refused(["There is nothing to undo."])
    _require_sites(desk, written["site"])
    if change.undone_by is not None:
        raise Refused([f"This was taken back before, by change {change.undone_by}."])
    if leave:
        written = written[(written["head"] == written["rev"]).to_numpy()]
        if not len(written):
            raise Refused(["Every one of its numbers was changed since, so there is nothing to take back."])
    was = {name: written[f"was_{name}"] for name in (*NUMBERS, "note")}
    rows = written.assign(**was, seen=written["rev"])
    done = _record(desk, rows, _undoing(change), undoes=change_id, progress=progress)
    log.event("file undone", campaign=desk.campaign.id, change=done.change_id, undoes=change_id, cells=done.written)
    return done


def history(desk: Desk, site: str | None = None, limit: int = 100) -> pd.DataFrame:
    """Files and large changes, newest first, as far as the actor may see them.

    Columns: change_id, at, actor, source, undoes, entries (how many cells, of the site's where one is given) and
    undone (whether it was taken back). Raises Forbidden.
    """
    desk.require(Action.IMPORT, site)
    own = _sites(desk, site)
    places = [None] if own is None else list(own)
    frames = [desk.store.large_changes(desk.campaign.id, site=place, limit=limit) for place in places]
    found = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if len(frames) > 1:
        entries = found.groupby("change_id")["entries"].sum()
        found = found.drop_duplicates("change_id").sort_values("change_id", ascending=False, ignore_index=True)
        found["entries"] = entries.reindex(found["change_id"]).to_numpy()
    found = found.assign(undone=found["undone_by"].notna().to_numpy(bool))
    return found.drop(columns=["digest", "undone_by"]).head(limit)


def refused_file(upload: Upload) -> bytes:
    """The refused rows as they came, each with its reason, as a CSV to put right and bring again."""
    return refusals.as_csv(upload.table, upload.checked.refused)


def _sites(desk: Desk, site: str | None) -> Collection[str] | None:
    """Whose rows may come in: None for all of the campaign's."""
    if site is not None:
        return (site,)
    own = tuple(s.id for s in desk.campaign.sites if desk.allows(Action.IMPORT, s.id))
    return None if len(own) == len(desk.campaign.sites) else own


def _require_sites(desk: Desk, sites: pd.Series) -> None:
    for site in sites.unique():
        desk.require(Action.IMPORT, str(site))


def _require_today(desk: Desk) -> None:
    if desk.wound_back or desk.known_at is not None:
        raise Refused(["You are looking at an earlier date. Come back to today to bring or take back a file."])


def _digest(data: bytes, desk: Desk, site: str | None, found: Table, understood: Reading, checked: Checked) -> str:
    """What makes a file the very same: its bytes, how they were read, and how many rows could be kept."""
    ways = [understood.layout, dict(understood.columns), understood.dates, understood.order, understood.numbers]
    about = [site, found.sheet, ways, understood.site, understood.measure, len(checked.rows), len(checked.refused)]
    text = json.dumps([desk.campaign.id, *about], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + b"\0" + data).hexdigest()


def _standing(desk: Desk, digest: str) -> tuple[str, int | None]:
    """Under which digest a file can be kept, and the change it is already; one that was taken back may come again."""
    key, turn = digest, 1
    while (change := desk.store.change(desk.campaign.id, key)) is not None:
        if change.undone_by is None:
            return key, change.id
        turn += 1
        key = f"{digest}:{turn}"
    return key, None


def _record(
    desk: Desk,
    rows: pd.DataFrame,
    source: str,
    *,
    digest: str | None = None,
    undoes: int | None = None,
    progress: Progress | None = None,
) -> Recorded:
    try:
        return desk.store.record_frame(
            desk.campaign.id, rows, actor=desk.actor.name, source=source, at=clock.now(), digest=digest, undoes=undoes,
            progress=progress,
        )  # fmt: skip
    except Conflict as conflict:
        log.event("file refused: written by another first", campaign=desk.campaign.id, cells=len(conflict.clashes))
        raise Overwritten(conflict.clashes) from conflict


def _remember(desk: Desk, upload: Upload) -> None:
    """Keep what a person said. The numbers are safe by now, so not being able to must not look as if they were not."""
    said = upload.said
    if not said.columns and not said.dates:
        return
    mapping = ColumnMapping(said.site, said.columns, said.dates, desk.actor.name, clock.now())
    try:
        desk.store.keep_mapping(desk.campaign.id, mapping)
    except StoreError:
        log.event("columns not remembered", campaign=desk.campaign.id)


def _undoing(change: ChangeRow) -> str:
    if change.source.startswith(UNDO):
        return AGAIN + change.source.removeprefix(UNDO)
    return UNDO + change.source.removeprefix(AGAIN)
