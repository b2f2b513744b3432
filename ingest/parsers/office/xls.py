"""Parses old Excel workbooks (XLS) with xlrd. Values are formatted as displayed; formulas give their stored results.

xlrd raises exceptions of every kind on malformed files, so this module is an error boundary: any exception means that
the file is damaged. MemoryError is not caught.
"""

import io
from collections.abc import Iterator
from typing import Any

import xlrd

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Composer
from ingest.parsers.base.worksheets import Sheet, write_sheets
from ingest.parsers.office.number_format import formatted
from ingest.parsers.office.ooxml import metadata_line
from ragnano.errors import DamagedFile, LimitExceeded, PasswordNeeded


def load_old_sheets(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of an XLS workbook. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    out = Composer()
    try:
        with _opened(data) as book:
            write_sheets(_sheets(book), out)
            author = metadata_line(book.user_name or "")
    except (MemoryError, LimitExceeded):
        raise
    except Exception as error:  # noqa: BLE001 - error boundary, see the module's docstring
        if "encrypted" in str(error).lower():
            raise PasswordNeeded("encrypted with a password; open it in Excel and save it without") from None
        raise DamagedFile("the workbook is damaged; open it in a spreadsheet program and save it anew") from None
    pages = out.pages()
    if not any(page.text for page in pages):
        raise DamagedFile("the workbook has no filled cell; nothing to take in")
    return LoadedFile(pages, author=author)


def _opened(data: bytes) -> Any:
    """Open the workbook with its formats; files whose formats are missing are opened without."""
    arguments: dict[str, Any] = {"file_contents": data, "logfile": io.StringIO()}
    return xlrd.open_workbook(formatting_info=True, **arguments)


def _sheets(book: Any) -> Iterator[Sheet]:
    for sheet in book.sheets():
        rows: dict[int, dict[int, str]] = {}
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                if text := _text(book, sheet.cell(row, column)):
                    rows.setdefault(row + 1, {})[column + 1] = text
        yield Sheet(
            f"Sheet {sheet.name}",
            rows,
            sheet.visibility != 0,
            frozenset(row + 1 for row, how in sheet.rowinfo_map.items() if how.hidden),
            frozenset(column + 1 for column, how in sheet.colinfo_map.items() if how.hidden),
        )


def _text(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return formatted(bool(cell.value), "General")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if cell.ctype == xlrd.XL_CELL_DATE:
        return formatted(xlrd.xldate_as_datetime(cell.value, book.datemode), code)
    return formatted(cell.value, code)
