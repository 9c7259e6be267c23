"""Why a site is worth a visit, in numbers; and what is said to those who see no names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from measures.model import Direction, Family, Form, Measure
from measures.review.exceptional import COLUMNS, Side, VisitCounts, Visits, counts, visits
from measures.words import exceptional as words
from tests.words.test_sentences import check

SHARE = Measure("a", "Seen in time", "Seen", "", Family.OUTCOME, Form.PROPORTION, Direction.UP, "%", "", "Attendances")
FALLS = replace(
    SHARE,
    form=Form.RATE,
    better=Direction.DOWN,
    unit="per 1,000 bed days",
    denominator_label="Bed days",
    rate_base=1000.0,
)


def side(*rows, luck=0.1, once=0, lasts=True, quarters=4):
    return Side(pd.DataFrame(rows, columns=list(COLUMNS)), luck, once, lasts, quarters)


def row(figure, expected, usual, *, times=3, best=0.5, size=30_000.0, before=None, base=1.0):
    numbers = (figure / base * size, size, 0.8 * size if before is None else before / base * size, size)
    return ("A1", "Airedale", "North", *numbers, figure, usual, expected, expected, times, 4, best, 0.7)


def found(measure=SHARE, level=None, change=None, **rest):
    given = {"sites": 134, "few": False, "overlaps": False, "season_differs": False}
    when = (date(2019, 1, 1), date(2019, 3, 1), date(2018, 1, 1))
    return Visits(measure, *when, side() if level is None else level, change, **(given | rest))


def told(view, reasons, which):
    return reasons(view, which.table.to_dict("records")[0])


def test_a_level_is_told_in_three_lines_of_figures():
    which = side(row(0.973, 0.968, 0.861))
    assert told(found(level=which), words.level_reasons, which) == [
        "97.3% of 30,000 attendances, where 86.1% is usual.",
        "Seen in three of the last four quarters.",
        "Part of it is luck of the draw: next quarter expect about 96.8%.",
    ]


def test_a_change_is_told_in_three_lines_of_figures():
    which = side(row(-1.2, -0.8, 0.1, times=4, before=5.4, base=1000.0))
    assert told(found(FALLS, change=which), words.change_reasons, which) == [
        "1.2 per 1,000 bed days better than in the same quarter a year before (0.1 per 1,000 bed days worse was usual),"
        " now 4.2 per 1,000 bed days over 30,000 bed days.",
        "Seen in all of the last four quarters.",
        "Part of it is luck of the draw: next quarter expect about 0.8 per 1,000 bed days better than a year before.",
    ]


def test_what_luck_hardly_moves_is_said_so_and_a_single_quarter_is_at_best():
    steady, single = side(row(0.973, 0.9731, 0.861)), side(row(0.973, 0.96, 0.861, times=1, best=0.999), lasts=False)
    assert told(found(level=steady), words.level_reasons, steady)[2].startswith("Luck hardly moves it")
    lines = told(found(level=single), words.level_reasons, single)
    assert lines[1].endswith("with a chance of 99%."), "never certain"
    assert lines[2].endswith("next quarter expect at best about 96.0%.")
    assert "From a single quarter" in " ".join(words.cautions(found(level=single)))


@pytest.mark.parametrize(
    ("which", "says"),
    [
        (side(), ""),
        (side(row(0.9, 0.9, 0.8), luck=0.2), "It would be here by luck about once in five such lists."),
        (side(*[row(0.9, 0.9, 0.8)] * 4, luck=0.4), "Of these, fewer than one would be here by luck."),
        (side(*[row(0.9, 0.9, 0.8)] * 18, luck=2.1), "Of these, about two would be here by luck."),
    ],
)
def test_every_list_says_how_many_are_there_by_luck(which, says):
    assert words.luck(which) == says


def test_every_caution_has_its_sentence():
    said = words.cautions(found(few=True, sites=7, overlaps=True, season_differs=True))
    assert len(said) == 3
    assert said[0].startswith("With seven sites")
    assert "baseline" in said[1]
    assert "season" in said[2]
    assert words.cautions(found()) == []
    check(said)


@pytest.mark.parametrize(
    ("level", "change", "either", "says"),
    [
        (0, 0, 0, "no site stood out"),
        (1, 0, 1, "one of 134 sites is worth a visit: it does better than the others, quarter after quarter."),
        (0, 3, 3, "three of 134 sites are worth a visit: they got better by more than the others did."),
        (
            2,
            3,
            4,
            "four of 134 sites are worth a visit: two for doing better than the others, quarter after quarter, and",
        ),
    ],
)
def test_those_who_see_no_names_are_told_how_many(level, change, either, says):
    said = words.counted(VisitCounts(SHARE, date(2019, 3, 1), 134, level, change, either))
    assert said.startswith("In the quarter to March 2019, ")
    assert says in said
    check([said])
    assert words.counted(None) == ""


def test_the_demonstrations_own_sentences_are_kind_and_whole(today):
    view = visits(today)
    said = [words.title(view), words.lede(view), words.nobody(True), words.nobody(False), words.none_yet(SHARE)]
    said += [words.once(view.change), words.luck(view.change), words.title(None), words.counted(counts(view))]
    said += [words.none_yet(replace(SHARE, better=Direction.NEITHER))]
    for one in view.change.table.to_dict("records"):
        said += words.change_reasons(view, one)
    check(said)
    assert all(said)
