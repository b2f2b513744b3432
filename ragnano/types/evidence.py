"""What is searched for a question and what is found: the scope, retrieved chunks, and the evidence chosen from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ragnano.types.documents import Chunk, Document, Span

DirectKind = Literal["span", "yes", "no", "yes-if", "no-unless"]
"""What a direct answer is: words of the document, or Yes or No, with the document's condition if it states one."""


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
    """A sentence, list item or row relevant to the question: its location and how well it answers, 0 to 1.

    `foreign` is true when it stands on a page in a language that the reader was not trained on.
    """

    hit: Hit
    spans: tuple[Span, ...]
    text: str
    score: float
    exact: Exact | None = None
    foreign: bool = False
