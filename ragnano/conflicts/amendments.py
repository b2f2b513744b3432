"""A clause and what changes it: "Section 7.3 of the Agreement is deleted and replaced …" against Section 7.3.

Found by the numbers that both bear, in documents that belong together, whether or not a search found them. Knows the
store; no model and no scores.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragnano.conflicts.related_documents import amends, may_amend
from ragnano.documents.locations import headings_in
from ragnano.store import Catalogue
from ragnano.text.words import fold, sentence_spans
from ragnano.types import Document, Evidence, Hit, Scope, Span

MOST_RELATED = 8
"""Documents looked into for one answer: a contract seldom has more amendments, and each is read whole."""
LONGEST = 700
"""Characters of a clause shown as one side."""

_NUMBER = r"\d+(?:\.\d+)*"
# "Section 7.3 of the Agreement is hereby deleted and replaced"; no other section in between.
_CHANGES = re.compile(
    rf"\b(?:[Ss]ection|[Cc]lause|[Aa]rticle|[Pp]aragraph)\s+(?P<number>{_NUMBER})(?:\([a-z0-9]+\))*"
    r"(?:(?!\b[Ss]ections?\b|\b[Cc]lauses?\b|\bnot\b)[^.;]){0,160}?"
    r"\b(?:is|are|shall\s+be)\s+(?:hereby\s+)?(?:deleted|amended|replaced|restated|superseded|modified|removed)\b"
)
# A clause number at the beginning of a line, before its words: "7.3 Customer shall", "Section 4. Fees".
_AT_LINE = re.compile(rf"(?m)^[ \t]*(?:(?:Section|Clause|Article)\s+)?({_NUMBER})[.)]?[ \t]+(?=[A-Z“\"(])")


@dataclass(frozen=True, slots=True)
class Changed:
    """A clause, the passage that changes it, and the clause's number. One of the two was given, the other found."""

    clause: Evidence
    change: Evidence
    number: str


def section_changed(text: str) -> str | None:
    """The number of the section that a sentence says is changed: "7.3". None when it changes none."""
    match = _CHANGES.search(text)
    return match["number"] if match else None


def changed_by(item: Evidence, catalogue: Catalogue, scope: Scope) -> Changed | None:
    """The clause that a cited passage stands in with a passage that changes it, or a change with what it changed."""
    document = item.hit.document
    number = section_changed(item.text)
    if number is not None:
        for other in _others(document, catalogue, scope):
            if amends(document, other, catalogue) and (clause := _clause(other, number, catalogue)):
                return Changed(clause, item, number)
        return None
    number = clause_number(item, catalogue)
    if number is None:
        return None
    for other in _others(document, catalogue, scope):
        if amends(other, document, catalogue) and (change := _change(other, number, catalogue)):
            return Changed(item, change, number)
    return None


def clause_number(item: Evidence, catalogue: Catalogue) -> str | None:
    """The number of the clause that a passage stands in: the last that opens a line before its end, on its page."""
    span = item.spans[0]
    page = catalogue.page(item.hit.document.id, span.page)
    numbers = [match.group(1) for match in _AT_LINE.finditer(page.text, 0, span.end) if match.start() <= span.start]
    if numbers:
        return numbers[-1]
    in_section = [match.group(1) for part in headings_in(item.hit.chunk.section) for match in _AT_LINE.finditer(part)]
    return in_section[-1] if in_section else None


def _others(document: Document, catalogue: Catalogue, scope: Scope) -> list[Document]:
    """Documents of the scope that may change this one or be changed by it, the latest first."""
    others = [other for other in catalogue.documents(scope) if may_amend(other, document) or may_amend(document, other)]
    return sorted(others, key=lambda other: other.date or "", reverse=True)[:MOST_RELATED]


def _change(document: Document, number: str, catalogue: Catalogue) -> Evidence | None:
    """The first passage of an amendment that changes the section, or one above it."""
    for hit, spans, text in _sentences(document, catalogue):
        changed = section_changed(text)
        if changed is not None and f"{number}.".startswith(f"{changed}."):
            return Evidence(hit, spans, text, 0.0)
    return None


def _clause(document: Document, number: str, catalogue: Catalogue) -> Evidence | None:
    """The first sentence of the clause with this number that says more than its heading."""
    opens = re.compile(rf"(?:(?:Section|Clause|Article)\s+)?{re.escape(number)}[.)]?\s+\S")
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
    """All sentences in reading order; one that ends with a colon brings what it announces, as far as there is room."""
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
