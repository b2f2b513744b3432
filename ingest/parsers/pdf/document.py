"""Parses PDF files with pdfium, and with pypdf where pdfium fails."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.characters.garbled import is_noise
from ingest.parsers.base.heartbeat import beat
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ingest.parsers.nested_files import numbered
from ingest.parsers.pdf.annotations import Note, notes_of, with_notes
from ingest.parsers.pdf.attachments import attached_pages, is_clipped
from ingest.parsers.pdf.hidden.proof import LEAST_CUT
from ingest.parsers.pdf.page_text import NO_CHARACTER_MAP, read_page
from ingest.parsers.pdf.pypdf_fallback import PypdfFallback
from ingest.parsers.pdf.scanned_pages import with_ocr
from ragnano.documents.pdfium_lock import TURN
from ragnano.errors import DamagedFile, PasswordNeeded, UnsupportedFile
from ragnano.text.words import fold
from ragnano.types import Page


def load_pdf(data: bytes, options: ReadOptions) -> LoadedFile:
    """Return pages with text and word boxes, and the file's metadata.

    Raises PasswordNeeded, UnsupportedFile (certificate encryption, or a scan while OCR is off), DamagedFile (neither
    library finds a page with text), ConfigError (an OCR language is not installed).
    """
    second = PypdfFallback(data, options.passwords)
    with TURN:
        pages = () if options.second_only else _read_with_pdfium(data, options, second)
    pages = pages or second.pages()
    _must_have_text(pages, options)
    title, author = second.title_and_author()
    return LoadedFile(pages, title, author, second.outline())


def _read_with_pdfium(data: bytes, options: ReadOptions, second: PypdfFallback) -> tuple[Page, ...]:
    document = _open(data, options.passwords)
    if document is None:
        return ()
    try:
        with contextlib.suppress(pypdfium2.PdfiumError):  # treat a broken form as no form
            document.init_forms()
        read = list(_pages(document, second))
        # Annotations are kept when OCR replaces the page's text.
        pages = with_ocr(document, [one.page for one in read], options)
        own = [
            with_notes(page, one.notes) for page, one in zip(_without_repeated_hidden_text(pages), read, strict=True)
        ]
        clipped = [index for index, one in enumerate(read) if one.clipped]
        return numbered([*own, *attached_pages(document, clipped, options, len(data))])
    finally:
        document.close()


def _without_repeated_hidden_text(pages: Sequence[Page]) -> Iterator[Page]:
    """Yield the pages without invisible text that a neighbouring page shows: printers draw a line that a page break
    cuts on both pages, visible on one of them.
    """
    texts = ["", *(fold(page.text) if any(one.hidden for one in pages) else "" for page in pages), ""]
    for page, before, after in zip(pages, texts, texts[2:], strict=False):
        hidden = tuple(
            item
            for item in page.hidden
            if item.kind != "invisible"
            or len(item.text.split()) < LEAST_CUT
            or not any(fold(item.text) in text for text in (before, after))
        )
        yield page if hidden == page.hidden else replace(page, hidden=hidden)


class _Read(NamedTuple):
    """A page, its annotations, and whether files are attached to it."""

    page: Page
    notes: tuple[Note, ...] = ()
    clipped: bool = False


def _pages(document: pypdfium2.PdfDocument, second: PypdfFallback) -> Iterator[_Read]:
    layers = second.has_layers()
    for index in range(len(document)):
        yield _page(document, index, second, layers)
        beat()


def _open(data: bytes, passwords: Sequence[str]) -> pypdfium2.PdfDocument | None:
    """Open the document in pdfium; returns None if pdfium cannot read it."""
    for password in (None, "", *passwords):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code == pdfium.FPDF_ERR_SECURITY:
                raise UnsupportedFile("encrypted with a certificate; open it and save it without") from None
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                return None
    raise PasswordNeeded("encrypted, and no given password opens it; give the password or save it without")


def _page(document: pypdfium2.PdfDocument, index: int, second: PypdfFallback, layers: bool) -> _Read:
    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        damaged = Page(number, 0.0, 0.0, "", unreadable="the page is damaged and cannot be read")
        return _Read(_with_fallback_text(damaged, second))
    read = read_page(page, number, layers=layers)
    notes, clipped = notes_of(page, document.formenv), is_clipped(page)
    page.close()
    return _Read(_with_fallback_text(read, second), notes, clipped)


def _with_fallback_text(read: Page, second: PypdfFallback) -> Page:
    """Return the page, read by pypdf if pdfium found no text."""
    if is_noise(read.text):
        read = replace(read, text="", words=b"", unreadable="no text on this page: " + NO_CHARACTER_MAP)
    # pypdf does not distinguish hidden from visible text.
    if read.unreadable is None or read.hidden:
        return read
    text = second.text_of(read.number)
    if any(char.isalnum() for char in text) and not is_noise(text):
        return Page(read.number, read.width, read.height, text, read_by="second-reader")
    return read


def _must_have_text(pages: Sequence[Page], options: ReadOptions) -> None:
    if not pages:
        raise DamagedFile("no pages found in the file; open it in a PDF program and save it anew")
    if any(page.text.strip() for page in pages):
        return
    reasons = [page.unreadable for page in pages if page.unreadable]
    if not reasons:
        raise DamagedFile("all pages are empty; nothing to take in")
    if all("OCR" in reason for reason in reasons):
        if options.ocr == "never":
            raise UnsupportedFile(f"no text: scanned, and OCR is off; `--ocr auto` reads it ({len(pages)} pages)")
        raise UnsupportedFile(f"no text: OCR finds none on its pages; check that they are legible ({len(pages)} pages)")
    raise DamagedFile(f"no page gives text ({reasons[0]}); open it in a PDF program and save it anew")
