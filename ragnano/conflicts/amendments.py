"""Finds a clause and the amendment of it: "Section 7.3 of the Agreement is deleted and replaced …" and Section 7.3.

They are matched by their common number in documents that belong together, whether or not a search found them. Uses the
store, but no model and no scores.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragnano.conflicts.related_documents import amends, may_amend
from ragnano.documents.locations import headings_in
from ragnano.store import Catalogue
from ragnano.text.word_lists import CLAUSE_WORD
from ragnano.text.words import fold, sentence_spans
from ragnano.types import Document, Evidence, Hit, Scope, Span

MOST_RELATED = 8
"""Most documents searched for one answer: a contract seldom has more amendments, and each is read whole."""
LONGEST = 700
"""Most characters of a clause displayed as one side."""

_NUMBER = r"\d+(?:\.\d+)*"
# "Section 7.3 of the Agreement is hereby deleted and replaced", without another section in between.
_CHANGES = re.compile(
    rf"\b(?i:{CLAUSE_WORD}|paragraph)\s+(?P<number>{_NUMBER})(?:\([a-z0-9]+\))*"
    r"(?:(?!\b[Ss]ections?\b|\b[Cc]lauses?\b|\bnot\b)[^.;]){0,160}?"
    r"\b(?:is|are|shall\s+be)\s+(?:hereby\s+)?(?:deleted|amended|replaced|restated|superseded|modified|removed)\b"
)
# A clause number at the start of a line, before its words: "7.3 Customer shall", "Section 4. Fees".
_AT_LINE = re.compile(rf"(?m)^[ \t]*(?:(?=[A-Z])(?i:{CLAUSE_WORD})\s+)?({_NUMBER})[.)]?[ \t]+(?=[A-Z“\"(])")


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause, the passage that changes it, and the clause's number. One passage was given, the other found."""

    clause: Evidence
    change: Evidence
    number: str


def section_changed(text: str) -> str | None:
    """Returns the number of the section that a sentence changes ("7.3"), None if it changes none."""
    match = _CHANGES.search(text)
    return match["number"] if match else None


def changed_by(item: Evidence, catalogue: Catalogue, scope: Scope) -> Changed | None:
    """Returns the cited clause with the passage that changes it, or the cited change with the clause it changes."""
    document = item.hit.document
    number = section_changed(item.text)
    if number is not None:
        for related in _others(document, catalogue, scope):
            if amends(document, related, catalogue) and (clause := _clause(related, number, catalogue)):
                return Changed(clause, item, number)
        return None
    number = clause_number(item, catalogue)
    if number is None:
        return None
    for related in _others(document, catalogue, scope):
        if amends(related, document, catalogue) and (change := _change(related, number, catalogue)):
            return Changed(item, change, number)
    return None


def clause_number(item: Evidence, catalogue: Catalogue) -> str | None:
    """Returns the number of the passage's clause: the last number at a line start on its page before the passage, else
    that of its innermost heading; None if there is none."""
    span = item.spans[0]
    page = catalogue.page(item.hit.document.id, span.page)
    numbers = [match.group(1) for match in _AT_LINE.finditer(page.text, 0, span.end) if match.start() <= span.start]
    if numbers:
        return numbers[-1]
    in_section = [match.group(1) for part in headings_in(item.hit.chunk.section) for match in _AT_LINE.finditer(part)]
    return in_section[-1] if in_section else None


def _others(document: Document, catalogue: Catalogue, scope: Scope) -> list[Document]:
    """Returns documents of the scope that may amend this one or be amended by it, the latest first."""
    others = [
        related
        for related in catalogue.documents(scope)
        if may_amend(related, document) or may_amend(document, related)
    ]
    return sorted(others, key=lambda related: related.date or "", reverse=True)[:MOST_RELATED]


def _change(document: Document, number: str, catalogue: Catalogue) -> Evidence | None:
    """Returns the first passage of an amendment that changes the section or one that contains it."""
    for hit, spans, text in _sentences(document, catalogue):
        changed = section_changed(text)
        if changed is not None and f"{number}.".startswith(f"{changed}."):
            return Evidence(hit, spans, text, 0.0)
    return None


def _clause(document: Document, number: str, catalogue: Catalogue) -> Evidence | None:
    """Returns the first sentence of the clause with this number that is longer than a heading."""
    opens = re.compile(rf"(?:(?=[A-Z])(?i:{CLAUSE_WORD})\s+)?{re.escape(number)}[.)]?\s+\S")
    inside = False
    for hit, spans, text in _sentences(document, catalogue):
        if opens.match(text):
            inside = True
        elif inside and _AT_LINE.match(text):
            return None
        if inside and len(text.split()) > 6:
            return Evidence(hit, spans, text, 0.0)
    return None


def _sentences(document: Document, catalogue: Catalogue) -> Iterator[tuple[Hit, tuple[Span, ...], str]]:
    """Yields all sentences in reading order; one that ends with a colon includes what follows, up to the limit."""
    for chunk in catalogue.chunks_of(document.id):
        hit = Hit(chunk, document, 0.0)
        waiting: Sequence[Span] = ()
        for span in chunk.spans:
            page = catalogue.page(document.id, span.page).text
            for piece in sentence_spans(page, span):
                whole = _joined(waiting, piece)
                text = fold(" ".join(page[part.start : part.end] for part in whole))
                if text.endswith(":") and len(text) < LONGEST and all(part.page == span.page for part in whole):
                    waiting = whole
                    continue
                waiting = ()
                yield hit, whole, text
            if waiting:
                yield hit, tuple(waiting), fold(" ".join(page[part.start : part.end] for part in waiting))
                waiting = ()


def _joined(before: Sequence[Span], piece: Span) -> tuple[Span, ...]:
    if not before:
        return (piece,)
    return (Span(piece.page, before[0].start, piece.end),)
