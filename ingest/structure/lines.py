"""Printed lines: the position of each in a page's text and on paper.

Pages with word boxes are measured in points; pages without (text files) in characters and line numbers, so that the
same rules about margins and gaps serve both.
"""

import bisect
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

import numpy as np

from ragnano.documents.word_boxes import unpack_arrays
from ragnano.types import Page

_COLUMN_GAP_POINTS = 22.0  # a third of an inch: word spaces of justified lines stay well below
_COLUMN_GAP = re.compile(r"\S(?: {3,}|\t+)\S")
_UNWRAPPED_CHARACTERS = 160  # a text file with longer lines has one paragraph a line


@dataclass(slots=True)
class Line:
    """One line of a page: characters [start, end) without white space at its ends, and its position.

    `left`, `right`, `top` are in points (or characters and line numbers); `gaps` counts column gaps inside the line;
    `blank_before` says that an empty line is above it in the text; `height` is the usual height of its words' boxes (0
    without). `furniture`, `row`, `cells` (the name of the row it is part of) and `footnote` are set by the modules that
    detect them.
    """

    page: int
    start: int
    end: int
    text: str
    left: float
    right: float
    top: float
    gaps: int = 0
    blank_before: bool = False
    height: float = 0.0
    furniture: bool = False
    row: bool = False
    cells: str = ""
    footnote: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's usual geometry: margins, the distance between lines of a paragraph, whether lines are wrapped."""

    left: float
    right: float
    pitch: float
    wrapped: bool = True

    @property
    def width(self) -> float:
        return max(self.right - self.left, 1.0)

    def is_full(self, line: Line) -> bool:
        """Returns True when the line reaches the right margin, so that it may continue on the next line."""
        return line.right >= self.right - 0.14 * self.width

    def is_centred(self, line: Line) -> bool:
        """Returns True when the line is clear of both margins by about the same distance."""
        before, after = line.left - self.left, self.right - line.right
        return before > 0.12 * self.width and abs(before - after) < 0.12 * self.width


def lines_of(page: Page) -> list[Line]:
    """Returns the page's lines that are not blank, in text order."""
    words = _WordBoxes(page.words)
    lines: list[Line] = []
    position, blank = 0, False
    for row, raw in enumerate(page.text.split("\n")):
        text = raw.strip()
        if text:
            start = position + raw.index(text[0])
            line = Line(page.number, start, start + len(text), text, 0.0, 0.0, float(row), blank_before=blank)
            _place(line, raw, words)
            lines.append(line)
        blank = not text
        position += len(raw) + 1
    return lines


class _WordBoxes:
    """A page's words as arrays: the start and box of each, and how many column gaps precede it."""

    def __init__(self, packed: bytes) -> None:
        spans, self.boxes = unpack_arrays(packed)
        self.starts: list[int] = spans[:, 0].tolist()
        self.heights: list[float] = (self.boxes[:, 3] - self.boxes[:, 1]).tolist()
        wide = self.boxes[1:, 0] - self.boxes[:-1, 2] > _COLUMN_GAP_POINTS
        self.gaps = np.concatenate(([0], np.cumsum(wide)))


def _place(line: Line, raw: str, words: _WordBoxes) -> None:
    first = bisect.bisect_left(words.starts, line.start)
    last = bisect.bisect_left(words.starts, line.end)
    if first < last:
        boxes = words.boxes[first:last]
        line.left, line.right, line.top = float(boxes[0, 0]), float(boxes[:, 2].max()), float(boxes[:, 1].min())
        line.gaps = int(words.gaps[last - 1] - words.gaps[first])
        line.height = words.heights[(first + last) // 2]
    else:
        line.left = float(len(raw) - len(raw.lstrip()))
        line.right = float(len(raw.rstrip()))
        line.gaps = len(_COLUMN_GAP.findall(line.text))


def layout_of(lines: Sequence[Line]) -> Layout:
    """Returns the usual geometry of `lines` (one page, or a whole document where a page has too few)."""
    if len(lines) < 2:
        line = lines[0] if lines else Line(1, 0, 0, "", 0.0, 0.0, 0.0)
        return Layout(line.left, line.right, 0.0)
    left = quantiles([line.left for line in lines], n=10)[0]
    right = quantiles([line.right for line in lines], n=10)[8]
    steps = sorted(
        after.top - before.top
        for before, after in itertools.pairwise(lines)
        if after.page == before.page and after.top - before.top > 1e-3
    )
    # The lower third of the steps: with one-line paragraphs the median would be a paragraph gap.
    pitch = steps[len(steps) // 3] if steps else 0.0
    longest = max(len(line.text) for line in lines)
    return Layout(left, right, pitch, wrapped=longest <= _UNWRAPPED_CHARACTERS or right > longest)
