"""Packs the boxes of a page's words for storage, and finds the boxes that cover a span of text.

Parsers and OCR provide the words.

A word is packed in 14 bytes, little-endian: start (uint32, character offset), length (uint16, characters) and the box
(four uint16 in quarter points, so pages of up to 16,383 points fit; PDF viewers stop at 14,400).
"""

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragnano.types import Box

_WORD = struct.Struct("<IHHHHH")
_PACKED = np.dtype([("start", "<u4"), ("length", "<u2"), ("box", "<u2", (4,))])
_STEPS_PER_POINT = 4
_MOST = 0xFFFF


class Word(NamedTuple):
    """A word's characters [start, end) in the page's text and its box."""

    start: int
    end: int
    box: Box


def pack_words(words: Sequence[Word]) -> bytes:
    """Packs words (in text order). Coordinates are rounded outwards to quarter points and clipped to 0."""
    spans = np.array([(word.start, word.end) for word in words], dtype=np.int64).reshape(-1, 2)
    return pack_arrays(spans, np.array([word.box for word in words], dtype=np.float64).reshape(-1, 4))


def pack_arrays(spans: NDArray[np.int64], boxes: NDArray[np.float64]) -> bytes:
    """Like `pack_words`, from arrays: spans (n, 2) as start and end, boxes (n, 4) in points. Faster for whole pages."""
    packed = np.empty(len(spans), dtype=_PACKED)
    packed["start"] = spans[:, 0]
    packed["length"] = np.clip(spans[:, 1] - spans[:, 0], 0, _MOST)
    steps = np.concatenate(
        (np.floor(boxes[:, :2] * _STEPS_PER_POINT), np.ceil(boxes[:, 2:] * _STEPS_PER_POINT)), axis=1
    )
    packed["box"] = np.clip(steps, 0, _MOST)
    return packed.tobytes()


def unpack_words(packed: bytes) -> Iterator[Word]:
    """Yields the words in text order."""
    for start, length, *corners in _WORD.iter_unpack(packed):
        yield Word(start, start + length, Box(*(corner / _STEPS_PER_POINT for corner in corners)))


def unpack_arrays(packed: bytes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Like `unpack_words`, as arrays: spans (n, 2) and boxes (n, 4) in points. Faster for whole pages."""
    words = np.frombuffer(packed, dtype=_PACKED)
    starts = words["start"].astype(np.int64)
    return np.stack((starts, starts + words["length"]), axis=1), words["box"] / float(_STEPS_PER_POINT)


def boxes_for(packed: bytes, start: int, end: int) -> tuple[Box, ...]:
    """Returns one box per line for the words that overlap characters [start, end), in text order; () without boxes."""
    lines: list[Box] = []
    for word in unpack_words(packed):
        if word.start >= end:
            break
        if word.end <= start:
            continue
        if lines and _same_line(lines[-1], word.box):
            last = lines[-1]
            lines[-1] = Box(
                min(last.x0, word.box.x0),
                min(last.y0, word.box.y0),
                max(last.x1, word.box.x1),
                max(last.y1, word.box.y1),
            )
        else:
            lines.append(word.box)
    return tuple(lines)


def _same_line(line: Box, word: Box) -> bool:
    """Whether the boxes share half the height of the lower one and the word does not start left of the line."""
    shared = min(line.y1, word.y1) - max(line.y0, word.y0)
    return shared >= 0.5 * min(line.y1 - line.y0, word.y1 - word.y0) and word.x0 >= line.x0
