"""What is said about what has come in: on one page for a lead, in one line for a team, and as reminders to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from measures import format
from measures.format import in_words
from measures.model import Campaign, Measure, Timing
from measures.review.completeness import STREAK, Board

NOT_NOUGHT = "What is not reported is left out of every total; it is never counted as nought."
TIMINGS = {
    Timing.ON_TIME: "In, on time",
    Timing.LATE: "In, late",
    Timing.EARLIER: "In",
    Timing.DUE: "Still to come",
    Timing.MISSING: "Not reported",
}
COMMITTED = "Fully committed"
FILTERS = {"missing": "Not reported", "late": "Late"}
ALL_MEASURES = "All measures"
REMINDERS = "Reminders to copy"
REMINDERS_MEAN = "Plain words, site by site, A to Z. Copy them into a message; nothing is sent from here."
NOBODY = "Nobody needs a reminder"
NOBODY_MEANS = "Everything that had to be in has come in."
NO_MATCH = "No site matches"
NOTHING_DUE = "Nothing has fallen due yet"
KIND = (
    "A part is better than nothing, and every number can be corrected later. If something stands in the way, please"
    " say what would help. Thank you for all that you have sent already."
)


def heading(board: Board) -> str:
    """How many have reported the newest period that had to be in."""
    if board.period is None or not len(board.sites):
        return NOTHING_DUE
    what, total = _period(board, board.period), len(board.sites)
    who = f"{board.reported} of {format.count(total, 'site')}"
    if board.measure is not None:
        what = f"{board.measure.short.lower()} for {what}"
    if board.reported == total:
        return f"{f'All {total} sites have' if total > 1 else 'The site has'} reported {what}"
    left, late = total - board.reported, board.due_on < board.as_of
    if not board.reported:
        was = "was due by" if late else "is due today,"
        return f"Nobody has reported {what} yet; it {was} {format.day_short(board.due_on)}"
    are = "is" if left == 1 else "are"
    rest = f"{in_words(left)} {are} late" if late else f"for {in_words(left)} it is due today"
    return f"{who} {'has' if board.reported == 1 else 'have'} reported {what}; {rest}"


def lede(board: Board) -> list[str]:
    """What comes next, what is missing from before, and what cannot be known."""
    said = []
    if board.next_period is not None:
        came = f"{board.next_reported} of {len(board.sites)} are in" if board.next_reported else "none is in yet"
        name = format.capital(format.period_name(board.next_period, _frequency(board)))
        said.append(f"{name} is due by {format.day_short(board.next_due)}; {came}.")
    before = board.sites[(board.sites["missing"] > 0).to_numpy()]
    before = before[(before["since"] < pd.Timestamp(board.period)).to_numpy()] if board.period else before
    if len(before):
        many = format.capital(in_words(len(before)))
        said.append(f"{many} {_sites(len(before))} an earlier {_frequency(board)} missing.")
    said.append(NOT_NOUGHT)
    return said


def earlier(board: Board) -> str:
    """Said where numbers came in with the campaign: that nobody can tell whether they were on time."""
    if not board.earlier or board.began is None:
        return ""
    return (
        f"Headway has kept this campaign's numbers since {format.day(board.began)}. What was due before then is counted"
        " as in, and neither as on time nor as late."
    )


def _sites(n: int) -> str:
    return "site has" if n == 1 else "sites have"


def _frequency(board: Board) -> str:
    return (board.measure or board.campaign.outcome).frequency


def _period(board: Board, period: date) -> str:
    return format.period(period, _frequency(board))


def committed(board: Board) -> str:
    """How many sites have been on time for long enough to be called committed."""
    n, every = int(board.sites["committed"].sum()), _frequency(board)
    if not n:
        return ""
    means = f"{in_words(STREAK)} {every}s or more in a row without a late or missing number"
    who = f"All {n} sites" if n == len(board.sites) > 1 else format.count(n, "site")
    return f"{who} {'is' if n == 1 else 'are'} fully committed: {means}."


def showing(shown: int, found: int, of: int) -> str:
    """How much of the list is on screen."""
    if found < of:
        return f"{format.count(found, 'site')} of {of} {'matches' if found == 1 else 'match'}."
    return f"Showing {shown} of {format.count(of, 'site')}."


def timing(row: Mapping[str, object]) -> str:
    """What became of a site's newest number that had to be in."""
    return TIMINGS[Timing(row["timing"])] if isinstance(row["timing"], str) else "Nothing was due"


def punctual(row: Mapping[str, object]) -> str:
    """How many of its numbers came in on time; "" where that cannot be said of any."""
    return f"{format.number(row['on_time'])} of {format.number(row['numbers'])}" if row["numbers"] else ""


def running(row: Mapping[str, object], frequency: str) -> str:
    """For how long it has been on time."""
    return format.count(int(row["streak"]), frequency) if row["streak"] else "\N{EN DASH}"


def of_site(rows: pd.DataFrame, campaign: Campaign) -> str:
    """A site's completeness in a line: for its own team, beside what is due."""
    every = campaign.outcome.frequency
    rows = rows[rows["measure"].isin([m.id for m in campaign.measures if m.frequency == every]).to_numpy()]
    if not len(rows):
        return ""
    said, streak, missing = [], int(rows["streak"].min()), int(rows["missing"].max())
    if streak >= STREAK:
        said.append(f"{COMMITTED}: {in_words(streak)} {every}s in a row without a late or missing number.")
    if missing:
        oldest = format.period(rows["since"].min(), every)
        more = "" if missing == 1 else f" and {in_words(missing - 1)} later {every}{'' if missing == 2 else 's'}"
        said.append(f"{format.capital(oldest)}{more} {'is' if missing == 1 else 'are'} still to come in.")
    return " ".join(said)


# --- reminders ---------------------------------------------------------------------------------------


def missing(board: Board) -> dict[str, list[str]]:
    """What is overdue at each site: sentences by site's id, sites A to Z, the oldest first."""
    rows = board.outstanding[(board.outstanding["timing"] == Timing.MISSING).to_numpy()]
    found: dict[str, list[str]] = {}
    measures = {m.id: m for m in sorted(board.campaign.measures, key=lambda m: m.order)}
    for (site, _), stretch in _stretches(rows, measures):
        found.setdefault(site, []).append(_overdue(stretch, measures, board))
    return {site: found[site] for site in board.sites["site"] if site in found}


def _stretches(rows: pd.DataFrame, measures: Mapping[str, Measure]):
    """Missing periods that follow one another at a site, with the same measures missing, as lists of rows."""
    by: dict[tuple, dict] = {}
    for row in rows.itertuples(index=False):
        frequency = measures[str(row.measure)].frequency
        cell = by.setdefault((str(row.site), frequency, row.period), {"due": row.due_on, "measures": []})
        cell["measures"].append(str(row.measure))
        cell["due"] = min(cell["due"], row.due_on)
    open_, found = {}, []
    for (site, frequency, period), cell in sorted(by.items()):
        key = (site, frequency)
        last = open_.get(key)
        follows = last and last["measures"] == cell["measures"] and _next(last["to"], frequency) == period
        if follows:
            last["to"] = period
            continue
        open_[key] = {"from": period, "to": period, **cell}
        found.append((key, open_[key]))
    return found


def _next(period: pd.Timestamp, frequency: str) -> pd.Timestamp:
    step = {"week": pd.DateOffset(weeks=1), "month": pd.DateOffset(months=1), "quarter": pd.DateOffset(months=3)}
    return period + step[frequency]


def _overdue(stretch: Mapping[str, object], measures: Mapping[str, Measure], board: Board) -> str:
    frequency = measures[stretch["measures"][0]].frequency
    first, last = stretch["from"], stretch["to"]
    when = format.period(first, frequency)
    if first != last:
        when = f"{when} to {format.period(last, frequency)}"
    names = [measures[id].short for id in stretch["measures"]]
    every = [m for m in measures.values() if m.frequency == frequency]
    whole = "both" if len(every) == 2 else f"all {in_words(len(every))}"
    what = f" ({whole} numbers)" if len(names) == len(every) else f" ({', '.join(names)})"
    if board.measure is not None or len(every) == 1:
        what = ""
    return f"{when}{what}, due by {format.day(stretch['due'])}"


def reminders(board: Board) -> str:
    """What is still to come in, as plain text: who, what, since when, and thanks. "" where nothing is."""
    overdue, soon = missing(board), _soon(board)
    if not overdue and not soon:
        return ""
    names = dict(zip(board.sites["site"], board.sites["name"], strict=True))
    lines = [f"{board.campaign.name}: still to come in on {format.day(board.as_of)}", ""]
    for site, sentences in overdue.items():
        lines += [f"{names[site]}", *(f"  {format.capital(one)}" for one in sentences), ""]
    if soon:
        lines += [*soon, ""]
    return "\n".join([*lines, KIND])


def _soon(board: Board) -> Sequence[str]:
    """Who has still to send what is over and has time left; one line where that is everybody."""
    if board.next_period is None:
        return ()
    rows = board.outstanding
    mine = (rows["timing"] == Timing.DUE) & (rows["period"] == pd.Timestamp(board.next_period))
    waiting = set(rows.loc[mine.to_numpy(), "site"].astype(str))
    if not waiting:
        return ()
    lead = f"{format.capital(_period(board, board.next_period))} is due by {format.day(board.next_due)}"
    if len(waiting) == len(board.sites):
        return (f"{lead}, from everybody.",)
    named = [name for site, name in zip(board.sites["site"], board.sites["name"], strict=True) if site in waiting]
    return (f"{lead}. Still to come from:", *(f"  {name}" for name in named))
