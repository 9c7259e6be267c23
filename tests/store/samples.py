"""Small campaigns and entries for the store's tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from measures.model import (
    Aim,
    AimKind,
    AimVersion,
    Campaign,
    Direction,
    Family,
    Form,
    Measure,
    Share,
    Site,
    SiteKind,
    Waypoint,
)
from measures.store import Entry, Recorded, Store

AT = datetime(2026, 1, 5, 10, 42, tzinfo=UTC)
MARCH = date(2019, 3, 1)
APRIL = date(2019, 4, 1)


def campaign(id: str = "ae", *, sites: int = 2) -> Campaign:
    """A campaign with ``sites`` sites and two measures, and no aims."""
    measures = tuple(
        Measure(name, name.title(), name, f"What {name} means", Family.OUTCOME, form, Direction.UP, "%", "Seen in time")
        for name, form in (("waits", Form.PROPORTION), ("beds", Form.VALUE))
    )
    places = tuple(Site(f"s{n}", f"Site {n}") for n in range(1, sites + 1))
    return Campaign(id, f"Campaign {id}", "Because", MARCH, APRIL, MARCH, APRIL, places, measures)


def full_campaign() -> Campaign:
    """A campaign in which every field of the model holds something of its own."""
    early, late = date(2018, 3, 1), date(2019, 3, 1)
    stops = (Waypoint(late, 0.9, 3), Waypoint(early))
    version = AimVersion(1, early, late, "ann", "a plan – agreed", "webster", stops, "front-loaded:gamma=3")
    second = AimVersion(2, late, late, "bob", "later", "gap", (), "s-curve:kappa=8,m=0.5")
    waits = Measure(
        "waits", "Waits of four hours", "4 h", "Seen within …", Family.PROCESS, Form.PROPORTION, Direction.DOWN, "%",
        "Seen", "Came", "came", "seen", 0.5, "week", 7, 3, "p", "ihi", None, 1000.0, True, 4, True, 5,
    )  # fmt: skip
    came = Measure("came", "Came", "c", "", Family.CONTEXT, Form.COUNT, Direction.NEITHER, "people", "Came", order=2)
    return Campaign(
        "full", "Full – naïve “name”", "Why", early, late, early, late,
        sites=(
            Site("z", "Zed", "North", SiteKind.SITE, early, "a", late),
            Site("a", "Aye", "South"),
            Site("eng", "England", kind=SiteKind.REFERENCE),
        ),
        measures=(waits, came),
        aims=(Aim("main", "waits", AimKind.LEVEL, "Main", "Ann", (version, second), 0.95),),
        shares=(Share("main", 1, late, "z", 9, 10, 7, 11), Share("main", 1, early, "a", 1, 2, 3, 4)),
        main_measure="waits", demo=True, today=late, attribution="NHS England", notes=("one", "two"),
        time_zone="Europe/Paris",
    )  # fmt: skip


def cell(numerator: float | None = 1, seen: int = 0, **rest) -> Entry:
    """An entry of site s1, measure waits, March 2019, of 10."""
    denominator = None if numerator is None else 10
    given = {"site": "s1", "measure": "waits", "period": MARCH, "numerator": numerator, "denominator": denominator}
    return Entry(**{**given, "seen": seen, **rest})


def save(
    store: Store, *entries: Entry, campaign_id: str = "ae", actor: str = "ann", minute: int = 0, **rest
) -> Recorded:
    """Record entries as ann, typed, some minutes after AT."""
    at = AT + timedelta(minutes=minute)
    return store.record(campaign_id, entries, actor=actor, source="typed", at=at, **rest)
