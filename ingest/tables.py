"""Which lines are rows: of a table, or of a table of contents. Knows lines only; cells are not taken apart."""

import re
from collections.abc import Sequence

from ingest.headings import label_of
from ingest.lines import Line

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*(?:\d{1,3}|[ivxlc]+|[A-Z]-\d+)?$")
_ENDS_IN_NUMBER = re.compile(r"[^\d\s]\W*\s+(\d{1,3})$")
_LEAST_CONTENTS = 5  # lines in a row that end in rising page numbers make a table of contents
_LEAST_ROWS = 2


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
