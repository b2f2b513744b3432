"""What every reader is given beside the bytes, and what it gives back. Knows no file format."""

from dataclasses import dataclass
from typing import Literal

from ragnano.types import OutlineEntry, Page

Ocr = Literal["auto", "always", "never"]
Front = Literal["words", "message", "archive"]


@dataclass(slots=True)
class Budget:
    """What all members of one file may still come to; every reader of a member takes from it."""

    members: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Inside:
    """How many containers stand round a file, and what is left for all that is in the outermost."""

    depth: int
    budget: Budget


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are to be read: passwords to try, when pictures of text are read, and in which languages.

    `ocr`: "auto" reads pages that give no text, "always" every page, "never" none; `languages` as Tesseract names
    them, joined by "+" ("eng+deu"). `inside` is set for a file that is a member of another. `second_only`: the first
    reader of this kind of file has failed on this one.
    """

    passwords: tuple[str, ...] = ()
    ocr: Ocr = "auto"
    languages: str = "eng"
    inside: Inside | None = None
    second_only: bool = False


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Pages in order and what the file says about itself ("", None and () where it says nothing).

    `front` says where a document's title, parties and date are to be found: in its first words, its metadata helping
    out; for a message its subject and the day it was sent come first; an archive has none but its name, since what
    holds for one of its members holds for no other.
    """

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
    date: str | None = None
    front: Front = "words"
