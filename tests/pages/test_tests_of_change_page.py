"""The log of tests of change on the pages: a team writes, a lead reads, an executive sees nothing."""

from __future__ import annotations

from datetime import date

import pytest

from measures.actions import read
from measures.actions import tests_of_change as log
from measures.actions.read import Desk
from measures.demo import ae
from measures.model import Scale
from measures.store.opening import open_store
from measures.words import tests_of_change as words
from tests.pages.test_pages import app, database, shown  # noqa: F401

SITES = iter(s.id for s in ae.campaign().sites if s.kind == "site" and not s.merged_on and s.opened is None)
TYPED = "A second **triage** nurse <img src=x onerror=alert(1)>"
PLAN = log.Plan(TYPED, "Nine in ten in 15 minutes", Scale.SHIFT, date(2019, 3, 12))
OUTCOME = log.Outcome(date(2019, 4, 2), "Seven in ten", "It helps until noon", "adapt")


@pytest.fixture(scope="module")
def store(database):  # noqa: F811
    opened = open_store(database)
    yield opened
    opened.close()


@pytest.fixture
def site():
    """A site whose log is empty; each test takes its own."""
    return next(SITES)


def team(store, site):
    """The team's desk, as another browser has it."""
    campaign = store.campaign(ae.ID)
    return Desk(store, read.stand_in(campaign, f"team:{site}"), campaign, ae.TODAY, lambda *_: None)


def page(site, who=None, **view):
    at = app(who or f"team:{site}", "site", site=site, **view)
    assert not at.exception
    return at


def field(at, kind, form, name):
    """A field of a form, by its name; the draft's number stands between."""
    (found,) = [one for one in getattr(at, kind) if f".{form}." in str(one.key) and str(one.key).endswith(f".{name}")]
    return found


def press(at, name):
    at.button(key=name).click().run()
    assert not at.exception
    return shown(at)


def has(at, name):
    return any(button.key == name for button in at.button)


def fill(at, what=TYPED, prediction="Nine in ten", scale="shift"):
    field(at, "text_area", "new", "what").set_value(what)
    field(at, "text_area", "new", "prediction").set_value(prediction)
    if scale:
        field(at, "button_group", "new", "scale").set_value(scale)


def test_an_empty_log_invites_a_team_and_tells_a_lead(site):
    assert "Start small: one patient, one shift." in shown(page(site))
    said = shown(page(site, "lead"))
    assert words.EMPTY_TO_READ in said
    assert words.NEW not in said


def test_a_team_starts_a_test_and_finishes_it_with_what_it_learned(site, store):
    at = page(site)
    fill(at)
    said = press(at, "changes.new.do")
    assert "Test 1 is written down and marked on the chart" in said
    assert "Running since today" in said
    (kept,) = store.tests_of_change(ae.ID, site)
    assert (kept.what, kept.scale, kept.started) == (TYPED, Scale.SHIFT, ae.TODAY)
    assert field(at, "text_area", "new", "what").value == ""

    assert "Say in a few words what you learned." in press(at, "changes.finish.1.do")
    field(at, "text_area", "finish.1", "learned").set_value("It helps until noon")
    field(at, "radio", "finish.1", "verdict").set_value("adapt")
    said = press(at, "changes.finish.1.do")
    assert "Test 1 is finished: adapt." in said
    assert not has(at, "changes.finish.1.do")
    (kept,) = store.tests_of_change(ae.ID, site)
    assert (kept.verdict, kept.learned, kept.ended) == ("adapt", "It helps until noon", ae.TODAY)
    assert "Adapt, ended on 10 May 2019." in said

    press(at, "changes.undo")
    assert store.tests_of_change(ae.ID, site)[0].running
    assert has(at, "changes.finish.1.do")


def test_what_is_missing_is_said_beneath_the_button_and_nothing_typed_is_lost(site, store):
    at = page(site)
    fill(at, prediction="", scale=None)
    said = press(at, "changes.new.do")
    assert "without a prediction there is nothing to learn from" in said
    assert "Choose a scale" in said
    assert field(at, "text_area", "new", "what").value == TYPED
    assert store.tests_of_change(ae.ID, site) == ()


def test_a_test_stands_on_the_chart_in_its_words_and_in_its_table(site, store):
    log.start(team(store, site), site, PLAN)
    at = page(site)
    said = shown(at)
    assert "Tests of change: 1, A second **triage** nurse" in said
    assert "running since 12 March 2019" in said
    table = at.dataframe[0].value
    assert table.set_index("Month")[words.TITLE]["March 2019"] == "1 started"
    assert words.TITLE not in page(next(SITES)).dataframe[0].value


def test_a_team_corrects_and_withdraws(site, store):
    log.start(team(store, site), site, PLAN)
    at = page(site)
    field(at, "text_area", "change.1", "what").set_value("A third nurse")
    assert "Test 1 is changed." in press(at, "changes.change.1.do")
    assert store.tests_of_change(ae.ID, site)[0].what == "A third nurse"
    field(at, "text_area", "withdraw.1", "withdrawn").set_value("Written twice")
    assert "Test 1 is withdrawn." in press(at, "changes.withdraw.1.do")
    assert store.tests_of_change(ae.ID, site)[0].withdrawn == "Written twice"
    assert "Test 1 is put back" in press(at, "changes.undo")
    assert store.tests_of_change(ae.ID, site)[0].running


def test_the_second_of_two_sees_what_the_first_wrote_and_chooses(site, store):
    made = log.start(team(store, site), site, PLAN)
    at = page(site)
    field(at, "text_area", "finish.1", "learned").set_value("Mine: it helps at night").run()
    field(at, "radio", "finish.1", "verdict").set_value("adopt")
    log.finish(team(store, site), site, 1, OUTCOME, seen=made.id)
    said = press(at, "changes.finish.1.do")
    assert "finished it on 2 April 2019: adapt. What was learned:" in said
    assert "your words are still here" in said
    assert field(at, "text_area", "finish.1", "learned").value == "Mine: it helps at night"
    assert store.tests_of_change(ae.ID, site)[0].learned == "It helps until noon"
    press(at, "changes.finish.1.mine")
    (kept,) = store.tests_of_change(ae.ID, site)
    assert (kept.verdict, kept.learned) == ("adopt", "Mine: it helps at night")
    assert len(store.test_history(ae.ID, site)) == 3


def test_words_about_a_test_that_somebody_withdrew_meanwhile_are_not_lost(site, store):
    made = log.start(team(store, site), site, PLAN)
    at = page(site)
    field(at, "text_area", "finish.1", "learned").set_value("Mine: it helps at night")
    log.withdraw(team(store, site), site, 1, "Written twice", seen=made.id)
    said = press(at, "changes.finish.1.do")
    assert "withdrew this test:" in said
    assert "Mine: it helps at night" in said


def test_a_draft_that_was_not_begun_follows_what_others_write(site, store):
    made = log.start(team(store, site), site, PLAN)
    at = page(site)
    log.change(team(store, site), site, 1, log.Plan("Other words", "None", "day", PLAN.started), seen=made.id)
    at.run()
    assert field(at, "text_area", "change.1", "what").value == "Other words"
    field(at, "text_area", "change.1", "prediction").set_value("Mine")
    press(at, "changes.change.1.do")
    assert store.tests_of_change(ae.ID, site)[0].prediction == "Mine"


def test_a_lead_reads_who_wrote_what_and_finds_no_form(site, store):
    log.start(team(store, site), site, PLAN)
    at = page(site, "lead")
    said = shown(at)
    assert "A second **triage** nurse" in said
    assert words.WHO_WROTE in said
    assert not [b.key for b in at.button if str(b.key).startswith("changes.")]
    assert not [t.key for t in at.text_area if str(t.key).startswith("changes.")]


def test_an_executive_sees_nothing_of_it(site, store):
    log.start(team(store, site), site, PLAN)
    at = app("executive", "summary")
    assert "triage" not in shown(at)


def test_wound_back_the_log_is_as_it_was_and_cannot_be_written(site, store):
    desk = team(store, site)
    made = log.start(desk, site, PLAN)
    log.finish(desk, site, 1, OUTCOME, seen=made.id)
    at = page(site, as_of="2019-02")  # due in mid March: it had begun, and nobody knew what would come of it
    said = shown(at)
    assert "Running since 12 March" in said
    assert "It helps until noon" not in said
    assert words.LOOKING_BACK in said
    assert not has(at, "changes.new.do")
    assert "triage" not in shown(page(site, as_of="2018-12"))


def test_many_tests_are_paged_running_ones_first(site, store):
    desk = team(store, site)
    for n in range(7):
        made = log.start(desk, site, log.Plan(f"Test called {n}", "Yes", "day", date(2019, 3, 1 + n)))
        if n:
            log.finish(desk, site, made.number, OUTCOME, seen=made.id)
    said = shown(page(site))
    assert "1 running, 6 finished." in said
    assert said.count("We expected") == 4
    assert said.count("We expect<") == 1


def test_after_saving_a_month_a_team_is_asked_what_it_tried(site, store):
    desk = team(store, site)
    made = log.start(desk, site, log.Plan("The finished one", "Yes", "day", date(2019, 3, 1)))
    log.finish(desk, site, 1, OUTCOME, seen=made.id)
    log.start(desk, site, PLAN)
    at = app(f"team:{site}", "enter")
    assert words.AFTER_SAVING not in shown(at)
    for box, number in zip(at.number_input, (18000, 15500, 3600), strict=True):
        box.set_value(number)
    at.run()
    if at.checkbox:
        at.checkbox[0].check().run()
    at.button(key="enter.save").click().run()
    said = shown(at)
    assert not at.exception
    assert words.AFTER_SAVING in said
    assert "1 running, 1 finished. Those that are finished stand on the site's page." in said
    assert has(at, "changes.finish.2.do")
    assert not has(at, "changes.change.1.do")
    fill(at, what="Another one")
    assert "Test 3 is written down" in press(at, "changes.new.do")
