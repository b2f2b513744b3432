"""Finds the lines that are rows of a table or of a table of contents, using the cells that a parser has marked."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ingest.structure.headings import label_of
from ingest.structure.lines import Line
from ragnano.documents.locations import is_head, row_of
from ragnano.documents.table_rows import cells_of, goes_on, is_row, names_columns
from ragnano.text.words import fold
from ragnano.types import Page

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,3}|[ivxlc]+|[A-Z]-\d+)?$")
_ENDS_IN_NUMBER = re.compile(r"[^\d\s]\W*\s+(\d{1,3})$")
_LEAST_CONTENTS = 5  # lines in succession that end in rising page numbers make a table of contents
_LEAST_ROWS = 2
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+$")  # Markdown's line between a table's head and its rows
_FIGURE = re.compile(r"\d")
_MOST_HEAD_ROWS = 3  # a sheet's columns are named at most this many rows down, below its title
COLUMN_JOINT = " | "
"""Separates the names of a table's columns."""


class TableAbove(NamedTuple):
    """The last table of the pages before: its column names, and whether its rows reach the end of the page before."""

    names: str = ""
    reaches_end: bool = False


NO_TABLE = TableAbove()


def mark_rows(lines: Sequence[Line], page: Page, above: TableAbove = NO_TABLE) -> tuple[dict[str, str], TableAbove]:
    """Sets `row`, and `cells` where rows can be identified, on the lines of one page that belong to a table.

    Returns the column names of each row by the row's name (`Line.cells`), where the table has any: "Item | Price"; and
    the last table, to pass as `above` for the next page.
    """
    for line in lines:
        line.row = bool(_LEADERS.search(line.text))
    columns = _mark_cells([line for line in lines if not is_row(line.text)], page) if page.marks else {}
    _mark_contents(lines)
    _mark_columns(lines)
    piped, carried = _mark_pipes(lines, above)
    return columns | piped, carried


def _mark_cells(lines: Sequence[Line], page: Page) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    place = 0
    for mark in page.marks:
        if row := row_of(mark.name):
            names.setdefault(row, []).append(fold(page.text[mark.start : mark.end]))
            while place < len(lines) and lines[place].end <= mark.start:
                place += 1
            for line in lines[place:]:
                if line.start >= mark.end:
                    break
                line.row, line.cells = True, line.cells or row
    return _columns(names)


def _columns(names: dict[str, list[str]]) -> dict[str, str]:
    """Returns column names by row: the cells of a marked head, or a sheet's first row if it has words only."""
    columns: dict[str, str] = {}
    table = head = ""
    for row, cells in names.items():
        before, table = table, row.rpartition(", ")[0]
        first = row.isdecimal() and not columns and not any(map(_FIGURE.search, cells))
        if is_head(row) or table != before:
            head = ""
        if len(cells) > 1 and (is_head(row) or first):
            head = " | ".join(cells)
        columns[row] = head
    return columns


def _mark_pipes(lines: Sequence[Line], above: TableAbove) -> tuple[dict[str, str], TableAbove]:
    """Marks rows "| a | b |" one by one; returns their column names, and the last table for the next page.

    A line of dashes belongs to the head above it. Without one, the first row with several cells and words in it names
    the columns; `above` names them where a table with as many columns continues from the page before, and those of the
    table above name them where its rows go on behind another line, such as a page's footer.
    """
    columns: dict[str, str] = {}
    last = above.names
    continues = above.reaches_end and lines and is_row(lines[0].text) and _alike(last, lines[0].text)
    head = last if continues else ""
    rows = 0
    for before, line in pairwise([None, *lines]):
        assert line is not None
        if not is_row(line.text):
            head, rows = "", 0
            continue
        line.row = True
        if before is not None and (not is_row(before.text) or line.blank_before):
            head, rows = "", 0
        rows += 1
        if not head and rows == 1 and goes_on(last.split(COLUMN_JOINT), line.text):
            head = last
        if before is not None and before.cells and _RULE.fullmatch(line.text):
            line.cells = before.cells
            head = last = columns[line.cells] = _joined(before.text)
            continue
        line.cells = f"line {line.start}"
        columns[line.cells] = head
        if not head and rows <= _MOST_HEAD_ROWS and names_columns(line.text):
            head = last = _joined(line.text)
    return columns, TableAbove(last, bool(head and lines and is_row(lines[-1].text)))


def _joined(row: str) -> str:
    return COLUMN_JOINT.join(cells_of(row))


def _alike(names: str, row: str) -> bool:
    return len(names.split(COLUMN_JOINT)) == len(cells_of(row)) > 1


def _mark_contents(lines: Sequence[Line]) -> None:
    run: list[Line] = []
    last = 0
    for line in lines:
        found = _ENDS_IN_NUMBER.search(line.text)
        number = int(found[1]) if found else 0
        if number and number >= last:
            run.append(line)
        else:
            _mark(run, _LEAST_CONTENTS)
            run = [line] if number else []
        last = number
    _mark(run, _LEAST_CONTENTS)


def _mark_columns(lines: Sequence[Line]) -> None:
    run: list[Line] = []
    for line in lines:
        # The gap behind a clause number is not a column gap.
        gaps = line.gaps - 1 if label_of(line.text) else line.gaps
        if gaps > 0:
            run.append(line)
        else:
            _mark(run, _LEAST_ROWS)
            run = []
    _mark(run, _LEAST_ROWS)


def _mark(run: Sequence[Line], least: int) -> None:
    if len(run) >= least:
        for line in run:
            line.row = True
