"""What kind of file something is: by its first bytes, then by its name's ending. Knows no file from the inside."""

from pathlib import Path, PurePath
from typing import NamedTuple

from ragnano.errors import UnsupportedFile

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
IMAGES = (PNG, JPEG, TIFF)


class Kind(NamedTuple):
    """A kind of file: how users call it, its media type (None: no reader yet), its endings and its first bytes."""

    name: str
    media_type: str | None
    endings: tuple[str, ...]
    magic: tuple[bytes, ...] = ()


# Magic decides before the ending: a PDF called "scan.txt" is a PDF. The order matters only for magic that is shared.
KINDS = (
    Kind("PDF", PDF, (".pdf",), (b"%PDF-",)),
    Kind("Markdown", MARKDOWN, (".md", ".markdown")),
    Kind("text", TEXT, (".txt", ".text", "")),
    Kind("image", None, (".png",), (b"\x89PNG\r\n",)),
    Kind("image", None, (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Kind("image", None, (".tif", ".tiff"), (b"II*\x00", b"MM\x00*")),
    Kind("image", None, (".gif", ".bmp", ".webp", ".heic"), (b"GIF8",)),
    Kind("Word document", None, (".docx", ".doc", ".odt", ".rtf"), (b"{\\rtf",)),
    Kind("spreadsheet", None, (".xlsx", ".xls", ".ods", ".csv")),
    Kind("presentation", None, (".pptx", ".ppt", ".odp")),
    Kind("e-mail", None, (".eml", ".msg")),
    Kind("web page", None, (".html", ".htm")),
    Kind("archive or Office file", None, (".zip",), (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")),
)
_ENDINGS = {ending: kind for kind in KINDS for ending in kind.endings}
MAGIC_READS = 1024
"""Bytes that `kind_of` wants to see; readers accept a PDF header anywhere in the first 1,024."""


def kind_name(media_type: str) -> str:
    """How users call files of this media type."""
    return next((kind.name for kind in KINDS if kind.media_type == media_type), media_type)


def media_type_of(path: str) -> str:
    """The media type of a file on disk. Raises UnsupportedFile where no reader is, OSError."""
    with Path(path).open("rb") as file:
        return media_type_by(path, file.read(MAGIC_READS))


def media_type_by(name: str, head: bytes) -> str:
    """The media type of what is called `name` and begins with `head`. Raises UnsupportedFile where no reader is."""
    ending = PurePath(name).suffix.lower()
    kind = _by_magic(head) or _ENDINGS.get(ending)
    if kind is not None and kind.media_type is None and _ENDINGS.get(ending, kind).media_type is None:
        kind = _ENDINGS.get(ending, kind)  # "Word document" says more than "archive"
    if kind is None:
        raise UnsupportedFile(f"not readable yet: {ending} files; convert it to PDF or text")
    if kind.media_type is None:
        raise UnsupportedFile(f"not readable yet: {kind.name} ({ending or 'no ending'}); convert it to PDF or text")
    return kind.media_type


def _by_magic(head: bytes) -> Kind | None:
    for kind in KINDS:
        if kind.media_type == PDF and any(magic in head for magic in kind.magic):
            return kind
        if head.startswith(kind.magic) and kind.magic:
            return kind
    return None
