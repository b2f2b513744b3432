"""The catalogue: adds, moves and removes documents in SQLite, the authoritative store.

A document is stored entirely or not at all: its pages, chunks, embeddings, words and its entry in the vector cache's
log are written in one transaction. A document exists as long as it has a placement: removing the last one removes it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import NotFoundError, StoreError
from ragnano.store import inserts, integrity, metadata, undo, versions
from ragnano.store.history import History, rename_collection
from ragnano.store.minhash import sketch_of
from ragnano.store.reads import Library
from ragnano.store.search_index import Index
from ragnano.types import Chunk, ParsedDocument


class Catalogue(Library, Index, History):
    """Everything in one data directory except its vector index. Safe to use from several threads and processes."""

    def add(
        self,
        parsed: ParsedDocument,
        embeddings: NDArray[np.float32] | NDArray[np.float16],
        *,
        collection: str,
        path: str,
        size: int,
        mtime_ns: int,
    ) -> None:
        """Stores a document and its placement; `embeddings` is float (chunks, d), stored as float16.

        Replaces the document that this path of this collection had before. Bytes that are stored already only get
        another placement. Raises StoreError if shapes do not fit, IndexMismatch if d is not that of the stored vectors.
        """
        document = parsed.document
        sketch = sketch_of(page.text for page in parsed.pages)
        with self.writing() as connection:
            if not inserts.is_stored(connection, document.id):
                added = document.added or datetime.now(UTC).isoformat(timespec="seconds")
                inserts.insert_document(connection, document, parsed.pages, added)
                inserts.insert_chunks(connection, document.id, parsed.chunks, embeddings)
                versions.insert(connection, document.id, sketch)
            inserts.place(connection, document.id, collection, path, size, mtime_ns)

    def place(self, document_id: str, *, collection: str, path: str, size: int, mtime_ns: int) -> None:
        """Adds a placement to a stored document and replaces the one at this path. Raises NotFoundError."""
        with self.writing() as connection:
            inserts.require_stored(connection, document_id)
            inserts.place(connection, document_id, collection, path, size, mtime_ns)

    def unplace(self, collection: str, path: str) -> bool:
        """Removes the placement, and its document if it was the last. Returns False if there was none."""
        with self.writing() as connection:
            gone = connection.execute(
                "DELETE FROM placements WHERE collection = ? AND path = ? RETURNING document",
                (collection, path),
            ).fetchall()
            inserts.remove_unplaced(connection, (row[0] for row in gone))
        return bool(gone)

    def remove(self, document_id: str, collection: str | None = None) -> None:
        """Removes a document from one collection, or from all. Raises NotFoundError if it is not there.

        `compact` then removes its last traces (unused pages, word index, write-ahead log) from the files.
        """
        with self.writing() as connection:
            inserts.require_stored(connection, document_id)
            gone = connection.execute(
                "DELETE FROM placements WHERE document = ?1 AND (?2 IS NULL OR collection = ?2)",
                (document_id, collection),
            )
            if not gone.rowcount:
                raise NotFoundError(
                    f"document {document_id[:12]} is not in collection {collection!r}; `ragnano docs show` tells where"
                )
            inserts.remove_unplaced(connection, [document_id])

    def take_out(self, document_id: str, collection: str | None = None) -> undo.Removed:
        """Like `remove`, and returns what `put_back` needs to undo it. Raises NotFoundError."""
        with self.writing() as connection:
            return undo.take_out(connection, document_id, collection)

    def put_back(self, removed: undo.Removed) -> None:
        """Undoes `take_out`. Raises IndexMismatch (rebuilt since), StoreError (other documents are at its paths)."""
        with self.writing() as connection:
            undo.put_back(connection, removed)
        self.sketch_missing()

    def move(self, document_id: str, collection: str, to: str) -> None:
        """Moves a document to another collection, at the same paths. Raises NotFoundError if it is not there."""
        with self.writing() as connection:
            places = connection.execute(
                "DELETE FROM placements WHERE document = ? AND collection = ? RETURNING path, size, mtime_ns",
                (document_id, collection),
            ).fetchall()
            if not places:
                raise NotFoundError(f"document {document_id[:12]} is not in collection {collection!r}")
            for path, size, mtime_ns in places:
                inserts.place(connection, document_id, to, path, size, mtime_ns)

    def rename_collection(self, old: str, new: str) -> None:
        """Renames a collection. Raises NotFoundError, StoreError if the new name is taken."""
        with self.writing() as connection:
            if connection.execute("SELECT 1 FROM placements WHERE collection = ? LIMIT 1", (new,)).fetchone():
                raise StoreError(f"there is a collection {new!r} already; choose another name")
            moved = connection.execute("UPDATE placements SET collection = ? WHERE collection = ?", (new, old))
            if not moved.rowcount:
                raise NotFoundError(f"no collection {old!r}; `ragnano docs list` shows what is stored")
            rename_collection(connection, old, new)

    def delete_collection(self, name: str) -> int:
        """Removes a collection and the documents that are in no other; returns how many those were.

        Raises NotFoundError.
        """
        with self.writing() as connection:
            gone = connection.execute(
                "DELETE FROM placements WHERE collection = ? RETURNING document", (name,)
            ).fetchall()
            if not gone:
                raise NotFoundError(f"no collection {name!r}; `ragnano docs list` shows what is stored")
            return inserts.remove_unplaced(connection, sorted({row[0] for row in gone}))

    def replace_chunks(
        self, document_id: str, chunks: Sequence[Chunk], embeddings: NDArray[np.float32] | NDArray[np.float16]
    ) -> None:
        """Replaces a document's chunks and embeddings, float (chunks, d). Raises NotFoundError."""
        with self.writing() as connection:
            inserts.require_stored(connection, document_id)
            inserts.delete_chunks(connection, document_id)
            inserts.insert_chunks(connection, document_id, chunks, embeddings)

    def sketch_missing(self) -> None:
        """Adds sketches for documents stored under an earlier schema, one transaction each: cheap, interruptible."""
        with self.reading() as connection:
            left = versions.missing(connection)
        for document_id in left:
            sketch = sketch_of(page.text for page in self.pages(document_id))
            with self.writing() as connection:
                if inserts.is_stored(connection, document_id):
                    versions.insert(connection, document_id, sketch)

    def reindex_words(self) -> None:
        """Rebuilds the word index from the stored text."""
        with self.writing() as connection:
            connection.execute("INSERT INTO chunk_index (chunk_index) VALUES ('rebuild')")

    def is_unswept(self) -> bool:
        """Whether something was removed and `compact` has not finished since."""
        with self.reading() as connection:
            return metadata.get(connection, inserts.UNSWEPT) == "1"

    def compact(self) -> bool:
        """Removes the traces of removed documents from the files: word index, unused pages, write-ahead log.

        Returns False if another connection still reads an older snapshot, so that the log could not be emptied: call
        it again.
        """
        unswept = self.is_unswept()
        if unswept:
            with self.writing() as connection:
                # Removed words stay in old segments of the index until these are merged into one.
                connection.execute("INSERT INTO chunk_index (chunk_index) VALUES ('optimize')")
        with self.maintaining() as connection:
            # A script, because sqlite3 stops a statement without columns after its first step: one page.
            connection.executescript("PRAGMA incremental_vacuum")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if unswept and not busy:
            # Only now, so that the next run completes a sweep that was killed.
            with self.writing() as connection:
                metadata.put(connection, inserts.UNSWEPT, "")
        return not busy

    def verify(self) -> list[str]:
        """Returns the problems of the file, its references, spans and vectors, one line each, without document text."""
        with self.maintaining() as connection:
            problems = integrity.file_problems(connection, self.path)
        # The content of a damaged file cannot be trusted.
        if problems:
            return problems
        with self.reading() as connection:
            problems += integrity.vector_problems(connection)
        for document in self.documents():
            problems += integrity.problems(document, self.pages(document.id), self.chunks_of(document.id))
        return problems
