"""Finds tables in plain text whose cells are separated by spaces, tabs or semicolons, and names each cell's column.

A run of lines is a table if its lines have several cells and, when spaces separate them, if the cells are aligned. The
first line names the columns if it contains no bare numbers and a line below it does. `ragnano.documents.table_rows`
parses rows of the form "| a | b |".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from ragnano.documents.table_rows import spoken
from ragnano.text.words import fold

Separator = Literal["tab", "semicolon", "spaces"]
LEAST_ROWS = 3  # lines, the columns' names included
LEAST_CELLS = 3  # in most lines of a table
ALIGNED = 0.7
"""Minimum share of the cells, each line's first excluded, that begin or end where a cell of another line does.
Prose with double spaces reaches about .3."""
LONGEST_CELL = 40  # characters on average; more is prose

_GAP = re.compile(r" {2,}")
_FIGURE = re.compile(r"\W*\d[\d\W]*$")


@dataclass(frozen=True, slots=True)
class TextRow:
    """A line of a table: characters [start, end) of the text, and its cells with the names of their columns.

    `spelled_out` is "" for the line that names the columns, and the line itself if no line names them. `cells` are
    (column, cell), without empty cells; () for such lines.
    """

    start: int
    end: int
    spelled_out: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    separator: Separator | None
    cells: tuple[
        tuple[int, int, str], ...
    ]  # columns [start, end) in the line, text; with spaces as separators there are no empty cells


@lru_cache(maxsize=256)
def text_rows(text: str) -> tuple[TextRow, ...]:
    """Returns the rows of all tables in a page's text, in order."""
    rows: list[TextRow] = []
    for separator, run in groupby(_lines(text), key=lambda line: line.separator):
        lines = list(run)
        if separator and _is_table(lines, separator):
            rows += _rows(lines, separator)
    return tuple(rows)


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for raw in text.split("\n"):
        separator = _separator(raw)
        yield _Line(start, start + len(raw), separator, tuple(_cells(raw, separator)) if separator else ())
        start += len(raw) + 1


def _separator(line: str) -> Separator | None:
    if "|" in line or not line.strip():
        return None
    if "\t" in line.strip():
        return "tab"
    if line.count(";") >= LEAST_CELLS - 1 and "; " not in line:
        return "semicolon"
    return "spaces" if _GAP.search(line.strip()) else None


def _cells(line: str, separator: Separator) -> Iterator[tuple[int, int, str]]:
    if separator == "spaces":
        start = len(line) - len(line.lstrip())
        while start < len(line):
            gap = _GAP.search(line, start)
            end = gap.start() if gap else len(line)
            yield start, end, line[start:end].strip()
            start = gap.end() if gap else len(line)
        return
    for number, cell in enumerate(line.split("\t" if separator == "tab" else ";")):
        yield number, number + 1, cell.strip()


def _is_table(lines: Sequence[_Line], separator: Separator) -> bool:
    several = sum(len(line.cells) >= LEAST_CELLS for line in lines)
    if len(lines) < LEAST_ROWS or several * 2 < len(lines):
        return False
    cells = [cell for line in lines for cell in line.cells]
    if sum(len(text) for _, _, text in cells) > LONGEST_CELL * len(cells):
        return False
    if separator != "spaces":
        return len({len(line.cells) for line in lines}) == 1
    edges = [{edge for start, end, _ in line.cells[1:] for edge in (start, -end)} for line in lines]
    aligned = total = 0
    for at, line in enumerate(lines):
        others = set().union(*edges[:at], *edges[at + 1 :])
        for start, end, _ in line.cells[1:]:
            total += 1
            aligned += start in others or -end in others
    return aligned >= ALIGNED * total


def _rows(lines: Sequence[_Line], separator: Separator) -> Iterator[TextRow]:
    head, *body = lines
    names_columns = not any(_FIGURE.match(text) for _, _, text in head.cells) and any(
        _FIGURE.match(text) for line in body for _, _, text in line.cells
    )
    if not names_columns:
        for line in lines:
            yield TextRow(line.start, line.end, fold(" ".join(text for _, _, text in line.cells)))
        return
    yield TextRow(head.start, head.end, "")
    for line in body:
        cells = tuple((_name(cell, head), cell[2]) for cell in line.cells if cell[2])
        yield TextRow(line.start, line.end, spoken(cells), cells)


def _name(cell: tuple[int, int, str], head: _Line) -> str:
    """Returns the column's name: the head cell that overlaps the cell most, else the nearest.

    A cell left of them all has none: the first column is often left without a name.
    """
    start, end, _ = cell
    if end <= head.cells[0][0]:
        return ""

    def nearness(name: tuple[int, int, str]) -> tuple[int, int]:
        shared = min(end, name[1]) - max(start, name[0])
        return max(shared, 0), -abs(start + end - name[0] - name[1])

    return max(head.cells, key=nearness)[2]
