"""A second, small campaign: a value by the week, a rate, a yes or no, and a milestone and a count by the month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from measures.model import Campaign, Direction, Family, Form, Measure, Site
from measures.store import Entry, Store

ID = "small"
TODAY = date(2024, 6, 12)
"""A Wednesday: the week of 3 June is over, and so is May."""
START = date(2024, 1, 1)
WEEK = date(2024, 6, 3)
MAY = date(2024, 5, 1)


def measure(id: str, short: str, form: Form, family: Family, **rest) -> Measure:
    """A measure with what matters here, and the rest left plain."""
    given = {"name": short, "short": short, "definition": short, "better": Direction.DOWN, "unit": "", "chart": "xmr"}
    given |= {"numerator_label": short, "frequency": "week", "days_to_submit": 9, "baseline_points": None}
    return Measure(id=id, form=form, family=family, **(given | rest))


MEASURES = (
    measure("triage", "Longest wait for triage", Form.VALUE, Family.OUTCOME, unit="minutes", verb="waited", order=0),
    measure(
        "falls", "Falls", Form.RATE, Family.BALANCING, unit="per 1,000 bed days", rate_base=1000.0, order=1,
        denominator_label="Bed days", numerator_label="Falls", verb="falls per 1,000 bed days",
    ),
    measure("huddle", "Was the safety huddle held every day?", Form.YES_NO, Family.PROCESS, chart="run", order=2),
    measure(
        "trained", "Everybody is trained", Form.YES_NO, Family.MILESTONE, chart="run", order=3, frequency="month",
        days_to_submit=10, better=Direction.UP,
    ),
    measure("calls", "Calls", Form.COUNT, Family.CONTEXT, order=4, frequency="month", days_to_submit=10),
)  # fmt: skip


def campaign(**rest) -> Campaign:
    """The campaign: two sites, weeks from 1 January to the middle of June 2024."""
    sites = (Site("w1", "Ward One", "North"), Site("w2", "Ward Two", "South"))
    given = {"main_measure": "triage", "demo": True, "today": TODAY}
    days = (START, date(2025, 12, 31), START, date(2024, 3, 31))
    return Campaign(ID, "Small campaign", "To wait less", *days, sites, MEASURES, **(given | rest))


def seed(store: Store, *, site: str = "w1", leave_out: int = 0, months: int = 4) -> None:
    """Define it, and report a site's weeks up to the last but ``leave_out``, and its first ``months``."""
    if ID not in {row.id for row in store.campaigns()}:
        store.define(campaign())
    entries, n = [], 0
    week = START
    while week <= WEEK - timedelta(weeks=leave_out):
        entries += [
            Entry(site, "triage", week, value=90.0 + 7 * (n % 5)),
            Entry(site, "falls", week, numerator=float(n % 3), denominator=200.0 + n),
            Entry(site, "huddle", week, value=float(n % 4 != 0)),
        ]
        week, n = week + timedelta(weeks=1), n + 1
    for month in (date(2024, m, 1) for m in range(1, months + 1)):
        entries += [Entry(site, "trained", month, value=0.0), Entry(site, "calls", month, value=30.0 + month.month)]
    store.record(ID, entries, actor="seed", source="seed", at=datetime(2024, 6, 1, tzinfo=UTC))
