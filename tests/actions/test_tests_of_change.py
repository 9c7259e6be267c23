"""Writing down what is tried: by the site's own team, with a prediction, never unseen, as each date saw it."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.access import Forbidden
from measures.actions import read
from measures.actions import tests_of_change as log
from measures.actions.entries import Refused
from measures.actions.read import Desk
from measures.actions.tests_of_change import MOST, UNDONE, Outcome, Overtaken, Plan
from measures.demo import ae
from measures.model import Scale, TestOfChange, Verdict

STARTED, ENDED = date(2019, 3, 4), date(2019, 4, 1)
PLAN = Plan("A second triage nurse", "Nine in ten seen in 15 minutes", Scale.SHIFT, STARTED)
OUTCOME = Outcome(ENDED, "Seven in ten were", "It helps until noon", Verdict.ADAPT)


def no_review(*_):
    raise AssertionError("the log needs no review")


@pytest.fixture
def desk(store):
    """Makes desks."""

    def make(who="team:RJ1", as_of=ae.TODAY, known_at=None):
        campaign = store.campaign(ae.ID)
        return Desk(store, read.stand_in(campaign, who), campaign, as_of, no_review, known_at)

    return make


@pytest.fixture
def begun(desk):
    return log.start(desk(), "RJ1", PLAN)


def reasons(act):
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.reasons


# -- writing


def test_a_team_writes_down_what_it_tries(desk):
    before = datetime.now(UTC)
    kept = log.start(desk(), "RJ1", replace(PLAN, what="  A second\ntriage nurse \0"))
    assert (kept.site, kept.number, kept.what, kept.scale) == ("RJ1", 1, "A second\ntriage nurse", Scale.SHIFT)
    assert (kept.prediction, kept.started, kept.running) == (PLAN.prediction, STARTED, True)
    assert kept.author == "Guy's and St Thomas' team"
    assert before <= kept.at <= datetime.now(UTC)
    assert log.listed(desk(), "RJ1") == (kept,)
    assert log.start(desk(), "RJ1", PLAN).number == 2


def test_what_came_of_it_is_written_beside_what_was_expected(desk, begun):
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    assert (done.ended, done.happened, done.learned) == (ENDED, "Seven in ten were", "It helps until noon")
    assert (done.verdict, done.running, done.prediction) == (Verdict.ADAPT, False, PLAN.prediction)
    assert log.history(desk(), "RJ1", 1) == (done, begun)
    assert log.history(desk(), "RJ1") == (done, begun)


def test_a_running_and_a_finished_test_are_corrected(desk, begun):
    other = log.change(desk(), "RJ1", 1, replace(PLAN, what="A third nurse", scale="week"), seen=begun.id)
    assert (other.what, other.scale, other.running) == ("A third nurse", Scale.WEEK, True)
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=other.id)
    right = replace(OUTCOME, verdict="adopt", ended=ENDED + timedelta(days=1))
    fixed = log.change(desk(), "RJ1", 1, PLAN, right, seen=done.id)
    assert (fixed.what, fixed.verdict, fixed.ended) == (PLAN.what, Verdict.ADOPT, ENDED + timedelta(days=1))
    assert len(log.history(desk(), "RJ1", 1)) == 4


def test_a_withdrawn_test_is_not_listed_and_its_history_stays(desk, begun):
    gone = log.withdraw(desk(), "RJ1", 1, " Written down twice ", seen=begun.id)
    assert gone.withdrawn == "Written down twice"
    assert log.listed(desk(), "RJ1") == ()
    assert log.history(desk(), "RJ1", 1) == (gone, begun)
    assert "has been withdrawn" in reasons(lambda: log.finish(desk(), "RJ1", 1, OUTCOME, seen=gone.id))[0]
    assert log.start(desk(), "RJ1", PLAN).number == 2


def test_undo_puts_back_what_was_there_before(desk, begun):
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    back = log.undo(desk(), "RJ1", 1, seen=done.id)
    assert replace(back, id=begun.id, at=begun.at) == begun
    gone = log.withdraw(desk(), "RJ1", 1, "Written down twice", seen=back.id)
    assert log.undo(desk(), "RJ1", 1, seen=gone.id).running
    second = log.start(desk(), "RJ1", PLAN)
    assert log.undo(desk(), "RJ1", 2, seen=second.id).withdrawn == UNDONE
    assert len(log.history(desk(), "RJ1")) == 7


# -- reading, as each date saw it


def test_running_tests_come_first_then_finished_ones_newest_first(desk):
    at = desk()
    made = [log.start(at, "RJ1", replace(PLAN, started=STARTED + timedelta(days=n))) for n in range(4)]
    for n, day in ((0, ENDED), (2, ENDED - timedelta(days=9))):
        log.finish(at, "RJ1", made[n].number, replace(OUTCOME, ended=day), seen=made[n].id)
    assert [(t.number, t.running) for t in log.listed(at, "RJ1")] == [(4, True), (2, True), (1, False), (3, False)]


@pytest.mark.parametrize(
    ("as_of", "seen"),
    [
        (STARTED - timedelta(days=1), None),
        (STARTED, True),
        (ENDED - timedelta(days=1), True),
        (ENDED, False),
    ],
)
def test_an_earlier_date_sees_only_what_had_begun_and_nothing_of_what_came_later(desk, begun, as_of, seen):
    log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    found = log.listed(desk(as_of=as_of), "RJ1")
    assert [test.running for test in found] == ([] if seen is None else [seen])
    if seen:
        assert (found[0].verdict, found[0].ended, found[0].happened, found[0].learned) == (None, None, "", "")


def test_as_it_was_known(desk, begun):
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    assert log.listed(desk(known_at=begun.id), "RJ1") == (begun,)
    assert log.listed(desk(known_at=begun.id - 1), "RJ1") == ()
    assert log.listed(desk(known_at=done.id), "RJ1") == (done,)


# -- who may


def test_a_lead_reads_and_writes_nothing(desk, begun):
    lead = desk("lead")
    assert log.listed(lead, "RJ1") == log.history(lead, "RJ1", 1) == (begun,)
    for act in writings(lead, "RJ1", begun.id):
        with pytest.raises(Forbidden, match="This is for the site's own team"):
            act()


@pytest.mark.parametrize("who", ["executive", "team:R1H"])
def test_nobody_else_reads_or_writes(desk, begun, who):
    at = desk(who)
    for act in (
        lambda: log.listed(at, "RJ1"), lambda: log.history(at, "RJ1"), *writings(at, "RJ1", begun.id)
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            act()
    assert len(log.history(desk(), "RJ1")) == 1


def writings(at, site, seen):
    return (
        lambda: log.start(at, site, PLAN),
        lambda: log.change(at, site, 1, PLAN, seen=seen),
        lambda: log.finish(at, site, 1, OUTCOME, seen=seen),
        lambda: log.withdraw(at, site, 1, "Written twice", seen=seen),
        lambda: log.undo(at, site, 1, seen=seen),
    )


@pytest.mark.parametrize("back", [{"as_of": date(2019, 3, 20)}, {"known_at": 1}])
def test_nothing_is_written_while_looking_back(desk, begun, back):
    for act in writings(desk(**back), "RJ1", begun.id):
        assert "Come back to today" in reasons(act)[0]


# -- what is refused


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"what": " "}, "what you are trying"),
        ({"prediction": "\n"}, "what you expect to happen"),
        ({"what": "x" * (MOST["what"] + 1)}, "1 letter over 160"),
        ({"prediction": "x" * (MOST["prediction"] + 2)}, "2 letters over 300"),
        ({"scale": None}, "Choose a scale"),
        ({"scale": "county"}, "Choose a scale"),
        ({"started": None}, "Choose the day on which it starts"),
        ({"started": ae.TODAY + timedelta(days=1)}, "cannot start after today, 10 May 2019"),
        ({"started": date(2016, 3, 31)}, "The charts begin on 1 April 2016"),
    ],
)
def test_a_plan_that_cannot_be_right_is_refused_in_a_sentence(desk, begun, wrong, says):
    plan = replace(PLAN, **wrong)
    assert says in reasons(lambda: log.start(desk(), "RJ1", plan))[0]
    assert says in reasons(lambda: log.change(desk(), "RJ1", 1, plan, seen=begun.id))[0]
    assert log.listed(desk(), "RJ1") == (begun,)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"learned": ""}, "what you learned"),
        ({"happened": "x" * (MOST["happened"] + 1)}, "1 letter over 600"),
        ({"verdict": None}, "adopt, adapt or abandon"),
        ({"verdict": "perhaps"}, "adopt, adapt or abandon"),
        ({"ended": None}, "the day on which it ended"),
        ({"ended": ae.TODAY + timedelta(days=1)}, "cannot end after today, 10 May 2019"),
        ({"ended": STARTED - timedelta(days=1)}, "It started on 4 March 2019, so it cannot have ended on 3 March"),
    ],
)
def test_an_outcome_that_cannot_be_right_is_refused_in_a_sentence(desk, begun, wrong, says):
    assert says in reasons(lambda: log.finish(desk(), "RJ1", 1, replace(OUTCOME, **wrong), seen=begun.id))[0]
    assert log.listed(desk(), "RJ1") == (begun,)


def test_everything_that_is_wrong_is_said_at_once(desk):
    assert len(reasons(lambda: log.start(desk(), "RJ1", Plan("", "", None, None)))) == 4


def test_other_refusals_are_sentences_too(desk, begun):
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    assert "has no test of change 5" in reasons(lambda: log.finish(desk(), "RJ1", 5, OUTCOME, seen=0))[0]
    assert "ended on 1 April 2019" in reasons(lambda: log.finish(desk(), "RJ1", 1, OUTCOME, seen=done.id))[0]
    assert "keeps a verdict" in reasons(lambda: log.change(desk(), "RJ1", 1, PLAN, seen=done.id))[0]
    assert "Say in a few words why" in reasons(lambda: log.withdraw(desk(), "RJ1", 1, " ", seen=done.id))[0]
    assert "nothing to undo" in reasons(lambda: log.undo(desk(), "RJ1", 5, seen=0))[0]


def test_a_site_that_joined_another_writes_there_since(desk):
    joined = next(s for s in ae.campaign().sites if s.merged_on)
    at = desk(f"team:{joined.id}")
    assert "became part of another site" in reasons(lambda: log.start(at, joined.id, PLAN))[0]
    earlier = replace(PLAN, started=joined.merged_on - timedelta(days=1))
    assert log.start(at, joined.id, earlier).running


# -- two people


def test_the_second_of_two_is_told_what_the_first_wrote(desk, begun, store):
    done = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
    written = len(store.changes(ae.ID))
    for act in writings(desk(), "RJ1", begun.id)[1:]:
        with pytest.raises(Overtaken) as caught:
            act()
        assert caught.value.stands == done
    assert len(store.changes(ae.ID)) == written


def test_a_writer_in_the_very_same_moment_is_overtaken_too(desk, begun, monkeypatch):
    """Another writes between looking and keeping: the store refuses, and nothing is lost."""
    at, first = desk(), {}

    def between():
        monkeypatch.setattr(log.clock, "now", lambda: datetime.now(UTC))
        first["done"] = log.finish(desk(), "RJ1", 1, OUTCOME, seen=begun.id)
        return datetime.now(UTC)

    monkeypatch.setattr(log.clock, "now", between)
    with pytest.raises(Overtaken) as caught:
        log.withdraw(at, "RJ1", 1, "Written twice", seen=begun.id)
    assert caught.value.stands == first["done"]


def test_the_log_of_the_server_names_no_words_and_no_people(desk, caplog):
    logger = logging.getLogger("headway")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.INFO, logger="headway"):
            kept = log.start(desk(), "RJ1", PLAN)
            log.finish(desk(), "RJ1", 1, OUTCOME, seen=kept.id)
    finally:
        logger.removeHandler(caplog.handler)
    said = {record.getMessage(): str(record.carries) for record in caplog.records}
    assert {"test of change started", "test of change finished"} <= set(said)
    assert not any(word in carries for carries in said.values() for word in ("triage", "Guy's", "noon"))


# -- the tempo


@given(st.lists(st.integers(-40, 80), max_size=12), st.integers(0, 90), st.booleans())
def test_the_tempo_is_the_tests_begun_in_a_stretch_by_its_length(starts, days, withdrawn):
    """Added over two neighbouring stretches, weighted by their length, it is that of both together."""
    first = date(2019, 1, 1)
    made = [
        TestOfChange("s", n, "w", "p", Scale.DAY, first + timedelta(days=k), "a", datetime(2019, 1, 1, tzinfo=UTC))
        for n, k in enumerate(starts)
    ]
    last = first + timedelta(days=days)
    gone = [replace(test, withdrawn="Twice") for test in made] if withdrawn else []
    assert log.tempo([*made, *gone], first, last) == pytest.approx(
        30 * sum(0 <= k <= days for k in starts) / (days + 1)
    )


def test_a_stretch_that_ends_before_it_begins_has_no_tempo():
    with pytest.raises(ValueError, match="no tempo"):
        log.tempo([], ENDED, STARTED)
