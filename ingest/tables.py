"""Which lines are rows: of a table, or of a table of contents; and what a table's columns are called. Knows lines."""

import re
from collections.abc import Sequence

from ingest.headings import label_of
from ingest.lines import Line
from ragnano.text import fold

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,3}|[ivxlc]+|[A-Z]-\d+)?$")
_ENDS_IN_NUMBER = re.compile(r"[^\d\s]\W*\s+(\d{1,3})$")
_LEAST_CONTENTS = 5  # lines in a row that end in rising page numbers make a table of contents
_LEAST_ROWS = 2
_MOST_HEAD_ROWS = 3  # a sheet's columns are named below its title at the latest
ROW_JOINT = re.compile(r"(?<=\|)\s*\n\s*(?=\|)")
"""What stands between two rows "| a | b |": a long table is cut there before anywhere else."""


def mark_rows(lines: Sequence[Line]) -> None:
    """Set `row` on the lines of one page that belong to a table."""
    for line in lines:
        line.row = bool(_LEADERS.search(line.text)) or (line.text.startswith("|") and line.text.endswith("|"))
    _mark_contents(lines)
    _mark_columns(lines)


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


def columns_of(table: str) -> str:
    """What a table's columns are called, "Stage / Fee": its first row of several cells that has words in it."""
    for row in table.split("\n")[:_MOST_HEAD_ROWS]:
        cells = [fold(cell) for cell in row.strip().strip("|").split("|")]
        filled = [cell for cell in cells if cell]
        if len(filled) > 1 and any(character.isalpha() for character in row):
            return " / ".join(filled)
    return ""


def carries_on(above: str, below: str) -> bool:
    """Whether the rows below have as many columns as those above them, on the page before."""
    return above.rsplit("\n", 1)[-1].count("|") == below.split("\n", 1)[0].count("|")
