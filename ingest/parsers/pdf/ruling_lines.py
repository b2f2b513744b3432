"""Finds the ruling lines of a PDF page, which frame tables, among pdfium's page objects.

Lines are drawn in three ways: stroked one by one, as filled rectangles of hairline height (word processors), or many in
one path (programs that draw whole grids).
"""

import ctypes
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

_MOST = 3_000  # paths; a page with more is a drawing, without tables
_DEEPEST = 3  # nested forms
_MOST_POINTS = 400  # in one path
_THIN = 3.0  # points
_LEAST = 8.0  # points; dots and dashes are shorter

Line = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
_AS_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def rules_of(page: Any) -> NDArray[np.float64]:
    """Return horizontal and vertical lines in page space: float64 (n, x0 y0 x1 y1)."""
    page_objects = list(
        itertools.islice(_paths(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject), _MOST + 1)
    )
    lines: list[Line] = []
    if len(page_objects) <= _MOST:
        sides = [ctypes.c_float() for _ in range(4)]
        places = [ctypes.byref(side) for side in sides]
        for page_object, matrix in page_objects:
            if not pdfium.FPDFPageObj_GetBounds(page_object, *places):
                continue
            left, bottom, right, top = (side.value for side in sides)
            if _is_line(left, bottom, right, top):
                lines.append((*_through(matrix, left, bottom), *_through(matrix, right, top)))
            elif right - left > _LEAST and top - bottom > _LEAST:
                lines += ((*_through(matrix, *line[:2]), *_through(matrix, *line[2:])) for line in _inside(page_object))
    found = np.array(lines, dtype=np.float64).reshape(-1, 2, 2)
    return np.concatenate((found.min(axis=1), found.max(axis=1)), axis=1)


def _paths(
    holder: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any], matrix: Matrix = _AS_IS, depth: int = 0
) -> Iterator[tuple[Any, Matrix]]:
    """Yield the paths of a page or form and of its nested forms, each with the matrix from its space to the page's."""
    for index in range(count(holder)):
        page_object = get(holder, index)
        kind = pdfium.FPDFPageObj_GetType(page_object)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield page_object, matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            form_matrix = _then(_matrix_of(page_object), matrix)
            yield from _paths(
                page_object, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, form_matrix, depth + 1
            )


def _matrix_of(page_object: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(page_object, ctypes.byref(found)):
        return _AS_IS
    return found.a, found.b, found.c, found.d, found.e, found.f


def _then(first: Matrix, second: Matrix) -> Matrix:
    """Combine two matrices into one."""
    (a, b, c, d, e, f), (p, q, r, s, t, u) = first, second
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _through(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _is_line(left: float, bottom: float, right: float, top: float) -> bool:
    width, height = right - left, top - bottom
    return (width < _THIN and height > _LEAST) or (height < _THIN and width > _LEAST)


def _inside(page_object: Any) -> Iterator[Line]:
    """Yield the lines of a stroked path."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(page_object, ctypes.byref(fill), ctypes.byref(stroke)) or not stroke.value:
        return
    count = pdfium.FPDFPath_CountSegments(page_object)
    if not 0 < count <= _MOST_POINTS:
        return
    matrix = _matrix_of(page_object)
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = (0.0, 0.0)
    for index in range(count):
        part = pdfium.FPDFPath_GetPathSegment(page_object, index)
        pdfium.FPDFPathSegment_GetPoint(part, ctypes.byref(x), ctypes.byref(y))
        point = _through(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(part)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _between(last, point)
        if pdfium.FPDFPathSegment_GetClose(part):
            yield from _between(point, begin)
        last = point


def _between(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Line]:
    line = min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1])
    if _is_line(*line):
        yield line
