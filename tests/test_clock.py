"""The clock: UTC, and a campaign's own day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from measures import clock
from tests.store.samples import campaign


def test_now_is_utc():
    assert clock.now().utcoffset() == timedelta(0)


def test_a_demo_has_its_own_day():
    assert clock.today(replace(campaign(), today=date(2019, 12, 31))) == date(2019, 12, 31)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/London", date(2026, 7, 2)), ("UTC", date(2026, 7, 1)), ("Pacific/Auckland", date(2026, 7, 2))],
)
def test_the_day_is_that_of_the_campaigns_time_zone(monkeypatch, zone, day):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert clock.today(replace(campaign(), time_zone=zone)) == day
