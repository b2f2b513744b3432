"""Builds pages from sheets of cells for every spreadsheet format: "Sheet Costs", rows of cells named "B7".

The parser of each format supplies the cells' text as displayed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ingest.parsers.base.page_builder import Cell, Composer
from ragnano.errors import LimitExceeded

MOST_CELLS = 500_000
"""Most filled cells of one file. A larger file is a database, where a citation is of no use."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's filled cells, {row: {column: text}}, both counted from 1, and which parts of it are hidden."""

    place: str
    rows: Mapping[int, Mapping[int, str]]
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default=frozenset())
    hidden_columns: frozenset[int] = field(default=frozenset())
    notes: Mapping[str, str] = field(default_factory=dict)
    """Notes by cell name ("B7")."""


def write_sheets(sheets: Iterable[Sheet], out: Composer) -> None:
    """Write each sheet on pages of its own. Raises LimitExceeded for more than MOST_CELLS cells."""
    left = MOST_CELLS
    for sheet in sheets:
        left -= sum(len(row) for row in sheet.rows.values())
        if left < 0:
            raise LimitExceeded(f"more than {MOST_CELLS:,} filled cells; split the spreadsheet")
        out.break_page(f"{sheet.place} (hidden)" if sheet.hidden else sheet.place)
        _write(sheet, out)
        for name, text in sheet.notes.items():
            out.paragraph(f"Comment at {name}: {text}", name)


def column_name(number: int) -> str:
    """ "A" for 1, "AB" for 28."""
    name = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _write(sheet: Sheet, out: Composer) -> None:
    """Write rows as lines. An empty row ends a table, so that the first row of the next one names its columns."""
    filled = {
        number: {column: text for column, text in row.items() if text.strip()} for number, row in sheet.rows.items()
    }
    rows = {number: row for number, row in sorted(filled.items()) if row}
    unseen = [
        text
        for number, row in rows.items()
        for column, text in row.items()
        if number in sheet.hidden_rows or column in sheet.hidden_columns
    ]
    out.hide("invisible", " ".join(unseen))
    columns = sorted({column for row in rows.values() for column in row} - sheet.hidden_columns)
    before = 0
    for number, row in rows.items():
        if number in sheet.hidden_rows:
            continue
        last = max((column for column in row if column not in sheet.hidden_columns), default=0)
        if not last:
            continue
        if any(gap not in sheet.hidden_rows for gap in range(before + 1, number)):
            out.end_table()
        cells = (
            Cell(row.get(column, ""), f"{column_name(column)}{number}" if column in row else "")
            for column in columns
            if column <= last
        )
        out.row(list(cells))
        before = number
