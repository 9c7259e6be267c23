"""Awkward files, built by code, each with what should become of it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADER = ("site", "measure", "period", "numerator", "denominator", "value", "note")
ROWS = (
    ("GUY", "came", "2018-04", "", "", "1234", "Café closed; “late”"),
    ("GUY", "seen", "2018-04", "1000", "1234", "", ""),
    ("STT", "falls", "2018-05", "7", "900", "", ""),
    ("STT", "wait", "2018-05", "", "", "61.5", ""),
)
CELLS = {
    ("GUY", "came", "2018-04", None, None, 1234.0),
    ("GUY", "seen", "2018-04", 1000.0, 1234.0, None),
    ("STT", "falls", "2018-05", 7.0, 900.0, None),
    ("STT", "wait", "2018-05", None, None, 61.5),
}


@dataclass(frozen=True)
class Case:
    """One file: its name and bytes, and either the sentence of Unreadable or what is kept, refused, said and asked.

    ``kept``: the cells, or how many; ``refused``: row numbers, each with part of its reason; ``said``, ``asked``: parts
    of what is said of the file and asked; ``given``: answers.
    """

    about: str
    data: bytes
    kept: set | int = 0
    refused: dict[int, str] = field(default_factory=dict)
    said: Sequence[str] = ()
    asked: Sequence[str] = ()
    unreadable: str = ""
    name: str = "numbers.csv"
    given: dict = field(default_factory=dict)
    empty: int | None = None
    layout: str = ""


def text(*rows: Sequence, separator: str = ",", end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


def long(*rows: Sequence, header: Sequence = HEADER, **how) -> bytes:
    """Rows of a long file, shorter ones padded."""
    return text(header, *[[*row, *[""] * (len(header) - len(row))] for row in rows], **how)


def one(value: str, measure: str = "wait", **how) -> bytes:
    """A file of one number of one measure."""
    return long(("GUY", measure, "2018-04", "", "", value), **how)


def share(top: str, bottom: str, measure: str = "seen", **how) -> bytes:
    """A file of one row with a numerator and a denominator."""
    return long(("GUY", measure, "2018-04", top, bottom), **how)


def dated(*periods: str) -> bytes:
    """A file with a number for each of some periods."""
    return long(*[("GUY", "wait", period, "", "", str(i + 1)) for i, period in enumerate(periods)])


def waits(*months: str) -> set:
    """What such a file should hold."""
    return {("GUY", "wait", month, None, None, float(i + 1)) for i, month in enumerate(months)}


def book(*rows: Sequence, sheets: dict[str, Sequence[Sequence]] | None = None, touch: Callable | None = None) -> bytes:
    """A workbook of one sheet, or of several; ``touch`` may change it before it is saved."""
    made = Workbook()
    made.remove(made.active)
    for title, content in (sheets or {"Sheet1": rows}).items():
        sheet = made.create_sheet(title)
        for row in content:
            sheet.append([None if cell == "" else cell for cell in row])
    if touch:
        touch(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """A zip file with its parts changed (None: left out) and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = change(part.filename, old.read(part))
            if content is not None:
                new.writestr(part.filename, content)
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    """A zip file of some parts, "__" in a name standing for "/" and "_dot_" for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


NUMBERS = [list(HEADER), *[[float(c) if c.replace(".", "", 1).isdigit() else c for c in row] for row in ROWS]]
BOOK = book(*NUMBERS)
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


def _bomb() -> bytes:
    return repacked(BOOK, lambda _, c: c, {"xl/media/image1.bin": b"\0" * 60_000_000})


def _laughs(name: str, content: bytes) -> bytes:
    return LAUGHS + content.split(b"?>", 1)[-1] if name == "xl/workbook.xml" else content


def _cached(name: str, content: bytes) -> bytes:
    """Formulas with the results that a spreadsheet would have left."""
    return content.replace(b"<f>F2+1</f><v></v>", b"<f>F2+1</f><v>8</v>").replace(
        b"<f>F2+1</f><v />", b"<f>F2+1</f><v>8</v>"
    )


def _mac(made) -> None:
    made.epoch = CALENDAR_MAC_1904


def _merge(made) -> None:
    sheet = made.active
    sheet.merge_cells("C1:D1")
    sheet.merge_cells("E1:F1")


def _hide(made) -> None:
    made.active.row_dimensions[3].hidden = True


def _percent(made) -> None:
    made.active["F2"].number_format = "0.0%"


WIDE = ("Site", "Month", "Attendances", "Seen in time", "Falls", "Bed days", "Median wait", "Note")
MONTHS = ("Site", "Measure", "Apr-18", "May-18", "Jun-18")


def encodings() -> list[Case]:
    """The same table, its letters written in every way."""
    given = dict(kept=CELLS)
    cases = [
        Case(f"{name} text", long(*ROWS, encoding=codec), **given)
        for name, codec in (
            ("UTF-8", "utf-8"),
            ("UTF-8 with a mark", "utf-8-sig"),
            ("UTF-16", "utf-16"),
            ("UTF-16 without a mark", "utf-16-le"),
            ("big-endian UTF-16", "utf-16-be"),
            ("Windows-1252", "cp1252"),
            ("UTF-32", "utf-32"),
        )
    ]
    for name, end in (("old Mac line ends", "\r"), ("Unix line ends", "\n")):
        cases.append(Case(name, long(*ROWS, end=end), **given))
    for name, separator in (("semicolons", ";"), ("tabs", "\t"), ("bars", "|")):
        cases.append(Case(f"{name} between cells", long(*ROWS, separator=separator), **given))
    odd = long(*ROWS).replace("Café".encode(), b"Caf\xe9 " + "é é é é".encode())
    return [
        *cases,
        Case("one bad letter in UTF-8", odd, kept=CELLS, said=["1 letter could not be read"]),
        Case("a line that names the separator", b"sep=;\r\n" + long(*ROWS, separator=";"), **given),
        Case("no line end at the end", long(*ROWS).rstrip(), **given),
        Case(
            "NUL in a cell",
            long(("GUY", "wait", "2018-04", "", "", "6\x001")),
            kept={("GUY", "wait", "2018-04", None, None, 61.0)},
        ),
        Case("NUL in most of the file", b"\0\1\2" * 900, unreadable="neither text nor a workbook"),
        Case("binary called CSV", bytes(range(256)) * 40, unreadable="neither text nor a workbook"),
        Case("nothing at all", b"", unreadable="is empty"),
        Case("only blank lines", b"\r\n \r\n\r\n", unreadable="is empty"),
        Case("only separators", b",,,\r\n,,,\r\n", unreadable="is empty"),
        Case("only a header", long(), unreadable="has a header and nothing below it"),
        Case("a quotation mark never closed", long(*ROWS) + b'GUY,"' + b"x," * 70_000, unreadable="quotation mark"),
    ]


def shapes() -> list[Case]:
    """Headers, titles, blank rows, totals, notes and ragged rows."""
    base = text(HEADER, *ROWS).decode()
    wide = text(
        WIDE, ("GUY", "2018-04", "120", "100", "", "", "", ""), ("STT", "2018-04", "", "", "7", "900", "61.5", "x")
    )
    across = {("GUY", "wait", f"2018-0{m}", None, None, float(v)) for m, v in ((4, 60), (5, 61), (6, 62))}
    top = text(MONTHS, ("GUY", "Median wait", "60", "61", "62"))
    halves = text(MONTHS, ("GUY", "Seen in time", "60", "61", ""), ("GUY", "Attendances", "100", "100", ""))
    merged = text(
        ("Site", "Month", "Share seen in time", "", "Falls per 1,000 bed days", ""),
        ("", "", "numerator", "denominator", "numerator", "denominator"),
        ("GUY", "2018-04", "100", "120", "7", "900"),
    )
    under = text(
        ("Site", "Measure", "Apr-18", "", "May-18", ""),
        ("", "", "numerator", "denominator", "numerator", "denominator"),
        ("GUY", "seen", "100", "120", "90", "95"),
    )
    both = {("GUY", "seen", "2018-04", 100.0, 120.0, None), ("GUY", "falls", "2018-04", 7.0, 900.0, None)}
    return [
        Case(
            "lines above the header",
            b"Waits at our hospitals\r\nMade on 3 May 2018\r\n\r\n" + base.encode(),
            kept=CELLS,
            said=["Two lines above the header were stepped over"],
        ),
        Case("a title with commas", b"Waits, falls, and so on\r\n" + base.encode(), kept=CELLS),
        Case(
            "blank rows",
            base.replace("STT,falls", ",,,,,,\r\n\r\nSTT,falls").encode(),
            kept=CELLS,
            said=["Two blank rows were stepped over"],
        ),
        Case(
            "totals",
            (base + "Total,,,1007,2134,1295.5,\r\n\r\nGrand total,,,1,2,3,\r\n").encode(),
            kept=CELLS,
            said=["Two rows of totals were stepped over"],
        ),
        Case(
            "notes below",
            (base + "\r\n* Late figures are provisional.\r\nSource: the trust’s own system\r\n").encode(),
            kept=CELLS,
            said=["Two notes below the table were stepped over"],
        ),
        Case(
            "a row with too many cells",
            (base + "GUY,wait,2018-06,,,1,234,x,y\r\n").encode(),
            kept=CELLS,
            refused={6: "where the header has 7"},
        ),
        Case(
            "thousands that no quotation marks hold together",
            b"site,measure,period,value\r\nGUY,wait,2018-04,1,234\r\nGUY,wait,2018-05,1,300\r\n",
            refused={2: "where the header has 4", 3: "where the header has 4"},
        ),
        Case("a row with too few cells", (base + "GUY,came,2018-06,,,12\r\n").encode(), kept=5),
        Case("a row that is cut off", (base + "GUY,came\r\n").encode(), kept=CELLS, empty=1),
        Case(
            "two columns of one name",
            long(
                ("GUY", "seen", "2018-04", "9", "12", "5"),
                header=("site", "measure", "period", "numerator", "denominator", "numerator"),
            ),
            kept={("GUY", "seen", "2018-04", 9.0, 12.0, None)},
            said=["More than one column is called “numerator”"],
        ),
        Case(
            "a column without a name",
            long(("GUY", "wait", "2018-04", "7", "see below"), header=("site", "measure", "period", "value", "")),
            kept=1,
            said=["Without a name in the header"],
        ),
        Case("columns without anything", long(*ROWS, header=(*HEADER, "", "")), kept=CELLS),
        Case(
            "spaces around cells",
            long(*[[f"  {c} " for c in row] for row in ROWS], header=[f" {h} " for h in HEADER]),
            kept=CELLS,
        ),
        Case(
            "line breaks in a cell",
            base.replace("Café closed", "Café\r\nclosed")
            .replace("GUY,came", "GUY,came")
            .replace("Café\r\nclosed; “late”", '"Café\r\nclosed"')
            .encode(),
            kept=CELLS,
        ),
        Case(
            "a very long cell",
            long(("GUY", "wait", "2018-04", "", "", "7", "x" * 40_000), ROWS[0]),
            kept=1,
            refused={2: "more than 32,767 letters"},
        ),
        Case(
            "other words in the header",
            long(*ROWS, header=("Trust", "Indicator", "Reporting month", "Num", "Denom", "Result", "Comments")),
            kept=CELLS,
        ),
        Case(
            "a column of names beside that of codes",
            long(
                ("GUY", "Guy’s", "wait", "2018-04", "7"), header=("Trust name", "Org code", "metric", "month", "figure")
            ),
            kept=1,
        ),
        Case(
            "a column for each number",
            wide,
            kept={
                ("GUY", "came", "2018-04", None, None, 120.0),
                ("GUY", "seen", "2018-04", 100.0, 120.0, None),
                ("STT", "falls", "2018-04", 7.0, 900.0, None),
                ("STT", "wait", "2018-04", None, None, 61.5),
            },
            layout="wide-measures",
        ),
        Case("months across the top", top, kept=across, layout="wide-months"),
        Case(
            "months across the top, and totals",
            text((*MONTHS, "Total"), ("GUY", "wait", "60", "61", "62", "183")),
            kept=across,
            layout="wide-months",
        ),
        Case(
            "months across, the two numbers of a share below each other",
            halves,
            kept={
                ("GUY", "came", "2018-04", None, None, 100.0),
                ("GUY", "came", "2018-05", None, None, 100.0),
                ("GUY", "seen", "2018-04", 60.0, 100.0, None),
                ("GUY", "seen", "2018-05", 61.0, 100.0, None),
            },
        ),
        Case("a header in two rows", merged, kept=both, said=["The header has two rows"], layout="wide-measures"),
        Case(
            "months above the two numbers of a share",
            under,
            kept={("GUY", "seen", "2018-04", 100.0, 120.0, None), ("GUY", "seen", "2018-05", 90.0, 95.0, None)},
            layout="wide-months",
        ),
        Case(
            "no header",
            text(*ROWS),
            asked=["The first row looks like data", "No column holds numbers"],
            refused={2: "No column", 3: "No column", 4: "No column"},
        ),
        Case(
            "no column of sites",
            long(("wait", "2018-04", "7"), header=("measure", "period", "value")),
            asked=["Which site is this file for?"],
            refused={2: "No column says which site"},
        ),
        Case(
            "no column of sites, and one site",
            long(("wait", "2018-04", "7"), header=("measure", "period", "value")),
            kept=1,
            given={"sites": frozenset({"GUY"})},
        ),
        Case(
            "no column of months",
            long(("GUY", "wait", "7"), header=("site", "measure", "value")),
            asked=["No column says when"],
            refused={2: "No column says when"},
        ),
        Case(
            "columns that somebody chose",
            long(("GUY", "wait", "2018-04", "7"), header=("a", "b", "c", "d")),
            kept=1,
            given={"columns": {"a": "site", "b": "measure", "c": "period", "d": "value"}},
        ),
        Case(
            "rows that say nothing",
            long(*ROWS, ("WEX", "wait", "2018-08"), ("WEX", "seen", "2018-08")),
            kept=CELLS,
            empty=2,
        ),
        Case("a web page called CSV", b"<html><table><tr><td>1</td></tr></table></html>", unreadable="is a web page"),
        Case(
            "prose",
            b"We had a good month, thank you very much.\r\nMore next time.\r\n",
            asked=["No column"],
            refused={2: "No column"},
        ),
    ]


def times() -> list[Case]:
    """Dates in every form."""
    months = ("2018-04", "2018-05", "2018-06")
    forms = {
        "ISO days": ("2018-04-01", "2018-05-01", "2018-06-01"),
        "ISO moments": ("2018-04-01T00:00:00", "2018-05-01 00:00", "2018-06-01T00:00:00Z"),
        "ISO months": months,
        "months by name": ("April 2018", "May 2018", "June 2018"),
        "months in short": ("Apr-18", "May-18", "Jun-18"),
        "months in short, and the year": ("Apr 2018", "MAY 2018", "jun. 2018"),
        "months as six digits": ("201804", "201805", "201806"),
        "months with a stroke": ("04/2018", "05/2018", "06/2018"),
        "days by name": ("1 April 2018", "1st May 2018", "Friday 1 June 2018"),
        "days as eight digits": ("20180401", "20180501", "20180601"),
        "days since 1900": ("43191", "43221", "43252"),
        "UK days, all the first": ("01/04/2018", "01/05/2018", "01/06/2018"),
        "US days, all the first": ("4/1/2018", "5/1/2018", "6/1/2018"),
        "UK days of two-digit years": ("30/04/18", "31/05/18", "30/06/18"),
        "days with dots": ("30.04.2018", "31.05.2018", "30.06.2018"),
        "forms mixed": ("Apr-18", "2018-05-31", "1 June 2018"),
    }
    unclear = long(*[("GUY", "wait", when, "", "", "7") for when in ("03/04/2018", "05/06/2018")])
    cases = [Case(name, dated(*texts), kept=waits(*months)) for name, texts in forms.items()]
    return [
        *cases,
        Case(
            "one date decides for all",
            dated("03/04/2018", "04/05/2018", "13/06/2018"),
            kept=waits(*months),
            said=["3 dates inside a month were read as that month"],
        ),
        Case("one date decides the other way", dated("04/03/2018", "05/04/2018", "06/13/2018"), kept=waits(*months)),
        Case(
            "day or month first, asked",
            unclear,
            asked=["Is “03/04/2018” 3 April 2018 or 4 March 2018?"],
            refused={2: "could be 3 April 2018 or 4 March 2018", 3: "could be"},
        ),
        Case("day first, answered", unclear, kept=2, given={"dates": "day-first"}),
        Case("month first, answered", unclear, kept=2, given={"dates": "month-first"}),
        Case(
            "dates that contradict one another",
            dated("13/04/2018", "05/13/2018", "03/04/2018"),
            kept=2,
            asked=["Is “03/04/2018”"],
            refused={4: "could be"},
        ),
        Case(
            "no such day",
            dated("2018-02-30", "2018-13", "31/04/2018"),
            refused={2: "is not a month", 3: "is not a month", 4: "is not a month"},
        ),
        Case(
            "no date",
            dated("soon", "", "2018"),
            refused={2: "“soon” is not a month", 3: "does not say when", 4: "“2018” is not a month"},
        ),
        Case("a quarter where months are wanted", dated("Q1 2018/19"), refused={2: "is a quarter"}),
        Case("a week where months are wanted", dated("2018-W14"), refused={2: "is a week"}),
        Case(
            "not over yet",
            dated("2019-03", "2019-04", "2031-01"),
            kept=1,
            refused={3: "April 2019 is not over yet", 4: "January 2031 is not over yet"},
        ),
        Case(
            "before the first numbers",
            dated("2017-12", "2018-01"),
            kept=1,
            refused={2: "before this campaign’s first numbers"},
        ),
        Case(
            "before a site opened",
            long(("WEX", "wait", "2018-06", "", "", "7"), ("WEX", "wait", "2018-07", "", "", "7")),
            kept=1,
            refused={2: "before Wexham Park & Slough opened, in July 2018"},
        ),
        Case(
            "after a site merged",
            long(("OLD", "wait", "2018-09", "", "", "7"), ("OLD", "wait", "2018-10", "", "", "7")),
            kept=1,
            refused={3: "counted by St Thomas’ Hospital"},
        ),
    ]


def numbers() -> list[Case]:
    """Numbers, and what is none."""

    def good(written: str, x: float, **how) -> Case:
        return Case(f"written {written!r}", one(written, **how), kept={("GUY", "wait", "2018-04", None, None, x)})

    def bad(written: str, reason: str, measure: str = "wait") -> Case:
        return Case(f"written {written!r} for {measure}", one(written, measure), refused={2: reason})

    comma = long(
        ("GUY", "wait", "2018-04", "", "", "1.234,5"),
        ("GUY", "wait", "2018-05", "", "", "12,25"),
        ("GUY", "came", "2018-05", "", "", "1.234"),
        separator=";",
    )
    unclear = long(("GUY", "wait", "2018-04", "", "", "1,234"), ("GUY", "wait", "2018-05", "", "", "7"), separator=";")
    return [
        good("1,234", 1234),
        good("1 234", 1234),
        good("1\u00a0234.5", 1234.5),
        good("1\u2009234", 1234),
        good("1,234,567.25", 1234567.25),
        good("+7", 7),
        good("7.", 7),
        good(".5", 0.5),
        good("1e3", 1000),
        good("0", 0),
        good("007", 7),
        good("1'234", 1234),
        Case(
            "decimal commas",
            comma,
            kept={
                ("GUY", "wait", "2018-04", None, None, 1234.5),
                ("GUY", "wait", "2018-05", None, None, 12.25),
                ("GUY", "came", "2018-05", None, None, 1234.0),
            },
        ),
        Case(
            "thousands or decimals, asked",
            unclear,
            kept=1,
            asked=["Which mark stands before the decimals"],
            refused={2: "could be thousands or decimals"},
        ),
        Case("thousands, answered", unclear, kept=2, given={"numbers": "point"}),
        Case("decimals, answered", unclear, kept=2, given={"numbers": "comma"}),
        Case(
            "both marks in one file",
            long(
                ("GUY", "wait", "2018-04", "", "", "1.5"),
                ("GUY", "wait", "2018-05", "", "", "12,25"),
                ("GUY", "wait", "2018-06", "", "", "1.234"),
            ),
            kept=2,
            asked=["Which mark"],
            refused={4: "could be thousands or decimals"},
        ),
        bad("n/a", "is not a number"),
        bad("-", "is not a number"),
        bad("x", "is not a number"),
        bad("nil", "write 0 if it was nought"),
        bad("*", "small numbers were hidden"),
        bad("<5", "small numbers were hidden"),
        bad("suppressed", "small numbers were hidden"),
        bad("#N/A", "a formula came to an error"),
        bad("#DIV/0!", "a formula came to an error"),
        bad("61 min", "more than a number"),
        bad("12 (approx)", "more than a number"),
        bad("-7", "cannot be below nought"),
        bad("(7)", "cannot be below nought"),
        bad("\u22127", "cannot be below nought"),
        bad("1.5", "must be a whole number", "came"),
        bad("9007199254740993", "too large", "came"),
        bad("1e400", "too large"),
        bad("NaN", "is not a number"),
        bad("inf", "is not a number"),
        bad("95.2%", "is not a percentage"),
        bad("yes", "give a number"),
        bad("=1+1", "is not a number"),
        bad("12,34,567", "is not a number"),
        bad("0.95", "cannot be added up: give both “Seen in time” and “Attendances”", "seen"),
        bad("95.2%", "cannot be added up", "seen"),
        bad("2", "give yes or no", "rounds"),
        Case(
            "a share beside what it is of",
            long(("GUY", "seen", "2018-04", "", "120", "95%")),
            refused={2: "give “Seen in time” itself"},
        ),
        Case("yes", one("Yes", "rounds"), kept={("GUY", "rounds", "2018-04", None, None, 1.0)}),
        Case("no", one("no", "rounds"), kept={("GUY", "rounds", "2018-04", None, None, 0.0)}),
        Case("a percentage for a count", share("95%", "120"), refused={2: "a percentage: give how many"}),
        Case("more than all", share("130", "120"), refused={2: "Have the two been swapped?"}),
        Case("more than all, for a rate", share("130", "120", "falls"), kept=1),
        Case("out of nought", share("7", "0", "falls"), refused={2: "is nought, so nobody"}),
        Case("nought out of nought", share("0", "0"), kept=1),
        Case("half a row", share("7", ""), refused={2: "needs “Attendances” as well"}),
        Case("the other half of a row", share("", "7"), refused={2: "needs “Seen in time” as well"}),
        Case(
            "a share beside its numbers",
            long(("GUY", "seen", "2018-04", "90", "120", "75%")),
            kept={("GUY", "seen", "2018-04", 90.0, 120.0, None)},
            said=["1 share beside its two numbers"],
        ),
        Case(
            "several things wrong in one row",
            long(("NOBODY", "seen", "2018-99", "x", "y")),
            refused={2: "“x” is not a number"},
        ),
    ]


def people() -> list[Case]:
    """Sites and measures by what people call them, and cells given twice."""

    def at(site: str, **how) -> bytes:
        return long((site, "wait", "2018-04", "", "", "7"), **how)

    def of(measure: str) -> bytes:
        return long(("GUY", measure, "2018-04", "", "", "7"))

    twice = long(
        ("GUY", "wait", "2018-04", "", "", "7"),
        ("STT", "wait", "2018-04", "", "", "7"),
        ("Guys Hospital", "Median wait", "Apr 2018", "", "", "7.0"),
    )
    apart = long(
        ("GUY", "wait", "2018-04", "", "", "7"),
        ("STT", "wait", "2018-04", "", "", "7"),
        ("GUY", "wait", "30/04/2018", "", "", "8"),
        ("GUY", "wait", "Apr-18", "", "", "7"),
    )
    return [
        *[
            Case(f"a site called {name!r}", at(name), kept={("GUY", "wait", "2018-04", None, None, 7.0)})
            for name in ("guy", " G.U.Y ", "Guy's Hospital", "GUY’S  HOSPITAL", "Guy’s Hospital NHS Foundation Trust")
        ],
        Case("a site with an ampersand", long(("Wexham Park and Slough", "wait", "2018-08", "", "", "7")), kept=1),
        Case("an unknown site", at("Gys Hospital"), refused={2: "Did you mean “Guy’s Hospital”?"}),
        Case("a site like no other", at("Zzzzzz"), refused={2: "is not a site of this campaign. Check how"}),
        Case("no site", at(""), refused={2: "names no site"}),
        Case(
            "somebody else’s site",
            at("St Thomas’ Hospital"),
            refused={2: "is not one of your sites"},
            given={"sites": frozenset({"GUY"})},
        ),
        *[
            Case(f"a measure called {name!r}", of(name), kept={("GUY", "wait", "2018-04", None, None, 7.0)})
            for name in ("WAIT", "median wait", "Median-Wait")
        ],
        Case("an unknown measure", of("median weight"), refused={2: "Did you mean “Median wait”?"}),
        Case("no measure", of(""), refused={2: "names no measure"}),
        Case(
            "the two numbers of a share in rows of their own",
            long(("GUY", "Seen in time", "2018-04", "", "", "100"), ("GUY", "Attendances", "2018-04", "", "", "120")),
            kept={("GUY", "came", "2018-04", None, None, 120.0), ("GUY", "seen", "2018-04", 100.0, 120.0, None)},
        ),
        Case(
            "what a rate is of in a row of its own",
            long(("GUY", "Falls", "2018-04", "", "", "7"), ("GUY", "Bed days", "2018-04", "", "", "900")),
            kept={("GUY", "falls", "2018-04", 7.0, 900.0, None)},
        ),
        Case(
            "what a share is of, from another row",
            long(("GUY", "seen", "2018-04", "100"), ("GUY", "came", "2018-04", "", "", "120")),
            kept=2,
        ),
        Case(
            "what a share is of, twice and differently",
            long(("GUY", "seen", "2018-04", "100", "130"), ("GUY", "came", "2018-04", "", "", "120")),
            kept=1,
            refused={2: "“Attendances” is 130 here but 120 in row 3"},
        ),
        Case(
            "what a share is of, refused",
            long(("GUY", "seen", "2018-04", "100"), ("GUY", "came", "2018-04", "", "", "12.5")),
            refused={2: "needs “Attendances” as well", 3: "must be a whole number"},
        ),
        Case(
            "the same number twice", twice, kept=3, said=["Given twice with the same numbers, and kept once: 1 number"]
        ),
        Case(
            "different numbers for one cell",
            apart,
            kept=1,
            refused={
                2: "stand in rows 4 and 5, with other numbers",
                4: "stand in rows 2 and 5",
                5: "stand in rows 2 and 4",
            },
        ),
        Case(
            "groups apart",
            long(
                ("GUY", "wait", "2018-04", "women", "7"),
                ("GUY", "wait", "2018-04", "men", "8"),
                ("GUY", "wait", "2018-04", "", "9"),
                header=("site", "measure", "period", "group", "value"),
            ),
            kept=3,
        ),
        Case("a line to compare with", long(("All England", "wait", "2018-04", "", "", "7")), kept=1),
        Case(
            "text that spreadsheets take for formulas",
            long(("=cmd|' /C calc'!A0", "wait", "2018-04", "", "", "7", "+1")),
            refused={2: "is not a site"},
        ),
    ]


def workbooks() -> list[Case]:
    """Excel, and what is called so."""
    x = "numbers.xlsx"
    days = [["site", "measure", "period", "value"]] + [
        ["GUY", "wait", when, i + 1.0] for i, when in enumerate((date(2018, 4, 1), datetime(2018, 5, 31), 43252))
    ]
    months = ("2018-04", "2018-05", "2018-06")
    mac = [
        ["site", "measure", "period", "value"],
        ["GUY", "wait", 43191 - 1462, 1],
        ["GUY", "wait", date(2018, 5, 1), 2],
        ["GUY", "wait", 43252 - 1462, 3],
    ]
    formulas = [list(HEADER), ["GUY", "wait", "2018-04", "", "", 7], ["GUY", "wait", "2018-05", "", "", "=F2+1"]]
    merged = [
        ["Site", "Month", "Share seen in time", "", "Fall rate", ""],
        ["", "", "Numerator", "Denominator", "Numerator", "Denominator"],
        ["GUY", date(2018, 4, 1), 100, 120, 7, 900],
    ]
    across = [["Site", "Measure", date(2018, 4, 1), date(2018, 5, 1)], ["GUY", "wait", 1, 2]]
    return [
        Case("a workbook", BOOK, kept=CELLS, name=x),
        Case("a workbook called CSV", BOOK, kept=CELLS, name="numbers.csv"),
        Case("a CSV called a workbook", long(*ROWS), kept=CELLS, name=x),
        Case("numbers as text", book(HEADER, *ROWS), kept=CELLS, name=x),
        Case("days, moments and serials", book(*days), kept=waits(*months), name=x),
        Case("days counted from 1904", book(*mac, touch=_mac), kept=waits(*months), name=x),
        Case(
            "merged cells in the header",
            book(*merged, touch=_merge),
            name=x,
            said=["The header has two rows"],
            kept={("GUY", "seen", "2018-04", 100.0, 120.0, None), ("GUY", "falls", "2018-04", 7.0, 900.0, None)},
        ),
        Case("months across as days", book(*across), kept=waits(*months[:2]), name=x, layout="wide-months"),
        Case(
            "several sheets",
            book(sheets={"About": [["Read this first"], ["It says much"]], "Data": NUMBERS, "More": NUMBERS}),
            kept=CELLS,
            name=x,
            said=["The sheet “Data” was read; there are also “About” and “More”."],
        ),
        Case(
            "a sheet that was chosen",
            book(sheets={"A": NUMBERS, "B": [NUMBERS[0], NUMBERS[1]]}),
            kept=1,
            name=x,
            given={"sheet": "B"},
        ),
        Case("a sheet that is not there", BOOK, name=x, given={"sheet": "Other"}, unreadable="no sheet called “Other”"),
        Case(
            "a formula without its result",
            book(*formulas),
            kept=1,
            name=x,
            refused={3: "Cell F3 holds a formula without its result"},
        ),
        Case("a formula with its result", repacked(book(*formulas), _cached), kept=2, name=x),
        Case("hidden rows", book(*NUMBERS, touch=_hide), kept=CELLS, name=x, said=["One hidden row was read as well"]),
        Case(
            "a number shown as a percentage",
            book(HEADER, ["GUY", "wait", "2018-04", "", "", 0.952], touch=_percent),
            name=x,
            refused={2: "“95.2%”, but it is not a percentage"},
        ),
        Case("true and false", book(HEADER, ["GUY", "rounds", "2018-04", "", "", True]), kept=1, name=x),
        Case(
            "an error in a cell",
            book(HEADER, ["GUY", "wait", "2018-04", "", "", "#REF!"]),
            name=x,
            refused={2: "a formula came to an error"},
        ),
        Case(
            "a title, blank rows and totals",
            book(["Our waits"], [], *NUMBERS, ["Total", "", "", 5]),
            kept=CELLS,
            name=x,
            said=["A line above the header", "A row of totals"],
        ),
        Case("an empty workbook", book([]), name=x, unreadable="is empty"),
        Case("a zip bomb", _bomb(), name=x, unreadable="more than a workbook of its size should"),
        Case("entities that multiply", repacked(BOOK, _laughs), name=x, unreadable="declares entities"),
        Case("a workbook cut short", BOOK[: len(BOOK) // 2], name=x, unreadable="damaged or not complete"),
        Case(
            "a workbook with a broken part",
            repacked(BOOK, lambda n, c: c[:200] if "sheet1" in n else c),
            name=x,
            unreadable="damaged or not complete",
        ),
        Case(
            "an older workbook",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            name="numbers.xls",
            unreadable="save it as an Excel workbook (.xlsx)",
        ),
        Case(
            "an OpenDocument spreadsheet",
            zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
            name="numbers.ods",
            unreadable="is an OpenDocument spreadsheet (.ods)",
        ),
        Case("a binary workbook", zipped(xl__workbook_dot_bin=b"x"), name="n.xlsb", unreadable="binary Excel workbook"),
        Case(
            "a Word document called a workbook",
            zipped(word__document_dot_xml=b"<a/>"),
            name=x,
            unreadable="is a Word document",
        ),
        Case(
            "a zip file of CSV files",
            zipped(a_dot_csv=long(*ROWS)),
            name="n.zip",
            unreadable="is a zip file with 1 file in it",
        ),
        Case("a PDF called a workbook", b"%PDF-1.7 ...", name=x, unreadable="is a PDF"),
        Case("a picture called CSV", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, unreadable="is a picture"),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*encodings(), *shapes(), *times(), *numbers(), *people(), *workbooks()]
