"""A small campaign with a measure of every form, and the way from bytes to checked rows."""

from __future__ import annotations

from datetime import date

import pandas as pd

from measures.intake.check import Checked, check
from measures.intake.reading import Reading, understand
from measures.intake.table import Table, paste, read
from measures.model import Campaign, Direction, Family, Form, Measure, Site, SiteKind

TODAY = date(2019, 4, 10)


def measure(id: str, form: Form, name: str, numerator: str, denominator: str = "", **rest) -> Measure:
    """A measure with the fields that matter to a file."""
    return Measure(
        id, name, rest.pop("short", name), f"What {name.lower()} means.", Family.PROCESS, form, Direction.UP,
        rest.pop("unit", ""), numerator, denominator, **rest,
    )  # fmt: skip


CAME = measure("came", Form.COUNT, "Attendances", "Attendances", order=0)
SEEN = measure(
    "seen", Form.PROPORTION, "Share seen in time", "Seen in time", "Attendances", short="In time",
    denominator_measure="came", order=1,
)  # fmt: skip
FALLS = measure("falls", Form.RATE, "Falls per 1,000 bed days", "Falls", "Bed days", short="Fall rate", order=2)
WAIT = measure("wait", Form.VALUE, "Median wait", "Median wait", unit="minutes", order=3)
ROUNDS = measure("rounds", Form.YES_NO, "Safety rounds in place", "Safety rounds in place", order=4)


def campaign(measures: tuple[Measure, ...] = (CAME, SEEN, FALLS, WAIT, ROUNDS), **rest) -> Campaign:
    """Four hospitals, one that opened late, one that merged into another, and a line to compare with."""
    sites = (
        Site("GUY", "Guy’s Hospital", "London"),
        Site("STT", "St Thomas’ Hospital", "London"),
        Site("WEX", "Wexham Park & Slough", "South East", opened=date(2018, 7, 1)),
        Site("OLD", "Old Infirmary", "London", successor="STT", merged_on=date(2018, 10, 1)),
        Site("ALL-E", "All England", kind=SiteKind.REFERENCE),
    )
    given = dict(
        id="waits", name="Waits", purpose="Why", start=date(2018, 1, 1), end=date(2019, 12, 1),
        baseline_start=date(2018, 1, 1), baseline_end=date(2018, 12, 1), sites=sites, measures=measures,
        main_measure="seen" if SEEN in measures else "",
    )  # fmt: skip
    return Campaign(**(given | rest))


def checked(
    data: bytes | str | Table,
    name: str = "numbers.csv",
    *,
    of: Campaign | None = None,
    sites=None,
    sheet=None,
    **answers,
) -> tuple[Table, Reading, Checked]:
    """All three steps; text is encoded as UTF-8."""
    table = (
        data if isinstance(data, Table) else read(data.encode() if isinstance(data, str) else data, name, sheet=sheet)
    )
    of = of or campaign()
    reading = understand(table, of, sites=sites, today=TODAY, **answers)
    return table, reading, check(table, reading, of, sites=sites, today=TODAY)


def cells(found: Checked) -> set[tuple]:
    """The kept cells as (site, measure, month, numerator, denominator, value); None where there is no number."""
    frame = found.rows
    numbers = [[None if pd.isna(x) else x for x in frame[c].tolist()] for c in ("numerator", "denominator", "value")]
    months = frame["period"].dt.strftime("%Y-%m").tolist()
    return set(zip(frame["site"].tolist(), frame["measure"].tolist(), months, *numbers))


def pasted(text: str) -> Table:
    """Text as from a clipboard."""
    return paste(text)
