"""An answer with its citations, conflicts and costs."""

from dataclasses import dataclass
from typing import Literal

from ragnano.types.documents import Box
from ragnano.types.evidence import DirectKind

Verdict = Literal["answered", "quoted", "not_found"]


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
    """Passages that answer the same question differently.

    `later` is the index of the side whose document has the later date, None when that is unknown. `reason` says how
    the sides differ, in ragnano's own words. `in_force` is the index of the side that counts because an amendment
    changed the others or will do so; None when none is preferred.
    """

    sides: tuple[Side, ...]
    later: int | None
    reason: str
    in_force: int | None = None


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
class Row:
    """One document in the answer to a question to several documents, or one row of a table.

    `title` is the document's title, or the first cell of the row. `value` is the document's own words and `citation`
    their number, 0 where the document was not found to say anything.
    `normalized` is the value for programs ("2027-09-30", "180 days", "GBP 42000 per year"), "" if it cannot be
    compared. `matches` is whether the document meets the question's condition, None if that is not known. `note`
    explains a computation or an open point.
    """

    document: str
    path: str
    title: str
    value: str = ""
    normalized: str = ""
    citation: int = 0
    matches: bool | None = None
    note: str = ""


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
    when no exact answer can be determined. `rows` are the documents of a comparison or the rows of a table, in the
    order of the question.
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
    rows: tuple[Row, ...] = ()
