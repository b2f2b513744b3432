"""Which lines are rows: of a table, or of a table of contents. Knows lines and the cells that a reader has named."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.headings import label_of
from ingest.lines import Line
from ragnano.places import is_head, row_of
from ragnano.text import fold
from ragnano.types import Page

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,3}|[ivxlc]+|[A-Z]-\d+)?$")
_ENDS_IN_NUMBER = re.compile(r"[^\d\s]\W*\s+(\d{1,3})$")
_LEAST_CONTENTS = 5  # lines in a row that end in rising page numbers make a table of contents
_LEAST_ROWS = 2
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+$")  # Markdown's line between a table's head and its rows
_FIGURE = re.compile(r"\d")


def mark_rows(lines: Sequence[Line], page: Page) -> dict[str, str]:
    """Set `row`, and `cells` where rows can be told, on the lines of one page that belong to a table.

    Gives the column names of each row by the row's name (`Line.cells`), where the table has any: "Item | Price".
    """
    for line in lines:
        line.row = bool(_LEADERS.search(line.text)) or _is_piped(line)
    columns = _mark_cells(lines, page) if page.marks else {}
    _mark_contents(lines)
    _mark_columns(lines)
    return columns | _mark_pipes(lines)


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
    """Column names by row, from the cells of each row: a named head's, or the first row of a sheet if all are words."""
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


def _mark_pipes(lines: Sequence[Line]) -> dict[str, str]:
    """Rows of tables drawn with "|": the line of dashes goes with the head above it."""
    columns: dict[str, str] = {}
    if not any(line.text[0] == "|" for line in lines):
        return columns
    head = ""
    for above, line in pairwise([None, *lines]):
        assert line is not None
        if line.cells or not _is_piped(line):
            head = ""
        elif above is not None and above.cells and _RULE.fullmatch(line.text):
            line.cells = above.cells
            head = columns[line.cells] = " | ".join(cell.strip() for cell in above.text.strip("|").split("|"))
        else:
            line.cells = f"line {line.start}"
            columns[line.cells] = head
    return columns


def _is_piped(line: Line) -> bool:
    return len(line.text) > 1 and line.text.startswith("|") and line.text.endswith("|")


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
        # The gap behind a clause number is no column.
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
