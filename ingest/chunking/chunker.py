"""Cuts blocks into chunks that follow clauses: the units that are embedded and searched.

A heading stays with the text under it, a long clause is cut between sentences or list items, and tiny clauses of one
parent share a chunk. No text is lost, and none is in two chunks.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.chunking.reflow import Folding
from ingest.structure.blocks import part_of
from ragnano.documents.locations import section_path
from ragnano.text.words import WIDE, plain_spellings
from ragnano.types import Block, Chunk, Page, Span

CHUNKER = "clauses-5"
"""Changes whenever the same pages would give other blocks or chunks; part of the index's fingerprint."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""Counts the tokens of each text with the embedder's tokenizer, without the special tokens around it."""

SPECIAL_TOKENS = 2  # [CLS] and [SEP]
_MIN_TOKENS = 60  # smaller neighbours are merged: alone they are too short to be found by meaning
_CONTEXT_TOKENS = 40  # the most for title and parties
_SECTION_TOKENS = 48  # the most for a heading path; the innermost headings are kept
_COLUMN_TOKENS = 40  # the most for column names
_LEAST_ROOM = 32  # tokens that a chunk always has for text, however long its section path

# Where a clause may be cut, best first: after a sentence or item, before an item's label, after a comma, at a space.
_JOINTS = (
    re.compile(
        r"(?:(?<=[.;:!?])|(?<=[.;:!?][”\"’')\]]))\s+(?=[A-Z0-9“\"(•])|(?<=;)\s+|\s+(?=\([a-z]{1,4}\)\s)|\n(?=[•▪●|])"
        r"|(?<=[。！？；])\s*"
    ),
    re.compile(r"(?<=,)\s+|(?<=[，、])\s*"),
    re.compile(rf"\s+|(?<=[{WIDE}])(?=[{WIDE}])"),
)


@dataclass(slots=True)
class _Piece:
    """A block, or a part of one: its span, text, token count, and the column names it needs."""

    span: Span
    text: str
    tokens: int
    heading: bool
    columns: str = ""


@dataclass(slots=True)
class _Clause:
    """Pieces under one section path."""

    section: tuple[str, ...]
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        return sum(piece.tokens for piece in self.pieces)

    @property
    def missing_columns(self) -> str:
        """The column names of its rows when their header is not among the pieces."""
        names = next((piece.columns for piece in self.pieces if piece.columns), "")
        head = _without_borders(names)
        return "" if any(_without_borders(piece.text).startswith(head) for piece in self.pieces) else names

    @property
    def only_heading(self) -> bool:
        return all(piece.heading for piece in self.pieces)


def embedding_text(chunk: Chunk) -> str:
    """Returns the text that is embedded for a chunk: its section path, its column names and its text.

    The chunk's context is left out: repeated in every chunk of a document it made chunks harder to distinguish (hit@1
    .535 with it, .565 without) and was a seventh of all that is embedded (LOG.md). The lexical index finds words of the
    context.
    """
    return "\n".join(part for part in (chunk.section, chunk.columns, chunk.text) if part)


def context_of(title: str, parties: Sequence[str], count: CountTokens) -> str:
    """Returns "title — party; party", with as many parties as fit into 40 tokens."""
    for party_count in range(len(parties), -1, -1):
        context = f"{title} — {'; '.join(parties[:party_count])}" if party_count else title
        if count([context])[0] <= _CONTEXT_TOKENS:
            return context
    words = title.split()
    while len(words) > 1 and count([" ".join(words)])[0] > _CONTEXT_TOKENS:
        words.pop()
    return " ".join(words)[:200]


class Chunker:
    """Cuts documents, one at a time. `limit` is the most tokens of a chunk, including its section path."""

    def __init__(self, limit: int, count: CountTokens) -> None:
        self._limit = limit
        self._count = count
        self._texts: Mapping[int, str] = {}
        self._parts_of: Mapping[int, str] = {}
        self._folding = Folding(())
        self._section_texts: dict[tuple[str, ...], tuple[str, int]] = {}
        self._column_texts: dict[str, tuple[str, int]] = {"": ("", 0)}

    def chunks(self, document: str, pages: Sequence[Page], blocks: Sequence[Block], context: str) -> list[Chunk]:
        """Returns all chunks of a document, in reading order, with ordinals from 0."""
        self._texts = {page.number: page.text for page in pages}
        self._parts_of = {page.number: part_of(page) for page in pages}
        self._folding = Folding(pages)
        self._section_texts.clear()
        self._column_texts = {"": ("", 0)}
        made: list[Chunk] = []
        for clause in self._packed(self._clauses(blocks)):
            section, section_tokens = self._section(clause.section)
            columns, column_tokens = self._columns(clause.missing_columns)
            text = "\n".join(piece.text for piece in clause.pieces)
            made.append(
                Chunk(
                    document=document,
                    ordinal=len(made),
                    text=text,
                    spans=tuple(piece.span for piece in clause.pieces),
                    context="\n".join((context, columns, " ".join(plain_spellings(f"{section}\n{text}")))).rstrip("\n"),
                    section=section,
                    tokens=clause.tokens + section_tokens + column_tokens + SPECIAL_TOKENS,
                )
            )
        return made

    def _section(self, path: tuple[str, ...]) -> tuple[str, int]:
        """Returns the path as text and its tokens; outer headings are dropped when it is too long."""
        if path not in self._section_texts:
            shortened = path
            text = section_path(shortened)
            tokens = self._count([text])[0]
            while tokens > _SECTION_TOKENS and len(shortened) > 1:
                shortened = shortened[1:]
                text = section_path(shortened)
                tokens = self._count([text])[0]
            while tokens > _SECTION_TOKENS and " " in text:
                text = text.rsplit(" ", 1)[0]
                tokens = self._count([text])[0]
            self._section_texts[path] = (text, tokens)
        return self._section_texts[path]

    def _columns(self, names: str) -> tuple[str, int]:
        """Returns column names and their tokens, cut where there are too many."""
        if names not in self._column_texts:
            text = names
            while (tokens := self._count([text])[0]) > _COLUMN_TOKENS and " " in text:
                text = text.rsplit(" ", 1)[0]
            self._column_texts[names] = (text, tokens)
        return self._column_texts[names]

    def _room(self, path: tuple[str, ...], pieces: Sequence[_Piece]) -> int:
        """Returns how many tokens of text fit under this path, beside the column names that any of the pieces needs."""
        names = max((self._columns(piece.columns)[1] for piece in pieces if piece.columns), default=0)
        return max(self._limit - SPECIAL_TOKENS - self._section(path)[1] - names, _LEAST_ROOM)

    def _clauses(self, blocks: Sequence[Block]) -> Iterator[_Clause]:
        """Yields runs of blocks under one path."""
        plain = {number: self._folding.is_plain(number) for number in self._texts}
        texts = [block.text if plain[block.span.page] else self._folding.text_of(block.span) for block in blocks]
        counts = self._count(texts) if texts else []
        clause: _Clause | None = None
        for block, text, tokens in zip(blocks, texts, counts, strict=True):
            if (
                clause is None
                or block.section != clause.section
                or self._part(clause) != self._parts_of[block.span.page]
            ):
                if clause is not None:
                    yield clause
                clause = _Clause(block.section)
            clause.pieces.append(_Piece(block.span, text, tokens, block.kind == "heading", block.columns))
        if clause is not None:
            yield clause

    def _part(self, clause: _Clause) -> str:
        """Returns the slide, sheet or attachment of the clause; text from two of them never shares a chunk."""
        return self._parts_of[clause.pieces[0].span.page]

    def _packed(self, clauses: Iterator[_Clause]) -> Iterator[_Clause]:
        """Merges tiny clauses and cuts long ones; yields clauses that each fit a chunk."""
        open_: _Clause | None = None
        for clause in clauses:
            if open_ is not None:
                joined = self._joined(open_, clause)
                if joined is not None:
                    open_ = joined
                    continue
                yield from self._parts(open_)
            open_ = clause
        if open_ is not None:
            yield from self._parts(open_)

    def _joined(self, before: _Clause, after: _Clause) -> _Clause | None:
        """Returns both as one clause, None when they must stay apart."""
        if self._part(before) != self._part(after):
            return None
        below = after.section[: len(before.section)] == before.section
        if before.only_heading and (below or before.tokens < _MIN_TOKENS):
            return _Clause(after.section, before.pieces + after.pieces)  # a heading stays with what follows below it
        if before.section[:1] != after.section[:1] or min(before.tokens, after.tokens) >= _MIN_TOKENS:
            return None
        shared = _common_prefix(before.section, after.section)
        if len(shared) < min(len(before.section), len(after.section)) - 1:
            return None  # neither siblings nor parent and child
        if before.tokens + after.tokens > self._room(shared, before.pieces + after.pieces):
            return None
        return _Clause(shared, before.pieces + after.pieces)

    def _parts(self, clause: _Clause) -> Iterator[_Clause]:
        """Cuts the clause into as few chunks as possible, about equally long, none ending with a heading."""
        room = self._room(clause.section, clause.pieces)
        left = clause.tokens
        part: list[_Piece] = []
        size = 0
        for piece in self._fitting(clause.pieces, room):
            goal = left / -(-left // room)  # an even share of what is left, never above `room`
            only_headings = all(item.heading for item in part)
            full = size + piece.tokens > room or (size >= _MIN_TOKENS and size + piece.tokens / 2 > goal)
            if part and full and not (only_headings and size + piece.tokens <= room):
                moved = _headings_at_end(part)
                body = part[: len(part) - moved]
                if body:
                    yield _Clause(clause.section, body)
                    part = part[len(part) - moved :]
                    left -= sum(item.tokens for item in body)
                elif size + piece.tokens > room:
                    yield _Clause(clause.section, part)
                    left -= size
                    part = []
                size = sum(item.tokens for item in part)
            part.append(piece)
            size += piece.tokens
        if part:
            yield _Clause(clause.section, part)

    def _fitting(self, pieces: Sequence[_Piece], room: int) -> Iterator[_Piece]:
        """Yields the pieces, cut so that each fits into `room` tokens together with the headings right above it."""
        above = 0
        for piece in pieces:
            left = max(room - above, _LEAST_ROOM) if above < room else room
            if piece.tokens <= left:
                yield piece
            else:
                # A single unbroken word may still be longer.
                for start, end, tokens in self._bits(piece.span, left, 0):
                    span = Span(piece.span.page, start, end)
                    yield _Piece(span, self._folding.text_of(span), tokens, piece.heading, piece.columns)
            above = above + piece.tokens if piece.heading else 0

    def _bits(self, span: Span, room: int, level: int) -> list[tuple[int, int, int]]:
        """Groups the atoms between joints of `level` greedily.

        An atom that is too long is cut at the joints of the next level.
        """
        number, start, end = span
        page = self._texts[number]
        edges = [(joint.start(), joint.end()) for joint in _JOINTS[level].finditer(page, start, end)]
        starts = [start, *(after for _, after in edges)]
        ends = [*(before for before, _ in edges), end]
        atoms = [(a, b) for a, b in zip(starts, ends, strict=True) if page[a:b].strip()]
        counts = self._count([self._folding.text_of(Span(number, a, b)) for a, b in atoms])
        total = sum(counts)
        goal = total / max(1, -(-total // room))
        bits: list[tuple[int, int, int]] = []
        for (a, b), tokens in zip(atoms, counts, strict=True):
            if tokens > room and level + 1 < len(_JOINTS):
                bits.extend(self._bits(Span(number, a, b), room, level + 1))
            elif bits and bits[-1][2] + tokens <= room and bits[-1][2] + tokens / 2 <= goal:
                bits[-1] = (bits[-1][0], b, bits[-1][2] + tokens)
            else:
                bits.append((a, b, tokens))
        return bits


def _headings_at_end(part: Sequence[_Piece]) -> int:
    count = 0
    while count < len(part) and part[-1 - count].heading:
        count += 1
    return count


def _without_borders(row: str) -> str:
    """Returns a row's words without the cell borders."""
    return " ".join(row.replace("|", " ").split())


def _common_prefix(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(first), len(second)) and first[count] == second[count]:
        count += 1
    return first[:count]
