"""A small campaign as a lead finds it in September: a number corrected since June, one late, one missing, a few small.

Ash is always on time; Birch sent July late; Cedar's July is missing; Dale's falls are few.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from measures.demo import ae
from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store import Entry, Store
from measures.store.opening import ensure
from tests.server.running import Running

ID = "wards"
TODAY = date(2024, 9, 12)
MONTHS = tuple(date(2024, month, 1) for month in range(1, 8))
JUNE, JULY = MONTHS[-2:]
NAMES = {"ash": "Ash", "birch": "Birch", "cedar": "Cedar", "dale": "Dale"}
BELOW = 5

MEASURES = (
    Measure(
        "screened", "Screened within a day", "Screened within a day", "Of those admitted", Family.OUTCOME,
        Form.PROPORTION, Direction.UP, "%", "Screened within a day", "Admitted", verb="screened within a day",
    ),
    Measure(
        "falls", "Falls with harm", "Falls with harm", "On the ward", Family.BALANCING, Form.COUNT, Direction.DOWN, "",
        "Falls with harm", order=1, hide_below=BELOW,
    ),
)  # fmt: skip


def campaign() -> Campaign:
    """Four wards, two numbers a month from January 2024."""
    days = (MONTHS[0], date(2025, 12, 1), MONTHS[0], date(2024, 3, 1))
    sites = tuple(Site(id, name, "North") for id, name in NAMES.items())
    return Campaign(
        ID, "Wards", "To screen sooner", *days, sites, MEASURES, main_measure="screened", demo=True, today=TODAY
    )


def seed(store: Store) -> None:
    """Every month reported on the tenth of the next, but for what is said above; Ash's June corrected in August."""
    store.define(campaign())
    for n, month in enumerate(MONTHS):
        sent = (month + timedelta(days=40)).replace(day=10)
        for site in NAMES:
            if (site, month) == ("cedar", JULY):
                continue
            few = 1.0 + n % 4 if site == "dale" else 12.0 + n
            entries = [
                Entry(site, "screened", month, numerator=154.0 + n, denominator=200.0),
                Entry(site, "falls", month, value=few),
            ]
            late = timedelta(days=9 if (site, month) == ("birch", JULY) else 0)
            store.record(ID, entries, actor=f"{NAMES[site]} team", source="typed", at=_at(sent + late))
    right = Entry("ash", "screened", JUNE, numerator=140.0, denominator=200.0, seen=1)
    why = "corrected: Two bays were counted twice"
    store.record(ID, [right], actor="Ash team", source=why, at=_at(date(2024, 8, 20)))


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def wards(server: Running) -> Running:
    """The server with this campaign beside the demo."""
    with closing(ensure(server.database, ae.seed)) as store:  # there, but for the first journey of a run
        seed(store)
    return server
