"""Builds citations from evidence: the exact words, their place and their boxes. Depends only on the store."""

from collections.abc import Sequence

from ragnano.documents.locations import place_of
from ragnano.documents.word_boxes import boxes_for
from ragnano.store import Catalogue
from ragnano.types import Citation, Evidence, Hit, Span


def cite(evidence: Sequence[Evidence], catalogue: Catalogue) -> tuple[Citation, ...]:
    """Returns one citation per span of evidence, in order; its number is the position of the evidence, from 1."""
    return tuple(
        _citation(item.hit, span, item.score, catalogue, number)
        for number, item in enumerate(evidence, start=1)
        for span in item.spans
    )


def cite_hit(hit: Hit, catalogue: Catalogue) -> Citation:
    """Returns a retrieved clause as a citation: the part on its first page."""
    return _citation(hit, first_page_span(hit), hit.score, catalogue)


def cite_span(hit: Hit, span: Span, catalogue: Catalogue) -> Citation:
    """Returns a part of a retrieved clause as a citation: characters of one page."""
    return _citation(hit, span, hit.score, catalogue)


def first_page_span(hit: Hit) -> Span:
    """Returns the span from the chunk's first character to its last on the page where it begins."""
    on_page = [span for span in hit.chunk.spans if span.page == hit.chunk.page]
    return Span(hit.chunk.page, on_page[0].start, on_page[-1].end)


def _citation(hit: Hit, span: Span, score: float, catalogue: Catalogue, number: int = 0) -> Citation:
    page = catalogue.page(hit.document.id, span.page)
    return Citation(
        document=hit.document.id,
        path=hit.document.path,
        page=span.page,
        quote=page.text[span.start : span.end],
        start=span.start,
        end=span.end,
        boxes=boxes_for(page.words, span.start, span.end),
        score=round(score, 4),
        title=hit.document.title,
        section=hit.chunk.section,
        number=number,
        place=place_of(page, span.start, span.end),
    )
