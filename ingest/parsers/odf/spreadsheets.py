"""Parses OpenDocument spreadsheets (ODS) into sheets. Cells contain their text as displayed."""

from collections.abc import Iterator
from typing import Any

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Composer
from ingest.parsers.base.worksheets import MOST_CELLS, Sheet, write_sheets
from ingest.parsers.odf.package import OpenDocument, repeated, words_of
from ingest.parsers.office.ooxml import attribute, children, local
from ragnano.errors import DamagedFile, LimitExceeded


def load_ods(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of an OpenDocument spreadsheet. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    document = OpenDocument(data)
    out = Composer()
    write_sheets((_sheet(table, document) for table in children(document.body("spreadsheet"), "table")), out)
    pages = out.pages()
    if not any(page.text for page in pages):
        raise DamagedFile("the workbook has no filled cell; nothing to take in")
    return LoadedFile(pages, *document.title_and_author())


def _sheet(table: Any, document: OpenDocument) -> Sheet:
    rows: dict[int, dict[int, str]] = {}
    hidden_rows: set[int] = set()
    filled, number = 0, 0
    for row, hidden in _rows(table, hidden=False):
        cells = _cells(row, document)
        for _ in range(repeated(row, "rows") if cells else 1):
            number += 1
            if cells:
                rows[number] = cells
                filled += len(cells)
            if hidden or attribute(row, "visibility") in ("collapse", "filter"):
                hidden_rows.add(number)
            if filled > MOST_CELLS:
                raise LimitExceeded(f"more than {MOST_CELLS:,} filled cells; split the spreadsheet")
        if not cells:
            number += repeated(row, "rows") - 1
    name = f"Sheet {attribute(table, 'name') or ''}"
    style = document.style(attribute(table, "style-name"))
    return Sheet(name, rows, style.hidden, frozenset(hidden_rows), frozenset(_hidden_columns(table)))


def _rows(element: Any, *, hidden: bool) -> Iterator[tuple[Any, bool]]:
    """Yield the rows in order, each with whether it is in a collapsed group."""
    for item in children(element):
        if local(item) == "table-row":
            yield item, hidden
        elif local(item) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(item, hidden=hidden or attribute(item, "display") == "false")


def _cells(row: Any, document: OpenDocument) -> dict[int, str]:
    """Return a row's filled cells by column."""
    cells: dict[int, str] = {}
    column = 0
    for cell in children(row, "table-cell", "covered-table-cell"):
        count = repeated(cell, "columns")
        text = "\n".join(words_of(item, document).text for item in children(cell, "p"))
        if text.strip():
            if len(cells) + count > MOST_CELLS:
                raise LimitExceeded(f"more than {MOST_CELLS:,} filled cells; split the spreadsheet")
            cells.update(dict.fromkeys(range(column + 1, column + count + 1), text))
        column += count
    return cells


def _hidden_columns(table: Any) -> Iterator[int]:
    number = 0
    for item in table.iter("{*}table-column"):
        count = repeated(item, "columns")
        if attribute(item, "visibility") in ("collapse", "filter"):
            yield from range(number + 1, number + min(count, MOST_CELLS) + 1)
        number += count
