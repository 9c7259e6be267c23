"""A changed definition: a lead's decision that breaks every chart of the measure, and what it says."""

from datetime import date

import numpy as np
import pytest

from measures.access import Forbidden
from measures.actions import definitions, read, rebases
from measures.actions.definitions import Overtaken
from measures.actions.entries import Refused
from measures.charts.spc import spc_chart
from measures.demo import ae
from measures.words import chart as chart_words
from measures.words import definitions as words
from tests.actions.test_completeness import desk

ON = date(2018, 4, 1)
HOW, WHY = "Only the main departments are counted", "The national guidance changed"


def change(store, who="lead", on=ON, text=HOW, reason=WHY, **rest):
    return definitions.change(desk(store, who), "within4h", on, text, reason, **rest)


def test_every_chart_of_the_measure_has_new_limits_from_there_and_no_other_has(store):
    before = desk(store).review()
    made = change(store)
    after = desk(store).review()
    assert after.redefinitions == (made,)
    same = ["period", "site", "measure"]
    assert before.points[same].equals(after.points[same])
    moved = after.points["phase"].to_numpy() - before.points["phase"].to_numpy()
    here = ((after.points["measure"] == "within4h") & (after.points["period"] >= "2018-04-01")).to_numpy()
    first = (
        after.points.groupby(["site", "measure"], observed=True)["period"].transform("min") < "2018-04-01"
    ).to_numpy()
    assert np.array_equal(moved, (here & first).astype(int))


def test_a_month_without_a_number_breaks_at_the_next_one(store):
    """East and North Hertfordshire sent nothing for September 2017."""
    change(store, on=date(2017, 9, 1))
    points = read.site(desk(store), "RWH").points
    assert points.loc[(points["phase"] == 2).to_numpy(), "period"].min() == np.datetime64("2017-10-01")


def test_a_definition_that_changes_later_than_the_screen_is_not_there_yet(store):
    change(store)
    assert desk(store, as_of=date(2018, 3, 15)).review().redefinitions == ()
    assert read.site(desk(store, as_of=date(2018, 3, 15)), "RJ1").points["phase"].nunique() == 1


def test_the_line_breaks_and_says_so_in_the_chart_and_in_words(store):
    made = change(store)
    view = read.site(desk(store), "RJ1")
    spec = str(spc_chart(view.points, unit="%", redefined=words.on_chart(view.redefined, "within4h")).to_dict())
    assert "Counted differently from Apr 2018" in spec
    assert HOW in spec
    rows = [row for name, rows in _data(view).items() for row in rows if "segment" in row]
    by = {row["t"]: row["segment"] for row in rows}
    assert len(set(by.values())) == 2
    (said,) = words.beneath(view.redefined, view.measure)
    assert said == (
        f"Counted differently from April 2018: {HOW}. Why: {WHY}. What lies before and after cannot be compared."
    )
    row = view.series.iloc[0].to_dict()
    assert "; counted differently from April 2018" in chart_words.alt(view, row)
    assert words.on_chart(view.redefined, "admitted") == []
    assert words.since(made, view.measure) == "Counted differently from April 2018"


def _data(view):
    chart = spc_chart(view.points, unit="%", redefined=words.on_chart(view.redefined, "within4h"))
    return chart.to_dict()["datasets"]


def test_it_is_taken_back_with_a_reason_and_can_be_said_again(store):
    made = change(store)
    with pytest.raises(Refused, match="few words"):
        definitions.withdraw(desk(store), made, "oops")
    back = definitions.withdraw(desk(store), made, "It was the other measure")
    assert desk(store).review().redefinitions == ()
    assert definitions.history(desk(store)) == (back, made)
    assert change(store, text="Only patients over 65 years").stands


def test_two_leads_and_one_definition(store):
    first = change(store)
    with pytest.raises(Overtaken) as other:
        change(store, text="Something else altogether here")
    assert other.value.stands == first
    later = change(store, text="Something else altogether here", seen=first.id)
    with pytest.raises(Overtaken):
        definitions.withdraw(desk(store), first, "It was a mistake")
    assert definitions.listed(desk(store)) == (later,)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": "new"}, "how it is counted"),
        ({"reason": " "}, "Say why"),
        ({"on": date(2016, 4, 1)}, "not the first"),
        ({"on": date(2019, 5, 1)}, "choose a month that is over"),
        ({"on": date(2018, 4, 2)}, "choose a month"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(store, wrong, says):
    before = store.version(ae.ID)
    with pytest.raises(Refused, match=says):
        change(store, **wrong)
    assert store.version(ae.ID) == before


def test_only_a_lead_changes_a_definition_and_not_while_looking_back(store):
    made = change(store)
    for who in ("team:RJ1", "executive"):
        for ask in (
            lambda who=who: change(store, who, on=date(2018, 5, 1)),
            lambda who=who: definitions.withdraw(desk(store, who), made, "It was a mistake"),
            lambda who=who: definitions.listed(desk(store, who)),
            lambda who=who: definitions.history(desk(store, who)),
        ):
            with pytest.raises(Forbidden):
                ask()
    with pytest.raises(Refused, match="earlier date"):
        definitions.change(desk(store, as_of=date(2018, 5, 15)), "within4h", ON, HOW, WHY)


def test_it_cannot_be_taken_out_by_a_decision_about_limits(store):
    """A rebase at the same month may come and go: the break stays."""
    change(store)
    at = desk(store)
    accepted = rebases.accept(at, "RJ1", "within4h", ON, "A new rota began then")
    rebases.withdraw(desk(store), "RJ1", "within4h", ON, "It did not begin", accepted.id)
    assert read.site(desk(store), "RJ1").points["phase"].nunique() == 2
