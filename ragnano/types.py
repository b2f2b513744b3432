"""The shapes data takes on its way from a file to a cited answer, in the order it flows.

All are frozen and made of standard-library types, so they can be pickled between processes, compared in tests and
imported for nothing. This module knows no storage, no model and no file format.

Offsets are character offsets (Python `str` indices) in `Page.text`, half-open [start, end). Pages count from 1.
Boxes are in page points (1/72 inch) with the origin at the page's top left corner and y growing downwards, as seen
on the upright page picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

ReadBy = Literal["text-layer", "second-reader", "ocr", "plain", "no-reader"]
BlockKind = Literal["heading", "paragraph", "list_item", "table"]
HiddenKind = Literal["colour", "size", "off-page", "covered", "invisible", "characters"]
"""How text is kept from a reader's eyes: drawn in its ground's colour, too small, outside the page, beneath something,
in a drawing mode that leaves no ink, or in characters that show nothing or show as others."""
Verdict = Literal["answered", "quoted", "not_found"]
DirectKind = Literal["span", "yes", "no", "yes-if", "no-unless"]
"""What a direct answer is: words of the document, or Yes or No, with the document's condition where there is one."""


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
    """One bookmark of a PDF: nesting level from 1, its title, and the page it points at (None if it points nowhere)."""

    level: int
    title: str
    page: int | None


class Mark(NamedTuple):
    """Characters [start, end) of a page's text that have a name of their own: a cell "B7", a message's "Subject"."""

    start: int
    end: int
    name: str


class Hidden(NamedTuple):
    """Text that the file holds and a reader does not see; it is in no page's text. `box` where it has a place."""

    kind: HiddenKind
    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was read; a slide, a sheet or a message's part is a page, too, and `place` is then its name.

    `words` holds packed word boxes (see `ragnano.documents.word_boxes`), empty where the format has no places on paper.
    `unreadable` says why not all of the page was read (None when it was): "no text: a picture, needs OCR", … `text` is
    then empty as a rule, and otherwise what was read nevertheless: the fields that were filled in on a scanned form.
    `read_by` is "no-reader" for an attached file of a kind that is no document (an invoice's data for programs): it is
    named in `unreadable`, and nothing that could be read was lost.
    `marks` are in order and do not overlap.
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
        """Whether something stands there that a reader should have read and did not."""
        return self.unreadable is not None and self.read_by != "no-reader"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table: a run of one page's text.

    `number` is the clause number as printed ("8.2", "(a)", "" if none); `section` is the path of headings above and
    including this block, outermost first: ("8 Term", "8.2 Termination for Convenience"). `continues` is true when the
    block carries on the sentence that the block before it left unfinished (a paragraph broken by a page end). A table's
    row is a block of kind "table" and knows its column names (`columns`, "" if none).
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

    `text` is the blocks' text with white space folded and words joined that a line's end parts; `spans` say where it
    stands, in reading order; `context` is what the chunk inherits (document title, parties) and is found by its words
    only, in a second line the column names of table rows whose header is in another chunk, in a third the words whose
    letters only look Latin, spelled as they look; `section` is its heading path (`ragnano.documents.locations`).
    `tokens` counts section, column names and text in the embedder's own tokens. `id` is 0 until stored.
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
        """Column names of the table rows in it whose header is in another chunk, "" if none."""
        return self.context.partition("\n")[2].partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Document:
    """One set of bytes. `id` is their SHA-256 in hex; `paths` are all the places they were found at, sorted.

    `date` is the date the document bears (ISO 8601) or None; `status` is "partial" when some page gave nothing.
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
        """The first place the document was found at ("" before it is stored)."""
        return self.paths[0] if self.paths else ""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """All that reading one file gives, before embedding: what a store takes in one transaction."""

    document: Document
    pages: tuple[Page, ...]
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is asked of. None means no limit; `documents` holds ids.

    `dated_from` and `dated_to` are the first and last day (ISO 8601) of the date a document bears; one that bears none
    is outside of any such limit. `media_types` are as the documents have them ("application/pdf").
    """

    collection: str | None = None
    documents: tuple[str, ...] | None = None
    dated_from: str | None = None
    dated_to: str | None = None
    media_types: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk: `ranks` gives its 1-based place with each ranker that returned it, `score` the fused score."""

    chunk: Chunk
    document: Document
    score: float
    ranks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a chunk leans on: a section it refers to or a term it uses as defined, and the chunk that holds it."""

    kind: Literal["section", "term"]
    name: str
    chunk: Chunk


SURE = 0.7
"""Probability of a yes or no from which on it is said; one that is less sure is shown as the words it rests on."""


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact answer in a piece of evidence, as the reader sees it.

    `kind`, and how sure the kind is, 0 to 1 (see `says_yes_or_no`); characters [start, end) of the evidence's text that
    are the answer or, beside a yes or no, its condition (equal where there are none), and the probability of these, 0
    to 1.
    """

    kind: DirectKind
    sure: float
    start: int
    end: int
    score: float

    @property
    def says_yes_or_no(self) -> bool:
        """Whether it is yes or no, surely enough to say so."""
        return self.kind != "span" and self.sure >= SURE


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, list item or row that bears on the question: where it stands and how well it answers, 0 to 1.

    `foreign` is whether it stands on a page in a language that the reader has not learnt.
    """

    hit: Hit
    spans: tuple[Span, ...]
    text: str
    score: float
    exact: Exact | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Words that prove (part of) an answer: `quote` equals the stored page's text at [start, end).

    `number` is its mark in the answer, [1] and on; words that a page end parts are two citations with one number. It
    is 0 for a clause that is only near. `place` says where the words stand in what has no pages: "Sheet Costs, B7:D7".
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
    """One side of a conflict: the number of its citation, and the words in it that differ ("" for all of them)."""

    citation: int
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Passages that answer the same question differently. Neither is preferred.

    `later` is the index of the side whose document is the later one, None when that is not known. `reason` says how
    the sides differ, in ragnano's own words.
    """

    sides: tuple[Side, ...]
    later: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Direct:
    """The shortest exact answer, shown first: "Sixty (60) days"; "No, unless the Landlord consents in writing".

    `text` is words of the citation whose number is `citation`, or Yes or No, with a condition in its words. `start` and
    `end` are the characters of that citation's `quote` that the words stand at; equal where no words of it are said.
    """

    text: str
    citation: int
    kind: DirectKind
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the question to: evidence ready, first token (None without a model call), answer complete."""

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
    """What the reader gets. `nearest` is filled for "not_found": the clauses that came closest.

    `confidence` is the gate's estimate, 0 to 1, that the evidence answers the question; 1 for a summary, of which
    nothing is estimated. A summary or a list has a line for each item. `receipt` is a SHA-256 over
    question, scope, documents, model, prompt and settings: equal receipts mean equal answers. `conflicts` name, by
    their numbers, citations that contradict each other. `direct` is None for a refusal, a summary or a list, where
    passages contradict each other, and where no exact answer can be told.
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
    """A question of a conversation: as it was typed, as it was read (the same unless it leaned on what came before),
    what it was asked of, and the answer; None when a document that the answer rested on has been removed.

    `number` counts from 1 in its conversation; `created` is ISO 8601, UTC.
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
    """A turn that a search of the history found, and its conversation."""

    conversation: ConversationInfo
    turn: Turn


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class UnreadablePage:
    """A page that gave no text although its file was taken in, and why."""

    path: str
    page: int
    reason: str


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A file taken in whose text is much like a stored document's: `likeness`, 0.5 to 1, is the share in common."""

    path: str
    of: str
    likeness: float


@dataclass(frozen=True, slots=True)
class TypeCount:
    """Files of one kind that were taken in, and the pages that were read of them."""

    files: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class HiddenOnPage:
    """A page whose file says more to a machine than to a reader: how it is hidden, in how many passages. No text."""

    path: str
    page: int
    kind: HiddenKind
    passages: int


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one ingest run did. `files` were taken in now; `skipped` were unchanged; `removed` were pruned.

    `moved` (of `files`) stood elsewhere before, with the same bytes; `types` counts by the kind's name ("PDF");
    `versions` names, for each new document that is much like a stored one, the one that is most so.
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
