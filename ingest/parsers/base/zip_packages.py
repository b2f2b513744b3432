"""Zip packages and their XML, opened as hostile data: bounded, and with nothing in them expanded or fetched.

Knows zip and XML; which part means what is for the readers of each format.
"""

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from ragnano.errors import DamagedFile, LimitExceeded, PasswordNeeded

MOST_UNPACKED = 400 << 20
"""Bytes that one office document may come to; 200 MB of text and pictures stay below, a bomb of 1 MB does not."""
MOST_RATIO = 200
"""Unpacked over packed bytes, above which a package is a bomb: 150,000 equal rows come to 14, one letter to 1,000."""
_FREE = 20 << 20  # bytes below which the ratio says nothing
_MOST_PARTS = 20_000
_STEP = 1 << 16  # bytes of XML that are looked at at once
_SAFE: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_DAMAGED = "the file is damaged; open it in the program it comes from and save it anew"


class Package:
    """An office document's parts. Raises DamagedFile for what is no sound zip, LimitExceeded for a bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise DamagedFile(_DAMAGED) from None
        parts = self._zip.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > max(_FREE, MOST_RATIO * len(data)):
            raise LimitExceeded("unpacks to far more than it weighs, like a decompression bomb; save it anew, smaller")
        self.names = frozenset(part.filename for part in parts)

    def read(self, name: str) -> bytes:
        """A part's bytes. Raises DamagedFile when it is absent or broken, PasswordNeeded when it is encrypted."""
        try:
            return self._zip.read(name)
        except RuntimeError:
            raise PasswordNeeded("encrypted; open it and save it without a password") from None
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
            raise DamagedFile(_DAMAGED) from None

    def xml(self, name: str) -> Any:
        """A part's root element, None when there is no such part. Raises as `read` and `parsed`."""
        return parsed(self.read(name)) if name in self.names else None


def parsed(data: bytes) -> Any:
    """The root element of XML. Raises DamagedFile for what is not well formed, or brings declarations of its own."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except (etree.XMLSyntaxError, ValueError):
        raise DamagedFile(_DAMAGED) from None
    _refuse_declarations(root)
    return root


def check_xml(package: Package) -> None:
    """Look at the beginning of every XML part of a package that a library will parse by its own means.

    A document type stands before the first element. Raises as `parsed`, but not for what is broken further below.
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
    """Office formats forbid document types, so whoever writes one wants entities expanded or files fetched."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise DamagedFile("its XML declares entities, which no office program writes; save it anew")
