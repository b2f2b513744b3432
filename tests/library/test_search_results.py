"""Search results as people use them: grouped, highlighted, with references, exported."""

import csv
import io
from dataclasses import replace

import pytest

from ragnano.assistant import Assistant
from ragnano.library.search_results import (
    COLUMNS,
    DocumentPassages,
    as_csv,
    as_markdown,
    by_document,
    clause_number,
    quoted,
    reference,
)
from ragnano.types import Chunk, Citation, Document, Page, ParsedDocument, Span
from tests.conftest import FakeEmbedder, add_text

CITED = Citation("d" * 64, "/x/services.pdf", 4, "sixty\ndays notice", 10, 27, (), 0.5, "Services Agreement", "8.2 N")


@pytest.mark.parametrize(
    ("section", "number"),
    [
        ("8 Term > 8.2 Termination for Convenience", "8.2"),
        ("8 Term > 8.2 Termination > (a) by the Customer", "8.2(a)"),
        ("8 Term > 8.2 Termination > (a) by > (iv) notice", "8.2(a)(iv)"),
        ("ARTICLE IV Fees", "ARTICLE IV"),
        ("Schedule 2: Prices", "Schedule 2"),
        ("Governing Law", "Governing Law"),
        ("Insurance", "Insurance"),
        ("A-2 Form", "A-2"),
        ("", ""),
    ],
)
def test_a_clause_goes_by_its_innermost_number(section: str, number: str) -> None:
    assert clause_number(section) == number


def test_a_quote_bears_document_clause_and_page() -> None:
    assert reference(CITED) == "Services Agreement, 8.2, p. 4"
    assert quoted(CITED) == "“sixty days notice” (Services Agreement, 8.2, p. 4)"
    assert reference(replace(CITED, section="", place="Sheet Costs, B7")) == "Services Agreement, Sheet Costs, B7"


LEASE = """# 4 Deposit

The Tenant shall pay a security deposit of $12,000.

# 5 Pets

=cmd|' /C calc'!A0 the tenant keeps no animals and pays no deposit for them."""


def groups_for(assistant: Assistant, question: str) -> tuple[DocumentPassages, ...]:
    return by_document(assistant.find(question, None, 10), assistant.catalogue)


def test_passages_are_grouped_by_document_with_the_matched_words(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt", title="Lease")
    add_text(assistant, "# 1 Fees\n\nThe Customer pays a monthly fee.", name="other.txt", title="Services")
    groups = groups_for(assistant, "security deposit of the tenant")
    assert groups[0].document.title == "Lease"
    assert [group.document.title for group in groups].count("Lease") == 1
    first = groups[0].passages[0]
    marked = [first.citation.quote[start:end] for start, end in first.marks]
    assert marked == ["Tenant", "security", "deposit"]
    page = assistant.page(first.citation.document, first.citation.page)
    assert page.text[first.citation.start : first.citation.end] == first.citation.quote


def test_a_passage_over_two_pages_is_shown_where_its_matched_words_stand(assistant: Assistant) -> None:
    pages = (Page(1, 0, 0, "Nothing of it here", read_by="plain"), Page(2, 0, 0, "sixty days notice", read_by="plain"))
    document = Document("a" * 64, "Deed", "text/plain", 2, 1)
    chunk = Chunk(document.id, 0, "Nothing of it here sixty days notice", (Span(1, 0, 18), Span(2, 0, 17)))
    parsed = ParsedDocument(document, pages, (chunk,))
    vectors = FakeEmbedder().embed_passages([chunk.text])
    assistant.catalogue.add(parsed, vectors, collection="default", path="/deed.txt", size=1, mtime_ns=1)
    assistant.vectors.sync()
    ((passage,),) = (group.passages for group in groups_for(assistant, "sixty days notice"))
    assert (passage.citation.page, passage.citation.quote) == (2, "sixty days notice")


def test_exports_hold_document_text_as_data(assistant: Assistant) -> None:
    add_text(assistant, LEASE, name="lease.txt", title="=Lease [x](y)")
    groups = groups_for(assistant, "deposit")
    rows = list(csv.reader(io.StringIO(as_csv(groups))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1 + sum(len(group.passages) for group in groups)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    text = as_markdown("deposit", groups)
    assert "\\[x\\]\\(y\\)" in text
    assert "> \\=cmd" in text
