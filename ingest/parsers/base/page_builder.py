"""Builds pages of text from headings, paragraphs, list items and table rows, for formats without printed pages.

The text contains the structure that the format states, so that a stored page can be split into chunks again without its
file: a heading begins with "# " (one "#" per level), a table row is one line "| a | b |". An empty line separates
everything except rows. Numbers and sections are left to `ingest.structure.blocks`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ingest.characters.sanitize import clean
from ingest.parsers.base.plain_text import MOST_PAGE_CHARACTERS, cut
from ragnano.text.words import fold
from ragnano.types import Hidden, HiddenKind, Mark, Page

_LEVELS = 6  # Markdown has six heading levels, which `ingest.structure.headings` recognizes


class Cell(NamedTuple):
    """A cell's text as displayed and the name under which it is cited ("B7", "" for none)."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A unit that is split only if it is longer than a page. Marks count from its beginning."""

    text: str
    marks: tuple[Mark, ...] = ()
    heading: bool = False
    row: bool = False
    last_row: bool = False


@dataclass(slots=True)
class _Leaf:
    """The pieces between two page breaks, split later if they are longer than a page."""

    place: str
    pieces: list[_Piece] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    unreadable: str | None = None


class Composer:
    """Collects a document's parts in reading order; `pages` returns the finished pages.

    Texts are cleaned here and empty ones dropped.
    """

    def __init__(self, place: str = "") -> None:
        self._leaves = [_Leaf(place)]

    @property
    def characters(self) -> int:
        """Number of characters on the open page so far."""
        return sum(len(piece.text) for piece in self._leaves[-1].pieces)

    def heading(self, level: int, text: str) -> None:
        """Add text that the format marks as a heading; `level` counts from 1."""
        if title := fold(clean(text)):
            self._add(_Piece(f"{'#' * max(1, min(level, _LEVELS))} {title}", heading=True))

    def paragraph(self, text: str, name: str = "") -> None:
        """Add a paragraph or a list item with its number. Line breaks are kept; `name` marks the whole paragraph."""
        lines = (line.strip(" \t") for line in clean(text).split("\n"))
        if kept := "\n".join(line for line in lines if line):
            self._add(_Piece(kept, (Mark(0, len(kept), name),) if name else ()))

    def row(self, cells: Sequence[Cell]) -> None:
        """Add a table row. Empty cells are included so that columns keep their order."""
        text, marks = "|", []
        for cell in cells:
            shown = fold(clean(cell.text))
            start = len(text) + 1
            text += f" {shown} |" if shown else " |"
            if shown and cell.name:
                marks.append(Mark(start, start + len(shown), cell.name))
        if any(character not in "| " for character in text):
            self._add(_Piece(text, _named_once(marks), row=True))

    def end_table(self) -> None:
        """End the table: a row that follows belongs to another one."""
        pieces = self._leaves[-1].pieces
        if pieces and pieces[-1].row:
            pieces[-1] = replace(pieces[-1], last_row=True)

    def hide(self, kind: HiddenKind, text: str) -> None:
        """Record text that is not visible to someone viewing the document."""
        if kept := fold(clean(text)):
            self._leaves[-1].hidden.append(Hidden(kind, kept))

    def break_page(self, place: str | None = None) -> None:
        """Begin a page called `place` (None: same as the previous one). Empty unnamed pages are dropped."""
        self._leaves.append(_Leaf(self._leaves[-1].place if place is None else place))

    def unreadable(self, why: str) -> None:
        """Record why the open page has no text."""
        self._leaves[-1].unreadable = why

    def pages(self) -> tuple[Page, ...]:
        """Return all pages, numbered from 1; pages without text only if they have a reason or hidden text to report."""
        pages: list[Page] = []
        for leaf in self._leaves:
            if not (leaf.pieces or leaf.hidden or leaf.unreadable):
                continue
            parts = list(_parts(leaf.pieces)) or [("", ())]
            for at, (text, marks) in enumerate(parts):
                hidden = tuple(leaf.hidden) if at == 0 else ()
                pages.append(
                    Page(
                        len(pages) + 1,
                        0.0,
                        0.0,
                        text,
                        read_by="plain",
                        unreadable=leaf.unreadable if not text else None,
                        place=leaf.place,
                        marks=marks,
                        hidden=hidden,
                    )
                )
        return tuple(pages)

    def _add(self, piece: _Piece) -> None:
        self._leaves[-1].pieces.append(piece)


def _named_once(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Merge neighbouring marks of the same name, such as the cells of "table 1, row 2"."""
    joined: list[Mark] = []
    for mark in marks:
        if joined and joined[-1].name == mark.name:
            joined[-1] = Mark(joined[-1].start, mark.end, mark.name)
        else:
            joined.append(mark)
    return tuple(joined)


def _parts(pieces: Sequence[_Piece]) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Yield each page's text and marks. A full page ends before a heading if its second half contains one."""
    bits = [bit for piece in pieces for bit in _bits(piece)]
    start = 0
    while start < len(bits):
        end, size = start, 0
        while end < len(bits) and (end == start or size + len(bits[end].text) <= MOST_PAGE_CHARACTERS):
            size += len(bits[end].text) + 2
            end += 1
        if end < len(bits):
            end = _better_end(bits, start, end)
        yield _joined(bits[start:end])
        start = end


def _better_end(pieces: Sequence[_Piece], start: int, end: int) -> int:
    """Return the position of the last heading in [start, end] that leaves the page at least half full, else `end`."""
    size = 0
    best = end
    for at in range(start, end + 1):
        if pieces[at].heading and size >= MOST_PAGE_CHARACTERS // 2:
            best = at
        size += len(pieces[at].text) + 2
    return best


def _bits(piece: _Piece) -> Iterator[_Piece]:
    start = 0
    for text in cut(piece.text):
        end = start + len(text)
        inside = (mark for mark in piece.marks if mark.start < end and start < mark.end)
        marks = (Mark(max(m.start, start) - start, min(m.end, end) - start, m.name) for m in inside)
        yield replace(piece, text=text, marks=tuple(marks))
        start = end


def _joined(pieces: Sequence[_Piece]) -> tuple[str, tuple[Mark, ...]]:
    text, marks = "", []
    for at, piece in enumerate(pieces):
        marks += [Mark(mark.start + len(text), mark.end + len(text), mark.name) for mark in piece.marks]
        text += piece.text
        if at + 1 < len(pieces):
            text += "\n" if piece.row and not piece.last_row and pieces[at + 1].row else "\n\n"
    return text, tuple(marks)
