"""Looks up a clause that a question asks for by number: detects the number, returns its text and adjacent clauses.

Uses the store, but no ranking and no model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import PurePath

from ragnano.answering.clause_numbers import ATTACHED, CLAUSE, DOTTED, Number, headed, number_of, opened
from ragnano.documents.locations import headings_in
from ragnano.store import Catalogue, quote_term
from ragnano.text.query import Question
from ragnano.text.words import fold
from ragnano.types import Chunk, Document, Evidence, Hit, Scope, Span

NEIGHBOURS = 3
"""Most documents whose clauses a refusal names."""

_MOST_READ = 50  # documents searched for a number
_MOST_HITS = 500  # chunks that contain the number
_BRACKETS = r"(?:\s?\([A-Za-z0-9]{1,4}\))"
# A bare number must look like a clause's: "3.1", "7(b)". After "clause" any number counts, including "IV" and "A".
_NUMBER = (
    rf"(?:(?:the\s+)?(?P<kind>{CLAUSE}|{ATTACHED})\s*(?:no\.?\s*)?"
    rf"(?P<number>(?:{DOTTED}|[ivxlc]+\b|[a-z]\b){_BRACKETS}*)"
    rf"|(?P<bare>\d{{1,3}}(?:(?:\.\d{{1,3}})+{_BRACKETS}*|{_BRACKETS}+)))(?![\w%]|\.\d|\s?(?:per\s?cent|million|billion)\b)"
)
_OF = r"(?:\s+(?:of|in|from|von|aus|du|de|del)\s+[^,?]{2,80})?"
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bwhat\b(?:\s+\w+)?\s+(?:does|do|did)\s+{_NUMBER}{_OF}\s+(?:\w+\s+)?(?:say|state|stipulate|provide|require|"
        r"regulate|contain|cover|mean|govern|deal|set|talk|read|allow|permit|forbid|prohibit|define|lay)\b",
        rf"\bwhat(?:['’]s|\s+is|\s+stands|\s+are)?(?:\s+(?:written|said|stated))?\s+(?:in|under|at)\s+{_NUMBER}{_OF}\W*$",
        rf"\b(?:text|wording|words|contents?)\s+of\s+{_NUMBER}{_OF}\W*$",
        rf"^\W*(?:under|in|per|according\s+to|as\s+per|pursuant\s+to|by)\s+{_NUMBER}{_OF}\s*[,:]",
        rf"\b(?:in|according\s+to|as\s+per)\s+(?!(?:the\s+)?(?:{ATTACHED})\b){_NUMBER}\W*$",
        rf"^\W*(?:please\s+)?(?:show|read|quote|give|cite|print|recite|tell|find|see|look\s+up|explain|repeat)\b"
        rf"(?:\s+(?:me|us|out))?\s+{_NUMBER}{_OF}\W*$",
        rf"^\W*(?:please\s+)?list\b[^?.;:]{{1,60}}\s(?:in|of|under|from)\s+{_NUMBER}\W*$",
        rf"^\W*(?:and\s+)?{_NUMBER}\W*$",
        rf"\b(?:was\s+(?:steht\s+in|sagt|regelt|bestimmt)|que\s+(?:dit|prévoit)|qué\s+(?:dice|establece))\s+"
        rf"(?:l['’]|(?:la|le|el|der|die|das|dem)\s+)?{_NUMBER}",
    )
)
_ATTACHED_KIND = re.compile(rf"(?:{ATTACHED})\b", re.IGNORECASE)

# Boundaries between the lines of a chunk, and between the items within a line: "if: (a) …; or (b) …".
_BETWEEN = re.compile(
    r"\n|(?<=[;:,.—])[ \t]+(?=\([A-Za-z0-9]{1,4}\)\s)|(?<=\band)[ \t]+(?=\([a-z]{1,4}\)\s)"
    r"|(?<=\bor)[ \t]+(?=\([a-z]{1,4}\)\s)"
)


def clause_asked(question: Question) -> str | None:
    """Returns the number of the clause asked for, alone or with a topic: "3.1", "7.2(b)", "IV", "Schedule 2".

    None if a clause is only mentioned ("the penalty for a breach of clause 5").
    """
    for pattern in _ASKED:
        if found := pattern.search(question.text):
            number = re.sub(r"\s", "", found["number"] or found["bare"])
            number = re.sub(r"^[a-z]+$", lambda letters: letters[0].upper(), number, flags=re.IGNORECASE)
            kind = found["kind"] or ""
            return f"{kind.title()} {number}" if _ATTACHED_KIND.match(kind) else number
    return None


def find_clause(number: str, catalogue: Catalogue, scope: Scope) -> tuple[Chunk, ...]:
    """Returns the chunks of the clause in each document of the scope, in reading order; () if there is none."""
    return tuple(item.hit.chunk for item in clause_evidence(number, catalogue, scope))


def clause_evidence(number: str, catalogue: Catalogue, scope: Scope) -> tuple[Evidence, ...]:
    """Returns the clause's own words, from its number to the next number outside it, one item per chunk.

    () if no document of the scope contains it.
    """
    return tuple(
        Evidence(Hit(chunk, document, 1.0), spans, text, 1.0)
        for document in _candidate_documents(number, catalogue, scope)
        for chunk, spans, text in _Clauses(document, catalogue).words_of(number)
    )


def no_such_clause(number: str, catalogue: Catalogue, scope: Scope) -> str:
    """Returns the message for a missing clause: "No document has a clause 7.5. Next to it is 4.1 (lease.pdf)."."""
    called = number if _ATTACHED_KIND.match(number) else f"clause {number}"
    message = f"No document has {'an' if called[0] in 'AEae' else 'a'} {called}."
    beside = clauses_beside(number, catalogue, scope)
    singular = len(beside) == 1 and " and " not in beside[0].partition(" (")[0]
    return f"{message} Next to it {'is' if singular else 'are'} {', '.join(beside)}." if beside else message


def clauses_beside(number: str, catalogue: Catalogue, scope: Scope) -> tuple[str, ...]:
    """Returns the clauses before and after that number with their file names, for at most NEIGHBOURS documents."""
    found = (
        f"{' and '.join(numbers)} ({PurePath(document.path).name})"
        for document in catalogue.documents(scope)[:_MOST_READ]
        if (numbers := _Clauses(document, catalogue).beside(number))
    )
    return tuple(islice(found, NEIGHBOURS))


def _candidate_documents(number: str, catalogue: Catalogue, scope: Scope) -> list[Document]:
    """Returns documents that may contain the clause: all if there are few, else those that contain its number."""
    documents = catalogue.documents(scope)
    if len(documents) <= _MOST_READ:
        return documents
    matches = catalogue.lexical(quote_term(number.partition("(")[0]), scope, _MOST_HITS)
    holders = {chunk.document for chunk in catalogue.chunks(identifier for identifier, _ in matches).values()}
    return [document for document in documents if document.id in holders][:_MOST_READ]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of a chunk, or an item within one; `number` if it opens a clause, `above` the numbers of its headings."""

    chunk: Chunk
    span: Span
    text: str
    number: Number | None
    above: tuple[Number, ...]


class _Clauses:
    """One document's clauses, by the numbers of its headings and lines."""

    def __init__(self, document: Document, catalogue: Catalogue) -> None:
        chunks = catalogue.chunks_of(document.id)
        texts = {page.number: page.text for page in catalogue.pages(document.id)}
        above = {chunk.ordinal: tuple(filter(None, map(headed, headings_in(chunk.section)))) for chunk in chunks}
        cut = [(chunk, span, texts[span.page][span.start : span.end]) for chunk, span in _cut(chunks, texts)]
        numbers = opened(text for _, _, text in cut)
        self._pieces = [
            _Piece(chunk, span, text, number, above[chunk.ordinal])
            for (chunk, span, text), number in zip(cut, numbers, strict=True)
        ]

    def words_of(self, number: str) -> Iterator[tuple[Chunk, tuple[Span, ...], str]]:
        """Yields the clause's words, chunk by chunk."""
        requested = number_of(number)
        pieces = (self._under(requested) or self._from_its_line(requested)) if requested else []
        for _, group in groupby(pieces, key=lambda piece: piece.chunk.ordinal):
            in_chunk = list(group)
            yield (
                in_chunk[0].chunk,
                _merged([piece.span for piece in in_chunk]),
                fold(" ".join(piece.text for piece in in_chunk)),
            )

    def beside(self, number: str) -> list[str]:
        """Returns the preceding and the following number, as printed."""
        requested = number_of(number)
        if requested is None:
            return []
        named = [candidate for piece in self._pieces for candidate in (*piece.above, piece.number) if candidate]
        others = {
            candidate.key: candidate.printed
            for candidate in named
            if candidate.attached == requested.attached
            and (not candidate.items or (requested.items and candidate.parts == requested.parts))
        }
        before = max((key for key in others if key < requested.key), default=None)
        after = min((key for key in others if key > requested.key), default=None)
        kind = f"{requested.attached.title()} " if requested.attached else ""
        return [kind + others[key] for key in (before, after) if key is not None]

    def _under(self, requested: Number) -> list[_Piece]:
        """Returns everything under the numbered heading, without the introduction of a chunk with several clauses."""
        under = [piece for piece in self._pieces if any(number.key == requested.key for number in piece.above)]
        return [piece for piece in under if not _is_parent(piece.number, requested)]

    def _from_its_line(self, requested: Number) -> list[_Piece]:
        """Returns the longest run from a line with the number to the next number outside it; contents lists are
        short."""
        starts = [at for at, piece in enumerate(self._pieces) if piece.number and requested.holds(piece.number)]
        runs = [list(self._run(at, requested)) for at in starts if at == 0 or at - 1 not in starts]
        return max(runs, key=lambda run: sum(len(piece.text) for piece in run), default=[])

    def _run(self, start: int, requested: Number) -> Iterator[_Piece]:
        first = self._pieces[start]
        for piece in self._pieces[start:]:
            if (piece.number and not requested.holds(piece.number)) or piece.chunk.section != first.chunk.section:
                return
            yield piece


def _is_parent(number: Number | None, requested: Number) -> bool:
    return number is not None and number.key != requested.key and number.holds(requested)


def _cut(chunks: Sequence[Chunk], texts: dict[int, str]) -> Iterator[tuple[Chunk, Span]]:
    """Yields the lines of the chunks, and the items within them."""
    for chunk in chunks:
        for span in chunk.spans:
            text, start = texts[span.page][span.start : span.end], 0
            for stop, after in [*(cut.span() for cut in _BETWEEN.finditer(text)), (len(text), len(text))]:
                if text[start:stop].strip():
                    yield chunk, Span(span.page, span.start + start, span.start + stop)
                start = after


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Returns one span per page, so that a quote is one run of words."""
    pages = groupby(spans, key=lambda span: span.page)
    runs = [(page, list(group)) for page, group in pages]
    return tuple(Span(page, run[0].start, run[-1].end) for page, run in runs)
