"""Numbers taken out: tidy, safe in a spreadsheet, and the same when they are brought in again."""

import io
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.access import Forbidden
from measures.actions import entries, exports, imports
from measures.actions.read import Desk
from measures.demo import ae
from measures.intake.safe import neutral
from measures.model import Actor, Direction, Family, Form, Measure, Role
from measures.spc import which
from measures.store import Entry
from measures.store.opening import open_store
from measures.store.sqlite import SqliteStore
from tests.actions.desks import desk
from tests.store.samples import campaign

AT = datetime(2020, 1, 5, tzinfo=UTC)
APRIL = date(2019, 4, 1)


@pytest.fixture(scope="module")
def store(demo, tmp_path_factory):
    opened = open_store(demo(tmp_path_factory.mktemp("exports")))
    yield opened
    opened.close()


@pytest.fixture
def own(tmp_path, store):
    shutil.copy(store.path, tmp_path / "demo.db")
    opened = open_store(tmp_path / "demo.db")
    yield opened
    opened.close()


def test_one_line_per_number_with_its_names(store):
    found = exports.tidy(desk(store, "lead"))
    assert list(found.columns) == [
        "site", "site_name", "measure", "measure_name", "group", "period", "numerator", "denominator", "value", "note",
    ]  # fmt: skip
    held = store.observations(ae.ID)
    assert len(found) == len(held)
    assert found["numerator"].equals(held["numerator"])
    one = found[(found["site"] == "RJ1").to_numpy()].iloc[0]
    names = {measure.id: measure.name for measure in store.campaign(ae.ID).measures}
    assert (one["site_name"], one["measure_name"]) == ("Guy's and St Thomas'", names[one["measure"]])


def test_a_team_takes_out_its_own_sites_alone(store):
    assert set(exports.tidy(desk(store))["site"]) == {"RJ1"}
    assert len(exports.tidy(desk(store), site="RJ1")) == len(exports.tidy(desk(store)))
    with pytest.raises(Forbidden):
        exports.tidy(desk(store), site="R1H")
    with pytest.raises(Forbidden):
        exports.tidy(desk(store, "executive"))
    with pytest.raises(Forbidden):
        exports.template(desk(store), "R1H")
    assert set(exports.tidy(desk(store, "lead"), site="R1H")["site"]) == {"R1H"}


def test_as_it_was_at_an_earlier_date_and_as_it_was_known(own):
    early = exports.tidy(desk(own, "lead", as_of=date(2018, 3, 31)))
    assert early["period"].max() == pd.Timestamp("2018-03-01")
    at = desk(own)
    before = len(exports.tidy(at))
    first = own.changes(ae.ID)["change_id"].max()
    entries.save(at, entries.sheet(at, "RJ1", APRIL), {"attendances": 9, "within4h": 8, "admitted": 1})
    assert len(exports.tidy(at)) == before + 3
    assert len(exports.tidy(desk(own, known_at=int(first)))) == before


def test_a_blanked_cell_is_not_taken_out(own):
    at = desk(own)
    before = len(exports.tidy(at))
    done = entries.save(at, entries.sheet(at, "RJ1", APRIL), {"attendances": 9, "within4h": 8, "admitted": 1})
    entries.undo(at, "RJ1", APRIL, done.change_id)
    assert len(exports.tidy(at)) == before


@pytest.mark.parametrize(("who", "kind", "least"), [("lead", "csv", 14_000), ("team:RJ1", "xlsx", 100)])
def test_the_demonstration_taken_out_and_brought_in_again_changes_nothing(store, who, kind, least):
    at = desk(store, who)
    held = exports.tidy(at)
    upload = imports.open_file(at, exports.KINDS[kind](held), f"export.{kind}")
    assert (upload.new, upload.changed, upload.refused, upload.reading.questions) == (0, 0, 0, ())
    assert upload.same == len(held) >= least
    assert imports.keep(at, upload).change_id is None


def small():
    """A campaign of every form of measure."""
    forms = [(form.value.replace("-", ""), form) for form in Form]
    measures = tuple(
        Measure(name, f"Measure {name}", f"Short {name}", "", Family.OUTCOME, form, Direction.UP, "", f"Top of {name}",
                f"Bottom of {name}" if form.has_denominator else "", chart=which.suits(form)[0])
        for name, form in forms
    )  # fmt: skip
    made = campaign("small")
    return replace(made, measures=measures, baseline_start=date(2019, 1, 1), end=date(2019, 12, 1))


NOTES = st.one_of(
    st.sampled_from(["", "=1+1", "'=1+1", "''@x", "-5", "'-5", "+44 20", "@sum", "\tx", "a,b;c", 'say "so"', "é – 🙂"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
)
WHOLE = st.integers(0, 10**9)


@st.composite
def cells(draw):
    """Cells that could have been typed: a number of the right kind for each form, and any note."""
    found = {}
    for _ in range(draw(st.integers(1, 8))):
        measure = draw(st.sampled_from(small().measures))
        site, month = draw(st.sampled_from(["s1", "s2"])), draw(st.integers(1, 9))
        group = draw(st.sampled_from(["all", "most deprived", "=5", "b"]))
        if measure.form.has_denominator:
            bottom = draw(st.integers(1, 10**6))
            numbers = {"numerator": float(draw(st.integers(0, bottom))), "denominator": float(bottom)}
        elif measure.form is Form.YES_NO:
            numbers = {"value": float(draw(st.booleans()))}
        elif measure.form in (Form.COUNT, Form.CASES_BETWEEN):
            numbers = {"value": float(draw(WHOLE))}
        else:
            numbers = {"value": draw(WHOLE.map(float) | st.floats(0, 1e12, allow_subnormal=False))}
        when = date(2019, month, 1)
        found[site, measure.id, when, group] = Entry(site, measure.id, when, group, note=draw(NOTES), **numbers)
    return list(found.values())


@settings(max_examples=15)
@given(what=cells(), kind=st.sampled_from(["csv", "xlsx"]))
def test_whatever_was_typed_is_the_same_when_it_comes_back(what, kind, tmp_path_factory):
    path = tmp_path_factory.mktemp("round") / "headway.db"
    store = SqliteStore(path, create=True)
    try:
        store.define(small())
        store.record("small", what, actor="ann", source="typed", at=AT)
        lead = Desk(store, Actor(Role.LEAD, "lee"), replace(store.campaign("small"), today=date(2020, 1, 5)),
                    date(2020, 1, 5), lambda *_: None)  # fmt: skip
        held = exports.tidy(lead)
        data = exports.KINDS[kind](held)
        upload = imports.open_file(lead, data, f"export.{kind}")
        assert upload.reading.questions == ()
        assert upload.checked.refused["reason"].tolist() == []
        assert (upload.new, upload.changed, upload.same) == (0, 0, len(held))
        assert imports.keep(lead, upload).written == 0
    finally:
        store.close()


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(texts=st.lists(TEXT | TEXT.map(lambda t: f"'{t}") | st.sampled_from(["=x", "'=x", "+1", "'+1", "＝x", "'"])))
def test_no_text_is_a_formula_and_every_one_comes_back(texts):
    given_texts = pd.Series(texts, dtype="str")
    safe = exports.guarded(given_texts)
    assert [neutral(text) for text in safe] == safe.tolist()
    assert exports.unguarded(safe).tolist() == texts


def harmful():
    frame = pd.DataFrame({name: ["x"] for name in ("site", "site_name", "measure", "measure_name", "group")})
    return frame.assign(
        site_name="=HYPERLINK(1)", group="@x", period=pd.to_datetime(["2019-03-01"]).as_unit("us"),
        numerator=5.0, denominator=0.1 + 0.2, value=np.nan, note='=cmd|" /c calc"!A0',
    )  # fmt: skip


def test_formulas_are_text_in_a_csv_and_numbers_are_exact():
    read = pd.read_csv(io.BytesIO(exports.as_csv(harmful())), dtype=str, keep_default_na=False)
    assert read.loc[0, ["site_name", "group", "note"]].tolist() == ["'=HYPERLINK(1)", "'@x", '\'=cmd|" /c calc"!A0']
    assert read.loc[0, ["period", "numerator", "value"]].tolist() == ["2019-03-01", "5", ""]
    assert float(read.loc[0, "denominator"]) == 0.1 + 0.2


def test_formulas_are_text_in_a_workbook_and_months_are_dates():
    sheet = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(harmful()))).active
    header, row = sheet.iter_rows()
    assert [cell.value for cell in header] == list(harmful().columns)
    values = dict(zip(harmful().columns, row, strict=True))
    assert not [cell for cell in row if cell.data_type == "f"]
    assert values["note"].value == '\'=cmd|" /c calc"!A0'
    assert (values["period"].value.date(), values["numerator"].value) == (date(2019, 3, 1), 5)
    assert values["denominator"].value == pytest.approx(0.1 + 0.2, rel=1e-15)


def test_letters_that_excel_cannot_hold_are_left_out():
    frame = harmful().assign(note="a\x01b" + "c" * 40_000)
    sheet = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx(frame))).active
    text = sheet.cell(2, len(frame.columns)).value
    assert (text[:3], len(text)) == ("abc", exports.LONGEST_CELL)


def test_too_many_rows_for_a_sheet_are_refused(monkeypatch):
    monkeypatch.setattr(exports, "MOST_EXCEL_ROWS", 0)
    with pytest.raises(entries.Refused, match="choose CSV"):
        exports.as_xlsx(harmful())


def test_parquet_holds_the_same_table(store):
    found = exports.tidy(desk(store))
    table = pq.read_table(io.BytesIO(exports.as_parquet(found)))
    assert table.column_names == list(found.columns)
    assert str(table.schema.field("period").type) == "date32[day]"
    back = table.to_pandas()
    assert back["numerator"].equals(found["numerator"])
    assert back["site"].astype(str).tolist() == found["site"].astype(str).tolist()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_filled_in_is_a_file_that_can_be_kept(own, kind):
    at = desk(own)
    data = exports.template(at, "RJ1", kind)
    upload = imports.open_file(at, data, f"template.{kind}", site="RJ1")
    assert (upload.refused, upload.changed, upload.new, upload.reading.questions) == (0, 0, 0, ())
    assert upload.same > 30
    frame = (pd.read_csv if kind == "csv" else pd.read_excel)(io.BytesIO(data), dtype=object)
    assert len(frame) >= exports.MONTHS


def test_a_template_is_one_of_two_kinds(store):
    with pytest.raises(entries.Refused, match="as xlsx or csv, not as pdf"):
        exports.template(desk(store), "RJ1", "pdf")


def test_counts_too_small_to_show_are_held_back_from_all_but_the_sites_own_team(store, monkeypatch):
    real = store.campaign

    def with_bound(id: str):
        whole = real(id)
        return replace(whole, measures=tuple(replace(m, hide_below=10**9) for m in whole.measures))

    monkeypatch.setattr(store, "campaign", with_bound)
    lead, team = exports.tidy(desk(store, "lead"), site="RJ1"), exports.tidy(desk(store), site="RJ1")
    assert len(lead) == len(team) > 0
    assert lead[["numerator", "denominator", "value"]].isna().all(axis=None)
    assert set(lead["note"]) == {"fewer than 1000000000"}
    assert team[["numerator", "value"]].notna().any(axis=1).all()
