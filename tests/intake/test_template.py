"""A template that was filled in comes back as exactly what was filled in."""

from __future__ import annotations

import io
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from measures.demo import ae
from measures.intake import template
from measures.intake.check import check
from measures.intake.reading import understand
from measures.intake.table import read
from measures.model import Form, Site
from tests.intake.samples import SEEN, campaign, cells, checked, measure

MONTHS = [date(2018, m, 1) for m in range(4, 13)]
KINDS = {"xlsx": template.xlsx, "csv": template.csv}

whole = st.integers(0, 10**12).map(float)
any_number = st.one_of(whole, st.decimals(0, 10**9, places=4).map(float))
"""A workbook keeps 15 digits."""


@st.composite
def filled(draw):
    """Some months' numbers of two sites, as observations."""
    rows = []
    for site in ("GUY", "STT"):
        for month in draw(st.sets(st.sampled_from(MONTHS), max_size=3)):
            came = draw(whole)
            seen = float(draw(st.integers(0, int(came))))
            rows.append((site, "came", month, None, None, came))
            rows.append((site, "seen", month, seen, came, None))
            if draw(st.booleans()):
                days = draw(any_number.filter(bool))
                rows.append((site, "falls", month, draw(any_number), days, None))
            if draw(st.booleans()):
                rows.append((site, "wait", month, None, None, draw(any_number)))
            if draw(st.booleans()):
                rows.append((site, "rounds", month, None, None, float(draw(st.booleans()))))
    frame = pd.DataFrame(rows, columns=["site", "measure", "period", "numerator", "denominator", "value"])
    frame["period"] = pd.to_datetime(frame["period"])
    return frame.assign(group="all").astype(dict.fromkeys(("numerator", "denominator", "value"), "float64"))


def as_cells(frame: pd.DataFrame) -> set[tuple]:
    numbers = [[None if pd.isna(x) else x for x in frame[c]] for c in ("numerator", "denominator", "value")]
    return set(zip(frame["site"], frame["measure"], frame["period"].dt.strftime("%Y-%m"), *numbers))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12)
@given(filled())
def test_a_template_filled_with_numbers_reads_back_as_exactly_those(kind, known):
    data = KINDS[kind](campaign(), None, MONTHS, known)
    table, reading, found = checked(data, f"template.{kind}")
    assert not len(found.refused)
    assert not reading.questions
    assert cells(found) == as_cells(known)
    assert found.size + found.empty == len(table.rows)


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_a_row_for_each_month_that_a_site_reports(kind):
    table = read(KINDS[kind](campaign(), None, MONTHS), f"t.{kind}")
    months = table.cells.groupby("c0")["c2"].agg(["min", "max", "size"])
    assert months.loc["GUY"].tolist() == ["2018-04-01", "2018-12-01", 9]
    assert months.loc["WEX"].tolist() == ["2018-07-01", "2018-12-01", 6]
    assert months.loc["OLD"].tolist() == ["2018-04-01", "2018-09-01", 6]
    assert "ALL-E" not in months.index
    assert table.header[3:] == (
        "Attendances", "Seen in time", "Bed days", "Falls", "Median wait", "Safety rounds in place", "Note",
    )  # fmt: skip


def test_a_template_for_one_site_has_that_site_alone():
    assert set(read(template.csv(campaign(), "STT", MONTHS), "t.csv").cells["c0"]) == {"STT"}


def test_the_demos_template_is_understood():
    c = ae.campaign()
    table = read(template.xlsx(c, "RJ1", MONTHS), "t.xlsx")
    reading = understand(table, c, today=ae.TODAY)
    assert not reading.questions
    assert list(reading.columns.values())[3:6] == [
        "measure:attendances/value", "measure:within4h/numerator", "measure:admitted/numerator",
    ]  # fmt: skip
    found = check(table, reading, c, today=ae.TODAY)
    assert (found.size, found.empty) == (0, 9)


def test_measures_whose_numbers_are_called_alike_have_headings_of_their_own():
    twins = tuple(
        measure(id, Form.PROPORTION, f"Share {id}", "Patients", "All patients", short=id.title(), order=i)
        for i, id in enumerate(("hips", "knees"))
    )
    c = campaign(measures=twins)
    headings = [column.heading for column in template.asked(c)]
    assert len(set(headings)) == 4
    _, reading, _ = checked(template.csv(c, "GUY", MONTHS), of=c)
    assert [role for role in reading.columns.values() if role.startswith("measure:")] == [
        "measure:hips/denominator", "measure:hips/numerator", "measure:knees/denominator", "measure:knees/numerator",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "@Home", "-", "+44 Ltd", "\tTab"])
def test_a_site_called_like_a_formula_is_text_in_a_template(name):
    c = campaign(sites=(Site(name, name),), measures=(SEEN,))
    sheet = load_workbook(io.BytesIO(template.xlsx(c, None, MONTHS[:1]))).worksheets[0]
    assert sheet["A2"].data_type == sheet["B2"].data_type == "s"
    assert sheet["A2"].value.startswith("'")
    row = template.csv(c, None, MONTHS[:1]).decode("utf-8-sig").splitlines()[1]
    assert row.lstrip('"').startswith("'")
