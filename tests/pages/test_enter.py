"""Entering from what is due to nothing due: weeks and months, another unit, yes and no, a milestone, drafts."""

import re
import shutil
from contextlib import closing
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from measures.actions import entries
from measures.store.sqlite import SqliteStore
from measures.web import session
from tests import small
from tests.actions.test_due import desk
from tests.pages import test_pages
from tests.pages.test_pages import app, titles

LAST_WEEK = small.WEEK - timedelta(weeks=1)
FIELDS = ["Longest wait for triage", "Bed days", "Falls"]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.db"
    with closing(SqliteStore(path, create=True)) as store:
        small.seed(store, leave_out=2)
    return path


@pytest.fixture
def database(seeded, tmp_path, monkeypatch):
    monkeypatch.setenv("HEADWAY_DB", str(shutil.copy(seeded, tmp_path / "small.db")))
    return tmp_path / "small.db"


REAL = session.browser


@pytest.fixture(autouse=True)
def browser(monkeypatch):
    """One browser for all visits of a test: the driver of these tests has no cookies."""
    monkeypatch.setattr(session, "browser", lambda at: "mine")


def enter(who="team:w1"):
    at = app(who, "enter", campaign=small.ID)
    assert not at.exception
    return at


def shown(at):
    """Everything that was sent to the page, without its tags."""
    return re.sub(r"<[^>]*>", "", test_pages.shown(at))


def press(at, label):
    next(b for b in at.button if b.label.replace("\\", "") == label).click()
    at.run()
    assert not at.exception
    return at


def box(at, label):
    return next(n for n in at.number_input if n.label.replace("\\", "").startswith(label))


def choose(at, label, option):
    next(g for g in at.segmented_control if g.label.replace("\\", "") == label).set_value(option)
    return at


def cell(database, measure, period):
    with closing(SqliteStore(database)) as store:
        row = store.history(small.ID, "w1", measure, period).iloc[-1]
    return row["value"] if measure != "falls" else (row["numerator"], row["denominator"])


def test_from_what_is_overdue_to_nothing_due(database):
    at = enter()
    assert titles(at) == ["May 2024 is still to come in"]
    assert "One number and a yes or no, due by 10 June, two days late." in shown(at)
    assert at.pills[0].options == [
        "May · 2 days late", "The week of 27 May · 1 day late", "The week of 3 June · due in 6 days",
    ]  # fmt: skip
    box(at, "Calls").set_value(41)
    choose(at, "Everybody is trained", "Reached").run()
    at.selectbox(key=next(s.key for s in at.selectbox if s.label == "Reached in")).set_value(date(2024, 4, 1))
    press(at, "Save and next")

    assert titles(at) == ["The week of 27 May 2024 is still to come in"]
    assert "May is in. 41" in shown(at)
    assert [cell(database, "trained", date(2024, m, 1)) for m in (3, 4, 5)] == [0, 1, 1]
    assert cell(database, "calls", small.MAY) == 41

    assert [n.label.replace("\\", "") for n in at.number_input] == FIELDS
    box(at, "Longest wait").set_value(2.5)
    next(s for s in at.selectbox if s.label == "Unit").set_value("hours")
    for label, number in (("Bed days", 212.0), ("Falls", 1.0)):
        box(at, label).set_value(number)
    choose(at, "Was the safety huddle held every day?", "No")
    at.run()
    assert "Saved as 150 minutes" in shown(at)
    # two and a half hours are 150 minutes: more than ever, so it is asked about
    assert "150 minutes would be unusual here" in shown(at)
    assert "In the last twelve weeks it lay between 90 minutes and 118 minutes" in shown(at)
    at.checkbox[0].check().run()
    press(at, "Save and next")

    assert titles(at) == ["The week of 3 June 2024 is due"]
    assert "The week of 27 May is in. " in shown(at)
    assert cell(database, "triage", LAST_WEEK) == 150
    assert cell(database, "falls", LAST_WEEK) == (1, 212)
    assert cell(database, "huddle", LAST_WEEK) == 0
    assert not at.pills
    for label, number in (("Bed days", 210.0), ("Falls", 0.0), ("Longest wait", 101.5)):
        box(at, label).set_value(number)
    choose(at, "Was the safety huddle held every day?", "Yes").run()
    press(at, "Save the week of 3 June")
    assert titles(at) == ["The week of 3 June is in. Thank you."]
    assert "23 weeks reported in a row: your team is fully committed" in shown(at)

    press(at, "Done")
    at = enter()
    assert titles(at) == ["Nothing is due. Thank you."]
    assert "The week of 3 June is in. The next is the week of 10 June, due by 25 June." in shown(at)
    next(s for s in at.selectbox if s.label == "Report").set_value("month/2024-05-01").run()
    assert titles(at) == ["May 2024 is in. Thank you."]
    assert box(at, "Calls").value == 41


def test_another_open_period_is_picked_from_the_list(database):
    at = enter()
    at.pills[0].set_value("week/2024-06-03").run()
    assert titles(at) == ["The week of 3 June 2024 is due"]


def test_save_and_next_can_be_undone(database):
    at = enter()
    box(at, "Calls").set_value(41).run()
    press(at, "Save and next")
    press(at, "Undo")
    assert titles(at) == ["May 2024 is still to come in"]
    assert box(at, "Calls").value is None


def test_a_draft_survives_a_new_visit_until_it_is_dropped(database):
    at = enter()
    box(at, "Calls").set_value(41)
    choose(at, "Everybody is trained", "Not yet").run()
    at.pills[0].set_value("week/2024-06-03").run()
    box(at, "Longest wait").set_value(1.5)
    next(s for s in at.selectbox if s.label == "Unit").set_value("hours").run()

    at = enter()
    assert "Your draft from " in shown(at)
    assert box(at, "Calls").value == 41
    assert next(s.value for s in at.segmented_control if s.label == "Everybody is trained") == "Not yet"
    at.pills[0].set_value("week/2024-06-03").run()
    assert box(at, "Longest wait").value == 1.5
    assert next(s.value for s in at.selectbox if s.label == "Unit") == "hours"
    assert "Saved as 90 minutes" in shown(at)
    press(at, "Start afresh")
    assert "Your draft from " not in shown(at)
    assert box(at, "Longest wait").value is None

    at = enter()
    press(at, "Save and next")
    assert cell(database, "calls", small.MAY) == 41
    assert "Your draft from " not in shown(enter())


def test_a_draft_is_not_shown_to_another_team(database):
    at = enter()
    box(at, "Calls").set_value(41)
    at.run()
    other = enter("team:w2")
    assert "Your draft" not in shown(other)
    assert all(n.value is None for n in other.number_input)


@pytest.mark.parametrize("other", ["another", None])
def test_a_draft_is_not_shown_in_another_browser(database, monkeypatch, other):
    at = enter()
    box(at, "Calls").set_value(41)
    at.run()
    monkeypatch.setattr(session, "browser", lambda at: other)
    at = enter()
    assert "Your draft" not in shown(at)
    assert box(at, "Calls").value is None
    box(at, "Calls").set_value(7)
    at.run()
    monkeypatch.setattr(session, "browser", lambda at: "mine")
    assert box(enter(), "Calls").value == 41


def test_a_draft_does_not_write_over_what_somebody_saved_since(database):
    at = enter()
    box(at, "Calls").set_value(41)
    at.run()
    with closing(SqliteStore(database)) as store:
        one = desk(store)
        entries.save(one, entries.sheet(one, "w1", small.MAY, "month"), {"calls": 50})
    at = enter()
    at.pills[0].set_value("month/2024-05-01").run()
    assert box(at, "Calls").value == 41
    press(at, "Save and next")
    assert "Somebody else saved this month while you were typing" in shown(at)
    assert cell(database, "calls", small.MAY) == 50
    press(at, "Keep what is there")
    assert box(at, "Calls").value == 50


def test_what_is_typed_and_not_changed_is_not_kept_again(database, monkeypatch):
    kept = []
    original = SqliteStore.keep_draft
    monkeypatch.setattr(SqliteStore, "keep_draft", lambda self, *a, **k: (kept.append(a), original(self, *a, **k))[1])
    at = enter()
    assert not kept
    box(at, "Calls").set_value(41)
    for _ in range(3):
        at.run()
    assert len(kept) == 1


@pytest.mark.parametrize("stand_in", [True, False])
def test_a_browser_is_known_by_its_token_however_it_is_masked(monkeypatch, stand_in):
    def asked(cookies):
        monkeypatch.setattr(session.st, "context", SimpleNamespace(cookies=cookies))
        return REAL(SimpleNamespace(actor=SimpleNamespace(stand_in=stand_in)))

    one, again, other, none = (
        asked({"_streamlit_xsrf": cookie})
        for cookie in (
            "2|6c664722|413764b5cf34fc583a6b187211fa7738|1795553095",
            "2|54dbe74a|798ac4ddf7895c3002d6b81a2947d750|1795553095",
            "2|54dbe74a|798ac4ddf7895c3002d6b81a2947d751|1795553095",
            "of another form",
        )
    )
    if stand_in:
        assert one == again != other
        assert len(one) == 16
        assert none is asked({}) is None
    else:
        assert {one, again, other, none, asked({})} == {""}
