"""Groups a page's words into line segments, and rewrites a page's text in another order of words.

Uses only the positions of words. Columns and tables are found in `ingest.parsers.pdf.reading_order` and
`ingest.parsers.pdf.tables`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# In line heights. Word spaces of justified lines stay below one; gutters and cell padding are wider.
_WIDE = 1.2
_NEXT_LINE = 0.5  # of a line height up or down; superscripts stay below
_LABEL = 2.0  # line heights; clause numbers and bullets are narrower
_FEWEST_GAPS = 3  # a single tab on a page makes neither a table nor columns
_FEWEST_TURNED = 3  # words set vertically
_TURNED_CHARACTERS = 4  # a shorter word may be taller than wide
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class Placed(NamedTuple):
    """A page's text with its words: `runs` int64 (n, start end), `corners` float64 (n, x0 y0 x1 y1) in points."""

    text: str
    runs: NDArray[np.int64]
    corners: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Segments:
    """Line segments in text order: words [first, last) of the page and their bounding box, float64 (m, 4).

    `height` is the page's median line height in points, `middles` (m,) the vertical centres of the segments. `beside`
    counts segments that follow another on its line (not counting a mere number left of a clause), `back` those that go
    up the page again.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    boxes: NDArray[np.float64]
    middles: NDArray[np.float64]
    height: float
    beside: int
    back: int


def segments_of(placed: Placed) -> Segments | None:
    """Return the page's line segments, or None if its words simply run down the page or positions cannot give the
    order.

    Positions cannot give the order of text that is written from right to left or set vertically.
    """
    runs, corners = placed.runs, placed.corners
    if len(runs) < 2:
        return None
    heights = corners[:, 3] - corners[:, 1]
    height = float(np.partition(heights, len(heights) // 2)[len(heights) // 2])  # the median, four times as fast
    middles = (corners[:, 1] + corners[:, 3]) * 0.5
    down = middles[1:] - middles[:-1]
    gaps = corners[1:, 0] - corners[:-1, 2]
    level = np.abs(down) <= _NEXT_LINE * height
    apart = level & ((gaps > _WIDE * height) | (gaps < -height))
    if np.count_nonzero(apart) < _FEWEST_GAPS and not (down < -height).any():
        return None
    if not placed.text.isascii() and _RIGHT_TO_LEFT.search(placed.text):
        return None
    lengths = runs[:, 1] - runs[:, 0]
    turned = (heights > corners[:, 2] - corners[:, 0]) & (lengths >= _TURNED_CHARACTERS)
    if height <= 0 or np.count_nonzero(turned & (heights > 0)) >= _FEWEST_TURNED:
        return None
    first = np.flatnonzero(np.concatenate(([True], ~level | apart)))
    last = np.append(first[1:], len(runs))
    low = np.minimum.reduceat(corners, first)
    high = np.maximum.reduceat(corners, first)
    boxes = np.concatenate((low[:, :2], high[:, 2:]), axis=1)
    centres = (boxes[:, 1] + boxes[:, 3]) * 0.5
    steps = centres[1:] - centres[:-1]
    side_by_side = np.abs(steps) <= _NEXT_LINE * height
    telling = boxes[:-1, 2] - boxes[:-1, 0] > _LABEL * height
    telling[1:] |= side_by_side[:-1]  # a narrow segment that is not the first of its line
    beside, back = np.count_nonzero(side_by_side & telling), np.count_nonzero(steps < -height)
    return Segments(first, last, boxes, centres, height, int(beside), int(back))


def rewritten(placed: Placed, order: Sequence[tuple[int, int]]) -> Placed:
    """Return the page with its words in this order of ranges [first, last), which contain every word once.

    Ranges that were consecutive keep the text between them; elsewhere a line break is inserted. An unchanged order
    returns the same text, byte for byte.
    """
    if all(before[1] == after[0] for before, after in pairwise(order)):
        return placed
    text, runs = placed.text, placed.runs
    parts: list[str] = [text[: runs[0, 0]]]
    moved: list[NDArray[np.int64]] = []
    length = len(parts[0])
    before = -1
    for first, last in order:
        start, end = int(runs[first, 0]), int(runs[last - 1, 1])
        joint = text[runs[first - 1, 1] : start] if first == before else "\n" if before >= 0 else ""
        parts += (joint, text[start:end])
        length += len(joint)
        moved.append(runs[first:last] + (length - start))
        length += end - start
        before = last
    parts.append(text[runs[-1, 1] :])
    places = np.concatenate([np.arange(first, last) for first, last in order])
    return Placed("".join(parts), np.concatenate(moved), placed.corners[places])
