"""Searching the catalogue, and what a vector cache needs to follow it. Knows vectors, never what made them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ragnano.store import exact_search, full_text, metadata
from ragnano.store.database import Database
from ragnano.store.row_mapping import EmbeddingBatch, LogEntry
from ragnano.types import Scope


class Index(Database):
    """Chunks by words and by vectors; the fingerprint of what made the vectors; the log of their changes."""

    def lexical(
        self, expression: str, scope: Scope, k: int, *, weights: Sequence[float] = full_text.WEIGHTS
    ) -> list[tuple[int, float]]:
        """The `k` best (chunk id, BM25, higher is better) for an FTS5 expression, ties by id.

        `weights` are for context, section and text. Build expressions with `quote_term`; raises QuestionError for one
        that FTS5 does not understand.
        """
        with self.reading() as connection:
            return full_text.search(connection, expression, scope, k, weights)

    def holding(self, pieces: Sequence[str], scope: Scope, k: int) -> list[tuple[int, float]]:
        """The `k` chunks that hold the most of `pieces`, by reading them: (chunk id, how many), ties by id."""
        with self.reading() as connection:
            return full_text.holding(connection, pieces, scope, k)

    def opening_with(self, phrase: str, scope: Scope, chunks: int) -> dict[str, str]:
        """Documents that say `phrase`, whatever the case, within their first `chunks` chunks: id -> what those say."""
        with self.reading() as connection:
            return full_text.opening_with(connection, phrase, scope, chunks)

    def dense(self, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
        """The `k` best (chunk id, cosine) for a query (d,), exact, ties by id. Raises IndexMismatch for another d."""
        with self.reading() as connection:
            return exact_search.search(connection, query, scope, k)

    def cosines(self, query: NDArray[np.float32], ids: Sequence[int]) -> dict[int, tuple[float, float]]:
        """For each stored chunk of `ids`: its cosine to the query (d,), and the better one of its two neighbours."""
        with self.reading() as connection:
            return exact_search.cosines(connection, query, ids)

    def embedded(self, scope: Scope | None = None) -> list[tuple[str, int]]:
        """(document id, number of chunks) for the scope's documents that have chunks, oldest first."""
        with self.reading() as connection:
            return exact_search.sizes(connection, scope or Scope())

    def embedded_count(self, scope: Scope | None = None) -> int:
        """How many chunks the scope holds that `dense` would compare with."""
        with self.reading() as connection:
            return exact_search.size(connection, scope or Scope())

    def dimensions(self) -> int:
        """Components of the stored vectors; 0 when there are none. Raises IndexMismatch amid a rebuild."""
        with self.reading() as connection:
            return exact_search.width(connection)

    def embeddings(self, document_ids: Sequence[str] | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Chunk ids int64 (n,) and vectors float32 (n, d) of these documents, or of all (4 n d bytes at once)."""
        with self.reading() as connection:
            scope = Scope(documents=None if document_ids is None else tuple(document_ids))
            batch = exact_search.read(connection, [document for document, _ in exact_search.sizes(connection, scope)])
        return batch.ids, batch.vectors

    def embedding_batches(
        self, size: int = 2000, document_ids: Sequence[str] | None = None
    ) -> Iterator[EmbeddingBatch]:
        """The same in batches of about `size` chunks, whole documents each.

        Between batches nothing is held: a document removed meanwhile is left out, one added meanwhile is not in.
        """
        known = self.embedded(Scope(documents=None if document_ids is None else tuple(document_ids)))
        for group in exact_search.batches(known, size):
            with self.reading() as connection:
                batch = exact_search.read(connection, group)
            if len(batch.ids):
                yield batch

    @property
    def id(self) -> str:
        """Made at creation: tells a vector cache of this catalogue from one of another."""
        with self.reading() as connection:
            return metadata.get(connection, "id")

    def fingerprint(self) -> dict[str, str]:
        """What the index is made with (embedder, chunker, …); {} before it was first said."""
        with self.reading() as connection:
            return metadata.fingerprint(connection)

    def require_fingerprint(self, expected: Mapping[str, str]) -> None:
        """Store it when there is no document yet. Raises IndexMismatch, naming what differs, when there are."""
        with self.writing() as connection:
            metadata.require_fingerprint(connection, expected)

    def adopt_fingerprint(self, new: Mapping[str, str]) -> None:
        """Begin a rebuild: `new` is in force from now on, and every document made with another is stale.

        A rebuild calls `replace_chunks` for each of `stale_documents`; one that was interrupted goes on where it was.
        """
        with self.writing() as connection:
            metadata.store_fingerprint(connection, new)

    def stale_documents(self) -> list[str]:
        """Ids of documents whose chunks were made with another fingerprint than the one in force."""
        with self.reading() as connection:
            return metadata.stale_documents(connection)

    def pending_vectors(self, after_seq: int) -> list[LogEntry]:
        """The log's entries after `after_seq`, in order."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT seq, op, document FROM vector_log WHERE seq > ? ORDER BY seq", (after_seq,)
            )
            return [LogEntry(*row) for row in rows]

    def head_seq(self) -> int:
        """The last number that the log gave out; 0 when nothing was ever added."""
        with self.reading() as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'vector_log'").fetchone()
        return row[0] if row else 0

    def trimmed_seq(self) -> int:
        """Entries up to this one have been forgotten: a cache that has not applied them must be rebuilt."""
        with self.reading() as connection:
            return int(metadata.get(connection, "trimmed", "0"))

    def trim_log(self, applied_seq: int) -> None:
        """Forget the log up to here, and with it the ids of removed documents."""
        with self.writing() as connection:
            connection.execute("DELETE FROM vector_log WHERE seq <= ?", (applied_seq,))
            trimmed = max(applied_seq, int(metadata.get(connection, "trimmed", "0")))
            metadata.put(connection, "trimmed", str(trimmed))
