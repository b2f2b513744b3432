"""Opens zip packages and their XML as untrusted data: sizes are limited, nothing is expanded or fetched.

The meaning of each part is left to the parser of the format.
"""

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from ragnano.errors import DamagedFile, LimitExceeded, PasswordNeeded

MOST_UNPACKED = 400 << 20
"""Largest unpacked size of one office document, in bytes. 200 MB of text and pictures fit; a zip bomb of 1 MB does not.
"""
MOST_RATIO = 200
"""Highest ratio of unpacked to packed bytes. 150,000 equal rows reach 14, one repeated letter 1,000."""
_FREE = 20 << 20  # bytes; the ratio is not checked below this size
_MOST_PARTS = 20_000
_STEP = 1 << 16  # bytes of XML parsed at a time
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_DAMAGED = "the file is damaged; open it in the program it comes from and save it anew"


class Package:
    """Parts of an office document. Raises DamagedFile if it is not a valid zip, LimitExceeded if it is a zip bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise DamagedFile(_DAMAGED) from None
        parts = self._zip.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > max(_FREE, MOST_RATIO * len(data)):
            raise LimitExceeded("unpacks to far more than its own size, like a decompression bomb; save a smaller copy")
        self.names = frozenset(part.filename for part in parts)

    def read(self, name: str) -> bytes:
        """Return a part's bytes. Raises DamagedFile if it is missing or broken, PasswordNeeded if it is encrypted."""
        try:
            return self._zip.read(name)
        except RuntimeError:
            raise PasswordNeeded("encrypted; open it and save it without a password") from None
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
            raise DamagedFile(_DAMAGED) from None

    def xml(self, name: str) -> Any:
        """Return a part's root element, or None if there is no such part. Raises the errors of `read` and `parsed`."""
        return parsed(self.read(name)) if name in self.names else None


def parsed(data: bytes) -> Any:
    """Return the root element. Raises DamagedFile if the XML is not well formed or contains its own declarations."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError):
        raise DamagedFile(_DAMAGED) from None
    _refuse_declarations(root)
    return root


def check_xml(package: Package) -> None:
    """Check the start of every XML part of a package that a library will parse with its own XML parser.

    A document type precedes the first element. Raises the errors of `parsed`, but not for errors after the first
    element.
    """
    for name in package.names:
        if name.endswith((".xml", ".rels")):
            _check_beginning(package.read(name))


def _check_beginning(data: bytes) -> None:
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    try:
        for start in range(0, len(data), _STEP):
            parser.feed(data[start : start + _STEP])
            for _, element in parser.read_events():
                _refuse_declarations(element)
                return
    except etree.XMLSyntaxError:
        raise DamagedFile(_DAMAGED) from None


def _refuse_declarations(element: Any) -> None:
    """Raise DamagedFile on a document type: Office formats forbid it, and its uses are expanding entities or fetching
    files.
    """
    if element.getroottree().docinfo.internalDTD is not None:
        raise DamagedFile("its XML declares entities, which no office program writes; save it anew")
