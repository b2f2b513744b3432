"""Parses picture files: each picture becomes a page, read by OCR. `ragnano.documents.image_files` opens the files."""

import io
from collections.abc import Iterator

from ingest.ocr.pages import PageRecognizer, Sheet, dpi_for
from ingest.parsers.base.heartbeat import beat
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ragnano.documents import image_files
from ragnano.errors import DamagedFile, LimitExceeded, UnsupportedFile
from ragnano.types import Page

_LEAST_DPI, _MOST_DPI = 200.0, 300.0
_POINTS = 72.0


def load_image(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return one page per picture, with text and word boxes.

    Raises UnsupportedFile (OCR is off or finds no text), DamagedFile, LimitExceeded (too large), ConfigError (a
    language is not installed).
    """
    if options.ocr == "never":
        raise UnsupportedFile("a picture, and OCR is off; `--ocr auto` reads it")
    file = io.BytesIO(data)
    count = image_files.page_count(file)
    damaged: dict[int, Page] = {}
    read: dict[int, Page] = {}
    with PageRecognizer(options.languages) as recognizer:
        for page in recognizer.pages(_sheets(file, count, damaged)):
            read[page.number] = page
            beat()
    pages = tuple((read | damaged)[number] for number in range(1, count + 1))
    if not any(page.text.strip() for page in pages):
        if damaged:
            raise DamagedFile("the picture cannot be opened; save it anew and try again")
        raise UnsupportedFile("no text: OCR finds none in the picture; check that it is legible")
    return LoadedFile(pages)


def _sheets(file: io.BytesIO, count: int, damaged: dict[int, Page]) -> Iterator[Sheet]:
    """Yield the pictures to read. Pages that cannot be opened are added to `damaged`."""
    for number in range(1, count + 1):
        try:
            shown = image_files.page(file, number)
        except (DamagedFile, LimitExceeded) as error:
            if count == 1:
                raise
            damaged[number] = Page(number, 0.0, 0.0, "", read_by="ocr", unreadable=f"no text on this page: {error}")
            continue
        own = max(shown.picture.width / shown.width, shown.picture.height / shown.height) * _POINTS
        dpi = dpi_for(shown.width, shown.height, min(max(own, _LEAST_DPI), _MOST_DPI))
        size = (max(round(shown.width * dpi / _POINTS), 1), max(round(shown.height * dpi / _POINTS), 1))
        yield Sheet(number, shown.width, shown.height, shown.picture.convert("L").resize(size))
