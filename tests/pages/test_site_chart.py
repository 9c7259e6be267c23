"""A site's chart: looked at in another way, and decided about, by those who may and by nobody else."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from measures.actions import read
from measures.charts.spc import key_names, spc_chart
from measures.demo import ae
from measures.model import RebaseStatus
from measures.review import views
from measures.review.limits import offered
from measures.review.proposals import proposals
from measures.store.opening import open_store
from measures.web.components import parts
from measures.words import decisions as words
from measures.words import which
from tests.pages.test_pages import app, database, shown, titles  # noqa: F401

MAIN = "within4h"
WHY = "The **front** door was rebuilt"
ALL_WAYS = [("within4h", "p", "we"), ("within4h", "run", "ihi"), ("attendances", "c", "anhoej")]


@pytest.fixture(scope="module")
def store(database):  # noqa: F811
    opened = open_store(database)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def proposed(store):
    """Sites with one proposal about the outcome, and its date; each test takes its own."""
    rows = proposals(read.compute(store, ae.ID, ae.TODAY))
    rows = rows[(rows["measure"] == MAIN).to_numpy()]
    single = rows.drop_duplicates("site", keep=False)
    return iter(list(zip(single["site"].astype(str), single["on"].dt.date, strict=True)))


def at_site(site, who="lead", **view) -> AppTest:
    at = app(who, "site", site=site, **view)
    assert not at.exception
    return at


def header(at) -> str:
    return next(iter(at.header)).value.replace("\\", "")


def key(site, rest) -> str:
    return f"site.{ae.ID}.{site}.{MAIN}.{rest}"


def has(at, kind, name) -> bool:
    return any(element.key == name for element in getattr(at, kind))


def asked(at) -> tuple[str, str]:
    """The kind and the rules in the address."""
    found = (at.query_params.get(name, "") for name in ("kind", "rules"))
    return tuple(x if isinstance(x, str) else "".join(x) for x in found)


def press(at, name):
    at.button(key=name).click().run()
    assert not at.exception


def decide(at, site, on, why, name="accept"):
    at.text_area(key=key(site, f"reason.{on}")).set_value(why)
    press(at, f"decide.{name}.{on}")


def standing(store, site):
    return [r for r in store.rebases(ae.ID) if r.site == site]


# --- another way of looking --------------------------------------------------------------------------


def test_another_chart_and_other_rules_live_in_the_address():
    at = at_site("RJ1")
    assert "Drawn as" not in shown(at)
    at.radio(key="site.chart.kind").set_value("run").run()
    assert asked(at) == ("run", "")
    assert "Drawn as a run chart with Making Data Count rules." in shown(at)
    at.radio(key="site.chart.rules").set_value("ihi").run()
    assert asked(at) == ("run", "ihi")
    assert header(at) == "March is the seventh month in a row below the median"
    assert "Drawn as a run chart with IHI rules. The campaign looks at Individuals (XmR), Making Data" in shown(at)
    assert not at.exception
    press(at, "site.chart.back")
    assert asked(at) == ("", "")
    assert "Drawn as" not in shown(at)
    at.radio(key="site.chart.kind").set_value("run").run()
    at.radio(key="site.chart.kind").set_value("xmr").run()
    assert asked(at) == ("", "")


def test_a_way_of_looking_changes_nobody_elses_page():
    at_site("RJ1", kind="run", rules="ihi")
    assert "Drawn as" not in shown(at_site("RJ1", who="team:RJ1"))


def test_another_series_is_drawn_as_the_campaign_has_it():
    at = at_site("RJ1", kind="run", rules="ihi")
    at.pills[0].set_value("attendances").run()
    assert asked(at) == ("", "")
    assert "Drawn as" not in shown(at)
    at = at_site("RJ1", kind="run", rules="ihi")
    at.selectbox(key="site.choose.RJ1").set_value("R0A").run()
    assert titles(at)[0].startswith("Manchester University")
    assert "Drawn as" not in shown(at)
    assert not at.exception


def test_another_page_forgets_it():
    at = at_site("RJ1", kind="run")
    at.switch_page("pages/executive/summary.py").run()
    assert asked(at) == ("", "")
    at.switch_page("pages/team/site.py").run()
    assert "Drawn as" not in shown(at)


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ({"kind": "zzz"}, "is not a chart that this measure can be drawn as, so you see the campaign's"),
        ({"kind": "c"}, "is not a chart that this measure can be drawn as, so you see the campaign's"),
        ({"rules": "<b>x</b>"}, "<b>x</b>"),
        ({"rules": "nothing"}, "is not a set of rules, so you see the campaign's"),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_says_so(view, says):
    at = at_site("RJ1", **view)
    assert says in shown(at)
    assert "Drawn as" not in shown(at)


@pytest.mark.parametrize(("measure", "kind", "rules"), ALL_WAYS)
@pytest.mark.parametrize("month", ["", "2016-05"])
def test_each_way_is_drawn_without_an_error(measure, kind, rules, month):
    at = at_site("R0A" if not month else "RJ1", measure=measure, kind=kind, rules=rules, as_of=month)
    assert len(at.title) == 1
    assert "Drawn as" in shown(at)


def test_every_kind_and_rule_set_can_be_drawn(store):
    found = read.compute(store, ae.ID, ae.TODAY)
    for measure in ae.MEASURES:
        for kind, rules in product(offered(measure), which.RULES):
            view = views.site(found, "RXC", measure.id, kind, rules)
            paths = view.paths if len(view.paths) else None
            more = {"centre_name": view.look.centre_name, "proposed": words.proposals_note(view)}
            spc_chart(view.points, paths, unit=parts.unit_of(measure), **more).to_dict(validate=False)
            assert ("range" in key_names(view.points, paths, **more)) is view.look.has_limits


# --- proposals ---------------------------------------------------------------------------------------


def test_a_lead_accepts_a_proposal_and_takes_it_back(store, proposed):
    site, on = next(proposed)
    at = at_site(site)
    assert f"New limits are proposed from {words.period(on, ae.MEASURES[0])}" in [h.value for h in at.header]
    decide(at, site, on, WHY)
    (kept,) = standing(store, site)
    assert (kept.on, kept.status, kept.reason, kept.author) == (on, RebaseStatus.ACCEPTED, WHY, "Programme lead")
    assert "months in a row" in kept.proposed
    assert "Thank you for saying why." in shown(at)
    assert "are proposed" not in shown(at)
    assert WHY in shown(at)
    press(at, "decide.undo")
    assert [r.status for r in standing(store, site)] == [RebaseStatus.WITHDRAWN]
    assert "any more" in shown(at)
    assert not has(at, "button", "decide.undo")


def test_a_team_declines_a_proposal_about_its_own_site(store, proposed):
    site, on = next(proposed)
    at = at_site(site, who=f"team:{site}")
    decide(at, site, on, "We mean to win this back", "decline")
    (kept,) = standing(store, site)
    assert kept.status == RebaseStatus.DECLINED
    assert kept.author.endswith(" team")
    assert "will not be proposed again" in shown(at)
    again = at_site(site)
    assert "are proposed" not in shown(again)
    assert "limits kept as they are" in shown(again).lower()


@pytest.mark.parametrize(("why", "says"), [("", "Say why in a few words"), ("the door", "Say a little more about why")])
def test_a_decision_without_a_reason_is_refused_and_what_was_typed_stays(store, proposed, why, says):
    site, on = next(proposed)
    at = at_site(site)
    decide(at, site, on, why)
    assert says in shown(at)
    assert at.text_area(key=key(site, f"reason.{on}")).value == why
    assert standing(store, site) == []
    at.run()
    assert says not in shown(at)


def test_what_was_typed_is_there_after_a_look_elsewhere(proposed):
    site, on = next(proposed)
    at = at_site(site)
    at.text_area(key=key(site, f"reason.{on}")).set_value("The new front door").run()
    at.pills[0].set_value("attendances").run()
    assert not has(at, "text_area", key(site, f"reason.{on}"))
    at.pills[0].set_value(MAIN).run()
    assert at.text_area(key=key(site, f"reason.{on}")).value == "The new front door"


def test_somebody_else_was_first_and_nothing_typed_is_lost(store, proposed):
    site, on = next(proposed)
    at, other = at_site(site), at_site(site, who=f"team:{site}")
    decide(other, site, on, "We mean to win this back", "decline")
    decide(at, site, on, WHY)
    said = shown(at)
    assert "Somebody else decided about this while you were looking." in said
    assert "limits kept as they are" in said
    assert "We mean to win this back" in said
    assert at.text_area(key=key(site, f"reason.{on}")).value == WHY
    assert not has(at, "button", f"decide.decline.{on}")
    press(at, f"decide.accept.{on}")
    assert [(r.status, r.reason) for r in standing(store, site)] == [(RebaseStatus.ACCEPTED, WHY)]
    assert "Somebody else" not in shown(at)


def test_who_was_overtaken_may_leave_it_at_that(store, proposed):
    site, on = next(proposed)
    at, other = at_site(site), at_site(site, who=f"team:{site}")
    decide(other, site, on, "The rooms were rebuilt")
    decide(at, site, on, "We mean to win this back", "decline")
    assert "Somebody else decided" in shown(at)
    assert not has(at, "button", f"decide.accept.{on}")
    press(at, f"decide.leave.{on}")
    assert "Somebody else" not in shown(at)
    assert [r.status for r in standing(store, site)] == [RebaseStatus.ACCEPTED]


def test_what_was_taken_back_meanwhile_cannot_be_undone_again(store, proposed):
    site, on = next(proposed)
    at = at_site(site)
    decide(at, site, on, WHY)
    (kept,) = standing(store, site)
    other = at_site(site)
    other.text_area(key=key(site, f"back.{kept.id}")).set_value("It was the wrong month")
    press(other, f"decide.back.{kept.id}")
    press(at, "decide.undo")
    assert "Somebody else decided about this" in shown(at)
    assert "your words are still here" not in shown(at)
    assert [r.reason for r in standing(store, site)] == ["It was the wrong month"]


# --- a month of one's own, and points left out -------------------------------------------------------


def test_new_limits_from_a_month_that_nobody_proposed(store):
    at, on = at_site("RGT"), date(2018, 6, 1)
    box = at.selectbox(key=key("RGT", "another.on"))
    assert box.value is None
    assert "April 2016" not in box.options
    assert at.button(key="decide.another.start").disabled
    box.set_value(on).run()
    assert at.button(key="decide.another.start").label == "Start new limits from June 2018"
    at.text_area(key=key("RGT", "another")).set_value(WHY)
    press(at, "decide.another.start")
    (kept,) = standing(store, "RGT")
    assert (kept.on, kept.status, kept.proposed) == (on, RebaseStatus.ACCEPTED, "")
    assert "June 2018" not in at.selectbox(key=key("RGT", "another.on")).options
    assert at.selectbox(key=key("RGT", "another.on")).value is None
    assert at.text_area(key=key("RGT", "another")).value == ""
    at.text_area(key=key("RGT", f"back.{kept.id}")).set_value("It was July")
    press(at, f"decide.back.{kept.id}")
    assert [r.status for r in standing(store, "RGT")] == [RebaseStatus.WITHDRAWN]
    assert "taken back" in shown(at)


def test_a_month_that_was_declined_can_be_chosen_after_all(store, proposed):
    site, on = next(proposed)
    at = at_site(site)
    decide(at, site, on, "We mean to win this back", "decline")
    at.selectbox(key=key(site, "another.on")).set_value(on).run()
    at.text_area(key=key(site, "another")).set_value(WHY)
    press(at, "decide.another.start")
    assert [r.status for r in standing(store, site)] == [RebaseStatus.ACCEPTED]


def test_a_point_is_left_out_and_put_back(store):
    at, period = at_site("RDD", who="team:RDD"), date(2017, 7, 1)
    at.selectbox(key=key("RDD", "out.on")).set_value(period).run()
    at.text_area(key=key("RDD", "out")).set_value("Two days were not counted")
    press(at, "decide.out.leave")
    (kept,) = [g for g in store.ghosts(ae.ID) if g.site == "RDD"]
    assert (kept.period, kept.reason) == (period, "Two days were not counted")
    assert "July 2017 is left out of the limits now." in shown(at)
    assert "Left out of the limits" in shown(at)  # the chart's key
    assert "July 2017" not in at.selectbox(key=key("RDD", "out.on")).options
    at.text_area(key=key("RDD", f"back.{kept.id}")).set_value("found them")
    press(at, f"decide.back.{kept.id}")
    assert "Say a little more about why" in shown(at)
    at.text_area(key=key("RDD", f"back.{kept.id}")).set_value("The two days were found")
    press(at, f"decide.back.{kept.id}")
    assert [g for g in store.ghosts(ae.ID) if g.site == "RDD"] == []
    assert "July 2017 counts for the limits again." in shown(at)


def test_leaving_out_can_be_undone_at_once(store):
    at = at_site("RC1")
    at.selectbox(key=key("RC1", "out.on")).set_value(date(2016, 4, 1)).run()
    at.text_area(key=key("RC1", "out")).set_value("Two days were not counted")
    press(at, "decide.out.leave")
    press(at, "decide.undo")
    assert [g for g in store.ghosts(ae.ID) if g.site == "RC1"] == []


def test_what_was_done_is_said_on_its_own_chart_alone(proposed):
    site, on = next(proposed)
    at = at_site(site)
    decide(at, site, on, WHY)
    at.pills[0].set_value("attendances").run()
    assert "Thank you for saying why" not in shown(at)
    assert not has(at, "button", "decide.undo")


# --- who may not, and when ---------------------------------------------------------------------------


def test_looking_back_nothing_can_be_decided():
    for who, site in product(("lead", "team:R1H"), ("R1H",)):
        at = at_site(site, who=who, as_of="2019-02")
        assert words.LOOKING_BACK in shown(at)
        assert not [b for b in at.button if str(b.key).startswith("decide.")]
        assert not at.text_area


def test_another_team_and_an_executive_see_none_of_it():
    at = app("team:RJ1", "site", site="R1H")
    assert titles(at) == ["This page is for somebody else"]
    assert not at.radio
    assert not at.text_area
    with pytest.raises(ValueError, match="page"):
        app("executive").switch_page("pages/team/site.py").run()


def test_who_may_only_read_sees_the_sentence_and_no_form(monkeypatch, proposed):
    """Nobody is so today: a role that may open the page but decide nothing."""
    from measures import access

    site, _ = next(proposed)
    kept = {k: v for k, v in access.POLICY.items() if k[1] not in (access.Action.REBASE, access.Action.GHOST)}
    monkeypatch.setattr(access, "POLICY", kept)
    at = at_site(site)
    assert "are proposed from" in shown(at)
    assert not at.text_area
    assert words.LOOKING_BACK not in shown(at)


def test_a_permission_that_has_gone_is_said(monkeypatch, store, proposed):
    from measures import access

    site, on = next(proposed)
    at = at_site(site)
    kept = {k: v for k, v in access.POLICY.items() if k[1] != access.Action.REBASE}
    at.text_area(key=key(site, f"reason.{on}")).set_value(WHY)
    with monkeypatch.context() as patch:
        patch.setattr(access, "POLICY", kept)
        press(at, f"decide.accept.{on}")
    assert standing(store, site) == []
    at.run()
    assert "This is for" in shown(at)


def test_a_merged_site_and_one_without_numbers_are_drawn():
    assert len(at_site("RJF").title) == 1
    at = at_site("R0A", as_of="2016-05")
    assert not has(at, "radio", "site.chart.kind")
    assert not at.text_area
