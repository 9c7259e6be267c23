"""Files: seen before they are written, kept as one change, never twice, and taken back whole."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from measures.access import Forbidden
from measures.actions import compare, entries, imports
from measures.demo import ae
from measures.intake.reading import Question
from measures.model import Actor, Role
from measures.store import StoreError
from tests.actions.desks import desk

APRIL = date(2019, 4, 1)
HEAD = "site,period,attendances,within4h,admitted\n"
THREE = HEAD + "RJ1,2019-04,18000,15500,3600\n"
CHANGED = HEAD + "RJ1,2019-03,19017,15500,3600\nRJ1,2019-04,18000,15500,3600\n"


def opened(at, text, name="april.csv", **rest):
    return imports.open_file(at, text.encode(), name, **rest)


def numbers(store, site="RJ1", period=APRIL):
    found = store.observations(ae.ID)
    found = found[((found["site"] == site) & (found["period"] == pd.Timestamp(period))).to_numpy()]
    return {
        row.measure: (row.value if np.isnan(row.numerator) else row.numerator)
        for row in found.itertuples()
        if not (np.isnan(row.value) and np.isnan(row.numerator))
    }


def test_a_file_is_looked_at_before_anything_is_written(store):
    at, version = desk(store), store.version(ae.ID)
    upload = opened(at, THREE, site="RJ1")
    assert (upload.new, upload.changed, upload.same, upload.refused) == (3, 0, 0, 0)
    assert upload.kept_before is None
    assert list(upload.changes.columns) == [
        "row", "site", "measure", "group", "period", "kind", "was_numerator", "was_denominator", "was_value",
        "numerator", "denominator", "value", "note", "seen",
    ]  # fmt: skip
    assert store.version(ae.ID) == version


def test_what_was_seen_is_kept_as_one_change(store):
    at = desk(store)
    done = imports.keep(at, opened(at, THREE, site="RJ1"))
    assert done.written == 3
    assert numbers(store) == {"attendances": 18_000, "within4h": 15_500, "admitted": 3_600}
    change = store.change(ae.ID, done.change_id)
    assert (change.source, change.actor) == ("file: april.csv", "Guy's and St Thomas' team")


def test_new_changed_and_same_cells_are_told_apart_with_what_was_there(store):
    at = desk(store)
    upload = opened(at, CHANGED, site="RJ1")
    kinds = upload.changes.set_index(["period", "measure"])["kind"].astype(str)
    assert kinds[pd.Timestamp("2019-03-01"), "attendances"] == "same"
    assert kinds[pd.Timestamp("2019-03-01"), "within4h"] == "changed"
    assert (upload.new, upload.same) == (3, 1)
    row = upload.changes[((upload.changes["kind"] == "changed") & (upload.changes["measure"] == "within4h")).to_numpy()]
    assert (row["numerator"].iloc[0], row["seen"].iloc[0]) == (15_500, 1)
    assert row["was_numerator"].iloc[0] == numbers(store, period=date(2019, 3, 1))["within4h"]
    assert imports.keep(at, upload).written == upload.new + upload.changed


def test_the_same_file_twice_changes_nothing(store):
    at = desk(store)
    first = imports.keep(at, opened(at, THREE, site="RJ1"))
    again = opened(at, THREE, "another name.csv", site="RJ1")
    assert (again.kept_before, again.same, again.new) == (first.change_id, 3, 0)
    page = entries.sheet(at, "RJ1", APRIL)
    entries.save(at, page, {"attendances": 18_001, "within4h": 15_500, "admitted": 3_600})
    done = imports.keep(at, opened(at, THREE, site="RJ1"))
    assert (done.change_id, done.written) == (first.change_id, 0)
    assert numbers(store)["attendances"] == 18_001


def test_another_file_with_the_same_numbers_writes_nothing(store):
    at = desk(store)
    imports.keep(at, opened(at, THREE, site="RJ1"))
    other = opened(at, THREE.replace("2019-04", "Apr-19"), site="RJ1")
    assert (other.kept_before, other.same) == (None, 3)
    assert imports.keep(at, other).change_id is None


def test_somebody_who_wrote_after_the_preview_is_named_and_nothing_is_written(store):
    at = desk(store)
    upload = opened(at, THREE, site="RJ1")
    page = entries.sheet(at, "RJ1", APRIL)
    entries.save(at, page, {"attendances": 17_000, "within4h": 15_000, "admitted": 3_000})
    with pytest.raises(entries.Overwritten) as caught:
        imports.keep(at, upload)
    assert {(clash.measure, clash.actor) for clash in caught.value.clashes} == {
        (name, "Guy's and St Thomas' team") for name in ("attendances", "within4h", "admitted")
    }
    assert numbers(store)["attendances"] == 17_000
    again = opened(at, THREE, site="RJ1")
    assert again.changed == 3
    assert imports.keep(at, again).written == 3


def test_refused_rows_come_back_and_the_others_can_be_kept(store):
    at = desk(store)
    upload = opened(at, THREE + "NOWHERE,2019-04,1,1,1\nRJ1,2019-02,-5,1,1\n", site="RJ1")
    assert (upload.refused, upload.checked.size) == (2, 3)
    back = imports.refused_file(upload).decode("utf-8-sig").splitlines()
    assert back[0].endswith("reason")
    assert [line.split(",")[0] for line in back[1:]] == ["NOWHERE", "RJ1"]
    assert imports.keep(at, upload).written == 3


def test_a_whole_file_is_taken_back_as_a_new_change_and_may_come_again(store):
    at, before = desk(store), numbers(store, period=date(2019, 3, 1))
    done = imports.keep(at, opened(at, CHANGED, site="RJ1"))
    back = imports.undo(at, done.change_id)
    assert back.change_id > done.change_id
    assert numbers(store, period=date(2019, 3, 1)) == before
    assert numbers(store) == {}
    assert store.change(ae.ID, back.change_id).source == "undo: file: april.csv"
    with pytest.raises(entries.Refused, match=f"taken back before, by change {back.change_id}"):
        imports.undo(at, done.change_id)
    again = opened(at, CHANGED, site="RJ1")
    assert again.kept_before is None
    assert imports.keep(at, again).written == done.written
    assert numbers(store)["attendances"] == 18_000


def test_an_undo_can_be_undone(store):
    at = desk(store)
    done = imports.keep(at, opened(at, THREE, site="RJ1"))
    back = imports.undo(at, done.change_id)
    redone = imports.undo(at, back.change_id)
    assert numbers(store)["attendances"] == 18_000
    assert store.change(ae.ID, redone.change_id).source == "again: file: april.csv"
    listed = imports.history(at, "RJ1")
    assert listed["change_id"].tolist() == [redone.change_id, back.change_id, done.change_id, 1]
    assert listed["undone"].tolist() == [False, True, False, False]


def test_an_undo_stops_where_somebody_wrote_since_and_names_the_cells(store):
    at = desk(store)
    done = imports.keep(at, opened(at, THREE, site="RJ1"))
    page = entries.sheet(at, "RJ1", APRIL)
    entries.save(at, page, {"attendances": 18_000, "within4h": 15_600, "admitted": 3_600})
    with pytest.raises(entries.Overwritten) as caught:
        imports.undo(at, done.change_id)
    assert [(clash.measure, clash.numerator) for clash in caught.value.clashes] == [("within4h", 15_600)]
    assert len(numbers(store)) == 3
    assert imports.undo(at, done.change_id, leave=True).written == 2
    assert numbers(store) == {"within4h": 15_600}
    with pytest.raises(entries.Refused, match="taken back before"):
        imports.undo(at, done.change_id, leave=True)


def test_there_is_nothing_to_undo_where_there_was_no_such_change(store):
    with pytest.raises(entries.Refused, match="nothing to undo"):
        imports.undo(desk(store), 999)


def test_a_team_reaches_its_own_sites_alone(store):
    at = desk(store)
    with pytest.raises(Forbidden):
        opened(at, THREE, site="R1H")
    upload = opened(at, THREE + "R1H,2019-04,1000,900,100\n")
    assert upload.refused == 1
    lead = desk(store, "lead")
    both = opened(lead, THREE + "R1H,2019-04,1000,900,100\n")
    assert both.refused == 0
    with pytest.raises(Forbidden):
        imports.keep(at, both)
    done = imports.keep(lead, both)
    with pytest.raises(Forbidden):
        imports.undo(at, done.change_id)
    assert imports.history(at, "RJ1")["entries"].tolist()[0] == 3
    assert imports.history(at)["entries"].tolist()[0] == 3
    assert imports.history(lead)["entries"].tolist()[0] == 6
    with pytest.raises(Forbidden):
        imports.history(at, "R1H")
    with pytest.raises(Forbidden):
        opened(desk(store, "executive"), THREE)


def test_a_team_of_several_sites_sees_each_file_once(store):
    lead, campaign = desk(store, "lead"), store.campaign(ae.ID)
    done = imports.keep(lead, opened(lead, THREE + "R1H,2019-04,1000,900,100\n"))
    both = desk(store, actor=Actor(Role.TEAM, "two", frozenset({"RJ1", "R1H"}), stand_in=True))
    listed = imports.history(both)
    assert listed.loc[0, ["change_id", "entries"]].tolist() == [done.change_id, 6]
    assert listed["change_id"].is_unique
    assert campaign.demo


def test_an_earlier_date_brings_and_takes_back_nothing(store):
    at = desk(store)
    upload = opened(at, THREE, site="RJ1")
    back = desk(store, as_of=date(2018, 12, 1))
    for act in (
        lambda: opened(back, THREE, site="RJ1"),
        lambda: imports.keep(back, upload),
        lambda: imports.undo(back, 1),
    ):
        with pytest.raises(entries.Refused, match="earlier date"):
            act()


def test_what_a_person_says_about_columns_and_dates_is_remembered_for_the_site(store):
    odd = "place,when,zzz,within4h,admitted\nRJ1,03/04/2019,18000,15500,3600\n".replace("03/04", "01/04")
    at = desk(store)
    first = opened(at, odd, site="RJ1")
    assert [question.about for question in first.reading.questions] == ["dates"]
    with pytest.raises(entries.Refused, match="01/04/2019"):
        imports.keep(at, first)
    said = {"zzz": "measure:attendances/value"}
    second = opened(at, odd, site="RJ1", columns=said, dates="day-first")
    assert second.new == 3
    imports.keep(at, second)
    kept = store.mapping(ae.ID, "RJ1")
    assert (dict(kept.columns), kept.dates, kept.actor) == (said, "day-first", "Guy's and St Thomas' team")
    third = opened(at, odd.replace("01/04", "01/03"), "march.csv", site="RJ1")
    assert (third.reading.questions, third.reading.columns["zzz"], third.refused) == ((), said["zzz"], 0)
    assert opened(at, odd, site="RJ1", columns={"zzz": "ignore"}).reading.columns["zzz"] == "ignore"
    iso = opened(at, THREE.replace("2019-04", "2019-04-12"), site="RJ1")
    assert iso.refused == 0


def test_not_being_able_to_remember_does_not_undo_what_was_kept(store, monkeypatch):
    at = desk(store)
    upload = opened(at, THREE, site="RJ1", columns={"admitted": "ignore"})

    def broken(*_):
        raise StoreError("full")

    monkeypatch.setattr(type(store), "keep_mapping", broken)
    assert imports.keep(at, upload).written == 2


def test_what_is_broken_off_leaves_nothing(store):
    at = desk(store)
    upload = opened(at, THREE, site="RJ1")

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.keep(at, upload, progress=stop)
    assert numbers(store) == {}
    assert imports.keep(at, opened(at, THREE, site="RJ1")).written == 3


def test_progress_goes_up_to_the_whole(store):
    said = []
    at = desk(store)
    imports.keep(at, opened(at, THREE, site="RJ1", progress=said.append))
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_too_large_a_file_is_refused_on_screen_alone(store, monkeypatch):
    monkeypatch.setattr(imports, "MOST_BYTES", 50)
    with pytest.raises(entries.Refused, match="larger than 50 MB"):
        opened(desk(store), THREE, site="RJ1")
    assert opened(desk(store), THREE, site="RJ1", limited=False).new == 3


def test_pasted_cells_are_a_file_too(store):
    at = desk(store)
    upload = imports.open_file(at, THREE.replace(",", "\t"), "Pasted", site="RJ1")
    assert (upload.new, upload.table.kind) == (3, "paste")


def test_a_file_that_is_none_says_so(store):
    with pytest.raises(imports.Unreadable, match="empty"):
        opened(desk(store), "", site="RJ1")


def test_an_empty_note_leaves_the_one_that_is_there(store):
    at = desk(store)
    noted = "site,measure,period,numerator,denominator,note\nRJ1,within4h,2019-04,15500,18000,{}\n"
    long = noted.format("Snow")
    imports.keep(at, opened(at, long, site="RJ1"))
    assert opened(at, noted.format(" "), site="RJ1").same == 1
    other = opened(at, noted.format("Ice"), site="RJ1")
    assert (other.changed, other.changes["note"].tolist()) == (1, ["Ice"])
    more = opened(at, noted.format("").replace("15500", "15501"), site="RJ1")
    assert more.changes["note"].tolist() == ["Snow"]


def test_a_question_without_an_answer_stops_the_keeping(store):
    from dataclasses import replace

    at = desk(store)
    upload = opened(at, THREE, site="RJ1")
    asked = replace(upload, reading=replace(upload.reading, questions=(Question("dates", "Which?"),)))
    with pytest.raises(entries.Refused, match=r"Which\?"):
        imports.keep(at, asked)


def test_cells_are_compared_by_every_part_of_their_key():
    days = pd.to_datetime(["2019-03-01", "2019-04-01"]).as_unit("us")
    held = pd.DataFrame({"site": ["a", "b"], "measure": "m", "group": "all", "period": days, "value": [1.0, np.nan]})
    held = held.assign(numerator=np.nan, denominator=np.nan, note="", rev=[3, 2], change_id=1)
    held = held.astype(dict.fromkeys(("site", "measure", "group"), "category"))
    rows = held.assign(row=[2, 3], value=1.0).astype(dict.fromkeys(("site", "measure", "group"), "str"))
    found = compare.compared(rows, held)
    assert found["kind"].astype(str).tolist() == ["same", "new"]  # a blanked cell holds nothing
    assert found["seen"].tolist() == [3, 2]
    for part in ({"site": "z"}, {"measure": "z"}, {"group": "z"}, {"period": pd.Timestamp("2011-01-01")}):
        other = compare.compared(rows.assign(**part), held)
        assert (other["kind"].astype(str).tolist(), other["seen"].tolist()) == (["new", "new"], [0, 0])
    close = compare.compared(rows.assign(value=1 + 2.3e-16), held)
    assert close["kind"].astype(str).tolist()[0] == "same"
    assert compare.compared(rows.assign(value=1 + 2e-15), held)["kind"].astype(str).tolist()[0] == "changed"
    swapped = compare.compared(rows.assign(site=["b", "a"]), held)
    assert swapped["seen"].tolist() == [0, 0]
    assert compare.compared(rows.iloc[:0], held).empty
    assert compare.compared(rows, held.iloc[:0])["seen"].tolist() == [0, 0]
