"""Deciding about a chart: by those who may, with a reason, where there is a point, never unseen."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from measures.access import Forbidden
from measures.actions import entries, read, rebases
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.actions.rebases import Overtaken
from measures.demo import ae
from measures.model import Actor, RebaseStatus, Role

ON, FIRST, LATER = date(2017, 4, 1), date(2016, 4, 1), date(2018, 2, 1)
WHY = "A second triage nurse from April"
BACK = "The nurse was for the winter"
HERE = ("RJ1", "within4h")


@pytest.fixture(scope="session")
def kept_reviews():
    return {}


@pytest.fixture
def desk(store, kept_reviews):
    """Makes desks; decisions change no number, so one review serves them all."""

    def make(who="lead", as_of=ae.TODAY, known_at=None):
        campaign = store.campaign(ae.ID)

        def load(id, version, when, known):
            if (when, known) not in kept_reviews:
                kept_reviews[when, known] = read.compute(store, id, when, known)
            return kept_reviews[when, known]

        return Desk(store, read.stand_in(campaign, who), campaign, as_of, load, known_at)

    return make


# -- rebases


@pytest.mark.parametrize(("who", "author"), [("lead", "Programme lead"), ("team:RJ1", "Guy's and St Thomas' team")])
def test_a_lead_or_the_sites_team_lets_limits_start_anew(desk, who, author):
    at, before = desk(who), datetime.now(UTC)
    kept = rebases.accept(at, *HERE, ON, f"  {WHY}\n", proposed=" Eight months above the centre. ")
    assert (kept.site, kept.measure, kept.group, kept.on) == (*HERE, "all", ON)
    assert (kept.status, kept.reason, kept.author) == (RebaseStatus.ACCEPTED, WHY, author)
    assert kept.proposed == "Eight months above the centre."
    assert before <= kept.at <= datetime.now(UTC)
    found = rebases.decisions(at, *HERE)
    assert found.rebases == found.accepted == (kept,)
    assert found.declined == found.ghosts == ()


def test_a_proposal_is_declined_and_the_reason_is_kept(desk):
    kept = rebases.decline(desk(), *HERE, ON, "The counting changed, not the care", proposed="Eight months above.")
    found = rebases.decisions(desk("team:RJ1"), *HERE)
    assert found.declined == (kept,)
    assert found.accepted == ()
    assert kept.proposed == "Eight months above."


def test_a_declined_proposal_is_accepted_by_who_saw_that_it_was_declined(desk):
    no = rebases.decline(desk(), *HERE, ON, "Let us wait for spring")
    with pytest.raises(Overtaken) as caught:
        rebases.accept(desk("team:RJ1"), *HERE, ON, WHY)
    assert caught.value.stands == no
    yes = rebases.accept(desk("team:RJ1"), *HERE, ON, WHY, seen=no.id)
    assert rebases.decisions(desk(), *HERE).rebases == (yes,)


def test_an_accepted_one_is_taken_back_and_can_be_accepted_again(desk):
    at = desk()
    first = rebases.accept(at, *HERE, ON, WHY, proposed="Eight months above.")
    back = rebases.withdraw(desk("team:RJ1"), *HERE, ON, BACK, first.id)
    assert (back.status, back.reason, back.proposed) == (RebaseStatus.WITHDRAWN, BACK, first.proposed)
    assert back.author == "Guy's and St Thomas' team"
    assert rebases.decisions(at, *HERE).accepted == ()
    again = rebases.accept(at, *HERE, ON, "She stayed after all")
    assert rebases.decisions(at, *HERE).accepted == (again,)
    assert rebases.history(at, *HERE) == (again, back, first)


def test_another_reason_takes_the_place_of_the_first_and_the_same_writes_nothing(desk, store):
    first = rebases.accept(desk(), *HERE, ON, WHY)
    version = store.version(ae.ID)
    assert rebases.accept(desk("team:RJ1"), *HERE, ON, WHY, seen=first.id) == first
    assert store.version(ae.ID) == version
    second = rebases.accept(desk(), *HERE, ON, "A third triage nurse too", seen=first.id)
    assert rebases.decisions(desk(), *HERE).accepted == (second,)


def test_only_what_was_accepted_is_taken_back(desk):
    at = desk()
    with pytest.raises(Refused, match=r"do not start anew in April 2017, so there is nothing to take back\."):
        rebases.withdraw(at, *HERE, ON, BACK, 1)
    no = rebases.decline(at, *HERE, ON, "Let us wait for spring")
    with pytest.raises(Refused, match="nothing to take back"):
        rebases.withdraw(at, *HERE, ON, BACK, no.id)


def test_two_people_and_one_decision(desk, store):
    one, two = desk(), desk("team:RJ1")
    kept = rebases.accept(one, *HERE, ON, WHY)
    version = store.version(ae.ID)
    with pytest.raises(Overtaken, match="Somebody else decided about this while you were looking") as caught:
        rebases.decline(two, *HERE, ON, "Nothing changed with us")
    assert caught.value.stands == kept
    back = rebases.withdraw(two, *HERE, ON, BACK, kept.id)
    with pytest.raises(Overtaken) as caught:
        rebases.withdraw(one, *HERE, ON, BACK, kept.id)
    assert caught.value.stands == back
    with pytest.raises(Overtaken):
        rebases.accept(one, *HERE, ON, WHY, seen=kept.id)
    assert store.version(ae.ID) == version + 1


# -- ghosts


def test_a_point_is_left_out_and_put_back(desk):
    at = desk("team:RJ1")
    out = rebases.leave_out(at, *HERE, LATER, "The snow closed the unit for a week")
    assert (out.period, out.ghosted, out.author) == (LATER, True, "Guy's and St Thomas' team")
    assert rebases.decisions(desk(), *HERE).ghosts == (out,)
    back = rebases.put_back(desk(), *HERE, LATER, "It was not that week", out.id)
    assert not back.ghosted
    assert rebases.decisions(at, *HERE).ghosts == ()
    again = rebases.leave_out(at, *HERE, LATER, "It was that week")
    assert rebases.decisions(at, *HERE).ghosts == (again,)
    assert rebases.history(at, *HERE) == (again, back, out)


def test_the_first_point_of_a_series_can_be_left_out(desk):
    assert rebases.leave_out(desk(), *HERE, FIRST, "We were learning to count").ghosted


def test_a_point_is_left_out_once(desk):
    out = rebases.leave_out(desk(), *HERE, LATER, "The snow closed us")
    with pytest.raises(Refused, match=r"The point for February 2018 is left out already \(“The snow closed us”\)\."):
        rebases.leave_out(desk("team:RJ1"), *HERE, LATER, "Half of us were ill")
    assert rebases.decisions(desk(), *HERE).ghosts == (out,)


def test_only_what_is_left_out_is_put_back(desk):
    at = desk()
    with pytest.raises(Refused, match="nothing to put back"):
        rebases.put_back(at, *HERE, LATER, "It should count again", 1)
    out = rebases.leave_out(at, *HERE, LATER, "The snow closed us")
    back = rebases.put_back(at, *HERE, LATER, "It should count again", out.id)
    with pytest.raises(Refused, match="nothing to put back"):
        rebases.put_back(at, *HERE, LATER, "It should count again", back.id)
    with pytest.raises(Overtaken) as caught:
        rebases.put_back(at, *HERE, LATER, "It should count again", out.id)
    assert caught.value.stands == back


# -- what every decision checks

ACTS = {
    "accept": lambda at, site="RJ1", measure="within4h", on=ON, why=WHY: rebases.accept(at, site, measure, on, why),
    "decline": lambda at, site="RJ1", measure="within4h", on=ON, why=WHY: rebases.decline(at, site, measure, on, why),
    "leave out": lambda at, site="RJ1", measure="within4h", on=ON, why=WHY: rebases.leave_out(
        at, site, measure, on, why
    ),
}
TAKE_BACK = {
    "withdraw": lambda at, site="RJ1", measure="within4h", on=ON, why=WHY: rebases.withdraw(
        at, site, measure, on, why, 1
    ),
    "put back": lambda at, site="RJ1", measure="within4h", on=ON, why=WHY: rebases.put_back(
        at, site, measure, on, why, 1
    ),
}
EVERY = pytest.mark.parametrize("act", (ACTS | TAKE_BACK).values(), ids=(ACTS | TAKE_BACK).keys())
NEW = pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())


@EVERY
@pytest.mark.parametrize("who", ["executive", "team:R1H"])
def test_an_executive_and_another_team_decide_nothing(desk, store, act, who):
    with pytest.raises(Forbidden, match="This is for the programme's leads and the site's own team"):
        act(desk(who))
    assert store.rebases(ae.ID) == store.ghosts(ae.ID) == ()


@pytest.mark.parametrize("who", ["executive", "team:R1H"])
def test_an_executive_and_another_team_read_none(desk, who):
    with pytest.raises(Forbidden):
        rebases.decisions(desk(who), *HERE)
    with pytest.raises(Forbidden):
        rebases.history(desk(who), *HERE)


@EVERY
@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("", "Say why in a few words"),
        (" \n\t", "Say why in a few words"),
        ("– — …", "Say why in a few words"),
        ("Because", "Say a little more about why"),
        ("new nurse", "Say a little more about why"),
    ],
)
def test_a_reason_is_asked_for(desk, store, act, why, says):
    before = store.version(ae.ID)
    with pytest.raises(Refused, match=says) as refused:
        act(desk(), why=why)
    assert len(refused.value.reasons) == 1
    assert store.version(ae.ID) == before


@EVERY
def test_site_and_measure_must_be_known(desk, act):
    with pytest.raises(Refused, match="has no site called “XYZ”"):
        act(desk(), site="XYZ")
    with pytest.raises(Refused, match="has no measure called “hope”"):
        act(desk(), measure="hope")


@NEW
@pytest.mark.parametrize("on", [date(2016, 3, 1), date(2017, 4, 2), date(2019, 4, 1)])
def test_a_decision_is_about_a_point_that_is_there(desk, act, on):
    with pytest.raises(Refused, match=r"Guy's and St Thomas' has no number for .* in \w+ 20\d\d: choose another date"):
        act(desk(), on=on)


@NEW
def test_a_reference_line_has_no_limits_to_decide_about(desk, act):
    with pytest.raises(Refused, match="has no number"):
        act(desk(), site=ae.ENGLAND)


@pytest.mark.parametrize("act", [ACTS["accept"], ACTS["decline"]])
def test_limits_start_at_the_first_point_anyhow(desk, act):
    with pytest.raises(Refused, match=r"This chart begins in April 2016, so its limits start there already\."):
        act(desk(), on=FIRST)


@EVERY
def test_nothing_is_decided_while_looking_back(desk, act):
    for back in ({"as_of": date(2018, 4, 15)}, {"known_at": 1}):
        with pytest.raises(Refused, match="earlier date"):
            act(desk(**back))


def test_a_week_is_named_as_a_week():
    weekly = replace(ae.campaign().measures[0], frequency="week")
    assert rebases._named(date(2019, 3, 4), weekly) == "the week of 4 March 2019"


def test_decisions_can_be_taken_back_when_the_number_has_gone(desk, store):
    """A blanked month must not keep what was decided about it."""
    kept = rebases.accept(desk(), *HERE, LATER, WHY)
    out = rebases.leave_out(desk(), *HERE, LATER, "The snow closed us")
    row = store.history(ae.ID, *HERE, LATER).iloc[-1]
    store.record(
        ae.ID, [entries.Entry(*HERE, LATER, seen=int(row["rev"]))], actor="a", source="typed", at=datetime.now(UTC)
    )
    assert rebases.withdraw(desk(), *HERE, LATER, BACK, kept.id).status == RebaseStatus.WITHDRAWN
    assert not rebases.put_back(desk(), *HERE, LATER, "It should count again", out.id).ghosted


# -- reading


def test_what_stands_is_of_this_series_alone(desk):
    at = desk()
    mine = rebases.accept(at, *HERE, ON, WHY)
    rebases.accept(at, "R1H", "within4h", ON, WHY)
    rebases.accept(at, "RJ1", "attendances", ON, WHY)
    rebases.leave_out(at, "RJ1", "attendances", ON, WHY)
    found = rebases.decisions(at, *HERE)
    assert (found.rebases, found.ghosts) == ((mine,), ())


def test_an_earlier_date_shows_what_lies_before_it_and_an_earlier_revision_what_was_known(desk):
    at = desk()
    early, late = rebases.accept(at, *HERE, ON, WHY), rebases.accept(at, *HERE, LATER, WHY)
    out = rebases.leave_out(at, *HERE, LATER, "The snow closed us")
    assert rebases.decisions(desk(as_of=date(2017, 12, 1)), *HERE).rebases == (early,)
    assert rebases.decisions(desk(as_of=date(2017, 12, 1)), *HERE).ghosts == ()
    assert rebases.decisions(desk(known_at=early.id), *HERE).rebases == (early,)
    assert rebases.decisions(desk(known_at=late.id), *HERE).ghosts == ()
    assert rebases.decisions(at, *HERE).ghosts == (out,)


def test_a_decision_makes_the_review_anew(desk, store):
    before = store.version(ae.ID)
    rebases.accept(desk(), *HERE, ON, WHY)
    assert store.version(ae.ID) == before + 1


def test_a_decision_cannot_be_mistaken_for_a_saved_month(desk):
    kept = rebases.accept(desk("team:RJ1"), *HERE, ON, WHY)
    with pytest.raises(Refused, match="nothing to undo"):
        entries.undo(desk("team:RJ1"), "RJ1", ON, kept.id)


def test_a_stand_in_reaches_no_campaign_that_is_not_a_demo(store):
    closed = replace(ae.campaign(), id="real", demo=False, today=None)
    store.define(closed)
    actor = Actor(Role.LEAD, "somebody", stand_in=True)
    at = Desk(store, actor, closed, ae.TODAY, lambda c, v, d, k: read.compute(store, c, d, k))
    for act in (*ACTS.values(), *TAKE_BACK.values(), lambda at: rebases.decisions(at, *HERE)):
        with pytest.raises(Forbidden, match="closed"):
            act(at)


def test_the_log_names_neither_people_nor_reasons(desk, caplog):
    logger = logging.getLogger("headway")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, logger="headway"):
            rebases.accept(desk("team:RJ1"), *HERE, ON, WHY)
            rebases.leave_out(desk("team:RJ1"), *HERE, LATER, WHY)
            with pytest.raises(Overtaken):
                rebases.accept(desk(), *HERE, ON, "Something else again")
    finally:
        logger.removeHandler(caplog.handler)
    said = {record.getMessage() for record in caplog.records}
    assert {"rebase accepted", "point left out", "decision refused: another came first"} <= said
    assert not [r for r in caplog.records if "team" in str(r.carries) or "nurse" in str(r.carries)]
