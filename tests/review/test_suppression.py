"""Small numbers are held back where they are shown, and nowhere else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.actions import corrections, read
from measures.charts.spc import spc_chart
from measures.demo import ae
from measures.model import Direction, Family, Form, Measure
from measures.review import suppression
from measures.store.base import Entry
from measures.words import site as words
from tests.actions.conftest import seeded, store
from tests.actions.test_completeness import desk

__all__ = ["seeded", "store"]

OF = dict(definition="", family=Family.OUTCOME, better=Direction.DOWN, unit="", numerator_label="")
MEASURES = tuple(
    Measure(form.value, form.value, form.value, form=form, **OF, hide_below=5)
    for form in (Form.COUNT, Form.PROPORTION, Form.RATE, Form.VALUE)
)
nan = float("nan")


def frame(*rows):
    return pd.DataFrame(rows, columns=["measure", "numerator", "denominator", "value"])


@pytest.mark.parametrize(
    ("row", "small"),
    [
        (("count", nan, nan, 4.0), True),
        (("count", nan, nan, 5.0), False),
        (("count", nan, nan, 0.0), True),
        (("proportion", 4.0, 100.0, 0.04), True),
        (("proportion", 96.0, 100.0, 0.96), True),  # the four others are as few
        (("proportion", 95.0, 100.0, 0.95), False),
        (("proportion", 3.0, 4.0, 0.75), True),
        (("rate", 4.0, 900.0, 4.4), True),
        (("rate", 20.0, 21.0, 9.5), False),  # days are no people
        (("value", nan, nan, 1.0), False),
        (("count", nan, nan, nan), False),
    ],
)
def test_what_is_small(campaign, row, small):
    own = replace(campaign, measures=MEASURES)
    assert suppression.hidden(frame(row), own).tolist() == [small]
    assert suppression.shown(frame(row), own)["value"].isna().tolist() == [small or np.isnan(row[3])]
    assert not suppression.hidden(frame(row), replace(own, measures=(replace(MEASURES[0], hide_below=None),))).any()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=20), st.integers(2, 9))
def test_no_part_of_a_whole_that_is_shown_is_below_the_bound(pairs, bound):
    rows = [("proportion", float(min(p)), float(max(p)), 0.5) for p in pairs]
    own = replace(ae.campaign(), measures=(replace(MEASURES[1], hide_below=bound),))
    left = suppression.shown(frame(*rows), own).dropna(subset="numerator")
    assert (left["numerator"] >= bound).all()
    assert (left["denominator"] - left["numerator"] >= bound).all()
    assert len(left) == sum(min(p) >= bound and max(p) - min(p) >= bound for p in pairs)


def test_the_sites_own_team_sees_every_number_and_a_lead_does_not(store):
    """The limits are those of all numbers for both."""
    entry = Entry("RJ1", "within4h", date(2019, 3, 1), numerator=19_015, denominator=19_017, seen=1)
    store.record(ae.ID, [entry], actor="Ann", source="typed", at=pd.Timestamp("2019-05-01T09:00Z").to_pydatetime())

    def look(who):
        at = desk(store, who)
        measures = tuple(replace(m, hide_below=5 if m.id == "within4h" else None) for m in at.campaign.measures)
        hiding = replace(at.campaign, measures=measures)

        def load(id, _, day, known):
            return replace(read.compute(store, id, day, known), campaign=hiding, _cut={})

        return replace(at, campaign=hiding, load=load)

    own, lead = look("team:RJ1"), look("lead")
    mine, theirs = read.site(own, "RJ1"), read.site(lead, "RJ1")
    assert mine.points["numerator"].iloc[-1] == 19_015
    assert np.isnan(theirs.points[["numerator", "denominator", "value"]].iloc[-1]).all()
    assert theirs.points["numerator"].iloc[:-1].equals(mine.points["numerator"].iloc[:-1])
    assert theirs.points["upper"].equals(mine.points["upper"])
    assert words.points_table(theirs).iloc[0].tolist()[1:4] == ["fewer than 5"] * 3
    assert "fewer" not in str(words.points_table(mine).iloc[0].tolist())
    assert np.isnan(theirs.series.loc[(theirs.series["measure"] == "within4h").to_numpy(), "last"]).all()
    assert np.isnan(read.sites(lead).table.set_index("site").loc["RJ1", "last"])
    assert read.sites(lead).table["last"].isna().sum() == 1
    said = [words.heading(theirs), words.chart_title(theirs), words.alt(theirs), words.distance(theirs)]
    assert not [text for text in said if "100.0%" in text or "nan" in text]
    spec = str(spc_chart(theirs.points, theirs.paths, unit="%").to_dict())
    assert "19,015" not in spec
    assert "19,015" in str(spc_chart(mine.points, mine.paths, unit="%").to_dict())
    beside = [set(read.funnel(at).table["site"]) for at in (lead, desk(store))]
    assert beside[1] - beside[0] == {"RJ1"}
    assert 19_015 not in corrections.of_series(lead, "RJ1", "within4h")["numerator"].tolist()
    assert 19_015 in corrections.of_series(own, "RJ1", "within4h")["numerator"].tolist()
    assert 19_015 not in read.history(lead, "RJ1", date(2019, 3, 1))["numerator"].tolist()


def test_limits_made_of_little_else_than_hidden_numbers_are_held_back_too(store):
    at = desk(store, "lead")
    measures = tuple(replace(m, hide_below=10**9 if m.id == "within4h" else None) for m in at.campaign.measures)
    hiding = replace(at.campaign, measures=measures)

    def load(id, _, day, known):
        return replace(read.compute(store, id, day, known), campaign=hiding, _cut={})

    view = read.site(replace(at, campaign=hiding, load=load), "RJ1")
    assert view.points[[*suppression.NUMBERS, *suppression.LINES]].isna().all(axis=None)
    said = [words.heading(view), words.chart_title(view), words.alt(view), words.distance(view)]
    assert not [text for text in said if "nan" in text.lower() or "%" in text.replace("88.1%", "")]
    spc_chart(view.points, view.paths, unit="%").to_dict()
