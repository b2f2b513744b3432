"""Tesseract, by tesserocr: a picture to lines of words with places and confidence. Knows no page and no file.

An `Engine` is used by one thread at a time; several in one process read at the same time, for Tesseract lets go of the
interpreter while it reads.
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
"""Longest that one reading of one page may take, below the limit that ends the reading process.

A dense page takes 2 s; with nine times as much work on the machine as it has cores it took 30. A limit of 60 gave up on
pages there, and so made what is read depend on what else runs."""

_VARIABLES = {
    "tessedit_enable_doc_dict": "0",  # words of one page must not sway how the next one is read
    "debug_file": os.devnull,
}


class Word(NamedTuple):
    """A word as it was read: its text, how sure (0 to 100), and its box in pixels, origin top left."""

    text: str
    confidence: float
    box: tuple[int, int, int, int]


Line = tuple[Word, ...]


class OcrFailed(Exception):
    """Tesseract gave up on one picture. Never leaves this package."""


class Engine:
    """One opened Tesseract. Raises ConfigError when a language is not installed."""

    def __init__(self, languages: str) -> None:
        require_languages(languages)
        self._api = _opened(languages, tesserocr.PSM.SINGLE_COLUMN)
        for name, value in _VARIABLES.items():
            self._api.SetVariable(name, value)
        self._turns: Any = None

    def read(self, picture: "Image", dpi: float) -> list[Line]:
        """The lines of a grey picture that holds one column, from top to bottom. Raises OcrFailed."""
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
        """How many quarters, anticlockwise, the picture must be turned to stand upright; None when unclear."""
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
        """Give the memory back."""
        self._api.End()
        if self._turns is not None:
            self._turns.End()


def version() -> str:
    """Tesseract's version: "5.5.4"."""
    return str(tesserocr.tesseract_version()).split()[1]


def _opened(languages: str, mode: int) -> Any:
    oem = tesserocr.OEM.DEFAULT if languages == "osd" else tesserocr.OEM.LSTM_ONLY
    return tesserocr.PyTessBaseAPI(path=str(data_folder()), lang=languages, psm=mode, oem=oem)


def _lines(found: Any) -> Iterator[Line]:
    """Words grouped by the lines Tesseract sees; words that clean to nothing are left out."""
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
