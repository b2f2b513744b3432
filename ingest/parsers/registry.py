"""Maps media types to parsers and runs the parser for a file's bytes.

A parser's module is imported when its first file arrives, so that a folder of PDFs does not wait for the libraries that
spreadsheets need. Other packages bring parsers as plug-ins (`ingest.discovery.plugins`); what one needs to write a
plug-in is exported here.
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
    KINDS,
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
from ingest.discovery.kind import Kind
from ingest.discovery.plugins import ParserPlugin, plugins
from ingest.parsers.base.interface import LoadedFile, ReadOptions
from ragnano.errors import DamagedFile, RagnanoError, UnsupportedFile

__all__ = ["LOADERS", "Kind", "LoadedFile", "ParserPlugin", "ReadOptions", "load"]

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
    plugin = None if place else next((own for own in plugins(KINDS) if own.kind.media_type == media_type), None)
    if not place and not plugin:
        raise UnsupportedFile(f"no parser for {media_type}; convert it to PDF or text")
    if not data:
        raise DamagedFile("the file is empty, 0 bytes; nothing to take in")
    options = options or ReadOptions()
    if plugin:
        return _seen(_by_plugin(plugin, data, options))
    assert place
    module, _, name = place.partition(":")
    loader: Loader = getattr(importlib.import_module(module), name)
    return _seen(loader(data, options))


def _by_plugin(plugin: ParserPlugin, data: bytes, options: ReadOptions) -> LoadedFile:
    """Parse with a plug-in. Whatever it raises or returns by mistake becomes a DamagedFile that names its kind."""
    try:
        loaded = plugin.load(data, options)
    except (RagnanoError, MemoryError):
        raise
    except Exception as error:
        why = (
            f"the plug-in for {plugin.kind.name} files failed on it ({type(error).__name__}); convert it to PDF or text"
        )
        raise DamagedFile(why) from error
    if not isinstance(loaded, LoadedFile):
        raise DamagedFile(f"the plug-in for {plugin.kind.name} files returned no LoadedFile; ask its author")
    return loaded


def _seen(loaded: LoadedFile) -> LoadedFile:
    """Return the file's pages without invisible characters, whatever the format."""
    outline = tuple(entry._replace(title=visible(entry.title)) for entry in loaded.outline)
    pages = tuple(map(seen, loaded.pages))
    return replace(loaded, pages=pages, title=visible(loaded.title), author=visible(loaded.author), outline=outline)
