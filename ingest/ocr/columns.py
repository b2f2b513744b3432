"""Splits a page into regions of one column each, in reading order, because Tesseract's own column detection loses
numbers.

With its own detection, Tesseract takes the numbers before indented clauses for a separate column and loses most of
them; with a single column set, it reads across two columns. So columns are found here, from ink alone, and read one by
one.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.ocr.deskew import ink_at

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 60.0
_GUTTER = 8  # pixels at _DPI, 0.13 inch; word spaces of justified lines are half of that
_MIDDLE = (0.25, 0.75)  # of the text's width; range in which a gutter may lie
_FILLED = 0.3  # of a column's width that a line of prose may leave free at each end; a table's cells leave more
_BAND = 12  # rows, 0.2 inch; contains a line, so that only white that continues over lines is a gutter
_LEAST_BANDS = 0.45  # of the inked bands; pages in two columns have .8 to .9, 60 contract pages at most .33
_LEAST_WIDTH = 150  # pixels, 2.5 inches; a narrower region is one column
_DEEPEST = 2  # a half may be split again: four columns

Region = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


class _Gutter(NamedTuple):
    middle: int
    top: int
    bottom: int


def regions(picture: "Image", dpi: float) -> list[Region]:
    """Return the regions of a level page: all of it, or the part above its columns, each column, and the part below."""
    ink = ink_at(picture, dpi, _DPI)
    across, down = picture.width / ink.shape[1], picture.height / ink.shape[0]
    found = _parted(ink, 0, 0, _DEEPEST)
    return [(round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down)) for x0, y0, x1, y1 in found]


def _parted(ink: NDArray[np.bool_], left: int, top: int, deep: int) -> list[Region]:
    height, width = ink.shape
    gutter = _gutter(ink) if deep and width >= _LEAST_WIDTH else None
    if gutter is None:
        return [(left, top, left + width, top + height)] if ink.any() else []
    middle, upper, lower = gutter
    columns = ink[upper:lower]
    return [
        *_whole(ink[:upper], left, top),
        *_parted(columns[:, :middle], left, top + upper, deep - 1),
        *_parted(columns[:, middle:], left + middle, top + upper, deep - 1),
        *_whole(ink[lower:], left, top + lower),
    ]


def _whole(ink: NDArray[np.bool_], left: int, top: int) -> list[Region]:
    return _parted(ink, left, top, 0) if len(ink) else []


def _gutter(ink: NDArray[np.bool_]) -> _Gutter | None:
    """Return the gutter between two columns of prose and the rows it spans, or None."""
    bands = np.any(ink[: len(ink) // _BAND * _BAND].reshape(-1, _BAND, ink.shape[1]), axis=1)
    inked = np.flatnonzero(np.any(bands, axis=1))
    across = np.flatnonzero(np.any(bands, axis=0))
    if not len(across):
        return None
    start, text = int(across[0]), bands[inked][:, across[0] : across[-1] + 1]
    height, width = text.shape
    places = np.arange(width)
    last = np.maximum.accumulate(np.where(text, places, -1), axis=1)  # nearest ink at or left of each pixel
    following = np.minimum.accumulate(np.where(text, places, width)[:, ::-1], axis=1)[:, ::-1]
    first, end = following[:, 0], last[:, -1]
    best, most = None, _LEAST_BANDS * height
    for middle in range(round(width * _MIDDLE[0]), round(width * _MIDDLE[1]), _GUTTER // 4):
        before, after = last[:, middle], following[:, middle]
        left, right = _FILLED * middle, _FILLED * (width - middle)
        white = after - before > _GUTTER
        prose = white & (before > middle - left) & (after < middle + right) & (first < left) & (end > width - right)
        if prose.sum() >= most:
            most = int(prose.sum()) + 1
            clear = inked[white]
            best = _Gutter(
                start + middle, _free_row(ink, int(clear[0]) * _BAND), _free_row(ink, (int(clear[-1]) + 1) * _BAND)
            )
    return best


def _free_row(ink: NDArray[np.bool_], near: int) -> int:
    """Return the row within a band's height of `near` with the least ink, so that a cut does not go through a line."""
    least = max(near - _BAND, 0)
    rows = ink[least : near + _BAND].sum(axis=1)
    away = np.abs(np.arange(least, least + len(rows)) - near)
    return least + int(np.lexsort((away, rows))[0]) if len(rows) else near
