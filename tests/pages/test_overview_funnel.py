"""The sites side by side, and proposed limits in the list: what a lead is shown, what stays nameless, the URL."""

from __future__ import annotations

import dataclasses

import pytest

from measures.actions import read
from measures.demo import ae
from measures.review.views import alphabetical
from measures.web.components import funnel
from tests.pages.test_pages import app, database, shown, titles

__all__ = ["database"]

NAMES = {s.id: s.name for s in ae.campaign().sites if s.kind == "site" and len(s.name) > 8}
BEST = ["Bedfordshire Hospitals", "North Tees and Hartlepool", "Sheffield Children's", "Yeovil District Hospital"]


def overview(**view):
    at = app("lead", "overview", **view)
    assert not at.exception
    assert len(at.title) == 1
    return at


MARKED, LEVEL, CHANGE = "Sites marked in the picture, A to Z", "quarter after quarter, A to Z", "others did, A to Z"


def listing(at, caption):
    """The markup of the one list with this caption."""
    found = [str(p.proto) for p in at.get("bidi_component") if caption in str(p.proto)]
    return found[0] if len(found) == 1 else ""


def named(at):
    said = shown(at)
    return sorted((name for name in NAMES.values() if name in said), key=alphabetical)


def charts(at):
    return at.get("vega_lite_chart")


def test_the_list_is_what_one_sees_first():
    at = overview()
    assert "could use a hand" in titles(at)[0]
    assert at.segmented_control(key="overview.view").value == "list"
    assert not charts(at)
    assert "view" not in at.query_params


def test_side_by_side_is_a_sentence_a_picture_and_those_worth_a_visit():
    at = overview(view="funnel")
    assert titles(at) == [
        "Over the 12 months to March 2019, 4 of 134 sites did better than chance and ordinary differences explain"
    ]
    assert len(charts(at)) == 1
    said = shown(at)
    assert "Four sites are marked in the picture" in said
    assert "The band is widened to allow for such ordinary differences" in said
    assert "nearer to them next time even if nothing changes" in said
    assert "98.1% of 151,310 attendances" in said
    assert "not shown" not in said


def test_only_those_marked_or_worth_a_visit_are_named_and_a_to_z():
    for view in ({"months": "12"}, {"months": "1"}, {"months": "1", "as_of": "2019-02"}):
        at = overview(view="funnel", **view)
        everybody = set()
        for caption in (MARKED, LEVEL, CHANGE):
            markup = listing(at, caption)
            listed = [name for name in named(at) if name.replace("'", "&#x27;") in markup or name in markup]
            places = [markup.find(name.split("'")[0]) for name in listed]
            assert places == sorted(places)
            everybody |= set(listed)
        assert everybody == set(named(at)), "named in a list or nowhere"


def test_worth_a_visit_is_asked_of_the_quarter_and_each_has_its_reasons():
    at = overview(view="funnel")
    said = shown(at)
    assert "Worth a visit: one site" in [h.value.replace("\\", "") for h in at.header]
    assert "January to March 2019, 134 sites with every figure, A to Z." in said
    assert "Somebody is always at its good end" in said
    markup = listing(at, CHANGE)
    assert "Basildon and Thurrock University Hospitals" in markup
    assert "9.5 points better than in the same quarter a year before (0.5 points better was usual)" in markup
    assert "next quarter expect about 5.8 points better than a year before." in markup
    assert "One other site stood out this quarter alone: wait for a second figure." in markup


def test_the_first_year_of_a_campaign_says_what_it_cannot_compare():
    said = shown(overview(view="funnel", as_of="2016-09", months="1"))
    assert "Worth a visit: nobody in particular this quarter" in said
    assert "part of a change may be the season" in said
    assert "Some of these quarters lie in the baseline" in said


def test_those_on_the_other_side_are_a_number_and_no_more():
    at = overview(view="funnel", months="1", as_of="2019-02")
    assert titles(at)[0].startswith("In February 2019, 4 of 134 sites did better")
    assert titles(at)[0].endswith("; 2 could use a hand")
    assert len([name for name in named(at) if name.split("'")[0] in listing(at, MARKED)]) == 4


def test_a_click_of_the_switch_and_of_the_span_is_kept_in_the_url():
    at = overview()
    at.segmented_control(key="overview.view").set_value("funnel").run()
    assert at.query_params["view"] == "funnel"
    assert titles(at)[0].startswith("Over the 12 months")
    at.pills(key="overview.months").set_value(1).run()
    assert at.query_params["months"] == "1"
    assert titles(at)[0].startswith("In March 2019, 14 of 134")
    at.pills(key="overview.measure").set_value("admitted").run()
    assert at.query_params["measure"] == "admitted"
    assert "differed by more than" in titles(at)[0]
    at.segmented_control(key="overview.view").set_value("list").run()
    assert at.query_params["view"] == "list"
    assert not charts(at)


def test_only_measures_out_of_something_can_be_chosen():
    options = overview(view="funnel").pills(key="overview.measure").options
    assert options == ["Seen within four hours", "Admitted as an emergency"]


def test_a_measure_where_neither_is_better_lists_nobody():
    at = overview(view="funnel", measure="admitted")
    assert "Nobody is listed for this measure" in shown(at)
    assert "it cannot say whom to visit" in shown(at)
    assert not named(at)


def test_where_nobody_stands_out_it_says_so_kindly():
    at = overview(view="funnel", months="1", as_of="2017-03")
    assert titles(at) == ["In March 2017, all 139 sites differed no more than chance and ordinary differences explain"]
    assert "Nobody stands out this time, and that is the usual thing" in shown(at)
    assert not named(at)


def test_sites_that_lack_a_month_are_counted():
    at = overview(view="funnel", months="12", as_of="2018-04")
    assert "Two more sites are not shown: a month of their figures is missing." in shown(at)


@pytest.mark.parametrize(
    ("view", "says", "headline"),
    [
        ({"view": "rank"}, "here, so you see the list", "could use a hand"),
        (
            {"view": "funnel", "months": "7"},
            "is not a number of months that can be shown here: choose 1, 3 or 12.",
            "Over the 12 months to March 2019",
        ),
        ({"view": "funnel", "measure": "zzz"}, "There is no measure called", "Over the 12 months to March 2019"),
        (
            {"view": "funnel", "measure": "attendances"},
            "is not out of anything, so sites of different size",
            "4 of 134 sites",
        ),
    ],
)
def test_a_parameter_that_cannot_be_used_says_so_and_falls_back(view, says, headline):
    at = overview(**view)
    assert says in shown(at)
    assert headline in titles(at)[0]


def test_without_months_enough_a_shorter_span_is_offered():
    at = overview(view="funnel", months="12", as_of="2016-05")
    assert titles(at) == ["There are not 12 months to compare yet"]
    assert "Choose a shorter time above" in shown(at)
    assert not charts(at)
    at = overview(view="funnel", as_of="2016-05")
    assert titles(at)[0].startswith("In May 2016, "), "unasked, the longest span that there is"


@pytest.mark.parametrize("month", ["2016-04", "2016-06", "2017-10", "2018-07"])
@pytest.mark.parametrize("months", ["1", "3", "12"])
def test_every_month_can_be_looked_back_at(month, months):
    for measure in ("within4h", "admitted"):
        overview(view="funnel", months=months, as_of=month, measure=measure)


def test_few_sites_are_a_sketch(monkeypatch):
    whole = read.funnel

    def few(*asked):
        found = whole(*asked)
        return dataclasses.replace(found, table=found.table.head(7), few=True)

    monkeypatch.setattr(read, "funnel", few)
    assert "With seven sites this picture says little" in shown(overview(view="funnel"))


@pytest.mark.parametrize("sites", [0, 1])
def test_one_site_is_no_comparison(monkeypatch, sites):
    whole = read.funnel
    monkeypatch.setattr(
        read, "funnel", lambda *asked: dataclasses.replace(found := whole(*asked), table=found.table.head(sites))
    )
    at = overview(view="funnel", months="1")
    assert not charts(at)
    assert "Nothing to lay" in shown(at)


def test_without_denominators_it_says_why(monkeypatch):
    monkeypatch.setattr(funnel, "suits", lambda measure: False)
    at = overview(view="funnel")
    assert titles(at) == ["There is nothing to lay side by side"]
    assert "a number is out of something" in shown(at)
    assert not charts(at)


@pytest.mark.parametrize("who", ["executive", "team:RJ1"])
def test_nobody_else_is_sent_any_of_it(who):
    at = app(who)
    with pytest.raises(ValueError, match="page"):
        at.switch_page("pages/programme/overview.py").run()
    at = app(who, view="funnel", months="1")
    assert "In the quarter to March 2019, one of 134 sites is worth a visit" in shown(app(who, "summary"))
    for words in ("Worth a visit", "wait for a second figure", "was usual"):
        assert words not in shown(at)
    if who == "executive":
        assert not named(at)


# ------------------------------------------------------------------ new limits


def test_proposed_limits_are_one_filter_and_one_quiet_line():
    at = overview()
    assert "Headway proposes new limits at 68 sites; a person decides." in shown(at)
    assert at.pills(key="sites.only").options[-1] == "New limits proposed"
    assert "in a row" not in shown(at)
    at.pills(key="sites.only").set_value("proposed").run()
    assert not at.exception
    said = shown(at)
    assert "68 sites of 134 match. All proposed limits are a trial still" in said
    assert said.count("months in a row ") == 25
    assert "site?campaign=ae&site=RCF&measure=within4h" in said
    assert "11 months in a row above the old average of 91.2% from August 2017 on" in said


def test_the_filter_works_with_the_search_and_when_nothing_is_proposed():
    at = overview()
    at.pills(key="sites.only").set_value("proposed")
    at.text_input(key="sites.find").set_value("airedale").run()
    assert shown(at).count("months in a row ") == 1
    at = overview(as_of="2016-06")
    assert "proposes new limits" not in shown(at)
    at.pills(key="sites.only").set_value("proposed").run()
    assert not at.exception
    assert "No site matches" in shown(at)
