"""Ruling lines of a PDF page: what frames tables. Knows pdfium's page objects, not what the lines mean.

Lines are drawn in three ways: stroked one by one, as filled rectangles of a hair's height (word processors), or many in
one path (programs that draw whole grids).
"""

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

_MOST_OBJECTS = 3_000  # a drawing has more, and no table
_MOST_POINTS = 400  # in one path
_THIN = 3.0  # points
_LEAST = 8.0  # points long; dots and dashes are shorter

Line = tuple[float, float, float, float]


def rules_of(page: Any) -> NDArray[np.float64]:
    """Level and upright lines in page space: float64 (n, x0 y0 x1 y1). Lines inside forms are not seen."""
    count = pdfium.FPDFPage_CountObjects(page.raw)
    lines: list[Line] = []
    if 0 < count <= _MOST_OBJECTS:
        sides = [ctypes.c_float() for _ in range(4)]
        places = [ctypes.byref(side) for side in sides]
        for index in range(count):
            thing = pdfium.FPDFPage_GetObject(page.raw, index)
            if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_PATH:
                continue
            if not pdfium.FPDFPageObj_GetBounds(thing, *places):
                continue
            left, bottom, right, top = (side.value for side in sides)
            if _is_line(left, bottom, right, top):
                lines.append((left, bottom, right, top))
            elif right - left > _LEAST and top - bottom > _LEAST:
                lines += _inside(thing)
    return np.array(lines, dtype=np.float64).reshape(-1, 4)


def _is_line(left: float, bottom: float, right: float, top: float) -> bool:
    width, height = right - left, top - bottom
    return (width < _THIN and height > _LEAST) or (height < _THIN and width > _LEAST)


def _inside(thing: Any) -> Iterator[Line]:
    """The lines that a stroked path is made of."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(thing, ctypes.byref(fill), ctypes.byref(stroke)) or not stroke.value:
        return
    count = pdfium.FPDFPath_CountSegments(thing)
    matrix = pdfium.FS_MATRIX()
    if not 0 < count <= _MOST_POINTS or not pdfium.FPDFPageObj_GetMatrix(thing, ctypes.byref(matrix)):
        return
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = (0.0, 0.0)
    for index in range(count):
        part = pdfium.FPDFPath_GetPathSegment(thing, index)
        pdfium.FPDFPathSegment_GetPoint(part, ctypes.byref(x), ctypes.byref(y))
        here = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(part)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            begin = here
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _between(last, here)
        if pdfium.FPDFPathSegment_GetClose(part):
            yield from _between(here, begin)
        last = here


def _between(one: tuple[float, float], two: tuple[float, float]) -> Iterator[Line]:
    line = min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])
    if _is_line(*line):
        yield line
