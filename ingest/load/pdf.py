"""PDF files: pdfium reads, pypdf helps. Knows which reader is asked for what and what a failure means."""

from collections.abc import Sequence

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.load.loaded import LoadedFile, ReadOptions
from ingest.load.pdf_ocr import with_ocr
from ingest.load.pdf_second import SecondReader
from ingest.load.pdf_text import read_page
from ragnano.errors import DamagedFile, PasswordNeeded, UnsupportedFile
from ragnano.types import Page


def load_pdf(data: bytes, options: ReadOptions) -> LoadedFile:
    """Pages with text and word boxes, and what the file says about itself.

    Raises PasswordNeeded, UnsupportedFile (certificate encryption, or a scan and OCR is off), DamagedFile (no reader
    finds a page with text), ConfigError (a language of OCR is not installed).
    """
    second = SecondReader(data, options.passwords)
    document = _open(data, options.passwords)
    pages: tuple[Page, ...] = ()
    if document is not None:
        try:
            pages = tuple(_page(document, index, second) for index in range(len(document)))
            pages = with_ocr(document, pages, options)
        finally:
            document.close()
    pages = pages or second.pages()
    _must_have_text(pages, options)
    title, author = second.title_and_author()
    return LoadedFile(pages, title, author, second.outline())


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


def _page(document: pypdfium2.PdfDocument, index: int, second: SecondReader) -> Page:
    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        read = Page(number, 0.0, 0.0, "", unreadable="the page is damaged; no reader opens it")
    else:
        read = read_page(page, number)
        page.close()
    if read.unreadable is None:
        return read
    text = second.text_of(number)
    if any(char.isalnum() for char in text):
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
