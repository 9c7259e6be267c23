"""Drafts: one person's own, gone once saved, never in the way."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures import clock
from measures.access import Forbidden
from measures.actions import drafts
from measures.model import Actor, Role
from measures.store.base import StoreError
from measures.store.sqlite import SqliteStore
from tests import small
from tests.actions.test_due import desk

ABOUT = ("w1", "enter", "week/2024-06-03")
TYPED = {"triage": {"x": 2.5, "unit": "hours"}, "huddle": {"x": 1}}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = SqliteStore(tmp_path_factory.mktemp("drafts") / "small.db", create=True)
    small.seed(opened)
    yield opened
    opened.close()


@pytest.fixture
def at(store):
    found = desk(store)
    drafts.forget(found, *ABOUT)
    return found


def test_a_draft_is_there_until_it_is_dropped(at):
    assert drafts.find(at, *ABOUT) is None
    before = clock.now()
    assert drafts.keep(at, *ABOUT, TYPED)
    found = drafts.find(at, *ABOUT)
    assert found.values == drafts.load(at, *ABOUT) == TYPED
    assert before <= found.at <= clock.now()
    assert drafts.forget(at, *ABOUT)
    assert drafts.load(at, *ABOUT) is None


def test_a_draft_is_shown_to_nobody_else(at):
    drafts.keep(at, *ABOUT, TYPED)
    other = replace(at, actor=replace(at.actor, name="Somebody else"))
    assert drafts.load(other, *ABOUT) is None
    drafts.forget(other, *ABOUT)
    assert drafts.load(at, *ABOUT) == TYPED


@pytest.mark.parametrize("who", ["executive", "lead", "team:w2"])
def test_only_the_sites_own_team_has_drafts(store, who):
    at = desk(store, who)
    for ask in (drafts.find, drafts.load, drafts.forget, lambda *about: drafts.keep(*about, TYPED)):
        with pytest.raises(Forbidden):
            ask(at, *ABOUT)


def test_a_draft_is_a_few_kilobytes_at_most(at):
    assert drafts.keep(at, *ABOUT, {"note": "é" * 1900})
    assert not drafts.keep(at, *ABOUT, {"note": "é" * 2100})
    assert drafts.load(at, *ABOUT) == {"note": "é" * 1900}


def test_nothing_is_kept_while_looking_back(at):
    assert not drafts.keep(replace(at, as_of=date(2024, 5, 1)), *ABOUT, TYPED)
    assert drafts.load(at, *ABOUT) is None


def test_a_store_that_cannot_is_no_reason_to_stop(at, monkeypatch):
    def busy(*_, **__):
        raise StoreError("busy")

    for name in ("draft", "keep_draft", "forget_draft"):
        monkeypatch.setattr(SqliteStore, name, busy)
    assert drafts.find(at, *ABOUT) is None
    assert not drafts.keep(at, *ABOUT, TYPED)
    assert not drafts.forget(at, *ABOUT)


@pytest.mark.parametrize("body", ["", "half {", "[1]", "7", "null"])
def test_a_draft_that_cannot_be_read_is_none(store, at, body):
    store.keep_draft(drafts._key(at, *ABOUT), body, at=clock.now())
    assert drafts.find(at, *ABOUT) is None


def test_a_draft_nobody_came_back_to_is_dropped(store, at):
    store.keep_draft(drafts._key(at, *ABOUT), "{}", at=clock.now() - timedelta(days=drafts.DAYS + 1))
    assert drafts.keep(at, "w1", "enter", "month/2024-05-01", TYPED)
    assert drafts.find(at, *ABOUT) is None
    drafts.forget(at, "w1", "enter", "month/2024-05-01")


def test_a_role_is_part_of_whose_draft_it_is(store, at):
    drafts.keep(at, *ABOUT, TYPED)
    same_name = Actor(Role.TEAM, "lead", at.actor.sites, stand_in=True)
    assert drafts.load(replace(at, actor=same_name), *ABOUT) is None


VALUES = st.dictionaries(
    st.text(max_size=8), st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8)
)


@settings(max_examples=40)
@given(VALUES)
def test_whatever_is_typed_comes_back_or_is_not_kept(store, values):
    at = desk(store)
    drafts.forget(at, *ABOUT)
    kept = drafts.keep(at, *ABOUT, values)
    assert drafts.load(at, *ABOUT) == (values if kept else None)
