"""What is said about a file of numbers: how it was read, what it would change, what was kept, what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from measures import format
from measures.format import MINUS, count, number
from measures.model import ALL, Campaign, Measure

HOW = "How to enter the numbers"
THIS_MONTH, SEVERAL_MONTHS, A_FILE = "This month", "Several months", "A file"

HEADING = "Bring numbers in from a file"
LEDE = (
    "A CSV or Excel file in whatever layout you have, or rows pasted from a spreadsheet."
    " You see what would change first; nothing is saved until you say so."
)
CHOOSE = "Choose a CSV or Excel file"
LIMIT = "Excel: up to 100,000 rows. Anything larger goes in with the command “import”."
PASTE, PASTED = "Or paste rows from a spreadsheet", "pasted rows"
PASTE_HINT = "Copy the cells together with their headings, and paste them here"
READ_IT = "Read what I pasted"
NOTHING_PASTED = "There is nothing in the box yet: copy the cells with their headings and paste them there."
TEMPLATE = "Start from a template"
TEMPLATES = {"xlsx": "Excel template", "csv": "CSV template"}
READING = "Reading the file…"
SAVING = "Saving…"
UNDOING = "Putting back what was there before…"

ANOTHER, START_AGAIN = "Another file", "Take my answers back"
SHEET = "Which sheet?"
STEPPED_OVER = "What was stepped over"
ANSWER_FIRST = "The preview follows once this is clear."

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
KIND_NAMES = {NEW: "New", CHANGED: "Changed", SAME: "The same", REFUSED: "Refused"}
WHICH = "Which rows to look at"
ROW, SITE, MONTH, MEASURE = "Row", "Site", "Month", "Measure"
NOW, FROM_FILE, GIVEN, WHY = "Saved now", "In the file", "What the file says", "Why it cannot be kept"
EMPTY_ROW = "nothing"
REFUSED_FILE = "Download the refused rows with reasons"
LOOK_AGAIN = "Look again"
OTHERS_FIRST = "Somebody else was first"
OTHERS_WROTE = "Somebody else saved some of these numbers since you opened the file. Nothing of yours has been saved."
CANNOT_UNDO = "It was not undone: somebody has written to some of its numbers since."
UNDO_OTHERS = "Undo the others"
UNDO, UNDO_WHOLE = "Undo", "Undo the whole file"
SEE_SITE, SEE_SITES = "See the charts", "See the sites"
BEFORE = "Files kept before"
NO_FILES = "No file has been kept yet"
NO_FILES_MORE = "Each one will be listed here: who kept it, when, and how much it changed, with a way to take it back."
LOOKING_BACK = "You are looking back at an earlier month. Come back to today to bring in a file."

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "upright strokes"}


def no_such_way(asked: str) -> str:
    """
    >>> no_such_way("pigeon")
    'There is no way to enter numbers called “pigeon”, so you see this month.'
    """
    return f"There is no way to enter numbers called “{asked}”, so you see this month."


def template_line(one_site: bool) -> str:
    """What is in a template."""
    whose = "your" if one_site else "every site’s"
    return f"It has {whose} last months already in it, with what is saved so far. Fill it in, and choose it above."


def what_was_read(
    rows: int,
    kind: str,
    separator: str = "",
    encoding: str = "",
    sheet: str = "",
    examples: Sequence[tuple[str, date]] = (),
    site: str = "",
) -> str:
    """How a file was understood, in one sentence or two.

    >>> what_was_read(212, "csv", ";", "Windows-1252", examples=[("Apr-18", date(2018, 4, 1))], site="Guy's")
    "212 rows, semicolons, Windows-1252. Months like “Apr-18” were read as April 2018. All of it is for Guy's."
    >>> what_was_read(1, "xlsx", sheet="Data")
    '1 row, from the sheet “Data”.'
    >>> what_was_read(3, "paste", "\\t")
    '3 rows, pasted.'
    """
    how = {"xlsx": f"from the sheet “{sheet}”" if sheet else "Excel", "paste": "pasted"}.get(kind)
    if how is None:
        how = ", ".join(part for part in (_SEPARATORS.get(separator, ""), encoding) if part)
    said = [f"{count(rows, 'row')}, {how}." if how else f"{count(rows, 'row')}."]
    if examples:
        text, when = examples[0]
        said.append(f"Months like “{text}” were read as {format.month(when)}.")
    if site:
        said.append(f"All of it is for {site}.")
    return " ".join(said)


def cannot_read(name: str) -> str:
    """
    >>> cannot_read("april.pdf")
    '“april.pdf” could not be read'
    """
    return f"“{name}” could not be read"


def asking(n: int) -> str:
    """
    >>> asking(1), asking(2)
    ('One question before the numbers can be read', 'Two questions before the numbers can be read')
    """
    return f"{format.in_words(n).capitalize()} {'question' if n == 1 else 'questions'} before the numbers can be read"


# --- the preview -------------------------------------------------------------------------------------


def preview_heading(size: int, refused: int, new: int, changed: int) -> str:
    """What can be kept of a file.

    >>> preview_heading(212, 6, 150, 30), preview_heading(212, 0, 9, 0), preview_heading(3, 3, 0, 0)
    ('206 of 212 rows can be kept', 'All 212 rows can be kept', 'None of the three rows can be kept as they are')
    >>> preview_heading(9, 0, 0, 0), preview_heading(1, 1, 0, 0), preview_heading(0, 0, 0, 0)
    ('Nothing would change', 'The one row cannot be kept as it is', 'There are no rows with numbers in this file')
    """
    if not size:
        return "There are no rows with numbers in this file"
    if refused == size:
        if size == 1:
            return "The one row cannot be kept as it is"
        return f"None of the {format.in_words(size)} rows can be kept as they are"
    if not new and not changed:
        return "Nothing would change"
    if refused:
        return f"{number(size - refused)} of {number(size)} rows can be kept"
    few = {1: "The one row can be kept", 2: "Both rows can be kept"}
    return few.get(size, f"All {number(size)} rows can be kept")


def counts(new: int, changed: int, same: int, refused: int) -> str:
    """The four counts as sentences.

    >>> counts(150, 30, 26, 6)
    '150 entries are new, 30 would change, 26 are as they are saved already. 6 rows cannot be kept.'
    >>> counts(1, 0, 0, 1), counts(0, 0, 0, 2)
    ('1 entry is new. 1 row cannot be kept.', '2 rows cannot be kept.')
    """
    good = []
    for n, one, many in ((new, "is new", "are new"), (changed, "would change", "would change"),
                         (same, "is as it is saved already", "are as they are saved already")):  # fmt: skip
        if n:
            noun = "" if good else f" {'entry' if n == 1 else 'entries'}"
            good.append(f"{number(n)}{noun} {one if n == 1 else many}")
    said = [f"{', '.join(good)}."] if good else []
    if refused:
        said.append(f"{count(refused, 'row')} cannot be kept.")
    return " ".join(said)


def kind_label(kind: str, n: int) -> str:
    """
    >>> kind_label("new", 1500), kind_label("refused", 6)
    ('New 1,500', 'Refused 6')
    """
    return f"{KIND_NAMES[kind]} {number(n)}"


def kind_line(kind: str, shown: int, first: int, n: int) -> str:
    """What the rows on screen are.

    >>> kind_line("changed", 25, 26, 80)
    'Entries that would change, 26 to 50 of 80: what is saved now, and what the file says.'
    >>> kind_line("refused", 6, 1, 6)
    'Rows that cannot be kept, by their number in the file, and why.'
    """
    where = f", {number(first)} to {number(first + shown - 1)} of {number(n)}" if shown < n else ""
    return {
        NEW: f"Entries that nothing is saved for yet{where}.",
        CHANGED: f"Entries that would change{where}: what is saved now, and what the file says.",
        SAME: f"Entries that are saved already, exactly so{where}.",
        REFUSED: f"Rows that cannot be kept{where}, by their number in the file, and why.",
    }[kind]


def save_label(size: int, refused: int) -> str:
    """
    >>> save_label(212, 0), save_label(212, 6), save_label(1, 0), save_label(2, 1)
    ('Save 212 rows', 'Keep the 206 good rows', 'Save 1 row', 'Keep the one good row')
    """
    if not refused:
        return f"Save {count(size, 'row')}"
    good = size - refused
    return "Keep the one good row" if good == 1 else f"Keep the {number(good)} good rows"


def will_happen(new: int, changed: int, same: int, refused: int) -> str:
    """What pressing the button does, no more and no less.

    >>> will_happen(150, 30, 26, 6)
    'This writes 150 new entries and changes 30. 26 stay as they are. The 6 refused rows are left out.'
    """
    does = [f"writes {count(new, 'new entry', 'new entries')}"] if new else []
    if changed:
        does.append(f"changes {number(changed)}" if new else f"changes {count(changed, 'entry', 'entries')}")
    said = [f"This {' and '.join(does)}."]
    if same:
        said.append(f"{number(same)} {'stays as it is' if same == 1 else 'stay as they are'}.")
    if refused:
        left = "The refused row is" if refused == 1 else f"The {number(refused)} refused rows are"
        said.append(f"{left} left out.")
    return " ".join(said)


def refused_next(refused: int) -> str:
    """What to do about rows that were refused."""
    rows, them = ("row", "it") if refused == 1 else ("rows", "them")
    return f"Download the refused {rows}, put {them} right in a spreadsheet and bring that file: it need hold no more."


def kept_before(when: date, new: int, changed: int) -> str:
    """The same file once more.

    >>> kept_before(date(2019, 5, 2), 0, 0)
    'This file was already kept on 2 May 2019; nothing would change.'
    """
    if not new and not changed:
        return f"This file was already kept on {format.day(when)}; nothing would change."
    return (
        f"This file was already kept on {format.day(when)}. Some of its numbers were changed afterwards, and stay so:"
        " the same file is not kept twice. If it is right after all, type those numbers in the form."
    )


def nothing_would_change(same: int) -> str:
    """Every row says what is saved already."""
    return f"{count(same, 'entry is', 'entries are')} saved already, exactly as in this file." if same else ""


def cell(measure: Measure | None, numerator: object, denominator: object, value: object) -> str:
    """What a cell holds, with what it comes to where it is a share."""
    if format.missing(numerator) and format.missing(value):
        return "nothing"
    if format.missing(numerator):
        return format.value(measure, float(value)) if measure else number(float(value))
    said = f"{_exact(numerator)} of {_exact(denominator)}"
    if measure is not None and denominator and not format.missing(denominator):
        said += f" ({format.value(measure, float(numerator) / float(denominator) * measure.rate_base)})"
    return said


def _exact(x: object) -> str:
    """A number as it would be written: two that differ never look the same.

    >>> _exact(15500.0), _exact(12.25)
    ('15,500', '12.25')
    """
    if format.missing(x):
        return "nothing"
    whole = float(x).is_integer()
    return number(x) if whole else f"{MINUS if x < 0 else ''}{abs(float(x)):,.12g}"


def about(campaign: Campaign, measure: str, group: str = ALL) -> str:
    """A measure's name, and of whom where it is not everybody."""
    found = _measure(campaign, measure)
    name = found.short if found else measure
    return name if group == ALL else f"{name}, {group}"


def clash(campaign: Campaign, found: object, many_sites: bool) -> str:
    """A cell that somebody else wrote to: what, who and when."""
    where = [about(campaign, found.measure, found.group), format.month(found.period)]
    if many_sites:
        where.insert(0, campaign.site(found.site).name)
    place = ", ".join(where)
    if found.at is None:
        return f"{place}: nothing is saved any more."
    held = cell(_measure(campaign, found.measure), found.numerator, found.denominator, found.value)
    return f"{place}: {found.actor} saved {held} at {found.at:%H:%M} UTC on {format.day(found.at)}."


def and_more(n: int) -> str:
    """
    >>> and_more(1), and_more(1200)
    ('And one more.', 'And 1,200 more.')
    """
    return f"And {format.in_words(n)} more."


# --- afterwards --------------------------------------------------------------------------------------


def kept_heading(rows: int, name: str) -> str:
    """
    >>> kept_heading(206, "april.csv"), kept_heading(1, PASTED)
    ('206 rows of april.csv are in. Thank you.', '1 pasted row is in. Thank you.')
    """
    are = "is" if rows == 1 else "are"
    if name == PASTED:
        return f"{count(rows, 'pasted row')} {are} in. Thank you."
    return f"{count(rows, 'row')} of {name} {are} in. Thank you."


def kept_line(new: int, changed: int, same: int, refused: int, who: str) -> str:
    """What was written.

    >>> kept_line(150, 30, 26, 6, "Ann")
    '150 new entries, 30 changed. 26 were there already. 6 rows were left out. Saved by Ann just now.'
    """
    done = [count(new, "new entry", "new entries")] if new else []
    if changed:
        done.append(f"{number(changed)} changed" if new else count(changed, "entry changed", "entries changed"))
    said = [f"{', '.join(done)}."] if done else []
    if same:
        said.append(f"{number(same)} {'was' if same == 1 else 'were'} there already.")
    if refused:
        said.append(f"{count(refused, 'row was', 'rows were')} left out.")
    return " ".join([*said, f"Saved by {who} just now."])


def undone(name: str, others: bool = False) -> str:
    """What is said once a file has been taken back, or, with ``others``, all of it that nobody wrote to since.

    >>> undone("april.csv"), undone(PASTED, True)
    ('april.csv has been taken back', 'The pasted rows have been taken back in part')
    """
    said = "The pasted rows have been taken back" if name == PASTED else f"{name} has been taken back"
    return f"{said} in part" if others else said


def undone_line(others: bool) -> str:
    """What that means."""
    if others:
        return "What others wrote since stands. Every other number is as it was before. The history keeps all of it."
    return "Every number is as it was before. The history keeps both."


def undo_of(name: str) -> str:
    """What the button beside a file does."""
    return f"This puts every number that {name} changed back to what it was. Where somebody wrote since, it says so."


def past(row: Mapping[str, object]) -> tuple[str, str]:
    """One line of the files kept before: its name; who, when, and how much."""
    what = str(row["source"]).removeprefix("file: ")
    when = row["at"]
    said = f"{row['actor']}, {format.day(when)} at {when:%H:%M} UTC · {count(int(row['entries']), 'entry', 'entries')}"
    return what, f"{said} · taken back" if row["undone"] else said


def _measure(campaign: Campaign, id: str) -> Measure | None:
    return next((m for m in campaign.measures if m.id == id), None)
