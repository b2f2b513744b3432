"""Rows of the catalogue to and from ragnano's types. Pure: knows no connection.

JSON keeps what is only ever read whole (spans, outline, parties); embeddings are float16, little-endian: half the bytes
of float32, and the rounding (about 1e-3 of a component) is far below what tells two passages apart.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import StoreError
from ragnano.types import Box, Chunk, Document, Hidden, Mark, OutlineEntry, Page, Span

FLOAT16 = np.dtype("<f2")


@dataclass(frozen=True, slots=True)
class Placement:
    """A place where a document's bytes were found. `size` in bytes; `mtime_ns` as the file system told it."""

    collection: str
    path: str
    document: str
    size: int
    mtime_ns: int


class LogEntry(NamedTuple):
    """One change that a vector cache must follow; `seq` grows and is never used twice."""

    seq: int
    op: Literal["add", "remove"]
    document: str


class EmbeddingBatch(NamedTuple):
    """Vectors of n chunks: ids int64 (n,), the document of each, vectors float32 (n, d)."""

    ids: NDArray[np.int64]
    documents: list[str]
    vectors: NDArray[np.float32]


DOCUMENT_COLUMNS = "id, title, media_type, pages, size, parties, date, status, author, outline, added"
PAGE_COLUMNS = "number, width, height, text, words, read_by, unreadable"
NOTE_COLUMNS = "place, marks, hidden"
PLACEMENT_COLUMNS = "collection, path, document, size, mtime_ns"
CHUNK_COLUMNS = "id, document, ordinal, text, spans, context, section, tokens"


def document_row(document: Document, added: str) -> tuple[Any, ...]:
    """The values of DOCUMENT_COLUMNS."""
    return (
        document.id,
        document.title,
        document.media_type,
        document.pages,
        document.size,
        _json(document.parties),
        document.date,
        document.status,
        document.author,
        _json(document.outline),
        added,
    )


def to_document(row: tuple[Any, ...], placements: Iterable[Placement]) -> Document:
    """A document from DOCUMENT_COLUMNS and the places it stands at."""
    identifier, title, media_type, pages, size, parties, date, status, author, outline, added = row
    places = tuple(placements)
    return Document(
        id=identifier,
        title=title,
        media_type=media_type,
        pages=pages,
        size=size,
        parties=tuple(json.loads(parties)),
        date=date,
        status=status,
        author=author,
        outline=tuple(OutlineEntry(*entry) for entry in json.loads(outline)),
        paths=tuple(sorted({place.path for place in places})),
        collections=tuple(sorted({place.collection for place in places})),
        added=added,
    )


def page_row(document: str, page: Page) -> tuple[Any, ...]:
    """The document and the values of PAGE_COLUMNS."""
    words = zlib.compress(page.words)
    return document, page.number, page.width, page.height, page.text, words, page.read_by, page.unreadable


def note_row(document: str, page: Page) -> tuple[Any, ...] | None:
    """The document, the page's number and the values of NOTE_COLUMNS; None for a page with nothing to note."""
    if not (page.place or page.marks or page.hidden):
        return None
    return document, page.number, page.place, _json(page.marks), _json(page.hidden)


def to_page(row: tuple[Any, ...]) -> Page:
    """A page from PAGE_COLUMNS and NOTE_COLUMNS, the latter None where nothing was noted."""
    number, width, height, text, words, read_by, unreadable, place, marks, hidden = row
    return Page(
        number,
        width,
        height,
        text,
        zlib.decompress(words),
        read_by,
        unreadable,
        place or "",
        tuple(Mark(*mark) for mark in json.loads(marks or "[]")),
        tuple(Hidden(kind, said, Box(*box) if box else None) for kind, said, box in json.loads(hidden or "[]")),
    )


def chunk_row(document: str, chunk: Chunk) -> tuple[Any, ...]:
    """The values of CHUNK_COLUMNS but for the id, which the catalogue gives."""
    return (
        document,
        chunk.ordinal,
        chunk.text,
        _json(chunk.spans),
        chunk.context,
        chunk.section,
        chunk.tokens,
    )


def to_chunk(row: tuple[Any, ...]) -> Chunk:
    """A chunk from CHUNK_COLUMNS."""
    identifier, document, ordinal, text, spans, context, section, tokens = row
    return Chunk(
        document=document,
        ordinal=ordinal,
        text=text,
        spans=tuple(Span(*span) for span in json.loads(spans)),
        context=context,
        section=section,
        tokens=tokens,
        id=identifier,
    )


def pack_vectors(vectors: NDArray[Any], count: int) -> tuple[bytes, int]:
    """Vectors, float (count, d), as float16 little-endian, and d (0 for no vectors).

    Raises StoreError for another shape or values that are not finite.
    """
    if count == 0 and vectors.size == 0:
        return b"", 0
    if vectors.ndim != 2 or len(vectors) != count or not vectors.size:
        raise StoreError(f"{count} chunks came with vectors of shape {vectors.shape}; run `ragnano doctor`")
    with np.errstate(over="ignore"):
        packed = vectors.astype(FLOAT16)
    if not np.isfinite(packed).all():
        raise StoreError("the embedder gave values that are not numbers; run `ragnano doctor`")
    return packed.tobytes(), vectors.shape[1]


def unpack_vectors(packed: bytes, count: int, dimensions: int) -> NDArray[np.float16]:
    """The float16 (count, dimensions) that `pack_vectors` packed; read-only, shares the bytes."""
    return np.frombuffer(packed, FLOAT16).reshape(count, dimensions)


def to_placement(row: tuple[Any, ...]) -> Placement:
    """A placement from PLACEMENT_COLUMNS."""
    return Placement(*row)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
