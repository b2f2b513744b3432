"""Reads one page's picture in up to three ways until the result is good: as it lies, then turned, then enlarged.

Most pages need one reading. Others are tried only if its confidence is low.
"""

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.ocr.columns import regions
from ingest.ocr.deskew import Laid, as_it_lies, enlarged, evened, inked, levelled, turned
from ingest.ocr.rows import rows
from ingest.ocr.tesseract import Engine, Line, OcrFailed

if TYPE_CHECKING:
    from PIL.Image import Image

SURE = 80.0
"""Confidence above which nothing else is tried: contract pages have 91 to 95, degraded ones 84 to 95."""
DOUBTFUL = 70.0
"""Confidence below which a page is reported as doubtful: at 69 a quarter of the words was wrong, at 84 a twentieth."""
NOTHING = 45.0
"""Confidence below which the result is discarded: upside-down text gives 33 to 40, photographs less than 40."""
LEAST_INK = 0.003
"""Share of the picture; less is dust on a blank sheet, a line of text is more."""
_SPECK = 40.0  # confidence; lines below it are creases, signatures, pictures
_FEW_LETTERS = 20  # a reading with fewer letters cannot replace another
_SMALL = 17.0  # pixels; lower words are read better when enlarged
_LARGER = 2.0
_MOST_LARGE_PIXELS = 12_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of one reading: lines of words and each word's box on the given picture, in order (n, 4)."""

    lines: tuple[Line, ...]
    boxes: NDArray[np.float64]
    confidence: float
    letters: int


def recognise(engine: Engine, picture: "Image", dpi: float) -> Reading:
    """Read the text of a grey picture with `dpi` pixels per inch. Raises OcrFailed if Tesseract fails on all of it."""
    lying = as_it_lies(evened(picture))
    best = _read(engine, levelled(lying, dpi), dpi)
    if best.confidence >= SURE:
        return best
    if inked(picture) >= LEAST_INK:
        best = _best_turned(engine, lying, dpi, best)
    return best if best.confidence >= SURE else _larger(engine, lying, dpi, best)


def _best_turned(engine: Engine, lying: Laid, dpi: float, best: Reading) -> Reading:
    """Return the best reading of the turned page. All turns are tried only while no reading makes sense."""
    likely = engine.quarter_turns(lying.picture, dpi)
    if best.confidence >= DOUBTFUL and not likely:
        return best
    for quarters in sorted((1, 2, 3), key=lambda quarters: quarters != likely):
        try:
            other = _read(engine, levelled(turned(lying, quarters), dpi), dpi)
        except OcrFailed:
            continue
        best = max(best, other, key=_worth)
        if best.confidence >= DOUBTFUL:
            break
    return best


def _larger(engine: Engine, lying: Laid, dpi: float, best: Reading) -> Reading:
    """Return the reading of small letters enlarged, if it is better."""
    heights = best.boxes[:, 3] - best.boxes[:, 1]
    pixels = lying.picture.width * lying.picture.height * _LARGER**2
    if best.letters < _FEW_LETTERS or median(heights) >= _SMALL or pixels > _MOST_LARGE_PIXELS:
        return best
    try:
        other = _read(engine, levelled(enlarged(lying, _LARGER), dpi * _LARGER), dpi * _LARGER)
    except OcrFailed:
        return best
    return max(best, other, key=_worth)


def _worth(reading: Reading) -> float:
    return reading.confidence if reading.letters >= _FEW_LETTERS else 0.0


def _read(engine: Engine, laid: Laid, dpi: float) -> Reading:
    lines: list[Line] = []
    places: list[tuple[float, ...]] = []
    for left, top, right, bottom in regions(laid.picture, dpi):
        found = engine.read(laid.picture.crop((left, top, right, bottom)), dpi)
        texts = rows(line for line in found if _is_text(line))
        lines += texts
        places += [(x0 + left, y0 + top, x1 + left, y1 + top) for line in texts for _, _, (x0, y0, x1, y1) in line]
    words = [word for line in lines for word in line]
    boxes = laid.original(np.array(places, dtype=np.float64).reshape(-1, 4))
    weights = [sum(map(str.isalnum, word.text)) for word in words]
    letters = sum(weights)
    weighed = sum(word.confidence * weight for word, weight in zip(words, weights, strict=True))
    return Reading(tuple(lines), boxes, weighed / letters if letters else 0.0, letters)


def _is_text(line: Line) -> bool:
    """Return False for specks, rules and edges that were mistaken for a line."""
    if not any(char.isalnum() for word in line for char in word.text):
        return False
    return median(word.confidence for word in line) >= _SPECK or len(line) > 3
