"""The data types on the way from a file to a cited answer, in the order in which they are used.

All are frozen and made of standard-library types, so they can be pickled between processes, compared in tests and
imported at no cost. This module does not depend on storage, models or file formats.

Offsets are character offsets (Python `str` indices) in `Page.text`, half-open [start, end). Pages count from 1.
Boxes are in page points (1/72 inch) with the origin at the top left corner of the upright page image and y growing
downwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

ReadBy = Literal["text-layer", "second-reader", "ocr", "plain", "no-reader"]
BlockKind = Literal["heading", "paragraph", "list_item", "table"]
HiddenKind = Literal["colour", "size", "off-page", "covered", "invisible", "characters"]
"""How text is hidden from people: drawn in the background's colour, too small, outside the page, covered by something,
in a drawing mode that leaves no ink, or in characters that are invisible or look like others."""
Verdict = Literal["answered", "quoted", "not_found"]
DirectKind = Literal["span", "yes", "no", "yes-if", "no-unless"]
"""What a direct answer is: words of the document, or Yes or No, with the document's condition if it states one."""


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


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that a question is asked of. None means no limit; `documents` contains ids.

    `dated_from` and `dated_to` are the first and last day (ISO 8601) for the date that a document states; a document
    without a date is outside any such limit. `media_types` are written as in the documents ("application/pdf").
    """

    collection: str | None = None
    documents: tuple[str, ...] | None = None
    dated_from: str | None = None
    dated_to: str | None = None
    media_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk: `ranks` has its 1-based rank for each ranker that returned it, `score` is the fused score."""

    chunk: Chunk
    document: Document
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """A section that a chunk refers to, or a defined term that it uses, with the chunk that contains it."""

    kind: Literal["section", "term"]
    name: str
    chunk: Chunk


SURE = 0.7
"""Least probability at which a yes or no is stated; below it, the words that support it are quoted instead."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact answer that the reader finds in a piece of evidence.

    `sure` is the confidence in `kind`, 0 to 1 (see `says_yes_or_no`). Characters [start, end) of the evidence's text
    are the answer or, for a yes or no, its condition; start equals end if there are none. `score` is the probability of
    these characters, 0 to 1.
    """

    kind: DirectKind
    sure: float
    start: int
    end: int
    score: float

    @property
    def says_yes_or_no(self) -> bool:
        """Whether the kind is yes or no with enough confidence to state it."""
        return self.kind != "span" and self.sure >= SURE


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, list item or row relevant to the question: where it stands and how well it answers, 0 to 1.

    `foreign` is true when it stands on a page in a language that the reader was not trained on.
    """

    hit: Hit
    spans: tuple[Span, ...]
    text: str
    score: float
    exact: Exact | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Words that prove an answer or a part of it: `quote` equals the stored page's text at [start, end).

    `number` is the number in the answer, [1] and on. Words split by a page break are two citations with one number;
    0 marks a clause that is only close to the question. `place` locates the words in formats without pages:
    "Sheet Costs, B7:D7".
    """

    document: str
    path: str
    page: int
    quote: str
    start: int
    end: int
    boxes: tuple[Box, ...]
    score: float
    title: str = ""
    section: str = ""
    number: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict: the number of its citation, and its words that differ ("" for all of them)."""

    citation: int
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Passages that answer the same question differently. None is preferred.

    `later` is the index of the side whose document has the later date, None when that is unknown. `reason` says how
    the sides differ, in ragnano's own words.
    """

    sides: tuple[Side, ...]
    later: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Direct:
    """The shortest exact answer, displayed first: "Sixty (60) days"; "No, unless the Landlord consents in writing".

    `text` is words of the citation numbered `citation`, or Yes or No, with a condition in the citation's words. `start`
    and `end` locate these words in that citation's `quote`; they are equal when none of its words are used.
    """

    text: str
    citation: int
    kind: DirectKind
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the question to: evidence ready, first token (None without a model call), complete answer."""

    retrieve_s: float
    first_token_s: float | None
    total_s: float


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Tokens the chat model read and wrote; zeros when it was not called."""

    prompt: int = 0
    answer: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets. `nearest` is filled for "not_found": the clauses that came closest.

    `confidence` is the gate's estimate, 0 to 1, that the evidence answers the question; it is 1 for a summary, which is
    not estimated. A summary or a list has one line per item. `receipt` is a SHA-256 over question, scope, documents,
    model, prompt and settings: equal receipts mean equal answers. `conflicts` give the numbers of citations that
    contradict each other. `direct` is None for a refusal, a summary or a list, when passages contradict each other, and
    when no exact answer can be determined.
    """

    question: str
    answer: str
    verdict: Verdict
    confidence: float
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    timings: Timings
    tokens: TokenCount
    model: str
    receipt: str
    about: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    direct: Direct | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation: as typed, as interpreted (different only if it refers to earlier turns), its scope,
    and its answer; None when a document that the answer rested on has been removed.

    `number` counts from 1 within the conversation; `created` is ISO 8601, UTC.
    """

    number: int
    asked: str
    read_as: str
    scope: Scope
    answer: Answer | None
    created: str


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A kept conversation without its turns. `scope` is the user's choice for all of it; times are ISO 8601, UTC."""

    id: str
    title: str
    scope: Scope
    created: str
    updated: str
    turns: int


@dataclass(frozen=True, slots=True)
class FoundTurn:
    """A turn found by searching the history, with its conversation."""

    conversation: ConversationInfo
    turn: Turn


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be ingested, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadablePage:
    """A page without text in a file that was ingested, and why."""

    path: str
    page: int
    reason: str


@dataclass(frozen=True, slots=True)
class NearCopy:
    """An ingested file whose text resembles a stored document's: `likeness`, 0.5 to 1, is the common share."""

    path: str
    of: str
    likeness: float


@dataclass(frozen=True, slots=True)
class TypeCount:
    """Files of one type that were ingested, and the number of their pages that were read."""

    files: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class HiddenOnPage:
    """A page whose file contains text that people do not see: how it is hidden, and in how many passages. No text."""

    path: str
    page: int
    kind: HiddenKind
    passages: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of one ingest run. `files` were ingested now; `skipped` were unchanged; `removed` were pruned.

    `moved` (a subset of `files`) had the same bytes at another path before; `types` counts by type name ("PDF");
    `versions` names, for each new document that resembles a stored one, the most similar stored document.
    """

    files: int = 0
    pages: int = 0
    chunks: int = 0
    skipped: int = 0
    replaced: int = 0
    removed: int = 0
    failed: tuple[FailedFile, ...] = ()
    unreadable_pages: tuple[UnreadablePage, ...] = ()
    seconds: float = 0.0
    moved: int = 0
    types: Mapping[str, TypeCount] = field(default_factory=dict)
    versions: tuple[NearCopy, ...] = ()
    hidden: tuple[HiddenOnPage, ...] = ()
