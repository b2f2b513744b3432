"""Blocks to chunks that follow clauses: the unit that is embedded and searched.

A heading stays with the text under it, a long clause is cut between sentences or list items, tiny clauses of one
parent share a chunk. No text is lost and none stands in two chunks. Knows blocks and a token counter, no model.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.blocks import part_of
from ingest.tables import ROW_JOINT, carries_on, columns_of
from ragnano.text import fold
from ragnano.types import Block, Chunk, Page, Span

CHUNKER = "clauses-3"
"""Changes whenever the same pages would give other blocks or chunks; part of the index's fingerprint."""

CountTokens = Callable[[Sequence[str]], list[int]]
"""Tokens of each text by the embedder's tokenizer, without the special tokens round it."""

SPECIAL_TOKENS = 2  # [CLS] and [SEP]
_MIN_TOKENS = 60  # smaller neighbours are put together: alone they are too little to be found by meaning
_CONTEXT_TOKENS = 40  # most that title and parties may take
_SECTION_TOKENS = 48  # most that a heading path may take; the innermost headings are kept
_LEAST_ROOM = 32  # tokens a chunk always has for text, whatever its section takes

# Where a clause may be cut, best first: after a sentence or item, before an item's label, after a comma, at a space.
_JOINTS = (
    re.compile(
        r"(?:(?<=[.;:!?])|(?<=[.;:!?][”\"’')\]]))\s+(?=[A-Z0-9“\"(•])|(?<=;)\s+|\s+(?=\([a-z]{1,4}\)\s)|\n(?=[•▪●|])"
    ),
    re.compile(r"(?<=,)\s+"),
    re.compile(r"\s+"),
)


@dataclass(slots=True)
class _Piece:
    """A block, or a part of one: where it stands, its text, and what it needs.

    `columns` names a table's columns where the piece does not hold them itself; `table`: it has rows and columns.
    """

    span: Span
    text: str
    tokens: int
    heading: bool
    columns: str = ""
    table: bool = False


@dataclass(slots=True)
class _Clause:
    """Pieces under one section path."""

    section: tuple[str, ...]
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        return sum(piece.tokens for piece in self.pieces)

    @property
    def only_heading(self) -> bool:
        return all(piece.heading for piece in self.pieces)


def embedding_text(chunk: Chunk) -> str:
    """What is embedded for a chunk: where it stands and what it says.

    Not its context: repeated in every chunk of a document it told them apart less (hit@1 .535 with it, .565 without)
    and was a seventh of all that is embedded (LOG.md). Words of the context are found by the lexical index.
    """
    return "\n".join(part for part in (chunk.section, chunk.text) if part)


def context_of(title: str, parties: Sequence[str], count: CountTokens) -> str:
    """ "title — party; party", as many parties as fit into 40 tokens."""
    for kept in range(len(parties), -1, -1):
        context = f"{title} — {'; '.join(parties[:kept])}" if kept else title
        if count([context])[0] <= _CONTEXT_TOKENS:
            return context
    words = title.split()
    while len(words) > 1 and count([" ".join(words)])[0] > _CONTEXT_TOKENS:
        words.pop()
    return " ".join(words)[:200]


class Chunker:
    """Cuts one document after the other. `limit`: most tokens of a chunk, its section included."""

    def __init__(self, limit: int, count: CountTokens) -> None:
        self._limit = limit
        self._count = count
        self._texts: Mapping[int, str] = {}
        self._parts_of: Mapping[int, str] = {}
        self._section_texts: dict[tuple[str, ...], tuple[str, int]] = {}

    def chunks(self, document: str, pages: Sequence[Page], blocks: Sequence[Block], context: str) -> list[Chunk]:
        """All chunks of a document, in reading order, with ordinals from 0."""
        texts = {page.number: page.text for page in pages}
        self._texts = texts
        self._parts_of = {page.number: part_of(page) for page in pages}
        self._section_texts.clear()
        made: list[Chunk] = []
        for clause in self._packed(self._clauses(blocks)):
            section, section_tokens = self._section(clause.section)
            made.append(
                Chunk(
                    document=document,
                    ordinal=len(made),
                    text="\n".join(piece.text for piece in clause.pieces),
                    spans=tuple(piece.span for piece in clause.pieces),
                    context=context,
                    section=section,
                    tokens=clause.tokens + section_tokens + SPECIAL_TOKENS,
                )
            )
        return made

    def _section(self, path: tuple[str, ...]) -> tuple[str, int]:
        """The path as text and its tokens; outer headings give way when it is too long."""
        if path not in self._section_texts:
            kept = path
            text = " > ".join(kept)
            tokens = self._count([text])[0]
            while tokens > _SECTION_TOKENS and len(kept) > 1:
                kept = kept[1:]
                text = " > ".join(kept)
                tokens = self._count([text])[0]
            while tokens > _SECTION_TOKENS and " " in text:
                text = text.rsplit(" ", 1)[0]
                tokens = self._count([text])[0]
            self._section_texts[path] = (text, tokens)
        return self._section_texts[path]

    def _room(self, path: tuple[str, ...]) -> int:
        return max(self._limit - SPECIAL_TOKENS - self._section(path)[1], _LEAST_ROOM)

    def _clauses(self, blocks: Sequence[Block]) -> Iterator[_Clause]:
        """Runs of blocks under one path."""
        counts = self._count([block.text for block in blocks]) if blocks else []
        clause: _Clause | None = None
        before: tuple[Block, str] | None = None
        for block, tokens in zip(blocks, counts, strict=True):
            if (
                clause is None
                or block.section != clause.section
                or self._part(clause) != self._parts_of[block.span.page]
            ):
                if clause is not None:
                    yield clause
                clause = _Clause(block.section)
            table = block.kind == "table" and block.text.startswith("|")
            columns = self._carried(before, block) if table else ""
            clause.pieces.append(_Piece(block.span, block.text, tokens, block.kind == "heading", columns, table))
            before = (block, columns)
        if clause is not None:
            yield clause

    def _carried(self, before: tuple[Block, str] | None, block: Block) -> str:
        """The columns of the table above that `block` carries on over the end of a page, "" when it does not."""
        if before is None or before[0].kind != "table" or before[0].span.page == block.span.page:
            return ""
        above = self._text(before[0].span)
        same = before[0].section == block.section and carries_on(above, self._text(block.span))
        return (before[1] or columns_of(above)) if same else ""

    def _part(self, clause: _Clause) -> str:
        """The slide, sheet or attachment that the clause is in: what stands in two of them is never put together."""
        return self._parts_of[clause.pieces[0].span.page]

    def _packed(self, clauses: Iterator[_Clause]) -> Iterator[_Clause]:
        """Clauses put together where tiny and parted where long, each fit for a chunk."""
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
        """Both as one clause, None when they are to stay apart."""
        if self._part(before) != self._part(after):
            return None
        below = after.section[: len(before.section)] == before.section
        if before.only_heading and (below or before.tokens < _MIN_TOKENS):
            return _Clause(after.section, before.pieces + after.pieces)  # a heading goes with what comes below it
        if before.section[:1] != after.section[:1] or min(before.tokens, after.tokens) >= _MIN_TOKENS:
            return None
        shared = _shared(before.section, after.section)
        if len(shared) < min(len(before.section), len(after.section)) - 1:
            return None  # neither siblings nor parent and child
        if before.tokens + after.tokens > self._room(shared):
            return None
        return _Clause(shared, before.pieces + after.pieces)

    def _parts(self, clause: _Clause) -> Iterator[_Clause]:
        """The clause in as few chunks as hold it, about equally long, no heading last."""
        room = self._room_for(clause)
        left = clause.tokens
        part: list[_Piece] = []
        size = 0
        for piece in self._fitting(clause.pieces, room):
            goal = left / -(-left // room)  # an even share of what is left, never above `room`
            keeps = all(held.heading for held in part)
            full = size + piece.tokens > room or (size >= _MIN_TOKENS and size + piece.tokens / 2 > goal)
            if part and full and not (keeps and size + piece.tokens <= room):
                moved = _headings_at_end(part)
                kept = part[: len(part) - moved]
                if kept:
                    yield _named(clause, kept)
                    part = part[len(part) - moved :]
                    left -= sum(held.tokens for held in kept)
                elif size + piece.tokens > room:
                    yield _named(clause, part)
                    left -= size
                    part = []
                size = sum(held.tokens for held in part)
            part.append(piece)
            size += piece.tokens
        if part:
            yield _named(clause, part)

    def _room_for(self, clause: _Clause) -> int:
        """Tokens for text in a chunk of the clause, less where a table that is cut has its columns named in each."""
        room = self._room(clause.section)
        for piece in clause.pieces:
            if piece.table and (piece.tokens > room or piece.columns):
                columns = piece.columns or columns_of(self._text(piece.span))
                room = min(room, self._room((*clause.section, columns)) if columns else room)
        return room

    def _text(self, span: Span) -> str:
        return self._texts[span.page][span.start : span.end]

    def _fitting(self, pieces: Sequence[_Piece], room: int) -> Iterator[_Piece]:
        """The pieces, cut so that each fits into `room` tokens together with the headings right above it."""
        above = 0
        for piece in pieces:
            left = max(room - above, _LEAST_ROOM) if above < room else room
            if piece.tokens <= left:
                yield piece
            else:
                page = self._texts[piece.span.page]
                # One unbroken word may stay longer than that.
                joints = (ROW_JOINT, *_JOINTS) if piece.table else _JOINTS
                columns = piece.columns
                for start, end, tokens in self._bits(page, piece.span.start, piece.span.end, left, joints):
                    span, text = Span(piece.span.page, start, end), fold(page[start:end])
                    yield _Piece(span, text, tokens, piece.heading, columns, piece.table)
                    columns = columns or (columns_of(self._text(piece.span)) if piece.table else "")
            above = above + piece.tokens if piece.heading else 0

    def _bits(
        self, page: str, start: int, end: int, room: int, joints: Sequence[re.Pattern[str]]
    ) -> list[tuple[int, int, int]]:
        """Greedy runs of the atoms between the first of the joints; an atom too long is cut at the next one's."""
        edges = [(joint.start(), joint.end()) for joint in joints[0].finditer(page, start, end)]
        starts = [start, *(after for _, after in edges)]
        ends = [*(before for before, _ in edges), end]
        atoms = [(a, b) for a, b in zip(starts, ends, strict=True) if page[a:b].strip()]
        counts = self._count([fold(page[a:b]) for a, b in atoms])
        total = sum(counts)
        goal = total / max(1, -(-total // room))
        bits: list[tuple[int, int, int]] = []
        for (a, b), tokens in zip(atoms, counts, strict=True):
            if tokens > room and len(joints) > 1:
                bits.extend(self._bits(page, a, b, room, joints[1:]))
            elif bits and bits[-1][2] + tokens <= room and bits[-1][2] + tokens / 2 <= goal:
                bits[-1] = (bits[-1][0], b, bits[-1][2] + tokens)
            else:
                bits.append((a, b, tokens))
        return bits


def _named(clause: _Clause, pieces: list[_Piece]) -> _Clause:
    """The pieces as a clause; one that begins inside a table is under its columns as under a heading."""
    columns = next((piece.columns for piece in pieces if not piece.heading), "")
    return _Clause((*clause.section, columns) if columns else clause.section, pieces)


def _headings_at_end(part: Sequence[_Piece]) -> int:
    count = 0
    while count < len(part) and part[-1 - count].heading:
        count += 1
    return count


def _shared(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(one), len(two)) and one[count] == two[count]:
        count += 1
    return one[:count]
