"""Reads an open PDF page's text and word boxes with pdfium. `ingest.parsers.pdf.document` opens the files.

Two calls into pdfium per word (first and last character) instead of one per character keep the time for boxes at a few
milliseconds a page.
"""

import ctypes
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.characters.bidi import as_spoken
from ingest.characters.hidden import Cut, cut
from ingest.characters.sanitize import Mapped, clean_mapped
from ingest.parsers.pdf.actual_text import remove_false_actual_text
from ingest.parsers.pdf.hidden.candidates import Suspects, suspects_of
from ingest.parsers.pdf.hidden.proof import Pieces, by_measure, by_picture, owners_of
from ingest.parsers.pdf.line_segments import Placed, segments_of
from ingest.parsers.pdf.reading_order import in_reading_order
from ingest.parsers.pdf.ruling_lines import rules_of
from ingest.parsers.pdf.tables import with_tables
from ragnano.documents.word_boxes import pack_arrays, unpack_arrays
from ragnano.types import Box, Mark, Page

NO_CHARACTER_MAP = "letters without a character map, needs OCR"
"""Reason reported for a page whose letters are visible but cannot be read as characters."""
_WORD = re.compile(r"\S+")
_GRID = 100  # device units per point when pdfium is asked for the page's axes: precise to 0.01 point
_REACH = 10_000  # points between the positions asked for, so that rounding by one unit tilts an axis by 1e-6
_OBJECTS_LOOKED_AT = 400  # the first objects of a page without text show what it consists of
_DRAWN_LETTERS = 40  # paths; fewer are rules and frames


def read_page(page: Any, number: int, *, layers: bool = False) -> Page:
    """Return the page's text, cleaned, with its words' boxes; text that a person does not see is in `hidden` instead.

    `unreadable` says why there is no text; `layers`: the file has layers that may be switched off.
    """
    width, height = page.get_size()
    lies = remove_false_actual_text(page, number)
    textpage = page.get_textpage()
    try:
        # surrogatepass keeps halves of pairs, which pdfium counts and `clean_mapped` drops, so that offsets stay
        # correct.
        mapped = clean_mapped(textpage.get_text_range(errors="surrogatepass"))
        if not mapped.text.strip():
            return Page(number, width, height, "", unreadable=_why_no_text(page), hidden=lies)
        mapped = as_spoken(mapped, lambda at: _left_of(textpage, int(mapped.units[at])))
        suspects = suspects_of(page, layers=layers)
        indexes = _indexes(textpage, mapped)
        runs, owners = _pieces(textpage, mapped, indexes, suspects)
        letters = _letters(textpage, runs, indexes)
        shown = on_picture(letters, page)
    finally:
        textpage.close()
    placed = Placed(mapped.text, runs, np.clip(shown, 0, (width, height, width, height)))
    pieces = Pieces(runs, owners, shown, np.abs(letters[:, :, 2:] - letters[:, :, :2]))
    hidden = list(_hidden(page, pieces, suspects, _has_place(placed)))
    read = Page(number, width, height, placed.text, hidden=lies)
    if hidden:
        read = cut(replace(read, words=_packed(placed)), hidden)
        if not read.text.strip():
            return replace(read, text="", words=b"", marks=(), unreadable=_why_no_text(page))
        placed = Placed(read.text, *unpack_arrays(read.words))
        if sum(map(len, read.text.split())) != int((placed.runs[:, 1] - placed.runs[:, 0]).sum()):
            return read  # some words have no position and would be lost in an order made from positions
    placed, marks = _arranged(placed, page)
    return replace(read, text=placed.text, words=_packed(placed), marks=marks)


def _has_place(placed: Placed) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (placed.corners[:, 2] > placed.corners[:, 0]) & (
        placed.corners[:, 3] > placed.corners[:, 1]
    )
    return found


def _packed(placed: Placed) -> bytes:
    """Pack the words that have a position on the page into their stored form."""
    seen = _has_place(placed)
    return pack_arrays(placed.runs[seen], placed.corners[seen])


def _arranged(placed: Placed, page: Any) -> tuple[Placed, tuple[Mark, ...]]:
    """Return the page in reading order, and the cells of its tables as marks."""
    segments = segments_of(placed)
    if segments is None:
        return placed, ()
    ordered = in_reading_order(placed, segments)
    if ordered is not placed:
        segments = segments_of(ordered)
        if segments is None:
            return ordered, ()
    return with_tables(ordered, segments, lambda: on_picture(rules_of(page).reshape(-1, 1, 4).repeat(2, axis=1), page))


def _hidden(page: Any, pieces: Pieces, suspects: Suspects, seen: NDArray[np.bool_]) -> Iterator[Cut]:
    """Yield the pieces that a person does not see."""
    measured = by_measure(pieces, *page.get_size())
    images = np.array(suspects.images, dtype=np.float32).reshape(-1, 1, 4).repeat(2, axis=1)
    pictured = by_picture(page, pieces, suspects, on_picture(images, page))
    for place, kind in enumerate(pictured):
        found = measured[place] or kind
        if found:
            start, end = pieces.spans[place].tolist()
            yield Cut(start, end, found, Box(*pieces.boxes[place].tolist()) if seen[place] else None)


def _pieces(
    textpage: Any, mapped: Mapped, indexes: NDArray[np.int64], suspects: Suspects
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return runs of the text, split where possibly hidden text begins or ends, and each run's suspect (or 0)."""
    runs = list(_runs(mapped))
    if not suspects.texts or not _may_hold(textpage, indexes[[start for start, _ in runs]].tolist(), suspects):
        return np.array(runs, dtype=np.int64).reshape(-1, 2), np.zeros(len(runs), dtype=np.int64)
    pieces: list[tuple[int, int]] = []
    owners: list[int] = []
    for start, end in runs:
        of = [owner if owner in suspects.texts else 0 for owner in owners_of(textpage, indexes[start:end].tolist())]
        for owner, group in itertools.groupby(range(start, end), key=lambda at: of[at - start]):
            places = list(group)
            pieces.append((places[0], places[-1] + 1))
            owners.append(owner)
    return np.array(pieces, dtype=np.int64), np.array(owners, dtype=np.int64)


def _may_hold(textpage: Any, firsts: Sequence[int], suspects: Suspects) -> bool:
    """Return whether words may belong to a suspect. Flat suspects are mostly spaces: one letter per word is enough."""
    if not suspects.texts.keys() <= suspects.flat:
        return True
    return any(owner in suspects.flat for owner in owners_of(textpage, firsts))


def _runs(mapped: Mapped) -> Iterator[tuple[int, int]]:
    """Yield runs of non-space characters, split after a hyphen at a line end because the rest is on the next line."""
    for match in _WORD.finditer(mapped.text):
        start, end = match.span()
        if mapped.breaks:
            yield from itertools.pairwise([start, *(cut for cut in mapped.breaks if start < cut < end), end])
        else:
            yield start, end


def _left_of(textpage: Any, unit: int) -> float:
    """Return the left edge of a character in page space."""
    rect = pdfium.FS_RECTF()
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(textpage.raw, unit)
    pdfium.FPDFText_GetLooseCharBox(textpage.raw, index, ctypes.byref(rect))
    return float(rect.left)


def _indexes(textpage: Any, mapped: Mapped) -> NDArray[np.int64]:
    """Return pdfium's index of each character of the text: int64 (characters,)."""
    if mapped.total == textpage.count_chars():
        return mapped.units
    # pdfium left out or inserted characters; only pdfium can map the indexes.
    ask, raw = pdfium.FPDFText_GetCharIndexFromTextIndex, textpage.raw
    return np.array([ask(raw, unit) for unit in mapped.units.tolist()], dtype=np.int64)


def _letters(textpage: Any, runs: NDArray[np.int64], indexes: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return loose boxes of each run's first and last character in page space: float32 (runs, 2, left top right
    bottom).
    """
    edges = indexes[runs - (0, 1)].ravel().tolist()
    rects = (pdfium.FS_RECTF * len(edges))()
    loose, raw, byref = pdfium.FPDFText_GetLooseCharBox, textpage.raw, ctypes.byref
    for edge, rect in zip(edges, rects, strict=True):
        loose(raw, edge, byref(rect))
    return np.frombuffer(rects, dtype=np.float32).reshape(len(runs), 2, 4)


def on_picture(places: NDArray[np.floating[Any]], page: Any) -> NDArray[np.float64]:
    """Return the boxes around both rectangles in the upright rendered page: float64 (n, x0 y0 x1 y1), free of NaN.

    pdfium itself converts the coordinates, so that crop box and rotation are the same as in the rendered page.
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
    found = np.where(empty[:, :, None, None], found[:, ::-1], found)  # a character without a position takes the other's
    corners = (found[..., :1] * right + found[..., 1:] * up + zero).reshape(len(places), 4, 2)
    return np.concatenate((corners.min(axis=1), corners.max(axis=1)), axis=1)


def _why_no_text(page: Any) -> str | None:
    """Return the reason to report, or None for a page that is simply empty."""
    paths = 0
    for page_object in itertools.islice(page.get_objects(max_depth=4), _OBJECTS_LOOKED_AT):
        if page_object.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            return "no text on this page: a picture, needs OCR"
        paths += page_object.type in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING)
        if page_object.type == pdfium.FPDF_PAGEOBJ_TEXT:
            return "no text on this page: " + NO_CHARACTER_MAP
    return "no text on this page: drawn letters or shapes, needs OCR" if paths > _DRAWN_LETTERS else None
