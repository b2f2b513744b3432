"""The inside of one document: outline, words, boxes."""

from hypothesis import given
from hypothesis import strategies as st

from ragnano.documents.outline import boxes_of, find_words, outline_of
from ragnano.documents.word_boxes import Word, pack_words
from ragnano.types import Box, Chunk, Document, OutlineEntry, Page, Span

DOCUMENT = Document("0" * 64, "Lease", "text/plain", 2, 1)


def page(text: str, number: int = 1, words: bytes = b"") -> Page:
    return Page(number, 0, 0, text, words)


def chunk(section: str, on: int) -> Chunk:
    return Chunk(DOCUMENT.id, 0, "words", (Span(on, 0, 5),), section=section)


def test_words_are_found_whatever_their_case_and_lines() -> None:
    text = "Either party may give sixty\n days written Notice. NOTICE is given."
    (found,) = find_words([page(text)], "sixty days WRITTEN notice")
    assert text[found.start : found.end] == "sixty\n days written Notice"
    assert len(find_words([page(text), page("notice", 2)], "notice")) == 3


def test_a_word_that_a_line_parts_is_found() -> None:
    text = "the right of termi-\nnation"
    (found,) = find_words([page(text)], "termination")
    assert text[found.start : found.end] == "termi-\nnation"


def test_marks_of_a_pattern_are_plain_characters() -> None:
    assert find_words([page("a fee of $4.250 (net)")], "$4.250 (net)")
    assert not find_words([page("a fee of $4x250 net")], "$4.250")
    assert not find_words([page("anything")], "  ")


@given(st.text(max_size=40), st.text(max_size=10))
def test_what_is_found_holds_the_words(text: str, query: str) -> None:
    for span in find_words([page(text)], query):
        assert span.start < span.end <= len(text)


def test_bookmarks_are_the_outline_and_headings_where_there_are_none() -> None:
    chunks = [
        chunk("1 Term", 1),
        chunk("1 Term > 1.1 Renewal", 1),
        chunk("2 Fees", 2),
        chunk("2 Fees", 2),
        chunk("", 2),
    ]
    assert outline_of(DOCUMENT, chunks) == (
        OutlineEntry(1, "1 Term", 1),
        OutlineEntry(2, "1.1 Renewal", 1),
        OutlineEntry(1, "2 Fees", 2),
    )
    marked = Document("1" * 64, "Lease", "application/pdf", 2, 1, outline=(OutlineEntry(1, "Cover", 1),))
    assert outline_of(marked, chunks) == marked.outline


def test_boxes_are_those_of_the_words_in_the_span() -> None:
    words = pack_words([Word(0, 5, Box(10, 10, 40, 20)), Word(6, 10, Box(45, 10, 70, 20))])
    assert boxes_of(page("sixty days", words=words), 6, 10) == (Box(45, 10, 70, 20),)
    assert boxes_of(page("sixty days", words=words), 6, 6) == ()
