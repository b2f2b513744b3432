"""Joins pieces of a column's lines by their boxes: a clause's number and its words, or a table's cells.

Tesseract returns one printed line as several pieces if it has wide gaps, and in an order of its own.
"""

from collections.abc import Iterable

from ingest.ocr.tesseract import Line, Word

_SHARED = 0.5  # of the lower piece's height


def rows(pieces: Iterable[Line]) -> list[Line]:
    """Return lines from top to bottom, the words of each from left to right."""
    found: list[list[Line]] = []
    for piece in sorted(pieces, key=_middle):
        row = next((row for row in reversed(found[-3:]) if all(_beside(piece, other) for other in row)), None)
        if row is None:
            found.append([piece])
        else:
            row.append(piece)
    return [_joined(row) for row in found]


def _joined(row: list[Line]) -> Line:
    return tuple(word for piece in sorted(row, key=lambda piece: piece[0].box[0]) for word in piece)


def _beside(first: Line, second: Line) -> bool:
    """Return whether the pieces overlap vertically and are separate horizontally."""
    left, top, right, bottom = _box(first)
    other_left, other_top, other_right, other_bottom = _box(second)
    shared = min(bottom, other_bottom) - max(top, other_top)
    lower = min(bottom - top, other_bottom - other_top)
    return shared > _SHARED * lower and (right <= other_left or other_right <= left)


def _box(words: Iterable[Word]) -> tuple[int, int, int, int]:
    lefts, tops, rights, bottoms = zip(*(word.box for word in words), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _middle(piece: Line) -> float:
    _, top, _, bottom = _box(piece)
    return (top + bottom) / 2
