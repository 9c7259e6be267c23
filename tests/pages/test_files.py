"""Files on the page Enter, run by Streamlit's own test driver: what is said, what is written, and what is not."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import openpyxl
import pytest
from google.protobuf import text_format
from streamlit.testing.v1 import AppTest

from measures import clock
from measures.demo import ae
from measures.store.base import Entry
from measures.store.opening import open_store
from measures.words import uploads as words
from tests.browser import trouble
from tests.pages.test_pages import app, database, titles  # noqa: F401 the database is a fixture

HEAD = "site,month,measure,numerator,denominator,value,note\n"
APRIL = date(2019, 4, 1)


@pytest.fixture
def store(database):  # noqa: F811
    opened = open_store(database)
    yield opened
    opened.close()


def drawn(at: AppTest) -> str:
    """Everything sent to the page's main part, the HTML component's markup included, as it was sent."""
    found, todo = [], [at.main]
    while todo:
        block = todo.pop()
        todo.extend(getattr(block, "children", {}).values())
        if (proto := getattr(block, "proto", None)) is not None:
            found.append(text_format.MessageToString(proto, as_utf8=True))
    return re.sub(r"\\\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), "\n".join(found))


def shown(at: AppTest) -> str:
    """The same as it is read."""
    return html.unescape(drawn(at)).replace("\\", "")


def _here() -> None:
    """The component alone, for the team's own site, or for a lead for every site."""
    from measures.web import session
    from measures.web.components import files

    at = session.desk()
    files.page(at, next(iter(at.actor.sites), None))


def alone(who: str, **view: str) -> AppTest:
    at = AppTest.from_function(_here, default_timeout=60)
    for name, value in {"as": who, **view}.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def at_files(site: str) -> AppTest:
    return alone(f"team:{site}")


def bring(at: AppTest, text: str, name: str = "april.csv") -> AppTest:
    at.file_uploader[0].upload(name, text.encode() if isinstance(text, str) else text, "text/csv").run()
    assert not at.exception
    return at


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def held(store, site: str, measure: str = "attendances", period: date = APRIL) -> list[float]:
    return store.history(ae.ID, site, measure, period)["value"].tolist()


def month(site: str, value: int, when: str = "2019-04") -> str:
    return f"{HEAD}{site},{when},attendances,,,{value},\n"


def test_the_switch_stands_at_the_top_and_the_address_opens_a_way():
    at = app("team:RJ1", "enter")
    assert titles(at) == ["April 2019 is due"]
    assert not at.file_uploader
    at = app("team:RJ1", "enter", how="file")
    assert titles(at) == [words.HEADING]
    assert len(at.file_uploader) == 1
    assert "There is no way to enter numbers called “pigeon”" in shown(app("team:RJ1", "enter", how="pigeon"))


def test_nothing_is_written_before_it_is_kept_and_undo_puts_it_back(store):
    before = len(store.changes(ae.ID))
    at = bring(at_files("RNS"), month("RNS", 9000) + "RNS,2019-03,attendances,,,9001,\n")
    assert titles(at) == ["Both rows can be kept"]
    assert "1 entry is new, 1 would change." in shown(at)
    assert len(store.changes(ae.ID)) == before
    press(at, "Save 2 rows")
    assert titles(at) == ["2 rows of april.csv are in. Thank you."]
    assert held(store, "RNS") == [9000]
    was = held(store, "RNS", period=date(2019, 3, 1))
    press(at, words.UNDO_WHOLE)
    assert titles(at) == ["april.csv has been taken back"]
    assert held(store, "RNS", period=date(2019, 3, 1)) == [*was, was[0]]


def test_the_file_is_let_go_once_it_is_kept(store):
    at = bring(at_files("RBA"), month("RBA", 6000))
    held_back = [f"files.ae.RBA.{name}" for name in ("file", "upload")]
    assert all(key in at.session_state for key in held_back)
    press(at, "Save 1 row")
    assert not any(key in at.session_state for key in held_back)


def test_the_same_file_again_would_change_nothing(store):
    text = month("RQW", 8000)
    press(bring(at_files("RQW"), text), "Save 1 row")
    at = bring(at_files("RQW"), text)
    assert titles(at) == ["Nothing would change"]
    assert "This file was already kept on" in shown(at)
    assert not [label for label in labels(at) if label.startswith(("Save", "Keep"))]


def test_somebody_who_saved_since_is_named_and_nothing_is_overwritten(store):
    at = bring(at_files("RTE"), month("RTE", 9100))
    other = Entry("RTE", "attendances", APRIL, value=9200)
    store.record(ae.ID, [other], actor="Ann", source="typed", at=clock.now())
    press(at, "Save 1 row")
    assert words.OTHERS_WROTE in shown(at)
    assert "Attendances, April 2019: Ann saved 9,200" in shown(at)
    assert held(store, "RTE") == [9200]
    assert "Save 1 row" not in labels(at)
    press(at, words.LOOK_AGAIN)
    assert "1 entry would change." in shown(at)
    press(at, "Save 1 row")
    assert held(store, "RTE") == [9200, 9100]


def test_an_undo_after_somebody_wrote_is_refused_and_says_who(store):
    at = press(bring(at_files("RWH"), month("RWH", 9100)), "Save 1 row")
    store.record(
        ae.ID, [Entry("RWH", "attendances", APRIL, value=9200, seen=1)], actor="Ann", source="typed", at=clock.now()
    )
    press(at, words.UNDO_WHOLE)
    assert words.CANNOT_UNDO in shown(at)
    assert "Ann saved 9,200" in shown(at)
    assert held(store, "RWH") == [9100, 9200]


def test_refused_rows_are_shown_with_their_number_what_they_say_and_why(store):
    at = bring(at_files("RVJ"), month("RVJ", 7000) + 'RVJ,2019-03,attendances,,,-4,"<img src=x onerror=alert(1)>"\n')
    assert titles(at) == ["1 of 2 rows can be kept"]
    assert "below nought" in shown(at)
    assert "&lt;img src=x" in drawn(at)
    assert "<img src=x" not in drawn(at)
    press(at, "Keep the one good row")
    assert held(store, "RVJ") == [7000]
    assert words.REFUSED_FILE in [button.label for button in at.download_button]


def test_dates_that_could_be_either_are_asked_about_with_no_answer_given():
    at = bring(at_files("RXH"), f"{HEAD}RXH,03/04/2018,attendances,,,7000,\nRXH,04/05/2018,attendances,,,7000,\n")
    assert titles(at) == ["One question before the numbers can be read"]
    assert at.radio[-1].value is None
    assert not [label for label in labels(at) if label.startswith(("Save", "Keep"))]
    at.radio[-1].set_value("day-first").run()
    assert titles(at) == ["Both rows can be kept"]
    assert "Apr 2018" in shown(at)


def test_pasted_cells_are_read_like_a_file(store):
    at = at_files("RXH")
    press(at, words.READ_IT)
    assert words.NOTHING_PASTED in shown(at)
    at.text_area[0].set_value("month\tmeasure\tvalue\nApr 2019\tattendances\t7,100\n").run()
    press(at, words.READ_IT)
    assert "Months like “Apr 2019” were read as April 2019. All of it is for Brighton" in shown(at)
    press(at, "Save 1 row")
    assert titles(at) == ["1 pasted row is in. Thank you."]
    assert held(store, "RXH") == [7100]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", b"PK\x03\x04broken", bytes(range(256)) * 40])
def test_a_file_that_cannot_be_read_says_why_and_asks_for_another(data: bytes):
    at = bring(at_files("RNS"), data, "scan.csv")
    assert "“scan.csv” could not be read" in shown(at)
    assert len(at.file_uploader) == 1


def test_a_column_can_be_told_what_it_is():
    text = "site,month,measure,how many\nRNS,2019-04,attendances,7000\n"
    at = bring(at_files("RNS"), text)
    box = next(box for box in at.selectbox if box.label.replace("\\", "") == "how many")
    box.set_value("value").run()
    assert not at.exception
    assert titles(at)[0] in ("The one row can be kept", "Nothing would change")


def test_many_rows_come_a_page_at_a_time(store):
    rows = [f"RNS,{year}-{month:02d},attendances,,,{5000 + month + year},\n" for year in (2016, 2017, 2018)
            for month in range(1, 13) if (year, month) > (2016, 3)]  # fmt: skip
    at = bring(at_files("RNS"), HEAD + "".join(rows))
    assert "1 to 25 of 33" in shown(at)


def test_a_file_in_forty_kinds_of_trouble_says_of_every_row_what_is_wrong(store):
    assert len(trouble.KINDS) >= 40
    at = bring(at_files(trouble.SITE), trouble.data(), trouble.NAME)
    assert titles(at) == [f"{trouble.GOOD} of {len(trouble.ROWS)} rows can be kept"]
    upload = at.session_state[f"files.ae.{trouble.SITE}.upload"][1]
    first = upload.checked.refused["row"].min() - next(i for i, row in enumerate(trouble.ROWS) if row.refused)
    reasons = dict(zip(upload.checked.refused["row"] - first, upload.checked.refused["reason"], strict=True))
    missed = {row.trouble: reasons.get(i, "kept") for i, row in enumerate(trouble.ROWS)
              if (row.refused not in reasons.get(i, "") if row.refused else i in reasons)}  # fmt: skip
    assert not missed
    press(at, f"Keep the {trouble.GOOD} good rows")
    assert held(store, trouble.SITE, "attendances", date(2019, 3, 1)) != []


def test_a_lead_brings_files_for_every_site():
    at = alone("lead")
    bring(at, f"{HEAD}RNS,2017-04,attendances,,,9,\nRBA,2017-04,attendances,,,8,\nRBAA,2017-04,attendances,,,8,\n")
    assert "2 entries would change. 1 row cannot be kept." in shown(at)
    at.segmented_control[0].set_value("changed").run()
    assert "Taunton and Somerset" in shown(at)


def test_a_file_that_names_no_site_is_asked_whose_it_is():
    at = bring(alone("lead"), "month,measure,value\nApr 2017,attendances,8\n")
    assert at.header[0].value == "One question before the numbers can be read"
    at.selectbox[0].set_value("RBA").run()
    assert "All of it is for Taunton and Somerset" in shown(at)


def test_nothing_is_brought_in_while_looking_back():
    at = alone("lead", as_of="2018-03")
    assert words.LOOKING_BACK in shown(at)
    assert not at.file_uploader


def test_commas_that_could_be_decimals_are_asked_about():
    at = bring(at_files("RXH"), "month;measure;value\nApr 2017;attendances;7,100\nMay 2017;attendances;7,200\n")
    assert titles(at) == ["One question before the numbers can be read"]
    at.radio[-1].set_value("point").run()
    assert titles(at) == ["Both rows can be kept"]
    assert "7,100" in shown(at)


def test_another_sheet_of_a_workbook_can_be_chosen():
    book, made = openpyxl.Workbook(), io.BytesIO()
    for name, value in (("Draft", 1), ("Agreed", 7300)):
        sheet = book.create_sheet(name)
        for row in (["month", "measure", "value"], ["2017-04", "attendances", value]):
            sheet.append(row)
    del book["Sheet"]
    book.save(made)
    at = bring(at_files("RXH"), made.getvalue(), "two sheets.xlsx")
    assert "1 row, from the sheet “Draft”." in shown(at)
    at.selectbox[0].set_value("Agreed").run()
    assert "1 row, from the sheet “Agreed”." in shown(at)
    assert "7,300" in shown(at)


def test_what_a_column_means_is_remembered_for_the_next_file():
    text = "site,month,measure,n in all\nRNS,{},attendances,{}\n"
    at = bring(at_files("RNS"), text.format("2017-05", 7000))
    next(box for box in at.selectbox if box.label.replace("\\", "") == "n in all").set_value("value").run()
    press(at, "Save 1 row")
    at = bring(at_files("RNS"), text.format("2017-06", 7100))
    assert titles(at) == ["The one row can be kept"]


def test_what_others_wrote_since_stays_and_the_rest_is_undone(store):
    at = bring(at_files("RXP"), month("RXP", 9100) + "RXP,2019-03,attendances,,,9000,\n")
    press(at, "Save 2 rows")
    store.record(
        ae.ID, [Entry("RXP", "attendances", APRIL, value=9200, seen=1)], actor="Ann", source="typed", at=clock.now()
    )
    press(at, words.UNDO_WHOLE)
    press(at, words.UNDO_OTHERS)
    assert titles(at) == ["april.csv has been taken back in part"]
    assert held(store, "RXP") == [9100, 9200]
    before = held(store, "RXP", period=date(2019, 3, 1))
    assert before[-1] == before[0] != 9000


def test_a_file_is_undone_from_the_list_of_those_kept_before(store):
    press(bring(at_files("RYR"), month("RYR", 9100)), "Save 1 row")
    at = at_files("RYR")
    press(at, words.UNDO_WHOLE)
    assert "taken back" in shown(at)
    assert held(store, "RYR")[0] == 9100
    assert str(held(store, "RYR")[-1]) == "nan"
