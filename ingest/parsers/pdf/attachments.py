"""Parses files embedded in a PDF, each with its own parser, as for a message's attachments.

Finds the files that the PDF lists by name (a portfolio's files, an invoice's data) and those attached to a page by a
paper clip. `ingest.parsers.nested_files` sets the limits. Takes an open document; the attachments of a PDF that only
pypdf can open are not read.
"""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.parsers.archive import FREE, MOST_RATIO
from ingest.parsers.base.heartbeat import beat
from ingest.parsers.base.interface import ReadOptions
from ingest.parsers.nested_files import inside, is_spent, member_name, read_member, unreadable
from ragnano.errors import LimitExceeded
from ragnano.types import Page

_MOST_NOTES = 2_000  # per page


def is_clipped(page: Any) -> bool:
    """Return whether files are attached to the open page."""
    return next(_clips(page.raw), None) is not None


def attached_pages(
    document: pypdfium2.PdfDocument, clipped: Sequence[int], options: ReadOptions, size: int
) -> list[Page]:
    """Return the pages of all embedded files, each file numbered on its own; an unreadable one becomes a page with the
    reason.

    `clipped`: indexes of the pages with attached files; `size`: the PDF's own size in bytes.
    """
    pages: list[Page] = []
    within: ReadOptions | None = None
    for place, attachment in _named(document, clipped):
        beat()
        try:
            within = within or inside(options)
        except LimitExceeded as error:
            return [*pages, unreadable(place, str(error))]
        if is_spent(within):
            break
        pages += _read(place, attachment, within, max(FREE, MOST_RATIO * size))
    return pages


def _read(place: str, attachment: pypdfium2.PdfAttachment, options: ReadOptions, most: int) -> list[Page]:
    if _size(attachment) > most:
        return [unreadable(place, "unpacks to far more than it weighs, like a decompression bomb; left out")]
    try:
        data = bytes(attachment.get_data())
    except pypdfium2.PdfiumError:
        return [unreadable(place, "damaged inside the PDF; save it from there, or save the PDF anew")]
    return read_member(place.removeprefix("Attachment "), data, options, place)


def _size(attachment: pypdfium2.PdfAttachment) -> int:
    size = ctypes.c_ulong()
    pdfium.FPDFAttachment_GetFile(attachment.raw, None, 0, size)
    return int(size.value)


def _named(document: pypdfium2.PdfDocument, clipped: Sequence[int]) -> Iterator[tuple[str, pypdfium2.PdfAttachment]]:
    """Yield the files and their places, each once: a paper clip may refer to a file that is also listed."""
    seen: set[tuple[str, int]] = set()
    for number, attachment in enumerate(_attachments(document, clipped), 1):
        try:
            name = attachment.get_name()
        except pypdfium2.PdfiumError:
            name = ""
        place = f"Attachment {member_name(name) if name else f'{number}, without a name'}"
        if (key := (place, _size(attachment))) not in seen:
            seen.add(key)
            yield place, attachment


def _attachments(document: pypdfium2.PdfDocument, clipped: Sequence[int]) -> Iterator[pypdfium2.PdfAttachment]:
    for index in range(document.count_attachments()):
        if raw := pdfium.FPDFDoc_GetAttachment(document.raw, index):
            yield pypdfium2.PdfAttachment(raw, document)
    for index in clipped:
        page = document[index]
        for clip in _clips(page.raw):
            yield pypdfium2.PdfAttachment(clip, document)
        page.close()


def _clips(page: Any) -> Iterator[Any]:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_NOTES)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            file = kind == pdfium.FPDF_ANNOT_FILEATTACHMENT and pdfium.FPDFAnnot_GetFileAttachment(annotation)
            if file:
                yield file
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
