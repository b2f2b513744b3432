"""What every reader is given beside the bytes, and what it gives back. Knows no file format."""

from dataclasses import dataclass
from typing import Literal

from ragnano.types import OutlineEntry, Page

Ocr = Literal["auto", "always", "never"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are to be read: passwords to try, when pictures of text are read, and in which languages.

    `ocr`: "auto" reads pages that give no text, "always" every page, "never" none; `languages` as Tesseract names
    them, joined by "+" ("eng+deu").
    """

    passwords: tuple[str, ...] = ()
    ocr: Ocr = "auto"
    languages: str = "eng"


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Pages in order and what the file says about itself ("" and () where it says nothing)."""

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
