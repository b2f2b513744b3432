"""Converts rows of the catalogue to ragnano's types and back.

Values that are only read whole (spans, outline, parties) are JSON. Embeddings are float16, little-endian: half the
bytes of float32, and the rounding (about 1e-3 of a component) is far below the differences between passages.
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
    """A path where a document's bytes were found. `size` is in bytes; `mtime_ns` is the file system's value."""

    collection: str
    path: str
    document: str
    size: int
    mtime_ns: int


class LogEntry(NamedTuple):
    """One change that a vector cache must apply; `seq` increases and is never reused."""

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
    """Returns the values of DOCUMENT_COLUMNS."""
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
    """Returns a document from DOCUMENT_COLUMNS and its placements."""
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
    """Returns the document's id and the values of PAGE_COLUMNS."""
    words = zlib.compress(page.words)
    return document, page.number, page.width, page.height, page.text, words, page.read_by, page.unreadable


def note_row(document: str, page: Page) -> tuple[Any, ...] | None:
    """Returns the document's id, the page's number and the values of NOTE_COLUMNS; None if all of these are empty."""
    if not (page.place or page.marks or page.hidden):
        return None
    return document, page.number, page.place, _json(page.marks), _json(page.hidden)


def to_page(row: tuple[Any, ...]) -> Page:
    """Returns a page from PAGE_COLUMNS and NOTE_COLUMNS; the latter are None for a page without notes."""
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
        tuple(
            Hidden(kind, hidden_text, Box(*box) if box else None)
            for kind, hidden_text, box in json.loads(hidden or "[]")
        ),
    )


def chunk_row(document: str, chunk: Chunk) -> tuple[Any, ...]:
    """Returns the values of CHUNK_COLUMNS except the id, which the catalogue assigns."""
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
    """Returns a chunk from CHUNK_COLUMNS."""
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
    """Returns vectors, float (count, d), as float16 little-endian bytes, and d (0 if there are none).

    Raises StoreError for another shape or for values that are not finite.
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
    """Returns the float16 (count, dimensions) that `pack_vectors` packed: a read-only view of the bytes."""
    return np.frombuffer(packed, FLOAT16).reshape(count, dimensions)


def to_placement(row: tuple[Any, ...]) -> Placement:
    """Returns a placement from PLACEMENT_COLUMNS."""
    return Placement(*row)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
