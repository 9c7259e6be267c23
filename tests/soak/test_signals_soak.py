"""docs/signals.md: every row of it simulated again, and what must hold in each."""

from __future__ import annotations

from tests.soak import signal_report as report


def test_error_is_held_everywhere_and_no_power_is_lost_beside_the_plain_statistic():
    nulls, worlds = report.found()
    assert report.broken(nulls, worlds) == []
    text = report.PAGE.read_text(encoding="utf-8")
    assert report.page(text, nulls, worlds) == text
