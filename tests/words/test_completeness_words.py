"""What is said about what has come in: counts that agree, kind words, and nothing that calls a gap nought."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from measures.model import Timing
from measures.review.completeness import board, completeness
from measures.words import completeness as words


@pytest.fixture
def march(today):
    """March 2019, all in; April has time left."""
    return board(today)


def waiting(march, sites, as_of=date(2019, 4, 20), period="2019-03-01"):
    """The same board where these sites have not sent March."""
    rows = [
        (site, measure.id, pd.Timestamp(period), pd.Timestamp("2019-04-15"), Timing.MISSING.value)
        for site in sites
        for measure in march.campaign.measures
    ]
    found = pd.DataFrame(rows, columns=list(march.outstanding.columns))
    return replace(march, as_of=as_of, reported=134 - len(sites), outstanding=found, next_period=None)


@pytest.mark.parametrize(
    ("missing", "as_of", "says"),
    [
        ([], date(2019, 4, 20), "All 134 sites have reported March 2019"),
        (["RJ1"], date(2019, 4, 20), "133 of 134 sites have reported March 2019; one is late"),
        (["RJ1", "R1H", "RA7"], date(2019, 4, 20), "131 of 134 sites have reported March 2019; three are late"),
        (["RJ1", "R1H"], date(2019, 4, 15), "132 of 134 sites have reported March 2019; for two it is due today"),
    ],
)  # fmt: skip
def test_the_headline_counts_who_has_reported_and_who_is_late(march, missing, as_of, says):
    assert words.heading(waiting(march, missing, as_of)) == says


def test_the_headline_where_nobody_has_and_where_nothing_is_due(march):
    nobody = replace(march, reported=0, as_of=date(2019, 4, 20))
    assert words.heading(nobody) == "Nobody has reported March 2019 yet; it was due by 15 April"
    assert words.heading(replace(march, period=None)) == "Nothing has fallen due yet"
    assert words.heading(replace(march, sites=march.sites.iloc[:1], reported=1)) == "The site has reported March 2019"


def test_not_reported_is_said_never_to_be_nought(march):
    said = " ".join(words.lede(march))
    assert "April is due by 15 May; none is in yet." in said
    assert "Three sites have an earlier month missing." in said
    assert "never counted as nought" in said
    assert words.earlier(march).startswith("Headway has kept this campaign's numbers since 11 April 2019.")


def test_reminders_say_who_what_and_since_when_and_thank_everybody(march):
    text = words.reminders(march)
    assert "The Rotherham\n  November 2016 (all three numbers), due by 15 December 2016\n" in text
    assert text.index("East and North Hertfordshire") < text.index("The Rotherham") < text.index("Sheffield")
    assert "April 2019 is due by 15 May 2019, from everybody." in text
    assert text.endswith("Thank you for all that you have sent already.")
    assert not re.findall(r"\b(fail\w*|late|must|nought|zero)\b", text)


def test_months_that_follow_one_another_are_one_line_and_each_measure_is_named(march):
    first = waiting(march, ["RJ1"], period="2019-03-01").outstanding
    rows = [first.assign(period=pd.Timestamp(month)) for month in ("2018-12-01", "2019-01-01", "2019-02-01")]
    one = first.assign(period=pd.Timestamp("2019-03-01"))[:1]
    two = first.assign(period=pd.Timestamp("2018-06-01"))
    found = words.missing(replace(march, outstanding=pd.concat([*rows, one, two], ignore_index=True)))
    assert found == {
        "RJ1": [
            "June 2018 (all three numbers), due by 15 April 2019",
            "December 2018 to February 2019 (all three numbers), due by 15 April 2019",
            f"March 2019 ({march.campaign.measure(one['measure'].iloc[0]).short}), due by 15 April 2019",
        ]
    }


def test_those_who_have_still_to_send_what_has_time_left_are_named_where_it_is_not_everybody(march):
    some = march.outstanding["site"].isin(["RJ1", "R1H"]).to_numpy()
    text = words.reminders(replace(march, outstanding=march.outstanding[some]))
    assert "April 2019 is due by 15 May 2019. Still to come from:\n  Barts Health\n  Guy's and St Thomas'\n" in text


def test_no_reminder_where_everything_is_in(march):
    assert words.reminders(replace(march, outstanding=march.outstanding.iloc[:0])) == ""


def test_a_site_reads_its_own_completeness_in_a_line(today):
    rows = completeness(today).table
    say = {
        site: words.of_site(rows[(rows["site"] == site).to_numpy()], today.campaign) for site in ("RJ1", "RFR")
    }  # fmt: skip
    assert say["RJ1"] == "Fully committed: 36 months in a row without a late or missing number."
    assert say["RFR"].endswith("November 2016 is still to come in.")
    mine = rows[(rows["site"] == "RJ1").to_numpy()]
    gone = mine.assign(streak=0, missing=3, since=pd.Timestamp("2019-01-01"))
    assert words.of_site(gone, today.campaign) == "January 2019 and two later months are still to come in."
    assert words.of_site(rows.iloc[:0], today.campaign) == ""
