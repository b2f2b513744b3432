"""Parses tables in text form (CSV, TSV) into rows and cells.

Encoding and delimiter are detected. Cells are named as in a spreadsheet and keep their text exactly as written.
"""

import csv
import io

from ingest.characters.encodings import UNKNOWN_ENCODING, decode
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.base.page_builder import Composer
from ingest.parsers.base.worksheets import MOST_CELLS, Sheet, write_sheets
from ragnano.errors import DamagedFile, LimitExceeded

_DELIMITERS = ",;\t|"
_LOOKED_AT = 200  # rows used to detect the delimiter
_MOST_CELL = 1 << 20  # characters; a long note in a cell exceeds the standard library's limit of 131,072


def load_csv(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return the pages of a CSV or TSV file. Raises DamagedFile if it is empty or not text, and LimitExceeded."""
    text, sure = decode(data)
    if not text.strip():
        raise DamagedFile("the file holds no text; nothing to take in")
    if not sure:
        raise DamagedFile(UNKNOWN_ENCODING)
    delimiter, text = _declared(text.replace("\0", ""))
    csv.field_size_limit(_MOST_CELL)
    try:
        rows = _rows(text, delimiter or _delimiter(text))
    except csv.Error:
        raise DamagedFile("a quoted cell of the table is never closed; correct the file") from None
    cells = {number: dict(enumerate(row, 1)) for number, row in enumerate(rows, 1)}
    out = Composer()
    write_sheets([Sheet("Table", cells)], out)
    pages = out.pages()
    if not pages:
        raise DamagedFile("the table has no filled cell; nothing to take in")
    return LoadedFile(pages)


def _declared(text: str) -> tuple[str, str]:
    """Return the delimiter declared by a first line "sep=;" ("" if there is none) and the text after that line."""
    first, _, rest = text.partition("\n")
    found = first.strip().removeprefix("sep=")
    return (found, rest) if first.startswith("sep=") and len(found) == 1 else ("", text)


def _rows(text: str, delimiter: str, most: int | None = None) -> list[list[str]]:
    rows: list[list[str]] = []
    cells = 0
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        cells += len(row)
        if cells > 4 * MOST_CELLS:
            raise LimitExceeded(f"more than {MOST_CELLS:,} filled cells; split the table")
        rows.append(row)
        if most is not None and len(rows) >= most:
            break
    return rows


def _delimiter(text: str) -> str:
    """Return the delimiter that gives most of the first rows the same number of columns, and more than one."""

    def regularity(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in _rows(text, delimiter, _LOOKED_AT) if row]
        except csv.Error:
            return 0.0, 0
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)

    return max(_DELIMITERS, key=regularity)
