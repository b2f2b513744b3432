"""What every reader gives back. Knows no file format."""

from dataclasses import dataclass

from ragnano.types import OutlineEntry, Page


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """Pages in order and what the file says about itself ("" and () where it says nothing)."""

    pages: tuple[Page, ...]
    title: str = ""
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
