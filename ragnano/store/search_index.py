"""Searches the catalogue by words and by vectors, and provides the log that vector caches follow."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ragnano.store import exact_search, full_text, metadata
from ragnano.store.database import Database
from ragnano.store.row_mapping import EmbeddingBatch, LogEntry
from ragnano.types import Scope


class Index(Database):
    """Finds chunks by words and by vectors; holds the fingerprint of the vectors and the log of their changes."""

    def lexical(
        self, expression: str, scope: Scope, k: int, *, weights: Sequence[float] = full_text.WEIGHTS
    ) -> list[tuple[int, float]]:
        """Returns the `k` best (chunk id, BM25, higher is better) for an FTS5 expression, ties by id.

        `weights` are for context, section and text. Build expressions with `quote_term`. Raises QuestionError for an
        expression that FTS5 rejects.
        """
        with self.reading() as connection:
            return full_text.search(connection, expression, scope, k, weights)

    def holding(self, pieces: Sequence[str], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Returns the `k` chunks with the most of `pieces`, without the index: (chunk id, count), ties by id."""
        with self.reading() as connection:
            return full_text.holding(connection, pieces, scope, k)

    def opening_with(self, phrase: str, scope: Scope, chunks: int) -> dict[str, str]:
        """Returns the documents whose first `chunks` chunks contain `phrase`, regardless of case: id -> their text."""
        with self.reading() as connection:
            return full_text.opening_with(connection, phrase, scope, chunks)

    def dense(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """Returns exactly the `k` best (chunk id, cosine) for a query (d,), ties by id.

        Raises IndexMismatch for another d.
        """
        with self.reading() as connection:
            return exact_search.search(connection, query, scope, k)

    def cosines(self, query: NDArray[np.float32], ids: Sequence[int]) -> dict[int, tuple[float, float]]:
        """Maps each stored chunk of `ids` to its cosine to the query (d,) and the higher cosine of its neighbours."""
        with self.reading() as connection:
            return exact_search.cosines(connection, query, ids)

    def embedded(self, scope: Scope | None = None) -> list[tuple[str, int]]:
        """Returns (document id, number of chunks) for the scope's documents that have chunks, oldest first."""
        with self.reading() as connection:
            return exact_search.sizes(connection, scope or Scope())

    def embedded_count(self, scope: Scope | None = None) -> int:
        """Returns the number of the scope's chunks that `dense` compares with the query."""
        with self.reading() as connection:
            return exact_search.size(connection, scope or Scope())

    def dimensions(self) -> int:
        """Returns the dimensions of the stored vectors, 0 if there are none. Raises IndexMismatch during a rebuild."""
        with self.reading() as connection:
            return exact_search.width(connection)

    def embeddings(self, document_ids: Sequence[str] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Returns chunk ids int64 (n,) and vectors float32 (n, d) of these documents or all (4 n d bytes at once)."""
        with self.reading() as connection:
            scope = Scope(documents=None if document_ids is None else tuple(document_ids))
            batch = exact_search.read(connection, [document for document, _ in exact_search.sizes(connection, scope)])
        return batch.ids, batch.vectors

    def embedding_batches(
        self, size: int = 2000, document_ids: Sequence[str] | None = None
    ) -> Iterator[EmbeddingBatch]:
        """Like `embeddings`, in batches of about `size` chunks with whole documents.

        Holds no connection between batches: documents removed or added in the meantime are left out.
        """
        known = self.embedded(Scope(documents=None if document_ids is None else tuple(document_ids)))
        for group in exact_search.batches(known, size):
            with self.reading() as connection:
                batch = exact_search.read(connection, group)
            if len(batch.ids):
                yield batch

    @property
    def id(self) -> str:
        """The catalogue's random id: distinguishes its vector cache from that of another catalogue."""
        with self.reading() as connection:
            return metadata.get(connection, "id")

    def fingerprint(self) -> dict[str, str]:
        """Returns what the index is built with (embedder, chunker, …); {} if it was never stored."""
        with self.reading() as connection:
            return metadata.fingerprint(connection)

    def require_fingerprint(self, expected: Mapping[str, str]) -> None:
        """Stores `expected` if there is no document yet; else raises IndexMismatch, with the differences, if any."""
        with self.writing() as connection:
            metadata.require_fingerprint(connection, expected)

    def adopt_fingerprint(self, new: Mapping[str, str]) -> None:
        """Begins a rebuild: puts `new` in force, so that every document with another fingerprint is stale.

        A rebuild calls `replace_chunks` for each of `stale_documents`; after an interruption it continues there.
        """
        with self.writing() as connection:
            metadata.store_fingerprint(connection, new)

    def stale_documents(self) -> list[str]:
        """Returns the ids of documents whose chunks have another fingerprint than the one in force."""
        with self.reading() as connection:
            return metadata.stale_documents(connection)

    def pending_vectors(self, after_seq: int) -> list[LogEntry]:
        """Returns the log's entries after `after_seq`, in order."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT seq, op, document FROM vector_log WHERE seq > ? ORDER BY seq", (after_seq,)
            )
            return [LogEntry(*row) for row in rows]

    def head_seq(self) -> int:
        """Returns the last number that the log assigned; 0 if nothing was ever added."""
        with self.reading() as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'vector_log'").fetchone()
        return row[0] if row else 0

    def trimmed_seq(self) -> int:
        """Returns the last deleted entry of the log: a cache that has not applied it must be rebuilt."""
        with self.reading() as connection:
            return int(metadata.get(connection, "trimmed", "0"))

    def trim_log(self, applied_seq: int) -> None:
        """Deletes the log up to `applied_seq`, and with it the ids of removed documents."""
        with self.writing() as connection:
            connection.execute("DELETE FROM vector_log WHERE seq <= ?", (applied_seq,))
            trimmed = max(applied_seq, int(metadata.get(connection, "trimmed", "0")))
            metadata.put(connection, "trimmed", str(trimmed))
