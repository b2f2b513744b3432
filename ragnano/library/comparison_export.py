"""Writes the rows of a comparison or of a table for spreadsheets. No cell starts a formula."""

import csv
import io
from collections.abc import Sequence
from pathlib import PurePath

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from ragnano.text.spreadsheet_cells import harmless_cell
from ragnano.text.words import fold
from ragnano.types import Row

COLUMNS = ("Name", "File", "Value", "Value for programs", "Citation", "Matches", "Note")
"""Names of the columns."""


def cells_of(row: Row) -> tuple[str, ...]:
    """Returns a row's cells, one per column of `COLUMNS`."""
    matches = "" if row.matches is None else "yes" if row.matches else "no"
    citation = f"[{row.citation}]" if row.citation else ""
    return row.title, PurePath(row.path).name, fold(row.value), row.normalized, citation, matches, row.note


def rows_to_csv(rows: Sequence[Row]) -> str:
    """Returns the rows as CSV with a header; a cell that a spreadsheet would take for a formula begins with '."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([harmless_cell(cell) for cell in cells_of(row)] for row in rows)
    return out.getvalue()


def rows_to_xlsx(rows: Sequence[Row]) -> bytes:
    """Returns the rows as a workbook with one sheet; every cell is text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Comparison"
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([harmless_cell(ILLEGAL_CHARACTERS_RE.sub(" ", cell)) for cell in cells_of(row)])
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
