"""What every store does, whichever database is behind it."""

from __future__ import annotations

import dataclasses
import math
import pickle
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

from measures.store import (
    CampaignRow,
    Conflict,
    Draft,
    DraftKey,
    Entry,
    InvalidEntry,
    Recorded,
    StoreError,
    UnknownCampaign,
)
from tests.store.samples import APRIL, AT, MARCH, campaign, cell, full_campaign, save

COLUMNS = [
    "site", "measure", "group", "period", "numerator", "denominator", "value", "note", "rev", "change_id", "first_at",
]  # fmt: skip


def numerators(store, **rest):
    """The numerators of campaign ae, as observed."""
    return store.observations("ae", **rest)["numerator"].tolist()


# -- campaigns


def test_a_campaign_comes_back_as_it_was_defined(fresh):
    fresh.define(full_campaign())
    assert fresh.campaign("full") == full_campaign()


def test_the_full_campaign_fills_every_field_with_something_of_its_own():
    whole = full_campaign()
    first = [whole, whole.sites[0], whole.measures[0], whole.aims[0], whole.aims[0].versions[0], whole.shares[0]]
    same = {
        f"{type(item).__name__}.{field.name}"
        for item in first
        for field in dataclasses.fields(item)
        if field.default is not dataclasses.MISSING and getattr(item, field.name) == field.default
    }
    assert same <= {"Site.kind"}


def test_campaigns_are_listed_by_name(fresh):
    fresh.define(full_campaign())
    fresh.define(campaign())
    assert fresh.campaigns() == [
        CampaignRow("ae", "Campaign ae", 1, False),
        CampaignRow("full", full_campaign().name, 1, True),
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"chart": "xbar"}, "4 h is a proportion, which no 'xbar' chart can show; it can be one of: xmr, p, pp, run"),
        ({"rules": "mine"}, "4 h has rules 'mine'; they can be one of: nhs, ihi"),
    ],
)
def test_a_measure_that_cannot_be_charted_is_refused_in_a_sentence(fresh, changes, says):
    whole = full_campaign()
    odd = dataclasses.replace(whole.measures[0], **changes)
    with pytest.raises(StoreError, match=says):
        fresh.define(dataclasses.replace(whole, measures=(odd, *whole.measures[1:])))
    assert fresh.campaigns() == []


def test_an_id_is_used_once(store):
    with pytest.raises(StoreError, match="already a campaign called 'ae'"):
        store.define(campaign())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c: {"sites": (*c.sites, c.sites[0])},
        lambda c: {"aims": (dataclasses.replace(c.aims[0], measure="none"),)},
        lambda c: {"sites": (dataclasses.replace(c.sites[0], successor="none"), *c.sites[1:])},
        lambda c: {"shares": (dataclasses.replace(c.shares[0], site="none"),)},
    ],
    ids=["site twice", "aim without its measure", "successor nowhere", "share of no site"],
)
def test_a_campaign_that_does_not_fit_together_leaves_nothing(fresh, wrong):
    whole = full_campaign()
    with pytest.raises(StoreError, match="do not fit together"):
        fresh.define(dataclasses.replace(whole, **wrong(whole)))
    assert fresh.campaigns() == []
    fresh.define(whole)


@pytest.mark.parametrize(
    "ask",
    [
        lambda s: s.campaign("no"),
        lambda s: s.version("no"),
        lambda s: s.observations("no"),
        lambda s: s.history("no", "s1", "waits", MARCH),
        lambda s: s.changes("no", 5),
        lambda s: save(s, cell(), campaign_id="no"),
    ],
)
def test_an_unknown_campaign_is_named(store, ask):
    with pytest.raises(UnknownCampaign, match="no campaign called 'no'"):
        ask(store)


# -- observations


def test_observations_are_tidy_and_sorted(store):
    save(
        store,
        cell(3, site="s2"),
        cell(2, period=APRIL),
        cell(1),
        cell(None, measure="beds", value=2.5, note="wet"),
        cell(4, group="deprived"),
    )
    frame = store.observations("ae")
    assert list(frame.columns) == COLUMNS
    assert frame[["site", "measure", "group", "period"]].astype(str).to_numpy().tolist() == [
        ["s1", "beds", "all", "2019-03-01"],
        ["s1", "waits", "all", "2019-03-01"],
        ["s1", "waits", "all", "2019-04-01"],
        ["s1", "waits", "deprived", "2019-03-01"],
        ["s2", "waits", "all", "2019-03-01"],
    ]
    assert frame["numerator"].fillna(-1).tolist() == [-1, 1, 2, 4, 3]
    assert frame["value"].fillna(-1).tolist() == [2.5, -1, -1, -1, -1]
    assert frame["note"].tolist() == ["wet", "", "", "", ""]
    assert frame["rev"].tolist() == [1] * 5


@pytest.mark.parametrize("entries", [0, 1])
def test_types_do_not_depend_on_what_is_there(store, entries):
    if entries:
        save(store, cell())
    kinds = store.observations("ae").dtypes.astype(str).to_dict()
    numbers = dict.fromkeys(("numerator", "denominator", "value"), "float64")
    keys = dict.fromkeys(("site", "measure", "group"), "category")
    whole, moments = dict.fromkeys(("rev", "change_id"), "int64"), {"first_at": "datetime64[us, UTC]"}
    assert kinds == {**keys, "period": "datetime64[us]", **numbers, "note": "str", **whole, **moments}


def test_campaigns_do_not_mix(store):
    store.define(campaign("other"))
    save(store, cell(1))
    save(store, cell(2), campaign_id="other")
    assert numerators(store) == [1.0]
    assert store.version("ae") == store.version("other") == 2


def test_as_it_was_known(store):
    first = save(store, cell(1))
    second = save(store, cell(2, seen=1), cell(5, period=APRIL))
    third = save(store, cell(3, seen=2))
    assert numerators(store, known_at=0) == []
    assert numerators(store, known_at=first.change_id) == [1.0]
    assert numerators(store, known_at=second.change_id) == [2.0, 5.0]
    assert numerators(store, known_at=third.change_id) == numerators(store) == [3.0, 5.0]


def test_a_group_whose_first_entry_came_later_is_not_known_before(store):
    first = save(store, cell(1, site="s2"))
    save(store, cell(2, group="a"), cell(3, site="s1"))
    frame = store.observations("ae", known_at=first.change_id)
    assert frame["site"].tolist() == ["s2"]


# -- recording


def test_a_change_is_recorded(store):
    done = save(store, cell(1), cell(2, period=APRIL))
    assert done == Recorded(done.change_id, version=2, written=2)
    assert store.version("ae") == 2


def test_the_history_tells_who_wrote_what_and_when(store):
    save(store, cell(1))
    late = AT.astimezone(timezone(timedelta(hours=5))) + timedelta(minutes=7)
    done = store.record("ae", [cell(2, 1, note="late")], actor="bob", source="file.csv", at=late)
    frame = store.history("ae", "s1", "waits", MARCH)
    assert frame[["rev", "actor", "source", "numerator", "denominator", "note"]].to_numpy().tolist() == [
        [1, "ann", "typed", 1.0, 10.0, ""],
        [2, "bob", "file.csv", 2.0, 10.0, "late"],
    ]
    assert frame["at"].tolist() == [pd.Timestamp(AT), pd.Timestamp(AT) + pd.Timedelta(minutes=7)]
    assert frame["value"].isna().all()
    assert frame["undoes"].isna().all()
    assert frame["change_id"].iloc[1] == done.change_id


def test_a_cell_without_history_has_no_rows_and_the_same_types(store):
    empty = store.history("ae", "s1", "waits", MARCH)
    assert len(empty) == 0
    save(store, cell(1))
    assert list(empty.columns) == list(store.history("ae", "s1", "waits", MARCH).columns)


def test_equal_values_write_nothing(store):
    save(store, cell(1, note="n"))
    again = save(store, cell(1, 1, note="n"))
    assert again == Recorded(None, version=2, written=0)
    assert len(store.changes("ae")) == 1


def test_only_what_differs_is_written(store):
    save(store, cell(1), cell(2, period=APRIL))
    done = save(store, cell(1, 1), cell(3, 1, period=APRIL))
    assert done.written == 1
    assert store.observations("ae")["rev"].tolist() == [1, 2]


@pytest.mark.parametrize("other", [{"note": "why"}, {"denominator": 11}, {"denominator": None}, {"value": 0}])
def test_every_part_of_an_entry_counts_as_a_difference(store, other):
    save(store, cell(1))
    assert save(store, cell(1, 1, **other)).written == 1


def test_blanking_keeps_what_was_there(store):
    save(store, cell(1))
    save(store, cell(None, 1))
    assert math.isnan(numerators(store)[0])
    assert store.history("ae", "s1", "waits", MARCH)["numerator"].iloc[0] == 1


def test_an_empty_entry_where_nothing_was_writes_nothing(store):
    assert save(store, cell(None)).change_id is None


def test_no_entries_write_nothing(store):
    assert save(store) == Recorded(None, 1, 0)


def test_an_undo_names_what_it_takes_back(store):
    first = save(store, cell(1))
    second = save(store, cell(2, 1))
    save(store, cell(1, 2), undoes=second.change_id)
    frame = store.history("ae", "s1", "waits", MARCH)
    assert frame["undoes"].iloc[2] == second.change_id
    assert frame["numerator"].tolist() == [1, 2, 1]
    assert first.change_id not in frame["undoes"].dropna().tolist()


def test_an_undo_of_another_campaigns_change_is_refused(store):
    store.define(campaign("other"))
    theirs = save(store, cell(1), campaign_id="other").change_id
    with pytest.raises(StoreError, match="no change"):
        save(store, cell(1), undoes=theirs)


def test_the_same_digest_is_a_no_op(store):
    first = save(store, cell(1), digest="abc")
    assert save(store, cell(7, 1), digest="abc") == Recorded(first.change_id, version=2, written=0)
    assert numerators(store) == [1.0]
    assert save(store, cell(7, 1), digest="abd").written == 1


def test_a_digest_belongs_to_its_campaign(store):
    store.define(campaign("other"))
    save(store, cell(1), digest="abc")
    assert save(store, cell(1), digest="abc", campaign_id="other").written == 1


def test_the_version_goes_up_once_with_every_change(store):
    versions = [store.version("ae")]
    for n in range(4):
        save(store, cell(n, n), cell(n, n, period=APRIL))
        save(store, cell(n, n + 1))
        versions.append(store.version("ae"))
    assert versions == [1, 2, 3, 4, 5]


def test_changes_are_listed_newest_first(store):
    save(store, cell(1), cell(2, period=APRIL), digest="d")
    save(store, cell(3, 1), actor="bob", minute=5)
    frame = store.changes("ae")
    assert list(frame.columns) == ["change_id", "at", "actor", "source", "digest", "undoes", "entries"]
    assert frame["actor"].tolist() == ["bob", "ann"]
    assert frame["entries"].tolist() == [1, 2]
    assert frame["digest"].iloc[1] == "d"
    assert len(store.changes("ae", limit=1)) == 1


def test_numbers_come_back_exactly(store):
    numbers = [0.1, 1 / 3, 2.0**53, -5e-324, 1e308, 7]
    for n, number in enumerate(numbers):
        save(store, cell(None, n, value=number))
    assert store.history("ae", "s1", "waits", MARCH)["value"].tolist() == numbers


def test_numpy_numbers_are_numbers(store):
    save(store, cell(np.int64(3), np.int64(0), denominator=np.float64(4.5)))
    assert store.observations("ae")[["numerator", "denominator"]].to_numpy().tolist() == [[3.0, 4.5]]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, "7", 2**53 + 1, 10**400, 1 + 2j, np.nan])
@pytest.mark.parametrize("field", ["numerator", "denominator", "value"])
def test_what_is_no_number_is_refused(store, field, number):
    with pytest.raises(InvalidEntry, match=r"not a number|cannot be kept"):
        save(store, cell(1, period=APRIL), cell(**{"numerator": 1, field: number}))
    assert numerators(store) == []


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"site": "s9"}, "'s9' is not a site of campaign 'ae'"),
        ({"measure": "m9"}, "'m9' is not a measure of campaign 'ae'"),
        ({"period": "2019-03-01"}, "must be a date"),
        ({"period": datetime(2019, 3, 1)}, "must be a date"),
        ({"period": None}, "must be a date"),
        ({"site": 7}, "plain text"),
        ({"note": None}, "plain text"),
        ({"note": "a\0b"}, "plain text"),
        ({"seen": -1}, "revision seen"),
        ({"seen": 1.0}, "revision seen"),
    ],
)
def test_an_invalid_entry_is_refused_with_its_reason(store, other, says):
    with pytest.raises(InvalidEntry, match=says):
        save(store, cell(1, period=APRIL), cell(**other))
    assert numerators(store) == []
    assert store.version("ae") == 1


def test_a_cell_given_twice_is_refused(store):
    with pytest.raises(InvalidEntry, match="s1, waits, all, 2019-03-01 is given twice"):
        save(store, cell(1), cell(2))


def test_a_time_without_a_zone_is_refused(store):
    with pytest.raises(StoreError, match="no time zone"):
        store.record("ae", [cell()], actor="ann", source="typed", at=AT.replace(tzinfo=None))


# -- conflicts


def test_a_conflict_says_who_wrote_what_and_when(store):
    save(store, cell(1), cell(5, period=APRIL))
    save(store, cell(2, 1, note="mine"), actor="bob", minute=3)
    with pytest.raises(Conflict, match=r"bob changed s1, waits, 2019-03-01 on 05 January 2026 at 10:45 UTC") as caught:
        save(store, cell(3, 1), cell(6, 1, period=APRIL))
    (clash,) = caught.value.clashes
    assert (clash.actor, clash.at, clash.rev, clash.seen) == ("bob", AT + timedelta(minutes=3), 2, 1)
    assert (clash.numerator, clash.denominator, clash.value, clash.note) == (2.0, 10.0, None, "mine")
    assert numerators(store) == [2.0, 5.0]
    assert store.version("ae") == 3


def test_a_conflict_holds_every_cell_that_is_not_as_seen(store):
    save(store, cell(1), cell(5, period=APRIL))
    with pytest.raises(Conflict, match="and 1 more cell differs") as caught:
        save(store, cell(3), cell(6, period=APRIL), cell(7, site="s2"))
    assert [clash.period for clash in caught.value.clashes] == [MARCH, APRIL]


@pytest.mark.parametrize("seen", [2, 3, 99])
def test_a_made_up_revision_is_refused(store, seen):
    save(store, cell(1))
    with pytest.raises(Conflict):
        save(store, cell(2, seen))
    assert store.check() == []


def test_a_revision_of_a_cell_that_holds_nothing_is_refused(store):
    with pytest.raises(Conflict, match="holds nothing") as caught:
        save(store, cell(2, 1))
    assert caught.value.clashes[0].actor is None


def test_equal_values_at_another_revision_are_a_conflict_too(store):
    save(store, cell(1))
    with pytest.raises(Conflict):
        save(store, cell(1, 0))


def test_errors_can_be_sent_to_another_process(store):
    save(store, cell(1))
    with pytest.raises(Conflict) as caught:
        save(store, cell(2))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.clashes == caught.value.clashes
    assert str(again) == str(caught.value)
    assert "'no'" in str(pickle.loads(pickle.dumps(UnknownCampaign("no"))))


def test_a_refused_change_leaves_the_store_usable(store):
    with pytest.raises(InvalidEntry):
        save(store, cell(site="s9"))
    assert save(store, cell(1)).written == 1
    assert store.check() == []


def test_a_closed_store_says_so(store):
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.campaigns()


def test_entries_are_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Entry("s1", "waits", MARCH).seen = 1


def test_a_way_that_cannot_be_drawn_is_refused_when_it_is_defined(store):
    whole = full_campaign()
    aim = whole.aims[0]
    odd = replace(aim, versions=(replace(aim.versions[0], shape="zigzag"), *aim.versions[1:]))
    with pytest.raises(StoreError, match="Version 1 of .* has a way that cannot be drawn: There is no shape 'zigzag'"):
        store.define(replace(whole, aims=(odd, *whole.aims[1:])))


# -- drafts

KEY = DraftKey("ae", "s1", "team:ann", "enter", "month/2019-03-01")


def test_a_draft_comes_back_and_the_next_takes_its_place(store):
    store.keep_draft(KEY, '{"waits":7}', at=AT)
    store.keep_draft(KEY, '{"waits":78,"note":"né"}', at=AT + timedelta(minutes=1))
    assert store.draft(KEY) == Draft(AT + timedelta(minutes=1), '{"waits":78,"note":"né"}')
    store.forget_draft(KEY)
    store.forget_draft(KEY)
    assert store.draft(KEY) is None


@pytest.mark.parametrize("other", [{"site": "s2"}, {"actor": "team:bob"}, {"page": "grid"}, {"about": "week"}])
def test_a_draft_is_one_persons_about_one_thing(store, other):
    store.keep_draft(KEY, "mine", at=AT)
    assert store.draft(KEY._replace(**other)) is None
    store.keep_draft(KEY._replace(**other), "another", at=AT)
    store.forget_draft(KEY._replace(**other))
    assert store.draft(KEY).body == "mine"


def test_a_draft_is_no_change(store):
    save(store, cell())
    before = store.version("ae"), store.observations("ae"), store.changes("ae")
    store.keep_draft(KEY, "typed", at=AT)
    assert store.version("ae") == before[0]
    pd.testing.assert_frame_equal(store.observations("ae"), before[1])
    pd.testing.assert_frame_equal(store.changes("ae"), before[2])
    assert store.check() == []


def test_old_drafts_are_dropped_when_another_is_kept(store):
    old = KEY._replace(actor="team:bob")
    store.keep_draft(old, "old", at=AT)
    store.keep_draft(KEY, "new", at=AT + timedelta(days=31), oldest=AT + timedelta(days=1))
    assert store.draft(old) is None
    assert store.draft(KEY).body == "new"


@pytest.mark.parametrize("nowhere", [{"campaign": "no"}, {"site": "s9"}])
def test_a_draft_needs_a_site(store, nowhere):
    with pytest.raises(StoreError, match="no site"):
        store.keep_draft(KEY._replace(**nowhere), "typed", at=AT)
    assert store.draft(KEY._replace(**nowhere)) is None
