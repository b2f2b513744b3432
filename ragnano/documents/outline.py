"""Navigation in one document: its outline, a search for words, and the boxes of a span."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ragnano.documents.locations import headings_in
from ragnano.documents.word_boxes import boxes_for
from ragnano.types import Box, Chunk, Document, OutlineEntry, Page, Span

MOST_FOUND = 500
"""Limit for the matches of a search; more are not useful to a reader."""

LONGEST_QUERY = 200
"""Limit for the searched text, in characters."""

_DEEPEST = 4


def find_words(pages: Iterable[Page], query: str, most: int = MOST_FOUND) -> tuple[Span, ...]:
    """Returns the spans where the words occur one after the other, regardless of case and line breaks."""
    words = query[:LONGEST_QUERY].split()
    if not words:
        return ()
    # Also finds a word that is hyphenated at the end of a line ("termi-\nnation").
    pattern = re.compile(r"\s+".join(map(_broken, words)), re.IGNORECASE)
    return tuple(islice(_found(pages, pattern), most))


def outline_of(document: Document, chunks: Sequence[Chunk]) -> tuple[OutlineEntry, ...]:
    """Returns the document's bookmarks or, without any, the headings of its chunks, each with its first page."""
    if document.outline:
        return document.outline
    seen: dict[tuple[str, ...], int] = {}
    for chunk in chunks:
        path = headings_in(chunk.section)
        for depth in range(1, min(len(path), _DEEPEST) + 1):
            seen.setdefault(path[:depth], chunk.page)
    return tuple(OutlineEntry(len(path), path[-1], page) for path, page in seen.items())


def boxes_of(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """Returns one box per line around the words that overlap [start, end), in page points; () without word boxes."""
    return boxes_for(page.words, start, end) if end > start else ()


def _found(pages: Iterable[Page], pattern: re.Pattern[str]) -> Iterator[Span]:
    for page in pages:
        for match in pattern.finditer(page.text):
            yield Span(page.number, *match.span())


def _broken(word: str) -> str:
    return r"(?:-\s*\n\s*)?".join(map(re.escape, word))
