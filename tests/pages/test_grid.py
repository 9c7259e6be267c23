"""Several months at once, run by Streamlit's own test driver: what will change, saving, undoing, two people."""

import os
from datetime import UTC, date, datetime

import pytest

from measures.demo import ae
from measures.store.base import Entry
from measures.store.opening import open_store
from tests import small
from tests.pages.test_pages import app, shown, titles

MARCH, APRIL = date(2019, 3, 1), date(2019, 4, 1)
MARCH_ROW, APRIL_ROW = 22, 23
GOOD = [(APRIL_ROW, "attendances", "18,000"), (APRIL_ROW, "within4h", "15,500"), (APRIL_ROW, "admitted", "3600")]


@pytest.fixture(scope="module", autouse=True)
def database(demo, tmp_path_factory):
    path = demo(tmp_path_factory.mktemp("grid"))
    opened = open_store(path)
    small.seed(opened)
    opened.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADWAY_DB", str(path))
        yield path


def table(site, **view):
    at = app(f"team:{site}", "enter", how="months", site=site, **view)
    assert not at.exception
    return at


def heard(at):
    """What is shown, with the signs that are sent as escapes."""
    return shown(at).replace("u2192", "→").replace("u201c", "“").replace("u201d", "”")


def labels(at):
    return [b.label for b in at.button]


def press(at, label):
    next(b for b in at.button if b.label == label).click()
    at.run()
    assert not at.exception
    return at


def typed(at, *cells):
    """Type into cells, (row, column, text), as the browser says it."""
    rows = {}
    for row, column, text in cells:
        rows.setdefault(row, {})[column] = text
    at.session_state[at.data_editor[0].key] = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    at.run()
    assert not at.exception
    return at


def held(site, measure, period, campaign=ae.ID):
    """The last revision of a cell in the database: numerator, denominator, value; None where there is none."""
    store = open_store(os.environ["HEADWAY_DB"])
    try:
        rows = store.history(campaign, site, measure, period)
        return tuple(rows.iloc[-1][["numerator", "denominator", "value"]].fillna(-1)) if len(rows) else None
    finally:
        store.close()


def write(site, **numbers):
    """Somebody else saves the share of March's within four hours."""
    store = open_store(os.environ["HEADWAY_DB"])
    rows = store.history(ae.ID, site, "within4h", MARCH)
    last = rows.iloc[-1]
    entry = Entry(site, "within4h", MARCH, denominator=last["denominator"], seen=int(last["rev"]), **numbers)
    store.record(ae.ID, [entry], actor="A colleague", source="typed", at=datetime(2019, 5, 10, 9, 30, tzinfo=UTC))
    store.close()


def test_a_row_for_each_of_the_last_24_months_and_nothing_to_save_yet():
    at = table("RJ1")
    assert titles(at) == ["The last 24 months at once"]
    frame = at.data_editor[0].value
    assert (len(frame), frame["period"].iloc[0], frame["period"].iloc[-1]) == (24, "May 2017", "Apr 2019")
    assert frame["attendances"].iloc[MARCH_ROW] == "19,017"
    assert next(b for b in at.button if b.label == "Save").disabled
    assert "Nothing yet" in shown(at)


def test_what_was_pasted_is_listed_before_it_is_saved():
    at = typed(table("RCD"), *GOOD, (MARCH_ROW, "within4h", "4,000"))
    said = heard(at)
    assert "3 new, 1 changed." in said
    assert "empty → 18,000" in said
    assert "→ 4,000" in said
    assert at.data_editor[0].value["period"].iloc[APRIL_ROW] == "Apr 2019 •"
    assert held("RCD", "within4h", APRIL) is None


def test_saving_and_undoing_the_whole():
    at = typed(table("RCF"), *[(APRIL_ROW, key, x) for key, x in (("attendances", "5,900"), ("within4h", "5,500"))])
    press(at, "Save 2 cells")
    assert "Saved: 2 cells in one month." in shown(at)
    assert held("RCF", "within4h", APRIL) == (5_500, 5_900, -1)
    assert at.data_editor[0].value["within4h"].iloc[APRIL_ROW] == "5,500"
    press(at, "Undo")
    assert "Undone" in shown(at)
    assert held("RCF", "within4h", APRIL) == (-1, -1, -1)


def test_what_is_no_number_is_kept_said_and_keeps_everything_from_being_saved():
    at = typed(table("RJ1"), *GOOD, (MARCH_ROW, "within4h", "n/a"))
    said = heard(at)
    assert "“n/a” is not a number" in said
    assert "Put 1 cell right first" in said
    assert next(b for b in at.button if b.label == "Save 3 cells").disabled
    assert at.data_editor[0].value["within4h"].iloc[MARCH_ROW] == "n/a"
    press(at, "Put back what cannot be saved")
    assert not next(b for b in at.button if b.label == "Save 3 cells").disabled
    press(at, "Put everything back as it was")
    assert "Nothing yet" in shown(at)


def test_emptying_and_unusual_numbers_are_confirmed_first():
    at = typed(table("RGT"), (MARCH_ROW, "admitted", ""), (APRIL_ROW, "attendances", "1"))
    assert next(b for b in at.button if b.label == "Save 2 cells").disabled
    assert [c.label for c in at.checkbox] == ["Yes, empty this cell", "Yes, the unusual numbers are right"]
    for box in at.checkbox:
        box.check()
    at.run()
    press(at, "Save 2 cells")
    assert held("RGT", "admitted", MARCH) == (-1, -1, -1)
    assert held("RGT", "attendances", APRIL) == (-1, -1, 1)


def test_a_cell_that_was_not_listed_when_the_button_was_pressed_is_not_saved():
    at = typed(table("RDD"), (MARCH_ROW, "within4h", "9,000"))
    before = held("RDD", "within4h", MARCH)
    state = {
        "edited_rows": {MARCH_ROW: {"within4h": "9,000", "admitted": "3,400"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    at.session_state[at.data_editor[0].key] = state
    press(at, "Save 1 cell")
    assert "Something changed as you pressed the button" in shown(at)
    assert held("RDD", "within4h", MARCH) == before
    press(at, "Save 2 cells")
    assert held("RDD", "within4h", MARCH)[0] == 9_000


def test_the_second_of_two_people_sees_what_the_first_wrote_and_chooses():
    at = typed(table("RFF"), (MARCH_ROW, "within4h", "8,100"), (MARCH_ROW, "admitted", "2,500"))
    write("RFF", numerator=8_000.0)
    press(at, "Save 2 cells")
    said = shown(at)
    assert "Nothing of yours is saved yet" in said
    assert "A colleague saved 8,000 of" in said
    assert "at 09:30 UTC on 10 May 2019" in said
    assert held("RFF", "within4h", MARCH)[0] == 8_000
    assert next(b for b in at.button if b.label == "Go on").disabled
    choice = next(g for g in at.button_group if g.key and ".meet." in g.key)
    choice.set_value(True).run()
    press(at, "Go on")
    assert "8,000 → 8,100" in heard(at)
    press(at, "Save 2 cells")
    assert held("RFF", "within4h", MARCH)[0] == 8_100


def test_what_the_other_wrote_can_be_kept_and_the_rest_is_still_there():
    at = typed(table("RTP"), (MARCH_ROW, "within4h", "8,100"), (MARCH_ROW, "admitted", "2,500"))
    write("RTP", numerator=7_000.0)
    press(at, "Save 2 cells")
    choice = next(g for g in at.button_group if g.key and ".meet." in g.key)
    choice.set_value(False).run()
    press(at, "Go on")
    press(at, "Save 1 cell")
    assert held("RTP", "within4h", MARCH)[0] == 7_000
    assert held("RTP", "admitted", MARCH)[0] == 2_500


def test_a_table_nobody_has_typed_into_follows_what_others_write():
    at = table("RA7")
    write("RA7", numerator=5_000.0)
    at.run()
    assert at.data_editor[0].value["within4h"].iloc[MARCH_ROW] == "5,000"
    assert "Somebody else has saved" in shown(at)


def test_what_was_typed_is_still_there_after_another_way_and_another_choice_of_rows():
    at = typed(table("RJ1"), (MARCH_ROW, "within4h", "16,000"))
    at.query_params["how"] = ""
    at.run()
    assert titles(at) == ["April 2019 is due"]
    at.query_params["how"] = "months"
    at.run()
    assert at.data_editor[0].value["within4h"].iloc[MARCH_ROW] == "16,000"
    assert "Save 1 cell" in labels(at)
    at.radio[-1].set_value(12).run()
    assert len(at.data_editor[0].value) == 12
    assert "Save 1 cell" in labels(at)


def test_weeks_a_rate_and_a_yes_or_no():
    at = app("team:w1", "enter", campaign=small.ID, how="months", site="w1")
    assert titles(at) == ["The last 23 weeks at once"]
    frame = at.data_editor[0].value
    assert list(frame.columns) == ["period", "triage", "falls/denominator", "falls", "huddle"]
    assert frame["period"].iloc[-1] == "3 Jun 2024"
    typed(at, (22, "huddle", "no"), (22, "falls/denominator", ""), (22, "falls", ""), (21, "triage", "88.5"))
    for box in at.checkbox:
        box.check()
    at.run()
    press(at, "Save 4 cells")
    assert held("w1", "triage", date(2024, 5, 27), small.ID) == (-1, -1, 88.5)
    assert held("w1", "falls", small.WEEK, small.ID) == (-1, -1, -1)


def test_there_is_no_table_while_looking_back():
    at = app("team:RJ1", "enter", how="months", as_of="2018-03")
    assert titles(at) == ["Numbers are entered today"]
