"""Signs that a text object of a PDF page paints nothing where it stands. Signs only: the page's picture decides.

Not seen are letters without an outline among others of the same object that have one, and letters that the page draws
by commands which draw nothing (Type 3 fonts). Most objects are asked, so calls are few and their buffers are kept.
"""

import ctypes
from typing import Any, Literal

import pypdfium2.raw as pdfium

_FLAT = 0.01  # points; a dash is .5 high, a letter of 1 point more
_BOX = (4, 5)  # segments of a rectangle, open or closed
_LEAST_INSIDE = 0.5  # of a text's height that its clipping path must leave; of its width all but _EDGE
_EDGE = 1.0  # points
_MOST_PATHS = 64  # of one object's clip


def address_of(handle: Any) -> int:
    """What tells one of pdfium's objects from another, 0 for none. A cast would take sixteen times as long."""
    return ctypes.addressof(handle.contents) if handle else 0


class Signs:
    """Asks the text objects of one page. Objects drawn one after the other share fonts and paths, which are told apart
    by their addresses: these hold while the page is open."""

    def __init__(self) -> None:
        self._embedded: dict[int, bool] = {}
        self._boxes: dict[int, tuple[float, float, float, float]] = {}
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._edge = [ctypes.byref(part) for part in self._edges]
        self._corners = [(ctypes.c_float(), ctypes.c_float()) for _ in range(4)]
        self._corner = [(ctypes.byref(x), ctypes.byref(y)) for x, y in self._corners]

    def of(self, text: Any) -> Literal["flat", "cut", ""]:
        """ "flat": no letter of an embedded font has a height (spaces have none, either); "cut": a clipping path takes
        some of the text away, or one that is no rectangle may."""
        clip = pdfium.FPDFPageObj_GetClipPath(text)
        paths = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
        # Letters of a font that the file does not embed are not judged: pdfium paints nothing where this machine lacks
        # the font.
        embedded = self._is_embedded(pdfium.FPDFTextObj_GetFont(text))
        if (paths <= 0 and not embedded) or not pdfium.FPDFPageObj_GetBounds(text, *self._edge):
            return ""
        left, bottom, right, top = (part.value for part in self._edges)
        if embedded and top - bottom < _FLAT:
            return "flat"
        least = _LEAST_INSIDE * (top - bottom)
        for path in range(min(paths, _MOST_PATHS)):
            # An object's bounds and its clip are in one space, whatever form it is in.
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
        """The rectangle that a path is: left, bottom, right, top; NaN, which nothing is within, for any other shape."""
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
