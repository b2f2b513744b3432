"""Converts pictures of pages into pages with text and word boxes, several at once.

Order and results do not depend on the number of threads: pages share nothing but the library's code.
"""

import math
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from ingest.ocr.deskew import inked
from ingest.ocr.languages import require_languages
from ingest.ocr.page_text import text_of
from ingest.ocr.recognition import DOUBTFUL, LEAST_INK, NOTHING, Reading, recognise
from ingest.ocr.tesseract import Engine, OcrFailed
from ragnano.documents.word_boxes import pack_arrays
from ragnano.types import Page

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 200.0
"""Pixels per inch at which pages are rendered. Word error rates on degraded pages: see tests/benchmarks/LOG.md."""
MOST_PIXELS = 30_000_000
"""Largest picture, in pixels: A3 at 400 dpi. Larger pages are rendered at a lower resolution."""
_POINTS = 72.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be read: its number, its size in points, and a grey picture of it as displayed."""

    number: int
    width: float
    height: float
    picture: "Image"


def dpi_for(width: float, height: float, preferred: float = DPI) -> float:
    """Return the pixels per inch for a page of this size in points: `preferred`, or less if its picture would be too
    large.
    """
    inches = max(width, 1.0) * max(height, 1.0) / _POINTS**2
    return min(preferred, math.sqrt(MOST_PIXELS / inches))


class PageRecognizer:
    """Context manager that reads sheets in threads, one Tesseract each. Raises ConfigError for an unknown language."""

    def __init__(self, languages: str, threads: int | None = None) -> None:
        require_languages(languages)
        self._languages = languages
        self._threads = threads or _cores()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="ocr")
        self._own = threading.local()
        self._engines: list[Engine] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for engine in self._engines:
            engine.close()

    def pages(self, sheets: Iterable[Sheet]) -> Iterator[Page]:
        """Yield each sheet's page, in order. Sheets are fetched in the calling thread, only a few ahead."""
        waiting: deque[Future[Page]] = deque()
        for sheet in sheets:
            waiting.append(self._pool.submit(self._page, sheet))
            if len(waiting) > self._threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _page(self, sheet: Sheet) -> Page:
        dpi = sheet.picture.width * _POINTS / max(sheet.width, 1.0)
        try:
            return _page_of(sheet, recognise(self._engine(), sheet.picture, dpi))
        except OcrFailed as error:
            why = f"no text on this page: {error}"
            return Page(sheet.number, sheet.width, sheet.height, "", read_by="ocr", unreadable=why)

    def _engine(self) -> Engine:
        engine: Engine | None = getattr(self._own, "engine", None)
        if engine is None:
            engine = self._own.engine = Engine(self._languages)
            self._engines.append(engine)
        return engine


def _page_of(sheet: Sheet, reading: Reading) -> Page:
    if reading.confidence < NOTHING:
        blank = not reading.letters and inked(sheet.picture) < LEAST_INK
        why = None if blank else "no text on this page: OCR finds none in its picture"
        return Page(sheet.number, sheet.width, sheet.height, "", read_by="ocr", unreadable=why)
    text, spans = text_of(reading.lines)
    size = np.array((sheet.width, sheet.height) * 2)
    boxes = np.clip(reading.boxes * size / np.array(sheet.picture.size * 2), 0, size)
    doubt = None
    if reading.confidence < DOUBTFUL:
        doubt = f"read by OCR with low confidence ({reading.confidence:.0f} of 100): check it against the page"
    words = pack_arrays(np.array(spans, dtype=np.int64).reshape(-1, 2), boxes)
    return Page(sheet.number, sheet.width, sheet.height, text, words, read_by="ocr", unreadable=doubt)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
