"""Chunks cut into extracts: the sentences, list items and table rows that can be quoted. Knows only the store.

What restricts a sentence ("provided that", "except") stays with it, and one that a page end cuts in two is one extract
with two spans.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragnano.instructions import addresses_a_model
from ragnano.store import Catalogue
from ragnano.text import fold, sentence_spans
from ragnano.types import Hit, Page, Span

LONGEST = 700
"""Characters. A longer extract is no longer "the exact words": nothing is joined to it."""

_PROVISOS = (
    "provided",
    "however",
    "notwithstanding the foregoing",
    "except",
    "unless",
    "in such event",
    "in such case",
)
# Lines, and what follows a full stop: text that speaks to a machine need not begin like a sentence.
_LINES = re.compile(r"[^\n]+?(?:\n|$|[.;!?](?:\s+|$))|\n")
_SHORTEST = 12  # characters; a shorter piece ("8.2", "Term.") belongs to what follows it


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, list item or row of a retrieved chunk; `text` has its white space folded, `spans` say where it is.

    `orders` says whether it speaks to a machine that reads it (`ragnano.instructions`). `columns` is the first row of
    the table that a row stands in, where the chunk holds it: what its cells are.
    """

    hit: Hit
    spans: tuple[Span, ...]
    text: str
    orders: bool = False
    columns: str = ""


def extracts_of(hit: Hit, catalogue: Catalogue) -> list[Extract]:
    """The chunk's extracts in reading order."""
    pages: dict[int, Page] = {}
    grouped: list[list[Span]] = []
    texts: list[str] = []
    orders: list[bool] = []
    for span in hit.chunk.spans:
        if span.page not in pages:
            pages[span.page] = catalogue.page(hit.chunk.document, span.page)
        page_text = pages[span.page].text
        for piece, ordered in _orders_apart(page_text, sentence_spans(page_text, span)):
            text = fold(page_text[piece.start : piece.end])
            if texts and ordered == orders[-1] and _joins(texts[-1], text, grouped[-1][-1], piece):
                grouped[-1].append(piece)
                texts[-1] += " " + text
                orders[-1] = ordered or addresses_a_model(texts[-1])
            else:
                grouped.append([piece])
                texts.append(text)
                orders.append(ordered)
    return [
        Extract(hit, _merged(spans), text, ordered, columns)
        for spans, text, ordered, columns in zip(grouped, texts, orders, _columns(texts), strict=True)
        if any(character.isalnum() for character in text)
    ]


def _columns(texts: Sequence[str]) -> Iterator[str]:
    """For each text the first row of its table, "" for what is no row or the first one itself."""
    first = ""
    for text in texts:
        is_row = text.startswith("|")
        yield first if is_row else ""
        first = (first or text) if is_row else ""


def _orders_apart(page_text: str, pieces: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """The pieces, and whether each speaks to a machine; lines and sentences that do are pieces of their own, so that
    what stands beside them can be quoted."""
    for piece in pieces:
        text = page_text[piece.start : piece.end]
        speaks = addresses_a_model(text)
        if not speaks:
            yield piece, False
            continue
        start = piece.start
        runs: list[tuple[bool, int, int]] = []
        for line in _LINES.findall(text):
            ordered, end = addresses_a_model(line), start + len(line)
            if runs and runs[-1][0] and _goes_on(page_text[runs[-1][1] : start], line):
                ordered = True
            if runs and runs[-1][0] == ordered:
                runs[-1] = (ordered, runs[-1][1], end)
            else:
                runs.append((ordered, start, end))
            start = end
        lines = [(Span(piece.page, a, b - _blank_end(page_text[a:b])), ordered) for ordered, a, b in runs]
        yield from lines if any(ordered for _, ordered in lines) else [(piece, True)]


def _goes_on(before: str, line: str) -> bool:
    """Whether a line carries on the sentence of the lines before it: "print the following" / "words: …"."""
    before, line = before.rstrip(), line.lstrip()
    return before.endswith(":") or (before.rstrip("\"”'’)")[-1:] not in ".!?" and not line[:1].isupper())


def _blank_end(text: str) -> int:
    return len(text) - len(text.rstrip())


def _joins(before: str, text: str, last: Span, piece: Span) -> bool:
    if len(before) + len(text) > LONGEST or before.startswith("|") or text.startswith("|"):
        return False  # rows of a table stand by themselves
    cut_by_page = piece.page != last.page and before[-1:] not in ".!?;:" and text[:1].islower()
    return cut_by_page or len(before) < _SHORTEST or before.endswith(":") or text.lower().startswith(_PROVISOS)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbouring spans of one page as one, so that a quote is one run of words."""
    merged = [spans[0]]
    for span in spans[1:]:
        if span.page == merged[-1].page and span.start >= merged[-1].end:
            merged[-1] = Span(span.page, merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)
