"""Reads a document section by section and sentence by sentence, with only a few pages of it in memory.

Uses the store; performs no ranking and calls no model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from ragnano.documents.locations import headings_in, section_path
from ragnano.store import Catalogue
from ragnano.text.entities import DATE
from ragnano.text.word_lists import CLAUSE_WORD
from ragnano.text.words import fold, sentence_spans
from ragnano.types import Chunk, Span

AT_ONCE = 32
"""Chunks loaded from the store at a time, each of at most 256 tokens."""
PAGES_KEPT = 4
"""Pages of text kept while a document is read in order: a chunk seldom covers more than two."""
FEW_SECTIONS = 4
"""A document with fewer top-level headings than this is divided by the headings below them."""
LONGEST_JOINED = 700
"""Characters. Sentences split by a page break are not joined beyond this: more is no longer "the exact words"."""
LEAST_WORDS = 4
"""A run of fewer words is a heading or a fragment of a table, not a sentence."""

_LABEL = re.compile(
    rf"(?:(?:{CLAUSE_WORD})\s+)?(?:\d+\.(?:\d+\.?)*|\d+(?:\.\d+)+|\([a-z0-9]{{1,4}}\)|[a-z]\)|[-–•▪●*#]+|(?:and|or)\s+\([a-z0-9]{{1,4}}\))\s+(?=\S)",
    re.IGNORECASE,
)
_ROMAN = r"(?=[IVXLC])(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_NUMBERING = re.compile(
    rf"^(?:(?i:{CLAUSE_WORD}|part|paragraph)\s+)?(?:\d+(?:\.\d+)*|{_ROMAN}|[A-Za-z])(?![\w’'&-])[\s.:)–—-]*"
)
_SIGNATURE = re.compile(
    r"_{4,}|\.{8,}|^IN WITNESS|^(?:By|Name|Title|Date|Its|Attention|Attn|Address|Fax|Phone)\s*:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Section:
    """Chunks (ids in reading order) under one heading path; "" for those before the first heading."""

    heading: str
    chunks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or list item: its chunk, its spans and its text with white space folded.

    `lead` is the introduction of the enumeration it belongs to ("The Borrower shall deliver to the Lender"), "" for a
    separate sentence.
    """

    chunk: Chunk
    spans: tuple[Span, ...]
    text: str
    lead: str = ""


def sections_of(document: str, catalogue: Catalogue) -> list[Section]:
    """Returns a document's sections in order, by top-level headings or, if under FEW_SECTIONS, by those below."""
    rows = [(identifier, headings_in(section)) for identifier, section in catalogue.headings_of(document)]
    for depth in (1, 2, 3):
        runs = [
            Section(section_path(path), tuple(identifier for identifier, _ in group))
            for path, group in groupby(rows, key=lambda row: row[1][:depth])
        ]
        if len(runs) >= FEW_SECTIONS:
            break
    return runs


def name_of(heading: str) -> str:
    """Returns a heading path as a label: its last part with words, without its number ("ARTICLE II RENT" is "RENT").

    A heading that consists of a number is kept: "Section 5"; a date is not a label.
    """
    parts = headings_in(heading) or ("",)
    for part in reversed(parts):
        words = _NUMBERING.sub("", part).strip()
        if not DATE.search(part) and sum(character.isalpha() for character in words) > 2:
            return words
    last = "" if DATE.search(parts[-1]) else parts[-1].strip()
    return f"Section {last}" if last[:1].isdigit() else last


class DocumentSentences:
    """Sentences of one document's chunks, in order. `document` is its id."""

    def __init__(self, document: str, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._page_text = lru_cache(maxsize=PAGES_KEPT)(lambda number: catalogue.page(document, number).text)

    def sentences(self, chunks: Sequence[int]) -> Iterator[Sentence]:
        """Yields the sentences of the chunks with these ids."""
        for start in range(0, len(chunks), AT_ONCE):
            ids = chunks[start : start + AT_ONCE]
            found = self._catalogue.chunks(ids)
            for identifier in ids:
                if identifier in found:  # the chunk may have been removed meanwhile
                    yield from self.of_chunk(found[identifier])

    def of_chunk(self, chunk: Chunk) -> Iterator[Sentence]:
        """Yields the chunk's sentences without leading numbers and signature lines, joined across page breaks."""
        lead = before = ""
        for spans, text in self._joined(chunk):
            continues = before.endswith((":", ";", ",", "; and", "; or")) and (not text[0].isupper() or lead)
            lead = (lead or before) if continues or before.endswith(":") else ""
            before = text
            heading = text.isupper() and text[-1] not in ".!?;"
            if len(text.split()) >= LEAST_WORDS and not heading and not _SIGNATURE.search(text):
                yield Sentence(chunk, spans, text, lead)

    def _joined(self, chunk: Chunk) -> Iterator[tuple[tuple[Span, ...], str]]:
        pending: tuple[tuple[Span, ...], str] | None = None
        for span in chunk.spans:
            page = self._page_text(span.page)
            for whole in sentence_spans(page, span):
                label = _LABEL.match(page, whole.start, whole.end)
                piece = whole._replace(start=label.end()) if label else whole
                text = fold(page[piece.start : piece.end])
                if pending and not label and _is_rest(pending, piece, text):
                    pending = ((*pending[0], piece), f"{pending[1]} {text}")
                    continue
                if pending:
                    yield pending
                pending = ((piece,), text) if text else None
        if pending:
            yield pending


def _is_rest(pending: tuple[tuple[Span, ...], str], piece: Span, text: str) -> bool:
    """Whether the text continues the sentence that a page break split."""
    spans, before = pending
    return (
        piece.page != spans[-1].page
        and before[-1:] not in ".!?;:"
        and text[:1].islower()
        and len(before) + len(text) <= LONGEST_JOINED
    )


def trimmed(text: str, most: int) -> str:
    """Returns at most `most` characters, cut at the end of a clause, with an ellipsis for omitted words."""
    if len(text) <= most:
        return text
    borders = [match.start() for match in re.finditer(r"[,;:](?=\s)|\s(?=\([a-z]{1,4}\)\s)", text[:most])]
    cut = borders[-1] if borders and borders[-1] > most // 2 else text.rfind(" ", 0, most)
    return f"{text[:cut].rstrip(' ,;:')} …"
