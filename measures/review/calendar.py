"""Which periods are over, which are due, and what belongs to the campaign at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from measures.model import Aim, AimKind, AimVersion, Campaign, Measure, SiteKind

_ALIAS = {"month": "M", "quarter": "Q", "week": "W-SUN"}


def period_end(periods: pd.Series | pd.DatetimeIndex, frequency: str) -> pd.DatetimeIndex:
    """The last day of each period.

    >>> period_end(pd.DatetimeIndex(["2019-04-01"]), "month")[0].date().isoformat()
    '2019-04-30'
    """
    index = pd.DatetimeIndex(periods)
    return index.to_period(_ALIAS[frequency]).end_time.normalize()


def containing(day: date, frequency: str) -> date:
    """The first day of the period that a day lies in.

    >>> containing(date(2019, 4, 11), "week"), containing(date(2019, 4, 11), "quarter")
    (datetime.date(2019, 4, 8), datetime.date(2019, 4, 1))
    """
    return pd.Period(day, freq=_ALIAS[frequency]).start_time.date()


def following(period: date, frequency: str) -> date:
    """The first day of the next period.

    >>> following(date(2019, 12, 1), "month")
    datetime.date(2020, 1, 1)
    """
    return (pd.Period(period, freq=_ALIAS[frequency]) + 1).start_time.date()


def periods_over(campaign: Campaign, frequency: str, as_of: date) -> pd.DatetimeIndex:
    """The first days of a frequency's periods, from the baseline's first to the last that is over; oldest first."""
    last = min(as_of, campaign.end)
    if last < campaign.baseline_start:
        return pd.DatetimeIndex([])
    periods = pd.period_range(campaign.baseline_start, last, freq=_ALIAS[frequency])
    return periods.start_time[periods.end_time.normalize() <= pd.Timestamp(as_of)]


def due_on(period: date, measure: Measure) -> date:
    """The last day on which a period's report is on time."""
    end = period_end(pd.DatetimeIndex([period]), measure.frequency)[0]
    return (end + pd.Timedelta(days=measure.days_to_submit)).date()


def fallen_due(campaign: Campaign, today: date) -> dict[date, date]:
    """The periods whose reports had fallen due by ``today``, newest first, each with the day they did."""
    outcome, last = campaign.outcome, min(today, campaign.end)
    if last < campaign.baseline_start:
        return {}
    periods = pd.period_range(campaign.baseline_start, last, freq=_ALIAS[outcome.frequency])[::-1]
    due = periods.end_time.normalize() + pd.Timedelta(days=outcome.days_to_submit)
    there = due <= pd.Timestamp(today)
    return dict(zip(periods.start_time[there].date, due[there].date))


def over(campaign: Campaign, measure: Measure, as_of: date) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """A measure's periods from the baseline's first to the last one over at ``as_of``, and when each falls due."""
    index = periods_over(campaign, measure.frequency, as_of)
    return index, period_end(index, measure.frequency) + pd.Timedelta(days=measure.days_to_submit)


def expected(campaign: Campaign, periods: np.ndarray) -> np.ndarray:
    """Which of the campaign's own sites is to report when: (s, t), from its opening to its merger."""
    own = [s for s in campaign.sites if s.kind == SiteKind.SITE]
    opened = np.array([s.opened or campaign.baseline_start for s in own], "datetime64[D]")
    closed = np.array([s.merged_on or date.max for s in own], "datetime64[D]")
    return (opened[:, None] <= periods) & (periods < closed[:, None])


@dataclass(frozen=True, slots=True)
class Calendar:
    """The campaign's periods up to a date.

    ``periods`` (t,) datetime64[D], oldest first, all over by the date; ``open_`` (s, t) says which site was
    expected to report when. ``headline`` and ``latest`` are as in ``Review``; ``last_due`` counts the
    periods whose reports are overdue if they are not in.
    """

    periods: np.ndarray
    sites: tuple[str, ...]
    open_: np.ndarray
    headline: date | None
    latest: date | None
    last_due: int
    as_of: date
    due: np.ndarray
    """(t,) datetime64[D]: the last day on which each period's report is on time."""


def calendar(campaign: Campaign, as_of: date) -> Calendar:
    """Lay out the months from the baseline's first to the last one that is over at ``as_of``."""
    index, due = over(campaign, campaign.outcome, as_of)
    passed = index[due <= pd.Timestamp(as_of)]
    own = [s for s in campaign.sites if s.kind == SiteKind.SITE]
    periods = index.to_numpy().astype("datetime64[D]")
    return Calendar(
        periods=periods,
        sites=tuple(s.id for s in own),
        open_=expected(campaign, periods),
        headline=passed[-1].date() if len(passed) else None,
        latest=index[-1].date() if len(index) else None,
        last_due=int((due < pd.Timestamp(as_of)).sum()),
        as_of=as_of,
        due=due.to_numpy().astype("datetime64[D]"),
    )


def level_aim(campaign: Campaign, measure: str) -> Aim | None:
    """The campaign's aim for the level of a measure; None where it has none."""
    return next((a for a in campaign.aims if a.kind == AimKind.LEVEL and a.measure == measure), None)


def agreed_versions(campaign: Campaign, measure: str, as_of: date) -> tuple[AimVersion, ...]:
    """The versions of that aim agreed by ``as_of``, oldest first; none where there is no aim."""
    aim = level_aim(campaign, measure)
    versions = (v for v in aim.versions if v.agreed_on <= as_of) if aim else ()
    return tuple(sorted(versions, key=lambda v: v.number))


def owners(campaign: Campaign, sites: tuple[str, ...], periods: np.ndarray) -> np.ndarray:
    """Who counts each site's work at each period: (s, t) indices into ``sites``, following mergers on."""
    position = {site: i for i, site in enumerate(sites)}
    found = np.repeat(np.arange(len(sites))[:, None], len(periods), axis=1)
    # Newest merger first, so that a chain of mergers ends at its last successor.
    mergers = sorted((s for s in campaign.sites if s.merged_on), key=lambda s: s.merged_on, reverse=True)
    for site in mergers:
        after = periods >= np.datetime64(site.merged_on, "D")
        here, there = position[site.id], position[site.successor]
        found[here, after] = found[there, after]
    return found
