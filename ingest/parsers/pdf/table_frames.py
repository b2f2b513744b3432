"""Finds the frames of tables: ruling lines, or empty strips between words, that separate rows and columns.

Uses only positions. `ingest.parsers.pdf.tables` reads the text of the cells.
"""

import functools
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_SAME = 3.0  # points; lines nearer than this are one
_ALIKE = 8.0  # points by which the ends of a table's rules may differ
_LEAST_RULES = 3  # two rows; fewer are a box around a paragraph, or the lines of a header and a footnote
_LEAST_WIDTH = 0.4  # of the page's text, where there are no vertical lines; underlined words are shorter
_FARTHEST = 9.0  # line heights between two rules that no vertical line joins
_STRIP = 0.7  # line heights, least width of an empty strip between columns
_BIN = 2.0  # points
_PIECE = 1.0  # line heights between words that may be two cells
_LINE = 0.4  # line heights between centres of one line
_NEXT = 3.2  # line heights from one row to the next
_LEAST_LINES = 3  # a header and two rows

Strip = tuple[float, float, float]
"""A vertical border: x, and the top and bottom of its extent."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A table's position: `rows` are the heights that separate its rows, outer ones included, `strips` the column
    borders.

    `ruled`: the borders are drawn, not inferred, so that a row may contain several lines.
    """

    left: float
    right: float
    rows: tuple[float, ...]
    strips: tuple[Strip, ...]
    ruled: bool


def ruled_frames(rules: NDArray[np.float64], corners: NDArray[np.float64], height: float) -> list[Frame]:
    """Return the frames with at least three horizontal lines of similar width. `rules` (n, 4), `corners` (m, 4) in
    points.
    """
    upright = [line for line in rules.tolist() if line[3] - line[1] > line[2] - line[0]]
    borders = _upright(upright)
    frames: list[Frame] = []
    for left, right, levels in _groups(_level(rules), borders, height):
        rows = tuple(levels)
        inner = tuple(
            (x, low, high)
            for x, low, high in borders
            if left + _SAME < x < right - _SAME and low < rows[-1] - _SAME and high > rows[0] + _SAME
        )
        if not inner and right - left >= _LEAST_WIDTH * (corners[:, 2].max() - corners[:, 0].min()):
            middles = (corners[:, 1] + corners[:, 3]) / 2
            inside = (middles > rows[0]) & (middles < rows[-1])
            own = corners[inside & (corners[:, 0] > left - _SAME) & (corners[:, 2] < right + _SAME)]
            inner = tuple((x, rows[0], rows[-1]) for x in _strips(_cover(own, left), left, height))
        if inner:
            frames.append(Frame(left - _SAME, right + _SAME, rows, inner, True))
    return frames


def _level(rules: NDArray[np.float64]) -> list[tuple[float, float, float]]:
    """Return (height, left, right) of the horizontal lines from top to bottom, with pieces of one line joined."""
    lines = sorted(((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in rules.tolist() if x1 - x0 >= y1 - y0)
    joined: list[tuple[float, float, float]] = []
    row: list[tuple[float, float, float]] = []
    for line in [*lines, (np.inf, 0.0, 0.0)]:
        if row and line[0] - row[0][0] > _SAME:
            for _, left, right in sorted(row, key=lambda piece: piece[1]):
                before = joined[-1] if joined else (-np.inf, 0.0, 0.0)
                if before[0] == row[0][0] and left <= before[2] + 2 * _SAME:
                    joined[-1] = (before[0], before[1], max(before[2], right))
                else:
                    joined.append((row[0][0], left, right))
            row = []
        row.append(line)
    return joined


def _upright(lines: Sequence[Sequence[float]]) -> list[Strip]:
    """Return the vertical lines, with pieces of one line joined."""
    joined: list[Strip] = []
    for x0, low, x1, high in sorted(lines, key=lambda line: (round((line[0] + line[2]) / 2 / _SAME), line[1])):
        x = (x0 + x1) / 2
        if joined and abs(joined[-1][0] - x) < _SAME and low <= joined[-1][2] + 2 * _SAME:
            joined[-1] = (joined[-1][0], joined[-1][1], max(joined[-1][2], high))
        else:
            joined.append((x, low, high))
    return joined


def _groups(
    level: Sequence[tuple[float, float, float]], borders: Sequence[Strip], height: float
) -> Iterator[tuple[float, float, list[float]]]:
    """Yield (left, right, heights) of horizontal lines that belong together."""
    open_: list[tuple[float, float, list[float]]] = []
    for y, left, right in level:
        for group in open_:
            inside = group[0] - _ALIKE <= left and right <= group[1] + _ALIKE
            beside = [(low, high) for x, low, high in borders if group[0] - _SAME <= x <= group[1] + _SAME]
            touching = [high for low, high in beside if low - _SAME <= group[2][-1] <= high + _SAME]
            # A table ends where a vertical line ends at its last horizontal line.
            joined = y <= max(touching) + _SAME if touching else y - group[2][-1] < _FARTHEST * height
            if inside and joined and right - left >= 0.5 * (group[1] - group[0]):
                group[2].append(y)
                break
        else:
            open_.append((left, right, [y]))
    yield from (group for group in open_ if len(group[2]) >= _LEAST_RULES)


def loose_frames(corners: NDArray[np.float64], height: float) -> list[Frame]:
    """Return frames of words without rules: consecutive lines with the same empty strips between segments.

    Each row is one line here; `ingest.parsers.pdf.tables` decides which rows belong together.
    """
    frames: list[Frame] = []
    run: list[_Line] = []
    left = float(corners[:, 0].min())
    cover, columns = 0, 0
    for line in _lines(corners, left, height):
        pieces = 1 + len(_strips(line.cover, left, height / _STRIP * _PIECE))
        near = bool(run) and line.top - run[-1].bottom < _NEXT * height - height
        if near:
            both = cover | line.cover
            strips = 1 + len(_strips(both, left, height))
            if strips >= 2 and (strips >= columns or len(run) == 1) and (pieces > 1 or strips == columns):
                run.append(line)
                cover, columns = both, strips
                continue
        frames += _loose(run, cover, left, height)
        run, cover, columns = ([line], line.cover, pieces) if pieces > 1 else ([], 0, 0)
    return frames + _loose(run, cover, left, height)


class _Line(NamedTuple):
    """A line's box, and the horizontal bins that its words cover, as bits."""

    left: float
    top: float
    right: float
    bottom: float
    cover: int


def _loose(run: Sequence[_Line], cover: int, left: float, height: float) -> list[Frame]:
    if len(run) < _LEAST_LINES:
        return []
    middles = [(line.top + line.bottom) / 2 for line in run]
    tops = [(before + after) / 2 for before, after in pairwise(middles)]
    rows = (run[0].top - 1, *tops, run[-1].bottom + 1)
    strips = tuple((x, rows[0], rows[-1]) for x in _strips(cover, left, height))
    return [Frame(min(line.left for line in run) - 1, max(line.right for line in run) + 1, rows, strips, False)]


def _lines(corners: NDArray[np.float64], left: float, height: float) -> Iterator[_Line]:
    """Yield the lines of words from top to bottom."""
    middles = (corners[:, 1] + corners[:, 3]) * 0.5
    order = np.argsort(middles, kind="stable")
    sorted_ = corners[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(middles[order]) > _LINE * height) + 1))
    low, high = np.minimum.reduceat(sorted_, starts), np.maximum.reduceat(sorted_, starts)
    bits = _bits(sorted_, left)
    edges = pairwise([*starts.tolist(), len(bits)])
    for (first, last), (x0, top, _, _), (_, _, x1, bottom) in zip(edges, low.tolist(), high.tolist(), strict=True):
        cover = 0
        for word in bits[first:last]:
            cover |= word
        yield _Line(x0, top, x1, bottom, cover)


def _bits(boxes: NDArray[np.float64], left: float) -> list[int]:
    """Return the horizontal bins that each box covers, as bits."""
    edges = np.maximum((boxes[:, (0, 2)] - left) / _BIN, 0).astype(np.int64).tolist()
    return [(1 << (end + 1)) - (1 << start) for start, end in edges]


def _cover(boxes: NDArray[np.float64], left: float) -> int:
    """Return the horizontal bins that any box covers, as bits."""
    return functools.reduce(operator.or_, _bits(boxes, left), 0)


def _strips(cover: int, left: float, height: float) -> list[float]:
    """Return the middles of the uncovered strips from left to right."""
    if not cover:
        return []
    least = max(2, round(_STRIP * height / _BIN))
    bits = f"{cover:b}"[::-1]
    begin = bits.index("1")
    if "0" * least not in bits[begin:]:
        return []
    found = re.finditer(f"0{{{least},}}", bits[begin:])
    return [left + (begin + (match.start() + match.end()) / 2) * _BIN for match in found]
