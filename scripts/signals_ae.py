"""Write docs/signals-ae.md: what lasts on the real A&E campaign, and what becomes of the flags of its charts.

``python -m scripts.signals_ae`` writes the page, ``--check`` says whether it is current.
"""

from __future__ import annotations

import sys
import tempfile
import textwrap
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from measures import format
from measures.demo import ae
from measures.format import in_words
from measures.model import Campaign, Direction, Measure
from measures.review import Review, review
from measures.review.flags import Reason, flags
from measures.review.lasting import of_sites
from measures.review.signals import FDR, Looked, Way, declared, look
from measures.review.views import alphabetical
from measures.signals.scale import back
from measures.store.opening import ensure
from measures.words import signals as words
from measures.words.flags import CAUSES, NAMES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "signals-ae.md"
ORDER = (
    Reason.SEASON, Reason.PASSED, Reason.TURNED, Reason.TOGETHER, Reason.LUCK, Reason.SOON, Reason.SHORT,
    Reason.NO_SEASON, Reason.JOINED, Reason.REDEFINED,
)  # fmt: skip
"""The reasons in the page's order, the season first of all."""

HARD = (date(2017, 11, 1), date(2018, 3, 1))
"""The winter of 2017/18."""
WAYS = {Way.IMPROVEMENT: "improved", Way.DETERIORATION: "the other way", Way.UP: "higher", Way.DOWN: "lower"}

TOP = """\
# What lasts on the real A&E campaign

The demonstration is real: {sites} organisations of the English NHS, monthly, April 2016 to March 2019, the first twelve
months the baseline. This page says what the detector declares on it, and what becomes of the signals that the standard
rules see. What a signal is stands in the [guide](guide.md). The page is made by `python -m scripts.signals_ae`; a test
fails where it is not current.

{source}

## What is declared

A share of {fdr:.0%} at most of what is declared is there by luck, over all sites and all months looked at. *Hang
together* is the correlation of a month with the one before it, *season* the distance between the highest and the
lowest month that the sites have in common, both learned from the baseline of all sites.

| measure | sites | looks | hang together | season | declared | by luck about |
|---|--:|--:|--:|--:|---|--:|
"""

SHARE = """
### {name}

{counts}

| site | what | since | told from | by | between | in the latest six months |
|---|---|---|---|--:|---|---|
"""

MONTHS = """
### When it was declared

By month of the look, all three measures. Nothing can be declared before six months of the campaign are in.

| month | {heads} |
|---|{ruler}|
"""

FLAGS = """
## What the standard rules flag, and why most of it is no signal

The same months on XmR charts with the NHS rules (a point beyond the limits, seven on one side, seven going one way, two
of three near a limit), limits from the twelve months of the baseline, the season left in: as most tools draw them. Each
stretch of flagged points running is one flag. The first reason that holds is counted: whether it is part of a signal,
whether figures are comparable at all, then the season, then what came after it.

| | {heads} |
|---|{ruler}|
"""

AFTER = """
*Came with the season*: on the same chart without what all sites do at that time of year, no point of it is flagged.
*Did not last*: three or more later months lie, on average, less than half as far out. *Went the other way*: they lie
more than half as far out on the other side, or a signal in that direction was declared later. *Runs that come by
themselves*: only rules that count points on one side see it, and months resemble the month before. *Within what luck
makes*: it lasts, but among so many sites looked at so often some would show as much with nothing changed.

{sentence}
"""


def page(observations: pd.DataFrame, campaign: Campaign) -> str:
    """The text of docs/signals-ae.md."""
    left_in = replace(campaign, measures=tuple(replace(m, season_out=False) for m in campaign.measures))
    found = review(observations, left_in, ae.TODAY)
    measures = sorted(campaign.measures, key=lambda m: (m.id != campaign.outcome.id, m.order))
    top = TOP.format(sites=len(campaign.sites) - 1, source=campaign.attribution, fdr=FDR)
    text = [top, *(_declared_row(found, m) for m in measures), _listed(found, campaign.outcome)]
    return "".join([*text, _by_month(found, measures), _flags(found, measures)])


def _declared_row(found: Review, measure: Measure) -> str:
    one = look(found, measure.id)
    rows = declared(found, measure.id)
    counts = ((text, int((rows["direction"] == way.value).sum())) for way, text in WAYS.items())
    said = ", ".join(f"{n} {text}" for text, n in counts if n)
    swing = one.found.season.swing
    season = f"{format.number(swing)}" if measure.form != "proportion" else f"about {_points(one)} points"
    about = format.number(FDR * len(rows), 1)
    cells = (measure.short, one.tested, one.looks, f"{one.found.noise.rho:.2f}", season, said or "none", about)
    return _row(cells)


def _points(one: Looked) -> str:
    """The season's swing at the usual level, in points: it was learned on the scale of angles."""
    level = np.arcsin(np.sqrt(np.nanmean(one.found.family.value[:, : one.start])))
    low, high = (back(one.found.family.kind, level + half) for half in np.array([-1, 1]) * one.found.season.swing / 2)
    return format.points(float(high - low))


def _listed(found: Review, measure: Measure) -> str:
    lasting = of_sites(found, measure)
    names = {s.id: s.name for s in found.campaign.sites}
    rows = declared(found, measure.id).to_dict("records")
    rows.sort(key=lambda row: (row["direction"] != Way.IMPROVEMENT.value, alphabetical(names[row["site"]])))
    said = f"{words.counts(lasting)} {words.held(lasting)} {_one_winter(rows)}"
    text = SHARE.format(name=measure.name, counts=_filled(said))
    for row in rows:
        low, high = (format.points(row[name], sign=True) for name in ("low", "high"))
        text += _row(
            (
                names[row["site"]],
                "improved" if row["direction"] == Way.IMPROVEMENT.value else "lower",
                format.month_short(row["since"]),
                format.month_short(row["declared"]),
                format.points(row["effect"], sign=True),
                f"{low} and {high}",
                format.points(row["now"], sign=True),
            )
        )
    return text + "\nIn points, as seen when it was declared; A to Z, those that have merged since among them.\n"


def _one_winter(rows: Iterable[dict]) -> str:
    """How many of those that went the other way did so in one winter: what one winter does is no season."""
    other = [row for row in rows if row["direction"] != Way.IMPROVEMENT.value]
    first, last = (pd.Timestamp(day) for day in HARD)
    mine = sum(first <= row["since"] <= last for row in other)
    if not mine:
        return ""
    return (
        f"Of the {in_words(len(other))} that went the other way {in_words(mine)} did so between {format.month(first)}"
        f" and {format.month(last)}: what comes every year is taken out, what one winter does to many at once is not,"
        " so look first for a reason common to all."
    )


def _filled(said: str) -> str:
    return textwrap.fill(" ".join(said.split()), 120)


def _by_month(found: Review, measures: Iterable[Measure]) -> str:
    columns, heads = [], []
    for measure in measures:
        rows = declared(found, measure.id)
        better = measure.better != Direction.NEITHER
        for way in (Way.IMPROVEMENT, Way.DETERIORATION) if better else (Way.UP, Way.DOWN):
            mine = rows[(rows["direction"] == way.value).to_numpy()]
            columns.append(mine["declared"].value_counts())
            heads.append(f"{measure.short}: {WAYS[way]}")
    months = sorted({month for column in columns for month in column.index})
    text = MONTHS.format(heads=" | ".join(heads), ruler="|".join(["--:"] * len(heads)))
    for month in months:
        text += _row([format.month(month), *(int(column.get(month, 0)) or "" for column in columns)])
    return text + _row(["all", *(int(column.sum()) for column in columns)])


def _flags(found: Review, measures: Iterable[Measure]) -> str:
    seen, columns, heads = flags(found), [], []
    for measure in measures:
        for cause in ("improvement", "concern") if measure.better != Direction.NEITHER else ("high", "low"):
            columns.append(seen[((seen["measure"] == measure.id) & (seen["cause"] == cause)).to_numpy()])
            heads.append(f"{measure.short}: {CAUSES[cause].lower()}")
    text = FLAGS.format(heads=" | ".join(heads), ruler="|".join(["--:"] * len(heads)))
    text += _row(["**flagged stretches**", *(f"**{len(column)}**" for column in columns)])
    text += _row(["at so many sites", *(column["site"].nunique() for column in columns)])
    text += _row([NAMES[Reason.SIGNAL], *(_of(column, Reason.SIGNAL) for column in columns)])
    text += _row(["**declined**", *(f"**{len(column) - _of(column, Reason.SIGNAL)}**" for column in columns)])
    for reason in ORDER:
        counts = [_of(column, reason) for column in columns]
        if any(counts):
            text += _row([f"\N{EN DASH} {NAMES[reason]}", *counts])
    return text + AFTER.format(sentence=_sentence(columns[0], columns[1], found.campaign))


def _sentence(better: pd.DataFrame, other: pd.DataFrame, campaign: Campaign) -> str:
    """What the first two columns come to."""
    sites = len(campaign.sites) - 1
    flagged = better["site"].nunique()
    kept = better.loc[(better["reason"] == Reason.SIGNAL.value).to_numpy(), "site"].nunique()
    both = len(better) + len(other)
    season = _of(better, Reason.SEASON) + _of(other, Reason.SEASON)
    return _filled(
        f"At {flagged} of {sites} sites the rules see an improvement in the share seen within four hours at some time;"
        f" at {in_words(kept) if kept else 'none'} of them it is part of one that lasts. Of all {both} flags of that"
        f" measure {season} are the season and nothing else."
    )


def _of(column: pd.DataFrame, reason: Reason) -> int:
    return int((column["reason"] == reason.value).sum())


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"


def main(arguments: list[str]) -> int:
    """Write the page; with ``--check`` only compare: 0 where it is current."""
    with tempfile.TemporaryDirectory() as folder, closing(ensure(Path(folder) / "demo.db", ae.seed)) as store:
        text = page(store.observations(ae.ID), store.campaign(ae.ID))
    if "--check" in arguments:
        if PAGE.read_text(encoding="utf-8") == text:
            return 0
        print(f"{PAGE.name} is out of date: run python -m scripts.signals_ae", file=sys.stderr)
        return 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
