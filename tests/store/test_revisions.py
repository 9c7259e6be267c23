"""When things became known: the contract of every store."""

from datetime import timedelta

import pandas as pd
import pytest

from measures.store import UnknownCampaign
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, save


def test_the_last_change_at_a_moment(store):
    assert store.change_at("ae", AT) == 0
    first = save(store, cell(1))
    second = save(store, cell(2, seen=1), minute=60)
    moments = [AT - timedelta(microseconds=1), AT, AT + timedelta(minutes=59), AT + timedelta(hours=1)]
    assert [store.change_at("ae", at) for at in moments] == [0, first.change_id, first.change_id, second.change_id]


def test_when_a_campaign_began(store):
    assert store.began("ae") is None
    save(store, cell(1))
    save(store, cell(2, seen=1), minute=1440)
    assert store.began("ae") == AT


def test_every_revision_with_what_it_took_the_place_of(store):
    first = save(store, cell(1), cell(5, period=APRIL), cell(9, site="s2"))
    save(store, cell(2, seen=1, note="why"))
    frame = store.revisions("ae", "s1", "waits")
    assert frame["period"].tolist() == [pd.Timestamp(MARCH)] * 2 + [pd.Timestamp(APRIL)]
    assert frame["rev"].tolist() == [1, 2, 1]
    assert frame["from_numerator"].fillna(-1).tolist() == [-1, 1, -1]
    assert frame["numerator"].tolist() == [1, 2, 5]
    assert (frame["note"][1], frame["from_note"][1]) == ("why", "")
    assert store.revisions("ae", after=first.change_id)["numerator"].tolist() == [2]
    assert len(store.revisions("ae")) == 4


@pytest.mark.parametrize("entries", [0, 1])
def test_types_do_not_depend_on_what_is_there(store, entries):
    if entries:
        save(store, cell())
    kinds = store.revisions("ae").dtypes.astype(str).to_dict()
    assert {kinds[name] for name in ("site", "measure", "group", "actor", "source", "note", "from_note")} == {"str"}
    assert {kinds[name] for name in ("numerator", "from_value")} == {"float64"}
    assert (kinds["period"], kinds["rev"], kinds["undoes"]) == ("datetime64[us]", "int64", "Int64")


def test_campaigns_do_not_mix(store):
    store.define(campaign("other"))
    save(store, cell(1), campaign_id="other")
    assert len(store.revisions("ae")) == 0
    assert store.began("ae") is None
    for ask in (store.revisions, store.began, lambda id: store.change_at(id, AT)):
        with pytest.raises(UnknownCampaign):
            ask("nonsense")


def test_the_first_moment_a_cell_held_a_number(store):
    save(store, cell(None, note="to come"))
    save(store, cell(1, seen=1), minute=60)
    save(store, cell(None, seen=2), cell(3, site="s2"), minute=120)
    third = save(store, cell(4, seen=3), minute=180)
    assert store.observations("ae")["first_at"].tolist() == [AT + timedelta(hours=1), AT + timedelta(hours=2)]
    early = store.observations("ae", known_at=third.change_id - 3)
    assert early["first_at"].isna().tolist() == [True]
