"""Wraps Tesseract (tesserocr): returns a picture's lines of words with boxes and confidence.

An `Engine` is used by one thread at a time. Several in one process run in parallel, because Tesseract releases the
interpreter lock while it reads.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.characters.sanitize import clean
from ingest.ocr.languages import data_folder, has_orientation, require_languages

if TYPE_CHECKING:
    from PIL.Image import Image

# Set before the library loads: with OpenMP's own choice of threads a page took 29 s instead of 2.
os.environ["OMP_THREAD_LIMIT"] = "1"
import tesserocr

SECONDS = 100
"""Time limit for one reading of one page, below the limit after which the parsing process is ended.

A dense page takes 2 s, and took 30 s with nine times as much work on the machine as it has cores. A limit of 60 s
failed on some pages there, so that results depended on what else was running.
"""

_VARIABLES = {
    "tessedit_enable_doc_dict": "0",  # words of one page must not influence how the next one is read
    "debug_file": os.devnull,
}


class Word(NamedTuple):
    """A recognized word: its text, its confidence (0 to 100), and its box in pixels, origin top left."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]


Line = tuple[Word, ...]


class OcrFailed(Exception):
    """Tesseract failed on one picture. Never raised outside this package."""


class Engine:
    """An open Tesseract instance. Raises ConfigError if a language is not installed."""

    def __init__(self, languages: str) -> None:
        require_languages(languages)
        self._api = _opened(languages, tesserocr.PSM.SINGLE_COLUMN)
        for name, value in _VARIABLES.items():
            self._api.SetVariable(name, value)
        self._turns: Any = None

    def read(self, picture: "Image", dpi: float) -> list[Line]:
        """Return the lines of a grey picture with one column, from top to bottom. Raises OcrFailed."""
        try:
            self._api.SetImage(picture)
            self._api.SetSourceResolution(round(dpi))
            if not self._api.Recognize(SECONDS * 1000):
                raise OcrFailed(f"OCR took longer than {SECONDS} s")
            return list(_lines(self._api.GetIterator()))
        except RuntimeError:
            raise OcrFailed("OCR failed on it") from None
        finally:
            self._api.Clear()

    def quarter_turns(self, picture: "Image", dpi: float) -> int | None:
        """Return the number of quarter turns, anticlockwise, that put the picture upright; None if unclear."""
        if not has_orientation():
            return None
        if self._turns is None:
            self._turns = _opened("osd", tesserocr.PSM.OSD_ONLY)
        try:
            self._turns.SetImage(picture)
            self._turns.SetSourceResolution(round(dpi))
            found = self._turns.DetectOrientationScript()
        except RuntimeError:
            return None
        finally:
            self._turns.Clear()
        return round(found["orient_deg"] / 90) % 4 if found else None

    def close(self) -> None:
        """Free the memory."""
        self._api.End()
        if self._turns is not None:
            self._turns.End()


def version() -> str:
    """Return Tesseract's version: "5.5.4"."""
    return str(tesserocr.tesseract_version()).split()[1]


def _opened(languages: str, mode: int) -> Any:
    oem = tesserocr.OEM.DEFAULT if languages == "osd" else tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=str(data_folder()), lang=languages, psm=mode, oem=oem)


def _lines(found: Any) -> Iterator[Line]:
    """Yield words grouped by Tesseract's lines, without words that are empty after cleaning."""
    words: list[Word] = []
    for item in tesserocr.iterate_level(found, tesserocr.RIL.WORD) if found is not None else ():
        if item.Empty(tesserocr.RIL.WORD):
            continue
        if words and item.IsAtBeginningOf(tesserocr.RIL.TEXTLINE):
            yield tuple(words)
            words = []
        text = clean(item.GetUTF8Text(tesserocr.RIL.WORD)).strip()
        if text:
            words.append(Word(text, item.Confidence(tesserocr.RIL.WORD), item.BoundingBox(tesserocr.RIL.WORD)))
    if words:
        yield tuple(words)
