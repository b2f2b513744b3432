"""Splits chunks into extracts: the sentences, list items and table rows that can be quoted.

What restricts a sentence ("provided that", "except") stays with it, and a sentence split by a page break is one extract
with two spans.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ragnano.documents.locations import headings_in, is_head, row_of
from ragnano.documents.table_rows import cells_of, goes_on, is_row, named_cells, names_columns, spoken
from ragnano.documents.text_tables import TextRow, text_rows
from ragnano.text.prompt_injection import addresses_a_model
from ragnano.text.word_lists import ATTACHMENT_WORD, CLAUSE_WORD
from ragnano.text.words import fold, sentence_spans, words
from ragnano.types import Chunk, Hit, Mark, Page, Span

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
# Splits at lines and full stops: text that addresses a model need not begin like a sentence.
_LINES = re.compile(r"[^\n]+?(?:\n|$|[.;!?](?:\s+|$))|\n")
_SHORTEST = 12  # characters; a shorter piece ("8.2", "Term.") belongs to what follows it
# A page number or clause number, which alone has no content.
_BARE_LABEL = re.compile(r"[\s().\[\]_–—-]*(?:page\s+)?(?:\d{1,4}(?:\.\d+)*|[a-z]|[ivxlc]+)?[\s().\[\]_–—-]*", re.I)
_NUMBERED = re.compile(rf"(?:(?:{CLAUSE_WORD}|part|{ATTACHMENT_WORD})\s+)?(?:\d|[IVXLC]+\b|[A-Z]\b)", re.I)


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence, list item or row of a retrieved chunk; `text` has its white space folded, `spans` locate it.

    `orders` is true when it addresses a model that reads it (`ragnano.text.prompt_injection`). `spelled_out` is a table
    row as the reader gets it, each cell after its column's name; "" where the reader gets `text`. `cells` are (column,
    cell) of that row.
    """

    hit: Hit
    spans: tuple[Span, ...]
    text: str
    orders: bool = False
    spelled_out: str = ""
    cells: tuple[tuple[str, str], ...] = ()

    @property
    def read_as(self) -> str:
        """The text that the reader gets."""
        return self.spelled_out or self.text


class Pages(Protocol):
    """A source of page texts: the store, or a document that was just parsed."""

    def page(self, document: str, number: int) -> Page:
        """Returns a page by its document's id and its number from 1."""
        ...


def extracts_of(hit: Hit, pages_of: Pages) -> list[Extract]:
    """Returns the chunk's extracts in reading order; a table row is one extract, a row of column names is none."""
    pages: dict[int, Page] = {}
    made: list[Extract] = []
    columns = _Columns(hit.chunk.columns)
    for span in hit.chunk.spans:
        if span.page not in pages:
            pages[span.page] = pages_of.page(hit.chunk.document, span.page)
        page = pages[span.page]
        cells = [mark for mark in page.marks if mark.start < span.end and span.start < mark.end and row_of(mark.name)]
        if cells and page.text[span.start] != "|":
            if not is_head(row_of(cells[0].name)):
                text = fold(page.text[span.start : span.end])
                named = _named_cells(page, cells)
                made.append(Extract(hit, (span,), text, addresses_a_model(text), _spelled_out(named), named))
            continue
        rows = {row.start: row for row in text_rows(page.text) if span.start <= row.start and row.end <= span.end}
        for piece, ordered in _orders_apart(page.text, _pieces(page.text, span, rows.values(), hit.chunk)):
            text = fold(page.text[piece.start : piece.end])
            row = rows.get(piece.start)
            if row and not row.spelled_out:
                continue
            row_cells = row.cells if row else columns.cells_of(text)
            spelled_out = row.spelled_out if row else spoken(row_cells)
            before = made[-1] if made else None
            alike = before and not before.spelled_out and not spelled_out and ordered == before.orders
            joins = alike and before and not _is_heading(before.text, hit.chunk)
            if before and joins and _joins(before.text, text, before.spans[-1], piece):
                whole = f"{before.text} {text}"
                made[-1] = Extract(hit, (*before.spans, piece), whole, ordered or addresses_a_model(whole))
            else:
                made.append(Extract(hit, (piece,), text, ordered, spelled_out, row_cells))
    return [
        replace(extract, spans=_merged(extract.spans))
        for extract in made
        if any(character.isalnum() for character in extract.text)
    ]


def says_something(extract: Extract) -> bool:
    """Whether it is more than a number or the heading of its own clause, which every citation already shows."""
    return bool(extract.spelled_out) or not (
        _is_heading(extract.text, extract.hit.chunk) or _BARE_LABEL.fullmatch(extract.text)
    )


def _is_heading(text: str, chunk: Chunk) -> bool:
    """Whether the text is one of the numbered headings above the chunk."""
    headings = (heading for heading in headings_in(chunk.section) if _NUMBERED.match(heading))
    return words(text) in map(words, headings)


def _behind_heading(page_text: str, piece: Span, chunk: Chunk) -> Span:
    """Returns the piece without its first line if that is a heading without a full stop: "7. Duration"."""
    line, end, rest = page_text[piece.start : piece.end].partition("\n")
    start = piece.end - len(rest.lstrip())
    return piece._replace(start=start) if end and rest.strip() and _is_heading(line, chunk) else piece


def _pieces(page_text: str, span: Span, rows: Iterable[TextRow], chunk: Chunk) -> list[Span]:
    """Returns the span's sentences and table rows, in order."""
    found: list[Span] = []
    start = span.start
    for row in rows:
        found += sentence_spans(page_text, Span(span.page, start, row.start))
        found.append(Span(span.page, row.start, row.end))
        start = row.end
    found += sentence_spans(page_text, Span(span.page, start, span.end))
    return [_behind_heading(page_text, piece, chunk) for piece in found]


class _Columns:
    """The column names that apply to the rows "| a | b |", row after row."""

    def __init__(self, above: str) -> None:
        self._above = self._names = self._last = cells_of(above) if above else []

    def cells_of(self, text: str) -> tuple[tuple[str, str], ...]:
        """Returns a row's (column, cell); () for text that is not a row or has no column names."""
        if not is_row(text):
            self._names = self._above
            return ()
        if not self._names and goes_on(self._last, text):
            self._names = self._last
        if self._names:
            return named_cells(self._names, text)
        if names_columns(text):
            self._names = self._last = cells_of(text)
        return ()


def _named_cells(page: Page, cells: Sequence[Mark]) -> tuple[tuple[str, str], ...]:
    return tuple((mark.name.rpartition(", ")[2], fold(page.text[mark.start : mark.end])) for mark in cells)


def _spelled_out(cells: Sequence[tuple[str, str]]) -> str:
    """Returns a row as "Item: Wheat; Price: $210"."""
    return "; ".join(f"{name}: {text}" for name, text in cells)


def _orders_apart(page_text: str, pieces: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """Yields the pieces, and whether each addresses a model. Lines and sentences that do become separate pieces, so
    that the text beside them can be quoted."""
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
    """Whether a line continues the sentence of the lines before it: "print the following" / "words: …"."""
    before, line = before.rstrip(), line.lstrip()
    return before.endswith(":") or (before.rstrip("\"”'’)")[-1:] not in ".!?" and not line[:1].isupper())


def _blank_end(text: str) -> int:
    return len(text) - len(text.rstrip())


def _joins(before: str, text: str, last: Span, piece: Span) -> bool:
    if len(before) + len(text) > LONGEST or is_row(before) or is_row(text):
        return False  # table rows are separate extracts
    cut_by_page = piece.page != last.page and before[-1:] not in ".!?;:" and text[:1].islower()
    return cut_by_page or len(before) < _SHORTEST or before.endswith(":") or text.lower().startswith(_PROVISOS)


def _merged(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Merges neighbouring spans of one page, so that a quote is one run of words."""
    merged = [spans[0]]
    for span in spans[1:]:
        if span.page == merged[-1].page and span.start >= merged[-1].end:
            merged[-1] = Span(span.page, merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)
