"""Reads stored embeddings in batches and searches them exactly by cosine, without an index: the reference."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ragnano.errors import IndexMismatch
from ragnano.store.full_text import scope_filter
from ragnano.store.row_mapping import EmbeddingBatch, unpack_vectors
from ragnano.types import Scope

_MIXED = "documents were embedded by different models; run `ragnano docs rebuild`"


def sizes(connection: sqlite3.Connection, scope: Scope) -> list[tuple[str, int]]:
    """Returns (document id, number of chunks) for the scope's documents that have chunks, in order of chunk ids."""
    inside, values = scope_filter(scope, "document")
    return connection.execute(
        f"SELECT document, count FROM embeddings WHERE {inside} AND count > 0 ORDER BY first", values
    ).fetchall()


def size(connection: sqlite3.Connection, scope: Scope) -> int:
    """Returns the number of chunks with embeddings in the scope."""
    inside, values = scope_filter(scope, "document")
    row = connection.execute(f"SELECT coalesce(sum(count), 0) FROM embeddings WHERE {inside}", values).fetchone()
    return int(row[0])


def width(connection: sqlite3.Connection) -> int:
    """Returns the dimensions of the stored vectors, 0 if there are none. Raises IndexMismatch if documents differ."""
    rows = connection.execute("SELECT DISTINCT dimensions FROM embeddings WHERE count > 0").fetchall()
    if len(rows) > 1:
        raise IndexMismatch(_MIXED)
    return int(rows[0][0]) if rows else 0


def batches(known: Sequence[tuple[str, int]], size: int) -> Iterator[list[str]]:
    """Yields the documents of `sizes` in groups of about `size` chunks, at least one document each."""
    group: list[str] = []
    filled = 0
    for document, count in known:
        if group and filled + count > size:
            yield group
            group, filled = [], 0
        group.append(document)
        filled += count
    if group:
        yield group


def read(connection: sqlite3.Connection, documents: Sequence[str]) -> EmbeddingBatch:
    """Returns the embeddings of those documents that are (still) stored. Raises IndexMismatch if dimensions differ."""
    rows = connection.execute(
        """SELECT document, first, count, dimensions, vectors FROM embeddings
           WHERE document IN (SELECT value FROM json_each(?)) AND count > 0 ORDER BY first""",
        (json.dumps(documents),),
    ).fetchall()
    if len({dimensions for _, _, _, dimensions, _ in rows}) > 1:
        raise IndexMismatch(_MIXED)
    if not rows:
        return EmbeddingBatch(np.zeros(0, np.int64), [], np.zeros((0, 0), np.float32))
    return EmbeddingBatch(
        np.concatenate([np.arange(first, first + count, dtype=np.int64) for _, first, count, _, _ in rows]),
        [document for document, _, count, _, _ in rows for _ in range(count)],
        np.concatenate([unpack_vectors(packed, count, width) for _, _, count, width, packed in rows], dtype=np.float32),
    )


def search(connection: sqlite3.Connection, query: NDArray[np.float32], scope: Scope, k: int) -> list[tuple[int, float]]:
    """Returns exactly the `k` chunks nearest to `query` (d,): (chunk id, cosine), best first, ties by id.

    Raises IndexMismatch if the stored vectors and the query differ in their dimensions.
    """
    inside, values = scope_filter(scope, "document")
    ids: list[NDArray[np.int64]] = []
    scores: list[NDArray[np.float32]] = []
    # One document at a time: converting float16 is half the cost, and twice as fast if the block fits the CPU cache.
    for first, count, width, packed in connection.execute(
        f"SELECT first, count, dimensions, vectors FROM embeddings WHERE {inside} AND count > 0", values
    ):
        if width != len(query):
            raise IndexMismatch(_wrong_width(query, width))
        scores.append(_cosines(unpack_vectors(packed, count, width), query))
        ids.append(np.arange(first, first + count, dtype=np.int64))
    if not ids:
        return []
    return best(np.concatenate(ids), np.concatenate(scores), k)


def cosines(
    connection: sqlite3.Connection, query: NDArray[np.float32], ids: Sequence[int]
) -> dict[int, tuple[float, float]]:
    """Maps each stored chunk of `ids` to its cosine to `query` (d,) and the higher cosine of its neighbours.

    Neighbours are the chunks before and after it in its document; without neighbours the second value is 0.
    """
    rows = connection.execute(
        """SELECT first, count, dimensions, vectors FROM embeddings WHERE count > 0 AND document IN
           (SELECT document FROM chunks WHERE id IN (SELECT value FROM json_each(?)))""",
        (json.dumps([int(identifier) for identifier in ids]),),
    )
    requested = np.unique(np.fromiter(ids, np.int64, len(ids)))
    found: dict[int, tuple[float, float]] = {}
    for first, count, width, packed in rows:
        if width != len(query):
            raise IndexMismatch(_wrong_width(query, width))
        places = requested[(requested >= first) & (requested < first + count)] - first
        # The positions before the first and after the last chunk have cosine 0.
        near = np.zeros(count + 2, np.float32)
        read = np.unique(np.clip(np.concatenate([places - 1, places, places + 1]), 0, count - 1))
        near[read + 1] = _cosines(unpack_vectors(packed, count, width)[read], query)
        for place in places.tolist():
            found[first + place] = (float(near[place + 1]), float(max(near[place], near[place + 2])))
    return found


def _cosines(packed: NDArray[np.float16], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the cosine of each vector (n, d) to the query (d,), float32 (n,); 0 for a vector of zeros."""
    vectors = packed.astype(np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors)) * float(np.linalg.norm(query))
    near: NDArray[np.float32] = (vectors @ query / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return near


def _wrong_width(query: NDArray[np.float32], width: int) -> str:
    return f"the question has {len(query)} dimensions, the index {width}; run `ragnano docs rebuild`"


def best(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """Returns the `k` highest (id, score), best first, ties by id."""
    if 0 < k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= least)
        ids, scores = ids[candidates], scores[candidates]
    order = np.lexsort((ids, -scores))[:k]
    return [(int(ids[place]), float(scores[place])) for place in order]
