"""Rows of any layout as lines: what each says about one measure of one site at one time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from measures.intake import dates, names, numbers
from measures.intake.reading import LONG, NUMBER_ROLES, WIDE_MONTHS, Reading
from measures.intake.table import Table
from measures.model import ALL, Campaign
from measures.words import intake as words

WHOLE, TOP, BOTTOM = 0, 1, 2
"""A line that says all about its measure, or only the one of its two numbers."""

NUMBERS = ("numerator", "denominator", "value")


class Refusals:
    """Why rows cannot be kept. A row may have several reasons; they are told in the order in which they were found."""

    def __init__(self, rows: int) -> None:
        self.bad = np.zeros(rows, bool)
        self._found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, rows: np.ndarray, column: str | Sequence[str], reasons: str | Sequence[str]) -> None:
        """Refuse rows (from 0), each with its column and reason or all with the same."""
        if not len(rows):
            return
        self.bad[rows] = True
        self._found.append((rows, _each(column, len(rows)), _each(reasons, len(rows))))

    def frame(self, numbers: np.ndarray) -> pd.DataFrame:
        """One line for each refused row: its number, the column of its first reason, and up to three reasons."""
        if not self._found:
            empty = {"row": np.empty(0, np.int64), "column": [], "reason": []}
            return pd.DataFrame(empty).astype({"column": "str", "reason": "str"})
        rows, columns, reasons = (np.concatenate(part) for part in zip(*self._found))
        order = np.argsort(rows, kind="stable")
        rows, columns, reasons = rows[order], columns[order], reasons[order]
        first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        sizes = np.diff(np.append(first, len(rows)))
        text = reasons[first]
        for at in np.flatnonzero(sizes > 1).tolist():
            different = dict.fromkeys(reasons[first[at] : first[at] + sizes[at]].tolist())
            text[at] = " ".join(list(different)[:3])
        found = {"row": numbers[rows[first]], "column": columns[first], "reason": text}
        return pd.DataFrame(found).astype({"row": "int64", "column": "str", "reason": "str"})


def _each(text: str | Sequence[str], n: int) -> np.ndarray:
    found = np.empty(n, object)
    found[:] = text
    return found


@dataclass(slots=True)
class Lines:
    """Columns of equal length. ``row``: of the table, from 0; ``site``, ``measure``: places in the campaign, -1 where
    unknown; ``group``: a place in ``groups``; ``day`` datetime64[D] and ``span``: the first day meant and how long it
    lasts (a place in ``SPANS``), before it is known how often the measure is reported; ``numerator``, ``denominator``,
    ``value``: NaN where blank; ``part``: WHOLE, TOP or BOTTOM. ``source``: (3, n) the column of each number, a place in
    the header or -1."""

    row: np.ndarray
    site: np.ndarray
    measure: np.ndarray
    group: np.ndarray
    day: np.ndarray
    span: np.ndarray
    numerator: np.ndarray
    denominator: np.ndarray
    value: np.ndarray
    part: np.ndarray
    source: np.ndarray
    percent: np.ndarray
    yes_no: np.ndarray

    def take(self, which: np.ndarray) -> Lines:
        """Some of the lines."""
        return Lines(*[getattr(self, name)[..., which] for name in self.__slots__])


SPANS = ("", dates.DAY, dates.MONTH, dates.QUARTER, dates.WEEK)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: (n,) float64 and flags, and whether its cell is blank or no number."""

    value: np.ndarray
    percent: np.ndarray
    yes_no: np.ndarray
    blank: np.ndarray
    bad: np.ndarray


class Source:
    """A table's columns as codes and numbers, each different text looked at once; troubles go to ``refusals``."""

    def __init__(
        self, table: Table, reading: Reading, campaign: Campaign, own: Collection[str] | None, refusals: Refusals
    ) -> None:
        self.table, self.reading, self.campaign, self.refusals = table, reading, campaign, refusals
        self.n = len(table.cells)
        self.own = None if own is None else frozenset(own)
        self.place = {site.id: i for i, site in enumerate(campaign.sites)}
        self._numbers: dict[str, tuple[Column, np.ndarray, Sequence[str], np.ndarray]] = {}

    def codes(self, column: str) -> tuple[np.ndarray, list[str]]:
        """Each row's place among the column's different texts, and those."""
        codes, different = pd.factorize(self.table.column(column))
        return codes, different.tolist()

    def column_of(self, role: str) -> str | None:
        """The first column of a role."""
        return next((column for column, given in self.reading.columns.items() if given == role), None)

    def sites(self, said: np.ndarray) -> np.ndarray:
        """Each row's site; rows that say something (``said``) about none of one's own are refused."""
        column = self.column_of("site")
        if column is None:
            if self.reading.site in self.place:
                return np.full(self.n, self.place[self.reading.site], np.int64)
            self.refusals.add(np.flatnonzero(said), "", words.nothing_for("site"))
            return np.full(self.n, -1, np.int64)
        known = names.sites(self.campaign)
        suggested = names.sites(self.campaign, None if self.own is None else list(self.own))

        def one(text: str, suggest: bool) -> tuple[int, str]:
            if not text:
                return -1, words.no_site_given()
            found = names.find_site(known, text)
            mine = [id for id in found if self.own is None or id in self.own]
            if len(mine) == 1:
                return self.place[mine[0]], ""
            if mine:
                return -1, words.several_sites(text, mine)
            if found:
                return -1, words.not_yours(text)
            return -1, words.unknown_site(text, suggested.closest(text) if suggest else "")

        return self._matched(column, one, said)

    def _matched(self, column: str, one: Callable[[str, bool], tuple[int, str]], said: np.ndarray) -> np.ndarray:
        codes, texts = self.codes(column)
        found, why = [], []
        suggested = 0
        for text in texts:
            code, reason = one(text, suggested < _SUGGESTIONS)
            suggested += code < 0
            found.append(code)
            why.append(reason)
        result = np.array(found, np.int64)[codes]
        bad = np.flatnonzero((result < 0) & said)
        self.refusals.add(bad, column, np.array(why, object)[codes[bad]])
        return result

    def targets(self, said: np.ndarray) -> tuple[np.ndarray, list[tuple[names.Field, ...]]]:
        """Each row's place among the different things that a measure column says, -1 where that is none."""
        column = self.column_of("measure")
        known = names.measures(self.campaign)
        if column is None:
            found = known.find(self.reading.measure) if self.reading.measure else ()
            if found:
                return np.zeros(self.n, np.int64), [found[0]]
            self.refusals.add(np.flatnonzero(said), "", words.nothing_for("measure"))
            return np.full(self.n, -1, np.int64), []
        meant: list[tuple[names.Field, ...]] = []

        def one(text: str, suggest: bool) -> tuple[int, str]:
            if not text:
                return -1, words.no_measure_given()
            found = known.find(text)
            if len(found) > 1:
                shown = [self.campaign.measures[target[0][0]].name for target in found]
                return -1, words.several_measures(text, shown)
            target = found[0] if found else names.field_of(known, self.campaign, text)
            if not target:
                return -1, words.unknown_measure(text, known.closest(text) if suggest else "")
            meant.append(target)
            return len(meant) - 1, ""

        return self._matched(column, one, said), meant

    def groups(self) -> tuple[np.ndarray, list[str]]:
        """Each row's group, and their names; blank is "all"."""
        column = self.column_of("group")
        if column is None:
            return np.zeros(self.n, np.int64), [ALL]
        codes, texts = self.codes(column)
        meant = [ALL if not text or text.lower() == ALL else text for text in texts]
        again, different = pd.factorize(np.array(meant, object))
        return again[codes], different.tolist()

    def days(self, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Each row's first day and span; rows that say something at no known time are refused."""
        column = self.column_of("period")
        frequency = self.campaign.outcome.frequency
        if column is None:
            self.refusals.add(np.flatnonzero(said), "", words.nothing_for("period"))
            return np.full(self.n, np.datetime64("NaT", "D")), np.zeros(self.n, np.int64)
        codes, texts = self.codes(column)
        found = dates.read(texts, self.reading.order or None, frequency, self.table.epoch)
        either = found.either
        why = [""] * len(texts)
        for i, text in enumerate(texts):
            if either[i] or (
                not self.reading.order and self.reading.dates == "unclear" and found.form[i] in dates.ORDERS
            ):
                both = [dates.read([text], order).first[0].astype(object) for order in dates.ORDERS]
                why[i] = words.either_date(text, *both) if all(both) else ""
            if not found.span[i] and not why[i]:
                why[i] = words.not_a_date(text, frequency) if text else words.no_period_given()
        span = np.array([SPANS.index(s) if not w else 0 for s, w in zip(found.span, why)], np.int64)[codes]
        bad = np.flatnonzero((span == 0) & said)
        self.refusals.add(bad, column, np.array(why, object)[codes[bad]])
        return found.first[codes], span

    def number(self, column: str) -> Column:
        """A column's cells as numbers; what is none is told by ``refuse_words``."""
        if column not in self._numbers:
            codes, texts = self.codes(column)
            read = numbers.read(texts, self.reading.numbers)
            problem = np.array(read.problem, object)
            blank = np.fromiter((not text for text in texts), bool, len(texts))
            bad = np.fromiter(map(bool, read.problem), bool, len(texts))
            found = Column(read.value[codes], read.percent[codes], read.yes_no[codes], blank[codes], bad[codes])
            self._numbers[column] = (found, codes, texts, problem)
        return self._numbers[column][0]

    def refuse_words(self, column: str) -> None:
        """Refuse rows whose cell in a column is no number."""
        found = self.number(column)
        rows = np.flatnonzero(found.bad)
        codes, problem = self._numbers[column][1], self._numbers[column][3]
        self.refusals.add(rows, column, problem[codes[rows]])

    def texts(self, column: int, rows: np.ndarray) -> list[str]:
        """What stands in a column, by its place in the header, in some rows."""
        return self.table.cells.iloc[rows, column].tolist()


_SUGGESTIONS = 30
"""For so many different unknown names the closest is looked for."""


def build(source: Source) -> tuple[Lines, list[str], np.ndarray]:
    """A table's lines, the names of its groups, and which rows say anything. What cannot be read is refused."""
    columns = [
        column
        for column, role in source.reading.columns.items()
        if role in NUMBER_ROLES or role.startswith(("period:", "measure:"))
    ]
    said = np.zeros(source.n, bool)
    for column in columns:
        found = source.number(column)
        said |= ~found.blank
        source.refuse_words(column)
    if not columns:
        said |= True
        source.refusals.add(np.arange(source.n), "", words.nothing_for("number"))
    said |= source.refusals.bad
    site = source.sites(said)
    group, groups = source.groups()
    layout = source.reading.layout
    if layout == LONG:
        parts = _long(source, said)
    elif layout == WIDE_MONTHS:
        parts = _months(source, said)
    else:
        parts = _measures(source, said)
    if not parts:
        parts = [
            _part(source, np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, "M8[D]"), np.empty(0, np.int64))
        ]
    whole = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    row = whole["row"]
    return Lines(site=site[row], group=group[row], **whole), groups, said


def _part(source: Source, row, measure, day, span, part=WHOLE, **given: str | None) -> dict[str, np.ndarray]:
    """Some rows' lines, with the column of each number given."""
    n = len(row)
    found: dict[str, np.ndarray] = {
        "row": row, "measure": np.broadcast_to(measure, n), "day": np.broadcast_to(day, n),
        "span": np.broadcast_to(span, n), "part": np.full(n, part, np.int8),
        "source": np.full((3, n), -1, np.int32), "percent": np.zeros((3, n), bool), "yes_no": np.zeros((3, n), bool),
    }  # fmt: skip
    for i, name in enumerate(NUMBERS):
        column = given.get(name)
        if column is None:
            found[name] = np.full(n, np.nan)
            continue
        numbers_ = source.number(column)
        found[name] = numbers_.value[row]
        found["source"][i] = source.table.header.index(column)
        found["percent"][i], found["yes_no"][i] = numbers_.percent[row], numbers_.yes_no[row]
    return found


def _long(source: Source, said: np.ndarray) -> list[dict[str, np.ndarray]]:
    codes, meant = source.targets(said)
    day, span = source.days(said)
    columns = {name: source.column_of(name) for name in NUMBERS}
    blank = {name: np.ones(source.n, bool) if c is None else source.number(c).blank for name, c in columns.items()}
    several = ~blank["numerator"] & ~blank["denominator"]
    parts = []
    for code, target in enumerate(meant):
        mine = (codes == code) & said
        for i, number in target:
            rows = np.flatnonzero(mine)
            has = source.campaign.measures[i].form.has_denominator
            if not has:
                # A count may stand under "value" or, where people put it so, under "numerator".
                use = blank["value"][rows] & ~blank["numerator"][rows]
                for which, column in (
                    (rows[~use], columns["value"] or columns["numerator"]),
                    (rows[use], columns["numerator"]),
                ):
                    parts.append(_part(source, which, i, day[which], span[which], value=column))
            elif not number:
                parts.append(_part(source, rows, i, day[rows], span[rows], **columns))
            else:  # a row named after one of the two numbers, unless both stand in it
                both = rows[several[rows]]
                parts.append(_part(source, both, i, day[both], span[both], **columns))
                one, part = rows[~several[rows]], TOP if number == "numerator" else BOTTOM
                for name in ("value", "numerator", "denominator"):
                    which = one[~blank[name][one]]
                    if columns[name] is not None and len(which):
                        parts.append(_part(source, which, i, day[which], span[which], part, **{number: columns[name]}))
                        one = one[blank[name][one]]
    return parts


def _months(source: Source, said: np.ndarray) -> list[dict[str, np.ndarray]]:
    codes, meant = source.targets(said)
    span = SPANS.index(source.campaign.outcome.frequency)
    periods = _by_role(source, "period:")
    parts = []
    for code, target in enumerate(meant):
        rows = np.flatnonzero((codes == code) & said)
        for i, number in target:
            has = source.campaign.measures[i].form.has_denominator
            for text, columns in periods:
                day = np.datetime64(text, "D")
                given = {name: column for name, column in columns.items() if name}
                single = columns.get("")
                if has and given and not number:
                    parts.append(_part(source, rows, i, day, span, **given))
                elif not has and (column := single or given.get("value") or given.get("numerator")):
                    parts.append(_part(source, rows, i, day, span, value=column))
                elif single and number:
                    part = TOP if number == "numerator" else BOTTOM
                    parts.append(_part(source, rows, i, day, span, part, **{number: single}))
                elif single:
                    parts.append(_part(source, rows, i, day, span, value=single))
    return parts


def _by_role(source: Source, what: str) -> list[tuple[str, dict[str, str]]]:
    """Columns of roles such as "period:<what>/<number>": by number, for each period or measure that they are about.

    One that is there twice has an entry of its own, so that both are compared.
    """
    found: list[tuple[str, dict[str, str]]] = []
    for column, role in source.reading.columns.items():
        if role.startswith(what):
            about, _, number = role.removeprefix(what).partition("/")
            mine = next((given for name, given in found if name == about and number not in given), None)
            if mine is None:
                found.append((about, mine := {}))
            mine[number] = column
    return found


def _measures(source: Source, said: np.ndarray) -> list[dict[str, np.ndarray]]:
    day, span = source.days(said)
    given = _by_role(source, "measure:")
    rows = np.flatnonzero(said)
    parts = []
    by_label = {
        names.key(m.denominator_label): columns["denominator"]
        for m in source.campaign.measures
        for id, columns in given
        if id == m.id and m.form.has_denominator and not m.denominator_measure and "denominator" in columns
    }
    place = {measure.id: i for i, measure in enumerate(source.campaign.measures)}
    for id, columns in given:
        i, measure = place[id], source.campaign.measures[place[id]]
        if measure.form.has_denominator and not measure.denominator_measure and "denominator" not in columns:
            label = names.key(measure.denominator_label)
            if label in by_label:  # one column serves every measure that is a share of the same
                columns = columns | {"denominator": by_label[label]}
        parts.append(_part(source, rows, i, day[rows], span[rows], **columns))
    return parts
