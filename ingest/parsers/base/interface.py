"""The interface of every parser: what it receives besides the bytes, and what it returns."""

from dataclasses import dataclass
from typing import Literal

from ragnano.types import OutlineEntry, Page

Ocr = Literal["auto", "always", "never"]
Front = Literal["words", "message", "archive"]


@dataclass(slots=True)
class Budget:
    """What remains for all members of one file together; the parser of each member deducts from it."""

    members: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Inside:
    """The number of containers around a file, and the budget left for everything in the outermost one."""

    depth: int
    budget: Budget


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be parsed: passwords to try, when to run OCR and in which languages.

    `ocr`: "auto" reads pages without text, "always" every page, "never" none. `languages` uses Tesseract's names joined
    by "+" ("eng+deu"). `inside` is set for a file that is a member of another. `second_only` skips the first parser of
    this format because it has already failed on this file.
    """

    passwords: tuple[str, ...] = ()
    ocr: Ocr = "auto"
    languages: str = "eng"
    inside: Inside | None = None
    second_only: bool = False


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Pages in order and the file's metadata ("", None and () where the file has none).

    `front` says where to look for a document's title, parties and date: in its first words, supported by its metadata.
    For a message, the subject and the day it was sent come first. An archive has only its name, because what applies to
    one of its members does not apply to the others.
    """

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
    date: str | None = None
    front: Front = "words"
