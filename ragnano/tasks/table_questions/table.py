"""Tables as they stand in documents: their rows, with each cell under its column's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ragnano.documents.locations import headings_in
from ragnano.documents.table_rows import cells_of, is_row
from ragnano.evidence.sentences import Extract, extracts_of
from ragnano.store import Catalogue
from ragnano.tasks.table_questions.words import word_stems
from ragnano.text.words import content_stems, fold, stem, words
from ragnano.types import Document, Hit

_A_WORD = re.compile(r"[^\W\d_]{3,}")
MOST_CHUNKS = 200
"""Chunks under one heading that are read for the rows of a table."""
LONGEST_CAPTION = 100
"""Characters of a line above a table that may name it."""


@dataclass(frozen=True)
class TableRow:
    """A row that can be quoted. `cells` are (column, cell), possibly with empty cells."""

    extract: Extract

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        return self.extract.cells

    @property
    def key(self) -> str:
        """The first cell that is not empty: it names the row."""
        return next((cell for _, cell in self.cells if cell), "")

    @property
    def name(self) -> str:
        """The first cell with a word in it, which says more than a number or a code; else the key."""
        return next((cell for _, cell in self.cells if _A_WORD.search(cell)), self.key)

    def cell(self, column: str) -> str:
        """Returns the cell under a column, "" for none."""
        return next((cell for name, cell in self.cells if name == column), "")

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for _, cell in self.cells for word in words(cell))

    @cached_property
    def cell_stems(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """(column, stems of the cell) of every cell that has letters or figures."""
        return tuple((name, frozenset(map(stem, words(cell)))) for name, cell in self.cells if words(cell))


@dataclass(frozen=True)
class Table:
    """The rows of one table; `sums` are those that add up others. `caption` is the short line above it, "" for none.

    `whole` is whether every row under its heading could be read: else nothing may be counted, compared or added.
    """

    document: Document
    section: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    sums: tuple[TableRow, ...] = ()
    whole: bool = True

    @property
    def name(self) -> str:
        """The caption, or else the innermost heading; "" for neither."""
        headings = headings_in(self.section)
        return self.caption or (headings[-1] if headings else "")

    @cached_property
    def headings(self) -> str:
        """Its headings, caption and document's title: they tell which table is meant."""
        return f"{self.section} {self.caption} {self.document.title}"

    @cached_property
    def heading_stems(self) -> frozenset[str]:
        return frozenset(map(stem, words(self.headings)))

    @cached_property
    def column_stems(self) -> dict[str, frozenset[str]]:
        """Stems of the columns' names."""
        return {name: frozenset(content_stems(name)) for name in self.columns}


def tables_of(hits: Sequence[Hit], catalogue: Catalogue) -> list[Table]:
    """Returns the tables that the hits show rows of, whole, in the order of the hits."""
    found: dict[tuple[str, str], list[Table]] = {}
    for hit in hits:
        place = (hit.document.id, hit.chunk.section)
        if place not in found and any(extract.cells for extract in extracts_of(hit, catalogue)):
            found[place] = _under(hit, catalogue)
    return [table for tables in found.values() for table in tables]


def _under(hit: Hit, catalogue: Catalogue) -> list[Table]:
    """Returns the tables under the heading of a hit."""
    chunks = [chunk for chunk in catalogue.chunks_of(hit.document.id) if chunk.section == hit.chunk.section]
    rows: dict[tuple[str, ...], dict[tuple[object, ...], TableRow]] = {}
    columns: dict[tuple[str, ...], tuple[str, ...]] = {}
    whole, head = len(chunks) <= MOST_CHUNKS, ""
    for chunk in chunks[:MOST_CHUNKS]:
        for extract in extracts_of(Hit(chunk, hit.document, hit.score), catalogue):
            if not extract.cells or extract.orders:
                # A row without column names is a head if the next row has its cells as names.
                whole &= not head
                head = extract.text if is_row(extract.text) else ""
                continue
            names = tuple(name for name, _ in extract.cells)
            whole &= not head or tuple(cells_of(head)[: len(names)]) == names
            head = ""
            if len(set(names)) < len(names):
                whole = False  # which cell a column has would be a guess
                continue
            # A row of a text table lacks its empty cells, and so some of the names.
            known = next((key for key in rows if set(names) <= set(key) or set(key) <= set(names)), names)
            columns[known] = max(columns.get(known, ()), names, key=len)
            rows.setdefault(known, {}).setdefault(extract.spans, TableRow(extract))
    return [
        _table(hit, columns[known], tuple(own.values()), catalogue, whole=whole and not head)
        for known, own in rows.items()
    ]


def _table(hit: Hit, columns: tuple[str, ...], rows: Sequence[TableRow], catalogue: Catalogue, *, whole: bool) -> Table:
    entries = tuple(row for row in rows if not _adds_up(row))
    page, start, _ = rows[0].extract.spans[0]
    above = catalogue.page(hit.document.id, page).text[:start].splitlines()
    lines = [fold(line).lstrip("# ") for line in above if not is_row(line) and line.strip("# ")]
    caption = lines[-1] if lines and len(lines[-1]) <= LONGEST_CAPTION and lines[-1][-1] not in ".;," else ""
    sums = tuple(row for row in rows if _adds_up(row))
    return Table(hit.document, hit.chunk.section, caption, columns, entries, sums, whole)


def _adds_up(row: TableRow) -> bool:
    key = words(row.key)
    return bool(key) and stem(key[0]) in word_stems("sums") and len(key) <= 2
