"""Search results for users: grouped by document, with the matched words, a reference for quoting, and exports.

Works on hits and pages; performs no search and no rendering.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragnano.answering.citations import cite_span
from ragnano.conversations.transcript import escape
from ragnano.documents.locations import headings_in
from ragnano.retrieval.retriever import Found
from ragnano.retrieval.term_highlights import marks_of
from ragnano.store import Catalogue
from ragnano.text.query import Question
from ragnano.text.spreadsheet_cells import harmless_cell
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import fold
from ragnano.types import Citation, Document, Hit, Span

COLUMNS = ("reference", "document", "file", "place", "section", "quote")
"""Columns of the CSV export, in order."""

_NUMBER = re.compile(
    rf"(?i)(?:(?:{CLAUSE_WORD}|{ATTACHMENT_WORD}|part)\s+)?"
    r"(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z](?:-\d+)?)(?:\([a-z0-9]{1,4}\))*(?=[.:\s]|$)"
)
_SUB = re.compile(r"\([A-Za-z0-9]{1,5}\)")


@dataclass(frozen=True, slots=True)
class Passage:
    """A found clause on one page. `marks` are [start, end) of the matched words in the citation's quote; without any,
    the passage was found by its meaning."""

    citation: Citation
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class DocumentPassages:
    """The passages of one document, best first."""

    document: Document
    passages: tuple[Passage, ...]


def by_document(found: Found, catalogue: Catalogue) -> tuple[DocumentPassages, ...]:
    """Returns a search's passages grouped by document, the document of the best passage first."""
    groups: dict[str, list[Passage]] = {}
    documents: dict[str, Document] = {}
    for hit in found.hits:
        documents[hit.document.id] = hit.document
        groups.setdefault(hit.document.id, []).append(_passage(hit, found.question, catalogue))
    return tuple(DocumentPassages(documents[key], tuple(passages)) for key, passages in groups.items())


def _passage(hit: Hit, question: Question, catalogue: Catalogue) -> Passage:
    """Returns the hit's part on the page with most matched words; of equal pages the first."""
    best: Passage | None = None
    for number in dict.fromkeys(span.page for span in hit.chunk.spans):
        on_page = [span for span in hit.chunk.spans if span.page == number]
        citation = cite_span(hit, Span(number, on_page[0].start, on_page[-1].end), catalogue)
        passage = Passage(citation, marks_of(citation.quote, question))
        if best is None or len(passage.marks) > len(best.marks):
            best = passage
    assert best is not None  # a chunk has at least one span
    return best


def reference(citation: Citation) -> str:
    """Returns the reference in a lawyer's form: "Services Agreement, 8.2(a), p. 4", "Costs, Sheet Costs, B7"."""
    parts = (citation.title, clause_number(citation.section), citation.place or f"p. {citation.page}")
    return ", ".join(part for part in map(fold, parts) if part)


def clause_number(section: str) -> str:
    """Returns the number of the innermost heading ("8 Term > 8.2 Termination > (a)" gives "8.2(a)"), else its words."""
    subs = ""
    for part in reversed(headings_in(section)):
        part = part.strip()
        if sub := _SUB.match(part):
            subs = sub.group() + subs
        elif number := _NUMBER.match(part):
            return number.group() + subs
        else:
            return part if not subs else f"{part} {subs}"
    return subs


def quoted(citation: Citation) -> str:
    """Returns the words in quotation marks with their reference, in one line, for pasting."""
    return f"“{fold(citation.quote)}” ({reference(citation)})"


def as_markdown(question: str, groups: Sequence[DocumentPassages]) -> str:
    """Returns the passages as CommonMark; document text is literal, never markup."""
    return "\n".join(_markdown_lines(question, groups)) + "\n"


def _markdown_lines(question: str, groups: Sequence[DocumentPassages]) -> Iterator[str]:
    yield f"# Found for: {escape(question)}"
    for group in groups:
        yield from ("", f"## {escape(group.document.title)}")
        for passage in group.passages:
            yield from ("", f"> {escape(passage.citation.quote)}", ">", f"> {escape(reference(passage.citation))}")


def as_csv(groups: Sequence[DocumentPassages]) -> str:
    """Returns the passages as CSV with `COLUMNS`; a cell that a spreadsheet would take for a formula begins with '."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for group in groups:
        for citation in (passage.citation for passage in group.passages):
            place = citation.place or f"page {citation.page}"
            cells = (reference(citation), group.document.title, citation.path, place, citation.section)
            writer.writerow([harmless_cell(cell) for cell in (*cells, fold(citation.quote))])
    return out.getvalue()
