"""A file with more than forty kinds of trouble in it, as somebody in a hurry sends it, and what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass

SITE = "RWE"
NAME = "leicester figures (final) v2.csv"
WITHIN, ALL_WHO_CAME, ADMITTED = "Seen within four hours", "Attendances", "Admitted as an emergency"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file, the trouble in it, and a part of the reason it is refused with ("" where it is kept)."""

    trouble: str
    cells: tuple[str, ...]
    refused: str = ""


def _row(trouble: str, *cells: str, refused: str = "") -> Row:
    return Row(trouble, cells, refused)


def _within(trouble: str, month: str, top: str, bottom: str, note: str = "", refused: str = "") -> Row:
    return Row(trouble, (SITE, month, WITHIN, top, bottom, "", note, ""), refused)


ROWS = (
    _row("site by its name, in capitals", "UNIVERSITY HOSPITALS OF LEICESTER", "Apr-18", WITHIN, "15001", "17501"),
    _row("blanks around the site's code", "  rwe ", "2018-05", "within4h", "15002", "17502"),
    _within("a day within the month", "30/06/2018", "15003", "17503"),
    _within("thousands by blanks, one that does not break", "July 2018", "15\N{NO-BREAK SPACE}004", "17 504"),
    _within("a line break in the note", "201808", "15005", "17505", '"two wards\nclosed"'),
    _within("letters of Windows-1252", "Sep 2018", "15006", "17506", "Zoë’s naïve “estimate” – checked"),
    _within("a formula as a note", "Oct 2018", "15007", "17507", "=HYPERLINK(0)"),
    _within("markup as a note", "Nov 2018", "15008", "17508", "<b>new rota</b>"),
    _within("quotation marks within one", "Dec 2018", "15009", "17509", '"the ""new"" rota"'),
    _row("a measure by its number's label", SITE, "Jan 2019", "Of these, admitted as an emergency", "4001", "17510"),
    _row("the same row twice", SITE, "Feb 2019", ADMITTED, "4002", "17511"),
    _row("the same row twice, again", SITE, "Feb 2019", ADMITTED, "4002", "17511"),
    _row("a site that there is not", "RWEE", "Apr 2017", WITHIN, "1", "2", refused="not a site of this campaign"),
    _row("somebody else's site", "RJ1", "Apr 2017", WITHIN, "1", "2", refused="not one of your sites"),
    _row("no site", "", "Apr 2017", WITHIN, "1", "2", refused="names no site"),
    _row("a measure misspelt", SITE, "Apr 2017", "Seen within for hours", "1", "2", refused="not a measure"),
    _row("no measure", SITE, "Apr 2017", "", "1", "2", refused="names no measure"),
    _within("no month", "", "1", "2", refused="does not say when"),
    _within("a month that there is not", "Smarch 2018", "1", "2", refused="not a month that can be read"),
    _within("a day that there is not", "31/02/2018", "1", "2", refused="not a month that can be read"),
    _within("a month that is not over", "June 2019", "1", "2", refused="is not over yet"),
    _within("a month long after the end", "April 2031", "1", "2", refused="April 2031"),
    _within("a month before the first numbers", "March 2015", "1", "2", refused="before this campaign"),
    _within("a quarter", "Q1 2018/19", "1", "2", refused="is a quarter"),
    _within("below nought", "Apr 2017", "-5", "17000", refused="below nought"),
    _within("a part of a person", "May 2017", "150.25", "17000", refused="whole number"),
    _within("a percentage", "Jun 2017", "88%", "17000", refused="percentage"),
    _within("n/a", "Jul 2017", "n/a", "17000", refused="is not a number"),
    _within("a stroke", "Aug 2017", "-", "17000", refused="is not a number"),
    _within("a star", "Sep 2017", "*", "17000", refused="small numbers were hidden"),
    _within("fewer than five", "Oct 2017", "<5", "17000", refused="small numbers were hidden"),
    _within("nil", "Nov 2017", "nil", "17000", refused="write 0 if it was nought"),
    _within("an error of the spreadsheet", "Dec 2017", "#N/A", "17000", refused="formula came to an error"),
    _within("a broken reference", "Jan 2018", "#REF!", "17000", refused="formula came to an error"),
    _within("suppressed", "Feb 2018", "suppressed", "17000", refused="small numbers were hidden"),
    _within("a number with words", "Mar 2018", "15000 or so", "17000", refused="more than a number"),
    _within("a letter in a number", "Apr 2016", "15O00", "17000", refused="15O00"),
    _within("swapped", "May 2016", "17000", "15000", refused="Have the two been swapped?"),
    _within("out of nobody", "Jun 2016", "5", "0", refused="Attendances"),
    _within("too many digits", "Jul 2016", "15000", "99999999999999999", refused="too large"),
    _within("one cell given twice, differently", "Aug 2016", "15000", "17000", refused="with other numbers"),
    _within("one cell given twice, differently, again", "Aug 2016", "15100", "17000", refused="with other numbers"),
    _within("a number without what it is out of", "Sep 2016", "15000", "", refused="needs"),
    _row("a finished share", SITE, "Oct 2016", WITHIN, "", "", "0.88", "", "", refused="finished share"),
    _row("more cells than headings", SITE, "Nov 2016", WITHIN, "15000", "17000", "", "", "", "x", "y", refused="cells"),
    _within("a cell without end", "Dec 2016", "15000", "17000", "x" * 33_000, refused="letters"),
    _row("a word for a count", SITE, "Jan 2017", ALL_WHO_CAME, "", "", "yes", "", "", refused="yes"),
)  # fmt: skip
ABOVE = ("sep=;", "A&E figures for the programme, as agreed", "")
HEADER = "SITE;Month ;Measure;numerator;Denominator;Value;Remarks;Checked by"
BELOW = (";;;;;;;", "", "Total;;;615045;717545;;;", "* provisional figures")
OF_THE_FILE = (
    "semicolons", "a line that names the separator", "a title above the header", "blank lines", "rows cut short",
    "headings in other letters, with blanks", "a column nobody asked for", "a row of totals", "a footnote",
)  # fmt: skip

GOOD = sum(not row.refused for row in ROWS)
BAD = len(ROWS) - GOOD
KINDS = {row.trouble.removesuffix(", again") for row in ROWS} | set(OF_THE_FILE)


def data() -> bytes:
    """The file."""
    lines = [*ABOVE, HEADER, *(";".join(row.cells) for row in ROWS), *BELOW]
    return "\r\n".join(lines).encode("cp1252")
