"""From when on a measure is counted differently: the contract of every store."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from measures.model import Redefinition
from measures.store import Conflict, InvalidEntry, UnknownCampaign
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, save


def made(on=APRIL, text="Only the main department", reason="The guidance changed", **rest):
    return Redefinition(
        **{"measure": "waits", "on": on, "text": text, "reason": reason, "author": "ann", "at": AT} | rest
    )


def keep(store, one, seen=0, campaign_id="ae"):
    return store.redefine(campaign_id, one, source="defined", seen=seen)


def test_what_is_kept_comes_back_with_its_id_and_is_one_change(store):
    one = keep(store, made())
    assert replace(one, id=0) == made()
    assert store.redefinitions("ae") == store.redefinition_history("ae") == (one,)
    assert store.changes("ae")[["change_id", "entries"]].to_numpy().tolist() == [[one.id, 1]]
    assert store.version("ae") == 2
    assert store.check() == []


def test_the_latest_counts_and_one_taken_back_is_not_listed(store):
    first = keep(store, made())
    second = keep(store, made(text="Only patients over 65"), first.id)
    assert store.redefinitions("ae") == (second,)
    third = keep(store, replace(second, stands=False, reason="A mistake of mine"), second.id)
    assert store.redefinitions("ae") == ()
    assert store.redefinition_history("ae") == (first, second, third)
    again = keep(store, made(), third.id)
    assert store.redefinitions("ae") == (again,)


def test_the_same_again_writes_nothing(store):
    one = keep(store, made())
    assert keep(store, made(author="bob"), one.id) == one
    assert store.version("ae") == 2


def test_two_people_and_one_definition(store):
    one = keep(store, made())
    for seen in (0, one.id + 1):
        with pytest.raises(Conflict) as refused:
            keep(store, made(text="Something else"), seen)
        assert (refused.value.clashes[0].note, refused.value.clashes[0].actor) == (one.text, "ann")
    assert store.redefinitions("ae") == (one,)


def test_as_it_was_known_and_campaigns_do_not_mix(store):
    store.define(campaign("other"))
    before = save(store, cell(1)).change_id
    one = keep(store, made())
    two = keep(store, made(on=MARCH), campaign_id="other")
    assert [store.redefinitions("ae", at) for at in (before, one.id, None)] == [(), (one,), (one,)]
    assert store.redefinitions("other") == (two,)


@pytest.mark.parametrize("wrong", [{"text": " "}, {"reason": ""}, {"measure": "none"}, {"on": AT}, {"text": "a\0b"}])
def test_what_cannot_be_kept_is_refused(store, wrong):
    with pytest.raises(InvalidEntry):
        keep(store, made(**wrong))
    with pytest.raises(UnknownCampaign):
        keep(store, made(), campaign_id="none")
    assert store.version("ae") == 1


def test_the_history_is_append_only(file):
    one = keep(file, made())
    with closing(sqlite3.connect(file.path)) as conn:
        for statement in (
            "update redefinition set text = 'x'",
            "delete from redefinition",
            f"insert into redefinition values ('ae', 'waits', '2019-04-01', 3, {one.id}, 'a', 'b', 1)",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                conn.execute(statement)
