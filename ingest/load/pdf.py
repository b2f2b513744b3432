"""PDF files: pdfium reads, pypdf helps. Knows which reader is asked for what and what a failure means."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.load.loaded import LoadedFile, ReadOptions
from ingest.load.noise import is_noise
from ingest.load.pdf_ocr import with_ocr
from ingest.load.pdf_second import SecondReader
from ingest.load.pdf_text import NO_CHARACTER_MAP, read_page
from ingest.signs import alive
from ragnano.errors import DamagedFile, PasswordNeeded, UnsupportedFile
from ragnano.pdfium import TURN
from ragnano.types import Page


def load_pdf(data: bytes, options: ReadOptions) -> LoadedFile:
    """Pages with text and word boxes, and what the file says about itself.

    Raises PasswordNeeded, UnsupportedFile (certificate encryption, or a scan and OCR is off), DamagedFile (no reader
    finds a page with text), ConfigError (a language of OCR is not installed).
    """
    second = SecondReader(data, options.passwords)
    with TURN:
        pages = () if options.second_only else _first_reader(data, options, second)
    pages = pages or second.pages()
    _must_have_text(pages, options)
    title, author = second.title_and_author()
    return LoadedFile(pages, title, author, second.outline())


def _first_reader(data: bytes, options: ReadOptions, second: SecondReader) -> tuple[Page, ...]:
    document = _open(data, options.passwords)
    if document is None:
        return ()
    try:
        return with_ocr(document, tuple(_pages(document, second)), options)
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument, second: SecondReader) -> Iterator[Page]:
    layers = second.has_layers()
    for index in range(len(document)):
        yield _page(document, index, second, layers)
        alive()


def _open(data: bytes, passwords: Sequence[str]) -> pypdfium2.PdfDocument | None:
    """The document in pdfium, None when it makes nothing of the bytes."""
    for password in (None, "", *passwords):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code == pdfium.FPDF_ERR_SECURITY:
                raise UnsupportedFile("encrypted with a certificate; open it and save it without") from None
            if error.err_code != pdfium.FPDF_ERR_PASSWORD:
                return None
    raise PasswordNeeded("encrypted, and no given password opens it; give the password or save it without")


def _page(document: pypdfium2.PdfDocument, index: int, second: SecondReader, layers: bool) -> Page:
    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        read = Page(number, 0.0, 0.0, "", unreadable="the page is damaged; no reader opens it")
    else:
        read = read_page(page, number, layers=layers)
        page.close()
    if is_noise(read.text):
        read = replace(read, text="", words=b"", unreadable="no text on this page: " + NO_CHARACTER_MAP)
    # The second reader sees no difference between text that is hidden and text that is not.
    if read.unreadable is None or read.hidden:
        return read
    text = second.text_of(number)
    if any(char.isalnum() for char in text) and not is_noise(text):
        return Page(number, read.width, read.height, text, read_by="second-reader")
    return read


def _must_have_text(pages: Sequence[Page], options: ReadOptions) -> None:
    if not pages:
        raise DamagedFile("no reader finds a page in it; open it in a PDF program and save it anew")
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
