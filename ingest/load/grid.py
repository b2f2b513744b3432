"""Tables of a page: their cells as named places in its text, rows in the order they are read.

Knows frames (`ingest.load.frames`) and words. The text is kept as drawn where each cell is one run of it and rows follow
each other; otherwise the table's words, and no others, are put in order.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.headings import label_of
from ingest.load.frames import Frame, loose_frames, ruled_frames
from ingest.load.segments import Placed, rewritten, segments_of
from ragnano.text import fold
from ragnano.types import Mark

_MOST_NAME = 40  # characters of a column's name; a longer head is cut at a word
_MOST_HEAD = 80  # characters of a cell that can be a column's name
_MOST_CELL = 60  # characters, half of a loose table's cells are shorter: longer ones are columns of prose
_MOST_COLUMNS = 16
_VALUE = re.compile(r"^(?:[$€£¥(]\s*)?[\d.,]+\s*%?\)?$|^(?:n/?a|none|nil|included|yes|no|free|-+|–|—|tbd)$", re.I)
_SIGNED = re.compile(r"^(?:by|name|title|its|date|print name|signature)\s*:?|_{3,}", re.I)
_PAGE = re.compile(r"\d{1,3}$")
_LEADERS = re.compile(r"(?:\.\s?){4,}")
_LEAST_VALUES = 0.6  # of a column's cells
_CLOSE = 1.2  # times the closest distance of lines: a row's own lines

Row = list[list[int]]
"""The words of each cell, in text order."""


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[Row]
    heads: tuple[str, ...]  # names of the columns, () when no row is a header


def with_tables(placed: Placed, rules: Callable[[], NDArray[np.float64]]) -> tuple[Placed, tuple[Mark, ...]]:
    """The page with its tables' words in order, and the name of each cell: "Table 1, row 3, Price".

    `rules` gives the page's ruling lines in points, as the picture shows them: float64 (n, x0 y0 x1 y1).
    """
    segments = segments_of(placed)
    if segments is None:
        return placed, ()
    height = segments.height
    frames = ruled_frames(rules(), placed.corners, height)
    free = np.ones(len(placed.runs), dtype=bool)
    for frame in frames:
        free &= ~_inside(frame, placed.corners)
    if free.sum() > 1:
        frames += loose_frames(placed.corners[free], height)
    tables: list[list[Row]] = []
    for frame in sorted(frames, key=lambda frame: (frame.rows[0], frame.left)):
        rows = _rows(placed, frame, height, free if not frame.ruled else ~free)
        if rows and (frame.ruled or _is_table(placed, rows)):
            tables.append(rows)
    if not tables:
        return placed, ()
    placed, tables = _ordered(placed, tables)
    return placed, tuple(mark for number, rows in enumerate(tables, 1) for mark in _marks(placed, rows, number))


def _inside(frame: Frame, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y = (corners[:, 0] + corners[:, 2]) / 2, (corners[:, 1] + corners[:, 3]) / 2
    found: NDArray[np.bool_] = (x > frame.left) & (x < frame.right) & (y > frame.rows[0]) & (y < frame.rows[-1])
    return found


def _rows(placed: Placed, frame: Frame, height: float, allowed: NDArray[np.bool_]) -> list[Row]:
    """The frame's rows of cells, [] where it holds no table."""
    words = np.flatnonzero(_inside(frame, placed.corners) & allowed)
    borders = sorted(frame.strips)
    if not len(words) or len(borders) >= _MOST_COLUMNS:
        return []
    corners = placed.corners[words]
    middles = (corners[:, 1] + corners[:, 3]) / 2
    bands = np.searchsorted(frame.rows[1:-1], middles)
    xs = _distinct([x for x, _, _ in borders])
    rows: list[Row] = []
    for band in np.unique(bands):
        own = bands == band
        at, boxes, heights = words[own], corners[own], middles[own]
        holding = [x for x in xs if _holds(borders, x, float(np.median(heights)))]
        columns = np.searchsorted(xs, _starts(boxes, holding), side="right")
        whole = _row(at, columns, len(xs) + 1)
        lines = _split(at, columns, heights, height, len(xs) + 1)
        # Rows that no rule parts: drawn line by line, and more than one of the lines has several cells.
        several = sum(sum(map(bool, line)) > 1 for line in lines) > 1
        rows += lines if frame.ruled and several and not _flows([whole]) and _flows(lines) else [whole]
    if not frame.ruled:
        rows = _joined(placed, rows)
    rows, labels = _without_labels(placed, rows)
    filled = [row for row in rows if sum(map(bool, row)) > 1]
    least = 2 if frame.ruled else 3
    return rows if len(filled) >= least and len(rows[0]) > 1 and not labels else []


def _distinct(xs: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for x in sorted(xs):
        if not kept or x - kept[-1] > 3.0:
            kept.append(x)
    return kept


def _holds(borders: Sequence[tuple[float, float, float]], x: float, y: float) -> bool:
    return any(abs(x - border) <= 3.0 and low <= y <= high for border, low, high in borders)


def _starts(boxes: NDArray[np.float64], holding: Sequence[float]) -> NDArray[np.float64]:
    """Where each word belongs: its middle; where borders are open, the middle of the first word of its run."""
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    places = np.searchsorted(np.array(holding), middles)
    starts = middles.copy()
    for at in range(1, len(boxes)):
        level = abs(boxes[at, 1] - boxes[at - 1, 1]) < 0.5 * (boxes[at, 3] - boxes[at, 1])
        if level and places[at] == places[at - 1] and boxes[at, 0] - boxes[at - 1, 2] < boxes[at, 3] - boxes[at, 1]:
            starts[at] = starts[at - 1]
    return starts


def _row(at: NDArray[np.int64], columns: NDArray[np.int64], count: int) -> Row:
    return [at[columns == column].tolist() for column in range(count)]


def _split(
    at: NDArray[np.int64], columns: NDArray[np.int64], heights: NDArray[np.float64], height: float, count: int
) -> list[Row]:
    """The words as one row a line."""
    order = np.argsort(heights, kind="stable")
    cuts = np.flatnonzero(np.diff(heights[order]) > 0.4 * height) + 1
    return [_row(np.sort(at[part]), columns[np.sort(part)], count) for part in np.split(order, cuts)]


def _flows(rows: Sequence[Row]) -> bool:
    """True when the text already goes cell by cell and row by row."""
    words = [word for row in rows for cell in row for word in cell]
    return all(before < after for before, after in pairwise(words))


def _joined(placed: Placed, rows: Sequence[Row]) -> list[Row]:
    """Lines put together to rows: by the distances where they differ, else where a line has but one cell."""
    tops = [float(placed.corners[[word for cell in row for word in cell], 1].mean()) for row in rows]
    steps = [after - before for before, after in pairwise(tops)]
    close = [step <= _CLOSE * min(steps) for step in steps] if steps else []
    # The closest lines are rows of their own when all are: then only what misses cells goes with the line above.
    alike = sum(close) > 0.7 * len(close) if close else True
    made: list[Row] = [[list(cell) for cell in rows[0]]]
    for row, near in zip(rows[1:], close, strict=True):
        single = sum(map(bool, row)) < 2
        goes_on = near and (single or not row[0] if alike else True)
        if goes_on and not _is_head_like(placed, made[-1], row, len(made)):
            for cell, more in zip(made[-1], row, strict=True):
                cell += more
        else:
            made.append([list(cell) for cell in row])
    return [[sorted(cell) for cell in row] for row in made]


def _is_head_like(placed: Placed, above: Row, row: Row, count: int) -> bool:
    """Whether a whole row of values follows a first row without any: a header set close."""
    first = count == 1 and not any(_is_value(_text(placed, cell)) for cell in above)
    return first and any(_is_value(_text(placed, cell)) for cell in row) and sum(map(bool, row)) > 1


def _without_labels(placed: Placed, rows: list[Row]) -> tuple[list[Row], bool]:
    """The rows with a column of clause numbers or bullets joined to the text behind it; True when no table is left."""
    while len(rows[0]) > 1:
        first = [_text(placed, row[0]) for row in rows if row[0]]
        numbers = [text for text in first if (label := label_of(text + " A")) and label.rest >= len(text)]
        if len(numbers) < 0.6 * len(first):
            return rows, False
        if len(rows[0]) > 2 and rows[0][0] and not label_of(_text(placed, rows[0][0]) + " A"):
            return rows, False  # the column has a name: "No.", "Item"
        rows = [[sorted(row[0] + row[1]), *row[2:]] for row in rows]
    return rows, True


def _is_table(placed: Placed, rows: Sequence[Row]) -> bool:
    """Whether lines whose pieces stand below each other are a table: short cells, and values among them."""
    texts = [[_text(placed, cell) for cell in row] for row in rows]
    cells = [text for row in texts for text in row if text]
    if sum(bool(_SIGNED.search(text)) for text in cells) > 1 or sum(bool(_LEADERS.search(text)) for text in cells) > 1:
        return False
    if sorted(map(len, cells))[len(cells) // 2] > _MOST_CELL:
        return False
    last = [row[-1] for row in texts if row[-1]]
    pages = [int(text) for text in last if _PAGE.fullmatch(text)]
    if len(pages) >= max(3, 0.6 * len(last)) and pages == sorted(pages):
        return False  # a table of contents
    columns = [[row[place] for row in texts[1:] if row[place]] for place in range(1, len(texts[0]))]
    return any(len(column) > 1 and sum(map(_is_value, column)) >= _LEAST_VALUES * len(column) for column in columns)


def _is_value(text: str) -> bool:
    """A figure, an amount, a date, or what stands for one."""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    return bool(_VALUE.match(text)) or (len(text) <= _MOST_CELL and digits > 0 and digits >= 0.3 * (letters + digits))


def _text(placed: Placed, cell: Sequence[int]) -> str:
    return " ".join(placed.text[start:end] for start, end in placed.runs[list(cell)].tolist())


def _ordered(placed: Placed, tables: list[list[Row]]) -> tuple[Placed, list[list[Row]]]:
    """The page with each table's words row by row, where they are not, and the tables by their words' new places."""
    owner: dict[int, int] = {}
    for number, rows in enumerate(tables):
        words = [word for row in rows for cell in row for word in cell]
        if not _flows(rows) or max(words) - min(words) + 1 != len(words):
            owner |= dict.fromkeys(words, number)
    if not owner:
        return placed, tables
    order: list[int] = []
    begun: set[int] = set()
    for word in range(len(placed.runs)):
        number = owner.get(word, -1)
        if number < 0:
            order.append(word)
        elif number not in begun:
            begun.add(number)
            order += [word for row in tables[number] for cell in row for word in cell]
    new = np.empty(len(order), dtype=np.int64)
    new[order] = np.arange(len(order))
    moved = [[[new[cell].tolist() for cell in row] for row in rows] for rows in tables]
    return rewritten(placed, _ranges(order)), moved


def _ranges(order: Sequence[int]) -> list[tuple[int, int]]:
    cuts = [0, *(at for at in range(1, len(order)) if order[at] != order[at - 1] + 1), len(order)]
    return [(order[start], order[end - 1] + 1) for start, end in pairwise(cuts)]


def _marks(placed: Placed, rows: Sequence[Row], number: int) -> Iterator[Mark]:
    heads = _heads(placed, rows)
    first = 1 if heads else 0
    for place, row in enumerate(rows):
        named = f"Table {number}, " + (f"row {place + 1 - first}" if place >= first else "head")
        for column, cell in enumerate(row):
            if cell:
                name = heads[column] if heads else f"column {column + 1}"
                yield Mark(int(placed.runs[cell[0], 0]), int(placed.runs[cell[-1], 1]), f"{named}, {name}")


def _heads(placed: Placed, rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns' names, from the first row; () where it says values, as any other row."""
    first = [_text(placed, cell) for cell in rows[0]]
    filled = [text for text in first if text]
    if len(rows) < 2 or len(filled) < max(2, len(first) - 1):
        return ()
    if any(len(text) > _MOST_HEAD or _VALUE.match(text) or "$" in text for text in filled):
        return ()
    names = [_short(text) or f"column {place}" for place, text in enumerate(first, 1)]
    counts = Counter(names)
    return tuple(name if counts[name] == 1 else f"{name} ({place})" for place, name in enumerate(names, 1))


def _short(text: str) -> str:
    text = fold(text).rstrip(":").replace(",", "")
    return text if len(text) <= _MOST_NAME else text[:_MOST_NAME].rsplit(" ", 1)[0]
