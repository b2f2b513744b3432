"""What every reader is given beside the bytes, and what it gives back. Knows no file format."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from ragnano.types import OutlineEntry, Page

Ocr = Literal["auto", "always", "never"]


def _nobody_waits() -> None:
    """What `ReadOptions.page_read` does where no process watches."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are to be read: passwords to try, when pictures of text are read, and in which languages.

    `ocr`: "auto" reads pages that give no text, "always" every page, "never" none; `languages` as Tesseract names
    them, joined by "+" ("eng+deu"). Readers call `page_read` after each page that took its time (OCR), so that whoever
    waits can tell a long file from one that hangs.
    """

    passwords: tuple[str, ...] = ()
    ocr: Ocr = "auto"
    languages: str = "eng"
    page_read: Callable[[], None] = field(default=_nobody_waits, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Pages in order and what the file says about itself ("" and () where it says nothing)."""

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
