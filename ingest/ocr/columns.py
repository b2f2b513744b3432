"""Is a page set in columns? Tesseract is told, for its own guess costs clause numbers.

Asked to find columns itself, Tesseract takes the numbers before indented clauses for a column of its own and loses most
of them; told that the page is one column, it reads two columns across. Knows ink only, no words.
"""

from typing import TYPE_CHECKING

import numpy as np

from ingest.ocr.straight import ink_at

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 60.0
_GUTTER = 8  # pixels at _DPI, 0.13 inch: word spaces of justified lines are half of that
_MIDDLE = (0.25, 0.75)  # of the text's width: where a gutter may lie
_FILLED = 0.3  # of a column's width that a line of prose may leave free at each end; a table's cells leave more
_BAND = 12  # rows, 0.2 inch: holds a line, so that only what is white in line after line is a gutter
_LEAST_BANDS = 0.45  # of the inked ones: pages in two columns have .8 to .9, 60 contract pages at most .33


def has_columns(picture: "Image", dpi: float) -> bool:
    """True when a level page has a gutter with prose on both sides for a good part of its height."""
    ink = ink_at(picture, dpi, _DPI)
    bands = np.any(ink[: len(ink) // _BAND * _BAND].reshape(-1, _BAND, ink.shape[1]), axis=1)
    across = np.flatnonzero(np.any(bands, axis=0))
    if not len(across):
        return False
    ink = bands[np.any(bands, axis=1), across[0] : across[-1] + 1]
    height, width = ink.shape
    places = np.arange(width)
    last = np.maximum.accumulate(np.where(ink, places, -1), axis=1)  # nearest ink at or left of each pixel
    following = np.minimum.accumulate(np.where(ink, places, width)[:, ::-1], axis=1)[:, ::-1]
    first, end = following[:, 0], last[:, -1]
    for middle in range(round(width * _MIDDLE[0]), round(width * _MIDDLE[1]), _GUTTER // 4):
        before, after = last[:, middle], following[:, middle]
        left, right = _FILLED * middle, _FILLED * (width - middle)
        gutter = (after - before > _GUTTER) & (before > middle - left) & (after < middle + right)
        if (gutter & (first < left) & (end > width - right)).sum() >= _LEAST_BANDS * height:
            return True
    return False
