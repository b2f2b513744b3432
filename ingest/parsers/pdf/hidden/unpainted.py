"""Finds signs that a text object of a PDF page paints nothing. These are only signs; the rendered page decides.

Not found are letters without an outline in an object where other letters have one, and letters drawn by commands that
paint nothing (Type 3 fonts). Most objects of a page are checked, so calls are few and their buffers are reused.
"""

import ctypes
from typing import Any, Literal

import pypdfium2.raw as pdfium

_FLAT = 0.01  # points; a dash is .5 high, a letter of 1 point more
_BOX = (4, 5)  # segments of a rectangle, open or closed
_LEAST_INSIDE = 0.5  # of a text's height that its clipping path must leave visible; of its width all but _EDGE
_EDGE = 1.0  # points
_MOST_PATHS = 64  # in one object's clip


def address_of(handle: Any) -> int:
    """Return the address that identifies a pdfium object, 0 for none. A cast would take sixteen times as long."""
    return ctypes.addressof(handle.contents) if handle else 0


class PaintChecks:
    """Checks the text objects of one page. Consecutive objects share fonts and paths, which are cached by address:
    addresses are valid while the page is open.
    """

    def __init__(self) -> None:
        self._embedded: dict[int, bool] = {}
        self._boxes: dict[int, tuple[float, float, float, float]] = {}
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._edge = [ctypes.byref(part) for part in self._edges]
        self._corners = [(ctypes.c_float(), ctypes.c_float()) for _ in range(4)]
        self._corner = [(ctypes.byref(x), ctypes.byref(y)) for x, y in self._corners]

    def check(self, text: Any) -> Literal["flat", "cut", ""]:
        """Return "flat" if no letter of an embedded font has a height (spaces have none either), or "cut" if a clipping
        path removes, or as a non-rectangle may remove, some of the text.
        """
        clip = pdfium.FPDFPageObj_GetClipPath(text)
        paths = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
        # Letters of fonts that are not embedded are not judged: pdfium paints nothing if this machine lacks the font.
        embedded = self._is_embedded(pdfium.FPDFTextObj_GetFont(text))
        if (paths <= 0 and not embedded) or not pdfium.FPDFPageObj_GetBounds(text, *self._edge):
            return ""
        left, bottom, right, top = (part.value for part in self._edges)
        if embedded and top - bottom < _FLAT:
            return "flat"
        least = _LEAST_INSIDE * (top - bottom)
        for path in range(min(paths, _MOST_PATHS)):
            # An object's bounds and its clip are in the same space, whatever form it is in.
            x0, y0, x1, y1 = self._box(clip, path)
            if not (x0 <= left + _EDGE and x1 >= right - _EDGE and min(y1, top) - max(y0, bottom) >= least):
                return "cut"
        return "cut" if paths > _MOST_PATHS else ""

    def _is_embedded(self, font: Any) -> bool:
        address = address_of(font)
        found = self._embedded.get(address)
        if found is None:
            found = self._embedded[address] = pdfium.FPDFFont_GetIsEmbedded(font) == 1
        return found

    def _box(self, clip: Any, path: int) -> tuple[float, float, float, float]:
        """Return a path's rectangle: left, bottom, right, top; all NaN for any other shape, since nothing lies within
        NaN.
        """
        address = address_of(pdfium.FPDFClipPath_GetPathSegment(clip, path, 0))
        found = self._boxes.get(address)
        if found is None or not address:
            found = self._boxes[address] = self._new_box(clip, path)
        return found

    def _new_box(self, clip: Any, path: int) -> tuple[float, float, float, float]:
        if pdfium.FPDFClipPath_CountPathSegments(clip, path) in _BOX:
            segment, point = pdfium.FPDFClipPath_GetPathSegment, pdfium.FPDFPathSegment_GetPoint
            for corner, place in enumerate(self._corner):
                point(segment(clip, path, corner), *place)
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ((x.value, y.value) for x, y in self._corners)
            upright = x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0
            if upright or (y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0):
                return min(x0, x2), min(y0, y2), max(x0, x2), max(y0, y2)
        return (float("nan"),) * 4
