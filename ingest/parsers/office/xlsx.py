"""Parses Excel workbooks (XLSX and its variants) with openpyxl: stored values, formatted as displayed.

Nothing is computed: a formula without a stored value is shown as the formula. openpyxl raises exceptions of every kind
on malformed files, so this module is an error boundary: any exception means that the file is damaged. MemoryError is
not caught.
"""

import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils.datetime import from_excel

from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Composer
from ingest.parsers.base.worksheets import Sheet, write_sheets
from ingest.parsers.base.zip_packages import check_xml
from ingest.parsers.office.embedded import with_embedded
from ingest.parsers.office.number_format import formatted, is_date_format
from ingest.parsers.office.ooxml import Office
from ragnano.errors import DamagedFile, LimitExceeded

_VALUELESS = re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>)?\s*</c>|<f[^>]*/>\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_MOST_COLUMNS = 16_384  # per sheet


def load_sheets(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a workbook. Raises DamagedFile, LimitExceeded, PasswordNeeded."""
    office = Office(data)
    check_xml(office)
    try:
        values = _opened(data, stored=True)
        formulas = _opened(data, stored=False) if _lacks_values(office) else None
        out = Composer()
        write_sheets(_sheets(values, formulas), out)
    except (MemoryError, LimitExceeded):
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        raise DamagedFile("the workbook is damaged; open it in a spreadsheet program and save it anew") from None
    pages = with_embedded(out.pages(), office, options)
    if not any(page.text for page in pages):
        raise DamagedFile("the workbook has no filled cell; nothing to take in")
    return LoadedFile(pages, *office.title_and_author())


def _opened(data: bytes, *, stored: bool) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about what it leaves out: charts, validations
        return openpyxl.load_workbook(io.BytesIO(data), data_only=stored, keep_links=False)


def _lacks_values(office: Office) -> bool:
    """Return whether a formula has no stored value, as in files that no spreadsheet program has saved."""
    return any(_VALUELESS.search(office.read(name)) for name in office.referred(office.main, "worksheet"))


def _sheets(values: openpyxl.Workbook, formulas: openpyxl.Workbook | None) -> Iterator[Sheet]:
    for sheet in values.worksheets:
        plain = formulas[sheet.title] if formulas is not None else None
        rows: dict[int, dict[int, str]] = {}
        # Only existing cells: a sheet's range can span 17 billion positions.
        for (row, column), cell in sheet._cells.items():
            text = _text(cell, values.epoch)
            if not text and plain is not None:
                text = _formula(plain.cell(row, column).value)
            if text:
                rows.setdefault(row, {})[column] = text
        yield Sheet(
            f"Sheet {sheet.title}",
            rows,
            sheet.sheet_state != "visible",
            frozenset(number for number, how in sheet.row_dimensions.items() if how.hidden),
            frozenset(_hidden_columns(sheet)),
            {cell.coordinate: cell.comment.text for _, cell in sorted(sheet._cells.items()) if cell.comment},
        )


def _text(cell: Any, epoch: Any) -> str:
    if not isinstance(cell, SheetCell) or cell.value is None:  # the other cells of a merged range have no value
        return ""
    value, code = cell.value, cell.number_format
    if isinstance(value, float | int) and not isinstance(value, bool) and is_date_format(code):
        value = from_excel(value, epoch)
    return formatted(value, code)


def _formula(value: Any) -> str:
    text = getattr(value, "text", value)  # of an array formula
    return text if isinstance(text, str) and text.startswith("=") else ""


def _hidden_columns(sheet: Any) -> Iterator[int]:
    for how in sheet.column_dimensions.values():
        if how.hidden:
            yield from range(how.min or 1, min(how.max or how.min or 1, _MOST_COLUMNS) + 1)
