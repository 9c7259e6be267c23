"""Write docs/outlook.md's figures and its picture: ``python -m tests.soak.outlook_report`` (a few minutes).

The words of the page stand in the page; between its marks stand the tables, made here.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from measures.aims.outlook import Assumption
from tests.soak import outlook_backtest as backtest
from tests.soak import outlook_runs as runs
from tests.soak.outlook_campaigns import TENTHS, Tally
from tests.soak.outlook_picture import picture

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "outlook.md", DOCS / "pictures" / "outlook-calibration.svg"
MADE = "made by python -m tests.soak.outlook_report"
BEGIN, END = f"<!-- {{}}: {MADE} -->", "<!-- end of {} -->"
GROUPS = ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
MONTHS = "January February March April May June July August September October November December".split()


def points(share: float, places: int = 1) -> str:
    """A signed number of points: +1.2, −0.4."""
    return f"{100 * share:+.{places}f}".replace("-", "−")


def percent(share: float, places: int = 1) -> str:
    """A share in per cent."""
    return f"{100 * share:.{places}f} %"


def month(number: int) -> str:
    """A month number in words."""
    return f"{MONTHS[number % 12]} {1970 + number // 12}"


def main_table(found: dict[tuple[Assumption, float], Tally], assumption: Assumption) -> str:
    """Tenth by tenth, for each correlation."""
    rows = ["| forecast |" + "".join(f" correlation {r:g}: campaigns | met | difference |" for r in runs.CORRELATIONS)]
    rows.append("|--:|" + "--:|" * 3 * len(runs.CORRELATIONS))
    tallies = [found[assumption, r] for r in runs.CORRELATIONS]
    for k, tenth in enumerate(TENTHS):
        cells = [f"{int(t.campaigns[k]):,} | {percent(t.share[k])} | {points(t.miss[k])}" for t in tallies]
        rows.append(f"| {percent(tenth, 0)} | " + " | ".join(cells) + " |")
    inside = [" / ".join(percent(one, 0) for one in t.inside / t.all) for t in tallies]
    rows.append(
        "| inside the 50 / 90 % fan | " + " | ".join(f"{int(t.all):,} | {i} | " for t, i in zip(tallies, inside)) + "|"
    )
    return "\n".join(rows)


def rows_table(found: dict[str, Tally]) -> str:
    """One row for each world: its misses at three forecasts, the largest, and the fans."""
    rows = ["| | campaigns a tenth, at least | miss at 20 % | at 50 % | at 80 % | largest | inside the 50 / 90 % fan |"]
    rows.append("|---|--:|--:|--:|--:|--:|--:|")
    for name, t in found.items():
        largest = t.miss[np.argmax(np.abs(t.miss))]
        inside = " / ".join(percent(one, 0) for one in t.inside / t.all)
        cells = [
            f"{int(t.campaigns.min()):,}",
            *(points(t.miss[k]) for k in (1, 4, 7)),
            f"**{points(largest)}**",
            inside,
        ]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def fans_table(found: dict[Assumption, list[backtest.Case]]) -> str:
    """A&E: how often what happened lay within the fans, by months ahead."""
    rows = ["| assumption | months ahead | forecasts | inside the 50 % fan | inside the 90 % fan |"]
    rows[0] += " happened less median | distance | of the same month a year before |"
    rows.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    for assumption, cases in found.items():
        for ahead in (*backtest.AHEAD, None):
            these = [case for case in cases if ahead in (None, case.ahead)]
            half, nine = np.mean([backtest.inside(case) for case in these], axis=0)
            off = np.array([case.actual - case.said.quantiles[-1, 3] for case in these])
            year = np.mean([abs(case.actual - case.year_before) for case in these])
            cells = [str(len(these)), percent(half, 0), percent(nine, 0), points(off.mean())]
            cells += [f"{100 * np.abs(off).mean():.1f}", f"{100 * year:.1f}"]
            rows.append(f"| {assumption.value} | {ahead or 'all'} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def chances_table(found: dict[Assumption, list[backtest.Case]]) -> str:
    """A&E: chances for five targets beside how often each was met."""
    rows = ["| assumption | " + " | ".join(f"{percent(a, 0)} to {percent(b, 0)}" for a, b in GROUPS) + " |"]
    rows.append("|---|" + "--:|" * len(GROUPS))
    for assumption, cases in found.items():
        said = np.array([case.chances for case in cases]).ravel()
        met = np.array([[case.actual >= target for target in backtest.TARGETS] for case in cases]).ravel()
        cells = []
        for a, b in GROUPS:
            use = (said >= a) & ((said < b) | (b == 1.0))
            cells.append(f"{percent(said[use].mean(), 0)} said, {percent(met[use].mean(), 0)} met ({use.sum()})")
        rows.append(f"| {assumption.value} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def winter_table(cases: list[backtest.Case], shares: backtest.Shares) -> str:
    """A&E: the forecasts for the winter of 2017/18 and for the summer after it."""
    rows = ["| said in | of | 90 % fan | median | happened |", "|---|---|--:|--:|--:|"]
    for case in cases:
        at = int(shares.periods[case.months - 1]) + case.ahead
        if month(at) in ("January 2018", "March 2018", "June 2018") and case.ahead in (3, 6):
            low, _, _, middle, _, _, high = case.said.quantiles[-1]
            when = month(int(shares.periods[case.months - 1]))
            fan = f"{percent(low)} to {percent(high)}"
            rows.append(f"| {when} | {month(at)} | {fan} | {percent(middle)} | {percent(case.actual)} |")
    return "\n".join(rows)


def broke_line(cases: list[backtest.Case], shares: backtest.Shares) -> str:
    """When the outlook itself said that the level had broken."""
    said = [month(int(shares.periods[months - 1])) for months in backtest.broke(cases)]
    return f"Headway said that the level had just broken beside its forecasts with data up to {', '.join(said)}."


def small_line(assumption: Assumption) -> str:
    """The run that a test repeats."""
    t = runs.small(assumption)
    inside = " and ".join(percent(share) for share in t.inside / t.all)
    counts = f"{int(t.all)} campaigns, {int(t.campaigns.sum())} aims, {int(t.met.sum())} met"
    return f"{assumption.value}: {counts}; {inside} inside the fans"


def put(page: str, name: str, made: str) -> str:
    """The page with what stands between the marks of ``name`` made anew."""
    begin, end = BEGIN.format(name), END.format(name)
    before, rest = page.split(begin)
    return f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"


def _row(job) -> Tally:
    world, assumption, many = job
    return runs.run(world, assumption, many)


def tallies() -> tuple[dict[tuple[Assumption, float], Tally], dict[str, Tally], dict[str, Tally]]:
    """Every run of the page."""
    jobs = [(world, key[0], runs.MANY) for key, world in runs.MAIN.items()]
    jobs += [(*row, runs.FEWER) for row in runs.ALSO.values()] + [(*row, runs.FEW) for row in runs.BROKEN.values()]
    with ProcessPoolExecutor(min(os.cpu_count() or 1, 8)) as workers:
        found = list(workers.map(_row, jobs))
    names = [*runs.MAIN, *runs.ALSO, *runs.BROKEN]
    done = dict(zip(names, found))
    return tuple({name: done[name] for name in kind} for kind in (runs.MAIN, runs.ALSO, runs.BROKEN))


def main() -> None:
    """Write the page's tables and the picture."""
    holds, also, broken = tallies()
    shares = backtest.data()
    said = {assumption: backtest.cases(shares, assumption) for assumption in Assumption}
    page = PAGE.read_text(encoding="utf-8")
    for name, made in (
        ("nothing-more", main_table(holds, Assumption.NOTHING_MORE)),
        ("recent-pace", main_table(holds, Assumption.RECENT_PACE)),
        ("also", rows_table(also)),
        ("broken", rows_table(broken)),
        ("fans", fans_table(said)),
        ("chances", chances_table(said)),
        ("winter", "\n\n".join(make(said[Assumption.NOTHING_MORE], shares) for make in (winter_table, broke_line))),
        ("small", "\n".join(f"- {small_line(assumption)}" for assumption in Assumption)),
    ):
        page = put(page, name, made)
    PAGE.write_text(page, encoding="utf-8", newline="\n")
    PICTURE.write_text(picture(holds, broken), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
