"""Who may see whom to visit: leads by name, everybody else as numbers; and no small count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from measures.access import Forbidden
from measures.actions import read
from measures.demo import ae
from measures.review.exceptional import VisitCounts
from measures.store.opening import open_store
from tests.actions.desks import desk


@pytest.fixture
def kept(seeded):
    store = open_store(seeded)
    yield store
    store.close()


def hiding(at, below):
    """The same desk at a campaign that hides counts of its outcome below a number."""
    measures = tuple(replace(m, hide_below=below if m.id == "within4h" else None) for m in at.campaign.measures)
    campaign = replace(at.campaign, measures=measures)
    whole = at.review()
    return replace(at, campaign=campaign, load=lambda *_: replace(whole, campaign=campaign, _cut={}))


def test_names_are_for_leads_and_counts_for_everybody(kept):
    lead = desk(kept, "lead")
    assert read.visits(lead).change.table["site"].tolist() == ["RDD"]
    for who in ("executive", "team:RJ1", "team:RDD"):
        other = replace(lead, actor=read.stand_in(lead.campaign, who))
        with pytest.raises(Forbidden, match="leads"):
            read.visits(other)
        assert read.visit_counts(other) == VisitCounts(ae.campaign().outcome, read.visits(lead).last, 134, 0, 1, 1)


def test_a_site_whose_counts_are_too_small_to_show_is_not_named(kept):
    """At Basildon 2,887 people were not seen in time this quarter, and 6,240 a year before."""
    lead = desk(kept, "lead")
    (row,) = read.visits(lead).change.table.to_dict("records")
    missed = int(row["denominator"] - row["numerator"])
    assert missed < row["denominator_before"] - row["numerator_before"]
    assert len(read.visits(hiding(lead, missed)).change.table) == 1
    assert len(read.visits(hiding(lead, missed + 1)).change.table) == 0
