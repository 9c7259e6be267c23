"""The file to fill in: the right rows are there, and a column for each number that is asked for."""

from __future__ import annotations

import csv as csv_
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from measures.intake import names
from measures.intake.safe import neutral
from measures.model import ALL, Campaign, Form, Measure, Site, SiteKind
from measures.words import files

FIXED = ("Site code", "Site", "Period")
NOTE = "Note"
_BLUE = "FF1F4E8C"


@dataclass(frozen=True, slots=True)
class Asked:
    """One column to fill in: which number of which measures, and its heading."""

    heading: str
    measure: Measure
    number: str


def asked(campaign: Campaign) -> tuple[Asked, ...]:
    """The numbers that a site is asked for, in the order of the form; a denominator of several measures once."""
    ordered = sorted(campaign.measures, key=lambda m: m.order)
    by_id = {measure.id for measure in ordered}
    shared = {m.denominator_measure for m in ordered if m.denominator_measure}
    found: list[tuple[str, Measure, str]] = []
    for measure in ordered:
        if measure.form.has_denominator and measure.denominator_measure not in by_id:
            found.append((measure.denominator_label, measure, "denominator"))
        found.append((measure.numerator_label, measure, names.top(measure)))
    found.sort(key=lambda one: one[1].id not in shared)
    known, result = names.measures(campaign), []
    for label, measure, number in found:
        target = (campaign.measures.index(measure), number)
        plain = [f"{measure.short} {label}".strip(), f"{measure.name} {number}", f"{measure.id} {number}"]
        heading = next(
            (text for text in (label, *plain)
             if text and _meant(names.field_of(known, campaign, text), campaign) == (target,)
             and text not in {one.heading for one in result} and names.key(text) not in _TAKEN),
            plain[-1],
        )  # fmt: skip
        result.append(Asked(heading, measure, number))
    return tuple(result)


_TAKEN = frozenset(map(names.key, (*FIXED, NOTE)))


def _meant(fields: Sequence[names.Field], campaign: Campaign) -> tuple[names.Field, ...]:
    return tuple((i, number or names.top(campaign.measures[i])) for i, number in fields)


def rows(
    campaign: Campaign, site: str | None, periods: Sequence[date], known: pd.DataFrame | None = None
) -> Iterator[tuple[Site, date, list[float | None]]]:
    """Each row of a template: its site, period, and what is known of each number that is asked for.

    A site has rows for the periods in which it reports. ``known`` as ``Store.observations`` returns it.
    """
    columns = asked(campaign)
    held = _held(known, columns)
    places = [s for s in campaign.sites if (s.kind == SiteKind.SITE if site is None else s.id == site)]
    for place in places:
        for period in sorted(periods):
            if (place.opened and period < place.opened) or (place.merged_on and period >= place.merged_on):
                continue
            yield place, period, [held.get((place.id, period, i)) for i in range(len(columns))]


def _held(known: pd.DataFrame | None, columns: Sequence[Asked]) -> dict[tuple[str, date, int], float]:
    found: dict[tuple[str, date, int], float] = {}
    if known is None or not len(known):
        return found
    known = known[(known["group"] == ALL).to_numpy(bool)]
    for i, column in enumerate(columns):
        mine = known[(known["measure"] == column.measure.id).to_numpy(bool)]
        mine = mine[mine[column.number].notna().to_numpy(bool)]
        days = mine["period"].dt.date.tolist()
        for place, day, x in zip(mine["site"].tolist(), days, mine[column.number].tolist()):
            found[place, day, i] = float(x)
    return found


def csv(campaign: Campaign, site: str | None, periods: Sequence[date], known: pd.DataFrame | None = None) -> bytes:
    """A template as CSV, in UTF-8 with the mark that spreadsheets know it by. Arguments as for ``xlsx``."""
    out = io.StringIO(newline="")
    writer = csv_.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(text) for text in (*FIXED, *(column.heading for column in asked(campaign)), NOTE)])
    for place, period, numbers in rows(campaign, site, periods, known):
        shown = ["" if x is None else _plain(x) for x in numbers]
        writer.writerow([neutral(place.id), neutral(place.name), period.isoformat(), *shown, ""])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx(campaign: Campaign, site: str | None, periods: Sequence[date], known: pd.DataFrame | None = None) -> bytes:
    """A workbook to fill in, for one site or (None) for every site: a row for each period of each, and what is known.

    ``periods``: first days; ``known``: observations whose numbers stand there already. A second sheet says what each
    column asks for.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    columns = asked(campaign)
    headings = [*FIXED, *(column.heading for column in columns), NOTE]
    sheet.freeze_panes = "D2"
    for i, heading in enumerate(headings):
        wide = 12 if i in (0, 2) else 34 if i in (1, len(headings) - 1) else min(max(len(heading) * 0.6, 14), 28)
        sheet.column_dimensions[get_column_letter(i + 1)].width = wide
    _limits(sheet, columns)
    sheet.append([_head(sheet, heading) for heading in headings])
    frequency = campaign.outcome.frequency
    for place, period, numbers in rows(campaign, site, periods, known):
        when = WriteOnlyCell(sheet, period)
        when.number_format = "mmm yyyy" if frequency == "month" else "d mmm yyyy"
        cells = [None if x is None else int(x) if float(x).is_integer() else x for x in numbers]
        sheet.append([_plain_text(sheet, place.id), _plain_text(sheet, place.name), when, *cells, None])
    about = book.create_sheet("What is asked for")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 34, 100
    for heading, text in [(FIXED[2], files.template_periods(frequency)), *_about(columns)]:
        told = _plain_text(about, text)
        told.alignment = Alignment(wrap_text=True, vertical="top")
        about.append([_head(about, heading), told])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _about(columns: Sequence[Asked]) -> list[tuple[str, str]]:
    return [(column.heading, column.measure.definition) for column in columns] + [(NOTE, files.template_note())]


def _limits(sheet, columns: Sequence[Asked]) -> None:
    """What a spreadsheet itself asks of the cells: numbers not below nought, and whole where people are counted."""
    for i, column in enumerate(columns):
        if column.measure.form is Form.YES_NO:
            continue
        whole = column.measure.form in (Form.COUNT, Form.PROPORTION)
        rule = DataValidation(
            type="whole" if whole else "decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True
        )
        rule.errorTitle, rule.error = "Check this number", files.template_limit(whole)
        letter = get_column_letter(len(FIXED) + i + 1)
        rule.add(f"{letter}2:{letter}1048576")
        sheet.data_validations.append(rule)


def _head(sheet, text: str) -> WriteOnlyCell:
    cell = _plain_text(sheet, text)
    cell.font = Font(bold=True, color="FFFFFFFF")
    cell.fill = PatternFill("solid", fgColor=_BLUE)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _plain_text(sheet, text: str) -> WriteOnlyCell:
    """A cell of text: never a formula, whatever it begins with, and without letters that a workbook cannot hold."""
    cell = WriteOnlyCell(sheet)
    cell.value = "".join(letter for letter in neutral(text) if letter >= " " or letter in "\t\n")
    cell.data_type = "s"
    return cell


def _plain(x: float) -> str:
    """A number as a file holds it: whole ones without decimals, others to the last digit.

    >>> _plain(7.0), _plain(2.5)
    ('7', '2.5')
    """
    return str(int(x)) if float(x).is_integer() and abs(x) < 1e15 else np.format_float_positional(x, trim="0")
