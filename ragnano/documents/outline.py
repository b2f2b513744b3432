"""Inside one document: its outline, words found in it, and the boxes of a span. Knows no store and no file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ragnano.documents.locations import headings_in
from ragnano.documents.word_boxes import boxes_for
from ragnano.types import Box, Chunk, Document, OutlineEntry, Page, Span

MOST_FOUND = 500
"""Places that a search gives; more are no help to a reader."""

LONGEST_WANTED = 200
"""Characters of what is looked for."""

_DEEPEST = 4


def find_words(pages: Iterable[Page], wanted: str, most: int = MOST_FOUND) -> tuple[Span, ...]:
    """Where the words stand one after the other, whatever the case and however the lines break."""
    words = wanted[:LONGEST_WANTED].split()
    if not words:
        return ()
    # A word that the page parts at a line's end ("termi-\nnation") is found, too.
    pattern = re.compile(r"\s+".join(map(_broken, words)), re.IGNORECASE)
    return tuple(islice(_found(pages, pattern), most))


def outline_of(document: Document, chunks: Sequence[Chunk]) -> tuple[OutlineEntry, ...]:
    """The document's bookmarks; where it has none, its headings as they were read, each with its first page."""
    if document.outline:
        return document.outline
    seen: dict[tuple[str, ...], int] = {}
    for chunk in chunks:
        path = headings_in(chunk.section)
        for depth in range(1, min(len(path), _DEEPEST) + 1):
            seen.setdefault(path[:depth], chunk.page)
    return tuple(OutlineEntry(len(path), path[-1], page) for path, page in seen.items())


def boxes_of(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """One box a line round the words that touch [start, end), in page points; () where the page has no places."""
    return boxes_for(page.words, start, end) if end > start else ()


def _found(pages: Iterable[Page], pattern: re.Pattern[str]) -> Iterator[Span]:
    for page in pages:
        for match in pattern.finditer(page.text):
            yield Span(page.number, *match.span())


def _broken(word: str) -> str:
    return r"(?:-\s*\n\s*)?".join(map(re.escape, word))
