"""Maps media types to parsers and runs the parser for a file's bytes.

A parser's module is imported when its first file arrives, so that a folder of PDFs does not wait for the libraries that
spreadsheets need.
"""

import importlib
from collections.abc import Callable
from dataclasses import replace

from ingest.characters.hidden import seen, visible
from ingest.discovery.file_types import (
    CSV,
    DOCX,
    EML,
    HTML,
    IMAGES,
    MARKDOWN,
    MSG,
    ODP,
    ODS,
    ODT,
    PDF,
    PPTX,
    RTF,
    TEXT,
    XLS,
    XLSX,
    ZIP,
)
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ragnano.errors import DamagedFile, UnsupportedFile

__all__ = ["LOADERS", "LoadedFile", "ReadOptions", "load"]

Loader = Callable[[bytes, ReadOptions], LoadedFile]
LOADERS = {
    PDF: "ingest.parsers.pdf.document:load_pdf",
    TEXT: "ingest.parsers.base.plain_text:load_text",
    MARKDOWN: "ingest.parsers.base.plain_text:load_text",
    **dict.fromkeys(IMAGES, "ingest.parsers.image:load_image"),
    HTML: "ingest.parsers.html.document:load_html",
    CSV: "ingest.parsers.csv_table:load_csv",
    RTF: "ingest.parsers.rtf.document:load_rtf",
    DOCX: "ingest.parsers.office.word:load_word",
    PPTX: "ingest.parsers.office.powerpoint:load_slides",
    XLSX: "ingest.parsers.office.xlsx:load_sheets",
    XLS: "ingest.parsers.office.xls:load_old_sheets",
    ODT: "ingest.parsers.odf.texts:load_odt",
    ODP: "ingest.parsers.odf.texts:load_odp",
    ODS: "ingest.parsers.odf.spreadsheets:load_ods",
    EML: "ingest.parsers.mail.eml:load_eml",
    MSG: "ingest.parsers.mail.outlook:load_msg",
    ZIP: "ingest.parsers.archive:load_zip",
}
"""Maps each media type to "module:function" of its parser."""


def load(data: bytes, media_type: str, options: ReadOptions | None = None) -> LoadedFile:
    """Parse a file's bytes. Raises UnsupportedFile, PasswordNeeded, LimitExceeded or DamagedFile."""
    place = LOADERS.get(media_type)
    if place is None:
        raise UnsupportedFile(f"no parser for {media_type}; convert it to PDF or text")
    if not data:
        raise DamagedFile("the file is empty, 0 bytes; nothing to take in")
    module, _, name = place.partition(":")
    loader: Loader = getattr(importlib.import_module(module), name)
    return _seen(loader(data, options or ReadOptions()))


def _seen(loaded: LoadedFile) -> LoadedFile:
    """Return the file's pages without invisible characters, whatever the format."""
    outline = tuple(entry._replace(title=visible(entry.title)) for entry in loaded.outline)
    pages = tuple(map(seen, loaded.pages))
    return replace(loaded, pages=pages, title=visible(loaded.title), author=visible(loaded.author), outline=outline)
