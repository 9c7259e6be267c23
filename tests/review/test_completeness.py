"""Completeness: due, on time, late and missing, as a plain loop over every site, measure and period says."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.demo import ae
from measures.model import Campaign, Direction, Family, Form, Measure, Site, SiteKind, Timing
from measures.review import frames, review
from measures.review.calendar import due_on
from measures.review.completeness import STREAK, board, completeness

START, TODAY = date(2023, 1, 1), date(2023, 7, 5)
COUNT = dict(definition="", family=Family.OUTCOME, form=Form.COUNT, better=Direction.DOWN, unit="", numerator_label="")
FALLS = Measure("falls", "Falls", "Falls", **COUNT, days_to_submit=10)
VISITS = Measure("visits", "Visits", "Visits", **COUNT, frequency="week", days_to_submit=3, order=1)
SITES = (
    Site("A", "The Ash"),
    Site("B", "Beech", opened=date(2023, 4, 1)),
    Site("C", "Cedar", successor="A", merged_on=date(2023, 5, 1)),
    Site("ALL", "Everybody", kind=SiteKind.REFERENCE),
)
WOOD = Campaign(
    "wood", "Wood", "", date(2023, 2, 1), date(2024, 1, 1), START, date(2023, 3, 1), SITES, (FALLS, VISITS),
    main_measure="falls", time_zone="Europe/London",
)  # fmt: skip


def cells(*rows):
    """(site, measure, period, first at in UTC) as observations, each of one."""
    frame = pd.DataFrame(rows, columns=["site", "measure", "period", "first_at"])
    frame["period"] = pd.to_datetime(frame["period"]).astype("datetime64[us]")
    frame["first_at"] = pd.to_datetime(frame["first_at"], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    out = frame.assign(group="all", numerator=np.nan, denominator=np.nan, value=1.0, note="")
    return out.sort_values(["site", "measure", "period"], ignore_index=True)


def monthly(site, *firsts, measure="falls"):
    """One cell for each month from January on, first in at these moments; None where it is not in."""
    months = pd.period_range(START, periods=len(firsts), freq="M")
    return [(site, measure, str(m.start_time.date()), at) for m, at in zip(months, firsts) if at]


def row(found, site, measure="falls"):
    table = found.table
    return table[((table["site"] == site) & (table["measure"] == measure)).to_numpy()].iloc[0]


def test_on_time_late_and_missing_by_the_day_it_was_due():
    """January falls due on 10 February; the last minute counts, in the campaign's own time zone."""
    firsts = ("2023-02-10T23:59", "2023-03-11T00:01", None, "2023-05-10T22:59", "2023-06-10T23:01")
    found = row(completeness(review(cells(*monthly("A", *firsts)), WOOD, date(2023, 6, 30))), "A")
    assert (found["on_time"], found["late"], found["missing"], found["due"]) == (2, 2, 1, 1)
    assert found["since"] == pd.Timestamp("2023-03-01")
    assert (found["period"], found["timing"]) == (pd.Timestamp("2023-05-01"), Timing.LATE)
    assert found["streak"] == 0


def test_on_the_day_it_is_due_nothing_is_missing_yet():
    data = cells(*monthly("A", "2023-02-01T10:00", "2023-03-01T10:00"))
    for day, timing, missing in ((date(2023, 4, 10), Timing.DUE, 0), (date(2023, 4, 11), Timing.MISSING, 1)):
        found = row(completeness(review(data, WOOD, day)), "A")
        assert (found["timing"], found["missing"]) == (timing, missing)


def test_a_streak_ends_with_a_late_or_missing_number_and_not_with_one_that_has_time_left():
    on_time = ["2023-02-01T10:00", "2023-03-01T10:00", "2023-04-01T10:00", "2023-05-01T10:00"]
    data = cells(*monthly("A", *on_time))
    found = row(completeness(review(data, WOOD, date(2023, 6, 5))), "A")
    assert (found["streak"], found["committed"]) == (4, True)
    late = cells(*monthly("A", *on_time[:1], "2023-03-20T10:00", *on_time[2:]))
    found = row(completeness(review(late, WOOD, date(2023, 6, 5))), "A")
    assert (found["streak"], found["committed"]) == (2, False)
    assert row(completeness(review(data, WOOD, date(2023, 6, 11))), "A")["streak"] == 0


def test_what_was_due_before_anything_was_kept_is_neither_on_time_nor_late():
    """A site that joins with its history: from the first moment on its days count."""
    data = cells(*monthly("A", *["2023-04-08T09:00"] * 3, "2023-05-20T09:00"))
    found = row(completeness(review(data, WOOD, date(2023, 5, 31))), "A")
    assert (found["earlier"], found["on_time"], found["late"]) == (2, 1, 1)


def test_a_correction_long_after_leaves_a_number_on_time(observations, campaign, today):
    """The moment that counts is the first: the demo's only change makes March on time."""
    table = completeness(today).table
    assert set(table["timing"]) == {Timing.ON_TIME}
    assert (table["first_at"] == pd.Timestamp("2019-04-11 08:30")).all()
    assert (table["on_time"] == 1).all()
    assert table["missing"].sum() == 9


def test_where_moments_are_not_known_nothing_is_called_late():
    data = cells(*monthly("A", *["2023-06-30T10:00"] * 5)).drop(columns="first_at")
    found = row(completeness(review(data, WOOD, date(2023, 6, 30))), "A")
    assert (found["earlier"], found["late"], found["missing"]) == (5, 0, 0)


def test_a_blanked_number_is_missing_and_not_nought():
    data = cells(*monthly("A", *["2023-02-01T10:00"] * 5))
    data.loc[2, "value"] = np.nan
    found = row(completeness(review(data, WOOD, date(2023, 6, 20))), "A")
    assert (found["missing"], found["since"]) == (1, pd.Timestamp("2023-03-01"))


def test_in_a_demo_nothing_comes_in_after_its_today():
    demo = replace(WOOD, demo=True, today=date(2023, 3, 5))
    data = cells(*monthly("A", "2023-02-01T10:00", "2031-01-01T10:00"))
    assert row(completeness(review(data, demo, demo.today)), "A")["late"] == 0


moments = st.datetimes(pd.Timestamp("2023-01-20"), pd.Timestamp("2023-07-05")).map(lambda x: x.isoformat())
places = st.sampled_from(["A", "B", "C"])


@settings(max_examples=30)
@given(
    st.dictionaries(st.tuples(places, st.sampled_from(["falls", "visits"]), st.integers(0, 30)), moments, max_size=60),
    st.dates(date(2022, 12, 20), TODAY),
)
def test_every_number_is_counted_once_as_a_plain_loop_counts_it(chosen, as_of):
    rows, kinds = [], {"falls": FALLS, "visits": VISITS}
    for (site, measure, n), at in chosen.items():
        alias = "M" if measure == "falls" else "W-SUN"
        period = (pd.Period(START, alias) + n % 12 if measure == "falls" else pd.Period(START, alias) + n).start_time
        rows.append((site, measure, str(period.date()), at))
    rows = list({row[:3]: row for row in rows}.values())
    data = cells(*rows) if rows else cells(("A", "falls", "2031-01-01", "2023-02-01"))
    found = completeness(review(data, WOOD, as_of))
    assert tuple(found.table.columns) == frames.COMPLETENESS
    assert tuple(found.outstanding.columns) == frames.OUTSTANDING
    came = {(s, m, date.fromisoformat(p)): pd.Timestamp(at, tz="UTC").tz_convert("Europe/London").date()
            for s, m, p, at in rows}  # fmt: skip
    over = {key: day for key, day in came.items() if _end(key[2], kinds[key[1]]) <= as_of}
    outstanding = set()
    for line in found.table.to_dict("records"):
        place, measure = WOOD.site(line["site"]), kinds[str(line["measure"])]
        began = min((day for (s, _, _), day in over.items() if s == place.id), default=date.max)
        said, streak = dict.fromkeys(Timing, 0), 0
        for period in _periods(measure, as_of):
            if not (place.opened or START) <= period < (place.merged_on or date.max):
                continue
            due, day = due_on(period, measure), came.get((place.id, measure.id, period))
            if day is None:
                timing = Timing.MISSING if due < as_of else Timing.DUE
                outstanding.add((place.id, measure.id, period, timing))
            else:
                timing = Timing.EARLIER if due < began else Timing.ON_TIME if day <= due else Timing.LATE
            said[timing] += 1
            streak = 0 if timing in (Timing.MISSING, Timing.LATE) else streak + (timing != Timing.DUE)
        assert {t: line[t.replace("-", "_")] for t in Timing} == said
        assert line["expected"] == sum(said.values()) - said[Timing.DUE]
        assert (line["streak"], line["committed"]) == (streak, streak >= STREAK)
    listed = found.outstanding
    assert outstanding == set(
        zip(listed["site"], listed["measure"], listed["period"].dt.date, map(Timing, listed["timing"]))
    )


def _end(period, measure):
    return due_on(period, measure) - timedelta(days=measure.days_to_submit)


def _periods(measure, as_of):
    alias = "M" if measure.frequency == "month" else "W-SUN"
    found = [p.start_time.date() for p in pd.period_range(START, as_of, freq=alias)] if as_of >= START else []
    return [p for p in found if _end(p, measure) <= as_of]


# --- the lead's page ---------------------------------------------------------------------------------


def test_the_board_counts_sites_that_have_sent_everything_for_the_newest_month_due():
    weeks = [("A", "visits", "2023-02-27", "2023-03-07T10:00")]
    data = cells(*monthly("A", "2023-02-01T10:00", "2023-03-01T10:00"), *monthly("C", "2023-02-01T10:00"), *weeks)
    found = board(review(data, WOOD, date(2023, 3, 20)))
    assert (found.period, found.due_on, found.reported) == (date(2023, 2, 1), date(2023, 3, 10), 1)
    assert found.sites["site"].tolist() == ["A", "C"]  # "The Ash" is filed under A, and Beech has not opened
    assert board(review(data, WOOD, date(2023, 4, 2))).next_period == date(2023, 3, 1)


def test_the_board_of_one_measure_is_about_that_measure_alone(today):
    whole, one = board(today), board(today, "admitted")
    assert (whole.reported, one.reported) == (134, 134)
    assert one.measure.id == "admitted"
    assert set(one.outstanding["measure"]) == {"admitted"}
    assert one.sites["missing"].sum() == whole.sites["missing"].sum() == 3
    assert (one.next_period, one.next_due, one.next_reported) == (date(2019, 4, 1), date(2019, 5, 15), 0)
    with pytest.raises(KeyError):
        board(today, "nonsense")


@pytest.mark.parametrize("as_of", [date(2016, 3, 1), date(2016, 4, 30), date(2016, 5, 15)])
def test_the_board_of_the_first_days_is_empty_and_whole(observations, campaign, as_of):
    found = board(review(observations, campaign, as_of))
    assert found.period == (date(2016, 4, 1) if as_of == date(2016, 5, 15) else None)
    assert len(found.sites) == found.sites["site"].nunique()
    assert board(review(observations, campaign, ae.TODAY)).period == date(2019, 3, 1)
