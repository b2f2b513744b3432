"""Detects file types: first by the leading bytes and a container's contents, then by the name's ending.

The bytes take precedence over the name, so that a Word document called "lease.pdf" is read as a Word document.
`ingest.discovery.containers` looks at the names inside a container, `ingest.discovery.plugins` brings kinds that other
packages read.
"""

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import BinaryIO

from ingest.discovery.containers import OLE_MAGIC, ZIP_MAGIC, kind_of_ole, kind_of_zip
from ingest.discovery.kind import Kind
from ingest.discovery.plugins import plugins
from ragnano.errors import PasswordNeeded, UnknownKind, UnsupportedFile

PDF = "application/pdf"
TEXT = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
CSV = "text/csv"
RTF = "application/rtf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
ZIP = "application/zip"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
BMP = "image/bmp"
GIF = "image/gif"
WEBP = "image/webp"
IMAGES = (PNG, JPEG, TIFF, BMP, GIF, WEBP)


# Magic takes precedence over the ending: a PDF called "scan.txt" is a PDF. The order matters only for shared magic.
KINDS = (
    Kind("PDF", PDF, (".pdf",), (b"%PDF-",)),
    Kind("Markdown", MARKDOWN, (".md", ".markdown")),
    Kind("text", TEXT, (".txt", ".text", "")),
    Kind("image", PNG, (".png",), (b"\x89PNG\r\n",)),
    Kind("image", JPEG, (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Kind("image", TIFF, (".tif", ".tiff"), (b"II*\x00", b"MM\x00*")),
    Kind("image", GIF, (".gif",), (b"GIF8",)),
    Kind("image", BMP, (".bmp",)),
    Kind("image", WEBP, (".webp",)),
    Kind("image", None, (".heic",)),
    Kind("Word document", DOCX, (".docx", ".docm", ".dotx", ".dotm")),
    Kind("rich text", RTF, (".rtf",), (b"{\\rtf",)),
    Kind("OpenDocument text", ODT, (".odt", ".ott")),
    Kind("spreadsheet", XLSX, (".xlsx", ".xlsm", ".xltx", ".xltm")),
    Kind("old Excel spreadsheet", XLS, (".xls", ".xlt")),
    Kind("OpenDocument spreadsheet", ODS, (".ods", ".ots")),
    Kind("table in text", CSV, (".csv", ".tsv")),
    Kind("presentation", PPTX, (".pptx", ".pptm", ".ppsx", ".potx")),
    Kind("OpenDocument presentation", ODP, (".odp", ".otp")),
    Kind("e-mail", EML, (".eml",)),
    Kind("Outlook e-mail", MSG, (".msg",)),
    Kind("web page", HTML, (".html", ".htm", ".xhtml")),
    Kind("archive", ZIP, (".zip",)),
    Kind("old Word document", None, (".doc", ".dot"), (), "open it in Word or LibreOffice and save it as .docx or PDF"),
    Kind(
        "old PowerPoint presentation",
        None,
        (".ppt", ".pps"),
        (),
        "open it in PowerPoint or LibreOffice and save it as .pptx or PDF",
    ),
    Kind("binary Excel spreadsheet", None, (".xlsb",), (), "open it in Excel and save it as .xlsx"),
    Kind("Apple iWork document", None, (".pages", ".numbers", ".key"), (), "open it and export it to PDF"),
    Kind("e-book", None, (".epub", ".mobi"), (), "convert it to PDF"),
    Kind("mailbox", None, (".mbox", ".pst", ".ost"), (), "save its messages as .eml or .msg files"),
    Kind(
        "archive",
        None,
        (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"),
        (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00"),
        "unpack it and take in the folder",
    ),
    Kind("files packed by Outlook", None, (), (b"\x78\x9f\x3e\x22",), "have them sent again as a common attachment"),
    Kind("data of an old Office program", None, (), (OLE_MAGIC,), "open it in its program and export it to PDF"),
)
_PACKAGED = frozenset(
    ending for kind in KINDS if kind.media_type in (DOCX, PPTX, XLSX, ODT, ODS, ODP) for ending in kind.endings
)
MAGIC_READS = 1024
"""Bytes that identify a kind, apart from containers; parsers accept a PDF header anywhere in them."""

_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_MESSAGE = re.compile(rb"(?:^|\n)(?:received|return-path|message-id|mime-version|delivered-to):", re.I)
_HEADER_LINE = re.compile(rb"(?:From )?[!-9;-~]+:?[ \t]")
_PLAIN_ENDINGS = (".md", ".markdown")  # Markdown may begin with HTML without being a web page


def added_kinds() -> tuple[Kind, ...]:
    """Returns the kinds of file that plug-ins read."""
    return tuple(plugin.kind for plugin in plugins(KINDS))


def readable_kinds() -> tuple[Kind, ...]:
    """Returns every kind of file that has a parser, ragnano's own first."""
    return (*(kind for kind in KINDS if kind.media_type), *added_kinds())


@cache
def _endings() -> Mapping[str, Kind]:
    """Returns the kind of each ending. A plug-in takes over endings that ragnano knows without reading them."""
    return {ending: kind for kind in (*KINDS, *added_kinds()) for ending in kind.endings}


def kind_name(media_type: str) -> str:
    """Returns the users' name for files of this media type."""
    return next((kind.name for kind in readable_kinds() if kind.media_type == media_type), media_type)


def media_type_of(path: str) -> str:
    """Returns a file's media type. Raises UnsupportedFile where there is no parser, PasswordNeeded, OSError."""
    with Path(path).open("rb") as file:
        return _media_type(path, file)


def media_type_in(name: str, data: bytes) -> str:
    """Returns the media type of bytes with the file name `name`, as `media_type_of` does."""
    return _media_type(name, io.BytesIO(data))


def _media_type(name: str, file: BinaryIO) -> str:
    ending = PurePath(name).suffix.lower()
    kind = _by_content(file, ending) or _endings().get(ending)
    if kind is None:
        raise UnknownKind(f"no parser for {ending} files; convert it to PDF or text")
    if kind.media_type is None:
        raise UnsupportedFile(f"no parser for this kind, {kind.name} ({ending or 'no ending'}); {kind.remedy}")
    return kind.media_type


def _by_content(file: BinaryIO, ending: str) -> Kind | None:
    head = file.read(MAGIC_READS)
    added = any(ending in kind.endings for kind in added_kinds())
    if head.startswith(ZIP_MAGIC):
        # The name decides the type of a damaged container, so that its parser can report what is wrong with it.
        inside = kind_of_zip(file) or (ending[1:] if ending in _PACKAGED else "zip")
        return _endings()[ending if inside == "zip" and added else f".{inside}"]
    if head.startswith(OLE_MAGIC):
        inside = kind_of_ole(file)
        if inside == "encrypted":
            raise PasswordNeeded("encrypted with a password; open it in its program and save it without")
        if f".{inside}" in _endings():
            return _endings()[f".{inside}"]
    for kind in (*KINDS, *added_kinds()):
        if kind.media_type == PDF and any(magic in head for magic in kind.magic):
            return kind
        if head.startswith(kind.magic) and kind.magic:
            return None if added and kind.media_type is None else kind
    if ending in _PLAIN_ENDINGS or added:
        return None
    if _WEB_PAGE.match(head):
        return _endings()[".html"]
    return _endings()[".eml"] if _HEADER_LINE.match(head) and _MESSAGE.search(head) else None
