"""The judging of lines: times, numbers, pairs that belong together, and the same cell given twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from measures.intake import dates
from measures.intake.lines import BOTTOM, NUMBERS, SPANS, TOP, WHOLE, Lines, Source
from measures.model import Form, Measure
from measures.words import files
from measures.words import intake as words

_PASSES = 12


class Judge:
    """Takes lines away whose rows are refused, until what is left can all be kept."""

    def __init__(self, source: Source, groups: list[str], today: date) -> None:
        self.source, self.refusals, self.campaign = source, source.refusals, source.campaign
        self.groups, self.today = groups, today
        self.said: list[str] = []
        self.top = [m.numerator_label or m.name for m in self.campaign.measures]
        self.bottom = [m.denominator_label or "the number it is out of" for m in self.campaign.measures]

    def all(self, lines: Lines) -> Lines:
        """The lines to keep."""
        lines = self._left(lines.take(~self._blank(lines) & (lines.measure >= 0)))
        self._periods(lines)
        self._numbers(lines)
        lines = self._left(lines)
        kept = lines
        for attempt in range(_PASSES):
            before = int(self.refusals.bad.sum())
            kept = self._pairs(self._left(lines), strict=attempt == _PASSES - 1)
            self._wholes(self._left(kept))
            kept = self._once(self._left(kept))
            if int(self.refusals.bad.sum()) == before:
                break
        return self._without_shares(self._left(kept))

    def _without_shares(self, lines: Lines) -> Lines:
        """Without the shares that a file worked out beside their two numbers: they are worked out anew."""
        beside = ~np.isnan(lines.value) & self._of(lines, lambda m: m.form.has_denominator)
        if beside.any():
            lines.value[beside] = np.nan
            self.said.append(files.shares_beside(int(beside.sum())))
        return lines

    def _left(self, lines: Lines) -> Lines:
        """Without the lines of refused rows."""
        good = ~self.refusals.bad[lines.row]
        return lines if good.all() else lines.take(good)

    @staticmethod
    def _blank(lines: Lines) -> np.ndarray:
        return np.isnan(lines.numerator) & np.isnan(lines.denominator) & np.isnan(lines.value)

    def _refuse(self, lines: Lines, which: np.ndarray, number: int, reason) -> None:
        """Refuse the rows of some lines; ``reason(i)`` says why of each line, ``number`` which column it is about."""
        at = np.flatnonzero(which)
        if len(at):
            header = (*self.source.table.header, "")
            columns = [header[place] for place in lines.source[number][at].tolist()] if number >= 0 else ""
            self.refusals.add(lines.row[at], columns, [reason(i) for i in at.tolist()])

    # Times.

    def _periods(self, lines: Lines) -> None:
        """Days become the first day of their period; what lies outside a site's reporting is refused."""
        column = self.source.column_of("period") or ""
        place = self.source.table.header.index(column) if column else -1
        here = lines.source.copy()
        lines.source[:] = place
        inside = 0
        for frequency in dict.fromkeys(m.frequency for m in self.campaign.measures):
            mine = np.isin(lines.measure, [i for i, m in enumerate(self.campaign.measures) if m.frequency == frequency])
            self._spans(lines, mine, frequency)
            fits = mine & np.isin(lines.span, [c for c, s in enumerate(SPANS) if s and dates.fits(s, frequency)])
            start = dates.floor(lines.day[fits], frequency)
            inside += int(((start != lines.day[fits]) & ~self.refusals.bad[lines.row[fits]]).sum())
            lines.day[fits] = start
            self._outside(lines, fits, frequency)
        if inside:
            self.said.append(files.inside_periods(inside, self.campaign.outcome.frequency))
        lines.source[:] = here

    def _spans(self, lines: Lines, which: np.ndarray, frequency: str) -> None:
        """Refuse what lasts longer than a period, or lies across two."""
        wrong = [code for code, span in enumerate(SPANS) if span and not dates.fits(span, frequency)]

        def reason(i: int) -> str:
            return words.wrong_span(self._text(lines, i), SPANS[lines.span[i]], frequency)

        self._refuse(lines, which & np.isin(lines.span, wrong), 0, reason)

    def _outside(self, lines: Lines, which: np.ndarray, frequency: str) -> None:
        campaign = self.campaign
        day = lambda x: np.datetime64(x, "D")  # noqa: E731
        now = dates.floor(np.array([self.today], "datetime64[D]"), frequency)[0]
        end = dates.floor(np.array([campaign.end], "datetime64[D]"), frequency)[0]
        start = dates.floor(np.array([campaign.baseline_start], "datetime64[D]"), frequency)[0]
        when = lambda i: lines.day[i].astype(object)  # noqa: E731
        last = dates.last_day(now, frequency)
        over = now if last > day(self.today) else now + 1  # a period is over on its last day
        self._refuse(lines, which & (lines.day >= over), 0, lambda i: words.not_over(when(i), frequency))
        self._refuse(
            lines, which & (lines.day < over) & (lines.day > end), 0, lambda i: words.after_end(when(i), frequency)
        )
        early = which & (lines.day < start)
        self._refuse(lines, early, 0, lambda i: words.before_start(when(i), frequency, start.astype(object)))
        known = which & ~early & (lines.site >= 0)
        opened = np.array([day(s.opened or campaign.baseline_start) for s in campaign.sites], "datetime64[D]")
        merged = np.array([day(s.merged_on or date.max) for s in campaign.sites], "datetime64[D]")
        site = np.where(lines.site >= 0, lines.site, 0)
        self._refuse(lines, known & (lines.day < dates.floor(opened, frequency)[site]), 0,
                     lambda i: words.before_opening(when(i), frequency, campaign.sites[lines.site[i]]))  # fmt: skip
        self._refuse(lines, known & (lines.day >= merged[site]), 0, lambda i: self._merged(int(lines.site[i])))

    def _merged(self, site: int) -> str:
        gone = self.campaign.sites[site]
        place = self.source.place.get(gone.successor or "")
        return words.after_merger(gone, self.campaign.sites[place].name if place is not None else "")

    def _text(self, lines: Lines, i: int, number: int = 0) -> str:
        place = int(lines.source[number][i])
        return self.source.texts(place, lines.row[i : i + 1])[0] if place >= 0 else ""

    # Numbers.

    def _numbers(self, lines: Lines) -> None:
        """Each number by itself: signs, wholes, percentages, yes and no."""
        for number, name in enumerate(NUMBERS):
            self._number(lines, number, getattr(lines, name))

    def _number(self, lines: Lines, number: int, x: np.ndarray) -> None:
        measures = self.campaign.measures
        whole = self._of(lines, lambda m: m.form in (Form.COUNT, Form.PROPORTION, Form.CASES_BETWEEN))
        has = self._of(lines, lambda m: m.form.has_denominator)
        yes_no = self._of(lines, lambda m: m.form is Form.YES_NO)
        share = self._of(lines, _is_share)
        percent, said = lines.percent[number], lines.yes_no[number]

        def label(i: int) -> str:
            return (self.bottom if number == 1 else self.top)[lines.measure[i]]

        def text(i: int) -> str:
            return self._text(lines, i, number)

        # A value beside a numerator is a share that the file worked out: it is left out later.
        asked = ~np.isnan(x) & (~has if number == 2 else has)
        plain = asked & ~percent
        tests = (
            (asked & percent & has, lambda i: words.percent_of_counts(label(i), text(i))),
            (
                asked & percent & ~has & ~share,
                lambda i: words.percent_of_value(label(i), text(i), measures[lines.measure[i]].unit),
            ),
            (plain & said & ~yes_no, lambda i: words.yes_no(label(i), text(i))),
            (plain & yes_no & ~np.isin(x, (0.0, 1.0)), lambda i: words.only_yes_or_no(label(i), text(i))),
            (asked & (x < 0), lambda i: words.negative(label(i), text(i))),
            (plain & whole & (x >= 0) & (x != np.floor(x)), lambda i: words.not_whole(label(i), text(i))),
        )
        for which, reason in tests:
            self._refuse(lines, which, number, reason)

    def _of(self, lines: Lines, asked: Callable[[Measure], object]) -> np.ndarray:
        """What holds of each line's measure."""
        return np.array([bool(asked(m)) for m in self.campaign.measures])[lines.measure]

    # Pairs.

    def _keys(self, lines: Lines, measure: np.ndarray | None = None) -> np.ndarray:
        """One whole number for each cell of the store."""
        n = len(self.campaign.measures)
        month = lines.day.astype(np.int64) + 1_000_000
        cell = (lines.site * max(len(self.groups), 1) + lines.group) * 2_000_000 + month
        return cell * n + (lines.measure if measure is None else measure)

    def _pairs(self, lines: Lines, strict: bool) -> Lines:
        """Halves in rows of their own are put together, and shared denominators are looked up."""
        lines = self._halves(lines)
        has = self._of(lines, lambda m: m.form.has_denominator)
        ids = {m.id: i for i, m in enumerate(self.campaign.measures)}
        shared = np.array([ids.get(m.denominator_measure, -1) for m in self.campaign.measures])[lines.measure]
        asks = np.flatnonzero(has & (shared >= 0) & ~np.isnan(lines.numerator))
        offers = np.flatnonzero(~np.isnan(lines.value) & ~has)
        if len(asks) and len(offers):
            keys, wanted = self._keys(lines)[offers], self._keys(lines, shared)[asks]
            order = np.argsort(keys, kind="stable")
            at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
            found = keys[order][at] == wanted
            mine, theirs = asks[found], offers[order][at[found]]
            blank = np.isnan(lines.denominator[mine])
            lines.denominator[mine[blank]] = lines.value[theirs[blank]]
            differs = np.zeros(len(lines.row), bool)
            other = np.zeros(len(lines.row), np.int64)
            differs[mine] = ~blank & (lines.denominator[mine] != lines.value[theirs])
            other[mine] = theirs

            def reason(i: int) -> str:
                there = int(other[i])
                row = int(self.source.table.rows[lines.row[there]])
                return words.two_denominators(self._bottom(lines, i), lines.denominator[i], lines.value[there], row)

            self._refuse(lines, differs, 1, reason)
            if strict:
                apart = np.zeros(len(lines.row), bool)
                apart[mine] = lines.row[mine] != lines.row[theirs]
                self._refuse(lines, apart, 0, lambda i: words.needs(self._top(lines, i), self._bottom(lines, i)))
        return lines

    def _halves(self, lines: Lines) -> Lines:
        """Numerators and denominators that stand in rows of their own, as one line in the numerator's row."""
        if not (lines.part != WHOLE).any():
            return lines.take(np.arange(len(lines.row)))
        keys = self._keys(lines)
        tops, bottoms = np.flatnonzero(lines.part == TOP), np.flatnonzero(lines.part == BOTTOM)
        joined = lines.take(np.arange(len(lines.row)))
        used = np.zeros(len(lines.row), bool)
        if len(bottoms):
            order = bottoms[np.argsort(keys[bottoms], kind="stable")]
            self._clashes(lines, order, keys, (lines.denominator,))
            at = np.minimum(np.searchsorted(keys[order], keys[tops]), len(order) - 1)
            found = keys[order][at] == keys[tops]
            joined.denominator[tops[found]] = lines.denominator[order[at[found]]]
            joined.source[1][tops[found]] = lines.source[1][order[at[found]]]
            used[bottoms] = np.isin(keys[bottoms], keys[tops])
            joined.part[tops[found]] = WHOLE
        alone = (lines.part == BOTTOM) & ~used
        self._refuse(lines, alone, 1, lambda i: words.needs(self._bottom(lines, i), self._top(lines, i)))
        return joined.take(lines.part != BOTTOM)

    def _top(self, lines: Lines, i: int) -> str:
        return self.top[lines.measure[i]]

    def _bottom(self, lines: Lines, i: int) -> str:
        return self.bottom[lines.measure[i]]

    # Wholes.

    def _wholes(self, lines: Lines) -> None:
        """A measure's numbers together."""
        measures = self.campaign.measures
        has = self._of(lines, lambda m: m.form.has_denominator)
        share = self._of(lines, lambda m: m.form is Form.PROPORTION)
        n, d, v = lines.numerator, lines.denominator, lines.value
        no_n, no_d, no_v = np.isnan(n), np.isnan(d), np.isnan(v)
        self._refuse(lines, has & no_n & ~no_v, 2, lambda i: words.share_only(measures[lines.measure[i]], not no_d[i]))
        self._refuse(lines, has & no_n & no_v & ~no_d, 1,
                     lambda i: words.needs(self._bottom(lines, i), self._top(lines, i)))  # fmt: skip
        self._refuse(lines, has & ~no_n & no_d, 0, lambda i: words.needs(self._top(lines, i), self._bottom(lines, i)))
        self._refuse(lines, ~has & no_v, 0, lambda i: words.only_value(self._top(lines, i)))
        self._refuse(lines, share & (n > d), 0,
                     lambda i: words.swapped(self._top(lines, i), n[i], self._bottom(lines, i), d[i]))  # fmt: skip
        nought = has & (d == 0) & (n > 0) & ~(share & (n > d))
        self._refuse(lines, nought, 1, lambda i: words.out_of_nought(self._bottom(lines, i)))

    # The same cell twice.

    def _once(self, lines: Lines) -> Lines:
        """One line for each cell: the same numbers given again are kept once, different ones are all refused."""
        keys = self._keys(lines)
        order = np.lexsort((lines.row, keys))
        again = np.r_[False, keys[order][1:] == keys[order][:-1]]
        if not again.any():
            return lines
        share = np.where(self._of(lines, lambda m: m.form.has_denominator), np.nan, lines.value)
        good = ~self._clashes(lines, order, keys, (lines.numerator, lines.denominator, share))
        spared = int((good & again).sum())
        said = [files.same_again(spared)] if spared else []
        self.said = [*[s for s in self.said if not s.startswith(files.SAME)], *said]
        keep = np.zeros(len(lines.row), bool)
        keep[order[good & ~again]] = True
        return lines.take(keep)

    def _clashes(
        self, lines: Lines, order: np.ndarray, keys: np.ndarray, numbers: tuple[np.ndarray, ...]
    ) -> np.ndarray:
        """Refuse the lines of one cell whose numbers differ, each naming the others; which of ``order`` those are.

        ``order``: the lines that are compared, those of one cell beside each other.
        """
        starts = np.flatnonzero(np.r_[True, keys[order][1:] != keys[order][:-1]])
        run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))
        differs = np.zeros(len(order), bool)
        for mine in numbers:
            a, b = mine[order], mine[order[starts]][run]
            differs |= (a != b) & ~(np.isnan(a) & np.isnan(b))
        clash = np.bincount(run, differs, minlength=len(starts)) > 0
        found, reasons = [], []
        for r in np.flatnonzero(clash).tolist():
            members = order[run_slice(starts, r, len(order))]
            mine = np.unique(lines.row[members])
            numbered = self.source.table.rows[mine].tolist()
            found += mine.tolist()
            if len(mine) > _MANY:
                reasons += [words.repeated_often(len(members))] * len(mine)
            elif len(mine) == 1:
                reasons.append(words.repeated_here())
            else:
                reasons += [words.repeated([n for n in numbered if n != row]) for row in numbered]
        self.refusals.add(np.array(found, np.int64), "", reasons)
        return clash[run]


_MANY = 50
"""From so many rows of one cell on, they are counted instead of listed."""


def run_slice(starts: np.ndarray, run: int, n: int) -> slice:
    """Where a run of equal cells stands.

    >>> run_slice(np.array([0, 3]), 1, 5)
    slice(3, 5, None)
    """
    return slice(int(starts[run]), int(starts[run + 1]) if run + 1 < len(starts) else n)


def _is_share(measure: Measure) -> bool:
    """Whether a value's unit is the percentage."""
    return measure.unit.strip().lower() in ("%", "percent", "per cent")
