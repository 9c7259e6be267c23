"""The rows that were refused, as a file to put right and bring again."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from measures.intake.safe import neutral
from measures.intake.table import Table


def as_csv(table: Table, refused: pd.DataFrame) -> bytes:
    """The refused rows under their own header, as they were, with a last column "reason".

    ``refused`` as ``check.Checked`` has it. UTF-8 with a mark that spreadsheets know it by; cells that a spreadsheet
    would take for formulas are made plain text.
    """
    place = np.searchsorted(table.rows, refused["row"].to_numpy())
    more = max((len(table.extra.get(i, ())) for i in place.tolist()), default=0)
    reason = "reason"
    while reason in table.header:
        reason += "_"
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in (*table.header, *[""] * more, reason)])
    cells = [table.cells.iloc[place, i].tolist() for i in range(len(table.header))]
    for at, why, *row in zip(place.tolist(), refused["reason"].tolist(), *cells):
        beyond = table.extra.get(at, ())
        padded = [*row, *beyond, *[""] * (more - len(beyond))]
        writer.writerow([*map(neutral, padded), neutral(why)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")
