"""docs/outlook.md is whole and what it promises is in it; a few of its figures are made again."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from measures.aims.outlook import Assumption
from tests.soak import outlook_backtest as backtest
from tests.soak import outlook_report as report
from tests.soak import outlook_runs as runs
from tests.soak.outlook_campaigns import TENTHS
from tests.soak.outlook_picture import MARKS

PAGE = report.PAGE.read_text(encoding="utf-8")


def table(name: str) -> list[list[str]]:
    """The cells of one table, its head left out."""
    made = PAGE.split(report.BEGIN.format(name))[1].split(report.END.format(name))[0]
    rows = [line.strip("|").split("|") for line in made.strip().splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in row] for row in rows[2:]]


def number(cell: str) -> float:
    return float(cell.replace("−", "-").replace("%", "").replace(",", ""))


@pytest.mark.parametrize("assumption", list(Assumption))
def test_every_tenth_of_every_correlation_is_within_five_points(assumption):
    rows = table(assumption.value)
    assert [row[0] for row in rows[:-1]] == [f"{tenth:.0%}".replace("%", " %") for tenth in TENTHS]
    cells = np.array([[number(cell) for cell in row[1:]] for row in rows[:-1]]).reshape(9, len(runs.CORRELATIONS), 3)
    campaigns, met, difference = np.moveaxis(cells, -1, 0)
    assert (campaigns >= 400).all()
    assert np.abs(difference).max() <= 5
    # The difference is from the mean forecast, which lies near the tenth.
    assert np.abs(met - 100 * TENTHS[:, None] - difference).max() < 1


@pytest.mark.parametrize(("name", "rows"), [("also", runs.ALSO), ("broken", runs.BROKEN)])
def test_every_other_world_has_its_row(name, rows):
    assert [row[0] for row in table(name)] == list(rows)
    assert all(number(row[1]) >= 400 for row in table(name))


def test_the_page_says_how_wrong_a_broken_assumption_makes_it():
    largest = {row[0]: abs(number(row[5])) for row in table("broken")}
    for name, (world, _) in runs.BROKEN.items():
        assert (largest[name] > 20) if world.step else (largest[name] < 20), name


@pytest.mark.parametrize("assumption", list(Assumption))
def test_the_small_run_gives_the_figures_of_the_page(assumption):
    """Not to the last campaign: another machine's logarithm may tip one over an edge."""
    found = re.search(rf"^- {assumption.value}: .*$", PAGE, re.MULTILINE).group()
    said, made = (
        [number(one) for one in re.findall(r"[\d.]+", line)] for line in (found, report.small_line(assumption))
    )
    assert made == pytest.approx(said, rel=0.02)


@pytest.mark.parametrize("months", [21])
def test_the_winter_of_2017_is_forecast_as_the_page_says(months):
    shares = backtest.data()
    cases = backtest.cases(shares, Assumption.NOTHING_MORE, range(months, months + 1))
    made = report.winter_table(cases, shares).splitlines()[2:]
    assert made
    for line in made:
        assert re.sub(r"[\d.]+ %", "", line) in re.sub(r"[\d.]+ %", "", PAGE)
        when = "|".join(line.split("|")[:3])
        said = next(one for one in PAGE.splitlines() if one.startswith(when))
        now, then = ([float(x) for x in re.findall(r"([\d.]+) %", one)] for one in (line, said))
        assert now == pytest.approx(then, abs=0.2)


def test_every_forecast_of_the_back_test_is_counted():
    months = 36  # in the data
    rows = table("fans")
    for assumption in Assumption:
        mine = [row for row in rows if row[0] == assumption.value]
        assert [row[1] for row in mine] == [str(ahead) for ahead in backtest.AHEAD] + ["all"]
        assert int(mine[-1][2]) == sum(int(row[2]) for row in mine[:-1])
        assert [int(row[2]) for row in mine[:-1]] == [months - ahead - backtest.FIRST + 1 for ahead in backtest.AHEAD]


def test_the_picture_shows_every_figure_in_our_colours():
    root = ElementTree.parse(report.PICTURE).getroot()
    marks = [one for one in root.iter() if one.get("class") == "mark"]
    assert len(marks) == MARKS
    assert root.find("{http://www.w3.org/2000/svg}title").text
    tokens = Path(report.DOCS.parent / "measures" / "charts" / "tokens.json").read_text(encoding="utf-8")
    assert all(
        colour in tokens for colour in re.findall(r"#[0-9A-Fa-f]{6}", report.PICTURE.read_text(encoding="utf-8"))
    )
    assert "pictures/outlook-calibration.svg" in PAGE
