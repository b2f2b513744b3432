"""Selects text of a PDF page that may be hidden, from the properties of the page's objects, without rendering.

Every object is examined once with a few calls into pdfium. A false suspicion only costs time (a rendering of the page,
see `ingest.parsers.pdf.hidden.proof`), while a missed one lets hidden text through, so doubtful cases are suspects.
"""

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from ingest.parsers.pdf.hidden.unpainted import PaintChecks, address_of
from ragnano.types import HiddenKind

NEAR_LUMA = 60
"""Brightness difference (0 to 255) between text and background that rules out suspicion; below, the rendering decides.
"""
_WHITE = 255.0
_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_STROKE_MODES = (pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_FAINT_ALPHA = 40  # of 255
_OPAQUE_ALPHA = 200
_THIN = 2.0  # points; thinner shapes (rules, frames) neither cover a line of text nor form its background
_MOST_SEGMENTS_OF_A_BOX = 6  # a rectangle has four or five, and one that closes it
_MOST_SHAPES = 2_000  # every text on a page with more is a suspect
_TEXTS_AT_ONCE = 256
_DEEPEST = 6  # nested forms
_COVERING_NOTES = (
    pdfium.FPDF_ANNOT_SQUARE,
    pdfium.FPDF_ANNOT_CIRCLE,
    pdfium.FPDF_ANNOT_POLYGON,
    pdfium.FPDF_ANNOT_INK,
    pdfium.FPDF_ANNOT_STAMP,
    pdfium.FPDF_ANNOT_FREETEXT,
    pdfium.FPDF_ANNOT_REDACT,
)
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Matrix = tuple[float, float, float, float, float, float]
Rect = tuple[float, float, float, float]  # left, bottom, right, top in page space


class Suspects(NamedTuple):
    """Text objects that may be hidden, by address, with the way they may be hidden; and boxes of the page's pictures
    (page space).

    `inkless` are the suspects drawn in a mode without ink, `flat` those whose letters have no height (nor have spaces),
    `cut` those that a clipping path may cut off.
    """

    texts: dict[int, HiddenKind]
    handles: dict[int, Any]
    inkless: frozenset[int]
    images: tuple[Rect, ...]
    flat: frozenset[int]
    cut: frozenset[int]


class _Text(NamedTuple):
    order: int
    raw: Any
    matrix: Matrix
    luma: float


class _Shape(NamedTuple):
    order: int
    bounds: Rect
    luma: float  # NaN: several colours
    box: bool
    opaque: bool


def suspects_of(page: Any, *, layers: bool = False) -> Suspects:
    """Return what may be hidden on the page. `layers`: the file has switchable layers, which marks identify."""
    looked = _Look(layers)
    looked.walk(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, _IDENTITY, 0)
    looked.notes(page.raw)
    return looked.verdict()


class _Look:
    """One walk over a page's objects, in painting order."""

    def __init__(self, layers: bool) -> None:
        self._layers = layers
        self._order = 0
        self._plain: list[_Text] = []
        self._shapes: list[_Shape] = []
        self._found: list[tuple[Any, HiddenKind]] = []
        self._inkless: set[int] = set()
        self._images: list[Rect] = []
        self._flat: set[int] = set()
        self._cut: set[int] = set()
        self._paint_checks = PaintChecks()
        self._rgba = [ctypes.c_uint() for _ in range(4)]
        self._colour = [ctypes.byref(part) for part in self._rgba]
        self._edges = [ctypes.c_float() for _ in range(4)]
        self._edge = [ctypes.byref(part) for part in self._edges]

    def walk(self, parent: Any, count: Any, get: Any, matrix: Matrix, depth: int) -> None:
        """Record every object of a page or form."""
        kind_of, text, path, form = (
            pdfium.FPDFPageObj_GetType,
            pdfium.FPDF_PAGEOBJ_TEXT,
            pdfium.FPDF_PAGEOBJ_PATH,
            pdfium.FPDF_PAGEOBJ_FORM,
        )
        for index in range(count(parent)):
            raw = get(parent, index)
            kind = kind_of(raw)
            self._order += 1
            if kind == text:
                self._text(raw, matrix)
            elif kind == path:
                self._path(raw, matrix)
            elif kind == form:
                if depth < _DEEPEST:
                    inner = _product(_matrix_of(raw), matrix)
                    self.walk(raw, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, inner, depth + 1)
            else:
                self._picture(raw, kind, matrix)

    def notes(self, page: Any) -> None:
        """Record annotations, which are painted last and may cover what is beneath them."""
        for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
            note = pdfium.FPDFPage_GetAnnot(page, index)
            if not note:
                continue
            rect = pdfium.FS_RECTF()
            if pdfium.FPDFAnnot_GetSubtype(note) in _COVERING_NOTES and pdfium.FPDFAnnot_GetRect(note, rect):
                self._order += 1
                bounds = (rect.left, rect.bottom, rect.right, rect.top)
                self._shapes.append(_Shape(self._order, bounds, float("nan"), False, True))
            pdfium.FPDFPage_CloseAnnot(note)

    def _text(self, raw: Any, matrix: Matrix) -> None:
        mode = pdfium.FPDFTextObj_GetTextRenderMode(raw)
        stroked = mode in _STROKE_MODES
        luma = self._luma(raw, pdfium.FPDFPageObj_GetStrokeColor if stroked else pdfium.FPDFPageObj_GetFillColor)
        if mode in _INVISIBLE_MODES:
            self._found.append((raw, "invisible"))
            self._inkless.add(address_of(raw))
        elif self._rgba[3].value < _FAINT_ALPHA or (self._layers and _is_in_layer(raw)) or self._paints_nothing(raw):
            self._found.append((raw, "invisible"))
        else:
            self._plain.append(_Text(self._order, raw, matrix, luma))

    def _paints_nothing(self, raw: Any) -> bool:
        sign = self._paint_checks.check(raw)
        if sign:
            (self._flat if sign == "flat" else self._cut).add(address_of(raw))
        return bool(sign)

    def _path(self, raw: Any, matrix: Matrix) -> None:
        if len(self._shapes) > _MOST_SHAPES:
            return
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(raw, ctypes.byref(fill), ctypes.byref(stroke))
        if not fill.value:
            return
        bounds = self._bounds(raw, matrix)
        if min(bounds[2] - bounds[0], bounds[3] - bounds[1]) < _THIN:
            return
        luma = self._luma(raw, pdfium.FPDFPageObj_GetFillColor)
        opaque = self._rgba[3].value > _OPAQUE_ALPHA
        box = opaque and pdfium.FPDFPath_CountSegments(raw) <= _MOST_SEGMENTS_OF_A_BOX
        self._shapes.append(_Shape(self._order, bounds, luma, box, opaque))

    def _picture(self, raw: Any, kind: int, matrix: Matrix) -> None:
        if kind not in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
            return
        bounds = self._bounds(raw, matrix)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self._images.append(bounds)
        self._shapes.append(_Shape(self._order, bounds, float("nan"), False, True))

    def _luma(self, raw: Any, ask: Any) -> float:
        """Return the brightness of the object's colour, NaN if it has no single colour (a pattern)."""
        if not ask(raw, *self._colour):
            self._rgba[3].value = 255
            return float("nan")
        red, green, blue = (part.value for part in self._rgba[:3])
        return 0.30 * red + 0.59 * green + 0.11 * blue

    def _bounds(self, raw: Any, matrix: Matrix) -> Rect:
        if not pdfium.FPDFPageObj_GetBounds(raw, *self._edge):
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = (part.value for part in self._edges)
        return (left, bottom, right, top) if matrix is _IDENTITY else _moved((left, bottom, right, top), matrix)

    def verdict(self) -> Suspects:
        """Return the suspects after all objects were recorded."""
        self._found += self._by_ground()
        texts, handles = {}, {}
        for raw, kind in self._found:
            address = address_of(raw)
            texts[address], handles[address] = kind, raw
        return Suspects(
            texts, handles, frozenset(self._inkless), tuple(self._images), frozenset(self._flat), frozenset(self._cut)
        )

    def _by_ground(self) -> Iterator[tuple[Any, HiddenKind]]:
        if len(self._shapes) > _MOST_SHAPES:
            yield from ((text.raw, "colour") for text in self._plain)
            return
        if not self._shapes:
            # `not … >=` so that NaN counts as near.
            yield from ((text.raw, "colour") for text in self._plain if not _WHITE - text.luma >= NEAR_LUMA)
            return
        bounds = np.array([self._bounds(text.raw, text.matrix) for text in self._plain]).reshape(-1, 4)
        for start in range(0, len(self._plain), _TEXTS_AT_ONCE):
            part = slice(start, start + _TEXTS_AT_ONCE)
            covered, near = _against(self._plain[part], bounds[part], self._shapes)
            for place in np.flatnonzero(covered | near).tolist():
                yield self._plain[start + place].raw, "covered" if covered[place] else "colour"


def _against(
    texts: list[_Text], bounds: NDArray[np.float64], shapes: list[_Shape]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which texts are painted over, and which may have their background's colour: bool (texts,)."""
    order, luma = np.array([(text.order, text.luma) for text in texts]).T[:, :, None]
    orders, lumas, boxes, opaque = np.array([(item.order, item.luma, item.box, item.opaque) for item in shapes]).T
    left, bottom, right, top = bounds.T[:, :, None]
    x0, y0, x1, y1 = np.array([shape.bounds for shape in shapes]).T
    shared = (x0 < right) & (x1 > left) & (y0 < top) & (y1 > bottom)
    whole = (x0 <= left) & (x1 >= right) & (y0 <= bottom) & (y1 >= top)
    covered = (shared & (opaque > 0) & (orders > order)).any(axis=1)
    # The background is the last rectangle beneath the whole text, or anything painted there after it.
    before = shared & (orders < order)
    rectangles = np.where(before & whole & (boxes > 0), orders, -1)
    last = rectangles.max(axis=1, keepdims=True)
    background = np.where(last[:, 0] >= 0, lumas[rectangles.argmax(axis=1)], _WHITE)
    # `not … >=` so that NaN counts as near.
    near = ~(np.abs(background - luma[:, 0]) >= NEAR_LUMA)
    near |= (before & (orders > last) & ~(np.abs(lumas - luma) >= NEAR_LUMA)).any(axis=1)
    return covered, near


def _is_in_layer(raw: Any) -> bool:
    """Return whether the object belongs to a layer."""
    name, size = ctypes.create_string_buffer(16), ctypes.c_ulong()
    for index in range(pdfium.FPDFPageObj_CountMarks(raw)):
        mark = pdfium.FPDFPageObj_GetMark(raw, index)
        buffer = ctypes.cast(name, ctypes.POINTER(pdfium.FPDF_WCHAR))
        has_name = pdfium.FPDFPageObjMark_GetName(mark, buffer, len(name), ctypes.byref(size))
        if has_name and name.raw[: size.value] == "OC\0".encode("utf-16-le"):
            return True
    return False


def _matrix_of(raw: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(raw, ctypes.byref(found)):
        return _IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _moved(rect: Rect, matrix: Matrix) -> Rect:
    a, b, c, d, e, f = matrix
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in (rect[0], rect[2]) for y in (rect[1], rect[3])]
    across, along = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(along), max(across), max(along)
