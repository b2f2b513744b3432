"""Selects the pages of a PDF that need OCR, renders them, and merges the result. `ingest.ocr` reads the text."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.parsers.base.heartbeat import beat
from ingest.parsers.base.interface import ReadOptions
from ragnano.types import Page

if TYPE_CHECKING:
    from ingest.ocr.pages import Sheet

_OBJECTS_LOOKED_AT = 400
_FEW_LETTERS = 400  # a stamp, a header, a footer; a page of a contract has 1,500 to 4,000
_MOST_OF_A_PAGE = 0.5
_GAIN = 1.5  # OCR must find this many times the letters of an existing text layer to replace it
_LEAST_DPI, _MOST_DPI = 200.0, 300.0
_POINTS = 72.0


def with_ocr(document: pypdfium2.PdfDocument, pages: Sequence[Page], options: ReadOptions) -> tuple[Page, ...]:
    """Return the pages, those that need it read by OCR. Raises ConfigError if a language is not installed."""
    scanned = [page.number for page in pages if options.ocr != "never" and _wants_ocr(document, page, options.ocr)]
    if not scanned:
        return tuple(pages)
    from ingest.ocr.pages import PageRecognizer  # Tesseract is loaded for the first scan, not for every PDF

    read: dict[int, Page] = {}
    with PageRecognizer(options.languages) as recognizer:
        for page in recognizer.pages(_sheets(document, scanned)):
            read[page.number] = page
            beat()
    return tuple(_better(page, read.get(page.number), options.ocr) for page in pages)


def _wants_ocr(document: pypdfium2.PdfDocument, page: Page, ocr: str) -> bool:
    if page.unreadable is not None and "OCR" not in page.unreadable:
        return False  # damaged, so it cannot be rendered
    return ocr == "always" or page.unreadable is not None or _is_stamped_picture(document, page)


def _is_stamped_picture(document: pypdfium2.PdfDocument, page: Page) -> bool:
    """Return whether a picture covers most of the page while the text layer is too short to be the picture's text."""
    if page.read_by != "text-layer" or not 0 < _letters(page) < _FEW_LETTERS:
        return False
    return any(share >= _MOST_OF_A_PAGE for share, _ in _pictures(document, page.number))


def _better(page: Page, read: Page | None, ocr: str) -> Page:
    """Return the page by OCR, unless the existing text layer contains about as much text."""
    if read is None:
        return page
    if ocr == "always" or page.unreadable is not None or _letters(read) > _GAIN * _letters(page):
        return replace(read, hidden=page.hidden)
    return page


def _letters(page: Page) -> int:
    return sum(map(str.isalnum, page.text))


def _sheets(document: pypdfium2.PdfDocument, numbers: Sequence[int]) -> "Iterator[Sheet]":
    from ingest.ocr.pages import Sheet, dpi_for

    for number in numbers:
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError:
            continue
        width, height = page.get_size()
        dpi = dpi_for(width, height, _own_dpi(document, number))
        # Form field values are read from the form itself.
        drawn = page.render(scale=dpi / _POINTS, grayscale=True, may_draw_forms=False)
        yield Sheet(number, width, height, drawn.to_pil().convert("L"))
        page.close()


def _own_dpi(document: pypdfium2.PdfDocument, number: int) -> float:
    """Return the resolution of the picture that covers most of the page, within limits, to blur it least."""
    own = max(_pictures(document, number), default=(0.0, 0.0))[1]
    return min(max(own, _LEAST_DPI), _MOST_DPI)


def _pictures(document: pypdfium2.PdfDocument, number: int) -> list[tuple[float, float]]:
    """Return for each picture on the page the share of the page it covers, and its pixels per inch."""
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return []
    width, height = page.get_size()
    found: list[tuple[float, float]] = []
    for page_object in itertools.islice(page.get_objects(max_depth=4), _OBJECTS_LOOKED_AT):
        if page_object.type != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        try:
            left, bottom, right, top = page_object.get_bounds()
            across, down = page_object.get_px_size()
        except pypdfium2.PdfiumError:
            continue
        area = max(right - left, 0.0) * max(top - bottom, 0.0)
        if area > 0:
            found.append((area / max(width * height, 1.0), (across * down / area) ** 0.5 * _POINTS))
    page.close()
    return found
