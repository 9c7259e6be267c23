"""Why a row of a file cannot be kept, what was stepped over, and what is asked: one plain sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from measures import format
from measures.model import Measure, Site


def quote(text: str, most: int = 40) -> str:
    """A cell's text as part of a sentence: on one line, no longer than a reader wants.

    >>> quote("a\\nb"), quote("x" * 50)
    ('“a b”', '“xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…”')
    """
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split())
    return f"“{plain if len(plain) <= most else plain[: most - 1] + '…'}”"


# Numbers.


def not_a_number(text: str) -> str:
    """A cell that says something, but no number."""
    return f"{quote(text)} is not a number: leave the cell empty where nothing is reported."


def nil(text: str) -> str:
    """A word for nought, or for nothing."""
    return f"{quote(text)} is not a number: write 0 if it was nought, or leave the cell empty if nothing is reported."


def hidden_small(text: str) -> str:
    """A mark for a number hidden because it is small."""
    return f"{quote(text)} is not a number: small numbers were hidden in this file. Ask for it with the true ones."


def formula_error(text: str) -> str:
    """What a spreadsheet shows where a formula could not be worked out."""
    return f"{quote(text)} means that a formula came to an error: correct it in the spreadsheet and save again."


def number_with_words(text: str) -> str:
    """A number with its unit, or a remark, in the same cell."""
    return f"{quote(text)} is more than a number: leave out the words, and put remarks into the note."


def other_decimals(text: str) -> str:
    """A number written with the other decimal mark than the file's."""
    return f"{quote(text)} does not write its decimals as the rest of the file does."


def either_number(text: str) -> str:
    """Thousands or decimals."""
    return f"{quote(text)} could be thousands or decimals: say which mark stands before the decimals in this file."


def too_large(text: str) -> str:
    """More than can be kept exactly."""
    return f"{quote(text)} is too large to be kept exactly: check its digits."


def negative(label: str, text: str) -> str:
    """Below nought."""
    return f"{quote(label)} is {text}, and it cannot be below nought: check the sign."


def not_whole(label: str, text: str) -> str:
    """A count with decimals."""
    return f"{quote(label)} is {text}, and it counts people, so it must be a whole number."


def percent_of_counts(label: str, text: str) -> str:
    """A percentage where people are counted."""
    return f"{quote(label)} is {quote(text)}, a percentage: give how many people instead."


def percent_of_value(label: str, text: str, unit: str) -> str:
    """A percentage of a measure in another unit."""
    return f"{quote(label)} is {quote(text)}, but it is not a percentage: give it in {unit or 'its unit'}."


def yes_no(label: str, text: str) -> str:
    """A word where a number is asked for."""
    return f"{quote(label)} is {quote(text)}: give a number."


def only_yes_or_no(label: str, text: str) -> str:
    """A number other than 1 or 0 for a step that is taken or not."""
    return f"{quote(label)} is {text}: give yes or no."


def share_only(measure: Measure, known: bool) -> str:
    """A finished share where its two numbers are wanted."""
    top, bottom = measure.numerator_label, measure.denominator_label or "the number it is out of"
    if known:
        return f"A finished share could be several whole numbers: give {quote(top)} itself."
    return f"A finished share cannot be added up: give both {quote(top)} and {quote(bottom)}."


def needs(label: str, other: str) -> str:
    """One of two numbers that belong together is missing."""
    return f"{quote(label)} needs {quote(other)} as well."


def swapped(top: str, n: float, bottom: str, d: float) -> str:
    """More than all."""
    return (
        f"{quote(top)} ({format.number(n)}) is more than {quote(bottom)} ({format.number(d)})."
        " Have the two been swapped?"
    )


def out_of_nought(bottom: str) -> str:
    """Somebody out of nobody."""
    return f"{quote(bottom)} is nought, so nobody can have been counted out of it."


def two_denominators(bottom: str, here: float, there: float, row: int) -> str:
    """The same number, given twice and differently."""
    return f"{quote(bottom)} is {format.number(here)} here but {format.number(there)} in row {row}: which is right?"


# Sites, measures, periods.


def no_site_given() -> str:
    """A row without its site."""
    return "The row names no site."


def unknown_site(text: str, closest: str = "") -> str:
    """No site of the campaign."""
    return f"{quote(text)} is not a site of this campaign.{_perhaps(closest)}"


def not_yours(name: str) -> str:
    """A site of somebody else's."""
    return f"{quote(name)} is not one of your sites."


def several_sites(text: str, names: Sequence[str]) -> str:
    """A name that more than one site has."""
    return f"{quote(text)} could be {' or '.join(names[:4])}: give the site's code."


def no_measure_given() -> str:
    """A row without its measure."""
    return "The row names no measure."


def unknown_measure(text: str, closest: str = "") -> str:
    """No measure of the campaign."""
    return f"{quote(text)} is not a measure of this campaign.{_perhaps(closest)}"


def several_measures(text: str, names: Sequence[str]) -> str:
    """A name that more than one measure has."""
    return f"{quote(text)} could be {' or '.join(names[:4])}: give the measure's own name."


def _perhaps(closest: str) -> str:
    return f" Did you mean {quote(closest)}?" if closest else " Check how it is written."


def no_period_given() -> str:
    """A row without its period."""
    return "The row does not say when it was."


_EXAMPLE = {"month": "2018-04 or Apr 2018", "quarter": "Q1 2018/19 or 2018 Q2", "week": "2018-W14 or 2 April 2018"}


def not_a_date(text: str, frequency: str) -> str:
    """A cell that says no date that there is."""
    return f"{quote(text)} is not a {frequency} that can be read: write it as {_EXAMPLE[frequency]}."


def either_date(text: str, day_first: date, month_first: date) -> str:
    """Day first or month first."""
    return (
        f"{quote(text)} could be {format.day(day_first)} or {format.day(month_first)}:"
        " say which stands first in this file, the day or the month."
    )


def wrong_span(text: str, span: str, frequency: str) -> str:
    """A quarter where months are wanted."""
    return f"{quote(text)} is a {span}, and this measure is reported by {frequency}."


def not_over(period: date, frequency: str) -> str:
    """A period that is not over yet."""
    return f"{format.capital(format.period(period, frequency))} is not over yet."


def after_end(period: date, frequency: str) -> str:
    """A period after the campaign's end."""
    return f"{format.capital(format.period(period, frequency))} is after the campaign’s end."


def before_start(period: date, frequency: str, start: date) -> str:
    """A period before the campaign's baseline."""
    return (
        f"{format.capital(format.period(period, frequency))} is before this campaign’s first numbers,"
        f" {format.period(start, frequency)}."
    )


def before_opening(period: date, frequency: str, site: Site) -> str:
    """A period before a site opened."""
    assert site.opened is not None
    return (
        f"{format.capital(format.period(period, frequency))} is before {site.name} opened,"
        f" in {format.month(site.opened)}."
    )


def after_merger(site: Site, successor: str) -> str:
    """A period whose work another site counts."""
    assert site.merged_on is not None
    return (
        f"From {format.month(site.merged_on)} on, the work of {site.name} is counted by {successor or 'another site'}."
    )


# Rows as a whole.


def repeated(others: Sequence[int]) -> str:
    """The same cell given several times, differently."""
    return f"The same site, measure and time {_stand(others)}, with other numbers: keep the right one."


def repeated_often(n: int) -> str:
    """The same cell given very many times, differently."""
    return f"The same site, measure and time stand in {format.number(n)} rows, with different numbers: keep one."


def repeated_here() -> str:
    """The same cell given twice in one row, differently."""
    return "Two columns of the row give the same measure for the same time, with different numbers: keep one."


def only_value(label: str) -> str:
    """A denominator for what has none."""
    return f"{quote(label)} is one number by itself: give it as the value."


def _stand(rows: Sequence[int]) -> str:
    shown = [f"{row}" for row in rows[:5]]
    more = len(rows) - len(shown)
    if more > 0:
        return f"stand in rows {', '.join(shown)} and {more} more"
    if len(shown) == 1:
        return f"stand in row {shown[0]}"
    return f"stand in rows {', '.join(shown[:-1])} and {shown[-1]}"


def needs_row(label: str, row: int) -> str:
    """A number whose other half stands in a row that was refused."""
    return f"It needs {quote(label)} of row {row}, which cannot be kept."


def too_many_cells(n: int, width: int) -> str:
    """A row longer than the header."""
    return f"The row has {format.count(n, 'cell')} where the header has {width}: is a separator unquoted?"


def too_long(most: int) -> str:
    """A cell longer than a spreadsheet's can be."""
    return f"A cell has more than {most:,} letters: is a quotation mark never closed?"


def no_result(place: str) -> str:
    """A formula whose result the file does not hold."""
    return f"Cell {place} holds a formula without its result: open the file in a spreadsheet and save it again."


def nothing_for(what: str) -> str:
    """A role that no column has."""
    return {
        "site": "No column says which site a row is about: choose one, or choose the site.",
        "measure": "No column says which measure a row is about: choose one.",
        "period": "No column says when a row was: choose the column with the months or dates.",
        "number": "No column holds numbers that are asked for: choose what each column is.",
    }[what]
