"""How a table is understood: which column is what, in which form its dates and numbers are, and what must be asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from measures import format
from measures.intake import dates, names, numbers
from measures.intake.headers import ROLES
from measures.intake.table import Table
from measures.model import Campaign
from measures.words import files
from measures.words import intake as words

LONG, WIDE_MONTHS, WIDE_MEASURES = "long", "wide-months", "wide-measures"
PLAIN = ("site", "measure", "period", "group", "numerator", "denominator", "value", "note", "ignore")
"""The roles that a column of a long file may have."""
NUMBER_ROLES = ("numerator", "denominator", "value")
UNCLEAR = "unclear"
_SAMPLE = 400
_ENOUGH = 0.5
"""From which share of its different texts a column without a telling name is taken for sites, measures or dates."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can say. ``options``: what may be answered, and its words.

    ``about`` is "dates" (answered through ``dates``), "numbers" (through ``numbers``), "site" (through ``sites``: the
    one), or "columns" (through ``columns``).
    """

    about: str
    sentence: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table says, as far as is known before its rows are judged.

    ``columns``: each column's role: one of ``PLAIN``, "measure:<id>/<numerator|denominator|value>", "period:<iso>" or
    "period:<iso>/<numerator|denominator|value>"; ``guessed``: whether nobody chose it. ``dates``: the form that most
    dates have; ``order``: "day-first" or "month-first", "" where nothing depends on it or it is asked; ``examples``: a
    few texts and what they are read as. ``numbers``: "point" or "comma" before the decimals, "" where it is asked.
    ``site`` and ``measure``: the only ones, where no column names them.
    """

    layout: str
    columns: Mapping[str, str]
    guessed: Mapping[str, bool]
    dates: str
    order: str
    examples: tuple[tuple[str, date], ...]
    questions: tuple[Question, ...] = ()
    site: str = ""
    measure: str = ""
    numbers: str = numbers.POINT
    said: tuple[str, ...] = field(default=())

    def having(self, role: str) -> tuple[str, ...]:
        """The columns that have a role."""
        return tuple(column for column, given in self.columns.items() if given == role)


def understand(
    table: Table,
    campaign: Campaign,
    *,
    sites: Collection[str] | None = None,
    columns: Mapping[str, str] | None = None,
    dates: str | None = None,
    numbers: str | None = None,
    today: date,
) -> Reading:
    """Say what each column is, and ask what cannot be told.

    ``sites``: whose rows may come in, None for all of the campaign's; ``columns``: roles that somebody chose (others
    are guessed; a column or a role that there is not is passed over); ``dates``: "day-first" or "month-first", and
    ``numbers``: "point" or "comma", as answered.
    """
    chosen = {c: r for c, r in (columns or {}).items() if c in table.header and is_role(campaign, r)}
    roles = _guess(table, campaign, sites, chosen, today) | chosen
    roles = {column: roles.get(column, "ignore") for column in table.header}
    layout = layout_of(roles.values())
    order, form, examples, questions = _dates(table, roles, campaign, dates)
    mark = numbers if numbers in _MARKS else _mark(table, roles)
    if not mark:
        questions.append(Question("numbers", files.which_mark(), files.MARKS))
    if not chosen and set(roles.values()) == {"ignore"} and _is_data(table.header, names.sites(campaign)):
        questions.append(Question("columns", files.no_header(table.header)))
    site, measure = "", ""
    if "site" not in roles.values():
        own = [s for s in campaign.sites if sites is None or s.id in sites]
        site = own[0].id if len(own) == 1 else ""
        if not site:
            options = tuple((s.id, s.name) for s in own)
            questions.append(Question("site", files.which_site(), options))
    if layout != WIDE_MEASURES and "measure" not in roles.values():
        measure = campaign.measures[0].id if len(campaign.measures) == 1 else ""
        if not measure:
            questions.append(Question("columns", words.nothing_for("measure"), _columns(table)))
    if layout != WIDE_MONTHS and "period" not in roles.values():
        questions.append(Question("columns", words.nothing_for("period"), _columns(table)))
    if layout == LONG and not set(NUMBER_ROLES) & set(roles.values()):
        questions.append(Question("columns", words.nothing_for("number"), _columns(table)))
    return Reading(
        layout=layout,
        columns=roles,
        guessed={column: column not in chosen for column in table.header},
        dates=form,
        order=order,
        examples=examples,
        questions=tuple(questions),
        site=site,
        measure=measure,
        numbers=mark,
    )


_MARKS = numbers.MARKS


def is_role(campaign: Campaign, role: str) -> bool:
    """Whether a role is one that a column of this campaign's files can have."""
    if role in PLAIN:
        return True
    what, _, rest = role.partition(":")
    about, _, number = rest.partition("/")
    if what == "measure":
        measure = next((m for m in campaign.measures if m.id == about), None)
        given = ("numerator", "denominator") if measure and measure.form.has_denominator else ("value",)
        return measure is not None and number in (*given, "value")
    if what == "period":
        try:
            date.fromisoformat(about)
        except ValueError:
            return False
        return number in ("", *NUMBER_ROLES)
    return False


def layout_of(roles: Collection[str]) -> str:
    """Months across, a column for each number, or a row for each."""
    if any(role.startswith("period:") for role in roles):
        return WIDE_MONTHS
    return WIDE_MEASURES if any(role.startswith("measure:") for role in roles) else LONG


def _columns(table: Table) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in table.header)


def _guess(
    table: Table, campaign: Campaign, sites: Collection[str] | None, chosen: Mapping[str, str], today: date
) -> dict[str, str]:
    """A role for each column that nobody chose one for: by its name, then by what stands in it."""
    free = [column for column in table.header if column not in chosen]
    taken = set(chosen.values())
    place, field_names = names.sites(campaign), names.measures(campaign)
    if not chosen and _is_data(table.header, place):
        return {}
    texts = {column: _different(table.column(column)) for column in table.header}
    found: dict[str, str] = {}

    def give(role: str, column: str) -> None:
        found[column] = role
        taken.add(role)

    by_name = {
        column: next((role for role, known in ROLES.items() if names.key(column) in known), "") for column in free
    }
    # The site and measure columns: of several that are called so, the one whose texts are known.
    for role, known in (
        ("site", lambda text: bool(names.find_site(place, text))),
        ("measure", lambda text: bool(field_names.find(text))),
        ("period", dates.looks_like_one),
    ):
        if role in taken:
            continue
        shares = {column: _share(texts[column], known) for column in free if column not in found}
        called = {column: share for column, share in shares.items() if by_name[column] == role}
        others = {
            column: share
            for column, share in shares.items()
            if share >= _ENOUGH and not by_name[column] and not names.field_of(field_names, campaign, column)
        }
        for candidates in (called, others):
            if candidates:
                give(role, max(candidates, key=candidates.__getitem__))
                break
    fields = {column: names.field_of(field_names, campaign, column) for column in free if column not in found}
    months = _months(free, found, table, campaign) if "period" not in taken else {}
    if len(months) >= (1 if "measure" in taken or len(campaign.measures) == 1 else 2):
        found |= months
    long = "measure" in taken or (not any(fields.values()) and not any(role.startswith("measure:") for role in taken))
    for column in free:
        if column in found:
            continue
        role = by_name[column]
        if not long and fields[column] and not months:
            i, number = fields[column][0]
            number = number or names.top(campaign.measures[i])
            role = f"measure:{campaign.measures[i].id}/{number}"
        elif role in NUMBER_ROLES and (months or not long):
            role = "ignore"
        if role and role not in taken:
            give(role, column)
    return found


def _is_data(header: Collection[str], known: names.Names[str]) -> bool:
    """Whether a row of data stands where names should: a site's own name is among them, and no word of a header."""
    keys = {names.key(name) for name in header}
    named = any(keys & role for role in ROLES.values())
    return not named and any(names.find_site(known, name) for name in header)


def _months(free: list[str], found: Mapping[str, str], table: Table, campaign: Campaign) -> dict[str, str]:
    """Columns whose names are periods, perhaps with "numerator" or "denominator" after them."""
    frequency = campaign.outcome.frequency
    heads, fields = [], []
    columns = [column for column in free if column not in found]
    for column in columns:
        head, _, ending = column.rpartition(" ")
        number = next((role for role in NUMBER_ROLES if names.key(ending) in ROLES[role]), "") if head else ""
        heads.append(head if number else column)
        fields.append(number)
    read = dates.read(heads, None, frequency, table.epoch)
    firsts = dates.floor(read.first, frequency)
    result = {}
    for i, column in enumerate(columns):
        if read.span[i] and dates.fits(read.span[i], frequency):
            role = f"period:{firsts[i]}" + (f"/{fields[i]}" if fields[i] else "")
            result[column] = role
    return result


def _different(column: pd.Series) -> list[str]:
    return [text for text in pd.unique(column.head(5000)).tolist() if text][:_SAMPLE]


def _share(texts: list[str], known) -> float:
    return sum(bool(known(text)) for text in texts) / len(texts) if texts else 0.0


def _dates(
    table: Table, roles: Mapping[str, str], campaign: Campaign, answered: str | None
) -> tuple[str, str, tuple[tuple[str, date], ...], list[Question]]:
    """In which order and form dates are written, examples, and what must be asked."""
    frequency = campaign.outcome.frequency
    across = {column: role for column, role in roles.items() if role.startswith("period:")}
    if across:
        examples = tuple(
            (column, date.fromisoformat(role[7:].partition("/")[0])) for column, role in list(across.items())[:4]
        )
        return "", dates.read(list(across), None, frequency, table.epoch).main, examples, []
    column = next((column for column, role in roles.items() if role == "period"), None)
    if column is None:
        return "", "", (), []
    texts = [text for text in pd.unique(table.column(column)).tolist() if text]
    found = dates.read(texts, answered, frequency, table.epoch)
    if found.either.any():
        text = texts[int(np.flatnonzero(found.either)[0])]
        options = tuple(
            (order, format.day(dates.read([text], order).first[0].astype(object))) for order in dates.ORDERS
        )
        question = Question("dates", files.which_order(text, options), options)
        return "", UNCLEAR, (), [question]
    read = [i for i, span in enumerate(found.span) if span]
    shown = dict.fromkeys([*read[:2], *read[len(read) // 2 : len(read) // 2 + 1], *read[-1:]])
    firsts = found.first
    if all(dates.fits(found.span[i], frequency) for i in shown):
        firsts = dates.floor(firsts, frequency)
    examples = tuple((texts[i], firsts[i].astype(object)) for i in shown)
    return found.order, found.main, examples, []


def _mark(table: Table, roles: Mapping[str, str]) -> str:
    """What stands before decimals, from every column of numbers; a workbook's numbers are numbers already."""
    if table.kind == "xlsx":
        return numbers.POINT
    texts: list[str] = []
    for column, role in roles.items():
        if role in NUMBER_ROLES or role.startswith(("measure:", "period:")):
            texts += pd.unique(table.column(column)).tolist()
    return numbers.mark(texts, table.separator)
