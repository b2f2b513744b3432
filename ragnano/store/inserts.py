"""SQL statements for writing documents. The caller begins and ends the transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from ragnano.errors import IndexMismatch, NotFoundError
from ragnano.store import metadata
from ragnano.store.row_mapping import (
    CHUNK_COLUMNS,
    DOCUMENT_COLUMNS,
    NOTE_COLUMNS,
    PAGE_COLUMNS,
    chunk_row,
    document_row,
    note_row,
    pack_vectors,
    page_row,
)
from ragnano.types import Chunk, Document, Page

# Key in the table meta; set while the word index may still contain words of removed documents.
UNSWEPT = "unswept"


def is_stored(connection: sqlite3.Connection, document_id: str) -> bool:
    """Whether the document is stored."""
    return connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None


def require_stored(connection: sqlite3.Connection, document_id: str) -> None:
    """Raises NotFoundError if the document is not stored."""
    if not is_stored(connection, document_id):
        raise NotFoundError(f"no document {document_id[:12]}; `ragnano docs list` shows what is stored")


def insert_document(connection: sqlite3.Connection, document: Document, pages: Sequence[Page], added: str) -> None:
    """Inserts a document that is not stored yet, and its pages."""
    _insert(connection, "documents", DOCUMENT_COLUMNS, [document_row(document, added)])
    _insert(connection, "pages", f"document, {PAGE_COLUMNS}", (page_row(document.id, page) for page in pages))
    notes = (row for page in pages if (row := note_row(document.id, page)) is not None)
    _insert(connection, "page_notes", f"document, number, {NOTE_COLUMNS}", notes)


def insert_chunks(
    connection: sqlite3.Connection, document_id: str, chunks: Sequence[Chunk], vectors: NDArray[Any]
) -> None:
    """Inserts chunks and their vectors, float (chunks, d), under consecutive ids, and the log's entry.

    Raises StoreError if shapes do not fit, IndexMismatch if d is not that of the other vectors.
    """
    packed, dimensions = pack_vectors(vectors, len(chunks))
    made_by = metadata.maker(connection)
    _check_width(connection, dimensions, made_by)
    first = 1 + _last_given(connection, "chunks")
    rows = ((first + place, *chunk_row(document_id, chunk)) for place, chunk in enumerate(chunks))
    _insert(connection, "chunks", CHUNK_COLUMNS, rows)
    _insert(
        connection,
        "embeddings",
        "document, first, count, dimensions, made_by, vectors",
        [(document_id, first, len(chunks), dimensions, made_by, packed)],
    )
    log(connection, "add", document_id)


def delete_chunks(connection: sqlite3.Connection, document_id: str) -> None:
    """Deletes a document's chunks and vectors, and inserts the log's entry."""
    connection.execute("DELETE FROM embeddings WHERE document = ?", (document_id,))
    connection.execute("DELETE FROM chunks WHERE document = ?", (document_id,))
    _removed(connection, document_id)


def place(
    connection: sqlite3.Connection, document_id: str, collection: str, path: str, size: int, mtime_ns: int
) -> None:
    """Places the document at this path and removes the one placed there before if it has no other placement."""
    before = connection.execute(
        "SELECT document FROM placements WHERE collection = ? AND path = ?", (collection, path)
    ).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO placements VALUES (?, ?, ?, ?, ?)",
        (collection, path, document_id, size, mtime_ns),
    )
    if before and before[0] != document_id:
        remove_unplaced(connection, before)


def remove_unplaced(connection: sqlite3.Connection, candidates: Iterable[str]) -> int:
    """Removes those of the candidates that have no placement, with all their data; returns how many."""
    removed = 0
    for document_id in candidates:
        if connection.execute("SELECT 1 FROM placements WHERE document = ? LIMIT 1", (document_id,)).fetchone():
            continue
        connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))
        _removed(connection, document_id)
        removed += 1
    return removed


def log(connection: sqlite3.Connection, op: str, document_id: str) -> None:
    """Logs a change for vector caches."""
    connection.execute("INSERT INTO vector_log (op, document) VALUES (?, ?)", (op, document_id))


def _removed(connection: sqlite3.Connection, document_id: str) -> None:
    log(connection, "remove", document_id)
    metadata.put(connection, UNSWEPT, "1")


def _check_width(connection: sqlite3.Connection, dimensions: int, made_by: str) -> None:
    row = connection.execute(
        "SELECT dimensions FROM embeddings WHERE made_by = ? AND count > 0 LIMIT 1", (made_by,)
    ).fetchone()
    if row and dimensions and row[0] != dimensions:
        raise IndexMismatch(
            f"the embedder gave {dimensions} dimensions, the index has {row[0]}; run `ragnano docs rebuild`"
        )


def _last_given(connection: sqlite3.Connection, table: str) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return int(row[0]) if row else 0


def _insert(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" for _ in columns.split(","))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
