"""Judges the text of cells: whether rows of words form a table, and how its columns are named.

`ingest.parsers.pdf.tables` finds the rows.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ingest.parsers.pdf.line_segments import Placed
from ingest.structure.headings import label_of
from ragnano.text.words import fold

_MOST_NAME = 40  # characters of a column's name; a longer header is cut at a word
_MOST_HEAD = 80  # characters of a cell that can be a column's name
_MOST_CELL = 60  # characters; half of a loose table's cells are shorter, columns of prose longer
_VALUE = re.compile(
    r"^(?:[$€£¥(]\s*)?[\d.,]+\s*%?\)?$|^(?:n/?a|none|nil|included|yes|no|free|-+|–|—|tbd|[\[{(]?\s*\*+\s*[\]})]?)$",
    re.I,
)
_FIGURE = re.compile(r"[$€£¥\d]|.*\b(?:USD|EUR|GBP)\b\s*\d")
_SIGNED = re.compile(r"^(?:by|name|title|its|date|print name|signature)\s*:?|_{3,}", re.I)
_PAGE = re.compile(r"\d{1,3}$")
_LEADERS = re.compile(r"(?:\.\s?){4,}")
_LEAST_VALUES = 0.6  # of a column's cells
_LEAST_FILLED = 0.5  # of a loose table's rows fill every column; addresses side by side do not
_ALIGNED = 4.0  # points
_LEAST_ALIGNED = 0.6  # of a column's cells

Row = list[list[int]]
"""The word indexes of each cell, in text order."""


def is_table(placed: Placed, rows: Sequence[Row]) -> bool:
    """Return whether aligned lines form a table: short cells, some of them values."""
    texts = [[text_of(placed, cell) for cell in row] for row in rows]
    cells = [text for row in texts for text in row if text]
    if sum(bool(_SIGNED.search(text)) for text in cells) > 1 or sum(bool(_LEADERS.search(text)) for text in cells) > 1:
        return False
    if sorted(map(len, cells))[len(cells) // 2] > _MOST_CELL:
        return False
    filled = [sum(bool(row[place]) for row in texts) for place in range(len(texts[0]))]
    if min(filled) < _LEAST_FILLED * len(texts) or not _is_aligned(placed, rows):
        return False
    columns = [[row[place] for row in texts[1:] if row[place]] for place in range(1, len(texts[0]))]
    return any(len(column) > 1 and sum(map(is_value, column)) >= _LEAST_VALUES * len(column) for column in columns)


def is_contents(placed: Placed, rows: Sequence[Row]) -> bool:
    """Return whether the last column contains only increasing page numbers, as in a table of contents."""
    words = [word for row in rows if row[-1] for word in text_of(placed, row[-1]).split()]
    pages = [int(word) for word in words if _PAGE.fullmatch(word)]
    return len(pages) >= max(3, 0.6 * len(words)) and pages == sorted(pages)


def _is_aligned(placed: Placed, rows: Sequence[Row]) -> bool:
    """Return whether each column's cells share a left edge, right edge or centre, which accidental gaps do not."""
    for place in range(len(rows[0])):
        cells = [placed.corners[row[place]] for row in rows if row[place]]
        places = np.array([(cell[:, 0].min(), cell[:, 2].max()) for cell in cells])
        places = np.column_stack((places, places.mean(axis=1)))
        near = np.abs(places - np.median(places, axis=0)) <= _ALIGNED
        if near.mean(axis=0).max() < _LEAST_ALIGNED:
            return False
    return True


def heads_of(placed: Placed, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns' names from the first row; () if it contains values like any other row."""
    first = [text_of(placed, cell) for cell in rows[0]]
    filled = [text for text in first if text]
    if len(rows) < 2 or len(filled) < max(2, len(first) - 1):
        return ()
    if any(len(text) > _MOST_HEAD or is_value(text) or _FIGURE.match(text) for text in filled) or label_of(filled[0]):
        return ()
    names = [_short(text) or f"column {place}" for place, text in enumerate(first, 1)]
    counts = Counter(names)
    return tuple(name if counts[name] == 1 else f"{name} ({place})" for place, name in enumerate(names, 1))


def _short(text: str) -> str:
    text = fold(text).rstrip(":").replace(",", "")
    return text if len(text) <= _MOST_NAME else text[:_MOST_NAME].rsplit(" ", 1)[0]


def is_value(text: str) -> bool:
    """Return whether the text is a number, an amount, a date or a placeholder for one."""
    if len(text) > _MOST_CELL or (text[:1] == "(" and is_number(text)):
        return False
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    return bool(_VALUE.match(text)) or (digits > 0 and digits >= 0.3 * (letters + digits))


def is_number(text: str) -> bool:
    """Return whether the text is only a clause number or a bullet."""
    label = label_of(f"{text} A")
    return label is not None and label.rest >= len(text)


def text_of(placed: Placed, cell: Sequence[int]) -> str:
    """Return a cell's words as text."""
    return " ".join(placed.text[start:end] for start, end in placed.runs[list(cell)].tolist())
