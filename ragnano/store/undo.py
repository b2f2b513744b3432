"""Removes a document so that it can be restored: returns its data, which the caller keeps in memory.

The caller begins and ends the transaction. Answers in the history that depend on the document are removed and restored
with it, but an answer is restored only if every other document that it depends on is still stored.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ragnano.errors import IndexMismatch, NotFoundError, StoreError
from ragnano.store import inserts, metadata
from ragnano.store.row_mapping import (
    CHUNK_COLUMNS,
    PLACEMENT_COLUMNS,
    Placement,
    to_chunk,
    to_placement,
    unpack_vectors,
)
from ragnano.types import Chunk

# Rows that are restored unchanged; all other data of a document is created again.
_AS_THEY_WERE = (("documents", "id"), ("pages", "document"), ("page_notes", "document"))

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that was removed from a collection, or from all. `rows` is empty if it is still placed elsewhere.

    `rows` are (table, columns, rows); `vectors` are float16 little-endian (chunks, `dimensions`); `made_by` is the
    digest of their fingerprint.
    `turns` are (conversation, ordinal, scope, answer, ids of its documents), `scopes` (conversation, scope).
    """

    document: str
    title: str
    placements: tuple[Placement, ...]
    rows: tuple[tuple[str, tuple[str, ...], Rows], ...] = ()
    chunks: tuple[Chunk, ...] = ()
    vectors: bytes = b""
    dimensions: int = 0
    made_by: str = ""
    turns: Rows = ()
    scopes: Rows = ()


def take_out(connection: sqlite3.Connection, document_id: str, collection: str | None) -> Removed:
    """Removes the document from one collection or from all; returns what `put_back` needs. Raises NotFoundError."""
    inserts.require_stored(connection, document_id)
    taken = _copy(connection, document_id, collection)
    if not taken.placements:
        raise NotFoundError(
            f"document {document_id[:12]} is not in collection {collection!r}; `ragnano docs show` tells where"
        )
    connection.execute(
        "DELETE FROM placements WHERE document = ?1 AND (?2 IS NULL OR collection = ?2)", (document_id, collection)
    )
    if inserts.remove_unplaced(connection, [document_id]):
        return taken
    return Removed(document_id, taken.title, taken.placements)


def put_back(connection: sqlite3.Connection, removed: Removed) -> None:
    """Undoes `take_out`.

    Raises IndexMismatch if the index was rebuilt since, StoreError if other documents are at all its paths.
    """
    if removed.rows and not inserts.is_stored(connection, removed.document):
        if removed.made_by != metadata.maker(connection):
            raise IndexMismatch(f"the index was rebuilt since {removed.title!r} was removed: take its file in again")
        for table, columns, rows in removed.rows:
            _insert(connection, table, columns, rows)
        vectors = unpack_vectors(removed.vectors, len(removed.chunks), removed.dimensions)
        inserts.insert_chunks(connection, removed.document, removed.chunks, vectors)
    inserts.require_stored(connection, removed.document)
    placed = sum(
        connection.execute(
            "INSERT OR IGNORE INTO placements VALUES (?, ?, ?, ?, ?)",
            (place.collection, place.path, place.document, place.size, place.mtime_ns),
        ).rowcount
        for place in removed.placements
    )
    if not placed:
        raise StoreError(f"another document has taken the place of {removed.title!r}: take its file in again")
    _put_back_history(connection, removed)


def _copy(connection: sqlite3.Connection, document_id: str, collection: str | None) -> Removed:
    rows = []
    for table, key in _AS_THEY_WERE:
        found = connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (document_id,))
        columns = tuple(column[0] for column in found.description)
        rows.append((table, columns, tuple(found.fetchall())))
    chunks = connection.execute(
        f"SELECT {CHUNK_COLUMNS} FROM chunks WHERE document = ? ORDER BY ordinal", (document_id,)
    ).fetchall()
    vectors, dimensions, made_by = connection.execute(
        "SELECT vectors, dimensions, made_by FROM embeddings WHERE document = ?", (document_id,)
    ).fetchone()
    places = connection.execute(
        f"SELECT {PLACEMENT_COLUMNS} FROM placements WHERE document = ?1 AND (?2 IS NULL OR collection = ?2)",
        (document_id, collection),
    ).fetchall()
    (title,) = connection.execute("SELECT title FROM documents WHERE id = ?", (document_id,)).fetchone()
    turns, scopes = _history(connection, document_id)
    return Removed(
        document_id,
        title,
        tuple(map(to_placement, places)),
        tuple(rows),
        tuple(map(to_chunk, chunks)),
        vectors,
        dimensions,
        made_by,
        turns,
        scopes,
    )


def _history(connection: sqlite3.Connection, document_id: str) -> tuple[Rows, Rows]:
    """Returns what the history loses with the document (see the trigger document_out in schema.py)."""
    turns = connection.execute(
        """SELECT conversation, ordinal, scope, answer FROM turns WHERE (conversation, ordinal) IN (
               SELECT conversation, ordinal FROM turn_documents WHERE document = ?)""",
        (document_id,),
    ).fetchall()
    rests_on = [
        tuple(
            row[0]
            for row in connection.execute(
                "SELECT document FROM turn_documents WHERE conversation = ? AND ordinal = ?", (conversation, ordinal)
            )
        )
        for conversation, ordinal, _, _ in turns
    ]
    scopes = connection.execute(
        """SELECT id, scope FROM conversations WHERE id IN (
               SELECT conversation FROM turn_documents WHERE document = ? AND ordinal = 0)""",
        (document_id,),
    ).fetchall()
    return tuple((*turn, documents) for turn, documents in zip(turns, rests_on, strict=True)), tuple(scopes)


def _put_back_history(connection: sqlite3.Connection, removed: Removed) -> None:
    """Restores answers that are still missing and have all their documents, and the scopes of conversations."""
    for conversation, ordinal, scope, answer, documents in removed.turns:
        whole = all(inserts.is_stored(connection, document) for document in documents)
        changed = whole and connection.execute(
            "UPDATE turns SET scope = ?, answer = ? WHERE conversation = ? AND ordinal = ? AND answer IS NULL",
            (scope, answer, conversation, ordinal),
        )
        if changed and changed.rowcount:
            _link(connection, removed.document, conversation, ordinal)
    for conversation, scope in removed.scopes:
        changed = connection.execute("UPDATE conversations SET scope = ? WHERE id = ?", (scope, conversation))
        if changed.rowcount:
            _link(connection, removed.document, conversation, 0)


def _link(connection: sqlite3.Connection, document: str, conversation: str, ordinal: int) -> None:
    connection.execute("INSERT OR IGNORE INTO turn_documents VALUES (?, ?, ?)", (document, conversation, ordinal))


def _insert(connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Rows) -> None:
    marks = ", ".join("?" for _ in columns)
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
