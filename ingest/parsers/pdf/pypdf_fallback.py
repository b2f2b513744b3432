"""Reads metadata, outline, and text that pdfium does not find, with pypdf. It returns no boxes and no pictures.

pypdf raises exceptions of every kind on malformed files (KeyError, RecursionError, its own …), so this module is an
error boundary: any exception means "not available in this file", and parsing continues. MemoryError is not caught, so
that the file is reported as too large.
"""

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pypdf

from ingest.characters.sanitize import clean
from ingest.parsers.base.heartbeat import beat
from ragnano.errors import PasswordNeeded
from ragnano.types import OutlineEntry, Page

# pypdf logs a line for each oddity and quotes the document's bytes, which must not be logged.
logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)

Found = TypeVar("Found")

_MOST_OUTLINE_ENTRIES = 2_000
_MOST_METADATA_CHARACTERS = 300


class PypdfFallback:
    """One PDF, opened by pypdf on first use; creating an instance costs nothing."""

    def __init__(self, data: bytes, passwords: Sequence[str]) -> None:
        self._data = data
        self._passwords = passwords
        self._reader: pypdf.PdfReader | None = None
        self._hopeless = False

    def pages(self) -> tuple[Page, ...]:
        """Return every page read by pypdf alone, () if it cannot open the file. Raises PasswordNeeded."""
        reader = self._open()
        if reader is None:
            return ()
        count = _or_else(0, lambda: len(reader.pages))
        return tuple(map(self._page, range(1, count + 1)))

    def has_layers(self) -> bool:
        """Return whether the file has layers that a viewer can switch off; False if that cannot be determined."""

        def read() -> bool:
            reader = self._open()
            return reader is not None and "/OCProperties" in reader.root_object

        return _or_else(False, read)

    def text_of(self, number: int) -> str:
        """Return the text of page `number` (from 1), "" if there is none or it cannot be read."""

        def read() -> str:
            reader = self._open()
            return clean(reader.pages[number - 1].extract_text()).strip("\n") if reader else ""

        return _or_else("", read)

    def title_and_author(self) -> tuple[str, str]:
        """Return title and author from the metadata, "" where missing."""

        def read() -> tuple[str, str]:
            reader = self._open()
            facts = reader.metadata if reader else None
            return (_line(facts.title), _line(facts.author)) if facts else ("", "")

        return _or_else(("", ""), read)

    def outline(self) -> tuple[OutlineEntry, ...]:
        """Return the bookmarks in order, () if there are none or they are broken."""

        def read() -> tuple[OutlineEntry, ...]:
            reader = self._open()
            return tuple(_entries(reader, reader.outline, 1))[:_MOST_OUTLINE_ENTRIES] if reader else ()

        return _or_else((), read)

    def _page(self, number: int) -> Page:
        beat()
        text = self.text_of(number)
        width, height = self._size(number)
        why = None if text.strip() else "no text on this page: damaged, only the fallback parser opens the file"
        return Page(number, width, height, text, read_by="second-reader", unreadable=why)

    def _size(self, number: int) -> tuple[float, float]:
        def read() -> tuple[float, float]:
            assert self._reader is not None
            page = self._reader.pages[number - 1]
            width, height = float(page.cropbox.width), float(page.cropbox.height)
            return (height, width) if page.rotation % 180 else (width, height)

        return _or_else((0.0, 0.0), read)

    def _open(self) -> pypdf.PdfReader | None:
        if self._reader is None and not self._hopeless:
            try:
                self._reader = _opened(self._data, self._passwords)
            except (MemoryError, PasswordNeeded):
                raise
            except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
                self._hopeless = True
        return self._reader


def _or_else(otherwise: Found, read: Callable[[], Found]) -> Found:
    """Return the result of `read`, or `otherwise` if pypdf fails on the file."""
    try:
        return read()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - error boundary, see the module's docstring
        return otherwise


def _opened(data: bytes, passwords: Sequence[str]) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not any(reader.decrypt(password) for password in ("", *passwords)):
        raise PasswordNeeded("encrypted, and no given password opens it; give the password or save it without")
    return reader


def _entries(reader: pypdf.PdfReader, items: Sequence[Any], level: int) -> Iterator[OutlineEntry]:
    for item in items:
        if isinstance(item, list):
            yield from _entries(reader, item, level + 1)
        elif title := _line(item.title):
            index = reader.get_destination_page_number(item)
            yield OutlineEntry(level, title, index + 1 if index is not None and index >= 0 else None)


def _line(value: object) -> str:
    return " ".join(clean(str(value)).split())[:_MOST_METADATA_CHARACTERS] if value else ""
