"""A document as it is read: its pages and their positions, its blocks, and the chunks that are searched.

Offsets are character offsets (Python `str` indices) in `Page.text`, half-open [start, end). Pages count from 1.
Boxes are in page points (1/72 inch) with the origin at the top left corner of the upright page image and y growing
downwards.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

ReadBy = Literal["text-layer", "second-reader", "ocr", "plain", "no-reader"]
BlockKind = Literal["heading", "paragraph", "list_item", "table"]
HiddenKind = Literal["colour", "size", "off-page", "covered", "invisible", "characters"]
"""How text is hidden from people: drawn in the background's colour, too small, outside the page, covered by something,
in a drawing mode that leaves no ink, or in characters that are invisible or look like others."""


class Box(NamedTuple):
    """A rectangle on a page, in page points, origin top left, y down."""

    x0: float
    y0: float
    x1: float
    y1: float


class Span(NamedTuple):
    """Characters [start, end) of one page's text; `page` counts from 1."""

    page: int
    start: int
    end: int


class OutlineEntry(NamedTuple):
    """One bookmark of a PDF: its nesting level from 1, its title, and its target page (None if it has none)."""

    level: int
    title: str
    page: int | None


class Mark(NamedTuple):
    """Characters [start, end) of a page's text that have their own name: a cell "B7", a message's "Subject"."""

    start: int
    end: int
    name: str


class Hidden(NamedTuple):
    """Text that the file contains but people do not see; it is in no page's text. `box` is its position, if known."""

    kind: HiddenKind
    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was read. A slide, a sheet or a part of a message is also a page; `place` is then its name.

    `words` contains packed word boxes (see `ragnano.documents.word_boxes`); empty for formats without positions on
    paper. `unreadable` says why not all of the page was read ("no text: a picture, needs OCR", …), None when it was.
    `text` is then usually empty, but may contain what could be read, such as the filled-in fields of a scanned form.
    `read_by` is "no-reader" for an attachment whose type is not a document (an invoice's data for programs): it is
    named in `unreadable`, but no readable text was lost. `marks` are in order and do not overlap.
    """

    number: int
    width: float
    height: float
    text: str
    words: bytes = b""
    read_by: ReadBy = "text-layer"
    unreadable: str | None = None
    place: str = ""
    marks: tuple[Mark, ...] = ()
    hidden: tuple[Hidden, ...] = ()

    @property
    def misses_text(self) -> bool:
        """Whether the page contains text that should have been read but was not."""
        return self.unreadable is not None and self.read_by != "no-reader"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table: a run of one page's text.

    `number` is the clause number as printed ("8.2", "(a)", "" if none); `section` is the path of headings above and
    including this block, outermost first: ("8 Term", "8.2 Termination for Convenience"). `continues` is true when the
    block continues a sentence that the previous block left unfinished (a paragraph split by a page break). A table row
    is a block of kind "table"; `columns` contains its column names, "" if there are none.
    """

    kind: BlockKind
    span: Span
    text: str
    number: str = ""
    section: tuple[str, ...] = ()
    continues: bool = False
    columns: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Blocks that belong together: the unit that is embedded and searched.

    `text` is the blocks' text with white space folded and words joined across line ends; `spans` locate it, in reading
    order. `context` is found by its words only. Its first line is inherited (document title, parties), its second
    contains the column names of table rows whose header is in another chunk, and its third contains the words whose
    letters only look Latin, spelled as they look. `section` is the heading path (`ragnano.documents.locations`).
    `tokens` counts section, column names and text in the embedder's tokens. `id` is 0 until the chunk is stored.
    """

    document: str
    ordinal: int
    text: str
    spans: tuple[Span, ...]
    context: str = ""
    section: str = ""
    tokens: int = 0
    id: int = 0

    @property
    def page(self) -> int:
        """Page on which the chunk begins."""
        return self.spans[0].page

    @property
    def columns(self) -> str:
        """Column names of the chunk's table rows whose header is in another chunk, "" if there are none."""
        return self.context.partition("\n")[2].partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Document:
    """One unique file content. `id` is its SHA-256 in hex; `paths` are all paths at which it was found, sorted.

    `date` is the date that the document states (ISO 8601) or None; `status` is "partial" when a page gave no text.
    """

    id: str
    title: str
    media_type: str
    pages: int
    size: int
    parties: tuple[str, ...] = ()
    date: str | None = None
    status: Literal["ready", "partial"] = "ready"
    author: str = ""
    outline: tuple[OutlineEntry, ...] = ()
    paths: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    added: str = ""

    @property
    def path(self) -> str:
        """The first path of the document ("" before it is stored)."""
        return self.paths[0] if self.paths else ""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The result of reading one file, before embedding: what a store saves in one transaction."""

    document: Document
    pages: tuple[Page, ...]
    chunks: tuple[Chunk, ...]
