"""A PDF page's text and word boxes, by pdfium. Knows one open page; opening files is `ingest.load.pdf`'s.

Two calls into pdfium a word (its first and last character) instead of one a character keep boxes at a few
milliseconds a page.
"""

import ctypes
import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.load.bidi import as_spoken
from ingest.load.clean import Mapped, clean_mapped
from ingest.load.grid import with_tables
from ingest.load.order import in_reading_order
from ingest.load.rules import rules_of
from ingest.load.segments import Placed, segments_of
from ragnano.boxes import pack_arrays
from ragnano.types import Mark, Page

_WORD = re.compile(r"\S+")
_GRID = 100  # device units a point when pdfium is asked where the page's axes lie: 0.01 point is exact enough
_REACH = 10_000  # points between the places asked for, so that a rounding of one unit tilts an axis by 1e-6
_OBJECTS_LOOKED_AT = 400  # a page without text shows what it is made of in its first objects
_DRAWN_LETTERS = 40  # paths; fewer are rules and frames


def read_page(page: Any, number: int) -> Page:
    """The page's text, cleaned, with its words' boxes; `unreadable` says why there is none."""
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        # surrogatepass keeps half pairs, which pdfium counts and `clean_mapped` drops: offsets stay true.
        mapped = clean_mapped(textpage.get_text_range(errors="surrogatepass"))
        if not mapped.text.strip():
            return Page(number, width, height, "", unreadable=_why_no_text(page))
        mapped = as_spoken(mapped, lambda at: _left_of(textpage, int(mapped.units[at])))
        runs = list(_runs(mapped))
        corners = np.clip(_on_picture(_places(textpage, runs, mapped), page), 0, (width, height, width, height))
    finally:
        textpage.close()
    placed, marks = _arranged(Placed(mapped.text, np.array(runs, dtype=np.int64), corners), page)
    seen = (placed.corners[:, 2] > placed.corners[:, 0]) & (placed.corners[:, 3] > placed.corners[:, 1])
    words = pack_arrays(placed.runs[seen], placed.corners[seen])
    return Page(number, width, height, placed.text, words, marks=marks)


def _arranged(placed: Placed, page: Any) -> tuple[Placed, tuple[Mark, ...]]:
    """The page in reading order, and its tables' cells."""
    segments = segments_of(placed)
    if segments is None:
        return placed, ()
    ordered = in_reading_order(placed, segments)
    if ordered is not placed:
        segments = segments_of(ordered)
        if segments is None:
            return ordered, ()
    return with_tables(ordered, segments, lambda: _on_picture(rules_of(page).reshape(-1, 1, 4).repeat(2, axis=1), page))


def _runs(mapped: Mapped) -> Iterator[tuple[int, int]]:
    """Runs of non-space, parted after a line-end hyphen: what follows it stands on the next line."""
    for match in _WORD.finditer(mapped.text):
        start, end = match.span()
        if mapped.breaks:
            yield from itertools.pairwise([start, *(cut for cut in mapped.breaks if start < cut < end), end])
        else:
            yield start, end


def _left_of(textpage: Any, unit: int) -> float:
    """The left edge of a character in page space."""
    rect = pdfium.FS_RECTF()
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(textpage.raw, unit)
    pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, ctypes.byref(rect))
    return float(rect.left)


def _places(textpage: Any, runs: list[tuple[int, int]], mapped: Mapped) -> NDArray[np.float32]:
    """Loose boxes of each run's first and last character in page space: float32 (runs, 2, left top right bottom)."""
    edges = mapped.units[np.array(runs) - (0, 1)].ravel().tolist()
    if mapped.total != textpage.count_chars():
        # pdfium left characters out of the text or put some in; it knows which.
        edges = [pdfium.FPDFText_GetCharIndexFromTextIndex(textpage.raw, edge) for edge in edges]
    rects = (pdfium.FS_RECTF * len(edges))()
    loose, raw, byref = pdfium.FPDFText_GetLooseCharBox, textpage.raw, ctypes.byref
    for edge, rect in zip(edges, rects, strict=True):
        loose(raw, edge, byref(rect))
    return np.frombuffer(rects, dtype=np.float32).reshape(len(runs), 2, 4)


def _on_picture(places: NDArray[np.floating[Any]], page: Any) -> NDArray[np.float64]:
    """Boxes round both rectangles as the upright picture shows them: float64 (n, x0 y0 x1 y1), NaN-free.

    Where pdfium lies is asked of pdfium itself, so crop box and rotation are taken as the picture takes them.
    """
    width, height = page.get_size()
    size = (round(width * _GRID), round(height * _GRID))
    x, y = ctypes.c_int(), ctypes.c_int()

    def place(page_x: float, page_y: float) -> NDArray[np.float64]:
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, page_x, page_y, ctypes.byref(x), ctypes.byref(y))
        return np.array((x.value, y.value)) / _GRID

    zero = place(0, 0)
    right, up = (place(_REACH, 0) - zero) / _REACH, (place(0, _REACH) - zero) / _REACH
    # (runs, 2 characters, 2 corners, x y)
    found = np.nan_to_num(places).reshape(-1, 2, 2, 2)
    empty = (found[:, :, 0, 0] == found[:, :, 1, 0]) & (found[:, :, 0, 1] == found[:, :, 1, 1])
    found = np.where(empty[:, :, None, None], found[:, ::-1], found)  # a character without a place takes the other's
    corners = (found[..., :1] * right + found[..., 1:] * up + zero).reshape(len(places), 4, 2)
    return np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)


def _why_no_text(page: Any) -> str | None:
    """The reason to report, or None for a page that is simply empty."""
    paths = 0
    for thing in itertools.islice(page.get_objects(max_depth=4), _OBJECTS_LOOKED_AT):
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            return "no text on this page: a picture, needs OCR"
        paths += thing.type in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
        if thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
            return "no text on this page: letters without a character map, needs OCR"
    return "no text on this page: drawn letters or shapes, needs OCR" if paths > _DRAWN_LETTERS else None
