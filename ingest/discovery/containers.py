"""Identifies container files by the names inside them: zip packages and OLE2 compound files.

It reads the names and one short part that names the type, but no content. `ingest.discovery.file_types` calls it and
defines the media types.
"""

import re
import zipfile
import zlib
from typing import BinaryIO

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# The type of an Office package's main part, as [Content_Types].xml names it; embedded parts have no "main".
_MAIN_PART = re.compile(
    rb"(?P<kind>wordprocessingml|ms-word|presentationml|ms-powerpoint|spreadsheetml|ms-excel)\.(?P<form>[\w.]*)\bmain\b"
)
_OFFICE = {
    b"wordprocessingml": "docx",
    b"ms-word": "docx",
    b"presentationml": "pptx",
    b"ms-powerpoint": "pptx",
    b"spreadsheetml": "xlsx",
    b"ms-excel": "xlsx",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OPEN_DOCUMENT_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}
_MOST_NAMING = 4 << 20  # bytes read of the part that names the type

# A compound file's streams and the kind each indicates. The order matters: a container may embed another kind.
_STREAMS = (
    ("encryptedpackage", "encrypted"),
    ("__properties_version1.0", "msg"),
    ("worddocument", "doc"),
    ("powerpoint document", "ppt"),
    ("workbook", "xls"),
    ("book", "xls"),
)


def kind_of_zip(file: BinaryIO) -> str:
    """Returns the kind of a zip file.

    That is "docx", "pptx", "xlsx", "xlsb", "odt", "ods", "odp", "epub", "pages" (iWork), "zip" for any other, or "" for
    a damaged one.
    """
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
            if "[Content_Types].xml" in names:
                return _office_kind(_beginning(package, "[Content_Types].xml"))
            if "mimetype" in names:
                return _kind_named(_beginning(package, "mimetype").decode("latin-1").strip())
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError, OSError):
        return ""
    return "pages" if any(name.startswith("Index/") and name.endswith(".iwa") for name in names) else "zip"


def _beginning(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(_MOST_NAMING)


def _office_kind(types: bytes) -> str:
    found = _MAIN_PART.search(types)
    if found is None:
        return "zip"
    return "xlsb" if b"binary" in found["form"] else _OFFICE[found["kind"]]


def _kind_named(mimetype: str) -> str:
    if mimetype.startswith(_OPEN_DOCUMENT):
        return _OPEN_DOCUMENT_KINDS.get(mimetype.removeprefix(_OPEN_DOCUMENT).removesuffix("-template"), "zip")
    return "epub" if mimetype == "application/epub+zip" else "zip"


def kind_of_ole(file: BinaryIO) -> str:
    """Returns "msg", "doc", "ppt", "xls", "encrypted" (an Office document with a password), or "ole" for any other."""
    import olefile

    try:
        with olefile.OleFileIO(file) as compound:
            names = {"/".join(entry).lower() for entry in compound.listdir()}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, OverflowError):
        return "ole"  # what olefile raises on malformed files
    return next((kind for stream, kind in _STREAMS if stream in names), "ole")
