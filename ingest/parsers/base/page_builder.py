"""Pages of text out of headings, paragraphs, list items and table rows: what readers of formats without paper share.

The text carries what the format is sure of, so that a stored page can be cut anew without its file: a heading begins
with "# " (one "#" a level), a table's row is one line "| a | b |". Everything but rows is parted by an empty line.
Knows how a page is written and cut; knows no file format, and leaves numbers and sections to `ingest.structure.blocks`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ingest.characters.sanitize import clean
from ingest.parsers.base.plain_text import MOST_PAGE_CHARACTERS, cut
from ragnano.text.words import fold
from ragnano.types import Hidden, HiddenKind, Mark, Page

_LEVELS = 6  # Markdown has no deeper heading, and `ingest.structure.headings` knows these


class Cell(NamedTuple):
    """A cell's text as it is shown, and the name it is cited by ("B7", "" for none)."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not cut unless it is longer than a page; marks count from its beginning."""

    text: str
    marks: tuple[Mark, ...] = ()
    heading: bool = False
    row: bool = False
    last_row: bool = False


@dataclass(slots=True)
class _Leaf:
    """Pieces between two page breaks, cut later when they are longer than a page."""

    place: str
    pieces: list[_Piece] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    unreadable: str | None = None


class Composer:
    """Takes a document's parts in reading order; `pages` gives what became of them.

    Texts are cleaned here. Empty ones are left out.
    """

    def __init__(self, place: str = "") -> None:
        self._leaves = [_Leaf(place)]

    @property
    def characters(self) -> int:
        """Characters on the open page so far."""
        return sum(len(piece.text) for piece in self._leaves[-1].pieces)

    def heading(self, level: int, text: str) -> None:
        """A heading that the format names so; `level` counts from 1."""
        if title := fold(clean(text)):
            self._add(_Piece(f"{'#' * max(1, min(level, _LEVELS))} {title}", heading=True))

    def paragraph(self, text: str, name: str = "") -> None:
        """A paragraph or list item with its number; line breaks inside are kept, `name` marks all of it."""
        lines = (line.strip(" \t") for line in clean(text).split("\n"))
        if kept := "\n".join(line for line in lines if line):
            self._add(_Piece(kept, (Mark(0, len(kept), name),) if name else ()))

    def row(self, cells: Sequence[Cell]) -> None:
        """A row of a table, empty cells included so that columns keep their order."""
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
        """What follows belongs to another table, though it is a row, too."""
        pieces = self._leaves[-1].pieces
        if pieces and pieces[-1].row:
            pieces[-1] = replace(pieces[-1], last_row=True)

    def hide(self, kind: HiddenKind, text: str) -> None:
        """Text that a reader of the document does not see."""
        if kept := fold(clean(text)):
            self._leaves[-1].hidden.append(Hidden(kind, kept))

    def break_page(self, place: str | None = None) -> None:
        """Begin a page, called `place` (None: as the one before). Empty pages without a name of their own vanish."""
        self._leaves.append(_Leaf(self._leaves[-1].place if place is None else place))

    def unreadable(self, why: str) -> None:
        """Say why the open page has no text."""
        self._leaves[-1].unreadable = why

    def pages(self) -> tuple[Page, ...]:
        """All pages, counted from 1; those without text only where they have something to say."""
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
    """Neighbours of one name as one mark: the cells of "table 1, row 2"."""
    joined: list[Mark] = []
    for mark in marks:
        if joined and joined[-1].name == mark.name:
            joined[-1] = Mark(joined[-1].start, mark.end, mark.name)
        else:
            joined.append(mark)
    return tuple(joined)


def _parts(pieces: Sequence[_Piece]) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Pages' texts and marks: cut before a heading where one stands in the second half of a full page."""
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
    """Where the last heading of [start, end] stands that leaves a page at least half full, else `end`."""
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
