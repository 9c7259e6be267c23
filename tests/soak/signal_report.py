"""Write docs/signals.md's tables and its picture: ``python -m tests.soak.signal_report`` (under half an hour).

The words of the page stand in the page; between its marks stand the tables, made here.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from tests.soak import signal_runs as runs
from tests.soak.signal_picture import picture
from tests.soak.signal_runs import WAYS, Tally, error

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, PICTURE = DOCS / "signals.md", DOCS / "pictures" / "signals-simulated.svg"
MADE = "made by python -m tests.soak.signal_report"
BEGIN, END = f"<!-- {{}}: {MADE} -->", "<!-- end of {} -->"
NOTHING_SAID = {"a common season, 8 baseline months"}
"""Where nothing is declared on purpose."""
ALLOWED = 0.05


def percent(x: float, places: int = 1) -> str:
    """A share in per cent, without its sign."""
    return f"{100 * x:.{places}f}"


def with_error(x: np.ndarray) -> str:
    """A mean over campaigns in per cent, and two of its standard errors."""
    return f"{percent(x.mean())} ± {percent(error(x))}"


def months(tally: Tally, way: str) -> str:
    """The median number of months from a change to its declaration."""
    return f"{np.median(tally.months[way]):.0f}" if len(tally.months[way]) else "–"


def nulls_table(found: dict[str, Tally]) -> str:
    """Campaigns in which nothing changes that declare something, and the share of their sites."""
    rows = [
        "| campaigns in which | Headway declares anything, % | plain statistic, % | NHS rules, % | their sites, % |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, tally in found.items():
        anything = [with_error((tally.declared[way] > 0).astype(float)) for way in WAYS]
        sites = tally.declared["nhs"].mean() / runs.NULLS[name].sites
        rows.append(f"| {name} | " + " | ".join(anything) + f" | {percent(sites)} |")
    return "\n".join(rows)


def worlds_table(found: dict[str, Tally]) -> str:
    """Error, power and months to the declaration, of each way."""
    rows = [
        "| | false share of what is declared, %: Headway | plain | NHS | found, %: Headway | plain | more than plain"
        " | NHS | months: Headway | plain | NHS |",
        "|---|" + "--:|" * 10,
    ]
    for name, tally in found.items():
        false = [with_error(tally.false["headway"]), *(percent(tally.false[way].mean()) for way in WAYS[1:])]
        more = with_error(tally.power["headway"] - tally.power["plain"]).replace("-", "−")
        power = [with_error(tally.power["headway"]), percent(tally.power["plain"].mean()), more]
        power.append(percent(tally.power["nhs"].mean()))
        rows.append("| " + " | ".join([name, *false, *power, *(months(tally, way) for way in WAYS)]) + " |")
    return "\n".join(rows)


def apart_table(found: dict[str, Tally]) -> str:
    """What is neither a lasting improvement nor nothing."""
    rows = ["| | Headway, % | plain, % | NHS, % |", "|---|--:|--:|--:|"]
    for name, tally in found.items():
        world = runs.WORLDS[name]
        if world.other_shift > 0:
            shares = " | ".join(with_error(tally.others[way]) for way in WAYS)
            rows.append(f"| of those that change {name.removeprefix('a fifth ')}, declared | {shares} |")
        elif world.other_shift < 0:
            rows.append(
                f"| of those that worsen ({name}), declared a deterioration | {with_error(tally.worse)} | – | – |"
            )
    return "\n".join(rows)


def broken(nulls: dict[str, Tally], worlds: dict[str, Tally]) -> list[str]:
    """What is not as it must be: error above what is allowed, or power below the plain statistic's, by more than two
    standard errors; or not above it where that is below 90 %."""
    out = []
    for name, tally in nulls.items():
        limit = ALLOWED + 2 * np.sqrt(ALLOWED * (1 - ALLOWED) / len(tally.false["headway"]))
        if tally.any("headway") > limit:
            out.append(f"{name}: {tally.any('headway'):.1%} declare something")
    for name, tally in worlds.items():
        false, more = tally.false["headway"], tally.power["headway"] - tally.power["plain"]
        if false.mean() > ALLOWED + error(false):
            out.append(f"{name}: {false.mean():.1%} of what is declared is false")
        if name not in NOTHING_SAID and (more.mean() < -error(more) or _not_more(tally, more)):
            out.append(f"{name}: power {more.mean():+.1%} beside the plain statistic's")
    return out


def _not_more(tally: Tally, more: np.ndarray) -> bool:
    return tally.power["plain"].mean() < 0.9 and more.mean() < 0


def found(say: bool = True) -> tuple[dict[str, Tally], dict[str, Tally]]:
    """Every row of the page."""
    out: tuple[dict[str, Tally], dict[str, Tally]] = {}, {}
    for tallies, worlds, many in ((out[0], runs.NULLS, runs.NULL), (out[1], runs.WORLDS, runs.MANY)):
        for name, world in worlds.items():
            start = time.perf_counter()
            tallies[name] = runs.run(world, name, many)
            if say:
                print(f"{name}: {time.perf_counter() - start:.0f} s", flush=True)
    return out


def page(text: str, nulls: dict[str, Tally], worlds: dict[str, Tally]) -> str:
    """The page's text with its tables made anew."""
    tables = {"nothing changes": nulls_table(nulls), "something changes": worlds_table(worlds)}
    tables["told apart"] = apart_table(worlds)
    for name, table in tables.items():
        begin, end = BEGIN.format(name), END.format(name)
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{table}\n{end}{rest.split(end)[1]}"
    return text


def main() -> int:
    """Run everything, write the page, and say what is not as it must be."""
    nulls, worlds = found()
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), nulls, worlds), encoding="utf-8")
    PICTURE.write_text(picture(worlds), encoding="utf-8")
    for line in broken(nulls, worlds):
        print(line, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
