"""How the columns of a site's files are read is remembered, and so is who said so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from measures.store import InvalidEntry, StoreError, UnknownCampaign
from measures.store.imports import ColumnMapping
from tests.store.samples import AT, campaign

TOLD = ColumnMapping("s1", {"Trust": "site", "Seen – é": "measure:waits/numerator"}, "day-first", "ann", AT)


def test_what_was_said_last_counts_and_everything_is_kept(store):
    assert store.mapping("ae", "s1") == ColumnMapping("s1")
    first = store.keep_mapping("ae", TOLD)
    assert (first.rev, first.columns, first.dates, first.actor, first.at) == (1, TOLD.columns, "day-first", "ann", AT)
    second = store.keep_mapping("ae", ColumnMapping("s1", {"Trust": "ignore"}, "", "bob", AT + timedelta(days=1)))
    assert store.mapping("ae", "s1") == second
    assert store.mapping_history("ae", "s1") == (first, second)


def test_each_site_and_the_whole_campaign_have_their_own(store):
    store.define(campaign("other"))
    store.keep_mapping("ae", TOLD)
    whole = store.keep_mapping("ae", ColumnMapping(None, {"Org": "site"}, "", "lee", AT))
    assert store.mapping("ae", None) == whole
    assert whole.site is None
    assert store.mapping("ae", "s2").rev == store.mapping("other", "s1").rev == 0


def test_the_same_again_is_not_kept_twice_and_no_mapping_is_a_change(store):
    first = store.keep_mapping("ae", TOLD)
    turned = ColumnMapping("s1", dict(reversed(TOLD.columns.items())), "day-first", "bob", AT)
    assert store.keep_mapping("ae", turned) == first
    assert store.version("ae") == 1
    assert len(store.changes("ae")) == 0
    assert store.check() == []


def test_what_cannot_be_kept_is_refused(store):
    for wrong, says in (
        (ColumnMapping("s9", {}, "", "ann", AT), "'s9' is not a site"),
        (ColumnMapping("s1", {"a\0": "site"}, "", "ann", AT), "plain text"),
        (ColumnMapping("s1", {"a": 7}, "", "ann", AT), "plain text"),
        (ColumnMapping("s1", {}, "", "", AT), "who said it"),
        (ColumnMapping("s1", {}, "", "ann"), "and when"),
    ):
        with pytest.raises(InvalidEntry, match=says):
            store.keep_mapping("ae", wrong)
    with pytest.raises(StoreError, match="no time zone"):
        store.keep_mapping("ae", ColumnMapping("s1", {}, "", "ann", AT.replace(tzinfo=None)))
    for ask in (store.mapping, store.mapping_history):
        with pytest.raises(UnknownCampaign):
            ask("no", "s1")
    with pytest.raises(UnknownCampaign):
        store.keep_mapping("no", TOLD)
    assert store.mapping_history("ae", "s1") == ()


def test_check_finds_what_is_amiss_with_mappings_and_undos(file):
    file.keep_mapping("ae", TOLD)
    with closing(sqlite3.connect(file.path)) as raw:
        raw.execute("drop trigger mapping_next")
        raw.execute("insert into mapping values ('ae', 's1', 3, '{}', '', 'eve', '2026')")
        raw.execute("insert into mapping values ('ae', 's9', 1, '{}', '', 'eve', '2026')")
        raw.execute("insert into change values (5, 'ae', '2026', 'eve', 'typed', null, 5)")
        raw.commit()
    found = file.check()
    assert "What was said about the columns of s1 in campaign 'ae' has a gap." in found
    assert "Columns are remembered for s9, which is no site of campaign 'ae'." in found
    assert "Change 5 takes back change 5, which is later or of another campaign." in found
