"""Finds the tables of a page: named cells in its text, with rows in reading order.

`ingest.parsers.pdf.table_frames` finds the frames. The text stays in drawing order if each cell is one run of it and
rows follow each other; otherwise the table's words, and no others, are reordered.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.line_segments import Placed, Segments, rewritten
from ingest.parsers.pdf.table_cells import Row, heads_of, is_contents, is_number, is_table, is_value, text_of
from ingest.parsers.pdf.table_frames import Frame, Strip, loose_frames, ruled_frames
from ingest.structure.headings import label_of
from ragnano.types import Mark

_MOST_COLUMNS = 16
_FEWEST_CELLS = 2  # beside another segment of their line, or higher up than the previous segment
_CLOSE = 1.2  # times the smallest line distance: lines of one row


def with_tables(
    placed: Placed, segments: Segments, rules: Callable[[], NDArray[np.float64]]
) -> tuple[Placed, tuple[Mark, ...]]:
    """Return the page with its tables' words in order, and the name of each cell: "Table 1, row 3, Price".

    `rules` returns the page's ruling lines in points, in the coordinates of the upright page: float64 (n, x0 y0 x1 y1).
    """
    height = segments.height
    if segments.beside + segments.back < _FEWEST_CELLS:
        return placed, ()
    frames = ruled_frames(rules(), placed.corners, height)
    free = np.ones(len(placed.runs), dtype=bool)
    for frame in frames:
        free &= ~_inside(frame, placed.corners)
    if (segments.beside > _FEWEST_CELLS or segments.back >= _FEWEST_CELLS) and free.sum() > 1:
        frames += loose_frames(placed.corners[free], height)
    tables: list[list[Row]] = []
    ruled = ~free
    for frame in sorted(frames, key=lambda frame: (frame.rows[0], frame.left)):
        left = ruled if frame.ruled else free
        rows = _rows(placed, frame, height, left)
        left &= ~_inside(frame, placed.corners)  # a word belongs to one table only
        if rows and _can_be_ordered(rows) and not is_contents(placed, rows) and (frame.ruled or is_table(placed, rows)):
            tables.append(_whole_columns(rows))
    if not tables:
        return placed, ()
    placed, tables = _ordered(placed, tables)
    marks = [mark for number, rows in enumerate(tables, 1) for mark in _marks(placed, rows, number)]
    return placed, tuple(sorted(marks))


def _inside(frame: Frame, corners: NDArray[np.float64]) -> NDArray[np.bool_]:
    x, y = (corners[:, 0] + corners[:, 2]) / 2, (corners[:, 1] + corners[:, 3]) / 2
    found: NDArray[np.bool_] = (x > frame.left) & (x < frame.right) & (y > frame.rows[0]) & (y < frame.rows[-1])
    return found


def _rows(placed: Placed, frame: Frame, height: float, allowed: NDArray[np.bool_]) -> list[Row]:
    """Return the frame's rows of cells, [] if it does not contain a table."""
    words = np.flatnonzero(_inside(frame, placed.corners) & allowed)
    borders = sorted(frame.strips)
    if not len(words) or len(borders) >= _MOST_COLUMNS:
        return []
    corners = placed.corners[words]
    middles = (corners[:, 1] + corners[:, 3]) / 2
    bands = np.searchsorted(frame.rows[1:-1], middles)
    xs = _distinct([x for x, _, _ in borders])
    if frame.ruled:
        rows = _ruled_rows(words, corners, bands, borders, xs, height)
    else:
        columns = np.searchsorted(xs, (corners[:, 0] + corners[:, 2]) / 2)
        lines = _by_line(words, bands, columns, len(xs) + 1)
        rows = _drawn(_joined(placed, lines), lines)
    if not rows:
        return []
    rows, labels = _without_labels(placed, rows)
    filled = [row for row in rows if sum(map(bool, row)) > 1]
    least = 2 if frame.ruled else 3
    return rows if len(filled) >= least and len(rows[0]) > 1 and not labels else []


def _ruled_rows(
    words: NDArray[np.int64],
    corners: NDArray[np.float64],
    bands: NDArray[np.int64],
    borders: Sequence[Strip],
    xs: Sequence[float],
    height: float,
) -> list[Row]:
    """Return the rows between horizontal rules, split at the borders drawn there; [] if words cannot be assigned to
    cells.
    """
    middles = (corners[:, 1] + corners[:, 3]) / 2
    rows: list[Row] = []
    parted = 0  # rows up to the last one with a border; lines above and below the borders are not part of the table
    for band in np.unique(bands):
        own = bands == band
        at, boxes, heights = words[own], corners[own], middles[own]
        row_height = float(heights.mean())
        holding = [
            x for x in xs if any(abs(x - border) <= 3.0 and low <= row_height <= high for border, low, high in borders)
        ]
        if not holding:
            if rows:
                rows.append([at.tolist(), *([] for _ in xs)])
            continue
        columns = np.searchsorted(xs, _starts(boxes, holding), side="right")
        whole = _row(at, columns, len(xs) + 1)
        lines = [] if _flows([whole]) else _split(at, columns, heights, height, len(xs) + 1)
        if sum(sum(map(bool, line)) > 1 for line in lines) > 1:
            # Rows without a rule between them, if drawn line by line; otherwise words cannot be assigned to cells.
            if not _flows(lines):
                return []
            rows += lines
        else:
            rows.append(whole)
        parted = len(rows)
    return rows[:parted]


def _by_line(words: NDArray[np.int64], bands: NDArray[np.int64], columns: NDArray[np.int64], count: int) -> list[Row]:
    """Return one row per band, from top to bottom."""
    rows: dict[int, Row] = {}
    for word, band, column in zip(words.tolist(), bands.tolist(), columns.tolist(), strict=True):
        rows.setdefault(band, [[] for _ in range(count)])[column].append(word)
    return [rows[band] for band in sorted(rows)]


def _distinct(xs: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for x in sorted(xs):
        if not kept or x - kept[-1] > 3.0:
            kept.append(x)
    return kept


def _starts(boxes: NDArray[np.float64], holding: Sequence[float]) -> NDArray[np.float64]:
    """Return the x that assigns each word to a column: its middle, or that of its run's first word where no border is
    drawn.
    """
    middles = (boxes[:, 0] + boxes[:, 2]) / 2
    places = np.searchsorted(np.array(holding), middles).tolist()
    starts = middles.tolist()
    before, home = None, -1
    for at, ((x0, y0, x1, y1), place) in enumerate(zip(boxes.tolist(), places, strict=True)):
        if before and place == home and abs(y0 - before[1]) < 0.5 * (y1 - y0) and x0 - before[0] < y1 - y0:
            starts[at] = starts[at - 1]
        before, home = (x1, y0), place
    return np.array(starts)


def _row(at: NDArray[np.int64], columns: NDArray[np.int64], count: int) -> Row:
    return [at[columns == column].tolist() for column in range(count)]


def _split(
    at: NDArray[np.int64], columns: NDArray[np.int64], heights: NDArray[np.float64], height: float, count: int
) -> list[Row]:
    """Split the words into one row per line."""
    order = np.argsort(heights, kind="stable")
    cuts = np.flatnonzero(np.diff(heights[order]) > 0.4 * height) + 1
    return [_row(np.sort(at[part]), columns[np.sort(part)], count) for part in np.split(order, cuts)]


def _flows(rows: Sequence[Row]) -> bool:
    """Return whether the text already goes cell by cell and row by row."""
    words = [word for row in rows for cell in row for word in cell]
    return all(before < after for before, after in pairwise(words))


def _drawn(joined: list[Row], lines: list[Row]) -> list[Row]:
    """Return the rows that match drawing order, `joined` also if drawn column by column; [] if neither matches."""
    by_column = [[[word for row in joined for word in row[place]] for place in range(len(joined[0]))]]
    if _flows(joined) or _flows(by_column):
        return joined
    return lines if _flows(lines) else []


def _is_in_order(rows: Sequence[Row]) -> bool:
    """Return whether the text goes row by row and each cell is one run of it."""
    return _flows(rows) and all(_is_run(cell) for row in rows for cell in row)


def _can_be_ordered(rows: Sequence[Row]) -> bool:
    """Return False if words would have to move past others outside the table."""
    return _is_in_order(rows) or _is_run(sorted(word for row in rows for cell in row for word in cell))


def _is_run(words: Sequence[int]) -> bool:
    return not words or words[-1] - words[0] + 1 == len(words)


def _joined(placed: Placed, rows: Sequence[Row]) -> list[Row]:
    """Join lines into rows: by line distance where distances differ, otherwise where a line has only one cell."""
    tops = [float(placed.corners[[word for cell in row for word in cell], 1].mean()) for row in rows]
    steps = [after - before for before, after in pairwise(tops)]
    close = [step <= _CLOSE * min(steps) for step in steps] if steps else []
    # If most lines are equally close, each is a row of its own, and only lines with missing cells join the line above.
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
    """Return whether a full row of values follows a first row without any: a header set close to its table."""
    first = count == 1 and not any(is_value(text_of(placed, cell)) for cell in above)
    return first and any(is_value(text_of(placed, cell)) for cell in row) and sum(map(bool, row)) > 1


def _without_labels(placed: Placed, rows: list[Row]) -> tuple[list[Row], bool]:
    """Join a column of clause numbers or bullets to the text after it. The flag is True if no table is left."""
    while len(rows[0]) > 1:
        first = [text_of(placed, row[0]) for row in rows if row[0]]
        if sum(map(is_number, first)) < 0.6 * len(first):
            return rows, False
        if len(rows[0]) > 2 and rows[0][0] and not label_of(text_of(placed, rows[0][0]) + " A"):
            return rows, False  # the column has a name: "No.", "Item"
        rows = [[sorted(row[0] + row[1]), *row[2:]] for row in rows]
    return rows, True


def _ordered(placed: Placed, tables: list[list[Row]]) -> tuple[Placed, list[list[Row]]]:
    """Return the page with each table's words in row order, and the tables with the words' new positions."""
    owner: dict[int, int] = {}
    for number, rows in enumerate(tables):
        if not _is_in_order(rows):
            owner |= dict.fromkeys((word for row in rows for cell in row for word in cell), number)
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
    heads = heads_of(placed, rows)
    first = 1 if heads else 0
    for place, row in enumerate(rows):
        named = f"Table {number}, " + (f"row {place + 1 - first}" if place >= first else "head")
        for column, cell in enumerate(row):
            if cell:
                name = heads[column] if heads else f"column {column + 1}"
                yield Mark(int(placed.runs[cell[0], 0]), int(placed.runs[cell[-1], 1]), f"{named}, {name}")


def _whole_columns(rows: list[Row]) -> list[Row]:
    """Return the rows without empty columns (from a border drawn twice)."""
    kept = [place for place in range(len(rows[0])) if any(row[place] for row in rows)]
    return [[row[place] for place in kept] for row in rows]
