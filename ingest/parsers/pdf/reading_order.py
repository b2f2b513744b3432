"""Puts a page's words into reading order: columns one after the other, upper text before lower text.

Uses only the positions of words. The order in which a file draws its text is right for most pages, including table
cells, so it is kept unless positions prove it wrong.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ingest.parsers.pdf.line_segments import Placed, Segments, rewritten

_BIN = 2.0  # points; horizontal resolution of the search for gutters
_GUTTER = 8.0  # points, least; columns are set a pica (12) apart, ragged ones reach into it
_EDGE = 0.15  # of the width; no gutter is nearer to a margin
_MOST_CROSSING = 0.7  # share of lines that may cross the gutter (titles, paragraphs over the full width)
_LEAST_WIDTH = 0.17  # of the page's text; a narrower column holds labels or numbers
_FULL = 0.8  # of a column's width; most lines of prose reach it, those of cells and addresses don't
_LEAST_FULL = 0.5  # of a column's lines
_LEAST_HEIGHTS = 9  # line heights, width of a column: some 20 letters, 9 Chinese characters
_LEAST_LINES = 8  # in columns side by side, together
_LEAST_OWN = 3  # a column with fewer lines (the end of a text) is not judged on its own
_ABOVE = 0.6  # line heights between centres; more than a superscript
_NARROW = 3.0  # line heights; bullets and page numbers do not affect the order
_CELL = 2.0  # lines per visit; files that draw whole cells of prose return to the left less than once a line
_DEEPEST = 3  # nested splits: four columns


def in_reading_order(placed: Placed, segments: Segments) -> Placed:
    """Return the page with its words in reading order; the same object if they already are."""
    if not segments.back and segments.beside < _LEAST_LINES // 2:
        return placed
    order = [at for unit in _units(segments) for at in _downwards(segments, unit)]
    if all(after == before + 1 for before, after in pairwise(order)):
        return placed
    return rewritten(placed, [(int(segments.first[at]), int(segments.last[at])) for at in order])


def _units(segments: Segments) -> Iterator[list[int]]:
    """Yield the parts of the page that are read one after the other: columns, and what lies between them."""
    flowing: list[int] = []
    for band, is_columns in _bands(segments, list(range(len(segments.boxes)))):
        columns = _columns(segments, band, 0) if is_columns else [band]
        prose = len(columns) > 1 and _are_prose(segments, columns) and not _are_cells(segments, columns)
        if prose:
            yield sorted(flowing)
            flowing = []
            yield from map(sorted, columns)
        else:
            flowing += band
    yield sorted(flowing)


def _bands(segments: Segments, chosen: list[int]) -> list[tuple[list[int], bool]]:
    """Split `chosen` from top to bottom where a line crosses the gutter: (segments, whether they may form columns)."""
    gutter = _gutter(segments, chosen)
    if gutter is None:
        return [(chosen, False)]
    boxes, middles = segments.boxes, segments.middles
    bands: list[tuple[list[int], bool]] = []
    for at in sorted(chosen, key=lambda at: (middles[at], at)):
        across = bool(boxes[at, 0] < gutter < boxes[at, 2])
        if bands and bands[-1][1] is not across:
            bands[-1][0].append(at)
        else:
            bands.append(([at], not across))
    return bands


def _gutter(segments: Segments, chosen: Sequence[int]) -> float | None:
    """Return the middle of the widest strip that the fewest lines cross."""
    boxes = segments.boxes[chosen]
    left, right = float(boxes[:, 0].min()), float(boxes[:, 2].max())
    bins = int((right - left) / _BIN)
    if bins < 2 * _GUTTER:
        return None
    edges = np.clip(((boxes[:, (0, 2)] - left) / _BIN).astype(np.int64), 0, bins)
    change = np.zeros(bins + 1, dtype=np.int64)
    np.add.at(change, edges[:, 0], 1)
    np.add.at(change, edges[:, 1], -1)
    cover = np.cumsum(change)[:bins]
    skipped = int(_EDGE * bins)
    inner = cover[skipped : bins - skipped]
    fewest = int(inner.min())
    if fewest > _MOST_CROSSING * len(chosen):
        return None
    free = np.concatenate(([False], inner == fewest, [False]))
    starts, ends = np.flatnonzero(~free[:-1] & free[1:]), np.flatnonzero(free[:-1] & ~free[1:])
    widest = int(np.argmax(ends - starts))
    if (ends[widest] - starts[widest]) * _BIN < _GUTTER:
        return None
    return left + (skipped + int(starts[widest] + ends[widest]) / 2) * _BIN


def _columns(segments: Segments, band: list[int], depth: int) -> list[list[int]]:
    """Return the band's columns from left to right; the band itself if no gutter runs through its full height."""
    gutter = _gutter(segments, band) if depth < _DEEPEST else None
    boxes = segments.boxes
    if gutter is None or any(boxes[at, 0] < gutter < boxes[at, 2] for at in band):
        return [band]
    sides = [[at for at in band if boxes[at, 0] < gutter], [at for at in band if boxes[at, 0] >= gutter]]
    if not all(sides):
        return [band]
    return [column for side in sides for column in _columns(segments, side, depth + 1)]


def _are_prose(segments: Segments, columns: Sequence[list[int]]) -> bool:
    """Return whether text flows down each column, as opposed to across cells, addresses or signatures."""
    lines = [_lines(segments, column) for column in columns]
    if sum(map(len, lines)) < _LEAST_LINES:
        return False
    page = float(segments.boxes[:, 2].max() - segments.boxes[:, 0].min())
    least = max(_LEAST_WIDTH * page, _LEAST_HEIGHTS * segments.height)
    sure = [_is_prose(line, least) for line in lines if len(line) >= _LEAST_OWN]
    return bool(sure) and all(sure) and (len(sure) > 1 or len(columns) == 2)


def _is_prose(lines: NDArray[np.float64], least: float) -> bool:
    width = float(lines[:, 1].max() - lines[:, 0].min())
    return width >= least and float((lines[:, 1] - lines[:, 0] >= _FULL * width).mean()) >= _LEAST_FULL


def _lines(segments: Segments, column: Sequence[int]) -> NDArray[np.float64]:
    """Return the lines of a column, float64 (lines, left right); segments side by side are one line."""
    lines: list[list[float]] = []
    last = -np.inf
    for at in sorted(column, key=lambda at: segments.middles[at]):
        left, top, right, bottom = segments.boxes[at]
        middle = (top + bottom) / 2
        if middle - last < 0.5 * segments.height:
            lines[-1] = [min(lines[-1][0], left), max(lines[-1][1], right)]
        else:
            lines.append([left, right])
            last = middle
    return np.array(lines).reshape(-1, 2)


def _are_cells(segments: Segments, columns: Sequence[list[int]]) -> bool:
    """Return whether the file draws rows of cells: each cell as a whole, and each row below the previous one."""
    home = {at: place for place, column in enumerate(columns) for at in column}
    drawn = sorted(home)
    visits, lowest = 1, -np.inf
    for before, after in pairwise(drawn):
        lowest = max(lowest, segments.boxes[before, 3])
        if home[after] == home[before]:
            continue
        visits += 1
        if home[after] < home[before] and segments.boxes[after, 1] < lowest - 0.5 * segments.height:
            return False
    return visits > len(columns) and len(drawn) >= _CELL * visits


def _downwards(segments: Segments, unit: list[int]) -> list[int]:
    """Return the unit's segments in drawing order, but each after those above it that share half of its width."""
    if len(unit) < 2 or not segments.back:
        return unit
    boxes, middles = segments.boxes[unit], segments.middles[unit]
    widths = boxes[:, 2] - boxes[:, 0]
    apart = _ABOVE * segments.height
    over = middles[:, None] < middles[None, :] - apart
    shared = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
    over &= shared >= 0.5 * np.minimum(widths[:, None], widths[None, :])
    alone = np.count_nonzero(np.abs(middles[:, None] - middles[None, :]) < apart, axis=0) == 1
    telling = (widths >= _NARROW * segments.height) | alone
    over &= telling[:, None] & telling[None, :]
    if not np.tril(over).any():
        return unit
    # A number and the clause after it form one node: what must follow one of them follows both.
    narrow = widths < _NARROW * segments.height
    level = np.abs(np.diff(middles)) < apart
    nodes = np.concatenate(([0], np.cumsum(~(level & (narrow[:-1] | narrow[1:])))))
    starts = np.append(np.flatnonzero(np.diff(nodes, prepend=-1)), len(unit))
    count = len(starts) - 1
    waits = np.zeros((count, count), dtype=bool)
    waits[nodes[np.nonzero(over)[0]], nodes[np.nonzero(over)[1]]] = True
    np.fill_diagonal(waits, False)
    tops = np.minimum.reduceat(middles, starts[:-1])
    order = _in_turn(waits, tops, apart)
    return [unit[at] for node in order for at in range(starts[node], starts[node + 1])]


def _in_turn(waits: NDArray[np.bool_], tops: NDArray[np.float64], apart: float) -> list[int]:
    """Sort all nodes topologically: `waits` bool (n, n), row before column; `tops` (n,) in points."""
    left = waits.sum(axis=0)
    ready = {int(at) for at in np.flatnonzero(left == 0)}
    order: list[int] = []
    done = np.zeros(len(tops), dtype=bool)
    while len(order) < len(tops):
        # Keep drawing order, unless a node drawn earlier that had to wait lies above; where drawing order cannot go on,
        # continue at the top.
        at = order[-1] + 1 if order else -1
        late = [other for other in ready if other < at and tops[other] < tops[at] - apart] if at in ready else []
        if at not in ready or late:
            free = late or ready or {int(other) for other in np.flatnonzero(~done)}  # slanted lines can form a cycle
            top = min(tops[other] for other in free)
            at = min(other for other in free if tops[other] <= top + apart)
        ready.discard(at)
        done[at] = True
        order.append(at)
        left[waits[at]] -= 1
        ready.update(int(below) for below in np.flatnonzero(waits[at]) if left[below] == 0 and not done[below])
    return order
