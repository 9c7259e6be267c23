"""What the entry page says: in the words of the measure and its frequency, plain, and whole."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from measures.words import entry as words
from tests import small
from tests.words.test_sentences import check

WEEK, NAN = small.WEEK, float("nan")
MEASURES = {m.id: m for m in small.MEASURES}


def test_the_last_values_are_in_the_fields_own_words():
    weeks = [(WEEK, 90.5), (date(2024, 5, 27), 1118.0)]
    assert words.before(MEASURES["triage"], weeks) == "3 June: 90.5 · 27 May: 1,118"
    assert words.before(MEASURES["huddle"], [(WEEK, 1.0), (date(2024, 5, 27), 0.0)]) == "3 June: yes · 27 May: no"
    months = [(date(2024, 5, 1), 0.0), (date(2024, 4, 1), 0.0)]
    assert words.before(MEASURES["trained"], months) == "May not yet · April not yet"
    assert words.before(MEASURES["calls"], months[:1]) == "May 0"
    assert words.before(MEASURES["calls"], []) == ""


@pytest.mark.parametrize(
    ("id", "line", "says"),
    [
        ("triage", (90.0, 101.5, 97.0), "The three weeks before: between 90 and 101.5, most recently 97"),
        ("triage", (NAN, 101.5, NAN), "The three weeks before: between 101.5 and 101.5, most recently 101.5, two not "),
        ("huddle", (1.0, 0.0, NAN, 1.0), "The four weeks before: yes in two of three, one not reported"),
        ("calls", (NAN, NAN), "The two months before: nothing reported"),
        ("calls", (5.0,), "The month before: between 5 and 5"),
    ],
)
def test_the_tiny_chart_in_words(id, line, says):
    assert words.recent(MEASURES[id], line).startswith(says)


def test_what_a_number_in_another_unit_is_saved_as():
    assert words.saved_as(MEASURES["triage"], None) == "Saved in minutes"
    assert words.saved_as(MEASURES["triage"], 150.0) == "Saved as 150 minutes"
    assert words.saved_as(MEASURES["triage"], 152.25) == "Saved as 152.25 minutes"


@pytest.mark.parametrize(
    ("streak", "every", "says"),
    [
        (1, "month", ""),
        (2, "month", "That is two months reported in a row; from three on, your team counts as fully committed."),
        (3, "month", "That is three months reported in a row: your team is fully committed."),
        (14, "month", "That is 14 months reported in a row: your team is fully committed."),
        (12, "week", "That is twelve weeks reported in a row; from 13 on, your team counts as fully committed."),
        (13, "week", "That is 13 weeks reported in a row: your team is fully committed."),
        (1, "quarter", "That is one quarter reported in a row: your team is fully committed."),
    ],
)
def test_three_months_in_a_row_are_full_commitment(streak, every, says):
    assert words.running(streak, every, every) == says
    assert words.running(streak, every, "day") == ""


def test_every_sentence_is_whole_and_kind():
    may = date(2024, 5, 1)
    said = [
        *words.nothing_due(may, "month", (date(2024, 6, 1), date(2024, 7, 10))),
        *words.nothing_due(WEEK, "week", None),
        words.NOTHING_DUE,
        words.draft_kept(datetime(2024, 6, 1, 9, 5), date(2024, 6, 1)),
        words.due_line(words.asked_for(2, 1), False, words.due_when(WEEK, -1)),
        words.due_line(words.asked_for(0, 1), False, words.due_when(WEEK, 1)),
        words.due_line("", True, ""),
        words.thanks(WEEK, "week"),
        words.query(small.campaign(), "triage", 9.0, 90.0, 118.0),
        *(words.running(n, "month", "month") for n in (2, 3)),
    ]
    check(said)


def test_a_list_of_open_periods_says_when_each_is_due():
    assert [words.slot(WEEK, "week", left) for left in (-1, 0, 1, 12)] == [
        "The week of 3 June · 1 day late",
        "The week of 3 June · due today",
        "The week of 3 June · due in 1 day",
        "The week of 3 June · due in 12 days",
    ]
