"""What stands in a site's cells."""

from __future__ import annotations

import pytest

from measures.store import UnknownCampaign
from tests.store.samples import MARCH, cell, save


def test_the_heads_of_a_site_are_what_its_cells_hold_now(store):
    save(store, cell(numerator=5.0, denominator=7.0))
    save(store, cell(numerator=6.0, denominator=7.0, note="again", seen=1), cell(site="s2", numerator=1.0))
    heads = store.heads("ae", "s1")
    shown = heads.assign(period=heads["period"].dt.strftime("%Y-%m-%d"))
    assert shown[["measure", "group", "period", "rev", "numerator", "note"]].values.tolist() == [
        ["waits", "all", "2019-03-01", 2, 6.0, "again"]
    ]
    last = store.history("ae", "s1", "waits", MARCH).iloc[-1]
    assert heads.iloc[0][["actor", "at", "change_id"]].tolist() == last[["actor", "at", "change_id"]].tolist()


def test_a_site_without_numbers_has_no_heads_and_the_same_columns(store):
    save(store, cell(numerator=5.0))
    nothing = store.heads("ae", "nowhere")
    assert len(nothing) == 0
    assert list(nothing.columns) == list(store.heads("ae", "s1").columns)
    with pytest.raises(UnknownCampaign):
        store.heads("no", "s1")
